//! Panics. One in the work on a contract is a fault of this program, not of the run: it is told as a limitation of that
//! contract, and the others are judged.

use super::output::say;
use super::session::{Failure, Findings};
use crate::gate::Limitation;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Says panics in one line on standard error, where the text of a contract can do no harm.
pub(super) fn announce() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        say(&format!("error: internal error{place}: {}", words(info.payload())));
    }));
}

/// Does the work on one contract. What it found before a panic is lost; that it panicked makes the run incomplete.
pub(super) fn contract(name: &str, work: impl FnOnce() -> Findings) -> Findings {
    caught(work).unwrap_or_else(|words| {
        let what = format!("internal error: {words}; this is a fault of Covenant, please report it");
        let limitations = vec![Limitation { what, file: Some(name.to_owned()), incomplete: true }];
        Findings { limitations, contracts: 1, ..Findings::default() }
    })
}

/// Runs a command. A panic outside of the work on a contract ends it with exit code 2.
pub(super) fn command(run: impl FnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    caught(run).unwrap_or_else(|_| Err(Failure::new("this is a fault of Covenant, please report it")))
}

fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What a panic left half done belongs to the contract that is given up.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| words(payload.as_ref()))
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic");
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn a_panic_in_one_contract_leaves_the_others() {
        let parts: Vec<Findings> = (0..8)
            .into_par_iter()
            .map(|number| {
                contract(&format!("{number}.yaml"), || {
                    // Also where the work is spread over threads.
                    let sum: i32 =
                        (0..100).into_par_iter().map(|at| if number == 3 { at / (at - 50) } else { 1 }).sum();
                    Findings { contracts: usize::from(sum == 100), ..Findings::default() }
                })
            })
            .collect();
        for (number, part) in parts.iter().enumerate() {
            let files: Vec<_> =
                part.limitations.iter().map(|limitation| (limitation.file.as_deref(), limitation.incomplete)).collect();
            if number == 3 {
                assert_eq!(files, [(Some("3.yaml"), true)]);
                assert!(part.limitations[0].what.contains("divide by zero"), "{}", part.limitations[0].what);
            } else {
                assert_eq!((files.len(), part.contracts), (0, 1));
            }
        }
    }

    #[test]
    fn a_panic_elsewhere_ends_the_command() {
        assert!(command(|| panic!("boom")).is_err());
        assert_eq!(command(|| Ok(1)).ok(), Some(1));
    }
}
