//! Cost as a function of size: generated contracts of 10 KB to 30 MB, read, linted and compared in one process. Prints a
//! Markdown table, and the slope of each cost on a log-log scale: 1 is linear. The best of several runs counts.

mod generate;
mod measure;

use covenant::diff;
use covenant::lint::{Ruleset, run};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use measure::{best, slope};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// Number of resources, for about 10 KB to 30 MB.
const SIZES: [usize; 8] = [5, 14, 47, 142, 470, 1_420, 4_700, 14_200];

fn main() {
    // `cargo bench` and `cargo test` pass options of other harnesses.
    let ruleset = Ruleset::load("spectral:oas", Path::new(".")).expect("a built-in ruleset");
    println!("| size | read | MB/s | memory per byte | lint `spectral:oas` | MB/s | diff | of reading both |");
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut costs: [Vec<(f64, f64)>; 3] = Default::default();
    for resources in SIZES {
        let text = generate::yaml(resources);
        let edited = text
            .replacen("maxLength: 140", "maxLength: 70", 3)
            .replacen("[EUR, USD, GBP, CHF]", "[EUR, USD, GBP, CHF, SEK]", 3)
            .replacen("What the payer wrote", "The text that the payer wrote", 5);
        let bytes = text.len() as f64;
        let (base, revision) = (Workspace::from_text("base.yaml", &text), Workspace::from_text("new.yaml", &edited));
        let read = best(|| {
            black_box(Workspace::from_text("base.yaml", &text));
        });
        let lint = best(|| {
            black_box(run(&base, &ruleset));
        });
        let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
        let compare = best(|| {
            black_box(diff::compare(apis.0, apis.1, &diff::Options::default()));
        });
        let rate = |time: Duration| bytes / 1e6 / time.as_secs_f64();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "| {:.0} KB | {:.2} ms | {:.0} | {:.2} | {:.2} ms | {:.0} | {:.2} ms | {:.2} |",
            bytes / 1e3,
            milliseconds(read),
            rate(read),
            base.memory() as f64 / bytes,
            milliseconds(lint),
            rate(lint),
            milliseconds(compare),
            compare.as_secs_f64() / (2.0 * read.as_secs_f64()),
        );
        for (cost, time) in costs.iter_mut().zip([read, lint, compare]) {
            cost.push((bytes, time.as_secs_f64()));
        }
    }
    println!("\nslopes: read {:.2}, lint {:.2}, diff {:.2}", slope(&costs[0]), slope(&costs[1]), slope(&costs[2]));
}
