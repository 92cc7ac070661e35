//! The policy of the revision, which does not decide: how it differs from that of the target, and what would not fail
//! under it.

use crate::cli::diff::JudgementArguments;
use crate::cli::judged::Standing;
use crate::cli::rulesets::{RuleArguments, selection};
use crate::cli::session::{Failure, Findings, Session};
use crate::config::{self, FailOn, Waiver};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::diff::Options;
use crate::gate::{
    Command, POLICY_CHANGED, POLICY_WEAKENED, Policy, WAIVER_REFUSED, WAIVER_STALE, judge, proposed_waiver,
    refused_waiver,
};
use crate::lint::Selection;
use crate::text::{SourceText, Span};
use crate::workspace::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Most names in one sentence.
const NAMES: usize = 5;

/// The policy that the revision brings.
pub(super) struct HeadPolicy {
    /// Covenant's own rules that it runs; none when only rulesets run.
    selection: Option<Selection>,
    options: Options,
    policy: Policy,
    /// Keys of the configuration that differ.
    keys: Vec<String>,
    /// Files that differ, with what is to be said of them.
    files: Vec<(String, String)>,
    /// What the revision sets against the layers, and the target does not.
    locked: Vec<Diagnostic>,
}

impl HeadPolicy {
    /// Reads the policy of the revision; `None` when it is that of the target. `standings` are the files of the target's
    /// policy, `own` those of the revision's.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    pub(super) fn of(
        (head, target): (&Session, &Session),
        (rules, judgement): (&RuleArguments, &JudgementArguments),
        fail_on: Option<FailOn>,
        (standings, own): (&[Standing], &[Standing]),
        base: Option<&Snapshot>,
    ) -> Result<Option<Self>, Failure> {
        let name = target.revision().map(|at| at.name().to_owned()).unwrap_or_default();
        let mut files = BTreeMap::new();
        for file in standings.iter().chain(own) {
            let Some(now) = Sides::of(file, target) else { continue };
            // What the target gained meanwhile is no change of the revision.
            if base.is_some_and(|base| base.read(&file.name, u64::from(u32::MAX)).ok() == now.head) {
                continue;
            }
            let what = match (&now.head, &now.target) {
                (head, target) if head == target => continue,
                (None, _) => format!("`{}` of `{name}` is removed", file.name),
                (Some(_), Some(_)) => format!("`{}` differs from that of `{name}`", file.name),
                (Some(_), None) if !target.configured => {
                    format!("`{name}` has no `{}` yet, so the default policy decides", file.name)
                }
                (Some(_), None) => format!("`{name}` has no `{}` yet", file.name),
            };
            files.insert(file.name.clone(), what);
        }
        if files.is_empty() {
            return Ok(None);
        }
        let mut policy = head.policy(fail_on)?;
        judgement.complete(head, &mut policy)?;
        let known = |note: &Diagnostic| target.layered.notes.iter().any(|own| own.fingerprint == note.fingerprint);
        let locked = head.layered.notes.iter().filter(|note| !known(note)).cloned().collect();
        let selection = rules.runs_own(head).then(|| selection(rules.profile(), head)).transpose()?;
        Ok(Some(HeadPolicy {
            selection,
            options: judgement.options_with(head, rules.profile())?,
            policy,
            keys: differing(&target.config, &head.config),
            files: files.into_iter().collect(),
            locked,
        }))
    }

    /// The options of a comparison as the revision has them, where they are others.
    pub(super) fn options(&self, own: &Options) -> Option<&Options> {
        (format!("{own:?}") != format!("{:?}", self.options)).then_some(&self.options)
    }

    /// The waivers that the revision brings and that may count, each with the finding that proposes it.
    pub(super) fn proposed(&self, own: &Policy) -> Vec<(Waiver, Diagnostic)> {
        let (limits, waivers) = (&own.waiver_limits, &self.policy.waivers);
        let is_new = |waiver: &&Waiver| !own.waivers.contains(waiver) && limits.refuse(waiver, own.as_of).is_none();
        waivers.iter().filter(is_new).map(|waiver| (waiver.clone(), proposed_waiver(waiver))).collect()
    }

    /// The findings about what differs, with what fails now and would not fail under the policy of the revision.
    pub(super) fn report(&self, findings: &Findings, own: &Policy, compared_twice: bool) -> Vec<Diagnostic> {
        let failing = |policy: &Policy, mut all: Vec<Diagnostic>| -> BTreeMap<String, Diagnostic> {
            // One by one: what is accepted must not hide behind another finding of its cause.
            for finding in &mut all {
                finding.cause = None;
            }
            let report = judge(Command::Check, all, Vec::new(), 0, policy);
            let failing = report.diagnostics.iter().filter(|finding| report.fails(finding));
            failing.map(|finding| (finding.fingerprint.clone(), finding.clone())).collect()
        };
        let under_target = failing(own, findings.diagnostics.clone());
        let under_head = failing(&self.policy, self.view(findings, compared_twice));
        let mut passes: Vec<&Diagnostic> =
            under_target.iter().filter(|(key, _)| !under_head.contains_key(*key)).map(|(_, finding)| finding).collect();
        passes.retain(|finding| finding.rule != WAIVER_STALE && finding.rule != WAIVER_REFUSED);
        let mut out: Vec<Diagnostic> = Vec::new();
        let keys = if self.keys.is_empty() { String::new() } else { format!("; {} differ", list(&self.keys)) };
        for (file, what) in &self.files {
            let message = format!("{what}{keys}; it decides once it is merged");
            out.push(
                at(POLICY_CHANGED, Severity::Warn, file, message).help("Let an owner of the policy approve the change"),
            );
        }
        if let (false, Some((file, _))) = (passes.is_empty(), self.files.first()) {
            let ids: BTreeSet<String> = passes.iter().map(|finding| finding.rule.to_string()).collect();
            let ids: Vec<String> = ids.into_iter().collect();
            let count = passes.len();
            let fail = if count == 1 { "1 finding fails".to_owned() } else { format!("{count} findings fail") };
            let message = format!("{fail} that would pass under the policy of this change ({})", list(&ids));
            let mut finding = at(POLICY_WEAKENED, Severity::Error, file, message);
            for passing in passes.iter().take(NAMES) {
                finding = finding.label(passing.location.clone(), format!("`{}`: {}", passing.rule, passing.message));
            }
            out.push(finding.help("Change the policy in a pull request of its own, which its owners approve"));
        }
        out.extend(self.locked.iter().cloned());
        let limits = &own.waiver_limits;
        for waiver in self.policy.waivers.iter().filter(|waiver| !own.waivers.contains(waiver)) {
            out.extend(limits.refuse(waiver, own.as_of).map(|why| refused_waiver(waiver, &why)));
        }
        out
    }

    /// The findings as the revision would have them: its rules, its severities, its way to compare.
    fn view(&self, findings: &Findings, compared_twice: bool) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = Vec::new();
        for finding in &findings.diagnostics {
            let is_change = finding.category.is_some() && crate::lint::page(&finding.rule).is_none();
            if is_change && compared_twice {
                continue;
            }
            let mut finding = finding.clone();
            if crate::lint::page(&finding.rule).is_some_and(|page| page.scope == crate::lint::Scope::Document) {
                let rules = self.selection.iter().flat_map(|selection| &selection.rules);
                match rules.into_iter().find(|rule| rule.page.id == finding.rule) {
                    Some(rule) => finding.severity = finding.severity.min(rule.severity),
                    None => continue,
                }
            }
            out.push(finding);
        }
        if compared_twice {
            out.extend(findings.shadow.iter().cloned());
        }
        out
    }
}

/// The bytes of a file of a policy on both sides.
struct Sides {
    head: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
}

impl Sides {
    /// Reads both; `None` for a file that the repository does not hold.
    fn of(file: &Standing, target: &Session) -> Option<Self> {
        let at = target.revision()?;
        let inside = Path::new(&file.name);
        if inside.is_absolute() {
            return None;
        }
        let disk = at.repository().top().join(inside);
        let head = crate::files::ordinary(&disk, u64::from(u32::MAX)).ok();
        Some(Sides { head, target: at.read(&file.name, u64::from(u32::MAX)).ok() })
    }
}

fn at(rule: &'static str, severity: Severity, file: &str, message: String) -> Diagnostic {
    let source = Arc::new(SourceText::new(file, ""));
    Diagnostic::new(rule, severity, message, Location::new(&source, Span::at(0), ""))
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
