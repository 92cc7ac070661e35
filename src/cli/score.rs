//! `covenant score`: how good a contract is from 0 to 100, and which rules would raise the score most.
//!
//! A rule that finds something takes points by its severity, and more of them the more it finds, up to a limit: a rule that
//! fires a thousand times is one task. The score is comparable between contracts, since it depends on the rules and not on
//! the size of the contract.

use super::output::print;
use super::rulesets::RuleArguments;
use super::session::{Failure, LoadArguments, Session};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{drop_covered, page};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;

/// Rate contracts from 0 to 100, and list the rules that would raise the score most.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs, REV:path [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Number of rules to list per contract.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What a rule costs a contract.
struct Loss {
    rule: String,
    severity: Severity,
    count: usize,
    points: f64,
}

/// Points of a rule with this severity that finds one thing, and the most that it can take.
fn weight(severity: Severity) -> (f64, f64) {
    match severity {
        Severity::Error => (8.0, 24.0),
        Severity::Warn => (3.0, 9.0),
        Severity::Info => (1.0, 3.0),
        Severity::Hint => (0.25, 1.0),
    }
}

/// What the findings of one contract cost, by rule; the most expensive first.
fn losses(findings: &[Diagnostic]) -> Vec<Loss> {
    let mut rules: BTreeMap<&str, (Severity, usize)> = BTreeMap::new();
    for finding in findings {
        let entry = rules.entry(&finding.rule).or_insert((finding.severity, 0));
        entry.0 = entry.0.max(finding.severity);
        entry.1 += 1;
    }
    let mut out: Vec<Loss> = rules
        .into_iter()
        .map(|(rule, (severity, count))| {
            let (one, most) = weight(severity);
            // The second finding of a rule costs less than the first.
            let points = (one * (1.0 + (count as f64).ln())).min(most);
            Loss { rule: rule.to_owned(), severity, count, points }
        })
        .collect();
    out.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.rule.cmp(&b.rule)));
    out
}

/// The score of a contract with these losses: 100 without any, and never below 0.
fn score(losses: &[Loss]) -> f64 {
    let total: f64 = losses.iter().map(|loss| loss.points).sum();
    // Falls by half with every 40 points, so that bad contracts can still be told apart.
    100.0 * 0.5_f64.powf(total / 40.0)
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let session = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let rules = arguments.rules.rules(&session)?;
    let (inputs, limitations) = session.inputs(&arguments.files);
    let mut code = u8::from(!limitations.is_empty()) * 2;
    let (mut text, mut list) = (String::new(), Vec::new());
    for limitation in &limitations {
        super::output::say(&format!("error: {}", limitation.what));
    }
    for (input, mut findings) in inputs.iter().zip(rules.each(&session, &inputs, || ())) {
        for limitation in &findings.limitations {
            super::output::say(&format!("error: {}: {}", input.name(), limitation.what));
            code = 2;
        }
        if findings.contracts == 0 || findings.limitations.iter().any(|limitation| limitation.incomplete) {
            continue;
        }
        drop_covered(&mut findings.diagnostics);
        let losses = losses(&findings.diagnostics);
        let whole = score(&losses);
        let gain = |at: usize| {
            let rest: f64 =
                losses.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, loss)| loss.points).sum();
            100.0 * 0.5_f64.powf(rest / 40.0) - whole
        };
        text.push_str(&format!("{}: {whole:.0} of 100\n", input.name()));
        let mut top = Vec::new();
        for (at, loss) in losses.iter().enumerate().take(arguments.top) {
            let title = page(&loss.rule).map_or("", |page| page.description);
            let gain = gain(at);
            text.push_str(&format!(
                "  +{gain:<4.1} {:<6} {:>5} {:<36} {title}\n",
                loss.severity, loss.count, loss.rule
            ));
            top.push(json!({
                "rule": loss.rule, "severity": loss.severity, "findings": loss.count, "gain": (gain * 10.0).round() / 10.0,
            }));
        }
        list.push(json!({"contract": input.name(), "score": whole.round(), "gains": top}));
    }
    match arguments.format {
        Format::Text => print(&text),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&list).unwrap_or_default())),
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;
    use crate::text::{SourceText, Span};
    use std::sync::Arc;

    fn finding(rule: &'static str, severity: Severity) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
        Diagnostic::new(rule, severity, "m", Location::new(&source, Span::new(0, 1), "/a"))
    }

    #[test]
    fn a_contract_without_findings_has_100_and_every_finding_lowers_the_score() {
        assert!((score(&losses(&[])) - 100.0).abs() < f64::EPSILON);
        let one = score(&losses(&[finding("a", Severity::Error)]));
        let two = score(&losses(&[finding("a", Severity::Error), finding("a", Severity::Error)]));
        let hint = score(&losses(&[finding("a", Severity::Hint)]));
        assert!(two < one && one < hint && hint < 100.0, "{two} {one} {hint}");
    }

    #[test]
    fn the_most_expensive_rule_comes_first() {
        let all = [finding("hint", Severity::Hint), finding("error", Severity::Error), finding("hint", Severity::Hint)];
        let names: Vec<String> = losses(&all).into_iter().map(|loss| loss.rule).collect();
        assert_eq!(names, ["error", "hint"]);
    }
}
