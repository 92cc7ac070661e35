//! Runs a selection of rules over one contract.

use super::Ruleset;
use super::native::{self, Context, Facts, Sink};
use super::select::{Active, Selection};
use crate::diagnostic::{Diagnostic, finish};
use crate::openapi::Api;
use jiff::civil::Date;
use rayon::prelude::*;

/// The findings of the selected rules, sorted, with fingerprints. `as_of` is the day that date rules use.
pub fn lint(api: Api<'_>, selection: &Selection, as_of: Option<Date>) -> Vec<Diagnostic> {
    let mut out = lint_each(api, selection, as_of);
    super::drop_covered(&mut out);
    finish(&mut out);
    out
}

/// As [`lint`], with the findings that others cover: repairs look for them.
pub fn lint_each(api: Api<'_>, selection: &Selection, as_of: Option<Date>) -> Vec<Diagnostic> {
    let version = api.version().name();
    let fits = |rule: &&Active| rule.page.versions.is_empty() || rule.page.versions.contains(&version);
    let mut groups: Vec<(&str, Vec<&Active>)> = Vec::new();
    for rule in selection.rules.iter().filter(fits) {
        // A function that serves a family of rules runs once for all of them.
        let family = native::find(rule.page.native).is_some_and(|native| native.family);
        match groups.iter_mut().find(|(name, _)| family && *name == rule.page.native) {
            Some((_, rules)) => rules.push(rule),
            None => groups.push((rule.page.native, vec![rule])),
        }
    }
    let facts = Facts::new(api);
    let check = |(name, rules): &(&str, Vec<&Active>)| {
        let Some(native) = native::find(name) else { return Vec::new() };
        let options = selection.options.get(rules[0].page.id).unwrap_or_else(|| rules[0].page.options());
        let context = Context { api, options, policy: &selection.policy, as_of, rules };
        let mut sink = Sink::new(rules[0].page.id);
        native.run(&context, &facts, &mut sink);
        sink.into_findings().into_iter().filter_map(|finding| graded(finding, rules)).collect()
    };
    let made_of_paths: Vec<_> =
        selection.rules.iter().filter(|rule| rule.page.is_defined()).map(|rule| (rule.page, rule.severity)).collect();
    // The order of what is put together is that of the rules, whoever is ready first.
    let (mut out, by_paths) = rayon::join(
        || groups.par_iter().with_max_len(1).map(check).flatten_iter().collect::<Vec<_>>(),
        || {
            if made_of_paths.is_empty() {
                return Vec::new();
            }
            super::run(api.root().workspace(), &Ruleset::of_pages(&made_of_paths))
        },
    );
    out.extend(by_paths);
    super::unread::discard(api.root().workspace(), &mut out);
    finish(&mut out);
    out
}

/// The finding with the severity and help of its rule; `None` when the rule does not run.
fn graded(mut finding: Diagnostic, rules: &[&Active]) -> Option<Diagnostic> {
    let rule = rules.iter().find(|rule| rule.page.id == finding.rule)?;
    finding.severity = finding.severity.min(rule.severity);
    finding.dated |= rule.page.dated;
    if finding.help.is_none() {
        finding.help = Some(rule.page.fix.to_owned());
    }
    finding.parts = std::mem::take(&mut finding.parts).into_iter().filter_map(|part| graded(part, rules)).collect();
    Some(finding)
}
