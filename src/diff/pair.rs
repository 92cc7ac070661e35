//! A pair of schemas on its way through the comparison: the task, what its surroundings say, both sides as they are read.
//!
//! Takes places of keywords; gives edits with the pair's scope, direction and words.

use super::change::{ChangeId, Event, Subject};
use super::describe;
use super::edit::{AnchorId, Edit, ScopeId, show_both};
use super::effect::{Effect, Polarity};
use super::view::View;
use crate::openapi::{Bytes, Format, SchemaRef};
use crate::schema::Split;
use crate::workspace::Place;

/// What the surroundings of a pair say about its edits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) subject: Subject,
    pub(super) polarity: Polarity,
    /// Under a `not`: what narrows the part widens the whole.
    pub(super) negated: bool,
    /// Under an `if`: the effect on the whole cannot be read off.
    pub(super) unclear: bool,
    /// The values are no part of what is sent.
    pub(super) muted: Option<&'static str>,
    /// The pair stands in a list of branches of the anchor.
    pub(super) in_branch: bool,
    /// The pair is a branch of `allOf`: its properties are compared with those of the whole.
    pub(super) told: bool,
    /// Values travel as text, so numbers and strings look alike; the reader takes a text apart like this.
    pub(super) text: Option<Split>,
    /// Values may travel as XML.
    pub(super) xml: bool,
    /// The properties of the values are parts of a multipart body.
    pub(super) parts: bool,
    /// The value is such a part, or one of several of the same name.
    pub(super) part: bool,
    /// Where the value stands in a form.
    pub(super) form: Option<Form>,
    /// The values are bytes that no JSON type describes: what the schemas say of them means little.
    pub(super) bytes: bool,
    /// The value is a whole body.
    pub(super) body: bool,
    /// The value is a whole parameter, and whether it is always sent.
    pub(super) parameter: Option<Presence>,
    /// What only documents is left out.
    pub(super) quiet: bool,
    /// The reference that leads to another schema than before, on the way to the pair.
    pub(super) detour: Option<DetourId>,
    pub(super) anchor: Option<AnchorId>,
    /// How the next pair is reached from the values of the anchor.
    pub(super) step: Mark,
    /// The pair stands in a part of the anchor's values (under `patternProperties`, …), not in the values themselves.
    pub(super) elsewhere: bool,
}

/// A place in a form, of either kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The whole, with what is said of how its fields are written.
    Body(FieldsId),
    /// A field, or one of several of the same name: text where it is a scalar, JSON where it is an object.
    Field,
}

/// Index of what two media types say of how the fields of a form are written; contexts with another are others.
pub(super) type FieldsId = u32;

/// How a field of a form is written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    /// As JSON on both sides, whatever its type.
    Json,
    /// As text; the reader takes it apart like this.
    Text(Split),
}

/// The fields of a form that are not written by default, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Fields<'w>(pub(super) Vec<(&'w str, Field)>);

impl Fields<'_> {
    /// How a field is written.
    pub(super) fn of(&self, name: &str) -> Field {
        let known = self.0.binary_search_by(|(other, _)| (*other).cmp(name)).ok();
        known.map_or(Field::Text(Split::Never), |at| self.0[at].1)
    }

    /// The same of fields that are described without a name: what may be JSON has its types.
    pub(super) fn unnamed(&self) -> Field {
        match &self.0[..] {
            [] => Field::Text(Split::Never),
            all if all.iter().any(|(_, field)| *field == Field::Json) => Field::Json,
            _ => Field::Text(Split::Unclear),
        }
    }
}

/// Whether a parameter is always sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Optional,
    Required,
}

/// Index of a [`Detour`].
pub(super) type DetourId = usize;

/// A place where the base describes something by one schema, and the revision by another that both know under its name:
/// differences between the two are those of the place, not of either schema.
#[derive(Clone, Debug)]
pub(super) struct Detour<'w> {
    pub(super) base: Place<'w>,
    pub(super) revision: Place<'w>,
    /// What is said about it: what led where.
    pub(super) words: String,
}

/// A step from a value to its part, with names as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Member(u32),
    AnyMember,
    AnyItem,
    /// No single step.
    Unknown,
}

impl Context {
    pub(super) fn root(subject: Subject, polarity: Polarity) -> Self {
        Context {
            subject,
            polarity,
            negated: false,
            unclear: false,
            muted: None,
            in_branch: false,
            told: false,
            text: None,
            xml: false,
            parts: false,
            part: false,
            form: None,
            bytes: false,
            body: false,
            parameter: None,
            quiet: false,
            detour: None,
            anchor: None,
            step: Mark::Unknown,
            elsewhere: false,
        }
    }

    /// The same for a value inside: it is no whole body, and none of its properties is a part of one.
    pub(super) fn inside(self) -> Self {
        Context { parts: false, body: false, parameter: None, ..self }
    }

    /// The same for an item of the value. How an array within another is written is not said anywhere.
    pub(super) fn item(self) -> Self {
        Context { text: self.text.map(|_| Split::Unclear), ..self.inside() }
    }

    /// The same for a property of the value, which is this field where the value is a form.
    pub(super) fn property(self, field: Field) -> Self {
        let (form, text) = match (self.form, field) {
            (Some(Form::Body(_)), Field::Text(split)) => (Some(Form::Field), self.text.map(|_| split)),
            // An object is written as JSON there (OpenAPI 3.1.1, section 4.8.15.1.1).
            (Some(Form::Body(_)), Field::Json) | (Some(Form::Field), _) => (None, None),
            // Each element has a text of its own.
            (None, _) if self.xml => (None, self.text),
            (None, _) => (None, self.text.map(|_| Split::Unclear)),
        };
        Context { text, form, ..self.inside() }
    }

    /// Tells contexts apart whose edits differ.
    pub(super) fn key(self) -> u64 {
        let fields = match self.form {
            Some(Form::Body(fields)) => u64::from(fields) << 32,
            Some(Form::Field) | None => 0,
        };
        let text = self.text.map_or(0, Split::key);
        let bits = self.subject as u32
            | u32::from(self.negated) << 3
            | u32::from(self.unclear) << 4
            | u32::from(self.muted.is_some()) << 5
            | u32::from(self.in_branch) << 6
            | u32::from(self.quiet) << 8
            | u32::from(self.told) << 9
            | u32::from(self.xml) << 10
            | u32::from(self.parts) << 11
            | u32::from(self.part) << 12
            | u32::from(self.body) << 13
            | u32::from(self.parameter == Some(Presence::Optional)) << 14
            | u32::from(self.parameter == Some(Presence::Required)) << 15
            | u32::from(self.bytes) << 16
            | u32::from(matches!(self.form, Some(Form::Body(_)))) << 17
            | u32::from(self.form == Some(Form::Field)) << 18
            | u32::from(text) << 19;
        fields | u64::from(bits)
    }
}

/// A pair of schemas to compare.
#[derive(Clone, Debug)]
pub(super) struct SchemaTask<'w> {
    pub(super) scope: ScopeId,
    pub(super) base: SchemaRef<'w>,
    pub(super) revision: SchemaRef<'w>,
    /// What binds the same values besides, on each side.
    pub(super) joined: (Vec<Place<'w>>, Vec<Place<'w>>),
    /// What says besides which properties the values have, on each side.
    pub(super) outer: (Vec<Place<'w>>, Vec<Place<'w>>),
    pub(super) context: Context,
}

/// Both sides of a pair as they are read.
pub(super) struct Pair<'w> {
    pub(super) scope: ScopeId,
    pub(super) context: Context,
    pub(super) old: View<'w>,
    pub(super) new: View<'w>,
    /// Branches of `allOf` are read as one object on both sides.
    pub(super) flat: bool,
    /// The reference that leads elsewhere, on the way to it.
    pub(super) detour: Option<Detour<'w>>,
}

impl<'w> Pair<'w> {
    /// Whether the encodings of binary content, where they are written, are formats under another name.
    pub(super) fn has_known_encodings(&self) -> bool {
        let written = [&self.old, &self.new].into_iter().filter_map(|view| view.get("contentEncoding"));
        written.into_iter().all(|encoding| Format::of_encoding(encoding.text()).is_some())
    }

    /// Whether both sides describe a file, in whatever notation; where parts of a body are bytes by default, a schema that
    /// says nothing does, too.
    pub(super) fn is_file(&self) -> bool {
        let file = |view: &View<'w>| match view.bytes() {
            Bytes::File => true,
            Bytes::Open => self.context.part,
            Bytes::Value => false,
        };
        file(&self.old) && file(&self.new)
    }

    /// How people call it.
    pub(super) fn location(&self) -> String {
        let place = self.new.at().or_else(|| self.old.at());
        place.map_or_else(String::new, |place| self.called(place))
    }

    /// How people call a schema that belongs to the pair.
    fn called(&self, place: Place<'w>) -> String {
        let site = self.detour.as_ref().map(|detour| detour.revision);
        describe::schema(place, site, self.context.subject)
    }

    /// The path of a property and the schema whose it is.
    pub(super) fn property(&self, object: Place<'w>, name: &str) -> (String, Option<String>) {
        let site = self.detour.as_ref().map(|detour| detour.revision);
        describe::property(object, site, name)
    }

    /// The objects that an edit stands in: those that hold its keyword, where a schema is written in several (what stands
    /// beside a reference, and what that leads to), else the first.
    pub(super) fn home(
        &self,
        old: Option<Place<'w>>,
        new: Option<Place<'w>>,
    ) -> (Option<Place<'w>>, Option<Place<'w>>) {
        let (before, after) = (self.old.whole(), self.new.whole());
        let holder = |objects: &[Place<'w>], place: Option<Place<'w>>| {
            let place = place.filter(|_| objects.len() > 1)?;
            let path = place.path();
            objects
                .iter()
                .rposition(|object| object.document_id() == place.document_id() && path.starts_with(&object.path()))
        };
        let (own, other) = (holder(&before, old), holder(&after, new));
        // The object of the other side is the one at the same address, else the one with the same number where both sides
        // are laid out alike.
        let alike = before.len() == after.len();
        let partner = |of: Option<usize>, these: &[Place<'w>], those: &[Place<'w>]| {
            let at = of?;
            let path = these[at].path();
            let same = those.iter().position(|object| object.path() == path);
            same.or(of.filter(|_| alike))
        };
        let base = own.or_else(|| partner(other, &after, &before)).unwrap_or(0);
        let revision = other.or_else(|| partner(own, &before, &after)).unwrap_or(0);
        (before.get(base).copied(), after.get(revision).copied())
    }

    /// An edit of this pair; places default to those of the schemas.
    pub(super) fn edit(&self, event: Event, old: Option<Place<'w>>, new: Option<Place<'w>>) -> Edit<'w> {
        let mut edit = self.edit_as(ChangeId::new(self.context.subject, event), old, new);
        edit.of_keyword = true;
        edit
    }

    /// The same under an id of its own.
    pub(super) fn edit_as(&self, id: ChangeId, old: Option<Place<'w>>, new: Option<Place<'w>>) -> Edit<'w> {
        let home = self.home(old, new);
        let location = home.1.or(home.0).map_or_else(String::new, |at| self.called(at));
        let (before, after) = show_both(old, new);
        let mut edit = Edit::new(id, self.scope, self.context.polarity)
            .at(old.or(home.0), new.or(home.1))
            .location(location)
            .values(before, after);
        edit.negated = self.context.negated;
        edit.anchor = self.context.anchor;
        edit.in_branch = self.context.in_branch;
        edit.elsewhere = self.context.elsewhere;
        edit.step = self.context.step;
        edit.detour = self.context.detour;
        edit.harmless = self.context.muted.map(str::to_owned);
        if self.context.unclear {
            edit.effect = Some(Effect::Unknown);
        }
        if self.context.bytes {
            edit = edit.undefined("bytes of this media type have no JSON type");
        }
        edit
    }
}
