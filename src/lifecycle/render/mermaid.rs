//! The timeline as a Gantt chart in Mermaid's language.

use super::{what, without_end};
use crate::lifecycle::timeline::{Milestone, MilestoneKind, Status, Timeline};
use crate::text::escape;

/// Bars in one chart; more cannot be read.
const MOST: usize = 40;

pub(super) fn render(timelines: &[Timeline]) -> String {
    let title = match timelines {
        [one] => format!("{} lifecycle (as of {})", super::title(one), one.as_of),
        many => format!("Lifecycle of {} contracts", many.len()),
    };
    let mut out =
        format!("gantt\n  title {}\n  dateFormat YYYY-MM-DD\n  axisFormat %Y-%m\n  todayMarker off\n", label(&title));
    let mut bars = 0;
    let mut left = 0;
    for (number, timeline) in timelines.iter().enumerate() {
        let mut section = String::new();
        for milestone in &timeline.milestones {
            // The bar begins there.
            if milestone.kind == MilestoneKind::Deprecated && has_bar(timeline, milestone) {
                continue;
            }
            if bars >= MOST {
                left += 1;
                continue;
            }
            let key = format!("m{number}x{bars}");
            let name = label(&format!("{} {}", milestone.element.label, what(milestone)));
            if milestone.kind == MilestoneKind::Sunset
                && let Some(from) = announced(timeline, milestone)
                && from < milestone.date
            {
                let tag = match milestone.status {
                    Status::Done | Status::Withdrawn => "done, ",
                    _ if from > timeline.as_of => "",
                    _ => "active, ",
                };
                let name = label(&format!("{} deprecated", milestone.element.label));
                section.push_str(&format!("  {name} :{tag}{key}d, {from}, {}\n", milestone.date));
                bars += 1;
            }
            let tags = match (milestone.kind, milestone.status) {
                (MilestoneKind::Sunset, Status::Done | Status::Withdrawn) => "done, milestone",
                (MilestoneKind::Sunset, _) => "crit, milestone",
                (_, Status::Done) => "done, milestone",
                _ => "milestone",
            };
            section.push_str(&format!("  {name} :{tags}, {key}, {}, 0d\n", milestone.date));
            bars += 1;
        }
        if !section.is_empty() {
            out.push_str(&format!("  section {}\n{section}", label(&super::title(timeline))));
        }
        left += without_end(timeline).len();
    }
    if bars == 0 {
        out.push_str("  section Nothing has a date\n");
    }
    if left > 0 {
        out.push_str(&format!("  %% {left} more are in the table: covenant timeline --format markdown\n"));
    }
    out
}

/// Whether the end of the element is drawn as a bar from this announcement.
fn has_bar(timeline: &Timeline, milestone: &Milestone) -> bool {
    timeline.milestones.iter().any(|other| {
        other.kind == MilestoneKind::Sunset && other.element == milestone.element && other.date > milestone.date
    })
}

/// The day on which the end of the element of `milestone` was announced.
fn announced(timeline: &Timeline, milestone: &Milestone) -> Option<jiff::civil::Date> {
    let same = |entry: &&crate::lifecycle::timeline::Entry| entry.element == milestone.element;
    let known = timeline.elements.iter().find(same).and_then(|entry| entry.deprecated_at);
    // What is gone is known by its milestones alone.
    let told = |other: &&Milestone| other.kind == MilestoneKind::Deprecated && other.element == milestone.element;
    known.or_else(|| timeline.milestones.iter().find(told).map(|told| told.date))
}

/// Text for a task name, title or section: the characters that end one, or start a comment or markup, are replaced.
fn label(text: &str) -> String {
    let text = escape::shortened(&escape::line(text), 70);
    let clean: String = text
        .chars()
        .map(|c| match c {
            ':' | ';' | ',' => ' ',
            '#' | '%' | '<' | '>' | '"' | '`' | '\\' => '\'',
            c => c,
        })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    // A line that begins with one of Mermaid's own words would be read as that.
    let first = clean.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    let own = ["section", "title", "dateformat", "axisformat", "click", "excludes", "includes", "end", "todaymarker"];
    if clean.is_empty() {
        "-".to_owned()
    } else if own.contains(&first.as_str()) {
        format!("'{clean}'")
    } else {
        clean
    }
}
