//! What may be there only once: parameters of one operation, operation ids, equal entries of a list.

use super::super::table::{Field, FieldType};
use super::super::{Check, words};
use super::Checker;
use crate::openapi::Version;
use crate::syntax::{Kind, NodeRef};
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

impl<'w> Checker<'w> {
    /// Checks that the parameters of an operation or a path item differ.
    pub(super) fn parameters(&mut self, place: Place<'w>) {
        let Some(parameters) = place.get("parameters").filter(|parameters| parameters.len() > 1) else { return };
        let mut seen: FxHashMap<(&str, Cow<'_, str>), Place<'w>> = FxHashMap::default();
        let mut query = None;
        for element in parameters.elements() {
            let parameter = element.resolved();
            // What cannot be followed is known by its reference.
            let (location, name) = match (parameter.get_str("in"), parameter.get_str("name"), element.reference()) {
                (Some(location), Some(name), _) => (location, name),
                (_, _, Some(reference)) => ("", reference),
                _ => continue,
            };
            query = query.or((location == "query").then_some(element));
            // The body has no name on the wire, and names of headers have no letter case.
            let name = match location {
                "body" | "querystring" => Cow::Borrowed(""),
                "header" => Cow::Owned(name.to_lowercase()),
                _ => Cow::Borrowed(name),
            };
            if let Some(first) = seen.insert((location, name.clone()), element) {
                let message = match location {
                    "body" | "querystring" => format!("more than one parameter with `in: {location}`"),
                    "" => format!("the parameter {} is defined twice", words::quote(&name)),
                    _ => format!("the {location} parameter {} is defined twice", words::quote(&name)),
                };
                let first = first.location();
                let diagnostic = self.report(Check::DuplicateParameter, message, element.location());
                diagnostic.help = Some(match location {
                    "body" => "Make them properties of one body".to_owned(),
                    _ => "Remove one of the two, or give it a name of its own".to_owned(),
                });
                let label = "the other one".to_owned();
                diagnostic.related.push(crate::diagnostic::Label { location: first, message: label });
            }
        }
        let form = parameters.elements().find(|element| element.resolved().get_str("in") == Some("formData"));
        let body = seen.keys().any(|(location, _)| *location == "body");
        if let (true, Some(form)) = (body && self.version < Version::V3_0, form) {
            let message = "parameters with `in: body` and `in: formData` exclude each other";
            self.report(Check::ExclusiveFields, message, form.location()).help =
                Some("Send everything as `formData`, or everything as the `body`".to_owned());
        }
        let whole = self.version >= Version::V3_2 && seen.keys().any(|(location, _)| *location == "querystring");
        if let (true, Some(query)) = (whole, query) {
            let message = "parameters with `in: query` and `in: querystring` exclude each other";
            self.report(Check::ExclusiveFields, message, query.location()).help =
                Some("Describe this parameter in the schema of the one with `in: querystring`".to_owned());
        }
    }

    /// Checks that no other operation has the same `operationId`.
    pub(super) fn operation_id(&mut self, place: Place<'w>) {
        let Some(value) = place.get("operationId") else { return };
        let Some(id) = value.as_str() else { return };
        match self.operation_ids.get(id) {
            None => {
                self.operation_ids.insert(id, value);
            }
            Some(first) => {
                let first = first.location();
                let message = format!("the `operationId` {} is used twice", words::quote(id));
                let diagnostic = self.report(Check::DuplicateOperationId, message, value.location());
                diagnostic.help = Some("Give this operation an id of its own".to_owned());
                let label = "first used here".to_owned();
                diagnostic.related.push(crate::diagnostic::Label { location: first, message: label });
            }
        }
    }

    /// Reports every object of a list that has the same value of the field `name` as an earlier one.
    pub(super) fn unique_by(&mut self, list: Place<'w>, inner: &FieldType, field: &Field, name: &str, check: Check) {
        let title = inner.objects().first().map_or("", |id| self.model.object(*id).title.trim_end_matches(" Object"));
        let noun = title.to_lowercase();
        let mut seen: FxHashMap<&str, Place<'w>> = FxHashMap::default();
        let mut whole: FxHashSet<Cow<'_, str>> = FxHashSet::default();
        for element in list.elements() {
            let Some(value) = element.get(name) else { continue };
            let Some(text) = value.as_str() else { continue };
            // Where equal entries are forbidden as such, one of the two can go without a loss.
            let equal = field.unique && !whole.insert(written(element.node()));
            let Some(first) = seen.get(text) else {
                seen.insert(text, value);
                continue;
            };
            let first = first.location();
            let message = format!("the {noun} {} is declared twice", words::quote(text));
            let finding = if equal {
                self.report(Check::DuplicateItem, message, element.location())
            } else {
                self.report(check, message, value.location())
            };
            let help =
                if equal { "Remove one of the two" } else { "Remove one of the two, or give it a name of its own" };
            finding.help = Some(help.to_owned());
            finding
                .related
                .push(crate::diagnostic::Label { location: first, message: "first declared here".to_owned() });
        }
    }

    /// Reports every entry of a list that equals an earlier one.
    pub(super) fn unique(&mut self, list: Place<'w>) {
        if list.len() < 2 {
            return;
        }
        // Strings are told from the texts of other values by the flag.
        let mut seen: FxHashSet<(bool, Cow<'_, str>)> = FxHashSet::default();
        for element in list.elements() {
            let text = match element.as_str() {
                Some(text) => (true, Cow::Borrowed(text)),
                None => (false, written(element.node())),
            };
            if !seen.insert(text) {
                let what = match element.kind() {
                    Kind::Map | Kind::Seq => "this entry".to_owned(),
                    _ => words::quote(element.text()),
                };
                let message = format!("{what} is in the array twice");
                self.report(Check::DuplicateItem, message, element.location()).help =
                    Some(format!("Remove {what} here"));
            }
        }
    }
}

fn written<'t>(node: NodeRef<'_>) -> Cow<'t, str> {
    let mut text = String::new();
    write(node, &mut text);
    Cow::Owned(text)
}

/// Writes a value so that equal values give equal texts, whatever the order of their keys.
fn write(node: NodeRef<'_>, out: &mut String) {
    match node.kind() {
        Kind::Map => {
            let mut members: Vec<_> = node.members().collect();
            members.sort_by_key(|member| member.name);
            out.push('{');
            for member in members {
                out.push_str(&format!("{:?}:", member.name));
                write(member.value, out);
                out.push(',');
            }
            out.push('}');
        }
        Kind::Seq => {
            out.push('[');
            for element in node.elements() {
                write(element, out);
                out.push(',');
            }
            out.push(']');
        }
        Kind::Str | Kind::Alias => out.push_str(&format!("{:?}", node.text())),
        Kind::Int | Kind::Float => {
            // Numbers are equal by value, however they are written.
            out.push_str(&crate::syntax::plain_number(node.text()).unwrap_or_else(|| node.text().to_owned()));
        }
        Kind::Bool => out.push_str(if node.as_bool() == Some(true) { "true" } else { "false" }),
        Kind::Null => out.push_str("null"),
    }
}
