//! Server URLs with variables.

use super::super::{Call, Found};
use crate::text::Cut;
use crate::workspace::Place;
use serde_json::Value;

/// URLs tried at most for one server.
const MAX_TRIED: usize = 10_000;

/// Variables of one Server Object: all defined, none unused, each with a default inside its enum, and every URL valid.
pub(super) fn variables<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Some(server) = call.target.map() else {
        out.push(Found::here("Invalid Server Object"));
        return;
    };
    let Some(url) = server.get("url").and_then(Place::as_str) else {
        out.push(Found::here("Invalid Server Object"));
        return;
    };
    let variables = call.view.get(server, "variables");
    if variables.is_some_and(|variables| !is_variables(variables)) {
        out.push(Found::here("Invalid Server Object"));
        return;
    }
    let used = names(url);
    let defined: Vec<(&str, Place<'w>)> = variables
        .into_iter()
        .flat_map(Place::members)
        .map(|member| (member.name, call.view.follow(member.value)))
        .collect();
    let path = |parts: &[&str]| {
        std::iter::once("variables").chain(parts.iter().copied()).map(str::to_owned).collect::<Vec<_>>()
    };
    for (name, _) in defined.iter().filter(|(name, _)| !used.contains(name)) {
        let words = format!("Server's \"variables\" object has unused defined \"{name}\" url variable.");
        out.push(Found::below(path(&[name]), words));
    }
    if used.is_empty() {
        return;
    }
    let missing: Vec<&str> =
        used.iter().copied().filter(|name| !defined.iter().any(|(known, _)| known == name)).collect();
    if !missing.is_empty() {
        let all = missing.join(", ");
        let words = format!("Not all server's variables are described with \"variables\" object. Missed: {all}.");
        out.push(Found::below(path(&[]), words));
    }
    if variables.is_none() {
        return;
    }
    let flag = |name: &str| options.get(name) == Some(&Value::Bool(true));
    let mut choices: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, variable) in defined.iter().filter(|(name, _)| used.contains(name)) {
        let default = variable.get("default").map(Place::text);
        match variable.get("enum") {
            Some(list) => {
                let values: Vec<&str> = list.elements().map(Place::text).collect();
                if default.is_some_and(|default| !values.contains(&default)) {
                    let words = format!("Server Variable \"{name}\" has a default not listed in the enum.");
                    out.push(Found::below(path(&[name, "default"]), words));
                }
                choices.push((name, values));
            }
            None => choices.push((name, default.into_iter().collect())),
        }
        if default.is_none() && flag("requireDefault") {
            out.push(Found::below(path(&[name]), format!("Server Variable \"{name}\" has a missing default.")));
        }
    }
    if flag("checkSubstitutions")
        && let Some(words) = invalid_urls(url, &choices)
    {
        out.push(Found::below(path(&[]), words));
    }
}

fn is_variables(variables: Place<'_>) -> bool {
    let text = |place: Option<Place<'_>>| place.is_none_or(|place| place.as_str().is_some());
    variables.is_map()
        && variables.members().all(|member| {
            let variable = member.value.resolved();
            let known =
                |name: &str| name.starts_with("x-") || ["enum", "default", "description", "examples"].contains(&name);
            let list = variable.get("enum");
            variable.is_map()
                && variable.members().all(|member| known(member.name))
                && ["default", "description", "examples"].iter().all(|name| text(variable.get(name)))
                && list.is_none_or(|list| list.is_seq() && list.elements().all(|value| value.as_str().is_some()))
        })
}

fn names(url: &str) -> Vec<&str> {
    let (mut out, mut rest) = (Vec::new(), url);
    while let Some(start) = rest.find('{') {
        let inside = rest.cut(start + 1..);
        // At least one character stands between the braces.
        let Some(end) = inside.char_indices().skip(1).find(|(_, c)| *c == '}').map(|(at, _)| at) else { break };
        out.push(inside.cut(..end));
        rest = inside.cut(end + 1..);
    }
    out
}

fn invalid_urls(url: &str, choices: &[(&str, Vec<&str>)]) -> Option<String> {
    if choices.is_empty() || choices.iter().any(|(_, values)| values.is_empty()) {
        return None;
    }
    let mut invalid = Vec::new();
    let mut counters = vec![0_usize; choices.len()];
    for _ in 0..MAX_TRIED {
        let mut tried = url.to_owned();
        for ((name, values), &at) in choices.iter().zip(&counters) {
            tried = tried.replace(&format!("{{{name}}}"), &values[at].replace(' ', "%20"));
        }
        if !is_absolute_url(&tried) {
            invalid.push(tried);
            if invalid.len() == 5 {
                break;
            }
        }
        let mut digit = choices.len();
        loop {
            if digit == 0 {
                return words(&invalid);
            }
            digit -= 1;
            counters[digit] += 1;
            if counters[digit] < choices[digit].1.len() {
                break;
            }
            counters[digit] = 0;
        }
    }
    words(&invalid)
}

fn words(invalid: &[String]) -> Option<String> {
    let all = invalid.join(", ");
    match invalid.len() {
        0 => None,
        5 => Some(format!("At least 5 substitutions of server variables resulted in invalid URLs: {all} and more")),
        _ => Some(format!("A few substitutions of server variables resulted in invalid URLs: {all}")),
    }
}

/// Whether a text is an absolute URL with a host where its scheme needs one, and a port that is a number.
fn is_absolute_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if !word {
        return false;
    }
    let special = ["http", "https", "ws", "wss", "ftp"].contains(&scheme.to_ascii_lowercase().as_str());
    if !special {
        return true;
    }
    let authority = rest.trim_start_matches(['/', '\\']);
    let end = authority.find(['/', '?', '#', '\\']).unwrap_or(authority.len());
    let host = authority.cut(..end).rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let bad = |c: char| c.is_whitespace() || c.is_control() || "<>^|{}`\"%".contains(c);
    let port_fits = port.is_empty() || port.parse::<u16>().is_ok();
    !name.is_empty() && !name.contains(bad) && port_fits
}
