//! Starts a command, waits for it, and ends it when it takes too long or prints too much.

// This is one of the two modules that start programs; the other starts git.
#![allow(clippy::disallowed_methods)]

use super::environment::is_withheld;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::{Duration, Instant};

/// Bytes of standard error that are kept, from its end.
const COMPLAINTS: usize = 8 << 10;
/// Lines of it that are shown.
const LINES: usize = 20;
/// Characters of each.
const WIDTH: usize = 300;
/// How long the output may stay open after its program has ended: a process that left its group holds it.
const GRACE: Duration = Duration::from_secs(2);
/// How often is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// A command to run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The program and its arguments.
    pub words: &'a [String],
    /// The folder that it runs in, a canonical path.
    pub folder: &'a Path,
    /// Variables that it gets beside those of the caller.
    pub variables: &'a [(OsString, OsString)],
    /// How long it may take.
    pub time: Duration,
    /// The bytes that it may print.
    pub limit: u64,
}

/// Why a command gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happened, in one clause after the name of the command.
    pub what: String,
    /// The last lines that it wrote to standard error, as it wrote them.
    pub complaints: Vec<String>,
}

impl Fault {
    fn new(what: impl Into<String>) -> Self {
        Fault { what: what.into(), complaints: Vec::new() }
    }
}

/// Runs a command to its end and returns what it prints.
///
/// # Errors
/// [`Fault`] when it cannot be started, fails, takes too long or prints too much.
pub fn run(order: Run<'_>) -> Result<Vec<u8>, Fault> {
    let mut child = start(order)?;
    let (printed, complaints) = match (child.stdout.take(), child.stderr.take()) {
        (Some(stdout), Some(stderr)) => (printed(stdout, order.limit), tail(stderr)),
        _ => (channel().1, channel().1),
    };
    let result = watched(&mut child, order, &printed);
    let complaints = complaints.recv_timeout(GRACE).unwrap_or_default();
    result.map_err(|fault| Fault { complaints: shown(&complaints), ..fault })
}

/// Starts the program in a group of its own.
fn start(order: Run<'_>) -> Result<Child, Fault> {
    let (name, arguments) = order.words.split_first().ok_or_else(|| Fault::new("is empty"))?;
    let program = found(name, order.folder).ok_or_else(|| {
        let place = if is_path(name) { "in its folder" } else { "on PATH" };
        Fault::new(format!("could not be started: there is no program `{name}` {place}"))
    })?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(order.folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in std::env::vars_os() {
        if is_withheld(&name.to_string_lossy(), &value.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    // Programs take it for where they are, and that of the caller is another folder.
    command.env("PWD", order.folder).env_remove("OLDPWD");
    command.envs(order.variables.iter().map(|(name, value)| (name, value)));
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map_err(|error| Fault::new(format!("could not be started: {error}")))
}

fn is_path(name: &str) -> bool {
    name.contains(std::path::is_separator)
}

/// The program: below the folder where its name is a path, else in the absolute folders of `PATH`.
fn found(name: &str, folder: &Path) -> Option<PathBuf> {
    if is_path(name) {
        return Some(folder.join(name)).filter(|path| path.is_file());
    }
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat", ""] } else { &[""] };
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    let files = folders.flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))));
    files.into_iter().find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// Reads what is printed, until there is too much.
fn printed(stream: impl Read + Send + 'static, limit: u64) -> Receiver<Option<Vec<u8>>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let whole = stream.take(limit.saturating_add(1)).read_to_end(&mut bytes).is_ok();
        let _ = sender.send(Some(bytes).filter(|bytes| whole && bytes.len() as u64 <= limit));
    });
    receiver
}

/// Reads everything and keeps the end of it.
fn tail(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let (mut kept, mut part) = (VecDeque::new(), [0; 4096]);
        while let Ok(count @ 1..) = stream.read(&mut part) {
            kept.extend(&part[..count]);
            kept.drain(..kept.len().saturating_sub(COMPLAINTS));
        }
        let _ = sender.send(kept.into());
    });
    receiver
}

/// Waits for the program and what it prints.
fn watched(child: &mut Child, order: Run<'_>, printed: &Receiver<Option<Vec<u8>>>) -> Result<Vec<u8>, Fault> {
    let too_much = || Fault::new(format!("printed more than {} bytes", order.limit));
    let end = Instant::now().checked_add(order.time);
    let mut output = None;
    while !has_ended(child) {
        if output.is_none() {
            match printed.try_recv() {
                Ok(Some(bytes)) => output = Some(bytes),
                Ok(None) => {
                    kill(child);
                    return Err(too_much());
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            kill(child);
            let seconds = order.time.as_secs();
            return Err(Fault::new(format!("was ended after {seconds} seconds (--generate-timeout)")));
        }
        std::thread::sleep(PAUSE);
    }
    // What it left running in its group ends with it.
    let status = kill(child);
    let output = match output {
        Some(bytes) => bytes,
        None => match printed.recv_timeout(GRACE) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(too_much()),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Err(Fault::new("left a process behind that holds its output open"));
            }
        },
    };
    match status {
        Some(status) if status.success() => Ok(output),
        Some(status) => Err(Fault::new(format!("failed ({})", ending(status)))),
        None => Err(Fault::new("ended, but the system does not say how")),
    }
}

/// How a program ended, in the same words on every system.
fn ending(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}"))
}

/// Whether the program has ended. Its number stays its own until it was waited for, so that no other group is killed.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> bool {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(Pid::from_child(child)), options), Ok(None))
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

/// Ends the program with all processes of its group (on Windows, the program alone), and returns how it ended.
fn kill(child: &mut Child) -> Option<ExitStatus> {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    // It may have left its group.
    let _ = child.kill();
    child.wait().ok()
}

/// The last lines of what a program complained about.
fn shown(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(LINES));
    last.map(|line| line.trim_end().chars().take(WIDTH).collect()).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, time: Duration) -> Result<Vec<u8>, Fault> {
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        let folder = std::env::temp_dir().canonicalize().unwrap();
        run(Run { words: &words, folder: &folder, variables: &[], time, limit: 1000 })
    }

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn what_a_command_prints_is_returned_and_its_input_is_empty() {
        assert_eq!(sh("cat; echo done", LONG).unwrap(), b"done\n");
    }

    #[test]
    fn a_failure_tells_the_code_and_the_last_lines_of_standard_error() {
        let fault = sh("seq 1 100 >&2; echo half; exit 3", LONG).unwrap_err();
        assert_eq!(fault.what, "failed (exit code 3)");
        assert_eq!((fault.complaints.len(), fault.complaints.last().unwrap().as_str()), (LINES, "100"));
        assert_eq!(sh("kill -9 $$", LONG).unwrap_err().what, "failed (ended by a signal)");
    }

    #[test]
    fn a_command_that_prints_without_end_is_ended() {
        assert_eq!(sh("yes", LONG).unwrap_err().what, "printed more than 1000 bytes");
        assert_eq!(sh("yes >&2", Duration::from_secs(1)).unwrap_err().complaints.len(), LINES);
    }

    #[test]
    fn a_command_that_never_ends_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!("(sleep 3; touch '{}') & sleep 600", mark.display());
        let fault = sh(&script, Duration::from_secs(1)).unwrap_err();
        assert_eq!(fault.what, "was ended after 1 seconds (--generate-timeout)");
        std::thread::sleep(Duration::from_secs(3));
        assert!(!mark.exists(), "a child went on");
    }

    #[test]
    fn what_a_command_leaves_running_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!("(sleep 2; touch '{}') >/dev/null 2>&1 & echo out", mark.display());
        assert_eq!(sh(&script, LONG).unwrap(), b"out\n");
        std::thread::sleep(Duration::from_secs(3));
        assert!(!mark.exists(), "a child went on");
    }

    #[test]
    fn a_program_is_found_below_its_folder_or_in_absolute_folders_of_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let words = |name: &str| vec![name.to_owned()];
        let fault = |name: &str| {
            let words = words(name);
            run(Run { words: &words, folder: folder.path(), variables: &[], time: LONG, limit: 10 }).unwrap_err().what
        };
        assert_eq!(fault("./none"), "could not be started: there is no program `./none` in its folder");
        assert_eq!(fault("no-such-program"), "could not be started: there is no program `no-such-program` on PATH");
    }
}
