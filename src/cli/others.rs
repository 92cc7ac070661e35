//! Findings that are no rules: ids and explanations of what is said about texts, configuration and suppressions,
//! read from `rules/others.md`.

/// A section for each id.
const TEXT: &str = include_str!("../../rules/others.md");

/// The ids, in the order of the page.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    sections().map(|(id, _)| id)
}

/// The section of an id as a page of its own.
pub(super) fn page(id: &str) -> Option<String> {
    let (id, text) = sections().find(|(known, _)| *known == id)?;
    Some(format!("# {id}\n\n{}\n", text.trim()))
}

fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXT.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diff, lint};

    #[test]
    fn an_id_is_explained_in_one_place() {
        assert!(ids().count() > 10 && ids().is_sorted());
        for id in ids() {
            assert!(page(id).is_some_and(|text| text.len() > id.len() + 40), "{id}");
            assert!(lint::page(id).is_none() && diff::page(id).is_none(), "{id}");
        }
    }
}
