//! Where bytes come from: a folder that must not be left, a git revision, or nowhere.

use super::git::{GitError, Snapshot};
use crate::files::{Fault, Fence};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file that a contract asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// By its path below the root.
    Path(String),
    /// By a URL that stands for a local file.
    Url(String),
}

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadError {
    /// The file lies outside the root.
    Outside,
    /// Anything else, in words.
    Failed(String),
}

/// Reads files by their `/`-separated path below a root.
pub(super) enum Source {
    /// A folder, as canonical path.
    Folder(PathBuf),
    /// A git revision.
    Revision {
        /// The revision.
        at: Snapshot,
        /// Why git could not answer, which says nothing about what the revision holds.
        failed: Option<GitError>,
    },
    /// No further file can be read.
    Closed,
}

impl Source {
    /// The canonical path of a file; none where links do not matter.
    pub(super) fn real(&self, path: &str) -> Option<PathBuf> {
        match self {
            Source::Folder(root) => root.join(path).canonicalize().ok(),
            Source::Revision { .. } | Source::Closed => None,
        }
    }

    /// The path of the root in its repository, with a `/` at its end unless it is the top; `None` outside of one.
    pub(super) fn home(&self) -> Option<String> {
        match self {
            Source::Closed => None,
            Source::Revision { .. } => Some(String::new()),
            Source::Folder(root) => {
                let top = root.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok())?;
                let below = root.strip_prefix(top).ok()?.to_string_lossy().replace('\\', "/");
                Some(if below.is_empty() { below } else { format!("{below}/") })
            }
        }
    }

    /// The bytes of the file at `path`, at most `limit` of them.
    pub(super) fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self {
            Source::Closed => Err(ReadError::Failed("a text on its own cannot refer to files".to_owned())),
            Source::Revision { at, failed } => at.read(path, limit).map_err(|error| {
                let read = ReadError::Failed(error.to_string());
                let known =
                    matches!(error, GitError::NoFile { .. } | GitError::NotAFile { .. } | GitError::TooLarge { .. });
                if !known {
                    failed.get_or_insert(error);
                }
                read
            }),
            // A symbolic link may lead out of the root although the path does not.
            Source::Folder(root) => {
                Fence::At(root.clone()).read(&root.join(path), limit).map_err(|fault| match fault {
                    Fault::Outside => ReadError::Outside,
                    other => ReadError::Failed(other.about(path)),
                })
            }
        }
    }
}
