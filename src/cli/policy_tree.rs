//! The rulesets of a revision, on disk for a while: a ruleset names other files and programs in many ways, so everything
//! of the revision that could be a part of one is laid out as it is there. Packages are those that are installed in the
//! work tree, unless git tracks them.

use super::session::{Failure, Session};
use crate::files::{Fence, Scratch};
use crate::workspace::{GitError, Snapshot, is_contract};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Largest file that is taken for a part of a ruleset.
const LARGEST: u64 = 1 << 20;
/// Bytes of all files.
const ALL: u64 = 256 << 20;
/// The endings of files that rulesets are made of.
const ENDINGS: [&str; 6] = ["yaml", "yml", "json", "js", "mjs", "cjs"];

/// Files of a revision.
pub(super) struct PolicyTree {
    scratch: Scratch,
    /// Folders with installed packages.
    packages: Vec<PathBuf>,
}

impl PolicyTree {
    /// Lays the files of a revision out that may be parts of rulesets; `folders` are those of layers, which may be submodules.
    ///
    /// # Errors
    /// [`Failure`] when git or the file system does not let it.
    pub(super) fn of(at: &Snapshot, folders: &[&Path]) -> Result<Self, Failure> {
        let fault = |path: &str, fault: crate::files::Fault| Failure::new(fault.unwritten(path));
        let scratch = Scratch::new().map_err(|error| fault("the temporary folder", error))?;
        let mut room = ALL;
        let mut files: BTreeSet<String> = at.files("")?.into_iter().collect();
        for folder in folders.iter().filter(|folder| folder.is_relative()) {
            files.extend(at.files(&folder.to_string_lossy())?);
        }
        for path in files {
            let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            if !ENDINGS.contains(&ending.as_str()) {
                continue;
            }
            let bytes = match at.read(&path, LARGEST) {
                Ok(bytes) => bytes,
                Err(GitError::TooLarge { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if is_contract(&bytes) {
                continue;
            }
            room = room.checked_sub(bytes.len() as u64).ok_or_else(|| {
                Failure::new(format!("the rulesets of `{}` are larger than {} MB together", at.name(), ALL >> 20))
            })?;
            scratch.write(&path, &bytes).map_err(|error| fault(&path, error))?;
        }
        let packages = link_packages(&scratch, at)?;
        Ok(PolicyTree { scratch, packages })
    }

    /// The place of a path from the top of the repository.
    pub(super) fn place(&self, path: &Path) -> PathBuf {
        self.scratch.path().join(path)
    }

    /// The files that may be read.
    pub(super) fn fence(&self) -> Fence {
        let mut all = vec![self.scratch.path().to_owned()];
        all.extend(self.packages.iter().cloned());
        Fence::Among(all)
    }
}

/// Lets the packages installed at the top of the work tree be found; one that git tracks is of the revision itself.
#[cfg(unix)]
fn link_packages(scratch: &Scratch, at: &Snapshot) -> Result<Vec<PathBuf>, Failure> {
    const NAME: &str = "node_modules";
    let folder = at.repository().top().join(NAME);
    if !folder.is_dir() || at.repository().tracks_any(NAME)? || at.find(NAME)?.is_some() {
        return Ok(Vec::new());
    }
    scratch.link(NAME, &folder).map_err(|error| Failure::new(error.unwritten(NAME)))?;
    Ok(folder.canonicalize().into_iter().collect())
}

#[cfg(not(unix))]
fn link_packages(_: &Scratch, _: &Snapshot) -> Result<Vec<PathBuf>, Failure> {
    Ok(Vec::new())
}

/// The current folder; of the policy of a revision, from the top of the repository.
pub(super) fn here(session: &Session) -> PathBuf {
    match session.revision() {
        Some(_) => session.repositories.of_folder(Path::new(".")).map(|(_, path)| path.into()).unwrap_or_default(),
        None => PathBuf::from("."),
    }
}

/// Where the name of a ruleset starts that the command line gives. One that the repository does not hold is the caller's.
pub(super) fn folder_of_named(session: &Session, name: &str) -> PathBuf {
    if session.revision().is_none() {
        PathBuf::from(".")
    } else if session.place_of(Path::new(name)).is_absolute() {
        Path::new(".").canonicalize().unwrap_or_else(|_| PathBuf::from("."))
    } else {
        here(session)
    }
}

/// A path without `.` and `..` in it.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
