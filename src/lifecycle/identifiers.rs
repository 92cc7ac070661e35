//! `lc-identifier-format-changed`: identifiers that clients have stored keep their shape.
//!
//! What changed is known from the comparison; this picks the changes that are about identifiers.

use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::diff::{Bound, ChangeId, Event, Motion, Role};
use crate::lexicon::is_identifier;
use crate::openapi::Api;
use crate::syntax::pointer::tokens;
use crate::workspace::{Document, Place, PlaceId};

/// Changes of responses after which a stored identifier may not fit any more.
const RESPONSE: [Event; 8] = [
    Event::TypeChanged,
    Event::TypeGeneralized,
    Event::FormatChanged,
    Event::FormatRemoved,
    Event::PatternChanged,
    Event::PatternGeneralized,
    Event::PatternRemoved,
    Event::Limit(Bound::MaxLength, Motion::Increased),
];
/// Changes of requests after which a stored identifier may be refused.
const REQUEST: [Event; 7] = [
    Event::TypeChanged,
    Event::FormatChanged,
    Event::FormatAdded,
    Event::PatternChanged,
    Event::PatternAdded,
    Event::Limit(Bound::MaxLength, Motion::Decreased),
    Event::Limit(Bound::MaxLength, Motion::Set),
];

/// Where a change about the shape of a value that clients keep stands. A request that accepts more harms nobody.
fn shape(change: &Diagnostic) -> Option<Role> {
    let id: ChangeId = change.rule.parse().ok()?;
    let role = id.subject.role();
    let events: &[Event] = match role {
        Role::Request | Role::Parameter => &REQUEST,
        Role::Response | Role::Header => &RESPONSE,
        Role::Contract => &[],
    };
    (change.impact > Impact::Compatible && events.contains(&id.event)).then_some(role)
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
    for (change, role) in changes.iter().filter_map(|change| Some((change, shape(change)?))) {
        let Some(root) = root_of(revision, change) else { continue };
        let Some(tokens) = tokens(&change.location.pointer) else { continue };
        let path: Vec<String> = tokens.into_iter().map(std::borrow::Cow::into_owned).collect();
        let Some(name) = name_of(root, &path).filter(|name| is_identifier(name)) else { continue };
        if is_opaque(revision, root, &path) {
            continue;
        }
        let shown = crate::text::escape::shortened(&name, 80);
        let what =
            if matches!(role, Role::Request | Role::Parameter) { "may be refused" } else { "may look different" };
        let message = format!("clients keep the identifier `{shown}`, which {what} now: {}", change.message);
        let mut finding =
            Diagnostic::new("lc-identifier-format-changed", Severity::Warn, message, change.location.clone());
        finding.base_location.clone_from(&change.base_location);
        finding.operations.clone_from(&change.operations);
        finding.impact = Impact::Risky;
        out.push(finding);
    }
}
