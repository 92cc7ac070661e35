//! A changelog draft made of changes, in the form of Keep a Changelog (<https://keepachangelog.com>, 1.1.0 and 2.0.0).
//!
//! Takes the changes between two contracts; gives a [`Changelog`], plain data, and its Markdown. Every entry ends with
//! a comment that holds the id of its change, so that an edited changelog can still be checked against the contract.

use super::describe::{self, TextEdit};
use crate::diagnostic::{Assurance, Category, Diagnostic, Impact, Severity};
use crate::diff::{Action, ChangeId, Event, Group};
use crate::openapi::{Api, Audience, VersionScheme};
use crate::text::escape::{line, shortened};
use crate::workspace::Place;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// The six types of changes of Keep a Changelog, in the order they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Section {
    /// New features.
    Added,
    /// Changes in existing functionality.
    Changed,
    /// Soon to be removed.
    Deprecated,
    /// Now removed.
    Removed,
    /// Corrections.
    Fixed,
    /// What concerns security or privacy.
    Security,
}

impl Section {
    /// All of them in order.
    pub const ALL: [Section; 6] =
        [Section::Added, Section::Changed, Section::Deprecated, Section::Removed, Section::Fixed, Section::Security];

    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Section::Added => "Added",
            Section::Changed => "Changed",
            Section::Deprecated => "Deprecated",
            Section::Removed => "Removed",
            Section::Fixed => "Fixed",
            Section::Security => "Security",
        }
    }
}

/// The edition of Keep a Changelog. They differ in how a breaking change is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Edition {
    /// 1.1.0: `**BREAKING**`.
    #[default]
    V1_1,
    /// 2.0.0: `**Breaking:**`.
    V2_0,
}

impl Edition {
    /// Reads `1.1` or `2.0`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1.1" | "1.1.0" | "1" => Some(Edition::V1_1),
            "2.0" | "2.0.0" | "2" => Some(Edition::V2_0),
            _ => None,
        }
    }

    pub(super) fn mark(self) -> &'static str {
        match self {
            Edition::V1_1 => "**BREAKING** ",
            Edition::V2_0 => "**Breaking:** ",
        }
    }

    /// The address of the edition's text.
    pub fn url(self) -> &'static str {
        match self {
            Edition::V1_1 => "https://keepachangelog.com/en/1.1.0/",
            Edition::V2_0 => "https://keepachangelog.com/en/2.0.0/",
        }
    }
}

/// How a changelog is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The edition.
    pub edition: Edition,
    /// Only what this audience may see; everything when absent.
    pub audience: Option<Audience>,
    /// The heading: a version, else `Unreleased`.
    pub version: Option<String>,
    /// The day of the release.
    pub date: Option<Date>,
    /// Show edits of descriptions as text differences instead of one line that counts them.
    pub texts: bool,
    /// How versions are written: told at the beginning of a file.
    pub scheme: VersionScheme,
}

/// One line of a changelog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The id that stands in the comment: `chg:` and the fingerprint of the change.
    pub id: String,
    /// The change id.
    pub rule: String,
    /// Where it belongs.
    pub section: Section,
    /// What it is about: the tag of its operations, else the first part of their paths, else empty.
    pub resource: String,
    /// Whether it breaks clients.
    pub breaking: bool,
    /// Whether it may break some clients.
    pub risky: bool,
    /// What changed, one line.
    pub message: String,
    /// What to do about it.
    pub action: Option<String>,
    /// Operations it reaches.
    pub operations: Vec<String>,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// A changelog of one release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changelog {
    /// Title of the API.
    pub title: String,
    /// The version, or `Unreleased`.
    pub version: String,
    /// The day of the release.
    pub date: Option<Date>,
    /// Number of breaking entries.
    pub breaking: usize,
    /// The entries: by section, breaking ones first, then by resource.
    pub entries: Vec<Entry>,
    /// Number of edits of documentation, which are not entries of their own.
    pub documentation: usize,
    /// The edits of descriptions as text differences, when asked for.
    pub texts: Vec<TextEdit>,
    /// The edition.
    pub edition: Edition,
    /// How versions are written.
    pub scheme: VersionScheme,
}

/// The changelog of the changes from `base` to `revision`.
pub fn changelog(base: Api<'_>, revision: Api<'_>, changes: &[Diagnostic], options: &Options) -> Changelog {
    let resources = Resources::of(base, revision);
    let hidden = options.audience.map(|audience| Resources::hidden(base, revision, audience)).unwrap_or_default();
    let visible = |change: &&Diagnostic| {
        let seen = change.operations.is_empty() || !change.operations.iter().all(|label| hidden.contains(label));
        seen && options.audience.is_none_or(|audience| shown_to(base, revision, change, audience))
    };
    let mut entries = Vec::new();
    let mut documentation = 0;
    let mut texts = Vec::new();
    // That the version changed is said by the heading.
    for change in changes.iter().filter(visible).filter(|change| event(change) != Some(Event::VersionChanged)) {
        if is_documentation(change) {
            documentation += 1;
            texts.extend(options.texts.then(|| describe::text_edit(change)).flatten());
            continue;
        }
        let shown: Vec<String> = change.operations.iter().filter(|label| !hidden.contains(*label)).cloned().collect();
        entries.push(Entry {
            id: format!("chg:{}", change.fingerprint),
            rule: change.rule.to_string(),
            section: section(change),
            resource: resources.name(&shown),
            breaking: change.impact == Impact::Breaking,
            risky: change.impact == Impact::Risky,
            message: capital(sentence(&change.message)),
            action: change.client.as_deref().or(change.help.as_deref()).map(sentence),
            operations: shown,
            file: change.location.file().to_owned(),
            line: change.location.start().line,
        });
    }
    entries.sort_by(|a, b| {
        let key = |entry: &Entry| (entry.section, !entry.breaking, !entry.risky, entry.resource.clone());
        // The revision before a path (`v1.2.0:a.yaml`) says nothing about the change.
        fn path(entry: &Entry) -> &str {
            entry.file.rsplit_once(':').map_or(&entry.file, |(_, path)| path)
        }
        key(a).cmp(&key(b)).then_with(|| (path(a), a.line, &a.id).cmp(&(path(b), b.line, &b.id)))
    });
    Changelog {
        title: shortened(&line(revision.title()), 200),
        version: options.version.as_deref().map_or_else(|| "Unreleased".to_owned(), |text| shortened(&line(text), 80)),
        date: options.date,
        breaking: entries.iter().filter(|entry| entry.breaking).count(),
        entries,
        documentation,
        texts,
        edition: options.edition,
        scheme: options.scheme,
    }
}

/// Whether what a change points at, and everything around it, is for `audience`.
fn shown_to(base: Api<'_>, revision: Api<'_>, change: &Diagnostic, audience: Audience) -> bool {
    let sides = [(revision, Some(&change.location)), (base, change.base_location.as_ref())];
    !sides.into_iter().filter_map(|(api, location)| Some((api, location?))).any(|(api, location)| {
        let workspace = api.root().workspace();
        let Some((document, _)) = workspace.documents().find(|(_, document)| document.name() == location.file()) else {
            return false;
        };
        let narrower =
            |place: Option<Place<'_>>| place.and_then(Audience::declared).is_some_and(|declared| declared < audience);
        let mut at = Some(workspace.document_root(document));
        narrower(api.info())
            || crate::syntax::pointer::tokens(&location.pointer).unwrap_or_default().iter().any(|token| {
                at = at.and_then(|place| place.descend(&[token.as_ref()]));
                narrower(at)
            })
    })
}

/// Whether the change is of words alone and nothing depends on them.
fn is_documentation(change: &Diagnostic) -> bool {
    change.category == Some(Category::Docs)
        && change.impact <= Impact::Compatible
        && change.assurance.is_empty()
        && event(change).is_some_and(|event| event.group() == Group::Documentation)
}

/// Returns what happened; `None` for findings that are no changes.
fn event(change: &Diagnostic) -> Option<Event> {
    change.rule.parse::<ChangeId>().ok().map(|id| id.event)
}

/// Returns the section of a change, from what kind of change it is and whom it hurts.
fn section(change: &Diagnostic) -> Section {
    if change.assurance.iter().any(|assurance| matches!(assurance, Assurance::Security | Assurance::Privacy)) {
        return Section::Security;
    }
    let words_alone = change.severity == Severity::Hint && change.category == Some(Category::Docs);
    match event(change).map(Event::action) {
        Some(Action::Announces) => Section::Deprecated,
        Some(Action::Removes) => Section::Removed,
        // What is new and asked of every client is a change of what was there.
        Some(Action::Adds) if change.impact <= Impact::Compatible => Section::Added,
        // What is no longer demanded or limited is a change of what stays.
        Some(Action::Adds | Action::Loosens | Action::Tightens | Action::Changes | Action::Documents) | None => {
            if words_alone {
                Section::Fixed
            } else {
                Section::Changed
            }
        }
    }
}

/// One line that ends like a sentence.
fn sentence(text: &str) -> String {
    let text = shortened(&line(text), 600);
    if text.ends_with(['.', '!', '?', '…', ':']) || text.is_empty() { text } else { format!("{text}.") }
}

/// The text with a capital first letter.
fn capital(text: String) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.is_ascii_lowercase() => first.to_ascii_uppercase().to_string() + chars.as_str(),
        _ => text,
    }
}

/// The names of what operations are about.
struct Resources {
    by_operation: BTreeMap<String, String>,
}

impl Resources {
    fn of(base: Api<'_>, revision: Api<'_>) -> Self {
        let mut by_operation = BTreeMap::new();
        for operation in revision.all_operations().into_iter().chain(base.all_operations()) {
            let name = operation.tags().first().map_or_else(|| first_part(operation.path.template), |tag| line(tag));
            by_operation.entry(operation.label()).or_insert_with(|| shortened(&name, 60));
        }
        Resources { by_operation }
    }

    /// The common name of these operations; empty when they have several.
    fn name(&self, operations: &[String]) -> String {
        let mut names = operations.iter().filter_map(|label| self.by_operation.get(label));
        let Some(first) = names.next() else { return String::new() };
        if names.all(|name| name == first) { first.clone() } else { String::new() }
    }

    /// The operations that `audience` may not see.
    fn hidden(base: Api<'_>, revision: Api<'_>, audience: Audience) -> Vec<String> {
        let mut out = Vec::new();
        for operation in base.all_operations().into_iter().chain(revision.all_operations()) {
            let tags = operation.api().tags();
            let names = operation.tags();
            let tagged = tags.into_iter().filter(|(name, _)| names.contains(name)).map(|(_, place)| place);
            let scopes =
                [operation.place, operation.path.place].into_iter().chain(tagged).chain(operation.api().info());
            let narrowest = scopes.filter_map(Audience::declared).min();
            if narrowest.is_some_and(|narrowest| narrowest < audience) {
                out.push(operation.label());
            }
        }
        out
    }
}

/// The first part of a path that names something: not a version, not a parameter.
fn first_part(template: &str) -> String {
    let version = |part: &str| {
        let digits = part.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let parts = template.split('/').filter(|part| !part.is_empty());
    let mut named = parts.filter(|part| !part.starts_with('{') && !version(part) && *part != "api");
    named.next().map(line).unwrap_or_default()
}
