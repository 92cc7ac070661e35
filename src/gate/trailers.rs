//! Trailers of commits that ask for an approval: `Covenant-Approve: <fingerprint or change id> reason=… until=YYYY-MM-DD`.
//!
//! Anybody can write a commit, so a trailer of the change itself is a request, told beside the finding. One on a commit that
//! the target has was merged by somebody who may; it counts where the target's configuration says `trailers: true`.

use crate::config::{ApprovalPolicy, WaiverLimits};
use crate::diagnostic::{Diagnostic, Location, Severity, fingerprint};
use crate::text::{SourceText, Span};
use jiff::civil::Date;
use std::sync::Arc;

/// The key of the trailers.
pub const TRAILER: &str = "Covenant-Approve";

/// The id of findings about requests.
pub const APPROVAL_REQUESTED: &str = "approval-requested";

/// A trailer of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// The full id of the commit.
    commit: String,
    /// A fingerprint, or the id of a rule or a change.
    what: String,
    reason: String,
    until: Option<Date>,
}

impl Trailer {
    /// Reads the value of a trailer: what is asked for, and in any order `reason=` and `until=`.
    pub fn parse(commit: &str, value: &str) -> Self {
        let (what, rest) = value.trim().split_once(char::is_whitespace).unwrap_or((value.trim(), ""));
        let mut trailer =
            Trailer { commit: commit.to_owned(), what: what.to_owned(), reason: String::new(), until: None };
        let mut in_reason = false;
        for word in rest.split_whitespace() {
            if let Some(day) = word.strip_prefix("until=") {
                trailer.until = day.trim_matches(['"', ',', ';']).parse().ok();
                in_reason = false;
            } else if let Some(first) = word.strip_prefix("reason=") {
                first.clone_into(&mut trailer.reason);
                in_reason = true;
            } else if in_reason {
                trailer.reason.push(' ');
                trailer.reason.push_str(word);
            }
        }
        trailer.reason = trailer.reason.trim_matches(['"', '\'', ' ']).to_owned();
        trailer
    }

    /// Returns whether it is about a finding.
    pub fn names(&self, finding: &Diagnostic) -> bool {
        let parts = finding.others.iter().map(|part| &part.fingerprint);
        let mut keys = parts.chain(std::iter::once(&finding.fingerprint));
        !self.what.is_empty() && (keys.any(|key| *key == self.what) || finding.ids().any(|id| id == self.what))
    }

    /// Says by whom a finding is approved, if this trailer of a commit that the target has approves it: nobody else is asked
    /// for it, and nothing says that it must not be.
    pub fn approves(
        &self,
        policy: &ApprovalPolicy,
        limits: &WaiverLimits,
        on: Option<Date>,
        finding: &Diagnostic,
    ) -> Option<String> {
        let fits =
            |patterns: &[String]| patterns.iter().any(|one| finding.ids().any(|id| super::waivers::wildcard(one, id)));
        let needs_people = policy.four_eyes || policy.roles.values().any(|role| fits(&role.rules));
        let counts = policy.trailers && !needs_people && !fits(&policy.never) && self.names(finding);
        if !counts || self.fault(limits, on).is_some() {
            return None;
        }
        Some(format!("the trailer of commit {} until {}: {}", self.short(), self.until?, self.reason))
    }

    /// Says why it can never count, if it cannot.
    fn fault(&self, limits: &WaiverLimits, on: Option<Date>) -> Option<String> {
        match self.until {
            _ if self.what.is_empty() => Some("it names no fingerprint and no change".to_owned()),
            None => Some("it has no `until=YYYY-MM-DD`".to_owned()),
            Some(until) if on.is_some_and(|on| until < on) => Some(format!("it ended on {until}")),
            Some(until) if limits.is_too_long(until, on) => {
                Some(format!("it ends on {until}, more than {} days from now", limits.max_days))
            }
            Some(_) => limits.short_reason(&self.reason),
        }
    }

    /// Makes the finding about a request, at the place of the finding that it is about; `nowhere` names the file of the policy.
    /// Where the trailers of merged commits count (`stays`), one that is about nothing here is an error.
    pub fn request(
        &self,
        (limits, on, stays): (&WaiverLimits, Option<Date>, bool),
        about: Option<&Diagnostic>,
        nowhere: &str,
    ) -> Diagnostic {
        let until = self.until.map_or_else(String::new, |until| format!(" until {until}"));
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        let fault = match (self.fault(limits, on), about) {
            (Some(fault), _) => format!(" (cannot count: {fault})"),
            (None, None) => " (no finding of this run has this name)".to_owned(),
            (None, Some(_)) => String::new(),
        };
        let message = format!("commit {} asks to approve `{}`{until}{reason}{fault}", self.short(), self.what);
        let place = match about {
            Some(finding) => finding.in_revision().unwrap_or(&finding.location).clone(),
            None => Location::new(&Arc::new(SourceText::new(nowhere, "")), Span::at(0), ""),
        };
        // What is merged with this would approve something that nobody has seen yet.
        let severity = if stays && about.is_none() { Severity::Error } else { Severity::Info };
        let mut finding = Diagnostic::new(APPROVAL_REQUESTED, severity, message, place);
        finding.location.identity = format!("{}\u{1f}{}", self.commit, self.what);
        finding.fingerprint = fingerprint(&finding, 0);
        finding.help("It counts once somebody who may approves the finding; the commit itself approves nothing")
    }

    fn short(&self) -> &str {
        self.commit.get(..12).unwrap_or(&self.commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<Date> {
        text.parse().ok()
    }

    fn finding() -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
        let place = Location::new(&source, Span::at(0), "/a");
        let mut finding = Diagnostic::new("api-path-removed", Severity::Error, "gone", place);
        finding.fingerprint = "0123".to_owned();
        finding
    }

    #[test]
    fn what_reason_and_end_are_read_in_any_order() {
        let written = "api-path-removed until=2026-12-31 reason=\"nobody has called it for years\"";
        let trailer = Trailer::parse("c", written);
        assert_eq!((trailer.what.as_str(), trailer.until), ("api-path-removed", day("2026-12-31")));
        assert_eq!(trailer.reason, "nobody has called it for years");
        assert_eq!(Trailer::parse("c", "0123 reason=a b until=x").until, None);
        assert!(Trailer::parse("c", "0123").names(&finding()) && !Trailer::parse("c", "").names(&finding()));
    }

    #[test]
    fn a_trailer_approves_only_where_the_policy_says_so_and_nobody_else_is_asked_for() {
        let value = "api-path-removed reason=nobody has called it for years until=2026-12-31";
        let approves = |value: &str, policy: &ApprovalPolicy, on: &str| {
            Trailer::parse("abc", value).approves(policy, &WaiverLimits::default(), day(on), &finding()).is_some()
        };
        let policy = ApprovalPolicy { trailers: true, ..ApprovalPolicy::default() };
        assert!(approves(value, &policy, "2026-06-01"));
        assert!(!approves(value, &ApprovalPolicy::default(), "2026-06-01"));
        assert!(!approves(value, &policy, "2027-01-01"), "it has ended");
        assert!(!approves(value, &policy, "2025-06-01"), "it ends too late");
        for bad in [
            "*",
            "api-path-removed",
            "api-path-removed reason=short until=2026-12-31",
            "api-* reason=nobody has called it until=2026-12-31",
        ] {
            assert!(!approves(bad, &policy, "2026-06-01"), "{bad}");
        }
        let never = ApprovalPolicy { never: vec!["api-*".to_owned()], ..policy.clone() };
        let role = crate::config::Role { approvers: vec!["dora".to_owned()], rules: vec!["api-*".to_owned()] };
        let roles = ApprovalPolicy { roles: [("owners".to_owned(), role)].into(), ..policy.clone() };
        let two = ApprovalPolicy { four_eyes: true, ..policy };
        assert!([never, roles, two].iter().all(|policy| !approves(value, policy, "2026-06-01")));
    }
}
