//! What decided about a run: the profile, and every file with its digest.

use super::rulesets::Rules;
use super::session::{Failure, Session};
use crate::config::FILE_NAMES;
use crate::gate::{Decided, OfBase, Role, digest};
use crate::workspace::Snapshot;
use std::path::PathBuf;

/// Largest file of a policy.
const LARGEST: u64 = u32::MAX as u64;

/// A file that decides.
#[derive(Clone, Debug)]
pub(super) struct PolicyFile {
    pub(super) role: Role,
    /// On disk; of the policy of a revision, from the top of the repository.
    pub(super) path: PathBuf,
}

/// A file that decides, as it stands to the other side.
pub(super) struct Standing {
    pub(super) role: Role,
    pub(super) name: String,
    /// Its bytes on the side that decides, if it has the file.
    pub(super) own: Option<Vec<u8>>,
    /// The bytes on the other side, if there is one to ask: `None` of `Some` where it lacks the file.
    pub(super) other: Option<Option<Vec<u8>>>,
}

impl Standing {
    /// How it stands to the other side, where there is one.
    pub(super) fn of_base(&self) -> Option<OfBase> {
        self.other.as_ref().map(|other| match other {
            Some(_) if *other == self.own => OfBase::Same,
            Some(_) => OfBase::Differs,
            None => OfBase::New,
        })
    }
}

/// Compares the files of a policy with those that another side has at their paths. The policy is that of `session`: of the
/// work tree, which is compared with `at`, or of a revision, which is compared with the work tree.
pub(super) fn standings(session: &Session, files: &[PolicyFile], at: Option<&Snapshot>) -> Vec<Standing> {
    let of_disk = |file: &PolicyFile| {
        let place = session.repositories.of_file(&file.path).ok().map(|(_, path)| path);
        // No absolute path reaches a report.
        let name = place.clone().unwrap_or_else(|| match file.path.file_name() {
            Some(name) if file.path.is_absolute() => name.to_string_lossy().into_owned(),
            _ => slashes(&file.path),
        });
        let own = crate::files::ordinary(&file.path, LARGEST).ok();
        let other = at.zip(place).map(|(at, place)| at.read(&place, LARGEST).ok());
        Standing { role: file.role, name, own, other }
    };
    let of_revision = |file: &PolicyFile, at: &Snapshot| {
        let name = slashes(&file.path);
        let own = at.read(&name, LARGEST).ok();
        let disk = at.repository().top().join(&name);
        Standing { role: file.role, name, own, other: Some(crate::files::ordinary(&disk, LARGEST).ok()) }
    };
    files
        .iter()
        .map(|file| match session.revision() {
            // What the caller names and the repository does not hold is on disk.
            Some(at) if !file.path.is_absolute() => of_revision(file, at),
            _ => of_disk(file),
        })
        .collect()
}

fn slashes(path: &std::path::Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Lists what decided: the profile, and every file with its digest.
pub(super) fn decided(session: &Session, standings: &[Standing], rules: Option<&Rules>) -> Vec<Decided> {
    let mut out: Vec<Decided> = rules.and_then(Rules::profile).into_iter().collect();
    out.extend(session.layered.decided());
    // The files of layers are told as layers.
    for file in standings.iter().filter(|file| file.role != Role::Layer) {
        let text = String::from_utf8_lossy(file.own.as_deref().unwrap_or_default());
        let entry = Decided { role: file.role, name: file.name.clone(), digest: digest(&text), base: file.of_base() };
        if !out.contains(&entry) {
            out.push(entry);
        }
    }
    out.sort();
    out
}

/// The configuration that governs a folder (`/`-separated, from the top) in a revision.
///
/// # Errors
/// What git says when a tree cannot be read.
pub(super) fn governing(at: &Snapshot, folder: &str) -> Result<Option<String>, Failure> {
    let mut folder = Some(folder.trim_matches('/'));
    while let Some(here) = folder {
        for name in FILE_NAMES {
            let path = if here.is_empty() { name.to_owned() } else { format!("{here}/{name}") };
            if at.find(&path)?.is_some_and(|entry| entry.kind == crate::workspace::EntryKind::File) {
                return Ok(Some(path));
            }
        }
        folder = match here.rsplit_once('/') {
            Some((above, _)) => Some(above),
            None if here.is_empty() => None,
            None => Some(""),
        };
    }
    Ok(None)
}

/// The folder of a path from the top.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
