//! SARIF 2.1.0 (OASIS), for code scanning. Columns count UTF-16 code units; fingerprints are partial fingerprints.

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::gate::Report;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as one SARIF run.
pub(super) fn render(report: &Report) -> String {
    let all = || report.diagnostics.iter().chain(report.suppressed.iter().map(|s| &s.diagnostic));
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for diagnostic in all() {
        rules.entry(&diagnostic.rule).or_insert_with(|| rule(diagnostic));
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut results: Vec<Value> = report.diagnostics.iter().map(|d| result(d, index[&*d.rule])).collect();
    results.extend(report.suppressed.iter().map(|suppressed| {
        let mut value = result(&suppressed.diagnostic, index[&*suppressed.diagnostic.rule]);
        value["suppressions"] = json!([{"kind": "external", "justification": suppressed.by}]);
        value
    }));
    let notifications: Vec<Value> = report
        .limitations
        .iter()
        .map(|limitation| {
            let level = if limitation.incomplete { "error" } else { "note" };
            json!({"level": level, "message": {"text": limitation.what}})
        })
        .collect();
    let successful = report.exit_code() != 2;
    let value = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "covenant",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "invocations": [{"executionSuccessful": successful, "toolExecutionNotifications": notifications}],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

fn rule(diagnostic: &Diagnostic) -> Value {
    let mut value = json!({
        "id": diagnostic.rule,
        "defaultConfiguration": {"level": level(diagnostic.severity)},
    });
    if let Some(url) = &diagnostic.url {
        value["helpUri"] = json!(url);
    }
    if let Some(help) = &diagnostic.help {
        value["help"] = json!({"text": help});
    }
    value
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
        "ruleId": diagnostic.rule,
        "ruleIndex": rule_index,
        "level": level(diagnostic.severity),
        "message": {"text": diagnostic.message},
        "locations": [location(&diagnostic.location)],
        "partialFingerprints": {"covenant/v1": diagnostic.fingerprint},
        "properties": {
            "impact": diagnostic.impact,
            "assurance": diagnostic.assurance,
            "requiredBump": diagnostic.required_bump,
            "operations": diagnostic.operations,
        },
    });
    let mut related: Vec<Value> = Vec::new();
    let base = diagnostic.base_location.iter().map(|base| (base, "the base"));
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
