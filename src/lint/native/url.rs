//! The parts of a URL that rules look at, and the paths below others. No more of RFC 3986 than that.

/// Whether a path is another, or leads on from it.
pub(super) fn is_below(template: &str, start: &str) -> bool {
    template.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A URL taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Url<'a> {
    /// In lower case or not, as written; empty for `//host` and relative ones.
    pub(super) scheme: &'a str,
    /// What stands before `@`.
    pub(super) user: Option<&'a str>,
    /// Host without port and brackets; empty for relative URLs.
    pub(super) host: &'a str,
    /// The port.
    pub(super) port: Option<&'a str>,
    /// From the first `/` on.
    pub(super) rest: &'a str,
}

impl<'a> Url<'a> {
    /// Takes any text apart.
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
                (scheme, Some(rest))
            }
            _ => ("", text.strip_prefix("//")),
        };
        let Some(rest) = rest else { return Url { scheme, user: None, host: "", port: None, rest: text } };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (host, port) = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((inner, port)) => (inner, port.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        };
        Url { scheme, user, host, port, rest }
    }

    /// Whether the scheme sends everything in the clear.
    pub(super) fn is_plain(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("http") || self.scheme.eq_ignore_ascii_case("ws")
    }

    /// Whether the host is the machine itself.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.starts_with("127.")
            || matches!(&*host, "::1" | "0.0.0.0")
    }

    /// Whether only the inside of a network can reach the host: private addresses (RFC 1918, 4193, 3927) and names
    /// that no public resolver knows.
    pub(super) fn is_internal(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let numbers: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
        if let [a, b, _, _] = numbers[..] {
            return a == 10 || (a == 172 && (16..32).contains(&b)) || (a == 192 && b == 168) || (a == 169 && b == 254);
        }
        let names = [".local", ".internal", ".corp", ".lan", ".intra", ".home.arpa", ".svc"];
        names.iter().any(|name| host.ends_with(name))
            || (host.contains(':') && (host.starts_with("fc") || host.starts_with("fd") || host.starts_with("fe80")))
            || !(host.is_empty() || host.contains(['.', ':', '{', '<']))
    }

    /// Whether the host is reserved for documentation (RFC 2606).
    pub(super) fn is_example(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        ["example.com", "example.org", "example.net"]
            .iter()
            .any(|name| host.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.')))
            || host.ends_with(".example")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let url = Url::new("https://me:pw@[::1]:8443/v1?x=1");
        assert_eq!((url.scheme, url.user, url.host, url.port), ("https", Some("me:pw"), "::1", Some("8443")));
        assert_eq!(Url::new("/v1").host, "");
        assert_eq!(Url::new("//api.bank.test/v1").host, "api.bank.test");
    }

    #[test]
    fn internal_hosts_are_told_from_public_ones() {
        for host in ["http://10.1.2.3", "https://payments.internal/v1", "https://gateway", "http://172.20.0.1"] {
            assert!(Url::new(host).is_internal(), "{host}");
        }
        for host in [
            "https://api.bank.com",
            "http://8.8.8.8",
            "/v1",
            "https://{tenant}/v1",
            "http://<host>/v1",
            "http://172.32.0.1",
        ] {
            assert!(!Url::new(host).is_internal(), "{host}");
        }
    }
}
