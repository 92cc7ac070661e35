//! Reading: what the caller names, and what files of the judged tree name.

use super::Fault;
use super::walk::{Located, home, locate};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads the file that the caller names on the command line, at most `limit` bytes. A pipe or device may be named; a
/// symbolic link of a repository must not lead out of it.
///
/// # Errors
/// [`Fault`].
pub fn named(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    bounded(&locate(path, None)?.path, limit)
}

/// As [`named`], of a regular file only: what a file of the judged tree names, or what is read a second time.
///
/// # Errors
/// [`Fault`].
pub fn ordinary(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    let path = locate(path, None)?.path;
    if path.metadata()?.is_file() { bounded(&path, limit) } else { Err(Fault::Special) }
}

/// As [`named`], for text in UTF-8.
///
/// # Errors
/// [`Fault`].
pub fn named_text(path: &Path, limit: u64) -> Result<String, Fault> {
    String::from_utf8(named(path, limit)?).map_err(|_| Fault::NotText)
}

/// Reads all bytes of a stream.
///
/// # Errors
/// [`Fault::TooLarge`] when there are more than `limit`, or what the system says.
pub fn read_all(stream: impl Read, limit: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    stream.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(Fault::TooLarge(limit)) } else { Ok(bytes) }
}

/// Reads a file that was found to be allowed.
fn bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        return Err(Fault::Folder);
    }
    if metadata.is_file() && metadata.len() > limit {
        return Err(Fault::TooLarge(limit));
    }
    read_all(File::open(path)?, limit)
}

/// The folder that files named by files of the judged tree must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fence {
    /// Every file may be named: the caller allows it.
    Open,
    /// This folder, a canonical path, is not left.
    At(PathBuf),
    /// None of these folders, canonical paths, is left for another place.
    Among(Vec<PathBuf>),
    /// No file is read.
    Closed,
}

impl Fence {
    /// Makes the fence for what the file or folder at `path` names: the work tree around it, else the current folder where
    /// that holds it, else its folder.
    pub fn around(path: &Path) -> Self {
        let folder = if path.is_dir() { Some(path) } else { path.parent() };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Fence::At(folder.canonicalize().map_or_else(|_| folder.to_owned(), |folder| home(&folder)))
    }

    /// Returns whether a canonical path is inside.
    pub fn holds(&self, real: &Path) -> bool {
        match self {
            Fence::Open => true,
            Fence::At(top) => real.starts_with(top),
            Fence::Among(tops) => tops.iter().any(|top| real.starts_with(top)),
            Fence::Closed => false,
        }
    }

    /// Finds a file or folder, links followed.
    ///
    /// # Errors
    /// [`Fault::Outside`] when it is not inside, [`Fault::Special`] for what is neither a file nor a folder,
    /// [`Fault::Missing`].
    pub fn find(&self, path: &Path) -> Result<PathBuf, Fault> {
        let real = path.canonicalize()?;
        if !self.holds(&real) {
            return Err(Fault::Outside);
        }
        // Nothing that a file names may be waited for.
        let metadata = real.metadata()?;
        if metadata.is_file() || metadata.is_dir() { Ok(real) } else { Err(Fault::Special) }
    }

    /// Reads a regular file, at most `limit` bytes.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
        bounded(&self.find(path)?, limit)
    }

    /// As [`Self::read`], for text in UTF-8.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read_text(&self, path: &Path, limit: u64) -> Result<String, Fault> {
        String::from_utf8(self.read(path, limit)?).map_err(|_| Fault::NotText)
    }

    /// Reads a file that was found by [`locate`] or [`Self::find`].
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read_located(located: &Located, limit: u64) -> Result<Vec<u8>, Fault> {
        bounded(&located.path, limit)
    }
}
