//! Text as a path expression.
#![no_main]

use covenant::lint::path::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Query::parse(text);
});
