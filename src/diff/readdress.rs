//! Addresses that another path answers than before: a new path takes them from a template that stays, or a template answers
//! for a path that is gone.
//!
//! A path without variables is matched before its templated counterparts (OpenAPI 3.1.1, section 4.8.8). Takes the path items
//! of both contracts; compares the operation that answered an address with the one that answers it now, in a walk of its own,
//! and tells the gravest finding of that walk as an edit of the path.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, Ruling};
use super::effect::Polarity;
use super::judge;
use super::message::{is_named, may_be};
use super::options::Options;
use super::paths::{self, OperationPair};
use super::walk::Walk;
use crate::diagnostic::{Category, Diagnostic, Impact};
use crate::openapi::{Operation, Parameter, ParameterIn, PathItem, Server};
use crate::schema::{Dialect, Engine, Settings};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// Pairs of paths that are looked at, at most; beyond, the comparison says that it stopped.
const MAX_LOOKS: usize = 20_000_000;

/// Steps of a question whether a word may be the value of a parameter.
const STEPS: u64 = 2_000;

/// The path items of one contract, by their number of segments.
struct Routes<'w> {
    by_length: FxHashMap<usize, Vec<PathItem<'w>>>,
    shapes: FxHashSet<String>,
}

impl<'w> Routes<'w> {
    fn new(items: &[PathItem<'w>]) -> Self {
        let mut by_length: FxHashMap<usize, Vec<PathItem<'w>>> = FxHashMap::default();
        for item in items {
            by_length.entry(length(item.template)).or_default().push(*item);
        }
        Routes { by_length, shapes: items.iter().map(|item| paths::shape(item.template)).collect() }
    }

    fn has(&self, template: &str) -> bool {
        self.shapes.contains(&paths::shape(template))
    }

    /// The template that answers all requests to a path, where it has no item of its own: of several the one that leaves the
    /// fewest words open. Counts how many are looked at.
    fn around(&self, path: &str, looks: &mut usize) -> Option<PathItem<'w>> {
        let candidates = self.by_length.get(&length(path)).map(Vec::as_slice).unwrap_or_default();
        *looks += candidates.len();
        if *looks > MAX_LOOKS {
            return None;
        }
        let fitting = candidates.iter().filter_map(|item| Some((paths::bound(item.template, path)?.len(), *item)));
        fitting.min_by_key(|(open, _)| *open).map(|(_, item)| item)
    }
}

fn length(path: &str) -> usize {
    path.matches('/').count()
}

/// Requests to one address that another operation answers than before.
struct Handover<'w> {
    old: Operation<'w>,
    /// `None` where the path that answers has no operation with this method.
    new: Option<Operation<'w>>,
    items: (PathItem<'w>, PathItem<'w>),
    /// The words in the path are values that the contract names itself.
    named: bool,
}

impl<'w> Handover<'w> {
    /// The path that the requests go to.
    fn path(&self) -> &'w str {
        let (old, new) = (self.items.0.template, self.items.1.template);
        if paths::bound(old, new).is_some() { new } else { old }
    }
}

/// What a removed operation is, whose requests a template answers now.
pub(super) struct Heir<'w> {
    item: PathItem<'w>,
    operation: Operation<'w>,
    gravest: Option<Diagnostic>,
}

/// Operations that are gone, with who answers in their place.
pub(super) type Heirs<'w> = FxHashMap<PlaceId, Heir<'w>>;

impl<'w> Walk<'w, '_> {
    /// Tells which new paths take requests from templates that stay; gives the templates that answer for removed operations.
    pub(super) fn readdressed(
        &mut self,
        items: (&[PathItem<'w>], &[PathItem<'w>]),
        pairs: &[OperationPair<'w>],
        removed: &[Operation<'w>],
    ) -> Heirs<'w> {
        let kept: FxHashSet<PlaceId> = pairs.iter().map(|pair| pair.revision.operation.path.at.id()).collect();
        let is_new = |item: &&PathItem<'w>| !kept.contains(&item.at.id());
        let new: Vec<PathItem<'w>> = items.1.iter().filter(is_new).copied().collect();
        if new.is_empty() && removed.is_empty() {
            return Heirs::default();
        }
        let routes = (Routes::new(items.0), Routes::new(items.1));
        let mut words = Words::new(self);
        let mut looks = 0;
        let mut handovers = Vec::new();
        for path in new.iter().filter(|item| !routes.0.has(item.template)) {
            let template = routes.0.around(path.template, &mut looks).filter(|item| routes.1.has(item.template));
            handovers.extend(template.into_iter().flat_map(|template| words.taken(template, *path, pairs)));
        }
        let taken = handovers.len();
        for old in removed.iter().filter(|old| !routes.1.has(old.path.template)) {
            let template = routes.1.around(old.path.template, &mut looks);
            handovers.extend(template.and_then(|template| words.left(old, template)));
        }
        if looks > MAX_LOOKS {
            self.stop(format!("the comparison stopped after {MAX_LOOKS} pairs of paths"));
        }
        let gravest = self.compared(&handovers);
        let mut told: FxHashMap<PlaceId, Vec<(&Handover<'w>, Diagnostic)>> = FxHashMap::default();
        let mut heirs = Heirs::default();
        for (at, (handover, gravest)) in handovers.iter().zip(gravest).enumerate() {
            match (gravest, handover.new) {
                (Some(gravest), _) if at < taken => {
                    told.entry(handover.items.1.at.id()).or_default().push((handover, gravest));
                }
                (gravest, Some(operation)) if at >= taken => {
                    let heir = Heir { item: handover.items.1, operation, gravest };
                    heirs.insert(handover.old.place.id(), heir);
                }
                _ => {}
            }
        }
        for path in &new {
            if let Some(found) = told.remove(&path.at.id()) {
                self.takes_requests(&found);
            }
        }
        heirs
    }

    /// Compares operations for the addresses that went from the one to the other; gives the gravest finding of each pair.
    fn compared(&self, handovers: &[Handover<'w>]) -> Vec<Option<Diagnostic>> {
        if handovers.is_empty() {
            return Vec::new();
        }
        let options = Options { overrides: Vec::new(), expand: false, ..self.options.clone() };
        let mut walk = Walk::new(self.base, self.revision, &options);
        walk.quiet = true;
        let one = |handover: &Handover<'w>| {
            let first = walk.roots.len();
            walk.handover(handover);
            first..walk.roots.len()
        };
        let ranges: Vec<Range<usize>> = handovers.iter().map(one).collect();
        walk.drain();
        let mut out: Vec<Option<Diagnostic>> = vec![None; handovers.len()];
        for (finding, operations) in judge::by_operation(&mut walk) {
            for operation in operations {
                let at = ranges.partition_point(|range| range.end <= operation as usize);
                if let Some(known) = out.get_mut(at)
                    && known.as_ref().is_none_or(|known| known.impact < finding.impact)
                {
                    *known = Some(finding.clone());
                }
            }
        }
        out
    }

    /// Walks the operation that answered an address and the one that answers it now.
    fn handover(&mut self, handover: &Handover<'w>) {
        let (old, path) = (&handover.old, handover.path());
        let scope = self.root(Some(*old), handover.new);
        let Some(new) = &handover.new else {
            if let Some(root) = self.roots.last_mut() {
                root.path = Some(path);
            }
            let id = ChangeId::new(Subject::Operation, Event::OperationRemovedWithoutDeprecation);
            let edit = Edit::new(id, scope, Polarity::ToServer).at(Some(old.place), None);
            return self.push(edit.location(old.label()).name(old.label()));
        };
        let outer = std::mem::replace(&mut self.here, (self.roots.len() - 1, None));
        let sides = (open(old, path), open(new, path));
        let lists = ((&*sides.0.0, &*sides.0.1), (&*sides.1.0, &*sides.1.1));
        self.security(scope, old, new, Polarity::ToServer);
        self.parameter_lists(scope, lists.0, lists.1, new, Polarity::ToServer);
        self.body(scope, old, new, Polarity::ToServer);
        self.responses(scope, old, new, Polarity::ToClient);
        self.callbacks(old, new, 0);
        self.here = outer;
    }

    /// A new path that answers requests otherwise than the template that answered them.
    fn takes_requests(&mut self, found: &[(&Handover<'w>, Diagnostic)]) {
        let grave = |(handover, finding): &&(&Handover<'w>, Diagnostic)| weight(handover, finding).is_some();
        let found: Vec<_> = found.iter().filter(grave).collect();
        // What an operation does otherwise says more than that one is missing.
        let rank = |(handover, finding): &&&(&Handover<'w>, Diagnostic)| {
            (weight(handover, finding), handover.new.is_some(), std::cmp::Reverse(handover.old.place.id()))
        };
        let Some((handover, finding)) = found.iter().max_by_key(rank).copied() else { return };
        let (from, to) = handover.items;
        let Some(impact) = weight(handover, finding) else { return };
        let scope = self.scope();
        for (handover, _) in &found {
            let root = self.root(Some(handover.old), handover.new);
            self.link(root, scope);
        }
        let note = match handover.new {
            Some(new) => format!("at `{}`, {}", new.label(), finding.message),
            None => {
                let all = found.iter().filter(|(handover, _)| handover.new.is_none());
                let all: Vec<String> = all.map(|(handover, _)| handover.old.method.to_ascii_uppercase()).collect();
                format!("it does not offer `{}`", all.join("`, `"))
            }
        };
        let ruling = Ruling {
            impact,
            category: finding.category.unwrap_or(Category::Contract),
            evidence: finding.evidence.clone(),
        };
        self.push(
            Edit::new(Event::PathTakesRequests, scope, Polarity::ToServer)
                .at(Some(from.at), Some(to.at))
                .location(to.template)
                .values(from.template, to.template)
                .note(note)
                .ruled(ruling),
        );
    }
}

/// The edit of a removed operation, where a template answers its requests now.
pub(super) fn inherited<'w>(edit: Edit<'w>, heir: &Heir<'w>) -> Edit<'w> {
    let (impact, label) = (heir.gravest.as_ref().map_or(Impact::None, |one| one.impact), heir.operation.label());
    match &heir.gravest {
        Some(finding) if impact > Impact::Compatible => {
            let category = finding.category.unwrap_or(Category::Contract);
            let ruling = Ruling { impact, category, evidence: finding.evidence.clone() };
            edit.note(format!("`{label}` answers its requests now: {}", finding.message)).ruled(ruling)
        }
        _ => Edit::new(Event::PathServedByTemplate, edit.scope, Polarity::ToServer)
            .at(edit.base, Some(heir.item.at))
            .values(edit.words.name, label),
    }
}

/// How grave it is that a path takes requests, by the finding that their answer got; `None` where nobody needs to know. That
/// a client sends this very word is told by a contract that names it; elsewhere it is no more than possible. Which of two
/// templates is matched the standard leaves open.
fn weight(handover: &Handover<'_>, finding: &Diagnostic) -> Option<Impact> {
    let certain = handover.named && !handover.items.1.template.contains('{');
    match finding.impact {
        Impact::Breaking if certain => Some(Impact::Breaking),
        Impact::Breaking => Some(Impact::Risky),
        Impact::Risky if certain => Some(Impact::Risky),
        _ => None,
    }
}

/// The parameters of an operation at a path, without those that stand for words of it, and the names of those in the path
/// that are left.
fn open<'w>(operation: &Operation<'w>, path: &str) -> (Vec<Parameter<'w>>, Vec<&'w str>) {
    let template = operation.path.template;
    let words = paths::bound(template, path).unwrap_or_default();
    let is_word = |name: &str| words.iter().any(|(word, _)| *word == name);
    let mut all = operation.parameters();
    all.retain(|parameter| parameter.location != Some(ParameterIn::Path) || !is_word(parameter.name));
    let mut names = paths::parameters(template);
    names.retain(|name| !is_word(name));
    (all, names)
}

/// Asks whether words in paths are values of the parameters that stand there in templates.
struct Words<'w> {
    engine: Engine<'w>,
    dialects: (Dialect, Dialect),
}

impl<'w> Words<'w> {
    fn new(walk: &Walk<'w, '_>) -> Self {
        let settings = Settings { steps: STEPS, formats: walk.options.formats.clone(), ..Settings::default() };
        let dialect = |api: crate::openapi::Api<'w>| {
            Dialect::of(api.version(), api.root().get("jsonSchemaDialect").and_then(Place::as_str))
        };
        Words { engine: Engine::new(settings), dialects: (dialect(walk.base), dialect(walk.revision)) }
    }

    /// What a new path takes from a template: for each operation that both contracts have there.
    fn taken(&mut self, template: PathItem<'w>, path: PathItem<'w>, pairs: &[OperationPair<'w>]) -> Vec<Handover<'w>> {
        let offered = path.operations();
        let mut out = Vec::new();
        let stay = pairs.iter().filter(|pair| pair.base.operation.path.at == template.at);
        for old in stay.map(|pair| pair.base.operation) {
            let Some(named) = self.fit(&old, path.template, self.dialects.0) else { continue };
            if !offered.is_empty() && !offered.iter().any(|new| meet(&old, new)) {
                continue;
            }
            let new = offered.iter().find(|new| new.method.eq_ignore_ascii_case(old.method)).copied();
            out.push(Handover { old, new, items: (template, path), named });
        }
        out
    }

    /// What a removed operation leaves to a template: nothing, where that does not answer its requests.
    fn left(&mut self, old: &Operation<'w>, template: PathItem<'w>) -> Option<Handover<'w>> {
        let heirs = template.operations();
        let new = heirs.into_iter().find(|new| new.method.eq_ignore_ascii_case(old.method) && meet(old, new))?;
        let named = self.fit(&new, old.path.template, self.dialects.1)?;
        Some(Handover { old: *old, new: Some(new), items: (old.path, template), named })
    }

    /// Whether an operation takes the words of a path for its parameters; if so, whether the contract names all of them.
    fn fit(&mut self, operation: &Operation<'w>, path: &str, dialect: Dialect) -> Option<bool> {
        let known = operation.parameters();
        let mut named = true;
        for (name, word) in paths::bound(operation.path.template, path)? {
            let here = |p: &&Parameter<'w>| p.location == Some(ParameterIn::Path) && p.name == name;
            let Some(parameter) = known.iter().find(here) else {
                named = false;
                continue;
            };
            if !may_be(&mut self.engine, dialect, parameter, &word) {
                return None;
            }
            named &= is_named(parameter, &word);
        }
        Some(named)
    }
}

/// Whether two operations are offered below the same base path.
fn meet(old: &Operation<'_>, new: &Operation<'_>) -> bool {
    let roots = |operation: &Operation<'_>| -> Vec<String> {
        let urls = operation.servers().iter().flat_map(Server::urls).collect::<Vec<_>>();
        urls.iter().map(|url| paths::base_path(url).to_owned()).collect()
    };
    let known = roots(new);
    roots(old).iter().any(|root| known.contains(root))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact};
    use crate::diff::{Options, compare};
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    const STRING: &str = "type: string";

    /// A path with one operation, the schema of its variables, and the type of the property that it answers with.
    fn path(path: &str, method: &str, schema: &str, answer: &str) -> String {
        let names: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let one = |name: &&str| format!("{{name: {name}, in: path, required: true, schema: {{{schema}}}}}");
        let parameters = names.iter().map(one).collect::<Vec<_>>().join(", ");
        format!(
            "  {path}:\n    {method}:\n      parameters: [{parameters}]\n      responses:\n        '200': {{description: d, content: \
             {{application/json: {{schema: {{type: object, required: [a], properties: {{a: {{type: {answer}}}}}}}}}}}}}\n"
        )
    }

    fn changes(base: &[String], revision: &[String]) -> Vec<Diagnostic> {
        let contract = |paths: &[String]| {
            format!("openapi: 3.1.0\ninfo: {{title: t, version: 1.0.0}}\npaths:\n{}", paths.concat())
        };
        let side = |name: &str, paths: &[String]| Workspace::from_text(name, &contract(paths));
        let (base, revision) = (side("a.yaml", base), side("b.yaml", revision));
        compare(Api::open(&base).unwrap(), Api::open(&revision).unwrap(), &Options::default()).changes
    }

    fn of<'f>(found: &'f [Diagnostic], rule: &str) -> Option<&'f Diagnostic> {
        found.iter().find(|finding| finding.rule == rule)
    }

    /// What a path that comes beside a template takes from it, and what its proof is sent to.
    fn taken(template: &str, schema: &str, added: (&str, &str, &str)) -> Option<(Impact, String)> {
        let base = path(template, "get", schema, "string");
        let new = path(added.0, added.1, STRING, added.2);
        let found = changes(std::slice::from_ref(&base), &[base.clone(), new]);
        let finding = of(&found, "path-takes-requests")?;
        let evidence = finding.evidence.as_ref().expect("a proof");
        assert_eq!(evidence.status, EvidenceStatus::Confirmed);
        let target = evidence.message.as_ref().and_then(|message| message["target"].as_str());
        Some((finding.impact, target.expect("a target").to_owned()))
    }

    #[test]
    fn a_new_path_takes_the_requests_of_a_template_that_its_word_is_valid_for() {
        let at = |impact, target: &str| Some((impact, target.to_owned()));
        let latest = ("/o/latest", "get", "integer");
        assert_eq!(taken("/o/{id}", STRING, latest), at(Impact::Risky, "/o/latest"));
        assert_eq!(taken("/o/{id}", "type: string, pattern: '^[a-z]+$'", latest), at(Impact::Risky, "/o/latest"));
        for named in
            ["enum: [latest, first]", "const: latest", "type: string, default: latest", "examples: [x, latest]"]
        {
            assert_eq!(taken("/o/{id}", named, latest), at(Impact::Breaking, "/o/latest"), "{named}");
        }
        let seven = ("/o/7", "get", "integer");
        assert_eq!(taken("/o/{id}", "type: integer, example: 7", seven), at(Impact::Breaking, "/o/7"));
        assert_eq!(taken("/o/{id}", STRING, ("/o/latest", "post", "string")), at(Impact::Risky, "/o/latest"));
    }

    #[test]
    fn a_new_path_takes_nothing_that_the_template_never_answered() {
        let latest = ("/o/latest", "get", "integer");
        for schema in
            ["type: integer", "enum: [first]", "type: string, pattern: '^[0-9]+$'", "type: string, format: uuid"]
        {
            assert_eq!(taken("/o/{id}", schema, latest), None, "{schema}");
        }
        for added in ["/o/a/b", "/o", "/p/latest", "/o/{id}:cancel", "/{x}/latest", "/o/latest?all"] {
            assert_eq!(taken("/o/{id}", STRING, (added, "get", "integer")), None, "{added}");
        }
    }

    #[test]
    fn a_new_path_that_answers_alike_takes_nothing() {
        assert_eq!(taken("/o/{id}", "enum: [latest]", ("/o/latest", "get", "string")), None);
    }

    #[test]
    fn which_of_two_templates_is_matched_the_standard_leaves_open() {
        let narrower = ("/o/{x}/latest", "get", "integer");
        let Some((impact, target)) = taken("/o/{a}/{b}", "enum: [latest, x]", narrower) else { panic!("no finding") };
        assert_eq!((impact, target.ends_with("/latest")), (Impact::Risky, true), "{target}");
    }

    #[test]
    fn a_path_that_was_there_takes_nothing_with_another_method() {
        let template = path("/o/{id}", "post", "enum: [latest]", "string");
        let own = path("/o/latest", "get", STRING, "string");
        let more = path("/o/latest", "post", STRING, "integer").replace("  /o/latest:\n", "");
        let found = changes(&[template.clone(), own.clone()], &[template, own, more]);
        assert!(found.iter().all(|finding| finding.impact == Impact::Compatible), "{found:?}");
    }

    #[test]
    fn a_path_takes_nothing_from_a_template_that_goes_or_stands_below_another_base_path() {
        let template = path("/o/{id}", "get", "enum: [latest]", "string");
        let new = path("/o/latest", "get", STRING, "integer");
        assert!(
            of(&changes(std::slice::from_ref(&template), std::slice::from_ref(&new)), "path-takes-requests").is_none()
        );
        let elsewhere = new.replace("      responses", "      servers: [{url: /v2}]\n      responses");
        assert!(
            of(&changes(std::slice::from_ref(&template), &[template.clone(), elsewhere]), "path-takes-requests")
                .is_none()
        );
    }

    /// What is told about a path that is gone beside a template that stays.
    fn left(schema: &str, answer: &str, change: impl Fn(&str) -> String) -> (String, Impact, String) {
        let template = path("/o/{id}", "get", schema, answer);
        let own = change(&path("/o/latest", "get", STRING, "string"));
        let found = changes(&[template.clone(), own], &[template]);
        let [finding] = &found[..] else { panic!("{found:?}") };
        (finding.rule.to_string(), finding.impact, finding.message.clone())
    }

    #[test]
    fn a_removed_path_is_judged_by_the_template_that_answers_its_requests() {
        let same = str::to_owned;
        let (rule, impact, _) = left(STRING, "string", same);
        assert_eq!((&*rule, impact), ("path-served-by-template", Impact::Compatible));
        let (rule, impact, message) = left(STRING, "integer", same);
        assert_eq!((&*rule, impact), ("api-path-removed-without-deprecation", Impact::Breaking));
        assert!(message.contains("`GET /o/{id}` answers its requests now: the type of"), "{message}");
        let (rule, impact, message) = left("type: integer", "string", same);
        assert_eq!((&*rule, impact), ("api-path-removed-without-deprecation", Impact::Breaking));
        assert!(!message.contains("answers its requests"), "{message}");
    }

    #[test]
    fn what_was_announced_about_a_removed_path_counts_more_than_who_answers_now() {
        let deprecated = |text: &str| text.replace("    get:\n", "    get:\n      deprecated: true\n");
        let (rule, impact, _) = left(STRING, "integer", deprecated);
        assert_eq!((&*rule, impact), ("api-path-removed-with-deprecation", Impact::Risky));
    }

    #[test]
    fn a_method_that_goes_while_its_path_stays_is_served_by_no_template() {
        let template = path("/o/{id}", "get", STRING, "string");
        let own = path("/o/latest", "get", STRING, "string");
        let stays = path("/o/latest", "post", STRING, "string");
        let more = stays.replace("  /o/latest:\n", "");
        let found = changes(&[template.clone(), own, more], &[template, stays]);
        assert_eq!(found.iter().map(|finding| finding.impact).max(), Some(Impact::Breaking), "{found:?}");
    }
}
