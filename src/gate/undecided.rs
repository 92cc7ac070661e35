//! Changes of which nobody can say whether they break: they make a run incomplete, unless they are accepted as risky.

use super::Limitation;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// What a change that could not be decided does to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undecided {
    /// The run is incomplete, whatever severity fails it: the change may break.
    #[default]
    Incomplete,
    /// The change counts as risky.
    Risky,
}

impl Undecided {
    /// Reads the name used on the command line.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "incomplete" => Undecided::Incomplete,
            "risky" => Undecided::Risky,
            _ => return None,
        })
    }

    /// The limitations that follow from findings that count: one for each file.
    pub(super) fn limitations(self, kept: &[Diagnostic]) -> Vec<Limitation> {
        if self == Undecided::Risky {
            return Vec::new();
        }
        let mut files: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in kept.iter().filter(|diagnostic| diagnostic.is_undecided()) {
            *files.entry(diagnostic.location.path()).or_default() += 1;
        }
        let limitation = |(file, count): (&str, usize)| Limitation {
            file: Some(file.to_owned()),
            what: if count == 1 {
                "1 change could not be decided; accept it as risky with --undecided risky".to_owned()
            } else {
                format!("{count} changes could not be decided; accept them as risky with --undecided risky")
            },
            incomplete: true,
        };
        files.into_iter().map(limitation).collect()
    }
}
