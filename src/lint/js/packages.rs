//! Installed packages that a program imports: which file a name means. Packages are looked for in `node_modules`, from the
//! folder of the importing file upwards (Node.js, "Modules: Packages").

use crate::files::Fence;
use crate::text::Cut;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The `node_modules` folders that a program in `folder` can import from, the nearest first.
///
/// A link of this name that leads to another folder is none.
pub(super) fn installed(folder: &Path, fence: &Fence) -> Vec<PathBuf> {
    let Ok(start) = folder.canonicalize() else { return Vec::new() };
    let folders = start.ancestors().map(|above| match above.file_name() {
        Some(name) if name == NAME => above.to_owned(),
        _ => above.join(NAME),
    });
    let real = folders.filter_map(|folder| folder.canonicalize().ok());
    real.filter(|folder| folder.ends_with(NAME) && fence.holds(folder)).collect()
}

const NAME: &str = "node_modules";

/// The file that `name` means to the module `base`; a part of a package may lack its ending.
pub(super) fn find(base: &str, name: &str, fence: &Fence) -> Option<PathBuf> {
    let folder = Path::new(base).parent()?.canonicalize().ok()?;
    let (package, part) = split(name)?;
    let folders = folder
        .ancestors()
        .filter(|above| fence.holds(above) && !above.ends_with(NAME))
        .map(|above| above.join(NAME).join(package));
    let found = folders.into_iter().find(|folder| folder.is_dir())?;
    let text = fence.read_text(&found.join("package.json"), 4 << 20).unwrap_or_default();
    let about: Value = serde_json::from_str(&text).unwrap_or_default();
    let exported = about.get("exports").and_then(|exports| exported(exports, part));
    let file = match (exported, part) {
        (Some(file), _) => file,
        (None, "") => about.get("main").and_then(Value::as_str).unwrap_or("index.js").to_owned(),
        (None, part) => part.to_owned(),
    };
    Some(found.join(file))
}

/// Name of the package, and what follows it.
fn split(name: &str) -> Option<(&str, &str)> {
    let slashes = usize::from(name.starts_with('@'));
    let end = name.match_indices('/').nth(slashes).map_or(name.len(), |(at, _)| at);
    let (package, part) = (name.cut(..end), name.cut(end..).trim_start_matches('/'));
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    (package.split('/').count() == slashes + 1 && package.split('/').all(plain)).then_some((package, part))
}

/// What `exports` of a package says of a part; the empty part is the package itself.
fn exported(exports: &Value, part: &str) -> Option<String> {
    let Some(entries) = exports.as_object().filter(|entries| entries.keys().any(|key| key.starts_with('.'))) else {
        return if part.is_empty() { target(exports) } else { None };
    };
    let key = if part.is_empty() { ".".to_owned() } else { format!("./{part}") };
    if let Some(found) = entries.get(&key) {
        return target(found);
    }
    entries.iter().find_map(|(pattern, found)| {
        let (start, end) = pattern.split_once('*')?;
        let middle = key.strip_prefix(start)?.strip_suffix(end)?;
        Some(target(found)?.replace('*', middle))
    })
}

/// The file of an entry: the first condition that holds for a program that is no browser.
fn target(entry: &Value) -> Option<String> {
    match entry {
        Value::String(file) => Some(file.clone()),
        Value::Array(list) => list.iter().find_map(target),
        Value::Object(conditions) => conditions
            .iter()
            .filter(|(name, _)| ["import", "require", "node", "module", "default"].contains(&name.as_str()))
            .find_map(|(_, entry)| target(entry)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_split_into_package_and_part() {
        assert_eq!(split("a"), Some(("a", "")));
        assert_eq!(split("@a/b/src/c.js"), Some(("@a/b", "src/c.js")));
        for wrong in ["@a", "", ".a", "@a/../b", "../a", "..", "a\\b"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn exports_are_read_as_node_does() {
        let exports = json!({
            ".": {"types": "./a.d.ts", "import": {"default": "./a.mjs"}, "require": "./a.cjs"},
            "./part": "./lib/part.js",
            "./deep/*.js": {"browser": "./no.js", "default": "./lib/deep/*.js"},
        });
        assert_eq!(exported(&exports, "").as_deref(), Some("./a.mjs"));
        assert_eq!(exported(&exports, "part").as_deref(), Some("./lib/part.js"));
        assert_eq!(exported(&exports, "deep/x.js").as_deref(), Some("./lib/deep/x.js"));
        assert_eq!(exported(&exports, "other"), None);
        assert_eq!(exported(&json!("./only.js"), "").as_deref(), Some("./only.js"));
    }
}
