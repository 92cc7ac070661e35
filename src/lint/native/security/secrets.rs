//! Secrets written into the contract: keys, passwords, tokens. They are never repeated in a message.

use super::super::{Finding, Options, facts::Facts, url::Url};
use crate::diagnostic::Severity;
use crate::lexicon::Class;
use crate::syntax::{Kind, NodeId};
use crate::text::secret::{ADDRESS, SHAPES, TOKEN, is_placeholder, is_row, names_users};
use crate::workspace::Place;

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
                if let Some(found) =
                    shape.find(text).filter(|found| !is_placeholder(found.as_str()) && !is_row(found.as_str()))
                {
                    let message = format!(
                        "this looks like {name} ({} characters); remove it, and replace the key where it is used",
                        found.len()
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
        if !facts.lexicon.is_named(element.name, &[Class::Credential]) {
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
