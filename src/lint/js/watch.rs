//! Calls that run now. The engine stops a call at its next step; native code between two steps that never ends stops at
//! none, and a thread cannot be ended from outside. Whoever runs the process can see that and end it.

use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
struct Calls {
    next: u64,
    running: FxHashMap<u64, Instant>,
}

static CALLS: Mutex<Option<Calls>> = Mutex::new(None);

/// A call that runs as long as this lives.
#[cfg(feature = "js")]
pub(super) struct Call(u64);

#[cfg(feature = "js")]
impl Call {
    pub(super) fn begin() -> Self {
        let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = calls.get_or_insert_default();
        calls.next += 1;
        calls.running.insert(calls.next, Instant::now());
        Call(calls.next)
    }
}

#[cfg(feature = "js")]
impl Drop for Call {
    fn drop(&mut self) {
        let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        calls.get_or_insert_default().running.remove(&self.0);
    }
}

/// Returns whether a call of a ruleset's program has run longer than `limit`.
pub fn overdue(limit: Duration) -> bool {
    let calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    calls.as_ref().is_some_and(|calls| calls.running.values().any(|started| started.elapsed() > limit))
}
