//! Whatever the text, nothing panics, and what is read is within it. `COVENANT_FUZZ` says how often each loop turns; `fuzz/`
//! holds the same for `cargo fuzz`.

#[path = "../fuzz/mutate.rs"]
mod mutate;

use covenant::lint::Ruleset;
use covenant::lint::path::Query;
use covenant::openapi::Api;
use covenant::pattern::Pattern;
use covenant::syntax::{self, Format, Limits};
use covenant::text::SourceText;
use covenant::workspace::Workspace;
use mutate::{Dice, mutate};
use std::path::Path;
use std::sync::Arc;

fn rounds(usual: u64) -> u64 {
    std::env::var("COVENANT_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One of the texts, changed.
fn changed(dice: &mut Dice, seeds: &[String]) -> String {
    let at = dice.roll(seeds.len());
    // Long texts are for `examples/mutations.rs`, which runs optimised.
    let text = mutate(dice, &seeds[at], seeds);
    if text.len() > 60_000 { seeds[at].clone() } else { text }
}

/// The contracts of the fixtures.
fn contracts() -> Vec<String> {
    fn walk(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => walk(&path, out),
                Some("yaml" | "yml" | "json") => out.push(path),
                _ => {}
            }
        }
    }
    let mut files = Vec::new();
    walk(Path::new("fixtures"), &mut files);
    files.sort();
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    let texts: Vec<String> = texts.filter(|text| text.len() < 30_000 && text.contains("paths")).collect();
    assert!(texts.len() > 5, "{}", texts.len());
    texts
}

fn spans_are_inside(text: &str, format: Format) {
    let source = Arc::new(SourceText::new("a", text));
    let parsed = syntax::parse(source, Some(format), &Limits::default());
    for id in 0..parsed.tree.len() as u32 {
        let node = parsed.tree.node(syntax::NodeId(id));
        assert!(text.get(node.span().range()).is_some(), "{:?} in {text:?}", node.span());
        let _ = node.text();
    }
    for problem in &parsed.problems {
        assert!(text.get(problem.span.range()).is_some(), "{:?} in {text:?}", problem.span);
    }
    let _ = parsed.tree.root().to_json();
}

#[test]
fn yaml_and_json_of_any_kind_are_read() {
    let seeds = contracts();
    for round in 0..rounds(400) {
        let mut dice = Dice::new(round);
        let text = changed(&mut dice, &seeds);
        spans_are_inside(&text, Format::Yaml);
        spans_are_inside(&text, Format::Json);
    }
}

#[test]
fn rulesets_of_any_kind_are_read_and_run() {
    let seeds = [
        include_str!("../fixtures/functions/ruleset.yaml").replace("functions:", "x-functions:"),
        "extends: [[spectral:oas, all]]\nrules:\n  a:\n    given: [$.paths[*]~, \"$..[?(@.type === 'string')]\"]\n    severity: warn\n    \
         message: '{{error}} {{property}} {{value}}'\n    then:\n      - {field: '@key', function: pattern, functionOptions: {match: '^/[a-z]+$'}}\n      \
         - {function: schema, functionOptions: {schema: {type: object, properties: {a: {$ref: '#'}}, anyOf: [{}, {required: [b]}]}}}\n"
            .to_owned(),
        "aliases: {A: ['$.info'], B: ['#A.title']}\nrules:\n  b: {given: '#B', then: {function: casing, functionOptions: {type: camel}}}\n  \
         c: {given: $, then: {field: tags, function: alphabetical, functionOptions: {keyedBy: name}}}\noverrides:\n  - files: ['**/*.yaml']\n    rules: {b: off}\n"
            .to_owned(),
    ];
    let workspace = Workspace::from_text("a.yaml", &contracts()[0]);
    for round in 0..rounds(300) {
        let mut dice = Dice::new(round);
        let text = changed(&mut dice, &seeds);
        if let Ok(ruleset) = Ruleset::from_text(Path::new("fuzz-ruleset.yaml"), &text)
            && let Ok(ruleset) = ruleset.for_document(Path::new("a.yaml"))
        {
            let _ = covenant::lint::run(&workspace, &ruleset);
        }
    }
}

#[test]
fn path_expressions_of_any_kind_are_read_and_run() {
    let seeds = [
        "$.paths[*][get,put,post]..parameters[?(@.in === 'query' && @.name.match(/^[a-z]+$/i))].schema",
        "$..[?(@property === '$ref' || @path.length > 3)]^~",
        "$['a', \"b\"][0:3:2][-1:].*..['x-y'][?(@ && !(@.a >= 1.5))]",
    ]
    .map(str::to_owned);
    let workspace = Workspace::from_text("a.yaml", &contracts()[0]);
    for round in 0..rounds(1_500) {
        let mut dice = Dice::new(round);
        let text = changed(&mut dice, &seeds);
        let text = text.get(..2_000).unwrap_or(&text);
        if Query::parse(text).is_ok() {
            let quoted = serde_json::Value::from(text).to_string();
            let rule =
                format!("{{\"rules\": {{\"r\": {{\"given\": {quoted}, \"then\": {{\"function\": \"truthy\"}}}}}}}}");
            if let Ok(ruleset) = Ruleset::from_text(Path::new("fuzz-path.json"), &rule) {
                let _ = covenant::lint::run(&workspace, &ruleset);
            }
        }
    }
}

#[test]
fn patterns_of_any_kind_are_read_and_run() {
    let seeds =
        ["^(?!.*\\.\\.)[\\w.@-]{1,64}$", "^(?:\\+|00)[1-9]\\d{0,14}(?<!0)$", "(a|b)*\\1[^\\]-x]\\p{L}?|\\u{1F600}"]
            .map(str::to_owned);
    for round in 0..rounds(1_500) {
        let mut dice = Dice::new(round);
        let pattern = changed(&mut dice, &seeds);
        let pattern: String = pattern.chars().take(2_000).collect();
        for text in ["", "a..b@example", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "\u{1F600}"] {
            let _ = Pattern::read(&pattern).matches(text);
        }
    }
}

#[test]
fn two_texts_of_any_kind_are_compared_and_a_text_equals_itself() {
    let seeds = contracts();
    for round in 0..rounds(60) {
        let mut dice = Dice::new(round);
        let base = seeds[dice.roll(seeds.len())].clone();
        let revision = changed(&mut dice, std::slice::from_ref(&base));
        let (base, revision) = (Workspace::from_text("a.yaml", &base), Workspace::from_text("a.yaml", &revision));
        let (Ok(before), Ok(after)) = (Api::open(&base), Api::open(&revision)) else { continue };
        let options = covenant::diff::Options::default();
        let _ = covenant::diff::compare(before, after, &options);
        let _ = covenant::diff::compare(after, before, &options);
        let same = covenant::diff::compare(after, after, &options).changes;
        assert!(same.is_empty(), "round {round}: {}", same[0].message);
    }
}
