//! Security: a set of alternatives, each a set of schemes with scopes. A client goes on working when what it sends
//! still satisfies one alternative. Schemes are known by what travels on the wire, so a new name changes nothing.

use super::change::{ChangeId, Event, Subject};
use super::edit::MakeEdit;
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::walk::Walk;
use crate::openapi::{Operation, Requirement, Scheme};
use crate::workspace::Place;
use std::collections::BTreeMap;

/// One alternative: schemes by name (that of the base, where one travels alike) with their scopes.
#[derive(Clone, Debug)]
struct Way<'w> {
    place: Place<'w>,
    schemes: BTreeMap<String, Vec<&'w str>>,
}

impl Way<'_> {
    /// Whether credentials for `self` are enough for `other`.
    fn satisfies(&self, other: &Way<'_>) -> bool {
        other.schemes.iter().all(|(name, scopes)| {
            self.schemes.get(name).is_some_and(|own| scopes.iter().all(|scope| own.contains(scope)))
        })
    }

    fn same_schemes(&self, other: &Way<'_>) -> bool {
        self.schemes.keys().eq(other.schemes.keys())
    }

    fn label(&self) -> String {
        if self.schemes.is_empty() {
            return "{}".to_owned();
        }
        let one = |(name, scopes): (&String, &Vec<&str>)| {
            if scopes.is_empty() { name.clone() } else { format!("{name} ({})", scopes.join(", ")) }
        };
        self.schemes.iter().map(one).collect::<Vec<_>>().join(" and ")
    }
}

const FLOW_KEYS: [&str; 4] = ["authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl"];

impl<'w> Walk<'w, '_> {
    /// The effective security of a pair of operations. Of webhooks and callbacks it says what the provider sends.
    pub(super) fn security(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, polarity: Polarity) {
        let (before, after) = (old.security(), new.security());
        let places =
            (before.place.unwrap_or_else(|| self.base.root()), after.place.unwrap_or_else(|| self.revision.root()));
        let (scope, fresh) = self.shared(scope, places.0, places.1, polarity, super::kind::SECURITY);
        if !fresh {
            return;
        }
        self.used_schemes(scope, &before.alternatives);
        self.lost_schemes(scope, &after.alternatives);
        let global = (before.inherited || before.place.is_none()) && (after.inherited || after.place.is_none());
        let renamed = self.same_on_the_wire();
        let ways = |list: &[Requirement<'w>], renamed: &BTreeMap<&'w str, &'w str>| -> Vec<Way<'w>> {
            let way = |requirement: &Requirement<'w>| Way {
                place: requirement.place,
                schemes: requirement
                    .schemes
                    .iter()
                    .map(|used| {
                        let name = renamed.get(used.name).copied().unwrap_or(used.name);
                        let mut scopes = used.scopes.clone();
                        scopes.sort_unstable();
                        (name.to_owned(), scopes)
                    })
                    .collect(),
            };
            list.iter().map(way).collect()
        };
        let (mut old_ways, mut new_ways) =
            (ways(&before.alternatives, &BTreeMap::new()), ways(&after.alternatives, &renamed));
        let (was_open, is_open) = (before.allows_anonymous(), after.allows_anonymous());
        let (all_old, all_new) = (old_ways.clone(), new_ways.clone());
        let strengths = self.strengths();
        let strength = |way: &Way<'w>| {
            let of = |name: &String| strengths.get(name.as_str()).copied().unwrap_or(Strength::Key);
            way.schemes.keys().map(of).max().unwrap_or(Strength::Nothing)
        };
        let weakest = all_old.iter().map(strength).min().unwrap_or(Strength::Nothing);
        // A new way in protects less unless who takes it could have come before, or it is stronger than the weakest.
        let weaker =
            |way: &Way<'w>| !was_open && !all_old.iter().any(|old| way.satisfies(old)) && strength(way) <= weakest;
        let lost = |way: &Way<'w>| !is_open && !all_new.iter().any(|other| way.satisfies(other));
        // Equal alternatives say nothing.
        old_ways.retain(|way| match new_ways.iter().position(|other| other.schemes == way.schemes) {
            Some(at) => {
                new_ways.remove(at);
                false
            }
            None => true,
        });
        let subject = if global { Subject::GlobalSecurity } else { Subject::Security };
        let location = if global { "the API".to_owned() } else { format!("`{}`", new.label()) };
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>| {
            Edit::new(ChangeId::new(subject, event), scope, polarity)
                .at(base.or(before.place), revision.or(after.place))
                .location(location.clone())
        };
        for way in old_ways {
            // A provider that drops an alternative sends less.
            let fewer = lost(&way) || (polarity == Polarity::ToClient && !is_open);
            let broken = if fewer { Effect::Narrows } else { Effect::Widens };
            // The same schemes with other scopes.
            if let Some(at) = new_ways.iter().position(|other| other.same_schemes(&way)) {
                let other = new_ways.remove(at);
                for (name, scopes) in &way.schemes {
                    let now = &other.schemes[name];
                    for scope in now.iter().filter(|scope| !scopes.contains(scope)) {
                        let edit = edit(Event::SecurityScopeAdded, Some(way.place), Some(other.place)).effect(broken);
                        self.push(edit.name(*scope).values(name.clone(), name.clone()));
                    }
                    for scope in scopes.iter().filter(|scope| !now.contains(scope)) {
                        let edit = edit(Event::SecurityScopeRemoved, Some(way.place), Some(other.place))
                            .effect(Effect::Widens)
                            .weakens(weaker(&other));
                        self.push(edit.name(*scope).values(name.clone(), name.clone()));
                    }
                }
                continue;
            }
            // One more scheme needed besides, or one less.
            let nearest = new_ways.iter().position(|other| {
                !way.schemes.is_empty()
                    && !other.schemes.is_empty()
                    && (way.schemes.keys().all(|name| other.schemes.contains_key(name))
                        || other.schemes.keys().all(|name| way.schemes.contains_key(name)))
            });
            if let Some(at) = nearest {
                let other = new_ways.remove(at);
                let tighter = other.schemes.len() > way.schemes.len();
                let event = if tighter { Event::SecurityTightened } else { Event::SecurityLoosened };
                let effect = if polarity == Polarity::ToClient && !tighter { Effect::Widens } else { broken };
                let edit = edit(event, Some(way.place), Some(other.place)).effect(effect).weakens(weaker(&other));
                self.push(edit.values(way.label(), other.label()));
                continue;
            }
            let edit = edit(Event::SecurityRemoved, Some(way.place), None).effect(broken).name(way.label());
            // Nothing else says that nothing is asked for any more.
            let edit = edit.weakens(!was_open && all_new.is_empty());
            self.push(if way.schemes.is_empty() {
                edit.note("credentials are now required").client("Send credentials with every call.")
            } else {
                edit
            });
        }
        for way in new_ways {
            let closes = was_open && !is_open && before.alternatives.is_empty();
            let edit = edit(Event::SecurityAdded, None, Some(way.place)).name(way.label()).weakens(weaker(&way));
            let edit = if way.schemes.is_empty() {
                edit.client("Nothing needs to be done: calls with credentials are still accepted.")
            } else {
                edit
            };
            self.push(if closes {
                edit.effect(Effect::Narrows).note("credentials were not required before")
            } else if way.schemes.is_empty() && !was_open {
                edit.effect(Effect::Widens).note("credentials are no longer required")
            } else {
                edit.effect(Effect::Widens)
            });
        }
    }

    /// How much each scheme proves, by the names that alternatives have: what a scheme of both sides was before counts.
    fn strengths(&self) -> BTreeMap<&'w str, Strength> {
        let schemes = self.revision.security_schemes().into_iter().chain(self.base.security_schemes());
        schemes.map(|scheme| (scheme.name, Strength::of(&scheme))).collect()
    }

    /// Schemes of the revision under another name that travel like one of the base: new name to old.
    fn renamed_schemes(&self) -> BTreeMap<&'w str, &'w str> {
        let (before, after) = (self.base.security_schemes(), self.revision.security_schemes());
        let known = |list: &[Scheme<'w>], name: &str| list.iter().any(|scheme| scheme.name == name);
        let mut out = BTreeMap::new();
        for scheme in after.iter().filter(|scheme| !known(&before, scheme.name)) {
            let mut same = before.iter().filter(|other| !known(&after, other.name) && wire(other) == wire(scheme));
            if let (Some(other), None) = (same.next(), same.next()) {
                out.insert(scheme.name, other.name);
            }
        }
        out
    }

    /// Schemes that only the revision has and that travel like one of the base, whether or not that one is kept.
    fn same_on_the_wire(&self) -> BTreeMap<&'w str, &'w str> {
        let mut out = self.renamed_schemes();
        let (before, after) = (self.base.security_schemes(), self.revision.security_schemes());
        for scheme in after.iter().filter(|scheme| !before.iter().any(|other| other.name == scheme.name)) {
            if let Some(other) = before.iter().find(|other| wire(other) == wire(scheme)) {
                out.entry(scheme.name).or_insert(other.name);
            }
        }
        out
    }

    /// Compares the definitions of the schemes that an operation names.
    fn used_schemes(&mut self, scope: ScopeId, alternatives: &[Requirement<'w>]) {
        let (before, after) = (self.base.security_schemes(), self.revision.security_schemes());
        for used in alternatives.iter().flat_map(|requirement| &requirement.schemes) {
            let find = |list: &[Scheme<'w>]| list.iter().find(|scheme| scheme.name == used.name).copied();
            if let (Some(old), Some(new)) = (find(&before), find(&after)) {
                self.scheme(scope, &old, &new);
            }
        }
    }

    /// Schemes that are described no more, though an operation goes on naming them.
    fn lost_schemes(&mut self, scope: ScopeId, alternatives: &[Requirement<'w>]) {
        let (before, after) = (self.base.security_schemes(), self.revision.security_schemes());
        for used in alternatives.iter().flat_map(|requirement| &requirement.schemes) {
            let find = |list: &[Scheme<'w>]| list.iter().find(|scheme| scheme.name == used.name).copied();
            if let (Some(old), None) = (find(&before), find(&after)) {
                self.push(
                    Edit::new(Event::SchemeRemoved, scope, Polarity::ToServer)
                        .at(Some(old.at), None)
                        .name(old.name)
                        .effect(Effect::Unknown)
                        .note("operations still require it, and nothing says how to authenticate"),
                );
            }
        }
    }

    /// Whether an operation of the revision names a scheme.
    fn is_required(&self, name: &str) -> bool {
        let operations = self.roots.iter().filter_map(|root| root.revision);
        let mut alternatives = operations.flat_map(|operation| operation.security().alternatives);
        alternatives.any(|way| way.schemes.iter().any(|used| used.name == name))
    }

    /// All schemes, those that nothing uses included.
    pub(super) fn schemes(&mut self) {
        let (before, after) = (self.base.security_schemes(), self.revision.security_schemes());
        let renamed = self.renamed_schemes();
        for scheme in &before {
            match after.iter().find(|other| other.name == scheme.name) {
                Some(other) => self.scheme(0, scheme, other),
                None if renamed.values().any(|name| *name == scheme.name) || self.is_required(scheme.name) => {}
                None => self.push(
                    Edit::new(Event::SchemeRemoved, 0, Polarity::ToServer).at(Some(scheme.at), None).name(scheme.name),
                ),
            }
        }
        for scheme in &after {
            if let Some(old) = renamed.get(scheme.name) {
                let other = before.iter().find(|other| other.name == *old).map(|other| other.at);
                self.push(
                    Edit::new(Event::SchemeRenamed, 0, Polarity::ToServer)
                        .at(other, Some(scheme.at))
                        .values(*old, scheme.name),
                );
            } else if !before.iter().any(|other| other.name == scheme.name) {
                self.push(
                    Edit::new(Event::SchemeAdded, 0, Polarity::ToServer).at(None, Some(scheme.at)).name(scheme.name),
                );
            }
        }
    }

    fn scheme(&mut self, scope: ScopeId, old: &Scheme<'w>, new: &Scheme<'w>) {
        let (scope, fresh) = self.shared(scope, old.place, new.place, Polarity::ToServer, super::kind::SCHEME);
        if !fresh || self.same.alike(old.place, new.place) {
            return;
        }
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>| {
            Edit::new(event, scope, Polarity::ToServer)
                .at(base.or(Some(old.place)), revision.or(Some(new.place)))
                .location(format!("security scheme `{}`", new.name))
                .values(show(base), show(revision))
        };
        let kinds = (kind(old), kind(new));
        if kinds.0 != kinds.1 {
            let places = (old.place.get("type"), new.place.get("type"));
            let edit = edit(Event::SchemeTypeChanged, places.0, places.1).values(kinds.0.clone(), kinds.1.clone());
            self.push(edit.weakens(Strength::of(new) < Strength::of(old)));
        }
        for (key, event) in [
            ("name", Event::SchemeNameChanged),
            ("in", Event::SchemeLocationChanged),
            ("openIdConnectUrl", Event::SchemeOpenIdUrlChanged),
        ] {
            let places = (old.place.get(key), new.place.get(key));
            // Names of headers have no case (RFC 9110, section 5.1).
            let in_header = |scheme: &Scheme<'w>| scheme.place.get_str("in") == Some("header");
            let any_case = key == "name" && in_header(old) && in_header(new);
            let text = |place: Option<Place<'w>>| {
                let text = place.map(Place::text).unwrap_or_default();
                if any_case { text.to_ascii_lowercase() } else { text.to_owned() }
            };
            if any_case && text(places.0) == text(places.1) {
                self.field(scope, key, places.0, places.1, (old.place, new.place));
            } else if kinds.0 == kinds.1 && text(places.0) != text(places.1) {
                let in_sight = key == "in" && Strength::of(new) < Strength::of(old);
                let open = key == "openIdConnectUrl" && leaves_tls(places);
                self.push(edit(event, places.0, places.1).weakens(in_sight || open));
            }
        }
        let (before, after) = (old.flows(), new.flows());
        for (name, flow) in &before {
            match after.iter().find(|(other, _)| other == name) {
                Some((_, other)) => {
                    self.flow(*flow, *other, &edit);
                    if flow.get("flow").is_none() && other.get("flow").is_none() {
                        let mut handled = FLOW_KEYS.to_vec();
                        handled.push("scopes");
                        self.rest(scope, *flow, *other, &handled);
                    }
                }
                None if kinds.0 == kinds.1 => self.push(edit(Event::SchemeFlowRemoved, Some(*flow), None).name(*name)),
                None => {}
            }
        }
        for (name, flow) in after.iter().filter(|(name, _)| !before.iter().any(|(other, _)| other == name)) {
            if kinds.0 == kinds.1 {
                let weakens = WEAK_FLOWS.contains(name);
                self.push(edit(Event::SchemeFlowAdded, None, Some(*flow)).name(*name).weakens(weakens));
            }
        }
        let handled = [
            "type",
            "scheme",
            "name",
            "in",
            "openIdConnectUrl",
            "flows",
            "flow",
            "scopes",
            "authorizationUrl",
            "tokenUrl",
            "refreshUrl",
            "$ref",
        ];
        self.rest(scope, old.place, new.place, &handled);
    }

    fn flow(&mut self, old: Place<'w>, new: Place<'w>, edit: &MakeEdit<'w, '_>) {
        for key in FLOW_KEYS {
            let places = (old.get(key), new.get(key));
            if places.0.map(Place::text) != places.1.map(Place::text) {
                let authorization = key == "authorizationUrl";
                let event =
                    if authorization { Event::SchemeAuthorizationUrlChanged } else { Event::SchemeTokenUrlChanged };
                self.push(edit(event, places.0, places.1).name(key).weakens(leaves_tls(places)));
            }
        }
        let (before, after) = (old.get("scopes"), new.get("scopes"));
        for member in before.into_iter().flat_map(Place::members) {
            match after.and_then(|after| after.get(member.name)) {
                None => self.push(edit(Event::SchemeScopeRemoved, Some(member.value), after).name(member.name)),
                Some(value) if value.text() != member.value.text() => {
                    self.push(edit(Event::SchemeScopeChanged, Some(member.value), Some(value)).name(member.name));
                }
                Some(_) => {}
            }
        }
        for member in after.into_iter().flat_map(Place::members) {
            if before.is_none_or(|before| before.get(member.name).is_none()) {
                self.push(edit(Event::SchemeScopeAdded, before, Some(member.value)).name(member.name));
            }
        }
    }
}

/// Flows in which tokens or passwords pass through hands that they should not (RFC 9700, sections 2.1.2 and 2.4).
const WEAK_FLOWS: [&str; 2] = ["implicit", "password"];

/// How much a scheme proves about a caller. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// No credentials.
    Nothing,
    /// A key in the URL, which logs and histories keep.
    InSight,
    /// A key or a password that never changes.
    Key,
    /// A token.
    Token,
    /// A token with scopes, for a while.
    Delegated,
    /// A certificate.
    Certificate,
}

impl Strength {
    fn of(scheme: &Scheme<'_>) -> Self {
        match kind(scheme).as_str() {
            "mutualTLS" => Strength::Certificate,
            "oauth2" | "openIdConnect" => Strength::Delegated,
            "http bearer" => Strength::Token,
            "apiKey" if scheme.place.get_str("in") == Some("query") => Strength::InSight,
            _ => Strength::Key,
        }
    }
}

/// Whether an address was encrypted and is no longer.
fn leaves_tls((old, new): (Option<Place<'_>>, Option<Place<'_>>)) -> bool {
    let begins = |place: Option<Place<'_>>, scheme: &str| {
        place
            .and_then(Place::as_str)
            .is_some_and(|url| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
    };
    begins(old, "https://") && begins(new, "http://")
}

/// The kind of a scheme with the HTTP scheme; 2.0 `basic` is HTTP basic.
fn kind(scheme: &Scheme<'_>) -> String {
    match scheme.kind() {
        "basic" => "http basic".to_owned(),
        "http" => format!("http {}", scheme.place.get_str("scheme").unwrap_or_default().to_ascii_lowercase()),
        other => other.to_owned(),
    }
}

/// What travels: everything but descriptions.
fn wire(scheme: &Scheme<'_>) -> String {
    let mut out = kind(scheme);
    for key in ["name", "in", "openIdConnectUrl"] {
        let text = scheme.place.get_str(key).unwrap_or_default();
        let any_case = key == "name" && scheme.place.get_str("in") == Some("header");
        out.push('\n');
        out.push_str(&if any_case { text.to_ascii_lowercase() } else { text.to_owned() });
    }
    for (name, flow) in scheme.flows() {
        out.push('\n');
        out.push_str(name);
        for key in FLOW_KEYS {
            out.push(' ');
            out.push_str(flow.get_str(key).unwrap_or_default());
        }
    }
    out
}
