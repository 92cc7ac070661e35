//! What a ruleset is, as text: two rulesets of the same identity find the same. The key of cached results.

use super::super::functions::Function;
use super::Ruleset;
use std::fmt::Write as _;

impl Ruleset {
    /// Everything that decides what the rules that run find; `None` where that is not known here, because functions
    /// come from elsewhere or because overrides must be applied first, see [`Ruleset::for_document`].
    pub fn identity(&self) -> Option<String> {
        let mut out = format!("{:?} {:?} {:?}", self.formats.list, self.duplicate_keys, self.incompatible_values);
        // A rule that rests is known, and what ignores it is not called idle.
        let _ = write!(out, " {:?}", self.rules.keys());
        for (name, rule) in self.rules.iter().filter(|(_, rule)| rule.runs()) {
            let known =
                |function: &Function| matches!(function, Function::Core(_) | Function::Schema(_) | Function::Oas(..));
            if !rule.then.iter().all(|then| known(&then.function)) {
                return None;
            }
            let definition = serde_json::to_string(&*rule.definition).ok()?;
            let texts = (name, definition, &rule.description, &rule.message, &rule.url, &rule.given);
            let settings = (rule.severity, &rule.formats, rule.resolved, rule.private, &rule.aliases, &rule.by_pointer);
            let _ = write!(out, "\n{texts:?} {settings:?}");
        }
        Some(out)
    }

    /// Whether it is another one for some documents.
    pub fn has_overrides(&self) -> bool {
        !self.overrides.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn whatever_changes_findings_changes_the_identity() {
        let base = "rules:\n  r: {given: $.info, severity: warn, message: m, then: {field: x, function: truthy}}\n";
        let identity = |text: &str| Ruleset::from_text(Path::new("r.yaml"), text).unwrap().identity().unwrap();
        assert_eq!(identity(base), identity(base));
        for (old, new) in [
            ("warn", "error"),
            ("$.info", "$.paths"),
            ("message: m", "message: n"),
            ("truthy", "falsy"),
            ("field: x", "field: y"),
        ] {
            assert_ne!(identity(base), identity(&base.replace(old, new)), "{old}");
        }
        assert_ne!(identity(base), identity(&format!("aliases: {{A: [$.b]}}\n{}", base.replace("$.info", "'#A'"))));
    }
}
