//! How messages are written as text: path templates, percent-encoding, media types, formats, credentials.

use crate::openapi::Scheme;
use crate::text::Cut;

/// The variables of a path template with the texts that stand for them.
pub(in crate::diff) type Captures = Vec<(String, String)>;

/// What credentials of a scheme look like on the wire; of OAuth 2 one for each way to get a token.
pub(super) fn wires(scheme: &Scheme<'_>) -> Vec<String> {
    let text = |key: &str| scheme.place.get_str(key).unwrap_or_default();
    let one = match scheme.kind() {
        "apiKey" => format!("apiKey {} {}", text("in"), text("name")),
        "http" => format!("http {}", text("scheme").to_ascii_lowercase()),
        "basic" => "http basic".to_owned(),
        other => {
            let flows: Vec<String> = scheme.flows().iter().map(|(flow, _)| format!("{other} {flow}")).collect();
            if !flows.is_empty() {
                return flows;
            }
            other.to_owned()
        }
    };
    vec![one]
}

/// A URL without a final slash.
pub(super) fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// The texts for the variables of a template when a path is one of it.
pub(in crate::diff) fn capture(template: &str, path: &str) -> Option<Captures> {
    let Some((before, variable)) = template.split_once('{') else { return (template == path).then(Vec::new) };
    let (name, after) = variable.split_once('}')?;
    let rest = path.strip_prefix(before)?;
    let longest = rest.find('/').unwrap_or(rest.len());
    // The literal text that follows decides where the variable ends.
    let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).filter(|at| *at <= longest);
    for at in ends.collect::<Vec<_>>().into_iter().rev() {
        if let Some(mut captures) = capture(after, rest.cut(at..)) {
            captures.insert(0, (name.to_owned(), decoded(rest.cut(..at))));
            return Some(captures);
        }
    }
    None
}

/// The names of the variables of a path template, in order.
pub(super) fn variables(template: &str) -> Vec<String> {
    let parts = template.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// Percent-encoded bytes read.
pub(super) fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a message of type `sent` is one of the described type, which may be a range.
pub(super) fn takes(described: &str, sent: &str) -> bool {
    let parts = |name: &str| {
        let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
        (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>())
    };
    let ((wide, wide_extra), (narrow, narrow_extra)) = (parts(described), parts(sent));
    let covers = wide == narrow
        || matches!(wide.as_str(), "*/*" | "*")
        || wide.strip_suffix("/*").is_some_and(|kind| narrow.split('/').next() == Some(kind));
    covers && wide_extra.iter().filter(|extra| *extra != "charset=utf-8").all(|extra| narrow_extra.contains(extra))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_by_their_templates() {
        let one = |name: &str, text: &str| Some(vec![(name.to_owned(), text.to_owned())]);
        assert_eq!(capture("/a/{id}", "/a/x"), one("id", "x"));
        assert_eq!(capture("/a/{id}.json", "/a/x.y.json"), one("id", "x.y"));
        assert_eq!(capture("/a/{id}", "/a/x/y"), None);
        assert_eq!(capture("/a/{id}", "/a/"), None);
        assert_eq!(capture("/a/{id}", "/a/x%2Fy"), one("id", "x/y"));
        assert_eq!(capture("/a", "/a"), Some(Vec::new()));
    }

    #[test]
    fn media_types_are_ranges() {
        assert!(takes("application/*", "application/json") && takes("*/*", "a/b") && takes("a/b", "A/B; x=1"));
        assert!(!takes("a/b; x=1", "a/b") && !takes("text/*", "application/json"));
    }
}
