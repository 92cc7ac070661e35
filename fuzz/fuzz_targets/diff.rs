//! Two texts, one after the line `----`, as two versions of a contract. A contract does not differ from itself.
#![no_main]

use covenant::diff::{Options, compare};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (base, revision) = text.split_once("\n----\n").unwrap_or((text, text));
    let (base, revision) = (Workspace::from_text("a.yaml", base), Workspace::from_text("b.yaml", revision));
    if let (Ok(before), Ok(after)) = (Api::open(&base), Api::open(&revision)) {
        let _ = compare(before, after, &Options::default());
        assert!(compare(after, after, &Options::default()).changes.is_empty());
    }
});
