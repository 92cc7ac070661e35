//! The files of one commit. Symbolic links are followed inside the repository, submodules at the commit that is recorded.

use super::tree::{Entry, EntryKind};
use super::{GitError, Repository};
use std::sync::Arc;

/// Most symbolic links on the way to a file.
const MAX_LINKS: usize = 40;

/// A commit of a repository, under the name by which it was asked for.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) repository: Arc<Repository>,
    pub(super) name: String,
    pub(super) commit: String,
    pub(super) tree: String,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot({} = {})", self.name, self.commit)
    }
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.commit == other.commit && self.repository.git_dir == other.repository.git_dir
    }
}
impl Eq for Snapshot {}

/// What stands at a path.
enum Place {
    Here(Entry),
    /// In a submodule.
    In(Snapshot, String),
}

impl Snapshot {
    /// Returns the name by which the revision was asked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id of the commit.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Returns the repository.
    pub fn repository(&self) -> &Arc<Repository> {
        &self.repository
    }

    /// Gives it another name for reports.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(super) fn unreadable(&self, path: &str) -> GitError {
        GitError::Unreadable { revision: self.name.clone(), path: path.to_owned() }
    }

    pub(super) fn entries(&self, tree: &str, path: &str) -> Result<Arc<Vec<Entry>>, GitError> {
        self.repository.tree(tree).ok_or_else(|| self.unreadable(path))
    }

    /// Returns what stands at `path` (`/`-separated, from the top); `None` is said only by the trees of the commit.
    ///
    /// # Errors
    /// [`GitError::Unreadable`] when an object on the way cannot be read.
    pub fn find(&self, path: &str) -> Result<Option<Entry>, GitError> {
        match self.place(path)? {
            None => Ok(None),
            Some(Place::Here(entry)) => Ok(Some(entry)),
            Some(Place::In(inner, rest)) => inner.find(&rest),
        }
    }

    fn place(&self, path: &str) -> Result<Option<Place>, GitError> {
        let not_a_file = || GitError::NotAFile { revision: self.name.clone(), path: path.to_owned() };
        let mut rest: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let top = Entry { name: String::new(), kind: EntryKind::Folder, id: self.tree.clone(), executable: false };
        let mut way = vec![top];
        let mut links = 0;
        while let Some(name) = rest.pop() {
            if name.is_empty() || name == "." {
                continue;
            }
            if name == ".." {
                way.pop();
                if way.is_empty() {
                    return Err(not_a_file());
                }
                continue;
            }
            let Some(folder) = way.last() else { return Err(not_a_file()) };
            let entries = self.entries(&folder.id, path)?;
            let Some(entry) = entries.iter().find(|entry| entry.name == name) else { return Ok(None) };
            match entry.kind {
                EntryKind::Folder => way.push(entry.clone()),
                EntryKind::File if rest.is_empty() => return Ok(Some(Place::Here(entry.clone()))),
                EntryKind::File => return Ok(None),
                EntryKind::Submodule if rest.is_empty() => return Ok(Some(Place::Here(entry.clone()))),
                EntryKind::Submodule => {
                    let above = way.iter().skip(1).map(|entry| entry.name.as_str());
                    let folder = above.chain([name.as_str()]).collect::<Vec<_>>().join("/");
                    let repository = self.repository.submodule(&folder)?;
                    let inner = repository.snapshot(&entry.id)?.named(&self.name);
                    rest.reverse();
                    return Ok(Some(Place::In(inner, rest.join("/"))));
                }
                EntryKind::Link => {
                    links += 1;
                    let target = self.repository.blob(&entry.id, 4096).map_err(|_| self.unreadable(path))?;
                    let target = String::from_utf8_lossy(&target).into_owned();
                    if links > MAX_LINKS || target.starts_with('/') {
                        return Err(not_a_file());
                    }
                    rest.extend(target.split('/').rev().map(str::to_owned));
                }
            }
        }
        Ok(way.pop().map(Place::Here))
    }

    /// Reads the file at `path`, at most `limit` bytes.
    ///
    /// # Errors
    /// [`GitError::NoFile`], [`GitError::NotAFile`], [`GitError::TooLarge`], [`GitError::Unreadable`].
    pub fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, GitError> {
        let (revision, path_) = (self.name.clone(), path.to_owned());
        match self.place(path)? {
            None => Err(GitError::NoFile { revision, path: path_ }),
            Some(Place::In(inner, rest)) => inner.read(&rest, limit),
            Some(Place::Here(entry)) if entry.kind != EntryKind::File => {
                Err(GitError::NotAFile { revision, path: path_ })
            }
            Some(Place::Here(entry)) => self.repository.blob(&entry.id, limit).map_err(|error| match error {
                GitError::TooLarge { .. } => GitError::TooLarge { revision, path: path_, limit },
                GitError::NotRun(_) => error,
                _ => self.unreadable(path),
            }),
        }
    }

    /// Lists the files below the folder `below` (empty: all), by their paths from the top, sorted. Submodules below it are
    /// left out; one that `below` names, or lies in, is read as the revision records it.
    ///
    /// # Errors
    /// [`GitError::Unreadable`] when a tree cannot be read.
    pub fn files(&self, below: &str) -> Result<Vec<String>, GitError> {
        let below = below.trim_matches('/');
        let inner = match self.place(below)? {
            Some(Place::In(inner, rest)) => Some((inner, rest)),
            Some(Place::Here(entry)) if entry.kind == EntryKind::Submodule => {
                Some((self.repository.submodule(below)?.snapshot(&entry.id)?.named(&self.name), String::new()))
            }
            _ => None,
        };
        if let Some((inner, rest)) = inner {
            let outer = below.strip_suffix(rest.as_str()).unwrap_or(below).trim_end_matches('/');
            return Ok(inner.files(&rest)?.into_iter().map(|path| format!("{outer}/{path}")).collect());
        }
        let mut files = Vec::new();
        let mut folders = match self.find(below)? {
            Some(entry) if entry.kind == EntryKind::Folder => vec![(below.to_owned(), entry.id)],
            _ => Vec::new(),
        };
        while let Some((folder, tree)) = folders.pop() {
            for entry in self.entries(&tree, &folder)?.iter() {
                let path = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
                match entry.kind {
                    EntryKind::Folder => folders.push((path, entry.id.clone())),
                    EntryKind::File => files.push(path),
                    EntryKind::Link | EntryKind::Submodule => {}
                }
            }
        }
        files.sort();
        Ok(files)
    }
}
