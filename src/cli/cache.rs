//! `--cache FOLDER`: results of earlier runs, by what they depend on. It never changes a result and can be deleted at any
//! time.
//!
//! An entry is found by the text of a contract, the rules, the day, the limits and the build of this program. It holds the
//! findings and which files the contract asked for; it counts only while these files still have the same texts. Entries
//! carry a checksum, are written whole or not at all, and the oldest go when there are too many.

use super::output::say;
use super::rulesets::Rules;
use super::session::{Failure, Findings, Session};
use crate::files::{self, Fence};
use crate::gate::{Record, digest};
use crate::workspace::{Asked, GitError, Input, Opened, ReadError, Repositories, Workspace};
use clap::Args;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// Options of a command that can keep results.
#[derive(Debug, Args)]
pub(super) struct CacheArguments {
    /// Keep results in FOLDER and take them from there where a contract, the files it refers to, rules, day and version
    /// are the same. Never changes a result; can be deleted at any time.
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    cache: Option<PathBuf>,
}

impl CacheArguments {
    /// Opens the cache, if one was asked for.
    ///
    /// # Errors
    /// [`Failure`] when the folder cannot be made, or when git tracks it: its results would be those of the author.
    pub(super) fn open(&self, repositories: &Repositories) -> Result<Option<Cache>, Failure> {
        let Some(folder) = self.cache.as_deref() else { return Ok(None) };
        if folder.symlink_metadata().is_ok() {
            let places = [repositories.of_file(folder), repositories.of_folder(folder)];
            for place in places {
                let tracked = match place {
                    Err(GitError::NoRepository(_)) => Ok(false),
                    place => place.and_then(|(repository, path)| repository.tracks_any(&path)),
                };
                let fault = |why: String| {
                    Failure::new(format!("--cache {}: {why}; name a folder outside the work tree", folder.display()))
                };
                match tracked {
                    Ok(false) => {}
                    Ok(true) => return Err(fault("git tracks this folder, so whoever commits decides results".into())),
                    Err(error) => return Err(fault(error.to_string())),
                }
            }
        }
        Cache::open(folder).map(Some)
    }
}

/// Bytes of all entries together.
const MAX_TOTAL: u64 = 256 << 20;
/// Bytes of one entry; larger results are not kept.
const MAX_ENTRY: usize = 16 << 20;
/// The part of the folder that is ours; its name changes with the form of entries.
const OURS: &str = "covenant-1";

/// A folder of results.
pub(super) struct Cache {
    folder: PathBuf,
    written: AtomicBool,
    failed: AtomicBool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// What the contract asked for, in order: digest of the text, or why there is none.
    reads: Vec<(Asked, Result<String, ReadError>)>,
    /// Of a contract that was as in the base: the files that it is made of, from the top of the repository, with the ids of
    /// their objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stood: Vec<(String, String)>,
    record: Record,
}

impl Cache {
    /// Opens a folder, making it where it is not there.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be made.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let fault =
            |fault: files::Fault| Failure::new(format!("--cache: {}", fault.unwritten(&folder.display().to_string())));
        let ours = files::folder(&folder.join(OURS)).map_err(fault)?;
        // Backup programs leave folders with this file out.
        let tag = ours.join("CACHEDIR.TAG");
        if !tag.exists() {
            files::replace(&tag, b"Signature: 8a477f597d28d172789f06886806bc55\n").map_err(fault)?;
        }
        Ok(Cache { folder: ours, written: AtomicBool::new(false), failed: AtomicBool::new(false) })
    }

    /// The findings about one contract: those of an earlier run if they are known, else of `examine`.
    pub(super) fn findings(
        &self,
        session: &Session,
        rules: &Rules,
        input: &Input,
        mut opened: Opened,
        examine: impl FnOnce(&Workspace) -> Findings,
    ) -> Findings {
        let Some(key) = key(session, rules, input, &opened, "lint") else { return examine(&opened.load()) };
        if let Some(found) = self.find(&key, &mut opened, |_| true) {
            return found;
        }
        let workspace = opened.load();
        let findings = examine(&workspace);
        self.keep(&key, &workspace, &findings, Vec::new());
        findings
    }

    /// What is known of a contract that is as the base has it; `stands` says whether the base still has these files, by path
    /// and id. With the key under which [`Self::keep_standing`] keeps what is not known; no key where nothing may be kept.
    pub(super) fn standing(
        &self,
        session: &Session,
        rules: &Rules,
        input: &Input,
        stands: impl FnOnce(&[(String, String)]) -> bool,
    ) -> (Option<Findings>, Option<String>) {
        let Ok(mut opened) = session.read(input) else { return (None, None) };
        let kind = format!("check {:?}", session.lifecycle);
        let Some(key) = key(session, rules, input, &opened, &kind) else { return (None, None) };
        let found = self.find(&key, &mut opened, |stood| !stood.is_empty() && stands(stood));
        (found, Some(key))
    }

    /// Keeps the findings about a contract that is as the base has it, with the files that it is made of.
    pub(super) fn keep_standing(
        &self,
        key: &str,
        workspace: &Workspace,
        findings: &Findings,
        stood: Vec<(String, String)>,
    ) {
        if !stood.is_empty() {
            self.keep(key, workspace, findings, stood);
        }
    }

    fn file(&self, key: &str) -> PathBuf {
        let (folder, name) = key.split_at(2);
        self.folder.join(folder).join(name)
    }

    /// What is known under a key, if it still holds.
    fn find(
        &self,
        key: &str,
        opened: &mut Opened,
        holds: impl FnOnce(&[(String, String)]) -> bool,
    ) -> Option<Findings> {
        let entry: Entry = serde_json::from_str(&self.text(key)?).ok()?;
        if !holds(&entry.stood) {
            return None;
        }
        let mut texts = FxHashMap::default();
        texts.insert(digest(opened.text()), opened.text().to_owned());
        for (asked, known) in entry.reads {
            let found = opened.fetch(&asked).map(|text| {
                let sum = digest(&text);
                texts.insert(sum.clone(), text);
                sum
            });
            if found != known {
                return None;
            }
        }
        let restored = entry.record.restore(&mut |source| source.with(texts.get(source.digest())?.clone())).ok()?;
        Some(Findings {
            diagnostics: restored.diagnostics,
            limitations: restored.limitations,
            contracts: restored.contracts,
            apis: restored.apis,
            ..Findings::default()
        })
    }

    /// Keeps findings that depend on nothing but the texts of the workspace.
    fn keep(&self, key: &str, workspace: &Workspace, findings: &Findings, stood: Vec<(String, String)>) {
        let texts = workspace.documents().map(|(_, document)| document.tree().source());
        let texts: FxHashSet<*const _> = texts.map(std::sync::Arc::as_ptr).collect();
        let places = findings.diagnostics.iter().flat_map(|diagnostic| {
            let related = diagnostic.related.iter().map(|label| &label.location);
            std::iter::once(&diagnostic.location).chain(&diagnostic.base_location).chain(related)
        });
        for place in places {
            if !texts.contains(&std::sync::Arc::as_ptr(&place.source)) {
                return;
            }
        }
        let record = Record::of(&findings.diagnostics, &findings.limitations, findings.contracts, false)
            .with_apis(&findings.apis);
        let reads = workspace.reads().map(|(asked, read)| (asked.clone(), read.map(digest).map_err(Clone::clone)));
        let entry = Entry { reads: reads.collect(), stood, record };
        if let Ok(body) = serde_json::to_string(&entry) {
            self.keep_text(key, &body);
        }
    }

    /// The text that was kept under a key, whole.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let text = Fence::At(self.folder.clone()).read_text(&self.file(key), 2 * MAX_ENTRY as u64).ok()?;
        let (sum, body) = text.split_once('\n')?;
        (digest(body) == sum).then(|| body.to_owned())
    }

    /// Keeps a text, unless it is too large.
    pub(super) fn keep_text(&self, key: &str, body: &str) {
        if body.len() > MAX_ENTRY {
            return;
        }
        let file = self.file(key);
        // Whole or not at all, also when another process writes the same.
        let written = files::replace(&file, format!("{}\n{body}", digest(body)).as_bytes());
        self.written.store(true, Ordering::Relaxed);
        if let Err(fault) = written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            say(&format!("note: results are not kept: {}", fault.unwritten("--cache")));
        }
    }

    /// Removes the oldest entries until the rest fits, if anything was written.
    pub(super) fn prune(&self) {
        if self.written.load(Ordering::Relaxed) {
            self.prune_to(MAX_TOTAL);
        }
    }

    fn prune_to(&self, limit: u64) {
        let folders = std::fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        // A link is no folder of ours.
        let is_ours =
            |folder: &DirEntry| folder.file_name().len() == 2 && folder.file_type().is_ok_and(|kind| kind.is_dir());
        let folders = folders.filter(is_ours).map(|folder| folder.path());
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok));
        let mut entries: Vec<(SystemTime, PathBuf, u64)> = files
            .filter_map(|file| {
                let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
                let name = file.file_name();
                let name = name.to_str()?;
                let entry = name.len() == 62 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                (entry || files::is_temporary(name)).then_some((metadata.modified().ok()?, file.path(), metadata.len()))
            })
            .collect();
        entries.sort();
        let mut total: u64 = entries.iter().map(|(_, _, length)| length).sum();
        for (_, path, length) in entries {
            if total <= limit {
                break;
            }
            if files::remove(&path) {
                total -= length;
            }
        }
    }
}

/// Everything that decides what is found about a contract beside the files that it refers to; `None` when that is not known.
fn key(session: &Session, rules: &Rules, input: &Input, opened: &Opened, kind: &str) -> Option<String> {
    let facts = [
        env!("COVENANT_BUILD").to_owned(),
        kind.to_owned(),
        rules.identity(session, input)?,
        session.as_of.to_string(),
        opened.identity(),
        digest(opened.text()),
    ];
    Some(digest(&facts.join("\u{1f}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_go_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let keys: Vec<String> = (0..4).map(|number| digest(&format!("key {number}"))).collect();
        for (age, key) in keys.iter().enumerate() {
            files::replace(&cache.file(key), "x".repeat(100).as_bytes()).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000 + age as u64);
            std::fs::File::options().write(true).open(cache.file(key)).unwrap().set_modified(time).unwrap();
        }
        let other = cache.file(&keys[0]).with_file_name("notes.txt");
        std::fs::write(&other, "y".repeat(1_000)).unwrap();
        cache.prune_to(250);
        let left: Vec<bool> = keys.iter().map(|key| cache.file(key).exists()).collect();
        assert_eq!(left, [false, false, true, true]);
        assert!(other.exists() && folder.path().join(OURS).join("CACHEDIR.TAG").exists());
    }
}
