//! What a rule function reports: a place, a message, and what it knows beyond that.

use crate::diagnostic::{Diagnostic, Label, Location, Severity};
use crate::lexicon::Judgement;
use crate::openapi::{Api, Operation};
use crate::workspace::Place;

/// One finding of a rule function. The engine adds rule id and severity.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Where to look.
    pub location: Location,
    /// What is wrong and what to do.
    pub message: String,
    /// What to do about it; absent: what the page says.
    pub help: Option<String>,
    /// The most this finding may weigh, where it is less certain than others of its rule.
    pub ceiling: Option<Severity>,
    /// Other places.
    pub related: Vec<Label>,
    /// Operations affected, as `GET /accounts/{id}`.
    pub operations: Vec<String>,
    /// The findings that this one stands for.
    pub parts: Vec<Finding>,
}

impl Finding {
    /// A finding about a value.
    pub fn at(place: Place<'_>, message: impl Into<String>) -> Self {
        Finding::on(place.location(), message)
    }

    /// A finding about the key of a value: the method of an operation, the name of a property.
    pub fn key(place: Place<'_>, message: impl Into<String>) -> Self {
        Finding::on(place.key_location(), message)
    }

    fn on(location: Location, message: impl Into<String>) -> Self {
        Finding {
            location,
            message: message.into(),
            help: None,
            ceiling: None,
            related: Vec::new(),
            operations: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Limits its severity.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.ceiling = Some(self.ceiling.map_or(severity, |ceiling| ceiling.min(severity)));
        self
    }

    /// Limits its severity to what the evidence bears.
    #[must_use]
    pub fn by(self, judgement: &Judgement) -> Self {
        match judgement.ceiling() {
            Some(severity) => self.at_most(severity),
            None => self,
        }
    }

    /// Makes the diagnostic of a rule of it.
    pub(super) fn into_diagnostic(self, rule: &'static str) -> Diagnostic {
        let severity = self.ceiling.unwrap_or(Severity::Error);
        let mut diagnostic = Diagnostic::new(rule, severity, self.message, self.location);
        diagnostic.help = self.help;
        diagnostic.related = self.related;
        diagnostic.operations = self.operations;
        diagnostic.parts = self.parts.into_iter().map(|part| part.into_diagnostic(rule)).collect();
        diagnostic
    }

    /// Names an operation it affects.
    #[must_use]
    pub fn of(mut self, operation: &Operation<'_>) -> Self {
        self.operations.push(operation.label());
        self
    }
}

/// More findings than this about one thing become one finding about the document.
const MANY: usize = 20;

/// Adds `found` to `out`; where there are more than 20, or more than 4 that are over 80 % of the `candidates`, one
/// summary with the first three places instead. `summary` makes its message of the number found.
pub(super) fn fold(
    api: Api<'_>,
    found: Vec<Finding>,
    candidates: usize,
    summary: impl FnOnce(usize) -> String,
    out: &mut Vec<Finding>,
) {
    let count = found.len();
    if count <= MANY && (count <= 4 || count * 5 < candidates * 4) {
        out.extend(found);
        return;
    }
    let root = api.root();
    let place = root.get("openapi").or_else(|| root.get("swagger")).unwrap_or(root);
    let mut whole = Finding::key(place, summary(count));
    whole.ceiling = found.iter().map(|finding| finding.ceiling.unwrap_or(Severity::Error)).max();
    for finding in &found {
        if whole.related.len() < 3 {
            let location = finding.location.clone();
            whole.related.push(Label { location, message: "for example here".to_owned() });
        }
        for operation in &finding.operations {
            if !whole.operations.contains(operation) {
                whole.operations.push(operation.clone());
            }
        }
    }
    whole.parts = found;
    out.push(whole);
}

/// The ceilings of what a rule finds in a contract of OpenAPI 3.0 with these paths.
#[cfg(test)]
pub(super) fn ceilings(
    rule: fn(&super::facts::Facts<'_>, &super::Options, &mut Vec<Finding>),
    paths: &str,
) -> Vec<Option<Severity>> {
    let workspace = crate::workspace::Workspace::from_text("a.yaml", &format!("openapi: 3.0.3\npaths:\n{paths}"));
    let mut out = Vec::new();
    rule(&super::facts::Facts::new(Api::open(&workspace).unwrap()), &super::Options::default(), &mut out);
    out.into_iter().map(|finding| finding.ceiling).collect()
}
