//! Rule ids of `covenant.yaml` that no rule has. A misspelled id must not pass silently: the rule would run as before.

use super::explain::similarity;
use super::others;
use super::session::Session;
use crate::config::overlap;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Ruleset;
use crate::workspace::Workspace;
use crate::{diff, lint};

/// A warning at every key and pattern that names nothing.
pub(super) fn find(session: &Session, rulesets: &[Ruleset]) -> Vec<Diagnostic> {
    let mut out = keys(session, rulesets);
    out.extend(patterns(session, rulesets));
    out
}

/// A warning at every id under `approvals.never` that names nothing, in every layer: nothing would be kept from being waived.
fn patterns(session: &Session, rulesets: &[Ruleset]) -> Vec<Diagnostic> {
    let Some(own) = session.text.as_ref().filter(|_| !session.config.approvals.never.is_empty()) else {
        return Vec::new();
    };
    let is_known = |pattern: &str| {
        let own = lint::pages().iter().map(|page| page.id).chain(diff::pages().iter().map(|page| page.id));
        own.chain(rulesets.iter().flat_map(Ruleset::names)).any(|id| overlap(pattern, id))
            || others::ids().any(|id| overlap(pattern, id))
    };
    let mut out = Vec::new();
    for text in session.layered.texts(own) {
        let workspace = Workspace::from_text(text.name(), text.text());
        let list = workspace.root().descend(&["approvals", "never"]);
        for element in list.into_iter().flat_map(crate::workspace::Place::elements) {
            let Some(pattern) = element.as_str().filter(|pattern| !is_known(pattern)) else { continue };
            let words = format!("no rule or change is called `{pattern}`, so nothing is kept from being waived here");
            let (span, pointer) = (element.location().span, element.location().pointer);
            let place = crate::diagnostic::Location::new(&text, span, pointer);
            let finding = Diagnostic::new("config-unknown-rule", Severity::Warn, words, place);
            out.push(finding.help("`covenant rules` lists the rules"));
        }
    }
    out
}

/// A warning at every key of `rules:` and `diff.severity:` that names nothing, with the nearest id.
fn keys(session: &Session, rulesets: &[Ruleset]) -> Vec<Diagnostic> {
    let changes = &session.config.diff.severity;
    let ids: Vec<&String> = session.config.rules.keys().chain(changes.keys()).collect();
    let mut known: Vec<&str> = lint::pages().iter().map(|page| page.id).chain(others::ids()).collect();
    known.extend(diff::pages().iter().map(|page| page.id));
    known.extend(rulesets.iter().flat_map(Ruleset::names));
    if ids.iter().all(|id| known.contains(&id.as_str())) {
        return Vec::new();
    }
    let Some(text) = &session.text else { return Vec::new() };
    let workspace = Workspace::from_text(text.name(), text.text());
    let places = [workspace.root().get("rules"), workspace.root().descend(&["diff", "severity"])];
    let members = places.into_iter().flatten().flat_map(crate::workspace::Place::members);
    let unknown = members.filter(|member| !known.contains(&member.name));
    unknown
        .map(|member| {
            let words = format!("there is no rule or change `{}`, so nothing is set here", member.name);
            let finding = Diagnostic::new("config-unknown-rule", Severity::Warn, words, member.value.key_location());
            let near = known.iter().map(|id| (similarity(member.name, id), *id));
            let near = near.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).filter(|(ratio, _)| *ratio > 0.6);
            finding.help(near.map_or_else(
                || "`covenant rules` lists the rules".to_owned(),
                |(_, id)| format!("did you mean `{id}`?"),
            ))
        })
        .collect()
}
