//! `info.version` read under a scheme, and the versions that stand in URLs.
//!
//! It says what is written and how two versions compare; what a change requires is decided above.

use super::{Api, parse_date};
use crate::workspace::Place;
use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How versions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// `1.2.3`, <https://semver.org>; a leading `v` and missing parts are forgiven.
    #[default]
    Semver,
    /// `2026-11-25`, with an optional name after a dot.
    Date,
    /// `6` or `v6`.
    MajorOnly,
    /// A counter that only breaking changes move, as the Australian CDR has one per endpoint.
    #[serde(alias = "endpoint-integer")]
    Integer,
    /// Open Banking UK: semantic versions, where a minor version may break a little.
    Obuk,
    /// A regular expression of the team.
    Pattern,
}

/// A version as written, and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseVersion {
    /// As written.
    pub text: String,
    /// Major, minor, patch; `None` where that part is not written.
    pub parts: [Option<u64>; 3],
    /// The text after `-`.
    pub pre: Option<String>,
    /// The day of a date version.
    pub date: Option<Date>,
}

impl ReleaseVersion {
    /// Reads a version.
    ///
    /// # Errors
    /// A clause that says what the scheme expects.
    pub fn parse(text: &str, scheme: Scheme, pattern: Option<&str>) -> Result<Self, String> {
        let text = text.trim();
        let found = match scheme {
            // `2026-02-01` would be version 2026 with a pre-release.
            Scheme::Semver | Scheme::Obuk if dated(text).is_some() => None,
            Scheme::Semver | Scheme::Obuk => semantic(text),
            Scheme::Date => dated(text),
            Scheme::MajorOnly | Scheme::Integer => counter(text),
            Scheme::Pattern => matched(text, pattern)?,
        };
        found.ok_or_else(|| {
            match scheme {
                Scheme::Semver | Scheme::Obuk if dated(text).is_some() => {
                    "a semantic version such as `1.4.0`; where versions are dates, set `lifecycle.version-scheme: date`"
                }
                Scheme::Semver | Scheme::Obuk => "a semantic version such as `1.4.0` or `2.0.0-rc.1`",
                Scheme::Date => "a date such as `2026-11-25`",
                Scheme::MajorOnly => "a number such as `6` or `v6`",
                Scheme::Integer => "a number such as `6`",
                Scheme::Pattern => "what `version-pattern` of the lifecycle policy describes",
            }
            .to_owned()
        })
    }

    /// The major part.
    pub fn major(&self) -> u64 {
        self.parts[0].unwrap_or_default()
    }

    /// The minor part, 0 where it is not written.
    pub fn minor(&self) -> u64 {
        self.parts[1].unwrap_or_default()
    }

    /// The patch part, 0 where it is not written.
    pub fn patch(&self) -> u64 {
        self.parts[2].unwrap_or_default()
    }

    /// Whether it comes before a release (`2.0.0-rc.1`).
    pub fn is_prerelease(&self) -> bool {
        self.pre.is_some()
    }

    /// The order of versions: dates by day, others by part, a pre-release before its release (Semantic Versioning
    /// 2.0.0, item 11).
    pub fn order(&self, other: &Self) -> Ordering {
        let core = |version: &Self| (version.date, version.major(), version.minor(), version.patch());
        core(self).cmp(&core(other)).then_with(|| match (&self.pre, &other.pre) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => match (semver::Prerelease::new(a), semver::Prerelease::new(b)) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
        })
    }
}

fn semantic(text: &str) -> Option<ReleaseVersion> {
    let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (bare, _build) = bare.split_once('+').unwrap_or((bare, ""));
    // `3.1.10rc1`, `2.4.0.rc-0`: not semantic, but seen often and clear.
    let (core, pre) = match bare.find(|c: char| c == '-' || c.is_ascii_alphabetic()) {
        Some(at) if at > 0 => {
            let (core, pre) = bare.split_at(at);
            (core.trim_end_matches('.'), Some(pre.trim_start_matches('-')))
        }
        _ => (bare, None),
    };
    let valid = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if pre.is_some_and(|pre| !pre.split('.').all(valid)) {
        return None;
    }
    let numbers: Option<Vec<u64>> = core.split('.').map(number).collect();
    let numbers = numbers.filter(|numbers| numbers.len() <= 3)?;
    let part = |at: usize| numbers.get(at).copied();
    let parts = [part(0), part(1), part(2)];
    Some(ReleaseVersion { text: text.to_owned(), parts, pre: pre.map(str::to_owned), date: None })
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn dated(text: &str) -> Option<ReleaseVersion> {
    let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (day, name) = bare.split_at_checked(10)?;
    let date = parse_date(day)?;
    let pre = name.strip_prefix("-preview").or_else(|| name.strip_prefix("-beta"));
    if !(name.is_empty() || name.starts_with(['.', '-'])) {
        return None;
    }
    let pre = pre.and_then(|_| name.strip_prefix('-')).map(str::to_owned);
    Some(ReleaseVersion { text: text.to_owned(), parts: [None; 3], pre, date: Some(date) })
}

fn counter(text: &str) -> Option<ReleaseVersion> {
    let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let at = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
    let (major, pre) = bare.split_at(at);
    // `v2beta1` of the Google style is a pre-release of `v2`.
    let known = pre.is_empty() || pre.starts_with("alpha") || pre.starts_with("beta") || pre.starts_with('p');
    let pre = (!pre.is_empty()).then(|| pre.to_owned());
    let parts = [Some(number(major)?), None, None];
    known.then(|| ReleaseVersion { text: text.to_owned(), parts, pre, date: None })
}

fn matched(text: &str, pattern: Option<&str>) -> Result<Option<ReleaseVersion>, String> {
    let pattern = pattern.ok_or("`version-pattern` of the lifecycle policy, which is missing")?;
    let regex = Regex::new(&format!("^(?:{pattern})$")).map_err(|_| "a valid `version-pattern`, which it is not")?;
    Ok(regex.captures(text).map(|found| {
        let part = |name| found.name(name).and_then(|group| number(group.as_str()));
        let pre = found.name("pre").map(|group| group.as_str().to_owned()).filter(|pre| !pre.is_empty());
        ReleaseVersion { text: text.to_owned(), parts: [part("major"), part("minor"), part("patch")], pre, date: None }
    }))
}

/// A version that stands in a URL.
#[derive(Clone, Debug)]
pub struct UrlVersion<'w> {
    /// The major part.
    pub major: u64,
    /// The token: `v3` or `v3.1`.
    pub token: String,
    /// The server or path item.
    pub place: Place<'w>,
    /// Whether it is in a server's URL; else in a path.
    pub in_server: bool,
}

/// The versions in the URLs of servers and in the first parts of paths, each token of a kind once.
pub fn url_versions(api: Api<'_>) -> Vec<UrlVersion<'_>> {
    let mut out: Vec<UrlVersion<'_>> = Vec::new();
    for server in api.servers() {
        let Some(place) = server.place else { continue };
        for url in server.urls() {
            add(&mut out, &url, place, true);
        }
    }
    for item in api.paths() {
        add(&mut out, item.template, item.at, false);
    }
    out
}

fn add<'w>(out: &mut Vec<UrlVersion<'w>>, url: &str, place: Place<'w>, in_server: bool) {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    for token in path.split('/') {
        let Some(major) = token.strip_prefix(['v', 'V']).and_then(|rest| {
            let plain = rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            plain.then(|| number(rest.split('.').next()?)).flatten()
        }) else {
            continue;
        };
        if !out.iter().any(|known| known.token == token && known.in_server == in_server) {
            out.push(UrlVersion { major, token: token.to_owned(), place, in_server });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, scheme: Scheme) -> Option<ReleaseVersion> {
        ReleaseVersion::parse(text, scheme, None).ok()
    }

    #[test]
    fn versions_are_read_leniently_but_not_blindly() {
        for (text, scheme, good) in [
            ("1.2.3", Scheme::Semver, true),
            ("v1.2", Scheme::Semver, true),
            ("2", Scheme::Semver, true),
            ("2.0.0-rc.1+build.5", Scheme::Semver, true),
            ("3.1.10rc1", Scheme::Obuk, true),
            ("2.4.0.rc-0", Scheme::Semver, true),
            ("2.0.0-", Scheme::Semver, false),
            ("1.2.3.4", Scheme::Semver, false),
            ("latest", Scheme::Semver, false),
            ("", Scheme::Semver, false),
            ("${VERSION}", Scheme::Semver, false),
            ("2026-11-25", Scheme::Date, true),
            ("2026-02-28.acacia", Scheme::Date, true),
            ("2026-02-30", Scheme::Date, false),
            ("v2beta1", Scheme::MajorOnly, true),
            ("6", Scheme::Integer, true),
            ("six", Scheme::Integer, false),
        ] {
            assert_eq!(parse(text, scheme).is_some(), good, "{text}");
        }
    }

    #[test]
    fn a_pre_release_comes_before_its_release() {
        let order = |a, b| parse(a, Scheme::Semver).unwrap().order(&parse(b, Scheme::Semver).unwrap());
        assert_eq!(order("2.0.0-rc.1", "2.0.0"), Ordering::Less);
        assert_eq!(order("2.0.0-rc.2", "2.0.0-rc.10"), Ordering::Less);
        assert_eq!(order("1.10.0", "1.9.9"), Ordering::Greater);
        assert_eq!(order("v1.2", "1.2.0"), Ordering::Equal);
    }

    #[test]
    fn a_pattern_of_the_team_gives_the_parts() {
        let version = ReleaseVersion::parse("R7-3", Scheme::Pattern, Some(r"R(?<major>\d+)-(?<minor>\d+)")).unwrap();
        assert_eq!((version.major(), version.minor()), (7, 3));
        assert!(ReleaseVersion::parse("7", Scheme::Pattern, Some(r"R(?<major>\d+)")).is_err());
        assert!(ReleaseVersion::parse("7", Scheme::Pattern, Some("(")).is_err());
        assert!(ReleaseVersion::parse("7", Scheme::Pattern, None).is_err());
    }
}
