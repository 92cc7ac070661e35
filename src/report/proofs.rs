//! The request proofs of a report as programs that others run: what the Hurl and curl formats share.
//!
//! Takes evidence as reports hold it; gives requests whose parts are checked to be what HTTP calls them, so that nothing
//! that a contract holds becomes an option, a file name or a command.

use super::{Style, counted, escape};
use crate::diagnostic::{Diagnostic, EvidenceStatus};
use crate::gate::Report;
use serde_json::Value;

/// What a reader of the script must know besides: what was not examined, and what contracts hide themselves.
fn notes(report: &Report) -> String {
    let mut out = String::new();
    for limitation in report.not_examined() {
        out.push_str(&format!("# not examined: {}\n", escape::cell(&limitation.what)));
    }
    for suppressed in report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()) {
        let words = format!("{} ({}): {}", suppressed.diagnostic.rule, suppressed.by, suppressed.diagnostic.message);
        out.push_str(&format!("# suppressed: {}\n", escape::cell(&words)));
    }
    out
}

/// What a file of requests says before them: what was not examined, and how many requests and other proofs there are.
pub(super) fn opening(report: &Report, requests: &[Request<'_>], others: usize, style: Style) -> String {
    let mut out = notes(report);
    out.push_str(&format!("# {}", counted(requests.len(), "request")));
    let left = requests.iter().filter(|request| !request.is_safe()).count();
    if left > 0 && !style.include_unsafe {
        out.push_str(&format!(", {left} of them commented out (--include-unsafe)"));
    }
    if others > 0 {
        out.push_str(&format!("; {} cannot be sent by a client", counted(others, "proof")));
    }
    out.push('\n');
    out
}

/// The lines of a request, as comments where its method may change something and that was not asked for.
pub(super) fn guarded(text: &str, request: &Request<'_>, style: Style) -> String {
    let mark = if request.is_safe() || style.include_unsafe { "" } else { "# " };
    text.lines().map(|line| format!("{mark}{line}\n")).collect()
}

/// The request of one proof.
pub(super) struct Request<'r> {
    /// Number in the report, from 1.
    pub(super) number: usize,
    pub(super) diagnostic: &'r Diagnostic,
    pub(super) method: &'r str,
    /// Path and query, encoded.
    pub(super) target: String,
    pub(super) headers: Vec<(&'r str, &'r str)>,
    pub(super) body: Option<&'r str>,
    /// The side that accepts it.
    pub(super) accepted_by: &'r str,
    /// Whether it is about who may call.
    pub(super) about_credentials: bool,
}

impl Request<'_> {
    /// Whether the method is safe (RFC 9110 9.2.1): it changes nothing on the server.
    pub(super) fn is_safe(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
    }

    /// What it shows, on one line.
    pub(super) fn title(&self) -> String {
        let words = escape::cell(&format!("{}: {}", self.diagnostic.rule, self.diagnostic.message));
        words.replace(['\r', '\n'], " ")
    }
}

/// The request proofs of a report, and how many proofs cannot be run: responses, webhooks, parts.
pub(super) fn requests(report: &Report) -> (Vec<Request<'_>>, usize) {
    let (mut out, mut others) = (Vec::new(), 0);
    let mut seen: Vec<&Value> = Vec::new();
    for diagnostic in &report.diagnostics {
        let Some(evidence) = diagnostic.evidence.as_ref().filter(|e| e.status == EvidenceStatus::Confirmed) else {
            continue;
        };
        let request = evidence.message.as_ref().and_then(|message| request(diagnostic, message, out.len() + 1));
        match (request, &evidence.message) {
            (Some(request), Some(message)) => {
                // Findings that one message shows are shown once.
                if !seen.contains(&message) {
                    seen.push(message);
                    out.push(request);
                }
            }
            _ => others += 1,
        }
    }
    (out, others)
}

fn request<'r>(diagnostic: &'r Diagnostic, message: &'r Value, number: usize) -> Option<Request<'r>> {
    let text = |key: &str| message.get(key).and_then(Value::as_str);
    if text("kind") != Some("request") {
        return None;
    }
    let method = text("method").filter(|method| is_token(method))?;
    let target = safe_target(text("target")?)?;
    let mut headers = Vec::new();
    for pair in message.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let (name, value) = (pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
        if !is_token(name) || value.chars().any(char::is_control) {
            return None;
        }
        headers.push((name, value));
    }
    let body = text("body");
    if body.is_some_and(|body| body.contains('\0')) {
        return None;
    }
    let evidence = diagnostic.evidence.as_ref()?;
    let about_credentials = evidence.reason.starts_with("the operation asks for");
    Some(Request {
        number,
        diagnostic,
        method,
        target,
        headers,
        body,
        accepted_by: &evidence.accepted_by,
        about_credentials,
    })
}

/// Whether it is a token (RFC 9110 5.6.2) that no tool takes for an option.
fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(token)
}

/// A request target that begins with a slash and holds only what may stand in one (RFC 3986).
fn safe_target(target: &str) -> Option<String> {
    if !target.starts_with('/') {
        return None;
    }
    let mut out = String::with_capacity(target.len());
    for byte in target.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=%".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(out)
}
