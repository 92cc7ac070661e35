//! Presets of the lifecycle policy, by the regime or style they follow. Each is a few lines over the defaults.

use serde_json::{Value, json};

/// The names of the presets.
pub const NAMES: [&str; 9] = [
    "default",
    "strict",
    "psd2",
    "open-banking-uk",
    "open-finance-brasil",
    "cdr-au",
    "google-aip",
    "date-versioned",
    "public-cloud",
];

/// The lines of a preset.
pub(super) fn preset(name: &str) -> Option<Value> {
    Some(match name {
        "default" => json!({}),
        "strict" => json!({
            "response-enum-add": "breaking", "breaking-threshold": "alpha", "extensions-before-warning": 1,
            "calendars": {"no-effective-dates-on": ["weekend"]}
        }),
        // RTS 2018/389 art. 30(4): changes are published three months ahead.
        "psd2" => json!({
            "default-audience": "partner", "min-notice-days": {"regulated-interface-floor": 90},
            "calendars": {"no-effective-dates-on": ["weekend", "target2-holiday"]}
        }),
        "open-banking-uk" => json!({
            "version-scheme": "obuk", "default-audience": "partner", "minor-may-break": ["bugfix", "regulatory", "minor"],
            "min-notice-days": {"partner": {"operation": 90, "field": 90, "security-scheme": 90}, "regulated-interface-floor": 90}
        }),
        "open-finance-brasil" => json!({
            "default-audience": "partner", "min-days-between-majors": 180, "minor-may-break": ["bugfix", "regulatory", "enum"]
        }),
        "cdr-au" => json!({
            "version-scheme": "integer", "default-audience": "public", "response-enum-add": "breaking",
            "min-overlap-days": {"partner": 28, "public": 28}
        }),
        // AIP-180, AIP-181: stable surfaces never break within a major; a beta is given 180 days.
        "google-aip" => json!({
            "version-scheme": "major-only", "default-audience": "public",
            "min-notice-days": {"public": {"operation": 365, "field": 365, "security-scheme": 365, "beta": 180}}
        }),
        "date-versioned" => {
            json!({"version-scheme": "date", "default-audience": "public", "response-enum-add": "compatible"})
        }
        "public-cloud" => json!({
            "default-audience": "public", "response-enum-add": "compatible",
            "min-notice-days": {"public": {"operation": 365, "field": 365, "security-scheme": 365, "beta": 90}}
        }),
        _ => return None,
    })
}
