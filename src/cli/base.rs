//! What a contract is compared with in `covenant check`: the same path in a git revision or a folder, or a file.

use super::catalogue::{self, Catalogue};
use super::generate::Plan;
use super::session::{Failure, Findings, Session};
use crate::config::{self, FILE_NAMES};
use crate::diff::Options;
use crate::files::Fence;
use crate::gate::{self, Limitation};
use crate::text::{SourceText, decode};
use crate::workspace::{BaseArgument, Document, DocumentId, EntryKind, GitError, Input, Snapshot, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the base of a contract is.
pub(super) enum Base {
    /// There.
    At(Input),
    /// The base has no such contract: the tree of the revision, or the folder, says so.
    Absent,
    /// It is not known.
    Unknown(Limitation),
}

/// What the contracts of a run are compared with.
pub(super) struct Bases {
    argument: BaseArgument,
    name: String,
    /// The folders whose contracts are checked.
    folders: Vec<String>,
    /// Whether these, or files, were named.
    named: bool,
    /// Whether there is one contract at most, whose base may have any name.
    single: bool,
    /// Whether a base that is a folder has contracts.
    filled: bool,
    /// Whether a revision was replaced by its merge base with HEAD.
    merged: bool,
    /// The revision that was named, before its merge base took its place: what the change is to be merged into.
    target: Option<Snapshot>,
    /// The contracts of the base whose file has another name now, by that name.
    renamed: BTreeMap<String, Input>,
    /// What a command emitted in the base, or why it did not, by the name of the contract.
    emitted: BTreeMap<String, Result<Input, Limitation>>,
}

/// Which commit a revision stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ancestry {
    /// Of a branch, its merge base with HEAD; else the commit itself.
    Natural,
    /// The merge base with HEAD.
    MergeBase,
    /// The commit itself.
    Exact,
}

impl Bases {
    /// Reads the argument of `--base` for a run over `files`.
    ///
    /// # Errors
    /// [`Failure`] for an argument without one meaning, or one base file for several contracts.
    pub(super) fn new(
        session: &Session,
        (name, ancestry): (&str, Ancestry),
        files: &[String],
        inputs: usize,
    ) -> Result<Self, Failure> {
        let mut argument = session.base(name)?;
        let mut merged = false;
        let mut target = None;
        if let BaseArgument::Revision(at) = &argument {
            target = Some(at.clone());
            let repository = at.repository();
            merged = match ancestry {
                Ancestry::Natural => repository.is_branch(at.name()),
                Ancestry::MergeBase => true,
                Ancestry::Exact => false,
            };
            if merged {
                argument = BaseArgument::Revision(repository.merge_base(at, same_texts)?);
            }
        }
        if inputs > 1 && matches!(argument, BaseArgument::Contract(_)) {
            return Err(Failure::usage(
                "--base names one file, but there are several contracts; name a git revision or a folder, or several \
                 files with --base each, to compare all of them as one API",
            ));
        }
        let filled = match &argument {
            BaseArgument::Folder(folder) => !catalogue::below(session, folder).0.is_empty(),
            _ => true,
        };
        let folders = folders(session, files);
        Ok(Bases {
            argument,
            name: name.to_owned(),
            folders,
            named: !files.is_empty(),
            single: inputs <= 1,
            filled,
            merged,
            target,
            renamed: BTreeMap::new(),
            emitted: BTreeMap::new(),
        })
    }

    /// The revision that is the base, if it is one.
    pub(super) fn revision(&self) -> Option<&Snapshot> {
        match &self.argument {
            BaseArgument::Revision(at) => Some(at),
            _ => None,
        }
    }

    /// The revision that the change is to be merged into, whose policy decides.
    pub(super) fn target(&self) -> Option<&Snapshot> {
        self.target.as_ref()
    }

    /// The revision as reports name it.
    pub(super) fn described(&self) -> Option<gate::Base> {
        let at = self.revision()?;
        Some(gate::Base { name: at.name().to_owned(), commit: at.commit().to_owned(), merge_base: self.merged })
    }

    /// Whether the contracts of folders are compared with those of the base.
    pub(super) fn have_folders(&self) -> bool {
        !self.folders.is_empty() && !matches!(self.argument, BaseArgument::Contract(_))
    }

    /// Makes known what a command emitted in the base for the contract of this name, or why there is nothing.
    pub(super) fn know(&mut self, name: String, emitted: Result<Input, Limitation>) {
        self.emitted.insert(name, emitted);
    }

    /// Finds the base of one contract.
    pub(super) fn of(&self, session: &Session, input: &Input) -> Base {
        let unknown = |what: String| Base::Unknown(Limitation { what, file: Some(input.name()), incomplete: true });
        match self.emitted.get(&input.name()) {
            Some(Ok(base)) => return Base::At(base.clone()),
            Some(Err(limitation)) => return Base::Unknown(limitation.clone()),
            None => {}
        }
        if let Some(base) = self.renamed.get(&input.name()) {
            return Base::At(base.clone());
        }
        match &self.argument {
            BaseArgument::Contract(base) => Base::At(base.clone()),
            BaseArgument::Folder(base) => match self.counterpart(input, base) {
                Some(path) => Base::At(Input::File(path)),
                None if self.filled => self.same_api(session, input, base).map_or(Base::Absent, Base::At),
                None => unknown(format!("not compared: there is no contract in the folder `{}`", self.name)),
            },
            BaseArgument::Revision(at) => {
                let Some(path) = input.file() else {
                    return unknown("not compared: --base names a revision, but the contract is not a file".to_owned());
                };
                in_revision(session, at, path).unwrap_or_else(|error| unknown(format!("not compared: {error}")))
            }
        }
    }

    /// Says why a contract that the base lacks is not a new one, if it is not.
    pub(super) fn not_new(&self, session: &Session, input: &Input) -> Option<Limitation> {
        let of_git = matches!(self.argument, BaseArgument::Revision(_));
        of_git.then(|| catalogue::untracked(session, input)).flatten()
    }

    /// The contract in the folder `base` that stands for `input`: of the same path below the folder that was named, or, for
    /// a file that was named, of the same path or name.
    fn counterpart(&self, input: &Input, base: &Path) -> Option<PathBuf> {
        let path = input.file()?;
        let here = path.strip_prefix(".").unwrap_or(path);
        let below = |folder: &String| {
            if folder == "." { Some(here).filter(|path| path.is_relative()) } else { path.strip_prefix(folder).ok() }
        };
        let in_folder = self.folders.iter().find_map(below);
        let of_file = in_folder.is_none() && self.named;
        let same = Some(here).filter(|path| of_file && path.is_relative());
        let name = path.file_name().map(Path::new).filter(|_| of_file);
        [in_folder, same, name].into_iter().flatten().map(|path| base.join(path)).find(|path| path.is_file())
    }

    /// The contract in the folder `base` that is the same API as the only one that is judged, whatever its file is called: what
    /// a release stored is often named after its version.
    fn same_api(&self, session: &Session, input: &Input, base: &Path) -> Option<Input> {
        if !self.single || !self.folders.is_empty() {
            return None;
        }
        let stored: Vec<Input> = catalogue::below(session, base).0.into_iter().map(|(_, input)| input).collect();
        let pairs = super::renames::renamed(session, &stored.iter().collect::<Vec<_>>(), &[input]);
        pairs.first().and_then(|(at, _)| stored.get(*at).cloned())
    }

    /// Finds the contracts of the base that are gone, and those that are still there although `inputs` lack them: the head
    /// does not list them any more, or git ignores them now. Files that `plan` emits are neither. From here on, renamed
    /// contracts are known.
    ///
    /// # Errors
    /// [`Failure`] when git cannot answer.
    pub(super) fn gone(
        &mut self,
        session: &Session,
        options: &Options,
        inputs: &[Input],
        plan: &Plan<'_>,
    ) -> Result<(Findings, Vec<Input>), Failure> {
        let mut findings = Findings::default();
        let mut kept = Vec::new();
        let known: BTreeSet<String> = inputs.iter().map(Input::name).collect();
        // With contracts listed in the configuration of the base, those count.
        let listed = if !self.named && !session.config.apis.is_empty() { self.listed(session) } else { None };
        for folder in &self.folders {
            if let Some(catalogue) = Catalogue::find(session, &self.argument, &self.name, folder)? {
                let is_listed =
                    |path: &str| listed.as_ref().is_none_or(|listed| listed.iter().any(|known| known == path));
                let counts = |path: &str| is_listed(path) && !plan.emits(session, &Path::new(folder).join(path));
                // Nothing was asked for, and nothing is there on either side; or commands emit all that there is.
                let may_be_empty = !self.named && self.filled || plan.names(session, folder);
                let (gone, renamed) = catalogue.gone(session, options, counts, may_be_empty);
                self.renamed.extend(renamed.into_iter().map(|(revision, base)| (revision.name(), base)));
                findings.extend(gone);
                kept.extend(catalogue.kept(counts).into_iter().filter(|input| !known.contains(&input.name())));
            }
        }
        Ok((findings, kept))
    }

    /// The contracts that the configuration of the base lists, by their path below its folder; `None` without one.
    fn listed(&self, session: &Session) -> Option<Vec<String>> {
        let folder = Path::new(self.folders.first()?);
        let bytes = match &self.argument {
            BaseArgument::Contract(_) => return None,
            BaseArgument::Folder(base) => {
                let fence = Fence::around(base);
                FILE_NAMES.iter().find_map(|name| fence.read(&base.join(name), 1 << 20).ok())?
            }
            BaseArgument::Revision(at) => {
                let (_, below) = session.repositories.of_folder(folder).ok()?;
                FILE_NAMES
                    .iter()
                    .find_map(|name| at.read(format!("{below}/{name}").trim_start_matches('/'), 1 << 20).ok())?
            }
        };
        let text = decode(&bytes).ok()?;
        let config = config::parse(&Arc::new(SourceText::new("covenant.yaml", text))).ok()?;
        // Without a list, every contract of the folder counts.
        if config.apis.is_empty() {
            return None;
        }
        let plain = |file: &String| file.trim_start_matches("./").to_owned();
        Some(config.apis.iter().map(|api| plain(&api.file)).collect())
    }

    /// Lists the files of a contract, with the ids of their objects, if it and every file that it refers to are, byte for byte,
    /// those of the base revision.
    pub(super) fn unchanged(
        &self,
        session: &Session,
        base: &Input,
        workspace: &Workspace,
    ) -> Option<Vec<(String, String)>> {
        let (BaseArgument::Revision(at), Input::Revision { path: stood, .. }) = (&self.argument, base) else {
            return None;
        };
        // Where a link leads, the base may have another contract, which has not changed.
        let root = workspace.file(workspace.root().document_id());
        let place = root.and_then(|file| session.repositories.of_file(&file).ok());
        if place.is_none_or(|(_, path)| path != *stood) {
            return None;
        }
        let same = |file: PathBuf, text: &str| {
            let (_, path) = session.repositories.of_file(&file).ok()?;
            let bytes = at.read(&path, session.options.max_file_size).ok()?;
            let id = at.find(&path).ok()??.id;
            (decode(&bytes).ok()?.as_ref() == text).then_some((path, id))
        };
        if workspace.reads().any(|(_, read)| read.is_err()) {
            return None;
        }
        let file = |(id, document): (DocumentId, &Document)| same(workspace.file(id)?, document.tree().source().text());
        workspace.documents().map(file).collect()
    }

    /// Returns whether the base still has a contract at this path that is made of these files, by path and id of the object.
    pub(super) fn stands(&self, session: &Session, input: &Input, base: &Input, files: &[(String, String)]) -> bool {
        let (BaseArgument::Revision(at), Input::Revision { path: stood, .. }) = (&self.argument, base) else {
            return false;
        };
        let Input::File(file) = input else { return false };
        session.repositories.of_file(file).is_ok_and(|(_, path)| path == *stood)
            && files.first().is_some_and(|(path, _)| path == stood)
            && files
                .iter()
                .all(|(path, id)| at.find(path).is_ok_and(|entry| entry.is_some_and(|entry| entry.id == *id)))
    }
}

/// The folders whose contracts are checked: those named, else that of the configuration, else the current one.
fn folders(session: &Session, files: &[String]) -> Vec<String> {
    if !files.is_empty() {
        return files.iter().filter(|file| Path::new(file).is_dir()).cloned().collect();
    }
    let folder = if session.config.apis.is_empty() { Path::new(".") } else { session.folder.as_path() };
    let text = folder.to_string_lossy().into_owned();
    vec![if text.is_empty() { ".".to_owned() } else { text }]
}

/// Whether two revisions have the same files that contracts are made of.
fn same_texts(left: &Snapshot, right: &Snapshot) -> Result<bool, GitError> {
    let texts = |at: &Snapshot| -> Result<Vec<(String, Option<String>)>, GitError> {
        let ending = |path: &str| path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let text = |path: &String| matches!(ending(path).as_str(), "yaml" | "yml" | "json" | "md");
        let with_id = |path: String| Ok((path.clone(), at.find(&path)?.map(|entry| entry.id)));
        at.files("")?.into_iter().filter(text).map(with_id).collect()
    };
    Ok(texts(left)? == texts(right)?)
}

/// The contract of the work tree at `path` as it is in a revision: what the revision has at the path as it is written. Only
/// where it has nothing there, the links of the work tree decide: they are the head's, and must not choose another base.
fn in_revision(session: &Session, at: &Snapshot, path: &Path) -> Result<Base, GitError> {
    let (repository, real) = session.repositories.of_file(path)?;
    if repository.git_dir() != at.repository().git_dir() {
        return Err(GitError::Nested(real));
    }
    for path in repository.as_written(path).into_iter().chain([real]) {
        if at.find(&path)?.is_some_and(|entry| entry.kind == EntryKind::File) {
            return Ok(Base::At(Input::Revision { at: at.clone(), path }));
        }
    }
    Ok(Base::Absent)
}
