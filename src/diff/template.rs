//! Templates of messages, filled in one pass: what a contract says is never read as a part of the template.
//!
//! Takes a template of a page and the words of an edit; gives the message. `{where}`, `{name}`, `{old}` and `{new}` stand
//! for words, `{one|many}` agrees with how many names there are.

use super::edit::Words;
use crate::text::Cut;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Where,
    Name,
    Old,
    New,
    /// For one name, and for several.
    Agrees(&'t str, &'t str),
}

/// Splits a template. Braces around anything else are text.
fn parts(template: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let (mut rest, mut from) = (template, 0);
    while let Some(open) = rest.cut(from..).find('{').map(|at| from + at) {
        let Some(close) = rest.cut(open..).find('}').map(|at| open + at) else { break };
        let part = match rest.cut(open + 1..close) {
            "where" => Part::Where,
            "name" => Part::Name,
            "old" => Part::Old,
            "new" => Part::New,
            other => match other.split_once('|') {
                Some((one, many)) => Part::Agrees(one, many),
                None => {
                    from = open + 1;
                    continue;
                }
            },
        };
        out.extend([Part::Text(rest.cut(..open)), part]);
        (rest, from) = (rest.cut(close + 1..), 0);
    }
    out.push(Part::Text(rest));
    out
}

/// Fills a template.
pub(super) fn fill(template: &str, words: &Words) -> String {
    let parts = parts(template);
    let marked = |at: usize| {
        let text = |at: Option<usize>| match at.and_then(|at| parts.get(at)) {
            Some(Part::Text(text)) => *text,
            _ => "",
        };
        text(at.checked_sub(1)).ends_with('`') && text(Some(at + 1)).starts_with('`')
    };
    let quotes_name = parts.iter().enumerate().any(|(at, part)| *part == Part::Name && marked(at));
    // A name stands for more than one thing where it is a list of values, or a count that no marks are around.
    let many = if quotes_name { words.name.contains("`, `") } else { words.name != "1" };
    let owner = words.owner.as_ref().filter(|_| !parts.contains(&Part::Where));
    let mut out = String::with_capacity(template.len() + words.location.len() + words.name.len());
    let mut closed = false;
    for (at, part) in parts.iter().enumerate() {
        match *part {
            // The mark after a name was written with what belongs to the name.
            Part::Text(text) => out.push_str(if closed { text.strip_prefix('`').unwrap_or(text) } else { text }),
            Part::Where => out.push_str(&words.location),
            Part::Name => out.push_str(&words.name),
            Part::Old => out.push_str(&words.old),
            Part::New => out.push_str(&words.new),
            Part::Agrees(one, other) => out.push_str(if many { other } else { one }),
        }
        closed = *part == Part::Name && marked(at);
        if closed {
            out.push('`');
            if words.more > 0 {
                out.push_str(&format!(" and {} more", words.more));
            }
            if let Some(owner) = owner {
                out.push_str(&format!(" of schema `{owner}`"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(location: &str, name: &str, old: &str, new: &str) -> Words {
        Words { location: location.into(), name: name.into(), old: old.into(), new: new.into(), ..Words::default() }
    }

    #[test]
    fn one_name_and_several_take_their_own_words() {
        let template = "the {value|values} `{name}` {was|were} added to {where}";
        assert_eq!(fill(template, &words("w", "a", "", "")), "the value `a` was added to w");
        assert_eq!(fill(template, &words("w", "a`, `b", "", "")), "the values `a`, `b` were added to w");
        assert_eq!(fill("{name} {item has|items have}", &words("", "1", "", "")), "1 item has");
        assert_eq!(fill("{name} {item has|items have}", &words("", "2", "", "")), "2 items have");
        assert_eq!(fill("a } b | c { d", &words("", "", "", "")), "a } b | c { d");
    }

    #[test]
    fn words_of_a_contract_are_never_read_as_a_template() {
        let names = ["{name}", "{old}", "{new}", "{where}", "{a|b}", "`{name}`"];
        for word in names {
            let all = words(word, word, word, word);
            assert_eq!(fill("{where}: {old} to {new}", &all), format!("{word}: {word} to {word}"));
            assert_eq!(fill("`{where}` takes `{name}` now", &all), format!("`{word}` takes `{word}` now"));
        }
    }

    #[test]
    fn a_name_is_followed_by_how_many_are_left_out_and_what_it_belongs_to() {
        let mut all = words("here", "a", "", "");
        (all.more, all.owner) = (3, Some("Pet".into()));
        assert_eq!(
            fill("the property `{name}` was removed", &all),
            "the property `a` and 3 more of schema `Pet` was removed"
        );
        assert_eq!(fill("`{name}` of {where}", &all), "`a` and 3 more of here");
        assert_eq!(fill("{name} things", &all), "a things");
    }
}
