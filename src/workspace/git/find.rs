//! Which repository a folder belongs to: the `.git` that stands in it or above, found by ourselves. A bare repository is
//! never found this way, whatever files a folder holds.

use super::GitError;
use super::program::{Place, run};
use crate::files::Fence;
use std::path::{Path, PathBuf};

/// A work tree and where its objects are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The top of the work tree.
    pub(super) top: PathBuf,
    /// The folder that `.git` is, or leads to.
    pub(super) git_dir: PathBuf,
    /// Whether `.git` is a file.
    linked: bool,
}

/// Longest `.git` file that is read.
const MAX_LINK: u64 = 4096;

/// Returns the nearest repository at `folder` or above; `folder` is canonical.
pub(super) fn above(folder: &Path) -> Option<Found> {
    folder.ancestors().find_map(at)
}

/// Returns the repository whose `.git` stands in `folder`. One that is no repository is passed over, as git does.
pub(super) fn at(folder: &Path) -> Option<Found> {
    let entry = folder.join(".git");
    let metadata = entry.metadata().ok()?;
    let linked = metadata.is_file();
    let git_dir = if linked {
        let text =
            if metadata.len() > MAX_LINK { return None } else { Fence::Open.read_text(&entry, MAX_LINK).ok()? };
        folder.join(text.strip_prefix("gitdir:")?.trim())
    } else {
        entry
    };
    let git_dir = git_dir.canonicalize().ok()?;
    let whole = git_dir.join("HEAD").symlink_metadata().is_ok()
        && (git_dir.join("objects").is_dir() || git_dir.join("commondir").is_file());
    whole.then(|| Found { top: folder.to_owned(), git_dir, linked })
}

impl Found {
    /// Refuses a `.git` file whose repository does not say that this is its work tree.
    ///
    /// # Errors
    /// [`GitError::OneWay`].
    pub(super) fn points_back(&self) -> Result<(), GitError> {
        if !self.linked {
            return Ok(());
        }
        let back = if self.git_dir.join("commondir").is_file() {
            // A linked work tree: its administrative folder names the `.git` file.
            let text = Fence::Open.read_text(&self.git_dir.join("gitdir"), MAX_LINK).unwrap_or_default();
            let file = self.git_dir.join(text.trim_end_matches(['\n', '\r']));
            file.parent().and_then(|folder| folder.canonicalize().ok())
        } else {
            let place = Place::Known { git_dir: &self.git_dir, top: &self.git_dir };
            let value = run(&place, ["config", "--local", "--get", "core.worktree"]).unwrap_or_default();
            let value = String::from_utf8_lossy(&value).trim_end_matches(['\n', '\r']).to_owned();
            if value.is_empty() { None } else { self.git_dir.join(value).canonicalize().ok() }
        };
        if back.as_deref() == Some(self.top.as_path()) {
            Ok(())
        } else {
            Err(GitError::OneWay(super::shown(&self.top)))
        }
    }
}
