//! What a provider promises about the life of its APIs: policy, states, calendars.
//!
//! Takes the `lifecycle` part of the configuration and life keys of a contract; gives a [`Policy`], a [`State`], days.
//! Judges no contract: rules, timelines and version verdicts do, by it. Stands on `openapi`.

mod calendar;
mod classification;
mod emergency;
mod notice;
mod policy;
mod profiles;
mod service;
mod state;

pub use calendar::{days_between, risks};
pub use classification::{CLASSIFICATION, declassified};
pub use notice::{ByAudience, NoticeDays, NoticeTable, Owed};
pub use policy::{BumpRules, Calendars, Emergency, EnumAddition, Freeze, Part, Policy, SunsetReminders};
pub use profiles::NAMES as PROFILES;
pub use service::{SERVICE_KEYS, service_numbers, service_worse};
pub use state::{State, state, state_of};
