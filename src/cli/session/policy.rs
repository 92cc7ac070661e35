//! The policy of a run: of the configuration in the work tree, or in a revision.

use super::{Session, Sought, shortest};
use crate::cli::judged::{self, PolicyFile};
use crate::cli::layers::{Base, Layered, Reader, Shelf};
use crate::cli::output::{LARGEST, text_of};
use crate::cli::policy_tree::plain;
use crate::cli::session::Failure;
use crate::config::{self, Config, Placed};
use crate::diagnostic::{Diagnostic, Location};
use crate::files::Fault;
use crate::gate::{Baseline, Policy, Role, Undecided};
use crate::lifecycle;
use crate::text::{SourceText, decode};
use crate::workspace::{Input, Snapshot, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    /// Makes the session that decides by the policy of a revision: its configuration, and what that names. A
    /// configuration that the caller names and git does not track is nobody's but the caller's.
    ///
    /// # Errors
    /// [`Failure`] when the configuration of the revision cannot be read.
    pub(in crate::cli) fn of_revision(&self, at: &Snapshot) -> Result<Self, Failure> {
        let file = match &self.sought {
            Sought::No => None,
            Sought::At(file) => {
                let place = self.repositories.of_file(file);
                match place {
                    Ok((repository, path)) if repository.git_dir() == at.repository().git_dir() => {
                        let held = at.find(&path)?.is_some();
                        if !held && !repository.tracks(&path)? {
                            return Ok(self.clone());
                        }
                        held.then_some(path)
                    }
                    _ => return Ok(self.clone()),
                }
            }
            Sought::From(near) => {
                let is_folder = near.is_dir();
                let place = if is_folder { self.repositories.of_folder(near) } else { self.repositories.of_file(near) };
                let (_, path) = place?;
                judged::governing(at, if is_folder { &path } else { judged::folder_of(&path) })?
            }
        };
        let folder = file.as_deref().map(judged::folder_of).unwrap_or_default().to_owned();
        let mut config = Config::default();
        let read = |path: &str| -> Result<Arc<SourceText>, Failure> {
            let bytes = at.read(path, LARGEST_POLICY)?;
            let text = decode(&bytes).map_err(|error| Failure::new(format!("`{}:{path}`: {error}", at.name())))?;
            Ok(Arc::new(SourceText::at_revision(at.name(), format!("{}:{path}", at.name()), text)))
        };
        let mut texts = Vec::new();
        if let Some(file) = &file {
            texts.push(read(file)?);
            config = config::parse(&texts[0])?;
            if let Some(waivers) = config.waivers_file.clone() {
                texts.push(read(&joined(&folder, &waivers))?);
                config.waivers.extend(config::parse_waivers(&texts[1])?);
            }
        }
        let layered = layered(&mut config, &texts, || {
            let top = at.repository().top().to_owned();
            let shelf = Shelf::Revision(at.clone());
            let reader = Reader {
                shelf,
                here: top.join(&folder),
                top,
                shelves: &self.shelves,
                upward: self.is_sought(),
                relock: false,
            };
            (reader, Base::of_revision(at, &folder))
        })?;
        let lifecycle = lifecycle::Policy::from_value(config.lifecycle.as_ref())
            .map_err(|error| Failure::new(format!("configuration of {}: lifecycle: {error}", at.name())))?;
        Ok(Session {
            config,
            configured: file.is_some(),
            file: file.map(PathBuf::from),
            text: texts.into_iter().next(),
            folder: PathBuf::from(&folder),
            layered,
            shelves: self.shelves.clone(),
            fence: self.fence.clone(),
            of: Some((at.clone(), folder)),
            sought: self.sought.clone(),
            options: self.options.clone(),
            repositories: Arc::clone(&self.repositories),
            lifecycle,
            as_of: self.as_of,
        })
    }

    /// The files of the configuration that decide, itself included.
    pub(in crate::cli) fn policy_files(&self) -> Vec<PolicyFile> {
        let beside = |file: &String| self.folder.join(file);
        let config = &self.config;
        [
            (Role::Configuration, self.file.clone()),
            (Role::Waivers, config.waivers_file.as_ref().map(beside)),
            (Role::Baseline, config.baseline.as_ref().map(beside)),
        ]
        .into_iter()
        .chain([(Role::Lock, self.layered.lock_file.clone())])
        .chain(self.layered.layers.iter().map(|layer| (Role::Layer, layer.file.clone())))
        .filter_map(|(role, path)| Some(PolicyFile { role, path: path? }))
        .collect()
    }

    /// Where a file is that the command line names: of the policy of a revision from the top of the repository, if the
    /// repository holds it; else on disk.
    pub(in crate::cli) fn place_of(&self, path: &Path) -> PathBuf {
        let Some(at) = self.revision() else { return path.to_owned() };
        match self.repositories.of_file(path) {
            Ok((repository, inside))
                if repository.git_dir() == at.repository().git_dir()
                    && (at.find(&inside).is_ok_and(|entry| entry.is_some())
                        || repository.tracks(&inside).is_ok_and(|tracked| tracked)) =>
            {
                PathBuf::from(inside)
            }
            _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        }
    }

    /// The text of a file that the command line names: where the configuration is of a revision, the text it has there.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    pub(in crate::cli) fn named(&self, path: &Path) -> Result<String, Failure> {
        match (self.revision(), self.place_of(path)) {
            (Some(at), inside) if !inside.is_absolute() => {
                let inside = inside.to_string_lossy();
                let bytes = at.read(&inside, LARGEST_POLICY)?;
                String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{inside}` is not valid UTF-8")))
            }
            _ => text_of(path),
        }
    }

    /// The text of a file that the configuration names.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or must not because it lies outside the repository.
    pub(in crate::cli) fn beside(&self, file: &str) -> Result<String, Failure> {
        if let Some((at, folder)) = &self.of {
            let bytes = at.read(&joined(folder, file), LARGEST_POLICY)?;
            return String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{file}` is not valid UTF-8")));
        }
        self.fence.read_text(&self.folder.join(file), LARGEST).map_err(|fault| named_by_configuration(&fault, file))
    }

    /// The findings about what the configuration sets against its layers; those of a target were not brought by the revision.
    fn notes(&self) -> Vec<Diagnostic> {
        let existing = self.revision().is_some();
        self.layered.notes.iter().cloned().map(|note| Diagnostic { existing, ..note }).collect()
    }

    /// Where a contract is that the configuration lists: from the top of the repository, else as findings name it.
    pub(in crate::cli) fn home_of(&self, file: &str) -> String {
        if let Some((_, folder)) = &self.of {
            return joined(folder, file);
        }
        let path = self.folder.join(file);
        match self.repositories.of_file(&path) {
            Ok((_, inside)) => inside,
            Err(_) => Input::File(shortest(&path)).name(),
        }
    }

    /// The folder of the configuration from the top of the repository; empty at the top, and without a repository.
    fn home(&self) -> String {
        match &self.of {
            Some((_, folder)) => folder.clone(),
            None => self.repositories.of_folder(&self.folder).map(|(_, path)| path).unwrap_or_default(),
        }
    }

    /// The policy of the gate: configuration and command line together.
    ///
    /// # Errors
    /// [`Failure`] when the baseline cannot be read.
    pub(in crate::cli) fn policy(&self, fail_on: Option<config::FailOn>) -> Result<Policy, Failure> {
        self.policy_with(fail_on, Some(None))
    }

    /// As [`Session::policy`], with a baseline that the command line names: `Some(None)` for that of the configuration,
    /// `None` for none.
    ///
    /// # Errors
    /// [`Failure`] when the baseline cannot be read.
    pub(in crate::cli) fn policy_with(
        &self,
        fail_on: Option<config::FailOn>,
        baseline: Option<Option<&Path>>,
    ) -> Result<Policy, Failure> {
        let named = match baseline {
            None => None,
            Some(Some(path)) => {
                let name = path.display().to_string();
                let text = crate::files::named_text(path, LARGEST).map_err(|fault| Failure::new(fault.about(&name)))?;
                Some((name, text))
            }
            Some(None) => match &self.config.baseline {
                Some(file) => Some((file.clone(), self.beside(file)?)),
                None => None,
            },
        };
        let parse = |(name, text): (String, String)| {
            Baseline::parse(&text).map_err(|error| Failure::new(format!("`{name}`: {error}")))
        };
        let baseline = named.map(parse).transpose()?;
        Ok(Policy {
            fail_on: fail_on.or(self.config.fail_on).unwrap_or_default(),
            levels: self.config.rules.clone(),
            enforce: self.config.enforce.clone(),
            waivers: self.config.waivers.clone(),
            folder: if self.config.waivers.is_empty() { String::new() } else { self.home() },
            waiver_limits: self.config.waiver_limits,
            observe_until: self.config.observe_until,
            never: self.config.approvals.never.clone(),
            baseline,
            ignores: Vec::new(),
            notes: self.notes(),
            undecided: Undecided::default(),
            as_of: Some(self.as_of),
            decided: Vec::new(),
            base: None,
            origin: None,
        })
    }
}

pub(super) fn named_by_configuration(fault: &Fault, file: &str) -> Failure {
    let hint = if *fault == Fault::Outside { "; --allow-outside permits that" } else { "" };
    Failure::new(format!("{}{hint}", fault.about(file)))
}

/// Largest file of a policy.
const LARGEST_POLICY: u64 = 16 << 20;

/// A path of a revision, named by a file in `folder`.
fn joined(folder: &str, file: &str) -> String {
    plain(&Path::new(folder).join(file)).to_string_lossy().replace('\\', "/")
}

/// Puts a configuration together with its layers, and sets where its waivers stand. `texts` are the configuration, and the
/// file of its waivers where it has one.
pub(super) fn layered<'r>(
    config: &mut Config,
    texts: &[Arc<SourceText>],
    reader: impl FnOnce() -> (Reader<'r>, Base),
) -> Result<Layered, Failure> {
    let Some(own) = texts.first() else { return Ok(Layered::default()) };
    let (reader, base) = reader();
    let layered = Layered::of(config, own, &reader, base)?;
    // The file counts like the list that it continues: a lock on waivers is about both.
    let waivers = texts.get(1).filter(|_| config.waivers_file.is_some());
    if let (false, Some(waivers)) = (layered.layers.is_empty(), waivers) {
        config.waivers.extend(config::parse_waivers(waivers)?);
    }
    let mut places = Vec::new();
    for (number, text) in layered.texts(own).iter().enumerate() {
        let workspace = Workspace::from_text(text.name(), text.text());
        let counts = |at: &usize| !layered.refused.iter().any(|refused| refused.is_element(number, "waivers", *at));
        let list = workspace.root().get("waivers").into_iter().flat_map(crate::workspace::Place::elements);
        places.extend(list.enumerate().filter(|(at, _)| counts(at)).map(|(_, place)| in_text(text, place)));
    }
    if let Some(text) = waivers {
        let workspace = Workspace::from_text(text.name(), text.text());
        places.extend(workspace.root().elements().map(|place| in_text(text, place)));
    }
    for (waiver, place) in config.waivers.iter_mut().zip(places) {
        waiver.place = Placed(Some(place));
    }
    Ok(layered)
}

/// A place in a text that was read before.
fn in_text(text: &Arc<SourceText>, place: crate::workspace::Place<'_>) -> Location {
    let found = place.location();
    Location::new(text, found.span, found.pointer)
}
