//! Errors of a validation as texts: grouped by place, thinned, and worded as users of Spectral know them.
//!
//! Takes the errors in order and the value; gives paths below the value with a text each.

use super::ajv::Fault;
use super::json::print_value;
use crate::text::Cut;
use serde_json::Value;

/// What is told: path below the value, and the text.
pub(super) fn told(faults: Vec<Fault>, value: &Value, name: Option<&str>) -> Vec<(Vec<String>, String)> {
    let unmatched: Vec<(String, String)> = faults
        .iter()
        .filter(|fault| ["oneOf", "anyOf"].contains(&fault.keyword.as_str()))
        .map(|fault| (fault.path.clone(), fault.keyword.clone()))
        .collect();
    let mut root = Branch::default();
    for fault in faults {
        root.add(fault);
    }
    root.thin_children();
    let mut out = Vec::new();
    root.tell(value, name, &mut out);
    out.into_iter()
        .map(|(path, text)| {
            let text = match unmatched.iter().rev().find(|(at, _)| *at == path) {
                Some((_, keyword)) if text.ends_with(&format!(" in {keyword}")) => {
                    format!("{text}. None of the schemas matched, see the other errors reported for this value")
                }
                _ => text,
            };
            let tokens = path.strip_prefix('/').map(|path| path.split('/').map(str::to_owned).collect());
            (tokens.unwrap_or_default(), text)
        })
        .collect()
}

#[derive(Default)]
struct Branch {
    faults: Vec<Fault>,
    children: Vec<(String, Branch)>,
}

impl Branch {
    fn add(&mut self, fault: Fault) {
        let mut at = self;
        let segments = segments(&fault.path);
        if segments.is_empty() {
            return;
        }
        for segment in segments {
            let known = at.children.iter().position(|(name, _)| *name == segment).unwrap_or_else(|| {
                at.children.push((segment, Branch::default()));
                at.children.len() - 1
            });
            at = &mut at.children[known].1;
        }
        at.faults.push(fault);
    }

    /// With errors below, an `anyOf` error says nothing; an `enum` error beside others says little.
    fn thin_children(&mut self) {
        let count = self.children.len();
        self.children.retain_mut(|(_, child)| {
            if child.faults.iter().any(|fault| fault.keyword == "anyOf") && !child.children.is_empty() {
                child.faults.clear();
            }
            let only_enum = !child.faults.is_empty() && child.faults.iter().all(|fault| fault.keyword == "enum");
            !(only_enum && count > 1)
        });
        for (_, child) in &mut self.children {
            child.thin_children();
        }
    }

    fn tell(&self, value: &Value, name: Option<&str>, out: &mut Vec<(String, String)>) {
        if let Some(first) = self.faults.first().filter(|_| self.faults.iter().all(|fault| fault.keyword == "enum")) {
            let mut allowed: Vec<Value> = Vec::new();
            for value in self.faults.iter().flat_map(|fault| &fault.allowed) {
                if !allowed.contains(value) {
                    allowed.push(value.clone());
                }
            }
            let all: Vec<_> = allowed.iter().map(plain_value).collect();
            let subject = subject(&first.path, value, name);
            let mut text = format!("{subject} must be equal to one of the allowed values: {}", all.join(", "));
            if let Some(best) = best_match(&allowed, value.pointer(&first.path)) {
                text.push_str(&format!(". Did you mean \"{best}\"?"));
            }
            out.push((first.path.clone(), text));
            return;
        }
        for fault in &self.faults {
            let text = match fault.keyword.as_str() {
                "additionalProperties" => fault.message.clone(),
                "type" => match last(&fault.path).or(name) {
                    Some(name) => format!("\"{name}\" property type {}", fault.message),
                    None => format!("Value type {}", fault.message),
                },
                _ => format!("{} {}", subject(&fault.path, value, name), fault.message),
            };
            out.push((fault.path.clone(), text));
        }
        for (_, child) in &self.children {
            child.tell(value, name, out);
        }
    }
}

fn plain_value(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string(),
        _ => print_value(value),
    }
}

/// The parts of a path as the second pass finds them: letters after a slash, with an index that follows. A path with
/// none is not told at all.
fn segments(path: &str) -> Vec<String> {
    if path.is_empty() {
        return vec![String::new()];
    }
    let mut out: Vec<String> = Vec::new();
    let word = |text: &str| {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-'))).unwrap_or(text.len())
    };
    let mut rest = path;
    while let Some(at) = rest.find('/') {
        rest = rest.cut(at + 1..);
        let end = word(rest);
        if end == 0 {
            continue;
        }
        let mut part = rest.cut(..end).to_owned();
        rest = rest.cut(end..);
        if let Some(after) = rest.strip_prefix('/') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                part.push('/');
                part.push_str(after.cut(..digits));
                rest = after.cut(digits..);
            }
        }
        out.push(part);
    }
    out
}

fn last(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(_, last)| last)
}

fn subject(path: &str, root: &Value, name: Option<&str>) -> String {
    if let Some(name) = last(path).or(name) {
        return format!("\"{name}\" property");
    }
    match root.pointer(path).unwrap_or(root) {
        Value::String(_) => "String",
        Value::Number(_) => "Number",
        Value::Bool(_) => "Boolean",
        _ => "Object",
    }
    .to_owned()
}

fn best_match(allowed: &[Value], value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    let texts = allowed.iter().filter_map(Value::as_str).map(|known| (distance(known, text), known));
    let (weight, best) = texts.min_by_key(|(weight, _)| *weight)?;
    (allowed.len() == 1 || weight < best.encode_utf16().count()).then(|| best.to_owned())
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(200).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(200).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_at_what_is_no_letter() {
        assert_eq!(segments("/a/0/b"), ["a/0", "b"]);
        assert_eq!(segments("/a b/c~1d"), ["a", "c"]);
        assert_eq!(segments("/é"), [""; 0]);
    }
}
