//! `lc-identifier-format-changed`: identifiers that clients have stored keep their shape.
//!
//! What changed is known from the comparison; this picks the changes that are about identifiers.

use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::lint::native::is_identifier;
use crate::openapi::Api;
use crate::syntax::pointer::tokens;
use crate::workspace::{Document, Place, PlaceId};

/// Ends of ids of changes after which a stored or expected identifier may not fit any more.
const RESPONSE: [&str; 8] = [
    "-type-changed",
    "-type-generalized",
    "-format-changed",
    "-format-removed",
    "-pattern-changed",
    "-pattern-generalized",
    "-pattern-removed",
    "-max-length-increased",
];
const REQUEST: [&str; 7] = [
    "-type-changed",
    "-format-changed",
    "-format-added",
    "-pattern-changed",
    "-pattern-added",
    "-max-length-decreased",
    "-max-length-set",
];

/// Whether a change is about the shape of a value that clients keep. A request that accepts more harms nobody.
fn is_shape(change: &Diagnostic) -> bool {
    let ends = |list: &[&str]| list.iter().any(|end| change.rule.ends_with(end));
    let harmful = change.impact > Impact::Compatible;
    harmful
        && ((change.rule.starts_with("response-") && ends(&RESPONSE))
            || (change.rule.starts_with("request-") && ends(&REQUEST)))
}

/// The name of the parameter, property or component at or around a place. Headers carry ids of calls, which nobody keeps.
fn name_of(root: Place<'_>, path: &[String]) -> Option<String> {
    let after = |holder: &str| matches!(holder, "properties" | "schemas" | "definitions" | "headers" | "parameters");
    let at = (1..path.len()).rev().find(|at| after(&path[at - 1]))?;
    match path[at - 1].as_str() {
        "headers" => None,
        "parameters" => {
            let way: Vec<&str> = path[..=at].iter().map(String::as_str).collect();
            let parameter = root.descend(&way)?.resolved();
            (parameter.get_str("in") != Some("header")).then(|| parameter.get_str("name").map(str::to_owned))?
        }
        _ => Some(path[at].clone()),
    }
}

/// Whether the provider has said that clients must not look into identifiers: at the field, or for all at `info`.
fn is_opaque(api: Api<'_>, root: Place<'_>, path: &[String]) -> bool {
    let says = |place: Place<'_>| {
        place.get_str("description").is_some_and(|text| text.to_ascii_lowercase().contains("opaque"))
    };
    let told = api.info().is_some_and(|info| info.get_bool("x-opaque-ids") == Some(true));
    // The field and its keyword are the innermost places; a text further out is about something else.
    told || (path.len().saturating_sub(2)..=path.len()).any(|end| {
        let way: Vec<&str> = path[..end].iter().map(String::as_str).collect();
        root.descend(&way).is_some_and(|place| says(place) || says(place.resolved()))
    })
}

/// The root of the file in which a change stands.
fn root_of<'w>(revision: Api<'w>, change: &Diagnostic) -> Option<Place<'w>> {
    let workspace = revision.root().workspace();
    let same = |document: &Document| document.tree().source().path() == change.location.path();
    let (id, document) = workspace.documents().find(|(_, document)| same(document))?;
    Some(workspace.place(PlaceId { document: id, node: document.tree().root().id() }))
}

/// The findings of the rule.
pub(super) fn changed(revision: Api<'_>, changes: &[Diagnostic], out: &mut Vec<Diagnostic>) {
    for change in changes.iter().filter(|change| is_shape(change)) {
        let Some(root) = root_of(revision, change) else { continue };
        let Some(tokens) = tokens(&change.location.pointer) else { continue };
        let path: Vec<String> = tokens.into_iter().map(std::borrow::Cow::into_owned).collect();
        let Some(name) = name_of(root, &path).filter(|name| is_identifier(name)) else { continue };
        if is_opaque(revision, root, &path) {
            continue;
        }
        let shown = crate::text::escape::shortened(&name, 80);
        let what = if change.rule.starts_with("request-") { "may be refused" } else { "may look different" };
        let message = format!("clients keep the identifier `{shown}`, which {what} now: {}", change.message);
        let mut finding =
            Diagnostic::new("lc-identifier-format-changed", Severity::Warn, message, change.location.clone());
        finding.base_location.clone_from(&change.base_location);
        finding.operations.clone_from(&change.operations);
        finding.impact = Impact::Risky;
        out.push(finding);
    }
}
