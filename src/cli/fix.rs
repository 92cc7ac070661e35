//! `covenant lint --fix`: repairs of findings, written to the files or shown as a diff.

use super::output::print;
use super::rulesets::Rules;
use super::session::{Failure, Findings, Session};
use crate::config::RuleLevel;
use crate::diagnostic::Diagnostic;
use crate::files::{self, Prepared};
use crate::lint::repair::{Repaired, Texts, Tools, repair};
use crate::lint::{page, pages};
use crate::text::decode;
use crate::workspace::{DocumentId, Input, Workspace};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Options of repairs.
#[derive(Debug, Args)]
pub(super) struct FixArguments {
    /// Repair what can be repaired mechanically, then report what is left. Comments and layout stay; a file is written
    /// only after its new text was linted.
    #[arg(long, conflicts_with = "write_baseline", help_heading = "Repairs")]
    fix: bool,
    /// Write nothing; print what --fix would change as a diff. Exit code 1 when it would change something.
    #[arg(long, conflicts_with_all = ["fix", "write_baseline"], help_heading = "Repairs")]
    fix_dry_run: bool,
    /// Repair only findings of this rule, as often as needed. Repairs that are one choice of several, such as removing
    /// unused components, are made for rules named here alone.
    #[arg(long, value_name = "RULE", help_heading = "Repairs")]
    fix_rule: Vec<String>,
}

/// A file that is to be written.
struct Change {
    file: PathBuf,
    /// As findings show it.
    name: String,
    before: String,
    after: String,
}

impl FixArguments {
    /// Makes or shows repairs, if they were asked for. The exit code where the run ends with that.
    ///
    /// # Errors
    /// [`Failure`] when a rule has no repair, a contract cannot be read, or a file cannot be written.
    pub(super) fn run(&self, session: &Session, rules: &Rules, inputs: &[Input]) -> Result<Option<u8>, Failure> {
        if !self.fix && !self.fix_dry_run {
            return if self.fix_rule.is_empty() {
                Ok(None)
            } else {
                Err(Failure::usage("--fix-rule needs --fix or --fix-dry-run"))
            };
        }
        self.check_rules()?;
        let mut changes: BTreeMap<PathBuf, Change> = BTreeMap::new();
        let mut repaired: BTreeMap<String, usize> = BTreeMap::new();
        // One contract after another: they may share files.
        for input in inputs {
            if !matches!(input, Input::File(_)) {
                let name = input.name();
                return Err(Failure::usage(format!("`{name}` is not a file, and only files can be repaired")));
            }
            let (outcome, number) = self.contract(session, rules, input, &changes)?;
            for (rule, count) in outcome.rules {
                *repaired.entry(rule).or_default() += count;
            }
            for change in number {
                // What was there before the first repair counts.
                let before = changes.get(&change.file).map(|earlier| earlier.before.clone());
                let before = before.unwrap_or_else(|| change.before.clone());
                changes.insert(change.file.clone(), Change { before, ..change });
            }
        }
        let changes: Vec<Change> = changes.into_values().filter(|change| change.before != change.after).collect();
        if self.fix_dry_run {
            print(&changes.iter().map(diff).collect::<String>());
        } else {
            write(&changes)?;
        }
        summary(&repaired, changes.len(), self.fix_dry_run);
        Ok(self.fix_dry_run.then_some(u8::from(!changes.is_empty())))
    }

    /// A rule that is named must have a repair.
    fn check_rules(&self) -> Result<(), Failure> {
        for name in &self.fix_rule {
            if page(name).is_none_or(|page| page.repair.is_empty()) {
                let known: Vec<&str> =
                    pages().iter().filter(|page| !page.repair.is_empty()).map(|page| page.id).collect();
                let known = known.join(", ");
                return Err(Failure::usage(format!(
                    "--fix-rule {name}: that rule has no repair; rules with one: {known}"
                )));
            }
        }
        Ok(())
    }

    fn wants(&self, session: &Session, finding: &Diagnostic) -> bool {
        let off = session.config.rules.get(&*finding.rule) == Some(&RuleLevel::Off);
        let Some(page) = page(&finding.rule).filter(|_| !off) else { return false };
        if self.fix_rule.is_empty() {
            !page.repair_on_request
        } else {
            self.fix_rule.iter().any(|rule| rule == page.id)
        }
    }

    /// Repairs one contract on top of what was changed before.
    fn contract(
        &self,
        session: &Session,
        rules: &Rules,
        input: &Input,
        changes: &BTreeMap<PathBuf, Change>,
    ) -> Result<(Repaired, Vec<Change>), Failure> {
        let original = session.load(input).map_err(|limitation| Failure::new(limitation.what))?;
        let mut texts = Texts::new();
        for (id, document) in original.documents() {
            if let Some(change) = original.file(id).and_then(|file| changes.get(&file)) {
                texts.insert(document.path().to_owned(), change.after.clone());
            }
        }
        let load = |texts: &Texts| session.load_with(input, texts.clone()).ok();
        let lint = |workspace: &Workspace| {
            let mut findings = Findings::default();
            rules.run_each(session, input, workspace, &mut findings);
            let mut found = findings.diagnostics;
            crate::diagnostic::finish(&mut found);
            found
        };
        let wanted = |finding: &Diagnostic| self.wants(session, finding);
        let tools = Tools { load: &load, lint: &lint, wanted: &wanted };
        let outcome =
            repair(&tools, texts).ok_or_else(|| Failure::new(format!("`{}` cannot be read", input.name())))?;
        let mut out = Vec::new();
        for (id, document) in outcome.workspace.documents() {
            let Some(after) = outcome.texts.get(document.path()) else { continue };
            let Some(file) = outcome.workspace.file(id) else {
                let name = document.name();
                return Err(Failure::new(format!("`{name}` is not a file of this folder and cannot be repaired")));
            };
            let before = text_of(&original, document.path()).unwrap_or_default();
            out.push(Change { file, name: document.name().to_owned(), before, after: after.clone() });
        }
        Ok((outcome, out))
    }
}

fn text_of(workspace: &Workspace, path: &str) -> Option<String> {
    let mut documents = workspace.documents();
    let found: Option<(DocumentId, _)> = documents.find(|(_, document)| document.path() == path);
    found.map(|(_, document)| document.tree().source().text().to_owned())
}

/// The change as a unified diff.
fn diff(change: &Change) -> String {
    let diff = similar::TextDiff::from_lines(&change.before, &change.after);
    diff.unified_diff().header(&format!("a/{}", change.name), &format!("b/{}", change.name)).to_string()
}

/// Writes all files, or none when one cannot be prepared; each is replaced in one step.
fn write(changes: &[Change]) -> Result<(), Failure> {
    let ready: Vec<(Prepared, &str)> = changes
        .iter()
        .map(|change| Ok((prepare(change)?, change.name.as_str())))
        .collect::<Result<_, String>>()
        .map_err(Failure::new)?;
    for (prepared, name) in ready {
        prepared.commit().map_err(|fault| Failure::new(fault.unwritten(name)))?;
    }
    Ok(())
}

/// The new text beside the old one.
fn prepare(change: &Change) -> Result<Prepared, String> {
    let bytes = files::named(&change.file, u64::MAX).map_err(|fault| fault.about(&change.name))?;
    let bom: &[u8] = b"\xef\xbb\xbf";
    let bom = if bytes.starts_with(bom) { bom } else { b"" };
    // The file may have changed meanwhile, or be written in an encoding that is not kept.
    if bytes[bom.len()..] != *change.before.as_bytes() {
        let readable = decode(&bytes).is_ok_and(|text| text == change.before);
        let reason = if readable { "it is not UTF-8" } else { "it was changed meanwhile" };
        return Err(format!("`{}` cannot be repaired: {reason}", change.name));
    }
    let text = [bom, change.after.as_bytes()].concat();
    Prepared::new(&change.file, &text).map_err(|fault| fault.unwritten(&change.name))
}

fn summary(repaired: &BTreeMap<String, usize>, files: usize, dry: bool) {
    let total: usize = repaired.values().sum();
    if total == 0 {
        eprintln!("nothing to repair");
        return;
    }
    let would = if dry { "would be repaired" } else { "repaired" };
    let noun = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    eprintln!("{} in {} {would}", noun(total, "finding"), noun(files, "file"));
    for (rule, count) in repaired {
        eprintln!("  {rule}: {count}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn change(folder: &Path, name: &str, before: &str, after: &str) -> Change {
        let text = |text: &str| text.to_owned();
        Change { file: folder.join(name), name: text(name), before: text(before), after: text(after) }
    }

    #[test]
    fn a_file_keeps_its_byte_order_mark_and_its_line_ends() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.yaml"), "\u{feff}a: 1\r\n").unwrap();
        write(&[change(folder.path(), "a.yaml", "a: 1\r\n", "a: 2\r\n")]).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), "\u{feff}a: 2\r\n");
    }

    #[test]
    fn no_file_is_written_when_one_was_changed_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join("a.yaml"), "a: 1\n").unwrap();
        std::fs::write(folder.path().join("b.yaml"), "b: other\n").unwrap();
        let changes =
            [change(folder.path(), "a.yaml", "a: 1\n", "a: 2\n"), change(folder.path(), "b.yaml", "b: 1\n", "b: 2\n")];
        assert!(write(&changes).is_err());
        assert_eq!((read("a.yaml"), read("b.yaml")), ("a: 1\n".to_owned(), "b: other\n".to_owned()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
