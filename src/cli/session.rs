//! What every command shares: configuration, limits, the day of judgement, and loading contracts.

use super::judged::{self, PolicyFile};
use super::output::{LARGEST, say};
use super::rulesets::Rules;
use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{self, Fault, Fence};
use crate::gate::{Baseline, Command, Decided, Limitation, Policy, Report, Role, Undecided};
use crate::lifecycle;
use crate::openapi::Api;
use crate::syntax::is_harmless;
use crate::text::{SourceText, decode};
use crate::workspace::{
    ArgumentError, BaseArgument, DiscoverError, GitError, Input, Opened, Options, Repositories, Snapshot, Workspace,
    discover,
};
use clap::Args;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Options of every command that reads contracts.
#[derive(Debug, Args)]
pub(super) struct LoadArguments {
    /// Configuration file; otherwise `covenant.yaml` is looked for upward from the contract.
    #[arg(short, long, value_name = "FILE", help_heading = "Input")]
    pub(super) config: Option<PathBuf>,
    /// Ignore every configuration file.
    #[arg(long, conflicts_with = "config", help_heading = "Input")]
    no_config: bool,
    /// The day for all date rules, as YYYY-MM-DD, to replay a run [default: today (UTC)].
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Input")]
    as_of: Option<Date>,
    /// Read no file outside this folder [default: the git work tree, else the contract's folder].
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    root: Option<PathBuf>,
    /// The git repository that revisions are of, which may be bare [default: the one whose `.git` stands above].
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    git_dir: Option<PathBuf>,
    /// Let the configuration and the rulesets name files outside the repository.
    #[arg(long, help_heading = "Input")]
    allow_outside: bool,
    /// Read FILE (or a file below it) where a reference names URL (or a URL below it).
    #[arg(long, value_name = "URL=FILE", help_heading = "Input")]
    map: Vec<String>,
    /// Largest file to read, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, help_heading = "Input")]
    max_file_size: u64,
    /// Most files of one contract.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, help_heading = "Input")]
    max_files: usize,
}

/// A day of an argument.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day of the calendar as YYYY-MM-DD".to_owned())
}

/// Standard input holds one text: it cannot be both sides of a comparison.
///
/// # Errors
/// [`Failure`] when it is named twice.
pub(super) fn two_sources(base: &Input, revision: &Input) -> Result<(), Failure> {
    match (base, revision) {
        (Input::Stdin(_), Input::Stdin(_)) => {
            Err(Failure::usage("standard input holds one contract; name a file or REV:path for the other"))
        }
        _ => Ok(()),
    }
}

/// The run cannot go on: exit code 2.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    diagnostic: Option<Box<Diagnostic>>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), diagnostic: None }
    }

    /// A misuse of the command line.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Failure::new(format!("{}; see `covenant --help`", message.into()))
    }

    /// What stopped the run, with its place.
    pub(super) fn sentence(&self) -> String {
        match &self.diagnostic {
            None => self.message.clone(),
            Some(diagnostic) => {
                let start = diagnostic.location.start();
                format!("{}:{}:{}: {}", diagnostic.location.file(), start.line, start.column, diagnostic.message)
            }
        }
    }

    /// Prints what stopped the run on standard error.
    pub(super) fn print(&self) {
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

/// Where a configuration is looked for.
#[derive(Clone, Debug)]
enum Sought {
    /// Nowhere.
    No,
    /// At this path.
    At(PathBuf),
    /// Upward from here.
    From(PathBuf),
}

/// Everything that was decided before the first contract is read.
pub(super) struct Session {
    /// The configuration; the default when there is none.
    pub(super) config: Config,
    /// Whether there is a configuration file.
    pub(super) configured: bool,
    /// The configuration file.
    pub(super) file: Option<PathBuf>,
    /// The folder of the configuration, to which its paths are relative.
    pub(super) folder: PathBuf,
    /// What files may be named by the configuration and by rulesets.
    pub(super) fence: Fence,
    /// The revision that the configuration is of, and its folder there; `None` for the work tree.
    of: Option<(Snapshot, String)>,
    /// Where the configuration was looked for.
    sought: Sought,
    /// What may be read.
    pub(super) options: Options,
    /// The git repositories of the run.
    pub(super) repositories: Arc<Repositories>,
    /// The lifecycle policy of the configuration.
    pub(super) lifecycle: lifecycle::Policy,
    /// The day of judgement.
    pub(super) as_of: Date,
}

impl Session {
    /// Finds the configuration (near the contract that an argument names, else from the current folder) and settles limits
    /// and day.
    ///
    /// # Errors
    /// [`Failure`] with the place of a fault in the configuration, and for an argument without one meaning.
    pub(super) fn start(arguments: &LoadArguments, near: Option<&str>) -> Result<Self, Failure> {
        let repositories = arguments.git_dir.clone().map_or_else(Repositories::default, Repositories::given);
        let near = match near.map(|argument| Input::from_argument(argument, &repositories)).transpose()? {
            Some(Input::File(path)) => path,
            _ => PathBuf::from("."),
        };
        let sought = match &arguments.config {
            _ if arguments.no_config => Sought::No,
            Some(file) => Sought::At(file.clone()),
            None => Sought::From(near.clone()),
        };
        let file = match &sought {
            Sought::No => None,
            Sought::At(file) => Some(file.clone()),
            Sought::From(near) => config::find(near),
        };
        let near = file.as_deref().unwrap_or(Path::new("."));
        let fence = if arguments.allow_outside { Fence::Open } else { Fence::around(near) };
        let config = file.as_deref().map(|file| config::load(file, &fence)).transpose()?.unwrap_or_default();
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let mut map = Vec::new();
        for rule in &arguments.map {
            let Some((url, target)) = rule.split_once('=') else {
                return Err(Failure::usage(format!("--map {rule}: write URL=FILE")));
            };
            map.push((url.to_owned(), PathBuf::from(target)));
        }
        for (url, target) in &config.map {
            map.push((url.clone(), configured(&fence, "map", &folder, target)?));
        }
        let set = config.root.as_ref().filter(|_| arguments.root.is_none());
        let set = set.map(|root| configured(&fence, "root", &folder, root)).transpose()?;
        let root = arguments.root.clone().or(set);
        let (max_file_size, max_files) = (arguments.max_file_size, arguments.max_files);
        let options = Options { root, map, max_file_size, max_files, ..Options::default() };
        let as_of = arguments.as_of.unwrap_or_else(today);
        let lifecycle = lifecycle::Policy::from_value(config.lifecycle.as_ref())
            .map_err(|error| Failure::new(format!("configuration: lifecycle: {error}")))?;
        let repositories = Arc::new(repositories);
        let (configured, of) = (file.is_some(), None);
        Ok(Session { config, configured, file, folder, fence, of, sought, options, repositories, lifecycle, as_of })
    }

    /// Makes the session that a run over the base would have: its configuration, and what that names.
    ///
    /// # Errors
    /// [`Failure`] when the configuration of the base cannot be read.
    pub(super) fn of_base(&self, at: &Snapshot) -> Result<Self, Failure> {
        let file = match &self.sought {
            Sought::No => None,
            Sought::At(file) => {
                let (_, path) = self.repositories.of_file(file)?;
                at.find(&path)?.map(|_| path)
            }
            Sought::From(near) => {
                let is_folder = near.is_dir();
                let place = if is_folder { self.repositories.of_folder(near) } else { self.repositories.of_file(near) };
                let (_, path) = place?;
                judged::governing(at, if is_folder { &path } else { judged::folder_of(&path) })?
            }
        };
        let folder = file.as_deref().map(judged::folder_of).unwrap_or_default().to_owned();
        let mut config = Config::default();
        let read = |path: &str| -> Result<Arc<SourceText>, Failure> {
            let bytes = at.read(path, LARGEST_POLICY)?;
            let text = decode(&bytes).map_err(|error| Failure::new(format!("`{}:{path}`: {error}", at.name())))?;
            Ok(Arc::new(SourceText::new(format!("{}:{path}", at.name()), text)))
        };
        if let Some(file) = &file {
            config = config::parse(&read(file)?)?;
            if let Some(waivers) = config.waivers_file.clone() {
                config.waivers.extend(config::parse_waivers(&read(&joined(&folder, &waivers))?)?);
            }
        }
        let lifecycle = lifecycle::Policy::from_value(config.lifecycle.as_ref())
            .map_err(|error| Failure::new(format!("configuration of {}: lifecycle: {error}", at.name())))?;
        Ok(Session {
            config,
            configured: file.is_some(),
            file: file.map(PathBuf::from),
            folder: PathBuf::from(&folder),
            fence: self.fence.clone(),
            of: Some((at.clone(), folder)),
            sought: self.sought.clone(),
            options: self.options.clone(),
            repositories: Arc::clone(&self.repositories),
            lifecycle,
            as_of: self.as_of,
        })
    }

    /// Lists what decided: the profile, and every file with its digest, as it stands to the base `at` if there is one.
    pub(super) fn decided(
        &self,
        rulesets: &[PathBuf],
        others: &[PolicyFile],
        rules: Option<&Rules>,
        at: Option<&Snapshot>,
    ) -> Vec<Decided> {
        let mut files = self.policy_files();
        files.extend(rulesets.iter().map(|path| PolicyFile { role: Role::Ruleset, path: path.clone() }));
        files.extend(others.iter().cloned());
        judged::decided(self, &files, rules, at)
    }

    /// The files of the configuration that decide, itself included.
    pub(super) fn policy_files(&self) -> Vec<PolicyFile> {
        let beside = |file: &String| self.folder.join(file);
        let config = &self.config;
        [
            (Role::Configuration, self.file.clone()),
            (Role::Waivers, config.waivers_file.as_ref().map(beside)),
            (Role::Baseline, config.baseline.as_ref().map(beside)),
        ]
        .into_iter()
        .filter_map(|(role, path)| Some(PolicyFile { role, path: path? }))
        .collect()
    }

    /// Whether a file has the bytes that it has in a revision.
    pub(super) fn is_of_base(&self, file: &Path, at: &Snapshot) -> bool {
        let old = self.repositories.of_file(file).and_then(|(_, path)| at.read(&path, LARGEST_POLICY));
        old.is_ok_and(|old| files::named(file, LARGEST_POLICY).is_ok_and(|new| new == old))
    }

    /// Reads an argument that names one contract.
    ///
    /// # Errors
    /// [`Failure`] when it has no one meaning.
    pub(super) fn input(&self, argument: &str) -> Result<Input, Failure> {
        Ok(Input::from_argument(argument, &self.repositories)?)
    }

    /// Reads an argument that names what contracts are compared with.
    ///
    /// # Errors
    /// [`Failure`] when it has no one meaning.
    pub(super) fn base(&self, argument: &str) -> Result<BaseArgument, Failure> {
        Ok(BaseArgument::parse(argument, &self.repositories)?)
    }

    /// The contracts that arguments name; without arguments those of the configuration, else of the current folder.
    pub(super) fn inputs(&self, arguments: &[String]) -> (Vec<Input>, Vec<Limitation>) {
        let (inputs, errors) = self.discovered(arguments);
        (inputs, errors.iter().map(undiscovered).collect())
    }

    /// As [`Self::inputs`], with the reasons why arguments name none.
    pub(super) fn discovered(&self, arguments: &[String]) -> (Vec<Input>, Vec<DiscoverError>) {
        if arguments.is_empty() && !self.config.apis.is_empty() {
            let mut inputs = Vec::new();
            let mut errors = Vec::new();
            for api in &self.config.apis {
                match configured(&self.fence, "apis", &self.folder, &api.file) {
                    Ok(path) => inputs.push(Input::File(shortest(&path))),
                    Err(failure) => errors.push(DiscoverError::Refused(failure.message)),
                }
            }
            return (inputs, errors);
        }
        let here = [".".to_owned()];
        discover(if arguments.is_empty() { &here } else { arguments }, &self.repositories)
    }

    /// Reads one contract, without what it refers to.
    pub(super) fn read(&self, input: &Input) -> Result<Opened, Limitation> {
        let fault = |error: crate::workspace::LoadError| Limitation {
            what: error.to_string(),
            file: Some(input.name()),
            incomplete: true,
        };
        Opened::new(input, &self.options).map_err(fault)
    }

    /// Loads one contract.
    pub(super) fn load(&self, input: &Input) -> Result<Workspace, Limitation> {
        self.load_with(input, BTreeMap::new())
    }

    /// Loads one contract with some texts instead of those of its files, by path below the root.
    pub(super) fn load_with(&self, input: &Input, texts: BTreeMap<String, String>) -> Result<Workspace, Limitation> {
        let fault = |error: crate::workspace::LoadError| Limitation {
            what: error.to_string(),
            file: Some(input.name()),
            incomplete: true,
        };
        Workspace::load(input, &Options { texts, ..self.options.clone() }).map_err(fault)
    }

    /// The text of a file that the configuration names.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or must not because it lies outside the repository.
    pub(super) fn beside(&self, file: &str) -> Result<String, Failure> {
        if let Some((at, folder)) = &self.of {
            let bytes = at.read(&joined(folder, file), LARGEST_POLICY)?;
            return String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{file}` is not valid UTF-8")));
        }
        self.fence.read_text(&self.folder.join(file), LARGEST).map_err(|fault| named_by_configuration(&fault, file))
    }

    /// The policy of the gate: configuration and command line together.
    ///
    /// # Errors
    /// [`Failure`] when the baseline cannot be read.
    pub(super) fn policy(&self, fail_on: Option<config::FailOn>) -> Result<Policy, Failure> {
        self.policy_with(fail_on, Some(None))
    }

    /// As [`Session::policy`], with a baseline that the command line names: `Some(None)` for that of the configuration,
    /// `None` for none.
    ///
    /// # Errors
    /// [`Failure`] when the baseline cannot be read.
    pub(super) fn policy_with(
        &self,
        fail_on: Option<config::FailOn>,
        baseline: Option<Option<&Path>>,
    ) -> Result<Policy, Failure> {
        let named = match baseline {
            None => None,
            Some(Some(path)) => {
                let name = path.display().to_string();
                let text = crate::files::named_text(path, LARGEST).map_err(|fault| Failure::new(fault.about(&name)))?;
                Some((name, text))
            }
            Some(None) => match &self.config.baseline {
                Some(file) => Some((file.clone(), self.beside(file)?)),
                None => None,
            },
        };
        let parse = |(name, text): (String, String)| {
            Baseline::parse(&text).map_err(|error| Failure::new(format!("`{name}`: {error}")))
        };
        let baseline = named.map(parse).transpose()?;
        Ok(Policy {
            fail_on: fail_on.or(self.config.fail_on).unwrap_or_default(),
            levels: self.config.rules.clone(),
            waivers: self.config.waivers.clone(),
            baseline,
            ignores: Vec::new(),
            undecided: Undecided::default(),
            as_of: Some(self.as_of),
            decided: Vec::new(),
            base: None,
        })
    }
}

/// What an argument that names no contract leaves undone.
pub(super) fn undiscovered(error: &DiscoverError) -> Limitation {
    Limitation { what: error.to_string(), file: None, incomplete: true }
}

/// The path that `key` of the configuration names, unless it leaves the repository. What is not there is told later.
fn configured(fence: &Fence, key: &str, folder: &Path, path: &str) -> Result<PathBuf, Failure> {
    let full = folder.join(path);
    match fence.find(&full) {
        Err(fault @ Fault::Outside) => {
            let Failure { message, .. } = named_by_configuration(&fault, path);
            Err(Failure::new(format!("configuration: {key}: {message}")))
        }
        _ => Ok(full),
    }
}

fn named_by_configuration(fault: &Fault, file: &str) -> Failure {
    let hint = if *fault == Fault::Outside { "; --allow-outside permits that" } else { "" };
    Failure::new(format!("{}{hint}", fault.about(file)))
}

/// The view of a loaded contract, or the finding that says why there is none.
pub(super) fn open<'w>(workspace: &'w Workspace, problems: &mut Findings) -> Option<Api<'w>> {
    match Api::open(workspace) {
        Ok(api) => Some(api),
        Err(diagnostic) => {
            // A text that cannot be read has said so already.
            let file = Some(workspace.document(crate::workspace::DocumentId(0)).name().to_owned());
            let what = diagnostic.message.clone();
            if !problems.diagnostics.iter().any(|problem| problem.severity == Severity::Error) {
                problems.diagnostics.push(*diagnostic);
            }
            problems.limitations.push(Limitation { what, file, incomplete: true });
            None
        }
    }
}

/// Whether a fault of a text hides what a comparison would see. Of a key that stands there twice parsers differ in which
/// one counts, so what clients know is not known.
fn hides_changes(rule: &str) -> bool {
    !is_harmless(rule) || rule == "duplicate-key"
}

/// Two contracts that were read whole.
pub(super) struct Pair {
    before: Workspace,
    after: Workspace,
}

impl Pair {
    /// Loads both sides, side by side.
    ///
    /// # Errors
    /// [`Failure`] when one cannot be read, or only in part: a document about a part would be wrong.
    pub(super) fn load(session: &Session, base: &Input, revision: &Input) -> Result<Self, Failure> {
        two_sources(base, revision)?;
        let (before, after) = rayon::join(|| session.load(base), || session.load(revision));
        let fault = |limitation: Limitation| Failure::new(limitation.what);
        let pair = Pair { before: before.map_err(fault)?, after: after.map_err(fault)? };
        for side in [&pair.before, &pair.after] {
            if let Some(problem) = side.problems().into_iter().find(|problem| hides_changes(&problem.rule)) {
                return Err(Failure::from(Box::new(problem)));
            }
        }
        Ok(pair)
    }

    /// Their views.
    ///
    /// # Errors
    /// [`Failure`] when one is no contract of a known version.
    pub(super) fn apis(&self) -> Result<(Api<'_>, Api<'_>), Failure> {
        Ok((Api::open(&self.before)?, Api::open(&self.after)?))
    }
}

/// What a command collects on its way to the gate.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) limitations: Vec<Limitation>,
    pub(super) contracts: usize,
    /// What the policy of the base finds beside, where it is another than that of the run.
    pub(super) shadow: Vec<Diagnostic>,
    /// The files that were looked at, by path; not known where results come from the cache.
    pub(super) files: BTreeSet<String>,
}

impl Findings {
    /// Takes over what another part of the run found.
    pub(super) fn extend(&mut self, other: Findings) {
        self.diagnostics.extend(other.diagnostics);
        self.limitations.extend(other.limitations);
        self.shadow.extend(other.shadow);
        self.contracts += other.contracts;
        self.files.extend(other.files);
    }

    /// The verdict over everything collected.
    pub(super) fn judge(self, command: Command, policy: &Policy) -> Report {
        crate::gate::judge(command, self.diagnostics, self.limitations, self.contracts, policy)
    }

    /// The faults of the texts of a workspace. With `strict`, a text that was read only in part makes the run
    /// incomplete: a comparison of parts would call missing what merely was not read.
    pub(super) fn texts(&mut self, workspace: &Workspace, strict: bool) {
        for problem in workspace.problems() {
            let partial = problem.rule.starts_with("limit-") || (strict && hides_changes(&problem.rule));
            if partial {
                let place = problem.location.start().line;
                let what = format!("line {place}: only a part of the file could be read: {}", problem.message);
                let file = Some(problem.location.file().to_owned());
                self.limitations.push(Limitation { what, file, incomplete: true });
            }
            self.diagnostics.push(problem);
        }
    }
}

/// Says on standard error how far a long run is; only on a terminal.
pub(super) struct Progress {
    noun: &'static str,
    total: usize,
    done: AtomicUsize,
    shown: bool,
}

impl Progress {
    /// For `total` things to do; few are not worth a word.
    pub(super) fn new(noun: &'static str, total: usize) -> Self {
        let shown = total > 20 && std::io::stderr().is_terminal();
        Progress { noun, total, done: AtomicUsize::new(0), shown }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown {
            let end = if done == self.total { "\r\u{1b}[K" } else { "" };
            eprint!("\r{done} of {} {}{end}", self.total, self.noun);
        }
    }
}

/// Today (UTC). No file, commit or variable of the judged side moves the day.
fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// Largest file of a policy.
const LARGEST_POLICY: u64 = 16 << 20;

/// A path of a revision, named by a file in `folder`.
fn joined(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// The path relative to the current folder where it is below it.
fn shortest(path: &Path) -> PathBuf {
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    match (path.canonicalize(), current) {
        (Ok(real), Ok(current)) => real.strip_prefix(&current).map_or_else(|_| path.to_owned(), Path::to_owned),
        _ => path.to_owned(),
    }
}
