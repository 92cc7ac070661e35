//! Extensions that are almost those which Covenant and others read.

use super::super::{Finding, Options, facts::Facts};
use crate::syntax::NodeId;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;

/// The extensions that rules, lifecycle and gate read, and those of the OpenAPI extension registry.
const KNOWN: [&str; 76] = [
    "x-api-id",
    "x-approval",
    "x-assessment",
    "x-audience",
    "x-audit",
    "x-auth-attempts",
    "x-beta-since",
    "x-business-flow",
    "x-cache-policy",
    "x-codeSamples",
    "x-code-samples",
    "x-cors",
    "x-criticality",
    "x-currency",
    "x-currency-from",
    "x-currency-scheme",
    "x-data-classification",
    "x-data-residency",
    "x-date-format",
    "x-deprecated-at",
    "x-deprecation",
    "x-docs",
    "x-effective-date",
    "x-encrypted",
    "x-encryption",
    "x-environment",
    "x-error-catalogue",
    "x-expect-invalid",
    "x-extensible-enum",
    "x-fapi",
    "x-high-value",
    "x-idempotency",
    "x-internal",
    "x-lifecycle",
    "x-lint-waive",
    "x-migration-guide",
    "x-money",
    "x-money-movement",
    "x-mutual-tls",
    "x-one-time-url",
    "x-opaque",
    "x-owner",
    "x-pattern-search",
    "x-pci-scope",
    "x-processing",
    "x-public",
    "x-public-justification",
    "x-ratelimit",
    "x-region",
    "x-renamed-from",
    "x-replaced-by",
    "x-retention",
    "x-sca",
    "x-sensitive-action",
    "x-sensitive-data",
    "x-set-by",
    "x-single-use",
    "x-sla",
    "x-slo",
    "x-stability-level",
    "x-sunset",
    "x-support-ends",
    "x-transfer-basis",
    "x-unit",
    "x-upstreams",
    "x-url-allowlist",
    "x-webhook-auth",
    "x-webhook-delivery",
    "x-write-only",
    "x-covenant-ignore",
    "x-error-disclosure",
    "x-ict-third-party",
    "x-availability",
    "x-iso20022-path",
    "x-backed-by",
    "x-opaque-ids",
];
/// Names that look like one of the above and are others' own.
const OTHERS: [&str; 12] = [
    "x-webhooks",
    "x-docs",
    "x-public",
    "x-example",
    "x-examples",
    "x-internal",
    "x-unit",
    "x-units",
    "x-logo",
    "x-enum",
    "x-tags",
    "x-sca",
];

/// Lower case without dashes and underscores.
fn squeeze(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Number of insertions, deletions, and replacements that make `a` of `b`; 3 for more than 2.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0).min(3)
}

/// The known extension that a name was probably meant to be.
fn meant(name: &str) -> Option<&'static str> {
    if KNOWN.contains(&name) || OTHERS.contains(&name) {
        return None;
    }
    let squeezed = squeeze(name);
    let same = KNOWN.iter().find(|known| squeeze(known) == squeezed);
    let near = || {
        // Short names are near to many words.
        let long = KNOWN.iter().filter(|known| known.len() >= 9);
        long.filter(|known| known.len() >= 13 || distance(&squeeze(known), &squeezed) <= 1)
            .find(|known| distance(&squeeze(known), &squeezed) <= 2)
    };
    let dated = || squeezed.strip_suffix("date").and_then(|stem| KNOWN.iter().find(|known| squeeze(known) == stem));
    same.or_else(near).or_else(dated).copied()
}

/// `des-extension-near-miss`: what looks like a governance extension is one.
pub(super) fn near_miss(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("known-extensions");
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        let mut names: FxHashMap<&str, Option<&'static str>> = FxHashMap::default();
        for index in 0..tree.len() as u32 {
            let node = tree.node(NodeId(index));
            if node.key_symbol().is_none() || !node.text().starts_with("x-") {
                continue;
            }
            let name = node.text();
            let Some(known) = *names.entry(name).or_insert_with(|| meant(name)) else { continue };
            let place = workspace.place(PlaceId { document: id, node: NodeId(index) });
            if allowed.contains(&name) || is_data(place) {
                continue;
            }
            let message = format!("`{name}` has no effect; did you mean `{known}`?");
            out.push(Finding::at(place, message));
        }
    }
}

/// Whether the key names something of the contract (a header, a property) and is no extension.
fn is_data(place: Place<'_>) -> bool {
    let path = place.path();
    let inside = path.iter().any(|token| matches!(token.as_str(), "example" | "examples" | "default" | "value"));
    let parent = path.len().checked_sub(2).and_then(|at| path.get(at)).map_or("", String::as_str);
    inside
        || matches!(
            parent,
            "headers"
                | "properties"
                | "parameters"
                | "schemas"
                | "definitions"
                | "securitySchemes"
                | "responses"
                | "scopes"
        )
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn near_misses_are_seen_and_others_names_are_not() {
        assert_eq!(meant("x-Sunset"), Some("x-sunset"));
        assert_eq!(meant("x-sunset_date"), Some("x-sunset"));
        assert_eq!(meant("x-stabilityLevel"), Some("x-stability-level"));
        assert_eq!(meant("x-data-clasification"), Some("x-data-classification"));
        for name in [
            "x-amazon-apigateway-integration",
            "x-logo",
            "x-go-name",
            "x-tagGroups",
            "x-sunset",
            "x-order",
            "x-version",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
