//! What fields of one object ask of each other: required ones, groups, conditions, least numbers.

use super::super::table::{Group, GroupKind, Object, Rule, Test};
use super::super::words;
use super::{Checker, this};
use crate::workspace::Place;

impl<'w> Checker<'w> {
    /// Checks the fields of an object as a whole. A field in `suggested` is there under a misspelled name.
    pub(super) fn conditions(&mut self, place: Place<'w>, object: &'static Object, suggested: &[&str]) {
        let version = self.version;
        let mut missing: Vec<&str> = Vec::new();
        for name in object.required_in(version).filter(|name| place.get(name).is_none()) {
            missing.push(name);
            if !suggested.contains(&name) {
                self.missing(place, object, name, String::new);
            }
        }
        for group in object.groups.iter().filter(|group| group.versions.contains(version)) {
            self.group(place, object, group, suggested);
        }
        for rule in object.rules.iter().filter(|rule| rule.versions.contains(version)) {
            if applies(place, rule) {
                self.rule(place, object, rule, &mut missing, suggested);
            }
        }
        if object.min > 0 {
            let extensions = object.extensions.contains(self.version);
            let len = place.members().filter(|member| !(extensions && member.name.starts_with("x-"))).count();
            if len < object.min {
                let message = format!("{} must have at least one entry, but has none", this(object));
                self.report("struct-count", message, place.location());
            }
        }
    }

    fn missing(&mut self, place: Place<'w>, object: &'static Object, name: &str, with: impl Fn() -> String) {
        let message = format!("{} lacks `{name}`, which is required{}", this(object), with());
        let expected = object.field(name, self.version).map(|field| words::expected(self.model, &field.ty));
        let diagnostic = self.report("struct-missing-field", message, place.location());
        diagnostic.help = expected.map(|expected| format!("add `{name}`: {expected}"));
    }

    fn group(&mut self, place: Place<'w>, object: &Object, group: &Group, suggested: &[&str]) {
        let there: Vec<&String> = group.fields.iter().filter(|name| place.get(name).is_some()).collect();
        if there.len() > 1 && group.kind != GroupKind::AtLeastOne {
            let message = format!(
                "{} exclude each other in a {}: only one of them may be there",
                words::all(&words::quoted(&there)),
                object.title
            );
            let at = there.last().and_then(|name| place.get(name)).unwrap_or(place).key_location();
            let first = there.first().and_then(|name| place.get(name)).unwrap_or(place).key_location();
            let diagnostic = self.report("struct-exclusive-fields", message, at);
            diagnostic.related.push(crate::diagnostic::Label { location: first, message: "the other one".to_owned() });
        }
        let spelled_wrong = group.fields.iter().any(|name| suggested.contains(&name.as_str()));
        if there.is_empty() && group.kind != GroupKind::Exclusive && !spelled_wrong {
            let names = words::alternatives(&words::quoted(&group.fields));
            let message = format!("{} lacks {names}: one of them is required", this(object));
            self.report("struct-missing-field", message, place.location());
        }
    }

    fn rule(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        rule: &'static Rule,
        missing: &mut Vec<&'static str>,
        suggested: &[&str],
    ) {
        let with = || condition(place, rule);
        for name in &rule.require {
            if place.get(name).is_none() && !missing.contains(&name.as_str()) {
                missing.push(name);
                if !suggested.contains(&name.as_str()) {
                    self.missing(place, object, name, with);
                }
            }
        }
        for name in &rule.forbid {
            if object.field(name, self.version).is_some()
                && let Some(value) = place.get(name)
            {
                let message = format!("`{name}` does not belong in a {}{}", object.title, with());
                self.report("struct-exclusive-fields", message, value.key_location()).help =
                    Some(format!("remove `{name}`"));
            }
        }
        for (name, values) in &rule.values {
            let Some(field) = object.field(name, self.version) else { continue };
            // A value that no condition allows has been reported already.
            let known = |text: &str| field.values.is_empty() || field.values.iter().any(|value| value == text);
            if let Some(value) = place.get(name)
                && (value.as_bool().is_some() || value.as_str().is_some_and(known))
            {
                self.allowed(value, values, with);
            }
        }
        for (name, pattern) in &rule.matches {
            let pattern = self.model.pattern(*pattern);
            if let Some(value) = place.get(name)
                && let Some(text) = value.as_str()
                && !pattern.allows(text)
            {
                let message = format!("`{name}` is {}, but{} it {}", words::quote(text), with(), pattern.says);
                self.report("struct-value", message, value.location());
            }
        }
    }
}

fn applies(place: Place<'_>, rule: &Rule) -> bool {
    let holds = |(name, test): &(String, Test)| match test {
        Test::Present => place.get(name).is_some(),
        Test::Is(values) => {
            place.get_str(name).is_some_and(|text| values.iter().any(|value| value.eq_ignore_ascii_case(text)))
        }
    };
    rule.when.iter().all(holds) && !rule.unless.iter().any(holds)
}

/// The condition that holds, to follow a statement: `` with `in: path` ``.
fn condition(place: Place<'_>, rule: &Rule) -> String {
    let (tested, present): (Vec<_>, Vec<_>) = rule.when.iter().partition(|(_, test)| matches!(test, Test::Is(_)));
    let named = |name: &str| format!("`{name}: {}`", place.get_str(name).unwrap_or_default());
    let with: Vec<String> = tested.iter().map(|(name, _)| named(name)).collect();
    let beside: Vec<String> = present
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !rule.unless.iter().any(|(unless, _)| unless == *name))
        .map(|name| format!("`{name}`"))
        .collect();
    let unless: Vec<String> = rule.unless.iter().map(|(name, _)| named(name)).collect();
    let mut out = String::new();
    if !with.is_empty() || !unless.is_empty() {
        out += &format!(" with {}", words::all(&[with, unless].concat()));
    }
    if !beside.is_empty() {
        out += &format!(" beside {}", words::all(&beside));
    }
    out
}
