//! Path templates, and the parameters that fill them (OpenAPI, Path Templating; Parameter Object, `in: path`).

use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::workspace::{Place, PlaceMember};
use rustc_hash::FxHashMap;

/// A path template, read.
struct Template<'t> {
    /// The names in braces, in their order.
    names: Vec<&'t str>,
    /// What is wrong with its form.
    fault: Option<String>,
    /// The template with all names left out; equal for templates that mean the same.
    shape: String,
}

impl<'t> Template<'t> {
    fn parse(text: &'t str) -> Self {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let mut out = Template { names: Vec::new(), fault: None, shape: String::with_capacity(path.len()) };
        let mut rest = path;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            out.shape.push_str(before);
            let (opening, inner) = brace.split_at(1);
            let end = if opening == "{" { inner.find(['{', '}']) } else { None };
            match end {
                Some(end) if inner.as_bytes()[end] == b'}' => {
                    let (name, after) = inner.split_at(end);
                    if name.is_empty() {
                        out.fault = Some("has an empty `{}`".to_owned());
                    } else if out.names.contains(&name) {
                        out.fault = Some(format!("has `{{{name}}}` twice"));
                    } else {
                        out.names.push(name);
                    }
                    out.shape.push_str("{}");
                    rest = after.strip_prefix('}').unwrap_or(after);
                }
                _ => {
                    out.fault = Some("has a brace without its counterpart".to_owned());
                    rest = inner;
                }
            }
        }
        out.shape.push_str(rest);
        out
    }
}

/// An operation of a path item: the method and the operation.
type Method<'w> = (&'w str, Place<'w>);

/// The path parameters of a list: the names, with the element as written; and whether some element leads nowhere.
fn declared(holder: Place<'_>) -> (Vec<(&str, Place<'_>)>, bool) {
    // What is no array is told where it is.
    let (mut out, mut unknown) = (Vec::new(), holder.get("parameters").is_some_and(|list| !list.is_seq()));
    for element in holder.get("parameters").into_iter().flat_map(Place::elements) {
        let Ok(parameter) = element.resolve() else {
            unknown = true;
            continue;
        };
        // A path parameter of a misspelled location is told where it is.
        if parameter.get_str("in").is_some_and(|at| at.eq_ignore_ascii_case("path"))
            && let Some(name) = parameter.get_str("name")
        {
            out.push((name, element));
        }
    }
    (out, unknown)
}

/// The operations of a path item, those of methods without a field of their own included.
fn operations(item: Place<'_>) -> Vec<Method<'_>> {
    const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    let own = item.members().filter(|member| METHODS.contains(&member.name));
    let more = item.get("additionalOperations").into_iter().flat_map(Place::members);
    own.chain(more).map(|member| (member.name, member.value)).filter(|(_, place)| place.is_map()).collect()
}

impl<'w> Checker<'w> {
    /// Checks the paths of a contract among themselves, and each against its parameters.
    pub(super) fn paths(&mut self, paths: Place<'w>) {
        let mut shapes: FxHashMap<String, PlaceMember<'w>> = FxHashMap::default();
        for member in paths.members().filter(|member| member.name.starts_with('/')) {
            let template = Template::parse(member.name);
            if let Some(at) = member.name.find(['?', '#']) {
                self.query(member, at);
            }
            if let Some(fault) = &template.fault {
                let message = format!("the path {} {fault}", words::quote(member.name));
                self.report(Check::PathTemplate, message, member.value.key_location()).help =
                    Some("Write each parameter as `{name}`, with a name of its own".to_owned());
            }
            if !template.names.is_empty() {
                self.same_shape(&mut shapes, &template, member);
            }
            self.path_parameters(member, &template);
        }
    }

    fn query(&mut self, member: PlaceMember<'w>, at: usize) {
        let what = if member.name.as_bytes()[at] == b'?' { "a query string" } else { "a fragment" };
        let message = format!("the path {} holds {what}", words::quote(member.name));
        let severity = if self.version >= Version::V3_2 { Severity::Error } else { Severity::Warn };
        let finding = self.report(Check::PathQuery, message, member.value.key_location());
        finding.severity = severity;
        finding.help = Some(format!(
            "Write the path as `{}`, and what follows as parameters with `in: query`",
            member.name.split_at(at).0
        ));
    }

    fn same_shape(
        &mut self,
        shapes: &mut FxHashMap<String, PlaceMember<'w>>,
        template: &Template<'w>,
        member: PlaceMember<'w>,
    ) {
        let Some(first) = shapes.get(&template.shape) else {
            shapes.insert(template.shape.clone(), member);
            return;
        };
        let first = *first;
        let message = format!("the paths {} and {} are the same", words::quote(first.name), words::quote(member.name));
        let finding = self.report(Check::PathDuplicate, message, member.value.key_location());
        finding.help = Some(format!("Move the operations to {}", words::quote(first.name)));
        let label = "the other path".to_owned();
        finding.related.push(Label { location: first.value.key_location(), message: label });
    }

    fn path_parameters(&mut self, member: PlaceMember<'w>, template: &Template<'w>) {
        let item = member.value.resolved();
        if !item.is_map() || item.reference().is_some() {
            return;
        }
        let operations = operations(item);
        let (shared, shared_unknown) = declared(item);
        let mut unused: Vec<(&str, Place<'w>)> =
            shared.iter().copied().filter(|(name, _)| !template.names.contains(name)).collect();
        // By name: the operations that lack it.
        let mut missing: Vec<(&str, Vec<Method<'w>>)> = Vec::new();
        for &(method, operation) in &operations {
            // An operation by reference is told for itself, and read all the same.
            let Ok(target) = operation.resolve() else { continue };
            let (own, unknown) = declared(target);
            unused.extend(own.iter().copied().filter(|(name, _)| !template.names.contains(name)));
            if unknown || shared_unknown {
                continue;
            }
            for name in template.names.iter().copied() {
                if own.iter().chain(&shared).any(|(known, _)| *known == name) {
                    continue;
                }
                match missing.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, methods)) => methods.push((method, operation)),
                    None => missing.push((name, vec![(method, operation)])),
                }
            }
        }
        unused.dedup_by_key(|(_, element)| element.resolved().id());
        for (name, methods) in missing {
            let near = self.guesses.nearest(name, unused.iter().map(|(name, _)| *name));
            let meant =
                near.or_else(|| if unused.len() == 1 && template.names.len() == 1 { Some(unused[0].0) } else { None });
            self.undeclared(member, name, &methods, meant);
            // The slip in the name is one fault.
            unused.retain(|(name, _)| Some(*name) != meant);
        }
        for (name, element) in unused {
            self.unused_parameter(member, template, name, element);
        }
    }

    fn undeclared(&mut self, member: PlaceMember<'w>, name: &str, methods: &[Method<'w>], meant: Option<&str>) {
        let Some(&(method, first)) = methods.first() else { return };
        let (path, method) = (member.name, method.to_uppercase());
        let message = match meant {
            Some(meant) => {
                format!("`{method} {path}` does not declare the path parameter `{name}`, but `{meant}`")
            }
            None => format!("`{method} {path}` does not declare the path parameter `{name}`"),
        };
        let help = match meant {
            Some(meant) => {
                format!("Rename the parameter `{meant}` to `{name}`, or the part of the path to `{{{meant}}}`")
            }
            None => format!("Add the parameter `{name}` with `in: path` and `required: true`"),
        };
        let finding = self.report(Check::PathTemplate, message, first.key_location());
        finding.help = Some(help);
        finding.operations = methods.iter().map(|(method, _)| format!("{} {path}", method.to_uppercase())).collect();
        for (method, operation) in &methods[1..] {
            let message = format!("nor does `{}`", method.to_uppercase());
            finding.related.push(Label { location: operation.key_location(), message });
        }
    }

    fn unused_parameter(&mut self, member: PlaceMember<'w>, template: &Template<'w>, name: &str, element: Place<'w>) {
        let path = member.name;
        let message = format!("the path {} has no part for the path parameter `{name}`", words::quote(path));
        // Other ways to write a parameter in a path.
        let foreign = [format!("<{name}>"), format!(":{name}"), format!("[{name}]"), format!("${name}")];
        let help = match foreign.iter().find(|form| path.contains(form.as_str())) {
            Some(form) => format!("Write the path as `{}`", path.replacen(form.as_str(), &format!("{{{name}}}"), 1)),
            None if template.fault.is_some() => format!("Write `{{{name}}}` in the path, with both braces"),
            None => format!("Add `{{{name}}}` to the path, or remove the parameter"),
        };
        self.report(Check::PathTemplate, message, element.location()).help = Some(help);
    }
}
