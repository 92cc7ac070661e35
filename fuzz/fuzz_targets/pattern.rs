//! The first line as a pattern, the rest as the text that it is looked for in.
#![no_main]

use covenant::pattern::Pattern;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
    let _ = Pattern::read(pattern).matches(text);
});
