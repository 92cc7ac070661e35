//! Fields that an object does not have: a slip, a field of another version, or one that belongs elsewhere.

use super::super::table::{FieldType, Object};
use super::super::{Versions, words};
use super::Checker;
use crate::openapi::Version;
use crate::syntax::Kind;
use crate::workspace::{Place, PlaceMember};

impl<'w> Checker<'w> {
    /// Reports a member that the table does not know for `object`. A field that the name is likely a slip for is
    /// added to `suggested`, so that it is not reported as missing too.
    pub(super) fn unknown(
        &mut self,
        place: Place<'w>,
        object: &'static Object,
        member: PlaceMember<'w>,
        suggested: &mut Vec<&'static str>,
    ) {
        let name = member.name;
        let at = member.value.key_location();
        if name == "$ref" && member.value.as_str().is_some() {
            let message = format!("a reference cannot stand for the entries of a {}", object.title);
            self.report("ref-not-allowed", message, at).help =
                Some("write the content here, or refer from inside it".to_owned());
            return;
        }
        let mut near = words::nearest(name, object.fields_in(self.version).map(|(field, _)| field));
        near = near.filter(|near| place.get(near).is_none());
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
        let plain = format!("{quoted} is not a field of the {}", object.title);
        let inner = self.inner_owner(object, name, member.value);
        if !versions.is_empty() {
            let message = format!("{plain} in OpenAPI {}, only in OpenAPI {versions}", self.version);
            let help = match (inner, near) {
                (Some((way, _)), _) => format!("move it below {way}"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("remove it, or describe the API in OpenAPI {}", self.closest(versions)),
            };
            self.report("struct-unknown-field", message, at).help = Some(help);
        } else if let Some(near) = near {
            suggested.push(near);
            self.report("struct-unknown-field", plain, at).help = Some(format!("did you mean `{near}`?"));
        } else if let Some((way, owner)) = inner {
            let message = format!("{plain}; it belongs to the {owner} below {way}");
            self.report("struct-misplaced-field", message, at).help = Some(format!("move it below {way}"));
        } else if let Some(owner) = self.outer_owner(name, member.value) {
            let message = format!("{plain}; it belongs to the {} around it", owner.title);
            self.report("struct-misplaced-field", message, at).help =
                Some(format!("move it up into the {}; is it indented too deep?", owner.title));
        } else {
            let extension = object.extensions.contains(self.version);
            let help = if extension { "remove it, or begin its name with `x-`" } else { "remove it" };
            self.report("struct-unknown-field", plain, at).help = Some(help.to_owned());
        }
    }

    /// The next version of a set, else the last before this one.
    fn closest(&self, versions: Versions) -> &'static str {
        let version = versions.iter().find(|&version| version > self.version).or_else(|| versions.iter().last());
        version.map_or("", Version::name)
    }

    /// The first object one step below `object` that has a field `name` for such a value: the way to it and its title.
    fn inner_owner(&self, object: &'static Object, name: &str, value: Place<'_>) -> Option<(String, &'static str)> {
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
