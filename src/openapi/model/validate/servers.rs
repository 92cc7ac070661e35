//! Addresses of servers, and the variables in them (Server Object, Server Variable Object).

use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::Severity;
use crate::openapi::Version;
use crate::workspace::Place;

impl<'w> Checker<'w> {
    /// Checks the address of a server, and that it and its variables agree.
    pub(super) fn server(&mut self, server: Place<'w>) {
        let Some(url) = server.get("url") else { return };
        let Some(text) = url.as_str() else { return };
        let names = variables(text);
        let declared: Vec<&str> =
            server.get("variables").into_iter().flat_map(Place::members).map(|member| member.name).collect();
        for name in &names {
            if declared.contains(name) {
                continue;
            }
            let near = self.guesses.nearest(name, declared.iter().copied().filter(|known| !names.contains(known)));
            let message = format!("the server variable `{name}` is not defined");
            self.report(Check::Server, message, url.location()).help = Some(match near {
                Some(near) => format!("Write `{{{near}}}`, or rename the variable to `{name}`"),
                None => format!("Add `{name}` with a `default` to `variables`"),
            });
        }
        for member in server.get("variables").into_iter().flat_map(Place::members) {
            let meant = names.iter().any(|name| self.guesses.nearest(name, std::iter::once(member.name)).is_some());
            if !names.contains(&member.name) && !meant {
                let message = format!("the server variable `{}` is not used in the URL", member.name);
                self.warn(Check::Server, message, member.value.key_location()).help =
                    Some(format!("Add `{{{}}}` to the URL, or remove the variable", member.name));
            }
            self.variable(member.name, member.value);
        }
        self.address(url, text);
    }

    /// Checks that the default of a variable is one of its values.
    fn variable(&mut self, name: &str, variable: Place<'w>) {
        let (Some(default), Some(values)) = (variable.get("default"), variable.get("enum")) else { return };
        let Some(text) = default.as_str() else { return };
        let known: Vec<&str> = values.elements().filter_map(Place::as_str).collect();
        if known.is_empty() || known.contains(&text) {
            return;
        }
        // 3.0: the value SHOULD be one of them, later it MUST.
        let severity = if self.version < Version::V3_1 { Severity::Warn } else { Severity::Error };
        let message = format!("the default `{text}` of the server variable `{name}` is not in its `enum`");
        let finding = self.report(Check::Server, message, default.location());
        finding.severity = severity;
        finding.help = Some(format!("Write {}", words::alternatives(&words::quoted(&known))));
    }

    fn address(&mut self, url: Place<'w>, text: &str) {
        let severity = if self.version >= Version::V3_2 { Severity::Error } else { Severity::Warn };
        if let Some(at) = text.find(['?', '#']) {
            let what = if text.as_bytes()[at] == b'?' { "a query string" } else { "a fragment" };
            let message = format!("the server URL {} holds {what}", words::quote(text));
            let finding = self.report(Check::Server, message, url.location());
            finding.severity = severity;
            finding.help = Some(format!("Write `{}`", text.split_at(at).0));
        } else if lacks_scheme(text) {
            let message = format!("the server URL {} has no scheme, so it is a path", words::quote(text));
            self.warn(Check::Server, message, url.location()).help = Some(format!("Write `https://{text}`"));
        }
    }
}

/// The names in braces.
fn variables(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !name.is_empty()
            && !out.contains(&name)
        {
            out.push(name);
        }
    }
    out
}

/// Whether an address begins with a host name as people write it without the scheme.
fn lacks_scheme(text: &str) -> bool {
    let head = text.split('/').next().unwrap_or_default();
    let (host, port) = head.split_once(':').map_or((head, None), |(host, port)| (host, Some(port)));
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    let mut labels = host.split('.');
    let fits = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let last = host.rsplit('.').next().unwrap_or_default();
    let named = host.contains('.')
        && labels.all(fits)
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && !["json", "yaml", "yml", "php", "html", "xml"].contains(&last);
    named || (host == "localhost" && port.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_without_a_scheme_is_told_from_a_path() {
        for text in ["api.example.com/v1", "api.example.com", "example.com:8443/a", "localhost:8080"] {
            assert!(lacks_scheme(text), "{text}");
        }
        for text in
            ["/v1", "./", "https://a.example", "//cdn.example.com", "v1.0/accounts", "{host}/v1", "api.json", ""]
        {
            assert!(!lacks_scheme(text), "{text}");
        }
        assert_eq!(variables("https://{a}.example.com:{b}/{a}"), ["a", "b"]);
    }
}
