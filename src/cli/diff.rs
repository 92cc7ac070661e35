//! `covenant diff`: what changed between two contracts, what breaks, and the message that proves it.

use super::catalogue::Catalogue;
use super::compose;
use super::contain;
use super::judged::{PolicyFile, decided, standings};
use super::output::{OutputArguments, say};
use super::policy;
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::diagnostic::{Category, Severity};
use crate::diff::{self, BetaBreaks, EnumAdditions, Exempt, NewForReaders, Options};
use crate::gate::{Command, Ignores, Limitation, Policy, Role, Undecided, anchor};
use crate::lint::ProfileName;
use crate::openapi::{Api, Stability};
use crate::promise::EnumAddition;
use crate::release::bump;
use crate::schema::Formats;
use crate::workspace::{BaseArgument, Input, Workspace};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Compare two contracts, or two folders of contracts, and prove what breaks.
///
/// Two folders are compared contract by contract, paired by path; contracts that came or went are findings. The base
/// may be a git revision then. With --base and --revision, several files together are one API on each side.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The contract as clients know it: a file, `-`, or REV:path of the git repository; or a folder, or a git revision.
    #[arg(value_name = "BASE", required_unless_present = "base_files")]
    base: Option<String>,
    /// The contract as it shall become; or a folder.
    #[arg(value_name = "REVISION", required_unless_present = "base_files")]
    revision: Option<String>,
    /// Files, folders or globs that together are the API as clients know it.
    #[arg(
        long = "base",
        value_name = "FILE",
        num_args = 1..,
        requires = "revision_files",
        conflicts_with_all = ["base", "revision"],
        help_heading = "Input"
    )]
    base_files: Vec<String>,
    /// Files, folders or globs that together are the API as it shall become.
    #[arg(long = "revision", value_name = "FILE", num_args = 1.., requires = "base_files", help_heading = "Input")]
    revision_files: Vec<String>,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// The two contracts of a command that compares, and how.
#[derive(Debug, Args)]
pub(super) struct PairArguments {
    /// The contract as clients know it: a file, `-`, or REV:path of the git repository.
    pub(super) base: String,
    /// The contract as it shall become.
    pub(super) revision: String,
    #[command(flatten)]
    pub(super) judgement: JudgementArguments,
    #[command(flatten)]
    pub(super) load: LoadArguments,
}

/// Options of every command that compares.
#[derive(Debug, Args)]
pub(super) struct JudgementArguments {
    /// The promise to keep: default (to readers that do not validate), contract or sdk [default: default].
    #[arg(long, value_name = "PROMISE", value_parser = keep, help_heading = "Judgement")]
    keep: Option<Category>,
    /// What values in responses are that are new to clients, of a type that they know: breaking, risky or compatible
    /// [default: risky, with `--keep contract` breaking].
    #[arg(long, value_name = "POLICY", value_parser = new_for_readers, help_heading = "Judgement")]
    new_for_readers: Option<NewForReaders>,
    /// The same for enum values alone: breaking, risky, compatible or extensible-only [default: risky].
    #[arg(long, value_name = "POLICY", value_parser = additions, help_heading = "Judgement")]
    response_enum_added: Option<EnumAdditions>,
    /// Changes of what is below this stability level never break: draft, alpha, beta, stable [default: beta].
    #[arg(long, value_name = "LEVEL", value_parser = stability, help_heading = "Judgement")]
    stability: Option<Stability>,
    /// What a breaking change of something that is beta is: breaking or risky [default: breaking].
    #[arg(long, value_name = "POLICY", value_parser = beta, help_heading = "Judgement")]
    beta: Option<BetaBreaks>,
    /// How format is read: known (known formats bind strings and numbers) or annotations (none binds) [default: known].
    #[arg(long, value_name = "READING", value_parser = formats, help_heading = "Judgement")]
    formats: Option<Formats>,
    /// Whether servers are compared: compare or ignore [default: compare].
    #[arg(long, value_name = "POLICY", value_parser = servers, help_heading = "Judgement")]
    servers: Option<bool>,
    /// Whether changes of what is deprecated may break: never, after-sunset, always [default: never].
    #[arg(long, value_name = "POLICY", value_parser = exempt, help_heading = "Judgement")]
    exempt_deprecated: Option<Exempt>,
    /// What a change is that could not be decided: incomplete (the run ends with 2) or risky.
    #[arg(long, value_name = "POLICY", value_parser = undecided, default_value = "incomplete", help_heading = "Judgement")]
    pub(super) undecided: Undecided,
    /// A file of `id level` lines (ERR, WARN, INFO, NONE), as oasdiff reads it.
    #[arg(long, value_name = "FILE", help_heading = "Judgement")]
    severity_levels: Option<PathBuf>,
    /// A file of oasdiff with errors to ignore: method, path and change in a line.
    #[arg(long, value_name = "FILE", help_heading = "Judgement")]
    err_ignore: Option<PathBuf>,
    /// The same for warnings.
    #[arg(long, value_name = "FILE", help_heading = "Judgement")]
    warn_ignore: Option<PathBuf>,
    /// Which limits of what was examined make the run incomplete: new (those that the base has not) or all.
    #[arg(long, value_name = "WHICH", value_parser = references, default_value = "new", help_heading = "Judgement")]
    limitations: References,
    /// One finding per operation instead of one per cause.
    #[arg(long, help_heading = "Judgement")]
    expand: bool,
}

/// Which references that cannot be read make a comparison incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum References {
    /// Those that the base does not have, or has with another target.
    New,
    /// All.
    All,
}

/// What makes a comparison incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    references: References,
}

impl Limits {
    /// Every reference that cannot be read makes a comparison incomplete.
    pub(super) fn of_all_references() -> Self {
        Limits { references: References::All }
    }
}

fn references(text: &str) -> Result<References, String> {
    match text {
        "new" => Ok(References::New),
        "all" => Ok(References::All),
        _ => Err("one of new, all".to_owned()),
    }
}

fn keep(text: &str) -> Result<Category, String> {
    match text {
        "default" => Ok(Category::Default),
        "wire" => {
            say("note: the promise `wire` is called `default` now");
            Ok(Category::Default)
        }
        "contract" => Ok(Category::Contract),
        "sdk" => Ok(Category::Sdk),
        _ => Err("one of default, contract, sdk".to_owned()),
    }
}

fn new_for_readers(text: &str) -> Result<NewForReaders, String> {
    NewForReaders::parse(text).ok_or_else(|| "one of breaking, risky, compatible".to_owned())
}

fn additions(text: &str) -> Result<EnumAdditions, String> {
    EnumAdditions::parse(text).ok_or_else(|| "one of breaking, risky, compatible, extensible-only".to_owned())
}

fn stability(text: &str) -> Result<Stability, String> {
    Stability::parse(text).ok_or_else(|| "one of draft, alpha, beta, stable".to_owned())
}

fn beta(text: &str) -> Result<BetaBreaks, String> {
    BetaBreaks::parse(text).ok_or_else(|| "one of breaking, risky".to_owned())
}

fn formats(text: &str) -> Result<Formats, String> {
    match text {
        "known" => Ok(Formats::Known),
        "annotations" => Ok(Formats::Annotations),
        _ => Err("one of known, annotations".to_owned()),
    }
}

fn servers(text: &str) -> Result<bool, String> {
    match text {
        "compare" => Ok(true),
        "ignore" => Ok(false),
        _ => Err("one of compare, ignore".to_owned()),
    }
}

fn exempt(text: &str) -> Result<Exempt, String> {
    Exempt::parse(text).ok_or_else(|| "one of never, after-sunset, always".to_owned())
}

fn undecided(text: &str) -> Result<Undecided, String> {
    Undecided::parse(text).ok_or_else(|| "one of incomplete, risky".to_owned())
}

impl Default for JudgementArguments {
    /// Those of a command line without any option.
    fn default() -> Self {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            judgement: JudgementArguments,
        }
        <Line as clap::Parser>::parse_from(["covenant"]).judgement
    }
}

impl JudgementArguments {
    /// Why a comparison is not whole, one sentence each.
    pub(super) fn gaps(&self, comparison: &diff::Comparison) -> Vec<String> {
        comparison.gaps(self.undecided == Undecided::Incomplete)
    }

    /// What makes a comparison incomplete.
    pub(super) fn limits(&self) -> Limits {
        Limits { references: self.limitations }
    }

    /// The options of the comparison: command line over configuration over defaults.
    ///
    /// # Errors
    /// [`Failure`] for a value in the configuration that is not known.
    pub(super) fn options(&self, session: &Session) -> Result<Options, Failure> {
        self.options_with(session, None)
    }

    /// The same with a profile of the command line.
    ///
    /// # Errors
    /// As [`JudgementArguments::options`].
    pub(super) fn options_with(&self, session: &Session, profile: Option<&str>) -> Result<Options, Failure> {
        let configured = &session.config.diff;
        let fault = |key: &str, error: String| Failure::new(format!("configuration: diff.{key}: {error}"));
        let from_config = |text: &Option<String>| text.clone();
        let additions_set = from_config(&configured.response_enum_added)
            .map(|text| additions(&text))
            .transpose()
            .map_err(|error| fault("response-enum-added", error))?;
        let readers_set = from_config(&configured.new_for_readers)
            .map(|text| new_for_readers(&text))
            .transpose()
            .map_err(|error| fault("new-for-readers", error))?;
        let stability_set = from_config(&configured.stability)
            .map(|text| stability(&text))
            .transpose()
            .map_err(|error| fault("stability", error))?;
        let beta_set =
            from_config(&configured.beta).map(|text| beta(&text)).transpose().map_err(|error| fault("beta", error))?;
        let exempt_set = from_config(&configured.exempt_deprecated)
            .map(|text| exempt(&text))
            .transpose()
            .map_err(|error| fault("exempt-deprecated", error))?;
        let formats_set = from_config(&configured.formats)
            .map(|text| formats(&text))
            .transpose()
            .map_err(|error| fault("formats", error))?;
        let servers_set = from_config(&configured.servers)
            .map(|text| servers(&text))
            .transpose()
            .map_err(|error| fault("servers", error))?;
        // The lifecycle policy promises the same things under its own names.
        let promised = session.config.lifecycle.is_some().then_some(&session.lifecycle);
        let promised_enum = promised.as_ref().map(|policy| match policy.response_enum_add {
            EnumAddition::Breaking => EnumAdditions::Breaking,
            EnumAddition::Risky => EnumAdditions::Risky,
            EnumAddition::Compatible => EnumAdditions::Compatible,
            EnumAddition::ExtensibleOnly => EnumAdditions::ExtensibleOnly,
        });
        let promised_level = promised.as_ref().map(|policy| policy.breaking_threshold);
        let defaults = Options::default();
        let mut overrides = Vec::new();
        if let Some((path, text)) =
            self.file(session, self.severity_levels.as_ref(), configured.severity_levels.as_ref())?
        {
            overrides.extend(policy::severity_levels(&path, &text)?.overrides);
        }
        overrides.extend(policy::severities(&configured.severity));
        overrides.extend(policy::lines(&configured.policy)?);
        Ok(Options {
            keep: self
                .keep
                .or(configured.keep.map(can_be_kept).transpose()?)
                .or_else(|| promise(session, profile))
                .unwrap_or(defaults.keep),
            keep_by_audience: if self.keep.is_some() { BTreeMap::new() } else { by_audience(session)? },
            keep_by_contract: if self.keep.is_some() { Vec::new() } else { by_contract(session)? },
            new_for_readers: self.new_for_readers.or(readers_set),
            response_enum_additions: self.response_enum_added.or(additions_set).or(promised_enum),
            stability: self.stability.or(stability_set).or(promised_level).unwrap_or(defaults.stability),
            beta: self.beta.or(beta_set).unwrap_or_default(),
            formats: self.formats.clone().or(formats_set).unwrap_or(defaults.formats),
            servers: self.servers.or(servers_set).unwrap_or(defaults.servers),
            exempt: self.exempt_deprecated.or(exempt_set).unwrap_or_default(),
            as_of: Some(session.as_of),
            notice_days_stable: configured.notice_days.stable,
            notice_days_beta: configured.notice_days.beta,
            overrides,
            expand: self.expand,
        })
    }

    /// Adds the lines of the ignore files to a policy, errors first, and what is to be said of the file of severities.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be read.
    pub(super) fn complete(&self, session: &Session, policy: &mut Policy) -> Result<(), Failure> {
        let configured = &session.config.diff;
        if let Some((path, text)) =
            self.file(session, self.severity_levels.as_ref(), configured.severity_levels.as_ref())?
        {
            policy.notes.extend(policy::severity_levels(&path, &text)?.notes);
        }
        for (argument, named, severity) in [
            (&self.err_ignore, &configured.err_ignore, Severity::Error),
            (&self.warn_ignore, &configured.warn_ignore, Severity::Warn),
        ] {
            if let Some((name, text)) = self.file(session, argument.as_ref(), named.as_ref())? {
                policy.ignores.push(Ignores::parse(&name, &text, severity));
            }
        }
        Ok(())
    }

    /// The files with severities and ignored changes, of the command line or the configuration.
    pub(super) fn files(&self, session: &Session) -> Vec<PolicyFile> {
        let configured = &session.config.diff;
        let all = [
            (Role::SeverityLevels, &self.severity_levels, &configured.severity_levels),
            (Role::IgnoreFile, &self.err_ignore, &configured.err_ignore),
            (Role::IgnoreFile, &self.warn_ignore, &configured.warn_ignore),
        ];
        let path = |argument: &Option<PathBuf>, named: &Option<String>| {
            let argument = argument.as_deref().map(|path| session.place_of(path));
            argument.or_else(|| named.as_ref().map(|file| session.folder.join(file)))
        };
        let files = all.into_iter();
        files.filter_map(|(role, argument, named)| Some(PolicyFile { role, path: path(argument, named)? })).collect()
    }

    /// The text of a file that the command line or the configuration names, under the name for messages.
    #[allow(clippy::unused_self, reason = "belongs to the arguments")]
    fn file(
        &self,
        session: &Session,
        argument: Option<&PathBuf>,
        configured: Option<&String>,
    ) -> Result<Option<(String, String)>, Failure> {
        Ok(match (argument, configured) {
            (Some(path), _) => Some((path.display().to_string(), session.named(path)?)),
            (None, Some(file)) => Some((file.clone(), session.beside(file)?)),
            (None, None) => None,
        })
    }
}

/// The promise of the profiles: the strictest.
fn promise(session: &Session, profile: Option<&str>) -> Option<Category> {
    let names = profile.or(session.config.profile.as_deref()).unwrap_or_default();
    let (names, _) = session.config.resolved(names).ok()?;
    ProfileName::list(&names).filter_map(|profile| crate::lint::profile(profile.name)?.keep).min()
}

/// The promises by audience.
fn by_audience(session: &Session) -> Result<BTreeMap<String, Category>, Failure> {
    let promise = |(word, keep): (&String, &Category)| Ok((word.to_ascii_lowercase(), can_be_kept(*keep)?));
    session.config.diff.keep_by_audience.iter().map(promise).collect()
}

/// The promises of single contracts, by their files.
fn by_contract(session: &Session) -> Result<Vec<(String, Category)>, Failure> {
    let own = session.config.apis.iter().filter_map(|api| Some((api, api.keep?)));
    own.map(|(api, keep)| Ok((session.home_of(&api.file), can_be_kept(keep)?))).collect()
}

/// Nobody promises documentation.
fn can_be_kept(keep: Category) -> Result<Category, Failure> {
    if keep == Category::Docs {
        return Err(Failure::new("configuration: `docs` is no promise to keep; write `default`, `contract` or `sdk`"));
    }
    Ok(keep)
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    judged(arguments).map_err(|failure| arguments.output.not_run(Command::Diff, failure))
}

fn judged(arguments: &Arguments) -> Result<u8, Failure> {
    let near = arguments.revision.as_ref().or(arguments.revision_files.first());
    let session = Session::start(&arguments.load, near.map(String::as_str))?;
    let options = arguments.judgement.options(&session)?;
    let mut policy = session.policy(arguments.output.fail_on)?;
    arguments.judgement.complete(&session, &mut policy)?;
    policy.undecided = arguments.judgement.undecided;
    let mut files = session.policy_files();
    files.extend(arguments.judgement.files(&session));
    policy.decided = decided(&session, &standings(&session, &files, None), None);
    let limits = arguments.judgement.limits();
    let findings = match (&arguments.base, &arguments.revision) {
        (Some(base), Some(revision)) => pair(&session, base, revision, &options, limits)?,
        _ => {
            let sides = (arguments.base_files.as_slice(), arguments.revision_files.as_slice());
            compose::compare(&session, sides, &options, Limits::of_all_references(), |_, _, _| {})
        }
    };
    let mut report = findings.judge(Command::Diff, &policy);
    super::upgrade::explain(&mut report.diagnostics);
    arguments.output.write(&report)
}

/// Compares what two arguments name: two contracts, two folders, or a revision and a folder or contract of the work tree.
fn pair(session: &Session, base: &str, revision: &str, options: &Options, limits: Limits) -> Result<Findings, Failure> {
    let before = session.base(base)?;
    if let Some(catalogue) = Catalogue::find(session, &before, base, revision)? {
        return Ok(catalogue.compare(session, options, limits));
    }
    let after = session.input(revision)?;
    // Two files by their names are all that there is to look at: nothing in them may be skipped.
    let named = matches!(&before, BaseArgument::Contract(Input::File(_) | Input::Stdin(_)));
    let limits = if named { Limits::of_all_references() } else { limits };
    let before = match before {
        BaseArgument::Contract(input) => input,
        BaseArgument::Folder(_) => {
            return Err(Failure::usage(format!("`{base}` is a folder, but `{revision}` is none; name two folders")));
        }
        BaseArgument::Revision(at) => {
            let Input::File(file) = &after else {
                return Err(Failure::usage(format!("`{base}` is a revision; write {base}:PATH for a contract of it")));
            };
            let (_, path) = session.repositories.of_file(file)?;
            Input::Revision { at, path }
        }
    };
    session::two_sources(&before, &after)?;
    Ok(contain::contract(&after.name(), || compare(session, &before, &after, options, limits)))
}

/// Loads both sides (side by side) and compares them.
pub(super) fn compare(
    session: &Session,
    base: &Input,
    revision: &Input,
    options: &Options,
    limits: Limits,
) -> Findings {
    let sides = rayon::join(|| session.load(base), || session.load(revision));
    match sides {
        (Ok(before), Ok(after)) => {
            let mut findings = Findings { contracts: 1, ..Findings::default() };
            if let Some((before, after)) = loaded((&before, &after), &revision.name(), options, limits, &mut findings) {
                bump::settle(before, after, &mut findings.diagnostics, &session.lifecycle);
            }
            findings
        }
        (before, after) => {
            let limitations = [before.err(), after.err()].into_iter().flatten().collect();
            Findings { limitations, ..Findings::default() }
        }
    }
}

/// Compares two sides that are loaded, and gives their views where both are contracts; `name` is that of the
/// revision.
pub(super) fn loaded<'w>(
    (before, after): (&'w Workspace, &'w Workspace),
    name: &str,
    options: &Options,
    limits: Limits,
    findings: &mut Findings,
) -> Option<(Api<'w>, Api<'w>)> {
    let mut ignored = Findings::default();
    ignored.texts(before, true);
    // Faults in the text of the base are history; only what they hide matters.
    findings.limitations.append(&mut ignored.limitations);
    findings.texts(after, true);
    let apis = (session::open(before, findings), session::open(after, findings));
    let (before, after) = (apis.0?, apis.1?);
    let comparison = diff::compare(before, after, options);
    findings.diagnostics.extend(comparison.findings);
    findings.diagnostics.extend(comparison.dropped);
    anchor(&mut findings.diagnostics, before.root().workspace(), after.root().workspace());
    let limitation = |what, incomplete| Limitation { what, file: Some(name.to_owned()), incomplete };
    findings.limitations.extend(comparison.limitations.into_iter().map(|what| limitation(what, false)));
    findings.limitations.extend(comparison.left_out.map(|what| limitation(what, true)));
    for unread in comparison.unread {
        let standing = if unread.standing { "; the base has it as well, so it counts as unchanged" } else { "" };
        findings.limitations.push(Limitation {
            what: format!("line {}: {}{standing}", unread.line, unread.what),
            file: Some(unread.file),
            incomplete: !unread.standing || limits.references == References::All,
        });
    }
    Some((before, after))
}
