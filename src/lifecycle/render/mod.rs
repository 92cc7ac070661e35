//! Timelines as documents: table, JSON, Markdown, CSV, Mermaid, SVG, HTML, iCalendar.
//!
//! Takes timelines; gives text. Every word that comes from a contract is escaped for the format it goes into.

mod csv;
mod html;
mod ics;
mod markdown;
mod mermaid;
mod svg;
mod text;

#[cfg(test)]
mod tests;

use super::timeline::{Entry, Milestone, MilestoneKind, Status, Timeline};
use crate::promise::State;

/// A format of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for terminals.
    Text,
    /// The canonical form; an array when there are several timelines.
    Json,
    /// A table per contract.
    Markdown,
    /// One row per milestone, RFC 4180.
    Csv,
    /// A Gantt chart as Mermaid source.
    Mermaid,
    /// A chart as one SVG image.
    Svg,
    /// A page with chart and tables, without scripts and without network.
    Html,
    /// A calendar, RFC 5545.
    Ics,
}

impl Format {
    /// All formats with their names on the command line.
    pub const ALL: [(&'static str, Format); 8] = [
        ("text", Format::Text),
        ("json", Format::Json),
        ("markdown", Format::Markdown),
        ("csv", Format::Csv),
        ("mermaid", Format::Mermaid),
        ("svg", Format::Svg),
        ("html", Format::Html),
        ("ics", Format::Ics),
    ];

    /// The format with this name; `table`, `md`, `gantt` and `icalendar` are understood too.
    pub fn find(name: &str) -> Option<Self> {
        let name = match name {
            "table" => "text",
            "md" => "markdown",
            "gantt" => "mermaid",
            "ical" | "icalendar" => "ics",
            other => other,
        };
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }
}

/// Writes timelines in a format. Ends with a newline.
pub fn render(timelines: &[Timeline], format: Format) -> String {
    match format {
        Format::Text => text::render(timelines),
        Format::Json => json(timelines),
        Format::Markdown => markdown::render(timelines),
        Format::Csv => csv::render(timelines),
        Format::Mermaid => mermaid::render(timelines),
        Format::Svg => svg::render(timelines),
        Format::Html => html::render(timelines),
        Format::Ics => ics::render(timelines),
    }
}

fn json(timelines: &[Timeline]) -> String {
    if let [one] = timelines {
        return one.to_json();
    }
    let mut text = serde_json::to_string_pretty(timelines).unwrap_or_default();
    text.push('\n');
    text
}

/// What happens, in words.
fn what(milestone: &Milestone) -> String {
    let words = match milestone.kind {
        MilestoneKind::Introduced => "introduced",
        MilestoneKind::BetaStart => "beta begins",
        MilestoneKind::Effective => "takes effect",
        MilestoneKind::Deprecated => "deprecated",
        MilestoneKind::Brownout => "brownout",
        MilestoneKind::SupportEnds => "support ends",
        MilestoneKind::Sunset => "last day of service",
        MilestoneKind::Retired => "retired",
    };
    match &milestone.detail {
        Some(detail) => format!("{words} ({detail})"),
        None => words.to_owned(),
    }
}

/// `in 3 days`, `today`, `5 days ago`.
fn distance(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}

/// `498 of 180 days`, or nothing.
fn notice(milestone: &Milestone) -> String {
    milestone.notice.as_ref().map_or_else(String::new, |notice| format!("{} of {} days", notice.days, notice.required))
}

/// What takes over, and a mark when it could not be checked.
fn instead(milestone: &Milestone) -> String {
    milestone.replacement.as_ref().map_or_else(String::new, |successor| {
        if successor.verified { successor.label.clone() } else { format!("{} (not verified)", successor.label) }
    })
}

/// `payments.yaml:291`.
fn place(milestone: &Milestone) -> String {
    match milestone.source.line {
        0 => milestone.source.file.clone(),
        line => format!("{}:{line}", milestone.source.file),
    }
}

/// `planned`, or the flags that need a look.
fn standing(milestone: &Milestone) -> String {
    let mut words = vec![milestone.status.name().to_owned()];
    words.extend(milestone.flags.iter().filter(|flag| *flag != "past-due").cloned());
    if let Some(moved) = milestone.history.last() {
        words.push(format!("was {}", moved.date));
    }
    words.join(", ")
}

/// The elements whose end is announced without a day.
fn without_end(timeline: &Timeline) -> Vec<&Entry> {
    let open = |entry: &&Entry| entry.state == State::Deprecated && entry.sunset.is_none();
    timeline.elements.iter().filter(open).collect()
}

/// `Payments 1.3.0`.
fn title(timeline: &Timeline) -> String {
    format!("{} {}", timeline.api.title, timeline.api.version).trim().to_owned()
}

/// One line under the title: audience, owner, the next thing that happens.
fn summary(timeline: &Timeline) -> String {
    let mut parts = vec![format!("as of {}", timeline.as_of)];
    if let Some(audience) = timeline.api.audience {
        let assumed = if timeline.api.audience_assumed { " (assumed)" } else { "" };
        parts.push(format!("audience {}{assumed}", audience.name()));
    }
    if let Some(owner) = &timeline.api.owner {
        parts.push(format!("owner {owner}"));
    }
    let overdue = timeline.milestones.iter().filter(|milestone| milestone.status == Status::Overdue).count();
    if overdue > 0 {
        parts.push(format!("{overdue} overdue"));
    }
    let next = timeline.milestones.iter().find(|milestone| milestone.status == Status::Planned);
    if let Some(next) = next {
        parts.push(format!("next {} ({})", next.date, distance(next.days)));
    }
    parts.join(", ")
}
