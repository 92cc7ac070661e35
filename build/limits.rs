//! The four pages of a limit: what all limits have in common stands in `_limits.yaml`, the rest in the page of the limit.

use crate::change::{Bound, Edge, Motion};
use crate::changes::{Page, front_and_sections};
use serde_yaml::Value;

/// The keys of the front matter of a limit.
const KEYS: [&str; 4] = ["what", "low", "high", "beside"];

/// The sentences that all limits share, by motion.
pub(crate) struct Sentences(Value);

impl Sentences {
    /// Reads `_limits.yaml`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map(Sentences).map_err(|error| error.to_string())
    }

    fn get(&self, motion: &str, key: &str) -> Result<&str, String> {
        self.0.get(motion).and_then(|texts| texts.get(key)?.as_str()).ok_or(format!("`{motion}: {key}` is missing"))
    }
}

/// Expands the page of a limit into that of one motion.
pub(crate) fn page(bound: Bound, motion: Motion, text: &str, sentences: &Sentences) -> Result<Page, String> {
    let (front, sections) = front_and_sections(text)?;
    if let Some(key) = front.keys().filter_map(Value::as_str).find(|key| !KEYS.contains(key)) {
        return Err(format!("the front matter has the unknown key `{key}`"));
    }
    let get = |key: &str| match front.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(format!("`{key}` is missing, or no string or number")),
    };
    let (what, low, high) = (get("what")?, get("low")?, get("high")?);
    let (name, tighter) = (format!("{motion:?}").to_ascii_lowercase(), bound.tightens(motion));
    let (base, revision) = match (motion, bound.edge()) {
        (Motion::Set, Edge::Upper) => (None, Some(high)),
        (Motion::Set, Edge::Lower) => (None, Some(low)),
        (Motion::Unset, Edge::Upper) => (Some(high), None),
        (Motion::Unset, Edge::Lower) => (Some(low), None),
        (Motion::Increased, _) => (Some(low), Some(high)),
        (Motion::Decreased, _) => (Some(high), Some(low)),
    };
    let beside = get("beside")?;
    let snippet = |number: Option<String>| match number {
        Some(number) => format!("{}\n{}: {number}\n", beside.trim_end(), bound.keyword()),
        None => format!("{}\n", beside.trim_end()),
    };
    let mut page = Page { snippet: Some("schema".to_owned()), ..Page::default() };
    let mut put = |field: &str, key: &str, text: String| {
        page.texts.entry(field.to_owned()).or_default().insert(key.to_owned(), text);
    };
    put("message", "default", sentences.get(&name, "message")?.replace("{keyword}", bound.keyword()));
    put("What it means", "default", sentences.get(&name, "meaning")?.replace("{keyword}", bound.keyword()));
    let detail = sentences.get(&name, if tighter { "tighter" } else { "looser" })?;
    put("detail", "default", detail.replace("{what}", &what));
    put("category", "default", "contract".to_owned());
    if tighter {
        put("category", "request", "default".to_owned());
    }
    put("Base", "default", snippet(base));
    put("Revision", "default", snippet(revision));
    // A limit that is new or stronger is news for who sends, one that is gone or weaker for who reads.
    let reader = if tighter { "request" } else { "response" };
    for (heading, content) in sections {
        match heading.split_once(": ") {
            Some(("Client", when)) => {
                if when.split(", ").any(|known| known == name) {
                    put("Client", reader, content);
                }
            }
            _ => return Err(format!("the unknown heading `{heading}`")),
        }
    }
    Ok(page)
}
