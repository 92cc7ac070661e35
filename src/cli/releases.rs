//! The releases that commands over a history look at: tags or commits of one contract in git, several files oldest
//! first, or a list kept beside the contracts. Given to `history`, `timeline --history` and `changelog --history`.

use super::output::text_of;
use super::session::{Failure, Session};
use crate::release::history::Step;
use crate::release::{Listed, Releases, Walked, listed, walk};
use crate::workspace::{Input, Workspace};
use clap::Args;
use std::path::{Path, PathBuf};

/// Which releases.
#[derive(Debug, Args)]
pub(super) struct ReleaseArguments {
    /// Take the tags that match this pattern as releases, instead of every commit that changed the contract.
    #[arg(long, value_name = "PATTERN", num_args = 0..=1, default_missing_value = "*", help_heading = "History")]
    tags: Option<String>,
    /// The first tag to look at; those after it follow.
    #[arg(long, value_name = "TAG", help_heading = "History")]
    from: Option<String>,
    /// The last tag to look at.
    #[arg(long, value_name = "TAG", help_heading = "History")]
    to: Option<String>,
    /// The newest commit to look at.
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with_all = ["tags", "from", "to"], help_heading = "History")]
    rev: String,
    /// A list of releases kept as files: `versions`, each with `version`, `file`, `released`, and `api` if several.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["tags", "from", "to", "rev"], help_heading = "History")]
    releases: Option<PathBuf>,
    /// The API of the list to look at.
    #[arg(long, value_name = "NAME", requires = "releases", help_heading = "History")]
    api: Option<String>,
}

impl ReleaseArguments {
    /// Whether a history is asked for by one of these options.
    pub(super) fn any(&self) -> bool {
        self.tags.is_some() || self.from.is_some() || self.to.is_some() || self.rev != "HEAD" || self.releases.is_some()
    }

    /// A file near which the configuration is looked for.
    pub(super) fn near(&self, files: &[String]) -> Option<String> {
        let list = self.releases.as_ref().map(|list| list.to_string_lossy().into_owned());
        files.first().cloned().or(list)
    }

    /// The releases, oldest first. With `present`, a work tree that differs from the newest release of git comes last,
    /// not released.
    ///
    /// # Errors
    /// [`Failure`] when there is no such file, tag or commit.
    pub(super) fn steps(&self, session: &Session, files: &[String], present: bool) -> Result<Walked, Failure> {
        let walked = match (&self.releases, files) {
            (Some(list), []) => self.listed(session, list)?,
            (Some(_), _) => return Err(Failure::usage("--releases names the files; leave the others out")),
            (None, []) => return Err(Failure::usage("name one contract in a git repository, or several files")),
            (None, [one]) => self.in_git(session, one, present)?,
            (None, _) if self.any() => {
                return Err(Failure::usage("--tags, --from, --to and --rev take one contract in a git repository"));
            }
            (None, files) => {
                let named = files.iter().map(|file| {
                    let stem = Path::new(file).file_stem();
                    let label = stem.map_or_else(|| file.clone(), |stem| stem.to_string_lossy().into());
                    Ok((day_in(&label), label, session.input(file)?))
                });
                loaded(session, named.collect::<Result<Vec<_>, Failure>>()?.into_iter())
            }
        };
        if walked.steps.is_empty() && walked.limitations.is_empty() {
            return Err(Failure::new("there is no release of this contract; without tags, leave --tags out"));
        }
        Ok(walked)
    }

    fn listed(&self, session: &Session, list: &Path) -> Result<Walked, Failure> {
        let text = text_of(list)?;
        let mut entries = listed(&list.display().to_string(), &text).map_err(Failure::new)?;
        let mut apis: Vec<&str> = entries.iter().map(|entry| entry.api.as_str()).collect();
        apis.sort_unstable();
        apis.dedup();
        let known = apis.join("`, `");
        match &self.api {
            Some(api) if !apis.contains(&api.as_str()) => {
                return Err(Failure::new(format!("the list has no API `{api}`; it has `{known}`")));
            }
            None if apis.len() > 1 => return Err(Failure::usage(format!("--api says which of `{known}`"))),
            Some(api) => entries.retain(|entry: &Listed| entry.api == *api),
            None => {}
        }
        entries.sort_by_key(|entry| entry.released);
        let folder = list.parent().unwrap_or(Path::new(""));
        let named = entries
            .into_iter()
            .map(|entry| (Some(entry.released), entry.version, Input::File(folder.join(&entry.file))));
        Ok(loaded(session, named))
    }

    fn in_git(&self, session: &Session, file: &str, present: bool) -> Result<Walked, Failure> {
        if !Path::new(file).exists() {
            return Err(Failure::new(format!("there is no file `{file}`")));
        }
        let (repository, path) = session.repositories.of_file(Path::new(file))?;
        let releases = if self.tags.is_some() || self.from.is_some() || self.to.is_some() {
            let pattern = self.tags.clone().unwrap_or_default();
            Releases::Tags { pattern, from: self.from.clone(), to: self.to.clone() }
        } else {
            Releases::Commits(self.rev.clone())
        };
        let mut walked = walk(&repository, &path, &releases, &session.options).map_err(Failure::new)?;
        if present && self.to.is_none() && self.rev == "HEAD" {
            match session.load(&session.input(file)?) {
                Ok(workspace) if walked.steps.last().is_some_and(|step| same(&step.workspace, &workspace)) => {
                    // Findings are placed in the file itself, not in the commit.
                    if let Some(last) = walked.steps.last_mut() {
                        last.workspace = workspace;
                    }
                }
                Ok(workspace) => {
                    walked.steps.push(Step { label: "Unreleased".to_owned(), date: None, released: false, workspace });
                }
                Err(limitation) => walked.limitations.push(limitation.what),
            }
        }
        Ok(walked)
    }
}

fn loaded(session: &Session, named: impl Iterator<Item = (Option<jiff::civil::Date>, String, Input)>) -> Walked {
    let mut out = Walked::default();
    for (date, label, input) in named {
        match session.load(&input) {
            Ok(workspace) => out.steps.push(Step { label, date, released: true, workspace }),
            Err(limitation) => out.limitations.push(limitation.what),
        }
    }
    out
}

/// Whether two workspaces hold the same texts in the same order.
fn same(a: &Workspace, b: &Workspace) -> bool {
    let texts = |workspace: &Workspace| -> Vec<String> {
        workspace.documents().map(|(_, document)| document.tree().source().text().to_owned()).collect()
    };
    texts(a) == texts(b)
}

/// The first date in a file name.
fn day_in(name: &str) -> Option<jiff::civil::Date> {
    (0..name.len()).find_map(|at| name.get(at..at + 10)?.parse().ok())
}
