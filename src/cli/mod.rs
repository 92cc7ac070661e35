//! The command line: arguments in, report and exit code out. One file per command.
//!
//! Exit codes: 0 passed, 1 findings at or above `--fail-on`, 2 could not complete. Stands on everything.

mod address;
mod base;
mod bump;
mod cache;
mod catalogue;
mod changelog;
mod check;
mod compare_reports;
mod completions;
mod compose;
mod configuration;
mod contain;
mod diff;
mod explain;
mod fix;
mod fleet;
mod generate;
mod git_diff;
mod history;
mod impact;
mod init;
mod judged;
mod layers;
mod lint;
mod merge;
mod notices;
mod others;
mod output;
mod policy;
mod policy_tree;
mod releases;
mod renames;
mod rules;
mod rulesets;
mod schema;
mod score;
mod session;
mod shard;
mod spectral;
mod stored;
mod summary;
mod timeline;
mod unknown_rules;
mod upgrade;
mod waivers;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Lints OpenAPI contracts, proves breaking changes, and plans their life.
#[derive(Debug, Parser)]
#[command(name = "covenant", version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 passed, 1 findings at or above --fail-on, 2 could not complete.\n\
    Nothing leaves this machine: remote references are never fetched.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Lint(lint::Arguments),
    Merge(merge::Arguments),
    Diff(diff::Arguments),
    Check(check::Arguments),
    Changelog(changelog::Arguments),
    Bump(bump::Arguments),
    Timeline(timeline::Arguments),
    Notices(notices::Arguments),
    History(history::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Schema(schema::Arguments),
    Score(score::Arguments),
    CompareReports(compare_reports::Arguments),
    GitDiff(git_diff::Arguments),
    Impact(impact::Arguments),
    Waivers(waivers::Arguments),
    Fleet(fleet::Arguments),
    Config(configuration::Arguments),
    Init(init::Arguments),
    Completions(completions::Arguments),
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(failure) = address::refused(&arguments) {
        failure.print();
        return ExitCode::from(2);
    }
    let cli = match Cli::try_parse_from(spectral::translate(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    contain::announce();
    let result = contain::command(|| match cli.command {
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Changelog(arguments) => changelog::run(&arguments),
        Command::Bump(arguments) => bump::run(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Notices(arguments) => notices::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::CompareReports(arguments) => compare_reports::run(&arguments),
        Command::GitDiff(arguments) => git_diff::run(&arguments),
        Command::Impact(arguments) => impact::run(&arguments),
        Command::Waivers(arguments) => waivers::run(&arguments),
        Command::Fleet(arguments) => fleet::run(&arguments),
        Command::Config(arguments) => configuration::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Completions(arguments) => Ok(completions::run(&arguments)),
    });
    match result.and_then(|code| output::lost().map_or(Ok(code), Err)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.print();
            ExitCode::from(2)
        }
    }
}

/// The command line as clap sees it, for completions and documentation.
fn definition() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}
