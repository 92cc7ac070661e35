//! What stops a run: a misuse of the command line, a file that cannot be read, git.

use crate::cli::output::say;
use crate::diagnostic::Diagnostic;
use crate::workspace::{ArgumentError, GitError};

/// The run cannot go on: exit code 2.
#[derive(Debug)]
pub(in crate::cli) struct Failure {
    pub(in crate::cli) message: String,
    diagnostic: Option<Box<Diagnostic>>,
}

impl Failure {
    pub(in crate::cli) fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), diagnostic: None }
    }

    /// A misuse of the command line.
    pub(in crate::cli) fn usage(message: impl Into<String>) -> Self {
        Failure::new(format!("{}; see `covenant --help`", message.into()))
    }

    /// Adds what to do about it.
    #[must_use]
    pub(in crate::cli) fn with(mut self, help: &str) -> Self {
        self.diagnostic = self.diagnostic.map(|diagnostic| Box::new(diagnostic.help(help)));
        self
    }

    /// What stopped the run, with its place.
    pub(in crate::cli) fn sentence(&self) -> String {
        match &self.diagnostic {
            None => self.message.clone(),
            Some(diagnostic) => {
                let start = diagnostic.location.start();
                format!("{}:{}:{}: {}", diagnostic.location.file(), start.line, start.column, diagnostic.message)
            }
        }
    }

    /// Prints what stopped the run on standard error.
    pub(in crate::cli) fn print(&self) {
        say(&format!("error: {}", self.sentence()));
        if let Some(help) = self.diagnostic.as_ref().and_then(|diagnostic| diagnostic.help.as_ref()) {
            say(&format!("help: {help}"));
        }
    }
}

impl From<ArgumentError> for Failure {
    fn from(error: ArgumentError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Failure { message: diagnostic.message.clone(), diagnostic: Some(diagnostic) }
    }
}
