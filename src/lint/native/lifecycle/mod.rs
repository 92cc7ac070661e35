//! Lifecycle rules of one contract: dates, notice, replacements, levels, headers, versions. One walk serves them all.

mod coherent;
mod dates;
mod headers;
mod prose;
mod replacement;
mod stability;
mod version;

use super::{Context, Native, Sink, family, rule};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::openapi::{Api, Audience, Element, ElementKind, elements};
use crate::promise::Policy;
use crate::syntax::NodeId;
use crate::workspace::{Place, PlaceId};
use jiff::civil::Date;

/// The functions of this pack.
pub(super) const RULES: &[Native] =
    &[family("lifecycle", check), rule("lc-prose-deprecation-unflagged", prose::unflagged)];

/// What the rules look at.
struct Facts<'w, 'o> {
    api: Api<'w>,
    policy: &'o Policy,
    as_of: Option<Date>,
    /// Whether this run demands versions of the scheme as an error, policy or not.
    versions_demanded: bool,
    elements: Vec<Element<'w>>,
}

impl Facts<'_, '_> {
    /// The audience of an element; the policy's default where none is declared.
    fn audience(&self, element: &Element<'_>) -> Audience {
        element.audience().unwrap_or(self.policy.default_audience)
    }
}

fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    let api = context.api;
    let facts = Facts {
        api,
        policy: context.policy,
        as_of: context.as_of,
        versions_demanded: context.severity(version::SCHEME) == Some(Severity::Error),
        elements: elements(api),
    };
    dates::check(&facts, sink);
    replacement::check(&facts, sink);
    stability::check(&facts, sink);
    headers::check(&facts, sink);
    version::check(&facts, sink);
    coherent::check(&facts, sink);
}

/// A finding as severe as its rule.
fn finding(rule: &'static str, location: Location, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(rule, Severity::Error, message, location)
}

/// A finding at most this severe.
fn milder(severity: Severity, rule: &'static str, location: Location, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(rule, severity, message, location)
}

/// Error for partners and the public, at most a warning inside.
fn by_audience(audience: Audience) -> Severity {
    if audience == Audience::Internal { Severity::Warn } else { Severity::Error }
}

/// `` operation `GET /a` ``, `` property `Payment.amount` ``.
fn name(element: &Element<'_>) -> String {
    let label = crate::text::escape::shortened(&element.label, 120);
    match element.kind {
        ElementKind::Api => "this API".to_owned(),
        ElementKind::Operation | ElementKind::Webhook => format!("`{label}`"),
        ElementKind::Property => format!("property `{label}`"),
        ElementKind::Schema => format!("schema `{label}`"),
        _ => format!("`{label}`"),
    }
}

/// The values under any of `keys`, in all files of the contract, in document order.
fn values_under<'w>(api: Api<'w>, keys: &[&'static str]) -> Vec<(&'static str, Place<'w>)> {
    let mut out = Vec::new();
    for (document, content) in api.root().workspace().documents() {
        let tree = content.tree();
        let wanted: Vec<_> = keys.iter().filter_map(|key| Some((tree.symbol(key)?, *key))).collect();
        if wanted.is_empty() {
            continue;
        }
        for id in 0..(tree.len() as u32).saturating_sub(1) {
            let Some(symbol) = tree.node(NodeId(id)).key_symbol() else { continue };
            if let Some((_, key)) = wanted.iter().find(|(known, _)| *known == symbol) {
                // The value follows its key.
                out.push((*key, api.root().workspace().place(PlaceId { document, node: NodeId(id + 1) })));
            }
        }
    }
    out
}
