//! Runs a ruleset over one contract: one walk for the rules that follow references, one for those that do not.

use super::functions::{At, Call, Found, Target, View};
use super::message::{Text, dotted};
use super::path::{Hit, Key, Matcher, Query, Step, WayId, Ways};
use super::ruleset::{Field, Formats, Rule, Ruleset, Then, aliases_of, severity_at};
use super::site::{Jump, Site, below, nowhere, own_site, seen_behind};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::pattern;
use crate::syntax::Kind;
use crate::text::Cut;
use crate::workspace::{Place, PlaceId, Workspace};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::Arc;

/// The rule id of findings that say that a function of a ruleset could not answer.
pub const FAILED: &str = "function-failed";

/// Characters of a message.
const LONGEST_MESSAGE: usize = 4_000;

/// A filter that was given up.
const LATE: &str = "a pattern in a path expression takes too many steps on a value";

/// The findings of a ruleset, in the order of the rules and of the walk; sort them with
/// [`crate::diagnostic::finish`]. Overrides must have been applied, see [`Ruleset::for_document`].
pub fn run(workspace: &Workspace, ruleset: &Ruleset) -> Vec<Diagnostic> {
    let root = workspace.root();
    let (formats, failures) = ruleset.formats.of_document(root);
    let pass_of = |resolved: bool| {
        let rules: Vec<(&str, &Rule)> = ruleset
            .rules
            .iter()
            .map(|(name, rule)| (name.as_str(), rule))
            .filter(|(_, rule)| rule.runs() && rule.resolved == resolved)
            .filter(|(_, rule)| rule.formats.as_ref().is_none_or(|wanted| wanted.set().meets(formats)))
            .collect();
        let mut out = Vec::new();
        if !rules.is_empty() {
            pass(root, resolved, formats, &rules, &mut out);
        }
        out
    };
    // What functions in JavaScript may spend is counted per contract, so one thread runs them.
    let scripts = ruleset.rules.iter().any(|(_, rule)| has_scripts(rule));
    let (mut out, unresolved) =
        if scripts { (pass_of(true), pass_of(false)) } else { rayon::join(|| pass_of(true), || pass_of(false)) };
    out.extend(unresolved);
    let failed = |words| Diagnostic::new(FAILED, Severity::Error, words, root.location());
    out.extend(failures.into_iter().map(failed));
    out
}

/// A selected node that is still to be checked; checks run after the walk, which must not wait for them.
struct Selected<'w> {
    place: Place<'w>,
    keyed: bool,
    way: WayId,
}

/// Checks that one thread makes at a time: enough to be worth the hand-over.
const PART: usize = 512;

/// Rule, place, and reference that is a place of its own: what is checked once.
type Checked = (usize, PlaceId, Option<PlaceId>);

fn pass<'w>(root: Place<'w>, resolved: bool, formats: Formats, rules: &[(&str, &Rule)], out: &mut Vec<Diagnostic>) {
    let mut queries = Vec::new();
    let mut users: Vec<Vec<usize>> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for (number, (_, rule)) in rules.iter().enumerate() {
        for path in rule.given.iter().flat_map(|path| aliases_of(rule, path, formats)) {
            if let Some(&at) = known.get(&path) {
                // A rule may give the same path again and again.
                if users[at].last() != Some(&number) {
                    users[at].push(number);
                }
                continue;
            }
            // Rulesets are checked when they are read, so every path can be parsed.
            if let Ok(query) = Query::parse(&path) {
                known.insert(path, queries.len());
                queries.push(query);
                users.push(vec![number]);
            }
        }
    }
    let matcher = Matcher::new(&queries);
    // How many expressions each rule has: one selects a place once.
    let mut expressions = vec![0; rules.len()];
    users.iter().flatten().for_each(|&number| expressions[number] += 1);
    let mut jobs = Vec::new();
    let mut selected = Vec::new();
    let mut ways = Ways::default();
    let mut seen: FxHashSet<Checked> = FxHashSet::default();
    let mut seen_keys: FxHashSet<(Checked, Cow<'w, str>)> = FxHashSet::default();
    pattern::exceeded();
    matcher.run(root, resolved, &mut |hit: Hit<'_, 'w>| {
        let own = own_site(hit.way).map(Place::id);
        let followed = hit.way.last().is_some_and(|step| step.site.id() != step.place.id());
        let once = |number: usize| !followed && expressions[number] == 1;
        let mut is_new = |number| {
            let check = (number, hit.place.id(), own);
            if hit.keyed {
                seen_keys.insert((check, key_text(hit.way.last())))
            } else {
                once(number) || seen.insert(check)
            }
        };
        let new = users[hit.query].iter().copied().filter(|&number| is_new(number));
        jobs.extend(new.map(|number| (number, selected.len())));
        selected.push(Selected { place: hit.place, keyed: hit.keyed, way: ways.keep(hit.way) });
    });
    if pattern::exceeded() {
        out.push(Diagnostic::new(FAILED, Severity::Error, LATE, root.location()));
    }
    let scripts = rules.iter().any(|(_, rule)| has_scripts(rule));
    let told_rules: Vec<Arc<str>> =
        if scripts { rules.iter().map(|(name, rule)| told_of(name, rule)).collect() } else { Vec::new() };
    let checked = |view: &mut View<'w>, jobs: &[(usize, usize)]| {
        let mut found = Vec::new();
        let mut way = Vec::new();
        for &(number, hit) in jobs {
            let hit = &selected[hit];
            ways.read(hit.way, &mut way);
            if let Some(told) = told_rules.get(number) {
                view.rule.replace(Arc::clone(told));
            }
            for then in &rules[number].1.then {
                check(view, hit, &way, then, &mut |place, at| found.push((number, place, at)));
            }
        }
        found
    };
    let part = if scripts { jobs.len().max(1) } else { PART };
    // What a view remembers changes no answer; parts are put together in their order.
    let start = || View::new(root, resolved, formats);
    let found: Vec<(usize, Site<'w>, String)> = jobs.par_chunks(part).map_init(start, checked).flatten_iter().collect();
    let mut told = FxHashSet::default();
    let mut failures = FxHashSet::default();
    for (number, site, message) in found {
        let (name, rule) = rules[number];
        if site.failed {
            // One place is enough to find the fault in the function.
            if failures.insert((number, message.clone())) {
                let message = format!("the rule `{name}` could not be checked: {message}");
                out.push(Diagnostic::new(FAILED, Severity::Error, message, site.place.location()));
            }
            continue;
        }
        if let Some(diagnostic) = diagnostic(name, rule, &site, &message) {
            let place = (diagnostic.location.source.name().to_owned(), diagnostic.location.pointer.clone());
            if told.insert((number, place, diagnostic.message.clone())) {
                out.push(diagnostic);
            }
        }
    }
}

/// A message as long as anyone reads: a ruleset can say the same of every place of a contract.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", text.cut(..end)),
        None => text.to_owned(),
    }
}

/// A rule as functions in JavaScript see it.
fn told_of(name: &str, rule: &Rule) -> Arc<str> {
    let severity = match rule.severity {
        Some(Severity::Error) => 0,
        Some(Severity::Warn) => 1,
        Some(Severity::Info) => 2,
        Some(Severity::Hint) => 3,
        None => -1,
    };
    let told = serde_json::json!({
        "name": name, "severity": severity, "description": rule.description, "message": rule.message,
        "documentationUrl": rule.url, "recommended": rule.recommended, "resolved": rule.resolved, "enabled": rule.enabled,
        "given": rule.given, "extensions": rule.definition.get("extensions"),
    });
    told.to_string().into()
}

fn has_scripts(rule: &Rule) -> bool {
    rule.then.iter().any(|then| then.function.is_script())
}

fn key_text<'w>(step: Option<&Step<'w>>) -> Cow<'w, str> {
    match step.map(|step| step.key) {
        Some(Key::Name(name)) => Cow::Borrowed(name),
        Some(Key::Index(index)) => Cow::Owned(index.to_string()),
        None => Cow::Borrowed(""),
    }
}

/// Runs one function on every target of a hit.
fn check<'w>(
    view: &View<'w>,
    hit: &Selected<'w>,
    way: &[Step<'w>],
    then: &Then,
    report: &mut dyn FnMut(Site<'w>, String),
) {
    let base = hit.place;
    let own = own_site(way);
    let mut jumps = way.iter().rev().filter(|step| step.site.id() != step.place.id()).map(|step| step.place);
    let last = jumps.next();
    let start = (base, last.map(|place| Jump { place, first: jumps.next().is_none() }));
    let is_container = matches!(base.kind(), Kind::Map | Kind::Seq) && !hit.keyed;
    let mut call = |target: Target<'w>, field: &[String], keyed: bool| {
        let call = Call { target, view, way, field };
        let mut messages: Vec<Found<'w>> = Vec::new();
        then.function.call(&call, &mut messages);
        for message in messages {
            let site = match message.at {
                At::Target => below(view, start, own, field, keyed),
                At::Below(path) => below(view, start, own, &[field, &path].concat(), false),
                At::Root(path) => below(view, (view.root, None), None, &path, false),
                At::Failure => Site { failed: true, ..below(view, start, own, field, keyed) },
                At::Place(place) => {
                    Site { place: view.follow(place), missing: Vec::new(), keyed: false, failed: false, jump: None }
                }
            };
            report(site, message.message);
        }
    };
    let mut late = false;
    match &then.field {
        Some(Field::Keys) if is_container => {
            for member in base.members() {
                call(Target::Key(member.name), &[member.name.to_owned()], true);
            }
            for index in 0..base.elements().count() {
                call(Target::IndexKey(index), &[index.to_string()], true);
            }
            if base.members().next().is_none() && base.elements().next().is_none() {
                call(Target::Missing, &[], false);
            }
        }
        Some(Field::Query(query)) if is_container => {
            let mut any = false;
            let mut hits = Vec::new();
            pattern::exceeded();
            Matcher::new(std::slice::from_ref(query)).run(base, view.resolved, &mut |inner: Hit<'_, 'w>| {
                let path: Vec<String> = inner.way.iter().map(|step| key_text(Some(step)).into_owned()).collect();
                hits.push((inner.place, inner.keyed, path, inner.way.last().map(|step| step.key)));
            });
            late = pattern::exceeded();
            for (place, keyed, path, key) in hits {
                any = true;
                let target = match key {
                    Some(Key::Name(name)) if keyed => Target::Key(name),
                    Some(Key::Index(index)) if keyed => Target::Index(index),
                    _ => Target::Node(place),
                };
                call(target, &path, keyed);
            }
            if !any {
                call(Target::Missing, &[], false);
            }
        }
        Some(Field::Path { whole, parts }) if is_container => {
            // A key that is written as the whole field is meant before its parts are.
            let target = match base.is_map().then(|| base.get(whole)).flatten() {
                Some(child) => Target::Node(view.follow(child)),
                None => at_parts(view, base, parts),
            };
            call(target, parts, false);
        }
        _ => {
            let target = match way.last().map(|step| step.key) {
                Some(Key::Name(name)) if hit.keyed => Target::Key(name),
                Some(Key::Index(index)) if hit.keyed => Target::Index(index),
                _ => Target::Node(base),
            };
            call(target, &[], hit.keyed);
        }
    }
    if late {
        report(Site { failed: true, ..below(view, start, own, &[], false) }, LATE.to_owned());
    }
}

/// The value at a path; arrays and texts have a length, texts have characters.
fn at_parts<'w>(view: &View<'w>, base: Place<'w>, parts: &[String]) -> Target<'w> {
    let mut place = base;
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        if let Some(child) = place.child(part) {
            place = view.follow(child);
        } else if last && part == "length" && place.is_seq() {
            return Target::Index(place.len());
        } else if let Some(text) = place.as_str().filter(|_| last && at > 0) {
            let character = || {
                let (start, c) = text.char_indices().nth(part.parse().ok()?)?;
                Some(Target::Key(text.cut(start..start + c.len_utf8())))
            };
            return if part == "length" {
                Target::Index(text.encode_utf16().count())
            } else {
                character().unwrap_or(Target::Missing)
            };
        } else {
            return Target::Missing;
        }
    }
    if parts.is_empty() { Target::Missing } else { Target::Node(place) }
}

fn diagnostic(name: &str, rule: &Rule, site: &Site<'_>, message: &str) -> Option<Diagnostic> {
    let lost = rule.resolved.then(|| nowhere(site.place)).flatten();
    let hidden = lost.or_else(|| seen_behind(site));
    let place = hidden.unwrap_or(site.place);
    let mut missing = site.missing.as_slice();
    // At the end of a reference that no other one led to, what is missing below has no name.
    if lost.is_some() || site.jump.is_some_and(|jump| jump.first && jump.place.id() == site.place.id()) {
        missing = &[];
    }
    let mut location: Location = if site.keyed && hidden.is_none() { place.key_location() } else { place.location() };
    let mut path = place.path();
    // An array has a length, which is a place without a text of its own.
    let length = place.is_seq() && missing.first().is_some_and(|part| part == "length");
    if length {
        missing = &missing[1..];
        path.push("length".to_owned());
        location.pointer.push_str("/length");
    } else if hidden.is_none() && !site.missing.is_empty() && !path.is_empty() {
        location = place.key_location();
    }
    let severity = severity_at(rule, &location.pointer)?;
    let property = if missing.is_empty() {
        path.last().cloned().unwrap_or_default()
    } else {
        let held: Vec<&String> = path.iter().chain(missing).collect();
        let start = if path.is_empty() { held.len() - 1 } else { path.len() - 1 };
        dotted(&held[start..])
    };
    let mut text = Text {
        property,
        path: &path,
        description: rule.description.as_deref(),
        error: String::new(),
        value: if length { Err(place.len()) } else { Ok(place) },
    };
    let own = text.fill(message);
    text.error.clone_from(&own);
    let final_text = match (&rule.message, &rule.description) {
        (Some(message), _) => text.fill(message),
        (None, Some(description)) => description.clone(),
        (None, None) => own,
    };
    let final_text = shortened(final_text.trim());
    let mut diagnostic = Diagnostic::new(name.to_owned(), severity, final_text, location);
    diagnostic.extent = Some(place.extent());
    diagnostic.url.clone_from(&rule.url);
    diagnostic.help = super::page(name).filter(|_| rule.private).map(|page| page.fix.to_owned());
    Some(diagnostic)
}
