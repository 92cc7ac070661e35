//! `covenant fleet`: the JSON reports of many runs as one table: per contract and owner, how a roll-out goes.
//!
//! Takes report files that CI stored; gives CSV, JSON or a short Markdown page. The same reports give the same bytes, whatever
//! the order of the arguments.

mod render;

use super::output::{print, save};
use super::session::{Failure, day};
use super::stored::{Decided, Finding, Stored, reports};
use crate::diagnostic::Severity;
use crate::lint;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Put the JSON reports of many runs together in one table, by contract and owner.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// JSON reports, or folders of them.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Form::Markdown)]
    format: Form,
    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The day from which waivers and debts are counted, as YYYY-MM-DD [default: the latest day of the reports].
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A page with totals and a table of owners.
    Markdown,
    /// One row per contract.
    Csv,
    /// Everything.
    Json,
}

/// A contract of a report; findings of no contract (shared files, policy) have a row without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Row {
    report: String,
    contract: String,
    title: String,
    owner: String,
    audience: String,
    /// The day of judgement.
    as_of: String,
    tool: String,
    rules: String,
    profile: String,
    layers: String,
    gate: String,
    change: String,
    required_bump: String,
    errors: u64,
    warnings: u64,
    /// New findings by pack of rules; changes are a pack of their own.
    packs: BTreeMap<String, u64>,
    accepted: u64,
    observe_until: String,
    would_fail: u64,
    not_examined: u64,
}

/// A waiver, as the reports of its repository have it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Exception {
    expires: String,
    owner: String,
    rule: String,
    ticket: String,
    break_glass: bool,
    covers: u64,
    /// In how many reports it is.
    reports: u64,
    /// Whether its last day has passed.
    expired: bool,
}

/// What one owner has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Owner {
    name: String,
    contracts: u64,
    /// Contracts whose run fails or would fail, and whose run is incomplete.
    failing: u64,
    incomplete: u64,
    observed: u64,
    errors: u64,
    warnings: u64,
    accepted: u64,
}

/// Everything.
#[derive(Debug, Serialize)]
struct Fleet {
    schema: &'static str,
    as_of: String,
    reports: usize,
    owners: Vec<Owner>,
    contracts: Vec<Row>,
    waivers: Vec<Exception>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut files = Vec::new();
    for argument in &arguments.reports {
        // Of several folders, each with its name.
        let several = arguments.reports.len() > 1 && argument.is_dir();
        let named = |(name, path): (String, PathBuf)| {
            let folder = argument.to_string_lossy().replace('\\', "/");
            (if several { format!("{}/{name}", folder.trim_end_matches('/')) } else { name }, path)
        };
        files.extend(reports(argument)?.into_iter().map(named));
    }
    // Of one file under two arguments one row.
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(Failure::new("there is no JSON report in these folders"));
    }
    let mut stored = Vec::new();
    for (name, path) in files {
        stored.push((name, Stored::read(&path)?));
    }
    let latest = stored.iter().filter_map(|(_, report)| report.as_of.clone()).max();
    let as_of = arguments.as_of.map(|day| day.to_string()).or(latest).unwrap_or_default();
    let mut contracts: Vec<Row> = stored.iter().flat_map(|(name, report)| rows(name, report)).collect();
    contracts.sort();
    let waivers = exceptions(stored.iter().map(|(_, report)| report), &as_of);
    let owners = owners(&contracts);
    let fleet = Fleet { schema: "covenant-fleet/1", as_of, reports: stored.len(), owners, contracts, waivers };
    let text = match arguments.format {
        Form::Markdown => render::markdown(&fleet),
        Form::Csv => render::csv(&fleet),
        Form::Json => serde_json::to_string_pretty(&fleet).unwrap_or_default() + "\n",
    };
    match &arguments.output {
        Some(file) => save(file, &text)?,
        None => print(&text),
    }
    Ok(0)
}

/// The pack of a rule: rules of rulesets and changes have packs of their own.
fn pack(finding: &Finding) -> &'static str {
    match lint::page(&finding.rule) {
        Some(page) => page.pack,
        None if crate::diff::page(&finding.rule).is_some() => "changes",
        None => "others",
    }
}

fn rows(name: &str, report: &Stored) -> Vec<Row> {
    let role = |role: &str| -> String {
        let all = report.policy.iter().filter(|file| file.role == role);
        all.map(|Decided { name, .. }| name.clone()).collect::<Vec<_>>().join("; ")
    };
    let observed = report.observed.as_ref();
    let whole = Row {
        report: name.to_owned(),
        as_of: report.as_of.clone().unwrap_or_default(),
        tool: report.tool.version.clone(),
        rules: report.tool.rules.clone(),
        profile: role("profile"),
        layers: role("layer"),
        gate: report.verdict.gate.name().to_owned(),
        change: report.verdict.change.clone(),
        required_bump: report.verdict.required_bump.clone(),
        observe_until: observed.map(|observed| observed.until.clone()).unwrap_or_default(),
        would_fail: observed.map_or(0, |observed| observed.would_fail),
        ..Row::default()
    };
    let mut by_file: BTreeMap<&str, Row> = BTreeMap::new();
    for api in &report.apis {
        let row = Row {
            contract: api.file.clone(),
            title: api.title.clone(),
            owner: api.owner.clone(),
            audience: api.audience.clone(),
            ..whole.clone()
        };
        by_file.insert(&api.file, row);
    }
    let mut rest = whole.clone();
    let mut of = |file: &str, count: &mut dyn FnMut(&mut Row)| match by_file.get_mut(file) {
        Some(row) => count(row),
        None => count(&mut rest),
    };
    for finding in &report.diagnostics {
        of(&finding.location.file, &mut |row| {
            row.errors += u64::from(finding.severity == Severity::Error);
            row.warnings += u64::from(finding.severity == Severity::Warn);
            *row.packs.entry(pack(finding).to_owned()).or_default() += 1;
        });
    }
    for accepted in &report.suppressed {
        of(&accepted.finding.location.file, &mut |row| row.accepted += 1);
    }
    for limitation in report.limitations.iter().filter(|limitation| limitation.incomplete) {
        of(limitation.place.file.as_deref().unwrap_or_default(), &mut |row| row.not_examined += 1);
    }
    let has_more = rest != whole || by_file.is_empty();
    by_file.into_values().chain(has_more.then_some(rest)).collect()
}

/// What makes a waiver one: expiry, owner, rule, ticket, and whether it is a debt.
type Key<'s> = (&'s str, &'s str, &'s str, &'s str, bool);

/// The waivers of all reports by the day they end: those of one repository that several reports have are one.
fn exceptions<'s>(reports: impl Iterator<Item = &'s Stored>, as_of: &str) -> Vec<Exception> {
    let mut all: BTreeMap<Key<'_>, (u64, u64)> = BTreeMap::new();
    for waiver in reports.flat_map(|report| &report.waivers) {
        let key = (&*waiver.expires, &*waiver.owner, &*waiver.rule, &*waiver.ticket, waiver.break_glass);
        let (covers, reports) = all.entry(key).or_default();
        *covers += waiver.covers;
        *reports += 1;
    }
    let one = |((expires, owner, rule, ticket, break_glass), (covers, reports))| Exception {
        expires: str::to_owned(expires),
        owner: str::to_owned(owner),
        rule: str::to_owned(rule),
        ticket: str::to_owned(ticket),
        break_glass,
        covers,
        reports,
        // Days are written so that their order is that of their text.
        expired: !as_of.is_empty() && expires < as_of,
    };
    all.into_iter().map(one).collect()
}

fn owners(contracts: &[Row]) -> Vec<Owner> {
    let mut all: BTreeMap<&str, Owner> = BTreeMap::new();
    for row in contracts {
        let owner = all.entry(&row.owner).or_insert_with(|| Owner { name: row.owner.clone(), ..Owner::default() });
        owner.contracts += u64::from(!row.contract.is_empty());
        owner.failing += u64::from(row.gate == "fail" || row.would_fail > 0);
        owner.incomplete += u64::from(row.gate == "incomplete");
        owner.observed += u64::from(!row.observe_until.is_empty());
        owner.errors += row.errors;
        owner.warnings += row.warnings;
        owner.accepted += row.accepted;
    }
    let mut all: Vec<Owner> = all.into_values().collect();
    let weight = |owner: &Owner| std::cmp::Reverse((owner.errors, owner.failing, owner.warnings));
    all.sort_by(|left, right| weight(left).cmp(&weight(right)).then_with(|| left.name.cmp(&right.name)));
    all
}
