//! What a command collects on its way to the gate, and how far it is.

use crate::diagnostic::Diagnostic;
use crate::gate::{Command, Limitation, Policy, Report};
use crate::openapi::Facts;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a command collects on its way to the gate.
#[derive(Default)]
pub(in crate::cli) struct Findings {
    pub(in crate::cli) diagnostics: Vec<Diagnostic>,
    pub(in crate::cli) limitations: Vec<Limitation>,
    pub(in crate::cli) contracts: usize,
    /// What the base has and the revision has no more.
    pub(in crate::cli) fixed: Vec<Diagnostic>,
    /// What the policy of the base finds beside, where it is another than that of the run.
    pub(in crate::cli) shadow: Vec<Diagnostic>,
    /// What the contracts say of themselves.
    pub(in crate::cli) apis: Vec<Facts>,
    /// The files that were looked at, by path; not known where results come from the cache.
    pub(in crate::cli) files: BTreeSet<String>,
}

impl Findings {
    /// Takes over what another part of the run found.
    pub(in crate::cli) fn extend(&mut self, other: Findings) {
        self.diagnostics.extend(other.diagnostics);
        self.limitations.extend(other.limitations);
        self.fixed.extend(other.fixed);
        self.shadow.extend(other.shadow);
        self.apis.extend(other.apis);
        self.contracts += other.contracts;
        self.files.extend(other.files);
    }

    /// The verdict over everything collected.
    pub(in crate::cli) fn judge(self, command: Command, policy: &Policy) -> Report {
        Findings::judge_parts(command, vec![(self, policy)])
    }

    /// The verdict over parts with policies of their own; the first is that of the run.
    pub(in crate::cli) fn judge_parts(command: Command, parts: Vec<(Findings, &Policy)>) -> Report {
        let (mut limitations, mut fixed, mut contracts) = (Vec::new(), Vec::new(), 0);
        let mut apis = Vec::new();
        let mut judged = Vec::new();
        for (part, policy) in parts {
            limitations.extend(part.limitations);
            fixed.extend(part.fixed);
            apis.extend(part.apis);
            contracts += part.contracts;
            judged.push((part.diagnostics, policy));
        }
        crate::diagnostic::finish(&mut fixed);
        let report = crate::gate::judge_parts(command, judged, limitations, contracts);
        apis.sort();
        apis.dedup();
        Report { fixed, apis, ..report }
    }

    /// The faults of the texts of a workspace. With `strict`, a text that was read only in part makes the run
    /// incomplete: a comparison of parts would call missing what merely was not read.
    pub(in crate::cli) fn texts(&mut self, workspace: &Workspace, strict: bool) {
        for (code, problem) in workspace.faults() {
            let partial = code.is_limit() || (strict && code.hides_changes());
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
pub(in crate::cli) struct Progress {
    noun: &'static str,
    total: usize,
    done: AtomicUsize,
    shown: bool,
}

impl Progress {
    /// For `total` things to do; few are not worth a word.
    pub(in crate::cli) fn new(noun: &'static str, total: usize) -> Self {
        let shown = total > 20 && std::io::stderr().is_terminal();
        Progress { noun, total, done: AtomicUsize::new(0), shown }
    }

    /// One more is done.
    pub(in crate::cli) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown {
            let end = if done == self.total { "\r\u{1b}[K" } else { "" };
            eprint!("\r{done} of {} {}{end}", self.total, self.noun);
        }
    }
}
