//! The timeline as an SVG image: a row per element, a bar from announcement to last day, a line for the day it is seen
//! from. Drawn by hand, so that it needs nothing and is the same everywhere.

use super::{distance, title};
use crate::lifecycle::timeline::{Milestone, MilestoneKind, Status, Timeline};
use crate::promise::days_between;
use crate::text::escape::{shortened, xml};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

const WIDTH: f64 = 1080.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 130.0;
const ROW: f64 = 26.0;
const TOP: f64 = 52.0;
/// Rows in one image; the rest is counted in its last line.
const MOST: usize = 200;

struct Row<'t> {
    label: String,
    heading: bool,
    milestones: Vec<&'t Milestone>,
    announced: Option<Date>,
}

pub(super) fn render(timelines: &[Timeline]) -> String {
    let all = rows(timelines);
    let as_of = timelines.iter().map(|timeline| timeline.as_of).max();
    let dates = timelines.iter().flat_map(|timeline| timeline.milestones.iter().map(|milestone| milestone.date));
    let (Some(as_of), Some(first), Some(last)) = (as_of, dates.clone().chain(as_of).min(), dates.chain(as_of).max())
    else {
        return frame(60.0, "<text x=\"16\" y=\"34\" class=\"t\">Nothing has a date.</text>\n");
    };
    let scale = Scale::new(first, last);
    let shown = &all[..all.len().min(MOST)];
    let mut height = TOP + ROW * shown.len() as f64 + 24.0;
    let mut body = axis(&scale, height - 24.0);
    for (number, row) in shown.iter().enumerate() {
        draw(&mut body, row, &scale, TOP + ROW * number as f64);
    }
    let x = scale.x(as_of);
    let bottom = height - 24.0;
    body.push_str(&format!("<line x1=\"{x:.1}\" y1=\"40\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" class=\"now\"/>\n"));
    body.push_str(&format!("<text x=\"{x:.1}\" y=\"36\" class=\"nowt\" text-anchor=\"middle\">{as_of}</text>\n"));
    if all.len() > shown.len() {
        let more = all.len() - shown.len();
        height += ROW;
        body.push_str(&format!("<text x=\"16\" y=\"{:.1}\" class=\"s\">and {more} more</text>\n", height - 20.0));
    }
    frame(height, &body)
}

fn frame(height: f64, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"API timeline\">\n\
         <style>.bg{{fill:#fff}}.t{{font:13px system-ui,sans-serif;fill:#1b1f24}}.h{{font:600 13px system-ui,sans-serif;fill:#1b1f24}}\
         .s{{font:11px system-ui,sans-serif;fill:#57606a}}.grid{{stroke:#e3e6ea}}.band{{fill:#f6f7f9}}.bar{{fill:#c98500;opacity:.75}}.plan{{fill:#8c959f;opacity:.6}}\
         .late{{fill:#b3261e}}.end{{fill:#7a4f00}}.done{{fill:#57606a}}.dot{{fill:#2458a6}}.now{{stroke:#b3261e;stroke-dasharray:4 3}}\
         .nowt{{font:600 11px system-ui,sans-serif;fill:#b3261e}}</style>\n\
         <rect width=\"100%\" height=\"100%\" class=\"bg\"/>\n{body}</svg>\n"
    )
}

fn rows(timelines: &[Timeline]) -> Vec<Row<'_>> {
    let mut out = Vec::new();
    for timeline in timelines {
        if timeline.milestones.is_empty() {
            continue;
        }
        out.push(Row { label: title(timeline), heading: true, milestones: Vec::new(), announced: None });
        let mut order: Vec<&str> = Vec::new();
        let mut by_element: BTreeMap<&str, Vec<&Milestone>> = BTreeMap::new();
        for milestone in &timeline.milestones {
            let label = milestone.element.label.as_str();
            if !by_element.contains_key(label) {
                order.push(label);
            }
            by_element.entry(label).or_default().push(milestone);
        }
        for label in order {
            let milestones = by_element.remove(label).unwrap_or_default();
            let entry = timeline.elements.iter().find(|entry| entry.element.label == label);
            // What is gone is known by its milestones alone.
            let told = milestones.iter().find(|milestone| milestone.kind == MilestoneKind::Deprecated);
            let announced = entry.and_then(|entry| entry.deprecated_at).or(told.map(|milestone| milestone.date));
            out.push(Row { label: label.to_owned(), heading: false, milestones, announced });
        }
    }
    out
}

/// From days to pixels.
struct Scale {
    first: Date,
    last: Date,
    days: f64,
}

impl Scale {
    fn new(first: Date, last: Date) -> Self {
        // A little room on both sides, and never a width of nothing.
        let first = first.saturating_sub(30.days());
        let last = last.saturating_add(30.days());
        Scale { first, last, days: days_between(first, last).max(1) as f64 }
    }

    fn x(&self, date: Date) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * days_between(self.first, date) as f64 / self.days
    }
}

/// Vertical lines at years, half years, quarters or months, whichever gives about ten.
fn axis(scale: &Scale, bottom: f64) -> String {
    let mut out = String::new();
    let months = scale.days / 30.4;
    let step: i16 =
        [1, 3, 6, 12, 24, 60, 120].into_iter().find(|step| months / f64::from(*step) <= 10.0).unwrap_or(240);
    let mut date = scale.first.first_of_month();
    let years = step / 12;
    for _ in 0..4000 {
        if date > scale.last {
            break;
        }
        let month = i16::from(date.month()) - 1;
        let wanted = if step < 12 { month % step == 0 } else { month == 0 && date.year() % years.max(1) == 0 };
        if wanted && date >= scale.first {
            let x = scale.x(date);
            let name = if step < 12 { format!("{}-{:02}", date.year(), date.month()) } else { date.year().to_string() };
            out.push_str(&format!("<line x1=\"{x:.1}\" y1=\"22\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" class=\"grid\"/>\n"));
            out.push_str(&format!("<text x=\"{x:.1}\" y=\"18\" class=\"s\" text-anchor=\"middle\">{name}</text>\n"));
        }
        let Ok(next) = date.checked_add(1.month()) else { break };
        date = next;
    }
    out
}

fn draw(out: &mut String, row: &Row<'_>, scale: &Scale, top: f64) {
    let middle = top + ROW / 2.0;
    let label = xml(&shortened(&row.label, if row.heading { 90 } else { 44 }));
    if row.heading {
        out.push_str(&format!("<rect x=\"0\" y=\"{top:.1}\" width=\"{WIDTH}\" height=\"{ROW}\" class=\"band\"/>\n"));
        out.push_str(&format!("<text x=\"16\" y=\"{:.1}\" class=\"h\">{label}</text>\n", middle + 4.5));
        return;
    }
    let full = xml(&shortened(&row.label, 200));
    out.push_str(&format!(
        "<text x=\"16\" y=\"{:.1}\" class=\"t\"><title>{full}</title>{label}</text>\n",
        middle + 4.5
    ));
    let end = row.milestones.iter().find(|milestone| milestone.kind == MilestoneKind::Sunset);
    if let (Some(end), Some(from)) = (end, row.announced)
        && from < end.date
    {
        let (a, b) = (scale.x(from), scale.x(end.date));
        let class = if end.status == Status::Withdrawn { "plan" } else { "bar" };
        out.push_str(&format!(
            "<rect x=\"{a:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"10\" rx=\"3\" class=\"{class}\"/>\n",
            middle - 5.0,
            b - a
        ));
    }
    for milestone in &row.milestones {
        let x = scale.x(milestone.date);
        let words = xml(&format!("{} {}: {}", milestone.date, super::what(milestone), super::standing(milestone)));
        let class = match milestone.status {
            Status::Overdue => "late",
            Status::Done | Status::Withdrawn => "done",
            Status::Planned if milestone.kind == MilestoneKind::Sunset => "end",
            Status::Planned => "dot",
        };
        if milestone.kind == MilestoneKind::Sunset {
            out.push_str(&format!(
                "<path d=\"M{x:.1} {:.1}l7 7l-7 7l-7-7z\" class=\"{class}\"><title>{words}</title></path>\n",
                middle - 7.0
            ));
        } else {
            out.push_str(&format!(
                "<circle cx=\"{x:.1}\" cy=\"{middle:.1}\" r=\"4.5\" class=\"{class}\"><title>{words}</title></circle>\n"
            ));
        }
    }
    if let Some(last) = end.or(row.milestones.last()) {
        let withdrawn = last.status == Status::Withdrawn;
        let words = if withdrawn { "withdrawn".to_owned() } else { distance(last.days) };
        let x = WIDTH - 12.0;
        out.push_str(&format!(
            "<text x=\"{x}\" y=\"{:.1}\" class=\"s\" text-anchor=\"end\">{words}</text>\n",
            middle + 4.0
        ));
    }
}
