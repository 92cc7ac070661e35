//! `covenant merge`: the reports of `lint --shard` put together, as if the run had never been split.

use super::output::{OutputArguments, say};
use super::session::Failure;
use crate::gate::{self, Shard, Source};
use crate::report::{Format, SCHEMA};
use crate::workspace::{Input, Repositories, read_text};
use clap::Args;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Put the JSON reports of `covenant lint --shard` together: the report of the whole run, in any format.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// JSON reports, one of every part. Excerpts of contracts are shown where the contracts are here as the parts saw
    /// them.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Largest report, and largest contract of which excerpts are shown.
const MAX_SIZE: u64 = 1 << 30;

/// What is read of a report.
#[derive(Deserialize)]
struct Part {
    schema: String,
    tool: Tool,
    shard: Option<Shard>,
}

#[derive(Deserialize)]
struct Tool {
    version: String,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut shards = Vec::new();
    for file in &arguments.reports {
        let shard = read(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        shards.push(shard);
    }
    let format = shards.first().and_then(|shard| Format::find(&shard.format)).unwrap_or(Format::ALL[0]);
    let mut texts = FxHashMap::default();
    let mut absent = Vec::new();
    let repositories = Repositories::default();
    let mut text = |source: &Source| {
        let key = (source.name().to_owned(), source.digest().to_owned());
        let found = texts.entry(key).or_insert_with(|| {
            let input = named(source.name(), &repositories);
            let text = input.and_then(|input| read_text(&input, MAX_SIZE).ok()).and_then(|text| source.with(text));
            if text.is_none() {
                absent.push(source.name().to_owned());
            }
            text
        });
        found.clone()
    };
    let mut report = gate::merge(shards, arguments.output.fail_on, &mut text).map_err(Failure::new)?;
    crate::lint::fold_floods(&mut report.diagnostics);
    if let Some(first) = absent.first() {
        let others = if absent.len() > 1 { format!("; so are {} more", absent.len() - 1) } else { String::new() };
        say(&format!("note: `{first}` is not here as the parts saw it, its findings have no excerpts{others}"));
    }
    arguments.output.write_as(&report, format)
}

/// The contract with the name that findings show; never standard input.
fn named(name: &str, repositories: &Repositories) -> Option<Input> {
    if name == "-" { None } else { Input::from_argument(name, repositories).ok() }
}

fn read(file: &Path) -> Result<Shard, String> {
    let text = read_text(&Input::File(file.to_owned()), MAX_SIZE).map_err(|error| error.to_string())?;
    let part: Part =
        serde_json::from_str(&text).map_err(|error| format!("this is no JSON report of covenant: {error}"))?;
    if part.schema != SCHEMA {
        return Err(format!("the report has the format `{}`, but `{SCHEMA}` is needed", part.schema));
    }
    if part.tool.version != env!("CARGO_PKG_VERSION") {
        return Err(format!(
            "the report is of version {}, this is {}; merge with the version that made the parts",
            part.tool.version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    part.shard.ok_or_else(|| "this is the report of a whole run; parts are made by `covenant lint --shard`".to_owned())
}
