//! Files of a git revision, read by one `git cat-file --batch` child. The work tree is not touched.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Why git could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The command could not be run.
    #[error("git cannot be run ({0}); install git, or pass files instead of revisions")]
    NotRun(String),
    /// Not inside a repository.
    #[error("`{0}` is not inside a git repository; revisions need one")]
    NoRepository(String),
    /// The revision does not exist here.
    #[error("git knows no revision `{0}`; fetch it first (a shallow clone has few), or check the spelling")]
    NoRevision(String),
    /// The revision has no such file.
    #[error("there is no file `{path}` in revision `{revision}`")]
    NoFile {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
    },
    /// The path is a folder or a submodule there.
    #[error("`{path}` is not a file in revision `{revision}`")]
    NotAFile {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
    },
    /// The file is larger than the limit.
    #[error(
        "`{path}` in revision `{revision}` is larger than {limit} bytes; raise --max-file-size if that is intended"
    )]
    TooLarge {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The conversation with the child broke.
    #[error("git ended unexpectedly: {0}")]
    Broken(String),
}

/// A git repository, found from a folder in it.
#[derive(Debug, Clone)]
pub struct Repository {
    top: PathBuf,
}

impl Repository {
    /// The repository whose work tree holds `folder`.
    ///
    /// # Errors
    /// [`GitError::NoRepository`] or [`GitError::NotRun`].
    pub fn find(folder: &Path) -> Result<Self, GitError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "--show-toplevel"]).output();
        let output = output.map_err(|error| GitError::NotRun(error.to_string()))?;
        if !output.status.success() {
            return Err(GitError::NoRepository(folder.display().to_string()));
        }
        let top = String::from_utf8_lossy(&output.stdout);
        Ok(Repository { top: PathBuf::from(top.trim_end_matches(['\n', '\r'])) })
    }

    /// The top of its work tree.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Runs git in the repository and returns what it prints, if it succeeds.
    ///
    /// # Errors
    /// [`GitError::Broken`] with git's own words.
    pub fn run(&self, arguments: &[&str]) -> Result<String, GitError> {
        let output = Command::new("git").arg("-C").arg(&self.top).args(arguments).output();
        let output = output.map_err(|error| GitError::NotRun(error.to_string()))?;
        if !output.status.success() {
            return Err(GitError::Broken(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The commit id that a revision names.
    ///
    /// # Errors
    /// [`GitError::NoRevision`].
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        let unknown = || GitError::NoRevision(revision.to_owned());
        if revision.starts_with('-') || revision.is_empty() {
            return Err(unknown());
        }
        let spec = format!("{revision}^{{commit}}");
        let id = self.run(&["rev-parse", "--verify", "--quiet", &spec]).map_err(|_| unknown())?;
        Ok(id.trim().to_owned())
    }

    /// The paths of all files in a revision, `/`-separated, relative to the top.
    ///
    /// # Errors
    /// [`GitError::NoRevision`].
    pub fn files(&self, revision: &str) -> Result<Vec<String>, GitError> {
        let commit = self.commit(revision)?;
        let list = self.run(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", &commit])?;
        Ok(list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }

    /// A reader of the files of `revision`.
    ///
    /// # Errors
    /// [`GitError::NoRevision`], [`GitError::NotRun`].
    pub fn reader(&self, revision: &str) -> Result<Files, GitError> {
        let commit = self.commit(revision)?;
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| GitError::NotRun(error.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Broken("no pipes".to_owned()));
        };
        Ok(Files { revision: revision.to_owned(), commit, child, input: Some(input), output: BufReader::new(output) })
    }
}

/// Reads files of one revision.
#[derive(Debug)]
pub struct Files {
    revision: String,
    commit: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Files {
    /// The revision as it was asked for.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The bytes of a file; `path` is relative to the top of the repository, `/`-separated.
    ///
    /// # Errors
    /// [`GitError::NoFile`], [`GitError::NotAFile`], [`GitError::TooLarge`], [`GitError::Broken`].
    pub fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, GitError> {
        let revision = self.revision.clone();
        let missing = || GitError::NoFile { revision: revision.clone(), path: path.to_owned() };
        if path.contains(['\n', '\0']) {
            return Err(missing());
        }
        let broken = |error: std::io::Error| GitError::Broken(error.to_string());
        let input = self.input.as_mut().ok_or_else(|| GitError::Broken("closed".to_owned()))?;
        writeln!(input, "{}:{path}", self.commit).and_then(|()| input.flush()).map_err(broken)?;
        let mut header = String::new();
        self.output.read_line(&mut header).map_err(broken)?;
        let mut words = header.trim_end().rsplit(' ');
        let (last, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Ok(size) = last.parse::<u64>() else { return Err(missing()) };
        if size > limit {
            std::io::copy(&mut (&mut self.output).take(size + 1), &mut std::io::sink()).map_err(broken)?;
            return Err(GitError::TooLarge { revision, path: path.to_owned(), limit });
        }
        let mut bytes = vec![0; size as usize + 1];
        self.output.read_exact(&mut bytes).map_err(broken)?;
        bytes.pop();
        if kind == "blob" { Ok(bytes) } else { Err(GitError::NotAFile { revision, path: path.to_owned() }) }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
