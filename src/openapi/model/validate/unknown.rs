//! Fields that an object does not have: a slip, a field of another version, or one that belongs elsewhere; keywords that a
//! schema may have, but hardly means; and what is ignored beside a `$ref`.

use super::super::table::{Advice, Field, FieldType, FoundThere, Object};
use super::super::{Check, Versions, words};
use super::{Checker, the};
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::syntax::Kind;
use crate::text::near;
use crate::workspace::{Place, PlaceMember};

/// Members of a Reference Object that change nothing but the reading.
const ANNOTATIONS: [&str; 9] =
    ["description", "summary", "title", "example", "examples", "externalDocs", "deprecated", "$comment", "xml"];

impl<'w> Checker<'w> {
    /// Reports the members that the table does not know for `object`; those that one repair mends are one finding. Gives
    /// the fields that a name is likely a slip for, so that they are not reported as missing too.
    pub(super) fn unknown(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        strangers: &[PlaceMember<'w>],
    ) -> Vec<&'static str> {
        let mut suggested = Vec::new();
        let mut advised: Vec<(&'static Advice, Vec<PlaceMember<'w>>)> = Vec::new();
        let mut properties = Vec::new();
        for &member in strangers {
            if let Some(advice) = self.advice_for_unknown(object, member) {
                match advised.iter_mut().find(|(known, _)| std::ptr::eq(*known, advice)) {
                    Some((_, members)) => members.push(member),
                    None => advised.push((advice, vec![member])),
                }
                // What belongs below `schema` stands for the schema that is missing.
                if object.field("schema", self.version).is_some() && place.get("schema").is_none() {
                    suggested.push("schema");
                }
            } else if object.name == "Schema"
                && looks_like_schema(member.value)
                && self.near(place, object, member).is_none()
            {
                properties.push(member);
            } else {
                self.stranger(place, object, member, &mut suggested);
            }
        }
        for (advice, members) in advised {
            self.advised(object, advice, &members);
        }
        self.properties_missing(place, &properties);
        suggested
    }

    /// The field that a name is likely a slip for, where it is not there as well.
    fn near(&self, place: Place<'w>, object: &'static Object, member: PlaceMember<'w>) -> Option<&'static str> {
        let near = near::nearest(member.name, object.fields_in(self.version).map(|(field, _)| field));
        near.filter(|near| place.get(near).is_none())
    }

    /// Reports the members that one piece of advice is about.
    fn advised(&mut self, object: &'static Object, advice: &'static Advice, members: &[PlaceMember<'w>]) {
        let Some(first) = members.first() else { return };
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        let list = words::all(&words::quoted(&names));
        let (verb, noun) = if names.len() == 1 { ("is not", "a field") } else { ("are not", "fields") };
        let message = match advice.from {
            Some(from) => {
                format!("{list} {verb} {noun} of {} in OpenAPI {}, only in OpenAPI {from}", the(object), self.version)
            }
            None => format!("{list} {verb} {noun} of {}", the(object)),
        };
        // The sentence is about each of them in the same way.
        let help = advice.say(&names.join("` and `"), first.value.text(), self.version);
        let finding = self.report(Check::UnknownField, message, first.value.key_location());
        finding.help = Some(help);
        finding.related.extend(also(&members[1..]));
    }

    fn stranger(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        member: PlaceMember<'w>,
        suggested: &mut Vec<&'static str>,
    ) {
        let name = member.name;
        let at = member.value.key_location();
        if name == "$ref" && member.value.as_str().is_some() {
            let message = format!("a `$ref` cannot stand for the entries of {}", the(object));
            let finding = self.warn(Check::RefNotAllowed, message, at);
            finding.help = Some("Write the content here, or refer from each entry".to_owned());
            return;
        }
        let near = self.near(place, object, member);
        if let Some(entry) = object.entries_in(self.version).next()
            && let (Some(keys), None) = (entry.keys, near)
        {
            self.name(name, member.value, keys);
            if member.value.is_map() {
                self.value(member.value, &entry.field.ty, &entry.field);
            }
            return;
        }
        let versions = object.versions_of(name);
        let quoted = words::quote(name);
        let inner = self.inner_owner(object, name, member.value);
        if let Some(clean) = without_odd_spaces(name) {
            let message = format!("{quoted} begins or ends with a character that looks like a space and is none");
            let help = format!("Write {} with plain spaces (U+0020) before it", words::quote(&clean));
            self.report(Check::UnknownField, message, at).help = Some(help);
        } else if !versions.is_empty() {
            let message = format!(
                "{quoted} is not a field of {} in OpenAPI {}, only in OpenAPI {versions}",
                the(object),
                self.version
            );
            let help = match (inner, near) {
                (Some((way, _)), _) => format!("Move `{name}` below {way}"),
                (None, Some(near)) => format!("Write `{near}` if that is meant"),
                (None, None) => {
                    format!("Describe the API in OpenAPI {}, or leave `{name}` out", self.closest(versions))
                }
            };
            self.report(Check::UnknownField, message, at).help = Some(help);
        } else if let Some(near) = near {
            suggested.push(near);
            let message = format!("unknown field {quoted} in {}; did you mean `{near}`?", the(object));
            self.report(Check::UnknownField, message, at).help = Some(format!("Rename `{name}` to `{near}`"));
        } else if let Some((way, owner)) = inner {
            let message = format!("{quoted} is not a field of {}; it belongs to the {owner} below {way}", the(object));
            self.report(Check::MisplacedField, message, at).help = Some(format!("Move `{name}` below {way}"));
        } else if let Some(owner) = self.outer_owner(name, member.value) {
            let message = format!("{quoted} is not a field of {}; it belongs to {} around it", the(object), the(owner));
            self.report(Check::MisplacedField, message, at).help =
                Some(format!("Move `{name}` up into {}; it may be indented too deep", the(owner)));
        } else {
            let message = format!("unknown field {quoted} in {}", the(object));
            let lower = name.to_lowercase();
            let there = near::nearest(name, object.fields_in(self.version).map(|(field, _)| field));
            let help = if let Some(there) = there.filter(|there| place.get(there).is_some()) {
                format!("Remove `{name}`; `{there}` is there already")
            } else if !object.extensions.contains(self.version) {
                format!("Remove `{name}`; {} has no extensions", the(object))
            } else if lower.starts_with("x-") && !name.starts_with("x-") {
                format!("Write `{lower}` with a small `x`")
            } else {
                format!("Rename it to `x-{name}` if it is an extension, or move it to the object it belongs to")
            };
            self.report(Check::UnknownField, message, at).help = Some(help);
        }
    }

    /// Reports what looks like properties of a schema that stand beside its keywords.
    fn properties_missing(&mut self, place: Place<'w>, members: &[PlaceMember<'w>]) {
        let Some(first) = members.first() else { return };
        let names: Vec<&str> = members.iter().take(4).map(|member| member.name).collect();
        let list = words::all(&words::quoted(&names));
        let be = if members.len() == 1 { "is no keyword" } else { "are no keywords" };
        // Only objects have properties: what stands in the schema of a string or a number belongs to the object around it.
        let scalar = place.get_str("type").filter(|name| matches!(*name, "string" | "number" | "integer" | "boolean"));
        let cause = match scalar {
            Some(name) => format!("`type: {name}` has no properties"),
            None => "`properties` is missing around it".to_owned(),
        };
        let message = format!("{list} {be} of the Schema Object but a schema; {cause}");
        let help = match place.get("properties") {
            _ if scalar.is_some() => {
                format!("Move {list} up, beside the property that this schema describes; it may be indented too deep")
            }
            Some(_) => format!("Move {list} into `properties`"),
            None => format!("Add `properties:` above `{}`, and indent what belongs to it", first.name),
        };
        let finding = self.report(Check::MisplacedField, message, first.value.key_location());
        finding.help = Some(help);
        finding.related.extend(also(&members[1..]));
    }

    /// Reports a keyword of a schema that the dialect does not know and that the author can hardly mean.
    pub(super) fn keyword(&mut self, place: Place<'w>, object: &'static Object, member: PlaceMember<'w>) {
        let name = member.name;
        let at = member.value.key_location();
        let quoted = words::quote(name);
        if let Some(advice) = self.advice_for_unknown(object, member) {
            return self.foreign(advice, member);
        }
        let fields = object.fields_in(self.version).filter(|(_, field)| may_be(&field.ty, member.value.kind()));
        let near = near::close(name, fields.map(|(field, _)| field)).filter(|near| place.get(near).is_none());
        if let Some(near) = near {
            let message = format!("unknown keyword {quoted}; did you mean `{near}`?");
            self.warn(Check::Keyword, message, at).help = Some(format!("Rename `{name}` to `{near}`"));
        } else if place.get_str("type") == Some("object")
            && place.get("properties").is_none()
            && looks_like_schema(member.value)
        {
            let message = format!("{quoted} is no keyword but a schema; is `properties` missing around it?");
            self.warn(Check::Keyword, message, at).help =
                Some(format!("Add `properties:` above `{name}`, and indent what belongs to it"));
        }
    }

    /// Reports a keyword that the dialect still names and that has no effect.
    pub(super) fn obsolete(&mut self, object: &'static Object, member: PlaceMember<'w>) {
        if let Some(advice) = self.advice(&object.name, member.name, |found| *found == FoundThere::Deprecated) {
            self.foreign(advice, member);
        }
    }

    /// Reports a keyword of another version or draft.
    fn foreign(&mut self, advice: &'static Advice, member: PlaceMember<'w>) {
        let from = match (advice.from, &advice.origin) {
            (Some(from), _) => format!("; it belongs to OpenAPI {from}"),
            (None, Some(origin)) => format!("; it belongs to {origin}"),
            (None, None) => String::new(),
        };
        let message = format!("{} has no effect in OpenAPI {}{from}", words::quote(member.name), self.version);
        let help = advice.say(member.name, member.value.text(), self.version);
        self.warn(Check::Keyword, message, member.value.key_location()).help = Some(help);
    }

    /// What the table advises about a field that the object does not have.
    fn advice_for_unknown(&self, object: &Object, member: PlaceMember<'w>) -> Option<&'static Advice> {
        let advice = self.advice(&object.name, member.name, |found| *found == FoundThere::Unknown)?;
        (advice.kinds.is_empty() || advice.kinds.contains(&member.value.kind())).then_some(advice)
    }

    /// Reports a key that the standard says to ignore.
    pub(super) fn without_effect(&mut self, member: PlaceMember<'w>, field: &Field) {
        if !field.ignores.iter().any(|name| name.eq_ignore_ascii_case(member.name)) {
            return;
        }
        let around = self.parents.last().map(|id| self.model.object(*id));
        let instead = match around.and_then(|object| object.field("contentType", self.version)) {
            Some(_) => "write `contentType` instead",
            None => "the keys of `content` are the media types",
        };
        let message = format!("the header {} has no effect here", words::quote(member.name));
        self.warn(Check::IgnoredField, message, member.value.key_location()).help =
            Some(format!("Remove `{}`; {instead}", member.name));
    }

    /// Reports what stands beside a `$ref` and is ignored there.
    pub(super) fn siblings(&mut self, place: Place<'w>, members: &[PlaceMember<'w>]) {
        let Some(first) = members.first() else { return };
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        let list = words::all(&words::quoted(&names));
        let be = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{list} beside `$ref` {be} ignored");
        let schema = self.kinds.get(&place.id()).copied() == self.schema;
        let help = if schema && self.version < Version::V3_1 {
            // Within `allOf` the target would still refuse null.
            let only_nullable = self.version == Version::V3_0 && names == ["nullable"];
            if only_nullable {
                super::schemas::into_target(place)
            } else {
                format!("Wrap the reference to keep {list}: `allOf: [{{$ref: …}}]`")
            }
        } else {
            format!("Move {list} to what the reference leads to, or leave it out")
        };
        let only_words = names.iter().all(|name| ANNOTATIONS.contains(name) || name.starts_with("x-"));
        let finding = self.warn(Check::IgnoredField, message, first.value.key_location());
        if only_words {
            finding.severity = Severity::Hint;
        }
        finding.help = Some(help);
        finding.related.extend(also(&members[1..]));
    }

    /// The next version of a set, else the last before this one.
    pub(super) fn closest(&self, versions: Versions) -> &'static str {
        let version = versions.iter().find(|&version| version > self.version).or_else(|| versions.iter().last());
        version.map_or("", Version::name)
    }

    /// The first object one step below `object` that has a field `name` for such a value: the way to it and its title.
    fn inner_owner(&self, object: &'static Object, name: &str, value: Place<'_>) -> Option<(String, &'static str)> {
        // A field of more than three objects (`description`, `name`) says nothing of where it belongs.
        let owners = || self.model.objects().filter(|one| one.field(name, self.version).is_some()).count();
        if object.name == "Schema" && owners() > 3 {
            return None;
        }
        let fields = object.fields_in(self.version).map(|(field, form)| (format!("`{field}`"), form));
        for (way, form) in fields {
            for id in form.ty.objects() {
                let owner = self.model.object(id);
                let fits = owner.field(name, self.version).is_some_and(|field| may_be(&field.ty, value.kind()));
                if fits && owner.name != object.name {
                    return Some((way, &owner.title));
                }
            }
        }
        None
    }

    /// The nearest object around the current one that has a field `name` for such a value.
    fn outer_owner(&self, name: &str, value: Place<'_>) -> Option<&'static Object> {
        let around = self.parents.iter().rev().skip(1).take(2).map(|id| self.model.object(*id));
        let mut owners =
            around.filter(|owner| owner.field(name, self.version).is_some_and(|field| may_be(&field.ty, value.kind())));
        owners.next()
    }
}

/// Labels of further members that a finding is about.
fn also(members: &[PlaceMember<'_>]) -> Vec<Label> {
    let label = |member: &PlaceMember<'_>| Label {
        location: member.value.key_location(),
        message: format!("and `{}`", member.name),
    };
    members.iter().map(label).collect()
}

/// Whether a value is written as a schema.
fn looks_like_schema(value: Place<'_>) -> bool {
    let keywords = ["type", "$ref", "properties", "allOf", "oneOf", "anyOf", "items"];
    value.is_map() && keywords.iter().any(|key| value.get(key).is_some())
}

/// The name without what looks like spaces at its ends; `None` where there is no such character.
fn without_odd_spaces(name: &str) -> Option<String> {
    let odd =
        |c: char| (c.is_whitespace() && !c.is_ascii()) || ('\u{200B}'..='\u{200F}').contains(&c) || c == '\u{FEFF}';
    let clean = name.trim_matches(|c: char| odd(c) || c == ' ');
    (clean.len() < name.len() && name.contains(odd)).then(|| clean.to_owned())
}

/// Whether a value of this kind may be of type `ty`.
pub(super) fn may_be(ty: &FieldType, kind: Kind) -> bool {
    ty.alternatives().iter().any(|ty| match ty {
        FieldType::Any => true,
        FieldType::String(_) => kind == Kind::Str,
        FieldType::Boolean => kind == Kind::Bool,
        FieldType::Integer | FieldType::Number | FieldType::Count | FieldType::Positive => {
            matches!(kind, Kind::Int | Kind::Float)
        }
        FieldType::List(_) => kind == Kind::Seq,
        FieldType::Map(_) | FieldType::Object(_) => kind == Kind::Map,
        FieldType::Reference | FieldType::OneOf(_) => false,
    })
}
