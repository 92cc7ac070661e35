//! What many rules ask about one contract, read once.

use super::reach::Reach;
use super::schema;
use super::schema_walk::{Element, Sides};
use crate::lexicon::{Act, Candidate, Class, Judgement, Lexicon};
use crate::openapi::{Api, Audience, Operation, Response, SchemaRef, Surface};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, OnceLock};

/// An operation: its place, which several paths may share, and its path.
type Named<'w> = (PlaceId, &'w str);

/// A contract as rule functions see it.
#[derive(Debug)]
pub struct Facts<'w> {
    /// The contract.
    pub api: Api<'w>,
    all: OnceLock<Vec<Operation<'w>>>,
    sides: OnceLock<Sides<'w>>,
    sensitive: OnceLock<FxHashSet<PlaceId>>,
    held: OnceLock<FxHashMap<PlaceId, Vec<Judgement>>>,
    acts: OnceLock<FxHashMap<Named<'w>, Act>>,
    /// The words by which fields are judged.
    pub lexicon: Arc<Lexicon>,
}

impl<'w> Facts<'w> {
    /// Facts about a contract; nothing is read yet.
    pub fn new(api: Api<'w>) -> Self {
        Facts {
            api,
            all: OnceLock::new(),
            sides: OnceLock::new(),
            sensitive: OnceLock::new(),
            held: OnceLock::new(),
            acts: OnceLock::new(),
            lexicon: Lexicon::built_in(),
        }
    }

    fn all(&self) -> &[Operation<'w>] {
        self.all.get_or_init(|| self.api.all_operations())
    }

    /// The operations that the provider offers.
    pub fn operations(&self) -> impl Iterator<Item = &Operation<'w>> {
        self.all().iter().filter(|operation| operation.path.surface == Surface::Path)
    }

    /// Webhooks and callbacks: the operations that the client offers.
    pub fn notifications(&self) -> impl Iterator<Item = &Operation<'w>> {
        self.all().iter().filter(|operation| operation.path.surface != Surface::Path)
    }

    fn sides(&self) -> &Sides<'w> {
        self.sides.get_or_init(|| Sides::of(self.all()))
    }

    /// The schemas of what clients send.
    pub fn request(&self) -> &[Element<'w>] {
        &self.sides().request
    }

    /// The schemas of what clients get when all is well.
    pub fn success(&self) -> &[Element<'w>] {
        &self.sides().success
    }

    /// The schemas of error responses.
    pub fn error(&self) -> &[Element<'w>] {
        &self.sides().error
    }

    /// All of them.
    pub fn everywhere(&self) -> impl Iterator<Item = &Element<'w>> {
        let sides = self.sides();
        sides.request.iter().chain(&sides.success).chain(&sides.error)
    }

    /// What a field holds, the surest class first; nothing for elements without a name of their own.
    pub fn judgements(&self, element: &Element<'w>) -> &[Judgement] {
        let held = self.held.get_or_init(|| {
            let mut held = FxHashMap::default();
            for element in self.everywhere().filter(|element| element.is_named()) {
                held.entry(element.at.id()).or_insert_with(|| self.lexicon.judge(&subject(element)));
            }
            held
        });
        held.get(&element.at.id()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What an operation does. Every operation is read once: rules ask for each of its fields.
    pub fn act(&self, operation: &Operation<'w>) -> Act {
        let key = |operation: &Operation<'w>| (operation.place.id(), operation.path.template);
        let acts = self
            .acts
            .get_or_init(|| self.all().iter().map(|operation| (key(operation), self.lexicon.act(operation))).collect());
        acts.get(&key(operation)).copied().unwrap_or_else(|| self.lexicon.act(operation))
    }

    /// What a field likely holds, of these classes.
    pub fn holds(&self, element: &Element<'w>, classes: &[Class]) -> Option<&Judgement> {
        let judgements = if element.is_named() { self.judgements(element) } else { &[] };
        judgements.iter().find(|judgement| judgement.is_likely() && classes.contains(&judgement.class))
    }

    /// Whether successful responses of the operation carry fields that are classified `confidential` or `restricted`, or
    /// whose names say so (`rules/lexicon.yaml`).
    pub fn returns_sensitive(&self, operation: &Operation<'w>) -> bool {
        let found = self.sensitive.get_or_init(|| {
            let mut reach = Reach::new(|name: &str, place: Place<'_>| is_sensitive(&self.lexicon, name, place));
            let mut found = FxHashSet::default();
            for operation in self.all() {
                let responses = operation.responses().into_iter().filter(Response::is_success);
                let media = responses.flat_map(|response| response.media_types());
                if media.filter_map(|media| media.schema?.place()).any(|schema| reach.holds(schema)) {
                    found.insert(operation.place.id());
                }
            }
            found
        });
        found.contains(&operation.place.id())
    }

    /// The audience that `info` declares, or the root.
    pub fn audience(&self) -> Option<Audience> {
        self.api.info().and_then(Audience::declared).or_else(|| Audience::declared(self.api.root()))
    }

    /// A value of `info`, or of the root.
    pub fn governance(&self, name: &str) -> Option<Place<'w>> {
        self.api.info().and_then(|info| info.get(name)).or_else(|| self.api.root().get(name))
    }
}

fn subject<'w>(element: &Element<'w>) -> Candidate<'w, 'w> {
    Candidate { name: element.name, schema: element.at, holder: element.holder, beside: None }
}

/// Whether a field is declared to be confidential, or holds such data as far as can be told.
fn is_sensitive(lexicon: &Lexicon, name: &str, place: Place<'_>) -> bool {
    match schema::keyword(place, "x-data-classification").and_then(|class| class.get_str("sensitivity")) {
        Some(level) => matches!(level, "confidential" | "restricted"),
        None => {
            let subject = Candidate { name, schema: place, holder: None, beside: None };
            lexicon.judge_as(&Class::SENSITIVE, &subject).is_some_and(|judgement| judgement.is_likely())
        }
    }
}

/// The parts of a path template that are no parameters.
pub(super) fn static_segments(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter(|segment| !segment.is_empty() && !segment.contains('{'))
}

/// The words of the static parts of the path.
pub(super) fn path_words(operation: &Operation<'_>) -> Vec<String> {
    static_segments(operation.path.template).flat_map(super::words::words).collect()
}

/// Whether the operation belongs to an OAuth server: token, introspection, revocation, pushed authorisation.
pub(super) fn is_oauth_endpoint(operation: &Operation<'_>) -> bool {
    let words = path_words(operation);
    let terms = ["oauth", "oauth2", "token", "introspect", "introspection", "revoke", "par", "authorize", "jwks"];
    words.last().is_some_and(|word| terms.contains(&word.as_str())) || super::words::any(&words, &["oauth", "oauth2"])
}

/// Whether a media type carries JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim();
    name == "application/json" || name == "*/*" || name.ends_with("+json")
}

/// What a response shows: examples of its media types, of their schemas, or of 2.0.
pub(super) fn examples_of<'w>(response: &Response<'w>) -> Vec<Place<'w>> {
    let mut out = Vec::new();
    for media in response.media_types() {
        let schema = media.schema.as_ref().and_then(SchemaRef::place);
        for holder in [Some(media.place), schema.map(Place::resolved)].into_iter().flatten() {
            out.extend(holder.get("example"));
            if let Some(example) = holder.get("examples") {
                out.extend(
                    example.members().filter_map(|member| member.value.resolved().get("value").or(Some(member.value))),
                );
                out.extend(example.elements());
            }
        }
    }
    if let Some(example) = response.place.get("examples") {
        out.extend(example.members().map(|member| member.value));
    }
    out
}
