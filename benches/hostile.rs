//! Cost as a function of size for contracts that are made to be expensive: chains of references, wide objects, long
//! lists of values, faults on every line. Prints a Markdown table with the slope of each on a log-log scale: 1 is linear.

mod measure;

use covenant::diff;
use covenant::lint::{Ruleset, run};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use measure::{best, slope};
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

/// How many of its kind a contract holds.
const COUNTS: [usize; 4] = [250, 1_000, 4_000, 16_000];

/// What comes before the schemas; the first schema is the answer of the one operation.
const HEAD: &str = "openapi: 3.0.3\ninfo: {title: A, version: 1.0.0}\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: A\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/S0'}\ncomponents:\n  schemas:\n";

struct Shape {
    name: &'static str,
    text: fn(usize) -> String,
}

const SHAPES: [Shape; 10] = [
    Shape {
        name: "each schema refers to the next",
        text: |n| schemas(n, |k| format!("{{$ref: '#/components/schemas/S{}'}}", (k + 1) % n)),
    },
    Shape {
        name: "a property of each schema refers to the next, in a circle",
        text: |n| {
            schemas(n, |k| {
                format!("{{type: object, properties: {{a: {{$ref: '#/components/schemas/S{}'}}}}}}", (k + 1) % n)
            })
        },
    },
    Shape {
        name: "references that lead nowhere",
        text: |n| schemas(n, |k| format!("{{type: object, properties: {{a: {{$ref: '#/nothing/{k}'}}}}}}")),
    },
    Shape {
        name: "one object of many properties",
        text: |n| one("properties", &list(n, |k| format!("p{k}: {{type: string}}")), '{'),
    },
    Shape { name: "one list of many values", text: |n| one("enum", &list(n, |k| format!("value{k}")), '[') },
    Shape {
        name: "one `anyOf` of many branches",
        text: |n| one("anyOf", &list(n, |k| format!("{{required: [r{k}]}}")), '['),
    },
    Shape {
        name: "one `oneOf` of many branches",
        text: |n| one("oneOf", &list(n, |k| format!("{{required: [r{k}]}}")), '['),
    },
    Shape {
        name: "the same key again and again",
        text: |n| HEAD.to_owned() + "    S0: {type: string}\n" + &"    S1: {type: string}\n".repeat(n),
    },
    Shape {
        name: "aliases of one anchor",
        text: |n| {
            HEAD.to_owned()
                + "    S0: &a {type: object, properties: {b: {type: string}}}\n"
                + &list(n, |k| format!("    S{}: *a\n", k + 1)).concat()
        },
    },
    Shape {
        name: "a fault on every line",
        text: |n| {
            HEAD.to_owned()
                + "    S0: {type: string}\n"
                + &list(n, |k| format!("    S{}: \"type: [string\n", k + 1)).concat()
        },
    },
];

fn list(count: usize, entry: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(entry).collect()
}

fn schemas(count: usize, schema: impl Fn(usize) -> String) -> String {
    let mut text = HEAD.to_owned();
    for number in 0..count {
        let _ = writeln!(text, "    S{number}: {}", schema(number));
    }
    text
}

fn one(keyword: &str, entries: &[String], open: char) -> String {
    let close = if open == '{' { '}' } else { ']' };
    format!("{HEAD}    S0: {{{keyword}: {open}{}{close}}}\n", entries.join(", "))
}

fn main() {
    // `cargo test --all-targets` starts benches, too, without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let ruleset = Ruleset::load("spectral:oas", Path::new(".")).expect("a built-in ruleset");
    println!("| shape | {} of them: read, lint, diff | slopes |", COUNTS.map(|count| count.to_string()).join(" / "));
    println!("|---|--:|--:|");
    for shape in &SHAPES {
        let mut costs: [Vec<(f64, f64)>; 3] = Default::default();
        let mut cells = Vec::new();
        for count in COUNTS {
            let text = (shape.text)(count);
            let edited = text.replacen("title: A", "title: B", 1).replacen("type: string", "type: integer", 1);
            let edited = edited.replacen("value7", "other", 1).replacen("[r7]", "[other]", 1);
            let (base, revision) =
                (Workspace::from_text("base.yaml", &text), Workspace::from_text("new.yaml", &edited));
            let read = best(|| drop(black_box(Workspace::from_text("base.yaml", &text))));
            let lint = best(|| drop(black_box(run(&base, &ruleset))));
            let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
            let compare = best(|| drop(black_box(diff::compare(apis.0, apis.1, &diff::Options::default()))));
            let times = [read, lint, compare];
            for (cost, time) in costs.iter_mut().zip(times) {
                cost.push((count as f64, time.as_secs_f64()));
            }
            cells.push(times.map(|time| format!("{:.1}", time.as_secs_f64() * 1e3)).join(", "));
        }
        let slopes = costs.map(|points| format!("{:.2}", slope(&points))).join(", ");
        println!("| {} | {} ms | {slopes} |", shape.name, cells.join(" / "));
    }
}
