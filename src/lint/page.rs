//! Rule pages: front matter and sections. They are read when the program is built; only options and definitions, which
//! are JSON, are read at their first use.

use crate::diagnostic::Severity;
use crate::text::Cut;
use std::sync::OnceLock;

/// Every page, sorted by id: written by `build.rs`, which refuses a page that it cannot read.
mod table {
    use super::{Json, Page, Scope, Severity};
    include!(concat!(env!("OUT_DIR"), "/lint_pages.rs"));
}
use table::PAGES;

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
#[derive(Debug)]
pub struct Page {
    /// The id: the file name.
    pub id: &'static str,
    /// The folder: `security`, `documentation`, …
    pub pack: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Severity where no profile says otherwise.
    pub severity: Severity,
    /// Severity in some profiles.
    pub profile_severity: &'static [(&'static str, Severity)],
    /// Profiles in which the rule runs; empty: in all.
    pub profiles: &'static [&'static str],
    /// Versions (`2.0` … `3.2`) it is for; empty: all.
    pub versions: &'static [&'static str],
    /// 1, 2 or 3.
    pub tier: u8,
    /// What it looks at: one contract, two versions of it, or its whole life.
    pub scope: Scope,
    /// Whether the day of judgement decides what it finds: what nobody edited may fail tomorrow.
    pub dated: bool,
    /// The function in `native/`; empty when the rule is made of `given` and `then`.
    pub native: &'static str,
    /// Rules whose findings at the same place say the same: they are left out beside a finding of this one.
    pub covers: &'static [&'static str],
    /// Ids of the changes that it is about, sorted: it weighs what a comparison finds, and finds nothing itself.
    pub changes: &'static [&'static str],
    /// The function in `repair/` that repairs its findings; empty: none does.
    pub repair: &'static str,
    /// Whether its findings are repaired only where the rule is named: the repair is one choice of several.
    pub repair_on_request: bool,
    /// Where the demand comes from: reference and section.
    pub sources: &'static [&'static str],
    /// Controls it supports: framework and ids.
    pub controls: &'static [(&'static str, &'static [&'static str])],
    /// The first paragraph of `## Fix` on one line: the help of its findings.
    pub fix: &'static str,
    /// What follows the front matter.
    pub body: &'static str,
    options: Json,
    definition: Json,
}

/// JSON that is read at its first use.
#[derive(Debug)]
struct Json {
    text: &'static str,
    value: OnceLock<serde_json::Value>,
}

impl Json {
    /// What stands in a generated table is JSON; the empty text stands for null.
    const fn new(text: &'static str) -> Self {
        Json { text, value: OnceLock::new() }
    }

    fn value(&self) -> &serde_json::Value {
        self.value.get_or_init(|| serde_json::from_str(self.text).unwrap_or_default())
    }
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
    /// Its options; null where it has none.
    pub fn options(&self) -> &serde_json::Value {
        self.options.value()
    }

    /// Whether it is made of `given` and `then`.
    pub fn is_defined(&self) -> bool {
        !self.definition.text.is_empty()
    }

    /// The rule in the form of a Spectral ruleset, when it has `given` and `then`.
    pub fn definition(&self) -> Option<&serde_json::Map<String, serde_json::Value>> {
        self.definition.value().as_object()
    }

    /// The text of a section, without its heading.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let start = self.body.find(&format!("## {heading}\n"))?;
        let rest = self.body.cut(start + heading.len() + 4..);
        Some(rest.cut(..rest.find("\n## ").map_or(rest.len(), |at| at + 1)).trim())
    }

    /// The fenced contracts of a section (`Good` or `Bad`).
    pub fn examples(&self, heading: &str) -> Vec<Example<'static>> {
        let mut out = Vec::new();
        let mut rest = self.section(heading).unwrap_or_default();
        while let Some(start) = rest.find("```") {
            let after = rest.cut(start + 3..);
            let Some((language, block)) = after.split_once('\n') else { break };
            let Some(end) = block.find("```") else { break };
            let text = block.cut(..end);
            let (language, role) = language.trim().split_once(' ').unwrap_or((language.trim(), ""));
            let expected =
                text.lines().zip(1..).filter(|(line, _)| line.contains("# expect")).map(|(_, number)| number);
            out.push(Example { text, language, role, expected: expected.collect() });
            rest = block.cut(end + 3..);
        }
        out
    }

    /// Its severity in a profile; `None` when it does not run there.
    pub fn severity_in(&self, profile: &str) -> Option<Severity> {
        let runs = self.profiles.is_empty() || self.profiles.contains(&profile);
        let own = self.profile_severity.iter().find(|(name, _)| *name == profile);
        runs.then(|| own.map_or(self.severity, |(_, severity)| *severity))
    }
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
            assert_ne!(page.native.is_empty(), page.definition().is_none(), "{}: no or two meanings", page.id);
            let known = page.is_defined() || super::super::native::find(page.native).is_some();
            assert!(known, "{}: no function `{}`", page.id, page.native);
        }
        assert!(pages().windows(2).all(|pair| pair[0].id < pair[1].id), "an id stands twice");
    }
}
