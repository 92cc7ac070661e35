//! Text as YAML: every span is inside the text, and the tree can be walked.
#![no_main]

use covenant::syntax::{self, Format, Limits, NodeId};
use covenant::text::SourceText;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let parsed = syntax::parse(Arc::new(SourceText::new("a", text)), Some(Format::Yaml), &Limits::default());
    for id in 0..parsed.tree.len() as u32 {
        assert!(text.get(parsed.tree.node(NodeId(id)).span().range()).is_some());
    }
    let _ = parsed.tree.root().to_json();
});
