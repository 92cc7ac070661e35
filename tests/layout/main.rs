//! What contracts say does not depend on how they are laid out: wrappers, references, orders, names of components and of
//! path parameters. An edit is the same edit behind any of them, and a rewrite of the layout alone is no change.

mod causes;
mod operations;
mod rewrites;
mod wrappers;

use covenant::diagnostic::{Category, Diagnostic, Impact};
use covenant::diff::{self, Options};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use serde_json::{Value, json};

/// The changes between two contracts.
fn changes(base: &Value, revision: &Value) -> Vec<Diagnostic> {
    let workspace = |name: &str, contract: &Value| Workspace::from_text(name, &format!("{contract:#}"));
    let (base, revision) = (workspace("base.json", base), workspace("revision.json", revision));
    let (base, revision) = (Api::open(&base).expect("base"), Api::open(&revision).expect("revision"));
    let strict = Options { keep: Category::Contract, ..Options::default() };
    diff::compare(base, revision, &strict).changes
}

fn worst(changes: &[Diagnostic]) -> Impact {
    changes.iter().map(|change| change.impact).max().unwrap_or_default()
}

/// A contract with one operation whose request and response have these schemas.
fn contract(version: &str, request: Option<&Value>, response: Option<&Value>, schemas: &Value) -> Value {
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let mut operation = json!({"responses": {"200": {"description": "d"}}});
    if let Some(schema) = request {
        operation["requestBody"] = json!({"required": true, "content": content(schema)});
    }
    if let Some(schema) = response {
        operation["responses"]["200"]["content"] = content(schema);
    }
    json!({
        "openapi": version,
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": schemas},
    })
}
