//! YAML values that YAML 1.1 readers take for something else.

use super::super::{Finding, Options, facts::Facts};
use crate::diagnostic::Severity;
use crate::syntax::{Kind, NodeId, NodeRef, Style};
use crate::workspace::{Place, PlaceId};

/// What a plain text is in YAML 1.1 (section 10, types `bool`, `int`), if it is no text there.
fn yaml_1_1(text: &str) -> Option<&'static str> {
    const BOOLEANS: [&str; 16] =
        ["y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"];
    if BOOLEANS.contains(&text) {
        return Some("a boolean");
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split(':').collect();
    let small = |part: &&str| part.len() <= 2 && digits(part) && part.parse::<u32>().is_ok_and(|n| n < 60);
    // Numbers in base 60 begin with 1 to 9, so `09:00` is a string to every reader.
    if parts.len() > 1 && digits(parts[0]) && !parts[0].starts_with('0') && parts[1..].iter().all(small) {
        return Some("a number in base 60");
    }
    let plain = text.replace('_', "");
    if plain.len() < text.len() && text.starts_with(|c: char| c.is_ascii_digit()) && digits(&plain) {
        return Some("a number");
    }
    None
}

/// `des-yaml-ambiguous-scalar`: values mean the same to every YAML reader.
pub(super) fn ambiguous(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        for index in 0..tree.len() as u32 {
            let node = tree.node(NodeId(index));
            if node.style() != Style::Plain || node.kind() != Kind::Str {
                continue;
            }
            let Some(what) = yaml_1_1(node.text()) else { continue };
            let place = workspace.place(PlaceId { document: id, node: NodeId(index) });
            let text = node.text();
            let message = format!("`{text}` is a string here, but {what} for readers of YAML 1.1; write `\"{text}\"`");
            let finding = Finding::at(place, message);
            // Few readers follow YAML 1.1 in taking single letters for booleans.
            out.push(match text.len() {
                1 => finding.at_most(Severity::Hint),
                _ if is_contract(node, place) => finding,
                _ => finding.at_most(Severity::Warn),
            });
        }
    }
    let version = facts.api.info().and_then(|info| info.get("version"));
    if let Some(version) = version.filter(|version| {
        version.kind() == Kind::Float && version.node().style() == Style::Plain && version.text().ends_with('0')
    }) {
        let text = version.text();
        let message =
            format!("`version: {text}` is a number, from which readers drop the last zero; write `\"{text}\"`");
        out.push(Finding::at(version, message).at_most(Severity::Warn));
    }
}

/// Returns whether the value decides what is accepted: a key, or an entry of `enum` or `const`.
fn is_contract(node: NodeRef<'_>, place: Place<'_>) -> bool {
    if node.key_symbol().is_some() {
        return true;
    }
    let path = place.path();
    let mut end = path.iter().rev();
    let last = end.next().map_or("", String::as_str);
    last == "const" || (last.bytes().all(|b| b.is_ascii_digit()) && end.next().is_some_and(|token| token == "enum"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn single_letters_are_a_hint_and_only_what_is_accepted_weighs_as_the_rule() {
        let text = "openapi: 3.0.3\ncomponents: {schemas: {Flag: {type: string, enum: [Y, N, NO], example: NO}}}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let mut out = Vec::new();
        ambiguous(&Facts::new(Api::open(&workspace).unwrap()), &Options::default(), &mut out);
        let ceilings: Vec<_> = out.into_iter().map(|finding| finding.ceiling).collect();
        assert_eq!(ceilings, [Some(Severity::Hint), Some(Severity::Hint), None, Some(Severity::Warn)]);
    }
}
