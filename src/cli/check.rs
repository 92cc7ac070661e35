//! `covenant check`: lint of the revision, comparison with the base, policy, one verdict. What a pull request runs.

use super::catalogue::Catalogue;
use super::diff::JudgementArguments;
use super::output::OutputArguments;
use super::rulesets::RuleArguments;
use super::session::{Failure, Findings, LoadArguments, Session};
use crate::lifecycle::{pair_findings, timeline_findings};
use crate::openapi::Api;
use crate::release::bump;
use crate::workspace::{GitError, Input, Repository};
use clap::Args;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Lint contracts and compare them with a base: one verdict for a pull request.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// What to compare with: a git revision (the same paths in it), REV:path, a file, or a folder (the same paths in it).
    #[arg(short, long, value_name = "REV|FILE")]
    base: Option<String>,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Where the base of a contract is.
enum Base {
    At(Input),
    /// The contract did not exist in the base revision.
    Absent,
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
    for input in &inputs {
        let base =
            arguments.base.as_ref().map(|base| base_of(input, base, inputs.len(), &arguments.files)).transpose()?;
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
                    findings.extend(compared);
                }
                Err(limitation) => findings.limitations.push(limitation),
            },
            Some(Base::Absent) => findings.diagnostics.extend(super::catalogue::new_contract(&workspace)),
        }
    }
    if let Some(base) = &arguments.base {
        for folder in arguments.files.iter().filter(|file| Path::new(file).is_dir()) {
            if let Some(catalogue) = Catalogue::find(base, folder)? {
                findings.extend(catalogue.gone(&session, &options));
            }
        }
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

/// The base of one contract.
fn base_of(input: &Input, base: &str, inputs: usize, folders: &[String]) -> Result<Base, Failure> {
    let whole = Input::from_argument(base);
    if Path::new(base).is_dir() {
        return Ok(match folders.iter().find_map(|folder| super::catalogue::counterpart(input, folder, base)) {
            Some(path) => Base::At(Input::File(path)),
            None => Base::Absent,
        });
    }
    let is_file = matches!(&whole, Input::File(path) if path.is_file()) || matches!(whole, Input::Revision { .. });
    if is_file {
        // A file of a pull request must not take the place of the revision that is meant.
        let plain = !base.contains(['/', '\\', '.', ':']);
        if plain && Repository::find(Path::new(".")).is_ok_and(|repository| repository.commit(base).is_ok()) {
            return Err(Failure::usage(format!(
                "--base {base} is a revision and a file; write `./{base}` for the file"
            )));
        }
        if inputs > 1 {
            return Err(Failure::usage("--base names one file, but there are several contracts; name a git revision"));
        }
        return Ok(Base::At(whole));
    }
    let Input::File(path) = input else {
        return Err(Failure::usage("--base names a revision, but the contract is not a file"));
    };
    let git = |error: GitError| Failure::new(error.to_string());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let repository = Repository::find(folder).map_err(git)?;
    repository.commit(base).map_err(git)?;
    let (Ok(real), Ok(top)) = (path.canonicalize(), repository.top().canonicalize()) else {
        return Err(Failure::new(format!("there is no file `{}`", path.display())));
    };
    let below = real.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
    let below = below.to_string_lossy().replace('\\', "/");
    let exists = repository.run(&["cat-file", "-e", &format!("{base}:{below}")]).is_ok();
    if !exists {
        return Ok(Base::Absent);
    }
    Ok(Base::At(Input::Revision { revision: base.to_owned(), path: below, folder: PathBuf::from(folder) }))
}
