//! How much notice is owed: the tables by audience and kind of element, and the line of the policy that counts.

use super::Policy;
use crate::openapi::{Audience, ElementKind, Stability};
use serde::{Deserialize, Serialize};

/// Notice by audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NoticeTable {
    /// Towards own teams.
    pub internal: NoticeDays,
    /// Towards partners.
    pub partner: NoticeDays,
    /// Towards everyone.
    pub public: NoticeDays,
    /// Never less than this towards partners and the public; RTS 2018/389 art. 30(4) asks for three months.
    pub regulated_interface_floor: u32,
}

/// Notice by kind of element, in days. A kind that is left out keeps the value of the preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoticeDays {
    /// Operations, webhooks, tags and whole versions.
    pub operation: u32,
    /// Parameters, headers, media types, schemas, properties, values.
    pub field: u32,
    /// Security schemes.
    pub security_scheme: u32,
    /// Anything whose level is beta.
    pub beta: u32,
}

/// A number for each audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ByAudience {
    /// Own teams.
    pub internal: u32,
    /// Partners.
    pub partner: u32,
    /// Everyone.
    pub public: u32,
}

impl ByAudience {
    /// The number for `audience`.
    pub fn of(&self, audience: Audience) -> u32 {
        match audience {
            Audience::Internal => self.internal,
            Audience::Partner => self.partner,
            Audience::Public => self.public,
        }
    }
}

impl Default for NoticeTable {
    fn default() -> Self {
        let days = |operation, field, security_scheme| NoticeDays { operation, field, security_scheme, beta: 30 };
        NoticeTable {
            internal: days(90, 60, 90),
            partner: days(180, 120, 180),
            public: days(365, 180, 365),
            regulated_interface_floor: 0,
        }
    }
}

/// A length of notice that is owed, and the line of the policy that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Days.
    pub days: u32,
    /// The line: `min-notice-days.partner.operation`.
    pub line: String,
}

impl Policy {
    /// The notice owed for the end of an element of this kind and level towards this audience.
    pub fn notice(&self, audience: Audience, kind: ElementKind, level: Stability) -> Owed {
        let table = &self.min_notice_days;
        let row = match audience {
            Audience::Internal => &table.internal,
            Audience::Partner => &table.partner,
            Audience::Public => &table.public,
        };
        let (days, column) = match (level, kind) {
            (Stability::Draft | Stability::Alpha, _) => {
                return Owed { days: 0, line: format!("{} elements are owed no notice", level.name()) };
            }
            (Stability::Beta, _) => (row.beta, "beta"),
            (_, ElementKind::SecurityScheme) => (row.security_scheme, "security-scheme"),
            (_, ElementKind::Api | ElementKind::Tag | ElementKind::Operation | ElementKind::Webhook) => {
                (row.operation, "operation")
            }
            _ => (row.field, "field"),
        };
        let floor = table.regulated_interface_floor;
        if audience != Audience::Internal && level == Stability::Stable && floor > days {
            return Owed { days: floor, line: "min-notice-days.regulated-interface-floor".to_owned() };
        }
        Owed { days, line: format!("min-notice-days.{}.{column}", audience.name()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_regulated_floor_lifts_shorter_notices_but_not_those_of_betas() {
        let policy =
            Policy::from_value(Some(&json!({"profile": "psd2", "min-notice-days": {"partner": {"field": 10}}})))
                .unwrap();
        let owed = policy.notice(Audience::Partner, ElementKind::Property, Stability::Stable);
        assert_eq!((owed.days, owed.line.as_str()), (90, "min-notice-days.regulated-interface-floor"));
        assert_eq!(policy.notice(Audience::Partner, ElementKind::Property, Stability::Beta).days, 30);
        assert_eq!(policy.notice(Audience::Public, ElementKind::Property, Stability::Alpha).days, 0);
    }
}
