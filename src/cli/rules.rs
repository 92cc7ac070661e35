//! `covenant rules`: which rules there are, and which run.

use super::output::print;
use super::rulesets::RuleArguments;
use super::session::{Failure, LoadArguments, Session};
use crate::diagnostic::Severity;
use crate::diff;
use crate::lint::{self, Active, Selection};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// List the rules that run with a profile.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// All rules, whatever the profile.
    #[arg(long)]
    all: bool,
    /// The profiles and what they are called instead; JSON says what each is for.
    #[arg(long)]
    profiles: bool,
    /// The catalogue of changes instead.
    #[arg(long, conflicts_with_all = ["all", "profiles", "pack"])]
    changes: bool,
    /// What changes from one profile to another, or from one version of it to the next: `--profile-diff
    /// recommended@2026.11 recommended@2026.12`.
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["all", "profiles", "changes", "profile"])]
    profile_diff: Vec<String>,
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
    /// A ruleset for Spectral: the rules that need none of our functions; the others are named on standard error.
    Spectral,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.profiles {
        print(&profiles(arguments.format));
        return Ok(0);
    }
    if arguments.changes {
        print(&changes(arguments.format));
        return Ok(0);
    }
    if let [old, new] = arguments.profile_diff.as_slice() {
        print(&profile_diff(old, new, arguments)?);
        return Ok(0);
    }
    let session = Session::start(&arguments.load, None)?;
    let mut rules: Vec<Active> = if arguments.all {
        lint::pages().iter().map(|page| Active { page, severity: page.severity }).collect()
    } else {
        arguments.rules.selection(&session)?.rules
    };
    if let Some(pack) = &arguments.pack {
        let packs: BTreeSet<&str> = lint::pages().iter().map(|page| page.pack).collect();
        if !packs.contains(pack.as_str()) {
            let known: Vec<&str> = packs.into_iter().collect();
            return Err(Failure::new(format!("there is no pack `{pack}`; known packs: {}", known.join(", "))));
        }
        rules.retain(|rule| rule.page.pack == pack);
    }
    print(&match arguments.format {
        Format::Table => table(&rules),
        Format::Json => list(&rules),
        Format::Spectral => spectral(&rules),
    });
    Ok(0)
}

/// The rules that one profile has and another has not, and those that are of another severity.
fn profile_diff(old: &str, new: &str, arguments: &Arguments) -> Result<String, Failure> {
    let rules = |names: &str| -> Result<BTreeMap<&'static str, Active>, Failure> {
        let selection = Selection::of_profile(names, &BTreeMap::new()).map_err(Failure::new)?;
        let of_pack = |rule: &Active| arguments.pack.as_ref().is_none_or(|pack| rule.page.pack == pack);
        Ok(selection.rules.into_iter().filter(of_pack).map(|rule| (rule.page.id, rule)).collect())
    };
    let (old, new) = (rules(old)?, rules(new)?);
    let ids: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let severity = |side: &BTreeMap<&'static str, Active>, id: &str| side.get(id).map(|rule| rule.severity);
    let differing: Vec<_> = ids
        .into_iter()
        .map(|id| (id, severity(&old, id), severity(&new, id)))
        .filter(|(_, old, new)| old != new)
        .collect();
    if arguments.format == Format::Json {
        let list = differing.iter().map(|(id, old, new)| json!({"id": id, "old": old, "new": new}));
        return Ok(serde_json::to_string_pretty(&list.collect::<Vec<_>>()).unwrap_or_default() + "\n");
    }
    let width = differing.iter().map(|(id, ..)| id.len()).max().unwrap_or(0);
    let word = |severity: Option<Severity>| severity.map_or("off".to_owned(), |severity| severity.to_string());
    let about = |id: &str| lint::page(id).map_or("", |page| page.description);
    let rows: String = differing
        .iter()
        .map(|(id, old, new)| format!("{id:<width$}  {:>7} -> {:<7}  {}\n", word(*old), word(*new), about(id)))
        .collect();
    Ok(format!("{rows}{} of {} rules differ\n", differing.len(), old.len().max(new.len())))
}

/// The profiles: names and titles, in JSON with what each is for.
fn profiles(format: Format) -> String {
    let titled = |name| lint::profile(name).map_or(("", ""), |profile| (&*profile.title, &*profile.description));
    let names = Selection::profiles();
    if format == Format::Json {
        let list = names.iter().map(|name| {
            let (title, description) = titled(name);
            json!({"name": name, "title": title, "description": description})
        });
        return serde_json::to_string_pretty(&list.collect::<Vec<_>>()).unwrap_or_default() + "\n";
    }
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    names.iter().map(|name| format!("{name:<width$}  {}\n", titled(name).0)).collect()
}

/// The change ids with what they are about and the promise they can break.
fn changes(format: Format) -> String {
    let pages = diff::pages();
    if format == Format::Json {
        let list = pages.iter().map(|page| {
            json!({"id": page.id, "subject": page.subject(), "category": page.category(), "direction": page.direction()})
        });
        return serde_json::to_string_pretty(&list.collect::<Vec<_>>()).unwrap_or_default() + "\n";
    }
    let width = pages.iter().map(|page| page.id.len()).max().unwrap_or(0);
    let rows: String =
        pages.iter().map(|page| format!("{:<width$}  {:<8}  {}\n", page.id, page.category(), page.subject())).collect();
    format!("{rows}{} changes\n", pages.len())
}

fn spectral(rules: &[Active]) -> String {
    let (ruleset, left) = lint::ruleset::to_spectral(rules.iter().map(|rule| rule.page));
    if !left.is_empty() {
        eprintln!("not in the ruleset, they need functions of Covenant: {}", left.join(", "));
    }
    serde_json::to_string_pretty(&ruleset).unwrap_or_default() + "\n"
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
                "tier": rule.page.tier, "scope": rule.page.scope.name(), "sources": rule.page.sources, "controls": rule.page.controls.iter().copied().collect::<BTreeMap<_, _>>(),
            })
        })
        .collect();
    serde_json::to_string_pretty(&rules).unwrap_or_default() + "\n"
}
