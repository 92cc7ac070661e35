//! `covenant config`: which layers a configuration is made of, what they come down to, and which of them decided.

use super::layers::{Layer, place_in};
use super::output::{print, save};
use super::rulesets::selection;
use super::session::{Failure, LoadArguments, Session};
use crate::config::{LOCK_NAME, is_key};
use crate::diagnostic::Location;
use crate::lint;
use crate::text::SourceText;
use crate::text::escape::line;
use clap::Args;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Show the configuration that governs a folder: its layers, what they come down to, and which of them decided.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A contract or folder [default: the current one].
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Say what decides about a key (`fail-on`, `diff.keep`) or a rule (`sec-server-https-only`), and which layer said so.
    #[arg(long, value_name = "KEY", conflicts_with = "lock")]
    explain: Option<String>,
    /// Write the digests of the layers to covenant.lock beside the configuration.
    #[arg(long)]
    lock: bool,
    #[command(flatten)]
    load: LoadArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut load = arguments.load.clone();
    load.relock = arguments.lock;
    let session = Session::start(&load, arguments.path.as_deref())?;
    let Some(file) = &session.file else {
        print("There is no covenant.yaml here, so the default policy decides\n");
        return Ok(0);
    };
    if arguments.lock {
        let path = file.parent().unwrap_or(Path::new("")).join(LOCK_NAME);
        save(&path, &session.layered.lock().text())?;
        let count = session.layered.layers.len();
        print(&format!("written  {LOCK_NAME} ({count} {})\n", if count == 1 { "layer" } else { "layers" }));
        return Ok(0);
    }
    print(&match &arguments.explain {
        Some(key) => explain(&session, key)?,
        None => whole(&session),
    });
    Ok(0)
}

/// The layers, and the configuration that they come down to.
fn whole(session: &Session) -> String {
    let mut out = String::new();
    for layer in &session.layered.layers {
        out.push_str(&format!("# layer {}, sha256 {}\n", line(&layer.title()), layer.digest));
    }
    for lock in &session.layered.locks {
        out.push_str(&format!("# locked {}, by {}\n", line(&lock.item), line(&owner(session, lock.by))));
    }
    for note in &session.layered.notes {
        let at = place(&note.location);
        out.push_str(&format!("# {at}: {}\n", line(&note.message)));
    }
    let value = serde_json::to_value(&session.config).unwrap_or_default();
    let said = |(_, value): &(String, Value)| !is_empty(value);
    let said: serde_json::Map<String, Value> =
        value.as_object().cloned().unwrap_or_default().into_iter().filter(said).collect();
    out + &serde_yaml::to_string(&said).unwrap_or_default()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_empty),
        _ => false,
    }
}

/// What decides about a key or a rule.
fn explain(session: &Session, key: &str) -> Result<String, Failure> {
    let is_rule = !is_key(key) && (lint::page(key).is_some() || session.config.rules.contains_key(key));
    if !is_rule && !is_key(key) {
        return Err(Failure::new(format!(
            "`{key}` is no key of the configuration and no rule; write `fail-on`, `diff.keep` or the id of a rule"
        )));
    }
    let path: Vec<String> =
        if is_rule { vec!["rules".to_owned(), key.to_owned()] } else { key.split('.').map(str::to_owned).collect() };
    let value = if is_rule {
        let rules = selection(None, session)?.rules;
        let own = rules.iter().find(|rule| rule.page.id == key).map(|rule| rule.severity.to_string());
        let set = session.config.rules.get(key).map(|level| serde_json::to_value(level).unwrap_or_default());
        own.or_else(|| Some(set?.as_str()?.to_owned())).unwrap_or_else(|| "off".to_owned())
    } else {
        let config = serde_json::to_value(&session.config).unwrap_or_default();
        let pointer: String =
            path.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect();
        config.pointer(&pointer).map_or_else(|| "null".to_owned(), Value::to_string)
    };
    let mut out = format!("{}: {}\n", line(key), line(&value));
    let own = session.text.clone();
    let texts: Vec<Arc<SourceText>> = own.map(|own| session.layered.texts(&own)).unwrap_or_default();
    let mut said = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let Some(found) = place_in(text, &path) else { continue };
        let refused: Vec<_> = session
            .layered
            .refused
            .iter()
            .filter(|refused| {
                refused.layer == number && (refused.path.starts_with(&path) || path.starts_with(&refused.path))
            })
            .collect();
        said.push((number, found, refused.first().map(|refused| refused.lock.clone())));
    }
    let decides = said.iter().rposition(|(.., refused)| refused.is_none());
    for (at, (number, found, refused)) in said.iter().enumerate().rev() {
        let how = match refused {
            Some(lock) => format!("does not count: {} locks `{}`", owner(session, lock.by), lock.item),
            None if Some(at) == decides => "decides".to_owned(),
            None => "is refined by a later layer".to_owned(),
        };
        out.push_str(&format!("  {} ({}) {}\n", line(&owner(session, *number)), place(found), line(&how)));
    }
    if decides.is_none() {
        let default = if is_rule {
            format!("  the profile `{}` decides\n", line(session.config.profile.as_deref().unwrap_or("recommended")))
        } else {
            "  no layer says so: the default\n".to_owned()
        };
        out.push_str(&default);
    }
    let about = |lock: &&crate::config::Lock| {
        if is_rule { !is_key(&lock.item) && crate::config::overlap(&lock.item, key) } else { lock.item == key }
    };
    for lock in session.layered.locks.iter().filter(about) {
        out.push_str(&format!("  locked by {} (`{}`)\n", line(&owner(session, lock.by)), line(&lock.item)));
    }
    Ok(out)
}

/// The layer with a number; the configuration itself is the last.
fn owner(session: &Session, number: usize) -> String {
    session.layered.layers.get(number).map_or_else(|| "this configuration".to_owned(), Layer::title)
}

fn place(place: &Location) -> String {
    let start = place.start();
    format!("{}:{}:{}", line(place.file()), start.line, start.column)
}
