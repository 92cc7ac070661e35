//! The first line as a pattern, the rest as the text that it is looked for in.
#![no_main]

use covenant::schema::pattern_matches;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
    let _ = pattern_matches(pattern, text);
});
