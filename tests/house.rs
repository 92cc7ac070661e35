//! What the documents claim of the source: the floors, the dependencies, and which tests need more than the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder, with its path from the root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut out, mut open) = (Vec::new(), vec![root().join(folder)]);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    out.sort();
    out
}

/// The code of a file without lines that are comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms of the library from the ground up, as the table of the architecture document lists them.
fn floors() -> Vec<String> {
    let text = read("docs/architecture.md");
    let table = text.split("```\nsrc/\n").nth(1).and_then(|rest| rest.split("\nrules/").next()).expect("the table");
    let rooms = table.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let mut rooms: Vec<String> =
        rooms.map(|room| room.trim_end_matches('/').trim_end_matches(".rs").to_owned()).collect();
    rooms.retain(|room| room != "main");
    rooms.reverse();
    rooms
}

#[test]
fn every_room_imports_only_floors_below_it() {
    let floors = floors();
    let height = |room: &str| floors.iter().position(|known| known == room);
    let import = regex::Regex::new(r"\bcrate::(?:(\w+)|\{([^;]*?)\})").unwrap();
    let first = regex::Regex::new(r"(?:^|[,{])\s*(\w+)").unwrap();
    let (mut rooms, mut wrong, mut seen) = (BTreeSet::new(), Vec::new(), 0);
    for (file, text) in sources("src") {
        let room = file.split('/').nth(1).unwrap().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let own = height(&room).unwrap_or_else(|| panic!("{file}: `{room}` has no floor in docs/architecture.md"));
        for found in import.captures_iter(&code(&text)) {
            let names: Vec<&str> = match (found.get(1), found.get(2)) {
                (Some(name), _) => vec![name.as_str()],
                (_, Some(list)) => first.captures_iter(list.as_str()).map(|one| one.get(1).unwrap().as_str()).collect(),
                _ => Vec::new(),
            };
            seen += names.len();
            wrong.extend(
                names
                    .into_iter()
                    .filter(|name| height(name).is_some_and(|at| at > own))
                    .map(|name| format!("{file} imports {name}")),
            );
        }
        rooms.insert(room);
    }
    assert!(seen > 500, "imports were found");
    assert!(wrong.is_empty(), "imports from a floor above:\n{}", wrong.join("\n"));
    assert_eq!(rooms, floors.into_iter().collect(), "the table names the rooms that there are");
}

/// Dependencies that no line of code names, and why they are there.
const SILENT: [(&str, &str); 1] = [("idna_adapter", "chooses the tables that `idna` uses")];
/// Dependencies that are to go with the next change of the lock file.
const LEAVING: [&str; 1] = ["regex-automata"];

/// The names in a table of `Cargo.toml`.
fn dependencies(table: &str) -> Vec<String> {
    let text = read("Cargo.toml");
    let start = text.find(&format!("\n[{table}]\n")).expect("the table") + table.len() + 3;
    let lines = text[start..].lines().skip(1).take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

#[test]
fn every_dependency_is_used_and_has_its_reason() {
    let reasons = read("docs/dependencies.md");
    let text = |folders: &[&str]| -> String {
        folders.iter().flat_map(|folder| sources(folder)).map(|(_, text)| code(&text)).collect()
    };
    let build = read("build.rs") + &text(&["build"]);
    for (table, code) in [
        ("dependencies", text(&["src"])),
        ("build-dependencies", build),
        ("dev-dependencies", text(&["tests", "benches", "src"])),
    ] {
        let names = dependencies(table);
        assert!(!names.is_empty(), "{table}");
        for name in names {
            let word = regex::Regex::new(&format!(r"\b{}\b", name.replace('-', "_"))).unwrap();
            let silent = SILENT.iter().any(|(known, _)| *known == name) || LEAVING.contains(&&*name);
            assert!(silent || word.is_match(&code), "[{table}] `{name}` is not used: remove it");
            assert!(reasons.contains(&name), "`{name}` has no reason in docs/dependencies.md");
        }
    }
}

#[test]
fn tests_that_need_more_than_the_repository_are_ignored() {
    for (file, text) in sources("tests") {
        if file.starts_with("tests/collection/") || file == "tests/house.rs" {
            continue;
        }
        assert!(!text.contains("COVENANT_SHARED"), "{file}: ask `collection::part` for what is outside");
        let tests: Vec<&str> = text.split("\n#[test]\n").skip(1).collect();
        for test in tests {
            let body = test.split("\n}\n").next().unwrap_or_default();
            let name = body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
            let outside = body.contains("collection::part") || body.contains("collection::contracts");
            assert!(
                !outside || body.starts_with("#[ignore = \"needs the collection\"]"),
                "{file}: {name} is not ignored"
            );
        }
    }
}

/// The modules that start programs, and which.
const STARTERS: [(&str, &str); 2] =
    [("src/emit/program.rs", "the command that emits a contract"), ("src/workspace/git/program.rs", "git")];

#[test]
fn programs_are_started_by_two_modules_alone() {
    let starts = regex::Regex::new(r"process::Command\b|process::\{[^}]*\bCommand\b|\bCommand::new\(").unwrap();
    let with: BTreeSet<String> = sources("src")
        .into_iter()
        .filter(|(file, text)| !file.ends_with("tests.rs") && starts.is_match(&code(shipped(text))))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(with, STARTERS.iter().map(|(file, _)| (*file).to_owned()).collect::<BTreeSet<_>>());
    // And only where the caller allows it is the second asked for.
    let users = sources("src").into_iter().filter(|(_, text)| code(shipped(text)).contains("emit::run("));
    assert_eq!(users.map(|(file, _)| file).collect::<Vec<_>>(), ["src/cli/generate/tree.rs"]);
    let plan = read("src/cli/generate/plan.rs");
    assert!(code(&plan).matches("self.arguments.allow_generate").count() >= 2, "both sides ask for --allow-generate");
}

#[test]
fn the_licences_that_are_allowed_are_those_that_the_document_names() {
    let text = read("deny.toml");
    let allowed: Vec<&str> = text
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .unwrap()
        .split('"')
        .skip(1)
        .step_by(2)
        .collect();
    let document = read("docs/dependencies.md");
    for licence in allowed {
        assert!(document.contains(licence), "{licence} is allowed, but docs/dependencies.md does not name it");
    }
}

#[test]
fn paths_in_the_documents_lead_somewhere() {
    let path = regex::Regex::new(r"`((?:src|tests|docs|rules|benches|build|fixtures|action|\.ci|\.github)/[\w./-]+)`")
        .unwrap();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.extend(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for found in path.captures_iter(&text) {
            assert!(root().join(&found[1]).exists(), "{}: {} does not exist", file.display(), &found[1]);
        }
    }
}

/// A file of the source without its tests.
fn shipped(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// Places that read a sentence, and why they may.
const SENTENCES: [(&str, &str); 4] = [
    ("src/config/mod.rs", "the reader of YAML tells the line in its sentence alone"),
    ("src/gate/ignores.rs", "ignore files of oasdiff hold sentences"),
    ("src/release/render_changelog.rs", "operations that the sentence names are not listed again"),
    ("src/lint/repair/rules.rs", "the type that an example lacks is told in words alone"),
];

#[test]
fn no_decision_reads_an_id_or_the_sentence_of_a_finding_as_text() {
    // The id of a finding beside a literal, or taken apart by one.
    let ids = [
        r#"\brule\s*(?:==|!=)\s*""#,
        r#"\b(?:rule|code|change|id)\)?\s*\.(?:starts_with|ends_with|contains|strip_prefix|strip_suffix|split\w*|rsplit\w*|find)\(&?""#,
        r#"matches!\(\s*&?\*?[\w.*&]*\brule,\s*""#,
        r"match\s+&?\*?[\w.*&]*\.rule\b",
        r"\w+\.rule\.(?:split|find|starts|ends|strip|contains)",
    ];
    let ids = regex::Regex::new(&ids.join("|")).unwrap();
    let sentence = regex::Regex::new(
        r"\bmessage\s*\.(?:contains|starts_with|ends_with|strip_prefix|strip_suffix|split\w*|find)\(|\breason\s*(?:==|!=)",
    )
    .unwrap();
    // Names of media types, headers and the like are no ids.
    let (mut wrong, mut excused, mut seen) = (Vec::new(), BTreeSet::new(), 0);
    for (file, text) in sources("src") {
        if file.ends_with("tests.rs") || file.contains("/ruleset/") || file.contains("/js/") {
            continue;
        }
        let text = code(shipped(&text));
        seen += text.matches(".rule").count();
        wrong.extend(ids.find_iter(&text).map(|found| format!("{file}: {}", found.as_str())));
        for found in sentence.find_iter(&text) {
            match SENTENCES.iter().find(|(known, _)| *known == file) {
                Some((known, _)) => {
                    excused.insert(*known);
                }
                None => wrong.push(format!("{file}: {}", found.as_str())),
            }
        }
    }
    assert!(seen > 100, "{seen} ids were found");
    assert!(wrong.is_empty(), "ask a type (`ChangeId`, `Check`, `Code`) instead:\n{}", wrong.join("\n"));
    assert_eq!(excused.len(), SENTENCES.len(), "an excuse that nothing needs");
}
