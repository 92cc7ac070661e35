//! The view of OpenAPI 3.0 contracts against an independent reading of the same files, that of the `openapiv3` crate:
//! operations, parameters, responses and media types.
//!
//! The corpus of real contracts lies outside the package; where it is absent the test says so and ends.

mod collection;

use covenant::openapi::{Api, Version, to_openapiv3};
use covenant::workspace::{Input, Options, Workspace};
use openapiv3::{Components, OpenAPI, Parameter, PathItem, ReferenceOr, RequestBody, Response};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What both readings are reduced to: per operation its parameters, the media types of its body and of each response.
type Reading = BTreeMap<String, Facts>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    id: Option<String>,
    deprecated: bool,
    tags: Vec<String>,
    /// `in name required` of each.
    parameters: BTreeSet<String>,
    /// Whether it is required, and its media types.
    body: Option<(bool, Vec<String>)>,
    responses: BTreeMap<String, Vec<String>>,
}

fn view(api: Api<'_>) -> Reading {
    let names = |media: &[covenant::openapi::MediaType<'_>]| media.iter().map(|media| media.name.to_owned()).collect();
    let facts = |operation: &covenant::openapi::Operation<'_>| Facts {
        id: operation.id().map(str::to_owned),
        deprecated: operation.deprecated(),
        tags: operation.tags().into_iter().map(str::to_owned).collect(),
        parameters: operation
            .parameters()
            .iter()
            .map(|p| format!("{} {} {}", p.location.map_or("", |at| at.name()), p.name, p.required()))
            .collect(),
        body: operation.body().map(|body| (body.required, names(&body.media_types))),
        responses: operation.responses().iter().map(|r| (r.status.to_owned(), names(&r.media_types()))).collect(),
    };
    api.operations().iter().map(|operation| (operation.label(), facts(operation))).collect()
}

/// A component by its reference; `None` where the reference leads out of `components`.
trait Named: Sized {
    fn find<'a>(components: &'a Components, kind: &str, name: &str) -> Option<&'a ReferenceOr<Self>>;
}

impl Named for Parameter {
    fn find<'a>(components: &'a Components, kind: &str, name: &str) -> Option<&'a ReferenceOr<Self>> {
        (kind == "parameters").then(|| components.parameters.get(name)).flatten()
    }
}

impl Named for RequestBody {
    fn find<'a>(components: &'a Components, kind: &str, name: &str) -> Option<&'a ReferenceOr<Self>> {
        (kind == "requestBodies").then(|| components.request_bodies.get(name)).flatten()
    }
}

impl Named for Response {
    fn find<'a>(components: &'a Components, kind: &str, name: &str) -> Option<&'a ReferenceOr<Self>> {
        (kind == "responses").then(|| components.responses.get(name)).flatten()
    }
}

fn resolve<'a, T: Named>(openapi: &'a OpenAPI, at: &'a ReferenceOr<T>) -> Option<&'a T> {
    let mut at = at;
    for _ in 0..9 {
        match at {
            ReferenceOr::Item(item) => return Some(item),
            ReferenceOr::Reference { reference } => {
                let (kind, name) = reference.strip_prefix("#/components/")?.split_once('/')?;
                let name = name.replace("~1", "/").replace("~0", "~");
                at = T::find(openapi.components.as_ref()?, kind, &name)?;
            }
        }
    }
    None
}

fn place(parameter: &Parameter) -> &'static str {
    match parameter {
        Parameter::Query { .. } => "query",
        Parameter::Header { .. } => "header",
        Parameter::Path { .. } => "path",
        Parameter::Cookie { .. } => "cookie",
    }
}

/// Headers that describe nothing as parameters, OpenAPI 3.0 section Parameter Object.
fn is_ignored(parameter: &Parameter) -> bool {
    let name = &parameter.parameter_data_ref().name;
    place(parameter) == "header" && ["accept", "content-type", "authorization"].contains(&&*name.to_lowercase())
}

/// Own parameters and those of the path item that they do not replace.
fn merged(openapi: &OpenAPI, item: &PathItem, operation: &openapiv3::Operation) -> Option<BTreeSet<String>> {
    let mut seen = BTreeMap::new();
    for parameter in operation.parameters.iter().chain(&item.parameters) {
        let parameter = resolve(openapi, parameter)?;
        let data = parameter.parameter_data_ref();
        let (at, name) = (place(parameter), data.name.clone());
        let key = if at == "header" { (at, name.to_lowercase()) } else { (at, name.clone()) };
        if !is_ignored(parameter) {
            let required = data.required || at == "path";
            seen.entry(key).or_insert_with(|| format!("{at} {name} {required}"));
        }
    }
    Some(seen.into_values().collect())
}

/// The crate's reading; an operation with a reference that leads out of `components` is left out and counted.
fn crate_reading(openapi: &OpenAPI) -> (Reading, usize) {
    let mut out = Reading::new();
    let mut skipped = 0;
    for (path, item) in &openapi.paths.paths {
        let ReferenceOr::Item(item) = item else {
            skipped += 1;
            continue;
        };
        for (method, operation) in item.iter() {
            match facts(openapi, item, operation) {
                Some(facts) => {
                    out.insert(format!("{} {path}", method.to_uppercase()), facts);
                }
                None => skipped += 1,
            }
        }
    }
    (out, skipped)
}

fn facts(openapi: &OpenAPI, item: &PathItem, operation: &openapiv3::Operation) -> Option<Facts> {
    let body = match &operation.request_body {
        Some(body) => {
            let body = resolve(openapi, body)?;
            Some((body.required, body.content.keys().cloned().collect()))
        }
        None => None,
    };
    let mut responses = BTreeMap::new();
    let default = operation.responses.default.iter().map(|response| ("default".to_owned(), response));
    let coded = operation.responses.responses.iter().map(|(status, response)| (status.to_string(), response));
    for (status, response) in default.chain(coded) {
        responses.insert(status, resolve(openapi, response)?.content.keys().cloned().collect());
    }
    Some(Facts {
        id: operation.operation_id.clone(),
        deprecated: operation.deprecated,
        tags: operation.tags.clone(),
        parameters: merged(openapi, item, operation)?,
        body,
        responses,
    })
}

fn corpus() -> Vec<PathBuf> {
    let folder = collection::part("corpus/specs");
    let sources = std::fs::read_to_string(folder.join("SOURCES.tsv")).unwrap();
    let names = sources.lines().skip(1).filter_map(|line| line.split('\t').next());
    names.map(|name| folder.join(name)).collect()
}

#[test]
#[ignore = "needs the collection"]
fn both_readings_of_every_3_0_contract_agree() {
    let contracts = corpus();
    let (mut total, mut refused, mut compared, mut skipped) = (0, 0, 0, 0);
    let mut differences = Vec::new();
    for path in &contracts {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let workspace = Workspace::load(&Input::File(path.clone()), &Options::default()).unwrap();
        let Ok(api) = Api::open(&workspace) else { continue };
        if api.version() != Version::V3_0 {
            continue;
        }
        total += 1;
        let openapi = match to_openapiv3(&api) {
            Ok(openapi) => openapi,
            Err(fault) => {
                refused += 1;
                println!("refused: {name} {}: {}", fault.location.pointer, fault.message);
                continue;
            }
        };
        let ours = view(api);
        let (theirs, left_out) = crate_reading(&openapi);
        skipped += left_out;
        if left_out == 0 && ours.len() != theirs.len() {
            differences.push(format!("{name}: {} operations against {}", ours.len(), theirs.len()));
        }
        for (label, theirs) in &theirs {
            compared += 1;
            match ours.get(label) {
                Some(ours) if ours == theirs => {}
                Some(ours) => differences.push(format!("{name} {label}:\n  {ours:?}\n  {theirs:?}")),
                None => differences.push(format!("{name} {label}: not in the view")),
            }
        }
    }
    println!("{total} contracts, {refused} refused by the crate, {compared} operations compared, {skipped} left out");
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert!(compared > 0, "nothing was compared");
}
