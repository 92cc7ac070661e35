//! Pairs the paths of two contracts: by template with parameter names ignored, then with the base path of the servers
//! in front, then operation by operation through `operationId`.

use crate::openapi::{Operation, PathItem};

/// Two path items that are the same place for clients.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathPair<'w> {
    pub(super) base: PathItem<'w>,
    pub(super) revision: PathItem<'w>,
    /// A part of the path moved between servers and templates.
    pub(super) moved: bool,
}

/// How the paths of two contracts stand to each other.
#[derive(Debug, Default)]
pub(super) struct Pairing<'w> {
    pub(super) pairs: Vec<PathPair<'w>>,
    pub(super) removed: Vec<PathItem<'w>>,
    pub(super) added: Vec<PathItem<'w>>,
}

/// A template with the names of its parameters left out.
pub(super) fn shape(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut inside = false;
    for character in template.chars() {
        match character {
            '{' => {
                inside = true;
                out.push('{');
            }
            '}' => {
                inside = false;
                out.push('}');
            }
            _ if inside => {}
            _ => out.push(character),
        }
    }
    out
}

/// The names of the parameters of a template, in order.
pub(super) fn parameters(template: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else { break };
        out.push(&rest[start + 1..start + end]);
        rest = &rest[start + end + 1..];
    }
    out
}

/// The path of a server URL, without a final slash.
pub(super) fn base_path(url: &str) -> &str {
    let rest = url.find("://").map_or(url, |at| {
        let rest = &url[at + 3..];
        rest.find('/').map_or("", |slash| &rest[slash..])
    });
    let rest = rest.strip_prefix("//").map_or(rest, |rest| rest.find('/').map_or("", |slash| &rest[slash..]));
    rest.trim_end_matches('/')
}

/// Pairs two lists of path items.
pub(super) fn pair_paths<'w>(base: &[PathItem<'w>], revision: &[PathItem<'w>]) -> Pairing<'w> {
    let mut pairing = Pairing::default();
    let mut partner: Vec<Option<(usize, bool)>> = vec![None; base.len()];
    let mut taken = vec![false; revision.len()];
    let mut round =
        |left: &dyn Fn(&PathItem<'w>) -> Vec<String>, right: &dyn Fn(&PathItem<'w>) -> Vec<String>, moved| {
            let mut index = rustc_hash::FxHashMap::<String, Vec<usize>>::default();
            for (at, item) in revision.iter().enumerate().rev() {
                if !taken[at] {
                    for key in right(item) {
                        index.entry(key).or_default().push(at);
                    }
                }
            }
            for (at, item) in base.iter().enumerate() {
                if partner[at].is_some() {
                    continue;
                }
                let found = left(item).iter().find_map(|key| index.get_mut(key)?.pop_if(|at| !taken[*at]));
                if let Some(other) = found {
                    taken[other] = true;
                    partner[at] = Some((other, moved));
                }
            }
        };
    round(&|item| vec![item.template.to_owned()], &|item| vec![item.template.to_owned()], false);
    round(&|item| vec![shape(item.template)], &|item| vec![shape(item.template)], false);
    round(&whole_paths, &whole_paths, true);
    for (at, item) in base.iter().enumerate() {
        match partner[at] {
            Some((other, moved)) => {
                pairing.pairs.push(PathPair { base: *item, revision: revision[other], moved });
            }
            None => pairing.removed.push(*item),
        }
    }
    let added = revision.iter().enumerate().filter(|(at, _)| !taken[*at]).map(|(_, item)| *item);
    pairing.added.extend(added);
    pairing
}

/// Pairs operations of paths that found no partner by their `operationId`, and their methods.
pub(super) fn pair_by_id<'w>(
    removed: &[Operation<'w>],
    added: &[Operation<'w>],
) -> Vec<(Operation<'w>, Operation<'w>)> {
    let mut out: Vec<(Operation<'w>, Operation<'w>)> = Vec::new();
    for old in removed {
        let Some(id) = old.id() else { continue };
        let twice = removed.iter().filter(|other| other.id() == Some(id)).count() > 1;
        let mut found = added.iter().filter(|new| new.id() == Some(id) && new.method == old.method);
        if let (Some(new), None, false) = (found.next(), found.next(), twice) {
            out.push((*old, *new));
        }
    }
    out
}

/// The shapes of the whole paths under which an item is offered.
fn whole_paths(item: &PathItem<'_>) -> Vec<String> {
    let Some(operation) = item.operations().first().copied() else { return Vec::new() };
    let mut out: Vec<String> = Vec::new();
    for server in operation.servers() {
        for url in server.urls() {
            let whole = format!("{}{}", base_path(&url), shape(item.template));
            if !out.contains(&whole) {
                out.push(whole);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_path_parameters_do_not_matter() {
        assert_eq!(shape("/a/{id}/b/{x}.json"), "/a/{}/b/{}.json");
        assert_eq!(parameters("/a/{id}/b/{x}.json"), ["id", "x"]);
    }

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        for (url, path) in
            [("https://x.test/v1/", "/v1"), ("https://x.test", ""), ("/v2", "/v2"), ("//x.test/v3", "/v3"), ("/", "")]
        {
            assert_eq!(base_path(url), path, "{url}");
        }
    }
}
