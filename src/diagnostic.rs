//! The one finding type. Lint, diff, lifecycle and policy produce it; every report renders it.
//!
//! A diagnostic holds its places with their texts, so a report needs nothing else to show them.

mod cause;

pub use cause::{Cause, Part, gather};

use crate::text::{Position, SourceText, Span, secret};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// How much a finding matters to the gate. Ordered: `Hint < Info < Warn < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A suggestion.
    Hint,
    /// Worth knowing.
    #[serde(alias = "note")]
    Info,
    /// Should be fixed.
    #[serde(rename = "warning", alias = "warn")]
    Warn,
    /// Must be fixed.
    Error,
}

impl Severity {
    /// Reads a name as people write it: `warn` is `warning`, `note` is `info`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "hint" => Severity::Hint,
            "info" | "note" => Severity::Info,
            "warning" | "warn" => Severity::Warn,
            "error" => Severity::Error,
            _ => return None,
        })
    }
}

/// What a change does to a client. Ordered by weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// Nothing a client could notice, or not a change at all.
    #[default]
    None,
    /// Clients go on working.
    Compatible,
    /// Clients may fail; not decided, or depends on how tolerant they are.
    Risky,
    /// Some client that worked fails.
    Breaking,
}

/// What a change does to the assurances given with the API, apart from clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// Protection became weaker or stronger.
    Security,
    /// More or other personal data is exposed.
    Privacy,
    /// Limits, quotas or availability changed.
    ServiceLevel,
    /// Consents or scopes changed.
    Consent,
}

/// The weakest promise a change breaks, in the order of nesting: who keeps `sdk` keeps all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Documentation only.
    Docs,
    /// Generated code also notices.
    Sdk,
    /// A peer that validates strictly also notices.
    Contract,
    /// A peer that only reads what was described notices: the default promise.
    #[serde(alias = "wire")]
    Default,
}

/// The part of a semantic version that must grow. Ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// No new version is needed.
    #[default]
    None,
    /// `1.2.3` to `1.2.4`.
    Patch,
    /// `1.2.3` to `1.3.0`.
    Minor,
    /// `1.2.3` to `2.0.0`.
    Major,
}

macro_rules! lower_case_name {
    ($($type:ty: $doc:literal { $($variant:ident => $name:literal),+ $(,)? })+) => {$(
        impl $type {
            #[doc = $doc]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    )+};
}
lower_case_name! {
    Severity: "The name used in reports and configuration." { Hint => "hint", Info => "info", Warn => "warning", Error => "error" }
    Impact: "The name used in reports and configuration." { None => "none", Compatible => "compatible", Risky => "risky", Breaking => "breaking" }
    Assurance: "The name used in reports and configuration." { Security => "security", Privacy => "privacy", ServiceLevel => "service-level", Consent => "consent" }
    Category: "The name used in reports and configuration." { Docs => "docs", Sdk => "sdk", Contract => "contract", Default => "default" }
    Bump: "The name used in reports and configuration." { None => "none", Patch => "patch", Minor => "minor", Major => "major" }
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Location {
    /// The text it is in.
    pub source: Arc<SourceText>,
    /// The bytes it covers.
    pub span: Span,
    /// RFC 6901 pointer of the node, empty for the root or where there is no node.
    pub pointer: String,
    /// The pointer with elements of arrays named by what they are (a parameter's `in` and name) instead of their
    /// index, so that it stays when elements are inserted before. Fingerprints are made of it.
    pub identity: String,
}

impl Location {
    /// A place whose identity is its pointer.
    pub fn new(source: &Arc<SourceText>, span: Span, pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        Location { source: Arc::clone(source), span, identity: pointer.clone(), pointer }
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// The file's path without the git revision, for tools that know the work tree alone.
    pub fn path(&self) -> &str {
        self.source.path()
    }

    /// Where the place begins.
    pub fn start(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// Where the place ends.
    pub fn end(&self) -> Position {
        self.source.position(self.span.end)
    }
}

/// Another place that matters to a finding.
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What it has to do with the finding, a few words.
    pub message: String,
}

/// How sure the proof of a breaking change is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceStatus {
    /// An independent validator accepts the message on one side and rejects it on the other.
    Confirmed,
    /// One side describes the message and the other does not, which need not be a refusal: what was promised to readers is gone.
    Promise,
    /// The value is confirmed, but it travels in an encoded form (a signed token, an event stream).
    Decoded,
    /// No proof was found within the budget.
    Undecided,
    /// The kind of finding needs none, or none can be given as a value.
    #[default]
    None,
}

/// What a message proves beside the edit that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// It is refused for this edit alone.
    Alone,
    /// It is refused for other edits as well.
    Joint,
}

/// The proof of a finding: a message that worked before and fails now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// How sure it is.
    pub status: EvidenceStatus,
    /// The message in values, or the part of it that is known.
    pub value: serde_json::Value,
    /// The message as it travels: method, target, header fields, body; credentials are placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<serde_json::Value>,
    /// The side that accepts it: `base` or `revision`.
    pub accepted_by: String,
    /// The side that rejects it.
    pub rejected_by: String,
    /// Why it is rejected, or why nothing was decided; one sentence.
    pub reason: String,
    /// Whether it is rejected for this edit alone, where that was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
    /// Why else it is rejected, where it is not for this edit alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<OtherReason>,
}

/// A reason for which a proof is rejected beside the edit that it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherReason {
    /// One sentence.
    pub reason: String,
    /// The finding about the edit that rejects it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingAt>,
}

/// A finding, named by what and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingAt {
    /// Id of the change.
    pub rule: String,
    /// Name of the file.
    pub file: String,
    /// Line of the finding.
    pub line: u32,
    /// JSON pointer to it.
    pub pointer: String,
}

/// What says that a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hidden {
    /// Who says so.
    pub by: Hider,
    /// Why, in words; the line of policy.
    pub why: String,
}

/// Who can say that a finding does not count, apart from those who keep waivers and baselines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hider {
    /// The contract that it is about.
    Contract,
    /// A line of policy that switches a change off.
    Policy,
    /// The version of the contract, which moved as far as the changes require.
    Version,
    /// Somebody who may approve an intended break.
    Approval,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Id of the rule or change, in kebab case.
    pub rule: Cow<'static, str>,
    /// Weight for the gate.
    pub severity: Severity,
    /// What is wrong and where, in the user's words; one or two sentences.
    pub message: String,
    /// The place that the author should look at; of a pair, in the revision where it exists there, else in the base.
    pub location: Location,
    /// The whole value that the finding is about, where `location` shows less of it: what the formats of Spectral give.
    pub extent: Option<Span>,
    /// Of a pair: the place in the base.
    pub base_location: Option<Location>,
    /// Of a finding whose place is in the base alone: the nearest place around it that the revision still has.
    pub nearest: Option<Location>,
    /// Other places.
    pub related: Vec<Label>,
    /// Operations affected, as `GET /accounts/{id}`, in document order.
    pub operations: Vec<String>,
    /// The proof, where there is one.
    pub evidence: Option<Evidence>,
    /// What it does to clients.
    pub impact: Impact,
    /// What it does to assurances.
    pub assurance: Vec<Assurance>,
    /// The weakest promise broken, for changes.
    pub category: Option<Category>,
    /// The bump it requires.
    pub required_bump: Bump,
    /// Whether a change takes protection away (authentication, encryption, classification, a smaller audience): it fails
    /// the run like a break, whatever clients notice and policy says, until it is waived.
    pub weakens: bool,
    /// What says that the finding does not count, where something does, before the gate has judged it.
    pub hidden: Option<Hidden>,
    /// Whether the base has the same finding: this run did not bring it.
    pub existing: bool,
    /// Whether a date made it count: it is enforced also where the base has it.
    pub dated: bool,
    /// Whether it fails the run, where something else than the failing severity of the run decides.
    pub fails: Option<bool>,
    /// The findings that this one stands for, where a rule says in one sentence what is wrong in many places.
    pub parts: Vec<Diagnostic>,
    /// What to do.
    pub help: Option<String>,
    /// What a client must do to keep working, for changes that hurt clients.
    pub client: Option<String>,
    /// Page that explains the rule.
    pub url: Option<String>,
    /// Ids of rules over two versions that say the same of a change, which waivers may name as well.
    pub also: Vec<Cow<'static, str>>,
    /// What it has in common with other findings, which [`gather`] shows as one.
    pub cause: Option<Cause>,
    /// The other findings of its cause, for which it speaks.
    pub others: Vec<Part>,
    /// Its own sentence, where `message` speaks for others as well.
    pub own: Option<String>,
    /// The policy line that set severity or impact, where policy moved it.
    pub policy: Option<String>,
    /// Identity across runs: stays when lines move and unrelated text is edited. Set by [`finish`].
    pub fingerprint: String,
}

impl Diagnostic {
    /// The ids that policy may name it by: its own, and those of rules that say the same.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.rule).chain(self.also.iter().map(|id| &**id))
    }

    /// A finding with the fields every finding has; the rest is empty.
    pub fn new(
        rule: impl Into<Cow<'static, str>>,
        severity: Severity,
        message: impl Into<String>,
        location: Location,
    ) -> Self {
        Diagnostic {
            rule: rule.into(),
            severity,
            message: message.into(),
            location,
            extent: None,
            base_location: None,
            nearest: None,
            related: Vec::new(),
            operations: Vec::new(),
            evidence: None,
            impact: Impact::None,
            assurance: Vec::new(),
            category: None,
            required_bump: Bump::None,
            weakens: false,
            hidden: None,
            existing: false,
            dated: false,
            fails: None,
            parts: Vec::new(),
            own: None,
            help: None,
            client: None,
            url: None,
            also: Vec::new(),
            cause: None,
            others: Vec::new(),
            policy: None,
            fingerprint: String::new(),
        }
    }

    /// Returns the place to mark in the files of the revision: its own, else the nearest that is still there; `None` where the
    /// whole file is gone.
    pub fn in_revision(&self) -> Option<&Location> {
        match self.location.source.revision() {
            None => Some(&self.location),
            Some(_) => self.nearest.as_ref(),
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns whether nobody can say whether a change breaks, and it matters under the promise to keep.
    pub fn is_undecided(&self) -> bool {
        let undecided = self.evidence.as_ref().is_some_and(|evidence| evidence.status == EvidenceStatus::Undecided);
        undecided && self.impact >= Impact::Risky
    }

    /// Masks the secrets in everything that reports show of it.
    pub fn mask(&mut self) {
        let hide = |text: &mut String| {
            if let Cow::Owned(masked) = secret::mask(text) {
                *text = masked;
            }
        };
        let place = |location: &mut Location| {
            hide(&mut location.pointer);
            hide(&mut location.identity);
        };
        hide(&mut self.message);
        if let Cow::Owned(masked) = secret::mask(&self.rule) {
            self.rule = masked.into();
        }
        self.url.iter_mut().for_each(hide);
        place(&mut self.location);
        self.base_location.iter_mut().for_each(place);
        for label in &mut self.related {
            hide(&mut label.message);
            place(&mut label.location);
        }
        self.operations.iter_mut().for_each(hide);
        for text in [&mut self.help, &mut self.policy].into_iter().flatten() {
            hide(text);
        }
        if let Some(hidden) = &mut self.hidden {
            hide(&mut hidden.why);
        }
        if let Some(evidence) = &mut self.evidence {
            hide(&mut evidence.reason);
            mask_value(&mut evidence.value);
            evidence.message.iter_mut().for_each(mask_value);
            for other in &mut evidence.also {
                hide(&mut other.reason);
                other.finding.iter_mut().for_each(|finding| hide(&mut finding.pointer));
            }
        }
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, location: Location, message: impl Into<String>) -> Self {
        self.related.push(Label { location, message: message.into() });
        self
    }
}

/// Masks the secrets of a value, names and numbers included.
fn mask_value(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            if let Cow::Owned(masked) = secret::mask(text) {
                *text = masked;
            }
        }
        Value::Number(number) => {
            let text = number.to_string();
            if let Cow::Owned(masked) = secret::mask(&text) {
                *value = Value::String(masked);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_value),
        Value::Object(members) => {
            members.values_mut().for_each(mask_value);
            if members.keys().any(|name| matches!(secret::mask(name), Cow::Owned(_))) {
                let all = std::mem::take(members).into_iter();
                members.extend(all.map(|(name, value)| (secret::mask(&name).into_owned(), value)));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// The order of findings: file, place, rule, message.
fn in_order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    by_place(&a.location, &b.location).then_with(|| (&*a.rule, &a.message).cmp(&(&*b.rule, &b.message)))
}

/// The order of places. Parts of a run that are merged know one file in several ways, in which offsets differ, but not lines.
fn by_place(a: &Location, b: &Location) -> Ordering {
    if Arc::ptr_eq(&a.source, &b.source) {
        return a.span.cmp(&b.span);
    }
    a.file().cmp(b.file()).then_with(|| (a.start(), a.end()).cmp(&(b.start(), b.end())))
}

/// Sorts findings by file, place, rule and message.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(in_order);
}

/// Of findings that say the same of a shared file, which one is kept must not depend on the contract read first.
fn of_equals(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    b.severity.cmp(&a.severity).then_with(|| {
        let rest = |d: &Diagnostic| {
            let base = d.base_location.as_ref().map(|base| (base.file().to_owned(), base.span));
            let related = d.related.iter().map(|l| (l.location.file(), l.location.span, l.message.as_str()));
            let related: Vec<_> = related.map(|(file, span, text)| (file.to_owned(), span, text.to_owned())).collect();
            let key = d.cause.as_ref().map(|cause| (cause.key.clone(), cause.place));
            (
                d.operations.clone(),
                d.help.clone(),
                base,
                related,
                d.url.clone(),
                d.policy.clone(),
                d.hidden.clone(),
                key,
            )
        };
        rest(a).cmp(&rest(b))
    })
}

/// Masks secrets, sorts findings (file, place, rule, message), drops exact repetitions and sets the fingerprints.
///
/// A fingerprint is made of rule, path in the repository, identities of both places, and the number of earlier findings with
/// the same, so it depends neither on lines, nor on the wording of messages, nor on the folder in which the run began.
pub fn finish(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.iter_mut().for_each(Diagnostic::mask);
    diagnostics.sort_by(|a, b| in_order(a, b).then_with(|| of_equals(a, b)));
    diagnostics.dedup_by(|a, b| {
        let same = a.rule == b.rule && a.message == b.message && by_place(&a.location, &b.location).is_eq();
        // Of a shared file, what one contract brings is new.
        b.existing &= a.existing || !same;
        same
    });
    let mut seen = std::collections::HashMap::<String, u32>::new();
    for diagnostic in diagnostics {
        let key = key_of(diagnostic);
        let count = seen.entry(key).or_default();
        diagnostic.fingerprint = fingerprint(diagnostic, *count);
        *count += 1;
    }
}

/// What makes a finding the same in the next run, but for repetitions.
fn key_of(diagnostic: &Diagnostic) -> String {
    let base = diagnostic.base_location.as_ref().map_or("", |location| location.identity.as_str());
    [&*diagnostic.rule, diagnostic.location.source.home(), &diagnostic.location.identity, base].join("\u{1f}")
}

/// The fingerprint of a finding that `earlier` ones have the key of.
pub(crate) fn fingerprint(diagnostic: &Diagnostic, earlier: u32) -> String {
    let digest = Sha256::digest(format!("{}\u{1f}{earlier}", key_of(diagnostic)).as_bytes());
    let head = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{head:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, start: usize, pointer: &str) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", text));
        Diagnostic::new("r", Severity::Warn, "m", Location::new(&source, Span::new(start, start + 1), pointer))
    }

    #[test]
    fn a_fingerprint_survives_line_moves() {
        let mut before = vec![at("a: 1\nb: 2\n", 5, "/b")];
        let mut after = vec![at("a: 1\n\n\nb: 3\n", 7, "/b")];
        finish(&mut before);
        finish(&mut after);
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        let mut other = vec![at("a: 1\nb: 2\n", 0, "/a")];
        finish(&mut other);
        assert_ne!(before[0].fingerprint, other[0].fingerprint);
    }

    #[test]
    fn severities_and_impacts_are_ordered() {
        assert!(Severity::Error > Severity::Warn && Severity::Info > Severity::Hint);
        assert!(Impact::Breaking > Impact::Risky && Bump::Major > Bump::Minor);
    }
}
