//! The repositories of a run: which one decides about a file.

use super::find::Found;
use super::{GitError, Repository, find, lock, shown};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The repositories of a run, each opened once.
#[derive(Debug, Default)]
pub struct Repositories {
    given: Option<PathBuf>,
    known: Mutex<BTreeMap<PathBuf, Result<Arc<Repository>, GitError>>>,
}

impl Repositories {
    /// Makes everything belong to one repository, which may be bare. Its files start at the nearest folder upward from
    /// the current one that has a `.git`, else at the current one.
    pub fn given(git_dir: PathBuf) -> Self {
        Repositories { given: Some(git_dir), known: Mutex::default() }
    }

    /// Returns the repository whose work tree holds `folder`.
    ///
    /// # Errors
    /// [`GitError::NoRepository`], [`GitError::NotOwned`], [`GitError::Embedded`], [`GitError::OneWay`],
    /// [`GitError::NotRun`].
    pub fn around(&self, folder: &Path) -> Result<Arc<Repository>, GitError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if let Some(git_dir) = &self.given {
            return self.opened(git_dir, || Repository::explicit(git_dir));
        }
        let none = || GitError::NoRepository(shown(folder));
        let real = folder.canonicalize().map_err(|_| none())?;
        let found = find::above(&real).ok_or_else(none)?;
        self.opened(&found.top.clone(), || {
            if let Some(outer) = found.top.parent().and_then(find::above) {
                self.independent(&found, &outer)?;
            }
            Repository::open(found)
        })
    }

    /// Refuses a repository inside another one that tracks the same files.
    fn independent(&self, found: &Found, outer: &Found) -> Result<(), GitError> {
        let outer = self.around(&outer.top)?;
        let below = outer.below(&found.top).unwrap_or_default();
        let index = outer.index()?;
        if !index.is_submodule(&below) && index.tracks_below(&below) {
            return Err(GitError::Embedded(shown(&found.top)));
        }
        Ok(())
    }

    fn opened(
        &self,
        key: &Path,
        open: impl FnOnce() -> Result<Repository, GitError>,
    ) -> Result<Arc<Repository>, GitError> {
        if let Some(known) = lock(&self.known).get(key) {
            return known.clone();
        }
        // Not locked meanwhile: opening one may open the one around it.
        let opened = open().map(Arc::new);
        lock(&self.known).entry(key.to_owned()).or_insert(opened).clone()
    }

    /// Returns the repository that decides about a file, and the path of the file in it: the one around the current
    /// folder where it holds the file (submodules included), else the one around the file.
    ///
    /// # Errors
    /// As [`Self::around`]; [`GitError::Nested`].
    pub fn of_file(&self, file: &Path) -> Result<(Arc<Repository>, String), GitError> {
        let none = || GitError::NoRepository(shown(file));
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The file itself may be a link, or gone.
        let real = match (folder.canonicalize(), file.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => std::path::absolute(file).map_err(|_| none())?,
        };
        self.of_real(&real, folder).map_err(|error| match error {
            GitError::NoRepository(_) => none(),
            other => other,
        })
    }

    /// Returns the repository that decides about a folder, and the path of the folder in it, as [`Self::of_file`].
    ///
    /// # Errors
    /// As [`Self::of_file`].
    pub fn of_folder(&self, folder: &Path) -> Result<(Arc<Repository>, String), GitError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = folder.canonicalize().map_err(|_| GitError::NoRepository(shown(folder)))?;
        self.of_real(&real, folder)
    }

    fn of_real(&self, real: &Path, folder: &Path) -> Result<(Arc<Repository>, String), GitError> {
        match self.around(Path::new(".")) {
            Ok(here) => {
                if let Some(path) = here.below(real) {
                    here.refuse_nested(&path)?;
                    return Ok((here, path));
                }
            }
            Err(GitError::NoRepository(_)) => {}
            Err(error) => return Err(error),
        }
        let there = self.around(folder)?;
        let path = there.below(real).ok_or_else(|| GitError::NoRepository(shown(folder)))?;
        Ok((there, path))
    }
}
