//! Globs of `files` in overrides, as minimatch reads them: `*`, `?`, `[…]`, `**`, braces, `+(a|b)` and its kin, `!` before all.
//! A glob without `/` is about the name of the file. Names that begin with a dot are matched only by a dot.

use crate::text::Cut;
use fancy_regex::Regex;

/// Patterns that braces may stand for, at most.
const MOST: usize = 256;

/// Bytes of a glob, at most: each pair of braces is a step deeper.
pub(super) const LONGEST: usize = 4096;

/// Whether a path, with `/` between its parts, fits a glob.
pub(super) fn fits(glob: &str, path: &str) -> bool {
    let glob = glob.trim();
    if glob.starts_with('#') {
        return false;
    }
    let pattern = glob.trim_start_matches('!');
    let negated = (glob.len() - pattern.len()) % 2 == 1;
    if pattern.is_empty() {
        return path.is_empty() != negated;
    }
    let mut plain = Vec::new();
    expand(pattern, &mut plain);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    plain.iter().any(|pattern| one_fits(pattern, &parts)) != negated
}

fn one_fits(pattern: &str, path: &[&str]) -> bool {
    let texts: Vec<&str> = pattern.split('/').collect();
    let inner = |at: usize| at > 0 && at + 1 < texts.len();
    let globs = texts.iter().enumerate().filter(|(at, text)| !(inner(*at) && text.is_empty()));
    let globs: Vec<Part> = globs.map(|(_, text)| part(text)).collect();
    // Only the name counts for a glob of one part.
    let path = if globs.len() == 1 { &path[path.len().saturating_sub(1)..] } else { path };
    // Which beginnings of the path the parts so far fit.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for (number, glob) in globs.iter().enumerate() {
        let last = number > 0 && number + 1 == globs.len();
        let mut next = vec![false; path.len() + 1];
        for at in (0..=path.len()).filter(|&at| reached[at]) {
            match glob {
                Part::Deep => {
                    let swallowed = path[at..].iter().take_while(|part| !part.starts_with('.')).count();
                    // At the end it stands for something.
                    next[at + usize::from(last)..=at + swallowed].fill(true);
                }
                Part::One(glob) => {
                    if path.get(at).is_some_and(|part| glob.is_match(part).unwrap_or(false)) {
                        next[at + 1] = true;
                    }
                }
                Part::Never => {}
            }
        }
        reached = next;
    }
    reached[path.len()]
}

enum Part {
    Deep,
    One(Regex),
    /// What cannot be the part of a path.
    Never,
}

fn part(text: &str) -> Part {
    match text {
        "" => Part::Never,
        "**" => Part::Deep,
        text => Regex::new(&format!("(?s)^{}$", regex(text))).map_or(Part::Never, Part::One),
    }
}

/// One part of a glob as a regular expression.
fn regex(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = if chars[0] == '.' { String::new() } else { r"(?!\.)".to_owned() };
    let mut open: Vec<char> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let group = chars.get(at + 1) == Some(&'(') && "?*+@!".contains(c) && chars[at..].contains(&')');
        match c {
            _ if group => {
                open.push(c);
                out.push_str(if c == '!' { "(?:(?!(?:" } else { "(?:" });
                at += 1;
            }
            '*' => out.push_str("[^/]*?"),
            '?' => out.push_str("[^/]"),
            '|' if !open.is_empty() => out.push('|'),
            ')' if !open.is_empty() => match open.pop() {
                Some('!') => out.push_str(")$)[^/]*?)"),
                Some('@') => out.push(')'),
                kind => {
                    out.push(')');
                    out.extend(kind);
                }
            },
            '[' => match chars[at + 1..].iter().skip(1).position(|c| *c == ']') {
                Some(end) => {
                    let inside: String = chars[at + 1..at + 2 + end].iter().collect();
                    let (not, inside) = match inside.strip_prefix(['!', '^']) {
                        Some(inside) => ("^", inside),
                        None => ("", inside.as_str()),
                    };
                    let escaped =
                        inside.replace('\\', r"\\").replace('[', r"\[").replace('&', r"\&").replace('~', r"\~");
                    out.push_str(&format!("[{not}{escaped}]"));
                    at += 1 + end + 1;
                }
                None => out.push_str(r"\["),
            },
            '\\' if at + 1 < chars.len() => {
                at += 1;
                out.push_str(&fancy_regex::escape(&chars[at].to_string()));
            }
            c => out.push_str(&fancy_regex::escape(&c.to_string())),
        }
        at += 1;
    }
    out
}

/// `a{b,c}` as `ab` and `ac`, `{1..3}` as its numbers.
fn expand(pattern: &str, out: &mut Vec<String>) {
    if out.len() >= MOST {
        return;
    }
    for (start, _) in pattern.match_indices('{') {
        let mut depth = 0;
        let mut cuts = vec![start];
        let mut end = None;
        for (at, c) in pattern.cut(start..).char_indices().map(|(at, c)| (start + at, c)) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => cuts.push(at),
                _ => {}
            }
            if depth == 0 {
                end = Some(at);
                break;
            }
        }
        let Some(end) = end else { continue };
        let (before, after) = (pattern.cut(..start), pattern.cut(end + 1..));
        let inside = pattern.cut(start + 1..end);
        let range = inside.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let choices: Vec<String> = match range {
            Some((from, to)) if cuts.len() == 1 => {
                let (from, to): (i32, i32) = (from, to);
                (from.min(to)..=from.max(to)).take(MOST).map(|number| number.to_string()).collect()
            }
            _ if cuts.len() > 1 => {
                let ends = cuts[1..].iter().copied().chain([end]);
                cuts.iter().zip(ends).map(|(from, to)| pattern.cut(from + 1..to).to_owned()).collect()
            }
            _ => continue,
        };
        for choice in &choices {
            expand(&format!("{before}{choice}{after}"), out);
        }
        return;
    }
    out.push(pattern.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_glob_of_braces_is_read() {
        assert!(!fits(&"{a,b}".repeat(LONGEST / 5), "a"));
        assert!(!fits(&format!("{}a{}", "{".repeat(LONGEST / 2), "}".repeat(LONGEST / 2 - 1)), "a"));
    }

    #[test]
    fn globs_are_read_as_minimatch_does() {
        for (glob, path, expected) in [
            ("*.yaml", "v1/a.yaml", true),
            ("*.yaml", ".a.yaml", false),
            (".*", ".a.yaml", true),
            ("v1/*", "v1/a.yaml", true),
            ("v1/*", "v1/x/a.yaml", false),
            ("v1/**", "v1/x/a.yaml", true),
            ("**/a.*", "a.yaml", true),
            ("**", "v1/.git/a", true),
            ("**/a", "v1/.git/a", false),
            ("**/*.{yaml,js?(on)}", "x/a.json", true),
            ("a{1..3}.yaml", "a2.yaml", true),
            ("!a.yaml", "b.yaml", true),
            ("!a.yaml", "a.yaml", false),
            ("+(a|b).yaml", "ab.yaml", true),
            ("!(a).yaml", "!a.yaml", true),
            ("[!a]?.yaml", "bc.yaml", true),
            ("./a.yaml", "a.yaml", false),
            ("../*/a.yaml", "../x/a.yaml", true),
            ("*/a.yaml", "../a.yaml", false),
            ("#a", "#a", false),
            ("V1/*", "v1/a", false),
            ("v1/**", "v1", false),
            ("v1/", "v1", false),
            ("a//b", "a/b", true),
            ("/a", "a", false),
            ("*/**", "v1/.a", false),
        ] {
            assert_eq!(fits(glob, path), expected, "{glob} {path}");
        }
    }
}
