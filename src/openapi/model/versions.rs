//! Sets of OpenAPI versions, as the table writes them: `2.0`, `3.1+`, `2.0-3.0`.

use crate::openapi::Version;

/// A set of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions(u8);

impl Versions {
    /// Every version.
    pub const ALL: Versions = Versions(0b1111);
    /// No version.
    pub const NONE: Versions = Versions(0);

    /// Reads the notation of the table: one version, a version and all later ones, a range, or `none`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Versions::NONE);
        }
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (index(first)?, index(last)?),
            None => match text.strip_suffix('+') {
                Some(first) => (index(first)?, Version::ALL.len() - 1),
                None => (index(text)?, index(text)?),
            },
        };
        (first <= last).then(|| Versions((first..=last).fold(0, |set, at| set | 1 << at)))
    }

    /// Whether the set holds `version`.
    pub fn contains(self, version: Version) -> bool {
        self.0 & (1 << version as u8) != 0
    }

    /// Whether the set holds no version.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The versions of both sets.
    #[must_use]
    pub fn union(self, other: Versions) -> Versions {
        Versions(self.0 | other.0)
    }

    /// The versions that are in both sets.
    #[must_use]
    pub fn intersection(self, other: Versions) -> Versions {
        Versions(self.0 & other.0)
    }

    /// Its versions, the oldest first.
    pub fn iter(self) -> impl Iterator<Item = Version> {
        Version::ALL.into_iter().filter(move |version| self.contains(*version))
    }
}

/// In words: `2.0`, `3.1 and later`, `2.0 and 3.0`.
impl std::fmt::Display for Versions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.iter().map(Version::name).collect();
        let (first, last) = match names.as_slice() {
            [] => return f.write_str("no version"),
            [only] => return f.write_str(only),
            [first, .., last] => (first, last),
        };
        let later = Version::ALL.len() - index(first).unwrap_or_default();
        if *last == Version::V3_2.name() && names.len() == later {
            return write!(f, "{first} and later");
        }
        write!(f, "{} and {last}", names[..names.len() - 1].join(", "))
    }
}

fn index(text: &str) -> Option<usize> {
    Version::ALL.iter().position(|version| version.name() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_of_the_table_is_read_and_said_in_words() {
        for (text, words) in [
            ("2.0", "2.0"),
            ("3.1+", "3.1 and later"),
            ("2.0-3.0", "2.0 and 3.0"),
            ("2.0-3.1", "2.0, 3.0 and 3.1"),
            ("3.2", "3.2"),
            ("none", "no version"),
        ] {
            assert_eq!(Versions::parse(text).unwrap().to_string(), words, "{text}");
        }
        for text in ["", "3", "3.0-2.0", "3.3", "3.0 +"] {
            assert_eq!(Versions::parse(text), None, "{text}");
        }
    }
}
