//! Pairs the operations of two contracts: by method and shape of the path, names of path parameters ignored, then with the
//! base path of the servers in front, then through `operationId`; those of callbacks by the expression they are sent to.
//!
//! Operations, not path items, are paired: templates that differ in the names of their parameters are identical (OpenAPI
//! 3.1.1, section 4.8.8), so one method may move to a template of its own without any change on the wire.

use super::message::capture;
use super::view::View;
use crate::openapi::{Operation, ParameterIn, PathItem, Surface};
use crate::text::Cut;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::fmt::Write;

/// An operation, and the name that its callback has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer<'w> {
    pub(super) operation: Operation<'w>,
    pub(super) callback: Option<&'w str>,
}

/// Two operations that are the same for clients.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperationPair<'w> {
    pub(super) base: Offer<'w>,
    pub(super) revision: Offer<'w>,
    /// A part of the path moved between servers and templates.
    pub(super) moved: bool,
}

/// How the operations of two contracts stand to each other.
#[derive(Debug, Default)]
pub(super) struct Pairing<'w> {
    pub(super) pairs: Vec<OperationPair<'w>>,
    pub(super) removed: Vec<Operation<'w>>,
    pub(super) added: Vec<Operation<'w>>,
}

/// A template as it is sent, with the names of its parameters left out: `/caf%C3%A9`, `/café` and `/caf%c3%a9` are one path
/// (RFC 3986, section 6.2.2).
pub(super) fn shape(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut inside = false;
    let bytes = template.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        let escaped =
            template.get(at..at + 2).filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        at += if escaped.is_some() { 2 } else { 0 };
        let sent = escaped.unwrap_or(byte);
        let unreserved = sent.is_ascii_alphanumeric() || b"-._~".contains(&sent);
        if unreserved || (escaped.is_none() && (b"{}/%?#!$&'()*+,;=:@".contains(&sent))) {
            out.push(char::from(sent));
        } else {
            let _ = write!(out, "%{sent:02X}");
        }
    }
    out
}

/// The names of the parameters of a template, in order.
pub(super) fn parameters(template: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest.cut(start..).find('}') else { break };
        out.push(rest.cut(start + 1..start + end));
        rest = rest.cut(start + end + 1..);
    }
    out
}

/// The variables of a template that a narrower path fills with words of its own, with these words as they are read: `id` is
/// `latest` in `/orders/{id}` for `/orders/latest`. `None` unless every address of that path is one of the template, and the
/// template has others besides.
pub(super) fn bound<'t>(template: &'t str, path: &str) -> Option<Vec<(&'t str, String)>> {
    // A query in a path belongs to no address.
    if path.contains(['?', '#']) || template.matches('/').count() != path.matches('/').count() {
        return None;
    }
    let mut out = Vec::new();
    for (wide, narrow) in template.split('/').zip(path.split('/')) {
        if shape(wide) == shape(narrow) {
            continue;
        }
        if narrow.contains('{') || !wide.contains('{') {
            return None;
        }
        let texts = capture(wide, &shape(narrow))?;
        out.extend(parameters(wide).into_iter().zip(texts.into_iter().map(|(_, text)| text)));
    }
    (!out.is_empty()).then_some(out)
}

/// A template with the words of a narrower path in it; itself where that path is no part of it.
pub(super) fn narrowed(template: &str, path: &str) -> String {
    if bound(template, path).is_none() {
        return template.to_owned();
    }
    let segments = template.split('/').zip(path.split('/'));
    let one = |(wide, narrow): (&str, &str)| if narrow.contains('{') { wide.to_owned() } else { shape(narrow) };
    segments.map(one).collect::<Vec<_>>().join("/")
}

/// The path of a server URL, without a final slash.
pub(super) fn base_path(url: &str) -> &str {
    let rest = url.find("://").map_or(url, |at| {
        let rest = url.cut(at + 3..);
        rest.find('/').map_or("", |slash| rest.cut(slash..))
    });
    let rest = rest.strip_prefix("//").map_or(rest, |rest| rest.find('/').map_or("", |slash| rest.cut(slash..)));
    rest.trim_end_matches('/')
}

/// Pairs the operations of two lists.
pub(super) fn pair_operations<'w>(base: &[Offer<'w>], revision: &[Offer<'w>], surface: Surface) -> Pairing<'w> {
    let mut matching = Matching { base, revision, partner: vec![None; base.len()], taken: vec![false; revision.len()] };
    match surface {
        Surface::Callback => {
            matching.round(&|offer| vec![key(offer.operation.method, offer.operation.path.template)], false);
            let name = |offer: &Offer<'w>| key(offer.operation.method, offer.callback.unwrap_or_default());
            matching.round(&|offer| vec![name(offer)], false);
        }
        Surface::Webhook => {
            matching.round(&|offer| vec![key(offer.operation.method, offer.operation.path.template)], false);
        }
        Surface::Path => {
            matching.round(&|offer| vec![key(offer.operation.method, &shape(offer.operation.path.template))], false);
            matching.round(&|offer| whole_paths(&offer.operation), true);
        }
    }
    matching.done()
}

fn key(method: &str, place: &str) -> String {
    format!("{method} {place}")
}

/// What was paired so far: the partner of each operation of the base, and which of the revision are taken.
struct Matching<'a, 'w> {
    base: &'a [Offer<'w>],
    revision: &'a [Offer<'w>],
    partner: Vec<Option<(usize, bool)>>,
    taken: Vec<bool>,
}

/// What tells operations with one address apart.
type Mark<'a, 'w> = dyn Fn(&Offer<'w>) -> Option<String> + 'a;

impl<'w> Matching<'_, 'w> {
    /// Pairs what is left and has a key in common. Where several have it, their callbacks' names, ids, templates and the
    /// types of their path parameters decide before their order.
    fn round(&mut self, keys: &dyn Fn(&Offer<'w>) -> Vec<String>, moved: bool) {
        let mut groups: FxHashMap<String, (Vec<usize>, Vec<usize>)> = FxHashMap::default();
        let mut order = Vec::new();
        for (at, offer) in self.base.iter().enumerate().filter(|(at, _)| self.partner[*at].is_none()) {
            for key in keys(offer) {
                let group = groups.entry(key.clone()).or_default();
                if group.0.is_empty() {
                    order.push(key);
                }
                group.0.push(at);
            }
        }
        for (at, offer) in self.revision.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            for key in keys(offer) {
                if let Some(group) = groups.get_mut(&key) {
                    group.1.push(at);
                }
            }
        }
        for key in order {
            let Some((left, right)) = groups.remove(&key) else { continue };
            if left.len() > 1 || right.len() > 1 {
                self.pair(&left, &right, moved, &|offer| offer.callback.map(str::to_owned));
                self.pair(&left, &right, moved, &|offer| offer.operation.id().map(str::to_owned));
                self.pair(&left, &right, moved, &|offer| Some(offer.operation.path.template.to_owned()));
                self.pair(&left, &right, moved, &|offer| Some(types(&offer.operation)));
            }
            self.pair(&left, &right, moved, &|_| Some(String::new()));
        }
    }

    /// Pairs those that have this mark in common, in their order.
    fn pair(&mut self, left: &[usize], right: &[usize], moved: bool, mark: &Mark<'_, 'w>) {
        let mut free: FxHashMap<String, VecDeque<usize>> = FxHashMap::default();
        for &at in right.iter().filter(|at| !self.taken[**at]) {
            if let Some(mark) = mark(&self.revision[at]) {
                free.entry(mark).or_default().push_back(at);
            }
        }
        for &at in left {
            if self.partner[at].is_none()
                && let Some(other) = mark(&self.base[at]).and_then(|mark| free.get_mut(&mark)?.pop_front())
            {
                self.taken[other] = true;
                self.partner[at] = Some((other, moved));
            }
        }
    }

    fn done(self) -> Pairing<'w> {
        let mut pairing = Pairing::default();
        for (base, partner) in self.base.iter().zip(&self.partner) {
            match partner {
                Some((other, moved)) => {
                    pairing.pairs.push(OperationPair { base: *base, revision: self.revision[*other], moved: *moved });
                }
                None => pairing.removed.push(base.operation),
            }
        }
        let added = self.revision.iter().zip(&self.taken).filter(|(_, taken)| !**taken);
        pairing.added.extend(added.map(|(offer, _)| offer.operation));
        pairing
    }
}

/// The types of the path parameters in the order of the template.
fn types(operation: &Operation<'_>) -> String {
    let all = operation.parameters();
    let one = |name: &str| {
        let own = all.iter().find(|own| own.location == Some(ParameterIn::Path) && own.name == name)?;
        View::new(&own.schema()?, operation.api().version()).types()
    };
    parameters(operation.path.template).into_iter().map(|name| format!("{:?} ", one(name))).collect()
}

/// The operations of path items.
pub(super) fn offers<'w>(items: &[PathItem<'w>]) -> Vec<Offer<'w>> {
    let operations = items.iter().flat_map(|item| item.operations());
    operations.map(|operation| Offer { operation, callback: None }).collect()
}

/// Pairs operations of paths that found no partner by their `operationId`, and their methods.
pub(super) fn pair_by_id<'w>(
    removed: &[Operation<'w>],
    added: &[Operation<'w>],
) -> Vec<(Operation<'w>, Operation<'w>)> {
    let mut out: Vec<(Operation<'w>, Operation<'w>)> = Vec::new();
    for old in removed {
        let Some(id) = old.id() else { continue };
        let twice = removed.iter().filter(|other| other.id() == Some(id)).count() > 1;
        let mut found = added.iter().filter(|new| new.id() == Some(id) && new.method == old.method);
        if let (Some(new), None, false) = (found.next(), found.next(), twice) {
            out.push((*old, *new));
        }
    }
    out
}

/// The shapes of the whole paths under which an operation is offered, with its method.
fn whole_paths(operation: &Operation<'_>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for server in operation.servers() {
        for url in server.urls() {
            let whole = key(operation.method, &format!("{}{}", base_path(&url), shape(operation.path.template)));
            if !out.contains(&whole) {
                out.push(whole);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_path_parameters_do_not_matter() {
        assert_eq!(shape("/a/{id}/b/{x}.json"), "/a/{}/b/{}.json");
        assert_eq!(parameters("/a/{id}/b/{x}.json"), ["id", "x"]);
    }

    #[test]
    fn a_path_is_what_is_sent_however_it_is_written() {
        for path in ["/caf\u{e9}/~u", "/caf%C3%A9/%7Eu", "/c%61f%c3%a9/~u"] {
            assert_eq!(shape(path), "/caf%C3%A9/~u", "{path}");
        }
        assert_ne!(shape("/a%2Fb"), shape("/a/b"));
        assert_eq!(shape("/a b:c@{x}%"), "/a%20b:c@{}%");
        assert_eq!(shape("/%\u{e9}%4"), "/%%C3%A9%4");
    }

    #[test]
    fn a_narrower_path_fills_variables_of_a_template() {
        let one = |name, text: &str| Some(vec![(name, text.to_owned())]);
        assert_eq!(bound("/o/{id}", "/o/latest"), one("id", "latest"));
        assert_eq!(bound("/o/{id}", "/o/caf\u{e9}"), one("id", "caf\u{e9}"));
        assert_eq!(bound("/o/{a}/{b}", "/o/{x}/latest"), one("b", "latest"));
        assert_eq!(bound("/o/{id}.json", "/o/all.json"), one("id", "all"));
        for (template, path) in [
            ("/o/{id}", "/o/{other}"),
            ("/o/{id}", "/o/{id}:cancel"),
            ("/o/{id}", "/o/a/b"),
            ("/o/{id}", "/o/"),
            ("/o/{id}", "/p/latest"),
            ("/o/latest", "/o/{id}"),
            ("/{x}/me", "/o/{id}"),
            ("/o/{id}", "/o/all?kind=a"),
        ] {
            assert_eq!(bound(template, path), None, "{template} {path}");
        }
        assert_eq!(narrowed("/o/{a}/{b}", "/o/{x}/latest"), "/o/{a}/latest");
        assert_eq!(narrowed("/o/{id}", "/p/x"), "/o/{id}");
    }

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        for (url, path) in
            [("https://x.test/v1/", "/v1"), ("https://x.test", ""), ("/v2", "/v2"), ("//x.test/v3", "/v3"), ("/", "")]
        {
            assert_eq!(base_path(url), path, "{url}");
        }
    }
}
