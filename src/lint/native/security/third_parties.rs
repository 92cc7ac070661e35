//! Which services of others a contract depends on, and who runs its hosts.

use super::super::facts::Facts;
use super::super::url::Url;
use super::super::{Finding, Options};
use crate::workspace::Place;

/// Whether a host is one of `domains` or stands below one of them.
fn belongs(host: &str, domains: &[&str]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    domains.iter().any(|domain| {
        let domain = domain.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
        host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// Whether the contract says that much hangs on it.
fn is_critical(facts: &Facts<'_>) -> bool {
    facts.governance("x-criticality").is_some_and(|value| {
        let tier = value.get("tier").or_else(|| value.get("level")).unwrap_or(value);
        matches!(&*tier.text().to_ascii_lowercase(), "critical" | "important" | "1" | "tier1" | "tier-1" | "tier 1")
    })
}

/// The lists of upstreams: of the whole contract, and of single operations.
fn upstreams<'w>(facts: &Facts<'w>) -> Vec<Place<'w>> {
    let own = facts
        .operations()
        .filter_map(|operation| operation.place.get("x-upstream").or_else(|| operation.place.get("x-upstreams")));
    facts.governance("x-upstreams").into_iter().chain(own).collect()
}

fn check_upstream(upstream: Place<'_>, allowed: &[&str], out: &mut Vec<Finding>) {
    let Some(host) = ["url", "host"].iter().find_map(|key| upstream.get(key)) else { return };
    let text = host.text();
    let url = Url::new(text);
    if url.is_plain() || upstream.get_bool("tls") == Some(false) {
        out.push(Finding::at(host, format!("the upstream `{text}` is reached without encryption; use `https`")));
    }
    let name = if url.host.is_empty() { text.split(['/', ':']).next().unwrap_or_default() } else { url.host };
    if !allowed.is_empty() && !belongs(name, allowed) {
        let message =
            format!("the upstream `{name}` is not on the list of those that were approved (option `upstream-hosts`)");
        out.push(Finding::at(host, message));
    }
}

/// The hosts on which clients meet the service: production servers, and the endpoints of OAuth.
fn hosts<'w>(facts: &Facts<'w>) -> Vec<(Place<'w>, String, Place<'w>)> {
    let mut out = Vec::new();
    for server in facts.api.servers() {
        let Some(place) = server.place else { continue };
        if place.get_str("x-environment").is_none_or(|name| name.starts_with("prod")) {
            // 2.0 has a host where the others have an object.
            let at = place.get("url").or_else(|| place.get("host")).unwrap_or(place);
            out.push((at, server.url.clone(), place));
        }
    }
    for scheme in facts.api.security_schemes() {
        for (_, flow) in scheme.flows() {
            for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
                if let Some(at) = flow.get(key) {
                    out.push((at, at.text().to_owned(), scheme.place));
                }
            }
        }
    }
    out
}

/// `sec-third-party-dependency-declared`: what hangs on others says on whom.
pub(super) fn declared(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let lists = upstreams(facts);
    if let Some(info) = facts.api.info().filter(|_| lists.is_empty() && is_critical(facts)) {
        let message = "much hangs on this API, but it does not say on whose services it hangs itself; list them in `x-upstreams`, or say `x-upstreams: []`";
        out.push(Finding::key(info, message));
    }
    let allowed = options.list("upstream-hosts");
    for list in lists {
        let several = list.elements();
        if list.is_map() {
            check_upstream(list, &allowed, out);
        }
        several.for_each(|upstream| check_upstream(upstream, &allowed, out));
    }
    let own = options.list("bank-domains");
    if own.is_empty() {
        return;
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, text, holder) in hosts(facts) {
        let url = Url::new(&text);
        let host = url.host.to_ascii_lowercase();
        // A variable in the host is filled in by the client.
        if host.is_empty() || host.contains('{') || url.is_loopback() || belongs(&host, &own) || seen.contains(&host) {
            continue;
        }
        let record = holder.get("x-ict-third-party").or_else(|| facts.governance("x-ict-third-party"));
        let message = match record {
            None => format!(
                "`{host}` is a host of somebody else; say in `x-ict-third-party` who that is, with `provider`, `register_ref` and `exit_plan`"
            ),
            Some(record) => {
                let lacks: Vec<String> = ["provider", "register_ref", "exit_plan"]
                    .iter()
                    .filter(|key| record.get(key).is_none())
                    .map(|key| format!("`{key}`"))
                    .collect();
                if lacks.is_empty() {
                    continue;
                }
                format!("`x-ict-third-party` of `{host}` lacks {}", lacks.join(", "))
            }
        };
        seen.push(host);
        out.push(Finding::at(at, message));
    }
}

#[cfg(test)]
mod tests {
    use super::belongs;

    #[test]
    fn a_domain_holds_for_itself_and_below_and_not_for_names_that_end_alike() {
        assert!(belongs("api.bank.example", &["bank.example"]) && belongs("BANK.example", &["bank.example"]));
        assert!(!belongs("mybank.example", &["bank.example"]) && !belongs("bank.example.org", &["bank.example"]));
    }
}
