//! The files of a revision on disk for a while, written from its objects: no checkout, no hook, no filter, no configuration
//! has a say.

use super::tree::EntryKind;
use super::{GitError, Snapshot};
use crate::files::Scratch;
use std::collections::BTreeSet;

/// Most files of a revision that are written.
const MAX_FILES: usize = 200_000;
/// Bytes of all files.
const MAX_TOTAL: u64 = 2 << 30;
/// Bytes of one file.
const MAX_FILE: u64 = 512 << 20;
/// Bytes of the target of a link.
const MAX_LINK: u64 = 4096;

impl Snapshot {
    /// Writes all files into a folder. Links that could lead out of it, submodules, and whatever is named `.git` are left out:
    /// returns how many.
    ///
    /// # Errors
    /// [`GitError::Unreadable`], [`GitError::TooLarge`], [`GitError::NotWritten`].
    pub fn lay_out(&self, folder: &Scratch) -> Result<usize, GitError> {
        let (mut left_out, mut links) = (0, Vec::new());
        let (mut count, mut room) = (0_usize, MAX_TOTAL);
        let mut folders = vec![(String::new(), self.tree.clone())];
        while let Some((above, tree)) = folders.pop() {
            for entry in self.entries(&tree, &above)?.iter() {
                let path = if above.is_empty() { entry.name.clone() } else { format!("{above}/{}", entry.name) };
                if entry.name.eq_ignore_ascii_case(".git") || entry.name.contains(['/', '\\', ':']) {
                    left_out += 1;
                    continue;
                }
                count += 1;
                if count > MAX_FILES {
                    return Err(self.not_written(&above, &format!("there are more than {MAX_FILES} files")));
                }
                match entry.kind {
                    EntryKind::Folder => folders.push((path, entry.id.clone())),
                    EntryKind::File => {
                        let bytes = self.blob(&entry.id, &path, room.min(MAX_FILE))?;
                        room -= bytes.len() as u64;
                        let written = folder
                            .write(&path, &bytes)
                            .and_then(|()| if entry.executable { folder.make_executable(&path) } else { Ok(()) });
                        written.map_err(|fault| self.not_written(&path, &fault.unwritten(&path)))?;
                    }
                    EntryKind::Link => links.push((path, entry.id.clone())),
                    EntryKind::Submodule => left_out += 1,
                }
            }
        }
        // After the files, so that none is written through a link.
        let taken: BTreeSet<String> = links.iter().map(|(path, _)| path.clone()).collect();
        for (path, id) in links {
            let target = String::from_utf8_lossy(&self.blob(&id, &path, MAX_LINK)?).into_owned();
            if !stays_inside(&path, &target) || below_any(&path, &taken) || !linked(folder, &path, &target) {
                left_out += 1;
            }
        }
        Ok(left_out)
    }

    fn blob(&self, id: &str, path: &str, limit: u64) -> Result<Vec<u8>, GitError> {
        self.repository.blob(id, limit).map_err(|error| match error {
            GitError::TooLarge { .. } => self.not_written(path, "the files are too large together"),
            GitError::NotRun(_) => error,
            _ => self.unreadable(path),
        })
    }

    fn not_written(&self, path: &str, why: &str) -> GitError {
        GitError::NotWritten { revision: self.name.clone(), path: path.to_owned(), why: why.to_owned() }
    }
}

#[cfg(unix)]
fn linked(folder: &Scratch, path: &str, target: &str) -> bool {
    folder.link(path, std::path::Path::new(target)).is_ok()
}

/// Links need a right on other systems.
#[cfg(not(unix))]
fn linked(_: &Scratch, _: &str, _: &str) -> bool {
    false
}

/// Whether a path lies below one of these, as it does in a damaged tree with two entries of one name.
fn below_any(path: &str, all: &BTreeSet<String>) -> bool {
    path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|above| all.contains(above)))
}

/// Returns whether a link at `path` stays in the folder, whatever other links are there: it goes up from its own folder, which
/// is a real one, and never again after it has gone down, since it may have gone down through a link.
fn stays_inside(path: &str, target: &str) -> bool {
    let depth = path.matches('/').count();
    let up = target.split('/').take_while(|part| *part == "..").count();
    !target.is_empty()
        && !target.starts_with('/')
        && !target.contains(['\\', ':', '\0'])
        && up <= depth
        && target.split('/').skip(up).all(|part| part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_stays_inside_only_where_no_other_link_can_lead_it_out() {
        for (path, target) in [("a", "b"), ("a", "b/c"), ("x/a", "../b"), ("x/y/a", "../../b/c"), ("a", "./b")] {
            assert!(stays_inside(path, target), "{path} -> {target}");
        }
        for (path, target) in [
            ("a", ".."),
            ("a", "../b"),
            ("a", "/etc"),
            ("x/a", "../../b"),
            // `b` may be a link to the top of the folder.
            ("x/a", "b/.."),
            ("x/y/a", "../b/../.."),
            ("x/a", "./../../b"),
            ("a", ""),
            ("a", "c:\\x"),
        ] {
            assert!(!stays_inside(path, target), "{path} -> {target}");
        }
    }
}
