//! Where findings of a ruleset belong, at and behind references, as users of Spectral know it.

use super::functions::View;
use super::path::Step;
use crate::workspace::Place;

/// Where a message belongs: the nearest node that exists, and what is missing below it.
pub(super) struct Site<'w> {
    pub(super) place: Place<'w>,
    pub(super) missing: Vec<String>,
    pub(super) keyed: bool,
    /// The function could not answer.
    pub(super) failed: bool,
    /// Where the last reference on the way led.
    pub(super) jump: Option<Jump<'w>>,
}

/// The end of a reference on a way.
#[derive(Clone, Copy)]
pub(super) struct Jump<'w> {
    pub(super) place: Place<'w>,
    /// Whether it was the first one.
    pub(super) first: bool,
}

/// The last reference on the way, where a finding stays at it: something stands beside `$ref`, and no other reference
/// was followed before.
pub(super) fn own_site<'w>(way: &[Step<'w>]) -> Option<Place<'w>> {
    let (last, before) = way.split_last()?;
    let followed = |step: &Step<'w>| step.site.id() != step.place.id();
    (followed(last) && last.site.len() > 1 && !before.iter().any(followed)).then_some(last.site)
}

/// Where a path below a place leads. From a reference with something beside it, what stands there counts, then what it leads
/// to.
pub(super) fn below<'w>(
    view: &View<'w>,
    (base, jump): (Place<'w>, Option<Jump<'w>>),
    own: Option<Place<'w>>,
    path: &[String],
    keyed: bool,
) -> Site<'w> {
    let own =
        own.filter(|own| path.first().is_none_or(|first| own.child(first).is_some() || base.child(first).is_none()));
    let mut place = own.unwrap_or(base);
    let mut jump = jump.filter(|_| own.is_none());
    for (at, part) in path.iter().enumerate() {
        match place.child(part) {
            Some(child) if own.is_some() => place = child,
            Some(child) => {
                place = view.follow(child);
                if place.id() != child.id() {
                    jump = Some(Jump { place, first: jump.is_none() });
                }
            }
            None => return Site { place, missing: path[at..].to_vec(), keyed: false, failed: false, jump },
        }
    }
    Site { place, missing: Vec::new(), keyed, failed: false, jump }
}

/// Behind a reference, a place is known by the pointer in it: keys with characters that a URI fragment escapes are not
/// found there, and the finding stays at what holds them. This is where users of Spectral know such findings.
pub(super) fn seen_behind<'w>(site: &Site<'w>) -> Option<Place<'w>> {
    let jump = site.jump?.place.path().len();
    let path = site.place.path();
    let plain = |part: &String| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.!~*'()/".contains(&b));
    let hidden = path.iter().skip(jump).position(|part| !plain(part))? + jump;
    let tokens: Vec<&str> = path[..hidden].iter().map(String::as_str).collect();
    site.place.workspace().document_root(site.place.document_id()).descend(&tokens)
}

/// Where a finding at a reference within the contract belongs that leads nowhere: as near to its end as there is something.
pub(super) fn nowhere(place: Place<'_>) -> Option<Place<'_>> {
    let text = place.reference().filter(|_| place.len() == 1)?;
    let tokens = crate::syntax::pointer::tokens(text.strip_prefix('#')?)?;
    let mut at = place.workspace().document_root(place.document_id());
    for token in &tokens {
        match at.child(token) {
            Some(child) => at = child,
            None => return Some(at),
        }
    }
    None
}
