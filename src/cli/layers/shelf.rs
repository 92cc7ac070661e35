//! Where the files of layers lie: on disk, or in a revision.

use crate::cli::judged::folder_of;
use crate::cli::policy_tree::plain;
use crate::cli::session::Failure;
use crate::files::{Fault, Fence};
use crate::gate::digest;
use crate::text::{SourceText, decode};
use crate::workspace::{EntryKind, Snapshot};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Largest file of a layer, files of one, and bytes of all.
const LARGEST: u64 = 16 << 20;
const MOST: usize = 2_000;
const ALL: u64 = 64 << 20;

/// A place where files lie.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Shelf {
    /// On disk, within the fence.
    Disk(Fence),
    /// In a revision; paths are from the top of the repository.
    Revision(Snapshot),
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

impl Shelf {
    /// What is at a path; `None` for nothing.
    ///
    /// # Errors
    /// [`Failure`] when it lies outside, or git cannot tell.
    pub(super) fn find(&self, path: &Path) -> Result<Option<Kind>, Failure> {
        match self {
            Shelf::Disk(fence) => match fence.find(path) {
                Ok(real) if real.is_dir() => Ok(Some(Kind::Folder)),
                Ok(_) => Ok(Some(Kind::File)),
                Err(Fault::Missing) => Ok(None),
                Err(fault) => Err(Failure::new(fault.about(&slashes(path)))),
            },
            Shelf::Revision(at) => Ok(at.find(&slashes(path))?.and_then(|entry| match entry.kind {
                EntryKind::File => Some(Kind::File),
                EntryKind::Folder | EntryKind::Submodule => Some(Kind::Folder),
                EntryKind::Link => None,
            })),
        }
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        match self {
            Shelf::Disk(fence) => fence.read(path, LARGEST).map_err(|fault| Failure::new(fault.about(&slashes(path)))),
            Shelf::Revision(at) => Ok(at.read(&slashes(path), LARGEST)?),
        }
    }

    /// Reads a text under the name that findings show.
    pub(super) fn text(&self, path: &Path, name: &str) -> Result<Arc<SourceText>, Failure> {
        let bytes = self.read(path)?;
        let text = decode(&bytes).map_err(|error| Failure::new(format!("`{name}`: {error}")))?;
        Ok(Arc::new(match self {
            Shelf::Disk(_) => SourceText::new(name, text),
            Shelf::Revision(at) => SourceText::at_revision(at.name(), format!("{}:{name}", at.name()), text),
        }))
    }

    /// The digest of some files by their names below a folder.
    pub(super) fn digest(&self, folder: &Path, files: &[String]) -> Result<String, Failure> {
        let mut room = ALL;
        let mut out = String::new();
        for name in files {
            let bytes = self.read(&folder.join(name))?;
            let too_large = || Failure::new(format!("the layer `{}` has more than {} MB", slashes(folder), ALL >> 20));
            room = room.checked_sub(bytes.len() as u64).ok_or_else(too_large)?;
            let _ = write!(out, "{}\0", name.len());
            out.push_str(name);
            for byte in Sha256::digest(&bytes) {
                let _ = write!(out, "{byte:02x}");
            }
            out.push('\n');
        }
        Ok(digest(&out))
    }

    /// The files below a folder by their paths below it, sorted.
    ///
    /// # Errors
    /// [`Failure`] when there are none or too many, or there is a link: what it leads to would have no digest.
    pub(super) fn files(&self, folder: &Path) -> Result<Vec<String>, Failure> {
        let mut out = match self {
            Shelf::Revision(at) => {
                let top = slashes(folder);
                let below = |path: String| path.strip_prefix(&top).map(|rest| rest.trim_start_matches('/').to_owned());
                at.files(&top)?.into_iter().filter_map(below).collect()
            }
            Shelf::Disk(_) => on_disk(folder)?,
        };
        if out.len() > MOST {
            return Err(Failure::new(format!("the layer `{}` has more than {MOST} files", slashes(folder))));
        }
        if out.is_empty() {
            return Err(Failure::new(format!("the layer `{}` has no files, so it has no digest", slashes(folder))));
        }
        out.sort();
        Ok(out)
    }

    /// The folder of a path, without `.` and `..`.
    pub(super) fn folder_of(&self, path: &Path) -> PathBuf {
        match self {
            Shelf::Disk(_) => path.parent().map(Path::to_owned).unwrap_or_default(),
            Shelf::Revision(_) => PathBuf::from(folder_of(&slashes(path))),
        }
    }

    /// A path below a folder; `None` when it leads above the top of a revision.
    pub(super) fn join(&self, folder: &Path, name: &str) -> Option<PathBuf> {
        let path = plain(&folder.join(name));
        let above = path.components().any(|part| matches!(part, std::path::Component::ParentDir));
        match self {
            Shelf::Disk(_) => Some(path),
            Shelf::Revision(_) => Some(path).filter(|path| !above && path.is_relative()),
        }
    }
}

fn on_disk(folder: &Path) -> Result<Vec<String>, Failure> {
    let (mut out, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(here) = open.pop() {
        let fault = |error: std::io::Error| Failure::new(format!("`{}`: {error}", slashes(&here)));
        for entry in std::fs::read_dir(&here).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(fault)?);
            let name = slashes(path.strip_prefix(folder).unwrap_or(&path));
            if kind.is_symlink() {
                return Err(Failure::new(format!("the layer `{}` holds the symbolic link `{name}`", slashes(folder))));
            } else if kind.is_dir() && entry.file_name() != ".git" {
                open.push(path);
            } else if kind.is_file() && entry.file_name() != ".git" {
                out.push(name);
            }
            if out.len() + open.len() > MOST {
                return Err(Failure::new(format!("the layer `{}` has more than {MOST} files", slashes(folder))));
            }
        }
    }
    Ok(out)
}

pub(super) fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
