//! The way for changes that cannot wait for their notice: which kinds may take it, and what must be on record.
//!
//! Takes a record (`x-emergency-change`, or `x-change` of a contract) and the day of its effect; gives what is missing.

use super::calendar::days_between;
use super::policy::Emergency;
use crate::openapi::parse_date;
use crate::workspace::Place;
use jiff::civil::Date;

impl Emergency {
    /// Whether a complete `x-emergency-change` at `element`, else at `info`, excuses the short notice of an end on `end`.
    pub fn covers(&self, element: Place<'_>, info: Option<Place<'_>>, end: Date) -> bool {
        let record = element.get("x-emergency-change").or_else(|| info?.get("x-emergency-change"));
        // The announcement itself says when it was published.
        record.is_some_and(|record| self.fault(record, Some(end), &["published"]).is_none())
    }

    /// What `record` lacks, in one sentence without a subject; `None` when it is complete. `known` are fields that
    /// are told elsewhere. A record that names no kind is taken at its word.
    pub fn fault(&self, record: Place<'_>, effective: Option<Date>, known: &[&str]) -> Option<String> {
        let kind = record.get_str("kind").unwrap_or_default();
        if !kind.is_empty() && !self.allows(kind) {
            let kind = crate::text::escape::shortened(&crate::text::escape::line(kind), 40);
            return Some(format!(
                "is of the kind `{kind}`, but only `{}` may be urgent",
                self.allowed_kinds.join("`, `")
            ));
        }
        let missing: Vec<String> = self
            .requires
            .iter()
            .filter(|key| !known.contains(&key.as_str()))
            .filter(|key| record.get(key).is_none_or(|value| value.is_null() || value.text().trim().is_empty()))
            .map(|key| format!("`{key}`"))
            .collect();
        if !missing.is_empty() {
            return Some(format!("does not document {}", missing.join(", ")));
        }
        if !self.requires.iter().any(|key| key == "reevaluate_on") {
            return None;
        }
        let limit = self.reevaluate_within_days;
        let day = record.get("reevaluate_on").map(Place::text).and_then(parse_date);
        match (day, effective) {
            (Some(day), Some(effective)) if days_between(effective, day) <= i64::from(limit) => None,
            (Some(_), None) => None,
            _ => Some(format!("must be looked at again within {limit} days of its effect (`reevaluate_on`)")),
        }
    }

    /// Whether changes of this kind may take the way.
    pub fn allows(&self, kind: &str) -> bool {
        self.allowed_kinds.iter().any(|allowed| allowed == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;
    use jiff::civil::date;

    fn fault(policy: &Emergency, record: &str) -> Option<String> {
        let workspace = Workspace::from_text("a.yaml", &format!("record: {{{record}}}\n"));
        let record = workspace.root().get("record").unwrap();
        policy.fault(record, Some(date(2026, 6, 1)), &[])
    }

    #[test]
    fn a_record_is_complete_by_the_policy_alone() {
        let policy = Emergency::default();
        let whole = "kind: security, reason: r, approver: a, published: 2026-05-30, reevaluate_on: 2026-06-20";
        assert_eq!(fault(&policy, whole), None);
        assert!(fault(&policy, &whole.replace("security", "marketing")).unwrap().contains("may be urgent"));
        assert!(fault(&policy, &whole.replace("approver: a, ", "")).unwrap().contains("`approver`"));
        assert!(fault(&policy, &whole.replace("06-20", "07-20")).unwrap().contains("within 30 days"));
        let longer = Emergency { reevaluate_within_days: 90, ..policy.clone() };
        assert_eq!(fault(&longer, &whole.replace("06-20", "07-20")), None);
        let more = Emergency { requires: vec!["documented_at".to_owned()], ..policy.clone() };
        assert!(fault(&more, whole).unwrap().contains("`documented_at`"));
        let less = Emergency { requires: Vec::new(), ..policy };
        assert_eq!(fault(&less, "kind: security"), None);
    }
}
