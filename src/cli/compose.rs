//! Several files as one API: the paths, webhooks and components of all of them under one root, so that operations may
//! move between files.
//!
//! Takes files of both sides; gives one comparison. The root holds references into the files, so findings point there.
//! What the roots of the files say about all their operations must be the same in each, else the comparison is
//! incomplete and says so.

use super::diff::Limits;
use super::session::{Findings, Session};
use crate::diagnostic::Location;
use crate::diff::Options;
use crate::gate::Limitation;
use crate::openapi::Api;
use crate::release::bump;
use crate::workspace::{Input, Workspace, discover};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The name of the root that holds the files together.
const NAME: &str = ".covenant-composed.json";

/// What the root of a file says about its operations.
const SHARED: [&str; 8] =
    ["security", "servers", "host", "basePath", "schemes", "consumes", "produces", "jsonSchemaDialect"];

/// Maps of the root whose members are merged.
const MERGED: [&str; 7] =
    ["paths", "webhooks", "definitions", "parameters", "responses", "securityDefinitions", "components"];

/// Compares the files of the base, as one API, with those of the revision; `judge` adds what else there is to say
/// about both.
pub(super) fn compare(
    session: &Session,
    (base, revision): (&[String], &[String]),
    options: &Options,
    limits: Limits,
    judge: impl FnOnce(Api<'_>, Api<'_>, &mut Findings),
) -> Findings {
    let mut limitations = Vec::new();
    let before = side(session, base, &mut limitations);
    let after = side(session, revision, &mut limitations);
    let mut findings = match (&before, &after) {
        (Ok(before), Ok(after)) => {
            let mut findings = Findings { contracts: 1, ..Findings::default() };
            let apis = super::diff::loaded((before, after), "the revision", options, limits, &mut findings);
            if let Some((before, after)) = apis {
                judge(before, after, &mut findings);
                bump::settle(before, after, &mut findings.diagnostics, &session.lifecycle);
            }
            for finding in &mut findings.diagnostics {
                // A place of the base alone is the place to look at.
                let home = if finding.location.pointer.is_empty() { None } else { real(after, &finding.location) };
                let base = finding.base_location.as_ref().and_then(|location| real(before, location));
                if let Some(location) = home.or_else(|| base.clone()) {
                    finding.location = location;
                }
                finding.base_location = base.or(finding.base_location.take());
            }
            findings
        }
        _ => Findings::default(),
    };
    limitations.extend([before.err(), after.err()].into_iter().flatten());
    findings.limitations.extend(limitations);
    findings
}

/// The place in a file that a reference of the root leads to; `None` for places in files.
fn real(workspace: &Workspace, location: &Location) -> Option<Location> {
    if !location.file().ends_with(NAME) {
        return None;
    }
    let tokens = crate::syntax::pointer::tokens(&location.pointer)?;
    let path: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    let place = workspace.root().descend(&path)?;
    place.reference().map(|_| place.resolved().location())
}

fn limitation(what: String, file: Option<String>) -> Limitation {
    Limitation { what, file, incomplete: true }
}

/// One side as a workspace.
fn side(session: &Session, arguments: &[String], limitations: &mut Vec<Limitation>) -> Result<Workspace, Limitation> {
    let (inputs, errors) = discover(arguments, &session.repositories);
    limitations.extend(errors.into_iter().map(|error| limitation(error.to_string(), None)));
    let mut files = Vec::new();
    for input in &inputs {
        let Input::File(path) = input else {
            return Err(limitation("several contracts together must be files".to_owned(), Some(input.name())));
        };
        let real = path.canonicalize().map_err(|error| limitation(error.to_string(), Some(input.name())))?;
        files.push((input, real));
    }
    let Some(root) = common(files.iter().map(|(_, real)| real)) else {
        return Err(limitation("no contract is named".to_owned(), None));
    };
    let mut whole = Map::new();
    for (input, real) in &files {
        let workspace = session.load(input)?;
        let api = Api::open(&workspace).map_err(|error| limitation(error.message.clone(), Some(input.name())))?;
        let path = real.strip_prefix(&root).unwrap_or(real).to_string_lossy().replace('\\', "/");
        for fault in merge(&mut whole, api, &path) {
            limitations.push(limitation(fault, Some(input.name())));
        }
    }
    let text = Value::from(whole).to_string();
    Workspace::composed(NAME, &text, &root, &session.options).map_err(|error| limitation(error.to_string(), None))
}

/// The deepest folder that holds all files.
fn common<'p>(mut files: impl Iterator<Item = &'p PathBuf>) -> Option<PathBuf> {
    let mut root = files.next()?.parent()?.to_owned();
    for file in files {
        while !file.starts_with(&root) {
            root = root.parent().map(Path::to_owned)?;
        }
    }
    Some(root)
}

/// Adds a file to the whole; gives what does not fit.
fn merge(whole: &mut Map<String, Value>, api: Api<'_>, path: &str) -> Vec<String> {
    let root = api.root();
    let mut faults = Vec::new();
    let first = whole.is_empty();
    let version = ["openapi", "swagger"].into_iter().find_map(|key| Some((key, root.get(key)?.text().to_owned())));
    if let Some((key, version)) = version {
        let minor = |text: &str| text.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        match whole.get(key).and_then(Value::as_str) {
            None if first => {
                whole.insert(key.to_owned(), version.into());
                whole.insert("info".to_owned(), json!({"title": "several contracts", "version": "0"}));
            }
            Some(known) if minor(known) == minor(&version) => {}
            _ => faults
                .push(format!("it is of version {version}, unlike the files before it; compare files of one version")),
        }
    }
    for key in SHARED {
        let own = root.get(key).map(crate::workspace::Place::to_json);
        if first {
            whole.extend(own.map(|own| (key.to_owned(), own)));
        } else if own != whole.get(key).cloned() {
            faults.push(format!("its `{key}` differs from that of the files before it, which counts for all"));
        }
    }
    for key in MERGED {
        let Some(map) = root.get(key) else { continue };
        let pointer = |token: &str| token.replace('~', "~0").replace('/', "~1").replace('%', "%25").replace(' ', "%20");
        let base = path.replace('%', "%25").replace(' ', "%20").replace('#', "%23");
        let into = whole.entry(key).or_insert_with(|| json!({}));
        let groups: Vec<_> = if key == "components" {
            let kinds = map.members().filter(|member| !member.name.starts_with("x-"));
            kinds.map(|kind| (Some(kind.name), kind.value)).collect()
        } else {
            vec![(None, map)]
        };
        for (kind, group) in groups {
            let into = match kind {
                Some(kind) => &mut into[kind],
                None => &mut *into,
            };
            if into.is_null() {
                *into = json!({});
            }
            for member in group.members().filter(|member| !member.name.starts_with("x-")) {
                let inside = kind.map(|kind| format!("/{}", pointer(kind))).unwrap_or_default();
                let target =
                    format!("{base}#/{key}{inside}/{}", pointer(member.name).replace('{', "%7B").replace('}', "%7D"));
                match into.get(member.name) {
                    None => into[member.name] = json!({ "$ref": target }),
                    Some(_) if matches!(key, "paths" | "webhooks") => {
                        faults.push(format!(
                            "`{}` stands in a file before it as well; only that one is compared",
                            member.name
                        ));
                    }
                    // References stay inside their files, so equal names do no harm.
                    Some(_) => {}
                }
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_side_become_one_root_with_references() {
        let mut whole = Map::new();
        let text = |path: &str, security: &str| {
            format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\nsecurity: {security}\npaths: {{'{path}': {{}}}}\n"
            )
        };
        let (a, b) = (Workspace::from_text("a", &text("/a/{id}", "[]")), Workspace::from_text("b", &text("/b", "[]")));
        assert!(merge(&mut whole, Api::open(&a).unwrap(), "x/a.yaml").is_empty());
        assert!(merge(&mut whole, Api::open(&b).unwrap(), "b.yaml").is_empty());
        assert_eq!(whole["paths"]["/a/{id}"]["$ref"], "x/a.yaml#/paths/~1a~1%7Bid%7D");
        assert_eq!(whole["paths"]["/b"]["$ref"], "b.yaml#/paths/~1b");
        let c = Workspace::from_text("c", &text("/b", "[{k: []}]"));
        assert_eq!(merge(&mut whole, Api::open(&c).unwrap(), "c.yaml").len(), 2);
    }

    #[test]
    fn the_deepest_common_folder_holds_all_files() {
        let files = [PathBuf::from("/a/b/c.yaml"), PathBuf::from("/a/d/e.yaml")];
        assert_eq!(common(files.iter()), Some(PathBuf::from("/a")));
    }
}
