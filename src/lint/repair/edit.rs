//! Edits of a text that keep its layout: replacing a scalar, removing an entry with its lines, adding an entry, and
//! putting elements into another order. Takes nodes; gives spans with their new text, or `None` where the text is
//! written in a way that is better left to its author. YAML and JSON alike.

use crate::syntax::{self, Format, Kind, Limits, NodeId, NodeRef, Style};
use crate::text::Cut;
use crate::text::{SourceText, Span, line_begin, next_line};
use std::sync::Arc;

/// New text for a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes; empty where something is only added.
    pub span: Span,
    /// What comes.
    pub text: String,
}

impl Edit {
    fn new(start: usize, end: usize, text: impl Into<String>) -> Self {
        Edit { span: Span::new(start, end), text: text.into() }
    }
}

/// Writes edits into a text. They must not overlap.
pub(super) fn apply(text: &str, edits: &[&Edit]) -> String {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        out.push_str(text.cut(at..edit.span.start as usize));
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.cut(at..));
    out
}

/// The edits in order, those that only remove joined where they overlap; `None` where others do.
pub(super) fn merged(mut edits: Vec<Edit>) -> Option<Vec<Edit>> {
    edits.sort_by_key(|edit| edit.span);
    let mut out: Vec<Edit> = Vec::new();
    for edit in edits {
        match out.last_mut() {
            Some(last) if edit.span.start < last.span.end => {
                if !(last.text.is_empty() && edit.text.is_empty()) {
                    return None;
                }
                last.span.end = last.span.end.max(edit.span.end);
            }
            _ => out.push(edit),
        }
    }
    Some(out)
}

fn source(node: NodeRef<'_>) -> &str {
    node.tree().source().text()
}

fn is_json(node: NodeRef<'_>) -> bool {
    let source = node.tree().source();
    Format::guess(source.name(), source.text()) == Format::Json
}

fn range(node: NodeRef<'_>) -> (usize, usize) {
    let span = node.span();
    (span.start as usize, span.end as usize)
}

/// Another string for a scalar or key, quoted as it was, or where it must be.
pub(super) fn replace(node: NodeRef<'_>, new: &str) -> Option<Edit> {
    let text = match node.style() {
        _ if node.is_alias() => return None,
        Style::DoubleQuoted => serde_json::to_string(new).ok()?,
        Style::SingleQuoted if !new.contains('\n') => format!("'{}'", new.replace('\'', "''")),
        Style::Plain if !is_json(node) && reads_plain(new) => new.to_owned(),
        Style::Plain | Style::SingleQuoted => serde_json::to_string(new).ok()?,
        _ => return None,
    };
    let (start, end) = range(node);
    Some(Edit::new(start, end, text))
}

/// A number, boolean or anything else that needs no quotes, for a scalar.
pub(super) fn replace_raw(node: NodeRef<'_>, new: &str) -> Option<Edit> {
    let (start, end) = range(node);
    let inline = matches!(node.style(), Style::Plain | Style::SingleQuoted | Style::DoubleQuoted);
    (inline && !node.is_alias() && start < end).then(|| Edit::new(start, end, new))
}

/// The written text of a plain scalar in quotes.
pub(super) fn quote(node: NodeRef<'_>) -> Option<Edit> {
    let (start, end) = range(node);
    let written = source(node).get(start..end)?;
    let fits = node.style() == Style::Plain && !node.is_alias() && start < end && !written.contains(['"', '\\', '\n']);
    fits.then(|| Edit::new(start, end, format!("\"{written}\"")))
}

/// Whether a text without quotes is read as this string, in block and flow collections.
fn reads_plain(text: &str) -> bool {
    let source = Arc::new(SourceText::new("a.yaml", format!("[{text}]")));
    let parsed = syntax::parse(source, Some(Format::Yaml), &Limits::default());
    let root = parsed.tree.root();
    parsed.problems.is_empty() && root.len() == 1 && root.at(0).is_some_and(|node| node.as_str() == Some(text))
}

/// The first node of the entry that ends in `value`: its key, or itself.
fn first(value: NodeRef<'_>) -> NodeRef<'_> {
    key(value).unwrap_or(value)
}

/// The key of a value of a map.
pub(super) fn key(value: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let before = value.tree().node(NodeId(value.id().0.checked_sub(1)?));
    before.key_symbol().map(|_| before)
}

/// The entries of a collection as it is written: values of a map (merged ones left out), or elements.
fn entries(holder: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let inside = holder.span();
    let own = |node: &NodeRef<'_>| inside.start <= node.span().start && node.span().end <= inside.end;
    let values: Vec<NodeRef<'_>> = match holder.kind() {
        Kind::Map => holder.members().map(|member| member.value).collect(),
        _ => holder.elements().collect(),
    };
    values.into_iter().filter(own).collect()
}

/// The text before `at` on its line, and where the line begins.
fn line_before(text: &str, at: usize) -> (usize, &str) {
    let start = line_begin(text, at);
    (start, text.cut(start..at))
}

/// Where the line of `at` ends, its line break included; `None` when something but a comment stands there.
fn line_after(text: &str, at: usize) -> Option<usize> {
    let end = next_line(text, at);
    let rest = text.cut(at..end).trim();
    (rest.is_empty() || rest.starts_with('#')).then_some(end)
}

/// Removes the entry of `holder` that ends in `value`, with its lines, its comment at the end of a line, and the comment
/// right above it. `None` when it is the only one.
pub(super) fn remove(holder: NodeRef<'_>, value: NodeRef<'_>) -> Option<Edit> {
    let all = entries(holder);
    let at = all.iter().position(|entry| entry.id() == value.id())?;
    if all.len() < 2 || holder.is_alias() {
        return None;
    }
    let text = source(holder);
    let (mut start, _) = range(first(value));
    let end = end_of(value);
    if holder.style() == Style::Flow {
        let before = text.cut(..start).trim_end();
        if !before.ends_with([',', '[', '{']) {
            return None;
        }
        let previous = at.checked_sub(1).map(|at| end_of(all[at]));
        // A comment in between is about what stands before it.
        let clear = |from: usize| !text.cut(from..start).contains('#');
        return Some(match (previous, all.get(at + 1)) {
            (Some(from), _) if clear(from) => Edit::new(from, end, ""),
            (_, Some(next)) => Edit::new(start, range(first(*next)).0, ""),
            (from, None) => Edit::new(from.unwrap_or(start), end, ""),
        });
    }
    if holder.is_seq() {
        start = dash(text, start)?;
    }
    let (line, before) = line_before(text, start);
    let stop = line_after(text, end)?;
    if before.trim().is_empty() {
        return Some(Edit::new(comments_above(text, line, before), stop, ""));
    }
    // The first entry stands behind the dash of the list around it: the next one takes its place.
    let next = all.get(at + 1).filter(|_| before.trim_start().bytes().all(|b| matches!(b, b'-' | b' ')))?;
    let (mut next_start, _) = range(first(*next));
    if holder.is_seq() {
        next_start = dash(text, next_start)?;
    }
    (!text.cut(end..next_start).contains('#')).then(|| Edit::new(start, next_start, ""))
}

/// Where the content of an entry ends: block texts end with line breaks that do not count.
fn end_of(value: NodeRef<'_>) -> usize {
    let (start, end) = range(value);
    let least = range(first(value)).1;
    let text = source(value);
    (start.min(end) + text.cut(start.min(end)..end).trim_end().len()).max(least)
}

/// Where the dash of an element stands that begins at `start` on the same line.
fn dash(text: &str, start: usize) -> Option<usize> {
    let (line, before) = line_before(text, start);
    let trimmed = before.trim_end();
    trimmed.ends_with('-').then(|| line + trimmed.len() - 1)
}

/// The start of the comment lines right above the line that begins at `line` with the same indentation.
fn comments_above(text: &str, line: usize, indent: &str) -> usize {
    let mut start = line;
    while start > 0 {
        let (above, content) = line_before(text, start - 1);
        let is_comment = content.strip_prefix(indent).is_some_and(|rest| rest.starts_with('#'));
        if !is_comment || (above == 0 && start == line) {
            break;
        }
        start = above;
    }
    start
}

/// Adds `name: value` behind the entry of `beside` in the same map.
pub(super) fn insert_beside(beside: NodeRef<'_>, name: &str, value: &str) -> Option<Edit> {
    let own_key = key(beside)?;
    let text = source(beside);
    let (start, _) = range(own_key);
    let (_, before) = line_before(text, start);
    let end = end_of(beside);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let in_flow = is_flow(own_key);
    let name = if own_key.style() == Style::DoubleQuoted { format!("\"{name}\"") } else { name.to_owned() };
    let indent: String = before.chars().map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
    if in_flow {
        let alone = before.trim().is_empty();
        let gap = if alone { format!("{newline}{indent}") } else { " ".to_owned() };
        return Some(Edit::new(end, end, format!(",{gap}{name}: {value}")));
    }
    if !before.trim_start().bytes().all(|b| matches!(b, b'-' | b' ')) {
        return None;
    }
    if matches!(beside.style(), Style::Plain | Style::SingleQuoted | Style::DoubleQuoted)
        && !text.cut(start..end).contains(['\n', '\r'])
    {
        let stop = line_after(text, end)?;
        let stop = end + text.cut(end..stop).trim_end_matches(['\r', '\n']).len();
        return Some(Edit::new(stop, stop, format!("{newline}{indent}{name}: {value}")));
    }
    Some(Edit::new(start, start, format!("{name}: {value}{newline}{indent}")))
}

/// Whether an entry stands in braces.
fn is_flow(key: NodeRef<'_>) -> bool {
    let tree = key.tree();
    // The map is the last collection before the key that holds it.
    let holder = (0..key.id().0)
        .rev()
        .map(|id| tree.node(NodeId(id)))
        .find(|node| node.is_map() && !node.is_alias() && node.end_id() > key.id() && node.key_symbol().is_none());
    holder.is_some_and(|holder| holder.style() == Style::Flow)
}

/// Writes the elements of a list in another order; comments above an element go with it.
pub(super) fn reorder(list: NodeRef<'_>, order: &[usize]) -> Option<Edit> {
    let text = source(list);
    let all = entries(list);
    if list.is_alias() || all.len() != order.len() || all.iter().any(|entry| entry.is_alias()) {
        return None;
    }
    if list.style() == Style::Flow {
        let (start, end) = (range(*all.first()?).0, end_of(*all.last()?));
        let mut out = String::new();
        for (at, &from) in order.iter().enumerate() {
            out.push_str(text.cut(range(all[from]).0..end_of(all[from])));
            if let Some(next) = all.get(at + 1) {
                out.push_str(text.cut(end_of(all[at])..range(*next).0));
            }
        }
        return Some(Edit::new(start, end, out));
    }
    let mut chunks = Vec::new();
    for entry in &all {
        let start = dash(text, range(*entry).0)?;
        let (line, before) = line_before(text, start);
        if !before.trim().is_empty() {
            return None;
        }
        chunks.push(comments_above(text, line, before));
    }
    let stop = line_after(text, end_of(*all.last()?))?;
    let (start, newline) = (*chunks.first()?, if text.contains("\r\n") { "\r\n" } else { "\n" });
    chunks.push(stop);
    let mut out = String::new();
    for &from in order {
        let chunk = text.cut(chunks[from]..chunks[from + 1]);
        out.push_str(chunk);
        if !chunk.ends_with(['\n', '\r']) {
            out.push_str(newline);
        }
    }
    if !text.cut(..stop).ends_with(['\n', '\r']) {
        out.truncate(out.trim_end_matches(['\r', '\n']).len());
    }
    Some(Edit::new(start, stop, out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Parsed;

    fn parse(name: &str, text: &str) -> Parsed {
        syntax::parse(Arc::new(SourceText::new(name, text)), None, &Limits::default())
    }

    /// The text with one edit made at a pointer.
    fn edited(name: &str, text: &str, pointer: &str, edit: impl Fn(NodeRef<'_>) -> Option<Edit>) -> Option<String> {
        let parsed = parse(name, text);
        assert!(parsed.problems.is_empty(), "{text}");
        let edit = edit(parsed.tree.at_pointer(pointer).unwrap())?;
        let out = apply(text, &[&edit]);
        assert!(parse(name, &out).problems.is_empty(), "{out}");
        Some(out)
    }

    fn removed(name: &str, text: &str, pointer: &str) -> Option<String> {
        let parsed = parse(name, text);
        let holder = &pointer[..pointer.rfind('/').unwrap()];
        let edit = remove(parsed.tree.at_pointer(holder).unwrap(), parsed.tree.at_pointer(pointer).unwrap())?;
        Some(apply(text, &[&edit]))
    }

    #[test]
    fn a_scalar_keeps_its_quotes_and_gets_them_where_it_needs_them() {
        let to = |new: &'static str| move |node: NodeRef<'_>| replace(node, new);
        assert_eq!(edited("a.yaml", "a: 'x' # c\n", "/a", to("it's")).unwrap(), "a: 'it''s' # c\n");
        assert_eq!(edited("a.yaml", "a: x\n", "/a", to("b c")).unwrap(), "a: b c\n");
        assert_eq!(edited("a.yaml", "a: x\n", "/a", to("5")).unwrap(), "a: \"5\"\n");
        assert_eq!(edited("a.json", "{\"a\": 1}", "/a", to("b")).unwrap(), "{\"a\": \"b\"}");
        assert_eq!(edited("a.yaml", "a: |\n  x\n", "/a", to("b")), None);
        assert_eq!(edited("a.yaml", "a: 1.0\n", "/a", quote).unwrap(), "a: \"1.0\"\n");
    }

    #[test]
    fn an_entry_goes_with_its_lines_and_its_comments() {
        let text = "a:\n  # one\n  x: 1 # end\n\n  # two\n  y:\n    z: |\n      text\n\n  w: 3\n";
        assert_eq!(removed("a.yaml", text, "/a/x").unwrap(), "a:\n\n  # two\n  y:\n    z: |\n      text\n\n  w: 3\n");
        assert_eq!(removed("a.yaml", text, "/a/y").unwrap(), "a:\n  # one\n  x: 1 # end\n\n\n  w: 3\n");
        assert_eq!(removed("a.yaml", "- a: 1\n  b: 2\n- c: 3\n", "/0/a").unwrap(), "- b: 2\n- c: 3\n");
        assert_eq!(removed("a.yaml", "- a: 1\n  b: 2\n- c: 3\n", "/1").unwrap(), "- a: 1\n  b: 2\n");
        assert_eq!(removed("a.yaml", "a:\n- x\n-  y\n-  z", "/a/1").unwrap(), "a:\n- x\n-  z");
        assert_eq!(removed("a.yaml", "a: 1\n", "/a"), None);
    }

    #[test]
    fn an_entry_in_brackets_goes_with_its_comma() {
        assert_eq!(removed("a.yaml", "a: [x, y, z]\n", "/a/1").unwrap(), "a: [x, z]\n");
        assert_eq!(removed("a.yaml", "a: [x, y, z]\n", "/a/2").unwrap(), "a: [x, y]\n");
        assert_eq!(removed("a.json", "{\n  \"a\": 1,\n  \"b\": [1]\n}\n", "/b").unwrap(), "{\n  \"a\": 1\n}\n");
        assert_eq!(removed("a.json", "{\n  \"a\": 1,\n  \"b\": [1]\n}\n", "/a").unwrap(), "{\n  \"b\": [1]\n}\n");
    }

    #[test]
    fn an_entry_is_added_in_the_style_of_its_neighbour() {
        let add = |node: NodeRef<'_>| insert_beside(node, "items", "{}");
        assert_eq!(
            edited("a.yaml", "- t: array # c\n  u: 1\n", "/0/t", add).unwrap(),
            "- t: array # c\n  items: {}\n  u: 1\n"
        );
        assert_eq!(edited("a.yaml", "a: {t: array}\n", "/a/t", add).unwrap(), "a: {t: array, items: {}}\n");
        assert_eq!(
            edited("a.json", "{\n  \"t\": \"array\"\n}", "/t", add).unwrap(),
            "{\n  \"t\": \"array\",\n  \"items\": {}\n}"
        );
        assert_eq!(edited("a.yaml", "t:\n  - a\n", "/t", add).unwrap(), "items: {}\nt:\n  - a\n");
    }

    #[test]
    fn elements_change_places_with_the_comments_above_them() {
        let order = |order: &'static [usize]| move |node: NodeRef<'_>| reorder(node, order);
        let text = "t:\n  # of b\n  - b\n  - c: 1\n    d: 2\n\n  # of a\n  - a\nu: 1\n";
        assert_eq!(
            edited("a.yaml", text, "/t", order(&[2, 0, 1])).unwrap(),
            "t:\n  # of a\n  - a\n  # of b\n  - b\n  - c: 1\n    d: 2\n\nu: 1\n"
        );
        assert_eq!(edited("a.yaml", "[b,  a]\n", "", order(&[1, 0])).unwrap(), "[a,  b]\n");
        assert_eq!(edited("a.yaml", "- b\n- a", "", order(&[1, 0])).unwrap(), "- a\n- b");
    }
}
