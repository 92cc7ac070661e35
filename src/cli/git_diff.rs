//! `covenant git-diff`: a diff driver of git, so that `git diff` and `git log -p --ext-diff` show what an edit of a contract
//! means. It informs and never fails: git ends when its driver does.

use super::diff::{self, Limits};
use super::output::{print, say};
use super::session::{Failure, Findings, LoadArguments, Session};
use crate::diagnostic::Severity;
use crate::diff::Options;
use crate::gate::{Command, Report};
use crate::report::{Format, Style};
use crate::text::escape::line;
use crate::workspace::{Input, Workspace};
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Show what a change of a contract means, as a diff driver of git.
///
/// Set it up with `git config diff.covenant.command "covenant git-diff"` and the line `api/*.yaml diff=covenant` in
/// .gitattributes; `git diff`, `git show --ext-diff` and `git log -p --ext-diff` then call it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What git passes: path, old file, old id, old mode, new file, new id, new mode, and of a renamed file its new path.
    #[arg(required = true, num_args = 1..=9, allow_hyphen_values = true, value_name = "GIT")]
    git: Vec<String>,
}

/// What git calls a side that has no file.
const NOTHING: &str = "/dev/null";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let (path, sides) = match arguments.git.as_slice() {
        [path] => {
            print(&format!("{}: unmerged\n", line(path)));
            return Ok(0);
        }
        [path, old, _, _, new, _, _, rest @ ..] => (rest.first().unwrap_or(path), (old.as_str(), new.as_str())),
        _ => {
            return Err(Failure::usage(
                "git-diff is called by git, with path, old file, id and mode, new file, id and mode",
            ));
        }
    };
    match told(path, sides) {
        Ok(text) => print(&text),
        Err(failure) => {
            print(&format!("{}: not compared\n", line(path)));
            say(&format!("covenant: {}", failure.sentence()));
        }
    }
    Ok(0)
}

fn told(path: &str, (old, new): (&str, &str)) -> Result<String, Failure> {
    let name = line(path);
    let title = format!("covenant diff {name}\n");
    match (old, new) {
        (NOTHING, _) => return Ok(format!("{title}added\n")),
        (_, NOTHING) => return Ok(format!("{title}removed\n")),
        _ => {}
    }
    let session = Session::start(&LoadArguments::default(), Some(&format!("./{path}")))?;
    let options = Options { as_of: Some(session.as_of), ..diff::JudgementArguments::default().options(&session)? };
    let policy = session.policy(None)?;
    let (before, after) = (side(&session, path, old)?, side(&session, path, new)?);
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    let limits = Limits::of_all_references();
    let apis = diff::loaded((&before, &after), path, &options, limits, &mut findings);
    if apis.is_none() {
        return Ok(format!("{title}not a contract on both sides; `git diff --no-ext-diff` shows the text\n"));
    }
    if let Some((before, after)) = apis {
        crate::release::bump::settle(before, after, &mut findings.diagnostics, &session.lifecycle);
    }
    let report: Report = findings.judge(Command::Diff, &policy);
    let style = Style { short: true, show: Severity::Info, ..Style::default() };
    Ok(format!("{title}{}", Format::ALL[0].render(&report, style)))
}

/// One side: the text that git gives, with what it refers to as it is in the work tree.
fn side(session: &Session, path: &str, file: &str) -> Result<Workspace, Failure> {
    let text = super::output::text_of(Path::new(file))?;
    let here = PathBuf::from(path);
    if here.is_file() {
        let texts = BTreeMap::from([(path.to_owned(), text)]);
        return session.load_with(&Input::File(here), texts).map_err(|limitation| Failure::new(limitation.what));
    }
    Ok(Workspace::from_text(path, &text))
}
