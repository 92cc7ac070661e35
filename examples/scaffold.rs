//! Begins a new rule or a new change.
//!
//! `cargo run --example scaffold -- rule <pack> <id>` writes the page of a lint rule.
//! `cargo run --example scaffold -- change <event>` writes the page of a change and its line in the table of events; the
//! event is named by its slug, such as `max-length-decreased`, and can happen to every place of a schema.
//!
//! What is left to do is printed. A name that is taken is refused.

use std::error::Error;
use std::fs;
use std::path::Path;

const RULE: &str = "\
---
description: Say what a contract must have
severity: info
given: $.info
then:
  field: contact
  function: truthy
profiles: [strict]
---
## What it checks

Say what is asked for, and of what.

## Why

Say what goes wrong for whom without it.

## Fix

Say what to write.

## Good

```yaml
openapi: 3.1.0
info:
  title: Payments
  version: 1.0.0
  contact: {email: api@example.com}
paths: {}
```

## Bad

```yaml
openapi: 3.1.0
info: # expect
  title: Payments
  version: 1.0.0
paths: {}
```
";

const CHANGE: &str = "\
---
message: \"`KEYWORD` of {where} changed from `{old}` to `{new}`\"
category:
  request: default
  response: contract
detail: \"say which values are possible or excluded now\"
snippet: schema
---
## What it means

`KEYWORD` of {subject} changed.

## Base

```yaml
type: string
```

## Revision

```yaml
type: string
KEYWORD: value
```
";

/// The line before which a new event is put.
const LAST: &str = "\n    // Properties.";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["rule", pack, id] => rule(pack, id),
        ["change", slug] => change(slug),
        _ => Err("write `rule <pack> <id>` or `change <event>`".into()),
    }
}

fn new_file(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if path.exists() {
        return Err(format!("{} exists", path.display()).into());
    }
    fs::write(path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn rule(pack: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let folder = Path::new("rules/lint").join(pack);
    if !folder.is_dir() {
        return Err(format!("there is no pack `{pack}`").into());
    }
    new_file(&folder.join(format!("{id}.md")), RULE)?;
    println!("mark the lines where the bad example is found with `# expect`, then run:");
    println!("COVENANT_UPDATE=1 cargo test --test rules {id}");
    Ok(())
}

fn change(slug: &str) -> Result<(), Box<dyn Error>> {
    if slug.is_empty() || !slug.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return Err(format!("`{slug}` is no slug: small letters and hyphens").into());
    }
    let variant: String =
        slug.split('-').filter_map(|word| Some(word.get(..1)?.to_ascii_uppercase() + word.get(1..)?)).collect();
    let table = Path::new("src/diff/change/events.rs");
    let text = fs::read_to_string(table)?;
    if text.contains(&format!("\"*-{slug}\"")) {
        return Err(format!("the event `{slug}` exists").into());
    }
    let line = format!("    {variant} Part Changes UNKNOWN SCHEMA \"*-{slug}\";\n");
    let (before, after) = text.split_once(LAST).ok_or("the table of events has another form")?;
    new_file(&Path::new("rules/changes").join(format!("{slug}.md")), &CHANGE.replace("KEYWORD", slug))?;
    fs::write(table, format!("{before}{line}{LAST}{after}"))?;
    println!("wrote {variant} into {}: set its group, action and effect", table.display());
    println!("recognise it in src/diff/ with `pair.edit(Event::{variant}, …)`, then run:");
    println!("COVENANT_UPDATE=1 cargo test --test changes {slug}");
    Ok(())
}
