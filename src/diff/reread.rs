//! Keywords that nobody touched and that another version of OpenAPI reads otherwise: the edit is the line of the version.
//!
//! Takes the causes with their findings; gives one finding per rule and keyword at that line, with the places it is
//! about, in place of one at every line that did not change.

use super::judge::{Cause, Judged};
use super::walk::Walk;
use crate::diagnostic::{Diagnostic, Label};
use crate::openapi::Version;
use crate::openapi::model::reads_keyword;
use crate::workspace::Place;
use indexmap::IndexMap;

/// Places that are named with one finding, at most.
const MAX_PLACES: usize = 20;

/// Puts together the findings that the change of the version alone makes.
pub(super) fn fold(walk: &Walk<'_, '_>, causes: &[Cause<'_>], judged: &mut [Judged]) {
    let versions = (walk.base.version(), walk.revision.version());
    if versions.0 == versions.1 {
        return;
    }
    let line = |root: Place<'_>| root.get("openapi").or(root.get("swagger")).unwrap_or(root).location();
    let mut groups: IndexMap<(String, String), Vec<usize>> = IndexMap::new();
    for (at, (cause, judged)) in causes.iter().zip(&*judged).enumerate() {
        if let Some(finding) = &judged.finding
            && let Some(keyword) = cause.edit.base.zip(cause.edit.revision).and_then(|sides| reread(sides, versions))
        {
            groups.entry((finding.rule.to_string(), keyword)).or_default().push(at);
        }
    }
    for ((_, keyword), members) in groups {
        let mut all: Vec<Diagnostic> = members.iter().filter_map(|at| judged[*at].finding.take()).collect();
        // The worst speaks for all; of equals the first.
        let Some(worst) = (0..all.len()).rev().max_by_key(|at| all[*at].impact) else { continue };
        let mut finding = all.swap_remove(worst);
        let more = all.len();
        let label = |location| Label { location, message: format!("`{keyword}` stands here") };
        let first = std::mem::replace(&mut finding.location, line(walk.revision.root()));
        finding.related.push(label(first));
        finding.related.extend(all.iter().take(MAX_PLACES).map(|other| label(other.location.clone())));
        finding.base_location = Some(line(walk.base.root()));
        for operation in all.into_iter().flat_map(|other| other.operations) {
            if !finding.operations.contains(&operation) {
                finding.operations.push(operation);
            }
        }
        let (reader, other) = if reads_keyword(&keyword, versions.1) { (versions.1, versions.0) } else { versions };
        let places = match more {
            0 => String::new(),
            1 => " (and 1 more place)".to_owned(),
            more => format!(" (and {more} more places)"),
        };
        finding.message.push_str(&format!("{places}; OpenAPI {reader} reads `{keyword}`, {other} does not"));
        judged[members[0]].finding = Some(finding);
    }
}

/// The keyword that both sides have alike and only one reads, where an edit is about one.
fn reread((base, revision): (Place<'_>, Place<'_>), (old, new): (Version, Version)) -> Option<String> {
    let candidates = [(base, revision), (revision, base)];
    candidates.into_iter().find_map(|(own, other)| {
        let path = own.path();
        let keyword = path.last()?;
        if reads_keyword(keyword, old) == reads_keyword(keyword, new) {
            return None;
        }
        // The place of the other side is the schema, or one of its keywords.
        let outer = other.path();
        let root = other.workspace().document_root(other.document_id());
        let around: Vec<&str> = outer.iter().take(outer.len().saturating_sub(1)).map(String::as_str).collect();
        let written = other.get(keyword).or_else(|| root.descend(&around)?.get(keyword))?;
        super::values::equal(own, written).then(|| keyword.clone())
    })
}
