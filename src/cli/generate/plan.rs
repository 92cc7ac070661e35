//! Which contracts of a run are emitted, by which command, and what becomes of them.

use super::tree::{Bounds, Tree};
use super::{GenerateArguments, dependencies};
use crate::cli::base::Bases;
use crate::cli::cache::Cache;
use crate::cli::policy_tree::plain;
use crate::cli::session::{Failure, Session, shortest};
use crate::config::{self, FILE_NAMES, Generate};
use crate::gate::{Limitation, digest};
use crate::text::SourceText;
use crate::workspace::{Emitted, Input, Snapshot};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a contract is called that a command emits, where nothing names it.
const UNNAMED: &str = "openapi.json";

/// Largest configuration that is read.
const LARGEST: u64 = 1 << 20;

/// The contracts that are emitted.
pub(in crate::cli) struct Plan<'a> {
    arguments: &'a GenerateArguments,
    items: Vec<Item>,
    /// Contracts that only the configuration of the head says are emitted, and which are not there.
    unmerged: Vec<PathBuf>,
    /// Configurations of folders further in that say how contracts are emitted, from the top.
    nested: Vec<String>,
    /// The top of the work tree, or the current folder.
    top: PathBuf,
}

/// A contract that a command emits.
struct Item {
    /// The file that it stands for.
    file: PathBuf,
    /// The same from the top.
    inside: String,
    /// The folder that the command runs in, from the top.
    folder: String,
    generate: Generate,
}

impl<'a> Plan<'a> {
    /// Finds the contracts that are emitted, of those that `files` name. Nothing is run.
    ///
    /// # Errors
    /// [`Failure`] for a command without one contract, and when the configuration of the target cannot be read.
    pub(in crate::cli) fn new(
        arguments: &'a GenerateArguments,
        head: &Session,
        bases: Option<&Bases>,
        files: &[String],
    ) -> Result<Self, Failure> {
        let here = Path::new(".").canonicalize().map_err(|error| Failure::new(error.to_string()))?;
        let repository = head.repositories.around(Path::new(".")).ok();
        let top = repository.as_ref().map_or(here, |repository| repository.top().to_owned());
        let mut plan = Plan { arguments, items: Vec::new(), unmerged: Vec::new(), nested: Vec::new(), top };
        if arguments.generate.is_some() {
            plan.of_command_line(head, files)?;
        } else if let Some(target) = bases.and_then(Bases::target) {
            plan.of_target(head, target, files)?;
            plan.further_in(head, target, files);
        }
        for api in head.config.apis.iter().filter(|api| api.generate.is_some()) {
            let file = head.folder.join(&api.file);
            let known = plan.items.iter().any(|item| item.inside == plan.inside(head, &file));
            if !known && file.symlink_metadata().is_err() && plan.is_asked_for(head, &file, files) {
                plan.unmerged.push(file);
            }
        }
        Ok(plan)
    }

    fn of_command_line(&mut self, head: &Session, files: &[String]) -> Result<(), Failure> {
        let Some(command) = self.arguments.generate.clone() else { return Ok(()) };
        let file = match (files, head.config.apis.as_slice()) {
            ([file], _) if !Path::new(file).is_dir() => PathBuf::from(file),
            ([], [api]) => shortest(&head.folder).join(&api.file),
            ([], []) => PathBuf::from(UNNAMED),
            _ => return Err(Failure::usage("--generate emits one contract; name the file that it stands for")),
        };
        let (inside, folder) = (self.inside(head, &file), self.below(Path::new(".")));
        let generate = Generate { command, output: self.arguments.output() };
        self.items.push(Item { file, inside, folder, generate });
        Ok(())
    }

    fn of_target(&mut self, head: &Session, target: &Snapshot, files: &[String]) -> Result<(), Failure> {
        let session = head.of_revision(target)?;
        // A configuration that git does not hold is the caller's, as the command line is.
        let folder = if session.revision().is_some() {
            session.folder.to_string_lossy().replace('\\', "/")
        } else {
            self.below(&session.folder)
        };
        for api in &session.config.apis {
            let Some(generate) = api.generate.clone() else { continue };
            let inside = plain(&Path::new(&folder).join(&api.file)).to_string_lossy().replace('\\', "/");
            if inside.starts_with("../") || inside.starts_with('/') {
                let message =
                    format!("configuration of {}: apis: `{}` lies outside the repository", target.name(), api.file);
                return Err(Failure::new(message));
            }
            let path = self.top.join(&inside);
            let name = path.file_name().map(PathBuf::from).unwrap_or_default();
            let file = path.parent().map(shortest).unwrap_or_default().join(name);
            if self.is_asked_for(head, &file, files) {
                self.items.push(Item { file, inside, folder: folder.clone(), generate });
            }
        }
        Ok(())
    }

    /// Notes the configurations of folders that this run does not start in: what they say is emitted would be passed over.
    fn further_in(&mut self, head: &Session, target: &Snapshot, files: &[String]) {
        if !files.is_empty() && files.iter().all(|file| Path::new(file).is_file()) {
            return;
        }
        let main = self.inside(head, &head.folder.join("covenant.yaml"));
        let main = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        for path in target.files("").unwrap_or_default() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            if folder == main || !FILE_NAMES.contains(&name) {
                continue;
            }
            let Ok(bytes) = target.read(&path, LARGEST) else { continue };
            let source = Arc::new(SourceText::new(path.clone(), String::from_utf8_lossy(&bytes).into_owned()));
            let Ok(config) = config::parse(&source) else { continue };
            let emitted = config.apis.iter().filter(|api| api.generate.is_some());
            let files_of = |api: &config::ApiEntry| self.top.join(folder).join(&api.file);
            if emitted.map(files_of).any(|file| self.is_asked_for(head, &file, files)) {
                self.nested.push(path);
            }
        }
    }

    /// The path of a file from the top, whether or not it is there.
    fn inside(&self, session: &Session, file: &Path) -> String {
        match session.repositories.of_file(file) {
            Ok((_, inside)) => inside,
            Err(_) => self.below(file),
        }
    }

    fn below(&self, path: &Path) -> String {
        let real = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
        let real = plain(&real);
        real.strip_prefix(&self.top).unwrap_or(&real).to_string_lossy().replace('\\', "/")
    }

    /// Whether arguments name a file, or a folder around it; without any, all are asked for.
    fn is_asked_for(&self, session: &Session, file: &Path, files: &[String]) -> bool {
        let inside = self.inside(session, file);
        let named = |argument: &String| {
            let own = self.inside(session, Path::new(argument));
            own == inside
                || (Path::new(argument).is_dir() && Path::new(&inside).starts_with(self.below(Path::new(argument))))
                || crate::workspace::is_match(argument, file)
        };
        files.is_empty() || files.iter().any(named)
    }

    /// Whether an argument, or the folder of a run without arguments, names a contract that is emitted.
    pub(in crate::cli) fn names(&self, session: &Session, argument: &str) -> bool {
        self.items.iter().any(|item| self.is_asked_for(session, &item.file, &[argument.to_owned()]))
    }

    /// Whether a file of the contracts is emitted, by its path from the top.
    pub(in crate::cli) fn emits(&self, session: &Session, file: &Path) -> bool {
        let inside = self.inside(session, file);
        self.items.iter().any(|item| item.inside == inside)
    }

    /// Runs the commands: first all of the base, then those of the work tree. Puts what they emit among the contracts and their
    /// bases, and returns why some could not be had.
    pub(in crate::cli) fn run(
        &self,
        session: &Session,
        bases: Option<&mut Bases>,
        cache: Option<&Cache>,
        inputs: &mut Vec<Input>,
    ) -> Vec<Limitation> {
        let mut limitations = Vec::new();
        let of = |session: &Session, input: &Input| input.file().map(|file| self.inside(session, file));
        for file in &self.unmerged {
            inputs.retain(|input| of(session, input) != Some(self.inside(session, file)));
            let what = "not judged: `generate` of this file counts once the target has it, or from a command line with \
                        --generate; there is no such file";
            limitations.push(incomplete(&Input::File(file.clone()), what.to_owned()));
        }
        for path in &self.nested {
            let what =
                format!("`{path}` says that contracts are emitted, which counts where the run starts in its folder");
            limitations.push(Limitation { what, file: Some(path.clone()), incomplete: true });
        }
        let place = |item: &Item, inputs: &[Input]| {
            inputs.iter().position(|input| of(session, input).as_ref() == Some(&item.inside))
        };
        let files: Vec<PathBuf> = self
            .items
            .iter()
            .map(|item| {
                let known = place(item, inputs).and_then(|at| inputs[at].file());
                known.map_or_else(|| item.file.clone(), Path::to_owned)
            })
            .collect();
        let mut python = Vec::new();
        if let Some(bases) = bases.filter(|_| self.arguments.allow_generate && !self.items.is_empty())
            && let Some(at) = bases.revision().cloned()
        {
            python = dependencies::python(&dependencies::manifests(&at));
            for (file, emitted) in files.iter().zip(self.of_base(session, &at, &files, cache)) {
                bases.know(Input::File(file.clone()).name(), emitted);
            }
        }
        let tree = Tree::of_head(self.top.clone(), python);
        for (item, file) in self.items.iter().zip(&files) {
            let text = if self.arguments.allow_generate {
                tree.emit(&item.generate, &item.folder, &item.inside, self.bounds(session))
            } else {
                Err(format!("not judged: `{}` emits it, and runs only with --allow-generate", item.generate.command))
            };
            let at = place(item, inputs);
            match (text, at) {
                (Ok(text), at) => {
                    let emitted = Input::Emitted(Arc::new(Emitted { file: file.clone(), of: None, text }));
                    match at {
                        Some(at) => inputs[at] = emitted,
                        None => inputs.push(emitted),
                    }
                }
                (Err(what), at) => {
                    at.map(|at| inputs.remove(at));
                    limitations.push(incomplete(&Input::File(file.clone()), what));
                }
            }
        }
        limitations
    }

    fn bounds(&self, session: &Session) -> Bounds {
        Bounds { time: self.arguments.time(), size: session.options.max_file_size }
    }

    /// What the commands emit in a revision, for each contract. The revision is laid out only where the cache does not know.
    fn of_base(
        &self,
        session: &Session,
        at: &Snapshot,
        files: &[PathBuf],
        cache: Option<&Cache>,
    ) -> Vec<Result<Input, Limitation>> {
        let (manifests, lent) = (dependencies::manifests(at), self.arguments.same_generator);
        // What is installed is known by the manifests of the work tree. Packages that are lent may be anything: what they
        // emit in one pull request is nothing for another.
        let cache = cache.filter(|_| !lent);
        let pinned = cache.map(|_| dependencies::pinned(at, &manifests));
        let mut laid: Option<Result<Tree, String>> = None;
        let mut emit = |item: &Item| -> Result<String, String> {
            let what = (at.commit(), &item.inside, &item.folder, &item.generate, &pinned);
            let key = digest(&format!("emitted {what:?}"));
            if let Some(text) = cache.and_then(|cache| cache.text(&key)) {
                return Ok(text);
            }
            let tree =
                laid.get_or_insert_with(|| Tree::of_revision(at, &manifests, lent)).as_ref().map_err(Clone::clone)?;
            let text = tree.emit(&item.generate, &item.folder, &item.inside, self.bounds(session))?;
            if let Some(cache) = cache {
                cache.keep_text(&key, &text);
            }
            Ok(text)
        };
        let of_item = |(item, file): (&Item, &PathBuf)| match emit(item) {
            Ok(text) => {
                let of = Some((at.clone(), item.inside.clone()));
                Ok(Input::Emitted(Arc::new(Emitted { file: file.clone(), of, text })))
            }
            Err(what) => {
                let what = format!("not compared: in the base `{}`, {what}", at.name());
                Err(incomplete(&Input::File(file.clone()), what))
            }
        };
        self.items.iter().zip(files).map(of_item).collect()
    }
}

fn incomplete(input: &Input, what: String) -> Limitation {
    Limitation { what, file: Some(input.name()), incomplete: true }
}
