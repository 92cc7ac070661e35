//! `covenant impact`: which contracts reach a file of a shared library, and which of them an edit of it breaks.
//!
//! Each contract is compared with itself as it would be with the old text of the file, so that nothing else that changed in it
//! counts. A copy of the file with the old bytes, in another checked-out repository, counts as the file.

use super::contain;
use super::diff::{self, JudgementArguments};
use super::output::{OutputArguments, print};
use super::session::{Failure, Findings, LoadArguments, Session};
use crate::diagnostic::{Bump, Impact};
use crate::gate::{Command, Limitation, Report};
use crate::openapi::{Api, Facts};
use crate::text::decode;
use crate::text::escape::line;
use crate::workspace::{BaseArgument, Input, Workspace, discover};
use clap::Args;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// List the contracts that reach a shared file, and what its change breaks in each.
///
/// Ends with 1 where a contract breaks, and with 2 where one could not be judged.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shared file, as it is in the work tree.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The git revision to compare the file with; of a branch, its merge base with HEAD.
    #[arg(short, long, value_name = "REV")]
    base: String,
    /// Contracts, or folders of contracts, also of other repositories [default: the repository of the file].
    #[arg(value_name = "CONTRACTS")]
    among: Vec<String>,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// How a contract reaches the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It refers to it.
    Refers,
    /// It refers to a copy with the old bytes.
    Copy,
}

/// A contract that reaches the file.
struct Reached {
    facts: Facts,
    how: Reach,
    findings: Findings,
}

/// The two texts of the file, and where it is.
struct Shared {
    real: PathBuf,
    old: String,
    new: String,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    judged(arguments).map_err(|failure| arguments.output.not_run(Command::Diff, failure))
}

fn judged(arguments: &Arguments) -> Result<u8, Failure> {
    let near = format!("./{}", arguments.file.display());
    let near = if arguments.file.is_absolute() { arguments.file.display().to_string() } else { near };
    let session = Session::start(&arguments.load, Some(&near))?;
    let shared = shared(&session, arguments)?;
    let options = arguments.judgement.options(&session)?;
    let mut policy = session.policy(arguments.output.fail_on)?;
    arguments.judgement.complete(&session, &mut policy)?;
    policy.undecided = arguments.judgement.undecided;
    let (inputs, errors) = if arguments.among.is_empty() {
        let top = session.repositories.of_file(&arguments.file)?.0.top().to_string_lossy().into_owned();
        discover(
            &[super::session::shortest(Path::new(&top)).to_string_lossy().into_owned()].map(or_here),
            &session.repositories,
        )
    } else {
        discover(&arguments.among, &session.repositories)
    };
    let look = |input: &Input| -> Result<Option<Reached>, Box<Findings>> {
        let mut reached = None;
        let lost = contain::contract(&input.name(), || match reach(&session, &shared, input) {
            Ok(None) => Findings::default(),
            Ok(Some((workspace, how))) => {
                let (found, rest) = compared(&session, &shared, input, (&workspace, how), &options, arguments);
                reached = found;
                rest
            }
            Err(limitation) => Findings { limitations: vec![limitation], ..Findings::default() },
        });
        if lost.limitations.is_empty() { Ok(reached) } else { Err(Box::new(lost)) }
    };
    let looked: Vec<_> = inputs.par_iter().map(look).collect();
    let mut findings = Findings::default();
    findings.limitations.extend(errors.iter().map(super::session::undiscovered));
    let mut reached = Vec::new();
    for one in looked {
        match one {
            Ok(found) => reached.extend(found),
            Err(lost) => findings.extend(*lost),
        }
    }
    let mut table = Vec::new();
    for Reached { facts, how, findings: own } in reached {
        let impact = own.diagnostics.iter().map(|finding| finding.impact).max().unwrap_or_default();
        let bump = own.diagnostics.iter().map(|finding| finding.required_bump).max().unwrap_or_default();
        let unread = own.limitations.iter().any(|limitation| limitation.incomplete);
        table.push(Row { facts, how, impact, bump, unread });
        findings.extend(own);
    }
    let report = findings.judge(Command::Diff, &policy);
    if arguments.output.is_default() {
        print(&text(&shown(&arguments.file), inputs.len(), table, &report));
        return Ok(report.exit_code());
    }
    arguments.output.write(&report)
}

fn or_here(path: String) -> String {
    if path.is_empty() { ".".to_owned() } else { path }
}

fn shown(path: &Path) -> String {
    line(&path.to_string_lossy().replace('\\', "/"))
}

/// The two texts of the file.
fn shared(session: &Session, arguments: &Arguments) -> Result<Shared, Failure> {
    let file = &arguments.file;
    let new = super::output::text_of(file)?;
    let BaseArgument::Revision(at) = session.base(&arguments.base)? else {
        return Err(Failure::usage("--base of `covenant impact` names a git revision"));
    };
    let (repository, path) = session.repositories.of_file(file)?;
    if repository.git_dir() != at.repository().git_dir() {
        return Err(Failure::new(format!("`{}` is in another repository than `{}`", shown(file), at.name())));
    }
    let at = if repository.is_branch(at.name()) { repository.merge_base(&at, |_, _| Ok(false))? } else { at };
    if at.find(&path)?.is_none() {
        return Err(Failure::new(format!(
            "`{}` has no `{path}`: the file is new, so nothing can depend on an old one",
            at.name()
        )));
    }
    let bytes = at.read(&path, session.options.max_file_size)?;
    let old = decode(&bytes).map_err(|error| Failure::new(format!("`{}:{path}`: {error}", at.name())))?.into_owned();
    let real = file.canonicalize().map_err(|_| Failure::new(format!("`{}` cannot be found", shown(file))))?;
    Ok(Shared { real, old, new })
}

/// The documents of a contract that are the file, or copies of it.
fn places(shared: &Shared, workspace: &Workspace) -> Vec<(String, Reach)> {
    let place = |(id, document): (crate::workspace::DocumentId, &crate::workspace::Document)| {
        let is_file = workspace.file(id).is_some_and(|file| file.canonicalize().is_ok_and(|real| real == shared.real));
        let text = document.tree().source().text();
        let how = match (is_file, text == shared.old) {
            (true, _) => Reach::Refers,
            (false, true) => Reach::Copy,
            _ => return None,
        };
        Some((document.path().to_owned(), how))
    };
    workspace.documents().filter_map(place).collect()
}

fn reach(session: &Session, shared: &Shared, input: &Input) -> Result<Option<(Workspace, Reach)>, Limitation> {
    let workspace = session.load(input)?;
    let found = places(shared, &workspace);
    let how = match found.iter().any(|(_, how)| *how == Reach::Refers) {
        true => Reach::Refers,
        false if found.is_empty() => return Ok(None),
        false => Reach::Copy,
    };
    Ok(Some((workspace, how)))
}

/// Compares a contract with the old text and with the new one.
fn compared(
    session: &Session,
    shared: &Shared,
    input: &Input,
    (workspace, how): (&Workspace, Reach),
    options: &crate::diff::Options,
    arguments: &Arguments,
) -> (Option<Reached>, Findings) {
    let all = places(shared, workspace);
    let texts = |text: &String| -> BTreeMap<String, String> {
        all.iter().map(|(path, _)| (path.clone(), text.clone())).collect()
    };
    let sides = (session.load_with(input, texts(&shared.old)), session.load_with(input, texts(&shared.new)));
    let (before, after) = match sides {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let limitations = [before.err(), after.err()].into_iter().flatten().collect();
            return (None, Findings { limitations, ..Findings::default() });
        }
    };
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    let limits = arguments.judgement.limits();
    let apis = diff::loaded((&before, &after), &input.name(), options, limits, &mut findings);
    let Some((base, revision)) = apis else { return (None, findings) };
    crate::release::bump::settle(base, revision, &mut findings.diagnostics, &session.lifecycle);
    let facts = Api::open(workspace).map(Facts::of).unwrap_or_default();
    (Some(Reached { facts, how, findings }), Findings::default())
}

/// A line of the table.
struct Row {
    facts: Facts,
    how: Reach,
    impact: Impact,
    bump: Bump,
    unread: bool,
}

fn text(file: &str, looked_at: usize, mut rows: Vec<Row>, report: &Report) -> String {
    rows.sort_by(|left, right| right.impact.cmp(&left.impact).then_with(|| left.facts.cmp(&right.facts)));
    let count = |number: usize| if number == 1 { "1 contract".to_owned() } else { format!("{number} contracts") };
    let mut out = format!("{file}: {} of {looked_at} reach it\n", count(rows.len()));
    let width = rows.iter().map(|row| row.facts.file.chars().count()).max().unwrap_or(0).min(60);
    for row in &rows {
        let owner =
            row.facts.owner.as_deref().map_or_else(|| "no owner".to_owned(), |owner| format!("owner {}", line(owner)));
        let what = match (row.unread, row.impact) {
            (true, _) => "not examined".to_owned(),
            (false, Impact::None) => "unchanged".to_owned(),
            (false, impact) => format!("{impact:?}").to_lowercase(),
        };
        let bump = if row.bump == Bump::None { String::new() } else { format!(", {} version", row.bump) };
        let copy = if row.how == Reach::Copy { ", by a copy with the old bytes" } else { "" };
        out.push_str(&format!("  {:<width$}  {what}{bump}  {owner}{copy}\n", line(&row.facts.file)));
    }
    for limitation in report.not_examined() {
        let of = limitation.file.as_ref().map_or_else(String::new, |file| format!("{}: ", line(file)));
        out.push_str(&format!("  not examined: {of}{}\n", line(&limitation.what)));
    }
    let breaking = rows.iter().filter(|row| row.impact == Impact::Breaking).count();
    let owners: std::collections::BTreeSet<&str> =
        rows.iter().filter(|row| row.impact == Impact::Breaking).filter_map(|row| row.facts.owner.as_deref()).collect();
    let owners: Vec<String> = owners.into_iter().map(line).collect();
    if breaking > 0 {
        let of = if owners.is_empty() { String::new() } else { format!(", of {}", owners.join(", ")) };
        out.push_str(&format!("{} would break{of}; -f text --show info lists the changes\n", count(breaking)));
    }
    out
}
