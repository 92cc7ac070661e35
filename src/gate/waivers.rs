//! Waivers against findings: covered ones are set aside; expired and stale waivers are findings themselves.

use super::{Suppressed, Suppression};
use crate::config::Waiver;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span};
use globset::Glob;
use jiff::civil::Date;
use std::sync::Arc;

/// Splits findings into those that count and those covered by a waiver in force on `as_of`.
pub(super) fn apply(
    diagnostics: Vec<Diagnostic>,
    waivers: &[Waiver],
    as_of: Option<Date>,
) -> (Vec<Diagnostic>, Vec<Suppressed>) {
    let mut used = vec![false; waivers.len()];
    let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
    for diagnostic in diagnostics {
        let found = waivers.iter().enumerate().find(|(_, waiver)| covers(waiver, &diagnostic));
        match found {
            Some((at, waiver)) => {
                used[at] = true;
                if as_of.is_some_and(|day| day > waiver.expires) {
                    let note = format!("the waiver of {} expired on {}", waiver.owner, waiver.expires);
                    let help = diagnostic.help.as_deref().map_or(note.clone(), |help| format!("{help}; {note}"));
                    kept.push(diagnostic.help(help));
                } else {
                    let by = format!("{}: {} (until {})", waiver.owner, waiver.reason, waiver.expires);
                    suppressed.push(Suppressed { diagnostic, kind: Suppression::Waiver, by });
                }
            }
            None => kept.push(diagnostic),
        }
    }
    for (waiver, _) in waivers.iter().zip(used).filter(|(_, used)| !used) {
        kept.push(stale(waiver));
    }
    (kept, suppressed)
}

fn stale(waiver: &Waiver) -> Diagnostic {
    let source = Arc::new(SourceText::new("covenant.yaml", ""));
    let scope = [("file", &waiver.file), ("pointer", &waiver.pointer), ("operation", &waiver.operation)];
    let scope: String = scope.iter().filter_map(|(key, value)| Some(format!(" {key} `{}`", value.as_ref()?))).collect();
    let message = format!("the waiver of {} for `{}`{scope} covers no finding", waiver.owner, waiver.rule);
    let mut location = Location::new(&source, Span::at(0), "");
    location.identity = format!("{}{scope}", waiver.rule);
    let finding = Diagnostic::new("waiver-stale", Severity::Warn, message, location);
    let mut finding = finding.help("remove it, or correct what it names");
    finding.fingerprint = crate::diagnostic::fingerprint(&finding, 0);
    finding
}

fn covers(waiver: &Waiver, diagnostic: &Diagnostic) -> bool {
    let matches = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| wildcard(pattern, text));
    (wildcard(&waiver.rule, &diagnostic.rule) || diagnostic.also.iter().any(|rule| wildcard(&waiver.rule, rule)))
        && waiver.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == diagnostic.fingerprint)
        && waiver.file.as_ref().is_none_or(|glob| {
            Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(diagnostic.location.path()))
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
fn wildcard(pattern: &str, text: &str) -> bool {
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
