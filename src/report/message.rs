//! Messages of evidence for people: as HTTP shows them, with long runs of one character cut.

use super::escape;
use crate::diagnostic::Evidence;
use crate::text::secret;
use serde_json::Value;

/// Characters of one line.
const MAX_LINE: usize = 600;
/// A run of one character from which on it is cut.
const LONG_RUN: usize = 24;

/// The lines of a message: its first line, header fields, body; the value alone where it is no whole message.
pub(super) fn lines(evidence: &Evidence) -> Vec<String> {
    let finish = |text: &str| escape::line(&escape::shortened(&brief(&secret::mask(text)), MAX_LINE));
    let Some(message) = &evidence.message else { return vec![finish(&evidence.value.to_string())] };
    let text = |key: &str| message.get(key).and_then(Value::as_str);
    let place = text("target").or_else(|| text("webhook")).or_else(|| text("callback")).unwrap_or_default();
    let method = text("method").unwrap_or_default();
    let first = match text("status") {
        Some(status) => format!("{status} response to {method} {place}"),
        None => format!("{method} {}{place}", text("server").unwrap_or_default().trim_end_matches('/')),
    };
    let mut out = vec![finish(&first)];
    for pair in message.get("headers").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get(0).and_then(Value::as_str), pair.get(1).and_then(Value::as_str)) {
            out.push(finish(&format!("{name}: {value}")));
        }
    }
    out.extend(text("body").map(finish));
    out
}

/// A text with runs of one character cut: `"aaa…" (71 characters)`.
pub(super) fn brief(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = at + chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let length = end - at;
        if length < LONG_RUN || chars[at].is_whitespace() {
            out.extend(&chars[at..end]);
        } else {
            out.extend(&chars[at..at + 3]);
            out.push('…');
            // A quotation mark belongs to the text.
            let quoted = at > 0 && chars[at - 1] == '"' && chars.get(end) == Some(&'"');
            if quoted {
                out.push('"');
            }
            out.push_str(&format!(" ({length} characters)"));
            at = end + usize::from(quoted);
            continue;
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn runs_are_told_by_their_length() {
        let long = "a".repeat(71);
        assert_eq!(brief(&format!("{{\"n\":\"{long}\",\"m\":1}}")), "{\"n\":\"aaa…\" (71 characters),\"m\":1}");
        assert_eq!(brief("aaaa"), "aaaa");
        assert_eq!(brief(&format!("/{long}/b")), "/aaa… (71 characters)/b");
    }

    #[test]
    fn messages_are_shown_as_http_shows_them() {
        let message =
            json!({"kind": "request", "method": "POST", "target": "/a?b=1", "headers": [["X-A", "1"]], "body": "{}"});
        let evidence = Evidence { message: Some(message), ..Evidence::default() };
        assert_eq!(lines(&evidence), ["POST /a?b=1", "X-A: 1", "{}"]);
        let message = json!({"kind": "response", "method": "GET", "target": "/a", "status": "200"});
        let evidence = Evidence { message: Some(message), ..Evidence::default() };
        assert_eq!(lines(&evidence), ["200 response to GET /a"]);
    }
}
