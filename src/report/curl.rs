//! The request proofs of a report as a shell script for `curl`.
//!
//! Everything from contracts stands in single quotes; address and credentials are variables of the environment. Requests
//! with methods that change something are commented out unless they are asked for.

use super::Style;
use super::proofs::{Request, guarded, opening, requests};
use crate::gate::Report;

const HEAD: &str = r#"#!/bin/sh
# Request proofs of breaking changes, written by covenant. Nothing is sent until this script is run:
#   BASE_URL=https://test.example EXPECT=revision TOKEN=... sh proofs.sh
# EXPECT=base: each request is accepted. EXPECT=revision: each request is refused with a 4xx status code.
: "${BASE_URL:?set BASE_URL to the address of a test stage}"
EXPECT="${EXPECT:-revision}"
failed=0
# proof NUMBER ACCEPTING-SIDE ABOUT-CREDENTIALS TITLE CURL-ARGUMENT...
proof() {
  number=$1 accepting=$2 credentials=$3 title=$4
  shift 4
  status=$(curl --disable --silent --show-error --globoff --path-as-is --max-time 30 --output /dev/null --write-out '%{http_code}' "$@") || status=000
  case $status in
    000) seen=unreachable ;;
    401|403) if [ "$credentials" = yes ]; then seen=refused; else seen=unauthenticated; fi ;;
    4??) seen=refused ;;
    *) seen=accepted ;;
  esac
  wanted=refused
  if [ "$EXPECT" = "$accepting" ]; then wanted=accepted; fi
  if [ "$seen" = "$wanted" ]; then mark=ok; else mark=FAIL failed=1; fi
  printf '%s %s %s (%s, expected %s): %s\n' "$mark" "$number" "$status" "$seen" "$wanted" "$title"
}
"#;

/// The report as a shell script.
pub(super) fn render(report: &Report, style: Style) -> String {
    let (requests, others) = requests(report);
    let mut out = HEAD.to_owned();
    out.push_str(&opening(report, &requests, others, style));
    for request in &requests {
        out.push_str(&format!("\n# {}\n", request.title()));
        out.push_str(&guarded(&command(request), request, style));
    }
    out.push_str("\nexit $failed\n");
    out
}

/// A text in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text of a contract as a word of the shell. What is not printable is written in octal by a line before, so that the
/// script itself commands no terminal and no runner that shows it.
fn word(text: &str, before: &mut String) -> String {
    let is_plain = |c: char| c == ' ' || (c.is_ascii_graphic());
    if text.chars().all(is_plain) {
        return quoted(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if is_plain(c) => out.push(c),
            c => {
                let mut bytes = [0; 4];
                out.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\0{byte:03o}")));
            }
        }
    }
    let name = format!("text{}", before.lines().count() + 1);
    // The mark keeps new lines at the end.
    before.push_str(&format!("{name}=$(printf '%b' {})\n", quoted(&format!("{out}x"))));
    format!("\"${{{name}%x}}\"")
}

fn command(request: &Request<'_>) -> String {
    let mut before = String::new();
    let credentials = if request.about_credentials { "yes" } else { "no" };
    let mut words = vec![
        "proof".to_owned(),
        request.number.to_string(),
        quoted(request.accepted_by),
        credentials.to_owned(),
        quoted(&request.title()),
    ];
    if request.method == "HEAD" {
        words.push("--head".to_owned());
    } else {
        words.extend(["--request".to_owned(), quoted(request.method)]);
    }
    words.extend(["--url".to_owned(), format!("\"${{BASE_URL}}\"{}", target(&request.target))]);
    for (name, value) in &request.headers {
        words.extend(["--header".to_owned(), header(name, value, &mut before)]);
    }
    if let Some(body) = request.body {
        words.extend(["--data-raw".to_owned(), word(body, &mut before)]);
    }
    format!("{before}{}\n", words.join(" "))
}

fn target(target: &str) -> String {
    let parts: Vec<String> = target.split("%3Capi-key%3E").map(quoted).collect();
    parts.join("\"${API_KEY:-api-key}\"")
}

/// A header field; placeholders of credentials become variables.
fn header(name: &str, value: &str, before: &mut String) -> String {
    let (before, variable) = match value {
        "Bearer <token>" => ("Bearer ", "TOKEN:-token"),
        "Basic <credentials>" => ("Basic ", "BASIC:-dTpw"),
        "<api-key>" => ("", "API_KEY:-api-key"),
        other => return word(&format!("{name}: {other}"), before),
    };
    format!("{}\"${{{variable}}}\"", quoted(&format!("{name}: {before}")))
}
