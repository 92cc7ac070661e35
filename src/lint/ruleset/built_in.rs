//! The built-in rules in the form of a ruleset.

use super::Ruleset;
use super::load::{Fault, File, Loader, empty_tree};
use super::merge::{self, Source};
use crate::files::Fence;
use crate::lint::js::Functions;
use crate::lint::page::pages;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Where Spectral describes its rules about OpenAPI.
const OAS_PAGES: &str = "https://meta.stoplight.io/docs/spectral/docs/reference/openapi-rules.md";

/// The built-in rules that `wanted` chooses, as a ruleset.
pub(super) fn built_in(name: &str, wanted: impl Fn(&crate::lint::Page) -> bool) -> Result<Ruleset, Fault> {
    let mut value = definitions(wanted);
    if name == "oas" {
        value["documentationUrl"] = json!(OAS_PAGES);
    }
    let file = File { path: PathBuf::from(name), tree: empty_tree(Path::new(name)), value };
    let Some(map) = file.value.as_object() else { return Ok(Ruleset::default()) };
    let mut ruleset = Ruleset::strict();
    let mut faults = Vec::new();
    let source = Source { file: &file, pointer: "", private: true, functions: &Functions::default() };
    merge::merge(&mut Loader::resumed(Fence::Closed), &mut ruleset, &source, map, &mut faults);
    for format in ["oas2", "oas3", "oas3_0", "oas3_1", "oas3_2"] {
        ruleset.formats.list.add(format);
    }
    if faults.is_empty() { Ok(ruleset) } else { Err(Fault::Found(faults)) }
}

/// Built-in rules and their aliases in the form of a ruleset.
fn definitions(wanted: impl Fn(&crate::lint::Page) -> bool) -> Value {
    let definition = |page: &crate::lint::Page| Some((page.id.to_owned(), Value::Object(page.definition()?.clone())));
    let rules: Map<String, Value> = pages().iter().filter(|page| wanted(page)).filter_map(definition).collect();
    json!({ "rules": rules, "aliases": aliases() })
}

/// `spectral:oas` in the form of a ruleset.
#[cfg(feature = "js")]
pub(in crate::lint) fn built_in_oas() -> Value {
    definitions(is_oas)
}

pub(super) fn is_oas(page: &crate::lint::Page) -> bool {
    page.pack == "oas"
}

/// The aliases of the built-in rules.
pub(super) fn aliases() -> Value {
    json!({
        "PathItem": ["$.paths[*]"],
        "OperationObject": ["#PathItem[get,put,post,delete,options,head,patch,trace]"],
        "SecurityRequirementObject": ["$.security[*]", "#OperationObject.security[*]"],
        "ResponseObject": {"targets": [
            {"formats": ["oas2"], "given": ["#OperationObject.responses[*]", "$.responses[*]"]},
            {"formats": ["oas3"], "given": ["#OperationObject.responses[*]", "$.components.responses[*]"]},
        ]},
        "LinkObject": {"targets": [
            {"formats": ["oas3"], "given": ["$.components.links[*]", "#ResponseObject.links[*]"]},
        ]},
        "ArrayProperties": of_type("array"),
        "IntegerProperties": of_type("integer"),
        "StringProperties": of_type("string"),
    })
}

/// Schemas of a type: named alone, or from 3.1 in a list too.
fn of_type(ty: &str) -> Value {
    let alone = format!("$..[?(@ && @.type==\"{ty}\")]");
    let listed = format!("$..[?(@ && @.type && @.type.constructor.name === \"Array\" && @.type.includes(\"{ty}\"))]");
    json!({"targets": [
        {"formats": ["oas2", "oas3_0"], "given": [alone]},
        {"formats": ["oas3_1", "oas3_2"], "given": [alone, listed]},
    ]})
}
