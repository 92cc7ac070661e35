//! The timeline as Markdown tables.

use super::{distance, instead, notice, standing, summary, title, what, without_end};
use crate::lifecycle::timeline::{Status, Timeline};
use crate::text::escape::{code, markdown as escaped, shortened};

pub(super) fn render(timelines: &[Timeline]) -> String {
    let mut out = String::new();
    for timeline in timelines {
        if !out.is_empty() {
            out.push('\n');
        }
        one(&mut out, timeline);
    }
    out
}

fn one(out: &mut String, timeline: &Timeline) {
    out.push_str(&format!("# Timeline of {}\n\n{}.\n", cell(&title(timeline)), cell(&summary(timeline))));
    if timeline.milestones.is_empty() && without_end(timeline).is_empty() {
        out.push_str("\nNothing in this contract has a date.\n");
    }
    if !timeline.milestones.is_empty() {
        out.push_str("\n| Date | When | Element | What | Standing | Audience | Notice | Use instead | Owner |\n");
        out.push_str("|---|---|---|---|---|---|---|---|---|\n");
        for milestone in &timeline.milestones {
            let mut instead = cell(&instead(milestone));
            if let Some(guide) = milestone.guide.as_deref().and_then(link) {
                let dot = if instead.is_empty() { "" } else { ", " };
                instead.push_str(&format!("{dot}[guide]({guide})"));
            }
            let standing = cell(&standing(milestone));
            let standing = if milestone.status == Status::Overdue { format!("**{standing}**") } else { standing };
            out.push_str(&format!(
                "| {} | {} | {} | {} | {standing} | {} | {} | {instead} | {} |\n",
                milestone.date,
                distance(milestone.days),
                code(&shortened(&milestone.element.label, 120)),
                cell(&what(milestone)),
                milestone.audience.name(),
                notice(milestone),
                cell(milestone.owner.as_deref().unwrap_or_default()),
            ));
        }
    }
    let open = without_end(timeline);
    if !open.is_empty() {
        out.push_str("\n## Deprecated without a last day\n\n");
        for entry in open {
            out.push_str(&format!("- {}\n", code(&shortened(&entry.element.label, 120))));
        }
    }
}

fn cell(text: &str) -> String {
    escaped(&shortened(text, 200))
}

/// A URL that may stand in a Markdown link: `https`, without characters that would end the link.
pub(crate) fn link(url: &str) -> Option<&str> {
    let safe =
        |c: char| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '<' | '>' | '"' | '\\' | '|' | '`' | '[' | ']');
    (url.starts_with("https://") && url.len() <= 2000 && url.chars().all(safe)).then_some(url)
}
