//! A rule page as the literal of a `Page`. Takes the text of a page; gives its id and the literal, or what is wrong.

use crate::change::ChangeId;
use serde_yaml::{Mapping, Value};
use std::fmt::Write as _;

/// The keys of a front matter.
const KEYS: [&str; 26] = [
    "scope",
    "dated",
    "severity",
    "description",
    "native",
    "options",
    "covers",
    "repair",
    "repair-on-request",
    "profiles",
    "versions",
    "tier",
    "sources",
    "controls",
    "equivalents",
    "title",
    "calibration",
    "novelty",
    "needs-config",
    "given",
    "then",
    "message",
    "formats",
    "resolved",
    "recommended",
    "id",
];

/// Id and literal of a page. `stem` is the file name without `.md`; names of files cannot hold `:`, so a page may give its
/// `id:`.
pub(crate) fn compile(pack: &str, stem: &str, text: &str) -> Result<(String, String), String> {
    let rest = text.strip_prefix("---\n").ok_or("the page does not begin with a front matter")?;
    let end = rest.find("\n---\n").ok_or("the front matter is not closed")?;
    let front: Mapping = serde_yaml::from_str(&rest[..=end]).map_err(|error| error.to_string())?;
    for key in front.keys() {
        let name = key.as_str().unwrap_or_default();
        if !KEYS.contains(&name) {
            return Err(format!("the front matter has the unknown key `{name}`"));
        }
    }
    let word = |name: &str| front.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = if word("id").is_empty() { stem } else { word("id") };
    let (severity, by_profile) = severities(front.get("severity").ok_or("`severity` is missing")?)?;
    let scope = match word("scope") {
        "" | "document" => "Document",
        "pair" => "Pair",
        "history" => "History",
        other => return Err(format!("`{other}` is not a scope")),
    };
    let definition = definition(&front, &severity)?;
    if scope == "Document" && word("native").is_empty() == definition.is_empty() {
        return Err("a page needs either `native`, or `given` and `then`".to_owned());
    }
    let options = front.get("options").map(json).transpose()?.unwrap_or_default();
    let mut out = String::new();
    write!(
        out,
        "Page {{ id: {id:?}, pack: {pack:?}, description: {:?}, severity: Severity::{severity}, \
         profile_severity: &[{by_profile}], profiles: {}, versions: {}, tier: {}, scope: Scope::{scope}, dated: {}, native: {:?}, \
         covers: {}, changes: {}, repair: {:?}, repair_on_request: {}, sources: {}, controls: {}, options: Json::new({options:?}), \
         definition: Json::new({definition:?}), fix: {:?}, body: {:?} }}",
        word("description"),
        texts(front.get("profiles"))?,
        texts(front.get("versions"))?,
        front.get("tier").and_then(Value::as_u64).unwrap_or(1),
        front.get("dated").and_then(Value::as_bool) == Some(true),
        word("native"),
        named(front.get("covers"))?,
        named(front.get("options").filter(|_| scope != "Document").and_then(|options| options.get("changes")))?,
        word("repair"),
        front.get("repair-on-request").and_then(Value::as_bool) == Some(true),
        sources(front.get("sources")),
        controls(front.get("controls"))?,
        fix(&rest[end + 5..]),
        &rest[end + 5..],
    )
    .map_err(|error| error.to_string())?;
    Ok((id.to_owned(), out))
}

/// The first paragraph of `## Fix`, on one line.
fn fix(body: &str) -> String {
    let after = body.split_once("## Fix\n").map_or("", |(_, after)| after.trim_start());
    let paragraph = after.split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(value: &Value) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// The keys of a front matter that a Spectral ruleset knows, as a rule of one; empty without `then`.
fn definition(front: &Mapping, severity: &str) -> Result<String, String> {
    if !front.contains_key("then") {
        return Ok(String::new());
    }
    let mut out = Mapping::new();
    for key in ["description", "message", "given", "then", "formats", "resolved", "recommended"] {
        if let Some(value) = front.get(key) {
            out.insert(key.into(), value.clone());
        }
    }
    out.insert("severity".into(), severity.to_lowercase().into());
    json(&Value::Mapping(out))
}

/// The name of a variant of `Severity`.
fn severity(value: &Value) -> Result<&'static str, String> {
    Ok(match value.as_str() {
        Some("error") => "Error",
        Some("warn" | "warning") => "Warn",
        Some("info") => "Info",
        Some("hint") => "Hint",
        _ => return Err(format!("{value:?} is not a severity")),
    })
}

/// `severity: error`, or a map with `default` and profiles: the default, and the pairs of the others.
fn severities(value: &Value) -> Result<(String, String), String> {
    let Some(map) = value.as_mapping() else { return Ok((severity(value)?.to_owned(), String::new())) };
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (name, value) in map {
        pairs.push((name.as_str().unwrap_or_default(), severity(value)?));
    }
    pairs.sort_unstable();
    let default = pairs.iter().find(|(name, _)| *name == "default").ok_or("`severity` has no `default`")?.1.to_owned();
    let others = pairs.iter().filter(|(name, _)| *name != "default");
    let others = others.map(|(name, severity)| format!("({name:?}, Severity::{severity})")).collect::<Vec<_>>();
    Ok((default, others.join(", ")))
}

/// The text of a scalar.
fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("{value:?} is no text")),
    }
}

/// A list of ids as the literal of a slice, sorted. What has `*` in it, for any characters, stands for all changes whose
/// id it matches: nothing is left to match when the program runs.
fn named(value: Option<&Value>) -> Result<String, String> {
    let mut out = Vec::new();
    for text in value.and_then(Value::as_sequence).into_iter().flatten().map(scalar) {
        let text = text?;
        let Some((start, end)) = text.split_once('*') else {
            out.push(text);
            continue;
        };
        let meant = |id: &String| id.strip_prefix(start).is_some_and(|rest| rest.ends_with(end));
        let before = out.len();
        out.extend(ChangeId::all().map(|id| id.to_string()).filter(meant));
        if out.len() == before {
            return Err(format!("`{text}` matches no change"));
        }
    }
    out.sort();
    out.dedup();
    Ok(format!("&{out:?}"))
}

/// A list of texts as the literal of a slice.
fn texts(value: Option<&Value>) -> Result<String, String> {
    let all = value.and_then(Value::as_sequence).into_iter().flatten().map(scalar);
    Ok(format!("&{:?}", all.collect::<Result<Vec<_>, _>>()?))
}

/// `{framework: [ids]}` as the literal of a slice, sorted by framework.
fn controls(value: Option<&Value>) -> Result<String, String> {
    let mut all = Vec::new();
    for (name, ids) in value.and_then(Value::as_mapping).into_iter().flatten() {
        all.push(format!("({:?}, {} as &[&str])", scalar(name)?, texts(Some(ids))?));
    }
    all.sort_unstable();
    Ok(format!("&[{}]", all.join(", ")))
}

/// `- {ref: RFC9700, section: §2.6}` as `RFC9700 §2.6`; what was not checked against the text is marked.
fn sources(value: Option<&Value>) -> String {
    let one = |source: &Value| {
        let part = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
        if !source.is_mapping() {
            return source.as_str().unwrap_or_default().to_owned();
        }
        let certain = if part("verified") == "P" { "" } else { " (to be checked against the text)" };
        format!("{} {}{certain}", part("ref"), part("section")).replace("  ", " ")
    };
    let all: Vec<String> = value.and_then(Value::as_sequence).into_iter().flatten().map(one).collect();
    format!("&{all:?}")
}
