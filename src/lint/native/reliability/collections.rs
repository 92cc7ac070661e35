//! Collections that may grow are read in pages.

use super::super::facts::{Facts, is_json};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::openapi::{Operation, ParameterIn, Response};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Parameters that ask for a page, and what tells where the next one is.
const SIZE: [&str; 13] = [
    "limit",
    "page size",
    "pagesize",
    "per page",
    "perpage",
    "size",
    "count",
    "max results",
    "maxresults",
    "first",
    "take",
    "top",
    "page limit",
];
const CONTINUE: [&str; 20] = [
    "page",
    "offset",
    "cursor",
    "after",
    "before",
    "next",
    "continuation token",
    "page token",
    "skip",
    "starting after",
    "ending before",
    "next token",
    "next cursor",
    "marker",
    "page number",
    "pagination key",
    "start",
    "from",
    "page key",
    "starting position",
];

fn is_one_of(name: &str, terms: &[&str]) -> bool {
    let split = words::words(name.trim_start_matches('$'));
    let joined = split.join(" ");
    terms.contains(&joined.as_str())
        || (split.len() > 1 && terms.iter().any(|term| term.contains(' ') && words::ends_with(&split, term)))
}

/// The array that a response holds: the body itself, or the one array property that looks like the collection.
fn collection<'w>(operation: &Operation<'w>, response: &Response<'w>) -> Option<(Place<'w>, bool, Place<'w>)> {
    let media = response.media_types().into_iter().find(|media| is_json(media.name))?;
    let body = media.schema?.place()?;
    if schema::has_type(body, "array") {
        return Some((body, true, body));
    }
    let arrays: Vec<_> =
        schema::properties(body).into_iter().filter(|(_, place)| schema::has_type(*place, "array")).collect();
    let [(name, place)] = arrays[..] else { return None };
    let resource = super::super::facts::static_segments(operation.path.template)
        .last()
        .map(|s| words::words(s).join(" "))
        .unwrap_or_default();
    let name = words::words(name).join(" ");
    let usual =
        matches!(name.as_str(), "data" | "items" | "results" | "content" | "values" | "list" | "entries" | "elements");
    (usual || name == resource).then_some((body, false, place))
}

/// Whether the body says where the next page is.
fn continues(body: Place<'_>) -> bool {
    schema::properties(body).into_iter().any(|(name, place)| {
        is_one_of(name, &CONTINUE)
            || matches!(&*words::words(name).join(" "), "has more" | "more" | "total pages")
            || (matches!(
                &*name.to_ascii_lowercase(),
                "links" | "_links" | "pagination" | "paging" | "meta" | "page_info" | "pageinfo" | "metadata"
            ) && schema::properties(place)
                .iter()
                .any(|(inner, _)| is_one_of(inner, &CONTINUE) || inner.to_ascii_lowercase().contains("next")))
    })
}

/// Last words of paths of what grows as long as the account is used.
const ENDLESS: [&str; 16] = [
    "transactions",
    "payments",
    "transfers",
    "entries",
    "postings",
    "movements",
    "orders",
    "events",
    "logs",
    "history",
    "messages",
    "activities",
    "transacoes",
    "movimientos",
    "umsaetze",
    "operations",
];

/// `rel-collection-paginated`: collections come in pages.
pub(super) fn paginated(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for operation in facts.operations().filter(|operation| operation.method == "get") {
        // What ends with an id is one resource; its lists are parts of it.
        if operation.path.template.trim_end_matches('/').ends_with('}')
            || operation.place.get_bool("x-bounded-collection") == Some(true)
        {
            continue;
        }
        let Some(response) = operation.responses().into_iter().find(Response::is_success) else { continue };
        let Some((body, bare, array)) = collection(operation, &response) else { continue };
        let most = schema::keyword(array, "maxItems").and_then(Place::as_u64);
        let items = schema::keyword(array, "items");
        if most.is_some_and(|most| most <= 100) || items.is_some_and(schema::is_listed) {
            continue;
        }
        let parameters = operation.parameters();
        let query = || {
            parameters
                .iter()
                .filter(|p| p.location == Some(ParameterIn::Query) || p.location == Some(ParameterIn::Header))
        };
        let size = query().find(|p| is_one_of(p.name, &SIZE));
        let next = query().any(|p| is_one_of(p.name, &CONTINUE))
            || continues(body)
            || response.headers().iter().any(|header| {
                header.name.eq_ignore_ascii_case("link") || header.name.to_ascii_lowercase().contains("next")
            });
        if size.is_none() && !next {
            let what = if bare { "returns a bare array of any length" } else { "returns all items at once" };
            let message = format!(
                "{} {what}; return pages, with a limit and a cursor or link to the next page",
                operation.label()
            );
            let finding = Finding::key(operation.place, message).of(operation);
            // A list inside an object, or below one resource, is often short by nature; what is booked never ends.
            let last = super::super::facts::static_segments(operation.path.template).last().map(words::words);
            let endless = last.is_some_and(|last| words::any(&last, &ENDLESS));
            let certain = endless || (bare && !operation.path.template.contains('{'));
            out.push(if certain { finding } else { finding.at_most(Severity::Info) });
        } else if let Some(size) = size
            && let Some(place) = size.schema().and_then(|schema| schema.place())
            && !schema::has(place, "maximum")
            && !schema::has(place, "exclusiveMaximum")
            && !schema::is_listed(place)
            && schema::is_numeric(place)
            && seen.insert(size.place.id())
        {
            let message =
                format!("the page size `{}` has no `maximum`, so one request can ask for everything", size.name);
            let help = format!("Add a `maximum` to `{}`", size.name);
            out.push(
                Finding::at(size.place.get("name").unwrap_or(size.place), message)
                    .help(help)
                    .at_most(Severity::Info)
                    .of(operation),
            );
        }
    }
}
