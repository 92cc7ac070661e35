//! What a contract claims about the encryption of restricted data. Encryption at rest cannot be seen in a contract: that the
//! claim is there and makes sense can.

use super::super::facts::Facts;
use super::super::schema_walk::Role;
use super::super::{Finding, Options, schema};
use super::declared::sensitivity;
use crate::diagnostic::Label;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

const KEY: &str = "x-encryption";

/// Whether a text could be an encrypted value: a format or encoding says so, or a pattern of the five parts of a JWE (RFC 7516).
fn is_container(place: Place<'_>) -> bool {
    let format = schema::text(place, "format").unwrap_or_default().to_ascii_lowercase();
    let media = schema::text(place, "contentMediaType").unwrap_or_default().to_ascii_lowercase();
    let pattern = schema::text(place, "pattern").unwrap_or_default();
    let coded = schema::has(place, "contentEncoding") || matches!(&*format, "byte" | "base64" | "base64url" | "binary");
    let parts = pattern.matches("\\.").count() + pattern.matches("[.]").count() >= 4 || pattern.contains("{4}");
    let object = ["ciphertext", "encryptedData", "encrypted_key", "encryptedKey"]
        .iter()
        .any(|name| schema::properties(place).iter().any(|(known, _)| known == name));
    coded
        || parts
        || object
        || ["jwe", "pgp", "cipher", "encrypted", "fle", "jose"]
            .iter()
            .any(|word| format.contains(word) || media.contains(word))
}

/// What a claim lacks or gets wrong.
fn fault(claim: Place<'_>) -> Option<String> {
    if !claim.is_map() {
        return claim.text().trim().is_empty().then(|| format!("`{KEY}` is empty; say `at_rest` and `key_owner`"));
    }
    let any = ["at_rest", "field_level"].iter().any(|key| claim.get(key).is_some());
    if !any {
        return Some(format!("`{KEY}` says neither `at_rest` nor `field_level`"));
    }
    let known = ["jwe", "pgp", "fle", "none"];
    let level = claim.get("field_level")?;
    (!known.contains(&&*level.text().to_ascii_lowercase()))
        .then(|| format!("`field_level` is `{}`; it may be `jwe`, `pgp`, `fle`, or `none`", level.text()))
}

/// `cmp-encryption-declared`: restricted data say how they are encrypted.
pub(super) fn encryption(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let whole = facts.governance(KEY);
    let mut claims: Vec<Place<'_>> = whole.into_iter().collect();
    let mut seen: FxHashSet<PlaceId> = whole.iter().map(|place| place.id()).collect();
    let mut open = Vec::new();
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let own = schema::keyword(element.at, KEY);
        let around = element.holder.and_then(|holder| schema::keyword(holder, KEY));
        for claim in own.into_iter().chain(around) {
            if seen.insert(claim.id()) {
                claims.push(claim);
            }
        }
        let level = own.and_then(|claim| claim.get("field_level")).filter(|level| level.text() != "none");
        if let Some(level) = level
            && !is_container(element.at)
            && seen.insert(level.id())
        {
            let message = format!(
                "the {} is said to be encrypted (`{}`), but its schema is that of the plain value; use `format: jwe`, `contentEncoding`, or a pattern",
                element.label(),
                level.text()
            );
            out.push(Finding::at(level, message).of(&element.operation));
        }
        let restricted = sensitivity(element) == Some("restricted");
        if restricted && own.or(around).or(whole).is_none() && seen.insert(element.at.id()) {
            open.push(element);
        }
    }
    if let (Some(first), Some(info)) = (open.first(), facts.api.info()) {
        let which = match open.len() {
            1 => format!("the {}", first.label()),
            count => format!("the {} and {} more", first.label(), count - 1),
        };
        let message = format!(
            "the contract carries restricted data ({which}), but does not say how they are encrypted; add `{KEY}: {{at_rest: …, key_owner: …}}`"
        );
        let mut finding = Finding::key(info, message);
        let label = |place: Place<'_>| Label { location: place.key_location(), message: "such as this".to_owned() };
        finding.related = open.iter().take(3).map(|element| label(element.at)).collect();
        out.push(finding);
    }
    for claim in claims {
        if let Some(fault) = fault(claim) {
            out.push(Finding::key(claim, fault));
        }
    }
}
