//! `covenant rules`: which rules there are, and which run.

use super::lint::RuleArguments;
use super::output::print;
use super::session::{Failure, LoadArguments, Session};
use crate::lint::{self, Active, Selection};
use clap::{Args, ValueEnum};
use serde_json::json;

/// List the rules that run with a profile.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// All rules, whatever the profile.
    #[arg(long)]
    all: bool,
    /// The names of the profiles instead.
    #[arg(long)]
    profiles: bool,
    /// Only rules of this pack.
    #[arg(long, value_name = "NAME")]
    pack: Option<String>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns.
    Table,
    /// JSON.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.profiles {
        let names: Vec<&str> = Selection::profiles().into_iter().collect();
        print(&(names.join("\n") + "\n"));
        return Ok(0);
    }
    let session = Session::start(&arguments.load, None)?;
    let mut rules: Vec<Active> = if arguments.all {
        lint::pages().iter().map(|page| Active { page, severity: page.severity }).collect()
    } else {
        arguments.rules.selection(&session)?.rules
    };
    if let Some(pack) = &arguments.pack {
        rules.retain(|rule| rule.page.pack == pack);
    }
    print(&match arguments.format {
        Format::Table => table(&rules),
        Format::Json => list(&rules),
    });
    Ok(0)
}

fn table(rules: &[Active]) -> String {
    let width = rules.iter().map(|rule| rule.page.id.len()).max().unwrap_or(0);
    let pack = rules.iter().map(|rule| rule.page.pack.len()).max().unwrap_or(0);
    let row = |rule: &Active| {
        format!(
            "{:<width$}  {:<5}  {:<pack$}  {}\n",
            rule.page.id, rule.severity, rule.page.pack, rule.page.description
        )
    };
    let rows: String = rules.iter().map(row).collect();
    format!("{rows}{} rules\n", rules.len())
}

fn list(rules: &[Active]) -> String {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.page.id, "pack": rule.page.pack, "severity": rule.severity,
                "description": rule.page.description, "profiles": rule.page.profiles, "versions": rule.page.versions,
                "tier": rule.page.tier, "sources": rule.page.sources, "controls": rule.page.controls,
            })
        })
        .collect();
    serde_json::to_string_pretty(&rules).unwrap_or_default() + "\n"
}
