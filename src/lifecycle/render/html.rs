//! The timeline as a page that needs no network and runs no script: the chart, then a table per contract.

use super::{distance, instead, notice, place, standing, summary, svg, title, what, without_end};
use crate::lifecycle::timeline::{Status, Timeline};
use crate::text::escape::{shortened, xml};

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<title>API timeline</title>\n<style>\n\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1120px;padding:0 1rem;color:#1b1f24;background:#fff}\n\
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.2rem;margin:2rem 0 .2rem}p{margin:.2rem 0 1rem;color:#57606a}\n\
.chart{overflow-x:auto;border:1px solid #d5d9de;border-radius:8px}.chart svg{display:block}\n\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e3e6ea;vertical-align:top}\n\
th{font-weight:600;border-bottom-width:2px}td.n{white-space:nowrap}td.e{min-width:11rem}td.i{overflow-wrap:anywhere;min-width:9rem}small{color:#57606a;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace;font-size:13px;overflow-wrap:anywhere}\n\
tr.overdue td:first-child{border-left:4px solid #b3261e}tr.overdue .st{color:#b3261e;font-weight:600}tr.done{color:#57606a}\n\
@media print{body{margin:0}}\n</style>\n</head>\n<body>\n";

pub(super) fn render(timelines: &[Timeline]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("<h1>API timeline</h1>\n<div class=\"chart\">\n");
    out.push_str(&svg::render(timelines));
    out.push_str("</div>\n");
    for timeline in timelines {
        one(&mut out, timeline);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn one(out: &mut String, timeline: &Timeline) {
    out.push_str(&format!("<h2>{}</h2>\n<p>{}</p>\n", xml(&title(timeline)), xml(&summary(timeline))));
    if timeline.milestones.is_empty() {
        out.push_str("<p>Nothing in this contract has a date.</p>\n");
    } else {
        out.push_str("<div class=\"wide\"><table>\n<thead><tr><th>Date</th><th>When</th><th>Element</th><th>What</th><th>Standing</th><th>Audience</th><th>Notice</th><th>Use instead</th></tr></thead>\n<tbody>\n");
        for milestone in &timeline.milestones {
            let class = match milestone.status {
                Status::Overdue => "overdue",
                Status::Done | Status::Withdrawn => "done",
                Status::Planned => "planned",
            };
            let mut instead = xml(&instead(milestone));
            if let Some(guide) = milestone.guide.as_deref().and_then(super::markdown::link) {
                let dot = if instead.is_empty() { "" } else { ", " };
                instead.push_str(&format!("{dot}<a href=\"{}\" rel=\"noopener noreferrer\">guide</a>", xml(guide)));
            }
            out.push_str(&format!(
                "<tr class=\"{class}\"><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"e\"><code>{}</code><br><small>{}</small></td><td>{}</td><td class=\"st\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"i\">{instead}</td></tr>\n",
                milestone.date,
                distance(milestone.days),
                xml(&shortened(&milestone.element.label, 200)),
                xml(&place(milestone)),
                xml(&what(milestone)),
                xml(&standing(milestone)),
                milestone.audience.name(),
                notice(milestone),
            ));
        }
        out.push_str("</tbody>\n</table></div>\n");
    }
    let open = without_end(timeline);
    if !open.is_empty() {
        out.push_str("<h2>Deprecated without a last day</h2>\n<ul>\n");
        for entry in open {
            out.push_str(&format!("<li><code>{}</code></li>\n", xml(&shortened(&entry.element.label, 200))));
        }
        out.push_str("</ul>\n");
    }
}
