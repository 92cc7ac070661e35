//! Waivers against findings: covered ones are set aside; expired, stale and refused waivers are findings themselves.

use super::{Policy, Suppressed, Suppression};
use crate::config::Waiver;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span};
use globset::Glob;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// The id of a finding about a waiver or a line of an ignore file that covers nothing.
pub const WAIVER_STALE: &str = "waiver-stale";
/// The id of a finding about a waiver that policy does not allow.
pub const WAIVER_REFUSED: &str = "waiver-refused";

/// Splits findings into those that count and those covered by a waiver of a policy that is in force on its day; and what
/// each waiver covered.
pub(super) fn apply(
    diagnostics: Vec<Diagnostic>,
    policy: &Policy,
) -> (Vec<Diagnostic>, Vec<Suppressed>, Vec<WaiverUse>) {
    let (waivers, limits, as_of) = (&policy.waivers, &policy.waiver_limits, policy.as_of);
    let mut used = vec![0_usize; waivers.len()];
    let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
    let refusals: Vec<Option<String>> = waivers.iter().map(|waiver| limits.refuse(waiver, as_of)).collect();
    for diagnostic in diagnostics {
        let barred = |patterns: &[String]| patterns.iter().any(|one| diagnostic.ids().any(|id| wildcard(one, id)));
        let never = barred(&policy.never);
        let found = waivers.iter().enumerate().find(|(at, waiver)| {
            !never && refusals[*at].is_none() && !barred(&waiver.except) && covers(waiver, &policy.folder, &diagnostic)
        });
        match found {
            Some((at, waiver)) => {
                used[at] += 1;
                if as_of.is_some_and(|day| day > waiver.expires) {
                    let note = if waiver.break_glass {
                        format!("the break-glass debt of {} was due on {}", waiver.owner, waiver.expires)
                    } else {
                        format!("the waiver of {} expired on {}", waiver.owner, waiver.expires)
                    };
                    let help = diagnostic.help.as_deref().map_or(note.clone(), |help| format!("{help}; {note}"));
                    kept.push(Diagnostic { dated: true, ..diagnostic.help(help) });
                } else {
                    let approver = waiver.approver.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
                    let until = if waiver.break_glass { "break-glass, due" } else { "until" };
                    let by = format!("{}: {} ({until} {}){approver}", waiver.owner, waiver.reason, waiver.expires);
                    suppressed.push(Suppressed { diagnostic, kind: Suppression::Waiver, by });
                }
            }
            None => kept.push(diagnostic),
        }
    }
    let mut uses = Vec::new();
    for ((waiver, used), refusal) in waivers.iter().zip(used).zip(refusals) {
        uses.push(WaiverUse::of(waiver, used, refusal.is_some(), as_of));
        let found = match refusal {
            Some(why) => refused(waiver, &why),
            None if used == 0 => stale(waiver),
            None => continue,
        };
        // What is wrong with the policy of the target was not brought by the revision.
        kept.push(Diagnostic { existing: policy.of_target(), ..found });
    }
    (kept, suppressed, uses)
}

/// How a waiver stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// In force.
    Active,
    /// Its last day has passed: what it covers counts again.
    Expired,
    /// It does not count: it covers too much, explains too little, or holds for too long.
    Refused,
}

impl WaiverState {
    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            WaiverState::Active => "active",
            WaiverState::Expired => "expired",
            WaiverState::Refused => "refused",
        }
    }
}

/// A waiver of the policy, and what it covered in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverUse {
    /// The rule or change that it is for.
    pub rule: String,
    /// What narrows it down, in words; empty where nothing does.
    pub scope: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The ticket that tracks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Last day on which it holds.
    pub expires: Date,
    /// Whether it is a debt.
    pub break_glass: bool,
    /// How it stands.
    pub state: WaiverState,
    /// How many findings it covered.
    pub covers: usize,
    /// Where it stands.
    pub file: String,
    /// The line of that file.
    pub line: u32,
}

impl WaiverUse {
    fn of(waiver: &Waiver, covers: usize, refused: bool, as_of: Option<Date>) -> Self {
        let state = match (refused, as_of.is_some_and(|day| day > waiver.expires)) {
            (true, _) => WaiverState::Refused,
            (false, true) => WaiverState::Expired,
            (false, false) => WaiverState::Active,
        };
        let place = place(waiver);
        let masked = |text: &str| crate::text::secret::mask(text).into_owned();
        WaiverUse {
            rule: waiver.rule.clone(),
            scope: scope(waiver),
            owner: waiver.owner.clone(),
            reason: masked(&waiver.reason),
            ticket: waiver.ticket.clone(),
            expires: waiver.expires,
            break_glass: waiver.break_glass,
            state,
            covers,
            file: place.path().to_owned(),
            line: place.start().line,
        }
    }
}

/// What narrows a waiver down, in words.
fn scope(waiver: &Waiver) -> String {
    let parts = [
        ("file", &waiver.file),
        ("pointer", &waiver.pointer),
        ("operation", &waiver.operation),
        ("fingerprint", &waiver.fingerprint),
    ];
    parts.into_iter().filter_map(|(key, value)| Some(format!(", {key} `{}`", value.as_ref()?))).collect()
}

/// Makes the finding about a waiver that does not count.
pub fn refused(waiver: &Waiver, why: &str) -> Diagnostic {
    let message = format!("the waiver of {} for `{}` does not count: {why}", waiver.owner, waiver.rule);
    let mut location = place(waiver);
    location.identity = format!("{}\u{1f}{}", waiver.rule, waiver.owner);
    let mut finding = Diagnostic::new(WAIVER_REFUSED, Severity::Error, message, location);
    finding.fingerprint = crate::diagnostic::fingerprint(&finding, 0);
    finding.help("Correct the waiver, or let the owner of the configuration change `waiver-limits`")
}

/// The id of findings about waivers that a revision brings.
pub const WAIVER_PROPOSED: &str = "waiver-proposed";

/// Makes the finding about a waiver that a revision brings: it counts once it is approved or merged.
pub fn proposed(waiver: &Waiver) -> Diagnostic {
    let ticket = waiver.ticket.as_ref().map(|ticket| format!(", ticket `{ticket}`")).unwrap_or_default();
    let scope = scope(waiver) + &ticket;
    let message = format!(
        "a waiver for `{}`{scope} is proposed by {} until {}: {}",
        waiver.rule, waiver.owner, waiver.expires, waiver.reason
    );
    let mut location = place(waiver);
    location.identity = format!("{}\u{1f}{}{scope}", waiver.rule, waiver.owner);
    let mut finding = Diagnostic::new(WAIVER_PROPOSED, Severity::Info, message, location);
    finding.fingerprint = crate::diagnostic::fingerprint(&finding, 0);
    finding.help("It counts once somebody who may approves it, or once it is merged")
}

/// Where a waiver stands.
fn place(waiver: &Waiver) -> Location {
    let nowhere = || Location::new(&Arc::new(SourceText::new("covenant.yaml", "")), Span::at(0), "");
    waiver.place.0.clone().unwrap_or_else(nowhere)
}

fn stale(waiver: &Waiver) -> Diagnostic {
    let scope = [("file", &waiver.file), ("pointer", &waiver.pointer), ("operation", &waiver.operation)];
    let scope: String = scope.iter().filter_map(|(key, value)| Some(format!(" {key} `{}`", value.as_ref()?))).collect();
    let message = format!("the waiver of {} for `{}`{scope} covers no finding", waiver.owner, waiver.rule);
    let mut location = place(waiver);
    location.identity = format!("{}{scope}", waiver.rule);
    let finding = Diagnostic::new(WAIVER_STALE, Severity::Warn, message, location);
    let mut finding = finding.help("remove it, or correct what it names");
    finding.fingerprint = crate::diagnostic::fingerprint(&finding, 0);
    finding
}

/// Whether a waiver is about a finding. Its files are named from the folder of the configuration, or from the top of the
/// repository; where the run starts matters not.
fn covers(waiver: &Waiver, folder: &str, diagnostic: &Diagnostic) -> bool {
    let home = diagnostic.location.source.home();
    let beside = home.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    let matches = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| wildcard(pattern, text));
    diagnostic.ids().any(|id| wildcard(&waiver.rule, id))
        && waiver.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == diagnostic.fingerprint)
        && waiver.file.as_ref().is_none_or(|glob| {
            let matcher = Glob::new(glob.strip_prefix("./").unwrap_or(glob)).map(|glob| glob.compile_matcher());
            matcher.is_ok_and(|matcher| matcher.is_match(home) || beside.is_some_and(|path| matcher.is_match(path)))
        })
        && waiver.pointer.as_ref().is_none_or(|pointer| below(pointer, &diagnostic.location.pointer))
        && (waiver.operation.is_none() || diagnostic.operations.iter().any(|label| matches(&waiver.operation, label)))
}

/// Whether `pointer` is `pattern` or below it; a token `*` stands for any one token.
fn below(pattern: &str, pointer: &str) -> bool {
    let mut tokens = pointer.split('/');
    pattern.split('/').all(|wanted| tokens.next().is_some_and(|token| wanted == "*" || wanted == token))
}

/// Whether `text` matches `pattern`, in which `*` stands for any text.
pub(super) fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    for (at, part) in parts.iter().enumerate() {
        if at + 1 == parts.len() {
            return text.ends_with(part);
        }
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_any_text() {
        assert!(wildcard("sec-*", "sec-server-https-only"));
        assert!(wildcard("GET /a/*/b", "GET /a/{id}/b"));
        assert!(wildcard("*", ""));
        assert!(!wildcard("sec-*-x", "sec-server"));
        assert!(!wildcard("sec", "sec-server"));
    }

    #[test]
    fn pointers_cover_what_is_below() {
        assert!(below("/paths/*/get", "/paths/~1a/get/responses"));
        assert!(below("/paths", "/paths"));
        assert!(!below("/paths/~1a", "/paths/~1ab"));
    }
}
