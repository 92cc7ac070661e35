//! `covenant lint`: is this contract sound, documented, safe, compliant?

use super::cache::CacheArguments;
use super::contain;
use super::fix::FixArguments;
use super::output::{OutputArguments, save};
use super::rulesets::{RuleArguments, Rules};
use super::session::{Failure, Findings, LoadArguments, Progress, Session};
use super::shard::Part;
use super::spectral::SpectralArguments;
use crate::gate::{Baseline, Command, Report};
use crate::report::{Format, Style};
use crate::workspace::{Input, Workspace};
use clap::Args;
use rayon::prelude::*;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

/// Run rules over contracts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs, REV:path, or `-` for standard input [default: those of covenant.yaml, else of
    /// this folder].
    files: Vec<String>,
    /// The name of the text on standard input: decides its format and where its references start.
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    stdin_filepath: Option<String>,
    /// Lint only part I of N of the contracts, sorted by name; `covenant merge` puts the JSON reports together.
    #[arg(long, value_name = "I/N", conflicts_with = "write_baseline", help_heading = "Input")]
    shard: Option<Part>,
    /// Write the findings to a baseline file; later runs with `baseline:` in the configuration count only new ones.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    write_baseline: Option<PathBuf>,
    #[command(flatten)]
    fix: FixArguments,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    spectral: SpectralArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    judged(arguments).map_err(|failure| arguments.output.not_run(Command::Lint, failure))
}

fn judged(arguments: &Arguments) -> Result<u8, Failure> {
    arguments.spectral.check()?;
    let session = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let mut policy = session.policy(arguments.output.fail_on)?;
    let mut rules = arguments.rules.rules(&session, None)?;
    rules.cache = arguments.cache.open(&session.repositories)?;
    policy.decided = session.decided(&arguments.rules.files(&session), &[], Some(&rules), None);
    rules.ignore_unknown_format = arguments.spectral.ignore_unknown_format;
    if arguments.spectral.verbose {
        rules.count();
    }
    // Spectral reads standard input when no file is named.
    let piped = arguments.files.is_empty() && rules.is_spectral() && !session.configured && stdin_has_text();
    let (mut inputs, limitations) =
        if piped { (vec![session.input("-")?], Vec::new()) } else { session.inputs(&arguments.files) };
    if let Some(name) = &arguments.stdin_filepath {
        inputs
            .iter_mut()
            .filter(|input| matches!(input, Input::Stdin(_)))
            .for_each(|i| *i = Input::Stdin(name.clone()));
        if arguments.files.is_empty() {
            inputs = vec![Input::Stdin(name.clone())];
        }
    }
    let list = arguments.shard.map(|part| part.cut(&mut inputs));
    if let Some(code) = arguments.fix.run(&session, &rules, &inputs)? {
        return Ok(code);
    }
    let progress = Progress::new("contracts", inputs.len());
    let parts: Vec<Findings> = inputs
        .par_iter()
        .map(|input| {
            let findings = contain::contract(&input.name(), || rules.contract(&session, input));
            progress.step();
            findings
        })
        .collect();
    rules.finish();
    let mut findings = Findings { limitations, ..Findings::default() };
    for part in parts {
        findings.extend(part);
    }
    if arguments.write_baseline.is_some() {
        policy.baseline = None;
    }
    // Scripts that read what Spectral prints keep working when only its rulesets run.
    let format = if rules.is_spectral() { "stylish" } else { "text" };
    let shard =
        arguments.shard.zip(list).map(|(part, list)| part.shard(list, format, &policy, rules.about(), &findings));
    let report = Report { shard, about: rules.about(), ..findings.judge(Command::Lint, &policy) };
    if let Some(file) = &arguments.write_baseline {
        let text = Baseline::of(&report.diagnostics).text();
        save(file, &text)?;
        eprintln!("{} known findings written to {}", report.diagnostics.len(), file.display());
        return Ok(0);
    }
    let style = Style { urls: arguments.spectral.show_documentation_url, ..Style::default() };
    arguments.output.write_in(&report, Format::find(format).unwrap_or(Format::ALL[0]), style)
}

/// Whether something was piped in. Nothing is taken from it.
fn stdin_has_text() -> bool {
    let stdin = std::io::stdin();
    !stdin.is_terminal() && stdin.lock().fill_buf().is_ok_and(|text| !text.is_empty())
}

/// What rules say about a contract that is loaded already.
pub(super) fn loaded(session: &Session, rules: &Rules, input: &Input, workspace: &Workspace, findings: &mut Findings) {
    findings.contracts += 1;
    rules.run(session, input, workspace, findings);
}
