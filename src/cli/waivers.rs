//! `covenant waivers`: the accepted findings of a repository as a list of what is owed, by whom and until when.

use super::output::print;
use super::rulesets::RuleArguments;
use super::session::{Failure, LoadArguments, Session};
use crate::gate::{Command, WaiverState, WaiverUse};
use crate::text::escape::line;
use clap::{Args, ValueEnum};

/// List waivers and break-glass debts by expiry, with their owners and what they cover.
///
/// The rules run over the contracts, so a waiver of a rule that covers nothing is told. What a waiver of a change covers is
/// known in `check` alone.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// Only those of this owner.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// JSON.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let session = Session::start(&arguments.load, arguments.files.first().map(String::as_str))?;
    let mut waivers = Vec::new();
    if !session.config.waivers.is_empty() {
        let rules = arguments.rules.rules(&session)?;
        let (inputs, limitations) = session.inputs(&arguments.files);
        let mut findings = rules.contracts(&session, &inputs, || ());
        findings.limitations.splice(0..0, limitations);
        let report = findings.judge(Command::Lint, &session.policy(None)?);
        if let Some(limitation) = report.not_examined().next() {
            return Err(Failure::new(format!("what the waivers cover is not known: {}", limitation.what)));
        }
        waivers = report.waivers;
    }
    waivers.retain(|waiver| arguments.owner.as_ref().is_none_or(|owner| *owner == waiver.owner));
    waivers.sort_by(|left, right| {
        (left.expires, &left.owner, &left.rule).cmp(&(right.expires, &right.owner, &right.rule))
    });
    print(&match arguments.format {
        Form::Text => text(&waivers),
        Form::Json => serde_json::to_string_pretty(&waivers).unwrap_or_default() + "\n",
    });
    Ok(0)
}

/// Returns whether a waiver of a rule covers nothing; what one of a change covers is not known here.
fn is_unused(waiver: &WaiverUse) -> bool {
    waiver.covers == 0 && waiver.state != WaiverState::Refused && crate::diff::page(&waiver.rule).is_none()
}

fn text(waivers: &[WaiverUse]) -> String {
    let mut out = String::new();
    for waiver in waivers {
        let covers = match waiver.covers {
            0 if crate::diff::page(&waiver.rule).is_some() => "for a change".to_owned(),
            0 => "covers nothing".to_owned(),
            1 => "covers 1 finding".to_owned(),
            count => format!("covers {count} findings"),
        };
        let ticket = waiver.ticket.as_ref().map_or_else(String::new, |ticket| format!(", {}", line(ticket)));
        let debt = if waiver.break_glass { ", break-glass debt" } else { "" };
        out.push_str(&format!(
            "{}  {:<7}  {}  {}{}{debt}  {covers}{ticket}  {}:{}\n           {}\n",
            waiver.expires,
            waiver.state.name(),
            line(&waiver.owner),
            line(&waiver.rule),
            line(&waiver.scope),
            line(&waiver.file),
            waiver.line,
            line(&waiver.reason)
        ));
    }
    let count = |state| waivers.iter().filter(|waiver| waiver.state == state).count();
    let all = if waivers.len() == 1 { "1 waiver".to_owned() } else { format!("{} waivers", waivers.len()) };
    out.push_str(&format!(
        "{all}: {} in force, {} expired, {} refused, {} unused\n",
        count(WaiverState::Active),
        count(WaiverState::Expired),
        count(WaiverState::Refused),
        waivers.iter().filter(|waiver| is_unused(waiver)).count()
    ));
    out
}
