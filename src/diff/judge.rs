//! Turns edits into findings: one per root cause, with the impact that follows from its effect and the policy.

use super::account;
use super::catalogue::Page;
use super::causes::Causes;
use super::change::{Event, Group, Role, Subject};
use super::edit::{Edit, ScopeId, reach, reach_around};
use super::effect::{Effect, Polarity};
use super::message::Suspects;
use super::options::{BetaBreaks, Level, Options, Override};
use super::promise::Weight;
use super::proof::{self, Proof, Prover};
use super::standing::{Standing, level_of};
use super::template;
use super::walk::{Root, Walk};
use crate::diagnostic::{Bump, Category, Diagnostic, EvidenceStatus, Hidden, Hider, Impact, Location, Severity};
use crate::openapi::{Operation, Stability, Surface};
use crate::schema::Formats;
use crate::workspace::{PlaceId, Workspace};
use globset::{GlobBuilder, GlobMatcher};
use rustc_hash::{FxHashMap, FxHashSet};

/// An override with its patterns compiled.
struct Rule<'o> {
    line: &'o Override,
    id: Option<GlobMatcher>,
    path: Option<GlobMatcher>,
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

/// Edits with the same key are one cause. The subject is left out where the same keyword is seen in several roles.
type CauseKey = (Option<Subject>, Event, Option<PlaceId>, Option<PlaceId>, Polarity, String);

/// Edits that are one root cause: the first, the operations that all of them reach, and where they stand.
pub(super) struct Cause<'w> {
    pub(super) edit: Edit<'w>,
    pub(super) operations: Vec<u32>,
    pub(super) scopes: Vec<ScopeId>,
}

impl<'w> Cause<'w> {
    fn roots<'a>(&self, walk: &'a Walk<'w, '_>) -> Vec<&'a Root<'w>> {
        self.operations.iter().map(|at| &walk.roots[*at as usize]).collect()
    }
}

/// All findings of a walk.
pub(super) fn findings(walk: &mut Walk<'_, '_>) -> Vec<Diagnostic> {
    let mut found = Causes::default();
    let (causes, judged) = judged(walk);
    for (cause, judged) in causes.iter().zip(judged) {
        if let Some(finding) = judged.finding {
            found.add(&cause.edit, finding);
        }
    }
    let mut out = found.finish(&walk.detours);
    named(&mut out);
    if walk.options.expand {
        out = out.into_iter().flat_map(expanded).collect();
    }
    out
}

/// All findings of a walk, one for each cause, with the operations that it reaches.
pub(super) fn by_operation(walk: &mut Walk<'_, '_>) -> Vec<(Diagnostic, Vec<u32>)> {
    let (causes, judged) = judged(walk);
    let both = causes.into_iter().zip(judged);
    both.filter_map(|(cause, judged)| Some((judged.finding?, cause.operations))).collect()
}

/// All causes of a walk, judged.
fn judged<'w>(walk: &mut Walk<'w, '_>) -> (Vec<Cause<'w>>, Vec<Judged>) {
    let edits = std::mem::take(&mut walk.edits);
    let roots: Vec<ScopeId> = walk.roots.iter().map(|root| root.scope).collect();
    let reached = reach(&walk.scopes, &roots);
    let mut index: FxHashMap<CauseKey, usize> = FxHashMap::default();
    let mut causes = Vec::<Cause<'w>>::new();
    for edit in edits {
        let key = (
            (!edit.of_keyword).then_some(edit.id.subject),
            edit.id.event,
            edit.base.map(crate::workspace::Place::id),
            edit.revision.map(crate::workspace::Place::id),
            edit.polarity,
            edit.words.name.clone(),
        );
        let operations = &reached[edit.scope];
        match index.get(&key) {
            Some(&at) => {
                causes[at].operations.extend(operations.iter().copied());
                causes[at].scopes.push(edit.scope);
                // Once is enough.
                if edit.weakens == Some(true) {
                    causes[at].edit.weakens = edit.weakens;
                }
                // Harmless only when it is harmless everywhere.
                if edit.harmless.is_none() {
                    causes[at].edit.harmless = None;
                }
            }
            None => {
                index.insert(key, causes.len());
                let scopes = vec![edit.scope];
                causes.push(Cause { edit, operations: operations.clone(), scopes });
            }
        }
    }
    let mut policy = Policy::new(walk.options, walk.base.root().workspace());
    for cause in &mut causes {
        cause.operations.sort_unstable();
        cause.operations.dedup();
    }
    doubt_ignored(walk, &roots, &mut causes);
    let mut suspects = Suspects::default();
    for Cause { edit, operations, .. } in &causes {
        if edit.harmless.is_none() && keyword_impact(edit) > Impact::Compatible {
            suspects.add(edit, operations);
        }
    }
    let mut prover = Prover::new(walk, suspects);
    let mut judged: Vec<Judged> = Vec::with_capacity(causes.len());
    for cause in &causes {
        judged.push(policy.finding(&cause.edit, &cause.roots(walk), &mut prover, None));
    }
    account::settle(walk, &reached, &mut causes, &mut judged, &mut policy, &mut prover);
    super::reread::fold(walk, &causes, &mut judged);
    walk.limitations.extend(prover.limitation());
    walk.dropped = policy.dropped;
    (causes, judged)
}

/// Marks edits that are met nowhere but in bodies that servers may ignore: nobody knows whether they hurt.
fn doubt_ignored<'w>(walk: &Walk<'w, '_>, roots: &[ScopeId], causes: &mut [Cause<'w>]) {
    if walk.ignored.is_empty() {
        return;
    }
    let firm = reach_around(&walk.scopes, roots, |scope| walk.ignored.contains_key(&scope));
    let (scopes, reasons): (Vec<ScopeId>, Vec<&String>) = walk.ignored.iter().unzip();
    let within = reach(&walk.scopes, &scopes);
    for cause in causes {
        let doubtful = cause.scopes.iter().all(|scope| firm[*scope].is_empty());
        let ignored = cause.scopes.iter().flat_map(|scope| &within[*scope]).map(|at| reasons[*at as usize]).min();
        if let (true, Some(reason)) = (doubtful, ignored)
            && keyword_impact(&cause.edit) > Impact::Compatible
        {
            cause.edit = cause.edit.clone().undefined(reason);
        }
    }
}

/// What an edit does by its keyword alone.
fn keyword_effect(edit: &Edit<'_>) -> Effect {
    let effect = edit.effect.or_else(|| edit.id.event.effect()).unwrap_or(Effect::Unknown);
    let effect = if edit.negated { effect.negated() } else { effect };
    if edit.undefined { Effect::Unknown } else { effect }
}

/// What an edit does to clients by its keyword alone.
fn keyword_impact(edit: &Edit<'_>) -> Impact {
    keyword_effect(edit).impact(edit.polarity)
}

/// Drops the names of findings that are none after all: what others made up for.
fn named(findings: &mut [Diagnostic]) {
    let at = |rule: &str, location: &Location| (rule.to_owned(), location.file().to_owned(), location.pointer.clone());
    let known: FxHashSet<_> = findings.iter().map(|finding| at(&finding.rule, &finding.location)).collect();
    for other in findings.iter_mut().flat_map(|finding| &mut finding.evidence).flat_map(|proof| &mut proof.also) {
        other.finding.take_if(|one| !known.contains(&(one.rule.clone(), one.file.clone(), one.pointer.clone())));
    }
}

/// One finding per operation.
fn expanded(mut finding: Diagnostic) -> Vec<Diagnostic> {
    finding.cause = None;
    if finding.operations.len() < 2 {
        return vec![finding];
    }
    let one = |operation: &String| {
        let mut copy = finding.clone();
        copy.message = format!("`{operation}`: {}", copy.message);
        copy.operations = vec![operation.clone()];
        copy
    };
    finding.operations.iter().map(one).collect()
}

/// What became of an edit.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) finding: Option<Diagnostic>,
    /// The impact before promise and policy.
    pub(super) raw: Impact,
    /// The weakest promise that it breaks.
    pub(super) category: Category,
}

pub(super) struct Policy<'o> {
    options: &'o Options,
    rules: Vec<Rule<'o>>,
    standing: Standing,
    /// Findings that lines of policy switch off.
    dropped: Vec<Diagnostic>,
}

impl<'o> Policy<'o> {
    fn new(options: &'o Options, base: &Workspace) -> Self {
        let rule = |line: &'o Override| Rule {
            line,
            id: line.id.as_deref().and_then(matcher),
            path: line.path.as_deref().and_then(matcher),
        };
        Policy {
            options,
            rules: options.overrides.iter().map(rule).collect(),
            standing: Standing::new(base),
            dropped: Vec::new(),
        }
    }

    /// Judges an edit. What is `given` is not asked again.
    pub(super) fn finding<'w>(
        &mut self,
        edit: &Edit<'w>,
        roots: &[&Root<'w>],
        prover: &mut Prover<'w>,
        given: Option<Proof>,
    ) -> Judged {
        let page = edit.id.page();
        let id = edit.id.name();
        let moved = self.lines(&id, roots).find_map(|line| Some((line.category?, &line.name)));
        let effect = keyword_effect(edit);
        let mut impact = effect.impact(edit.polarity);
        let (mut evidence, mut shown) = (None, None);
        let mut proved: Option<&str> = None;
        let asked = edit.harmless.is_none() && edit.ruling.is_none() && impact > Impact::Compatible;
        if let Some(proof) = given.or_else(|| asked.then(|| prover.judge(edit, effect, roots))) {
            match proof {
                Proof::Idle => impact = Impact::Compatible,
                Proof::Vacuous => {
                    impact = Impact::Risky;
                    proved =
                        Some("no value satisfies the schema as a whole, so nothing proves that the change is safe");
                }
                Proof::Harmless => {
                    impact = Impact::Compatible;
                    proved = Some("as a whole the schemas allow what is needed, so no message breaks");
                }
                Proof::Unsent { why, risky } => {
                    impact = if risky { Impact::Risky } else { Impact::Compatible };
                    proved = Some(why);
                }
                Proof::Broken(proof, broken) => {
                    impact = Impact::Breaking;
                    evidence = Some(*proof);
                    shown = Some(broken);
                }
                Proof::ByNumbers => evidence = Some(proof::by_numbers()),
                Proof::Undecided(reason) => {
                    impact = Impact::Risky;
                    evidence = Some(proof::undecided(reason));
                }
                Proof::Unasked => {}
            }
        }
        if let Some(ruling) = &edit.ruling {
            (impact, evidence, shown) = (ruling.impact, ruling.evidence.clone(), Some(ruling.category));
        }
        if edit.harmless.is_some() {
            impact = impact.min(Impact::Compatible);
        }
        if impact == Impact::Breaking && evidence.is_none() {
            evidence = prover.structural(edit, roots);
            // What the revision no longer describes it may still accept; a promise that was made is broken all the same.
            let promise = evidence.as_ref().is_some_and(|evidence| evidence.status == EvidenceStatus::Promise);
            if promise && !edit.id.event.is_broken_promise() {
                impact = Impact::Risky;
            }
        }
        let raw = impact;
        let usual = edit.category.unwrap_or_else(|| usual(page, edit, impact));
        let category = moved.map_or_else(|| shown.unwrap_or(usual), |(category, _)| category);
        let mut weight = Weight { impact, category, evidence, policy: moved.map(|(_, name)| name.clone()) };
        if moved.is_none() {
            weight.of_presence(edit, &self.standing, self.options);
        }
        weight.by_promise(edit, self.options);
        let Weight { mut impact, category, mut evidence, mut policy } = weight;
        if edit.id.event.group() == Group::Format && self.options.formats == Formats::Annotations {
            policy.get_or_insert_with(|| "formats: annotations".to_owned());
        }
        if impact > Impact::Compatible {
            let level = self.standing.level(edit, roots);
            if level < self.options.stability {
                impact = Impact::Compatible;
                policy = Some(format!("stability: {}", self.options.stability.name()));
            } else if level <= Stability::Beta && impact == Impact::Breaking && self.options.beta == BetaBreaks::Risky {
                impact = Impact::Risky;
                policy = Some(format!("beta: {}", self.options.beta.name()));
            }
        }
        if impact > Impact::Compatible && self.standing.is_exempt(edit, roots, self.options) {
            impact = Impact::Compatible;
            policy = Some(format!("exempt-deprecated: {}", self.options.exempt.name()));
        }
        if category == Category::Docs && impact <= Impact::Compatible {
            impact = Impact::None;
        }
        if impact == Impact::Breaking && evidence.is_none() {
            evidence = Some(prover.unshown(edit.id.event));
        }
        let weakens = edit.weakens.unwrap_or_else(|| page.is_some_and(Page::weakens));
        let severity = match impact {
            _ if weakens => Severity::Error,
            Impact::Breaking => Severity::Error,
            Impact::Risky => Severity::Warn,
            Impact::Compatible => Severity::Info,
            Impact::None => Severity::Hint,
        };
        let Some(place) = edit.revision.or(edit.base) else { return Judged { finding: None, raw, category } };
        let mut sentence = message(page, edit);
        if let Some(surface) = one_surface(roots).filter(|surface| !sentence.contains(surface)) {
            sentence.push_str(&format!(" (in {surface}s)"));
        }
        let mut finding = Diagnostic::new(id, severity, sentence, place.location());
        finding.base_location = edit.base.map(crate::workspace::Place::location);
        finding.operations = labels(roots);
        finding.impact = impact;
        finding.assurance = page.map(Page::assurance).unwrap_or_default();
        finding.category = Some(category);
        finding.required_bump = match impact {
            Impact::Breaking => Bump::Major,
            Impact::Risky | Impact::Compatible => Bump::Minor,
            Impact::None => Bump::Patch,
        };
        finding.weakens = weakens;
        if impact >= Impact::Risky || weakens {
            // The page speaks of the keyword alone; the schemas around it may decide otherwise.
            let general = match edit.polarity {
                _ if weakens => "Restore the protection, or have the change accepted under `waivers` in covenant.yaml.",
                Polarity::ToServer => {
                    "Keep accepting what was accepted: beside the new description, or in a new version."
                }
                Polarity::ToClient => {
                    "Keep sending only what the base describes, or offer the new form in a new version."
                }
            };
            finding.help = page.map(|page| page.author().unwrap_or(general).to_owned());
            finding.client = page.map(|page| client(page, edit));
        }
        if let Some(words) = proved {
            finding.message.push_str("; ");
            finding.message.push_str(words);
        }
        finding.evidence = evidence;
        finding.policy = policy;
        Judged { finding: self.overridden(finding, roots), raw, category }
    }

    /// The lines of policy for a change, the last first.
    fn lines<'a, 'w>(
        &'a self,
        id: &'a str,
        roots: &'a [&Root<'w>],
    ) -> impl Iterator<Item = &'o Override> + use<'a, 'o, 'w> {
        let path = |pattern: &GlobMatcher| sides(roots).any(|operation| pattern.is_match(operation.path.template));
        let tag = |name: &str| sides(roots).any(|operation| operation.tags().contains(&name));
        let found = self.rules.iter().rev().filter(move |rule| {
            rule.line.id.is_some() == rule.id.is_some()
                && rule.line.path.is_some() == rule.path.is_some()
                && rule.id.as_ref().is_none_or(|pattern| pattern.is_match(id))
                && rule.path.as_ref().is_none_or(path)
                && rule.line.tag.as_deref().is_none_or(tag)
                && rule
                    .line
                    .stability
                    .is_none_or(|level| !roots.is_empty() && roots.iter().all(|root| level_of(root) == Some(level)))
        });
        found.map(|rule| rule.line)
    }

    fn overridden(&mut self, mut finding: Diagnostic, roots: &[&Root<'_>]) -> Option<Diagnostic> {
        // Who may lower the weight of a break is not asked when protection is taken away.
        if finding.weakens {
            return Some(finding);
        }
        let line = self.lines(&finding.rule, roots).find(|line| line.severity != Level::Keep);
        let Some(line) = line else { return Some(finding) };
        match line.severity {
            Level::Off => {
                finding.policy = Some(line.name.clone());
                finding.hidden = Some(Hidden { by: Hider::Policy, why: line.name.clone() });
                // Judged again, it is hidden once.
                let same = |known: &Diagnostic| {
                    known.rule == finding.rule && known.location.pointer == finding.location.pointer
                };
                self.dropped.retain(|known| !same(known));
                self.dropped.push(finding);
                return None;
            }
            Level::Is(severity) => finding.severity = severity,
            Level::Keep => {}
        }
        finding.policy = Some(line.name.clone());
        Some(finding)
    }
}

fn sides<'a, 'w>(roots: &'a [&Root<'w>]) -> impl Iterator<Item = Operation<'w>> + use<'a, 'w> {
    roots.iter().flat_map(|root| [root.base, root.revision]).flatten()
}

/// The weakest promise that edits with this page break, where no value shows it: what the base accepts and the revision
/// refuses is noticed by every client.
fn usual(page: Option<&Page>, edit: &Edit<'_>, impact: Impact) -> Category {
    match page.map_or(Category::Contract, Page::category) {
        Category::Contract if edit.polarity == Polarity::ToServer && impact == Impact::Breaking => Category::Default,
        category => category,
    }
}

/// The name of what all these operations are, where the client answers them.
fn one_surface(roots: &[&Root<'_>]) -> Option<&'static str> {
    let surface = |root: &&Root<'_>| root.revision.or(root.base).map(|operation| operation.path.surface);
    let first = roots.first().and_then(surface)?;
    let name = match first {
        Surface::Path => return None,
        Surface::Webhook => "webhook",
        Surface::Callback => "callback",
    };
    roots.iter().all(|root| surface(root) == Some(first)).then_some(name)
}

fn labels(roots: &[&Root<'_>]) -> Vec<String> {
    let mut seen = FxHashSet::default();
    let label = |root: &&Root<'_>| root.revision.or(root.base).map(|operation| operation.label()).unwrap_or_default();
    let mut out: Vec<String> = roots.iter().map(label).collect();
    out.retain(|label| seen.insert(label.clone()));
    out
}

/// Returns what a client must do about an edit that may hurt it. Where the server sends what the page calls a request
/// (webhooks, callbacks), and where the page sees nothing to do, the side decides.
fn client(page: &Page, edit: &Edit<'_>) -> String {
    let usual = match page.change.subject.role() {
        Role::Request | Role::Parameter => edit.polarity == Polarity::ToServer,
        Role::Response | Role::Header => edit.polarity == Polarity::ToClient || edit.anchor.is_none(),
        Role::Contract => true,
    };
    if let Some(advice) = edit.client {
        return advice.to_owned();
    }
    match (page.client().filter(|_| usual), edit.polarity) {
        (Some(advice), _) => template::fill(advice, &edit.words),
        (None, Polarity::ToServer) => "Send only what the new version accepts.".to_owned(),
        (None, Polarity::ToClient) => "Handle what the new version may send.".to_owned(),
    }
}

/// Returns the message of an edit: the template of its page, filled, and what is said besides.
fn message(page: Option<&Page>, edit: &Edit<'_>) -> String {
    let mut out = match page {
        Some(page) => template::fill(page.message(), &edit.words),
        None => format!("{} changed: {}", edit.words.location, edit.id),
    };
    for part in [&edit.note, &edit.harmless].into_iter().flatten() {
        out.push_str("; ");
        out.push_str(part);
    }
    out
}
