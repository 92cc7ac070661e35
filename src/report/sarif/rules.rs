//! What SARIF says about a rule: texts, address, tags and weight, from the page of the rule, the page of the change, or
//! the ruleset that has it.

use super::level;
use crate::diagnostic::{Assurance, Diagnostic, Severity};
use crate::report::escape::cell;
use crate::{diff, lint};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Tags of a rule, at most: GitHub takes no more.
const MAX_TAGS: usize = 20;

/// The standard that all rules are about, where a rule has no source of its own.
const STANDARD: &str = "https://spec.openapis.org/oas/latest.html";

/// What is known of a rule.
#[derive(Default)]
struct About {
    short: String,
    full: String,
    help: Option<String>,
    url: Option<String>,
    level: Option<Severity>,
    /// Controls first.
    tags: Vec<String>,
    /// Whether it is about the protection of the API.
    protects: bool,
}

/// The reporting descriptor of the rule of a finding; `described` holds the descriptions of rules of rulesets.
pub(super) fn of(diagnostic: &Diagnostic, described: &BTreeMap<String, String>) -> Value {
    let rule = &*diagnostic.rule;
    let about = if let Some(text) = described.get(rule) {
        About { short: text.clone(), ..About::default() }
    } else if let Some(page) = lint::page(rule) {
        of_rule(page)
    } else if let Some(page) = diff::page(rule) {
        of_change(page)
    } else {
        About::default()
    };
    let or_name = |text: String| if text.is_empty() { words(rule) } else { cell(&text) };
    let (short, full) = (or_name(about.short), about.full);
    let full = if full.is_empty() { short.clone() } else { cell(&full) };
    let severity = about.level.unwrap_or(diagnostic.severity);
    let mut value = json!({
        "id": cell(rule),
        "name": name(rule),
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "helpUri": diagnostic.url.clone().or(about.url).filter(|url| is_address(url)).unwrap_or_else(|| STANDARD.to_owned()),
        "help": {"text": about.help.or_else(|| diagnostic.help.clone()).map_or_else(|| full.clone(), |help| cell(&help))},
        "defaultConfiguration": {"level": level(severity)},
    });
    let mut tags = about.tags;
    let protects = about.protects || diagnostic.weakens || diagnostic.assurance.contains(&Assurance::Security);
    if protects {
        tags.push("security".to_owned());
        value["properties"]["security-severity"] = json!(weight(severity));
    }
    let mut seen = BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    if !tags.is_empty() {
        tags.truncate(MAX_TAGS);
        value["properties"]["tags"] = json!(tags);
    }
    value
}

fn of_rule(page: &lint::Page) -> About {
    let what = page.section("What it checks").map(paragraph).unwrap_or_default();
    let why = page.section("Why").map(paragraph).unwrap_or_default();
    let controls = page.controls.iter().flat_map(|(framework, ids)| {
        let framework = framework.replace('_', "-");
        ids.iter().map(move |id| format!("{framework}/{}", id.to_lowercase()))
    });
    let mut tags: Vec<String> = controls.collect();
    let is_control = !tags.is_empty();
    // Room for the last tag.
    tags.truncate(MAX_TAGS - 2);
    tags.push(page.pack.to_owned());
    About {
        short: page.description.to_owned(),
        full: [what, why].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "),
        help: Some(page.fix.to_owned()).filter(|fix| !fix.is_empty()),
        url: page.sources.iter().find_map(|source| address(source)),
        level: Some(page.severity),
        tags,
        protects: page.pack == "security" || is_control,
    }
}

fn of_change(page: &diff::Page) -> About {
    let mut tags: Vec<String> = page.assurance().iter().map(|assurance| assurance.name().to_owned()).collect();
    tags.extend(["change".to_owned(), page.category().name().to_owned()]);
    About {
        short: paragraph(&page.meaning()),
        full: format!("{} {}", paragraph(&page.meaning()), paragraph(&page.reason())),
        help: page.author().map(paragraph),
        url: None,
        // What it is depends on the edit.
        level: None,
        tags,
        protects: page.assurance().contains(&Assurance::Security),
    }
}

/// The first paragraph of a section, on one line.
fn paragraph(section: &str) -> String {
    let first = section.split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The id as words: what there is to say of a rule that nobody describes.
fn words(rule: &str) -> String {
    cell(&rule.replace(['-', '_'], " "))
}

/// The id as a name in the manner of SARIF: `sec-server-https-only` is `SecServerHttpsOnly`.
fn name(rule: &str) -> String {
    let parts = rule.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    cell(&parts.map(capital).collect::<String>())
}

/// The address of a source that has one: `RFC9700 §2.6`.
fn address(source: &str) -> Option<String> {
    let rest = source.strip_prefix("RFC")?;
    let number: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    let section = rest
        .split_once('§')
        .map(|(_, section)| section.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>());
    let anchor = section.map(|section| section.trim_end_matches('.').to_owned()).filter(|section| !section.is_empty());
    let anchor = anchor.map(|section| format!("#section-{section}")).unwrap_or_default();
    (!number.is_empty()).then(|| format!("https://www.rfc-editor.org/rfc/rfc{number}.html{anchor}"))
}

/// Whether a text is an address without what SARIF's `uri` refuses.
fn is_address(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|byte| {
            byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
        })
}

/// GitHub's scale from 0.1 to 10.0, by the severity of the rule.
fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "8.0",
        Severity::Warn => "5.5",
        Severity::Info => "3.0",
        Severity::Hint => "1.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_are_rfcs_have_addresses() {
        let of = |source: &str| address(source).unwrap_or_default();
        assert_eq!(of("RFC9700 §2.6"), "https://www.rfc-editor.org/rfc/rfc9700.html#section-2.6");
        assert_eq!(of("RFC6750"), "https://www.rfc-editor.org/rfc/rfc6750.html");
        assert_eq!(of("OWASP API2"), "");
    }

    #[test]
    fn every_rule_and_change_has_texts_an_address_and_few_tags() {
        let source = std::sync::Arc::new(crate::text::SourceText::new("a.yaml", ""));
        let place = || crate::diagnostic::Location::new(&source, crate::text::Span::at(0), "");
        let changes = diff::pages().iter().map(|page| page.id);
        for id in lint::pages().iter().map(|page| page.id).chain(changes).chain(["of-a-ruleset"]) {
            let value = of(&Diagnostic::new(id, Severity::Warn, "m", place()), &BTreeMap::new());
            for text in [
                &value["name"],
                &value["shortDescription"]["text"],
                &value["fullDescription"]["text"],
                &value["help"]["text"],
            ] {
                assert!(text.as_str().is_some_and(|text| !text.trim().is_empty()), "{id}: {value}");
            }
            assert!(is_address(value["helpUri"].as_str().unwrap_or_default()), "{id}: {value}");
            let tags = value["properties"]["tags"].as_array().map_or(0, Vec::len);
            assert!(tags <= MAX_TAGS, "{id}: {tags}");
        }
        let rule = of(&Diagnostic::new("sec-server-https-only", Severity::Warn, "m", place()), &BTreeMap::new());
        let tags: Vec<&str> = rule["properties"]["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let pack = tags.iter().position(|tag| *tag == "security").unwrap();
        assert!(tags.iter().position(|tag| *tag == "owasp-api/api8").is_some_and(|at| at < pack), "{rule}");
        assert!(rule["properties"]["security-severity"].is_string(), "{rule}");
    }
}
