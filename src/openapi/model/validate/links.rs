//! Links: the operation that a link names, the parameters that it gives to it, and what the request has that the link
//! stands behind (Link Object; Runtime Expressions).

use super::super::{Check, words};
use super::Checker;
use super::expressions::{embedded, fault};
use crate::diagnostic::{Location, Severity};
use crate::text::near;
use crate::workspace::Place;

/// A parameter of an operation: where it is sent, its name, and whether it must be sent.
#[derive(Clone, Copy)]
struct Parameter<'w> {
    location: &'w str,
    name: &'w str,
    required: bool,
}

impl Parameter<'_> {
    /// Whether a key of `parameters` in a link means it: `name`, or `location.name`.
    fn is_meant(&self, key: &str) -> bool {
        let same = |name: &str| match self.location {
            "header" => name.eq_ignore_ascii_case(self.name),
            _ => name == self.name,
        };
        same(key) || key.strip_prefix(self.location).and_then(|rest| rest.strip_prefix('.')).is_some_and(same)
    }
}

/// The parameters of an operation and of the path item around it; `None` where some cannot be read.
fn parameters(operation: Place<'_>) -> Option<Vec<Parameter<'_>>> {
    let (_, around) = operation.path().split_last().map(|(last, around)| (last.clone(), around.to_vec()))?;
    let around: Vec<&str> = around.iter().map(String::as_str).collect();
    let item = operation.workspace().document_root(operation.document_id()).descend(&around)?;
    let mut out: Vec<Parameter<'_>> = Vec::new();
    for list in [operation, item].into_iter().filter_map(|holder| holder.get("parameters")) {
        if !list.is_seq() {
            return None;
        }
        for element in list.elements() {
            let parameter = element.resolve().ok()?;
            let (location, name) = (parameter.get_str("in")?, parameter.get_str("name")?);
            // What the operation says replaces what the path item says.
            if !out.iter().any(|known| known.location == location && known.name == name) {
                out.push(Parameter { location, name, required: parameter.get_bool("required") == Some(true) });
            }
        }
    }
    Some(out)
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
        for link in std::mem::take(&mut self.links) {
            let target = self.linked(link);
            if let Some(parameters) = target.and_then(parameters) {
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
    fn linked(&mut self, link: Place<'w>) -> Option<Place<'w>> {
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
        let mut ids: Vec<&str> = self.operation_ids.keys().copied().collect();
        ids.sort_unstable();
        let near = near::nearest(id, ids.into_iter());
        let message = format!("the link names the operation {}, which does not exist", words::quote(id));
        self.report(Check::Link, message, value.location()).help = Some(match near {
            Some(near) => format!("Write `{near}`"),
            None => "Write the `operationId` of an operation of this contract".to_owned(),
        });
        None
    }

    /// Checks the names among the parameters of a link against those of its operation.
    fn link_parameters(&mut self, link: Place<'w>, known: &[Parameter<'w>]) {
        let given: Vec<_> = link.get("parameters").into_iter().flat_map(Place::members).collect();
        let mut meant = Vec::new();
        for member in &given {
            if known.iter().any(|parameter| parameter.is_meant(member.name)) {
                continue;
            }
            let near = near::nearest(member.name, known.iter().map(|parameter| parameter.name));
            meant.extend(near);
            let message = format!("the operation of the link has no parameter {}", words::quote(member.name));
            self.warn(Check::Link, message, member.value.key_location()).help = Some(match near {
                Some(near) => format!("Write `{near}`"),
                None => format!("Remove `{}`, or add the parameter to the operation", member.name),
            });
        }
        // Clients know their headers and cookies, but not what names a resource.
        for parameter in known.iter().filter(|parameter| parameter.required) {
            let severity = match parameter.location {
                "path" => Severity::Warn,
                "query" => Severity::Hint,
                _ => continue,
            };
            if meant.contains(&parameter.name) || given.iter().any(|member| parameter.is_meant(member.name)) {
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
        let Some((location, name)) = rest.split_once('.') else { return };
        if !["path", "query"].contains(&location) {
            return;
        }
        let Some(known) = operation_around(holder).and_then(parameters) else { return };
        let mut there = known.iter().filter(|parameter| parameter.location == location).map(|parameter| parameter.name);
        if there.clone().any(|known| known == name) || known.iter().any(|parameter| parameter.location == "querystring")
        {
            return;
        }
        let near = near::nearest(name, there.clone());
        let message =
            format!("`{expression}` reads the {location} parameter `{name}`, which the operation does not have");
        self.warn(check, message, at).help = Some(match near.or_else(|| there.next()) {
            Some(other) => format!("Write `$request.{location}.{other}` if that is meant"),
            None => format!("Add the {location} parameter `{name}` to the operation, or read the value from the body"),
        });
    }
}
