//! Who may call: effective security of operations, and what its requirements name.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::kinds::is_public;
use super::super::{Finding, Options, words};
use crate::diagnostic::{Label, Severity};
use crate::openapi::{Requirement, Scheme, Version};
use crate::text::near::Guesses;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

/// `sec-operation-authenticated`: every operation asks who is calling.
pub(super) fn operation_authenticated(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let (mut open, mut declared, mut candidates) = (Vec::new(), Vec::new(), 0);
    for operation in facts.operations().filter(|operation| !is_public(operation, options)) {
        candidates += 1;
        let security = operation.security();
        if let (true, false, Some(own)) = (security.alternatives.is_empty(), security.inherited, security.place) {
            let message = format!(
                "{} can be called by anyone: its `security` is empty; if that is meant, say so with `x-public: true`",
                operation.label()
            );
            declared.push(Finding::key(own, message).of(operation));
        } else if security.alternatives.is_empty() {
            let lacks =
                if security.place.is_some() { "the `security` of the root is empty" } else { "it has no `security`" };
            let message = format!(
                "{} can be called by anyone: {lacks}; name a scheme, or mark it with `x-public: true`",
                operation.label()
            );
            open.push(Finding::key(operation.place, message).of(operation));
        } else if security.allows_anonymous() && !options.is_set("accept-optional") {
            let reads = matches!(operation.method, "get" | "head" | "options" | "query");
            let message = format!(
                "{} also accepts calls without credentials (`{{}}` in `security`); remove that alternative",
                operation.label()
            );
            let place = security.place.filter(|_| !security.inherited).unwrap_or(operation.place);
            let finding = Finding::key(place, message).of(operation);
            out.push(if reads { finding.at_most(Severity::Info) } else { finding });
        }
    }
    let empty = |count| {
        format!(
            "{count} of {candidates} operations have an empty `security`, so anyone can call them; mark with `x-public: true` what is meant to be open"
        )
    };
    fold(facts.api, declared, candidates, empty, out);
    let declares = !facts.api.security_schemes().is_empty();
    fold(
        facts.api,
        open,
        candidates,
        |count| {
            if declares {
                format!(
                    "{count} of {candidates} operations have no `security`; set it at the root, and mark what is public with `x-public: true`"
                )
            } else {
                format!(
                    "the contract says nothing about authentication: none of its {count} operations has `security`; declare the schemes and require them at the root"
                )
            }
        },
        out,
    );
}

/// `sec-requirement-resolves`: requirements name schemes and scopes that exist.
pub(super) fn requirement_resolves(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let api = facts.api;
    let mut known = Known::new(api.security_schemes().into_iter().map(|scheme| (scheme.name, scheme)).collect());
    let mut seen = FxHashSet::default();
    for operation in facts.operations().chain(facts.notifications()) {
        let security = operation.security();
        if security.place.is_none_or(|place| !seen.insert(place.id())) {
            continue;
        }
        for requirement in &security.alternatives {
            check(requirement, &mut known, api.version(), out);
        }
    }
}

/// Scopes of OpenID Connect Core 1.0, sections 3.1.2.1, 5.4 and 11.
const OPENID_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Whether a scope such as `consent:consentId` stands for many that are filled in at run time.
fn dynamic(scope: &str, flows: &[(&str, Place<'_>)]) -> bool {
    let Some((head, tail)) = scope.split_once(':') else { return false };
    let placeholder = tail.starts_with(['{', '<']) || words::words(tail).last().is_some_and(|word| word == "id");
    let mut listed = flows.iter().filter_map(|(_, flow)| flow.get("scopes")).flat_map(Place::members);
    placeholder || listed.any(|known| known.name.contains(['{', '*']) && known.name.starts_with(head))
}

/// What requirements are compared with.
struct Known<'w> {
    schemes: FxHashMap<&'w str, Scheme<'w>>,
    /// The names of the schemes, sorted.
    names: Vec<&'w str>,
    /// The findings about scopes, by scheme and scope: each scope is reported once.
    scopes: FxHashMap<(&'w str, &'w str), usize>,
    guesses: Guesses,
}

impl<'w> Known<'w> {
    fn new(schemes: FxHashMap<&'w str, Scheme<'w>>) -> Self {
        let mut names: Vec<&str> = schemes.keys().copied().collect();
        names.sort_unstable();
        Known { schemes, names, scopes: FxHashMap::default(), guesses: Guesses::default() }
    }
}

fn check<'w>(requirement: &Requirement<'w>, known: &mut Known<'w>, version: Version, out: &mut Vec<Finding>) {
    for used in &requirement.schemes {
        let Some(scheme) = known.schemes.get(used.name) else {
            // From 3.2 on a requirement may name a scheme by its URI.
            if version < Version::V3_2 || !used.name.contains(['/', '#', ':']) {
                let message = format!(
                    "there is no security scheme `{}`, so nothing protects what requires it; define it or correct the name",
                    used.name
                );
                let near = known.guesses.nearest(used.name, known.names.iter().copied());
                let mut finding = Finding::key(used.place, message);
                finding.help = Some(match near {
                    Some(near) => format!("Write `{near}`"),
                    None if version == Version::V2_0 => format!("Define `{}` in `securityDefinitions`", used.name),
                    None => format!("Define `{}` in `components/securitySchemes`", used.name),
                });
                out.push(finding);
            }
            continue;
        };
        match scheme.kind() {
            "oauth2" => {
                let flows = scheme.flows();
                for (scope, place) in used.scopes.iter().zip(used.place.elements()) {
                    let defines =
                        |flow: &Place<'_>| flow.get("scopes").is_some_and(|scopes| scopes.get(scope).is_some());
                    // Scopes of OpenID Connect, and those with a part filled in at run time, are in no list.
                    let elsewhere = OPENID_SCOPES.contains(scope) || dynamic(scope, &flows);
                    if !flows.is_empty() && !elsewhere && !flows.iter().any(|(_, flow)| defines(flow)) {
                        let message = format!(
                            "no flow of `{}` defines the scope `{scope}`, so no client can get it; define it or correct the name",
                            used.name
                        );
                        match known.scopes.get(&(used.name, *scope)).and_then(|index| out.get_mut(*index)) {
                            Some(first) => {
                                first
                                    .related
                                    .push(Label { location: place.location(), message: "and here".to_owned() });
                            }
                            None => {
                                known.scopes.insert((used.name, *scope), out.len());
                                let scopes = flows.iter().filter_map(|(_, flow)| flow.get("scopes"));
                                let scopes = scopes.flat_map(Place::members).map(|member| member.name);
                                let mut finding = Finding::at(place, message);
                                finding.help = Some(match known.guesses.nearest(scope, scopes) {
                                    Some(near) => format!("Write `{near}`"),
                                    None => format!("Add `{scope}` to `scopes` of a flow of `{}`", used.name),
                                });
                                out.push(finding);
                            }
                        }
                    }
                }
            }
            "openIdConnect" | "" => {}
            kind => {
                if version < Version::V3_1 && !used.scopes.is_empty() {
                    let message =
                        format!("`{}` is of type `{kind}`, which has no scopes; leave the array empty", used.name);
                    let mut finding = Finding::key(used.place, message);
                    finding.help = Some(format!("Write `{}: []`", used.name));
                    out.push(finding);
                }
            }
        }
    }
}
