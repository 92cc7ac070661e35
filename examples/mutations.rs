//! Changes contracts at random and sends each through everything: rules, a comparison in both directions, the documents of a
//! release, every format. Nothing may panic, take more than five seconds or 500 MB, differ between two runs, or find a
//! difference between a contract and itself.
//!
//! `cargo run --release --example mutations -- COUNT [FOLDER] [FIRST]`: how many, the folder with the contracts to change (the
//! fixtures when it is left out or `-`), and the number of the first. What fails is kept in `target/mutations`.

#[path = "../fuzz/mutate.rs"]
mod mutate;

use covenant::diff;
use covenant::gate::{Command, Policy, Report, judge};
use covenant::lifecycle;
use covenant::lint::{self, Ruleset, Selection};
use covenant::openapi::Api;
use covenant::release::history::{Step, history};
use covenant::release::{HistoryFormat, bump, changelog, notices, render_history};
use covenant::report::{Format, Style};
use covenant::workspace::Workspace;
use mutate::{Dice, mutate};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Contracts that are changed.
const SEEDS: usize = 60;
/// Longest time of one.
const LONGEST: Duration = Duration::from_secs(5);
/// Most memory of one, in kilobytes.
const MOST_MEMORY: u64 = 500_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let folder = arguments.next().filter(|text| text != "-").map_or_else(|| PathBuf::from("fixtures"), PathBuf::from);
    let first: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let seeds = seeds(&folder);
    assert!(!seeds.is_empty(), "{} holds no contract", folder.display());
    let tools = Tools::new();
    let said = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&said);
    std::panic::set_hook(Box::new(move |info| {
        if let Ok(mut said) = heard.lock() {
            *said = info.to_string();
        }
    }));
    let (began, current) = (Instant::now(), Arc::new(AtomicU64::new(u64::MAX)));
    watch(Arc::clone(&current));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let (mut faults, mut slowest, mut fattest, mut bytes) = (BTreeMap::<&str, u64>::new(), Duration::ZERO, 0, 0_u64);
    for number in first..first + count {
        let mut dice = Dice::new(number);
        let base = &seeds[dice.roll(seeds.len())];
        let text = mutate(&mut dice, base, &seeds);
        current.store(number, Ordering::Relaxed);
        reset_memory();
        let started = Instant::now();
        let run = || std::panic::catch_unwind(AssertUnwindSafe(|| tools.everything(base, &text)));
        let found = run();
        let took = started.elapsed();
        let again = one.install(run);
        let memory = memory();
        let fault = match (found, again) {
            (Err(_), _) | (_, Err(_)) => Some("panic"),
            (Ok((_, Some(fault))), _) => Some(fault),
            (Ok((one, _)), Ok((two, _))) if one.0 != two.0 => Some("two runs differ"),
            (Ok((written, _)), _) => {
                bytes += written.1;
                if took > LONGEST {
                    Some("slow")
                } else if memory > MOST_MEMORY {
                    Some("much memory")
                } else {
                    None
                }
            }
        };
        (slowest, fattest) = (slowest.max(took), fattest.max(memory));
        if let Some(fault) = fault {
            *faults.entry(fault).or_default() += 1;
            let words = said.lock().map(|mut said| std::mem::take(&mut *said)).unwrap_or_default();
            println!("{number}: {fault}, {took:?}, {memory} kB {words}");
            let _ = std::fs::create_dir_all("target/mutations");
            let _ = std::fs::write(format!("target/mutations/{number}.a.yaml"), base);
            let _ = std::fs::write(format!("target/mutations/{number}.b.yaml"), &text);
        }
    }
    current.store(u64::MAX, Ordering::Relaxed);
    println!(
        "{count} changed contracts of {} in {:?}: {bytes} bytes written twice, slowest {slowest:?}, most memory {fattest} kB, faults {faults:?}",
        seeds.len(),
        began.elapsed()
    );
    std::process::exit(i32::from(!faults.is_empty()));
}

/// The contracts of a folder, at most [`SEEDS`], spread over their sizes.
fn seeds(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    let is_contract = |text: &String| text.len() < 100_000 && Api::open(&Workspace::from_text("a.yaml", text)).is_ok();
    let mut texts: Vec<String> = texts.filter(is_contract).collect();
    texts.sort_by_key(String::len);
    texts.dedup();
    let step = texts.len().div_ceil(SEEDS).max(1);
    texts.into_iter().step_by(step).collect()
}

/// Names the contract that never ends.
fn watch(current: Arc<AtomicU64>) {
    let told = AtomicBool::new(false);
    std::thread::spawn(move || {
        let (mut last, mut since) = (u64::MAX, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let now = current.load(Ordering::Relaxed);
            if now != last {
                (last, since) = (now, Instant::now());
                told.store(false, Ordering::Relaxed);
            } else if now != u64::MAX && since.elapsed() > 12 * LONGEST && !told.swap(true, Ordering::Relaxed) {
                println!("{now}: does not end");
            }
        }
    });
}

fn reset_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory since it was reset, in kilobytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

struct Tools {
    selection: Selection,
    ruleset: Ruleset,
    policy: lifecycle::Policy,
}

/// A digest of everything written, and its length.
#[derive(Default)]
struct Written(DefaultHasher, u64);

impl Written {
    fn add(&mut self, text: &str) {
        text.hash(&mut self.0);
        self.1 += text.len() as u64;
    }
}

impl Tools {
    fn new() -> Self {
        Tools {
            selection: Selection::of_profile("strict", &BTreeMap::new()).expect("a profile"),
            ruleset: Ruleset::load("spectral:oas", Path::new(".")).expect("a built-in ruleset"),
            policy: lifecycle::Policy::default(),
        }
    }

    /// Digest and length of all output, and what must not be.
    fn everything(&self, base: &str, text: &str) -> ((u64, u64), Option<&'static str>) {
        let mut out = Written::default();
        let (before, after) = (Workspace::from_text("a.yaml", base), Workspace::from_text("a.yaml", text));
        let mut found = after.problems();
        found.extend(lint::document_findings(&after, &self.ruleset));
        found.extend(lint::run(&after, &self.ruleset));
        let day = "2026-11-30".parse().ok();
        let mut fault = None;
        if let (Ok(old), Ok(new)) = (Api::open(&before), Api::open(&after)) {
            found.extend(lint::lint(new, &self.selection, day));
            fault = self.pair(&mut out, old, new);
            self.pair(&mut out, new, old);
        }
        reports(&mut out, &judge(Command::Lint, found, Vec::new(), 1, &Policy::default()));
        let step = |label: &str, text| {
            let workspace = Workspace::from_text(label, text);
            Step { label: label.to_owned(), date: day, released: true, workspace }
        };
        let past = history(&[step("1", base), step("2", text)], &self.policy, &diff::Options::default());
        for name in ["text", "json", "markdown", "html"] {
            if let Some(format) = HistoryFormat::find(name) {
                out.add(&render_history(&past, format));
            }
        }
        ((out.0.finish(), out.1), fault)
    }

    fn pair(&self, out: &mut Written, old: Api<'_>, new: Api<'_>) -> Option<&'static str> {
        let options = diff::Options::default();
        let changes = diff::compare(old, new, &options).changes;
        let verdict = bump::verdict(old, new, &changes, &self.policy);
        out.add(&serde_json::to_string(&verdict).unwrap_or_default());
        let log = changelog::changelog(old, new, &changes, &changelog::Options::default());
        out.add(&log.to_markdown());
        out.add(&serde_json::to_string(&log).unwrap_or_default());
        let day = "2026-11-30".parse().expect("a day");
        let timeline = lifecycle::timeline(new, &self.policy, day);
        for (_, format) in lifecycle::Format::ALL {
            out.add(&lifecycle::render(std::slice::from_ref(&timeline), format));
        }
        for (_, reader) in notices::Reader::ALL {
            let drafts = notices::notices(&timeline, reader, &notices::Options::default());
            drafts.into_iter().flatten().for_each(|draft| out.add(&draft.text));
        }
        let mut found = lifecycle::pair_findings(old, new, &changes, &self.policy, day);
        found.extend(changes);
        reports(out, &judge(Command::Diff, found, Vec::new(), 1, &Policy::default()));
        let itself = diff::compare(new, new, &options);
        if itself.changes.is_empty() { None } else { Some("differs from itself") }
    }
}

fn reports(out: &mut Written, report: &Report) {
    for format in Format::ALL {
        out.add(&format.render(report, Style::default()));
    }
}
