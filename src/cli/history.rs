//! `covenant history`: the releases of a contract, what each broke, and which promises were kept.

use super::diff::JudgementArguments;
use super::output::{print, save};
use super::session::{Failure, LoadArguments, Session};
use crate::release::history::{Step, history};
use crate::release::{HistoryFormat, Releases, render_history, walk};
use crate::workspace::{Input, Repository};
use clap::Args;
use std::path::{Path, PathBuf};

/// Show the releases of a contract: verdict, version, promises kept.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One contract in a git repository, or several files, oldest first (a date in the name is its day).
    #[arg(required = true)]
    files: Vec<String>,
    /// Take the tags that match this pattern as releases, instead of every commit.
    #[arg(long, value_name = "PATTERN", num_args = 0..=1, default_missing_value = "*")]
    tags: Option<String>,
    /// The newest commit to look at.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    rev: String,
    /// Format: text, json, markdown, html.
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = format, help_heading = "Output")]
    format: HistoryFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
}

fn format(text: &str) -> Result<HistoryFormat, String> {
    HistoryFormat::find(text).ok_or_else(|| "one of text, json, markdown, html".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let first = Input::from_argument(&arguments.files[0]);
    let session = Session::start(&arguments.load, Some(&first))?;
    let options = arguments.judgement.options(&session)?;
    let policy = session.lifecycle()?;
    let mut limitations = Vec::new();
    let steps = match arguments.files.as_slice() {
        [one] => {
            let (repository, path) = in_repository(Path::new(one))?;
            let releases = match &arguments.tags {
                Some(pattern) => Releases::Tags(pattern.clone()),
                None => Releases::Commits(arguments.rev.clone()),
            };
            let walked = walk(&repository, &path, &releases, &session.options).map_err(Failure::new)?;
            limitations = walked.limitations;
            walked.steps
        }
        files => {
            let mut steps = Vec::new();
            for file in files {
                match session.load(&Input::from_argument(file)) {
                    Ok(workspace) => {
                        let name =
                            Path::new(file).file_stem().map_or_else(|| file.clone(), |n| n.to_string_lossy().into());
                        steps.push(Step { date: day_in(&name), label: name, workspace });
                    }
                    Err(limitation) => limitations.push(limitation.what),
                }
            }
            steps
        }
    };
    if steps.is_empty() && limitations.is_empty() {
        return Err(Failure::new("there is no release of this contract; without tags, leave --tags out"));
    }
    let text = render_history(&history(&steps, &policy, &options), arguments.format);
    match &arguments.output {
        Some(file) => save(file, &text).map_err(|error| Failure::new(format!("`{}`: {error}", file.display())))?,
        None => print(&text),
    }
    for limitation in &limitations {
        eprintln!("not examined: {limitation}");
    }
    Ok(if limitations.is_empty() { 0 } else { 2 })
}

/// The repository of a file, and its path there.
fn in_repository(file: &Path) -> Result<(Repository, String), Failure> {
    let missing = || Failure::new(format!("there is no file `{}`", file.display()));
    let real = file.canonicalize().map_err(|_| missing())?;
    let folder = real.parent().ok_or_else(missing)?;
    let repository = Repository::find(folder).map_err(|error| Failure::new(error.to_string()))?;
    let top = repository.top().canonicalize().map_err(|_| missing())?;
    let below = real.strip_prefix(&top).map_err(|_| missing())?;
    Ok((repository, below.to_string_lossy().replace('\\', "/")))
}

/// The first date in a file name.
fn day_in(name: &str) -> Option<jiff::civil::Date> {
    (0..name.len()).find_map(|at| name.get(at..at + 10)?.parse().ok())
}
