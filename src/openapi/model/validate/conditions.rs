//! What fields of one object ask of each other: required ones, groups, conditions, least numbers.

use super::super::meaning::{Around, applies};
use super::super::table::{FoundThere, Group, GroupKind, Object, Rule, Test};
use super::super::{Check, words};
use super::{Checker, the};
use crate::diagnostic::Severity;
use crate::workspace::Place;

impl<'w> Checker<'w> {
    /// Checks the fields of an object as a whole. A field in `suggested` is there under a misspelled name.
    pub(super) fn conditions(&mut self, place: Place<'w>, object: &'static Object, suggested: &[&str]) {
        let version = self.version;
        let mut missing: Vec<&str> = Vec::new();
        for name in object.required_in(version).filter(|name| place.get(name).is_none()) {
            missing.push(name);
            if !suggested.contains(&name) {
                self.missing(place, object, name, &[], Severity::Error, String::new);
            }
        }
        for group in object.groups.iter().filter(|group| group.versions.contains(version)) {
            self.group(place, object, group, suggested);
        }
        for rule in object.rules.iter().filter(|rule| rule.versions.contains(version)) {
            if applies(place, rule, Around::default()) {
                self.rule(place, object, rule, &Around::default(), &mut missing, suggested);
            }
        }
        if object.min > 0 {
            let extensions = object.extensions.contains(self.version);
            let len = place.members().filter(|member| !(extensions && member.name.starts_with("x-"))).count();
            if len < object.min {
                let message = format!("{} must have at least one entry, but has none", the(object));
                self.report(Check::Count, message, place.location());
            }
        }
    }

    /// Reports a required field that is not there; `values` are those that it may have under a condition.
    fn missing(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        name: &str,
        values: &[String],
        severity: Severity,
        with: impl Fn() -> String,
    ) {
        let message = format!("`{name}` is missing in {}{}", the(object), with());
        let field = object.field(name, self.version);
        let values = if values.is_empty() { field.map_or(&[][..], |field| &field.values) } else { values };
        let help = match (values, field) {
            ([only], _) => Some(format!("Add `{name}: {only}`")),
            ([_, ..], _) => Some(format!("Add `{name}` with one of {}", words::alternatives(&words::quoted(values)))),
            (_, Some(field)) => Some(format!("Add `{name}`: {}", words::expected(self.model, &field.ty))),
            _ => None,
        };
        let diagnostic = self.report(Check::MissingField, message, place.location());
        diagnostic.severity = severity;
        diagnostic.help = help;
    }

    fn group(&mut self, place: Place<'w>, object: &Object, group: &Group, suggested: &[&str]) {
        let there: Vec<&String> = group.fields.iter().filter(|name| place.get(name).is_some()).collect();
        if there.len() > 1 && group.kind != GroupKind::AtLeastOne {
            let message = format!("{} exclude each other in {}", words::all(&words::quoted(&there)), the(object));
            let at = there.last().and_then(|name| place.get(name)).unwrap_or(place).key_location();
            let first = there.first().and_then(|name| place.get(name)).unwrap_or(place).key_location();
            let keep = words::alternatives(&words::quoted(&there));
            let diagnostic = self.report(Check::ExclusiveFields, message, at);
            diagnostic.help = Some(format!("Keep {keep}, and remove the other"));
            diagnostic.related.push(crate::diagnostic::Label { location: first, message: "the other one".to_owned() });
        }
        let spelled_wrong = group.fields.iter().any(|name| suggested.contains(&name.as_str()));
        if there.is_empty() && group.kind != GroupKind::Exclusive && !spelled_wrong {
            let names = words::alternatives(&words::quoted(&group.fields));
            let message = format!("{names} is missing in {}", the(object));
            self.report(Check::MissingField, message, place.location()).help = Some(format!("Add {names}"));
        }
    }

    /// Checks the conditions of an object that ask for what is around it.
    pub(super) fn conditions_around(&mut self, place: Place<'w>, object: &'static Object, around: &Around<'_>) {
        let version = self.version;
        for rule in object.rules.iter().filter(|rule| rule.versions.contains(version)) {
            let asks = rule.when.iter().chain(&rule.unless).any(|(name, _)| name.starts_with('@'));
            if asks && applies(place, rule, *around) {
                self.rule(place, object, rule, around, &mut Vec::new(), &[]);
            }
        }
    }

    fn rule(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        rule: &'static Rule,
        around: &Around<'_>,
        missing: &mut Vec<&'static str>,
        suggested: &[&str],
    ) {
        let with = || condition(place, rule, around);
        for name in &rule.require {
            if place.get(name).is_none() && !missing.contains(&name.as_str()) {
                missing.push(name);
                if !suggested.contains(&name.as_str()) {
                    let values = rule.values.iter().find(|(field, _)| field == name).map_or(&[][..], |(_, list)| list);
                    self.missing(place, object, name, values, rule.severity, with);
                }
            }
        }
        for name in &rule.forbid {
            if object.field(name, self.version).is_some()
                && let Some(value) = place.get(name)
            {
                let message = format!("`{name}` is not allowed in {}{}", the(object), with());
                let help = self.advice(&object.name, name, |found| *found == FoundThere::Unknown);
                let help = help.map_or_else(
                    || format!("Leave `{name}` out, or correct what stands beside it"),
                    |advice| advice.say(name, value.text(), self.version),
                );
                let finding = self.report(Check::ExclusiveFields, message, value.key_location());
                finding.severity = rule.severity;
                finding.help = Some(help);
            }
        }
        for name in &rule.ignored {
            if let Some(value) = place.get(name) {
                let message = format!("`{name}` has no effect{}", with());
                let absent = rule.when.iter().filter(|(_, test)| *test == Test::Absent);
                let absent: Vec<String> = absent.map(|(name, _)| format!("`{name}`")).collect();
                let help = if absent.is_empty() {
                    format!("Remove `{name}`")
                } else {
                    format!("Add {} beside `{name}`, or remove `{name}`", words::all(&absent))
                };
                self.warn(Check::IgnoredField, message, value.key_location()).help = Some(help);
            }
        }
        for (name, values) in &rule.values {
            let Some(field) = object.field(name, self.version) else { continue };
            // A value that no condition allows has been reported already.
            let known = |text: &str| field.values.is_empty() || field.values.iter().any(|value| value == text);
            if let Some(value) = place.get(name)
                && (value.as_bool().is_some() || value.as_str().is_some_and(known))
            {
                self.allowed(value, values, rule.severity, with);
            }
        }
        for (name, pattern) in &rule.matches {
            let pattern = self.model.pattern(*pattern);
            if let Some(value) = place.get(name)
                && let Some(text) = value.as_str()
                && !pattern.allows(text)
            {
                let message = format!("`{name}` is {}, but{} it {}", words::quote(text), with(), pattern.says);
                self.report(Check::Value, message, value.location()).help =
                    Some(format!("Write a `{name}` that {}", pattern.says));
            }
        }
    }
}

/// The condition that holds, to follow a statement: `` with `in: path` ``.
fn condition(place: Place<'_>, rule: &Rule, around: &Around<'_>) -> String {
    let absent: Vec<String> =
        rule.when.iter().filter(|(_, test)| *test == Test::Absent).map(|(name, _)| format!("`{name}`")).collect();
    let own = |name: &String| !name.starts_with('@');
    let there = rule.when.iter().filter(|(name, test)| *test != Test::Absent && own(name));
    let (tested, present): (Vec<_>, Vec<_>) = there.partition(|(_, test)| matches!(test, Test::Is(_)));
    let named = |name: &str| format!("`{name}: {}`", place.get_str(name).unwrap_or_default());
    let with: Vec<String> = tested.iter().map(|(name, _)| named(name)).collect();
    let beside: Vec<String> = present
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !rule.unless.iter().any(|(unless, _)| unless == *name))
        .map(|name| format!("`{name}`"))
        .collect();
    let unless = rule.unless.iter().map(|(name, _)| name).filter(|name| own(name));
    let unless: Vec<String> = unless.map(|name| named(name)).collect();
    let mut out = String::new();
    let asks_media = rule.when.iter().chain(&rule.unless).any(|(name, _)| name == "@media");
    if let Some(media) = around.media.filter(|_| asks_media && beside.is_empty()) {
        out += &format!(" for {}", words::quote(media));
    }
    if !with.is_empty() || !unless.is_empty() {
        out += &format!(" with {}", words::all(&[with, unless].concat()));
    }
    if !beside.is_empty() {
        out += &format!(" beside {}", words::all(&beside));
    }
    if !absent.is_empty() {
        out += &format!(" without {}", words::all(&absent));
    }
    out
}
