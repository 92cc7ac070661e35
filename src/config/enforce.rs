//! Since when findings that the base has as well fail a comparison: `new`, `always`, `from 2027-01-31`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When a finding that the base has as well fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Enforce {
    /// Never: only new findings fail.
    New,
    /// Always.
    Always,
    /// From this day on.
    From(Date),
}

impl Enforce {
    /// Returns whether findings that the base has fail on a day.
    pub fn is_due(self, on: Option<Date>) -> bool {
        match self {
            Enforce::New => false,
            Enforce::Always => true,
            Enforce::From(day) => on.is_none_or(|on| on >= day),
        }
    }
}

impl TryFrom<String> for Enforce {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let day = |date: &str| date.trim().parse().ok().map(Enforce::From);
        match text.as_str() {
            "new" => Ok(Enforce::New),
            "always" => Ok(Enforce::Always),
            other => other
                .strip_prefix("from ")
                .and_then(day)
                .ok_or_else(|| format!("`{text}` must be `new`, `always` or `from YYYY-MM-DD`")),
        }
    }
}

impl From<Enforce> for String {
    fn from(enforce: Enforce) -> String {
        match enforce {
            Enforce::New => "new".to_owned(),
            Enforce::Always => "always".to_owned(),
            Enforce::From(day) => format!("from {day}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_enforced_from_its_day_on() {
        let read = |text: &str| Enforce::try_from(text.to_owned());
        let day = |text: &str| text.parse::<Date>().ok();
        let from = read("from 2027-01-31").unwrap();
        assert_eq!(String::from(from), "from 2027-01-31");
        assert!(!from.is_due(day("2027-01-30")) && from.is_due(day("2027-01-31")));
        assert!(read("always").unwrap().is_due(None) && !read("new").unwrap().is_due(None));
        assert!(read("from 2027-02-30").is_err() && read("never").is_err());
    }
}
