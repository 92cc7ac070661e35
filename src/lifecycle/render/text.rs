//! The timeline as a table for terminals.

use super::{distance, instead, notice, place, standing, summary, title, what, without_end};
use crate::lifecycle::timeline::Timeline;
use crate::text::escape;

/// Widest cell; longer text is cut.
const WIDEST: usize = 56;

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
    out.push_str(&format!("{}\n{}\n", escape::line(&title(timeline)), escape::line(&summary(timeline))));
    if timeline.milestones.is_empty() && without_end(timeline).is_empty() {
        out.push_str("\nNothing in this contract has a date.\n");
        return;
    }
    if !timeline.milestones.is_empty() {
        let header = ["date", "when", "element", "what", "standing", "audience", "notice", "use instead", "where"];
        let mut rows = vec![header.map(str::to_owned)];
        for milestone in &timeline.milestones {
            rows.push([
                milestone.date.to_string(),
                distance(milestone.days),
                cell(&milestone.element.label),
                cell(&what(milestone)),
                cell(&standing(milestone)),
                milestone.audience.name().to_owned(),
                notice(milestone),
                cell(&instead(milestone)),
                cell(&place(milestone)),
            ]);
        }
        out.push('\n');
        table(out, &rows);
    }
    let open = without_end(timeline);
    if !open.is_empty() {
        out.push_str("\nDeprecated without a last day:\n");
        for entry in open {
            let (label, file) = (cell(&entry.element.label), escape::line(&entry.source.file));
            out.push_str(&format!("  {label}  {file}:{}\n", entry.source.line));
        }
    }
}

fn cell(text: &str) -> String {
    escape::shortened(&escape::line(text), WIDEST)
}

/// Rows with columns as wide as their widest cell; empty columns are left out.
fn table<const N: usize>(out: &mut String, rows: &[[String; N]]) {
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            let used = rows.iter().skip(1).any(|row| !row[column].is_empty());
            let widest = rows.iter().map(|row| row[column].chars().count()).max();
            if used { widest.unwrap_or_default() } else { 0 }
        })
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
        out.push_str(line.join("  ").trim_end());
        out.push('\n');
    }
}
