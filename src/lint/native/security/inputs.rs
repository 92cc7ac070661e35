//! What clients may send beyond texts and lists: object ids, further properties, numbers, files, and fields that only
//! the server decides.

use super::super::facts::{Facts, is_json, path_words};
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::Act;
use crate::openapi::{Bytes, MediaKind, MediaType, Operation, ParameterIn, StatusKey, Surface};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// `sec-object-id-constrained`: ids in paths have a form.
pub(super) fn object_id(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request().iter().filter(|element| element.role == Role::Parameter(ParameterIn::Path)) {
        if !schema::has_type(element.at, "string") || !seen.insert(element.at.id()) {
            continue;
        }
        candidates += 1;
        let formed = ["pattern", "maxLength", "format", "enum", "const", "x-extensible-enum"];
        if formed.iter().any(|key| schema::has(element.at, key)) {
            continue;
        }
        let message =
            format!("the {} accepts any text; give it a `format`, a `pattern` or a `maxLength`", element.label());
        found.push(Finding::key(element.at, message).of(&element.operation));
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} ids in paths accept any text; give them a `format`, a `pattern` or a `maxLength`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

fn is_closed(schema: Place<'_>) -> bool {
    let constrained = |place: Place<'_>| place.as_bool() == Some(false) || (place.is_map() && !place.is_empty());
    schema.get("additionalProperties").is_some_and(constrained)
        || schema.get("unevaluatedProperties").is_some_and(constrained)
        || schema.get_bool("x-open") == Some(true)
}

/// The first branch of `allOf` that is closed though properties stand beside it.
fn closed_branch(schema: Place<'_>) -> Option<Place<'_>> {
    let branches: Vec<Place<'_>> = schema.get("allOf").into_iter().flat_map(Place::elements).collect();
    let own = schema.get("properties").is_some_and(|own| !own.is_empty());
    let with = branches.iter().filter(|branch| !schema::properties(**branch).is_empty()).count() + usize::from(own);
    let closed = |branch: &Place<'_>| branch.resolved().get_bool("additionalProperties") == Some(false);
    branches.iter().copied().find(closed).filter(|_| with > 1)
}

/// `sec-request-object-closed`: requests have no fields that nobody described.
pub(super) fn object_closed(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let answered: FxHashSet<PlaceId> = facts.success().iter().map(|element| element.schema.id()).collect();
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request() {
        let schema = element.schema;
        let body = matches!(element.role, Role::Body | Role::Property | Role::Item | Role::Other);
        if !body || schema::properties(schema).is_empty() || !seen.insert(schema.id()) {
            continue;
        }
        if let Some(branch) = closed_branch(schema) {
            let message = "this branch of `allOf` forbids the properties that stand beside it, so hardly any value is valid; close the whole with `unevaluatedProperties: false`";
            out.push(Finding::at(branch, message).of(&element.operation));
            continue;
        }
        // Closing a schema that answers use too would break clients that are given new fields.
        if answered.contains(&schema.id()) {
            continue;
        }
        candidates += 1;
        if !is_closed(schema) {
            let label = element.label();
            let message = format!("{label} may have fields that nobody described; set `additionalProperties: false`");
            found.push(Finding::key(schema, message).of(&element.operation));
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} objects in requests may have fields that nobody described; set `additionalProperties: false`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// Fields that the server decides.
const SERVER: [&str; 28] = [
    "id",
    "uuid",
    "status",
    "state",
    "role",
    "roles",
    "is admin",
    "admin",
    "permissions",
    "balance",
    "available balance",
    "current balance",
    "credit limit",
    "kyc status",
    "verified",
    "approved",
    "approved by",
    "approved at",
    "created at",
    "created by",
    "created on",
    "updated at",
    "updated by",
    "modified at",
    "modified by",
    "risk score",
    "ledger id",
    "ledger balance",
];

/// Whether a role is what the request is about: that of somebody else who is invited, or of a member where the contract has marked
/// what the server decides beside it.
fn grants(element: &Element<'_>, beside: &[(&str, Place<'_>)], is_server: impl Fn(&str) -> bool) -> bool {
    const INVITED: [&str; 4] = ["invite", "invites", "invitation", "invitations"];
    const MEMBERS: [&str; 9] = [
        "member",
        "members",
        "membership",
        "memberships",
        "collaborator",
        "collaborators",
        "grants",
        "assignments",
        "bindings",
    ];
    let role = matches!(&*words::words(element.name).join(" "), "role" | "roles" | "permissions");
    let last = path_words(&element.operation);
    let is = |terms: &[&str]| last.last().is_some_and(|word| terms.contains(&word.as_str()));
    let decided = || beside.iter().any(|(name, place)| is_server(name) && schema::flag(*place, "readOnly"));
    role && (is(&INVITED) || is(&MEMBERS) && decided())
}

/// Whether the resource is one whose books the client keeps: `Create manual account`. What a bank says of its own accounts is then
/// said by the client.
fn keeps_books(operation: &Operation<'_>) -> bool {
    let mut all = path_words(operation);
    for key in ["operationId", "summary"] {
        all.extend(operation.place.get_str(key).map(words::words).unwrap_or_default());
    }
    words::any(&all, &["manual", "manually", "offline", "external", "untracked"])
}

/// The schemas of whole bodies with their `allOf` branches.
fn roots(elements: &[Element<'_>]) -> FxHashSet<PlaceId> {
    fn add(schema: Place<'_>, depth: usize, out: &mut FxHashSet<PlaceId>) {
        let schema = schema.resolved();
        if out.insert(schema.id()) && depth > 0 {
            schema.get("allOf").into_iter().flat_map(Place::elements).for_each(|branch| add(branch, depth - 1, out));
        }
    }
    let mut out = FxHashSet::default();
    elements.iter().filter(|element| element.role == Role::Body).for_each(|element| add(element.schema, 8, &mut out));
    out
}

/// `sec-server-controlled-field-readonly`: clients cannot set what only the server decides.
pub(super) fn server_controlled(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("fields");
    let answered: FxHashSet<PlaceId> = facts.success().iter().map(|element| element.at.id()).collect();
    let bodies = roots(facts.request());
    let is_server = |name: &str| {
        let name = words::words(name).join(" ");
        SERVER.contains(&name.as_str()) || own.contains(&name.as_str())
    };
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    assigned(facts, &answered, &mut seen, out);
    for element in facts.request().iter().filter(|element| element.role == Role::Property) {
        let Some(holder) = element.holder.filter(|holder| bodies.contains(&holder.id())) else { continue };
        if !is_server(element.name) || !answered.contains(&element.at.id()) || !seen.insert(element.at.id()) {
            continue;
        }
        let beside = schema::properties(holder);
        let address = beside.iter().any(|(name, _)| {
            words::any(&words::words(name), &["city", "zip", "postcode", "postal", "street", "country", "address"])
        });
        let required = holder.get("required").into_iter().flat_map(Place::elements);
        let given = required.into_iter().any(|name| name.as_str() == Some(element.name));
        let transition = beside.iter().all(|(name, _)| is_server(name));
        // The state of an address, an id that clients must choose, a body made for a change of state, and what is granted.
        if (element.name == "state" && address)
            || given
            || transition
            || grants(element, &beside, is_server)
            || schema::flag(element.at, "x-client-set")
        {
            continue;
        }
        candidates += 1;
        let message = format!(
            "clients may set the {}, which the server decides, because requests and responses share this schema; mark it `readOnly: true`",
            element.label()
        );
        found.push(Finding::key(element.at, message).of(&element.operation));
    }
    let summary = |count| {
        format!(
            "clients may set {count} fields that the server decides, because requests and responses share their schemas; mark them `readOnly: true`"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// Fields that only the server knows, so that no request has them, whatever schema it shares.
const NEVER_SENT: [&str; 25] = [
    "created at",
    "created by",
    "created on",
    "create time",
    "updated at",
    "updated by",
    "updated on",
    "update time",
    "modified at",
    "modified by",
    "approved by",
    "approved at",
    "is admin",
    "is superuser",
    "kyc status",
    "kyc verified",
    "is verified",
    "risk score",
    "ledger balance",
    "available balance",
    "current balance",
    "settled at",
    "booked at",
    "processed at",
    "deleted at",
];

/// Words of the states that a server gives at the end of its work.
const OUTCOMES: [&str; 14] = [
    "settled",
    "accepted",
    "completed",
    "approved",
    "rejected",
    "paid",
    "executed",
    "booked",
    "succeeded",
    "failed",
    "declined",
    "processed",
    "posted",
    "cleared",
];

/// Whether the values of a state are outcomes, at least two of them.
fn lists_outcomes(place: Place<'_>) -> bool {
    let values = schema::keyword(place, "enum").into_iter().flat_map(Place::elements);
    let outcome = |value: &Place<'_>| words::any(&words::words(&value.text().to_lowercase()), &OUTCOMES);
    values.filter(outcome).count() >= 2
}

/// Fields in requests alone that the server decides: mass assignment needs no shared schema.
fn assigned(facts: &Facts<'_>, answered: &FxHashSet<PlaceId>, seen: &mut FxHashSet<PlaceId>, out: &mut Vec<Finding>) {
    for element in facts.request().iter().filter(|element| element.role == Role::Property) {
        let operation = &element.operation;
        let Some(holder) =
            element.holder.filter(|_| operation.method == "post" && operation.path.surface == Surface::Path)
        else {
            continue;
        };
        if answered.contains(&element.at.id()) {
            continue;
        }
        // The name first: hardly any field has one of these, whatever else would have to be asked.
        let name = words::words(element.name).join(" ");
        let is_state = matches!(name.as_str(), "status" | "state");
        if !is_state && !NEVER_SENT.contains(&name.as_str()) {
            continue;
        }
        let act = facts.act(operation);
        if act == Act::Read || is_state && !(matches!(act, Act::Pay(_)) && lists_outcomes(element.at)) {
            continue;
        }
        let required = holder.get("required").into_iter().flat_map(Place::elements);
        let given = required.into_iter().any(|known| known.as_str() == Some(element.name));
        // What comes from elsewhere brings its own times.
        let brought = words::any(
            &path_words(operation),
            &["import", "imports", "sync", "migration", "migrations", "webhook", "webhooks", "events", "search"],
        );
        if given
            || brought
            || name.ends_with("balance") && keeps_books(operation)
            || schema::flag(element.at, "readOnly")
            || schema::flag(element.at, "x-client-set")
            || !seen.insert(element.at.id())
        {
            continue;
        }
        let message = format!(
            "{} takes the {} from clients, which only the server knows; remove it from the request",
            operation.label(),
            element.label()
        );
        out.push(Finding::key(element.at, message).of(operation));
    }
}

/// `sec-request-number-bounded`: numbers in requests have limits.
pub(super) fn numbers(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request() {
        if !schema::is_numeric(element.at) || schema::is_listed(element.at) || !seen.insert(element.schema.id()) {
            continue;
        }
        candidates += 1;
        let has = |keys: &[&str]| keys.iter().any(|key| schema::has(element.at, key));
        let (low, high) = (has(&["minimum", "exclusiveMinimum"]), has(&["maximum", "exclusiveMaximum"]));
        let query = element.role == Role::Parameter(ParameterIn::Query);
        if query && is_page_size(element.name) && !high {
            let message = format!("the {} decides how much one request returns, but has no `maximum`", element.label());
            out.push(Finding::key(element.schema, message).of(&element.operation));
            continue;
        }
        // These formats have bounds of their own.
        let format = schema::text(element.at, "format");
        if format.is_some_and(|format| matches!(format, "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32")) {
            continue;
        }
        let missing = match (low, high) {
            (true, true) => continue,
            (true, false) => "`maximum`",
            (false, true) => "`minimum`",
            (false, false) => "`minimum` and `maximum`",
        };
        let message = format!("{} has no {missing}", element.label());
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    let summary = |count| format!("{count} of {candidates} numbers in requests lack `minimum` or `maximum`");
    fold(facts.api, found, candidates, summary, out);
}

fn is_page_size(name: &str) -> bool {
    matches!(
        &*words::words(name).join(" "),
        "limit" | "page size" | "pagesize" | "per page" | "size" | "count" | "page limit" | "max results"
    )
}

fn is_file_type(name: &str) -> bool {
    // What is signed or encrypted by JOSE is a message, not a file.
    let jose = words::any(&words::words(name), &["jose", "jwe", "jws", "jwt"]);
    (MediaKind::of(name) == MediaKind::Bytes && !jose)
        || name.split(';').next().unwrap_or_default().trim() == "text/csv"
}

/// Whether a schema is that of a file, in any of the spellings that frameworks have for one.
pub(super) fn is_binary(schema: Place<'_>) -> bool {
    matches!(schema::text(schema, "format"), Some("binary" | "base64" | "byte"))
        || schema::has(schema, "contentEncoding")
        || Bytes::at(schema) == Bytes::File
}

/// Whether a part of a form may be a file: one that says so, or one that says nothing at all (OpenAPI 3.1.1, section
/// 4.8.15.1: the default of a part without a type is `application/octet-stream`).
fn is_file_part(schema: Place<'_>) -> bool {
    is_binary(schema) || Bytes::at(schema) == Bytes::Open
}

fn is_bounded(schema: Place<'_>) -> bool {
    ["maxLength", "x-max-size", "x-maxSize", "x-max-bytes"].iter().any(|key| schema::has(schema, key))
}

/// The parts of a body that are files, with their names; empty for one that is no upload.
fn files<'w>(media: &MediaType<'w>) -> Vec<(&'w str, Place<'w>)> {
    let schema = media.schema.as_ref().and_then(crate::openapi::SchemaRef::place);
    if is_file_type(media.name) {
        return vec![("", schema.unwrap_or(media.place))];
    }
    if !media.name.starts_with("multipart/") {
        return Vec::new();
    }
    if let Some(crate::openapi::SchemaRef::Form(fields)) = &media.schema {
        return fields.iter().filter(|field| is_binary(field.place)).map(|field| (field.name, field.place)).collect();
    }
    let item = |place: Place<'w>| schema::keyword(place, "items").map_or(place, Place::resolved);
    let parts = schema.map(schema::properties).unwrap_or_default().into_iter();
    parts.filter(|(_, place)| is_file_part(*place) || is_file_part(item(*place))).collect()
}

/// `sec-upload-bounded`: files have a greatest size and a known type.
pub(super) fn uploads(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let Some(body) = operation.body() else { continue };
        for media in &body.media_types {
            let files = files(media);
            if files.is_empty() || !seen.insert(media.place.id()) {
                continue;
            }
            candidates += 1;
            let holders = [media.place, body.place, operation.place];
            let whole = holders.iter().any(|place| place.get("x-max-size").is_some());
            let item = |place: Place<'_>| schema::keyword(place, "items").is_some_and(is_bounded);
            let unbounded = files.iter().find(|(_, place)| !is_bounded(*place) && !item(*place));
            let mut lacks = Vec::new();
            if let Some((name, _)) = unbounded.filter(|_| !whole) {
                let what = if name.is_empty() { String::new() } else { format!(" for `{name}`") };
                lacks.push(format!("no greatest size{what} (`maxLength` or `x-max-size`)"));
            }
            if !documents(operation, &[413, 415]) {
                lacks.push("neither `413` nor `415`".to_owned());
            }
            if lacks.is_empty() {
                continue;
            }
            let message = format!("the upload of {} has {}", operation.label(), lacks.join(", and "));
            found.push(Finding::key(media.place, message).of(operation));
        }
        encoded(operation, &body.media_types, &mut seen, out);
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} uploads have no greatest size, or do not say how they are refused (`413`, `415`)"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// Files as texts in JSON.
fn encoded(operation: &Operation<'_>, media: &[MediaType<'_>], seen: &mut FxHashSet<PlaceId>, out: &mut Vec<Finding>) {
    let json = media.iter().filter(|media| is_json(media.name)).filter_map(|media| media.schema.as_ref()?.place());
    for (name, place) in json.flat_map(schema::properties) {
        let file = words::any(&words::words(name), &["file", "document", "image", "attachment", "content", "photo"]);
        let encoded = is_binary(place) || schema::text(place, "format") == Some("byte");
        if file && encoded && !is_bounded(place) && seen.insert(place.id()) {
            let message = format!("`{name}` carries a file of any size; set `maxLength`");
            out.push(Finding::key(place, message).at_most(Severity::Info).of(operation));
        }
    }
}

fn documents(operation: &Operation<'_>, statuses: &[u16]) -> bool {
    operation
        .responses()
        .iter()
        .any(|response| statuses.iter().any(|status| response.key.covers(StatusKey::Exact(*status))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn a_wide_body_is_read_once() {
        // Read once for each of its fields, this takes minutes.
        let fields: String = (0..6000).map(|n| format!("field{n}: {{type: string}}, ")).collect();
        let text = format!(
            "openapi: 3.0.3\npaths: {{/payments: {{post: {{requestBody: {{content: {{application/json: {{schema: {{properties: {{{fields}createdAt: {{type: string}}}}}}}}}}}}}}}}}}"
        );
        let workspace = Workspace::from_text("a.yaml", &text);
        let facts = Facts::new(Api::open(&workspace).unwrap());
        let mut out = Vec::new();
        server_controlled(&facts, &Options::default(), &mut out);
        assert_eq!(out.len(), 1, "{out:?}");
    }
}
