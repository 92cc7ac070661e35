//! Whether a field means anything where it stands: by the version, by the fields beside it, by what is around it.
//!
//! Takes the name of an object of the table, the object and a field; gives what the standard makes of the field. One
//! question for everything that compares or judges contracts: what has no meaning changes nothing.

use super::model;
use super::table::{Rule, Test};
use crate::openapi::{MediaKind, Version};
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// What the standard makes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It means what it says.
    Bears,
    /// It is ignored, does not exist in this version, or must not be there.
    Nothing,
    /// What it does there is not defined.
    Undefined,
}

/// What decides about fields beside their own object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// The media type.
    pub media: Option<&'a str>,
    /// `request` or `response`.
    pub body: Option<&'static str>,
    /// The HTTP method, in lower case.
    pub method: Option<&'a str>,
}

impl Around<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        match name {
            "@media" => self.media.map(|media| MediaKind::of(media).name()),
            "@body" => self.body,
            "@method" => self.method,
            _ => None,
        }
    }
}

/// Returns what a field of an object means there. Extensions, and fields that no version has, mean what they say.
pub fn meaning(object: &str, place: Place<'_>, field: &str, version: Version, around: Around<'_>) -> Meaning {
    let model = model();
    let Some(object) = model.id(object).map(|id| model.object(id)) else { return Meaning::Bears };
    let versions = object.versions_of(field);
    if !versions.is_empty() && !versions.contains(version) {
        return Meaning::Nothing;
    }
    let mut meaning = Meaning::Bears;
    for rule in object.rules.iter().filter(|rule| rule.versions.contains(version)) {
        let names = |list: &[String]| list.iter().any(|name| name == field);
        let (silent, undefined) = (names(&rule.ignored) || names(&rule.forbid), names(&rule.undefined));
        if (silent || undefined) && applies(place, rule, around) {
            if silent {
                return Meaning::Nothing;
            }
            meaning = Meaning::Undefined;
        }
    }
    meaning
}

/// Returns whether a keyword of schemas is read in a version; those that no version of the table has are.
pub fn reads_keyword(keyword: &str, version: Version) -> bool {
    !UNREAD[version as usize].contains(keyword)
}

/// The keywords of schemas, by version, that only other versions have.
static UNREAD: LazyLock<[FxHashSet<&'static str>; 4]> = LazyLock::new(|| {
    let object = model().id("Schema").map(|id| model().object(id));
    let names = || object.into_iter().flat_map(|object| object.fields.keys().map(String::as_str));
    let versions = |name: &str| object.map_or(super::Versions::ALL, |object| object.versions_of(name));
    Version::ALL.map(|version| names().filter(|name| !versions(name).contains(version)).collect())
});

/// Returns the keywords of schemas that one of two versions reads and the other does not.
pub fn read_otherwise(old: Version, new: Version) -> Vec<&'static str> {
    let model = model();
    let Some(object) = model.id("Schema").map(|id| model.object(id)) else { return Vec::new() };
    let names = object.fields.keys().map(String::as_str);
    names.filter(|name| reads_keyword(name, old) != reads_keyword(name, new)).collect()
}

/// Returns whether the conditions of a rule hold for an object and what is around it.
pub(super) fn applies(place: Place<'_>, rule: &Rule, around: Around<'_>) -> bool {
    let text = |name: &str| if name.starts_with('@') { around.text(name) } else { place.get_str(name) };
    let holds = |(name, test): &(String, Test)| match test {
        Test::Present if name.starts_with('@') => around.text(name).is_some(),
        Test::Absent if name.starts_with('@') => around.text(name).is_none(),
        Test::Present => place.get(name).is_some(),
        Test::Absent => place.get(name).is_none(),
        Test::Is(values) => text(name).is_some_and(|text| values.iter().any(|value| value.eq_ignore_ascii_case(text))),
    };
    rule.when.iter().all(holds) && !rule.unless.iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn what_stands_around_a_field_decides_whether_it_means_anything() {
        let media = |media| Around { media: Some(media), ..Around::default() };
        let (form, data, json) =
            (media("application/x-www-form-urlencoded"), media("multipart/form-data"), media("application/json"));
        let answer = Around { body: Some("response"), ..form };
        let request = Around { body: Some("request"), ..form };
        let method = |method| Around { method: Some(method), ..Around::default() };
        let none = Around::default();
        use Meaning::{Bears, Nothing, Undefined};
        for (object, text, field, version, around, expected) in [
            ("MediaType", "{}", "encoding", Version::V3_0, json, Nothing),
            ("MediaType", "{}", "encoding", Version::V3_1, data, Bears),
            ("MediaType", "{}", "encoding", Version::V3_0, answer, Nothing),
            ("MediaType", "{}", "encoding", Version::V3_0, request, Bears),
            ("MediaType", "{}", "encoding", Version::V3_1, answer, Bears),
            ("Encoding", "{}", "style", Version::V3_0, data, Nothing),
            ("Encoding", "{}", "style", Version::V3_1, data, Bears),
            ("Encoding", "{}", "style", Version::V3_1, media("multipart/mixed"), Nothing),
            ("Encoding", "{}", "explode", Version::V3_0, form, Bears),
            ("Encoding", "{style: form}", "contentType", Version::V3_1, form, Nothing),
            ("Encoding", "{style: form}", "contentType", Version::V3_0, form, Bears),
            ("Encoding", "{}", "headers", Version::V3_0, form, Nothing),
            ("Parameter", "{in: query, content: {}}", "explode", Version::V3_0, none, Nothing),
            ("Parameter", "{in: query, style: deepObject}", "explode", Version::V3_0, none, Undefined),
            ("Parameter", "{in: path}", "allowReserved", Version::V3_0, none, Nothing),
            ("Parameter", "{in: query}", "allowReserved", Version::V3_0, none, Bears),
            ("Operation", "{}", "requestBody", Version::V3_0, method("get"), Nothing),
            ("Operation", "{}", "requestBody", Version::V3_0, method("post"), Bears),
            ("Operation", "{}", "requestBody", Version::V3_1, method("get"), Bears),
            ("Schema", "{}", "nullable", Version::V3_1, none, Nothing),
            ("Schema", "{}", "const", Version::V3_0, none, Nothing),
            ("Schema", "{}", "oneOf", Version::V2_0, none, Nothing),
            ("Schema", "{}", "x-own", Version::V2_0, none, Bears),
            ("Schema", "{}", "unheard", Version::V3_0, none, Bears),
        ] {
            let workspace = Workspace::from_text("a.yaml", text);
            let found = meaning(object, workspace.root(), field, version, around);
            assert_eq!(found, expected, "{object} {text} {field} {version} {around:?}");
        }
        assert!(read_otherwise(Version::V3_0, Version::V3_1).contains(&"nullable"));
        assert!(read_otherwise(Version::V3_1, Version::V3_2).is_empty());
    }
}
