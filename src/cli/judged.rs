//! What decided about a run, and how the base would have decided: the judged side supplies its own judge, so whatever differs
//! from the base is reported with what it hides.

use super::diff::JudgementArguments;
use super::rulesets::{RuleArguments, Rules, selection};
use super::session::{Failure, Findings, Session};
use crate::config::{self, FILE_NAMES, FailOn};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::diff::Options;
use crate::gate::{Command, Decided, OfBase, POLICY_CHANGED, Policy, Role, digest, judge};
use crate::lint::Selection;
use crate::text::{SourceText, Span};
use crate::workspace::{Snapshot, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Most names in one sentence.
const NAMES: usize = 5;

/// A file that decides.
#[derive(Clone, Debug)]
pub(super) struct PolicyFile {
    pub(super) role: Role,
    pub(super) path: PathBuf,
}

/// Lists what decided: the profile, and every file with its digest, as it stands to the base if there is one.
pub(super) fn decided(
    session: &Session,
    files: &[PolicyFile],
    rules: Option<&Rules>,
    at: Option<&Snapshot>,
) -> Vec<Decided> {
    let mut out: Vec<Decided> = rules.and_then(Rules::profile).into_iter().collect();
    for file in files {
        let place = session.repositories.of_file(&file.path).ok().map(|(_, path)| path);
        let name = place.clone().unwrap_or_else(|| file.path.to_string_lossy().replace('\\', "/"));
        let bytes = crate::files::named(&file.path, u64::from(u32::MAX)).unwrap_or_default();
        let base = at.zip(place).map(|(at, place)| match at.read(&place, u64::from(u32::MAX)) {
            Ok(old) if old == bytes => OfBase::Same,
            Ok(_) => OfBase::Differs,
            Err(_) => OfBase::New,
        });
        let entry = Decided { role: file.role, name, digest: digest(&String::from_utf8_lossy(&bytes)), base };
        if !out.contains(&entry) {
            out.push(entry);
        }
    }
    out.sort();
    out
}

/// How the base would have decided.
pub(super) struct BasePolicy {
    name: String,
    /// Covenant's own rules; the profile of the base.
    selection: Selection,
    options: Options,
    policy: Policy,
    /// Keys of the configuration that differ.
    keys: Vec<String>,
    /// Files of the base that decide no more.
    gone: Vec<String>,
}

impl BasePolicy {
    /// Reads the policy of the base; `None` when it is that of the run.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    pub(super) fn of(
        session: &Session,
        at: &Snapshot,
        (rules, judgement): (&RuleArguments, &JudgementArguments),
        fail_on: Option<FailOn>,
        decided: &[Decided],
    ) -> Result<Option<Self>, Failure> {
        let base = session.of_base(at)?;
        let mut files = base.policy_files();
        files.extend(judgement.files(&base));
        let named = |file: &PolicyFile| file.path.to_string_lossy().replace('\\', "/");
        let own: BTreeSet<&str> = decided.iter().map(|decided| decided.name.as_str()).collect();
        let gone: Vec<String> = files
            .iter()
            .map(named)
            .filter(|name| at.find(name).is_ok_and(|entry| entry.is_some()) && !own.contains(name.as_str()))
            .collect();
        let differs = decided.iter().any(|decided| matches!(decided.base, Some(OfBase::Differs | OfBase::New)));
        if gone.is_empty() && !differs {
            return Ok(None);
        }
        let mut policy = base.policy(fail_on)?;
        policy.ignores = judgement.ignores(&base)?;
        Ok(Some(BasePolicy {
            name: at.name().to_owned(),
            selection: selection(rules.profile(), &base)?,
            options: judgement.options(&base)?,
            policy,
            keys: differing(&base.config, &session.config),
            gone,
        }))
    }

    /// Stricter of the failing severities of both sides: a judged side does not decide that nothing fails.
    pub(super) fn fail_on(&self, own: FailOn) -> FailOn {
        [self.policy.fail_on, own].into_iter().max_by_key(|fail_on| fail_on.strictness()).unwrap_or(own)
    }

    /// What the rules of the base find in a contract beside those of the run.
    pub(super) fn lint(&self, session: &Session, rules: &Rules, workspace: &Workspace, findings: &mut Findings) {
        let missing = self.selection.without(rules.selection());
        if let Ok(api) = crate::openapi::Api::open(workspace)
            && !missing.rules.is_empty()
        {
            findings.shadow.extend(crate::lint::lint(api, &missing, Some(session.as_of)));
        }
    }

    /// The options of a comparison as the base has them, where they are others.
    pub(super) fn options(&self, own: &Options) -> Option<&Options> {
        (format!("{own:?}") != format!("{:?}", self.options)).then_some(&self.options)
    }

    /// The findings about what differs, with what fails under the policy of the base alone.
    pub(super) fn report(&self, findings: &Findings, own: &Policy, rules: &Rules) -> Vec<Diagnostic> {
        let keys = |policy: &Policy, all: Vec<Diagnostic>| -> BTreeMap<String, Diagnostic> {
            let report = judge(Command::Check, all, Vec::new(), 0, policy);
            let failing = report.diagnostics.into_iter().filter(|finding| policy.fail_on.includes(finding.severity));
            failing.map(|finding| (finding.fingerprint.clone(), finding)).collect()
        };
        let failing = keys(own, findings.diagnostics.clone());
        let mut all = findings.diagnostics.clone();
        for finding in &mut all {
            if let Some(rule) = self.selection.rules.iter().find(|rule| rule.page.id == finding.rule) {
                finding.severity = finding.severity.max(rule.severity);
            }
        }
        all.extend(findings.shadow.iter().cloned());
        let mut hidden: Vec<Diagnostic> = keys(&self.policy, all)
            .into_iter()
            .filter(|(key, _)| !failing.contains_key(key))
            .map(|(_, found)| found)
            .collect();
        hidden.retain(|finding| finding.rule != "waiver-stale");
        let off: Vec<String> =
            self.selection.without(rules.selection()).rules.iter().map(|rule| rule.page.id.to_owned()).collect();
        let mut effects = Vec::new();
        if !self.keys.is_empty() {
            effects.push(format!("{} differ", list(&self.keys)));
        }
        if !off.is_empty() {
            effects.push(format!("{} of its rules do not run ({})", off.len(), list(&off)));
        }
        if !hidden.is_empty() {
            let ids: BTreeSet<String> = hidden.iter().map(|finding| finding.rule.to_string()).collect();
            let ids: Vec<String> = ids.into_iter().collect();
            effects.push(format!(
                "{} findings that fail under the policy of the base do not fail ({})",
                hidden.len(),
                list(&ids)
            ));
        }
        let effects: String = effects.iter().map(|effect| format!("; {effect}")).collect();
        let severity = if hidden.is_empty() { Severity::Warn } else { Severity::Error };
        let say = |name: &str, what: String| {
            let source = Arc::new(SourceText::new(name, ""));
            let mut finding = Diagnostic::new(
                POLICY_CHANGED,
                severity,
                format!("{what}{effects}"),
                Location::new(&source, Span::at(0), ""),
            );
            for hidden in hidden.iter().take(NAMES) {
                finding = finding.label(hidden.location.clone(), format!("`{}`: {}", hidden.rule, hidden.message));
            }
            finding.help("let an owner of the policy approve the change; it decides for everybody once it is merged")
        };
        let base = &self.name;
        let mut out = Vec::new();
        for decided in &own.decided {
            match decided.base {
                Some(OfBase::Differs) => {
                    out.push(say(&decided.name, format!("`{}` is not that of the base `{base}`", decided.name)));
                }
                Some(OfBase::New) => {
                    out.push(say(
                        &decided.name,
                        format!("`{}` decides, but the base `{base}` has no such file", decided.name),
                    ));
                }
                _ => {}
            }
        }
        let gone = |name: &String| say(name, format!("`{name}` of the base `{base}` does not decide any more"));
        out.extend(self.gone.iter().map(gone));
        out
    }
}

/// The keys, with their sections, at which two configurations differ.
fn differing(base: &config::Config, own: &config::Config) -> Vec<String> {
    let value = |config: &config::Config| serde_json::to_value(config).unwrap_or_default();
    let (base, own) = (value(base), value(own));
    let mut out = Vec::new();
    for (key, old) in base.as_object().into_iter().flatten() {
        let new = &own[key];
        match (old.as_object(), new.as_object()) {
            _ if old == new => {}
            (Some(old), Some(new)) if key == "diff" => {
                let changed = old.iter().filter(|(name, value)| new.get(*name) != Some(value));
                out.extend(changed.map(|(name, _)| format!("{key}.{name}")));
            }
            _ => out.push(key.clone()),
        }
    }
    out
}

/// Some names, the others counted.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// The configuration that governs a folder (`/`-separated, from the top) in a revision.
///
/// # Errors
/// What git says when a tree cannot be read.
pub(super) fn governing(at: &Snapshot, folder: &str) -> Result<Option<String>, Failure> {
    let mut folder = Some(folder.trim_matches('/'));
    while let Some(here) = folder {
        for name in FILE_NAMES {
            let path = if here.is_empty() { name.to_owned() } else { format!("{here}/{name}") };
            if at.find(&path)?.is_some_and(|entry| entry.kind == crate::workspace::EntryKind::File) {
                return Ok(Some(path));
            }
        }
        folder = match here.rsplit_once('/') {
            Some((above, _)) => Some(above),
            None if here.is_empty() => None,
            None => Some(""),
        };
    }
    Ok(None)
}

/// The folder of a path from the top.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
