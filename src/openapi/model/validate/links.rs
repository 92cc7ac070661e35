//! Links: the operation that a link names, the parameters that it gives to it, and what the request has that the link
//! stands behind (Link Object; Runtime Expressions).

use super::super::{Check, words};
use super::Checker;
use super::expressions::{embedded, fault};
use crate::diagnostic::{Location, Severity};
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::rc::Rc;

/// A parameter of an operation: where it is sent, its name, and whether it must be sent.
#[derive(Clone, Copy)]
struct Parameter<'w> {
    location: &'w str,
    name: &'w str,
    required: bool,
}

impl<'w> Parameter<'w> {
    /// What no two parameters of an operation have in common.
    fn key(&self) -> Key<'w> {
        key(self.location, self.name)
    }
}

/// A place in a request and a name in it.
type Key<'w> = (&'w str, Cow<'w, str>);

/// The places in which a request has parameters.
const LOCATIONS: [&str; 5] = ["path", "query", "header", "cookie", "querystring"];

fn key<'w>(location: &'w str, name: &'w str) -> Key<'w> {
    let name = if location == "header" { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) };
    (location, name)
}

/// The keys that a name among the `parameters` of a link may mean: `name` in any place, or `location.name`.
fn meanings(written: &str) -> impl Iterator<Item = Key<'_>> {
    let plain = LOCATIONS.iter().map(move |location| key(location, written));
    let placed = written.split_once('.').filter(|(location, _)| LOCATIONS.contains(location));
    plain.chain(placed.map(|(location, name)| key(location, name)))
}

/// The parameters of an operation and of the path item around it, the first of each key.
pub(super) struct Parameters<'w> {
    list: Vec<Parameter<'w>>,
    keys: FxHashSet<Key<'w>>,
}

impl<'w> Parameters<'w> {
    /// Reads them; `None` where some cannot be read.
    fn of(operation: Place<'w>) -> Option<Self> {
        let (_, around) = operation.path().split_last().map(|(last, around)| (last.clone(), around.to_vec()))?;
        let around: Vec<&str> = around.iter().map(String::as_str).collect();
        let item = operation.workspace().document_root(operation.document_id()).descend(&around)?;
        let mut out = Parameters { list: Vec::new(), keys: FxHashSet::default() };
        for list in [operation, item].into_iter().filter_map(|holder| holder.get("parameters")) {
            if !list.is_seq() {
                return None;
            }
            for element in list.elements() {
                let parameter = element.resolve().ok()?;
                let location = parameter.get_str("in").filter(|location| LOCATIONS.contains(location))?;
                let name = parameter.get_str("name")?;
                let required = parameter.get_bool("required") == Some(true);
                let parameter = Parameter { location, name, required };
                // What the operation says replaces what the path item says.
                if out.keys.insert(parameter.key()) {
                    out.list.push(parameter);
                }
            }
        }
        Some(out)
    }

    fn has(&self, key: &Key<'_>) -> bool {
        self.keys.contains(key)
    }
}

/// The operation that an object stands in, where the way to it from the root leads through one.
fn operation_around(place: Place<'_>) -> Option<Place<'_>> {
    let path = place.path();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let at = path.iter().rposition(|token| ["responses", "callbacks"].contains(token))?;
    let item = match path[..at] {
        ["paths", _, _] | ["paths", _, "additionalOperations", _] => &path[..at],
        _ => return None,
    };
    place.workspace().document_root(place.document_id()).descend(item)
}

impl<'w> Checker<'w> {
    /// Checks the links, when all operations of the contract are known.
    pub(super) fn finish_links(&mut self) {
        let links = std::mem::take(&mut self.links);
        let mut ids: Vec<&str> = self.operation_ids.keys().copied().collect();
        ids.sort_unstable();
        for link in links {
            if let Some(parameters) = self.linked(link, &ids).and_then(|target| self.parameters_of(target)) {
                self.link_parameters(link, &parameters);
            }
            let values = link.get("parameters").into_iter().flat_map(Place::members).map(|member| member.value);
            for place in values.chain(link.get("requestBody")) {
                let Some(text) = place.as_str() else { continue };
                let expressions = if text.starts_with('$') { vec![text] } else { embedded(text) };
                for expression in expressions {
                    // Any other text is a constant; only a slip in an expression is told.
                    let Some((wrong, meant)) = fault(expression) else {
                        self.source(link, place.location(), expression, Check::Link);
                        continue;
                    };
                    let Some(meant) = meant else { continue };
                    let message = format!("`{expression}` is not a runtime expression: {wrong}");
                    self.warn(Check::Link, message, place.location()).help = Some(format!("Write `{meant}`"));
                }
            }
        }
    }

    /// The operation that a link names; what names none is reported.
    fn linked(&mut self, link: Place<'w>, ids: &[&str]) -> Option<Place<'w>> {
        if let Some(uri) = link.get("operationRef") {
            return uri.follow_uri()?.ok().filter(|target| target.is_map());
        }
        let value = link.get("operationId")?;
        let id = value.as_str()?;
        if let Some(known) = self.operation_ids.get(id) {
            let path = known.path();
            let (_, around) = path.split_last()?;
            let around: Vec<&str> = around.iter().map(String::as_str).collect();
            return known.workspace().document_root(known.document_id()).descend(&around);
        }
        let near = self.guesses.nearest(id, ids.iter().copied());
        let message = format!("the link names the operation {}, which does not exist", words::quote(id));
        self.report(Check::Link, message, value.location()).help = Some(match near {
            Some(near) => format!("Write `{near}`"),
            None => "Write the `operationId` of an operation of this contract".to_owned(),
        });
        None
    }

    /// The parameters of an operation, read once.
    fn parameters_of(&mut self, operation: Place<'w>) -> Option<Rc<Parameters<'w>>> {
        let read = || Parameters::of(operation).map(Rc::new);
        self.parameters.entry(operation.id()).or_insert_with(read).clone()
    }

    /// Checks the names among the parameters of a link against those of its operation.
    fn link_parameters(&mut self, link: Place<'w>, known: &Parameters<'w>) {
        let given: Vec<_> = link.get("parameters").into_iter().flat_map(Place::members).collect();
        let sent: FxHashSet<Key<'_>> = given.iter().flat_map(|member| meanings(member.name)).collect();
        let mut meant = FxHashSet::default();
        for member in &given {
            if meanings(member.name).any(|key| known.has(&key)) {
                continue;
            }
            let near = self.guesses.nearest(member.name, known.list.iter().map(|parameter| parameter.name));
            meant.extend(near);
            let message = format!("the operation of the link has no parameter {}", words::quote(member.name));
            self.warn(Check::Link, message, member.value.key_location()).help = Some(match near {
                Some(near) => format!("Write `{near}`"),
                None => format!("Remove `{}`, or add the parameter to the operation", member.name),
            });
        }
        // Clients know their headers and cookies, but not what names a resource.
        for parameter in known.list.iter().filter(|parameter| parameter.required) {
            let severity = match parameter.location {
                "path" => Severity::Warn,
                "query" => Severity::Hint,
                _ => continue,
            };
            if meant.contains(&parameter.name) || sent.contains(&parameter.key()) {
                continue;
            }
            let Parameter { location, name, .. } = parameter;
            let message = format!("the link has no value for the required {location} parameter `{name}`");
            let finding = self.report(Check::Link, message, link.key_location());
            finding.severity = severity;
            finding.help = Some(format!("Add `{name}` to `parameters`, such as `{name}: $response.body#/{name}`"));
        }
    }

    /// Checks that the request has the path or query parameter that an expression reads from it.
    pub(super) fn source(&mut self, holder: Place<'w>, at: Location, expression: &str, check: Check) {
        let Some(rest) = expression.strip_prefix("$request.") else { return };
        let Some((location @ ("path" | "query"), name)) = rest.split_once('.') else { return };
        // Every expression of a callback or link reads from the request of the same operation.
        let known = match self.sources.get(&holder.id()) {
            Some(known) => known.clone(),
            None => {
                let known = operation_around(holder).and_then(|operation| self.parameters_of(operation));
                self.sources.insert(holder.id(), known.clone());
                known
            }
        };
        let Some(known) = known else { return };
        let whole = known.list.iter().any(|parameter| parameter.location == "querystring");
        if whole || known.has(&key(location, name)) {
            return;
        }
        let mut there =
            known.list.iter().filter(|parameter| parameter.location == location).map(|parameter| parameter.name);
        let near = self.guesses.nearest(name, there.clone());
        let message =
            format!("`{expression}` reads the {location} parameter `{name}`, which the operation does not have");
        self.warn(check, message, at).help = Some(match near.or_else(|| there.next()) {
            Some(other) => format!("Write `$request.{location}.{other}` if that is meant"),
            None => format!("Add the {location} parameter `{name}` to the operation, or read the value from the body"),
        });
    }
}
