//! Lint and diff on generated contracts of 30 KB, 300 KB and 3 MB, as throughput of the text read.

mod generate;

use covenant::config::Config;
use covenant::diff;
use covenant::lint::{Selection, lint};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use divan::Bencher;
use divan::counter::BytesCount;

/// Number of resources, for about 30 KB, 300 KB and 3 MB.
const SIZES: [usize; 3] = [14, 142, 1_420];

fn main() {
    divan::main();
}

fn contract(resources: usize) -> Workspace {
    Workspace::from_text("base.yaml", &generate::yaml(resources))
}

/// The same contract after a plausible release: a limit narrowed, an enumeration grown, a description edited.
fn revised(resources: usize) -> Workspace {
    let text = generate::yaml(resources)
        .replacen("maxLength: 140", "maxLength: 70", 3)
        .replacen("[EUR, USD, GBP, CHF]", "[EUR, USD, GBP, CHF, SEK]", 3)
        .replacen("What the payer wrote", "The text that the payer wrote", 5);
    Workspace::from_text("revision.yaml", &text)
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn lint_recommended(bencher: Bencher, resources: usize) {
    let workspace = contract(resources);
    let selection = Selection::of_profile("recommended", &Config::default().rules).expect("a known profile");
    let api = Api::open(&workspace).expect("a contract");
    bencher.counter(BytesCount::new(workspace.text_bytes())).bench_local(|| lint(api, &selection, None));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn diff_small_release(bencher: Bencher, resources: usize) {
    let (base, revision) = (contract(resources), revised(resources));
    let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
    let bytes = base.text_bytes() + revision.text_bytes();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| diff::compare(apis.0, apis.1, &diff::Options::default()));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn load(bencher: Bencher, resources: usize) {
    let text = generate::yaml(resources);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| Workspace::from_text("base.yaml", &text));
}
