//! `covenant lint` as a whole process, with all of `spectral:oas` and with three published rulesets, on the four largest
//! contracts of the collection: seconds, MB/s and peak memory, printed as the table of `docs/performance.md`.
//!
//! Takes the best of five runs. Peak memory is what the kernel noted (`VmHWM`), so it is there on Linux only. Without
//! the collection (see `CONTRIBUTING.md`) there is nothing to measure, and a line says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CONTRACTS: [&str; 4] = [
    "pairs/171-stripe-2020-08-27-2022-08-01-large/base.yaml",
    "specs/kubernetes-v1.29-swagger2.json",
    "pairs/170-stripe-2017-08-15-2017-12-14/revision.yaml",
    "specs/xero-accounting.yaml",
];

/// Names and files of the rulesets, below the folder of the cases.
const RULESETS: [(&str, &str); 4] = [
    ("spectral:oas, all", "spectral-oas-all/spectral-oas-all.yaml"),
    ("adidas", "adidas/.spectral.yml"),
    ("sps", "sps/sps-api-standards.spectral.yml"),
    ("w-relogiosoft", "w-relogiosoft/.spectral.yml"),
];

const RUNS: usize = 5;

fn main() {
    // `cargo test --all-targets` starts benches, too, without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let shared = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let rulesets = shared.join("cases/spectral/ruleset-golden/rulesets");
    if !rulesets.is_dir() {
        println!("nothing to measure: no collection at {}", shared.display());
        return;
    }
    println!(
        "| ruleset | contract | MB | findings | seconds | MB/s | peak memory, MiB |\n|---|---|--:|--:|--:|--:|--:|"
    );
    for (name, ruleset) in RULESETS {
        for contract in CONTRACTS {
            let file = shared.join("corpus").join(contract);
            let Ok(size) = std::fs::metadata(&file).map(|metadata| metadata.len()) else { continue };
            let Some(best) = (0..RUNS).map(|_| run(&rulesets.join(ruleset), &file)).reduce(better) else { continue };
            let megabytes = size as f64 / 1e6;
            let seconds = best.time.as_secs_f64();
            let memory = best.peak.map_or("-".to_owned(), |peak| format!("{:.0}", peak as f64 / 1024.0));
            let contract = contract.split('/').find(|part| !["pairs", "specs"].contains(part)).unwrap_or(contract);
            println!(
                "| {name} | {contract} | {megabytes:.1} | {} | {seconds:.3} | {:.1} | {memory} |",
                best.findings,
                megabytes / seconds
            );
        }
    }
}

/// One process.
struct Run {
    time: Duration,
    /// KiB.
    peak: Option<u64>,
    findings: usize,
}

fn better(a: Run, b: Run) -> Run {
    Run { time: a.time.min(b.time), peak: a.peak.max(b.peak), findings: a.findings }
}

/// Runs the linter; every finding is a line of the output, which goes to a file so that no pipe fills up.
fn run(ruleset: &Path, file: &Path) -> Run {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rulesets.out");
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_covenant"))
        .args([
            "lint",
            "--no-config",
            "--format",
            "text",
            "--short",
            "--show",
            "hint",
            "--fail-on",
            "never",
            "--ruleset",
        ])
        .args([ruleset, file])
        .stdout(std::fs::File::create(&out).expect("the folder for such files can be written to"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the program was built");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    let ended = loop {
        peak = peak.max(high_water(&status));
        if let Some(ended) = child.try_wait().expect("a child can be waited for") {
            break ended;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let time = start.elapsed();
    assert!(ended.code().is_some_and(|code| code < 2), "{}: {ended}", file.display());
    let findings =
        std::fs::read_to_string(&out).map_or(0, |text| text.lines().filter(|line| line.contains('[')).count());
    Run { time, peak, findings }
}

/// The most memory a process has had, in KiB.
fn high_water(status: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
