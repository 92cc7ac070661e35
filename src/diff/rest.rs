//! No edit is silent: whatever field of an object no comparison looked at ends here.

use super::change::Event;
use super::edit::{Edit, ScopeId, shorten, show, show_both};
use super::effect::Polarity;
use super::walk::Walk;
use crate::openapi::Audience;
use crate::promise::{CLASSIFICATION, SERVICE_KEYS, declassified, service_numbers, service_worse};
use crate::workspace::Place;

impl<'w> Walk<'w, '_> {
    /// Reports every member of two objects that differs and is not in `handled`.
    pub(super) fn rest(&mut self, scope: ScopeId, base: Place<'w>, revision: Place<'w>, handled: &[&str]) {
        if self.same.alike(base, revision) {
            return;
        }
        let names = base.members().chain(revision.members().filter(|member| base.get(member.name).is_none()));
        for name in names.map(|member| member.name) {
            if !handled.contains(&name) {
                self.field(scope, name, base.get(name), revision.get(name), (base, revision));
            }
        }
    }

    /// Reports one field that differs, under the id that its name has.
    pub(super) fn field(
        &mut self,
        scope: ScopeId,
        name: &str,
        old: Option<Place<'w>>,
        new: Option<Place<'w>>,
        (base, revision): (Place<'w>, Place<'w>),
    ) {
        if let (Some(old), Some(new)) = (old, new)
            && self.same.alike(old, new)
        {
            return;
        }
        let extension = match (old, new) {
            (None, None) => return,
            (None, Some(_)) => Event::ExtensionAdded,
            (Some(_), None) => Event::ExtensionRemoved,
            (Some(_), Some(_)) => Event::ExtensionChanged,
        };
        if self.assured(scope, name, (old, new), (base, revision)) {
            return;
        }
        let event = match name {
            "description" => Event::DescriptionChanged,
            "summary" => Event::SummaryChanged,
            "title" => Event::TitleChanged,
            "example" | "examples" | "x-example" | "x-examples" => Event::ExampleChanged,
            "externalDocs" => Event::ExternalDocsChanged,
            "$comment" => Event::CommentChanged,
            name if name.starts_with("x-") => extension,
            _ => Event::FieldChanged,
        };
        let (before, after) = show_both(old, new);
        let edit = Edit::new(event, scope, Polarity::ToServer)
            .at(Some(old.unwrap_or(base)), Some(new.unwrap_or(revision)))
            .name(name)
            .values(before, after);
        self.push(edit);
    }

    /// Extensions that promise something apart from messages: who may see it, and how it serves.
    fn assured(
        &mut self,
        scope: ScopeId,
        name: &str,
        (old, new): (Option<Place<'w>>, Option<Place<'w>>),
        (base, revision): (Place<'w>, Place<'w>),
    ) -> bool {
        let edit = |event: Event| {
            Edit::new(event, scope, Polarity::ToServer)
                .at(Some(old.unwrap_or(base)), Some(new.unwrap_or(revision)))
                .name(name)
        };
        if AUDIENCE.contains(&name) {
            let (before, after) = (Audience::declared(base), Audience::declared(revision));
            let words = |audience: Option<Audience>| audience.map_or("nobody in particular", Audience::name);
            let event = match (before, after) {
                (Some(before), Some(after)) if before < after => Event::AudienceWidened,
                (Some(before), Some(after)) if before > after => Event::AudienceNarrowed,
                (Some(Audience::Internal | Audience::Partner), None) => Event::AudienceWidened,
                _ => return false,
            };
            self.push(edit(event).values(words(before), words(after)));
            return true;
        }
        if let Some(event) = unprotected(name, old, new) {
            self.push(edit(event).values(show(old), show(new)));
            return true;
        }
        if name == CLASSIFICATION
            && let Some(before) = old
        {
            let tokens = base.path();
            let holder = tokens.last().map_or("the document", String::as_str);
            if let Some((words, at)) = declassified(&shorten(holder), before, revision) {
                self.push(edit(Event::ClassificationLowered).at(Some(before), Some(at)).values(words, ""));
                return true;
            }
        }
        if let Some(old) = old.filter(|_| SERVICE_KEYS.contains(&name)) {
            let worse = service_numbers(old).into_iter().filter_map(|(path, value)| {
                let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
                let now = new.and_then(|new| new.descend(&tokens));
                service_worse("the contract", &format!("{name}.{}", path.join(".")), value, now)
            });
            let sentences: Vec<String> = worse.map(|(sentence, _)| sentence).collect();
            if !sentences.is_empty() {
                self.push(edit(Event::ServiceLevelWeakened).values(sentences.join("; "), ""));
                return true;
            }
        }
        false
    }
}

/// The event in which a declared protection is taken away.
fn unprotected(name: &str, old: Option<Place<'_>>, new: Option<Place<'_>>) -> Option<Event> {
    let is_on = |place: Option<Place<'_>>| {
        place.is_some_and(|place| !place.is_null() && place.as_bool() != Some(false) && place.as_str() != Some("none"))
    };
    match name {
        "x-public" if is_on(new) && !is_on(old) => Some(Event::PublicAccessDeclared),
        "x-sca" | "x-acr" if is_on(old) && !is_on(new) => Some(Event::StepUpRemoved),
        "x-encryption" if is_on(old) && !is_on(new) => Some(Event::EncryptionRemoved),
        _ => None,
    }
}

/// Keys that say who may see something.
const AUDIENCE: [&str; 3] = ["x-audience", "x-visibility", "x-internal"];
