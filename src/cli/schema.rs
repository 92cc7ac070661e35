//! `covenant schema compare`: is every value of one schema a value of another? If not, which is not?

use super::output::print;
use super::session::{Failure, LoadArguments, Session};
use crate::openapi::Version;
use crate::schema::{Dialect, Direction, Engine, Formats, SchemaSource, Settings, Verdict};
use crate::workspace::{Place, Workspace};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

/// Compare schemas as sets of values.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Is every value of OLD a value of NEW? Exit codes: 0 yes, 1 no, 2 undecided or not readable.
    Compare(CompareArguments),
}

#[derive(Debug, Args)]
struct CompareArguments {
    /// A JSON Schema, or a contract with a pointer: `api.yaml#/components/schemas/Payment`.
    old: String,
    /// The schema that should take every value of OLD.
    new: String,
    /// Who sends the values: with `request`, readOnly properties do not count, with `response`, writeOnly ones.
    #[arg(long, value_enum, default_value_t = Sender::Neither)]
    direction: Sender,
    /// Formats that are asserted, such as `date,uuid`, or `known` for every known one; all others are annotations.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    assert_format: Vec<String>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sender {
    /// A client.
    Request,
    /// A server.
    Response,
    /// Nobody: all properties count.
    Neither,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// JSON.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let Command::Compare(arguments) = &arguments.command;
    let session = Session::start(&arguments.load, None)?;
    let (old, new) = (Side::load(&session, &arguments.old)?, Side::load(&session, &arguments.new)?);
    let direction = match arguments.direction {
        Sender::Request => Direction::Request,
        Sender::Response => Direction::Response,
        Sender::Neither => Direction::Neither,
    };
    let formats = Formats::parse(&arguments.assert_format).map_err(|name| {
        Failure::new(format!("`--assert-format`: unknown format `{name}`; docs/schemas.md lists them"))
    })?;
    let mut engine = Engine::new(Settings { formats, ..Settings::default() });
    let verdict = engine.compare(&old.source()?, &new.source()?, direction);
    let (name, witness, reason, code) = match &verdict {
        Verdict::Contained => {
            ("contained", None, "every value of the old schema is a value of the new one".to_owned(), 0)
        }
        Verdict::NotContained(witness) => ("not-contained", Some(&witness.value), witness.rejection.message.clone(), 1),
        Verdict::Undecided(reason) => ("undecided", None, reason.to_string(), 2),
    };
    print(&match arguments.format {
        Format::Json => {
            let value = json!({"verdict": name, "witness": witness, "reason": reason});
            serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
        }
        Format::Text => text(name, witness, &reason),
    });
    Ok(code)
}

fn text(name: &str, witness: Option<&Value>, reason: &str) -> String {
    let reason = crate::text::escape::line(reason);
    match witness {
        Some(value) => {
            let value = crate::text::escape::line(&value.to_string());
            format!(
                "{name}\nwitness: {value}\n         is a value of the old schema, but not of the new one: {reason}\n"
            )
        }
        None => format!("{name}: {reason}\n"),
    }
}

/// One of the two schemas.
struct Side {
    name: String,
    workspace: Workspace,
    pointer: String,
}

impl Side {
    fn load(session: &Session, argument: &str) -> Result<Self, Failure> {
        let (file, pointer) = argument.split_once('#').unwrap_or((argument, ""));
        let workspace = session.load(&session.input(file)?).map_err(|limitation| Failure::new(limitation.what))?;
        if let Some((_, problem)) = workspace.faults().into_iter().find(|(code, _)| !code.is_harmless()) {
            return Err(Failure::from(Box::new(problem)));
        }
        Ok(Side { name: file.to_owned(), workspace, pointer: pointer.to_owned() })
    }

    fn source(&self) -> Result<SchemaSource<'_>, Failure> {
        let root = self.workspace.root();
        let missing = || Failure::new(format!("`{}` has no `#{}`", self.name, self.pointer));
        let tokens = crate::syntax::pointer::tokens(&self.pointer).ok_or_else(missing)?;
        let place = tokens.iter().try_fold(root, |place: Place<'_>, token| place.child(token)).ok_or_else(missing)?;
        let dialect = match Version::detect(root) {
            Ok(version) => Dialect::of(version, root.get_str("jsonSchemaDialect")),
            // Not a contract: a JSON Schema by itself, whose `$schema` decides.
            Err(_) => Dialect::Draft202012,
        };
        Ok(SchemaSource::At { place, dialect })
    }
}
