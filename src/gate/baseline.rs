//! A baseline: the fingerprints of findings that are known, so that only new ones count.

use crate::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Known findings by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Format of the file: `covenant-baseline/1`.
    schema: String,
    /// Fingerprint to rule id and place, which are there for people.
    findings: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    file: String,
    pointer: String,
}

const SCHEMA: &str = "covenant-baseline/1";

impl Baseline {
    /// The baseline that covers exactly these findings.
    pub fn of<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let entry = |diagnostic: &Diagnostic| Entry {
            rule: diagnostic.rule.to_string(),
            file: diagnostic.location.path().to_owned(),
            pointer: diagnostic.location.pointer.clone(),
        };
        let findings = diagnostics.into_iter().map(|d| (d.fingerprint.clone(), entry(d))).collect();
        Baseline { schema: SCHEMA.to_owned(), findings }
    }

    /// Reads the text of a baseline file.
    ///
    /// # Errors
    /// One sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Baseline =
            serde_json::from_str(text).map_err(|error| format!("the baseline cannot be read: {error}"))?;
        if baseline.schema == SCHEMA {
            Ok(baseline)
        } else {
            Err(format!("the baseline has the format `{}`, but `{SCHEMA}` is needed; write it again", baseline.schema))
        }
    }

    /// Takes over what another baseline knows of files that are not told by `replaced`.
    pub fn keep_others(&mut self, other: Baseline, replaced: impl Fn(&str) -> bool) {
        for (fingerprint, entry) in other.findings {
            if !replaced(&entry.file) {
                self.findings.entry(fingerprint).or_insert(entry);
            }
        }
    }

    /// The text of the baseline file, one finding a line.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether the finding is known.
    pub fn holds(&self, diagnostic: &Diagnostic) -> bool {
        self.findings.contains_key(&diagnostic.fingerprint)
    }

    /// Number of findings known.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }
}
