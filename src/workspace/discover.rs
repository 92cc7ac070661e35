//! From arguments to contracts: files, folders (gitignore-aware) and globs.

use super::argument::ArgumentError;
use super::git::Repositories;
use super::input::Input;
use crate::files::{Fault, Fence};
use crate::text::Cut;
use globset::{GlobBuilder, GlobMatcher};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Why arguments name no contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoverError {
    /// A folder without contracts.
    #[error(
        "there is no OpenAPI contract in the folder `{0}`; a contract is a .yaml, .yml or .json file with `openapi` or `swagger` at its top"
    )]
    EmptyFolder(String),
    /// A folder whose contracts git ignores.
    #[error("git ignores the contracts in the folder `{0}` ({1}); name the files")]
    Ignored(String, usize),
    /// An argument without one meaning.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// A contract that must not be read.
    #[error("{0}")]
    Refused(String),
    /// A pattern that matches nothing.
    #[error("no contract matches the pattern `{0}`")]
    NoMatch(String),
    /// A pattern that cannot be read.
    #[error("`{0}` is not a valid pattern: {1}")]
    BadPattern(String, String),
}

/// Bytes of a `.gitignore`; git has no larger ones.
const LARGEST_IGNORE: u64 = 1 << 20;
/// Most folders deep that are walked.
const MAX_DEPTH: usize = 64;

/// The contracts that `arguments` name, in the order given, those of folders and patterns sorted by path.
/// Files named outright are taken as they are; in folders only files that look like contracts count.
///
/// # Errors
/// [`DiscoverError`] per argument that names nothing; the other arguments' contracts are given beside.
pub fn discover(arguments: &[String], repositories: &Repositories) -> (Vec<Input>, Vec<DiscoverError>) {
    let mut inputs = Vec::new();
    let mut errors = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        let found = if path.is_dir() {
            below(path, argument)
        } else if !path.exists() && argument.contains(['*', '?', '[', '{']) {
            matching(argument)
        } else {
            match Input::from_argument(argument, repositories) {
                Ok(input) => inputs.push(input),
                Err(error) => errors.push(error.into()),
            }
            continue;
        };
        match found {
            Ok(files) => inputs.extend(files.into_iter().map(Input::File)),
            Err(error) => errors.push(error),
        }
    }
    let mut seen = std::collections::HashSet::new();
    inputs.retain(|input| seen.insert(input.name()));
    (inputs, errors)
}

/// The contracts of a folder.
fn below(folder: &Path, argument: &str) -> Result<Vec<PathBuf>, DiscoverError> {
    let files = walk(folder, &ignore_file(folder), |_| true);
    if !files.is_empty() {
        return Ok(files);
    }
    Err(match walk(folder, &Gitignore::empty(), |_| true).len() {
        0 => DiscoverError::EmptyFolder(argument.to_owned()),
        ignored => DiscoverError::Ignored(argument.to_owned(), ignored),
    })
}

/// Returns whether an argument that is a pattern names a file, whether or not it is there.
pub fn is_match(pattern: &str, file: &Path) -> bool {
    glob(pattern).is_ok_and(|glob| glob.is_match(file.strip_prefix("./").unwrap_or(file)))
}

fn glob(pattern: &str) -> Result<GlobMatcher, DiscoverError> {
    let bad = |error: globset::Error| DiscoverError::BadPattern(pattern.to_owned(), error.to_string());
    let clean = pattern.strip_prefix("./").unwrap_or(pattern);
    Ok(GlobBuilder::new(clean).literal_separator(true).build().map_err(bad)?.compile_matcher())
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>, DiscoverError> {
    let clean = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = glob(pattern)?;
    // The walk starts at the last folder before the first special character.
    let special = clean.find(['*', '?', '[', '{']).unwrap_or(clean.len());
    let start = clean.cut(..special).rfind('/').map_or(".", |at| clean.cut(..at.max(1)));
    let start = Path::new(start);
    let files = walk(start, &ignore_file(start), |file| glob.is_match(file.strip_prefix("./").unwrap_or(file)));
    if files.is_empty() { Err(DiscoverError::NoMatch(pattern.to_owned())) } else { Ok(files) }
}

/// The contracts below `folder` that `wanted` accepts, sorted.
fn walk(folder: &Path, ignored: &Gitignore, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let keep = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let hidden = entry.depth() > 0 && name.starts_with('.');
        let heavy = entry.file_type().is_dir() && (name == "node_modules" || name == "target");
        !hidden && !heavy && !ignored.matched(entry.path(), entry.file_type().is_dir()).is_ignore()
    };
    let entries = WalkDir::new(folder).max_depth(MAX_DEPTH).sort_by_file_name().into_iter().filter_entry(keep);
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(DirEntry::into_path)
        .filter(|path| wanted(path) && has_extension(path) && looks_like_contract(path))
        .collect()
}

/// The `.gitignore` files of the folder and of those above it up to the top of the work tree.
fn ignore_file(folder: &Path) -> Gitignore {
    let Ok(real) = folder.canonicalize() else { return Gitignore::empty() };
    let top = real.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&real).to_owned();
    let mut builder = GitignoreBuilder::new(folder);
    let mut chain: Vec<_> = real.ancestors().take_while(|folder| folder.starts_with(&top)).collect();
    chain.reverse();
    for folder in chain {
        // Git reads no `.gitignore` that is a link either.
        let file = folder.join(".gitignore");
        let text = if file.is_symlink() { None } else { Fence::At(top.clone()).read_text(&file, LARGEST_IGNORE).ok() };
        for line in text.iter().flat_map(|text| text.lines()) {
            // A line that is no pattern ignores nothing.
            let _ = builder.add_line(Some(file.clone()), line);
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn has_extension(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Whether a file holds what looks like a contract.
fn looks_like_contract(path: &Path) -> bool {
    match Fence::Open.read(path, 64 << 20) {
        Ok(bytes) => is_contract(&bytes),
        // What is too large is named, so that it is refused and not overlooked.
        Err(fault) => matches!(fault, Fault::TooLarge(_)),
    }
}

/// Returns whether a line, or the beginning of a JSON text, has the key `openapi` or `swagger`.
pub fn is_contract(bytes: &[u8]) -> bool {
    [&b"openapi"[..], b"swagger"].iter().any(|key| {
        memchr::memmem::find_iter(bytes, key).any(|at| {
            let before = bytes[..at].last().copied();
            let after = bytes[at + key.len()..].iter().take(8).copied().collect::<Vec<_>>();
            let quoted = matches!(before, Some(b'"' | b'\''));
            let after = if quoted { after.get(1..).unwrap_or_default() } else { &after[..] };
            let colon = after.iter().find(|c| !c.is_ascii_whitespace()) == Some(&b':');
            colon && (quoted || matches!(before, None | Some(b'\n' | b'\xbf')))
        })
    })
}
