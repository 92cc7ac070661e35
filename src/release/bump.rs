//! Which version a change needs, whether the contract declares it, and what forces it.
//!
//! Takes the two contracts, the changes between them and the policy; gives a [`Verdict`] and findings of the rules
//! `lc-breaking-requires-major` and `lc-version-bump-coherent`. It decides nothing about changes: each carries the
//! bump that it requires.

use crate::diagnostic::{Bump, Category, Diagnostic, Impact, Severity};
use crate::diff::ChangeId;
use crate::openapi::{Api, ReleaseVersion, VersionScheme, url_versions};
use crate::promise::{Part, Policy};
use crate::workspace::Place;
use serde::Serialize;
use std::cmp::Ordering;

/// How the declared version stands to the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The version moved as far as the changes require.
    Right,
    /// It must move further.
    TooSmall,
    /// It did not move, although the contract changed.
    NotMoved,
    /// The major part moved, although nothing breaks.
    NeedlessMajor,
    /// It left out a step, such as 1.2 to 1.5.
    Skipped,
    /// It is lower than before.
    Decreased,
    /// One of the two cannot be read under the scheme.
    Unreadable,
    /// What changed could not be told, and it may require more than what was seen.
    Unknown,
}

impl Outcome {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::TooSmall => "too-small",
            Outcome::NotMoved => "not-moved",
            Outcome::NeedlessMajor => "needless-major",
            Outcome::Skipped => "skipped",
            Outcome::Decreased => "decreased",
            Outcome::Unreadable => "unreadable",
            Outcome::Unknown => "unknown",
        }
    }
}

/// A change that forces the required bump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forcing {
    /// Fingerprint of the change.
    pub id: String,
    /// Change id.
    pub rule: String,
    /// What changed.
    pub message: String,
    /// Operations it reaches.
    pub operations: Vec<String>,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What would avoid it.
    pub instead: Option<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// How versions are written.
    pub scheme: VersionScheme,
    /// `info.version` of the base.
    pub base: String,
    /// `info.version` of the revision.
    pub revision: String,
    /// The part that must move.
    pub required: Bump,
    /// The part that moved; `none` too when the version decreased or cannot be read.
    pub declared: Bump,
    /// How the two compare.
    pub outcome: Outcome,
    /// Whether the version is large enough: nothing must be done before a release.
    pub enough: bool,
    /// The version that the changes require, written like the base; none when it cannot be told.
    pub next: Option<String>,
    /// One sentence that says it all.
    pub reason: String,
    /// The changes that alone require this bump; any one of them is enough to require it.
    pub forced_by: Vec<Forcing>,
    /// The part that would have to move without them.
    pub without_them: Bump,
    /// Rules of the policy that were applied, one sentence each.
    pub notes: Vec<String>,
}

impl Verdict {
    /// Returns the verdict of a comparison with gaps, one sentence each: below a major part, what was not seen may
    /// require more, so no version that moved less is right.
    #[must_use]
    pub fn with_gaps(mut self, gaps: Vec<String>) -> Self {
        if gaps.is_empty() || self.required == Bump::Major || self.declared == Bump::Major {
            self.notes.extend(gaps);
            return self;
        }
        self.outcome = Outcome::Unknown;
        self.enough = false;
        self.next = None;
        self.reason = String::from("not every change could be judged, so a major version bump may be required");
        self.notes.extend(gaps);
        self
    }
}

/// The version verdict for `changes` from `base` to `revision`.
pub fn verdict(base: Api<'_>, revision: Api<'_>, changes: &[Diagnostic], policy: &Policy) -> Verdict {
    let scheme = policy.version_scheme();
    let parse = |text: &str| ReleaseVersion::parse(text, scheme, policy.version_pattern.as_deref());
    let (old, new) = (parse(base.info_version()), parse(revision.info_version()));
    let mut notes = Vec::new();
    let rules = Rules::new(old.as_ref().ok(), revision, policy, &mut notes);
    let required = changes.iter().map(|change| rules.part(change)).max().unwrap_or_default();
    let forcing = |change: &&Diagnostic| required > Bump::None && rules.part(change) == required;
    let without_them = changes.iter().map(|change| rules.part(change)).filter(|part| *part < required).max();
    let mut out = Verdict {
        scheme,
        base: base.info_version().to_owned(),
        revision: revision.info_version().to_owned(),
        required,
        declared: Bump::None,
        outcome: Outcome::Unreadable,
        enough: false,
        next: None,
        reason: String::new(),
        forced_by: changes.iter().filter(forcing).map(describe).collect(),
        without_them: without_them.unwrap_or_default(),
        notes,
    };
    match (old, new) {
        (Ok(old), Ok(new)) => {
            out.next = next(&old, required, scheme);
            out.declared = declared(&old, &new);
            out.outcome = outcome(&old, &new, &out, changes);
            out.enough = !matches!(out.outcome, Outcome::TooSmall | Outcome::NotMoved | Outcome::Decreased);
        }
        (Err(expected), _) => out.reason = unreadable("base", base.info_version(), &expected),
        (Ok(old), Err(expected)) => {
            out.next = next(&old, required, scheme);
            out.reason = unreadable("revision", revision.info_version(), &expected);
        }
    }
    if out.outcome != Outcome::Unreadable {
        out.reason = reason(&out);
    }
    out
}

/// Sets the bump that each change requires under the policy, so that every command names the same: below 1.0.0, with other
/// schemes and with settings of `bump` it is not the one of the catalogue. [`verdict`] takes changes before this.
pub fn settle(base: Api<'_>, revision: Api<'_>, changes: &mut [Diagnostic], policy: &Policy) {
    let old = ReleaseVersion::parse(base.info_version(), policy.version_scheme(), policy.version_pattern.as_deref());
    let rules = Rules::new(old.as_ref().ok(), revision, policy, &mut Vec::new());
    for change in changes {
        change.required_bump = rules.part(change);
    }
}

/// What each change requires under the policy.
struct Rules<'p> {
    policy: &'p Policy,
    zero: bool,
    minor_may_break: bool,
}

impl<'p> Rules<'p> {
    fn new(base: Option<&ReleaseVersion>, revision: Api<'_>, policy: &'p Policy, notes: &mut Vec<String>) -> Self {
        let semantic = matches!(policy.version_scheme(), VersionScheme::Semver | VersionScheme::Obuk);
        let zero = semantic && base.is_some_and(|version| version.major() == 0);
        if zero {
            notes.push(format!(
                "before 1.0.0 a breaking change moves the {} part (`bump.zero-major`)",
                part_name(policy.bump.zero_major)
            ));
        }
        let change = revision.info().and_then(|info| info.get("x-change"));
        let kind = change.and_then(|change| change.get_str("kind")).unwrap_or_default();
        let minor_may_break = !kind.is_empty() && policy.minor_may_break.iter().any(|allowed| allowed == kind);
        if minor_may_break {
            notes.push(format!("a minor version may break for `x-change.kind: {kind}` (`minor-may-break`)"));
        }
        Rules { policy, zero, minor_may_break }
    }

    fn part(&self, change: &Diagnostic) -> Bump {
        let bump = &self.policy.bump;
        let enumeration = change.rule.parse::<ChangeId>().is_ok_and(|id| id.event.is_enumeration());
        let part = match change.required_bump {
            Bump::None => return Bump::None,
            Bump::Major if self.zero => bump.zero_major,
            Bump::Major if self.minor_may_break => bump.breaking.min(Part::Minor),
            Bump::Major if enumeration && self.policy.minor_may_break.iter().any(|allowed| allowed == "enum") => {
                bump.breaking.min(Part::Minor)
            }
            Bump::Major => bump.breaking,
            Bump::Minor if self.zero => bump.additive.min(Part::Patch),
            Bump::Minor => bump.additive,
            Bump::Patch => bump.docs,
        };
        let part = to_bump(part);
        match self.policy.version_scheme() {
            // These have one number, which only breaking changes move.
            VersionScheme::MajorOnly | VersionScheme::Integer if part < Bump::Major => Bump::None,
            _ => part,
        }
    }
}

fn to_bump(part: Part) -> Bump {
    match part {
        Part::None => Bump::None,
        Part::Patch => Bump::Patch,
        Part::Minor => Bump::Minor,
        Part::Major => Bump::Major,
    }
}

fn part_name(part: Part) -> &'static str {
    to_bump(part).name()
}

fn describe(change: &Diagnostic) -> Forcing {
    Forcing {
        id: change.fingerprint.clone(),
        rule: change.rule.to_string(),
        message: change.message.clone(),
        operations: change.operations.clone(),
        file: change.location.file().to_owned(),
        line: change.location.start().line,
        instead: change.help.clone(),
    }
}

/// The part that moved.
fn declared(old: &ReleaseVersion, new: &ReleaseVersion) -> Bump {
    if new.order(old) != Ordering::Greater {
        return Bump::None;
    }
    if new.date.is_some() || new.major() > old.major() {
        return Bump::Major;
    }
    if new.minor() > old.minor() {
        return Bump::Minor;
    }
    Bump::Patch
}

fn outcome(old: &ReleaseVersion, new: &ReleaseVersion, verdict: &Verdict, changes: &[Diagnostic]) -> Outcome {
    let (required, moved) = (verdict.required, verdict.declared);
    match new.order(old) {
        Ordering::Less => return Outcome::Decreased,
        Ordering::Equal if required > Bump::None => return Outcome::NotMoved,
        Ordering::Equal => return Outcome::Right,
        Ordering::Greater => {}
    }
    // A date says only when; between pre-releases of one version anything may change (Semantic Versioning, item 9).
    let same_core = old.parts == new.parts;
    if new.date.is_some() || (old.is_prerelease() && same_core) {
        return Outcome::Right;
    }
    if moved < required {
        return Outcome::TooSmall;
    }
    let breaks = changes.iter().any(|change| change.impact >= Impact::Risky || change.required_bump == Bump::Major);
    if moved == Bump::Major && old.major() > 0 && !breaks {
        return Outcome::NeedlessMajor;
    }
    if skipped(old, new) { Outcome::Skipped } else { Outcome::Right }
}

/// Whether a part moved by more than one.
fn skipped(old: &ReleaseVersion, new: &ReleaseVersion) -> bool {
    if new.major() != old.major() {
        return new.major() > old.major() + 1;
    }
    if new.minor() != old.minor() {
        return new.minor() > old.minor() + 1;
    }
    new.patch() > old.patch() + 1
}

/// The lowest version that is high enough, written like `old`.
fn next(old: &ReleaseVersion, required: Bump, scheme: VersionScheme) -> Option<String> {
    if required == Bump::None {
        return Some(old.text.clone());
    }
    let prefix = old.text.get(..1).filter(|first| matches!(*first, "v" | "V")).unwrap_or_default();
    match scheme {
        VersionScheme::Date | VersionScheme::Pattern => None,
        VersionScheme::MajorOnly | VersionScheme::Integer => Some(format!("{prefix}{}", old.major() + 1)),
        VersionScheme::Semver | VersionScheme::Obuk => {
            let (major, minor, patch) = (old.major(), old.minor(), old.patch());
            // `2.0.0-rc.1` becomes `2.0.0-rc.2`: its release may still change in any way.
            if let Some(pre) = &old.pre {
                return Some(format!("{prefix}{major}.{minor}.{patch}-{}", next_pre(pre)));
            }
            let (major, minor, patch) = match required {
                Bump::Major => (major + 1, 0, 0),
                Bump::Minor => (major, minor + 1, 0),
                Bump::Patch | Bump::None => (major, minor, patch + 1),
            };
            let written = old.parts.iter().flatten().count();
            Some(match (written, required) {
                (1, Bump::Major) => format!("{prefix}{major}"),
                (1 | 2, Bump::Major | Bump::Minor) => format!("{prefix}{major}.{minor}"),
                _ => format!("{prefix}{major}.{minor}.{patch}"),
            })
        }
    }
}

/// The pre-release after `pre`: its last number counted up, or `.1` added.
fn next_pre(pre: &str) -> String {
    let name = pre.trim_end_matches(|c: char| c.is_ascii_digit());
    match pre.strip_prefix(name).unwrap_or_default().parse::<u64>() {
        Ok(number) => format!("{name}{}", number.saturating_add(1)),
        Err(_) => format!("{pre}.1"),
    }
}

fn unreadable(side: &str, text: &str, expected: &str) -> String {
    let found = if text.is_empty() { "is missing".to_owned() } else { format!("is `{text}`") };
    format!("`info.version` of the {side} {found}, but the policy expects {expected}")
}

fn reason(verdict: &Verdict) -> String {
    let (base, revision) = (&verdict.base, &verdict.revision);
    let part =
        if verdict.scheme == VersionScheme::Date { "date".to_owned() } else { format!("{} part", verdict.required) };
    let by = match verdict.forced_by.as_slice() {
        [] => "nothing requires a new version".to_owned(),
        [one] => format!("`{}` requires a new {part}", one.rule),
        [one, rest @ ..] => format!("`{}` and {} more require a new {part}", one.rule, rest.len()),
    };
    // Of a version that is not released yet nothing was promised (Semantic Versioning 2.0.0, item 9).
    if verdict.outcome == Outcome::Right && verdict.declared < verdict.required && verdict.scheme != VersionScheme::Date
    {
        let by = match verdict.forced_by.as_slice() {
            [one] => format!("`{}`", one.rule),
            [one, rest @ ..] => format!("`{}` and {} more", one.rule, rest.len()),
            [] => "what changed".to_owned(),
        };
        return format!("`{base}` to `{revision}` is right: `{base}` is a pre-release, which may still change by {by}");
    }
    let next = verdict.next.as_deref().map(|next| format!("; the next version is `{next}`")).unwrap_or_default();
    match verdict.outcome {
        Outcome::Right if base == revision => format!("`{base}` may stay: {by}"),
        Outcome::Right => format!("`{base}` to `{revision}` is right: {by}"),
        Outcome::TooSmall => format!("`{base}` to `{revision}` is too small: {by}{next}"),
        Outcome::NotMoved => format!("the version is still `{base}`: {by}{next}"),
        Outcome::NeedlessMajor => {
            format!("`{base}` to `{revision}` makes every client migrate, but nothing breaks{next}")
        }
        Outcome::Skipped => format!("`{base}` to `{revision}` leaves out versions: {by}{next}"),
        Outcome::Decreased => format!("`{revision}` is lower than `{base}`: {by}{next}"),
        Outcome::Unreadable | Outcome::Unknown => String::new(),
    }
}

/// The findings of the version rules: `lc-breaking-requires-major`, `lc-version-bump-coherent`.
pub fn findings(verdict: &Verdict, base: Api<'_>, revision: Api<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let at = revision.info().and_then(|info| info.get("version")).unwrap_or_else(|| revision.root());
    let base_at = base.info().and_then(|info| info.get("version")).map(Place::location);
    let rule = match verdict.outcome {
        Outcome::Right => None,
        Outcome::TooSmall | Outcome::NotMoved if verdict.required == Bump::Major => {
            Some(("lc-breaking-requires-major", Severity::Error))
        }
        _ => Some(("lc-version-bump-coherent", Severity::Warn)),
    };
    if let Some((rule, severity)) = rule {
        let mut finding = Diagnostic::new(rule, severity, verdict.reason.clone(), at.location());
        finding.base_location = base_at;
        finding.required_bump = verdict.required;
        finding.category = Some(Category::Docs);
        if let Some(next) = verdict.next.as_ref().filter(|_| verdict.required > Bump::None) {
            finding = finding.help(format!("set `info.version` to `{next}`, or undo the changes that force it"));
        }
        out.push(finding);
    }
    out.extend(url_finding(verdict, base, revision));
    out
}

/// The major moved, but the version in the URLs did not move with it.
fn url_finding(verdict: &Verdict, base: Api<'_>, revision: Api<'_>) -> Option<Diagnostic> {
    if verdict.declared != Bump::Major || verdict.scheme == VersionScheme::Date {
        return None;
    }
    let old = url_versions(base);
    let stale = url_versions(revision).into_iter().find(|url| {
        let before = old.iter().find(|before| before.in_server == url.in_server);
        before.is_some_and(|before| before.major == url.major && verdict.base.contains(&url.major.to_string()))
    })?;
    let message = format!(
        "`info.version` went from `{}` to `{}`, but the URL still says `{}`",
        verdict.base, verdict.revision, stale.token
    );
    let finding = Diagnostic::new("lc-version-bump-coherent", Severity::Warn, message, stale.place.location());
    Some(finding.help("offer the new major under a URL of its own, so that both can run side by side"))
}
