//! A changelog file that people keep: new entries go in without touching a word of theirs, and it is checked.

use super::changelog::{Changelog, Entry, Section};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use std::ops::Range;

/// The text of a changelog file with the entries of `changelog` under its release, else under `Unreleased`.
///
/// Entries whose id is already in the file are left out, so doing it twice changes nothing. Line ends are kept. A
/// missing release is added before the newest one; an empty file gets the usual beginning.
pub fn insert_into(text: &str, changelog: &Changelog) -> String {
    insert_after(text, changelog, None)
}

/// The same; a missing release is added above the one of `older`, where that is in the file.
pub(super) fn insert_after(text: &str, changelog: &Changelog, older: Option<&Changelog>) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.replace("\r\n", "\n").lines().map(str::to_owned).collect();
    let told = told(text, &lines, changelog);
    let fresh: Vec<&Entry> = changelog.entries.iter().filter(|entry| !told.contains(&entry.id)).collect();
    let mut wanted: Vec<(Section, String)> =
        fresh.iter().map(|entry| (entry.section, entry.to_markdown(changelog.edition))).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        lines = changelog.preamble().lines().map(str::to_owned).collect();
    }
    let mut release = find_release(&lines, changelog);
    let listed =
        release.clone().is_some_and(|range| lines[range].iter().any(|line| line.contains("<!-- chg:docs -->")));
    if changelog.documentation > 0 && !listed {
        wanted.push((Section::Fixed, changelog.documentation_line()));
    }
    if wanted.is_empty() {
        return text.to_owned();
    }
    if release.is_none() {
        let older = older.and_then(|older| find_release(&lines, older)).map(|range| range.start);
        let released = |line: &String| is_heading(line, 2) && !is_release(line, UNRELEASED);
        let newest = || lines.iter().position(released).filter(|_| changelog.version != UNRELEASED);
        let first = || lines.iter().position(|line| is_heading(line, 2) && changelog.version == UNRELEASED);
        let at = older.or_else(newest).or_else(first).unwrap_or_else(|| before_links(&lines));
        let mut heading = vec![format!("## {}", changelog.heading()), String::new()];
        if at > 0 && !lines[at - 1].trim().is_empty() {
            heading.insert(0, String::new());
        }
        lines.splice(at..at, heading);
        release = find_release(&lines, changelog);
    }
    let Some(release) = release else { return text.to_owned() };
    // From the last section to the first, so that earlier positions stay right.
    let mut end = release.end;
    for section in Section::ALL.into_iter().rev() {
        let new: Vec<String> =
            wanted.iter().filter(|(of, _)| *of == section).map(|(_, line)| line.trim_end().to_owned()).collect();
        let found = find_section(&lines, release.start..end, section);
        if !new.is_empty() {
            match &found {
                Some(range) => {
                    let at = after_text(&lines, range.clone());
                    let gap = usize::from(at == range.start + 1);
                    let blank = vec![String::new(); gap];
                    lines.splice(at..at, blank.into_iter().chain(new));
                }
                None => {
                    let at = place_for(&lines, release.start..end, section);
                    let mut block = vec![format!("### {}", section.name()), String::new()];
                    block.extend(new);
                    block.push(String::new());
                    if !lines[at - 1].trim().is_empty() {
                        block.insert(0, String::new());
                    }
                    lines.splice(at..at, block);
                }
            }
            end = release_end(&lines, release.start);
        }
    }
    let mut out = lines.join(newline);
    while out.ends_with(newline) {
        out.truncate(out.len() - newline.len());
    }
    out.push_str(newline);
    out
}

fn is_heading(line: &str, level: usize) -> bool {
    let hashes = line.chars().take_while(|c| *c == '#').count();
    hashes == level && line.get(hashes..).is_some_and(|rest| rest.starts_with(' '))
}

/// The heading under which changes wait for a release.
const UNRELEASED: &str = "Unreleased";

/// The part of a file that may already hold the entries: for a release its own lines and those under `Unreleased`, so
/// that a change that comes a second time is told a second time; for `Unreleased` the whole file, because its entries
/// move into a release.
fn told(text: &str, lines: &[String], changelog: &Changelog) -> String {
    if changelog.version.eq_ignore_ascii_case(UNRELEASED) {
        return text.to_owned();
    }
    let waiting = lines.iter().position(|line| is_release(line, UNRELEASED));
    let waiting = waiting.map(|start| start..release_end(lines, start));
    let ranges = waiting.into_iter().chain(find_release(lines, changelog));
    ranges.flat_map(|range| lines[range].iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
}

/// Whether a line is the heading of the release with this name.
fn is_release(line: &str, name: &str) -> bool {
    let text = line.trim_start_matches('#').trim();
    let text = text.strip_prefix('[').unwrap_or(text);
    let (start, rest) = text.split_at_checked(name.len()).unzip();
    let rest = rest.filter(|_| start.is_some_and(|start| start.eq_ignore_ascii_case(name)));
    is_heading(line, 2)
        && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
}

/// The lines of the release that the entries belong to, heading included.
fn find_release(lines: &[String], changelog: &Changelog) -> Option<Range<usize>> {
    // As in the heading.
    let name = changelog.version.replace(['[', ']'], "");
    let start = lines.iter().position(|line| is_release(line, &name))?;
    Some(start..release_end(lines, start))
}

fn release_end(lines: &[String], start: usize) -> usize {
    let next = lines.iter().skip(start + 1).position(|line| is_heading(line, 2) || is_heading(line, 1));
    next.map_or_else(|| before_links(lines).max(start + 1), |at| start + 1 + at)
}

/// The position after the text and before the link definitions that end many changelogs.
fn before_links(lines: &[String]) -> usize {
    let is_tail = |line: &String| line.trim().is_empty() || (line.starts_with('[') && line.contains("]: "));
    let text = lines.iter().rposition(|line| !is_tail(line)).map_or(0, |at| at + 1);
    lines.iter().skip(text).position(|line| line.starts_with('[')).map_or(lines.len(), |at| text + at)
}

fn find_section(lines: &[String], release: Range<usize>, section: Section) -> Option<Range<usize>> {
    let named =
        |line: &String| is_heading(line, 3) && line.trim_start_matches('#').trim().eq_ignore_ascii_case(section.name());
    let start = release.start + lines[release.clone()].iter().position(named)?;
    let next = lines[start + 1..release.end].iter().position(|line| is_heading(line, 3));
    Some(start..next.map_or(release.end, |at| start + 1 + at))
}

/// The position after the last line of a range that has text.
fn after_text(lines: &[String], range: Range<usize>) -> usize {
    let last = lines[range.clone()].iter().rposition(|line| !line.trim().is_empty());
    last.map_or(range.end, |at| range.start + at + 1)
}

/// Where a new section goes: before the first one that comes after it in order, else at the end of the release.
fn place_for(lines: &[String], release: Range<usize>, section: Section) -> usize {
    let later = Section::ALL.into_iter().filter(|other| *other > section);
    let next = later.filter_map(|other| find_section(lines, release.clone(), other)).map(|range| range.start).min();
    next.unwrap_or_else(|| {
        // After the text and the blank line that follows it.
        let after = after_text(lines, release.clone());
        if after < release.end { after + 1 } else { after }
    })
}

/// The breaking changes that a changelog file does not name, one finding of `lc-changelog-entry` each.
pub fn verify(text: &str, changes: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for change in changes.iter().filter(|change| change.impact == Impact::Breaking) {
        if text.contains(&format!("chg:{}", change.fingerprint)) {
            continue;
        }
        let message = format!("the changelog says nothing about a breaking change: {}", change.message);
        let mut finding = Diagnostic::new("lc-changelog-entry", Severity::Warn, message, change.location.clone());
        finding.base_location.clone_from(&change.base_location);
        finding.operations.clone_from(&change.operations);
        finding.help = Some(format!(
            "write an entry that ends with `<!-- chg:{} -->`; `covenant changelog --into` drafts it",
            change.fingerprint
        ));
        out.push(finding);
    }
    out
}
