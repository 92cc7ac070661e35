//! Compiles `rules/` into the program, so that nothing of it is read as YAML when it runs: pages become sorted tables
//! (`lint_pages.rs`, `change_pages.rs`), the object model, lexicons, profiles and their versions become JSON.

#[path = "src/diff/change/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the library uses the rest")]
mod change;
#[path = "build/changes.rs"]
mod changes;
#[path = "build/limits.rs"]
mod limits;
#[path = "build/pages.rs"]
mod pages;

use change::Event;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    for (file, name) in [("rules/model/openapi.yaml", "model.json"), ("rules/lexicon.yaml", "lexicon.json")] {
        fs::write(out.join(name), json(&root.join(file))).expect("OUT_DIR is writable");
    }
    for (folder, name) in [("rules/profiles", "profiles.rs"), ("rules/versions", "rule_versions.rs")] {
        fs::write(out.join(name), named(&root.join(folder))).expect("OUT_DIR is writable");
    }
    println!("cargo:rustc-env=COVENANT_BUILD={}", build(&root));
    fs::write(out.join("lint_pages.rs"), lint_pages(&root.join("rules/lint"))).expect("OUT_DIR is writable");
    let catalogue = change_pages(&root.join("rules/changes"));
    let (table, texts, index) = catalogue.tables();
    fs::write(out.join("change_keywords.rs"), catalogue.keywords()).expect("OUT_DIR is writable");
    fs::write(out.join("change_pages.rs"), table).expect("OUT_DIR is writable");
    fs::write(out.join("change_texts.rs"), texts).expect("OUT_DIR is writable");
    fs::write(out.join("change_index.rs"), index).expect("OUT_DIR is writable");
}

/// Version and a sum over everything that decides what the program finds; results of another build are not reused.
fn build(root: &Path) -> String {
    let mut open: Vec<PathBuf> =
        ["src", "rules", "Cargo.toml", "Cargo.lock"].iter().map(|name| root.join(name)).collect();
    let mut all = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() { open.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    let mut features: Vec<String> =
        env::vars().map(|(name, _)| name).filter(|n| n.starts_with("CARGO_FEATURE_")).collect();
    features.sort();
    // FNV-1a: the sum tells builds apart and has no one to resist.
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for file in all {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        for byte in name.bytes().chain(fs::read(&file).unwrap_or_default()) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{} {sum:016x} {}", env::var("CARGO_PKG_VERSION").unwrap_or_default(), features.join(" "))
}

/// The catalogue of changes: every event has a page, and every page an event.
fn change_pages(folder: &Path) -> changes::Catalogue {
    const SHARED: [&str; 2] = ["_directions.yaml", "_limits.yaml"];
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let [directions, limits] = SHARED.map(|name| text(&folder.join(name)));
    let shared = changes::Directions::read(&directions)
        .and_then(|directions| Ok(changes::Shared { directions, limits: limits::Sentences::read(&limits)? }));
    let shared = shared.unwrap_or_else(|fault| panic!("{}: {fault}", SHARED.join(", ")));
    let mut catalogue = changes::Catalogue::default();
    let mut left: Vec<String> = files(folder).iter().map(|path| file_name(path)).collect();
    left.retain(|name| !SHARED.contains(&&**name));
    for event in Event::ALL {
        let name = changes::file_name(*event) + ".md";
        left.retain(|other| *other != name);
        let path = folder.join(&name);
        let page = catalogue.add(*event, &text(&path), &shared);
        page.unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    }
    assert!(left.is_empty(), "pages of no event: {}", left.join(", "));
    catalogue
}

/// A YAML file as JSON, keys in their order.
fn json(file: &Path) -> String {
    println!("cargo:rerun-if-changed={}", file.display());
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut value: serde_yaml::Value =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    value.apply_merge().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::to_string(&value).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// `(name, JSON)` of every YAML file of a folder, sorted by name.
fn named(folder: &Path) -> String {
    let mut table = String::from("&[\n");
    for file in files(folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        writeln!(table, "({name:?}, {:?}),", json(&file)).expect("a string can be written to");
    }
    table.push(']');
    table
}

/// Every lint rule page as a `Page`, sorted by id.
fn lint_pages(folder: &Path) -> String {
    let mut pages = Vec::new();
    for pack in files(folder).into_iter().filter(|path| path.is_dir()) {
        let name = file_name(&pack);
        for file in files(&pack).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        {
            println!("cargo:rerun-if-changed={}", file.display());
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let stem = file.file_stem().expect("a page has a name").to_string_lossy().into_owned();
            let page = pages::compile(&name, &stem, &text);
            pages.push(page.unwrap_or_else(|fault| panic!("{}: {fault}", file.display())));
        }
    }
    pages.sort();
    let mut table = format!("pub(super) static PAGES: [Page; {}] = [\n", pages.len());
    for (_, literal) in pages {
        writeln!(table, "{literal},").expect("a string can be written to");
    }
    table.push_str("];\n");
    table
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
