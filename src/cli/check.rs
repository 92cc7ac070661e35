//! `covenant check`: lint of the revision, comparison with the base, policy, one verdict. What a pull request runs.

use super::base::{self, Base};
use super::compose;
use super::diff::JudgementArguments;
use super::output::OutputArguments;
use super::rulesets::RuleArguments;
use super::session::{Failure, Findings, LoadArguments, Session};
use crate::lifecycle::{pair_findings, timeline_findings};
use crate::lint::claim_changes;
use crate::openapi::Api;
use crate::release::bump;
use crate::workspace::Input;
use clap::Args;
use jiff::civil::Date;

/// Lint contracts and compare them with a base: one verdict for a pull request.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// What to compare with: a git revision (the same paths in it), REV:path, a file, or a folder (the same paths in it).
    /// Several files, each with --base: the contracts together are one API, compared with these together.
    #[arg(short, long, value_name = "REV|FILE")]
    base: Vec<String>,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let first = arguments.files.first().map(|file| Input::from_argument(file));
    let session = Session::start(&arguments.load, first.as_ref())?;
    let options = arguments.judgement.options(&session)?;
    let mut policy = session.policy(arguments.output.fail_on)?;
    policy.ignores = arguments.judgement.ignores(&session)?;
    let rules = arguments.rules.rules(&session)?;
    let lifecycle = session.lifecycle()?;
    let (inputs, limitations) = session.inputs(&arguments.files);
    let mut findings = Findings { limitations, ..Findings::default() };
    let folders = base::folders(&session, &arguments.files);
    // One base is that of each contract; several are those of all contracts together.
    let single = arguments.base.first().filter(|_| arguments.base.len() == 1);
    for input in &inputs {
        let base = single.map(|base| base::of(input, base, inputs.len(), &folders)).transpose()?;
        let workspace = match session.load(input) {
            Ok(workspace) => workspace,
            Err(limitation) => {
                findings.limitations.push(limitation);
                continue;
            }
        };
        super::lint::loaded(&session, &rules, input, &workspace, &mut findings);
        match base {
            None => {}
            Some(Base::At(base)) => match session.load(&base) {
                Ok(before) => {
                    let mut compared = Findings::default();
                    let apis = super::diff::loaded(&before, &workspace, &input.name(), &options, &mut compared);
                    if let Some((before, after)) = apis {
                        promises(before, after, session.as_of, &lifecycle, &mut compared);
                    }
                    rules.carry(&mut compared.diagnostics);
                    claim_changes(&mut compared.diagnostics);
                    findings.extend(compared);
                }
                Err(limitation) => findings.limitations.push(limitation),
            },
            Some(Base::Absent) => findings.diagnostics.extend(super::catalogue::new_contract(&workspace)),
        }
    }
    if let Some(base) = single {
        findings.extend(base::gone(&session, &arguments.files, base, &folders, &options)?);
    }
    if arguments.base.len() > 1 {
        let names: Vec<String> = inputs.iter().map(Input::name).collect();
        let judge = |before: Api<'_>, after: Api<'_>, findings: &mut Findings| {
            let found = pair_findings(before, after, &findings.diagnostics, &lifecycle, session.as_of);
            findings.diagnostics.extend(found);
        };
        let mut compared = compose::compare(&session, &arguments.base, &names, &options, judge);
        rules.carry(&mut compared.diagnostics);
        claim_changes(&mut compared.diagnostics);
        compared.contracts = 0;
        findings.extend(compared);
    }
    arguments.output.write(&findings.judge("check", &policy))
}

/// The rules over both versions: what was promised, and whether the version says what changed.
fn promises(
    before: Api<'_>,
    after: Api<'_>,
    as_of: Date,
    lifecycle: &crate::lifecycle::Policy,
    findings: &mut Findings,
) {
    let mut found = pair_findings(before, after, &findings.diagnostics, lifecycle, as_of);
    let timeline = crate::lifecycle::timeline(after, lifecycle, as_of);
    found.extend(timeline_findings(&timeline, after, lifecycle));
    let verdict = bump::verdict(before, after, &findings.diagnostics, lifecycle);
    found.extend(bump::findings(&verdict, before, after));
    crate::diagnostic::finish(&mut found);
    findings.diagnostics.extend(found);
}
