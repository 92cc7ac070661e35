//! `covenant history`: the releases of a contract, what each broke, and which promises were kept.

use super::diff::JudgementArguments;
use super::output::{print, save, say};
use super::releases::ReleaseArguments;
use super::session::{Failure, LoadArguments, Session};
use crate::release::history::history;
use crate::release::{HistoryFormat, render_history};
use clap::Args;
use std::path::PathBuf;

/// Show the releases of a contract: verdict, version, promises kept.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One contract in a git repository, or several files, oldest first (a date in the name is its day).
    files: Vec<String>,
    /// Format: text, json, markdown, html.
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = format, help_heading = "Output")]
    format: HistoryFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    history: ReleaseArguments,
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
    let session = Session::start(&arguments.load, arguments.history.near(&arguments.files).as_deref())?;
    let options = arguments.judgement.options(&session)?;
    let policy = session.lifecycle.clone();
    let walked = arguments.history.steps(&session, &arguments.files, false)?;
    let text = render_history(&history(&walked.steps, &policy, &options), arguments.format);
    match &arguments.output {
        Some(file) => save(file, &text)?,
        None => print(&text),
    }
    for limitation in &walked.limitations {
        say(&format!("not examined: {limitation}"));
    }
    Ok(if walked.limitations.is_empty() { 0 } else { 2 })
}
