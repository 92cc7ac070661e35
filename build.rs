//! Compiles the pages of `rules/` into sorted tables: `lint_pages.rs` and `change_pages.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-changed=build.rs");
    fs::write(out.join("lint_pages.rs"), lint_pages(&root.join("rules/lint"))).expect("OUT_DIR is writable");
    fs::write(out.join("change_pages.rs"), change_pages(&root.join("rules/changes"))).expect("OUT_DIR is writable");
}

/// The change pages, sorted by id: the fields of the front matter and the text. What the fields mean is decided in
/// `src/diff/catalogue.rs`.
fn change_pages(folder: &Path) -> String {
    let mut pages: Vec<(String, PathBuf)> = files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_stem().expect("a page has a name").to_string_lossy().into_owned(), path))
        .collect();
    pages.sort();
    let mut table = String::from("&[\n");
    for (id, path) in pages {
        let text = fs::read_to_string(&path).expect("a page is UTF-8");
        let front = front_matter(&text).unwrap_or_else(|| panic!("{id}: the page has no front matter"));
        let field = |name: &str| field(front, name).unwrap_or_default();
        assert!(!field("message").is_empty(), "{id}: the page has no message");
        writeln!(
            table,
            "Page::new({id:?}, {:?}, {:?}, {:?}, {:?}, {:?}, {:?}, include_str!({:?})),",
            field("subject"),
            field("category"),
            field("direction"),
            field("effect"),
            field("assurance"),
            field("message"),
            path.to_string_lossy(),
        )
        .expect("a string can be written to");
    }
    table.push(']');
    table
}

/// The lines between the first two `---`.
fn front_matter(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---\n")?;
    Some(&rest[..rest.find("\n---")?])
}

/// The value of `name: value`, quotes removed.
fn field(front: &str, name: &str) -> Option<String> {
    let value = front.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?.trim();
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    Some(value.replace("\\\"", "\""))
}

/// `(pack, id, text)` of every lint rule page, sorted by id.
fn lint_pages(folder: &Path) -> String {
    let mut pages = Vec::new();
    for pack in files(folder).into_iter().filter(|path| path.is_dir()) {
        let name = file_name(&pack);
        for page in files(&pack).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        {
            let id = page_id(&page);
            pages.push((id, name.clone(), page));
        }
    }
    pages.sort();
    let mut table = String::from("&[\n");
    for (id, pack, page) in pages {
        writeln!(table, "({pack:?}, {id:?}, include_str!({:?})),", page.to_string_lossy())
            .expect("a string can be written to");
    }
    table.push(']');
    table
}

/// The file name without `.md`; names of files cannot hold `:`, so a page may give its `id:`.
fn page_id(page: &Path) -> String {
    println!("cargo:rerun-if-changed={}", page.display());
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let front = text.strip_prefix("---\n").and_then(|rest| rest.split("\n---").next()).unwrap_or_default();
    let given = front.lines().find_map(|line| line.strip_prefix("id:")).map(|id| id.trim().trim_matches(['"', '\'']));
    let stem = page.file_stem().expect("a page has a name").to_string_lossy();
    given.unwrap_or(&stem).to_owned()
}

/// The entries of a folder, sorted; it is watched for changes.
fn files(folder: &Path) -> Vec<PathBuf> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder is readable").path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a path has a name").to_string_lossy().into_owned()
}
