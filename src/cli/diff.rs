//! `covenant diff`: what changed between two contracts, what breaks, and the message that proves it.

use super::output::OutputArguments;
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::diagnostic::Category;
use crate::diff::{self, EnumAdditions, Options, Override};
use crate::gate::Limitation;
use crate::openapi::Stability;
use crate::workspace::Input;
use clap::Args;

/// Compare two contracts and prove what breaks.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The contract as clients know it: a file, `-`, or REV:path of the git repository.
    base: String,
    /// The contract as it shall become.
    revision: String,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Options of every command that compares.
#[derive(Debug, Args)]
pub(super) struct JudgementArguments {
    /// The promise to keep: wire, contract or sdk [default: contract].
    #[arg(long, value_name = "PROMISE", value_parser = keep, help_heading = "Judgement")]
    keep: Option<Category>,
    /// What a new enum value in a response is: breaking, risky, compatible or extensible-only [default: risky].
    #[arg(long, value_name = "POLICY", value_parser = additions, help_heading = "Judgement")]
    response_enum_added: Option<EnumAdditions>,
    /// Changes of operations below this stability level never break: draft, alpha, beta, stable [default: beta].
    #[arg(long, value_name = "LEVEL", value_parser = stability, help_heading = "Judgement")]
    stability: Option<Stability>,
    /// One finding per operation instead of one per cause.
    #[arg(long, help_heading = "Judgement")]
    expand: bool,
}

fn keep(text: &str) -> Result<Category, String> {
    match text {
        "wire" => Ok(Category::Wire),
        "contract" => Ok(Category::Contract),
        "sdk" => Ok(Category::Sdk),
        _ => Err("one of wire, contract, sdk".to_owned()),
    }
}

fn additions(text: &str) -> Result<EnumAdditions, String> {
    EnumAdditions::parse(text).ok_or_else(|| "one of breaking, risky, compatible, extensible-only".to_owned())
}

fn stability(text: &str) -> Result<Stability, String> {
    Stability::parse(text).ok_or_else(|| "one of draft, alpha, beta, stable".to_owned())
}

impl JudgementArguments {
    /// The options of the comparison: command line over configuration over defaults.
    ///
    /// # Errors
    /// [`Failure`] for a value in the configuration that is not known.
    pub(super) fn options(&self, session: &Session) -> Result<Options, Failure> {
        let configured = &session.config.diff;
        let fault = |key: &str, error: String| Failure::new(format!("configuration: diff.{key}: {error}"));
        let from_config = |text: &Option<String>| text.clone();
        let additions_set = from_config(&configured.response_enum_added)
            .map(|text| additions(&text))
            .transpose()
            .map_err(|error| fault("response-enum-added", error))?;
        let stability_set = from_config(&configured.stability)
            .map(|text| stability(&text))
            .transpose()
            .map_err(|error| fault("stability", error))?;
        let defaults = Options::default();
        let overrides = configured.severity.iter().map(|(id, level)| Override {
            name: format!("configuration: diff.severity.{id}"),
            id: Some(id.clone()),
            severity: level.severity(),
            ..Override::default()
        });
        Ok(Options {
            keep: self.keep.or(configured.keep).unwrap_or(defaults.keep),
            response_enum_additions: self.response_enum_added.or(additions_set).unwrap_or_default(),
            stability: self.stability.or(stability_set).unwrap_or(defaults.stability),
            as_of: Some(session.as_of),
            overrides: overrides.collect(),
            expand: self.expand,
            ..defaults
        })
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let (base, revision) = (Input::from_argument(&arguments.base), Input::from_argument(&arguments.revision));
    let session = Session::start(&arguments.load, Some(&revision))?;
    let options = arguments.judgement.options(&session)?;
    let policy = session.policy(arguments.output.fail_on)?;
    let findings = compare(&session, &base, &revision, &options);
    arguments.output.write(&findings.judge("diff", &policy))
}

/// Loads both sides (side by side) and compares them.
pub(super) fn compare(session: &Session, base: &Input, revision: &Input, options: &Options) -> Findings {
    let (before, after) = rayon::join(|| session.load(base), || session.load(revision));
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            findings.contracts = 0;
            findings.limitations.extend([before.err(), after.err()].into_iter().flatten());
            return findings;
        }
    };
    let mut ignored = Findings::default();
    ignored.texts(&before, true);
    // Faults in the text of the base are history; only what they hide matters.
    findings.limitations.append(&mut ignored.limitations);
    findings.texts(&after, true);
    let apis = (session::open(&before, &mut findings), session::open(&after, &mut findings));
    if let (Some(before), Some(after)) = apis {
        let comparison = diff::compare(before, after, options);
        findings.diagnostics.extend(comparison.changes);
        let limitation = |what| Limitation { what, file: Some(revision.name()), incomplete: false };
        findings.limitations.extend(comparison.limitations.into_iter().map(limitation));
    }
    findings
}
