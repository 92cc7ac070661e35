//! One contract of a pull request: rules over both sides, the comparison, and what was promised.

use super::intended::Intended;
use super::weakened::HeadPolicy;
use crate::cli::base::{Base, Bases};
use crate::cli::cache::Cache;
use crate::cli::catalogue;
use crate::cli::compose;
use crate::cli::diff::{self, Limits};
use crate::cli::lint;
use crate::cli::rulesets::Rules;
use crate::cli::session::{Findings, Session};
use crate::config::{InlineIgnores, Waiver};
use crate::diagnostic::{self, Diagnostic, Location, Severity, gather};
use crate::diff::Options;
use crate::files;
use crate::gate::{Policy, Side, all_existing, compare_sides};
use crate::lifecycle::{pair_findings, timeline_findings};
use crate::lint::fold_into_changes;
use crate::openapi::{Api, Facts};
use crate::release::bump::{self, Verdict};
use crate::text::{SourceText, Span};
use crate::workspace::{Input, Workspace};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What decides about a contract.
pub(super) struct Judge {
    /// The session whose policy decides.
    pub(super) session: Session,
    /// The session of the work tree.
    pub(super) head: Session,
    pub(super) policy: Policy,
    pub(super) options: Options,
    pub(super) limits: Limits,
    pub(super) rules: Rules,
    /// The policy of the work tree, where it does not decide and is another.
    pub(super) of_head: Option<HeadPolicy>,
    /// When breaking changes pass.
    pub(super) intended: Intended,
    /// Whether findings that the base has as well do not count.
    pub(super) only_new: bool,
    /// Whether ignores count that the base lacks.
    pub(super) inline_ignores: InlineIgnores,
}

impl Judge {
    /// Lints one contract and compares it with its base.
    pub(super) fn contract(&self, input: &Input, bases: Option<&Bases>, cache: Option<&Cache>) -> Findings {
        let session = &self.session;
        let base = bases.map(|bases| (bases, bases.of(session, input)));
        let mut findings = Findings::default();
        let is_gone = matches!(input, Input::File(path) if path.symlink_metadata().is_err());
        match &base {
            Some((_, Base::At(base))) if is_gone => return catalogue::removed(session, base, &self.options),
            Some((_, Base::Unknown(limitation))) if is_gone => {
                findings.limitations.push(limitation.clone());
                return findings;
            }
            _ => {}
        }
        let mut key = None;
        if let (Some(cache), Some((bases, Base::At(base)))) = (cache, &base) {
            let stands = |files: &[(String, String)]| bases.stands(session, input, base, files);
            let (known, own) = cache.standing(session, &self.rules, input, stands);
            if let Some(mut known) = known {
                // All that is kept is about the files of the contract, which the base has.
                known.diagnostics.iter_mut().for_each(|finding| finding.existing = self.only_new);
                return known;
            }
            key = own;
        }
        let workspace = match session.load(input) {
            Ok(workspace) => workspace,
            Err(limitation) => {
                findings.limitations.push(limitation);
                return findings;
            }
        };
        lint::loaded(session, &self.rules, input, &workspace, &mut findings);
        match base {
            None => {}
            Some((bases, Base::At(base))) => match bases.unchanged(session, &base, &workspace) {
                Some(files) => {
                    self.same(&workspace, &mut findings);
                    if let Some((cache, key)) = cache.zip(key) {
                        cache.keep_standing(&key, &workspace, &findings, files);
                    }
                }
                None => match session.load(&base) {
                    Ok(before) => self.changed(input, (&before, &workspace), &mut findings),
                    Err(limitation) => findings.limitations.push(limitation),
                },
            },
            Some((bases, Base::Absent)) => match bases.not_new(session, input) {
                Some(limitation) => findings.limitations.push(limitation),
                None => findings.diagnostics.extend(catalogue::new_contract(&workspace)),
            },
            Some((_, Base::Unknown(limitation))) => findings.limitations.push(limitation),
        }
        findings
    }

    /// What there is to say of a contract that is byte for byte the base's: nothing is new, but dates may have passed.
    fn same(&self, workspace: &Workspace, findings: &mut Findings) {
        if let Ok(api) = Api::open(workspace) {
            findings.diagnostics.extend(self.dated(api));
        }
        if self.only_new {
            all_existing(&Side::new(workspace), &mut findings.diagnostics);
        }
    }

    /// Compares both sides, and the findings of the rules about them.
    fn changed(&self, input: &Input, (before, after): (&Workspace, &Workspace), findings: &mut Findings) {
        let mut compared = Findings::default();
        let apis = diff::loaded((before, after), &input.name(), &self.options, self.limits, &mut compared);
        let mut verdict = None;
        if let Some((base, revision)) = apis {
            // What decides about a contract is what its base says of it.
            for facts in &mut findings.apis {
                *facts = Facts { file: std::mem::take(&mut facts.file), ..Facts::of(base) };
            }
            findings.diagnostics.extend(self.dated(revision));
            verdict = Some(promises(base, revision, &self.session, &mut compared));
            let options = self.of_head.as_ref().and_then(|head| head.options(&self.options));
            compared.shadow.extend(options.into_iter().flat_map(|o| crate::diff::compare(base, revision, o).findings));
        }
        if self.only_new {
            // Faults of the text are findings about the revision alone.
            let codes: BTreeSet<&str> = after
                .documents()
                .flat_map(|(_, document)| document.problems())
                .map(|problem| problem.code.id())
                .collect();
            let (texts, changes): (Vec<_>, Vec<_>) = std::mem::take(&mut compared.diagnostics)
                .into_iter()
                .partition(|finding| codes.contains(&*finding.rule));
            compared.diagnostics = changes;
            findings.diagnostics.extend(texts);
            let mut known = Findings::default();
            // Overrides of rulesets are chosen by the path that the contract has now.
            self.rules.run(&self.session, input, before, &mut known);
            known.diagnostics.extend(apis.iter().flat_map(|(base, _)| self.dated(*base)));
            let (base, revision) = (Side::new(before), Side::new(after));
            known.diagnostics.extend(before.problems());
            let mut found = std::mem::take(&mut findings.diagnostics);
            diagnostic::finish(&mut found);
            diagnostic::finish(&mut known.diagnostics);
            let (found, fixed) = compare_sides((&base, known.diagnostics), (&revision, found), self.inline_ignores);
            findings.diagnostics = found;
            findings.fixed.extend(fixed);
        }
        let mut settled = self.settled(compared);
        if let (Some((base, _)), Some(verdict)) = (apis, verdict) {
            diagnostic::finish(&mut settled.diagnostics);
            self.intended.settle(base, &verdict, &mut settled.diagnostics);
        }
        findings.extend(settled);
    }

    /// The finding about a contract that no list names; it is old where the base has the contract.
    pub(super) fn unlisted(&self, input: &Input, bases: Option<&Bases>) -> Option<Diagnostic> {
        let file = self.session.file.as_deref().or(self.head.file.as_deref())?;
        let name = files::from_here(file);
        let message = format!("the contract `{}` is not listed under `apis` in `{name}`", input.name());
        let place = Location::new(&Arc::new(SourceText::new(input.name(), "")), Span::at(0), "");
        let mut finding = Diagnostic::new("unlisted-contract", Severity::Warn, message, place);
        let is_old = bases.is_some_and(|bases| matches!(bases.of(&self.session, input), Base::At(_)));
        finding.existing = is_old && self.only_new;
        Some(finding.help(format!("List it under `apis`, or leave it out with `exclude` in `{name}`")))
    }

    /// Whether commits that the target has approve by their trailers.
    pub(super) fn trailers_count(&self) -> bool {
        self.intended.trailers_count()
    }

    /// Lets the waivers that the revision brings count where they were approved; the others are told.
    pub(super) fn take_proposed(&mut self, findings: &mut Findings) {
        let Some(of_head) = &self.of_head else { return };
        for (waiver, proposal) in of_head.proposed(&self.policy) {
            match self.intended.approved(&waiver, &proposal) {
                Some(by) => {
                    let mut except = self.intended.barred(&waiver);
                    except.extend(waiver.except.iter().cloned());
                    self.policy.waivers.push(Waiver { approver: Some(by), except, ..waiver });
                }
                None => findings.diagnostics.push(proposal),
            }
        }
    }

    /// Compares all contracts, as one API, with several files.
    pub(super) fn together(&self, base: &[String], inputs: &[Input]) -> Findings {
        let names: Vec<String> = inputs.iter().map(Input::name).collect();
        let judge = |before: Api<'_>, after: Api<'_>, findings: &mut Findings| {
            let changes = gather(findings.diagnostics.clone());
            let found = pair_findings(before, after, &changes, &self.session.lifecycle, self.session.as_of);
            findings.diagnostics.extend(found);
        };
        let compared = compose::compare(&self.session, (base, &names), &self.options, self.limits, judge);
        Findings { contracts: 0, ..self.settled(compared) }
    }

    /// The findings of the rules over the dates of a contract.
    fn dated(&self, api: Api<'_>) -> Vec<Diagnostic> {
        let (policy, as_of) = (&self.session.lifecycle, self.session.as_of);
        let timeline = crate::lifecycle::timeline(api, policy, as_of);
        let mut found = timeline_findings(&timeline, api, policy);
        for finding in &mut found {
            finding.dated |= crate::lint::page(&finding.rule).is_some_and(|page| page.dated);
        }
        self.rules.carry(&mut found);
        found
    }

    /// Lets findings of rules over two versions stand for the changes that they are about.
    fn settled(&self, mut compared: Findings) -> Findings {
        self.rules.carry(&mut compared.diagnostics);
        fold_into_changes(&mut compared.diagnostics);
        compared
    }
}

/// The rules over both versions: what was promised, and whether the version says what changed.
fn promises(before: Api<'_>, after: Api<'_>, session: &Session, findings: &mut Findings) -> Verdict {
    let (policy, as_of) = (&session.lifecycle, session.as_of);
    let changes = gather(findings.diagnostics.clone());
    let mut found = pair_findings(before, after, &changes, policy, as_of);
    let verdict = bump::verdict(before, after, &changes, policy);
    found.extend(bump::findings(&verdict, before, after));
    diagnostic::finish(&mut found);
    bump::settle(before, after, &mut findings.diagnostics, policy);
    findings.diagnostics.extend(found);
    verdict
}
