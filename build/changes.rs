//! The catalogue of changes as tables. Takes the pages of `rules/changes`, one an event, and the events; gives a table of
//! all ids with their texts, or what is wrong with a page.

use crate::change::{ChangeId, Effect, Event, Role, Subject};
use crate::limits::{self, Sentences};
use serde_yaml::{Mapping, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The keys of a front matter.
const KEYS: [&str; 8] = ["message", "category", "assurance", "weakens", "options", "detail", "snippet", "keyword"];

/// The headings of a page; `What it means: response` is about responses alone.
const HEADINGS: [&str; 6] = ["What it means", "Why it matters", "Author", "Client", "Base", "Revision"];

const CATEGORIES: [&str; 4] = ["default", "contract", "sdk", "docs"];
const ASSURANCES: [&str; 5] = ["security", "privacy", "service-level", "consent", "none"];

/// The advice where nothing needs to be done.
const NOTHING: &str = "Nothing.";

/// The texts of an entry, in this order in the table.
const FIELDS: [&str; 12] = [
    "message",
    "category",
    "assurance",
    "options",
    "detail",
    "What it means",
    "Why it matters",
    "Author",
    "Client",
    "Base",
    "Revision",
    "weakens",
];

/// A text by whom it is about: a subject, a direction, or `default`.
type Texts = BTreeMap<String, String>;

/// A page as it is read.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) snippet: Option<String>,
    /// The keywords of schemas whose change as a whole is the event.
    pub(crate) keywords: Vec<String>,
    pub(crate) texts: BTreeMap<String, Texts>,
}

/// What pages share.
pub(crate) struct Shared {
    /// `_directions.yaml`.
    pub(crate) directions: Directions,
    /// `_limits.yaml`.
    pub(crate) limits: Sentences,
}

/// What follows from an effect in a direction.
pub(crate) struct Directions(Value);

impl Directions {
    /// Reads `_directions.yaml`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map(Directions).map_err(|error| error.to_string())
    }

    fn get(&self, event: Event, subject: Subject, key: &str) -> Option<&str> {
        let effect = match event.effect() {
            Some(Effect::None) => "none",
            Some(Effect::Widens) => "widens",
            Some(Effect::Narrows) => "narrows",
            Some(Effect::Incomparable) => "incomparable",
            Some(Effect::Unknown) => "unknown",
            None => "derived",
        };
        self.0.get(effect)?.get(direction(subject))?.get(key)?.as_str()
    }
}

fn direction(subject: Subject) -> &'static str {
    match subject.role() {
        Role::Request | Role::Parameter => "request",
        Role::Response | Role::Header => "response",
        Role::Contract => "none",
    }
}

/// The name of the page of an event: its name in kebab case; limits have one for all that can happen to them.
pub(crate) fn file_name(event: Event) -> String {
    if let Event::Limit(bound, _) = event {
        return bound.slug().to_owned();
    }
    let mut out = String::new();
    for letter in format!("{event:?}").chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// All ids in order, every text once, and where the entry of an event and a subject stands.
#[derive(Default)]
pub(crate) struct Catalogue {
    texts: Vec<String>,
    known: BTreeMap<String, u16>,
    entries: BTreeMap<String, String>,
    ids: BTreeMap<String, ChangeId>,
    keywords: BTreeMap<String, Event>,
}

impl Catalogue {
    /// Adds an event with its page.
    pub(crate) fn add(&mut self, event: Event, text: &str, shared: &Shared) -> Result<(), String> {
        let page = match event {
            Event::Limit(bound, motion) => limits::page(bound, motion, text, &shared.limits)?,
            _ => read(text)?,
        };
        for subject in event.subjects() {
            let id = ChangeId::new(subject, event);
            let mut numbers = Vec::new();
            for field in FIELDS {
                let text = text_of(&page, id, field, &shared.directions)?;
                numbers.push(self.number(text));
            }
            let snippet = match page.snippet.as_deref() {
                None => "Whole",
                Some("schema") => "Schema",
                Some("object") => "Object",
                Some("element") => "Element",
                Some(other) => return Err(format!("`snippet: {other}` is none of schema, object, element")),
            };
            let name = id.to_string();
            let variant = match event {
                Event::Limit(bound, motion) => format!("Event::Limit(Bound::{bound:?}, Motion::{motion:?})"),
                plain => format!("Event::{plain:?}"),
            };
            let literal = format!(
                "Page::new(ChangeId::new(Subject::{subject:?}, {variant}), {name:?}, Snippet::{snippet}, {numbers:?}),"
            );
            if self.entries.insert(name.clone(), literal).is_some() {
                return Err(format!("two events have the id `{name}`"));
            }
            self.ids.insert(name, id);
        }
        for keyword in &page.keywords {
            if self.keywords.insert(keyword.clone(), event).is_some() {
                return Err(format!("two events have the keyword `{keyword}`"));
            }
        }
        unused(&page, event)
    }

    /// The table of keywords with their events, in Rust.
    pub(crate) fn keywords(&self) -> String {
        let rows = self.keywords.iter().map(|(keyword, event)| format!("({keyword:?}, Event::{event:?})"));
        format!("&[{}]", rows.collect::<Vec<_>>().join(", "))
    }

    fn number(&mut self, text: String) -> u16 {
        if let Some(number) = self.known.get(&text) {
            return *number;
        }
        let number = u16::try_from(self.texts.len()).expect("there are fewer texts");
        self.texts.push(text.clone());
        self.known.insert(text, number);
        number
    }

    /// The tables in Rust: entries, texts, and the number of each entry from 1.
    pub(crate) fn tables(&self) -> (String, String, String) {
        let mut entries = String::from("&[\n");
        let mut index = vec![[0_u16; Subject::ALL.len()]; Event::ALL.len()];
        for (number, (name, literal)) in (1..).zip(&self.entries) {
            writeln!(entries, "{literal}").expect("a string can be written to");
            let id = self.ids[name];
            index[id.event.index()][id.subject as usize] = number;
        }
        entries.push(']');
        (entries, format!("&{:?}", self.texts), format!("{index:?}"))
    }
}

/// The text of a field for one id, checked.
fn text_of(page: &Page, id: ChangeId, field: &str, directions: &Directions) -> Result<String, String> {
    let own = page.texts.get(field).and_then(|texts| pick(texts, id));
    let general = match field {
        "Why it matters" => directions.get(id.event, id.subject, "why"),
        "Author" => directions.get(id.event, id.subject, "author"),
        "Client" => directions.get(id.event, id.subject, "client"),
        "assurance" | "weakens" | "options" | "detail" => Some(""),
        _ => None,
    };
    let text = own.or(general).ok_or_else(|| format!("{id}: `{field}` is missing"))?;
    let known: &[&str] = match field {
        "message" | "Client" => &["where", "name", "old", "new"],
        "What it means" => &["subject", "Subject"],
        "Why it matters" => &["detail"],
        _ => &[],
    };
    match field {
        "weakens" if !matches!(text, "" | "true") => Err(format!("{id}: `weakens` is true or absent"))?,
        "category" if !CATEGORIES.contains(&text) => Err(format!("{id}: `{text}` is no category"))?,
        "assurance" => {
            let wrong = text.split(", ").find(|word| !word.is_empty() && !ASSURANCES.contains(word));
            if let Some(word) = wrong {
                return Err(format!("{id}: `{word}` is no assurance"));
            }
        }
        "Base" | "Revision" => {}
        "message" | "What it means" | "Author" | "Client" if text.trim().is_empty() => {
            return Err(format!("{id}: `{field}` is empty"));
        }
        _ => placeholders(text, known).map_err(|fault| format!("{id}: `{field}`: {fault}"))?,
    }
    if text.contains("{detail}") && page.texts.get("detail").and_then(|texts| pick(texts, id)).is_none() {
        return Err(format!("{id}: `detail` is missing, and no `Why it matters` stands for it"));
    }
    // An advice of nothing is no text.
    let text = if matches!(field, "Author" | "Client") && text == NOTHING { "" } else { text };
    Ok(text.to_owned())
}

/// The text for an id: that of its subject, else of its direction, else the default.
fn pick(texts: &Texts, id: ChangeId) -> Option<&str> {
    [id.subject.key(), direction(id.subject), "default"].into_iter().find_map(|key| texts.get(key)).map(String::as_str)
}

/// Refuses texts that no subject of the event uses.
fn unused(page: &Page, event: Event) -> Result<(), String> {
    for (field, texts) in &page.texts {
        for key in texts.keys().filter(|key| *key != "default") {
            if !event.subjects().any(|subject| subject.key() == key || direction(subject) == key) {
                return Err(format!("`{field}: {key}` is about no subject of the event"));
            }
        }
    }
    Ok(())
}

/// Checks what stands in braces.
fn placeholders(text: &str, known: &[&str]) -> Result<(), String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let (inside, next) = after.split_once('}').ok_or("a brace is not closed")?;
        // Paths and runtime expressions stand in backticks and are text.
        let name = inside.chars().all(|c| c.is_ascii_alphabetic());
        if !inside.contains('|') && name && !known.contains(&inside) {
            return Err(format!("`{{{inside}}}` is no placeholder"));
        }
        rest = next;
    }
    Ok(())
}

/// The front matter of a page, and its sections with their headings.
pub(crate) fn front_and_sections(text: &str) -> Result<(Mapping, Vec<(String, String)>), String> {
    let rest = text.strip_prefix("---\n").ok_or("the page does not begin with a front matter")?;
    let (front, body) = rest.split_once("\n---\n").ok_or("the front matter is not closed")?;
    let front: Mapping = serde_yaml::from_str(front).map_err(|error| error.to_string())?;
    let mut sections = Vec::new();
    for section in format!("\n{body}").split("\n## ").skip(1) {
        let (heading, content) = section.split_once('\n').ok_or("a heading without content")?;
        let content = content.trim();
        let content = match heading.split(": ").next() {
            Some("Base" | "Revision") => {
                let inside = content.strip_prefix("```yaml\n").and_then(|rest| rest.strip_suffix("```"));
                inside.ok_or(format!("`{heading}` is no YAML block"))?.to_owned()
            }
            _ => content
                .split("\n\n")
                .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
                .join("\n\n"),
        };
        sections.push((heading.to_owned(), content));
    }
    Ok((front, sections))
}

fn read(text: &str) -> Result<Page, String> {
    let (front, sections) = front_and_sections(text)?;
    let mut page = Page::default();
    for (key, value) in &front {
        let key = key.as_str().unwrap_or_default();
        if !KEYS.contains(&key) {
            return Err(format!("the front matter has the unknown key `{key}`"));
        }
        if key == "snippet" {
            page.snippet = value.as_str().map(str::to_owned);
            continue;
        }
        if key == "keyword" {
            page.keywords = value.as_str().ok_or("`keyword` is no string")?.split(", ").map(str::to_owned).collect();
            continue;
        }
        let text = |value: &Value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Bool(flag) => Ok(flag.to_string()),
            _ => Err(format!("`{key}` is no string")),
        };
        let texts = match value.as_mapping() {
            None => Texts::from([("default".to_owned(), text(value)?)]),
            Some(map) => {
                let pair = |(key, value)| Ok::<_, String>((key_of(key)?, text(value)?));
                map.iter().map(pair).collect::<Result<_, _>>()?
            }
        };
        page.texts.insert(key.to_owned(), texts);
    }
    for (heading, content) in sections {
        let (heading, key) = heading.split_once(": ").unwrap_or((&heading, "default"));
        if !HEADINGS.contains(&heading) {
            return Err(format!("the unknown heading `{heading}`"));
        }
        if page.texts.entry(heading.to_owned()).or_default().insert(key.to_owned(), content).is_some() {
            return Err(format!("`{heading}` stands twice"));
        }
    }
    Ok(page)
}

fn key_of(key: &Value) -> Result<String, String> {
    key.as_str().map(str::to_owned).ok_or_else(|| "a key is no string".to_owned())
}
