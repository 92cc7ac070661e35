//! The schema of the extension keys accepts what the documentation shows and refuses what the rules refuse.

use serde_json::json;

#[test]
fn the_schema_of_extension_keys_agrees_with_the_rules() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/extensions.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (good, value) in [
        (
            true,
            json!({"deprecated": true, "x-deprecated-at": "2026-01-15", "x-sunset": "2027-06-30", "x-replaced-by": "createPayment"}),
        ),
        (true, json!({"x-sunset": "none", "x-sunset-reason": "two terminals in the field"})),
        (true, json!({"x-enum-lifecycle": {"RJCT": {"sunset": "2026-12-31", "replaced_by": "REJECTED"}}})),
        (false, json!({"x-sunset": "TBD"})),
        (false, json!({"x-stability-level": "experimantal"})),
        (false, json!({"x-audience": "friends"})),
        (false, json!({"x-emergency-change": {"reason": "r"}})),
    ] {
        assert_eq!(validator.is_valid(&value), good, "{value}");
    }
}

#[test]
fn every_key_of_the_schema_is_documented() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/");
    let page = std::fs::read_to_string(format!("{root}extensions.md")).unwrap();
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{root}extensions.schema.json")).unwrap()).unwrap();
    for part in ["life", "info"] {
        for key in schema["$defs"][part]["properties"].as_object().unwrap().keys() {
            assert!(
                page.contains(&format!("`{key}")) || page.contains(&format!("{key}:")),
                "`{key}` is not documented"
            );
        }
    }
}
