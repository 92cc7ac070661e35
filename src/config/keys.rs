//! The keys of a configuration as the published schema lists them, and how items of `locked` name them.

use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../docs/covenant.schema.json"))
        .unwrap_or_else(|fault| unreachable!("docs/covenant.schema.json, compiled in: {fault}"))
});

/// Keys that say what a file is, not what it asks for: nobody can lock them.
const NEVER_LOCKED: [&str; 4] = ["extends", "layer", "locked", "version"];

/// A place in a configuration: keys, and indices of lists.
pub(super) type Path = Vec<String>;

/// An item of `locked`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A key with its section; a segment may hold `*`.
    Key(Path),
    /// Ids of rules and changes.
    Ids(String),
}

impl Item {
    /// Reads an item: a key where its first segment is one, else a pattern of ids.
    pub(super) fn parse(item: &str) -> Self {
        let first = item.split('.').next().unwrap_or_default();
        if properties(&SCHEMA).is_some_and(|keys| keys.contains_key(first)) {
            return Item::Key(segments(item).0);
        }
        Item::Ids(item.to_owned())
    }
}

/// Returns the spelling that counts where a key may be written in more than one way: the keys of `lifecycle` with `-` for
/// `_`, and audiences in lower case.
pub(super) fn canonical(parent: &[String], key: &str) -> String {
    match parent {
        [first, ..] if first == "lifecycle" => key.replace('_', "-"),
        [first, second] if first == "diff" && second == "keep-by-audience" => key.to_ascii_lowercase(),
        _ => key.to_owned(),
    }
}

/// Returns whether an item of `locked` is a key that the configuration has, with or without its section.
pub fn is_key(item: &str) -> bool {
    !item.is_empty() && segments(item).1 && !NEVER_LOCKED.contains(&item)
}

/// Returns whether an item of `locked` begins with a key, so that it is no pattern of ids.
pub fn names_key(item: &str) -> bool {
    matches!(Item::parse(item), Item::Key(_))
}

/// Returns a hint at the key that an item of `locked` was meant to be; empty where none is near.
pub fn near_key(item: &str) -> String {
    let mut at = &*SCHEMA;
    for part in item.split('.') {
        match step(at, part) {
            Some(inner) => at = inner,
            None => {
                let names = properties(at).into_iter().flat_map(|keys| keys.keys().map(String::as_str));
                return crate::text::near::hint(part, names);
            }
        }
    }
    String::new()
}

/// The segments of a key, and whether the schema has it. A name that the user chose may hold dots: where nothing stands below
/// such names, it is the rest.
fn segments(item: &str) -> (Path, bool) {
    let (mut at, mut path, mut rest) = (Some(&*SCHEMA), Path::new(), item);
    while !rest.is_empty() {
        let named = at.and_then(|at| at.get("additionalProperties")).filter(|named| named.is_object());
        let whole = named.is_some_and(|named| properties(resolved(named)).is_none());
        let (part, below) = match rest.split_once('.') {
            Some((part, below)) if !whole => (part, below),
            _ => (rest, ""),
        };
        let part = canonical(&path, part);
        at = at.and_then(|at| step(at, &part));
        path.push(part);
        rest = below;
    }
    (path, at.is_some())
}

fn resolved(schema: &'static Value) -> &'static Value {
    schema.get("$ref").and_then(|to| SCHEMA.pointer(to.as_str()?.strip_prefix('#')?)).unwrap_or(schema)
}

fn properties(schema: &Value) -> Option<&serde_json::Map<String, Value>> {
    schema.get("properties")?.as_object()
}

/// What stands under a key.
fn step(schema: &'static Value, key: &str) -> Option<&'static Value> {
    let schema = resolved(schema);
    if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
        return branches.iter().find_map(|branch| step(branch, key));
    }
    let known = properties(schema).and_then(|keys| match keys.get(key) {
        None if key.contains('*') => keys.iter().find(|(name, _)| super::overlap(key, name)).map(|(_, schema)| schema),
        found => found,
    });
    let named = || schema.get("additionalProperties").filter(|named| named.is_object());
    // The lists of others are locked as a whole, but for what single contracts say.
    let element = || schema.get("items").filter(|_| key == "*");
    // What the schema leaves open has keys of its own.
    let open =
        || (schema.get("type") == Some(&"object".into()) && schema.get("properties").is_none()).then_some(schema);
    known.or_else(named).or_else(element).or_else(|| open().filter(|open| open.get("additionalProperties").is_none()))
}

/// Every key that holds a value, from the schema: with `example` for the names that users choose, and 0 for places in lists.
#[cfg(test)]
pub(crate) fn leaves() -> Vec<(Path, &'static Value)> {
    fn walk(schema: &'static Value, path: &mut Path, out: &mut Vec<(Path, &'static Value)>) {
        let schema = resolved(schema);
        let branches = schema.get("oneOf").and_then(Value::as_array);
        let mut below = Vec::new();
        for branch in branches.map_or_else(|| vec![schema], |branches| branches.iter().collect()) {
            below.extend(properties(branch).into_iter().flatten().map(|(key, inner)| (key.clone(), inner)));
            let named = branch.get("additionalProperties").filter(|named| named.is_object());
            below.extend(named.map(|named| ("example".to_owned(), named)));
            let items = branch.get("items").filter(|items| properties(resolved(items)).is_some());
            below.extend(items.map(|items| ("0".to_owned(), items)));
        }
        let is_leaf =
            below.is_empty() || branches.is_some_and(|all| all.iter().any(|one| one.get("properties").is_none()));
        if is_leaf && !path.is_empty() {
            out.push((path.clone(), schema));
        }
        for (key, inner) in below {
            path.push(key);
            walk(inner, path, out);
            path.pop();
        }
    }
    let mut out = Vec::new();
    walk(&SCHEMA, &mut Path::new(), &mut out);
    out.retain(|(path, _)| !NEVER_LOCKED.contains(&&*path[0]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_a_key_only_where_the_whole_of_it_is_one() {
        for known in [
            "fail-on",
            "diff",
            "diff.keep",
            "rules.sec-a",
            "rules.a.b",
            "enforce.sec-*",
            "approvals.roles.x.rules",
            "profiles.bank.rules.sec-a",
            "apis.*.keep",
            "allow-breaking.public",
            "lifecycle.min_notice_days",
            "diff.k*",
        ] {
            assert!(is_key(known), "{known}");
        }
        for unknown in
            ["fail-om", "diff.kep", "allow-breaking.everyone", "sec-*", "extends", "fail-on.x", "version", ""]
        {
            assert!(!is_key(unknown), "{unknown}");
        }
        assert!(near_key("diff.kep").contains("`keep`") && near_key("fail-om").contains("`fail-on`"));
        assert_eq!(Item::parse("sec-*"), Item::Ids("sec-*".to_owned()));
        assert_eq!(Item::parse("rules.a.b"), Item::Key(vec!["rules".to_owned(), "a.b".to_owned()]));
    }
}
