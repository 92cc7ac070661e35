//! Promises about service: the keys that hold them, and which of two numbers is the worse.
//!
//! Takes places of two contracts; gives sentences about what got worse.

use crate::workspace::Place;

/// Keys that hold such promises.
pub const SERVICE_KEYS: [&str; 7] =
    ["x-slo", "x-sla", "x-ratelimit", "x-rate-limit", "x-quota", "x-idempotency", "x-webhook-retry"];

/// Parts of names for which less is better; looked at first.
const LESS: [&str; 10] =
    ["latency", "p50", "p90", "p95", "p99", "response", "error", "retry_after", "retry-after", "downtime"];

/// Parts of names for which more is better.
const MORE: [&str; 15] = [
    "availability",
    "uptime",
    "limit",
    "quota",
    "requests",
    "rate",
    "burst",
    "calls",
    "size",
    "retention",
    "attempts",
    "retries",
    "hours",
    "throughput",
    "horizon",
];

/// What got worse, if anything, and where.
pub fn service_worse<'w>(
    name: &str,
    label: &str,
    old: Place<'_>,
    new: Option<Place<'w>>,
) -> Option<(String, Option<Place<'w>>)> {
    let label = crate::text::escape::shortened(label, 120);
    let lower = label.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let less_is_better = has(&LESS);
    if !less_is_better && !has(&MORE) {
        return None;
    }
    let shown = |place: Place<'_>| crate::text::escape::shortened(&crate::text::escape::line(place.text()), 40);
    let Some(new) = new else {
        return Some((format!("{name} no longer promises `{label}` (was `{}`)", shown(old)), None));
    };
    let ((before, unit), (after, other)) = (number(old)?, number(new)?);
    if unit != other {
        return None;
    }
    let worse = if less_is_better { after > before } else { after < before };
    worse
        .then(|| (format!("{name} promises less: `{label}` went from `{}` to `{}`", shown(old), shown(new)), Some(new)))
}

/// A number and its unit: `99.95%`, `300ms`, `5`.
fn number(place: Place<'_>) -> Option<(f64, &str)> {
    let text = place.text().trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim()))
}

/// The numbers below a place, with their paths; at most a few hundred.
pub fn service_numbers(place: Place<'_>) -> Vec<(Vec<String>, Place<'_>)> {
    let mut out = Vec::new();
    let mut stack = vec![(Vec::new(), place)];
    while let Some((path, place)) = stack.pop() {
        if out.len() > 300 || path.len() > 6 {
            continue;
        }
        if place.is_map() {
            let members: Vec<_> = place.members().collect();
            for member in members.into_iter().rev() {
                let mut path = path.clone();
                path.push(member.name.to_owned());
                stack.push((path, member.value));
            }
        } else if !place.is_seq() && number(place).is_some() {
            out.push((path, place));
        }
    }
    out
}
