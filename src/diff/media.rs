//! Media types: their names as RFC 9110 reads them, and which description applies to what (OpenAPI 3.1.1, section 4.8.14:
//! the most specific key).

/// A name as it is compared: essence in lower case, parameters sorted, quotes left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    kind: String,
    subtype: String,
    parameters: Vec<String>,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().unwrap_or_default();
        let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, "*"));
        let parameter = |part: String| match part.split_once('=') {
            Some((key, value)) => format!("{}={}", key.trim(), value.trim().trim_matches('"')),
            None => part,
        };
        let mut parameters: Vec<String> = parts.filter(|part| !part.is_empty()).map(parameter).collect();
        parameters.sort();
        Name { kind: kind.to_owned(), subtype: subtype.to_owned(), parameters }
    }

    /// The character set, where it is said or JSON (RFC 8259, section 8.1: UTF-8).
    fn charset(&self) -> Option<&str> {
        let written = self.parameters.iter().find_map(|part| part.strip_prefix("charset="));
        let json = self.subtype == "json" || self.subtype.ends_with("+json");
        written.or(json.then_some("utf-8"))
    }

    /// The parameters, without the character set that everything has by default.
    fn others(&self) -> impl Iterator<Item = &String> {
        self.parameters.iter().filter(|part| *part != "charset=utf-8")
    }

    /// Whether both are one type.
    pub(super) fn equals(&self, other: &Name) -> bool {
        self.kind == other.kind && self.subtype == other.subtype && self.others().eq(other.others())
    }

    /// Whether every message of `other` is one of `self`.
    pub(super) fn covers(&self, other: &Name) -> bool {
        if self.charset().is_some_and(|own| other.charset().is_some_and(|charset| charset != own)) {
            return false;
        }
        let kind = self.kind == "*" || self.kind == other.kind;
        let subtype = match self.subtype.strip_prefix('*') {
            Some("") => true,
            Some(suffix) => other.subtype.ends_with(suffix),
            None => self.subtype == other.subtype,
        };
        let mut own = self.others();
        kind && subtype && own.all(|part| other.parameters.contains(part))
    }

    /// How narrow it is.
    fn specificity(&self) -> usize {
        let level = match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", _) => 0,
            (_, "*") => 1,
            (_, subtype) if subtype.starts_with('*') => 2,
            _ => 3,
        };
        level * 100 + self.parameters.len().min(99)
    }
}

/// How a media type of the base is described in the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Under the same name.
    Equal,
    /// By a range that covers it.
    Generalized,
    /// By types that it covers.
    Specialized,
    /// It stays or is described otherwise, and this one was covered by it.
    SplitOut,
}

/// Which descriptions apply to the same messages.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// Indices into both lists.
    pub(super) pairs: Vec<(usize, usize, Match)>,
    /// Types of the base that are narrowed to others, which have partners of their own.
    pub(super) narrowed: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// Matches two lists of names.
pub(super) fn matches(old: &[&str], new: &[&str]) -> Matches {
    let parse = |list: &[&str]| list.iter().map(|name| Name::new(name)).collect::<Vec<_>>();
    let (before, after) = (parse(old), parse(new));
    let exact = |list: &[Name], written: &[&str], name: &Name, text: &str| {
        let same = written.iter().position(|other| *other == text);
        same.or_else(|| list.iter().position(|other| other.equals(name)))
    };
    let widest = |list: &[Name], name: &Name| {
        let covering = list.iter().enumerate().filter(|(_, other)| other.covers(name));
        covering.max_by_key(|(at, other)| (other.specificity(), usize::MAX - at)).map(|(at, _)| at)
    };
    let mut out = Matches::default();
    let mut taken = vec![false; new.len()];
    for (at, name) in before.iter().enumerate() {
        if let Some(other) = exact(&after, new, name, old[at]) {
            taken[other] = true;
            out.pairs.push((at, other, Match::Equal));
        }
    }
    for (at, name) in before.iter().enumerate() {
        if exact(&after, new, name, old[at]).is_some() {
            continue;
        }
        if let Some(other) = widest(&after, name) {
            taken[other] = true;
            out.pairs.push((at, other, Match::Generalized));
            continue;
        }
        let narrower: Vec<usize> = (0..after.len()).filter(|other| name.covers(&after[*other])).collect();
        let own = |other: &usize| !taken[*other] && widest(&before, &after[*other]) == Some(at);
        let mine: Vec<usize> = narrower.iter().copied().filter(own).collect();
        for other in &mine {
            taken[*other] = true;
            out.pairs.push((at, *other, Match::Specialized));
        }
        match narrower.first() {
            Some(other) if mine.is_empty() => out.narrowed.push((at, *other)),
            Some(_) => {}
            None => out.removed.push(at),
        }
    }
    for (other, name) in after.iter().enumerate() {
        if !taken[other] {
            match widest(&before, name) {
                Some(at) => out.pairs.push((at, other, Match::SplitOut)),
                None => out.added.push(other),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_as_a_server_would() {
        let (equals, covers) = (
            |a: &str, b: &str| Name::new(a).equals(&Name::new(b)),
            |a: &str, b: &str| Name::new(a).covers(&Name::new(b)),
        );
        assert!(equals("Application/JSON; charset=UTF-8", "application/json"));
        assert!(equals("a/b;y=1;x=2", "a/b; x=\"2\"; y=1"));
        assert!(covers("*/*", "application/json") && covers("text/*", "text/plain"));
        assert!(covers("application/json", "application/json; version=1"));
        assert!(covers("application/*+json", "application/problem+json"));
        assert!(!covers("application/*+json", "application/json"));
        assert!(!covers("text/*", "application/json") && !covers("application/json", "*/*"));
        assert!(!covers("application/json", "application/json; charset=utf-16"));
        assert!(!covers("text/plain; charset=utf-8", "text/plain; charset=utf-16"));
    }

    #[test]
    fn the_most_specific_description_applies_on_both_sides() {
        let pairs = |old: &[&str], new: &[&str]| matches(old, new).pairs;
        assert_eq!(pairs(&["*/*"], &["*/*", "a/b"]), [(0, 0, Match::Equal), (0, 1, Match::SplitOut)]);
        assert_eq!(pairs(&["*/*", "a/b"], &["*/*"]), [(0, 0, Match::Equal), (1, 0, Match::Generalized)]);
        assert_eq!(pairs(&["a/*"], &["a/b", "a/c"]), [(0, 0, Match::Specialized), (0, 1, Match::Specialized)]);
        assert_eq!(pairs(&["*/*", "a/*"], &["a/b"]), [(1, 0, Match::Specialized)]);
        assert_eq!(matches(&["*/*", "a/b"], &["a/b"]).narrowed, [(0, 0)]);
        let none = matches(&["a/b"], &["c/d"]);
        assert_eq!((none.removed, none.added), (vec![0], vec![0]));
    }
}
