//! What the time of `covenant lint` goes into, on the three largest contracts of the collection: reading the text, finding
//! and following references, the structure of the contract, all other rules, and the report. One thread, in one process,
//! the best of several runs; prints the table of `docs/performance.md`.

mod measure;

use covenant::config::Config;
use covenant::diagnostic::Diagnostic;
use covenant::gate::{self, Command, Policy};
use covenant::lint::{Ruleset, Selection, lint, run};
use covenant::openapi::{Api, model};
use covenant::report::{Format, Style};
use covenant::syntax::{Limits, parse};
use covenant::text::SourceText;
use covenant::workspace::Workspace;
use measure::best;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

const CONTRACTS: [&str; 3] =
    ["kubernetes-v1.29-swagger2.json", "xero-accounting.yaml", "adyen-checkoutservice-v71.yaml"];

fn main() {
    // `cargo test --all-targets` starts benches, too, without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let shared = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), Into::into);
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    let ruleset = Ruleset::load("spectral:oas", Path::new(".")).expect("a built-in ruleset");
    let selection = Selection::of_profile("recommended", &Config::default().rules).expect("a known profile");
    println!("| contract | rules | whole | read | references | structure | other rules | report |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    for name in CONTRACTS {
        let Ok(text) = std::fs::read_to_string(shared.join("corpus/specs").join(name)) else {
            println!("(no {name}: see CONTRIBUTING.md)");
            continue;
        };
        let workspace = Workspace::from_text(name, &text);
        let api = Api::open(&workspace).expect("a contract");
        let source = Arc::new(SourceText::new(name.to_owned(), text.clone()));
        let read = best(|| drop(black_box(parse(Arc::clone(&source), None, &Limits::default())))).as_secs_f64();
        let load = best(|| drop(black_box(Workspace::from_text(name, &text)))).as_secs_f64();
        let structure = best(|| drop(black_box(model::validate(api.root(), api.version())))).as_secs_f64();
        let sets: [(&str, &dyn Fn() -> Vec<Diagnostic>); 2] =
            [("`spectral:oas`", &|| run(&workspace, &ruleset)), ("`recommended`", &|| lint(api, &selection, None))];
        for (rules, examine) in sets {
            let found = examine();
            let all = best(|| drop(black_box(examine()))).as_secs_f64();
            let report = best(|| {
                let report = gate::judge(Command::Lint, found.clone(), Vec::new(), 1, &Policy::default());
                let style = Style::default();
                black_box(Format::find("json").map(|format| format.render(&report, style)));
            })
            .as_secs_f64();
            let whole = load + all + report;
            let share = |part: f64| format!("{:.0} %", part.max(0.0) / whole * 100.0);
            println!(
                "| {name} | {rules} | {:.1} ms | {} | {} | {} | {} | {} |",
                whole * 1e3,
                share(read),
                share(load - read),
                share(structure),
                share(all - structure),
                share(report)
            );
        }
    }
}
