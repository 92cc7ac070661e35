//! Messages for parts that both sides describe by other rules: a schema that came or went, the style of a parameter, the
//! encoding of a part.
//!
//! Takes edits with the operations they reach; gives a message that the reader refuses, else one that it reads as another
//! value than the sender meant, which no validator calls a refusal.

use super::check::About;
use super::compose::{Content, Draft, Fill};
use super::prove::{Messages, shown};
use super::structural::{about, parameter_at};
use super::wire::{media_of_part, read_content, read_header};
use super::{Side, header_schema, schema_of, source};
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::diff::change::{Event, Subject};
use crate::diff::edit::Edit;
use crate::diff::walk::Root;
use crate::openapi::{Header, MediaType, Operation, Parameter, ParameterIn, Response, Surface};
use crate::schema::{Answer, Direction, Engine, Wish};
use crate::workspace::Place;
use serde_json::{Value, json};

/// A value of every type, those first that travel everywhere.
fn of_every_type() -> [Value; 7] {
    [json!("a"), json!(0), json!(true), json!(["a"]), json!({"a": "a"}), json!(0.5), Value::Null]
}

/// Whether a place is another one or within it.
fn is_within(place: Place<'_>, around: Place<'_>) -> bool {
    place.document_id() == around.document_id() && place.path().starts_with(&around.path())
}

impl<'w> Messages<'w> {
    /// A message with a value of some type, where one side has no schema at all.
    pub(super) fn any_value(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let sender = Side::refusing(edit.polarity).other();
        let pair = (root.base, root.revision);
        let (operation, other) = (sender.of(pair)?, sender.other().of(pair));
        let place = sender.of((edit.base, edit.revision))?;
        of_every_type().into_iter().find_map(|value| {
            let (draft, about) = match edit.id.subject {
                Subject::RequestParameter => {
                    let parameter = parameter_of(&operation, place, &edit.words.location)?;
                    let asked = (parameter.location?, parameter.name.to_owned(), Some(value));
                    let fill = Fill { parameter: Some(asked), ..Fill::default() };
                    (self.writer(sender).request(engine, (&operation, other.as_ref()), &fill)?, about(&parameter)?)
                }
                Subject::ResponseHeader => {
                    let (response, header) = header_at(&operation, place)?;
                    let given = Some((header.name, value));
                    let draft =
                        self.writer(sender).answer(engine, (&response, other.as_ref()), &Content::AsNeeded, given)?;
                    (draft, About::Header(header.name.to_ascii_lowercase()))
                }
                _ => {
                    let (response, media) = media_at(&operation, place)?;
                    let content = Content::Given(media.name.to_owned(), value);
                    (
                        self.with_content(engine, sender, (&operation, other.as_ref()), response.as_ref(), content)?,
                        About::Body,
                    )
                }
            };
            self.confirmed(engine, draft, sender, &pair, &about)
        })
    }

    fn with_content(
        &mut self,
        engine: &mut Engine<'w>,
        sender: Side,
        (operation, other): (&Operation<'w>, Option<&Operation<'w>>),
        response: Option<&Response<'w>>,
        content: Content,
    ) -> Option<Draft> {
        match response {
            None => {
                let fill = Fill { content, ..Fill::default() };
                self.writer(sender).request(engine, (operation, other), &fill)
            }
            Some(response) => self.writer(sender).answer(engine, (response, other), &content, None),
        }
    }

    /// A message with several values in a parameter or header that the other side writes otherwise.
    pub(super) fn style(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        if edit.id.subject == Subject::ResponseHeader {
            return self.header_style(engine, edit, root);
        }
        let operation = &root.base?;
        let parameter = parameter_of(operation, edit.base?, &edit.words.location)?;
        let (place, schema) = (parameter.location?, schema_of(&parameter)?);
        let several = self.writers.0.several(engine, &schema)?;
        let asked = (place, parameter.name.to_owned(), Some(several.clone()));
        let fill = Fill { parameter: Some(asked), ..Fill::default() };
        let draft = self.writers.0.request(engine, (operation, root.revision.as_ref()), &fill)?;
        self.misread(engine, draft, &(root.base, root.revision), (place, parameter.name, &several))
    }

    fn header_style(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let (response, header) = header_at(&root.revision?, edit.revision?)?;
        let (_, known) = header_at(&root.base?, edit.base?)?;
        let schema = header_schema(&header)?;
        let several = self.writers.1.several(engine, &schema)?;
        let given = Some((header.name, several.clone()));
        let draft = self.writers.1.answer(engine, (&response, root.base.as_ref()), &Content::AsNeeded, given)?;
        let message = draft.wire.as_ref().ok()?;
        let text = super::wire::header_of(message, header.name)?.to_owned();
        let read = |header: &Header<'w>| read_header(header, header_schema(header).as_ref(), &text);
        let (sent, read) = (read(&header), read(&known));
        if !sent.contains(&several) || read.contains(&several) {
            return None;
        }
        let name = header.name;
        let reason = match read.first() {
            Some(other) => format!("the base reads `{name}` as `{other}`, the revision sends `{several}`"),
            None => format!("the base cannot read `{name}`, the revision sends `{several}`"),
        };
        self.told(engine, draft, Side::Revision, reason)
    }

    /// A message with a part that the other side describes with another encoding.
    pub(super) fn encoding(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let sender = Side::refusing(edit.polarity).other();
        let pair = (root.base, root.revision);
        let (operation, other) = (sender.of(pair)?, sender.other().of(pair)?);
        let (response, media) = media_at(&operation, sender.of((edit.base, edit.revision))?)?;
        let (_, twin) = media_at(&other, sender.other().of((edit.base, edit.revision))?)?;
        let (schema, name) = (media.schema.as_ref()?, edit.words.name.as_str());
        let direction = if sender == Side::Base { Direction::Request } else { Direction::Response };
        let own = source(schema, self.dialect(sender));
        let wish = |several: bool| {
            let mut all = vec![Wish::Present(name.to_owned())];
            all.extend(several.then_some(Wish::Fields));
            all
        };
        let value =
            [true, false].into_iter().find_map(|several| match engine.ask(&own, None, direction, &wish(several)) {
                Answer::Found(value, _) => Some(value),
                _ => None,
            })?;
        let content = Content::Given(media.name.to_owned(), value.clone());
        let draft = self.with_content(engine, sender, (&operation, Some(&other)), response.as_ref(), content)?;
        let body = draft.wire.as_ref().ok()?.body.as_ref()?;
        let read = read_content(body, &twin);
        let of = |value: &Value| value.get(name).cloned();
        let reason = if read.iter().any(|value_read| of(value_read) == of(&value)) {
            let types = (media_of_part(&media, name, &value), media_of_part(&twin, name, &value));
            let (Some(own), Some(theirs)) = types else { return None };
            if own == theirs {
                return None;
            }
            format!("the part `{name}` is sent as `{own}`, the {} describes `{theirs}`", sender.other().name())
        } else {
            let (own, theirs) = (of(&value).unwrap_or_default(), read.first().and_then(of).unwrap_or_default());
            format!("the {} reads `{name}` as `{theirs}`, the {} sends `{own}`", sender.other().name(), sender.name())
        };
        self.told(engine, draft, sender, reason)
    }

    /// A request with a parameter that has no value, or reserved characters as they are.
    pub(super) fn as_it_is(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let operation = &root.base?;
        let parameter = parameter_of(operation, edit.base?, &edit.words.location)?;
        let name = parameter.name;
        let (values, reason): (&[&str], _) = if edit.id.event == Event::AllowEmptyValueUnset {
            (&[""], format!("the base allows `{name}` without a value, the revision does not"))
        } else {
            let words = "with reserved characters as they are, the revision percent-encoded";
            (&["a/b", "a:b", "a,b", "a@b"], format!("the base takes `{name}` {words}"))
        };
        values.iter().find_map(|value| {
            let asked = (parameter.location?, name.to_owned(), Some(Value::from(*value)));
            let fill = Fill { parameter: Some(asked), ..Fill::default() };
            let draft = self.writers.0.request(engine, (operation, root.revision.as_ref()), &fill)?;
            self.told(engine, draft, Side::Base, reason.clone())
        })
    }

    /// The request of a callback that is gone.
    pub(super) fn callback(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let (place, operation) = (edit.base?, root.base?);
        let within = |one: &Operation<'w>| is_within(one.place, place) || is_within(place, one.place);
        let all = operation.callbacks();
        let gone = if operation.path.surface == Surface::Callback {
            operation
        } else {
            all.iter().flat_map(|callback| callback.item.operations()).find(within)?
        };
        let draft = self.writers.0.request(engine, (&gone, None), &Fill::default())?;
        self.confirmed(engine, draft, Side::Base, &(Some(gone), None), &About::Operation)
    }

    /// A message that its sender's side accepts, and what the other side makes of it.
    fn told(&mut self, engine: &mut Engine<'w>, draft: Draft, sender: Side, reason: String) -> Option<Evidence> {
        let message = draft.wire.ok()?;
        let good = self.read(sender, engine, &message);
        let taken = !good.unclear && !good.refuses();
        taken.then(|| shown(EvidenceStatus::None, (draft.value, &message), sender, reason))
    }
}

/// The parameter that an edit stands in, else the one with this label.
fn parameter_of<'w>(operation: &Operation<'w>, place: Place<'w>, label: &str) -> Option<Parameter<'w>> {
    let all = operation.parameters();
    let around =
        all.iter().find(|parameter| parameter.location != Some(ParameterIn::Path) && is_within(place, parameter.place));
    around.copied().or_else(|| parameter_at(operation, place, label))
}

/// The header of a response that an edit stands in.
fn header_at<'w>(operation: &Operation<'w>, place: Place<'w>) -> Option<(Response<'w>, Header<'w>)> {
    operation.responses().into_iter().find_map(|response| {
        let header = response.headers().into_iter().find(|header| is_within(place, header.place))?;
        Some((response, header))
    })
}

/// The media type that an edit stands in, of a response or else of the request.
fn media_at<'w>(operation: &Operation<'w>, place: Place<'w>) -> Option<(Option<Response<'w>>, MediaType<'w>)> {
    let here = |media: &MediaType<'w>| is_within(place, media.place);
    if let Some(media) = operation.body().and_then(|body| body.media_types.into_iter().find(here)) {
        return Some((None, media));
    }
    operation.responses().into_iter().find_map(|response| {
        let media = response.media_types().into_iter().find(here)?;
        Some((Some(response), media))
    })
}
