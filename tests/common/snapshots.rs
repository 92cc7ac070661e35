//! Snapshots of whole findings, for a person to read: one Markdown file for each name, a section for each case.
//!
//! With `COVENANT_UPDATE` set, what is found is written instead of compared.

use covenant::diagnostic::{Diagnostic, Location};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

/// The sections of each file.
type Files = BTreeMap<String, BTreeMap<String, String>>;

/// Snapshots in one folder.
pub struct Snapshots {
    folder: PathBuf,
    update: bool,
    expected: Files,
    found: Mutex<Files>,
}

impl Snapshots {
    /// Reads the snapshots below `tests/snapshots`.
    pub fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
        let mut expected = Files::new();
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("the folder is readable").path();
            let file = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a snapshot is UTF-8");
            let sections = format!("\n{text}");
            let section = |part: &str| {
                let (case, content) = part.split_once("\n\n").unwrap_or((part, ""));
                (case.to_owned(), content.trim_end().to_owned())
            };
            expected.insert(file, sections.split("\n## ").skip(1).map(section).collect());
        }
        let update = std::env::var_os("COVENANT_UPDATE").is_some();
        Snapshots { folder, update, expected, found: Mutex::default() }
    }

    /// Compares what a case gives with its section.
    pub fn check(&self, file: &str, case: &str, found: &str) -> Result<(), String> {
        let found = found.trim_end().to_owned();
        let expected = self.expected.get(file).and_then(|sections| sections.get(case));
        let same = expected.is_some_and(|expected| *expected == found);
        let told = match expected {
            Some(expected) => format!("expected:\n{expected}\n\nfound:\n{found}"),
            None => format!("there is no snapshot yet; found:\n{found}"),
        };
        let mut all = self.found.lock().expect("no test panics with the lock");
        all.entry(file.to_owned()).or_default().insert(case.to_owned(), found);
        if same || self.update { Ok(()) } else { Err(format!("{told}\n\nCOVENANT_UPDATE=1 writes what is found")) }
    }

    /// Writes what was found where that is asked for; after a run of all cases, refuses snapshots of no case.
    pub fn finish(&self, whole: bool) -> Result<(), String> {
        let found = self.found.lock().expect("no test panics with the lock");
        if self.update {
            std::fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
            for (file, sections) in found.iter() {
                let mut all =
                    if whole { BTreeMap::new() } else { self.expected.get(file).cloned().unwrap_or_default() };
                all.extend(sections.clone());
                let text: Vec<String> = all.iter().map(|(case, content)| format!("## {case}\n\n{content}\n")).collect();
                std::fs::write(self.folder.join(format!("{file}.md")), text.join("\n"))
                    .map_err(|error| error.to_string())?;
            }
        }
        for (file, sections) in self.expected.iter().filter(|_| whole) {
            for case in sections.keys().filter(|case| !found.get(file).is_some_and(|f| f.contains_key(*case))) {
                if !self.update {
                    return Err(format!("{file}.md has a section `{case}` of no test"));
                }
            }
            if self.update && !found.contains_key(file) {
                let _ = std::fs::remove_file(self.folder.join(format!("{file}.md")));
            }
        }
        Ok(())
    }
}

/// Writes a finding with all that a reader of a report learns of it.
pub fn of_finding(finding: &Diagnostic) -> String {
    let place = |location: &Location| format!("{}:{} #{}", location.file(), location.start().line, location.pointer);
    let mut out = format!("- {} `{}`", finding.severity, finding.rule);
    out.push_str(&format!(" {}\n", finding.message));
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            out.push_str(&format!("  {name}: {text}\n"));
        }
    };
    line("help", finding.help.clone().unwrap_or_default());
    line("client", finding.client.clone().unwrap_or_default());
    line("at", place(&finding.location));
    line("base", finding.base_location.as_ref().map(place).unwrap_or_default());
    line("operations", finding.operations.join(", "));
    if let Some(category) = finding.category {
        line("judged", format!("{}, {category}, {}", finding.impact, finding.required_bump));
    }
    line("assurance", finding.assurance.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    line("policy", finding.policy.clone().unwrap_or_default());
    if let Some(evidence) = &finding.evidence {
        line("evidence", format!("{:?}, {}", evidence.status, evidence.reason));
        line("accepted", evidence.accepted_by.clone());
        line("message", evidence.value.to_string());
    }
    out
}
