//! Text as a ruleset, which runs over a small contract.
#![no_main]

use covenant::lint::{Ruleset, run};
use covenant::workspace::Workspace;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

const CONTRACT: &str = "openapi: 3.0.3\ninfo: {title: a, version: 1.0.0}\npaths: {/a: {get: {responses: {'200': {description: b}}}}}\n";

fuzz_target!(|text: &str| {
    if let Ok(ruleset) = Ruleset::from_text(Path::new("fuzz.yaml"), text) {
        let _ = run(&Workspace::from_text("a.yaml", CONTRACT), &ruleset);
    }
});
