//! Running a command in a tree of files: the work tree, or a revision that is laid out for a while.

use super::{apart, dependencies};
use crate::cli::output::say;
use crate::config::{Emits, Generate};
use crate::emit::{self, Run};
use crate::files::{self, Fault, Fence, Scratch};
use crate::text::decode;
use crate::workspace::Snapshot;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A tree that commands run in.
pub(super) struct Tree {
    top: PathBuf,
    /// The files of a revision; gone with this.
    _scratch: Option<Scratch>,
    /// The work tree, where this is another.
    head: Option<PathBuf>,
    /// Folders of Python projects, from the top.
    python: Vec<String>,
    /// What is told where a command fails.
    hint: Option<String>,
}

/// What a command may use.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    pub(super) size: u64,
}

impl Tree {
    /// The work tree, or the folder that commands run in where there is no repository.
    pub(super) fn of_head(top: PathBuf, python: Vec<String>) -> Self {
        Tree { top, _scratch: None, head: None, python, hint: None }
    }

    /// Lays a revision with these manifests out; where they are `lent`, with the dependencies of the work tree.
    ///
    /// # Errors
    /// Why it could not be laid out.
    pub(super) fn of_revision(at: &Snapshot, manifests: &[String], lent: bool) -> Result<Self, String> {
        let scratch = Scratch::new().map_err(|fault| fault.unwritten("the temporary folder"))?;
        let left_out = at.lay_out(&scratch).map_err(|error| error.to_string())?;
        if lent {
            dependencies::lend(at, manifests, &scratch)?;
        }
        let mut hints = Vec::new();
        if !lent {
            hints.push("--same-generator lends the base the packages that are installed in the work tree".to_owned());
        }
        if left_out > 0 {
            hints.push(format!("{left_out} links or submodules of the base were left out"));
        }
        let hint = Some(hints.join("; ")).filter(|hint| !hint.is_empty());
        let head = Some(at.repository().top().to_owned());
        let python = dependencies::python(manifests);
        Ok(Tree { top: scratch.path().to_owned(), _scratch: Some(scratch), head, python, hint })
    }

    /// Runs a command in the folder `folder` and returns the contract that it emits; `file` is where one that writes it does.
    /// Both are paths from the top.
    ///
    /// # Errors
    /// Why there is no contract, in one sentence.
    pub(super) fn emit(&self, generate: &Generate, folder: &str, file: &str, bounds: Bounds) -> Result<String, String> {
        let said = |what: &str| format!("`{}` {what}", generate.command);
        let run_in = Fence::At(self.top.clone()).find(&self.top.join(folder));
        let run_in = run_in.map_err(|fault| said(&format!("was not run: {}", fault.about(folder))))?;
        let written = match generate.output {
            Emits::Stdout => None,
            Emits::File => Some(
                Written::expect(&self.top.join(file))
                    .map_err(|fault| said(&format!("was not run: {}", fault.about(file))))?,
            ),
        };
        let variables = apart::variables(self.head.as_deref(), &self.top, &run_in, &self.python);
        let words = generate.command.words();
        let order = Run { words, folder: &run_in, variables: &variables, time: bounds.time, limit: bounds.size };
        let printed = emit::run(order).map_err(|fault| {
            for line in &fault.complaints {
                say(&format!("  | {line}"));
            }
            let last = fault.complaints.last().map(|line| format!(": {}", line.trim())).unwrap_or_default();
            let hint = self.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            said(&format!("{}{last}{hint}", fault.what))
        })?;
        let bytes = match written {
            None => printed,
            Some(written) => match written.read(&self.top, bounds.size) {
                Ok(bytes) => bytes,
                Err(Fault::Missing) => return Err(said(&format!("did not write `{file}`"))),
                Err(fault) => return Err(said(&format!("wrote no contract: {}", fault.about(file)))),
            },
        };
        let text = decode(&bytes).map_err(|error| said(&format!("emitted no text: {error}")))?;
        if text.trim().is_empty() {
            return Err(said("emitted nothing"));
        }
        Ok(text.into_owned())
    }
}

/// A file that a command is to write. What stood there is taken away first, so that an old contract is never taken for a new
/// one, and put back where the command writes none.
struct Written {
    file: PathBuf,
    before: Option<Vec<u8>>,
    is_there: bool,
}

impl Written {
    fn expect(file: &Path) -> Result<Self, Fault> {
        let before = match files::named(file, u64::from(u32::MAX)) {
            Ok(bytes) => Some(bytes),
            Err(Fault::Missing) => None,
            Err(fault) => return Err(fault),
        };
        if before.is_some() && !files::remove(file) {
            return Err(Fault::Denied);
        }
        Ok(Written { file: file.to_owned(), before, is_there: false })
    }

    fn read(mut self, top: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
        self.is_there = self.file.symlink_metadata().is_ok();
        Fence::At(top.to_owned()).read(&self.file, limit)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if let Some(before) = self.before.take().filter(|_| !self.is_there) {
            let _ = files::replace(&self.file, &before);
        }
    }
}
