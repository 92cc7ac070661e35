//! `covenant bump`: which version number a change requires.

use super::diff::PairArguments;
use super::output::{print, save};
use super::session::{Failure, Pair, Session};
use crate::release::{bump, set_version};
use crate::text::escape::{line, shortened};
use crate::workspace::Input;
use clap::{Args, ValueEnum};
use std::path::Path;

/// Say which version number a change requires, and whether the declared one is right.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pair: PairArguments,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    format: Format,
    /// Set `info.version` of the revision to the required version, keeping layout and comments.
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// JSON.
    Json,
}

/// Runs the command: 0 when the declared version is enough, 1 when it is not, 2 when that cannot be told.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let session = Session::start(&arguments.pair.load, Some(&arguments.pair.revision))?;
    let revision = session.input(&arguments.pair.revision)?;
    let options = arguments.pair.judgement.options(&session)?;
    let pair = Pair::load(&session, &session.input(&arguments.pair.base)?, &revision)?;
    let (before, after) = pair.apis()?;
    let comparison = crate::diff::compare(before, after, &options);
    let gaps = arguments.pair.judgement.gaps(&comparison);
    let verdict = bump::verdict(before, after, &comparison.changes, &session.lifecycle).with_gaps(gaps);
    print(&match arguments.format {
        Format::Json => serde_json::to_string_pretty(&verdict).unwrap_or_default() + "\n",
        Format::Text => text(&verdict),
    });
    if verdict.outcome == bump::Outcome::Unknown {
        return Ok(2);
    }
    if arguments.write && !verdict.enough {
        let Some(next) = &verdict.next else {
            return Err(Failure::new("the next version cannot be told, so nothing was written"));
        };
        let edit = set_version(after, next).map_err(Failure::new)?;
        let target = match &revision {
            // The version may stand in a file of its own beside the contract.
            Input::File(path) if edit.file == revision.name() => path.clone(),
            Input::File(_) if Path::new(&edit.file).is_file() => Path::new(&edit.file).to_owned(),
            _ => return Err(Failure::usage("--write needs a revision that is a file")),
        };
        save(&target, &edit.text)?;
        print(&format!("written: {} is now {next}\n", edit.file));
        return Ok(0);
    }
    Ok(u8::from(!verdict.enough))
}

fn text(verdict: &bump::Verdict) -> String {
    let mut out = format!(
        "base      {}\nrevision  {}\nrequired  {}{}\ndeclared  {}\nverdict   {}\n\n{}\n",
        shortened(&line(&verdict.base), 60),
        shortened(&line(&verdict.revision), 60),
        verdict.required,
        verdict.next.as_ref().map(|next| format!(" ({})", line(next))).unwrap_or_default(),
        verdict.declared,
        verdict.outcome.name(),
        line(&verdict.reason),
    );
    if !verdict.forced_by.is_empty() {
        out.push_str(&format!("\nForced by (without them: {}):\n", verdict.without_them));
        for change in &verdict.forced_by {
            let message = line(&change.message);
            out.push_str(&format!("  {}:{} [{}] {message}\n", change.file, change.line, change.rule));
            if let Some(instead) = &change.instead {
                out.push_str(&format!("      instead: {}\n", line(instead)));
            }
        }
    }
    for note in &verdict.notes {
        out.push_str(&format!("\nnote: {}\n", line(note)));
    }
    out
}
