//! Schemas of real contracts: each contains itself, and those of two versions are decided.
//!
//! `COVENANT_CORPUS=all cargo test --test schema_corpus -- --nocapture` reads all of them; else every eighth.

mod collection;

use covenant::openapi::Version;
use covenant::schema::{Dialect, Direction, Engine, SchemaSource, Settings, Verdict};
use covenant::workspace::{Input, Options, Place, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn step() -> usize {
    if std::env::var_os("COVENANT_CORPUS").is_some() { 1 } else { 8 }
}

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
#[ignore = "needs the collection"]
fn every_schema_of_the_corpus_contains_itself() {
    let mut paths = Vec::new();
    contracts(&collection::part("corpus/specs"), &mut paths);
    let (mut asked, mut contained) = (0, 0);
    let mut slowest = (Duration::ZERO, String::new());
    let start = Instant::now();
    for path in paths.into_iter().step_by(step()) {
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

/// The two contracts of a pair, by the columns `base_file` and `rev_file` where they are many files.
fn versions(pair: &Path, table: &str) -> Option<(PathBuf, PathBuf)> {
    let name = pair.file_name()?.to_str()?;
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next()?;
    let row = lines.find(|row| row.first() == Some(&name))?;
    let side = |column: &str| {
        let at = head.iter().position(|known| *known == column)?;
        Some(pair.join(row.get(at)?)).filter(|path| path.is_file())
    };
    Some((side("base_file")?, side("rev_file")?))
}

#[test]
#[ignore = "needs the collection"]
fn schemas_of_two_versions_are_decided() {
    let folder = collection::part("corpus/pairs");
    let table = std::fs::read_to_string(folder.join("SOURCES.tsv")).unwrap();
    let mut pairs: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pairs.sort();
    let mut times: Vec<(Duration, String)> = Vec::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let (mut contained, mut found, mut undecided, mut disagreements) = (0_usize, 0_usize, 0_usize, 0);
    let mut stages = covenant::schema::Stages::default();
    let start = Instant::now();
    for (base, revision) in pairs.iter().step_by(step()).filter_map(|pair| versions(pair, &table)) {
        let load = |path: &PathBuf| Workspace::load(&Input::File(path.clone()), &Options::default()).ok();
        let (Some(one), Some(two)) = (load(&base), load(&revision)) else { continue };
        let (Some((old, left)), Some((new, right))) = (schemas(&one), schemas(&two)) else { continue };
        let mut engine = Engine::new(Settings::default());
        for sub in left {
            let Some(sup) =
                right.iter().find(|place| place.pointer().rsplit('/').next() == sub.pointer().rsplit('/').next())
            else {
                continue;
            };
            let (sub, sup) =
                (SchemaSource::At { place: sub, dialect: old }, SchemaSource::At { place: *sup, dialect: new });
            for (sub, sup, direction) in [(&sub, &sup, Direction::Request), (&sup, &sub, Direction::Response)] {
                let began = Instant::now();
                let verdict = engine.compare(sub, sup, direction);
                times.push((began.elapsed(), format!("{sub:?} {direction:?}")));
                match verdict {
                    Verdict::Contained => contained += 1,
                    Verdict::NotContained(_) => found += 1,
                    Verdict::Undecided(reason) => {
                        undecided += 1;
                        if std::env::var_os("COVENANT_VERBOSE").is_some() {
                            println!("{sub:?} {direction:?}: {reason}");
                        }
                        let words = reason.to_string();
                        let short = words.split('`').next().unwrap_or_default().to_owned();
                        *reasons.entry(short).or_default() += 1;
                    }
                }
            }
        }
        disagreements += engine.disagreements();
        let here = engine.stages();
        stages.alike += here.alike;
        stages.equal += here.equal;
        stages.structural += here.structural;
        stages.searched += here.searched;
    }
    println!("{stages:?}");
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].clone();
    let asked = times.len();
    println!(
        "{asked} questions in {:?}: {contained} contained, {found} with witness, {undecided} undecided",
        start.elapsed()
    );
    println!("median {:?}, 95 % {:?}, longest {:?}", at(0.5).0, at(0.95).0, at(1.0));
    for (reason, count) in reasons {
        println!("{count:>6} {reason}");
    }
    assert_eq!(disagreements, 0);
    assert!(undecided * 50 <= asked);
}
