//! JSON reports of earlier runs, read back: by `compare-reports` and `fleet`.
//!
//! Fields may be added to reports within a version of their format, so what is not known is passed over; a report of another
//! format is refused, never read in part.

use super::output::LARGEST;
use super::session::Failure;
use crate::diagnostic::{Impact, Severity};
use crate::files;
use crate::report::SCHEMA;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A report as far as it is read back.
#[derive(Debug, Deserialize)]
pub(super) struct Stored {
    schema: String,
    pub(super) tool: Tool,
    pub(super) command: String,
    pub(super) as_of: Option<String>,
    pub(super) policy: Vec<Decided>,
    pub(super) base: Option<Base>,
    pub(super) verdict: Verdict,
    pub(super) contracts: u64,
    pub(super) diagnostics: Vec<Finding>,
    pub(super) suppressed: Vec<Accepted>,
    pub(super) limitations: Vec<Limit>,
    /// The contracts; older reports do not name them.
    #[serde(default)]
    pub(super) apis: Vec<Api>,
    #[serde(default)]
    pub(super) waivers: Vec<Waiver>,
    #[serde(default)]
    pub(super) observed: Option<Observed>,
}

/// What made a report.
#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) version: String,
    #[serde(default)]
    pub(super) rules: String,
}

/// A file or profile that decided.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) digest: String,
}

/// The commit that was compared with.
#[derive(Debug, Deserialize)]
pub(super) struct Base {
    pub(super) commit: String,
}

/// What a run came down to.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    pub(super) gate: Gate,
    pub(super) change: String,
    pub(super) required_bump: String,
}

/// Whether a run passed; a later one is worse.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(super) enum Gate {
    Pass,
    Fail,
    Incomplete,
}

impl Gate {
    pub(super) fn name(self) -> &'static str {
        match self {
            Gate::Pass => "pass",
            Gate::Fail => "fail",
            Gate::Incomplete => "incomplete",
        }
    }
}

/// A finding.
#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) impact: Impact,
    pub(super) message: String,
    pub(super) location: Spot,
    pub(super) fingerprint: String,
    /// Others of the same cause.
    #[serde(default)]
    pub(super) parts: Vec<Part>,
}

/// Another finding of the same cause.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    pub(super) rule: String,
    pub(super) impact: Impact,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) fingerprint: String,
}

/// Where a finding is.
#[derive(Debug, Deserialize)]
pub(super) struct Spot {
    pub(super) file: String,
    pub(super) line: u32,
}

/// An accepted finding.
#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    #[serde(flatten)]
    pub(super) finding: Finding,
    pub(super) suppression: String,
}

/// How long nothing fails, and what would.
#[derive(Debug, Deserialize)]
pub(super) struct Observed {
    pub(super) until: String,
    pub(super) would_fail: u64,
}

/// What was not examined.
#[derive(Debug, Deserialize)]
pub(super) struct Limit {
    #[serde(rename = "where")]
    pub(super) place: LimitPlace,
    pub(super) incomplete: bool,
}

/// Where that is.
#[derive(Debug, Deserialize)]
pub(super) struct LimitPlace {
    pub(super) file: Option<String>,
}

/// A contract of a run.
#[derive(Debug, Deserialize)]
pub(super) struct Api {
    pub(super) file: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) owner: String,
    #[serde(default)]
    pub(super) audience: String,
}

/// A waiver of the policy of a run.
#[derive(Debug, Deserialize)]
pub(super) struct Waiver {
    pub(super) rule: String,
    pub(super) owner: String,
    #[serde(default)]
    pub(super) ticket: String,
    pub(super) expires: String,
    #[serde(default)]
    pub(super) break_glass: bool,
    #[serde(default)]
    pub(super) covers: u64,
}

impl Stored {
    /// Reads a report.
    ///
    /// # Errors
    /// [`Failure`] with line and column where it is none, or of another format.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let text = files::named_text(path, LARGEST).map_err(|fault| Failure::new(fault.about(&name)))?;
        Stored::parse(&text).map_err(|error| Failure::new(format!("{name}:{error}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Format {
            schema: String,
        }
        let fault = |error: serde_json::Error| {
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default().to_owned();
            format!("{}:{}: this is no JSON report of covenant: {words}", error.line().max(1), error.column().max(1))
        };
        let format: Format = serde_json::from_str(text).map_err(fault)?;
        if format.schema != SCHEMA {
            return Err(format!("1:1: the report has the format `{}`; `{SCHEMA}` is needed", format.schema));
        }
        let stored: Stored = serde_json::from_str(text).map_err(fault)?;
        debug_assert_eq!(stored.schema, SCHEMA);
        Ok(stored)
    }
}

/// Most reports in one run.
const MOST: usize = 100_000;

/// The JSON files that an argument names: itself, or those of a folder and the folders in it, sorted, with their paths below
/// it. Links are passed over.
///
/// # Errors
/// [`Failure`] when a folder cannot be read, or there are too many.
pub(super) fn reports(argument: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    if !argument.is_dir() {
        let name = argument.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        return Ok(vec![(name, argument.to_owned())]);
    }
    let (mut out, mut open) = (Vec::new(), vec![argument.to_owned()]);
    while let Some(folder) = open.pop() {
        let fault = |error: std::io::Error| Failure::new(format!("`{}`: {error}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(fault)?);
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|end| end == "json") {
                let below = path.strip_prefix(argument).unwrap_or(&path);
                out.push((below.to_string_lossy().replace('\\', "/"), path));
            }
            if out.len() > MOST {
                return Err(Failure::new(format!("`{}` holds more than {MOST} reports", argument.display())));
            }
        }
    }
    out.sort();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_another_format_and_what_is_none_are_refused_with_their_place() {
        let other = Stored::parse(r#"{"schema": "covenant-report/9", "tool": 1}"#).unwrap_err();
        assert_eq!(other, "1:1: the report has the format `covenant-report/9`; `covenant-report/2` is needed");
        assert!(Stored::parse("{\n  \"schema\": 3}").unwrap_err().starts_with("2:"));
        assert!(Stored::parse("").unwrap_err().starts_with("1:1: this is no JSON report"));
    }
}
