//! Catalogues: folders of contracts, compared contract by contract. Contracts are paired by their path below the folder;
//! those that came or went are findings.

use super::session::{Failure, Findings, Session};
use crate::diagnostic::{Bump, Category, Diagnostic, Impact, Severity};
use crate::diff::{self, Action, ChangeId, Event, Options, Subject};
use crate::openapi::Api;
use crate::workspace::{Input, Repository, Workspace, discover};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Contracts of two sides by path.
pub(super) struct Catalogue {
    pairs: BTreeMap<String, (Option<Input>, Option<Input>)>,
}

impl Catalogue {
    /// The catalogue that two arguments name: two folders, or a git revision and a folder; `None` when they name two
    /// contracts.
    ///
    /// # Errors
    /// [`Failure`] for a folder beside a contract, and when git cannot answer.
    pub(super) fn find(base: &str, revision: &str) -> Result<Option<Self>, Failure> {
        let (left, right) = (Path::new(base), Path::new(revision));
        let mut pairs = BTreeMap::<String, (Option<Input>, Option<Input>)>::new();
        match (left.is_dir(), right.is_dir()) {
            (false, false) => return Ok(None),
            (true, false) => {
                return Err(Failure::usage(format!(
                    "`{base}` is a folder, but `{revision}` is none; name two folders"
                )));
            }
            (true, true) => {
                for (path, input) in below(left) {
                    pairs.entry(path).or_default().0 = Some(input);
                }
            }
            (false, true) => {
                let git = |error: crate::workspace::GitError| Failure::new(error.to_string());
                if left.exists() {
                    return Err(Failure::usage(format!(
                        "`{revision}` is a folder, but `{base}` is a file; name two folders, or a git revision"
                    )));
                }
                let repository = Repository::find(right).map_err(git)?;
                for (path, input) in of_revision(&repository, base, right).map_err(git)? {
                    pairs.entry(path).or_default().0 = Some(input);
                }
            }
        }
        for (path, input) in below(right) {
            pairs.entry(path).or_default().1 = Some(input);
        }
        Ok(Some(Catalogue { pairs }))
    }

    /// Compares all contracts.
    pub(super) fn compare(&self, session: &Session, options: &Options) -> Findings {
        let all: Vec<Findings> = self
            .pairs
            .values()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|pair| match pair {
                (Some(base), Some(revision)) => super::diff::compare(session, base, revision, options),
                (Some(base), None) => removed(session, base, options),
                (None, Some(revision)) => Findings {
                    diagnostics: added(session, revision).into_iter().collect(),
                    contracts: 1,
                    ..Findings::default()
                },
                (None, None) => Findings::default(),
            })
            .collect();
        let mut findings = Findings::default();
        for one in all {
            findings.extend(one);
        }
        findings
    }

    /// The contracts that are gone, of those that `counts` says of their path that they count.
    pub(super) fn gone(&self, session: &Session, options: &Options, counts: impl Fn(&str) -> bool) -> Findings {
        let mut findings = Findings::default();
        for (path, (base, revision)) in &self.pairs {
            if let (Some(base), None) = (base, revision)
                && counts(path)
            {
                findings.extend(removed(session, base, options));
            }
        }
        findings.contracts = 0;
        findings
    }
}

/// The contract in the folder `base` that has the path of `input` below `folder`.
pub(super) fn counterpart(input: &Input, folder: &str, base: &str) -> Option<PathBuf> {
    let Input::File(path) = input else { return None };
    let here = path.strip_prefix(".").unwrap_or(path);
    let inside =
        if folder == "." { Some(here).filter(|path| path.is_relative()) } else { path.strip_prefix(folder).ok() };
    let found = Path::new(base).join(inside?);
    found.is_file().then_some(found)
}

/// The contracts below a folder by their path there.
fn below(folder: &Path) -> Vec<(String, Input)> {
    let (inputs, _) = discover(&[folder.to_string_lossy().into_owned()]);
    let path = |input: &Input| match input {
        Input::File(path) => Some(path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")),
        _ => None,
    };
    inputs.into_iter().filter_map(|input| Some((path(&input)?, input))).collect()
}

/// The contracts of a git revision below a folder of the work tree.
fn of_revision(
    repository: &Repository,
    revision: &str,
    folder: &Path,
) -> Result<Vec<(String, Input)>, crate::workspace::GitError> {
    let top = repository.top().canonicalize().unwrap_or_default();
    let real = folder.canonicalize().unwrap_or_default();
    let prefix = real.strip_prefix(&top).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
    let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
    let mut out = Vec::new();
    for path in repository.files(revision)? {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        let ending = rest.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let hidden = rest.split('/').any(|part| part.starts_with('.') || part == "node_modules" || part == "target");
        if hidden || !matches!(ending.as_str(), "yaml" | "yml" | "json") {
            continue;
        }
        let rest = rest.to_owned();
        out.push((rest, Input::Revision { revision: revision.to_owned(), path, folder: folder.to_owned() }));
    }
    Ok(out)
}

/// The finding about a contract that is new; `None` when it cannot be read, which lint says.
pub(super) fn added(session: &Session, input: &Input) -> Option<Diagnostic> {
    new_contract(&session.load(input).ok()?)
}

/// The finding about a contract that is new, loaded.
pub(super) fn new_contract(workspace: &Workspace) -> Option<Diagnostic> {
    let api = Api::open(workspace).ok()?;
    let message =
        format!("the contract is new: the base has no such file, so there is nothing to compare with ({})", title(api));
    let mut finding =
        Diagnostic::new(ChangeId::from(Event::ContractAdded).name(), Severity::Info, message, api.root().location());
    finding.impact = Impact::Compatible;
    finding.category = Some(Category::Contract);
    finding.required_bump = Bump::Minor;
    finding.operations = api.operations().iter().map(crate::openapi::Operation::label).collect();
    Some(finding)
}

/// The finding about a contract that is gone: as grave as the removal of its gravest operation.
fn removed(session: &Session, input: &Input, options: &Options) -> Findings {
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    // A file of the revision that is no contract is no API.
    let Ok(workspace) = session.load(input) else { return Findings::default() };
    let Ok(api) = Api::open(&workspace) else { return Findings::default() };
    let key = if api.root().get("swagger").is_some() { "swagger" } else { "openapi" };
    let version = api.root().get(key).map(|place| place.text().to_owned()).unwrap_or_default();
    let empty = serde_json::json!({ key: version, "info": {"title": "", "version": ""}, "paths": {} });
    let nothing = Workspace::from_text("nothing", &empty.to_string());
    let gone = Api::open(&nothing).map(|nothing| diff::compare(api, nothing, options)).unwrap_or_default();
    let of_paths = |change: &&Diagnostic| {
        let id = change.rule.parse::<ChangeId>();
        id.is_ok_and(|id| {
            matches!(id.subject, Subject::Path | Subject::Webhook) && id.event.action() == Action::Removes
        })
    };
    let worst = gone.changes.iter().filter(of_paths).max_by_key(|change| change.impact);
    let (impact, severity) = worst.map_or((Impact::Risky, Severity::Warn), |worst| (worst.impact, worst.severity));
    let why = worst.map(|worst| format!("; {}", worst.message)).unwrap_or_default();
    let message = format!("the contract is gone: {}{why}", title(api));
    let mut finding =
        Diagnostic::new(ChangeId::from(Event::ContractRemoved).name(), severity, message, api.root().location());
    finding.base_location = Some(api.root().location());
    finding.impact = impact;
    finding.category = Some(Category::Wire);
    finding.required_bump = if impact == Impact::Breaking { Bump::Major } else { Bump::Minor };
    finding.operations = api.operations().iter().map(crate::openapi::Operation::label).collect();
    finding.evidence = worst.and_then(|worst| worst.evidence.clone());
    finding.help = Some("deprecate its operations with a sunset date first, and remove it after that day".to_owned());
    findings.diagnostics.push(finding);
    findings
}

fn title(api: Api<'_>) -> String {
    let (title, version) = (api.title(), api.info_version());
    let count = api.operations().len();
    let operations = if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") };
    format!("`{title}` {version} with {operations}")
}
