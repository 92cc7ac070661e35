//! A list of releases that a team keeps beside its contracts: which file was which version of which API, and when.
//!
//! Takes the text of the list; gives its entries in order. For contracts that are kept as one file per version, where
//! neither git nor the file names know the day of the release.
//!
//! ```yaml
//! versions:
//!   - {api: payments, version: 1.0.0, file: payments/1.0.0.yaml, released: 2024-11-12}
//! ```

use crate::openapi::parse_date;
use crate::syntax::{Limits, NodeRef, parse};
use crate::text::SourceText;
use jiff::civil::Date;
use std::sync::Arc;

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The API; empty when the list has only one.
    pub api: String,
    /// How the release is called.
    pub version: String,
    /// The file, relative to the list.
    pub file: String,
    /// The day of the release.
    pub released: Date,
}

/// The entries of a list with this name and text.
///
/// # Errors
/// A sentence with file and line that says what is wrong.
pub fn listed(name: &str, text: &str) -> Result<Vec<Listed>, String> {
    let source = Arc::new(SourceText::new(name, text));
    let parsed = parse(source.clone(), None, &Limits::default());
    let at = |node: NodeRef<'_>| format!("{name}:{}", source.position(node.span().start).line);
    if let Some(problem) = parsed.problems.first() {
        return Err(format!("{name}:{}: {}", source.position(problem.span.start).line, problem.message));
    }
    let root = parsed.tree.root();
    let versions = root.get("versions").filter(|list| list.is_seq());
    let versions = versions.ok_or_else(|| format!("{}: a list of releases has a list `versions`", at(root)))?;
    let entry = |row: NodeRef<'_>| {
        let text = |key: &str| row.get(key).map(|node| node.text().trim().to_owned()).filter(|text| !text.is_empty());
        let missing = |key: &str| format!("{}: a release needs `{key}`", at(row));
        let file = text("file").ok_or_else(|| missing("file"))?;
        let day = text("released").ok_or_else(|| missing("released"))?;
        let released = parse_date(&day).ok_or_else(|| {
            let day = crate::text::escape::shortened(&crate::text::escape::line(&day), 40);
            format!("{}: `released` is `{day}`, but it must be a calendar date such as `2027-06-30`", at(row))
        })?;
        let version = text("version").unwrap_or_else(|| file.clone());
        Ok(Listed { api: text("api").unwrap_or_default(), version, file, released })
    };
    versions.elements().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn entries_are_read_in_order() {
        let text = "versions:\n  - {api: a, version: 1.0.0, file: a/1.yaml, released: 2025-01-02}\n  - {file: b.json, released: 2025-02-03}\n";
        let list = listed("list.yaml", text).unwrap();
        assert_eq!(list[0].released, date(2025, 1, 2));
        assert_eq!((list[1].version.as_str(), list[1].api.as_str()), ("b.json", ""));
    }

    #[test]
    fn faults_are_named_with_their_line() {
        for (text, expected) in [
            ("versions: 3\n", "list.yaml:1: a list of releases"),
            ("versions:\n  - {released: 2025-01-02}\n", "list.yaml:2: a release needs `file`"),
            ("versions:\n  - {file: a.yaml}\n", "needs `released`"),
            ("versions:\n  - {file: a.yaml, released: 2025-02-30}\n", "`2025-02-30`"),
            ("versions: [\n", "list.yaml:"),
        ] {
            let error = listed("list.yaml", text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
