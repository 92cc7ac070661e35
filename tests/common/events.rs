//! The event notation of yaml-test-suite: one event a line, `+` opens, `-` closes, `=` is a scalar or alias.

use super::{Item, Reading};
use std::collections::HashMap;

/// The first document of an event tree, and what the whole has that JSON cannot write.
#[derive(Debug, Default)]
pub struct Events {
    pub reading: Reading,
    pub documents: usize,
    pub complex_keys: bool,
    pub foreign_tags: bool,
}

/// One open collection: its item, whether it is a map, and the number of its children.
struct Open(usize, bool, usize);

pub fn read(tree: &str) -> Events {
    let mut events = Events::default();
    let mut open: Vec<Open> = Vec::new();
    let mut collections: HashMap<String, bool> = HashMap::new();
    for line in tree.lines() {
        let line = line.trim_start_matches(' ');
        let (event, rest) = line.split_at(line.len().min(4));
        if event == "+DOC" {
            events.documents += 1;
            continue;
        }
        if events.documents > 1 {
            continue;
        }
        let mut rest = rest.trim_start_matches(' ');
        for style in ["[]", "{}"] {
            rest = rest.strip_prefix(style).unwrap_or(rest).trim_start_matches(' ');
        }
        let (mut anchor, mut tag) = (None, None);
        while let Some(word) = rest.strip_prefix(['&', '<']) {
            let tag_end = || word.find('>').map(|at| at + 1);
            let end = if rest.starts_with('&') { word.find(' ') } else { tag_end() }.unwrap_or(word.len());
            let slot = if rest.starts_with('&') { &mut anchor } else { &mut tag };
            *slot = Some(word[..end].trim_end_matches('>').to_owned());
            rest = word[end..].trim_start_matches(' ');
        }
        let kind = match (event, rest.as_bytes().first()) {
            ("+MAP", _) => "map",
            ("+SEQ", _) => "seq",
            ("=ALI", _) => "alias",
            ("=VAL", Some(b'"')) => "double",
            ("=VAL", Some(b'\'')) => "single",
            ("=VAL", Some(b'|')) => "literal",
            ("=VAL", Some(b'>')) => "folded",
            ("=VAL", _) => "plain",
            ("-MAP" | "-SEQ", _) => {
                let Open(at, ..) = open.pop().expect("an open collection");
                events.reading.items[at].next = events.reading.items.len();
                continue;
            }
            _ => continue,
        };
        let collection = matches!(kind, "map" | "seq")
            || (kind == "alias" && collections.get(&rest[1..]).copied().unwrap_or_default());
        if let Some(anchor) = anchor {
            collections.insert(anchor, collection);
        }
        events.foreign_tags |= tag.is_some_and(|tag| !core(&tag, kind, rest));
        if let Some(Open(_, true, children)) = open.last() {
            events.complex_keys |= children % 2 == 0 && collection;
        }
        if let Some(Open(.., children)) = open.last_mut() {
            *children += 1;
        }
        let next = events.reading.items.len() + 1;
        if matches!(kind, "map" | "seq") {
            open.push(Open(next - 1, kind == "map", 0));
        }
        let text = if event == "=VAL" { unescaped(&rest[1..]) } else { String::new() };
        events.reading.items.push(Item { kind, text, start: 0, next });
    }
    if events.reading.items.is_empty() {
        events.reading.items.push(Item { kind: "plain", text: String::new(), start: 0, next: 1 });
    }
    events
}

/// Whether a tag is one of the core schema that fits the node.
fn core(tag: &str, kind: &str, content: &str) -> bool {
    let text = content.get(1..).unwrap_or("");
    match tag.strip_prefix("tag:yaml.org,2002:") {
        Some("map") => kind == "map",
        Some("seq") => kind == "seq",
        Some("str") => !matches!(kind, "map" | "seq"),
        Some("int") => text.parse::<i64>().is_ok(),
        Some("float") => text.parse::<f64>().is_ok(),
        Some("bool") => matches!(text, "true" | "false"),
        Some("null") => matches!(text, "" | "null" | "~"),
        Some(_) => false,
        None => tag == "!",
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some('0') => '\0',
                other => other.unwrap_or('\\'),
            }),
            _ => out.push(c),
        }
    }
    out
}
