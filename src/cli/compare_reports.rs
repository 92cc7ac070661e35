//! `covenant compare-reports`: what two runs say differently of the same contracts. A platform team tries an update of the
//! tool, a profile or a policy with it before anybody's pull request meets it.

use super::output::print;
use super::session::Failure;
use super::stored::{Decided, Finding, Gate, Stored, reports};
use crate::diagnostic::{Impact, Severity};
use crate::text::escape::line;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Compare the JSON reports of two runs over the same contracts, for example of two versions of Covenant.
///
/// Ends with 1 where the new run passes less, and with 2 where a report is missing on one side.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// JSON report of the first run, or a folder of them.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// JSON report of the second run, or a folder in which reports have the same names.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// JSON.
    Json,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Fate {
    New,
    Changed,
    Gone,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Changed => "changed",
            Fate::Gone => "gone",
        }
    }
}

/// How a run weighs a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Weight {
    /// What it is called; of one finding two versions may speak under two ids.
    rule: String,
    severity: Severity,
    impact: Impact,
    /// How it is accepted, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<String>,
}

impl Weight {
    fn words(&self) -> String {
        let impact =
            if self.impact == Impact::None { String::new() } else { format!(", {:?}", self.impact).to_lowercase() };
        let accepted = self.accepted.as_ref().map_or_else(String::new, |how| format!(", accepted ({how})"));
        format!("{}{impact}{}", self.severity, line(&accepted))
    }
}

/// A finding that the two runs see differently.
#[derive(Debug, Serialize)]
struct Difference {
    fate: Fate,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Weight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Weight>,
    file: String,
    line: u32,
    message: String,
    fingerprint: String,
}

impl Difference {
    fn rule(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).map_or("", |weight| &weight.rule)
    }
}

/// What two reports say differently.
#[derive(Debug, Serialize)]
struct Comparison {
    report: String,
    gate: [&'static str; 2],
    change: [String; 2],
    required_bump: [String; 2],
    version: [String; 2],
    /// Why the runs may differ beside the tool.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    findings: Vec<Difference>,
    #[serde(skip)]
    is_worse: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let (old, new) = (named(&arguments.old)?, named(&arguments.new)?);
    let single = !arguments.old.is_dir() && !arguments.new.is_dir();
    let mut pairs = Vec::new();
    let mut alone = Vec::new();
    if let (true, Some((_, old)), Some((name, new))) = (single, old.first_key_value(), new.first_key_value()) {
        pairs.push((name.clone(), old, new));
    } else {
        for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => pairs.push((name.clone(), old, new)),
                (old, _) => alone.push((name.clone(), if old.is_some() { "new" } else { "old" })),
            }
        }
    }
    if pairs.is_empty() {
        return Err(Failure::new(
            "there is no report on both sides; compare two files, or two folders with files of the same names",
        ));
    }
    let mut compared = Vec::new();
    for (name, old, new) in pairs {
        compared.push(compare(name, &Stored::read(old)?, &Stored::read(new)?));
    }
    print(&match arguments.format {
        Form::Text => text(&compared, &alone),
        Form::Json => json(&compared, &alone),
    });
    Ok(match (alone.is_empty(), compared.iter().any(|one| one.is_worse)) {
        (false, _) => 2,
        (true, true) => 1,
        (true, false) => 0,
    })
}

fn named(argument: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    Ok(reports(argument)?.into_iter().collect())
}

/// The findings of a report by fingerprint, each with the number of its appearance: what stands for several is taken apart.
fn weighed(report: &Stored) -> BTreeMap<(String, usize), (Weight, String, u32, String)> {
    let mut out = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |fingerprint: &str, weight: Weight, file: &str, at: u32, message: &str| {
        let count = seen.entry(fingerprint.to_owned()).or_default();
        out.insert((fingerprint.to_owned(), *count), (weight, file.to_owned(), at, message.to_owned()));
        *count += 1;
    };
    let open = report.diagnostics.iter().map(|finding| (finding, None));
    let accepted = report.suppressed.iter().map(|one| (&one.finding, Some(one.suppression.clone())));
    for (finding, accepted) in open.chain(accepted) {
        let Finding { severity, .. } = *finding;
        let weight =
            |rule: &str, impact| Weight { rule: rule.to_owned(), severity, impact, accepted: accepted.clone() };
        let own = weight(&finding.rule, finding.impact);
        add(&finding.fingerprint, own, &finding.location.file, finding.location.line, &finding.message);
        for part in finding.parts.iter().filter(|part| part.fingerprint != finding.fingerprint) {
            add(&part.fingerprint, weight(&part.rule, part.impact), &part.file, part.line, &finding.message);
        }
    }
    out
}

fn compare(report: String, old: &Stored, new: &Stored) -> Comparison {
    let mut before = weighed(old);
    let mut findings = Vec::new();
    for ((fingerprint, number), (weight, file, at, message)) in weighed(new) {
        let known = before.remove(&(fingerprint.clone(), number)).map(|(weight, ..)| weight);
        let fate = match &known {
            Some(known) if *known == weight => continue,
            Some(_) => Fate::Changed,
            None => Fate::New,
        };
        findings.push(Difference { fate, old: known, new: Some(weight), file, line: at, message, fingerprint });
    }
    for ((fingerprint, _), (weight, file, at, message)) in before {
        findings.push(Difference {
            fate: Fate::Gone,
            old: Some(weight),
            new: None,
            file,
            line: at,
            message,
            fingerprint,
        });
    }
    let heaviest = |one: &Difference| one.new.as_ref().or(one.old.as_ref()).map(|weight| weight.severity);
    findings.sort_by(|left, right| {
        let by_place = || (&left.file, left.line, left.rule()).cmp(&(&right.file, right.line, right.rule()));
        left.fate.cmp(&right.fate).then(heaviest(right).cmp(&heaviest(left))).then_with(by_place)
    });
    Comparison {
        report,
        gate: [old.verdict.gate.name(), new.verdict.gate.name()],
        change: [old.verdict.change.clone(), new.verdict.change.clone()],
        required_bump: [old.verdict.required_bump.clone(), new.verdict.required_bump.clone()],
        version: [version(old), version(new)],
        notes: notes(old, new),
        is_worse: new.verdict.gate > old.verdict.gate
            || (new.verdict.gate == Gate::Pass && would_fail(new) > would_fail(old)),
        findings,
    }
}

fn would_fail(report: &Stored) -> u64 {
    report.observed.as_ref().map_or(0, |observed| observed.would_fail)
}

/// The version of the tool, with that of its rules.
fn version(report: &Stored) -> String {
    let rules = if report.tool.rules.is_empty() { String::new() } else { format!(" (rules {})", report.tool.rules) };
    line(&format!("{}{rules}", report.tool.version))
}

/// Why two runs may differ beside the tool.
fn notes(old: &Stored, new: &Stored) -> Vec<String> {
    let mut out = Vec::new();
    let mut differs = |what: &str, old: &str, new: &str| {
        if old != new {
            out.push(format!("{what}: {} and {}", line(old), line(new)));
        }
    };
    let base = |report: &Stored| report.base.as_ref().map_or("none".to_owned(), |base| base.commit.clone());
    differs("commands differ", &old.command, &new.command);
    differs("days of judgement differ", old.as_of.as_deref().unwrap_or("none"), new.as_of.as_deref().unwrap_or("none"));
    differs("bases differ", &base(old), &base(new));
    differs("numbers of contracts differ", &old.contracts.to_string(), &new.contracts.to_string());
    let names = |own: &Stored, other: &Stored| -> Vec<String> {
        let changed = own.policy.iter().filter(|file| !other.policy.contains(file));
        changed.map(|Decided { role, name, .. }| format!("{role} `{name}`")).collect()
    };
    let files: BTreeSet<String> = names(old, new).into_iter().chain(names(new, old)).collect();
    if !files.is_empty() {
        out.push(line(&format!("policies differ: {}", files.into_iter().collect::<Vec<_>>().join(", "))));
    }
    out
}

/// Findings of one report that are printed; the others are counted.
const SHOWN: usize = 50;

fn text(compared: &[Comparison], alone: &[(String, &str)]) -> String {
    let mut out = String::new();
    let mut rules: BTreeMap<(&str, Fate), usize> = BTreeMap::new();
    for one in compared {
        for finding in &one.findings {
            *rules.entry((finding.rule(), finding.fate)).or_default() += 1;
        }
        if one.findings.is_empty() && one.gate[0] == one.gate[1] {
            continue;
        }
        let gate = if one.gate[0] == one.gate[1] { one.gate[0].to_owned() } else { one.gate.join(" -> ") };
        out.push_str(&format!("{}: {gate}\n", line(&one.report)));
        out.extend(one.notes.iter().map(|note| format!("  note: {note}\n")));
        for finding in one.findings.iter().take(SHOWN) {
            let weights: Vec<String> = [&finding.old, &finding.new].into_iter().flatten().map(Weight::words).collect();
            out.push_str(&format!(
                "  {:<7}  {}  {}:{}  {}: {}\n",
                finding.fate.name(),
                weights.join(" -> "),
                line(&finding.file),
                finding.line,
                line(finding.rule()),
                line(&finding.message)
            ));
        }
        if one.findings.len() > SHOWN {
            out.push_str(&format!("  and {} more\n", one.findings.len() - SHOWN));
        }
    }
    if !rules.is_empty() {
        out.push_str("\nby rule:\n");
        out.extend(
            rules.iter().map(|((rule, fate), count)| format!("  {count:>5} {:<7}  {}\n", fate.name(), line(rule))),
        );
        out.push('\n');
    }
    out.extend(alone.iter().map(|(name, side)| format!("{}: there is no {side} report\n", line(name))));
    let versions: BTreeSet<String> = compared.iter().map(|one| one.version.join(" -> ")).collect();
    let count = |fate| compared.iter().flat_map(|one| &one.findings).filter(|finding| finding.fate == fate).count();
    let worse = compared.iter().filter(|one| one.is_worse).count();
    out.push_str(&format!(
        "{} compared, covenant {}: {} new findings, {} changed, {} gone; {} worse\n",
        if compared.len() == 1 { "1 report".to_owned() } else { format!("{} reports", compared.len()) },
        versions.into_iter().collect::<Vec<_>>().join(", "),
        count(Fate::New),
        count(Fate::Changed),
        count(Fate::Gone),
        if worse == 1 { "1 verdict is".to_owned() } else { format!("{worse} verdicts are") },
    ));
    out
}

fn json(compared: &[Comparison], alone: &[(String, &str)]) -> String {
    #[derive(Serialize)]
    struct Whole<'a> {
        schema: &'static str,
        worse: bool,
        missing: Vec<Missing<'a>>,
        reports: &'a [Comparison],
    }
    #[derive(Serialize)]
    struct Missing<'a> {
        report: &'a str,
        side: &'a str,
    }
    let missing = alone.iter().map(|(report, side)| Missing { report, side }).collect();
    let worse = compared.iter().any(|one| one.is_worse);
    let whole = Whole { schema: "covenant-comparison/1", worse, missing, reports: compared };
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}
