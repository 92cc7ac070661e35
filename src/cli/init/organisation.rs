//! `covenant init --org`: a configuration that extends the policy of an organisation, its lock file, and a first baseline.

use crate::cli::layers::{Base, Layered, Reader, Shelf};
use crate::cli::output::{print, save};
use crate::cli::rulesets::RuleArguments;
use crate::cli::session::{Failure, LoadArguments, Session};
use crate::config;
use crate::files::{self, Fence};
use crate::gate::{Baseline, Command};
use crate::text::SourceText;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file with what is known when the repository begins.
const BASELINE: &str = ".covenant-baseline.json";
/// Days in which the baseline is to shrink.
const DAYS: i64 = 180;

/// What is written for an organisation.
pub(super) struct Organisation {
    extends: String,
    shelves: Vec<PathBuf>,
}

impl Organisation {
    /// Reads the argument: a file or folder below the folder that is prepared, else the name of a package.
    pub(super) fn new(folder: &Path, argument: &str, shelves: &[PathBuf]) -> Self {
        let is_path = folder.join(argument).exists() || argument.starts_with('.') || argument.starts_with("package:");
        let extends = if is_path { argument.to_owned() } else { format!("package:{argument}") };
        Organisation { extends, shelves: shelves.to_vec() }
    }

    /// The configuration: five lines.
    pub(super) fn configuration(&self) -> String {
        let quoted = serde_json::to_string(&self.extends).unwrap_or_default();
        format!(
            "# yaml-language-server: $schema=.covenant/covenant.schema.json\n\
             # The policy of the organisation; `covenant config` shows what it comes down to.\n\
             version: 1\n\
             extends: {quoted}\n\
             baseline: {BASELINE}\n"
        )
    }

    /// Reads the layers as the configuration names them, and gives the text of the lock file.
    ///
    /// # Errors
    /// [`Failure`] when a layer cannot be read: nothing was written then.
    pub(super) fn lock(&self, folder: &Path) -> Result<String, Failure> {
        let own = Arc::new(SourceText::new("covenant.yaml", self.configuration()));
        let mut config = config::parse(&own)?;
        let here = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let shelf = Shelf::Disk(Fence::around(&here));
        let reader = Reader {
            shelf: shelf.clone(),
            top: files::home(&here),
            here,
            shelves: &self.shelves,
            upward: true,
            relock: true,
        };
        let layered = Layered::of(&mut config, &own, &reader, Base { shelf, folder: folder.to_owned() })?;
        Ok(layered.lock().text())
    }

    /// Writes the findings of today as known ones, unless there is a baseline.
    ///
    /// # Errors
    /// [`Failure`] when a contract or the policy cannot be read.
    pub(super) fn baseline(&self, folder: &Path, force: bool) -> Result<(), Failure> {
        let path = folder.join(BASELINE);
        if path.exists() && !force {
            print(&format!("kept     {BASELINE} (use --force to replace it)\n"));
            return Ok(());
        }
        let mut load = LoadArguments::default();
        load.layers.clone_from(&self.shelves);
        let near = folder.to_string_lossy();
        let near = if folder.is_absolute() { near.into_owned() } else { format!("./{near}") };
        let session = Session::start(&load, Some(&near))?;
        let rules = RuleArguments::default().rules(&session)?;
        let (inputs, _) = session.inputs(&[near]);
        let findings = rules.contracts(&session, &inputs, || ());
        let report = findings.judge(Command::Lint, &session.policy_with(None, None)?);
        save(&path, &Baseline::of(&report.diagnostics).text())?;
        let until = session.as_of.checked_add(jiff::Span::new().days(DAYS)).unwrap_or(session.as_of);
        let count = report.diagnostics.len();
        print(&format!("written  {BASELINE} ({count} known findings; let it shrink to none by {until})\n"));
        for limitation in report.not_examined() {
            print(&format!("not examined: {}\n", crate::text::escape::line(&limitation.what)));
        }
        Ok(())
    }
}
