//! Every schema of every contract of the corpus contains itself, read from two separate copies.
//!
//! `COVENANT_CORPUS=all cargo test --test schema_corpus -- --nocapture` reads all of them; else every eighth.

use covenant::openapi::Version;
use covenant::schema::{Dialect, Direction, Engine, SchemaSource, Settings, Verdict};
use covenant::workspace::{Input, Options, Place, Workspace};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn contracts(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            contracts(&path, out);
        } else if path.extension().is_some_and(|end| ["json", "yaml", "yml"].iter().any(|known| end == *known)) {
            out.push(path);
        }
    }
}

fn schemas(workspace: &Workspace) -> Option<(Dialect, Vec<Place<'_>>)> {
    let root = workspace.root();
    let version = root.get("openapi").or_else(|| root.get("swagger"))?.text();
    let version = match version.get(..3)? {
        "2.0" => Version::V2_0,
        "3.0" => Version::V3_0,
        _ => Version::V3_1,
    };
    let map = root.get("definitions").or_else(|| root.get("components")?.get("schemas"))?;
    Some((Dialect::of(version, root.get_str("jsonSchemaDialect")), map.members().map(|member| member.value).collect()))
}

#[test]
fn every_schema_of_the_corpus_contains_itself() {
    let shared = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let mut paths = Vec::new();
    contracts(&shared.join("corpus/specs"), &mut paths);
    if paths.is_empty() {
        println!("skipped: the shared corpus is not here");
        return;
    }
    let step = if std::env::var_os("COVENANT_CORPUS").is_some() { 1 } else { 8 };
    let (mut asked, mut contained) = (0, 0);
    let mut slowest = (std::time::Duration::ZERO, String::new());
    let start = Instant::now();
    for path in paths.into_iter().step_by(step) {
        let load = || Workspace::load(&Input::File(path.clone()), &Options::default()).ok();
        let (Some(one), Some(two)) = (load(), load()) else { continue };
        let (Some((dialect, left)), Some((_, right))) = (schemas(&one), schemas(&two)) else { continue };
        let mut engine = Engine::new(Settings::default());
        for (sub, sup) in left.into_iter().zip(right) {
            for direction in [Direction::Request, Direction::Response] {
                let source = |place| SchemaSource::At { place, dialect };
                let began = Instant::now();
                let verdict = engine.compare(&source(sub), &source(sup), direction);
                let took = began.elapsed();
                asked += 1;
                match verdict {
                    Verdict::Contained => contained += 1,
                    other => println!("{sub:?} {direction:?}: {other:?}"),
                }
                if took > slowest.0 {
                    slowest = (took, format!("{sub:?}"));
                }
            }
        }
    }
    println!("{contained} of {asked} contained in {:?}; slowest {slowest:?}", start.elapsed());
    assert_eq!(contained, asked);
}
