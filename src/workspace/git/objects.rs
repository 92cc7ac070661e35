//! Objects of a repository, asked of one `git cat-file --batch` that lives as long as the run.

use super::GitError;
use super::program::{Place, start};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};

/// An object as git gives it.
pub(super) struct Object {
    /// Its id in hexadecimal digits.
    pub(super) id: String,
    /// `commit`, `tree`, `blob` or `tag`.
    pub(super) kind: String,
    /// Its content.
    pub(super) bytes: Vec<u8>,
}

/// What git says of a name.
pub(super) enum Answer {
    /// The object.
    Found(Object),
    /// The object is there, but larger than the limit.
    TooLarge,
    /// There is no such object, or no such name.
    Missing,
}

/// The conversation.
#[derive(Debug)]
pub(super) struct Batch {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Batch {
    /// Starts git.
    ///
    /// # Errors
    /// [`GitError::NotRun`].
    pub(super) fn new(place: &Place<'_>) -> Result<Self, GitError> {
        let mut child = start(place, &["cat-file", "--batch"])?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Batch { child, input: Some(input), output: BufReader::new(output) }),
            _ => Err(GitError::Broken("no pipes".to_owned())),
        }
    }

    /// Asks for the object that `name` names. After an error the conversation is over.
    ///
    /// # Errors
    /// [`GitError::Broken`] when git ended, as it does for a damaged object.
    pub(super) fn ask(&mut self, name: &str, limit: u64) -> Result<Answer, GitError> {
        if name.contains(['\n', '\0']) {
            return Ok(Answer::Missing);
        }
        let broken = |error: std::io::Error| GitError::Broken(error.to_string());
        let ended = || GitError::Broken("git stopped".to_owned());
        let input = self.input.as_mut().ok_or_else(ended)?;
        writeln!(input, "{name}").and_then(|()| input.flush()).map_err(broken)?;
        let mut header = Vec::new();
        self.output.read_until(b'\n', &mut header).map_err(broken)?;
        let header = String::from_utf8_lossy(&header);
        let header = header.strip_suffix('\n').ok_or_else(ended)?;
        let mut words = header.rsplit(' ');
        let (size, kind, id) = (words.next(), words.next(), words.next());
        // Of what it does not find git repeats the name.
        let (Some(Ok(size)), Some(kind), Some(id)) = (size.map(str::parse::<u64>), kind, id) else {
            return Ok(Answer::Missing);
        };
        if size > limit {
            self.end();
            return Ok(Answer::TooLarge);
        }
        let (kind, id) = (kind.to_owned(), id.to_owned());
        let length = usize::try_from(size).map_err(|_| ended())?;
        let mut bytes = Vec::new();
        Read::take(&mut self.output, size + 1).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.len() != length + 1 {
            return Err(ended());
        }
        bytes.pop();
        Ok(Answer::Found(Object { id, kind, bytes }))
    }

    /// Whether it can be asked again.
    pub(super) fn is_open(&self) -> bool {
        self.input.is_some()
    }

    fn end(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.end();
        let _ = self.child.wait();
    }
}
