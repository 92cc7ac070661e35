//! Places in contracts that nobody edits: what a framework emits stands in one line, and its lines lead nowhere. They are named
//! by pointer, operation and source, and shown as they would be written by hand.

use super::escape;
use crate::diagnostic::{Diagnostic, Location};
use crate::text::escape::shortened;
use crate::text::{SourceText, secret};
use crate::workspace::{Place, Workspace};
use std::sync::Arc;

/// Lines longer than this are not shown.
pub(super) const MAX_LINE: usize = 400;
/// Lines of an excerpt.
const MAX_LINES: usize = 8;
/// Characters of a line of it.
const MAX_WIDTH: usize = 120;
/// Characters of a list that stands in one line.
const MAX_INLINE: usize = 80;
/// The key under which a contract says where something is written in the code.
const SOURCE: &str = "x-source";

/// Returns whether the line of a place is too long for people.
pub(super) fn is_dense(location: &Location) -> bool {
    let (text, lines) = (location.source.text(), location.source.lines());
    lines.line_range(text, lines.line_of(location.span.start)).len() > MAX_LINE
}

/// Names a place: by file and line, or by its pointer where the line is too long.
pub(super) fn named(file: &str, location: &Location) -> String {
    if is_dense(location) && !location.pointer.is_empty() {
        format!("{file} #{}", cut(&location.pointer, MAX_WIDTH))
    } else {
        format!("{file}:{}", location.start().line)
    }
}

/// The contracts of a report, read again where a place needs it.
#[derive(Default)]
pub(super) struct Contracts {
    known: Vec<(Arc<SourceText>, Workspace)>,
}

impl Contracts {
    fn of(&mut self, source: &Arc<SourceText>) -> Option<&Workspace> {
        let at = self.known.iter().position(|(known, _)| Arc::ptr_eq(known, source));
        let at = at.unwrap_or_else(|| {
            let workspace = Workspace::from_text(source.name(), source.text());
            self.known.push((Arc::clone(source), workspace));
            self.known.len() - 1
        });
        self.known.get(at).map(|(_, workspace)| workspace)
    }

    /// Says where a place in a line that is too long stands, and shows it; nothing for others.
    pub(super) fn excerpt(&mut self, diagnostic: &Diagnostic) -> Vec<String> {
        let location = &diagnostic.location;
        if !is_dense(location) || !location.source.is_shown() {
            return Vec::new();
        }
        let start = location.start();
        let short = |text: &str| cut(text, 2 * MAX_WIDTH);
        let file = escape::line(&short(location.file()));
        let pointer = escape::cell(&short(&location.pointer));
        let mut out = vec![format!("--> #{pointer} ({file}:{}:{})", start.line, start.column)];
        let Some(workspace) = self.of(&location.source) else { return out };
        let tokens = tokens(&location.pointer);
        out.extend(owner(workspace, &tokens, diagnostic).map(|owner| format!(" | {}", escape::line(&short(&owner)))));
        out.extend(shown(workspace, &tokens).iter().map(|line| {
            let text = line.trim_start();
            format!(" | {}{}", " ".repeat(line.len() - text.len()), escape::line(text))
        }));
        out
    }

    /// Where the code says what a finding is about, by the `x-source` around it.
    pub(super) fn source(&mut self, diagnostic: &Diagnostic) -> Option<String> {
        let source = &diagnostic.location.source;
        memchr::memmem::find(source.text().as_bytes(), SOURCE.as_bytes())?;
        let workspace = self.of(source)?;
        let tokens = tokens(&diagnostic.location.pointer);
        let own = nearest(workspace, &tokens);
        own.or_else(|| operation(workspace, &tokens, diagnostic)?.get_str(SOURCE)).map(|source| cut(source, MAX_WIDTH))
    }
}

/// As much of a text as is shown. Its secrets are masked before: a part of one would not be seen as one.
fn cut(text: &str, limit: usize) -> String {
    shortened(&secret::mask(text), limit)
}

fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

fn descend<'w>(workspace: &'w Workspace, tokens: &[String]) -> Option<Place<'w>> {
    workspace.root().descend(&tokens.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The nearest `x-source` at or above a place.
fn nearest<'w>(workspace: &'w Workspace, tokens: &[String]) -> Option<&'w str> {
    (0..=tokens.len()).rev().find_map(|end| descend(workspace, tokens.get(..end)?)?.get_str(SOURCE))
}

/// The operation that a place belongs to, else the one that a finding affects.
fn operation<'w>(workspace: &'w Workspace, tokens: &[String], diagnostic: &Diagnostic) -> Option<Place<'w>> {
    let paths = workspace.root().get("paths")?;
    if let [first, path, method, ..] = tokens
        && first == "paths"
    {
        return paths.get(path)?.get(method);
    }
    let [label] = diagnostic.operations.as_slice() else { return None };
    let (method, path) = label.split_once(' ')?;
    paths.get(path)?.get(&method.to_ascii_lowercase())
}

/// The operations that a finding is about, the `operationId` of one, and where the code says it.
fn owner(workspace: &Workspace, tokens: &[String], diagnostic: &Diagnostic) -> Option<String> {
    let operation = operation(workspace, tokens, diagnostic);
    let label = match (diagnostic.operations.as_slice(), tokens) {
        ([one], _) => Some(one.clone()),
        (_, [first, path, method, ..]) if first == "paths" => Some(format!("{} {path}", method.to_ascii_uppercase())),
        ([first, rest @ ..], _) => Some(format!("{first} and {} more", rest.len())),
        _ => None,
    };
    let id = operation.and_then(|operation| operation.get_str("operationId"));
    let id = id.map(|id| format!("operationId `{id}`"));
    let parts: Vec<String> = label.into_iter().chain(id).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A place as it would be written by hand: a value in a list with the list, everything else with its key.
fn shown(workspace: &Workspace, tokens: &[String]) -> Vec<String> {
    let Some(mut place) = descend(workspace, tokens) else { return Vec::new() };
    let mut tokens = tokens;
    if let Some((_, above)) = tokens.split_last()
        && !place.is_map()
        && !place.is_seq()
        && let Some(list) = descend(workspace, above).filter(|above| above.is_seq())
    {
        (place, tokens) = (list, above);
    }
    let key = tokens.last().filter(|_| place.key().is_some());
    let key = key.and_then(|key| serde_json::to_string(key).ok()).map(|key| format!("{key}: "));
    let mut lines = Vec::new();
    write(place, 0, &key.unwrap_or_default(), "", &mut lines);
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push("…".to_owned());
    }
    lines.iter().map(|line| cut(line, MAX_WIDTH)).collect()
}

/// Writes a value over lines, until there are more than are shown.
fn write(place: Place<'_>, depth: usize, before: &str, after: &str, lines: &mut Vec<String>) {
    if lines.len() > MAX_LINES {
        return;
    }
    let indent = "  ".repeat(depth);
    if let Some(text) = inline(place) {
        lines.push(format!("{indent}{before}{text}{after}"));
        return;
    }
    let (open, close) = if place.is_map() { ("{", "}") } else { ("[", "]") };
    lines.push(format!("{indent}{before}{open}"));
    let count = place.len();
    let comma = |at: usize| if at + 1 < count { "," } else { "" };
    for (at, member) in place.members().enumerate().take(MAX_LINES) {
        let key = serde_json::to_string(member.key.text()).unwrap_or_default();
        write(member.value, depth + 1, &format!("{key}: "), comma(at), lines);
    }
    for (at, element) in place.elements().enumerate().take(MAX_LINES) {
        write(element, depth + 1, "", comma(at), lines);
    }
    lines.push(format!("{indent}{close}{after}"));
}

/// A value in one line: a scalar, an empty one, or a short list of scalars.
fn inline(place: Place<'_>) -> Option<String> {
    if place.is_map() {
        return place.is_empty().then(|| "{}".to_owned());
    }
    if !place.is_seq() {
        return Some(place.to_json().to_string());
    }
    let mut out = Vec::new();
    let mut length = 0;
    for element in place.elements() {
        if element.is_map() || element.is_seq() {
            return None;
        }
        let text = element.to_json().to_string();
        length += text.len() + 2;
        if length > MAX_INLINE {
            return None;
        }
        out.push(text);
    }
    Some(format!("[{}]", out.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::text::Span;

    /// A contract in one line, and the finding at a pointer of it.
    fn finding(pointer: &str, operations: &[&str]) -> Diagnostic {
        let properties: String = (0..40).map(|at| format!(r#""p{at}":{{"type":"string"}},"#)).collect();
        let text = format!(
            r#"{{"openapi":"3.1.0","info":{{"title":"T","version":"1"}},"paths":{{"/a/b":{{"post":{{"operationId":"make","x-source":"app.py:12","responses":{{}}}}}}}},"components":{{"schemas":{{"P":{{"required":["x","y"],"properties":{{{properties}"x":{{"type":"string"}}}}}}}}}}}}"#
        );
        let source = Arc::new(SourceText::new("openapi.json", text));
        let workspace = Workspace::from_text("openapi.json", source.text());
        let span = descend(&workspace, &tokens(pointer)).map_or(Span::at(0), |place| place.location().span);
        let mut finding = Diagnostic::new("r", Severity::Error, "m", Location::new(&source, span, pointer));
        finding.operations = operations.iter().map(|label| (*label).to_owned()).collect();
        finding
    }

    #[test]
    fn a_place_in_a_line_that_nobody_reads_is_named_by_pointer_and_operation_and_shown_as_written_by_hand() {
        let found = finding("/components/schemas/P/required/1", &["POST /a/b"]);
        let lines = Contracts::default().excerpt(&found);
        assert!(lines[0].starts_with("--> #/components/schemas/P/required/1 (openapi.json:1:"), "{lines:?}");
        assert_eq!(lines[1..], [" | POST /a/b, operationId `make`", r#" | "required": ["x", "y"]"#]);
        assert_eq!(named("openapi.json", &found.location), "openapi.json #/components/schemas/P/required/1");
        assert_eq!(Contracts::default().source(&found).as_deref(), Some("app.py:12"));
    }

    #[test]
    fn what_is_long_is_cut_after_a_few_lines_and_keeps_its_shape() {
        let lines = Contracts::default().excerpt(&finding("/components/schemas/P/properties", &[]));
        assert_eq!(lines.len(), 1 + MAX_LINES + 1);
        assert_eq!((lines[1].as_str(), lines[2].as_str()), (r#" | "properties": {"#, r#" |   "p0": {"#));
        assert_eq!(lines.last().unwrap(), " | …");
    }

    #[test]
    fn a_place_that_people_can_read_stays_as_it_is() {
        let source = Arc::new(SourceText::new("a.yaml", "openapi: 3.1.0\ninfo: {}\n"));
        let finding = Diagnostic::new("r", Severity::Error, "m", Location::new(&source, Span::at(15), "/info"));
        assert!(Contracts::default().excerpt(&finding).is_empty());
        assert_eq!(named("a.yaml", &finding.location), "a.yaml:2");
        assert_eq!(Contracts::default().source(&finding), None);
    }

    #[test]
    fn no_part_of_a_secret_is_left_where_a_text_is_cut() {
        let key = format!("ghp_{}", "a1B2c3D4e5".repeat(4).split_at(36).0);
        let text = format!("{}{key}", "x ".repeat(MAX_WIDTH / 2 - 5));
        assert!(!cut(&text, MAX_WIDTH).contains("ghp_a"), "{}", cut(&text, MAX_WIDTH));
    }

    #[test]
    fn hostile_names_stay_in_their_line() {
        let mut found = finding("/components/schemas/P/required/1", &["POST /a\n::error::x"]);
        found.location.pointer = "/components/schemas/P\n::error::x".to_owned();
        for line in Contracts::default().excerpt(&found) {
            assert!(!line.contains('\n'), "{line:?}");
        }
    }
}
