//! The repairs that rule pages name. Each takes the place of a finding and gives edits of one file, or nothing where
//! this case is not mechanical. That the finding is gone afterwards, and that nothing new came, is checked by the
//! caller, so a repair may try.

use super::super::functions::collate;
use super::edit::{self, Edit};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Kind, NodeRef, Style};
use crate::text::Cut;
use crate::workspace::Place;
use std::collections::BTreeSet;

/// A finding and where it is.
pub(super) struct Subject<'w, 'd> {
    /// The node of its pointer.
    pub(super) place: Place<'w>,
    /// The finding.
    pub(super) finding: &'d Diagnostic,
}

impl<'w> Subject<'w, '_> {
    fn node(&self) -> NodeRef<'w> {
        self.place.node()
    }

    /// The collection that holds the node.
    fn holder(&self) -> Option<Place<'w>> {
        holder(self.place)
    }

    /// The key or value that the finding is about, where it is about a scalar.
    fn scalar(&self) -> NodeRef<'w> {
        let key = edit::key(self.node()).filter(|key| key.span() == self.finding.location.span);
        key.unwrap_or_else(|| self.node())
    }

    /// What the help of the finding proposes instead.
    fn proposed(&self) -> Option<&str> {
        let help = self.finding.help.as_deref()?;
        let renamed = help.strip_prefix("Rename `").and_then(|rest| rest.split_once("` to `")).map(|(_, new)| new);
        let text = renamed.or_else(|| help.strip_prefix("Write `"))?.strip_suffix('`')?;
        let key = self.place.key().map_or("", |key| key.text());
        Some(text.strip_prefix(key).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(text))
    }
}

fn holder(place: Place<'_>) -> Option<Place<'_>> {
    let pointer = place.pointer();
    let node = place.document().tree().at_pointer(pointer.cut(..pointer.rfind('/')?))?;
    let id = crate::workspace::PlaceId { document: place.document_id(), node: node.id() };
    Some(place.workspace().place(id))
}

/// What a repair gives.
pub(super) type Edits = Option<Vec<Edit>>;

/// A repair.
pub(super) type Repair = fn(&Subject<'_, '_>) -> Edits;

/// The repairs by name.
const REPAIRS: [(&str, Repair); 14] = [
    ("add-items", add_items),
    ("add-leading-slash", add_leading_slash),
    ("correct-case", correct_case),
    ("quote", quote),
    ("remove", remove),
    ("remove-equal-parameter", remove_equal_parameter),
    ("remove-repeated", remove_repeated),
    ("remove-trailing-slash", remove_trailing_slash),
    ("require-path-parameter", require_path_parameter),
    ("retype", retype),
    ("retype-example", retype_example),
    ("sort-tags", sort_tags),
    ("unify-tags", unify_tags),
    ("xml-node-type", xml_node_type),
];

/// The repair with this name.
pub(super) fn find(name: &str) -> Option<Repair> {
    REPAIRS.iter().find(|(known, _)| *known == name).map(|(_, repair)| *repair)
}

fn one(edit: Option<Edit>) -> Edits {
    edit.map(|edit| vec![edit])
}

/// `items: {}` says what a missing `items` means.
fn add_items(subject: &Subject<'_, '_>) -> Edits {
    let kind = subject.place.get("type").filter(|_| subject.place.get("items").is_none())?;
    one(edit::insert_beside(kind.node(), "items", "{}"))
}

/// `accounts` as a path is `/accounts`.
fn add_leading_slash(subject: &Subject<'_, '_>) -> Edits {
    let key = edit::key(subject.node())?;
    one(edit::replace(key, &format!("/{}", key.text())))
}

/// A name or value that is right but for the case of its letters.
fn correct_case(subject: &Subject<'_, '_>) -> Edits {
    let (node, new) = (subject.scalar(), subject.proposed()?);
    let same = node.text().eq_ignore_ascii_case(new) && node.text() != new;
    if same { one(edit::replace(node, new)) } else { None }
}

/// A plain scalar that must be a text; beside `type: boolean` the boolean that is meant.
fn quote(subject: &Subject<'_, '_>) -> Edits {
    let node = subject.scalar();
    // Single letters are booleans to hardly any reader: quotes around them would only make a longer diff.
    if node.kind() == Kind::Str && node.text().len() == 1 {
        return None;
    }
    let beside = subject.holder().and_then(|holder| holder.get_str("type"));
    let keyed = subject.place.key().is_some_and(|key| matches!(key.text(), "example" | "default" | "const"));
    match boolean(node.text()) {
        Some(value) if keyed && beside == Some("boolean") => one(edit::replace_raw(node, value)),
        _ => one(edit::quote(node)),
    }
}

/// What a word means to readers of YAML 1.1, as every reader writes it.
fn boolean(text: &str) -> Option<&'static str> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "True" | "TRUE" => Some("true"),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "False" | "FALSE" => Some("false"),
        _ => None,
    }
}

/// A value of an example or default that has the wrong type only because of its quotes.
fn retype_example(subject: &Subject<'_, '_>) -> Edits {
    let message = &subject.finding.message;
    let text = message.contains("must be a string");
    let quoted = matches!(subject.node().kind(), Kind::Str);
    if !message.contains("must be a") || text == quoted { None } else { retype(subject) }
}

/// The entry itself; of a map that is left empty, the map as well, unless a whole contract would go.
fn remove(subject: &Subject<'_, '_>) -> Edits {
    let mut place = subject.place;
    loop {
        let around = holder(place).filter(|around| !around.pointer().is_empty());
        let top = around.is_none();
        let holder = around.or_else(|| holder(place))?;
        if holder.len() > 1 {
            return one(edit::remove(holder.node(), place.node()));
        }
        if top {
            return None;
        }
        place = holder;
    }
}

/// A parameter that says the same as an earlier one in the list.
fn remove_equal_parameter(subject: &Subject<'_, '_>) -> Edits {
    let list = subject.holder().filter(|list| list.is_seq())?;
    let value = subject.place.resolved().to_json();
    let before = list.elements().take_while(|element| element.id() != subject.place.id());
    let equal = before.map(|element| element.resolved().to_json()).any(|other| other == value);
    if equal { one(edit::remove(list.node(), subject.node())) } else { None }
}

/// Every element that equals an earlier one, of the list or of the list around the finding.
fn remove_repeated(subject: &Subject<'_, '_>) -> Edits {
    if !subject.place.is_seq() {
        let list = subject.holder().filter(|list| list.is_seq())?;
        return one(edit::remove(list.node(), subject.node()));
    }
    let mut seen = BTreeSet::new();
    let repeated = subject.place.elements().filter(|element| !seen.insert(element.to_json().to_string()));
    repeated.map(|element| edit::remove(subject.node(), element.node())).collect()
}

/// A URL, host or path without the slash at its end.
fn remove_trailing_slash(subject: &Subject<'_, '_>) -> Edits {
    let node = subject.scalar();
    let short = node.text().trim_end_matches('/');
    if short.is_empty() || short.len() == node.text().len() {
        return None;
    }
    one(edit::replace(node, short))
}

/// `required: true`, which every path parameter has to say.
fn require_path_parameter(subject: &Subject<'_, '_>) -> Edits {
    let place = subject.place;
    let location = place.get("in").filter(|location| location.as_str() == Some("path"))?;
    if place.get("required").is_some() {
        return None;
    }
    one(edit::insert_beside(location.node(), "required", "true"))
}

/// A number or boolean in quotes, or one that lacks them.
fn retype(subject: &Subject<'_, '_>) -> Edits {
    let node = subject.node();
    match node.kind() {
        Kind::Int | Kind::Float | Kind::Bool => one(edit::quote(node)),
        Kind::Str => {
            let text = boolean(node.text()).unwrap_or(node.text());
            let value: serde_json::Value = serde_json::from_str(text).ok()?;
            if value.is_number() || value.is_boolean() { one(edit::replace_raw(node, text)) } else { None }
        }
        _ => None,
    }
}

/// The tags in the order of their names.
fn sort_tags(subject: &Subject<'_, '_>) -> Edits {
    let list = subject.place.get("tags").unwrap_or(subject.place);
    let list = if list.is_seq() { list } else { subject.holder()? };
    let names: Option<Vec<&str>> = list.elements().map(|tag| tag.get_str("name")).collect();
    let names = names?;
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| collate(names[a], names[b]));
    one(edit::reorder(list.node(), &order))
}

/// A second tag of a name, unless it says something that the first does not.
fn unify_tags(subject: &Subject<'_, '_>) -> Edits {
    let tag = if subject.place.is_map() { subject.place } else { subject.holder()? };
    let list = holder(tag).filter(|list| list.is_seq())?;
    let first = list.elements().find(|other| other.get_str("name") == tag.get_str("name"))?;
    let said = |name: &str| first.get(name).map(Place::to_json);
    let new = tag.members().any(|member| said(member.name) != Some(member.value.to_json()));
    if first.id() == tag.id() || new { None } else { one(edit::remove(list.node(), tag.node())) }
}

/// `attribute: true` as `nodeType: attribute`.
fn xml_node_type(subject: &Subject<'_, '_>) -> Edits {
    let attribute = subject.place.get("attribute").filter(|value| value.as_bool() == Some(true))?;
    if subject.place.get("nodeType").is_some() {
        return None;
    }
    let key = edit::key(attribute.node())?;
    let word = if key.style() == Style::DoubleQuoted { "\"attribute\"" } else { "attribute" };
    Some(vec![edit::replace(key, "nodeType")?, edit::replace_raw(attribute.node(), word)?])
}

#[cfg(test)]
mod tests {
    use super::super::super::page::pages;
    use super::*;

    #[test]
    fn every_repair_that_a_page_names_exists_and_every_one_is_named() {
        let named: BTreeSet<&str> = pages().iter().map(|page| page.repair).filter(|name| !name.is_empty()).collect();
        let known: BTreeSet<&str> = REPAIRS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, known);
    }
}
