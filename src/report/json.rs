//! `covenant-report/1`: the stable report that other programs build on, see `docs/report.schema.json`.

use crate::diagnostic::{Diagnostic, Location};
use crate::gate::{Limitation, Report};
use serde_json::{Map, Value, json};

/// The report as indented JSON with a final newline; of a part of a run in one line.
pub(super) fn render(report: &Report) -> String {
    let suppressed = report.suppressed.iter().map(|suppressed| {
        let mut value = diagnostic(&suppressed.diagnostic);
        value["suppressed_by"] = json!(suppressed.by);
        value
    });
    let mut value = json!({
        "schema": "covenant-report/1",
        "tool": {"name": "covenant", "version": env!("CARGO_PKG_VERSION")},
        "command": report.command,
        "as_of": report.as_of.map(|day| day.to_string()),
        "verdict": {
            "gate": report.verdict.gate.name(),
            "change": report.verdict.change,
            "required_bump": report.verdict.required_bump,
        },
        "contracts": report.contracts,
        "diagnostics": report.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
        "suppressed": suppressed.collect::<Vec<_>>(),
        "limitations": report.limitations.iter().map(limitation).collect::<Vec<_>>(),
    });
    if let Some(shard) = &report.shard {
        // For a program alone: as short as it can be.
        value["shard"] = json!(shard);
        return value.to_string() + "\n";
    }
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn limitation(limitation: &Limitation) -> Value {
    let place = limitation.file.as_ref().map_or_else(|| json!({}), |file| json!({"file": file}));
    json!({"what": limitation.what, "where": place, "incomplete": limitation.incomplete})
}

fn location(location: &Location) -> Value {
    let (start, end) = (location.start(), location.end());
    let mut value = json!({
        "file": location.path(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "pointer": location.pointer,
    });
    if let Some(revision) = location.source.revision() {
        value["revision"] = json!(revision);
    }
    value
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("rule", json!(diagnostic.rule));
    put("severity", json!(diagnostic.severity));
    put("impact", json!(diagnostic.impact));
    put("assurance", json!(diagnostic.assurance));
    if let Some(category) = diagnostic.category {
        put("category", json!(category));
    }
    put("required_bump", json!(diagnostic.required_bump));
    put("message", json!(diagnostic.message));
    put("location", location(&diagnostic.location));
    if let Some(base) = &diagnostic.base_location {
        put("base_location", location(base));
    }
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter();
        let related = related.map(|label| json!({"message": label.message, "location": location(&label.location)}));
        put("related", related.collect());
    }
    put("operations", json!(diagnostic.operations));
    if let Some(evidence) = &diagnostic.evidence {
        put("evidence", json!(evidence));
    }
    for (key, value) in [("help", &diagnostic.help), ("url", &diagnostic.url), ("policy", &diagnostic.policy)] {
        if let Some(value) = value {
            put(key, json!(value));
        }
    }
    put("fingerprint", json!(diagnostic.fingerprint));
    Value::Object(out)
}
