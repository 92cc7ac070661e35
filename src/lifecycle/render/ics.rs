//! The timeline as a calendar (RFC 5545): an all-day event per milestone, with reminders before a sunset.
//!
//! The time stamp is the day the timeline is seen from, so the same contract gives the same bytes.

use super::{instead, markdown, standing, what};
use crate::lifecycle::timeline::{Milestone, MilestoneKind, Status, Timeline};
use crate::text::escape;
use jiff::civil::Date;

pub(super) fn render(timelines: &[Timeline]) -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Covenant//API timeline//EN", "CALSCALE:GREGORIAN"] {
        push(&mut out, line);
    }
    if let [one] = timelines {
        push(&mut out, &format!("X-WR-CALNAME:{}", text(&super::title(one))));
    }
    for timeline in timelines {
        for milestone in &timeline.milestones {
            event(&mut out, timeline, milestone);
        }
    }
    push(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, timeline: &Timeline, milestone: &Milestone) {
    let name = format!("{}: {} {}", timeline.api.title, milestone.element.label, what(milestone));
    push(out, "BEGIN:VEVENT");
    // An id read from a kept timeline is text from outside.
    let id: String = milestone.id.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    push(out, &format!("UID:{id}@covenant"));
    push(out, &format!("DTSTAMP:{}T000000Z", basic(timeline.as_of)));
    push(out, &format!("DTSTART;VALUE=DATE:{}", basic(milestone.date)));
    push(out, &format!("SEQUENCE:{}", milestone.moves()));
    push(out, &format!("SUMMARY:{}", text(&escape::shortened(&name, 200))));
    let mut lines = vec![standing(milestone)];
    if let Some(notice) = &milestone.notice {
        lines.push(format!("Announced {}, {} days notice, {} owed.", notice.published, notice.days, notice.required));
    }
    let instead = instead(milestone);
    if !instead.is_empty() {
        lines.push(format!("Use instead: {instead}"));
    }
    if let Some(owner) = &milestone.owner {
        lines.push(format!("Owner: {owner}"));
    }
    let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
    push(out, &format!("DESCRIPTION:{}", lines.join("\\n")));
    push(out, &format!("CATEGORIES:{}", milestone.audience.name()));
    // An announcement that lies ahead is a plan.
    let told = milestone.notice.as_ref().is_none_or(|notice| notice.published <= timeline.as_of);
    let status = match milestone.status {
        Status::Withdrawn => "CANCELLED",
        _ if told => "CONFIRMED",
        _ => "TENTATIVE",
    };
    push(out, &format!("STATUS:{status}"));
    push(out, "TRANSP:TRANSPARENT");
    if let Some(guide) = milestone.guide.as_deref().and_then(markdown::link) {
        push(out, &format!("URL:{guide}"));
    }
    if milestone.kind == MilestoneKind::Sunset && milestone.status == Status::Planned {
        for days in [90, 30, 7] {
            push(out, "BEGIN:VALARM");
            push(out, "ACTION:DISPLAY");
            push(out, &format!("TRIGGER:-P{days}D"));
            push(out, &format!("DESCRIPTION:{}", text(&escape::shortened(&format!("{days} days left: {name}"), 200))));
            push(out, "END:VALARM");
        }
    }
    push(out, "END:VEVENT");
}

fn basic(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// A TEXT value (RFC 5545, section 3.3.11) on one line.
fn text(value: &str) -> String {
    escape::line(value).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

/// A content line, folded at 75 octets (section 3.1), ended by CRLF.
fn push(out: &mut String, line: &str) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}
