//! `covenant notices`: drafts of what clients must be told.

use super::output::{print, save, say, text_of};
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::lifecycle;
use crate::release::notices::{Form, Notice, Options, Reader, notices};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Draft the notices about everything that ends: to partners, own teams, the public, the change board.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs, REV:path [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// Who reads them: partner, internal, public, change-board.
    #[arg(short, long, value_name = "READER", default_value = "partner", value_parser = reader)]
    to: Reader,
    /// How to write them.
    #[arg(short, long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// What only people know: reason, contact, impact and any field of a template. May be given again.
    #[arg(long, value_name = "NAME=TEXT", value_parser = field)]
    set: Vec<(String, String)>,
    /// Only the notice about this element: `POST /transfers` or its operationId.
    #[arg(long, value_name = "ELEMENT")]
    element: Option<String>,
    /// A minijinja template of your own; a name that it uses and nobody fills fails the run.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain text, for mail.
    Text,
    /// Markdown.
    Markdown,
    /// JSON, a list of drafts in plain text.
    Json,
}

fn reader(text: &str) -> Result<Reader, String> {
    Reader::find(text).ok_or_else(|| "one of partner, internal, public, change-board".to_owned())
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=TEXT")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let session = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let policy = session.lifecycle.clone();
    let template = match &arguments.template {
        Some(file) => {
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            Some((name, text_of(file)?))
        }
        None => None,
    };
    let options = Options {
        form: if arguments.format == Format::Markdown { Form::Markdown } else { Form::Text },
        fields: arguments.set.iter().cloned().collect::<BTreeMap<_, _>>(),
        template,
        element: arguments.element.clone(),
    };
    let (inputs, limitations) = session.inputs(&arguments.files);
    let mut findings = Findings { limitations, ..Findings::default() };
    let mut drafts = Vec::new();
    let mut known = arguments.element.is_none();
    for input in &inputs {
        match session.load(input) {
            Ok(workspace) => {
                findings.texts(&workspace, true);
                if let Some(api) = session::open(&workspace, &mut findings) {
                    let timeline = lifecycle::timeline(api, &policy, session.as_of);
                    let names = timeline.milestones.iter().map(|milestone| &milestone.element);
                    known |= arguments
                        .element
                        .as_ref()
                        .is_some_and(|wanted| names.clone().any(|name| name.is_called(wanted)));
                    drafts.extend(notices(&timeline, arguments.to, &options).map_err(Failure::new)?);
                }
            }
            Err(limitation) => findings.limitations.push(limitation),
        }
    }
    if let Some(wanted) = arguments.element.as_ref().filter(|_| !known && findings.limitations.is_empty()) {
        return Err(Failure::new(format!(
            "nothing with a date is called `{wanted}`; `covenant timeline` shows what has one"
        )));
    }
    let text = written(&drafts, arguments.format);
    match &arguments.output {
        Some(file) => save(file, &text)?,
        None => print(&text),
    }
    if drafts.is_empty() {
        eprintln!("nothing that {} readers may see has a last day ahead", arguments.to.name());
    }
    let incomplete = findings.limitations.iter().filter(|limitation| limitation.incomplete);
    let count = incomplete.map(|limitation| say(&format!("not examined: {}", limitation.what))).count();
    Ok(if count > 0 { 2 } else { 0 })
}

fn written(drafts: &[Notice], format: Format) -> String {
    if format == Format::Json {
        return serde_json::to_string_pretty(drafts).unwrap_or_default() + "\n";
    }
    let between =
        if format == Format::Markdown { "\n---\n\n" } else { "\n----------------------------------------\n\n" };
    drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>().join(between)
}
