//! The versions of a contract that a git repository holds: its commits or tags, as [`Step`]s. Versions whose files are
//! the same as before are not loaded again, texts that are the same in several are read once (files that the oldest or the newest version refers to are looked at).

use super::history::Step;
use crate::workspace::{GitError, Input, Options, ParsedTexts, Repository, Snapshot, Workspace};
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which versions count as releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Releases {
    /// Every commit of this revision's past that touches the contract.
    Commits(String),
    /// The tags whose names match a pattern of git (`v*`, `payments/*`), in order of date.
    Tags {
        /// The pattern.
        pattern: String,
        /// Only this tag and those made after it.
        from: Option<String>,
        /// Only this tag and those that are part of its past.
        to: Option<String>,
    },
}

/// Versions read, and what could not be read, one sentence each.
#[derive(Debug, Default)]
pub struct Walked {
    /// Oldest first; only those that differ from the one before.
    pub steps: Vec<Step>,
    /// What was left out.
    pub limitations: Vec<String>,
}

/// Most versions that are read.
const MOST: usize = 2000;

/// The versions of the contract at `path` (relative to the top, `/`-separated).
///
/// # Errors
/// What git says when it cannot answer.
pub fn walk(
    repository: &Arc<Repository>,
    path: &str,
    releases: &Releases,
    options: &Options,
) -> Result<Walked, String> {
    let mut out = Walked::default();
    let mut files = BTreeSet::from([path.to_owned()]);
    let words = |error: GitError| error.to_string();
    let listed = match releases {
        Releases::Commits(revision) => {
            let at = repository.snapshot(revision).map_err(words)?;
            files.extend(files_of(&at, path, options));
            repository.log(at.commit(), files.iter().map(String::as_str)).map_err(words)?
        }
        Releases::Tags { pattern, from, to } => {
            let pattern = if pattern.is_empty() { "*" } else { pattern };
            let commit = |tag: &Option<String>| -> Result<Option<String>, String> {
                let Some(tag) = tag else { return Ok(None) };
                let at = repository.snapshot(&format!("refs/tags/{tag}"));
                Ok(Some(at.map_err(|_| format!("there is no tag `{tag}`"))?.commit().to_owned()))
            };
            repository.tags(pattern, commit(from)?.as_deref(), commit(to)?.as_deref()).map_err(words)?
        }
    };
    let by_tag = matches!(releases, Releases::Tags { .. });
    let versions: Vec<(String, Option<Date>)> =
        listed.into_iter().map(|(label, date)| (label, date.parse().ok())).collect();
    if versions.len() > MOST {
        out.limitations.push(format!("only the newest {MOST} of {} versions were read", versions.len()));
    }
    let skipped = versions.len().saturating_sub(MOST);
    let mut snapshots = Vec::new();
    for (label, date) in &versions[skipped..] {
        // A branch may have the name of a tag.
        let name = if by_tag { format!("refs/tags/{label}") } else { label.clone() };
        match repository.snapshot(&name) {
            Ok(at) => snapshots.push((at.named(label), *date)),
            Err(error) => out.limitations.push(error.to_string()),
        }
    }
    let options = &Options { parsed: Some(Arc::new(ParsedTexts::default())), ..options.clone() };
    if let (Some(first), Some(last)) = (snapshots.first(), snapshots.last()) {
        files.extend(files_of(&first.0, path, options));
        files.extend(files_of(&last.0, path, options));
    }
    let mut before = Vec::new();
    let mut wanted = Vec::new();
    for version in &snapshots {
        let ids = files.iter().map(|file| Ok(version.0.find(file)?.map(|entry| entry.id)));
        match ids.collect::<Result<Vec<_>, GitError>>() {
            Ok(ids) => {
                // Not there yet, or the same files as before.
                if version.0.find(path).is_ok_and(|entry| entry.is_some()) && ids != before {
                    wanted.push(version);
                    before = ids;
                }
            }
            Err(error) => out.limitations.push(error.to_string()),
        }
    }
    let load = |(at, date): &&(Snapshot, Option<Date>)| {
        let input = Input::Revision { at: at.clone(), path: path.to_owned() };
        let loaded = Workspace::load(&input, options).map(|workspace| Step {
            label: at.name().to_owned(),
            date: *date,
            released: true,
            workspace,
        });
        loaded.map_err(|error| error.to_string())
    };
    let loaded: Vec<_> = wanted.par_iter().map(load).collect();
    for step in loaded {
        match step {
            Ok(step) => out.steps.push(step),
            Err(error) => out.limitations.push(error),
        }
    }
    Ok(out)
}

/// The files that the contract is made of in a version, relative to the top.
fn files_of(at: &Snapshot, path: &str, options: &Options) -> BTreeSet<String> {
    let mut files = BTreeSet::from([path.to_owned()]);
    let input = Input::Revision { at: at.clone(), path: path.to_owned() };
    if let Ok(workspace) = Workspace::load(&input, options) {
        files.extend(workspace.documents().map(|(_, document)| document.path().to_owned()));
    }
    files
}
