//! What the classification of data says (`x-data-classification` of the OpenAPI extension registry), and whether another
//! one protects less.

use crate::text::escape::shortened;
use crate::workspace::Place;

/// The key.
pub const CLASSIFICATION: &str = "x-data-classification";
/// From the least protected on.
const SENSITIVITIES: [&str; 4] = ["public", "internal", "confidential", "restricted"];
const MASKINGS: [&str; 3] = ["none", "a part is shown", "nothing is shown"];

/// Returns what became weaker of the classification of `name`, in words, and where the revision says so: `old` is the
/// classification of the base, `holder` what holds the one of the revision.
pub fn declassified<'w>(name: &str, old: Place<'_>, holder: Place<'w>) -> Option<(String, Place<'w>)> {
    let Some(new) = holder.get(CLASSIFICATION) else {
        return Some((format!("the data classification of `{name}` was removed"), holder));
    };
    let rank = |place: Place<'_>| SENSITIVITIES.iter().position(|known| place.get_str("sensitivity") == Some(known));
    if let (Some(was), Some(is)) = (rank(old), rank(new))
        && is < was
    {
        let at = new.get("sensitivity").unwrap_or(new);
        return Some((
            format!("the sensitivity of `{name}` went down from `{}` to `{}`", SENSITIVITIES[was], SENSITIVITIES[is]),
            at,
        ));
    }
    if let (Some(was), None) = (old.get_str("category"), new.get("category")) {
        return Some((format!("the category `{}` of `{name}` was removed", shortened(was, 80)), new));
    }
    let (was, is) = (masking(old), masking(new));
    (is < was).then(|| {
        let at = new.get("masking").unwrap_or(new);
        (format!("the masking of `{name}` became weaker: {} instead of {}", MASKINGS[is], MASKINGS[was]), at)
    })
}

/// How much a masking hides, as an index of [`MASKINGS`].
fn masking(classification: Place<'_>) -> usize {
    match classification.get("masking").and_then(|masking| masking.get_str("strategy")) {
        None => 0,
        Some("partial" | "regex") => 1,
        Some(_) => 2,
    }
}
