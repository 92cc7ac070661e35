//! No edit is silent: whatever field of an object no comparison looked at ends here.

use super::edit::{Edit, ScopeId, show};
use super::effect::Polarity;
use super::walk::Walk;
use crate::openapi::Audience;
use crate::promise::{SERVICE_KEYS, service_numbers, service_worse};
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
        let action = match (old, new) {
            (None, None) => return,
            (None, Some(_)) => "added",
            (Some(_), None) => "removed",
            (Some(_), Some(_)) => "changed",
        };
        if self.assured(scope, name, (old, new), (base, revision)) {
            return;
        }
        let id = match name {
            "description" => "description-changed".to_owned(),
            "summary" => "summary-changed".to_owned(),
            "title" => "title-changed".to_owned(),
            "example" | "examples" | "x-example" | "x-examples" => "example-changed".to_owned(),
            "externalDocs" => "external-docs-changed".to_owned(),
            "$comment" => "comment-changed".to_owned(),
            name if name.starts_with("x-") => format!("extension-{action}"),
            _ => "field-changed".to_owned(),
        };
        let edit = Edit::new(id, scope, Polarity::ToServer)
            .at(Some(old.unwrap_or(base)), Some(new.unwrap_or(revision)))
            .name(name)
            .values(show(old), show(new));
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
        let edit = |id: &'static str| {
            Edit::new(id, scope, Polarity::ToServer)
                .at(Some(old.unwrap_or(base)), Some(new.unwrap_or(revision)))
                .name(name)
        };
        if AUDIENCE.contains(&name) {
            let (before, after) = (Audience::declared(base), Audience::declared(revision));
            let words = |audience: Option<Audience>| audience.map_or("nobody in particular", Audience::name);
            let id = match (before, after) {
                (Some(before), Some(after)) if before < after => "audience-widened",
                (Some(before), Some(after)) if before > after => "audience-narrowed",
                (Some(Audience::Internal | Audience::Partner), None) => "audience-widened",
                _ => return false,
            };
            self.push(edit(id).values(words(before), words(after)));
            return true;
        }
        if let Some(old) = old.filter(|_| SERVICE_KEYS.contains(&name)) {
            let worse = service_numbers(old).into_iter().filter_map(|(path, value)| {
                let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
                let now = new.and_then(|new| new.descend(&tokens));
                service_worse("the contract", &format!("{name}.{}", path.join(".")), value, now)
            });
            let sentences: Vec<String> = worse.map(|(sentence, _)| sentence).collect();
            if !sentences.is_empty() {
                self.push(edit("service-level-weakened").values(sentences.join("; "), ""));
                return true;
            }
        }
        false
    }
}

/// Keys that say who may see something.
const AUDIENCE: [&str; 3] = ["x-audience", "x-visibility", "x-internal"];
