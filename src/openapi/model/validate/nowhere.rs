//! What is meant by a reference that leads nowhere: a component of nearly the same name, the place that another version
//! has for it, a file in other letter case.

use super::super::table::ObjectId;
use super::super::words;
use super::Checker;
use crate::openapi::Version;
use crate::syntax::pointer;
use crate::workspace::{Place, RefError};
use std::borrow::Cow;

impl<'w> Checker<'w> {
    /// What to write instead of a reference that leads nowhere, where that can be told.
    pub(super) fn meant(&self, uri: Place<'w>, error: &RefError, expected: &[ObjectId]) -> Option<String> {
        let text = uri.text();
        let write = |meant: String| format!("Write {}", words::quote(&self.as_uri(meant)));
        match error {
            RefError::NoNode { token, parent, document, .. } => {
                if let Some(same) = self.same_name(text, expected) {
                    return Some(write(same));
                }
                let mut documents = uri.workspace().documents().map(|(_, document)| document);
                let parent_place = documents
                    .find(|known| known.name() == document)
                    .and_then(|document| document.tree().at_pointer(parent))?;
                let near = self.guesses.nearest(token, parent_place.members().map(|member| member.name))?;
                let mut whole = format!("{}#{parent}", text.split('#').next().unwrap_or_default());
                pointer::push(&mut whole, near);
                let rest = text.split('#').nth(1).and_then(|fragment| pointer::tokens(fragment));
                let deep = pointer::tokens(parent).map_or(0, |tokens| tokens.len()) + 1;
                for token in rest.into_iter().flatten().skip(deep) {
                    pointer::push(&mut whole, &token);
                }
                Some(write(whole))
            }
            RefError::File { .. } | RefError::Malformed { .. } | RefError::OutsideRoot { .. } => {
                let clean = text.replace('\\', "/");
                if clean != text {
                    return Some(format!("Separate folders by `/`: {}", words::quote(&clean)));
                }
                self.same_name(text, expected).map(write).or_else(|| other_case(uri, text).map(write))
            }
            _ => None,
        }
    }

    /// A reference in the form that passes where the version wants a URI reference.
    fn as_uri(&self, reference: String) -> String {
        match reference.split_once('#') {
            Some((file, fragment)) if self.version >= Version::V3_1 => {
                format!("{file}#{}", super::scalars::percent_encoded(fragment))
            }
            _ => reference,
        }
    }

    /// A component of an expected kind that has the name at the end of a reference, or nearly; as a reference.
    pub(super) fn same_name(&self, text: &str, expected: &[ObjectId]) -> Option<String> {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        let last: Cow<'_, str> = match pointer::tokens(fragment)?.pop() {
            Some(token) => token,
            // The bare name of a component, without the way to it.
            None if !file.contains(['/', '.', ':', '\\']) => Cow::Borrowed(file),
            None => return None,
        };
        let sections: &[&[&str]] = if self.version == Version::V2_0 {
            &[&["definitions"], &["parameters"], &["responses"]]
        } else {
            &[
                &["components", "schemas"],
                &["components", "responses"],
                &["components", "parameters"],
                &["components", "examples"],
                &["components", "requestBodies"],
                &["components", "headers"],
                &["components", "securitySchemes"],
                &["components", "links"],
                &["components", "callbacks"],
                &["components", "pathItems"],
                &["components", "mediaTypes"],
            ]
        };
        let root = self.root;
        let fits = |way: &&&[&str]| {
            let ty = self.model.type_at(self.version, way.iter().copied().chain(["x"]));
            ty.is_some_and(|ty| ty.objects().iter().any(|id| expected.contains(id)))
        };
        let mut near = None;
        for way in sections.iter().filter(fits) {
            let Some(section) = root.descend(way) else { continue };
            let reference = |name: &str| {
                let mut out = format!("#/{}", way.join("/"));
                pointer::push(&mut out, name);
                out
            };
            if section.get(&last).is_some() {
                let same = reference(&last);
                return (same != text).then_some(same);
            }
            let names = section.members().map(|member| member.name);
            near = near.or_else(|| self.guesses.nearest(&last, names).map(reference));
        }
        near
    }
}

/// A file that was read and whose name differs in nothing but letter case.
fn other_case(uri: Place<'_>, text: &str) -> Option<String> {
    let (path, fragment) = text.split_once('#').map_or((text, None), |(path, fragment)| (path, Some(fragment)));
    let own = uri.document().path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let decoded = path.replace("%20", " ");
    let wanted = decoded.trim_start_matches("./").to_lowercase();
    let mut names = uri.workspace().documents().map(|(_, document)| document.path());
    let found = names.find_map(|name| {
        let relative = if own.is_empty() { name } else { name.strip_prefix(own)?.strip_prefix('/')? };
        (relative.to_lowercase() == wanted && relative != decoded).then(|| relative.replace(' ', "%20"))
    })?;
    Some(match fragment {
        Some(fragment) => format!("{found}#{fragment}"),
        None => found,
    })
}

/// What to do about a reference that leads nowhere when nobody knows what is meant.
pub(super) fn general(error: &RefError) -> String {
    match error {
        RefError::NoNode { token, parent, document, .. } => {
            format!("Add `{token}` at `#{parent}` of {document}, or correct the reference")
        }
        RefError::NoAnchor { .. } => "Add the `$anchor`, or write a JSON pointer such as `#/$defs/Name`".to_owned(),
        RefError::File { .. } => "Add the file, or correct its name relative to this file".to_owned(),
        RefError::OutsideRoot { .. } => "Name a folder that holds both files with `--root`".to_owned(),
        RefError::Remote { .. } => "Keep a copy of the file, and name it with `--map URL=FILE`".to_owned(),
        RefError::Local { .. } => "Write a file name relative to this file".to_owned(),
        RefError::Malformed { .. } => "Write `#/…` or a relative file name".to_owned(),
        RefError::Circle { .. } => "Replace one reference of the circle by the object that is meant".to_owned(),
        RefError::TooMany { .. } => "Raise `--max-files` if so many files are intended".to_owned(),
        RefError::TooLarge { .. } => "Split the file, or raise `--max-file-size`".to_owned(),
    }
}
