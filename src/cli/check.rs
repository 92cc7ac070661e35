//! `covenant check`: lint of the revision, comparison with the base, policy, one verdict. What a pull request runs.

use super::base::{Ancestry, Base, Bases};
use super::catalogue;
use super::compose;
use super::contain;
use super::diff::{JudgementArguments, Limits};
use super::judged::BasePolicy;
use super::output::OutputArguments;
use super::rulesets::{RuleArguments, Rules};
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::diff::{self, Options};
use crate::gate::{Command, Report};
use crate::lifecycle::{pair_findings, timeline_findings};
use crate::lint::fold_into_changes;
use crate::openapi::Api;
use crate::release::bump;
use crate::workspace::{DiscoverError, Input};
use clap::Args;
use rayon::prelude::*;

/// Lint contracts and compare them with a base: one verdict for a pull request.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// What to compare with: a git revision (the same paths in it; of a branch, its merge base with HEAD), REV:path, a
    /// file, or a folder (the same paths in it). `git:` before it says that a revision is meant, `./` that a path is.
    /// Several files, each with --base: the contracts together are one API, compared with these together.
    #[arg(short, long, value_name = "REV|FILE")]
    base: Vec<String>,
    /// Compare with the merge base of HEAD and the revision, also where it is no branch [default for branches].
    #[arg(long, requires = "base", conflicts_with = "base_exact")]
    merge_base: bool,
    /// Compare with the revision itself, also where it is a branch [default for tags and commits].
    #[arg(long, requires = "base")]
    base_exact: bool,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn command(&self) -> Command {
        if self.base.is_empty() { Command::Check } else { Command::CheckAgainstBase }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    judged(arguments).map_err(|failure| arguments.output.not_run(arguments.command(), failure))
}

fn judged(arguments: &Arguments) -> Result<u8, Failure> {
    let session = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let (inputs, errors) = session.discovered(&arguments.files);
    // One base is that of each contract; several are those of all contracts together.
    let single = arguments.base.first().filter(|_| arguments.base.len() == 1);
    let ancestry = match (arguments.merge_base, arguments.base_exact) {
        (true, _) => Ancestry::MergeBase,
        (_, true) => Ancestry::Exact,
        _ => Ancestry::Natural,
    };
    let bases = single.map(|base| Bases::new(&session, (base, ancestry), &arguments.files, inputs.len()));
    let bases = bases.transpose()?;
    let at = bases.as_ref().and_then(Bases::revision);
    let (rules, judgement) = (&arguments.rules, &arguments.judgement);
    let mut policy = session.policy(arguments.output.fail_on)?;
    policy.ignores = judgement.ignores(&session)?;
    policy.undecided = judgement.undecided;
    policy.base = bases.as_ref().and_then(Bases::described);
    let options = judgement.options(&session)?;
    let running = rules.rules(&session, at)?;
    policy.decided = session.decided(&rules.files(&session), &judgement.files(&session), Some(&running), at);
    let other =
        at.map(|at| BasePolicy::of(&session, at, (rules, judgement), arguments.output.fail_on, &policy.decided));
    let limits = judgement.limits();
    let judge = Judge { options, limits, rules: running, other: other.transpose()?.flatten(), session };
    let session = &judge.session;
    let mut findings = Findings::default();
    let parts: Vec<Findings> = inputs
        .par_iter()
        .map(|input| contain::contract(&input.name(), || judge.contract(input, bases.as_ref())))
        .collect();
    for part in parts {
        findings.extend(part);
    }
    let folders = bases.as_ref().filter(|bases| bases.have_folders());
    if let Some(bases) = folders {
        let (gone, kept) = bases.gone(session, &judge.options, &inputs)?;
        findings.extend(gone);
        let parts: Vec<Findings> = kept
            .par_iter()
            .map(|input| contain::contract(&input.name(), || judge.contract(input, Some(bases))))
            .collect();
        for part in parts {
            findings.extend(part);
        }
    }
    // Whether a folder without contracts matters depends on the base, which has said so.
    let settled = |error: &DiscoverError| {
        folders.is_some() && matches!(error, DiscoverError::EmptyFolder(_) | DiscoverError::Ignored(..))
    };
    findings.limitations.extend(errors.iter().filter(|error| !settled(error)).map(session::undiscovered));
    if arguments.base.len() > 1 {
        findings.extend(judge.together(&arguments.base, &inputs));
    }
    if let Some(other) = &judge.other {
        let changed = other.report(&findings, &policy, &judge.rules);
        findings.diagnostics.extend(changed);
        policy.fail_on = other.fail_on(policy.fail_on);
    }
    let mut report = Report { about: judge.rules.about(), ..findings.judge(arguments.command(), &policy) };
    crate::lint::fold_floods(&mut report.diagnostics);
    arguments.output.write(&report)
}

/// What decides about a contract.
struct Judge {
    session: Session,
    options: Options,
    limits: Limits,
    rules: Rules,
    /// The policy of the base, where it is another.
    other: Option<BasePolicy>,
}

impl Judge {
    /// Lints one contract and compares it with its base.
    fn contract(&self, input: &Input, bases: Option<&Bases>) -> Findings {
        let session = &self.session;
        let base = bases.map(|bases| (bases, bases.of(session, input)));
        let mut findings = Findings::default();
        let is_gone = matches!(input, Input::File(path) if path.symlink_metadata().is_err());
        match &base {
            Some((_, Base::At(base))) if is_gone => return catalogue::removed(session, base, &self.options),
            Some((_, Base::Unknown(limitation))) if is_gone => {
                findings.limitations.push(limitation.clone());
                return findings;
            }
            _ => {}
        }
        let workspace = match session.load(input) {
            Ok(workspace) => workspace,
            Err(limitation) => {
                findings.limitations.push(limitation);
                return findings;
            }
        };
        super::lint::loaded(session, &self.rules, input, &workspace, &mut findings);
        if let Some(other) = &self.other {
            other.lint(session, &self.rules, &workspace, &mut findings);
        }
        match base {
            None => {}
            Some((bases, Base::At(_))) if bases.unchanged(session, &workspace) => {
                let mut same = Findings::default();
                if let Ok(api) = Api::open(&workspace) {
                    promises(api, api, session, &mut same);
                }
                findings.extend(self.settled(same));
            }
            Some((_, Base::At(base))) => match session.load(&base) {
                Ok(before) => {
                    let mut compared = Findings::default();
                    let apis = super::diff::loaded(
                        (&before, &workspace),
                        &input.name(),
                        &self.options,
                        self.limits,
                        &mut compared,
                    );
                    if let Some((before, after)) = apis {
                        promises(before, after, session, &mut compared);
                        let options = self.other.as_ref().and_then(|other| other.options(&self.options));
                        compared
                            .shadow
                            .extend(options.into_iter().flat_map(|o| diff::compare(before, after, o).changes));
                    }
                    findings.extend(self.settled(compared));
                }
                Err(limitation) => findings.limitations.push(limitation),
            },
            Some((bases, Base::Absent)) => match bases.not_new(session, input) {
                Some(limitation) => findings.limitations.push(limitation),
                None => findings.diagnostics.extend(catalogue::new_contract(&workspace)),
            },
            Some((_, Base::Unknown(limitation))) => findings.limitations.push(limitation),
        }
        findings
    }

    /// Compares all contracts, as one API, with several files.
    fn together(&self, base: &[String], inputs: &[Input]) -> Findings {
        let names: Vec<String> = inputs.iter().map(Input::name).collect();
        let judge = |before: Api<'_>, after: Api<'_>, findings: &mut Findings| {
            let found =
                pair_findings(before, after, &findings.diagnostics, &self.session.lifecycle, self.session.as_of);
            findings.diagnostics.extend(found);
        };
        let compared = compose::compare(&self.session, (base, &names), &self.options, self.limits, judge);
        Findings { contracts: 0, ..self.settled(compared) }
    }

    /// Lets findings of rules over two versions stand for the changes that they are about.
    fn settled(&self, mut compared: Findings) -> Findings {
        self.rules.carry(&mut compared.diagnostics);
        fold_into_changes(&mut compared.diagnostics);
        compared
    }
}

/// The rules over both versions: what was promised, and whether the version says what changed.
fn promises(before: Api<'_>, after: Api<'_>, session: &Session, findings: &mut Findings) {
    let (policy, as_of) = (&session.lifecycle, session.as_of);
    let mut found = pair_findings(before, after, &findings.diagnostics, policy, as_of);
    let timeline = crate::lifecycle::timeline(after, policy, as_of);
    found.extend(timeline_findings(&timeline, after, policy));
    let verdict = bump::verdict(before, after, &findings.diagnostics, policy);
    found.extend(bump::findings(&verdict, before, after));
    crate::diagnostic::finish(&mut found);
    bump::settle(before, after, &mut findings.diagnostics, policy);
    findings.diagnostics.extend(found);
}
