//! Which policy decides about which contract: the nearest configuration of each, in the target where the base is a
//! revision, else in the work tree.

use super::intended::Intended;
use super::judge::Judge;
use super::weakened::HeadPolicy;
use super::{Arguments, PolicyFrom, Which};
use crate::cli::base::Bases;
use crate::cli::judged::{self, decided, standings};
use crate::cli::session::{Failure, Findings, Session};
use crate::config;
use crate::files;
use crate::gate::{Command, Links, Origin, Report, Trailer, is_approvable};
use crate::workspace::{Input, Snapshot, discover};
use globset::GlobSet;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The areas of a run, each with a policy of its own; the first is that of the run itself.
pub(super) struct Areas<'a> {
    arguments: &'a Arguments,
    target: Option<Snapshot>,
    /// What the contracts are compared with.
    base: Option<Snapshot>,
    described: Option<crate::gate::Base>,
    links: Option<Links>,
    /// What commits of the change ask to approve.
    requests: Vec<Trailer>,
    all: Vec<Judge>,
    /// The areas by the configurations that govern them, in the target and in the work tree.
    known: BTreeMap<(Option<PathBuf>, Option<PathBuf>), usize>,
}

impl<'a> Areas<'a> {
    /// Makes the area of the run itself; `head` is the session of the work tree.
    ///
    /// # Errors
    /// [`Failure`] when a policy cannot be read.
    pub(super) fn new(arguments: &'a Arguments, head: Session, bases: Option<&Bases>) -> Result<Self, Failure> {
        let target = bases.and_then(Bases::target);
        if arguments.policy_from == Some(PolicyFrom::Target) && target.is_none() {
            return Err(Failure::usage("--policy-from target needs a git revision as --base"));
        }
        let target = target.filter(|_| arguments.policy_from != Some(PolicyFrom::Head)).cloned();
        let described = bases.and_then(Bases::described);
        let base = bases.and_then(Bases::revision).cloned();
        let links = arguments.links()?;
        let requests = match &base {
            Some(base) => super::intended::trailers(base, Some(base.commit()), "HEAD")?,
            None => Vec::new(),
        };
        let known = BTreeMap::new();
        let mut areas = Areas { arguments, target, base, described, links, requests, all: Vec::new(), known };
        areas.add(head)?;
        Ok(areas)
    }

    /// The area of the run itself.
    pub(super) fn main(&self) -> &Judge {
        &self.all[0]
    }

    pub(super) fn at(&self, number: usize) -> &Judge {
        &self.all[number]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The number of the area of a contract.
    ///
    /// # Errors
    /// [`Failure`] when the configuration that governs it cannot be read.
    pub(super) fn of(&mut self, input: &Input) -> Result<usize, Failure> {
        let Some(path) = input.file() else { return Ok(0) };
        let main = self.main();
        if !main.head.is_sought() {
            return Ok(0);
        }
        let in_target = match &self.target {
            Some(at) => match main.head.repositories.of_file(path) {
                Ok((repository, inside)) if repository.git_dir() == at.repository().git_dir() => {
                    judged::governing(at, judged::folder_of(&inside))?.map(PathBuf::from)
                }
                _ => return Ok(0),
            },
            None => None,
        };
        if let Some(known) = self.known.get(&(in_target, config::find(path))) {
            return Ok(*known);
        }
        let head = main.head.nested(&self.arguments.load, path)?;
        self.add(head)
    }

    fn add(&mut self, head: Session) -> Result<usize, Failure> {
        let judge = self.judge_of(head)?;
        let number = self.all.len();
        let in_target = self.target.as_ref().and(judge.session.file.clone());
        self.known.entry((in_target, judge.head.file.clone())).or_insert(number);
        self.all.push(judge);
        Ok(number)
    }

    fn judge_of(&self, head: Session) -> Result<Judge, Failure> {
        let arguments = self.arguments;
        let (rules, judgement) = (&arguments.rules, &arguments.judgement);
        let session = match &self.target {
            Some(at) => head.of_revision(at)?,
            None => head.clone(),
        };
        let files = |session: &Session| {
            let mut files = session.policy_files();
            files.extend(rules.policy_files(session));
            files.extend(judgement.files(session));
            files
        };
        let other = self.target.as_ref();
        let own = standings(&session, &files(&session), other);
        let running = rules.rules(&session)?;
        let mut policy = session.policy(arguments.output.fail_on)?;
        judgement.complete(&session, &mut policy)?;
        policy.undecided = judgement.undecided;
        policy.base.clone_from(&self.described);
        policy.decided = decided(&session, &own, Some(&running));
        policy.origin = match (&self.target, arguments.policy_from) {
            _ if arguments.base.is_empty() => None,
            (Some(at), _) => Some(Origin::Target { name: at.name().to_owned(), commit: at.commit().to_owned() }),
            (None, Some(PolicyFrom::Head)) => Some(Origin::Head),
            (None, _) => Some(Origin::WorkTree),
        };
        let of_head = match other {
            Some(at) => {
                let theirs = standings(&head, &files(&head), Some(at));
                HeadPolicy::of(
                    (&head, &session),
                    (rules, judgement),
                    arguments.output.fail_on,
                    (&own, &theirs),
                    self.base.as_ref(),
                )?
            }
            None => None,
        };
        Ok(Judge {
            options: judgement.options_with(&session, rules.profile())?,
            limits: judgement.limits(),
            rules: running,
            of_head,
            intended: Intended::of(arguments, &session)?,
            only_new: arguments.lint == Which::New,
            inline_ignores: session.config.inline_ignores.unwrap_or_default(),
            policy,
            session,
            head,
        })
    }

    /// The contracts that no list of a configuration names, where one has a list: they are judged all the same.
    pub(super) fn unlisted(&self, files: &[String], listed: &[Input]) -> Vec<Input> {
        let main = self.main();
        let has_list = |session: &Session| !session.config.apis.is_empty();
        if !files.is_empty() || !(has_list(&main.head) || has_list(&main.session)) {
            return Vec::new();
        }
        let folder = if main.head.folder.as_os_str().is_empty() { Path::new(".") } else { &main.head.folder };
        let folder = super::session::shortest(folder);
        let here = if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.to_string_lossy().into_owned() };
        let (found, _) = discover(&[here], &main.head.repositories);
        let real = |input: &Input| match input.file() {
            Some(path) => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            None => PathBuf::from(input.name()),
        };
        let known: BTreeSet<PathBuf> = listed.iter().map(real).collect();
        let excluded = globs(&main.session.config.exclude);
        let is_excluded = |input: &Input| {
            let path = match input {
                Input::File(path) => path.as_path(),
                _ => return true,
            };
            let path = path.strip_prefix(&folder).unwrap_or(path);
            excluded.is_match(path.strip_prefix(".").unwrap_or(path))
        };
        found.into_iter().filter(|input| !known.contains(&real(input)) && !is_excluded(input)).collect()
    }

    /// Tells what commits of the change ask to approve, each beside the finding that it is about.
    fn tell_requests(&self, parts: &mut [Findings]) {
        for trailer in &self.requests {
            let about = |findings: &Findings| {
                findings.diagnostics.iter().find(|finding| is_approvable(finding) && trailer.names(finding)).cloned()
            };
            let found = parts.iter().enumerate().find_map(|(at, findings)| Some((at, about(findings)?)));
            let (at, about) = found.map_or((0, None), |(at, finding)| (at, Some(finding)));
            let (judge, main) = (&self.all[at], self.main());
            let file = main.session.file.as_deref().or(main.head.file.as_deref());
            let file = file.map_or_else(|| "covenant.yaml".to_owned(), files::from_here);
            let stays = self.all.iter().any(Judge::trailers_count);
            let terms = (&judge.policy.waiver_limits, judge.policy.as_of, stays);
            parts[at].diagnostics.push(trailer.request(terms, about.as_ref(), &file));
        }
    }

    /// The verdict over the findings of all areas.
    pub(super) fn judge(&mut self, command: Command, mut parts: Vec<Findings>) -> Report {
        for (judge, findings) in self.all.iter_mut().zip(&mut parts) {
            judge.take_proposed(findings);
            if let Some(of_head) = &judge.of_head {
                let compared_twice = of_head.options(&judge.options).is_some();
                let told = of_head.report(findings, &judge.policy, compared_twice);
                findings.diagnostics.extend(told);
            }
        }
        self.tell_requests(&mut parts);
        let parts = parts.into_iter().zip(&self.all).map(|(findings, judge)| (findings, &judge.policy));
        let mut about = BTreeMap::new();
        for judge in &self.all {
            about.extend(judge.rules.about());
        }
        Report { about, links: self.links.clone(), ..Findings::judge_parts(command, parts.collect()) }
    }
}

/// The globs of a configuration; one that is none matches nothing.
fn globs(patterns: &[String]) -> GlobSet {
    let mut set = globset::GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = globset::Glob::new(pattern) {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}
