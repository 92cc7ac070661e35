//! `covenant changelog`: a draft that product managers can send, and the keeping of a changelog file.

use super::diff::JudgementArguments;
use super::output::{print, save};
use super::session::{Failure, LoadArguments, Pair, Session};
use crate::openapi::Audience;
use crate::release::changelog::{Edition, Options, changelog};
use crate::release::{insert_into, render_template, verify};
use crate::workspace::Input;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Draft a changelog from the changes between two contracts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The contract as clients know it: a file, `-`, or REV:path.
    base: String,
    /// The contract as it shall become.
    revision: String,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Format::Markdown, help_heading = "Output")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Insert the entries under Unreleased of this changelog, leaving the rest as it is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "verify"])]
    into: Option<PathBuf>,
    /// Exit with 1 when this changelog does not name every breaking change.
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
    /// A minijinja template of your own.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Edition of Keep a Changelog: 1.1 or 2.0.
    #[arg(long, value_name = "EDITION", default_value = "1.1", value_parser = edition)]
    edition: Edition,
    /// Only what this audience may see: internal, partner or public.
    #[arg(long, value_name = "AUDIENCE", value_parser = audience)]
    audience: Option<Audience>,
    /// The heading: a version instead of Unreleased.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The day of the release.
    #[arg(long, value_name = "DATE", requires = "version")]
    date: Option<Date>,
    /// Show edits of descriptions as text differences.
    #[arg(long)]
    texts: bool,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Keep a Changelog.
    Markdown,
    /// JSON.
    Json,
}

fn edition(text: &str) -> Result<Edition, String> {
    Edition::parse(text).ok_or_else(|| "1.1 or 2.0".to_owned())
}

fn audience(text: &str) -> Result<Audience, String> {
    Audience::parse(text).ok_or_else(|| "one of internal, partner, public".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let revision = Input::from_argument(&arguments.revision);
    let session = Session::start(&arguments.load, Some(&revision))?;
    let judgement = arguments.judgement.options(&session)?;
    let pair = Pair::load(&session, &Input::from_argument(&arguments.base), &revision)?;
    let (before, after) = pair.apis()?;
    let changes = crate::diff::compare(before, after, &judgement).changes;
    if let Some(file) = &arguments.verify {
        let missing = verify(&read(file)?, &changes);
        for finding in &missing {
            print(&format!("{}\n", crate::text::escape::line(&finding.message)));
        }
        return Ok(u8::from(!missing.is_empty()));
    }
    let options = Options {
        edition: arguments.edition,
        audience: arguments.audience,
        version: arguments.version.clone(),
        date: arguments.date,
        texts: arguments.texts,
    };
    let draft = changelog(before, after, &changes, &options);
    if let Some(file) = &arguments.into {
        let text = if file.exists() { read(file)? } else { String::new() };
        let new = insert_into(&text, &draft);
        if new != text {
            write(file, &new)?;
        }
        return Ok(0);
    }
    let text = match (&arguments.template, arguments.format) {
        (Some(file), _) => {
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            render_template(&name, &read(file)?, &draft).map_err(Failure::new)?
        }
        (None, Format::Json) => serde_json::to_string_pretty(&draft).unwrap_or_default() + "\n",
        (None, Format::Markdown) => draft.to_markdown(),
    };
    match &arguments.output {
        Some(file) => write(file, &text)?,
        None => print(&text),
    }
    Ok(0)
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", file.display())))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    save(file, text).map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))
}
