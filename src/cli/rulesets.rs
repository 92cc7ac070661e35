//! Which rules a run uses: Covenant's own by profile, and Spectral rulesets.

use super::cache::Cache;
use super::contain;
use super::judged::PolicyFile;
use super::output::say;
use super::policy_tree::{PolicyTree, folder_of_named, here, plain};
use super::session::{Failure, Findings, Session};
use crate::diagnostic::Diagnostic;
use crate::diff;
use crate::files::Fence;
use crate::gate::{Decided, Limitation, Role, digest};
use crate::lint::{self, Judged, Known, Ruleset, Scope, Selection, UNRECOGNIZED_FORMAT, document_findings};
use crate::openapi::{Api, Facts};
use crate::promise::Policy;
use crate::workspace::{Input, Workspace};
use clap::Args;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};
use std::time::Duration;

/// Options of every command that runs rules.
#[derive(Debug, Default, Args)]
pub(super) struct RuleArguments {
    /// The profile of rules: recommended, strict, ... (`covenant rules --profiles` lists them) [default: recommended;
    /// none when rulesets are given].
    #[arg(short, long, value_name = "NAME", help_heading = "Rules")]
    profile: Option<String>,
    /// A Spectral ruleset: a file, `spectral:oas`, or `covenant:<profile>`; as often as needed. Without it and without
    /// covenant.yaml, `.spectral.yaml` of the current folder is used.
    #[arg(short, long, value_name = "RULESET", help_heading = "Rules")]
    ruleset: Vec<String>,
}

/// The profile without another choice.
const RECOMMENDED: &str = "recommended";

/// The names under which Spectral looks for a ruleset.
const SPECTRAL_FILES: [&str; 12] = [
    ".spectral.yaml",
    ".spectral.yml",
    ".spectral.json",
    ".spectral.js",
    ".spectral.mjs",
    ".spectral.cjs",
    "spectral.yaml",
    "spectral.yml",
    "spectral.json",
    "spectral.js",
    "spectral.mjs",
    "spectral.cjs",
];

/// Findings about a document as a whole, which Spectral has beside those of rules.
const DOCUMENT: [&str; 3] = ["invalid-ref", "parser", "unrecognized-format"];

/// The rules of a run.
pub(super) struct Rules {
    /// Covenant's own; none when only rulesets run.
    selection: Option<Selection>,
    /// The profile that they are of.
    profile: String,
    rulesets: Vec<Ruleset>,
    /// Documents that the rulesets are not for pass without a word.
    pub(super) ignore_unknown_format: bool,
    /// What is doubtful about the configuration of the rules.
    notes: Vec<Diagnostic>,
    /// Whether the profile refuses suppressions without a reason.
    strict: bool,
    /// Where results are kept, if anywhere.
    pub(super) cache: Option<Cache>,
    /// The rulesets of the revision that decides.
    tree: Option<PolicyTree>,
    /// What the rules are, as text, where no override changes them; see [`Rules::identity`].
    identity: OnceLock<Option<String>>,
}

/// A ruleset, and where its name starts.
struct Named {
    name: String,
    folder: PathBuf,
    /// What it may name, where that is another fence than that of the run.
    fence: Option<Fence>,
}

impl RuleArguments {
    /// Covenant's own rules: command line over configuration over `recommended`.
    ///
    /// # Errors
    /// [`Failure`] when there is no such profile.
    pub(super) fn selection(&self, session: &Session) -> Result<Selection, Failure> {
        selection(self.profile.as_deref(), session)
    }

    /// The profile of the command line.
    pub(super) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The rulesets of the run: those of the command line, else of the configuration, else the one that Spectral would
    /// find, each with the folder where its name starts.
    fn names(&self, session: &Session) -> Vec<Named> {
        let here = || here(session);
        let named = |name: &String, folder| Named { name: name.clone(), folder, fence: None };
        if !self.ruleset.is_empty() {
            return self.ruleset.iter().map(|name| named(name, folder_of_named(session, name))).collect();
        }
        let of_layers = session.layered.layers.iter().flat_map(|layer| {
            let own = |name: &String| Named { fence: layer.fence.clone(), ..named(name, layer.folder.clone()) };
            layer.rulesets.iter().map(own)
        });
        let own = session.config.rulesets.iter().map(|name| named(name, session.folder.clone()));
        let configured: Vec<Named> = of_layers.chain(own).collect();
        if !configured.is_empty() || session.configured {
            return configured;
        }
        let is_there = |name: &str| match session.revision() {
            Some(at) => at.find(&here().join(name).to_string_lossy()).is_ok_and(|entry| entry.is_some()),
            None => Path::new(name).is_file(),
        };
        let found = SPECTRAL_FILES.iter().find(|name| is_there(name));
        found.map(|name| named(&(*name).to_owned(), here())).into_iter().collect()
    }

    /// The files of these rulesets; of a revision, from the top of the repository.
    fn files(&self, session: &Session) -> Vec<PathBuf> {
        let files = self.names(session).into_iter().map(|named| plain(&named.folder.join(named.name)));
        let is_there = |file: &PathBuf| match session.revision() {
            Some(at) if file.is_relative() => at.find(&file.to_string_lossy()).is_ok_and(|entry| entry.is_some()),
            _ => file.is_file(),
        };
        files.filter(is_there).collect()
    }

    /// These files as parts of the policy.
    pub(super) fn policy_files(&self, session: &Session) -> Vec<PolicyFile> {
        let file = |path| PolicyFile { role: Role::Ruleset, path };
        self.files(session).into_iter().map(file).collect()
    }

    /// Whether Covenant's own rules run: rulesets alone replace them.
    pub(super) fn runs_own(&self, session: &Session) -> bool {
        self.names(session).is_empty() || self.asks_for_own(session)
    }

    /// Whether Covenant's own rules run beside rulesets. A layer may have locked some, so where there are layers they do.
    fn asks_for_own(&self, session: &Session) -> bool {
        let with_layers = self.ruleset.is_empty() && !session.layered.layers.is_empty();
        with_layers || self.profile.is_some() || session.config.profile.is_some()
    }

    /// All rules of the run. A ruleset that was merely found replaces Covenant's own rules.
    ///
    /// # Errors
    /// [`Failure`] with the first fault of a ruleset at its place; the others are printed before.
    pub(super) fn rules(&self, session: &Session) -> Result<Rules, Failure> {
        let names = self.names(session);
        let of_configuration = self.ruleset.is_empty();
        let is_file = |Named { name, folder, .. }: &Named| {
            !folder.is_absolute() && !name.starts_with("covenant:") && !name.starts_with("spectral:")
        };
        let folders: Vec<&Path> = session.layered.layers.iter().map(|layer| layer.folder.as_path()).collect();
        let tree = session.revision().filter(|_| names.iter().any(is_file));
        let tree = tree.map(|at| PolicyTree::of(at, &folders)).transpose()?;
        let mut rulesets = Vec::new();
        if !names.is_empty() {
            watch_programs();
        }
        for Named { name, folder, fence } in &names {
            let ruleset = match &tree {
                _ if fence.is_some() => Ruleset::load_within(name, folder, fence.as_ref().unwrap_or(&session.fence)),
                Some(tree) if !folder.is_absolute() => Ruleset::load_within(name, &tree.place(folder), &tree.fence()),
                // What the caller names lies where it lies; what it extends stays beside it.
                _ if of_configuration || session.fence == Fence::Open => {
                    Ruleset::load_within(name, folder, &session.fence)
                }
                _ => Ruleset::load(name, folder),
            };
            let ruleset = ruleset.map_err(faults)?;
            for notice in &ruleset.notices {
                let start = notice.location.start();
                say(&format!("note: {}:{}:{}: {}", notice.location.file(), start.line, start.column, notice.message));
            }
            rulesets.push(ruleset);
        }
        let own = rulesets.is_empty() || self.asks_for_own(session);
        let selection = if own { Some(self.selection(session)?) } else { None };
        let notes = super::unknown_rules::find(session, &rulesets);
        let identity = OnceLock::new();
        let profile = self.profile.as_deref().or(session.config.profile.as_deref()).unwrap_or(RECOMMENDED).to_owned();
        let (resolved, _) = session.config.resolved(&profile).map_err(Failure::new)?;
        let strict = lint::ProfileName::list(&resolved).any(|profile| profile.name == "strict");
        let (ignore_unknown_format, cache) = (false, None);
        Ok(Rules { selection, profile, rulesets, ignore_unknown_format, notes, strict, cache, tree, identity })
    }
}

/// Covenant's own rules of a profile; without a name those of the configuration, else of `recommended`.
///
/// # Errors
/// [`Failure`] when there is no such profile.
pub(super) fn selection(profile: Option<&str>, session: &Session) -> Result<Selection, Failure> {
    let profile = profile.or(session.config.profile.as_deref()).unwrap_or(RECOMMENDED);
    let (profile, levels) = session.config.resolved(profile).map_err(Failure::new)?;
    let mut selection = Selection::of_profile(&profile, &levels).map_err(Failure::new)?;
    selection.policy = Policy::from_value(session.config.lifecycle.as_ref()).map_err(Failure::new)?;
    Ok(selection)
}

/// Time after which a call of a ruleset's program ends the run; before, it is stopped at its next step.
const LONGEST_CALL: Duration = Duration::from_secs(30);

/// Ends the process when native code in a program of a ruleset does not: no report is written, and the run is incomplete.
fn watch_programs() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(Duration::from_millis(500));
                if lint::has_overdue_program(LONGEST_CALL) {
                    say("error: a function of a ruleset does not end; nothing was reported");
                    std::process::exit(2);
                }
            }
        });
    });
}

fn faults(mut faults: Vec<Diagnostic>) -> Failure {
    let last = faults.pop();
    for fault in faults {
        Failure::from(Box::new(fault)).print();
    }
    last.map_or_else(|| Failure::new("the ruleset cannot be read"), |fault| Failure::from(Box::new(fault)))
}

impl Rules {
    /// The path that overrides are chosen by: where the contract would be beside the ruleset.
    fn path_of(&self, session: &Session, input: &Input) -> PathBuf {
        match (input.file(), &self.tree) {
            (Some(path), Some(tree)) => match session.repositories.of_file(path) {
                Ok((_, inside)) => tree.place(Path::new(&inside)),
                Err(_) => path.to_owned(),
            },
            (Some(path), None) => path.to_owned(),
            (None, _) => PathBuf::from(input.name()),
        }
    }

    /// The profile, with a digest of its rules, their severities and options.
    pub(super) fn profile(&self) -> Option<Decided> {
        let digest = digest(&self.selection.as_ref()?.identity());
        Some(Decided { role: Role::Profile, name: self.profile.clone(), digest, base: None })
    }

    /// Whether only Spectral rulesets run.
    pub(super) fn is_spectral(&self) -> bool {
        self.selection.is_none()
    }

    /// What the rulesets say about their rules, by id.
    pub(super) fn about(&self) -> BTreeMap<String, String> {
        let all = self.rulesets.iter().flat_map(Ruleset::descriptions);
        all.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    /// Says on standard error how many rules run.
    pub(super) fn count(&self) {
        if let Some(selection) = &self.selection {
            eprintln!("{} rules of Covenant", selection.rules.len());
        }
        for ruleset in &self.rulesets {
            eprintln!(
                "{} rules in the ruleset, {} of them enabled",
                ruleset.names().count(),
                ruleset.enabled().count()
            );
        }
    }

    /// Gives findings over two versions the severities of the profile; without one they stay as they are.
    pub(super) fn carry(&self, findings: &mut Vec<Diagnostic>) {
        if let Some(selection) = &self.selection {
            selection.carry(findings);
        }
    }

    /// Everything there is to say about the contracts on their own, together; `after` is called for each that is done.
    pub(super) fn contracts(&self, session: &Session, inputs: &[Input], after: impl Fn() + Sync) -> Findings {
        let mut findings = Findings::default();
        for part in self.each(session, inputs, after) {
            findings.extend(part);
        }
        findings
    }

    /// The same, one by one, in the order of the contracts.
    pub(super) fn each(&self, session: &Session, inputs: &[Input], after: impl Fn() + Sync) -> Vec<Findings> {
        let examine = |input: &Input| {
            let findings = contain::contract(&input.name(), || self.contract(session, input));
            after();
            findings
        };
        inputs.par_iter().map(examine).collect()
    }

    /// Everything there is to say about one contract on its own.
    fn contract(&self, session: &Session, input: &Input) -> Findings {
        let opened = match session.read(input) {
            Ok(opened) => opened,
            Err(limitation) => return Findings { limitations: vec![limitation], ..Findings::default() },
        };
        let examine = |workspace: &Workspace| {
            let mut findings = Findings { contracts: 1, ..Findings::default() };
            self.run(session, input, workspace, &mut findings);
            findings
        };
        match &self.cache {
            Some(cache) => cache.findings(session, self, input, opened, examine),
            None => examine(&opened.load()),
        }
    }

    /// Must be called when all contracts are done.
    pub(super) fn finish(&self) {
        if let Some(cache) = &self.cache {
            cache.prune();
        }
    }

    /// What decides, beside the contract and the day, what the rules find; `None` when that is not known.
    pub(super) fn identity(&self, session: &Session, input: &Input) -> Option<String> {
        let whole = |rulesets: &[Ruleset]| {
            let mut out = format!("{} {}\n", self.ignore_unknown_format, self.strict);
            if let Some(selection) = &self.selection {
                out.push_str(&selection.identity());
            }
            for ruleset in rulesets {
                out.push('\n');
                out.push_str(&ruleset.identity()?);
            }
            Some(out)
        };
        if !self.rulesets.iter().any(Ruleset::has_overrides) {
            return self.identity.get_or_init(|| whole(&self.rulesets)).clone();
        }
        let path = self.path_of(session, input);
        let adapted: Option<Vec<_>> = self.rulesets.iter().map(|ruleset| ruleset.for_document(&path).ok()).collect();
        whole(&adapted?)
    }

    /// Runs everything over one contract.
    pub(super) fn run(&self, session: &Session, input: &Input, workspace: &Workspace, findings: &mut Findings) {
        self.examine(session, input, workspace, findings, true);
    }

    /// As [`Rules::run`], with the findings that others cover: repairs look for them.
    pub(super) fn run_each(&self, session: &Session, input: &Input, workspace: &Workspace, findings: &mut Findings) {
        self.examine(session, input, workspace, findings, false);
    }

    fn examine(&self, session: &Session, input: &Input, workspace: &Workspace, findings: &mut Findings, once: bool) {
        findings.apis.extend(Api::open(workspace).ok().map(Facts::of));
        findings.files.extend(workspace.documents().map(|(_, document)| document.path().to_owned()));
        let mut texts = Findings::default();
        texts.texts(workspace, false);
        findings.limitations.append(&mut texts.limitations);
        let mut found = Vec::new();
        let mut ran: BTreeSet<String> = DOCUMENT.map(str::to_owned).into();
        if let Some(selection) = &self.selection {
            ran.extend(selection.rules.iter().map(|rule| rule.page.id.to_owned()));
            findings.diagnostics.append(&mut texts.diagnostics);
            if let Some(api) = super::session::open(workspace, findings) {
                found = lint::lint_each(api, selection, Some(session.as_of));
            }
        }
        for (at, ruleset) in self.rulesets.iter().enumerate() {
            match ruleset.for_document(&self.path_of(session, input)) {
                Ok(ruleset) => {
                    if self.selection.is_none() && at == 0 {
                        let mut told = document_findings(workspace, &ruleset);
                        told.retain(|d| !self.ignore_unknown_format || d.rule != UNRECOGNIZED_FORMAT);
                        found.extend(told);
                    }
                    ran.extend(ruleset.enabled().map(str::to_owned));
                    found.extend(lint::run(workspace, &ruleset));
                }
                Err(faults) => found.extend(faults),
            }
        }
        // What a function of a ruleset could not answer was not checked.
        for failure in found.iter().filter(|diagnostic| diagnostic.rule == lint::FAILED) {
            let file = Some(failure.location.file().to_owned());
            let limitation = Limitation { what: failure.message.clone(), file, incomplete: true };
            if !findings.limitations.contains(&limitation) {
                findings.limitations.push(limitation);
            }
        }
        found.retain(|diagnostic| diagnostic.rule != lint::FAILED);
        if once {
            lint::drop_covered(&mut found);
        }
        let known = |rule: &str| match lint::page(rule) {
            _ if ran.contains(rule) => Known::Ran,
            Some(page) if page.scope == Scope::Document => Known::Rests,
            Some(_) => Known::Elsewhere,
            None if diff::page(rule).is_some() => Known::Elsewhere,
            None if self.rulesets.iter().flat_map(Ruleset::names).any(|name| name == rule) => Known::Rests,
            None => Known::Unknown,
        };
        let judged = Judged { known: &known, as_of: Some(session.as_of), strict: self.strict };
        findings.diagnostics.extend(lint::suppress(workspace, found, &judged));
        findings.diagnostics.extend(self.notes.iter().cloned());
    }
}
