//! Approvals of intended breaks: what a platform knows of a pull request in, who approved a finding out.
//!
//! Takes the text of an approvals file (`docs/approvals.md`); trusts it as far as its source is trusted, and nothing in the
//! revision. A review counts when it approved the commit that is judged and its author's latest word is an approval. A label
//! counts by whoever set it last, for what was reported on the commit that was judged then: a finding that changed since is
//! not approved. The author of the change and those who committed to it approve nothing.

use super::waivers::wildcard;
use crate::config::{ApprovalPolicy, Waiver, overlap};
use crate::diagnostic::{Bump, Diagnostic, Impact, Part};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The format of the file.
pub const APPROVALS_SCHEMA: &str = "covenant-approvals/1";

/// What a platform knows of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    schema: String,
    /// The id of the commit that the change ends with.
    pub head: String,
    /// Who opened the change.
    author: String,
    /// Who committed to it.
    #[serde(default)]
    committers: Vec<String>,
    /// Reviews and labels, oldest first.
    #[serde(default, rename = "approvals")]
    given: Vec<Approval>,
    /// What was reported for earlier commits: keys of findings by the id of the commit.
    #[serde(default)]
    reported: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    how: How,
    by: String,
    /// The commit that was reviewed, or that the change ended with when the label was set.
    commit: String,
    /// Of a review.
    #[serde(default)]
    state: State,
    /// Of a label.
    #[serde(default)]
    label: String,
    /// The teams that the person is in, as `organisation/team`.
    #[serde(default)]
    teams: Vec<String>,
    /// What the person may do with the repository.
    #[serde(default)]
    permission: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Review,
    Label,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Approved,
    Dismissed,
    ChangesRequested,
    #[default]
    Commented,
}

impl Approvals {
    /// Reads the text of an approvals file.
    ///
    /// # Errors
    /// One sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let approvals: Approvals =
            serde_json::from_str(text).map_err(|error| format!("the approvals cannot be read: {error}"))?;
        if approvals.schema != APPROVALS_SCHEMA {
            return Err(format!(
                "the approvals have the format `{}`; `{APPROVALS_SCHEMA}` is needed",
                approvals.schema
            ));
        }
        let is_id = |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_id(&approvals.head) || approvals.author.is_empty() {
            return Err("the approvals need the full commit id `head` and the `author` of the change".to_owned());
        }
        Ok(approvals)
    }

    /// Says who approved a finding and how, if enough people who may have.
    pub fn of(&self, policy: &ApprovalPolicy, finding: &Diagnostic) -> Option<String> {
        let names = |patterns: &[String]| patterns.iter().any(|one| finding.ids().any(|id| wildcard(one, id)));
        if names(&policy.never) {
            return None;
        }
        let role = policy.roles.values().find(|role| names(&role.rules));
        let approvers = role.map_or(&policy.approvers, |role| &role.approvers);
        self.by_people(policy, finding, (approvers, role.is_some()), if policy.four_eyes { 2 } else { 1 })
    }

    /// The rules of the roles that nobody is asked for when a waiver is approved: it may name a change by an id that says
    /// nothing of them.
    pub fn barred(policy: &ApprovalPolicy, waiver: &Waiver) -> Vec<String> {
        if waiver.break_glass && !policy.break_glass.is_empty() {
            return Vec::new();
        }
        let asked = |rules: &[String]| rules.iter().any(|pattern| overlap(pattern, &waiver.rule));
        policy.roles.values().filter(|role| !asked(&role.rules)).flat_map(|role| role.rules.clone()).collect()
    }

    /// Says who approved a waiver that the revision brings: for every role whose rules it could cover somebody of it, and of a
    /// break-glass waiver two people.
    pub fn of_waiver(&self, policy: &ApprovalPolicy, waiver: &Waiver, proposal: &Diagnostic) -> Option<String> {
        let covers = |patterns: &[String]| patterns.iter().any(|pattern| overlap(pattern, &waiver.rule));
        let needed = if waiver.break_glass || policy.four_eyes { 2 } else { 1 };
        if waiver.break_glass && !policy.break_glass.is_empty() {
            return self.by_people(policy, proposal, (&policy.break_glass, true), needed);
        }
        let roles: Vec<_> = policy.roles.values().filter(|role| covers(&role.rules)).collect();
        if roles.is_empty() {
            return self.by_people(policy, proposal, (&policy.approvers, false), needed);
        }
        let by = roles.iter().map(|role| self.by_people(policy, proposal, (&role.approvers, true), needed));
        let mut by = by.collect::<Option<Vec<String>>>()?;
        by.dedup();
        Some(by.join(", "))
    }

    /// Says who of some people approved a finding, if as many as needed did; `named` says that nobody else may.
    fn by_people(
        &self,
        policy: &ApprovalPolicy,
        finding: &Diagnostic,
        (approvers, named): (&[String], bool),
        needed: usize,
    ) -> Option<String> {
        let key = approval_key(finding);
        let mut by: BTreeMap<String, String> = BTreeMap::new();
        for approval in self.standing() {
            let how = match approval.how {
                How::Review => approval.commit == self.head,
                How::Label => {
                    policy.label.as_ref() == Some(&approval.label)
                        && (approval.commit == self.head
                            || self.reported.get(&approval.commit).is_some_and(|keys| keys.contains(&key)))
                }
            };
            if how && self.may(approval, approvers, named) {
                let means = match approval.how {
                    How::Review => "review".to_owned(),
                    How::Label => format!("label `{}`", approval.label),
                };
                let commit = approval.commit.get(..12).unwrap_or(&approval.commit);
                by.insert(approval.by.to_lowercase(), format!("{} ({means} of {commit})", approval.by));
            }
        }
        (by.len() >= needed).then(|| by.into_values().collect::<Vec<_>>().join(", "))
    }

    /// Those whose word stands: of one person's reviews the last that decides, of a label the last who set it.
    fn standing(&self) -> impl Iterator<Item = &Approval> {
        let mut reviews: BTreeMap<String, &Approval> = BTreeMap::new();
        let mut labels: BTreeMap<&str, &Approval> = BTreeMap::new();
        for approval in &self.given {
            match approval.how {
                How::Review if approval.state != State::Commented => {
                    reviews.insert(approval.by.to_lowercase(), approval);
                }
                How::Review => {}
                How::Label => {
                    labels.insert(&approval.label, approval);
                }
            }
        }
        let approved = reviews.into_values().filter(|review| review.state == State::Approved);
        approved.chain(labels.into_values())
    }

    /// Whether somebody may approve: no party to the change, and named, or allowed to write where nobody is.
    fn may(&self, approval: &Approval, approvers: &[String], named: bool) -> bool {
        let same = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
        let party = std::iter::once(&self.author).chain(&self.committers).any(|name| same(name, &approval.by));
        let listed = approvers.iter().any(|approver| match approver.strip_prefix('@') {
            Some(team) if team.contains('/') => approval.teams.iter().any(|own| same(own, team)),
            Some(name) => same(name, &approval.by),
            None => same(approver, &approval.by),
        });
        let writes = ["write", "maintain", "admin"].contains(&approval.permission.as_str());
        !party && (listed || (approvers.is_empty() && !named && writes))
    }
}

/// Returns whether a finding is one that has to be intended: a break, weaker protection, a version that says nothing of it, or
/// a waiver that the revision brings.
pub fn is_approvable(finding: &Diagnostic) -> bool {
    let breaks = finding.impact == Impact::Breaking || finding.weakens || finding.required_bump == Bump::Major;
    (finding.category.is_some() && breaks) || finding.rule == super::WAIVER_PROPOSED
}

/// Returns what a finding is approved as: another one when its place, its sentence or its impact changes.
pub fn approval_key(finding: &Diagnostic) -> String {
    let message = finding.own.as_ref().unwrap_or(&finding.message);
    key_of([&finding.fingerprint, &finding.rule, message, finding.impact.name()])
}

/// Returns what a part of a finding is approved as; `None` where nothing has to be approved.
pub fn approval_key_of_part(part: &Part) -> Option<String> {
    let key = || key_of([&part.fingerprint, &part.rule, &part.message, part.impact.name()]);
    (part.impact == Impact::Breaking).then(key)
}

fn key_of(parts: [&str; 4]) -> String {
    super::digest(&parts.join("\u{1f}")).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Role;
    use crate::diagnostic::{Location, Severity};
    use crate::text::{SourceText, Span};
    use serde_json::{Value, json};
    use std::sync::Arc;

    const HEAD: &str = "1111111111111111111111111111111111111111";
    const OLD: &str = "2222222222222222222222222222222222222222";

    fn finding(message: &str) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
        let mut finding =
            Diagnostic::new("api-removed", Severity::Error, message, Location::new(&source, Span::at(0), "/a"));
        finding.fingerprint = "f".to_owned();
        finding
    }

    fn approved(approvals: &[Value], policy: &ApprovalPolicy, finding: &Diagnostic) -> bool {
        let keys = [approval_key(&super::tests::finding("gone"))];
        let text = json!({
            "schema": APPROVALS_SCHEMA, "head": HEAD, "author": "ann", "committers": ["Carl"],
            "approvals": approvals, "reported": {OLD: keys},
        });
        Approvals::parse(&text.to_string()).unwrap().of(policy, finding).is_some()
    }

    fn review(by: &str, state: &str, commit: &str) -> Value {
        json!({"how": "review", "by": by, "state": state, "commit": commit, "permission": "write", "teams": ["bank/owners"]})
    }

    fn label(by: &str, commit: &str) -> Value {
        json!({"how": "label", "by": by, "label": "ok", "commit": commit, "permission": "write"})
    }

    #[test]
    fn only_the_last_word_of_somebody_else_about_this_commit_approves() {
        let (policy, gone) = (ApprovalPolicy::default(), finding("gone"));
        let is = |approvals: &[Value]| approved(approvals, &policy, &gone);
        assert!(is(&[review("bob", "approved", HEAD)]));
        assert!(is(&[review("bob", "changes-requested", HEAD), review("bob", "approved", HEAD)]));
        assert!(is(&[review("bob", "approved", HEAD), review("bob", "commented", HEAD)]));
        assert!(!is(&[review("bob", "approved", HEAD), review("bob", "dismissed", HEAD)]));
        assert!(!is(&[review("bob", "approved", HEAD), review("BOB", "changes-requested", HEAD)]));
        assert!(!is(&[review("bob", "approved", OLD)]));
        assert!(!is(&[review("Ann", "approved", HEAD)]) && !is(&[review("carl", "approved", HEAD)]));
        let mut reader = review("bob", "approved", HEAD);
        reader["permission"] = json!("read");
        assert!(!is(&[reader]));
    }

    #[test]
    fn a_label_approves_what_was_reported_when_it_was_set_and_dies_with_the_finding() {
        let policy = ApprovalPolicy { label: Some("ok".to_owned()), ..ApprovalPolicy::default() };
        assert!(approved(&[label("bob", OLD)], &policy, &finding("gone")));
        assert!(!approved(&[label("bob", OLD)], &policy, &finding("gone and more")));
        assert!(approved(&[label("bob", HEAD)], &policy, &finding("anything")));
        assert!(!approved(&[label("bob", &"3".repeat(40))], &policy, &finding("gone")));
        assert!(!approved(&[label("bob", OLD), label("ann", OLD)], &policy, &finding("gone")));
        assert!(!approved(&[label("bob", OLD)], &ApprovalPolicy::default(), &finding("gone")));
    }

    #[test]
    fn approvers_roles_four_eyes_and_what_nobody_approves() {
        let gone = finding("gone");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let only = |approvers: &[&str]| ApprovalPolicy { approvers: names(approvers), ..ApprovalPolicy::default() };
        let one = [review("bob", "approved", HEAD)];
        assert!(approved(&one, &only(&["bob"]), &gone) && approved(&one, &only(&["@bank/owners"]), &gone));
        assert!(!approved(&one, &only(&["dora"]), &gone) && !approved(&one, &only(&["@bank/others"]), &gone));
        let two = ApprovalPolicy { four_eyes: true, ..ApprovalPolicy::default() };
        let both = [review("bob", "approved", HEAD), review("dora", "approved", HEAD)];
        assert!(!approved(&one, &two, &gone) && approved(&both, &two, &gone));
        let role = Role { approvers: names(&["dora"]), rules: names(&["api-*"]) };
        let roles = ApprovalPolicy { roles: [("r".to_owned(), role)].into(), ..only(&["bob"]) };
        assert!(!approved(&one, &roles, &gone) && approved(&both, &roles, &gone));
        let never = ApprovalPolicy { never: names(&["api-*"]), ..ApprovalPolicy::default() };
        assert!(!approved(&both, &never, &gone));
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for text in ["", "{}", "[]", r#"{"schema": "covenant-approvals/2", "head": "1", "author": "a"}"#] {
            assert!(Approvals::parse(text).is_err(), "{text}");
        }
        let short = json!({"schema": APPROVALS_SCHEMA, "head": "abc", "author": "a"});
        assert!(Approvals::parse(&short.to_string()).is_err());
        let more = json!({"schema": APPROVALS_SCHEMA, "head": HEAD, "author": "a", "admin": true});
        assert!(Approvals::parse(&more.to_string()).is_err());
    }
}
