//! What git tracks: the files and submodules of the index, read once.

use crate::text::Cut;
use std::collections::BTreeSet;

/// The paths of the index.
#[derive(Debug, Default)]
pub(super) struct Index {
    files: BTreeSet<String>,
    submodules: BTreeSet<String>,
}

impl Index {
    /// Reads what `git ls-files --stage -z` prints.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut index = Index::default();
        for line in bytes.split(|byte| *byte == 0) {
            let Some(tab) = memchr::memchr(b'\t', line) else { continue };
            let path = String::from_utf8_lossy(&line[tab + 1..]).into_owned();
            let paths = if line.starts_with(b"160000") { &mut index.submodules } else { &mut index.files };
            paths.insert(path);
        }
        index
    }

    /// Whether there is a file of this path.
    pub(super) fn tracks(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether there is a file in the folder of this path; of the empty path, any file.
    pub(super) fn tracks_below(&self, folder: &str) -> bool {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.files.range(start.clone()..).next().is_some_and(|path| path.starts_with(&start))
    }

    /// Whether a submodule is registered at this path.
    pub(super) fn is_submodule(&self, path: &str) -> bool {
        self.submodules.contains(path)
    }

    /// The submodule that a path lies in.
    pub(super) fn submodule_above<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.match_indices('/').map(|(at, _)| path.cut(..at)).find(|folder| self.submodules.contains(*folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_knows_files_folders_and_submodules() {
        let text = b"100644 aa 0\tapi/a.yaml\x00160000 bb 0\tsub\x00100644 cc 0\tapi-old/b.yaml\0";
        let index = Index::parse(text);
        assert!(index.tracks("api/a.yaml") && !index.tracks("api"));
        assert!(index.tracks_below("api") && index.tracks_below("") && !index.tracks_below("ap"));
        assert!(index.is_submodule("sub") && !index.is_submodule("api"));
        assert_eq!((index.submodule_above("sub/x/y"), index.submodule_above("api/a.yaml")), (Some("sub"), None));
        assert!(!Index::default().tracks_below(""));
    }
}
