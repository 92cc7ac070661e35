//! Writing: a new file under a name that nobody can foresee, made exclusively beside the target, then renamed over it. A
//! target is whole or as it was before; nothing is left behind when writing fails.

use super::Fault;
use super::walk::{Links, walk};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A text that is written, but not yet under its name. Dropped, it is gone.
#[derive(Debug)]
pub struct Prepared {
    temporary: PathBuf,
    target: PathBuf,
    done: bool,
}

impl Prepared {
    /// Writes `bytes` beside `path`, making its folder. What stands there lends its permissions.
    ///
    /// # Errors
    /// [`Fault::Link`] for a symbolic link of a repository on the way, [`Fault::Outside`] for a relative path that leaves the
    /// repository, or what the system says.
    pub fn new(path: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        let target = target(path)?;
        let metadata = target.metadata().ok();
        if metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            return Err(if target.is_dir() { Fault::Folder } else { Fault::Special });
        }
        let folder = target.parent().unwrap_or(Path::new("/"));
        make(folder)?;
        let (temporary, mut file) = create(folder)?;
        let prepared = Prepared { temporary, target, done: false };
        file.write_all(bytes)?;
        if let Some(metadata) = metadata {
            file.set_permissions(metadata.permissions())?;
        }
        // Some file systems say only now that they are full.
        file.flush()?;
        Ok(prepared)
    }

    /// Puts the text in its place, in one step.
    ///
    /// # Errors
    /// What the system says; the target is as it was.
    pub fn commit(mut self) -> Result<(), Fault> {
        fs::rename(&self.temporary, &self.target)?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a file whole or not at all, making its folder; a pipe or device that the caller names is written to.
///
/// # Errors
/// As [`Prepared::new`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let target = target(path)?;
    let special = target.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if special {
        // It cannot be replaced by renaming.
        return Ok(OpenOptions::new().write(true).open(&target)?.write_all(bytes)?);
    }
    Prepared::new(&target, bytes)?.commit()
}

/// Adds to the end of a file, which other programs may be writing, too; it is made if it is not there.
///
/// # Errors
/// As [`Prepared::new`].
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let target = target(path)?;
    make(target.parent().unwrap_or(Path::new("/")))?;
    Ok(OpenOptions::new().create(true).append(true).open(&target)?.write_all(bytes)?)
}

/// Makes a folder, and those above it, and returns its path without symbolic links.
///
/// # Errors
/// As [`Prepared::new`].
pub fn folder(path: &Path) -> Result<PathBuf, Fault> {
    let target = target(path)?;
    make(&target)?;
    if target.is_dir() { Ok(target) } else { Err(Fault::Other("it is not a folder".to_owned())) }
}

/// Removes a regular file; `false` when that was not possible.
pub fn remove(path: &Path) -> bool {
    target(path).is_ok_and(|target| fs::remove_file(target).is_ok())
}

/// The place that a path names, if it may be written.
fn target(path: &Path) -> Result<PathBuf, Fault> {
    let target = walk(path, Links::Never, None)?.path;
    // What leaves the repository is named so that nobody is surprised.
    if path.is_relative() {
        let home = walk(Path::new("."), Links::Never, None)?.tree;
        if !home.is_some_and(|home| target.starts_with(home)) {
            return Err(Fault::Outside);
        }
    }
    if target.file_name().is_none() {
        return Err(Fault::Folder);
    }
    Ok(target)
}

/// Returns whether a name is one that this module gives files before they are whole. A process that was killed leaves such
/// a file.
pub fn is_temporary(name: &str) -> bool {
    let middle = name.strip_prefix(".covenant-").and_then(|rest| rest.strip_suffix(".tmp"));
    middle.is_some_and(|middle| middle.len() == 32 && middle.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { Ok(()) } else { fs::create_dir_all(folder) }
}

/// A new file in `folder`, which is on the same file system as its other files.
fn create(folder: &Path) -> io::Result<(PathBuf, File)> {
    for _ in 0..16 {
        let path = folder.join(format!(".covenant-{:016x}{:016x}.tmp", chance(), chance()));
        // Never through a link, and never a file that is there.
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((path, file)),
        }
    }
    Err(io::Error::other("no name is free for a temporary file"))
}

/// A number that others cannot foresee: the keys of the standard library's hash maps come from the system.
fn chance() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}
