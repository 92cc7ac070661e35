//! Links to lines of a repository on the web, for formats that people read there.

use super::Base;
use crate::diagnostic::Location;

/// How places become addresses: a template with `{commit}`, `{path}` and `{line}`, and the commit that is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    template: String,
    commit: String,
}

impl Links {
    /// Reads a template such as `https://github.com/OWNER/REPO/blob/{commit}/{path}#L{line}`.
    ///
    /// # Errors
    /// One sentence that says what is wrong.
    pub fn new(template: &str, commit: &str) -> Result<Self, String> {
        let plain = template.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"'`()[]\\".contains(&byte));
        if !template.starts_with("https://") || !plain {
            return Err("the template of links must be an https address without brackets or quotes".to_owned());
        }
        for part in ["{commit}", "{path}", "{line}"] {
            if !template.contains(part) {
                return Err(format!("the template of links has no `{part}`"));
            }
        }
        if !matches!(commit.len(), 40 | 64) || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("links need the full id of the commit that is judged".to_owned());
        }
        Ok(Links { template: template.to_owned(), commit: commit.to_owned() })
    }

    /// Returns the commit that is judged.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Returns the address of a place; of one in the base, at the commit of the base.
    pub fn to(&self, base: Option<&Base>, location: &Location) -> Option<String> {
        let commit = match location.source.revision() {
            None => &self.commit,
            Some(_) => &base?.commit,
        };
        let path: String = location
            .source
            .home()
            .bytes()
            .map(|byte| match byte {
                b'/' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
                _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect();
        let line = location.start().line.to_string();
        let filled = self.template.replace("{commit}", commit).replace("{path}", &path);
        Some(filled.replace("{line}", &line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_could_leave_their_link_are_refused() {
        let commit = "a".repeat(40);
        let good = "https://github.com/o/r/blob/{commit}/{path}#L{line}";
        assert!(Links::new(good, &commit).is_ok());
        for bad in
            ["http://x/{commit}/{path}#L{line}", "https://x/{commit}/{path}", "https://x/{commit}/{path})#L{line}"]
        {
            assert!(Links::new(bad, &commit).is_err(), "{bad}");
        }
        assert!(Links::new(good, "main").is_err());
    }
}
