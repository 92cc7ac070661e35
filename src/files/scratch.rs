//! A folder of our own for a while: files of a revision that a program must find on disk.

use super::Fault;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Component, Path, PathBuf};

/// A folder that nobody else may read, with everything in it removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes an empty folder among the temporary files of the system.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> Result<Self, Fault> {
        let chance = || std::hash::RandomState::new().build_hasher().finish();
        let above = std::env::temp_dir().canonicalize()?;
        for _ in 0..16 {
            let path = above.join(format!("covenant-{:016x}{:016x}", chance(), chance()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(Scratch { path }),
            }
        }
        Err(io::Error::other("no name is free for a temporary folder").into())
    }

    /// Returns its canonical path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file at a `/`-separated path below it.
    ///
    /// # Errors
    /// [`Fault::Outside`] for a path that leaves it, or what the system says.
    pub fn write(&self, below: &str, bytes: &[u8]) -> Result<(), Fault> {
        Ok(fs::write(self.place(below)?, bytes)?)
    }

    /// Lets a file below it be run.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn make_executable(&self, below: &str) -> Result<(), Fault> {
        #[cfg(unix)]
        fs::set_permissions(self.place(below)?, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        #[cfg(not(unix))]
        let _ = self.place(below)?;
        Ok(())
    }

    /// Lets a path below it lead to a folder elsewhere.
    ///
    /// # Errors
    /// As [`Self::write`].
    #[cfg(unix)]
    pub fn link(&self, below: &str, target: &Path) -> Result<(), Fault> {
        Ok(std::os::unix::fs::symlink(target, self.place(below)?)?)
    }

    /// Puts a file of another place below it: the same file where the system can, else a copy.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn take(&self, below: &str, file: &Path) -> Result<(), Fault> {
        let place = self.place(below)?;
        if fs::hard_link(file, &place).is_err() {
            fs::copy(file, &place)?;
        }
        Ok(())
    }

    fn place(&self, below: &str) -> Result<PathBuf, Fault> {
        let path = Path::new(below);
        if below.is_empty() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(Fault::Outside);
        }
        let full = self.path.join(path);
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(full)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_holds_what_is_written_below_it_and_leaves_nothing() {
        let scratch = Scratch::new().unwrap();
        scratch.write("a/b.txt", b"x").unwrap();
        for outside in ["../x", "/x", "a/../../x", ""] {
            assert_eq!(scratch.write(outside, b"x").unwrap_err(), Fault::Outside, "{outside}");
        }
        let path = scratch.path().to_owned();
        assert!(path.join("a/b.txt").is_file());
        drop(scratch);
        assert!(!path.exists());
    }
}
