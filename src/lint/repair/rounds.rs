//! Rounds of repairs: edits that do not meet are made together, the text is read and linted again, and a round stands
//! only when its findings are gone and no error came. A round that fails is halved until the repair at fault is alone;
//! that one is left out.

use super::edit::{self, Edit};
use super::{Plan, plan};
use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::{DocumentId, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// New texts by the path of the document below its root.
pub type Texts = BTreeMap<String, String>;

/// How a contract is read and judged.
pub struct Tools<'t> {
    /// Loads the contract with these texts instead of those of its files; `None` when it cannot be read.
    pub load: &'t dyn Fn(&Texts) -> Option<Workspace>,
    /// All findings about it, faults of its texts included.
    pub lint: &'t dyn Fn(&Workspace) -> Vec<Diagnostic>,
    /// Whether a finding is to be repaired.
    pub wanted: &'t dyn Fn(&Diagnostic) -> bool,
}

/// A contract after its repair.
pub struct Repaired {
    /// The texts that changed.
    pub texts: Texts,
    /// The findings that were repaired, by rule.
    pub rules: BTreeMap<String, usize>,
    /// The contract with its new texts.
    pub workspace: Workspace,
}

/// The most times a contract is linted for its repair.
const BUDGET: usize = 100;

/// Rule, file and pointer.
type Key = (String, String, String);

fn key(finding: &Diagnostic) -> Key {
    let location = &finding.location;
    (finding.rule.to_string(), location.file().to_owned(), location.pointer.clone())
}

/// Repairs a contract. `texts` are those that earlier repairs changed already. `None` when it cannot be read.
pub fn repair(tools: &Tools<'_>, texts: Texts) -> Option<Repaired> {
    let workspace = (tools.load)(&texts)?;
    let findings = (tools.lint)(&workspace);
    let mut state = State { texts, workspace, findings };
    let mut rules: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused: BTreeSet<Key> = BTreeSet::new();
    let mut budget = BUDGET;
    while budget > 0 {
        let chosen = choose(&state, tools, &refused);
        if chosen.is_empty() {
            break;
        }
        let Some((next, made)) = attempt(tools, &state, &chosen, &mut refused, &mut budget) else { continue };
        for finding in made {
            *rules.entry(finding).or_default() += 1;
        }
        state = next;
    }
    Some(Repaired { texts: state.texts, rules, workspace: state.workspace })
}

/// A contract between two rounds.
struct State {
    texts: Texts,
    workspace: Workspace,
    findings: Vec<Diagnostic>,
}

/// Plans for the findings that are wanted, as many as do not meet.
fn choose<'s>(state: &'s State, tools: &Tools<'_>, refused: &BTreeSet<Key>) -> Vec<(&'s Diagnostic, Plan)> {
    let mut chosen: Vec<(&Diagnostic, Plan)> = Vec::new();
    let mut taken: BTreeMap<DocumentId, Vec<Edit>> = BTreeMap::new();
    for finding in &state.findings {
        if !(tools.wanted)(finding) || refused.contains(&key(finding)) {
            continue;
        }
        let Some(plan) = plan(&state.workspace, finding) else { continue };
        let others = taken.entry(plan.document).or_default();
        let meets = |edit: &Edit| others.iter().any(|other| meet(edit, other));
        if !plan.edits.iter().any(meets) {
            others.extend(plan.edits.iter().cloned());
            chosen.push((finding, plan));
        }
    }
    chosen
}

/// Whether two edits concern a common byte, or add something at the same place.
fn meet(a: &Edit, b: &Edit) -> bool {
    let same = a.span.start == b.span.start;
    same || (a.span.start < b.span.end && b.span.start < a.span.end)
}

/// Makes the edits, or as many of them as stand the test; the rules repaired. `None` when nothing does: the repairs
/// that failed alone are refused.
fn attempt(
    tools: &Tools<'_>,
    state: &State,
    chosen: &[(&Diagnostic, Plan)],
    refused: &mut BTreeSet<Key>,
    budget: &mut usize,
) -> Option<(State, Vec<String>)> {
    if chosen.is_empty() || *budget == 0 {
        return None;
    }
    *budget -= 1;
    if let Some(next) = made(tools, state, chosen) {
        return Some((next, chosen.iter().map(|(finding, _)| finding.rule.to_string()).collect()));
    }
    if let [(finding, _)] = chosen {
        refused.insert(key(finding));
        return None;
    }
    let (first, second) = chosen.split_at(chosen.len() / 2);
    attempt(tools, state, first, refused, budget).or_else(|| attempt(tools, state, second, refused, budget))
}

/// The contract with all these edits, if it is better for them.
fn made(tools: &Tools<'_>, state: &State, chosen: &[(&Diagnostic, Plan)]) -> Option<State> {
    let mut texts = state.texts.clone();
    for (id, document) in state.workspace.documents() {
        let edits: Vec<&Edit> =
            chosen.iter().filter(|(_, plan)| plan.document == id).flat_map(|(_, plan)| &plan.edits).collect();
        if !edits.is_empty() {
            texts.insert(document.path().to_owned(), edit::apply(document.tree().source().text(), &edits));
        }
    }
    let workspace = (tools.load)(&texts)?;
    let findings = (tools.lint)(&workspace);
    let next = State { texts, workspace, findings };
    is_better(&state.findings, &next.findings, chosen).then_some(next)
}

/// Whether the chosen findings are gone and no rule has more errors than before.
fn is_better(before: &[Diagnostic], after: &[Diagnostic], chosen: &[(&Diagnostic, Plan)]) -> bool {
    let (errors, now) = (count(before, true), count(after, true));
    if now.iter().any(|(rule, number)| errors.get(rule).is_none_or(|old| number > old)) {
        return false;
    }
    // Pointers into lists shift when an element goes, so numbers decide before places do.
    let (all, left) = (count(before, false), count(after, false));
    let places: BTreeSet<Key> = after.iter().map(key).collect();
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    for (finding, _) in chosen {
        *wanted.entry(&finding.rule).or_default() += 1;
    }
    let fewer = |rule: &str| {
        let number = |counts: &BTreeMap<&str, usize>| counts.get(rule).copied().unwrap_or(0);
        number(&left) + wanted[rule] <= number(&all)
    };
    chosen.iter().all(|(finding, _)| fewer(&finding.rule) || !places.contains(&key(finding)))
}

/// Findings by rule; of errors alone, or of all severities.
fn count(findings: &[Diagnostic], errors: bool) -> BTreeMap<&str, usize> {
    let mut out: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| !errors || finding.severity == Severity::Error) {
        *out.entry(&finding.rule).or_default() += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Selection, lint};
    use crate::openapi::Api;

    /// The text after all repairs of these rules.
    fn repaired(text: &str, rules: &[&str]) -> (String, BTreeMap<String, usize>) {
        let load =
            |texts: &Texts| Some(Workspace::from_text("a.yaml", texts.get("a.yaml").map_or(text, String::as_str)));
        let lint = |workspace: &Workspace| {
            let mut found = workspace.problems();
            if let Ok(api) = Api::open(workspace) {
                found.extend(lint(
                    api,
                    &Selection::of_profile("recommended,spectral-oas", &BTreeMap::new()).unwrap(),
                    None,
                ));
            }
            found
        };
        let wanted = |finding: &Diagnostic| rules.contains(&&*finding.rule);
        let out = repair(&Tools { load: &load, lint: &lint, wanted: &wanted }, Texts::new()).unwrap();
        (out.texts.get("a.yaml").cloned().unwrap_or_else(|| text.to_owned()), out.rules)
    }

    #[test]
    fn edits_that_meet_are_made_in_rounds() {
        let text = "openapi: 3.0.3\ninfo: {title: A, version: 1.0} # v\npaths: {}\ncomponents:\n  schemas:\n    A:\n      type: string\n      enum: [a, b, a, a, b]\n";
        let (out, rules) = repaired(text, &["duplicated-entry-in-enum", "struct-duplicate-item", "struct-type"]);
        assert_eq!(out, text.replace("[a, b, a, a, b]", "[a, b]").replace("1.0", "\"1.0\""));
        assert_eq!(rules["struct-type"], 1);
    }

    #[test]
    fn a_repair_that_does_not_help_is_left_out_and_the_others_stand() {
        let text = "openapi: 3.0.3\ninfo: {title: 5, version: 1}\npaths:\n  a: {}\n  /a: {}\n  b: {}\n";
        let (out, rules) = repaired(text, &["struct-type", "struct-path-key"]);
        // `/a` is there already.
        let whole = text.replace("title: 5", "title: \"5\"").replace("version: 1", "version: \"1\"");
        assert_eq!(out, whole.replace("  b: {}", "  /b: {}"));
        assert_eq!(rules["struct-type"], 2);
    }

    #[test]
    fn a_text_with_faults_is_left_alone() {
        let text = "openapi: 3.0.3\ninfo: {title: 5, version: 1}\npaths: [\n";
        assert_eq!(repaired(text, &["struct-type"]).0, text);
    }
}
