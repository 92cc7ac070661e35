//! Tree objects: what a folder of a revision holds. Whether a file exists in a revision is asked of these alone.

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// The commit of a submodule.
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the folder.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// The id of its object in hexadecimal digits.
    pub id: String,
    /// Whether it is a file that may be run.
    pub executable: bool,
}

/// Returns the entries of a tree object whose ids have `width` bytes; `None` when it is damaged.
pub(super) fn parse(mut bytes: &[u8], width: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let blank = memchr::memchr(b' ', bytes)?;
        let end = memchr::memchr(0, bytes)?;
        let name = bytes.get(blank + 1..end)?;
        let id = bytes.get(end + 1..end + 1 + width)?;
        let kind = match &bytes[..blank] {
            b"40000" | b"040000" => EntryKind::Folder,
            b"120000" => EntryKind::Link,
            b"160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let executable = &bytes[..blank] == b"100755";
        let id = id.iter().fold(String::with_capacity(2 * width), |text, byte| text + &format!("{byte:02x}"));
        entries.push(Entry { name: String::from_utf8_lossy(name).into_owned(), kind, id, executable });
        bytes = &bytes[end + 1 + width..];
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_lists_files_folders_links_and_submodules() {
        let mut bytes = Vec::new();
        for (mode, name) in
            [("100644", "a b.yaml"), ("40000", "api"), ("120000", "link"), ("160000", "sub"), ("100755", "run")]
        {
            bytes.extend(format!("{mode} {name}\0").bytes());
            bytes.extend([0xab; 20]);
        }
        let entries = parse(&bytes, 20).unwrap();
        let kinds: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
        let expected = [EntryKind::File, EntryKind::Folder, EntryKind::Link, EntryKind::Submodule, EntryKind::File];
        assert_eq!(kinds, ["a b.yaml", "api", "link", "sub", "run"].into_iter().zip(expected).collect::<Vec<_>>());
        assert_eq!(entries[0].id, "ab".repeat(20));
        assert_eq!(entries.iter().filter(|entry| entry.executable).count(), 1);
    }

    #[test]
    fn a_damaged_tree_is_not_a_shorter_one() {
        assert_eq!(parse(b"100644 a\0short", 20), None);
        assert_eq!(parse(b"100644", 20), None);
    }
}
