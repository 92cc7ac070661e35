//! SARIF 2.1.0 (OASIS), for code scanning. Columns count UTF-16 code units; fingerprints are partial fingerprints.
//!
//! Code scanning keeps 5,000 results of a run: what fails the run comes first then, and how many were left out is a
//! notification.

mod rules;

use super::escape::cell;
use super::{NOT_EXAMINED, Style, file_of, limits, sentence, uncounted};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::gate::{Report, Suppressed};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Results of a run.
const MAX_RESULTS: usize = 5_000;

/// The report as one SARIF run; where all results are asked for, as many runs as they need.
pub(super) fn render(report: &Report, style: Style) -> String {
    let mut shown: Vec<Shown<'_>> = report.ranked().into_iter().map(|d| (d, None)).collect();
    shown.extend(report.suppressed.iter().map(|suppressed| (&suppressed.diagnostic, Some(suppressed))));
    let beyond = shown.len().saturating_sub(MAX_RESULTS);
    if beyond > 0 {
        shown.sort_by_key(|(diagnostic, by)| {
            std::cmp::Reverse((by.is_none(), report.fails(diagnostic), diagnostic.severity, diagnostic.impact))
        });
    }
    let runs: Vec<Value> = if style.sarif_runs && beyond > 0 {
        let with_id = |(at, part): (usize, &[Shown<'_>])| {
            let mut value = run(report, part, 0);
            // What takes the place of the same part of an earlier run.
            value["automationDetails"] = json!({"id": format!("covenant/{}", at + 1)});
            value
        };
        shown.chunks(MAX_RESULTS).enumerate().map(with_id).collect()
    } else {
        shown.truncate(MAX_RESULTS);
        vec![run(report, &shown, beyond)]
    };
    let value = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": runs});
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

/// A result, and how it is accepted if it is.
type Shown<'r> = (&'r Diagnostic, Option<&'r Suppressed>);

/// A run with these results; `dropped` more have no room.
fn run(report: &Report, shown: &[Shown<'_>], dropped: usize) -> Value {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for (diagnostic, _) in shown {
        rules.entry(&diagnostic.rule).or_insert_with(|| rules::of(diagnostic, &report.about));
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let results: Vec<Value> = shown
        .iter()
        .map(|(diagnostic, by)| {
            let mut value = result(diagnostic, index[&*diagnostic.rule]);
            if report.command.compares() {
                value["baselineState"] = json!("new");
            }
            if let Some(by) = by {
                let kind = if by.kind.in_source() { "inSource" } else { "external" };
                let justification = format!("{}: {}", by.kind.name(), by.by);
                value["suppressions"] = json!([{"kind": kind, "status": "accepted", "justification": justification}]);
            }
            value
        })
        .collect();
    let mut notifications: Vec<Value> = limits(report)
        .map(|(limitation, severity)| {
            json!({
                "level": level(severity),
                "descriptor": {"id": NOT_EXAMINED},
                "message": {"text": sentence(limitation)},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(file_of(limitation))}}}],
            })
        })
        .collect();
    let left_out =
        (dropped > 0).then(|| format!("{dropped} results beyond the {MAX_RESULTS} that code scanning keeps"));
    notifications.extend(
        uncounted(report)
            .into_iter()
            .filter(|_| report.left_out > 0)
            .chain(left_out)
            .map(|words| json!({"level": "note", "message": {"text": format!("not counted: {words}")}})),
    );
    json!({
            "tool": {"driver": {
                "name": "covenant",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
                "notifications": [{"id": NOT_EXAMINED, "shortDescription": {"text": "Something could not be examined"}}],
            }},
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": report.exit_code() != 2,
                "exitCode": report.exit_code(),
                "toolExecutionNotifications": notifications,
            }],
            "properties": {
                "verdict": report.verdict.gate.name(),
                "change": report.verdict.change,
                "requiredBump": report.verdict.required_bump,
            },
            "results": results,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

fn location(location: &Location) -> Value {
    let (start, end) = (location.start(), location.end());
    let uri = uri(location.path());
    let mut value = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {
                "startLine": start.line,
                "startColumn": start.utf16_column,
                "endLine": end.line,
                "endColumn": end.utf16_column,
            },
        },
        "logicalLocations": [{"fullyQualifiedName": format!("#{}", location.pointer)}],
    });
    // What is gone stands in the base alone: the URI still names a file of the work tree, this property the revision.
    if let Some(revision) = location.source.revision() {
        value["physicalLocation"]["properties"] = json!({"revision": revision});
    }
    value
}

/// A relative URI: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn result(diagnostic: &Diagnostic, rule_index: usize) -> Value {
    let mut value = json!({
        "ruleId": cell(&diagnostic.rule),
        "ruleIndex": rule_index,
        "level": level(diagnostic.severity),
        "message": {"text": diagnostic.message},
        "locations": [location(diagnostic.in_revision().unwrap_or(&diagnostic.location))],
        "partialFingerprints": {"covenant/v1": diagnostic.fingerprint},
        "properties": {
            "impact": diagnostic.impact,
            "assurance": diagnostic.assurance,
            "requiredBump": diagnostic.required_bump,
            "operations": diagnostic.operations,
        },
    });
    let mut related: Vec<Value> = Vec::new();
    // What is gone is marked at the nearest place that is left; where it was stands beside.
    let gone = diagnostic.location.source.revision().is_some() && diagnostic.base_location.is_none();
    let gone = gone.then_some(&diagnostic.location);
    let base = diagnostic.base_location.iter().chain(gone).map(|base| (base, "the base"));
    let labels = diagnostic.related.iter().map(|label| (&label.location, label.message.as_str()));
    for (id, (place, message)) in base.chain(labels).enumerate() {
        let mut entry = location(place);
        entry["id"] = json!(id + 1);
        entry["message"] = json!({"text": message});
        related.push(entry);
    }
    if !related.is_empty() {
        value["relatedLocations"] = json!(related);
    }
    if let Some(evidence) = &diagnostic.evidence {
        value["properties"]["evidence"] = json!(evidence);
    }
    value
}
