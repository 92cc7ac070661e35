//! Where bytes come from: a folder that must not be left, a git revision, or nowhere.

use super::git::{GitError, Snapshot};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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
            Source::Folder(root) => {
                let full = root.join(path);
                let real = full.canonicalize().map_err(|error| ReadError::Failed(words(&error, path)))?;
                // A symbolic link may lead out of the root although the path does not.
                if !real.starts_with(&*root) {
                    return Err(ReadError::Outside);
                }
                // Nothing that a contract names may be waited for.
                if real.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
                    return Err(ReadError::Failed(format!("`{path}` is not a regular file")));
                }
                read_file(&real, path, limit).map_err(ReadError::Failed)
            }
        }
    }
}

/// The bytes of a file, or why not.
pub(super) fn read_file(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let metadata = path.metadata().map_err(|error| words(&error, name))?;
    if metadata.is_dir() {
        return Err(format!("`{name}` is a folder"));
    }
    if metadata.is_file() && metadata.len() > limit {
        return Err(too_large(name, limit));
    }
    let file = std::fs::File::open(path).map_err(|error| words(&error, name))?;
    read_all(file, name, limit)
}

/// All bytes of a stream, or why not.
pub(super) fn read_all(stream: impl std::io::Read, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut bounded = std::io::Read::take(stream, limit + 1);
    std::io::Read::read_to_end(&mut bounded, &mut bytes).map_err(|error| words(&error, name))?;
    if bytes.len() as u64 > limit { Err(too_large(name, limit)) } else { Ok(bytes) }
}

fn too_large(name: &str, limit: u64) -> String {
    format!("`{name}` is larger than {limit} bytes; raise --max-file-size if that is intended")
}

fn words(error: &std::io::Error, name: &str) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file `{name}`"),
        std::io::ErrorKind::PermissionDenied => format!("`{name}` may not be read (permission denied)"),
        _ => format!("`{name}`: {error}"),
    }
}
