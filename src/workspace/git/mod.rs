//! Git repositories: which one a file belongs to, what its revisions hold. The work tree is not touched and nothing is
//! fetched.
//!
//! Takes folders and names of revisions; gives [`Snapshot`]s whose files can be read. One `git cat-file --batch` answers
//! for a repository as long as the run lasts. Only `program` starts git.

mod error;
mod find;
mod index;
mod layout;
mod objects;
mod program;
mod repositories;
mod snapshot;
mod tree;

pub use error::GitError;
pub use repositories::Repositories;
pub use snapshot::Snapshot;
pub use tree::{Entry, EntryKind};

use crate::text::Cut;
use find::Found;
use index::Index;
use objects::{Answer, Batch, Object};
use program::{Place, run};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Largest tree or commit that is read.
const MAX_OBJECT: u64 = 64 << 20;

/// A git repository with a work tree.
#[derive(Debug)]
pub struct Repository {
    top: PathBuf,
    git_dir: PathBuf,
    batch: Mutex<Option<Batch>>,
    trees: Mutex<FxHashMap<String, Arc<Vec<Entry>>>>,
    commits: Mutex<FxHashMap<String, Option<(String, String)>>>,
    submodules: Mutex<FxHashMap<String, Arc<Repository>>>,
    index: OnceLock<Result<Index, GitError>>,
}

impl Repository {
    fn new(top: PathBuf, git_dir: PathBuf) -> Self {
        Repository {
            top,
            git_dir,
            batch: Mutex::default(),
            trees: Mutex::default(),
            commits: Mutex::default(),
            submodules: Mutex::default(),
            index: OnceLock::new(),
        }
    }

    /// Lets git look at the repository too: it must see the same one, and trust its owner.
    fn open(found: Found) -> Result<Self, GitError> {
        let said = run(&Place::In(&found.top), ["rev-parse", "--absolute-git-dir"]).map_err(|error| match error {
            GitError::Broken(words) if words.contains("dubious ownership") => GitError::NotOwned(shown(&found.top)),
            other => other,
        })?;
        found.points_back()?;
        let said = String::from_utf8_lossy(&said);
        if Path::new(said.trim_end_matches(['\n', '\r'])).canonicalize().ok().as_ref() != Some(&found.git_dir) {
            return Err(GitError::NoRepository(shown(&found.top)));
        }
        Ok(Repository::new(found.top, found.git_dir))
    }

    /// The repository that the user named.
    fn explicit(git_dir: &Path) -> Result<Self, GitError> {
        let none = || GitError::NoRepository(shown(git_dir));
        let real = git_dir.canonicalize().map_err(|_| none())?;
        let here = Path::new(".").canonicalize().map_err(|_| none())?;
        let top = here.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).unwrap_or(&here);
        let repository = Repository::new(top.to_owned(), real);
        run(&repository.place(), ["rev-parse", "--git-dir"]).map_err(|_| none())?;
        Ok(repository)
    }

    fn place(&self) -> Place<'_> {
        Place::Known { git_dir: &self.git_dir, top: &self.top }
    }

    /// Returns the top of its work tree.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Returns the folder of its objects and references, canonical.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Returns the `/`-separated path from the top to a canonical path below it.
    pub fn below(&self, real: &Path) -> Option<String> {
        Some(real.strip_prefix(&self.top).ok()?.to_string_lossy().replace('\\', "/"))
    }

    /// Returns the path from the top to a file as it is written, whatever links of the work tree lead to; `None` for one that
    /// goes up, or lies elsewhere.
    pub fn as_written(&self, file: &Path) -> Option<String> {
        let goes_up = file.components().any(|part| part == std::path::Component::ParentDir);
        std::path::absolute(file).ok().filter(|_| !goes_up).and_then(|path| self.below(&path))
    }

    /// Returns the path from the top to a folder of the work tree, or to one that is gone.
    ///
    /// # Errors
    /// [`GitError::NoRepository`] when it is not in the work tree.
    pub fn folder(&self, folder: &Path) -> Result<String, GitError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = folder.canonicalize().or_else(|_| std::path::absolute(folder));
        real.ok().and_then(|real| self.below(&real)).ok_or_else(|| GitError::NoRepository(shown(folder)))
    }

    /// Returns the revision that a name stands for.
    ///
    /// # Errors
    /// [`GitError::NoRevision`], [`GitError::NotRun`].
    pub fn snapshot(self: &Arc<Self>, name: &str) -> Result<Snapshot, GitError> {
        let known = lock(&self.commits).get(name).cloned();
        let found = match known {
            Some(found) => found,
            None => {
                let found = self.resolve(name)?;
                lock(&self.commits).insert(name.to_owned(), found.clone());
                found
            }
        };
        let (commit, tree) = found.ok_or_else(|| GitError::NoRevision(name.to_owned()))?;
        Ok(Snapshot { repository: Arc::clone(self), name: name.to_owned(), commit, tree })
    }

    /// Returns whether a name is that of a branch, here or of a remote repository.
    pub fn is_branch(&self, name: &str) -> bool {
        let arguments = ["rev-parse", "--symbolic-full-name", "--end-of-options", name];
        let said = run(&self.place(), arguments).unwrap_or_default();
        // Older versions repeat the option that ends options.
        let said = String::from_utf8_lossy(&said);
        let full = said.lines().rfind(|line| !line.starts_with('-')).unwrap_or_default();
        full.starts_with("refs/heads/") || full.starts_with("refs/remotes/")
    }

    /// Returns the commit from which HEAD and a revision went separate ways, under the name of the revision. Of several, the
    /// first, if `equal` finds that all hold the same.
    ///
    /// # Errors
    /// [`GitError::NoMergeBase`], [`GitError::MergeBases`].
    pub fn merge_base(
        self: &Arc<Self>,
        of: &Snapshot,
        equal: impl Fn(&Snapshot, &Snapshot) -> Result<bool, GitError>,
    ) -> Result<Snapshot, GitError> {
        let said = run(&self.place(), ["merge-base", "--all", of.commit(), "HEAD"]).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let bases = said.lines().map(|id| Ok(self.snapshot(id)?.named(of.name())));
        let bases = bases.collect::<Result<Vec<_>, GitError>>()?;
        let Some((first, others)) = bases.split_first() else {
            let shallow = self.common_dir().join("shallow").is_file();
            let help = if shallow { "run `git fetch --unshallow`" } else { "fetch the branch, or check its name" };
            return Err(GitError::NoMergeBase(of.name().to_owned(), help));
        };
        for other in others {
            if !equal(first, other)? {
                let ids: Vec<String> = bases.iter().map(|base| short(base.commit()).to_owned()).collect();
                return Err(GitError::MergeBases(of.name().to_owned(), ids.join(", ")));
            }
        }
        Ok(first.clone())
    }

    /// The folder that linked work trees share.
    fn common_dir(&self) -> PathBuf {
        let text = crate::files::Fence::Open.read_text(&self.git_dir.join("commondir"), 4096).unwrap_or_default();
        self.git_dir.join(text.trim_end())
    }

    /// The ids of the commit that a name stands for, and of its tree.
    fn resolve(&self, name: &str) -> Result<Option<(String, String)>, GitError> {
        if name.is_empty() || name.starts_with('-') {
            return Ok(None);
        }
        match self.ask(&format!("{name}^{{commit}}"), MAX_OBJECT) {
            Ok(Answer::Found(Object { id, kind, bytes })) if kind == "commit" => {
                let tree = String::from_utf8_lossy(bytes.strip_prefix(b"tree ").unwrap_or_default())
                    .split('\n')
                    .next()
                    .filter(|tree| tree.len() == id.len())
                    .map(str::to_owned);
                Ok(tree.map(|tree| (id, tree)))
            }
            Err(error @ GitError::NotRun(_)) => Err(error),
            // git also ends for names that it cannot make sense of.
            _ => Ok(None),
        }
    }

    /// Returns the ids of the parents of a commit, which need not be here themselves.
    pub fn parents(&self, commit: &str) -> Vec<String> {
        let Ok(Answer::Found(object)) = self.ask(commit, MAX_OBJECT) else { return Vec::new() };
        let text = String::from_utf8_lossy(&object.bytes).into_owned();
        let lines = text.lines().take_while(|line| !line.is_empty());
        lines.filter_map(|line| line.strip_prefix("parent ").map(str::to_owned)).collect()
    }

    fn ask(&self, name: &str, limit: u64) -> Result<Answer, GitError> {
        let mut batch = lock(&self.batch);
        let mut open = match batch.take() {
            Some(open) => open,
            None => Batch::new(&self.place())?,
        };
        let answer = open.ask(name, limit)?;
        if open.is_open() {
            *batch = Some(open);
        }
        Ok(answer)
    }

    /// The entries of a tree; `None` when it cannot be read.
    fn tree(&self, id: &str) -> Option<Arc<Vec<Entry>>> {
        if let Some(known) = lock(&self.trees).get(id) {
            return Some(Arc::clone(known));
        }
        let Ok(Answer::Found(object)) = self.ask(id, MAX_OBJECT) else { return None };
        if object.kind != "tree" {
            return None;
        }
        let entries = Arc::new(tree::parse(&object.bytes, id.len() / 2)?);
        lock(&self.trees).insert(id.to_owned(), Arc::clone(&entries));
        Some(entries)
    }

    /// The content of a blob.
    fn blob(&self, id: &str, limit: u64) -> Result<Vec<u8>, GitError> {
        match self.ask(id, limit)? {
            Answer::Found(object) if object.kind == "blob" => Ok(object.bytes),
            Answer::TooLarge => Err(GitError::TooLarge { revision: String::new(), path: String::new(), limit }),
            _ => Err(GitError::Broken(format!("there is no blob {id}"))),
        }
    }

    /// The repository of a submodule.
    fn submodule(&self, path: &str) -> Result<Arc<Repository>, GitError> {
        if let Some(known) = lock(&self.submodules).get(path) {
            return Ok(Arc::clone(known));
        }
        let found = find::at(&self.top.join(path)).ok_or_else(|| GitError::NoSubmodule(path.to_owned()))?;
        let opened = Arc::new(Repository::open(found)?);
        Ok(Arc::clone(lock(&self.submodules).entry(path.to_owned()).or_insert(opened)))
    }

    fn index(&self) -> Result<&Index, GitError> {
        let read = || Ok(Index::parse(&run(&self.place(), ["ls-files", "--stage", "-z"])?));
        self.index.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Returns whether git tracks the file at `path`, added but not yet committed included.
    ///
    /// # Errors
    /// [`GitError::Broken`] when the index cannot be read.
    pub fn tracks(&self, path: &str) -> Result<bool, GitError> {
        let index = self.index()?;
        match index.submodule_above(path) {
            Some(submodule) => self.submodule(submodule)?.tracks(path.cut(submodule.len() + 1..)),
            None => Ok(index.tracks(path)),
        }
    }

    /// Returns whether git tracks the file or anything in the folder at `path`.
    ///
    /// # Errors
    /// [`GitError::Broken`] when the index cannot be read.
    pub fn tracks_any(&self, path: &str) -> Result<bool, GitError> {
        Ok(self.index()?.tracks(path) || self.index()?.tracks_below(path))
    }

    /// Refuses a path below a repository of its own that is no submodule.
    fn refuse_nested(&self, path: &str) -> Result<(), GitError> {
        for (at, _) in path.match_indices('/') {
            let folder = path.cut(..at);
            if find::at(&self.top.join(folder)).is_none() || self.index()?.is_submodule(folder) {
                continue;
            }
            let error = if self.index()?.tracks_below(folder) { GitError::Embedded } else { GitError::Nested };
            return Err(error(folder.to_owned()));
        }
        Ok(())
    }

    /// Lists the commits in the past of `commit` that touch one of `paths`, oldest first: short id and day.
    ///
    /// # Errors
    /// [`GitError::Broken`] with git's own words.
    pub fn log<'p>(
        &self,
        commit: &'p str,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<Vec<(String, String)>, GitError> {
        let fixed = ["log", "--reverse", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-renames"];
        let mut arguments = fixed.to_vec();
        arguments.extend(["--format=%h%x09%cs", commit, "--"]);
        arguments.extend(paths);
        Ok(pairs(&run(&self.place(), arguments)?))
    }

    /// Lists the values of a trailer in the commits that `to` has and `from` lacks, newest first, each with the id of its
    /// commit. Without `from` those count that `to` itself went through: what was merged from elsewhere was written by whoever
    /// asked for the merge. At most `limit` commits with such a trailer are read.
    ///
    /// # Errors
    /// [`GitError::Broken`] with git's own words.
    pub fn trailers(
        &self,
        key: &str,
        (from, to): (Option<&str>, &str),
        limit: usize,
    ) -> Result<Vec<(String, String)>, GitError> {
        let format = format!("--format=%H%n%(trailers:key={key},valueonly,unfold)%x00");
        let (grep, limit) = (format!("--grep=^{key}:"), format!("--max-count={limit}"));
        let mut arguments = vec!["log", "--no-show-signature", "--regexp-ignore-case", &grep, &limit, &format, to];
        let not = from.map(|from| format!("^{from}"));
        if from.is_none() {
            arguments.insert(1, "--first-parent");
        }
        arguments.extend(not.as_deref());
        arguments.push("--");
        let said = run(&self.place(), arguments)?;
        let mut out = Vec::new();
        for commit in String::from_utf8_lossy(&said).split('\0') {
            let mut lines = commit.trim_start().lines();
            let Some(id) = lines.next() else { continue };
            let values = lines.map(str::trim).filter(|line| !line.is_empty());
            out.extend(values.map(|value| (id.to_owned(), value.to_owned())));
        }
        Ok(out)
    }

    /// Lists the tags that match a pattern, in order of date: name and day.
    ///
    /// # Errors
    /// [`GitError::Broken`] with git's own words.
    pub fn tags(
        &self,
        pattern: &str,
        contains: Option<&str>,
        merged: Option<&str>,
    ) -> Result<Vec<(String, String)>, GitError> {
        let mut arguments =
            ["for-each-ref", "--sort=version:refname", "--sort=creatordate"].map(str::to_owned).to_vec();
        arguments.push("--format=%(refname:short)%09%(creatordate:short)".to_owned());
        arguments.extend(contains.map(|id| format!("--contains={id}")));
        arguments.extend(merged.map(|id| format!("--merged={id}")));
        arguments.push(format!("refs/tags/{pattern}"));
        Ok(pairs(&run(&self.place(), arguments)?))
    }
}

/// As much of an id as people compare.
fn short(id: &str) -> &str {
    id.cut(..id.len().min(12))
}

/// Lines of two columns.
fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let pair = |(left, right): (&str, &str)| (left.to_owned(), right.trim().to_owned());
    text.lines().filter_map(|line| line.split_once('\t').map(pair)).collect()
}

/// The last two parts of a path: no absolute one reaches the output.
fn shown(path: &Path) -> String {
    let name = super::input::display_name(path);
    if name.is_empty() { ".".to_owned() } else { name }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
