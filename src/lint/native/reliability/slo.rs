//! Service level objectives (`x-slo`) and agreements (`x-sla`): that they are there, and that they make sense.
//!
//! Form: `{latency_ms: {p50, p95, p99}, availability_pct, error_rate_pct, window, error_budget}`, at the root, in `info`,
//! on a tag, a path or an operation.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::{Finding, Options};
use crate::openapi::{Operation, Stability};
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use serde_json::Value;

const KEYS: [&str; 2] = ["x-slo", "x-sla"];

fn blocks(holder: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    KEYS.into_iter().filter_map(move |key| holder.get(key))
}

fn has_latency(block: Place<'_>) -> bool {
    let latency = block.get("latency_ms").or_else(|| block.get("latency"));
    latency.is_some_and(|latency| ["p50", "p95", "p99"].iter().any(|key| latency.get(key).is_some()))
}

fn has_availability(block: Place<'_>) -> bool {
    block.get("availability_pct").is_some() || block.get("availability").is_some()
}

/// Whether something is still in the making.
fn is_draft(place: Place<'_>) -> bool {
    place.get_str("x-stability-level").and_then(Stability::parse).is_some_and(|level| level < Stability::Stable)
}

/// `rel-slo-declared`: the contract says how fast and how available the API is.
pub(super) fn declared(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let api = facts.api;
    let Some(info) = api.info() else { return };
    if is_draft(info) || is_draft(api.root()) {
        return;
    }
    let whole: Vec<Place<'_>> = blocks(api.root()).chain(blocks(info)).collect();
    if !whole.iter().copied().any(has_availability) {
        let message =
            "the contract promises no availability; add `x-slo` with `availability_pct` and `latency_ms` to `info`";
        out.push(Finding::key(info, message));
    }
    if whole.iter().copied().any(has_latency) {
        return;
    }
    let tags: FxHashSet<&str> =
        api.tags().into_iter().filter(|(_, tag)| blocks(*tag).any(has_latency)).map(|(name, _)| name).collect();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| !is_draft(operation.place)) {
        candidates += 1;
        let own = blocks(operation.place).chain(blocks(operation.path.place)).any(has_latency);
        if !own && !operation.tags().iter().any(|tag| tags.contains(tag)) {
            let message = format!("{} promises no response time; add `x-slo` with `latency_ms`", operation.label());
            found.push(Finding::key(operation.place, message).of(operation));
        }
    }
    // Where nothing is said at all, the first finding says it.
    if !whole.is_empty() || found.len() < candidates {
        fold(
            api,
            found,
            candidates,
            |count| format!("{count} of {candidates} operations promise no response time"),
            out,
        );
    }
}

fn number<'w>(block: Place<'w>, keys: &[&str]) -> Option<(Place<'w>, f64)> {
    let place = keys.iter().find_map(|key| block.get(key))?;
    let text = place.text().trim().trim_end_matches('%');
    Some((place, place.as_f64().or_else(|| text.parse().ok())?))
}

fn percentile<'w>(block: Place<'w>, name: &str) -> Option<(Place<'w>, f64)> {
    number(block.get("latency_ms").or_else(|| block.get("latency"))?, &[name])
}

/// Seconds of an ISO 8601 duration; a month has 30 days, a year 365. `None` when the text is none.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let rest = text.trim().strip_prefix('P')?;
    let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
    let mut total = 0.0;
    let mut any = false;
    for (part, units) in [
        (date, [('Y', 31_536_000.0), ('M', 2_592_000.0), ('W', 604_800.0), ('D', 86_400.0)].as_slice()),
        (time.unwrap_or(""), [('H', 3600.0), ('M', 60.0), ('S', 1.0)].as_slice()),
    ] {
        let mut digits = String::new();
        for letter in part.chars() {
            if letter.is_ascii_digit() || letter == '.' {
                digits.push(letter);
                continue;
            }
            let (_, unit) = units.iter().find(|(name, _)| *name == letter)?;
            total += digits.parse::<f64>().ok()? * unit;
            digits.clear();
            any = true;
        }
        if !digits.is_empty() {
            return None;
        }
    }
    (any && time != Some("")).then_some(total)
}

/// The floor that a profile sets for a window: `availability: [{window: P1M, pct: 99.5}]`.
fn floor(options: &Options, window: Option<f64>) -> Option<f64> {
    let list = options.value("availability")?.as_array()?;
    let window = window.unwrap_or(2_592_000.0);
    let of = |entry: &Value| Some((seconds(entry.get("window")?.as_str()?)?, entry.get("pct")?.as_f64()?));
    list.iter().filter_map(of).find(|(length, _)| (length - window).abs() < window * 0.05).map(|(_, pct)| pct)
}

/// `rel-slo-coherent`: what is promised can be kept at the same time.
pub(super) fn coherent(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let api = facts.api;
    let mut holders: Vec<(Place<'_>, Option<&Operation<'_>>)> = vec![(api.root(), None)];
    holders.extend(api.info().map(|info| (info, None)));
    holders.extend(api.tags().into_iter().map(|(_, tag)| (tag, None)));
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        holders.push((operation.place, Some(operation)));
        if seen.insert(operation.path.place.id()) {
            holders.push((operation.path.place, Some(operation)));
        }
    }
    for (holder, operation) in holders {
        let before = out.len();
        for block in blocks(holder) {
            check(block, options, out);
        }
        if let (Some(slo), Some(sla)) = (holder.get("x-slo"), holder.get("x-sla")) {
            stricter(slo, sla, out);
        }
        if let Some(operation) = operation {
            out[before..].iter_mut().for_each(|finding| finding.operations.push(operation.label()));
        }
    }
    upstreams(facts, out);
}

fn check(block: Place<'_>, options: &Options, out: &mut Vec<Finding>) {
    for (low, high) in [("p50", "p95"), ("p95", "p99"), ("p50", "p99")] {
        let pair = percentile(block, low).zip(percentile(block, high));
        if let Some(((place, fast), (_, slow))) = pair.filter(|((_, fast), (_, slow))| fast > slow)
            && (high != "p99" || low != "p50" || percentile(block, "p95").is_none())
        {
            let message =
                format!("`{low}` ({fast} ms) is slower than `{high}` ({slow} ms), which cannot be; correct one");
            out.push(Finding::at(place, message));
        }
    }
    let window = block.get("window");
    let length = window.and_then(Place::as_str).and_then(seconds);
    if let Some(window) = window.filter(|_| length.is_none()) {
        let message = format!("`{}` is no duration; write it as in ISO 8601, such as `P30D`", window.text());
        out.push(Finding::at(window, message));
    }
    if let Some((place, pct)) = number(block, &["availability_pct", "availability"]) {
        if !(0.0..=100.0).contains(&pct) {
            out.push(Finding::at(
                place,
                format!("an availability is a percentage between 0 and 100, not `{}`", place.text()),
            ));
        } else if let Some(floor) = floor(options, length).filter(|floor| pct < *floor) {
            out.push(Finding::at(
                place,
                format!("an availability of {pct} % is less than the {floor} % that the scheme demands"),
            ));
        }
        let budget = block.get("error_budget");
        let told = budget.and_then(Place::as_str).and_then(seconds);
        if let (Some(budget), Some(told), Some(length)) = (budget, told, length) {
            let meant = (100.0 - pct) / 100.0 * length;
            if (told - meant).abs() > meant.max(60.0) * 0.01 {
                let message = format!("the error budget is {told:.0} s, but {pct} % of the window leave {meant:.0} s");
                out.push(Finding::at(budget, message));
            }
        }
    }
    if let Some((place, rate)) = number(block, &["error_rate_pct"]).filter(|(_, rate)| !(0.0..=100.0).contains(rate)) {
        out.push(Finding::at(place, format!("an error rate is a percentage between 0 and 100, not {rate}")));
    }
    let most = options.number("p95-ms", 0);
    if let Some((place, slow)) = percentile(block, "p95").filter(|(_, slow)| most > 0 && *slow > most as f64) {
        out.push(Finding::at(
            place,
            format!("a `p95` of {slow} ms is slower than the {most} ms that the scheme allows"),
        ));
    }
}

/// What is agreed with clients is no stricter than what the team aims at.
fn stricter(slo: Place<'_>, sla: Place<'_>, out: &mut Vec<Finding>) {
    let keys = ["availability_pct", "availability"];
    if let Some(((_, aim), (place, promise))) = number(slo, &keys).zip(number(sla, &keys))
        && promise > aim
    {
        out.push(Finding::at(place, format!("the agreement promises {promise} %, but the objective is only {aim} %")));
    }
    for name in ["p50", "p95", "p99"] {
        if let Some(((_, aim), (place, promise))) = percentile(slo, name).zip(percentile(sla, name))
            && promise < aim
        {
            let message =
                format!("the agreement promises `{name}` in {promise} ms, but the objective is only {aim} ms");
            out.push(Finding::at(place, message));
        }
    }
}

/// A service is not more available than all it depends on.
fn upstreams(facts: &Facts<'_>, out: &mut Vec<Finding>) {
    let keys = ["availability_pct", "availability"];
    let Some(list) = facts.governance("x-upstreams") else { return };
    let values: Vec<f64> = list
        .elements()
        .filter_map(|one| number(one, &keys).or_else(|| number(one.get("x-slo")?, &keys)))
        .map(|(_, pct)| pct / 100.0)
        .collect();
    let own = facts.governance("x-slo").and_then(|block| number(block, &keys));
    let Some((place, pct)) = own.filter(|_| !values.is_empty()) else { return };
    let all = values.iter().product::<f64>() * 100.0;
    if pct > all + 0.01 {
        let message = format!(
            "{pct} % is more than the {all:.2} % that all upstreams together reach; lower it, or explain how they are replaced"
        );
        out.push(Finding::at(place, message));
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_are_read_and_other_texts_refused() {
        assert_eq!(seconds("P30D"), Some(2_592_000.0));
        assert_eq!(seconds("PT43M12S"), Some(2592.0));
        assert_eq!(seconds("P1M"), Some(2_592_000.0));
        for text in ["30 days", "P", "PT", "30D", "P5", "monthly"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
