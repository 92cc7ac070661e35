//! Documents from a team's own templates (minijinja). A name that has no value fails, so no blank reaches a reader.

use crate::text::escape::{line, markdown, xml};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use std::borrow::Cow;

/// Work that one template may do before it is stopped.
const FUEL: u64 = 5_000_000;

/// Fills `template`. `name` is used in messages, and decides by its ending how values are escaped: `.html` and `.xml`
/// as markup, `.md` as Markdown, anything else as text on one line; values marked `| safe` are not.
///
/// # Errors
/// A sentence with the line of the template and what is wrong with it.
pub fn render(name: &str, template: &str, context: impl Serialize) -> Result<String, String> {
    let mut environment = environment();
    environment.add_template(name, template).map_err(|error| explain(name, &error))?;
    let template = environment.get_template(name).map_err(|error| explain(name, &error))?;
    template.render(minijinja::value::Serde(&context)).map_err(|error| explain(name, &error))
}

fn environment<'source>() -> Environment<'source> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        let kind = name.trim_end_matches(".j2").rsplit('.').next().unwrap_or_default();
        AutoEscape::Custom(Cow::Borrowed(match kind {
            "html" | "xml" | "svg" => "html",
            "md" | "markdown" => "markdown",
            _ => "text",
        }))
    });
    environment.set_formatter(|out, state, value| {
        let text = value.to_string();
        if value.is_undefined() {
            // Lets the strict mode of the engine report it.
            return minijinja::escape_formatter(out, state, value);
        }
        let kind = match state.auto_escape() {
            AutoEscape::Custom(kind) if !value.is_safe() => &**kind,
            _ => "",
        };
        let escaped = match kind {
            "html" => xml(&text),
            "markdown" => markdown(&text),
            "text" => line(&text),
            _ => text,
        };
        out.write_str(&escaped).map_err(minijinja::Error::from)
    });
    environment
}

fn explain(name: &str, error: &minijinja::Error) -> String {
    let place = error.line().map_or_else(String::new, |line| format!(", line {line}"));
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    let hint = match error.kind() {
        minijinja::ErrorKind::UndefinedError => " (a name that has no value)",
        minijinja::ErrorKind::OutOfFuel => " (it runs too long)",
        _ => "",
    };
    format!("template `{name}`{place}: {}{detail}{hint}", error.kind())
}

/// The names that `template` uses and nothing defines, sorted.
///
/// # Errors
/// As [`render`].
pub(super) fn names_used(name: &str, template: &str) -> Result<Vec<String>, String> {
    let mut environment = environment();
    environment.add_template(name, template).map_err(|error| explain(name, &error))?;
    let template = environment.get_template(name).map_err(|error| explain(name, &error))?;
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.sort();
    Ok(names)
}
