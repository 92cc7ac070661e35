//! Secrets written into the contract: keys, passwords, tokens. They are never repeated in a message.

use super::super::{Finding, Options, facts::Facts, url::Url, words};
use crate::diagnostic::Severity;
use crate::syntax::{Kind, NodeId};
use crate::workspace::Place;
use memchr::memmem;
use regex::Regex;
use std::sync::OnceLock;

/// The shape of a secret. Its pattern is compiled for contracts that hold one of its marks, which few do.
struct Shape {
    marks: &'static [&'static str],
    pattern: &'static str,
    name: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Shape {
    const fn new(marks: &'static [&'static str], pattern: &'static str, name: &'static str) -> Self {
        Shape { marks, pattern, name, regex: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.pattern).ok()).as_ref()
    }

    /// The pattern, where something in the text has this shape.
    fn meets(&self, text: &str) -> Option<&Regex> {
        let marked = self.marks.iter().any(|mark| memmem::find(text.as_bytes(), mark.as_bytes()).is_some());
        if marked { self.regex().filter(|regex| regex.is_match(text)) } else { None }
    }
}

/// Shapes of keys, with the name of what they are.
static SHAPES: [Shape; 8] = [
    Shape::new(
        &["PRIVATE KEY"],
        r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s*(?:\\n)?\s*[A-Za-z0-9+/]{40}",
        "a private key",
    ),
    Shape::new(&["AKIA", "ASIA"], r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b", "an AWS access key"),
    Shape::new(&["AIza"], r"\bAIza[0-9A-Za-z_-]{35}\b", "a Google API key"),
    Shape::new(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"\bgh[pousr]_[A-Za-z0-9]{36}\b", "a GitHub token"),
    Shape::new(&["xox"], r"\bxox[baprs]-[0-9]{8,}-[0-9A-Za-z-]{10,}", "a Slack token"),
    Shape::new(&["k_live_"], r"\b(?:sk|rk)_live_[0-9A-Za-z]{20,}", "a live payment key"),
    Shape::new(&["AccountKey="], r"\bAccountKey=[A-Za-z0-9+/]{80,}={0,2}", "an Azure storage key"),
    Shape::new(&["SG."], r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b", "a SendGrid key"),
];
static TOKEN: Shape =
    Shape::new(&[".eyJ"], r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}", "a signed token");
static ADDRESS: Shape =
    Shape::new(&["://"], r#"\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]+:[^\s/@"'<>]+@[^\s"'<>]+"#, "an address");

/// Whether some address of the text names a user: an `@` before its path begins.
fn names_users(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '"' | '\'' | '<' | '>');
    text.match_indices("://").any(|(at, mark)| text[at + mark.len()..].chars().find(|c| ends(*c)) == Some('@'))
}

/// Words that show that a value only stands for a secret.
const PLACEHOLDERS: [&str; 12] =
    ["example", "xxx", "your", "test", "dummy", "placeholder", "sample", "redacted", "changeme", "***", "...", "fake"];

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
    PLACEHOLDERS.iter().any(|word| lower.contains(word)) || text.contains(['<', '{', '$']) || distinct < 8
}

/// `sec-no-secret-literal`: no key, password or token is written into the contract.
pub(super) fn no_literal(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        // One look at the whole text: most contracts hold nothing of the kind.
        let text = tree.source().text();
        let shapes: Vec<_> = SHAPES.iter().filter_map(|shape| Some((shape.meets(text)?, shape.name))).collect();
        let tokens = TOKEN.meets(text);
        let addresses = if names_users(text) { ADDRESS.meets(text) } else { None };
        if shapes.is_empty() && tokens.is_none() && addresses.is_none() {
            continue;
        }
        for index in 0..tree.len() as u32 {
            let node = tree.node(NodeId(index));
            let Some(text) = node.as_str().filter(|text| node.kind() == Kind::Str && text.len() > 15) else { continue };
            let place = workspace.place(crate::workspace::PlaceId { document: id, node: NodeId(index) });
            for (shape, name) in &shapes {
                if shape.find(text).is_some_and(|found| !is_placeholder(found.as_str())) {
                    let message = format!(
                        "this looks like {name} ({} characters); remove it, and replace the key where it is used",
                        text.len()
                    );
                    out.push(Finding::at(place, message));
                }
            }
            if addresses.and_then(|address| address.find(text)).is_some_and(|found| secret_address(found.as_str())) {
                out.push(Finding::at(
                    place,
                    "this address contains a user name and a password; remove them, and change the password",
                ));
            }
            if tokens.and_then(|token| token.find(text)).is_some() {
                let message = "this looks like a signed token; make sure that it has expired, or use a placeholder";
                out.push(Finding::at(place, message).at_most(Severity::Info));
            }
        }
    }
    defaults(facts, out);
}

fn secret_address(found: &str) -> bool {
    let url = Url::new(found);
    let password = url.user.and_then(|user| user.split_once(':')).map_or("", |(_, password)| password);
    let shown = ["password", "pass", "pwd", "secret", "pw", "user"];
    !password.is_empty()
        && !shown.contains(&password.to_ascii_lowercase().as_str())
        && !is_placeholder(password)
        && !url.is_example()
}

/// Parameters and properties for credentials that have a default.
fn defaults(facts: &Facts<'_>, out: &mut Vec<Finding>) {
    let mut seen = rustc_hash::FxHashSet::default();
    for element in facts.request().iter().filter(|element| element.is_named()) {
        if words::find_last(element.name, "credential").is_none() {
            continue;
        }
        let value: Option<Place<'_>> = element.schema.get("default").or_else(|| element.at.get("default"));
        let Some(value) =
            value.filter(|value| value.as_str().is_some_and(|text| !text.is_empty()) && seen.insert(value.id()))
        else {
            continue;
        };
        let message = format!("the {} is a credential and must not have a default", element.label());
        out.push(Finding::at(value, message).of(&element.operation));
    }
}
