//! Promises about service: latency, availability, quotas. A worse one breaks no schema and still breaks clients.

use super::pair::audience;
use crate::diagnostic::{Assurance, Diagnostic, Severity};
use crate::openapi::{Api, Audience};
use crate::promise::{Policy, SERVICE_KEYS, service_numbers, service_worse};
use crate::workspace::Place;

/// The promises of `base` that `revision` does not keep: `lc-service-level-weakened`.
pub(super) fn weakened(base: Api<'_>, revision: Api<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let severity = if audience(revision, policy) == Audience::Internal { Severity::Warn } else { Severity::Error };
    let mut out = Vec::new();
    let mut compare = |name: &str, old: Option<Place<'_>>, new: Option<Place<'_>>, operation: Option<String>| {
        for holder in SERVICE_KEYS {
            let Some(before) = old.and_then(|place| place.get(holder)) else { continue };
            let after = new.and_then(|place| place.get(holder));
            for (path, value) in service_numbers(before) {
                let at = after.and_then(|after| after.descend(&path.iter().map(String::as_str).collect::<Vec<_>>()));
                let label = format!("{holder}.{}", path.join("."));
                let Some((message, place)) = service_worse(name, &label, value, at) else { continue };
                let place = place.or(after).or(new).unwrap_or(value);
                let mut found = Diagnostic::new("lc-service-level-weakened", severity, message, place.location());
                found.base_location = Some(value.location());
                found.assurance = vec![Assurance::ServiceLevel];
                found.operations = operation.iter().cloned().collect();
                out.push(found);
            }
        }
    };
    compare("the API", Some(base.root()), Some(revision.root()), None);
    compare("the API", base.info(), revision.info(), None);
    let after = revision.all_operations();
    for old in base.all_operations() {
        let label = old.label();
        if let Some(new) = after.iter().find(|operation| operation.label() == label) {
            compare(&format!("`{label}`"), Some(old.place), Some(new.place), Some(label.clone()));
        }
    }
    out
}
