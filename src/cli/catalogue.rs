//! Catalogues: folders of contracts, compared contract by contract. Contracts are paired by their path below the folder,
//! those of renamed files by what API they are; those that came or went are findings.

use super::contain;
use super::diff::Limits;
use super::session::{Failure, Findings, Session};
use crate::diagnostic::{Bump, Category, Diagnostic, Impact, Severity};
use crate::diff::{self, Action, ChangeId, Event, Options, Subject};
use crate::gate::Limitation;
use crate::openapi::Api;
use crate::workspace::{BaseArgument, DiscoverError, Input, Snapshot, Workspace, discover, is_contract};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Contracts of two sides by path.
pub(super) struct Catalogue {
    pairs: BTreeMap<String, (Option<Input>, Option<Input>)>,
    /// Whether the base is a git revision.
    of_git: bool,
    limitations: Vec<Limitation>,
    /// Why the folder of the revision has none, where that matters.
    none: Option<Limitation>,
}

impl Catalogue {
    /// The catalogue that a base and a folder are; `None` when the revision is no folder.
    ///
    /// # Errors
    /// [`Failure`] for a folder beside a contract, and when git cannot answer.
    pub(super) fn find(
        session: &Session,
        base: &BaseArgument,
        name: &str,
        revision: &str,
    ) -> Result<Option<Self>, Failure> {
        let right = Path::new(revision);
        if !right.is_dir() {
            return Ok(None);
        }
        let mut pairs = BTreeMap::<String, (Option<Input>, Option<Input>)>::new();
        let mut limitations = Vec::new();
        let (after, none) = below(session, right);
        match base {
            BaseArgument::Contract(_) => {
                return Err(Failure::usage(format!(
                    "`{revision}` is a folder, but `{name}` is a file; name two folders, or a git revision"
                )));
            }
            BaseArgument::Folder(left) => {
                let (before, error) = below(session, left);
                // A folder that was never filled must not make every contract a new one.
                limitations.extend(error.map(not_compared));
                for (path, input) in before {
                    pairs.entry(path).or_default().0 = Some(input);
                }
            }
            BaseArgument::Revision(at) => {
                for (path, input) in of_revision(session, at, right)? {
                    pairs.entry(path).or_default().0 = Some(input);
                }
            }
        }
        for (path, input) in after {
            pairs.entry(path).or_default().1 = Some(input);
        }
        let of_git = matches!(base, BaseArgument::Revision(_));
        if of_git {
            only_contracts(&mut pairs, right, &mut limitations);
        }
        // Without contracts, all those of the base are gone; those that git ignores are not.
        let ignored = |none: &DiscoverError| matches!(none, DiscoverError::Ignored(..));
        let none = none.filter(|none| pairs.is_empty() || ignored(none)).map(not_compared);
        Ok(Some(Catalogue { pairs, of_git, limitations, none }))
    }

    /// Whether neither side has a contract.
    fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The contracts with their partners: those of one path, then those that are one API under another path.
    pub(super) fn paired(&self, session: &Session) -> Vec<(&str, Option<&Input>, Option<&Input>)> {
        let all = self.pairs.iter().map(|(path, (base, revision))| (path.as_str(), base.as_ref(), revision.as_ref()));
        let mut all: Vec<_> = all.collect();
        let alone = |base: bool| -> Vec<usize> {
            let side = |at: &usize| match all[*at] {
                (_, Some(_), None) => base,
                (_, None, Some(_)) => !base,
                _ => false,
            };
            (0..all.len()).filter(side).collect()
        };
        let (gone, fresh) = (alone(true), alone(false));
        let old: Vec<&Input> = gone.iter().filter_map(|at| all[*at].1).collect();
        let new: Vec<&Input> = fresh.iter().filter_map(|at| all[*at].2).collect();
        let mut moved = Vec::new();
        for (left, right) in super::renames::renamed(session, &old, &new) {
            all[gone[left]].2 = Some(new[right]);
            moved.push(fresh[right]);
        }
        let mut at = 0;
        all.retain(|_| {
            at += 1;
            !moved.contains(&(at - 1))
        });
        all
    }

    /// Compares all contracts.
    pub(super) fn compare(&self, session: &Session, options: &Options, limits: Limits) -> Findings {
        let all: Vec<Findings> = self
            .paired(session)
            .into_par_iter()
            .map(|(path, base, revision)| {
                contain::contract(path, || match (base, revision) {
                    (Some(base), Some(revision)) => super::diff::compare(session, base, revision, options, limits),
                    (Some(base), None) => removed(session, base, options),
                    (None, Some(revision)) => came(session, self.of_git, revision),
                    (None, None) => Findings::default(),
                })
            })
            .collect();
        let limitations = self.limitations.iter().chain(&self.none).cloned().collect();
        let mut findings = Findings { limitations, ..Findings::default() };
        for one in all {
            findings.extend(one);
        }
        findings
    }

    /// Lists the contracts of the revision that the base has as well and `counts` says of their path that they count.
    pub(super) fn kept(&self, counts: impl Fn(&str) -> bool) -> Vec<Input> {
        let both = self.pairs.iter().filter(|(path, (base, _))| base.is_some() && counts(path));
        both.filter_map(|(_, (_, revision))| revision.clone()).collect()
    }

    /// The contracts that are gone, of those that `counts` says of their path that they count. That a side has none is no
    /// finding where `may_be_empty`.
    /// With those that are there under another name: what the revision has, and what the base has.
    pub(super) fn gone(
        &self,
        session: &Session,
        options: &Options,
        counts: impl Fn(&str) -> bool,
        may_be_empty: bool,
    ) -> (Findings, Vec<(Input, Input)>) {
        let none = self.none.iter().filter(|_| !(self.is_empty() && may_be_empty));
        let limitations = self.limitations.iter().chain(none).cloned().collect();
        let mut findings = Findings { limitations, ..Findings::default() };
        let mut renamed = Vec::new();
        for (path, base, revision) in self.paired(session) {
            match (base, revision) {
                (Some(base), None) if counts(path) => findings.extend(removed(session, base, options)),
                (Some(base), Some(revision)) if self.pairs[path].1.is_none() => {
                    renamed.push((revision.clone(), base.clone()));
                }
                _ => {}
            }
        }
        findings.contracts = 0;
        (findings, renamed)
    }
}
/// Drops files of the base that are no contracts, where the revision has none of their path. Where the file is still
/// there, but is not found as a contract any more, it is compared all the same.
fn only_contracts(
    pairs: &mut BTreeMap<String, (Option<Input>, Option<Input>)>,
    right: &Path,
    limitations: &mut Vec<Limitation>,
) {
    pairs.retain(|path, (base, revision)| {
        let (Some(Input::Revision { at, path: full }), None) = (&base, &revision) else { return true };
        match at.read(full, u64::from(u32::MAX)) {
            Ok(bytes) if is_contract(&bytes) => {
                let kept = right.join(path);
                *revision = kept.is_file().then_some(Input::File(kept));
                true
            }
            Ok(_) => false,
            Err(error) => {
                let file = base.as_ref().map(Input::name);
                limitations.push(Limitation { what: error.to_string(), file, incomplete: true });
                false
            }
        }
    });
}

/// Why nothing of a folder is compared.
fn not_compared(error: DiscoverError) -> Limitation {
    Limitation { what: error.to_string(), file: None, incomplete: true }
}

/// The contracts below a folder by their path there, or why there is none.
pub(super) fn below(session: &Session, folder: &Path) -> (Vec<(String, Input)>, Option<DiscoverError>) {
    let (inputs, mut errors) = discover(&[folder.to_string_lossy().into_owned()], &session.repositories);
    let path = |input: &Input| match input {
        Input::File(path) => Some(path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")),
        _ => None,
    };
    (inputs.into_iter().filter_map(|input| Some((path(&input)?, input))).collect(), errors.pop())
}

/// The files of a git revision below a folder of the work tree that may be contracts.
fn of_revision(session: &Session, at: &Snapshot, folder: &Path) -> Result<Vec<(String, Input)>, Failure> {
    // The folder may be one of another repository, which has no such revision.
    let (repository, below) = session.repositories.of_folder(folder)?;
    if repository.git_dir() != at.repository().git_dir() {
        return Err(Failure::new(format!(
            "`{}` is in another git repository than the revision `{}`; run covenant inside it",
            folder.display(),
            at.name()
        )));
    }
    let prefix = if below.is_empty() { below.clone() } else { format!("{below}/") };
    let mut out = Vec::new();
    for path in at.files(&below)? {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        let ending = rest.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let hidden = rest.split('/').any(|part| part.starts_with('.') || part == "node_modules" || part == "target");
        if hidden || !matches!(ending.as_str(), "yaml" | "yml" | "json") {
            continue;
        }
        out.push((rest.to_owned(), Input::Revision { at: at.clone(), path }));
    }
    Ok(out)
}

/// What there is to say of a contract that the base lacks. One that git does not track has not come: it has no base.
fn came(session: &Session, of_git: bool, input: &Input) -> Findings {
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    if of_git && let Some(limitation) = untracked(session, input) {
        findings.limitations.push(limitation);
        return findings;
    }
    match session.load(input) {
        Ok(workspace) => findings.diagnostics.extend(new_contract(&workspace)),
        Err(limitation) => findings.limitations.push(limitation),
    }
    findings
}

/// Says that a contract which the base revision lacks is not compared, unless git tracks it.
pub(super) fn untracked(session: &Session, input: &Input) -> Option<Limitation> {
    let Input::File(path) = input else { return None };
    let tracked = session.repositories.of_file(path).and_then(|(repository, path)| repository.tracks(&path));
    let what = match tracked {
        Ok(true) => return None,
        Ok(false) => "not compared: git does not track the file, and the base has none of its path; run `git add`, or \
                      name what it is compared with: --base FILE"
            .to_owned(),
        Err(error) => format!("not compared: {error}"),
    };
    Some(Limitation { what, file: Some(input.name()), incomplete: true })
}

/// The finding about a contract that is new.
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
pub(super) fn removed(session: &Session, input: &Input, options: &Options) -> Findings {
    let mut findings = Findings { contracts: 1, ..Findings::default() };
    let workspace = match session.load(input) {
        Ok(workspace) => workspace,
        Err(limitation) => {
            findings.limitations.push(limitation);
            return findings;
        }
    };
    // What was lost with a contract that is read only in part is not known.
    let mut texts = Findings::default();
    texts.texts(&workspace, true);
    let api = super::session::open(&workspace, &mut texts);
    findings.limitations.append(&mut texts.limitations);
    let Some(api) = api else { return findings };
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
    finding.category = Some(Category::Default);
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
