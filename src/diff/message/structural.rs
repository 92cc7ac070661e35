//! Messages for edits that are not about the values of a schema: operations, credentials, servers, parameters, bodies and
//! answers that came, went or moved.
//!
//! Takes edits with the operations they reach; gives what `prove` confirms.

use super::Side;
use super::check::About;
use super::compose::{Content, Fill};
use super::credentials::credentials;
use super::notation::takes;
use super::prove::{Messages, answer_of};
use crate::diagnostic::Evidence;
use crate::diff::change::{Event, Group, Subject};
use crate::diff::edit::Edit;
use crate::diff::effect::Polarity;
use crate::diff::walk::Root;
use crate::openapi::{MediaType, Operation, Parameter, ParameterIn, Server};
use crate::schema::Engine;
use crate::workspace::Place;

/// Ways to authenticate that are tried for one operation.
const MAX_WAYS: usize = 200;

/// Operations that are tried for one edit.
const MAX_ROOTS: usize = 3;

impl<'w> Messages<'w> {
    /// The message that shows an edit that is not about the values of a schema.
    pub(in crate::diff) fn structural(
        &mut self,
        engine: &mut Engine<'w>,
        edit: &Edit<'w>,
        roots: &[&Root<'w>],
    ) -> Option<Evidence> {
        if self.is_spent() {
            return None;
        }
        roots.iter().take(MAX_ROOTS).find_map(|root| self.one(engine, edit, root))
    }

    fn one(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        match edit.id.event {
            Event::PathRemovedWithoutDeprecation
            | Event::PathRemovedWithDeprecation
            | Event::PathRemovedBeforeSunset
            | Event::OperationRemovedWithoutDeprecation
            | Event::OperationRemovedWithDeprecation
            | Event::OperationRemovedBeforeSunset
            | Event::OperationMoved
            | Event::WebhookRemoved => {
                let fill = Fill { path: root.path.map(str::to_owned), ..Fill::default() };
                let message = self.writers.0.request(engine, (&root.base?, root.revision.as_ref()), &fill)?;
                self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &About::Operation)
            }
            Event::RequiredParameterAdded
            | Event::RequiredPathItemParameterAdded
            | Event::PathParameterAdded
            | Event::RequiredPropertyAdded
            | Event::RequiredPropertyWithDefaultAdded
            | Event::ParameterBecameRequired => self.without_parameter(engine, edit, root, Side::Base),
            Event::ParameterBecameOptional => self.without_parameter(engine, edit, root, Side::Revision),
            Event::ParameterRemoved
            | Event::ParameterRemovedWithDeprecation
            | Event::ParameterRemovedBeforeSunset
            | Event::ParameterMoved => match edit.polarity {
                Polarity::ToServer => self.with_parameter(engine, edit, root),
                Polarity::ToClient => self.without_parameter(engine, edit, root, Side::Revision),
            },
            Event::CallbackRemoved => self.callback(engine, edit, root),
            Event::StyleChanged | Event::ExplodeChanged | Event::ContentChanged => self.style(engine, edit, root),
            Event::AllowEmptyValueUnset | Event::AllowReservedUnset => self.as_it_is(engine, edit, root),
            Event::EncodingChanged => self.encoding(engine, edit, root),
            Event::SchemaAdded
            | Event::SchemaRemoved
            | Event::MediaTypeSchemaAdded
            | Event::MediaTypeSchemaRemoved
            | Event::ItemSchemaAdded
            | Event::ItemSchemaRemoved => self.any_value(engine, edit, root),
            event => match event.group() {
                Group::Security | Group::SecurityScheme => self.security(engine, root),
                Group::Server => self.server(engine, root),
                Group::Body => self.request_body(engine, edit, root),
                Group::MediaType if edit.id.subject == Subject::RequestBody => self.request_body(engine, edit, root),
                Group::Response | Group::MediaType | Group::Header => self.answer(engine, edit, root),
                _ => None,
            },
        }
    }

    /// The message with credentials that the revision refuses; all edits of one operation are shown by the same.
    fn security(&mut self, engine: &mut Engine<'w>, root: &Root<'w>) -> Option<Evidence> {
        if let Some(known) = self.refused_credentials.get(&root.scope) {
            return known.clone();
        }
        let found = self.refused(engine, root);
        self.refused_credentials.insert(root.scope, found.clone());
        found
    }

    fn refused(&mut self, engine: &mut Engine<'w>, root: &Root<'w>) -> Option<Evidence> {
        let operation = &root.base?;
        credentials(operation).into_iter().take(MAX_WAYS).find_map(|way| {
            let fill = Fill { credentials: Some(way), ..Fill::default() };
            let message = self.writers.0.request(engine, (operation, root.revision.as_ref()), &fill)?;
            self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &About::Credentials)
        })
    }

    fn server(&mut self, engine: &mut Engine<'w>, root: &Root<'w>) -> Option<Evidence> {
        let operation = &root.base?;
        let servers = operation.servers();
        let written = servers.iter().filter(|server| server.place.is_some());
        let urls: Vec<String> = written.flat_map(Server::urls).collect();
        urls.into_iter().find_map(|url| {
            let fill = Fill { server: Some(url), ..Fill::default() };
            let message = self.writers.0.request(engine, (operation, root.revision.as_ref()), &fill)?;
            self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &About::Operation)
        })
    }

    /// A request as the sender's side knows it, that lacks a parameter the other side asks for.
    fn without_parameter(
        &mut self,
        engine: &mut Engine<'w>,
        edit: &Edit<'w>,
        root: &Root<'w>,
        sender: Side,
    ) -> Option<Evidence> {
        let asking = sender.other();
        let place = asking.of((edit.base, edit.revision))?;
        let reader = asking.of((root.base, root.revision))?;
        let parameter = parameter_at(&reader, place, &edit.words.location)?;
        let operation = sender.of((root.base, root.revision))?;
        let fill = Fill { without: Some((parameter.location?, parameter.name.to_owned())), ..Fill::default() };
        let message = self.writer(sender).request(engine, (&operation, Some(&reader)), &fill)?;
        self.confirmed(engine, message, sender, &(root.base, root.revision), &about(&parameter)?)
    }

    /// A request with a parameter that the revision no longer describes.
    fn with_parameter(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let operation = &root.base?;
        let parameter = parameter_at(operation, edit.base?, &edit.words.location)?;
        let fill = Fill { parameter: Some((parameter.location?, parameter.name.to_owned(), None)), ..Fill::default() };
        let message = self.writers.0.request(engine, (operation, root.revision.as_ref()), &fill)?;
        let about = if parameter.location == Some(ParameterIn::Path) { About::Operation } else { about(&parameter)? };
        self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &about)
    }

    fn request_body(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let fill = |content| Fill { content, ..Fill::default() };
        let media = |operation: &Operation<'w>, place: Option<Place<'w>>| {
            let body = operation.body()?;
            let found =
                body.media_types.iter().find(|media| Some(media.place) == place && media.name == edit.words.name);
            found.map(|media| media.name.to_owned())
        };
        let (sender, content, part) = match edit.id.event {
            Event::BodyBecameRequired | Event::RequiredBodyAdded => (Side::Base, Content::Absent, About::Body),
            Event::BodyBecameOptional => (Side::Revision, Content::Absent, About::Body),
            Event::BodyRemoved if edit.polarity == Polarity::ToClient => (Side::Revision, Content::Absent, About::Body),
            Event::BodyRemoved => (Side::Base, Content::Any(None, None), About::Body),
            Event::RequestMediaTypeAdded => {
                (Side::Revision, Content::Any(Some(media(&root.revision?, edit.revision)?), None), About::Media)
            }
            Event::RequestMediaTypeRemoved
            | Event::RequestMediaTypeNameGeneralized
            | Event::RequestMediaTypeNameSpecialized => {
                let name = media(&root.base?, edit.base)?;
                let described = root.revision.and_then(|operation| operation.body()).map(|body| body.media_types);
                let concrete = left_out(&name, &described.unwrap_or_default());
                (Side::Base, Content::Any(Some(name), concrete), About::Media)
            }
            _ => return None,
        };
        let operation = sender.of((root.base, root.revision))?;
        let other = sender.other().of((root.base, root.revision));
        let message = self.writer(sender).request(engine, (&operation, other.as_ref()), &fill(content))?;
        self.confirmed(engine, message, sender, &(root.base, root.revision), &part)
    }

    fn answer(&mut self, engine: &mut Engine<'w>, edit: &Edit<'w>, root: &Root<'w>) -> Option<Evidence> {
        let event = edit.id.event;
        let base = root.base?;
        if event.group() == Group::Response && event != Event::DefaultResponseAdded {
            let response = base.responses().into_iter().find(|response| Some(response.at) == edit.base)?;
            let message =
                self.writers.0.answer(engine, (&response, root.revision.as_ref()), &Content::AsNeeded, None)?;
            return self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &About::Status);
        }
        if matches!(
            event,
            Event::ResponseMediaTypeAdded
                | Event::ResponseMediaTypeRemoved
                | Event::ResponseMediaTypeNameGeneralized
                | Event::ResponseMediaTypeNameSpecialized
        ) {
            for response in base.responses() {
                let all = response.media_types();
                let found = all.iter().find(|media| Some(media.place) == edit.base && media.name == edit.words.name);
                let Some(media) = found else { continue };
                let content = Content::Any(Some(media.name.to_owned()), None);
                let message = self.writers.0.answer(engine, (&response, root.revision.as_ref()), &content, None)?;
                return self.confirmed(engine, message, Side::Base, &(root.base, root.revision), &About::Media);
            }
            return None;
        }
        if matches!(event, Event::RequiredHeaderRemoved | Event::HeaderBecameOptional) {
            let name = edit.words.name.to_ascii_lowercase();
            for response in base.responses() {
                let has = response.headers().iter().any(|h| h.required() && h.name.eq_ignore_ascii_case(&name));
                let Some(new) = root.revision.and_then(|operation| answer_of(&operation, response.status)) else {
                    continue;
                };
                if !has {
                    continue;
                }
                let message = self.writers.1.answer(engine, (&new, Some(&base)), &Content::AsNeeded, None)?;
                let about = About::Header(name.clone());
                if let Some(evidence) =
                    self.confirmed(engine, message, Side::Revision, &(root.base, root.revision), &about)
                {
                    return Some(evidence);
                }
            }
        }
        None
    }
}

pub(super) fn about(parameter: &Parameter<'_>) -> Option<About> {
    Some(About::Parameter(parameter.location?.name(), parameter.name.to_owned()))
}

/// A type of a range that the other side does not describe; `None` for what is no range.
fn left_out(range: &str, described: &[MediaType<'_>]) -> Option<String> {
    const USUAL: [&str; 7] = [
        "application/json",
        "application/vnd.example+json",
        "text/plain",
        "text/csv",
        "application/xml",
        "application/octet-stream",
        "image/png",
    ];
    let free = |name: &&str| takes(range, name) && !described.iter().any(|media| takes(media.name, name));
    range.contains('*').then(|| USUAL.into_iter().find(free).map(str::to_owned))?
}

/// The parameter of an operation that stands at a place (or holds it), else the one with this label.
pub(super) fn parameter_at<'w>(operation: &Operation<'w>, place: Place<'w>, label: &str) -> Option<Parameter<'w>> {
    let all = operation.parameters();
    let here = |p: &&Parameter<'w>| p.at == place || p.place == place || p.place.get("required") == Some(place);
    all.iter().find(here).or_else(|| all.iter().find(|p| p.label() == label)).copied()
}
