//! Callbacks, and runtime expressions (OpenAPI, Runtime Expressions).

use super::super::Check;
use super::Checker;
use crate::text::near;
use crate::workspace::Place;

/// What a runtime expression may begin with.
const HEADS: [&str; 5] = ["$url", "$method", "$statusCode", "$request", "$response"];
/// The parts of a request or response.
const PARTS: [&str; 4] = ["header", "query", "path", "body"];

impl<'w> Checker<'w> {
    /// Checks the keys of a callback.
    pub(super) fn callback(&mut self, callback: Place<'w>) {
        for member in callback.members().filter(|member| !member.name.starts_with("x-")) {
            let expressions = if member.name.starts_with('$') { vec![member.name] } else { embedded(member.name) };
            for expression in expressions {
                let Some((wrong, meant)) = fault(expression) else {
                    self.source(callback, member.value.key_location(), expression, Check::CallbackExpression);
                    continue;
                };
                let message = format!("`{expression}` is not a runtime expression: {wrong}");
                self.report(Check::CallbackExpression, message, member.value.key_location()).help = Some(match meant {
                    Some(meant) => format!("Write `{meant}`"),
                    None => "Write an expression such as `$request.body#/callbackUrl`".to_owned(),
                });
            }
        }
    }
}

/// The expressions in braces.
pub(super) fn embedded(text: &str) -> Vec<&str> {
    let inner = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inner.map(|(expression, _)| expression).filter(|expression| expression.starts_with('$')).collect()
}

/// What is wrong with an expression, and what is meant where that can be told.
pub(super) fn fault(expression: &str) -> Option<(String, Option<String>)> {
    if ["$url", "$method", "$statusCode"].contains(&expression) {
        return None;
    }
    let end = expression.find(['.', '#']).unwrap_or(expression.len());
    let (head, rest) = expression.split_at(end);
    if !["$request", "$response"].contains(&head) {
        let near = near::nearest(head, HEADS.into_iter());
        return Some((format!("nothing is named `{head}`"), near.map(|near| format!("{near}{rest}"))));
    }
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let end = rest.find(['.', '#']).unwrap_or(rest.len());
    let (part, tail) = rest.split_at(end);
    if !PARTS.contains(&part) {
        let near = near::nearest(part, PARTS.into_iter());
        let wrong = format!("`{head}` has `header`, `query`, `path` and `body`, not `{part}`");
        return Some((wrong, near.map(|near| format!("{head}.{near}{tail}"))));
    }
    let complete = match part {
        "body" => tail.is_empty() || tail == "#" || tail.starts_with("#/"),
        _ => tail.len() > 1 && tail.starts_with('.'),
    };
    if complete {
        return None;
    }
    let meant = match part {
        "body" => Some(format!("{head}.body#/{}", tail.trim_start_matches(['#', '.', '/']).replace('.', "/"))),
        _ => None,
    };
    Some((
        match part {
            "body" => "a part of the body is named by a JSON pointer behind `#`".to_owned(),
            _ => format!("`{part}` needs a name behind a dot"),
        },
        meant,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_standard_are_right_and_slips_are_corrected() {
        for good in [
            "$url",
            "$statusCode",
            "$request.body",
            "$request.body#/a/0",
            "$response.header.Location",
            "$request.query.q",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        let meant = |text| fault(text).and_then(|(_, meant)| meant);
        assert_eq!(meant("$requst.body#/u").as_deref(), Some("$request.body#/u"));
        assert_eq!(meant("$request.boddy#/u").as_deref(), Some("$request.body#/u"));
        assert_eq!(meant("$request.body.url").as_deref(), Some("$request.body#/url"));
        assert!(fault("$request.header").is_some());
        assert_eq!(embedded("http://x?u={$request.query.url}&i={id}"), ["$request.query.url"]);
    }
}
