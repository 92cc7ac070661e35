//! A changelog as Markdown: its heading, its sections, an entry with the comment that keeps its id.

use super::changelog::{Changelog, Edition, Entry, Section};
use crate::openapi::VersionScheme;
use crate::text::escape::{markdown, shortened};

impl Changelog {
    /// The heading: `[2.0.0] - 2026-11-25`, `[Unreleased]`.
    pub fn heading(&self) -> String {
        let version = self.version.replace(['[', ']'], "");
        match self.date {
            Some(date) => format!("[{version}] - {date}"),
            None => format!("[{version}]"),
        }
    }

    /// The entries of a section.
    pub fn section(&self, section: Section) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.section == section)
    }

    /// The Markdown of this release: a heading of the second level and the sections that have entries.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("## {}\n", self.heading());
        if self.entries.is_empty() && self.documentation == 0 {
            out.push_str("\nNothing that a client could notice changed.\n");
        }
        for section in Section::ALL {
            let entries: Vec<&Entry> = self.section(section).collect();
            let documented = section == Section::Fixed && self.documentation > 0;
            if entries.is_empty() && !documented {
                continue;
            }
            out.push_str(&format!("\n### {}\n\n", section.name()));
            self.grouped(&mut out, &entries);
            if documented {
                out.push_str(&self.documentation_line());
            }
        }
        for edit in &self.texts {
            out.push_str(&edit.to_markdown());
        }
        out
    }

    /// Entries with a line for each resource where there are several.
    fn grouped(&self, out: &mut String, entries: &[&Entry]) {
        let first = entries.first().map(|entry| &entry.resource);
        let several = entries.iter().any(|entry| Some(&entry.resource) != first);
        if !several {
            for entry in entries {
                out.push_str(&entry.to_markdown(self.edition));
            }
            return;
        }
        // A resource with a breaking change comes before one without.
        let mut order: Vec<&str> = Vec::new();
        for entry in entries {
            if !order.contains(&entry.resource.as_str()) {
                order.push(&entry.resource);
            }
        }
        for resource in order {
            let name = if resource.is_empty() { "Several resources" } else { resource };
            out.push_str(&format!("- {}\n", markdown(name)));
            for entry in entries.iter().filter(|entry| entry.resource == resource) {
                out.push_str(&format!("  {}", entry.to_markdown(self.edition)));
            }
        }
    }

    /// The line that stands for all edits of documentation.
    pub(super) fn documentation_line(&self) -> String {
        let places = if self.documentation == 1 { "place" } else { "places" };
        format!("- Documentation was edited in {} {places}. <!-- chg:docs -->\n", self.documentation)
    }

    /// A whole changelog file that holds this release.
    pub fn to_file(&self) -> String {
        format!("{}\n{}", self.preamble(), self.to_markdown())
    }

    /// What stands before the first release.
    pub(super) fn preamble(&self) -> String {
        format!(
            "# Changelog\n\nAll notable changes to {} will be documented in this file.\n\nThe format is based on [Keep a Changelog]({}).{}\n",
            if self.title.is_empty() { "this API".to_owned() } else { markdown(&self.title) },
            self.edition.url(),
            match self.scheme {
                VersionScheme::Semver =>
                    " Versions follow [Semantic Versioning](https://semver.org/spec/v2.0.0.html); the interface they speak of is this API.",
                VersionScheme::Date => " Versions are dates.",
                VersionScheme::MajorOnly | VersionScheme::Integer =>
                    " Versions are whole numbers; a new one breaks clients.",
                VersionScheme::Obuk | VersionScheme::Pattern => "",
            }
        )
    }
}

impl Entry {
    /// A list item of one line.
    pub fn to_markdown(&self, edition: Edition) -> String {
        let mark = if self.breaking { edition.mark() } else { "" };
        let mut text = format!("- {mark}{}", markdown(&self.message));
        if let Some(action) = &self.action
            && (self.breaking || self.risky)
        {
            text.push_str(&format!(" To do: {}", markdown(action)));
        }
        let named = self.operations.iter().filter(|label| !self.message.contains(label.as_str())).count();
        if named > 0 {
            text.push_str(&format!(" {}", reached(&self.operations)));
        }
        text.push_str(&format!(" <!-- {} -->\n", self.id));
        text
    }
}

/// `Reaches GET /a, GET /b and 3 more.`
fn reached(operations: &[String]) -> String {
    let code = crate::text::escape::code;
    let shown: Vec<String> = operations.iter().take(3).map(|label| code(&shortened(label, 120))).collect();
    let more = operations.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("Reaches {}{more}.", shown.join(", "))
}
