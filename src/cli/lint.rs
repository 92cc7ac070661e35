//! `covenant lint`: is this contract sound, documented, safe, compliant?

use super::cache::CacheArguments;
use super::fix::FixArguments;
use super::judged::{decided, standings};
use super::output::{LARGEST, OutputArguments, save};
use super::rulesets::{RuleArguments, Rules};
use super::session::{Failure, Findings, LoadArguments, Progress, Session};
use super::shard::Part;
use super::spectral::SpectralArguments;
use crate::gate::{Baseline, Command, Report};
use crate::report::{Format, Style};
use crate::workspace::{Input, Workspace};
use clap::Args;
use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

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
    /// Write the findings to a baseline file; entries of contracts that this run did not look at stay. Later runs with
    /// `--baseline FILE`, or `baseline:` in the configuration, count only new findings.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    write_baseline: Option<PathBuf>,
    /// Count only findings that are not in this baseline file.
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline", help_heading = "Output")]
    baseline: Option<PathBuf>,
    /// Print one line per rule with its number of findings and contracts instead of the findings.
    #[arg(long, conflicts_with_all = ["write_baseline", "shard"], help_heading = "Output")]
    summary: bool,
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
    // A baseline that is about to be written need not exist.
    let baseline = if arguments.write_baseline.is_some() { None } else { Some(arguments.baseline.as_deref()) };
    let mut policy = session.policy_with(arguments.output.fail_on, baseline)?;
    let mut rules = arguments.rules.rules(&session)?;
    // What a baseline replaces is known only of files that are read now.
    rules.cache =
        if arguments.write_baseline.is_some() { None } else { arguments.cache.open(&session.repositories)? };
    let mut files = session.policy_files();
    files.extend(arguments.rules.policy_files(&session));
    policy.decided = decided(&session, &standings(&session, &files, None), Some(&rules));
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
    let mut findings = rules.contracts(&session, &inputs, || progress.step());
    rules.finish();
    findings.limitations.splice(0..0, limitations);
    // Scripts that read what Spectral prints keep working when only its rulesets run.
    let format = if rules.is_spectral() { "stylish" } else { "text" };
    let shard =
        arguments.shard.zip(list).map(|(part, list)| part.shard(list, format, &policy, rules.about(), &findings));
    let files = std::mem::take(&mut findings.files);
    let mut report = Report { shard, about: rules.about(), ..findings.judge(Command::Lint, &policy) };
    if let Some(file) = &arguments.write_baseline {
        return write_baseline(file, &report, &files);
    }
    if arguments.summary {
        super::output::print(&super::summary::by_rule(&report));
        return Ok(report.exit_code());
    }
    // A merge counts the findings of all parts.
    if report.shard.is_none() {
        crate::lint::fold_floods(&mut report.diagnostics);
    }
    let style = Style { urls: arguments.spectral.show_documentation_url, ..Style::default() };
    arguments.output.write_in(&report, Format::find(format).unwrap_or(Format::ALL[0]), style)
}

/// Writes the findings as known ones. What is known of files that this run did not look at stays.
fn write_baseline(file: &Path, report: &Report, files: &BTreeSet<String>) -> Result<u8, Failure> {
    let fault = |error: String| Failure::new(format!("`{}`: {error}", file.display()));
    let mut baseline = Baseline::of(&report.diagnostics);
    match crate::files::named_text(file, LARGEST) {
        Ok(text) => {
            let known = Baseline::parse(&text).map_err(fault)?;
            baseline.keep_others(known, |path| files.contains(path));
        }
        Err(crate::files::Fault::Missing) => {}
        Err(error) => return Err(Failure::new(error.about(&file.display().to_string()))),
    }
    save(file, &baseline.text())?;
    let others = baseline.len() - report.diagnostics.len().min(baseline.len());
    let kept = if others == 0 { String::new() } else { format!(", {others} of other contracts kept") };
    eprintln!("{} known findings written to {}{kept}", report.diagnostics.len(), file.display());
    Ok(0)
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
