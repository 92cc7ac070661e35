//! The request proofs of a report as a Hurl file.
//!
//! `hurl --variable base_url=… --variable token=… --variable least=400 --variable most=499` expects what the revision does,
//! `least=200`, `most=399` what the base does. Bodies that Hurl could read as anything but text are written in Base64.

use super::proofs::{Request, guarded, opening, requests};
use super::{Style, counted};
use crate::gate::Report;

const HEAD: &str = "\
# Request proofs of breaking changes, written by covenant.
#   hurl --variable base_url=https://test.example --variable token=... --variable api_key=... --variable basic=... \\
#        --variable least=400 --variable most=499 proofs.hurl
# The base accepts each request (least=200, most=399), the revision refuses it (least=400, most=499).
";

/// The report as a Hurl file.
pub(super) fn render(report: &Report, style: Style) -> String {
    let (requests, others) = requests(report);
    let mut out = HEAD.to_owned();
    // A file has one expectation: proofs that the base accepts.
    let (requests, turned): (Vec<_>, Vec<_>) = requests.into_iter().partition(|request| request.accepted_by == "base");
    out.push_str(&opening(report, &requests, others, style));
    if !turned.is_empty() {
        let proofs = counted(turned.len(), "proof");
        out.push_str(&format!("# {proofs} that the revision accepts and the base refuses: see --format curl\n"));
    }
    for request in &requests {
        out.push_str(&format!("\n# {}\n", request.title()));
        out.push_str(&guarded(&entry(request), request, style));
    }
    out
}

fn entry(request: &Request<'_>) -> String {
    let target = request.target.replace("%3Capi-key%3E", "{{api_key}}");
    let mut out = format!("{} {{{{base_url}}}}{target}\n", request.method);
    for (name, value) in &request.headers {
        let value = match *value {
            "Bearer <token>" => "Bearer {{token}}".to_owned(),
            "Basic <credentials>" => "Basic {{basic}}".to_owned(),
            "<api-key>" => "{{api_key}}".to_owned(),
            other => literal(other),
        };
        out.push_str(&format!("{}: {value}\n", literal(name)));
    }
    if let Some(body) = request.body {
        out.push_str(&format!("base64,{};\n", base64(body.as_bytes())));
    }
    out.push_str("HTTP *\n[Asserts]\nstatus >= {{least}}\nstatus <= {{most}}\n");
    out
}

/// A text in which Hurl sees no template, comment or escape.
fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '{' | '}' | '#' | '\\' => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let index = (number >> (18 - 6 * at)) & 63;
            out.push(if at <= chunk.len() { ALPHABET[index as usize] as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn templates_and_comments_are_escaped() {
        assert_eq!(literal("a {{b}} # \\c"), "a \\u{7b}\\u{7b}b\\u{7d}\\u{7d} \\u{23} \\u{5c}c");
    }
}
