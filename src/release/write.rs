//! Sets `info.version` in the text of a contract and leaves every other byte alone.

use crate::openapi::Api;
use crate::syntax::{Kind, Style};

/// The edited file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file that holds `info.version`, as findings name it.
    pub file: String,
    /// Its whole new text.
    pub text: String,
}

/// The text of the file that holds `info.version` with `version` in its place, quoted as before.
///
/// # Errors
/// A sentence that says why it cannot be set.
pub fn set_version(api: Api<'_>, version: &str) -> Result<Edit, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    if version.is_empty() || version.len() > 200 || !version.chars().all(valid) {
        return Err(format!("`{version}` is not a version: only letters, digits and `.-+_` may be used"));
    }
    let missing = || "there is no `info.version` to set; add it first".to_owned();
    let place = api.info().and_then(|info| info.get("version")).ok_or_else(missing)?;
    let node = place.node();
    if node.is_alias() || !matches!(node.kind(), Kind::Str | Kind::Int | Kind::Float) {
        return Err("`info.version` is not written as plain text; set it by hand".to_owned());
    }
    let source = place.document().tree().source();
    let span = node.span();
    let written = match node.style() {
        Style::SingleQuoted => format!("'{version}'"),
        Style::DoubleQuoted => format!("\"{version}\""),
        // Unquoted, it would be read as a number; a number in the contract stays one only if it was one.
        Style::Plain if node.kind() == Kind::Str && looks_numeric(version) => format!("'{version}'"),
        Style::Plain if node.kind() != Kind::Str && !is_json_number(version) => format!("\"{version}\""),
        Style::Plain => version.to_owned(),
        _ => return Err("`info.version` is written over several lines; set it by hand".to_owned()),
    };
    let text = source.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else { return Err(missing()) };
    Ok(Edit { file: place.document().name().to_owned(), text: format!("{before}{written}{after}") })
}

/// Whether YAML would read the plain text as a number.
fn looks_numeric(version: &str) -> bool {
    version.parse::<f64>().is_ok() || version.starts_with("0x") || version.starts_with("0o")
}

/// Whether the text is a number in JSON and YAML alike, and means the same version.
fn is_json_number(version: &str) -> bool {
    version.len() < 16 && version.bytes().all(|b| b.is_ascii_digit()) && !version.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    fn set(name: &str, text: &str, version: &str) -> Result<String, String> {
        let workspace = Workspace::from_text(name, text);
        set_version(Api::open(&workspace).unwrap(), version).map(|edit| edit.text)
    }

    #[test]
    fn only_the_version_changes() {
        for (before, after) in [
            (
                "openapi: 3.0.0 # v\r\ninfo:\r\n  version: '1.0.0'  # keep\r\n  title: T\r\n",
                "openapi: 3.0.0 # v\r\ninfo:\r\n  version: '2.0.0'  # keep\r\n  title: T\r\n",
            ),
            (
                "openapi: 3.0.0\ninfo: {version: 1.0.0, title: T}\n",
                "openapi: 3.0.0\ninfo: {version: 2.0.0, title: T}\n",
            ),
            ("openapi: 3.0.0\ninfo: {version: \"1.0.0\"}\n", "openapi: 3.0.0\ninfo: {version: \"2.0.0\"}\n"),
            ("openapi: 3.0.0\ninfo: {version: 1.0}\n", "openapi: 3.0.0\ninfo: {version: \"2.0.0\"}\n"),
        ] {
            assert_eq!(set("a.yaml", before, "2.0.0").unwrap(), after);
        }
        let json = "{\"openapi\": \"3.0.0\",\n\t\"info\": {\"version\":\"1.0.0\"}}";
        assert_eq!(set("a.json", json, "2.0.0").unwrap(), json.replace("1.0.0", "2.0.0"));
    }

    #[test]
    fn a_version_never_turns_into_a_number() {
        assert_eq!(
            set("a.yaml", "openapi: 3.0.0\ninfo: {version: v1}\n", "1.10").unwrap(),
            "openapi: 3.0.0\ninfo: {version: '1.10'}\n"
        );
    }

    #[test]
    fn what_could_break_the_file_is_refused() {
        assert!(set("a.yaml", "openapi: 3.0.0\ninfo: {version: '1'}\n", "1'\nx: y").is_err());
        assert!(set("a.yaml", "openapi: 3.0.0\ninfo: {title: T}\n", "1.0.0").is_err());
        assert!(set("a.yaml", "openapi: 3.0.0\ninfo:\n  version: |\n    1.0.0\n", "1.0.1").is_err());
    }
}
