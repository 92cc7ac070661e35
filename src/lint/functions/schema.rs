//! The function `schema`: a value against a JSON Schema.

use super::ajv::{self, Fault};
use super::ajv_told;
use super::cost;
use super::dialect::{self, Dependencies, MultipleOf, Nothing, Pattern};
use super::formats::Format;
use super::json::Json;
use super::reach::Reach;
use super::{At, Call, Found, Target};
use crate::pattern;
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

const TOO_COSTLY: &str = "checking a value against the schema takes too many steps";

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
        match validate(&self.0, value, true) {
            Ok(faults) => ajv_told::told(faults, value, None).into_iter().map(|(_, message)| message).collect(),
            Err(Excess) => vec![TOO_COSTLY.to_owned()],
        }
    }
}

/// Compiled schemas of one run by their text.
pub(in crate::lint) type Cache = FxHashMap<String, Result<Arc<Checker>, String>>;

/// Compiled schemas of a contract by their place and whether they are for a request, a response; `None` where one
/// cannot be compiled.
pub(in crate::lint) type Compiled = FxHashMap<(PlaceId, bool, bool), Option<Result<Arc<Checker>, String>>>;

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
            Target::IndexKey(index) => Value::String(index.to_string()),
            Target::Node(place) => {
                let Some(value) = Json::new(call.view).seen(place, &[&self.reach]) else {
                    out.push(Found { message: TOO_LARGE.to_owned(), at: At::Failure });
                    return;
                };
                value
            }
        };
        match &self.validator {
            Ok(validator) => match validate(validator, &value, self.all) {
                Ok(faults) => out.extend(found(faults, &value, last_name(call).as_deref())),
                Err(Excess) => out.push(Excess::failure()),
            },
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
    // An old schema is checked as what it is, and then used with the keywords of draft 7.
    let old = matches!(draft, Draft::Draft4 | Draft::Draft6);
    if old {
        compile(&schema, draft).map_err(explain)?;
    }
    dialect::check(&schema, draft)?;
    dialect::prepare(&mut schema, draft);
    let draft = if old { Draft::Draft7 } else { draft };
    let validator = compile(&schema, draft).map_err(explain)?;
    let repeats = cost::repeats(&schema);
    Ok(Checker { validator, schema, draft, repeats })
}

/// A schema and its compiled form.
#[derive(Debug)]
pub(in crate::lint) struct Checker {
    validator: Validator,
    schema: Value,
    draft: Draft,
    /// Whether a part of it is applied more than once to the same value.
    repeats: bool,
}

impl Checker {
    /// The schema as it was compiled.
    pub(super) fn schema(&self) -> &Value {
        &self.schema
    }

    /// What stands at a path of keywords, references followed.
    fn at(&self, path: &str) -> Option<(&Value, &Value)> {
        let (mut holder, mut at) = (&self.schema, &self.schema);
        for token in crate::syntax::pointer::tokens(path)? {
            holder = at;
            at = match at {
                Value::Array(list) => list.get(token.parse::<usize>().ok()?)?,
                _ if token == "$ref" => self.schema.pointer(at.get("$ref")?.as_str()?.strip_prefix('#')?)?,
                _ => at.get(&*token)?,
            };
        }
        Some((holder, at))
    }

    /// The types at a path of keywords as they were written, without what `nullable` added.
    pub(super) fn types(&self, path: &str) -> Option<String> {
        let (holder, types) = self.at(path)?;
        let names: Vec<&str> = match types {
            Value::String(name) => vec![name],
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let added = holder.get("nullable") == Some(&Value::Bool(true)) && names.last() == Some(&"null");
        Some(names[..names.len() - usize::from(added)].join(","))
    }

    /// What stands beside the keyword that a path ends with.
    pub(super) fn beside(&self, path: &str, keyword: &str) -> Option<&Value> {
        self.at(path)?.0.get(keyword)
    }

    /// The compiled schema under `contains` at a path of keywords.
    pub(super) fn inner(&self, path: &str) -> Option<Validator> {
        let (_, at) = self.at(path)?;
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
    jsonschema::options()
        .with_draft(draft)
        .with_keyword("format", Format::keyword)
        .with_keyword("pattern", Pattern::keyword)
        .with_keyword("multipleOf", MultipleOf::keyword)
        .with_keyword("dependentRequired", Dependencies::keyword)
        .with_keyword("contentEncoding", Nothing::keyword)
        .with_keyword("contentMediaType", Nothing::keyword)
        .build(schema)
}

fn explain(error: jsonschema::ValidationError<'_>) -> String {
    use jsonschema::error::ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Referencing(_) => String::new(),
        Kind::Format { format } if format == "regex" => {
            let source = error.instance().as_str().unwrap_or_default().to_owned();
            pattern::Pattern::with_flags(&source, "").err().map_or_else(|| error.to_string(), String::from)
        }
        Kind::Custom { message, .. } => message.clone(),
        _ => {
            let path = error.instance_path().to_string();
            let root = error.instance().clone().into_owned();
            let faults = ajv::faults(vec![error], &root, false, None);
            let all: Vec<_> = faults.iter().map(|fault| format!("data{path} {}", fault.message)).collect();
            format!("schema is invalid: {}", all.join(", "))
        }
    }
}

/// A value that is not held against a schema, because that would be too much work.
#[derive(Debug)]
pub(super) struct Excess;

impl Excess {
    /// What there is to say of it.
    pub(super) fn failure<'w>() -> Found<'w> {
        Found { message: TOO_COSTLY.to_owned(), at: At::Failure }
    }
}

/// The faults of a value.
///
/// # Errors
/// [`Excess`] when alternatives in alternatives multiply beyond measure, or a pattern goes back for ever.
pub(super) fn validate(checker: &Checker, value: &Value, all: bool) -> Result<Vec<Fault>, Excess> {
    if checker.repeats && cost::is_excessive(&checker.schema, value) {
        return Err(Excess);
    }
    pattern::exceeded();
    let faults = if checker.validator.is_valid(value) {
        Vec::new()
    } else {
        ajv::faults(checker.validator.iter_errors(value).collect(), value, all, Some(checker))
    };
    if pattern::exceeded() { Err(Excess) } else { Ok(faults) }
}

/// Faults as messages below the target.
pub(super) fn found<'w>(faults: Vec<Fault>, value: &Value, name: Option<&str>) -> Vec<Found<'w>> {
    ajv_told::told(faults, value, name).into_iter().map(|(path, text)| Found::below(path, text)).collect()
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

    fn texts(schema: &str, value: &str) -> Vec<String> {
        let workspace = Workspace::from_text("a.json", value);
        let rule = format!(
            r#"{{"rules": {{"r": {{"given": "$", "then": {{"function": "schema",
            "functionOptions": {{"allErrors": true, "schema": {schema}}}}}}}}}}}"#
        );
        let ruleset = Ruleset::from_text(Path::new("ruleset.json"), &rule).unwrap();
        run(&workspace, &ruleset).iter().map(|found| found.message.clone()).collect()
    }

    #[test]
    fn errors_of_conditions_and_of_several_branches_come_with_what_led_to_them() {
        assert_eq!(
            texts(r#"{"if": {}, "then": {"minProperties": 3}}"#, r#"{"a": 1}"#),
            ["Object must not have fewer than 3 properties", "Object must match \"then\" schema"]
        );
        assert_eq!(
            texts(r#"{"oneOf": [{"required": ["b"]}, {}, {}]}"#, r#"{"a": 1}"#),
            ["Object must have required property \"b\"", "Object must match exactly one schema in oneOf"]
        );
        assert_eq!(
            texts(r#"{"propertyNames": {"minLength": 2}}"#, r#"{"a": 1}"#),
            ["Object must not have fewer than 2 characters", "Object property name must be valid"]
        );
        assert_eq!(
            texts(r#"{"dependencies": {"a": ["b", "c"]}}"#, r#"{"a": 1}"#),
            ["Object must have properties b, c when property a is present"]
        );
    }

    #[test]
    fn old_drafts_know_what_ajv_knows() {
        let schema =
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "const": 1, "additionalProperties": false}"#;
        assert_eq!(
            texts(schema, r#"{"b": 1, "1": 2}"#),
            [
                "Object must be equal to constant",
                "Property \"1\" is not expected to be here",
                "Property \"b\" is not expected to be here"
            ]
        );
        assert_eq!(texts(r#"{"nullable": true}"#, "{}"), ["\"nullable\" cannot be used without \"type\""]);
        assert_eq!(texts(r#"{"properties": {"a": {"pattern": "^.$"}}}"#, r#"{"a": "😀"}"#).len(), 1);
    }
}
