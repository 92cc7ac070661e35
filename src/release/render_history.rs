//! A history as a document: table for terminals, JSON, Markdown, and a page with a chart.

use super::history::{History, Release};
use crate::diagnostic::Impact;
use crate::text::escape::{line, markdown, shortened, xml};

/// A format of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFormat {
    /// A table.
    Text,
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
    /// A page without scripts and without network.
    Html,
}

impl HistoryFormat {
    /// All formats with their names on the command line.
    pub const ALL: [(&'static str, HistoryFormat); 4] = [
        ("text", HistoryFormat::Text),
        ("json", HistoryFormat::Json),
        ("markdown", HistoryFormat::Markdown),
        ("html", HistoryFormat::Html),
    ];

    /// The format with this name.
    pub fn find(name: &str) -> Option<Self> {
        let name = if name == "md" { "markdown" } else { name };
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }
}

/// Writes a history. Ends with a newline.
pub fn render_history(history: &History, format: HistoryFormat) -> String {
    match format {
        HistoryFormat::Text => text(history),
        HistoryFormat::Json => serde_json::to_string_pretty(history).unwrap_or_default() + "\n",
        HistoryFormat::Markdown => document(history),
        HistoryFormat::Html => page(history),
    }
}

fn date(release: &Release) -> String {
    release.date.map_or_else(|| "-".to_owned(), |date| date.to_string())
}

fn verdict(release: &Release) -> &'static str {
    if release.version_outcome.is_none() { "first" } else { release.verdict.name() }
}

fn outcome(release: &Release) -> &'static str {
    release.version_outcome.map_or("", super::bump::Outcome::name)
}

fn bump(release: &Release) -> String {
    if release.version_outcome.is_none() {
        return String::new();
    }
    format!("{} for {}", release.declared, release.required)
}

fn sums(history: &History) -> String {
    let totals = &history.totals;
    let mut out = format!(
        "{} {} compared: {} broke clients, {} had a version that said enough",
        totals.compared,
        if totals.compared == 1 { "release" } else { "releases" },
        totals.breaking_releases,
        totals.right_versions
    );
    if totals.kept + totals.broken > 0 {
        out.push_str(&format!("; {} of {} promises kept", totals.kept, totals.kept + totals.broken));
    }
    out
}

fn text(history: &History) -> String {
    let mut out = format!("{}\n{}\n\n", line(&history.title), sums(history));
    let mut rows = vec![
        ["date", "release", "version", "verdict", "breaking", "risky", "compatible", "version bump", "outcome"]
            .map(str::to_owned),
    ];
    for release in &history.releases {
        rows.push([
            date(release),
            shortened(&line(&release.label), 30),
            shortened(&line(&release.version), 24),
            verdict(release).to_owned(),
            release.breaking.to_string(),
            release.risky.to_string(),
            release.compatible.to_string(),
            bump(release),
            outcome(release).to_owned(),
        ]);
    }
    let widths: Vec<usize> =
        (0..9).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default()).collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    for release in history.releases.iter().filter(|release| !release.broken.is_empty()) {
        out.push_str(&format!("\nPromises broken in {} ({}):\n", shortened(&line(&release.label), 30), date(release)));
        for broken in &release.broken {
            out.push_str(&format!("  {}\n", line(broken)));
        }
    }
    out
}

fn document(history: &History) -> String {
    let mut out = format!("# History of {}\n\n{}.\n\n", markdown(&history.title), sums(history));
    out.push_str("| Date | Release | Version | Verdict | Breaking | Risky | Compatible | Version bump | Outcome |\n");
    out.push_str("|---|---|---|---|---:|---:|---:|---|---|\n");
    for release in &history.releases {
        let breaks = release.verdict == Impact::Breaking;
        let verdict = if breaks { format!("**{}**", verdict(release)) } else { verdict(release).to_owned() };
        out.push_str(&format!(
            "| {} | {} | {} | {verdict} | {} | {} | {} | {} | {} |\n",
            date(release),
            markdown(&shortened(&release.label, 60)),
            markdown(&shortened(&release.version, 60)),
            release.breaking,
            release.risky,
            release.compatible,
            bump(release),
            outcome(release),
        ));
    }
    for release in &history.releases {
        let lists = lists(release);
        if lists.iter().all(|(_, list)| list.is_empty()) {
            continue;
        }
        out.push_str(&format!("\n## {} {}\n", date(release), markdown(&shortened(&release.label, 60))));
        for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            out.push_str(&format!("\n{title}:\n\n"));
            for sentence in list {
                out.push_str(&format!("- {}\n", markdown(sentence)));
            }
        }
    }
    out
}

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<title>API history</title>\n<style>\n\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1120px;padding:0 1rem;color:#1b1f24;background:#fff}\n\
h1{font-size:1.6rem;margin:0 0 .3rem}p{margin:.2rem 0 1rem;color:#57606a}.chart{overflow-x:auto;border:1px solid #d5d9de;border-radius:8px;margin-bottom:1.5rem}\n\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e3e6ea;vertical-align:top}\n\
td.n{text-align:right;font-variant-numeric:tabular-nums}td.d{white-space:nowrap}.breaking{color:#b3261e;font-weight:600}.risky{color:#9a6700}\n\
details{margin:.2rem 0}summary{cursor:pointer;color:#57606a}ul{margin:.2rem 0 .4rem;padding-left:1.2rem}\n\
</style>\n</head>\n<body>\n";

fn page(history: &History) -> String {
    let mut out = format!("{HEAD}<h1>{}</h1>\n<p>{}</p>\n", xml(&history.title), xml(&sums(history)));
    out.push_str(&format!("<div class=\"chart\">\n{}</div>\n", chart(&history.releases)));
    out.push_str("<div class=\"wide\"><table>\n<thead><tr><th>Date</th><th>Release</th><th>Version</th><th>Verdict</th><th>Breaking</th><th>Risky</th><th>Compatible</th><th>Version bump</th><th>Details</th></tr></thead>\n<tbody>\n");
    for release in history.releases.iter().rev() {
        out.push_str(&format!(
            "<tr><td class=\"d\">{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{} {}</td><td>{}</td></tr>\n",
            date(release),
            xml(&shortened(&release.label, 60)),
            xml(&shortened(&release.version, 60)),
            release.verdict.name(),
            verdict(release),
            release.breaking,
            release.risky,
            release.compatible,
            bump(release),
            if outcome(release).is_empty() { String::new() } else { format!("({})", outcome(release)) },
            details(release),
        ));
    }
    out.push_str("</tbody>\n</table></div>\n</body>\n</html>\n");
    out
}

/// The lists about a release with their titles, which count.
fn lists(release: &Release) -> [(String, &[String]); 3] {
    let (all, told) = (release.breaking + release.risky, release.worst.len());
    let gravest = if told < all { format!("{all}, the gravest {told}") } else { told.to_string() };
    [
        (format!("Broke clients or may ({gravest})"), &release.worst),
        (format!("Promises broken ({})", release.broken.len()), &release.broken),
        (format!("Promises kept ({})", release.kept.len()), &release.kept),
    ]
}

fn details(release: &Release) -> String {
    let mut out = String::new();
    for (title, list) in lists(release).into_iter().filter(|(_, list)| !list.is_empty()) {
        let mut items = String::new();
        for sentence in list {
            items.push_str(&format!("<li>{}</li>", xml(sentence)));
        }
        out.push_str(&format!("<details><summary>{title}</summary><ul>{items}</ul></details>"));
    }
    out
}

/// Stacked bars per release: breaking, risky, compatible. Square roots, so that one large release leaves the others visible.
fn chart(releases: &[Release]) -> String {
    let shown = &releases[releases.len().saturating_sub(120)..];
    let (width, height, left, bottom) = (1080.0, 240.0, 40.0, 46.0);
    let step = (width - left - 10.0) / shown.len().max(1) as f64;
    let size = |count: usize| (count as f64).sqrt();
    let total = |release: &Release| size(release.breaking) + size(release.risky) + size(release.compatible);
    let most = shown.iter().map(total).fold(1.0, f64::max);
    let scale = (height - bottom - 30.0) / most;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Changes per release\">\n\
         <style>.b{{fill:#b3261e}}.r{{fill:#d29922}}.c{{fill:#2f81a8}}.x{{font:11px system-ui,sans-serif;fill:#57606a}}.a{{stroke:#d5d9de}}</style>\n"
    );
    let base = height - bottom;
    out.push_str(&format!("<line x1=\"{left}\" y1=\"{base}\" x2=\"{}\" y2=\"{base}\" class=\"a\"/>\n", width - 10.0));
    for (at, (class, name)) in [("b", "breaking"), ("r", "risky"), ("c", "compatible")].into_iter().enumerate() {
        let x = left + 110.0 * at as f64;
        out.push_str(&format!("<rect x=\"{x}\" y=\"8\" width=\"10\" height=\"10\" class=\"{class}\"/><text x=\"{}\" y=\"17\" class=\"x\">{name}</text>\n", x + 15.0));
    }
    let every = (70.0 / step).ceil().max(1.0) as usize;
    for (at, release) in shown.iter().enumerate() {
        let x = left + step * at as f64 + step * 0.15;
        let bar = (step * 0.7).min(46.0);
        let mut y = base;
        let title = format!(
            "{} {} {}: {} breaking, {} risky, {} compatible",
            date(release),
            release.label,
            release.version,
            release.breaking,
            release.risky,
            release.compatible
        );
        out.push_str(&format!("<g><title>{}</title>", xml(&shortened(&title, 200))));
        for (class, count) in [("b", release.breaking), ("r", release.risky), ("c", release.compatible)] {
            let tall = size(count) * scale;
            y -= tall;
            if tall > 0.0 {
                out.push_str(&format!(
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{bar:.1}\" height=\"{tall:.1}\" class=\"{class}\"/>"
                ));
            }
        }
        out.push_str("</g>\n");
        if at % every == 0 {
            let middle = x + bar / 2.0;
            out.push_str(&format!(
                "<text x=\"{middle:.1}\" y=\"{:.1}\" class=\"x\" text-anchor=\"middle\">{}</text>\n",
                base + 16.0,
                date(release)
            ));
            let version = xml(&shortened(&release.version, 12));
            out.push_str(&format!(
                "<text x=\"{middle:.1}\" y=\"{:.1}\" class=\"x\" text-anchor=\"middle\">{version}</text>\n",
                base + 31.0
            ));
        }
    }
    out.push_str("</svg>\n");
    out
}
