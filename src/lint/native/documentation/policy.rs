//! How much a client may ask for, in words.

use super::super::facts::Facts;
use super::super::{Finding, Options};
use super::guides::{docs, for_others, told};

/// `doc-usage-policy`: where calls are refused for being too many, the contract says how many are allowed.
pub(super) fn usage(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some((info, most)) = for_others(facts) else { return };
    let declared = ["x-ratelimit", "x-rate-limit", "x-quota", "x-business-limits"];
    let terms = [
        "rate limit",
        "rate-limit",
        "ratelimit",
        "throttl",
        "fair usage",
        "fair use",
        "quota",
        "usage policy",
        "requests per",
        "calls per",
        "per second",
        "per minute",
        "limites",
        "tráfego",
        "traffic",
    ];
    let known = declared.iter().any(|name| facts.governance(name).is_some())
        || ["usagePolicy", "usage", "rateLimits", "limits"].iter().any(|name| docs(facts, name).is_some())
        || told(facts, &terms);
    if known {
        return;
    }
    let mut refusals = 0;
    for operation in facts.operations() {
        if declared.iter().any(|name| operation.place.get(name).is_some()) {
            return;
        }
        for response in operation.responses() {
            // The policy itself, as a header (draft-ietf-httpapi-ratelimit-headers).
            if response.headers().iter().any(|header| header.name.eq_ignore_ascii_case("ratelimit-policy")) {
                return;
            }
            refusals += usize::from(response.status == "429");
        }
    }
    if refusals > 0 {
        let message = "`429` is described, but not how much is allowed; tell who is counted, the quota and the window in the description, or in `x-ratelimit`";
        out.push(Finding::key(info, message).at_most(most));
    }
}
