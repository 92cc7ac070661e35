//! What a provider has promised about notice, overlap and versions: the `lifecycle:` part of `covenant.yaml`.
//!
//! Takes the configured value; gives a [`Policy`] with every default filled in: built-in defaults, then the named
//! profile, then the team's own lines. Unknown keys are errors. Keys may be written with `-` or `_`.

use super::notice::{ByAudience, NoticeTable};
use super::profiles;
use crate::openapi::{Audience, Stability, VersionScheme};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The policy. See `docs/extensions.md` and [`Policy::from_value`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Policy {
    /// The preset that the lines below start from, one of [`profiles::NAMES`].
    pub profile: Option<String>,
    /// How versions are written, where somebody has said so; see [`Policy::version_scheme`].
    pub version_scheme: Option<VersionScheme>,
    /// The regular expression of `version-scheme: pattern`, with a group `major` and, as far as there are any,
    /// `minor` and `patch`.
    pub version_pattern: Option<String>,
    /// Elements below this level never force a major version.
    pub breaking_threshold: Stability,
    /// Which part of the version a change moves.
    pub bump: BumpRules,
    /// Reasons for which a minor version may break: `bugfix`, `regulatory`, `enum`. They must stand in `x-change.kind`.
    pub minor_may_break: Vec<String>,
    /// What a new value of a response enumeration is.
    pub response_enum_add: EnumAddition,
    /// Days between announcement and end, at least.
    pub min_notice_days: NoticeTable,
    /// Days during which the old and the new must both work, at least.
    pub min_overlap_days: ByAudience,
    /// Major versions alive at one time, at most.
    pub max_majors: ByAudience,
    /// Days between two majors, at least.
    pub min_days_between_majors: u32,
    /// Majors within 365 days that clients must follow, at most.
    pub max_forced_migrations_per_year: u32,
    /// Days that an element may stay deprecated, at most.
    pub max_deprecated_days: u32,
    /// Days that an element may stay beta, at most.
    pub beta_max_days: u32,
    /// The way for changes that cannot wait.
    pub emergency: Emergency,
    /// Days on which nothing should end or begin.
    pub calendars: Calendars,
    /// Extensions of one sunset after which the plan is no longer credible.
    pub extensions_before_warning: u32,
    /// When an approaching sunset is reported.
    pub sunset: SunsetReminders,
    /// The audience of contracts that declare none.
    pub default_audience: Audience,
}

/// Which part of the version a change moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct BumpRules {
    /// For breaking changes.
    pub breaking: Part,
    /// For changes that only add.
    pub additive: Part,
    /// For documentation.
    pub docs: Part,
    /// For breaking changes while the version is `0.x`.
    pub zero_major: Part,
}

/// A part of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// No part.
    None,
    /// The third.
    Patch,
    /// The second.
    Minor,
    /// The first.
    Major,
}

/// What a new value of a response enumeration is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnumAddition {
    /// Breaking.
    Breaking,
    /// Risky.
    #[default]
    Risky,
    /// Clients were told to expect it.
    #[serde(alias = "non-breaking")]
    Compatible,
    /// Compatible where `x-extensible-enum` stands.
    ExtensibleOnly,
}

impl EnumAddition {
    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            EnumAddition::Breaking => "breaking",
            EnumAddition::Risky => "risky",
            EnumAddition::Compatible => "compatible",
            EnumAddition::ExtensibleOnly => "extensible-only",
        }
    }
}

/// Changes that cannot wait for the notice period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Emergency {
    /// Values of `x-change.kind` that may use it.
    pub allowed_kinds: Vec<String>,
    /// Fields of `x-change` that must be there then.
    pub requires: Vec<String>,
    /// Days from the change to `reevaluate_on`, at most.
    pub reevaluate_within_days: u32,
}

/// Days to avoid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Calendars {
    /// `weekend`, `target2-holiday`, `us-fed-holiday`.
    pub no_effective_dates_on: Vec<String>,
    /// Further days.
    pub holidays: Vec<Date>,
    /// Times of every year in which nothing is changed.
    pub freeze: Vec<Freeze>,
}

/// A time of every year in which nothing is changed: `from` and `to`, or the last `days` of each period of `rrule`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Freeze {
    /// First day, `MM-DD`.
    #[serde(default)]
    pub from: String,
    /// Last day, `MM-DD`; may lie in the next year.
    #[serde(default)]
    pub to: String,
    /// `month-end`, `quarter-end` or `year-end`, instead of `from` and `to`.
    #[serde(default)]
    pub rrule: Option<String>,
    /// With `rrule`: how many last days.
    #[serde(default)]
    pub days: u8,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// When an approaching sunset is reported, in days before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SunsetReminders {
    /// As a warning.
    pub warn_days: u32,
    /// For information.
    pub info_days: u32,
    /// Days after it during which it is still only a warning.
    pub grace_days: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            profile: None,
            version_scheme: None,
            version_pattern: None,
            breaking_threshold: Stability::Beta,
            bump: BumpRules::default(),
            minor_may_break: Vec::new(),
            response_enum_add: EnumAddition::Risky,
            min_notice_days: NoticeTable::default(),
            min_overlap_days: ByAudience { internal: 30, partner: 90, public: 180 },
            max_majors: ByAudience { internal: 2, partner: 2, public: 3 },
            min_days_between_majors: 180,
            max_forced_migrations_per_year: 2,
            max_deprecated_days: 730,
            beta_max_days: 365,
            emergency: Emergency::default(),
            calendars: Calendars::default(),
            extensions_before_warning: 2,
            sunset: SunsetReminders::default(),
            default_audience: Audience::Internal,
        }
    }
}

impl Default for BumpRules {
    fn default() -> Self {
        BumpRules { breaking: Part::Major, additive: Part::Minor, docs: Part::None, zero_major: Part::Minor }
    }
}

impl Default for Emergency {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Emergency {
            allowed_kinds: words(&["emergency", "security", "regulatory", "legal", "data-loss"]),
            requires: words(&["reason", "approver", "published", "reevaluate_on"]),
            reevaluate_within_days: 30,
        }
    }
}

impl Default for SunsetReminders {
    fn default() -> Self {
        SunsetReminders { warn_days: 30, info_days: 90, grace_days: 0 }
    }
}

impl Policy {
    /// Returns how versions are written: semantic versions where nobody has said otherwise.
    pub fn version_scheme(&self) -> VersionScheme {
        self.version_scheme.unwrap_or(VersionScheme::Semver)
    }

    /// The policy that `value`, the `lifecycle` part of the configuration, describes.
    ///
    /// # Errors
    /// A sentence that names the key that is wrong.
    pub fn from_value(value: Option<&Value>) -> Result<Self, String> {
        let own = value.map_or(Value::Null, kebab);
        let mut whole = serde_json::to_value(Policy::default()).map_err(|error| error.to_string())?;
        if let Some(name) = own.get("profile").and_then(Value::as_str) {
            let preset = profiles::preset(name).ok_or_else(|| {
                let known = profiles::NAMES.join("`, `");
                format!("`lifecycle.profile` is `{name}`, but the profiles are `{known}`")
            })?;
            merge(&mut whole, &preset);
        }
        merge(&mut whole, &own);
        let policy: Policy =
            serde_json::from_value(whole).map_err(|error| format!("`lifecycle` cannot be read: {error}"))?;
        policy.calendars.fault().map_or(Ok(policy), Err)
    }
}

/// The same value with `-` for `_` in every key.
fn kebab(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.replace('_', "-"), kebab(value))).collect())
        }
        other => other.clone(),
    }
}

/// Lays `over` on `base`: objects key by key, anything else whole.
fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (_, Value::Null) => {}
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::ElementKind;
    use serde_json::json;

    #[test]
    fn own_lines_win_over_the_profile_and_the_profile_over_the_defaults() {
        let policy = Policy::from_value(Some(&json!({
            "profile": "open-banking-uk", "min_notice_days": {"partner": {"operation": 100}}
        })))
        .unwrap();
        let owed = policy.notice(Audience::Partner, ElementKind::Operation, Stability::Stable);
        assert_eq!((owed.days, owed.line.as_str()), (100, "min-notice-days.partner.operation"));
        assert_eq!(policy.version_scheme(), VersionScheme::Obuk);
        assert_eq!(policy.notice(Audience::Public, ElementKind::Property, Stability::Stable).days, 180);
        assert_eq!(Policy::from_value(None).unwrap(), Policy::default());
    }

    #[test]
    fn a_misspelled_key_is_named() {
        let error = Policy::from_value(Some(&json!({"min-notise-days": {}}))).unwrap_err();
        assert!(error.contains("min-notise-days"), "{error}");
        let error = Policy::from_value(Some(&json!({"profile": "nowhere"}))).unwrap_err();
        assert!(error.contains("open-banking-uk"), "{error}");
    }

    #[test]
    fn a_calendar_that_could_never_hit_is_refused() {
        for (calendars, expected) in [
            (json!({"no-effective-dates-on": ["week-end"]}), "week-end"),
            (json!({"freeze": [{"from": "13-01", "to": "01-08"}]}), "13-01"),
            (json!({"freeze": [{"from": "12-10"}]}), "`to`"),
            (json!({"freeze": [{"rrule": "fortnight", "days": 3}]}), "fortnight"),
            (json!({"freeze": [{"rrule": "quarter-end"}]}), "`days`"),
        ] {
            let error = Policy::from_value(Some(&json!({"calendars": calendars}))).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn every_profile_is_a_valid_policy() {
        for name in profiles::NAMES {
            let policy = Policy::from_value(Some(&json!({"profile": name})));
            assert!(policy.is_ok(), "{name}: {policy:?}");
        }
    }
}
