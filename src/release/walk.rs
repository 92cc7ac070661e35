//! The versions of a contract that a git repository holds: its commits or tags, as [`Step`]s. Versions whose files are
//! the same as before are not loaded again, texts that are the same in several are read once (files that the oldest or the newest version refers to are looked at).

use super::history::Step;
use crate::workspace::{Input, Options, ParsedTexts, Repository, Workspace};
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
pub fn walk(repository: &Repository, path: &str, releases: &Releases, options: &Options) -> Result<Walked, String> {
    let mut out = Walked::default();
    let mut files = BTreeSet::from([path.to_owned()]);
    let git = |arguments: &[&str]| repository.run(arguments).map_err(|error| error.to_string());
    let listed = match releases {
        Releases::Commits(revision) => {
            let commit = repository.commit(revision).map_err(|error| error.to_string())?;
            files.extend(files_of(repository, &commit, path, options));
            let mut arguments = vec!["log", "--reverse", "--format=%h%x09%cs", commit.as_str(), "--"];
            arguments.extend(files.iter().map(String::as_str));
            git(&arguments)?
        }
        Releases::Tags { pattern, from, to } => {
            let pattern = if pattern.is_empty() { "*" } else { pattern };
            let mut arguments =
                ["for-each-ref", "--sort=version:refname", "--sort=creatordate"].map(str::to_owned).to_vec();
            arguments.push("--format=%(refname:short)%09%(creatordate:short)".to_owned());
            for (option, tag) in [("--contains", from), ("--merged", to)] {
                if let Some(tag) = tag {
                    let name = format!("refs/tags/{tag}");
                    let id = repository.commit(&name).map_err(|_| format!("there is no tag `{tag}`"))?;
                    arguments.push(format!("{option}={id}"));
                }
            }
            arguments.push(format!("refs/tags/{pattern}"));
            git(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?
        }
    };
    let versions: Vec<(&str, Option<Date>)> = listed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(label, date)| (label, date.trim().parse().ok()))
        .collect();
    if versions.len() > MOST {
        out.limitations.push(format!("only the newest {MOST} of {} versions were read", versions.len()));
    }
    let skipped = versions.len().saturating_sub(MOST);
    let options = &Options { parsed: Some(Arc::new(ParsedTexts::default())), ..options.clone() };
    let load = |(label, date): &(&str, Option<Date>)| {
        let folder = repository.top().to_owned();
        let input = Input::Revision { revision: (*label).to_owned(), path: path.to_owned(), folder };
        let loaded = Workspace::load(&input, options).map(|workspace| Step {
            label: (*label).to_owned(),
            date: *date,
            released: true,
            workspace,
        });
        loaded.map_err(|error| error.to_string())
    };
    let versions = &versions[skipped..];
    if let (Some(first), Some(last)) = (versions.first(), versions.last()) {
        files.extend(files_of(repository, first.0, path, options));
        files.extend(files_of(repository, last.0, path, options));
    }
    let mut before = String::new();
    let mut wanted = Vec::new();
    for version in versions {
        let mut arguments = vec!["ls-tree", "-r", "--full-tree", version.0, "--"];
        arguments.extend(files.iter().map(String::as_str));
        let blobs = repository.run(&arguments).unwrap_or_default();
        // Not there yet, or the same files as before.
        if blobs.lines().any(|line| line.ends_with(&format!("\t{path}"))) && blobs != before {
            wanted.push(*version);
            before = blobs;
        }
    }
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
fn files_of(repository: &Repository, revision: &str, path: &str, options: &Options) -> BTreeSet<String> {
    let mut files = BTreeSet::from([path.to_owned()]);
    let input =
        Input::Revision { revision: revision.to_owned(), path: path.to_owned(), folder: repository.top().to_owned() };
    if let Ok(workspace) = Workspace::load(&input, options) {
        let prefix = format!("{revision}:");
        let names = workspace.documents().map(|(_, document)| document.name().to_owned()).collect::<Vec<_>>();
        files.extend(names.iter().filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned));
    }
    files
}
