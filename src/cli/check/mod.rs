//! `covenant check`: lint of the revision, comparison with the base, policy, one verdict. What a pull request runs.

mod areas;
mod intended;
mod judge;
mod weakened;

use super::base::{Ancestry, Bases};
use super::cache::CacheArguments;
use super::contain;
use super::diff::JudgementArguments;
use super::generate::{GenerateArguments, Plan};
use super::output::OutputArguments;
use super::rulesets::RuleArguments;
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::config::AllowBreaking;
use crate::gate::{Command, Links};
use crate::workspace::{DiscoverError, Input};
use areas::Areas;
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use std::path::PathBuf;

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
    /// Which lint findings fail the run: new (those that the base does not have; the others are counted) or all.
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Which::New)]
    lint: Which,
    /// When a breaking change passes: never, when-version-says-so (the declared bump covers the required one) or
    /// when-approved (by somebody that --approvals names and who may) [default: that of the configuration, else never].
    #[arg(long, value_name = "WHEN", value_parser = allow_breaking, requires = "base")]
    allow_breaking: Option<AllowBreaking>,
    /// Reviews and labels of the pull request, as the platform knows them: see docs/approvals.md.
    #[arg(long, value_name = "FILE", requires = "base")]
    approvals: Option<PathBuf>,
    /// Address of a line on the web, for comments: https://github.com/OWNER/REPO/blob/{commit}/{path}#L{line}.
    #[arg(long, value_name = "TEMPLATE", requires = "commit", help_heading = "Output")]
    link: Option<String>,
    /// The commit that is judged, where a merge of it is checked out: its full id.
    #[arg(long, value_name = "ID", requires = "link", help_heading = "Output")]
    commit: Option<String>,
    /// Whose configuration, waivers, baseline and rulesets decide: target (those of the revision that --base names, at its
    /// tip) or head (those of the work tree) [default: target where --base is a revision].
    #[arg(long, value_enum, value_name = "WHOSE", requires = "base")]
    policy_from: Option<PolicyFrom>,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    generate: GenerateArguments,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

fn allow_breaking(text: &str) -> Result<AllowBreaking, String> {
    AllowBreaking::parse(text).ok_or_else(|| "one of never, when-version-says-so, when-approved".to_owned())
}

/// Which lint findings of a comparison fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Those that the base does not have.
    New,
    /// All.
    All,
}

/// Whose policy decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PolicyFrom {
    /// That of the revision that is the base, at its tip.
    Target,
    /// That of the work tree.
    Head,
}

impl Arguments {
    /// How places are found on the web.
    fn links(&self) -> Result<Option<Links>, Failure> {
        let both = self.link.as_ref().zip(self.commit.as_ref());
        both.map(|(link, commit)| Links::new(link, commit)).transpose().map_err(Failure::usage)
    }

    fn command(&self) -> Command {
        if self.base.is_empty() { Command::Check } else { Command::CheckAgainstBase }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    judged(arguments).map_err(|failure| arguments.output.not_run(arguments.command(), failure))
}

fn judged(arguments: &Arguments) -> Result<u8, Failure> {
    let head = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let cache = arguments.cache.open(&head.repositories)?;
    let (mut inputs, errors) = head.discovered(&arguments.files);
    // One base is that of each contract; several are those of all contracts together.
    let single = arguments.base.first().filter(|_| arguments.base.len() == 1);
    let ancestry = match (arguments.merge_base, arguments.base_exact) {
        (true, _) => Ancestry::MergeBase,
        (_, true) => Ancestry::Exact,
        _ => Ancestry::Natural,
    };
    let bases = single.map(|base| Bases::new(&head, (base, ancestry), &arguments.files, inputs.len()));
    let mut bases = bases.transpose()?;
    let plan = Plan::new(&arguments.generate, &head, bases.as_ref(), &arguments.files)?;
    let mut areas = Areas::new(arguments, head, bases.as_ref())?;
    let mut gone = Findings::default();
    if let Some(bases) = bases.as_mut().filter(|bases| bases.have_folders()) {
        let main = areas.main();
        let (found, kept) = bases.gone(&main.head, &main.options, &inputs, &plan)?;
        gone = found;
        main.intended.gone(&mut gone.diagnostics);
        inputs.extend(kept);
    }
    // Every policy and every name was read before code of the head runs.
    let unlisted = areas.unlisted(&arguments.files, &inputs);
    let is_emitted = |input: &Input| input.file().is_some_and(|file| plan.emits(&areas.main().head, file));
    let unlisted: Vec<Input> = unlisted.into_iter().filter(|input| !is_emitted(input)).collect();
    let not_emitted = plan.run(&areas.main().head, bases.as_mut(), cache.as_ref(), &mut inputs);
    inputs.extend(unlisted.iter().cloned());
    let bases = bases.as_ref();
    let owners: Vec<usize> = inputs.iter().map(|input| areas.of(input)).collect::<Result<_, _>>()?;
    let judge = |(input, owner): (&Input, &usize)| {
        contain::contract(&input.name(), || {
            let area = areas.at(*owner);
            let mut findings = area.contract(input, bases, cache.as_ref());
            if unlisted.contains(input) {
                findings.diagnostics.extend(area.unlisted(input, bases));
            }
            findings
        })
    };
    let found: Vec<Findings> = inputs.par_iter().zip(&owners).map(judge).collect();
    if let Some(cache) = &cache {
        cache.prune();
    }
    let mut parts: Vec<Findings> = (0..areas.len()).map(|_| Findings::default()).collect();
    parts[0].extend(gone);
    parts[0].limitations.extend(not_emitted);
    for (findings, owner) in found.into_iter().zip(owners) {
        parts[owner].extend(findings);
    }
    let folders = bases.filter(|bases| bases.have_folders());
    // Whether a folder without contracts matters depends on the base, which has said so.
    let names = |argument: &str| plan.names(&areas.main().head, argument);
    let settled = |error: &DiscoverError| match error {
        DiscoverError::EmptyFolder(argument) | DiscoverError::Ignored(argument, _) => {
            folders.is_some() || names(argument)
        }
        DiscoverError::NoMatch(argument) => names(argument),
        _ => false,
    };
    parts[0].limitations.extend(errors.iter().filter(|error| !settled(error)).map(session::undiscovered));
    if arguments.base.len() > 1 {
        parts[0].extend(areas.main().together(&arguments.base, &inputs));
    }
    let mut report = areas.judge(arguments.command(), parts);
    crate::lint::fold_floods(&mut report.diagnostics);
    super::upgrade::explain(&mut report.diagnostics);
    arguments.output.write(&report)
}
