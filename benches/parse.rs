//! Throughput of the readers on generated contracts and, when present, on the largest corpus files, against
//! `granit-parser` and `saphyr-parser` (YAML events) and `serde_json` (`Value`). Prints nodes and bytes of memory per input byte first.

mod generate;

use covenant::syntax::{Format, Limits, parse};
use covenant::text::SourceText;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::path::Path;
use std::sync::{Arc, OnceLock};

struct Input {
    name: String,
    source: Arc<SourceText>,
    format: Format,
}

fn inputs() -> &'static [Input] {
    static INPUTS: OnceLock<Vec<Input>> = OnceLock::new();
    INPUTS.get_or_init(|| {
        let mut inputs = Vec::new();
        let mut add = |name: String, text: String, format| {
            inputs.push(Input { source: Arc::new(SourceText::new(name.clone(), text)), name, format });
        };
        for (size, resources) in [("30 KB", 14), ("300 KB", 142), ("3 MB", 1_420)] {
            let text = generate::yaml(resources);
            let source = Arc::new(SourceText::new("a.yaml", text.clone()));
            let value = parse(source, Some(Format::Yaml), &Limits::default()).tree.root().to_json();
            add(format!("generated {size}.yaml"), text, Format::Yaml);
            let json = serde_json::to_string_pretty(&value).expect("a value that JSON can write");
            add(format!("generated {size}.json"), json, Format::Json);
            add(format!("generated {size}, minified.json"), value.to_string(), Format::Json);
        }
        let shared = std::env::var_os("COVENANT_SHARED")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), Into::into);
        for (file, format) in [
            ("pairs/171-stripe-2020-08-27-2022-08-01-large/base.yaml", Format::Yaml),
            ("specs/kubernetes-v1.29-swagger2.json", Format::Json),
        ] {
            if let Ok(text) = std::fs::read_to_string(shared.join("corpus").join(file)) {
                add(file.rsplit('/').next().unwrap_or(file).to_owned(), text, format);
            }
        }
        inputs
    })
}

fn names(format: Format) -> Vec<&'static str> {
    inputs().iter().filter(|input| input.format == format).map(|input| input.name.as_str()).collect()
}

fn input(name: &str) -> &'static Input {
    inputs().iter().find(|input| input.name == name).expect("a known input")
}

fn main() {
    for input in inputs() {
        let tree = parse(Arc::clone(&input.source), Some(input.format), &Limits::default()).tree;
        let bytes = input.source.text().len();
        let memory = (tree.memory() - bytes) as f64 / bytes as f64;
        println!(
            "{}: {bytes} bytes, {} nodes, {memory:.2} bytes of memory per input byte besides the text",
            input.name,
            tree.len()
        );
    }
    divan::main();
}

fn ours(bencher: Bencher, name: &str) {
    let input = input(name);
    bencher
        .counter(BytesCount::new(input.source.text().len()))
        .bench(|| parse(Arc::clone(&input.source), Some(input.format), &Limits::default()));
}

#[divan::bench(args = names(Format::Yaml))]
fn yaml(bencher: Bencher, name: &str) {
    ours(bencher, name);
}

#[divan::bench(args = names(Format::Yaml))]
fn yaml_granit_events(bencher: Bencher, name: &str) {
    let text = input(name).source.text();
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        for event in granit_parser::Parser::new_from_str(text) {
            let _ = black_box(event);
        }
    });
}

#[divan::bench(args = names(Format::Yaml))]
fn yaml_saphyr_events(bencher: Bencher, name: &str) {
    let text = input(name).source.text();
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        for event in saphyr_parser::Parser::new_from_str(text) {
            let _ = black_box(event);
        }
    });
}

#[divan::bench(args = names(Format::Json))]
fn json(bencher: Bencher, name: &str) {
    ours(bencher, name);
}

#[divan::bench(args = names(Format::Json))]
fn json_serde_value(bencher: Bencher, name: &str) {
    let text = input(name).source.text();
    bencher.counter(BytesCount::new(text.len())).bench(|| serde_json::from_str::<serde_json::Value>(text));
}
