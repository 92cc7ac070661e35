//! Findings as data, before the gate has judged them: what a part of a run hands to the merge, and what the cache keeps.
//!
//! Takes diagnostics and limitations; gives a [`Record`] that serde reads and writes, and from it the same diagnostics
//! again. Texts are not in it: they are named by their SHA-256 and found again by whoever restores.

use super::Limitation;
use crate::diagnostic::{Assurance, Bump, Category, Diagnostic, Evidence, Hidden, Impact, Label, Location, Severity};
use crate::openapi::Facts;
use crate::text::{Outline, Position, SourceText, Span};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// Findings as data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    sources: Vec<Source>,
    findings: Vec<Finding>,
    limitations: Vec<Limitation>,
    contracts: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    apis: Vec<Facts>,
}

/// A text that findings point into.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    name: String,
    /// The git revision that the name begins with, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    revision: String,
    /// The path from the top of the repository, where it is another than the one in the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    home: String,
    /// SHA-256 of the text, in hexadecimal; empty for the empty text.
    digest: String,
    /// Offset, line, column and UTF-16 column of every place, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    points: Vec<(u32, u32, u32, u32)>,
}

impl Source {
    /// The name that findings show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the text in hexadecimal; empty for the empty text.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The source with this text, if it is the one meant.
    pub fn with(&self, text: String) -> Option<Arc<SourceText>> {
        let meant = digest(&text) == self.digest;
        meant.then(|| Arc::new(self.at_home(SourceText::at_revision(&self.revision, &*self.name, text))))
    }

    /// The text with its path in the repository.
    fn at_home(&self, text: SourceText) -> SourceText {
        if self.home.is_empty() { text } else { text.at_home(&*self.home) }
    }
}

/// Number of the source, first and last offset, pointer, and identity where it is another.
type Place = (usize, u32, u32, String, Option<String>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    rule: String,
    severity: Severity,
    message: String,
    at: Place,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extent: Option<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Place>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<(Place, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    operations: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    impact: Impact,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assurance: Vec<Assurance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    bump: Bump,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    weakens: bool,
    /// Whether the day decides.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hidden: Option<Hidden>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

/// The record was not written by this program, or was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record of findings is damaged")]
pub struct Damaged;

/// What a [`Record`] holds, restored.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// The findings, in the order they were recorded.
    pub diagnostics: Vec<Diagnostic>,
    /// What was not examined.
    pub limitations: Vec<Limitation>,
    /// Number of contracts examined.
    pub contracts: usize,
    /// What the contracts say of themselves.
    pub apis: Vec<Facts>,
}

/// SHA-256 of a text in hexadecimal; of the empty text the empty string.
pub fn digest(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

impl Record {
    /// Records findings. With `points`, places keep their lines and columns even where the texts are not at hand.
    pub fn of(diagnostics: &[Diagnostic], limitations: &[Limitation], contracts: usize, points: bool) -> Self {
        let mut sources = Sources::default();
        // What is kept on disk and handed on is masked like every other report.
        let masked = diagnostics.iter().cloned().map(|mut diagnostic| {
            diagnostic.mask();
            diagnostic
        });
        let findings = masked.map(|diagnostic| sources.finding(&diagnostic)).collect();
        let sources = sources.finish(points);
        let mut limitations = limitations.to_vec();
        limitations.iter_mut().for_each(Limitation::mask);
        Record { sources, findings, limitations, contracts, apis: Vec::new() }
    }

    /// Adds what the contracts say of themselves.
    #[must_use]
    pub fn with_apis(mut self, apis: &[Facts]) -> Self {
        self.apis = apis.to_vec();
        self
    }

    /// The findings again. `text` gives the text of a source, if it is at hand; otherwise places keep lines and columns
    /// if they were recorded.
    ///
    /// # Errors
    /// [`Damaged`] when places do not fit their texts, or a text is needed and not at hand.
    pub fn restore(self, text: &mut dyn FnMut(&Source) -> Option<Arc<SourceText>>) -> Result<Restored, Damaged> {
        let mut texts = Vec::new();
        for source in &self.sources {
            let found = if source.digest.is_empty() { source.with(String::new()) } else { text(source) };
            texts.push(match found {
                Some(text) => (text, None),
                None => {
                    let position = |&(offset, line, column, utf16_column): &(u32, u32, u32, u32)| {
                        (offset, Position { line, column, utf16_column })
                    };
                    let points: Vec<_> = source.points.iter().map(position).collect();
                    let outline = Outline::new(&source.name, &source.revision, &points).ok_or(Damaged)?;
                    let offsets = points.iter().filter_map(|(offset, _)| Some((*offset, outline.offset(*offset)?)));
                    let offsets: std::collections::BTreeMap<u32, u32> = offsets.collect();
                    (Arc::new(source.at_home(outline.text)), Some(offsets))
                }
            });
        }
        let place = |(number, start, end, pointer, identity): Place| {
            let (text, offsets) = texts.get(number).ok_or(Damaged)?;
            let offset = |at: u32| match offsets {
                Some(offsets) => offsets.get(&at).copied(),
                None => text.text().is_char_boundary(at as usize).then_some(at),
            };
            let (start, end) = (offset(start).ok_or(Damaged)?, offset(end).ok_or(Damaged)?);
            if start > end {
                return Err(Damaged);
            }
            let mut location = Location::new(text, Span { start, end }, pointer);
            if let Some(identity) = identity {
                location.identity = identity;
            }
            Ok(location)
        };
        let restore = |finding: Finding| {
            let extent = finding.extent.map(|(start, end)| (finding.at.0, start, end, String::new(), None));
            let mut diagnostic = Diagnostic::new(finding.rule, finding.severity, finding.message, place(finding.at)?);
            diagnostic.extent = extent.map(|extent| Ok(place(extent)?.span)).transpose()?;
            diagnostic.base_location = finding.base.map(place).transpose()?;
            for (at, message) in finding.related {
                diagnostic.related.push(Label { location: place(at)?, message });
            }
            diagnostic.operations = finding.operations;
            diagnostic.evidence = finding.evidence;
            diagnostic.impact = finding.impact;
            diagnostic.assurance = finding.assurance;
            diagnostic.category = finding.category;
            diagnostic.required_bump = finding.bump;
            diagnostic.weakens = finding.weakens;
            diagnostic.dated = finding.dated;
            diagnostic.hidden = finding.hidden;
            diagnostic.help = finding.help;
            diagnostic.url = finding.url;
            diagnostic.policy = finding.policy;
            Ok(diagnostic)
        };
        let (limitations, contracts, apis) = (self.limitations, self.contracts, self.apis);
        let diagnostics = self.findings.into_iter().map(restore).collect::<Result<_, Damaged>>()?;
        Ok(Restored { diagnostics, limitations, contracts, apis })
    }
}

/// The texts met so far, with the offsets of the places in them.
#[derive(Default)]
struct Sources {
    texts: Vec<(Arc<SourceText>, BTreeSet<u32>)>,
}

impl Sources {
    /// Offsets of a span that a text and its characters allow: one of an unfinished value may end behind the text.
    fn fitted(text: &str, span: Span) -> (u32, u32) {
        let fit = |at: u32| (0..=(at as usize).min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let offset = |at: u32| fit(at).unwrap_or_default() as u32;
        (offset(span.start), offset(span.end))
    }

    fn extent(&mut self, number: usize, span: Span) -> (u32, u32) {
        let (text, offsets) = &mut self.texts[number];
        let (start, end) = Self::fitted(text.text(), span);
        offsets.extend([start, end]);
        (start, end)
    }

    fn place(&mut self, location: &Location) -> Place {
        // The findings of one text stand together.
        let number = self.texts.iter().rposition(|(text, _)| Arc::ptr_eq(text, &location.source));
        let number = number.unwrap_or_else(|| {
            self.texts.push((Arc::clone(&location.source), BTreeSet::new()));
            self.texts.len() - 1
        });
        let (start, end) = self.extent(number, location.span);
        let identity = (location.identity != location.pointer).then(|| location.identity.clone());
        (number, start, end, location.pointer.clone(), identity)
    }

    fn finding(&mut self, diagnostic: &Diagnostic) -> Finding {
        let at = self.place(&diagnostic.location);
        Finding {
            rule: diagnostic.rule.to_string(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            extent: diagnostic.extent.map(|span| self.extent(at.0, span)),
            at,
            base: diagnostic.base_location.as_ref().map(|base| self.place(base)),
            related: diagnostic.related.iter().map(|l| (self.place(&l.location), l.message.clone())).collect(),
            operations: diagnostic.operations.clone(),
            evidence: diagnostic.evidence.clone(),
            impact: diagnostic.impact,
            assurance: diagnostic.assurance.clone(),
            category: diagnostic.category,
            bump: diagnostic.required_bump,
            weakens: diagnostic.weakens,
            dated: diagnostic.dated,
            hidden: diagnostic.hidden.clone(),
            help: diagnostic.help.clone(),
            url: diagnostic.url.clone(),
            policy: diagnostic.policy.clone(),
        }
    }

    fn finish(self, points: bool) -> Vec<Source> {
        let source = |(text, offsets): (Arc<SourceText>, BTreeSet<u32>)| {
            let point = |offset: u32| {
                let at = text.position(offset);
                (offset, at.line, at.column, at.utf16_column)
            };
            Source {
                name: text.name().to_owned(),
                revision: text.revision().unwrap_or_default().to_owned(),
                home: if text.home() == text.path() { String::new() } else { text.home().to_owned() },
                digest: digest(text.text()),
                points: if points { offsets.into_iter().map(point).collect() } else { Vec::new() },
            }
        };
        self.texts.into_iter().map(source).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Command, Policy, judge};

    fn found(text: &Arc<SourceText>) -> Vec<Diagnostic> {
        let mut first = Diagnostic::new("r", Severity::Warn, "m", Location::new(text, Span::new(5, 11), "/b"));
        first.location.identity = "/b[x]".to_owned();
        first.operations = vec!["GET /a".to_owned()];
        let first = first.help("h").label(Location::new(text, Span::new(0, 1), "/a"), "there");
        let nowhere = Arc::new(SourceText::new("covenant.yaml", ""));
        vec![first, Diagnostic::new("s", Severity::Error, "n", Location::new(&nowhere, Span::at(0), ""))]
    }

    fn shown(diagnostics: Vec<Diagnostic>) -> Vec<String> {
        let report = judge(Command::Lint, diagnostics, Vec::new(), 1, &Policy::default());
        report.diagnostics.iter().map(|d| format!("{d:?} {:?} {:?}", d.location.start(), d.location.end())).collect()
    }

    #[test]
    fn findings_come_back_as_they_were() {
        let text = Arc::new(SourceText::new("a.yaml", "a: 1\nü𝄞b: 2\n"));
        let record = Record::of(&found(&text), &[], 1, false);
        let written = serde_json::to_string(&record).unwrap();
        let read: Record = serde_json::from_str(&written).unwrap();
        let restored = read.restore(&mut |source| {
            assert_eq!((source.name(), source.digest.len()), ("a.yaml", 64));
            Some(Arc::clone(&text))
        });
        assert_eq!(shown(restored.unwrap().diagnostics), shown(found(&text)));
    }

    #[test]
    fn without_the_text_lines_and_columns_stay() {
        let text = Arc::new(SourceText::at_revision("v1", "v1:a.yaml", "a: 1\nü𝄞b: 2\n"));
        let record = Record::of(&found(&text), &[], 1, true);
        let restored = record.restore(&mut |_| None).unwrap().diagnostics;
        let (old, new) = (&found(&text)[0].location, &restored[0].location);
        assert_eq!((new.start(), new.end(), &new.identity), (old.start(), old.end(), &old.identity));
        assert_eq!(new.path(), "a.yaml");
        assert!(!new.source.is_shown());
    }

    #[test]
    fn places_that_do_not_fit_their_text_are_refused() {
        let text = Arc::new(SourceText::new("a.yaml", "a: 1\nü𝄞b: 2\n"));
        let record = Record::of(&found(&text), &[], 1, false);
        let short = Arc::new(SourceText::new("a.yaml", "a"));
        assert_eq!(record.clone().restore(&mut |_| Some(Arc::clone(&short))).unwrap_err(), Damaged);
        assert_eq!(record.restore(&mut |_| None).unwrap_err(), Damaged);
    }
}
