//! Starts git, with an environment built from nothing. The only other program that Covenant ever starts is the command that
//! emits a contract, by `emit`, where the caller allows it.
//!
//! A repository may be hostile, and so may the variables that a caller has set. Nothing of the caller's `GIT_*` is passed
//! on; nothing that a configuration names is run (pagers, hooks, file system monitors, signature programs, transports);
//! no object is fetched, replaced or grafted. The configuration of the user and of the system is still read, because
//! `safe.directory` stands there.

// One of the two modules that start programs.
#![allow(clippy::disallowed_methods)]

use super::GitError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Settings that stand above every configuration file.
const SETTINGS: [&str; 13] = [
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.askPass=",
    "core.pager=cat",
    "gc.auto=0",
    "maintenance.auto=false",
    "log.showSignature=false",
    "log.mailmap=false",
    "submodule.recurse=false",
    "advice.graftFileDeprecated=false",
];

/// Variables that git gets beside the few of the caller.
const VARIABLES: [(&str, &str); 11] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    // Versions that do not know the variable above fetch through a transport, and none is allowed.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_PAGER", "cat"),
    ("GIT_ADVICE", "0"),
    ("LC_ALL", "C"),
];

/// Variables of the caller that git needs to find its configuration and itself.
const KEPT: [&str; 13] = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "SUDO_UID",
    "SystemRoot",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "TEMP",
    "TMP",
];

/// Returns the git program, looked for in the absolute folders of `PATH`: a relative one could be of the work tree.
fn git() -> Result<&'static Path, GitError> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let name = if cfg!(windows) { "git.exe" } else { "git" };
    let search = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    };
    FOUND.get_or_init(search).as_deref().ok_or_else(|| GitError::NotRun("there is no git on PATH".to_owned()))
}

/// Returns git with the settings and the environment that every call has, to run in `folder`.
fn command(folder: &Path) -> Result<Command, GitError> {
    let mut command = Command::new(git()?);
    command.current_dir(folder).env_clear().envs(VARIABLES);
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.arg("--no-pager");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    Ok(command)
}

/// How git is told its repository.
pub(super) enum Place<'p> {
    /// git finds it in this folder, and nowhere above: it also checks that the user may trust it (`safe.directory`).
    In(&'p Path),
    /// It is known.
    Known {
        /// Where the objects are.
        git_dir: &'p Path,
        /// The top of the files.
        top: &'p Path,
    },
}

/// Returns git for one repository, with the arguments given.
fn prepared<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(
    place: &Place<'_>,
    arguments: I,
) -> Result<Command, GitError> {
    let mut command = match place {
        Place::In(folder) => {
            let mut command = command(folder)?;
            if let Some(above) = folder.parent() {
                command.env("GIT_CEILING_DIRECTORIES", above);
            }
            command
        }
        Place::Known { git_dir, top } => {
            let mut command = command(top)?;
            for (name, path) in [("--git-dir=", git_dir), ("--work-tree=", top)] {
                let mut argument = OsString::from(name);
                argument.push(path);
                command.arg(argument);
            }
            command
        }
    };
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
    Ok(command)
}

/// Runs git to its end and returns what it prints.
///
/// # Errors
/// [`GitError::NotRun`], [`GitError::Broken`] with git's own words.
pub(super) fn run<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(
    place: &Place<'_>,
    arguments: I,
) -> Result<Vec<u8>, GitError> {
    let output = prepared(place, arguments)?.output().map_err(|error| GitError::NotRun(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Broken(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Starts git to converse with it.
///
/// # Errors
/// [`GitError::NotRun`].
pub(super) fn start(place: &Place<'_>, arguments: &[&str]) -> Result<std::process::Child, GitError> {
    let mut command = prepared(place, arguments)?;
    command.stdin(Stdio::piped()).stderr(Stdio::null());
    command.spawn().map_err(|error| GitError::NotRun(error.to_string()))
}
