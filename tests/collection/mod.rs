//! The collection of real contracts and shared cases, which is no part of the repository.
//!
//! Every test over it carries `#[ignore = "needs the collection"]`, so that a clone says which tests did not run. They
//! run with `cargo test -- --ignored`; the collection is then `../shared`, or the folder named by `COVENANT_SHARED`.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};

/// Returns a file or folder of the collection; a test that asks for one that is not there fails.
pub fn part(name: &str) -> PathBuf {
    let folder = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let part = folder.join(name);
    assert!(part.exists(), "{} is missing: name the folder of the collection in COVENANT_SHARED", part.display());
    part
}

/// Returns name and text of every contract with one of these endings, in order of name.
pub fn contracts(endings: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![part("corpus")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| endings.iter().any(|wanted| end == *wanted))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    files
}
