//! Intended breaks: a version that says so, or people who approved.

use super::Arguments;
use crate::cli::output::text_of;
use crate::cli::session::{Failure, Session};
use crate::config::WaiverLimits;
use crate::config::{AllowBreaking, AllowBreakingBy, ApprovalPolicy, ByAudience, Waiver};
use crate::diagnostic::{Diagnostic, Hidden, Hider};
use crate::gate::{Approvals, TRAILER, Trailer, is_approvable};
use crate::openapi::{Api, Audience};
use crate::release::bump::Verdict;
use crate::workspace::Snapshot;
use jiff::civil::Date;
use std::path::Path;

/// When breaking changes pass in an area, and what was approved.
pub(super) struct Intended {
    allow: ByAudience,
    /// Who sees a contract that does not say so.
    assumed: Audience,
    policy: ApprovalPolicy,
    approvals: Option<Approvals>,
    /// What commits of the target approve.
    merged: Vec<Trailer>,
    limits: WaiverLimits,
    on: Date,
}

impl Intended {
    /// Reads what the deciding configuration allows, and the approvals that the caller has.
    ///
    /// # Errors
    /// [`Failure`] when the approvals cannot be read, or are about another commit than the one that is judged.
    pub(super) fn of(arguments: &Arguments, session: &Session) -> Result<Self, Failure> {
        let all = |allow| ByAudience { internal: allow, partner: allow, public: allow };
        let allow = match (arguments.allow_breaking, session.config.allow_breaking.clone()) {
            (Some(allow), _) | (None, Some(AllowBreakingBy::All(allow))) => all(allow),
            (None, Some(AllowBreakingBy::Audience(by))) => by,
            (None, None) => ByAudience::default(),
        };
        let approvals = match &arguments.approvals {
            Some(file) => {
                let fault = |error: String| Failure::new(format!("`{}`: {error}", file.display()));
                let approvals = Approvals::parse(&text_of(file)?).map_err(fault)?;
                of_this_commit(session, &approvals).map_err(fault)?;
                Some(approvals)
            }
            None => None,
        };
        let policy = session.config.approvals.clone();
        // Nobody has said that a contract without an audience is for few.
        let said = session.config.lifecycle.is_some();
        let assumed = if said { session.lifecycle.default_audience } else { Audience::Public };
        let merged = match session.revision().filter(|_| policy.trailers) {
            Some(at) => trailers(at, None, at.commit())?,
            None => Vec::new(),
        };
        let (limits, on) = (session.config.waiver_limits, session.as_of);
        Ok(Intended { allow, assumed, policy, approvals, merged, limits, on })
    }

    /// Sets the breaking changes of a contract aside that are intended.
    pub(super) fn settle(&self, base: Api<'_>, verdict: &Verdict, findings: &mut [Diagnostic]) {
        match self.allowed(Some(base)) {
            AllowBreaking::Never => {}
            AllowBreaking::WhenVersionSaysSo if verdict.enough => {
                let why = format!(
                    "version {} is a {} bump from {}; the changes require {}",
                    verdict.revision, verdict.declared, verdict.base, verdict.required
                );
                // What takes protection away is no matter of versions.
                for finding in findings.iter_mut().filter(|finding| is_approvable(finding) && !finding.weakens) {
                    finding.hidden.get_or_insert(Hidden { by: Hider::Version, why: why.clone() });
                }
            }
            AllowBreaking::WhenVersionSaysSo => {}
            AllowBreaking::WhenApproved => self.approve(findings),
        }
    }

    /// Sets contracts aside that are gone, where that was approved: no version is left to say so.
    pub(super) fn gone(&self, findings: &mut Vec<Diagnostic>) {
        if self.allowed(None) == AllowBreaking::WhenApproved {
            crate::diagnostic::finish(findings);
            self.approve(findings);
        }
    }

    /// Says who approved a waiver that the revision brings, if enough people who may have.
    pub(super) fn approved(&self, waiver: &Waiver, proposal: &Diagnostic) -> Option<String> {
        self.approvals.as_ref()?.of_waiver(&self.policy, waiver, proposal)
    }

    /// The rules that an approved waiver does not reach.
    pub(super) fn barred(&self, waiver: &Waiver) -> Vec<String> {
        Approvals::barred(&self.policy, waiver)
    }

    /// Whether the trailers of commits that the target has approve.
    pub(super) fn trailers_count(&self) -> bool {
        self.policy.trailers
    }

    fn approve(&self, findings: &mut [Diagnostic]) {
        for finding in findings.iter_mut().filter(|finding| is_approvable(finding)) {
            let by_people = self.approvals.as_ref().and_then(|approvals| approvals.of(&self.policy, finding));
            let by_trailer = || {
                let on = Some(self.on);
                self.merged.iter().find_map(|trailer| trailer.approves(&self.policy, &self.limits, on, finding))
            };
            if let Some(why) = by_people.or_else(by_trailer) {
                finding.hidden.get_or_insert(Hidden { by: Hider::Approval, why });
            }
        }
    }

    /// When breaks of a contract pass: by the audience that the base declares; of one that is gone, the strictest.
    fn allowed(&self, base: Option<Api<'_>>) -> AllowBreaking {
        let ByAudience { internal, partner, public } = self.allow;
        let Some(base) = base else {
            return if internal == partner && partner == public { public } else { AllowBreaking::Never };
        };
        let declared = [base.info(), Some(base.root())].into_iter().flatten().filter_map(Audience::declared).min();
        match declared.unwrap_or(self.assumed) {
            Audience::Internal => internal,
            Audience::Partner => partner,
            Audience::Public => public,
        }
    }
}

/// Commits whose trailers are read.
const MOST_COMMITS: usize = 1_000;

/// The trailers of the commits that `to` has and `from` lacks.
///
/// # Errors
/// [`Failure`] when git cannot list them.
pub(super) fn trailers(at: &Snapshot, from: Option<&str>, to: &str) -> Result<Vec<Trailer>, Failure> {
    let found = at.repository().trailers(TRAILER, (from, to), MOST_COMMITS)?;
    Ok(found.iter().map(|(commit, value)| Trailer::parse(commit, value)).collect())
}

/// Approvals count for the commit that is judged: the one that is checked out, or the one that it merges.
fn of_this_commit(session: &Session, approvals: &Approvals) -> Result<(), String> {
    let repository = session.repositories.around(Path::new(".")).map_err(|error| error.to_string())?;
    let here = repository.snapshot("HEAD").map_err(|error| error.to_string())?;
    // Of a merge of the change, the second parent.
    let merged = repository.parents(here.commit()).into_iter().nth(1);
    if here.commit() == approvals.head || merged.as_ref() == Some(&approvals.head) {
        return Ok(());
    }
    Err(format!("the approvals are about commit {}, which is not the one that is checked out", approvals.head))
}
