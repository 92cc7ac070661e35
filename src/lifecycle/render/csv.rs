//! The timeline as CSV (RFC 4180): one row per milestone, all contracts in one table.

use crate::lifecycle::timeline::Timeline;
use crate::text::escape::field;

const HEADER: [&str; 20] = [
    "date",
    "days",
    "api_id",
    "api",
    "version",
    "kind",
    "element",
    "operation_id",
    "milestone",
    "status",
    "audience",
    "notice_days",
    "notice_required",
    "replacement",
    "guide",
    "owner",
    "moves",
    "flags",
    "file",
    "line",
];

pub(super) fn render(timelines: &[Timeline]) -> String {
    let mut out = HEADER.join(",");
    out.push_str("\r\n");
    for timeline in timelines {
        for milestone in &timeline.milestones {
            let notice = milestone.notice.as_ref();
            let replacement = milestone.replacement.as_ref().map_or("", |successor| &successor.label);
            let text = [
                milestone.date.to_string(),
                milestone.days.to_string(),
                field(&timeline.api.id),
                field(&timeline.api.title),
                field(&timeline.api.version),
                milestone.element.kind.name().to_owned(),
                field(&milestone.element.label),
                field(milestone.element.operation_id.as_deref().unwrap_or_default()),
                milestone.kind.name().to_owned(),
                milestone.status.name().to_owned(),
                milestone.audience.name().to_owned(),
                notice.map(|notice| notice.days.to_string()).unwrap_or_default(),
                notice.map(|notice| notice.required.to_string()).unwrap_or_default(),
                field(replacement),
                field(milestone.guide.as_deref().unwrap_or_default()),
                field(milestone.owner.as_deref().unwrap_or_default()),
                milestone.moves().to_string(),
                field(&milestone.flags.join("; ")),
                field(&milestone.source.file),
                milestone.source.line.to_string(),
            ];
            out.push_str(&text.join(","));
            out.push_str("\r\n");
        }
    }
    out
}
