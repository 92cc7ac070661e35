//! What an argument means: a file, a folder, a revision, or a file of a revision. What a work tree contains never decides
//! between them: where it could, the argument is refused with the two ways to write it.
//!
//! `git:` before an argument says that a revision is meant; `./`, `../`, `/`, a `/` at the end, or the ending of a contract
//! say that a path is.

use super::git::{GitError, Repositories, Snapshot};
use super::input::Input;
use std::path::{Path, PathBuf};

/// Why an argument has no one meaning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// It is a path and a revision.
    #[error("`{0}` can be read as a path and as a revision; write `./{0}` for the path, or `git:{0}` for the revision")]
    Ambiguous(String),
    /// A path that git tracks, named like a revision that this clone may lack.
    #[error(
        "`{0}` is a path that git tracks, but could also be a revision that this clone lacks; write `./{0}` for the path, or `git:{0}` for the revision"
    )]
    Tracked(String),
    /// `git:` without what must follow.
    #[error("`{0}` names no file of a revision; write git:REV:path")]
    NoPath(String),
    /// Neither.
    #[error("`{0}` is neither a file or folder nor a revision that git knows; a revision may have to be fetched first")]
    Neither(String),
    /// git cannot answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What contracts are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseArgument {
    /// One contract.
    Contract(Input),
    /// A folder.
    Folder(PathBuf),
    /// A revision, in which the contracts have the same paths.
    Revision(Snapshot),
}

/// Endings of contracts: what ends so is a path.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

impl Input {
    /// Reads an argument that names one contract: `-`, a path, `REV:path` or `git:REV:path` (`REV:./path` is relative to
    /// the current folder).
    ///
    /// # Errors
    /// [`ArgumentError`] when it has two meanings, or when the revision is not there.
    pub fn from_argument(argument: &str, repositories: &Repositories) -> Result<Self, ArgumentError> {
        if argument == "-" {
            return Ok(Input::Stdin("<stdin>".to_owned()));
        }
        if let Some(rest) = argument.strip_prefix("git:") {
            let (revision, path) = split(rest).ok_or_else(|| ArgumentError::NoPath(argument.to_owned()))?;
            return of_revision(revision, path, repositories);
        }
        let path = Path::new(argument);
        let Some((revision, file)) = split(argument).filter(|_| !is_marked(argument)) else {
            return Ok(Input::File(path.to_owned()));
        };
        if path.symlink_metadata().is_ok() {
            return match repositories.around(Path::new(".")) {
                Err(GitError::NoRepository(_)) => Ok(Input::File(path.to_owned())),
                _ => Err(ArgumentError::Ambiguous(argument.to_owned())),
            };
        }
        of_revision(revision, file, repositories)
    }
}

impl BaseArgument {
    /// Reads an argument that names what is compared with: a contract as [`Input::from_argument`] reads it, a folder, or a
    /// revision.
    ///
    /// # Errors
    /// [`ArgumentError`] when it has two meanings, or none.
    pub fn parse(argument: &str, repositories: &Repositories) -> Result<Self, ArgumentError> {
        if let Some(revision) = argument.strip_prefix("git:").filter(|rest| split(rest).is_none()) {
            return Ok(BaseArgument::Revision(repositories.around(Path::new("."))?.snapshot(revision)?));
        }
        if argument == "-" || split(argument).is_some() && !is_marked(argument) {
            return Ok(BaseArgument::Contract(Input::from_argument(argument, repositories)?));
        }
        let path = Path::new(argument);
        let there = path.symlink_metadata().is_ok();
        if !is_path(argument, repositories, there)? {
            let unknown = |error| match error {
                GitError::NoRevision(_) | GitError::NoRepository(_) if !there => {
                    ArgumentError::Neither(argument.to_owned())
                }
                other => ArgumentError::Git(other),
            };
            let repository = repositories.around(Path::new(".")).map_err(unknown)?;
            return Ok(BaseArgument::Revision(repository.snapshot(argument).map_err(unknown)?));
        }
        Ok(if path.is_dir() {
            BaseArgument::Folder(path.to_owned())
        } else {
            BaseArgument::Contract(Input::File(path.to_owned()))
        })
    }
}

/// Whether an argument without `REV:` is a path; else it is a revision.
fn is_path(argument: &str, repositories: &Repositories, there: bool) -> Result<bool, ArgumentError> {
    let ending = ENDINGS.iter().any(|ending| argument.to_ascii_lowercase().ends_with(ending));
    if is_marked(argument) || ending || argument.ends_with(['/', '\\']) {
        return Ok(true);
    }
    if !there {
        return Ok(false);
    }
    let repository = match repositories.around(Path::new(".")) {
        Ok(repository) => repository,
        Err(GitError::NoRepository(_)) => return Ok(true),
        Err(error) => return Err(error.into()),
    };
    if repository.snapshot(argument).is_ok() {
        return Err(ArgumentError::Ambiguous(argument.to_owned()));
    }
    // What was checked out with the head must not stand in for a revision that nobody fetched.
    let path = Path::new(argument);
    let through_link = path.ancestors().any(|path| path.symlink_metadata().is_ok_and(|data| data.is_symlink()));
    let tracked = match path.canonicalize().ok().and_then(|real| repository.below(&real)) {
        Some(below) => repository.tracks_any(&below)?,
        None => false,
    };
    if tracked || through_link { Err(ArgumentError::Tracked(argument.to_owned())) } else { Ok(true) }
}

/// Whether the beginning of an argument says that it is a path.
fn is_marked(argument: &str) -> bool {
    let drive = cfg!(windows) && argument.as_bytes().get(1) == Some(&b':');
    let starts = ["./", "../", "/", ".\\", "..\\", "\\"];
    drive || argument == "." || argument == ".." || starts.iter().any(|start| argument.starts_with(start))
}

/// The parts of `REV:path`; a URL has none.
fn split(argument: &str) -> Option<(&str, &str)> {
    let (revision, path) = argument.split_once(':')?;
    (!revision.is_empty() && !path.is_empty() && !path.starts_with("//")).then_some((revision, path))
}

fn of_revision(revision: &str, path: &str, repositories: &Repositories) -> Result<Input, ArgumentError> {
    let repository = repositories.around(Path::new("."))?;
    let at = repository.snapshot(revision)?;
    let path = if path.starts_with("./") || path.starts_with("../") {
        let here = repository.folder(Path::new("."))?;
        super::reference::join_path(&format!("{here}/"), path).unwrap_or_else(|| path.to_owned())
    } else {
        path.to_owned()
    };
    Ok(Input::Revision { at, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_parts_are_seen() {
        for path in ["./a:b", "../a", "/a:b", ".", ".."] {
            assert!(is_marked(path), "{path}");
        }
        for other in ["main", "origin/main", "main:a.yaml", ".hidden"] {
            assert!(!is_marked(other), "{other}");
        }
        assert_eq!(split("v1:api/a.yaml"), Some(("v1", "api/a.yaml")));
        assert_eq!((split("https://x.test/a"), split(":a"), split("a:")), (None, None, None));
    }

    #[test]
    fn outside_of_repositories_every_existing_path_is_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old");
        std::fs::create_dir(&path).unwrap();
        let argument = path.to_string_lossy().into_owned();
        let parsed = BaseArgument::parse(&argument, &Repositories::default());
        assert_eq!(parsed, Ok(BaseArgument::Folder(path)));
    }
}
