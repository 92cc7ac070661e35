//! What is loaded and how much of it: the contract that an argument names, the limits, and why a contract cannot be read.

use super::git::{GitError, Snapshot};
use super::parsed::ParsedTexts;
use crate::syntax::Limits;
use crate::text::EncodingError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input, under a name that decides the format and where relative references start.
    Stdin(String),
    /// A file of a git revision.
    Revision {
        /// The revision.
        at: Snapshot,
        /// `/`-separated path from the top of the repository.
        path: String,
    },
    /// What a command emitted in place of a file.
    Emitted(Arc<Emitted>),
}

/// A contract that a command emitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    /// The file that it stands for, as [`Input::File`]; it need not exist.
    pub file: PathBuf,
    /// The revision whose code emitted it, and the path of the file there; `None` for the work tree.
    pub of: Option<(Snapshot, String)>,
    /// The text.
    pub text: String,
}

impl Input {
    /// The name that findings show: as given, `/`-separated, without `./`.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => display_name(path),
            Input::Stdin(name) => name.clone(),
            Input::Revision { at, path } => format!("{}:{path}", at.name()),
            Input::Emitted(emitted) => match &emitted.of {
                Some((at, path)) => format!("{}:{path}", at.name()),
                None => display_name(&emitted.file),
            },
        }
    }

    /// The path of the file in the work tree that it is, or stands for.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Input::File(path) => Some(path),
            Input::Emitted(emitted) if emitted.of.is_none() => Some(&emitted.file),
            _ => None,
        }
    }
}

/// The name that findings show for a path.
pub(super) fn display_name(path: &Path) -> String {
    let relative = path
        .is_absolute()
        .then(|| std::env::current_dir().ok())
        .flatten()
        .and_then(|cwd| path.strip_prefix(cwd).ok().map(Path::to_owned));
    let name = match relative {
        Some(relative) => relative.to_string_lossy().into_owned(),
        // No absolute path reaches the output: of a file elsewhere only the last two parts are shown.
        None if path.is_absolute() => {
            let parts: Vec<_> =
                path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy()).collect();
            parts.into_iter().rev().collect::<Vec<_>>().join("/")
        }
        None => path.to_string_lossy().into_owned(),
    };
    let name = name.replace('\\', "/");
    name.strip_prefix("./").map_or(name.clone(), str::to_owned)
}

/// What may be read, and how much.
#[derive(Debug, Clone)]
pub struct Options {
    /// No file outside this folder is read. `None`: the git work tree around the contract, else its own folder.
    pub root: Option<PathBuf>,
    /// Copies of remote files: a URL, or the beginning of one, and the file or folder that stands for it.
    pub map: Vec<(String, PathBuf)>,
    /// Largest file, in bytes.
    pub max_file_size: u64,
    /// Most files of one contract.
    pub max_files: usize,
    /// Bounds on one text.
    pub limits: Limits,
    /// Texts read before, shared by loads of many versions.
    pub parsed: Option<Arc<ParsedTexts>>,
    /// Texts that are read instead of those of the files, by path below the root.
    pub texts: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        let max_file_size = 64 << 20;
        Options {
            root: None,
            map: Vec::new(),
            max_file_size,
            max_files: 10_000,
            limits: Limits::default(),
            parsed: None,
            texts: BTreeMap::new(),
        }
    }
}

/// Why a contract could not be loaded at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{0}")]
    Read(String),
    /// The bytes are not UTF-8 text.
    #[error("{error}")]
    Encoding {
        /// The file.
        name: String,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// Git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The contract itself is outside the root.
    #[error("`{0}` lies outside the folder given with --root")]
    OutsideRoot(String),
}
