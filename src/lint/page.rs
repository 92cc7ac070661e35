//! Rule pages: front matter and sections, compiled in and read at the first use.

use crate::diagnostic::Severity;
use crate::syntax::{self, Format, Limits, NodeRef};
use crate::text::SourceText;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// `(pack, id, text)` of every page, sorted by id.
static TEXTS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/lint_pages.rs"));

static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let read = |&(pack, id, text): &(&'static str, &'static str, &'static str)| {
        Page::parse(pack, id, text)
            .unwrap_or_else(|fault| unreachable!("rules/lint/{pack}/{id}.md, compiled in: {fault}"))
    };
    TEXTS.iter().map(read).collect()
});

/// All pages, sorted by id.
pub fn pages() -> &'static [Page] {
    &PAGES
}

/// The page of a rule.
pub fn page(id: &str) -> Option<&'static Page> {
    PAGES.binary_search_by(|page| page.id.cmp(id)).ok().map(|at| &PAGES[at])
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One contract.
    Document,
    /// Two versions of a contract: run by `check`, `bump` and `changelog --verify`.
    Pair,
    /// The dates of a contract and its past: run by `check` and `timeline --check`.
    History,
}

impl Scope {
    /// The name used on pages.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Document => "document",
            Scope::Pair => "pair",
            Scope::History => "history",
        }
    }
}

/// A rule page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The id: the file name.
    pub id: &'static str,
    /// The folder: `security`, `documentation`, …
    pub pack: &'static str,
    /// One sentence.
    pub description: String,
    /// Severity where no profile says otherwise.
    pub severity: Severity,
    /// Severity in some profiles.
    pub profile_severity: BTreeMap<String, Severity>,
    /// Profiles in which the rule runs; empty: in all.
    pub profiles: Vec<String>,
    /// Versions (`2.0` … `3.2`) it is for; empty: all.
    pub versions: Vec<String>,
    /// 1, 2 or 3.
    pub tier: u8,
    /// What it looks at: one contract, two versions of it, or its whole life.
    pub scope: Scope,
    /// The function in `native/`; empty when the rule is made of `given` and `then`.
    pub native: String,
    /// The rule in the form of a Spectral ruleset, when it has `given` and `then`.
    pub definition: Option<serde_json::Map<String, serde_json::Value>>,
    /// Rules whose findings at the same place say the same: they are left out beside a finding of this one.
    pub covers: Vec<String>,
    /// The function in `repair/` that repairs its findings; empty: none does.
    pub repair: String,
    /// Whether its findings are repaired only where the rule is named: the repair is one choice of several.
    pub repair_on_request: bool,
    /// Its options.
    pub options: serde_json::Value,
    /// Where the demand comes from: reference and section.
    pub sources: Vec<String>,
    /// Controls it supports: framework and ids.
    pub controls: BTreeMap<String, Vec<String>>,
    /// What follows the front matter.
    pub body: &'static str,
}

/// A fenced contract of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<'p> {
    /// The text.
    pub text: &'p str,
    /// `yaml` or `json`.
    pub language: &'p str,
    /// In examples of two versions, which one it is: `base` or `revision`; else empty.
    pub role: &'p str,
    /// 1-based lines of the text that carry `# expect`.
    pub expected: Vec<u32>,
}

impl Page {
    fn parse(pack: &'static str, id: &'static str, text: &'static str) -> Result<Page, String> {
        let rest = text.strip_prefix("---\n").ok_or("the page does not begin with a front matter")?;
        let end = rest.find("\n---\n").ok_or("the front matter is not closed")?;
        let source = Arc::new(SourceText::new(format!("{id}.md"), &rest[..=end]));
        let parsed = syntax::parse(source, Some(Format::Yaml), &Limits::default());
        if let Some(problem) = parsed.problems.first() {
            return Err(problem.message.clone());
        }
        let front = parsed.tree.root();
        check_keys(front)?;
        let (severity, profile_severity) = severities(front.get("severity"))?;
        let native = front.get("native").and_then(NodeRef::as_str).unwrap_or_default();
        let definition = front.get("then").is_some().then(|| definition(front, severity));
        let scope = scope(front.get("scope").and_then(NodeRef::as_str).unwrap_or("document"))?;
        if scope == Scope::Document && native.is_empty() == definition.is_none() {
            return Err("a page needs either `native`, or `given` and `then`".to_owned());
        }
        let controls = front.get("controls").into_iter().flat_map(NodeRef::members);
        Ok(Page {
            id,
            pack,
            description: front.get("description").map(NodeRef::text).unwrap_or_default().to_owned(),
            severity,
            profile_severity,
            profiles: texts(front.get("profiles")),
            versions: texts(front.get("versions")),
            tier: front.get("tier").and_then(NodeRef::as_u64).map_or(1, |tier| tier as u8),
            scope,
            native: native.to_owned(),
            definition,
            covers: texts(front.get("covers")),
            repair: front.get("repair").map(NodeRef::text).unwrap_or_default().to_owned(),
            repair_on_request: front.get("repair-on-request").and_then(NodeRef::as_bool) == Some(true),
            options: front.get("options").map_or(serde_json::Value::Null, NodeRef::to_json),
            sources: sources(front.get("sources")),
            controls: controls.map(|member| (member.name.to_owned(), texts(Some(member.value)))).collect(),
            body: &rest[end + 5..],
        })
    }

    /// The text of a section, without its heading.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let start = self.body.find(&format!("## {heading}\n"))?;
        let rest = &self.body[start + heading.len() + 4..];
        Some(rest[..rest.find("\n## ").map_or(rest.len(), |at| at + 1)].trim())
    }

    /// The first paragraph of `## Fix` on one line: the help of its findings.
    pub fn fix(&self) -> Option<String> {
        let paragraph = self.section("Fix")?.split("\n\n").next()?;
        Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The fenced contracts of a section (`Good` or `Bad`).
    pub fn examples(&self, heading: &str) -> Vec<Example<'static>> {
        let mut out = Vec::new();
        let mut rest = self.section(heading).unwrap_or_default();
        while let Some(start) = rest.find("```") {
            let after = &rest[start + 3..];
            let Some((language, block)) = after.split_once('\n') else { break };
            let Some(end) = block.find("```") else { break };
            let text = &block[..end];
            let (language, role) = language.trim().split_once(' ').unwrap_or((language.trim(), ""));
            let expected =
                text.lines().zip(1..).filter(|(line, _)| line.contains("# expect")).map(|(_, number)| number);
            out.push(Example { text, language, role, expected: expected.collect() });
            rest = &block[end + 3..];
        }
        out
    }

    /// Its severity in a profile; `None` when it does not run there.
    pub fn severity_in(&self, profile: &str) -> Option<Severity> {
        let runs = self.profiles.is_empty() || self.profiles.iter().any(|name| name == profile);
        runs.then(|| self.profile_severity.get(profile).copied().unwrap_or(self.severity))
    }
}

/// The keys of a front matter.
const KEYS: [&str; 25] = [
    "scope",
    "severity",
    "description",
    "native",
    "options",
    "covers",
    "repair",
    "repair-on-request",
    "profiles",
    "versions",
    "tier",
    "sources",
    "controls",
    "equivalents",
    "title",
    "calibration",
    "novelty",
    "needs-config",
    "given",
    "then",
    "message",
    "formats",
    "resolved",
    "recommended",
    "id",
];

/// The keys of a front matter that a Spectral ruleset knows, as a rule of one.
fn definition(front: NodeRef<'_>, severity: Severity) -> serde_json::Map<String, serde_json::Value> {
    let mut out = serde_json::Map::new();
    for key in ["description", "message", "given", "then", "formats", "resolved", "recommended"] {
        if let Some(value) = front.get(key) {
            out.insert(key.to_owned(), value.to_json());
        }
    }
    out.insert("severity".to_owned(), severity.name().into());
    out
}

fn check_keys(front: NodeRef<'_>) -> Result<(), String> {
    match front.members().find(|member| !KEYS.contains(&member.name)) {
        Some(member) => Err(format!("the front matter has the unknown key `{}`", member.name)),
        None => Ok(()),
    }
}

fn scope(text: &str) -> Result<Scope, String> {
    match text {
        "document" => Ok(Scope::Document),
        "pair" => Ok(Scope::Pair),
        "history" => Ok(Scope::History),
        _ => Err(format!("`{text}` is not a scope")),
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Ok(match text {
        "error" => Severity::Error,
        "warn" => Severity::Warn,
        "info" => Severity::Info,
        "hint" => Severity::Hint,
        _ => return Err(format!("`{text}` is not a severity")),
    })
}

/// `severity: error`, or a map with `default` and profiles.
fn severities(node: Option<NodeRef<'_>>) -> Result<(Severity, BTreeMap<String, Severity>), String> {
    let node = node.ok_or("`severity` is missing")?;
    if !node.is_map() {
        return Ok((severity(node.text())?, BTreeMap::new()));
    }
    let mut all = BTreeMap::new();
    for member in node.members() {
        all.insert(member.name.to_owned(), severity(member.value.text())?);
    }
    let default = all.remove("default").ok_or("`severity` has no `default`")?;
    Ok((default, all))
}

fn texts(node: Option<NodeRef<'_>>) -> Vec<String> {
    node.into_iter().flat_map(NodeRef::elements).map(|element| element.text().to_owned()).collect()
}

/// `- {ref: RFC9700, section: §2.6}` as `RFC9700 §2.6`; what was not checked against the text is marked.
fn sources(node: Option<NodeRef<'_>>) -> Vec<String> {
    let elements = node.into_iter().flat_map(NodeRef::elements);
    elements
        .map(|element| {
            let part = |key: &str| element.get(key).map(NodeRef::text).unwrap_or_default();
            if !element.is_map() {
                return element.text().to_owned();
            }
            let certain = if part("verified") == "P" { "" } else { " (to be checked against the text)" };
            format!("{} {}{certain}", part("ref"), part("section")).replace("  ", " ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_reads_and_has_its_sections() {
        assert!(!pages().is_empty());
        for page in pages() {
            assert!(!page.description.is_empty(), "{}: no description", page.id);
            for section in ["What it checks", "Why", "Fix", "Good", "Bad"] {
                assert!(page.section(section).is_some_and(|text| !text.is_empty()), "{}: no `## {section}`", page.id);
            }
            if page.scope != Scope::Document {
                continue;
            }
            let known = page.definition.is_some() || super::super::native::find(&page.native).is_some();
            assert!(known, "{}: no function `{}`", page.id, page.native);
        }
        assert!(pages().windows(2).all(|pair| pair[0].id < pair[1].id), "an id stands twice");
    }

    #[test]
    fn faults_of_a_page_are_named() {
        let parse = |text: &'static str| Page::parse("p", "x", text).unwrap_err();
        assert!(parse("## What\n").contains("front matter"));
        assert!(parse("---\nseverity: fatal\nnative: a\n---\n").contains("fatal"));
        assert!(parse("---\nseverity: warn\nnativ: a\n---\n").contains("nativ"));
    }
}
