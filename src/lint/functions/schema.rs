//! The function `schema`: a value against a JSON Schema.

use super::ajv::{self, Fault};
use super::formats::Format;
use super::json::Json;
use super::reach::Reach;
use super::{At, Call, Found, Target};
use crate::lint::regex::JsRegex;
use crate::workspace::PlaceId;
use jsonschema::{Draft, Validator};
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::sync::Arc;

/// A compiled schema.
#[derive(Debug, Clone)]
pub(in crate::lint) struct Schema {
    validator: Result<Arc<Checker>, String>,
    all: bool,
    /// How far it looks.
    reach: Reach,
}

/// Why a value was not checked.
const TOO_LARGE: &str = "with its references followed, the value is too large for the function `schema`";

/// A schema that values are asked about.
#[cfg(feature = "js")]
pub(in crate::lint) struct Check(Checker);

#[cfg(feature = "js")]
impl Check {
    /// Compiles a schema.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::lint) fn new(schema: &Value) -> Result<Self, String> {
        build(schema, detect(schema)).map(Check)
    }

    /// Messages about a value; none when it fits.
    pub(in crate::lint) fn faults(&self, value: &Value) -> Vec<String> {
        ajv::told(validate(&self.0, value, true), value, None).into_iter().map(|(_, message)| message).collect()
    }
}

/// Compiled schemas of one run by their text.
pub(in crate::lint) type Cache = FxHashMap<String, Result<Arc<Checker>, String>>;

/// Compiled schemas of a contract by their place and whether they are for a request, a response; `None` where one
/// cannot be compiled.
pub(in crate::lint) type Compiled = FxHashMap<(PlaceId, bool, bool), Option<Arc<Checker>>>;

impl Schema {
    pub(super) fn compile(options: &Value) -> Result<Self, String> {
        let schema = options.get("schema").cloned().unwrap_or_default();
        let draft = match options.get("dialect").and_then(Value::as_str) {
            None | Some("auto") => detect(&schema),
            Some(name) => named(name),
        };
        let all = options.get("allErrors") == Some(&Value::Bool(true));
        Ok(Schema { validator: build(&schema, draft).map(Arc::new), all, reach: Reach::of(&schema) })
    }

    pub(super) fn call<'w>(&self, call: &Call<'_, 'w>, out: &mut Vec<Found<'w>>) {
        let value = match call.target {
            Target::Missing => {
                out.push(Found::here("#{{print(\"property\")}}must exist"));
                return;
            }
            Target::Key(text) => Value::String(text.to_owned()),
            Target::Index(index) => Value::from(index),
            Target::Node(place) => {
                let Some(value) = Json::new(call.view).seen(place, &[&self.reach]) else {
                    out.push(Found { message: TOO_LARGE.to_owned(), at: At::Failure });
                    return;
                };
                value
            }
        };
        match &self.validator {
            Ok(validator) => {
                let faults = validate(validator, &value, self.all);
                out.extend(found(faults, &value, last_name(call).as_deref()));
            }
            // A schema whose reference leads nowhere says nothing.
            Err(error) if error.is_empty() => {}
            Err(error) => out.push(Found::here(error.clone())),
        }
    }
}

/// The draft that `$schema` names; 7 without it.
fn detect(schema: &Value) -> Draft {
    schema.get("$schema").and_then(Value::as_str).and_then(by_uri).unwrap_or(Draft::Draft7)
}

/// The draft of a meta-schema URI.
pub(super) fn by_uri(uri: &str) -> Option<Draft> {
    [
        ("draft-04", Draft::Draft4),
        ("draft-06", Draft::Draft6),
        ("draft-07", Draft::Draft7),
        ("2019-09", Draft::Draft201909),
        ("2020-12", Draft::Draft202012),
    ]
    .into_iter()
    .find(|(part, _)| uri.contains(part))
    .map(|(_, draft)| draft)
}

fn named(name: &str) -> Draft {
    match name {
        "draft4" => Draft::Draft4,
        "draft6" => Draft::Draft6,
        "draft2019-09" => Draft::Draft201909,
        "draft2020-12" => Draft::Draft202012,
        _ => Draft::Draft7,
    }
}

/// Compiles a schema. The error is empty when a reference in it leads nowhere.
pub(super) fn build(schema: &Value, draft: Draft) -> Result<Checker, String> {
    let mut schema = schema.clone();
    if let Some(map) = schema.as_object_mut() {
        // The dialect is chosen by the caller.
        map.remove("$schema");
    }
    let validator = compile(&schema, draft).map_err(explain)?;
    Ok(Checker { validator, schema, draft })
}

/// A schema and its compiled form.
#[derive(Debug)]
pub(in crate::lint) struct Checker {
    validator: Validator,
    schema: Value,
    draft: Draft,
}

impl Checker {
    /// The schema as it was compiled.
    pub(super) fn schema(&self) -> &Value {
        &self.schema
    }

    /// The compiled schema under `contains` at a path of keywords, references followed.
    pub(super) fn inner(&self, path: &str) -> Option<Validator> {
        let mut at = &self.schema;
        for token in crate::syntax::pointer::tokens(path)? {
            at = match at {
                Value::Array(list) => list.get(token.parse::<usize>().ok()?)?,
                _ if token == "$ref" => self.schema.pointer(at.get("$ref")?.as_str()?.strip_prefix('#')?)?,
                _ => at.get(&*token)?,
            };
        }
        let mut schema = at.clone();
        if let Some(map) = schema.as_object_mut() {
            for key in ["definitions", "$defs"] {
                if let Some(all) = self.schema.get(key).filter(|_| !map.contains_key(key)) {
                    map.insert(key.to_owned(), all.clone());
                }
            }
        }
        compile(&schema, self.draft).ok()
    }
}

fn compile(schema: &Value, draft: Draft) -> Result<Validator, jsonschema::ValidationError<'_>> {
    jsonschema::options().with_draft(draft).with_keyword("format", Format::keyword).build(schema)
}

fn explain(error: jsonschema::ValidationError<'_>) -> String {
    use jsonschema::error::ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Referencing(_) => String::new(),
        Kind::Format { format } if format == "regex" => {
            let source = error.instance().as_str().unwrap_or_default().to_owned();
            JsRegex::new(&source, "").err().unwrap_or_else(|| error.to_string())
        }
        _ => {
            let path = error.instance_path().to_string();
            let root = error.instance().clone().into_owned();
            let faults = ajv::faults(vec![error], &root, false, None);
            let all: Vec<_> = faults.iter().map(|fault| format!("data{path} {}", fault.message)).collect();
            format!("schema is invalid: {}", all.join(", "))
        }
    }
}

/// The faults of a value.
pub(super) fn validate(checker: &Checker, value: &Value, all: bool) -> Vec<Fault> {
    if checker.validator.is_valid(value) {
        return Vec::new();
    }
    ajv::faults(checker.validator.iter_errors(value).collect(), value, all, Some(checker))
}

/// Faults as messages below the target.
pub(super) fn found<'w>(faults: Vec<Fault>, value: &Value, name: Option<&str>) -> Vec<Found<'w>> {
    ajv::told(faults, value, name).into_iter().map(|(path, text)| Found::below(path, text)).collect()
}

/// The last name on the way to the target.
fn last_name(call: &Call<'_, '_>) -> Option<String> {
    use crate::lint::path::Key;
    call.field.last().cloned().or_else(|| {
        call.way.last().map(|step| match step.key {
            Key::Name(name) => name.to_owned(),
            Key::Index(index) => index.to_string(),
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::{FAILED, Ruleset, run};
    use crate::workspace::Workspace;
    use std::path::Path;

    fn rules_that_speak(text: &str, schema: &str) -> Vec<String> {
        let workspace = Workspace::from_text("a.json", text);
        let rule = format!(
            r#"{{"rules": {{"r": {{"given": "$", "then": {{"function": "schema",
            "functionOptions": {{"schema": {schema}}}}}}}}}}}"#
        );
        let ruleset = Ruleset::from_text(Path::new("ruleset.json"), &rule).unwrap();
        run(&workspace, &ruleset).iter().map(|found| found.rule.to_string()).collect()
    }

    #[test]
    fn a_large_value_is_checked_or_the_run_says_that_it_was_not() {
        let text = format!(r#"{{"openapi": "3.0.3", "list": [{}0], "b": {{"c": {{}}}}}}"#, "0,".repeat(600_000));
        assert_eq!(rules_that_speak(&text, r#"{"required": ["a"]}"#), ["r"]);
        assert_eq!(
            rules_that_speak(&text, r#"{"properties": {"b": {"properties": {"c": {"minProperties": 1}}}}}"#),
            ["r"]
        );
        assert_eq!(
            rules_that_speak(&text, r#"{"required": ["b"], "properties": {"list": {"type": "array"}}}"#),
            [""; 0]
        );
        assert_eq!(rules_that_speak(&text, r#"{"not": {"const": {}}}"#), [FAILED]);
    }
}
