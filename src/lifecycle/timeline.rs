//! The timeline of a contract as data. Every rendering is made of it and computes nothing of its own.
//!
//! The JSON form is canonical and append-only: [`Timeline::merge`] keeps the dates that were published before, so a
//! moved promise stays visible. Nothing in it depends on when or where it was made, apart from `as_of`.

use crate::openapi::{Audience, ElementKind, Stability};
use crate::promise::State;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// The `schema` field of timelines of this version.
pub const SCHEMA: &str = "covenant-timeline/1";

/// The life of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// [`SCHEMA`].
    pub schema: String,
    /// The day it is seen from.
    pub as_of: Date,
    /// The release that it describes, where it is one of a history: a tag, a commit or a file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The day of that release, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Date>,
    /// The contract.
    pub api: ApiHead,
    /// Its versions, oldest first, as far as it names any (`x-version-calendar`), and its own.
    pub versions: Vec<VersionRow>,
    /// The elements that carry life keys, in document order.
    pub elements: Vec<Entry>,
    /// What happens when, in order of date.
    pub milestones: Vec<Milestone>,
}

/// Which contract it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiHead {
    /// `x-api-id`, else the title.
    pub id: String,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The audience declared, else the policy's default.
    pub audience: Option<Audience>,
    /// Whether the audience is the policy's default, because the contract declares none.
    pub audience_assumed: bool,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The file.
    pub file: String,
}

/// One version of the API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its name.
    pub version: String,
    /// Its state on `as_of`.
    pub state: Option<State>,
    /// First day.
    pub introduced: Option<Date>,
    /// Day from which it must be offered.
    pub binding: Option<Date>,
    /// Day of the announcement that it ends.
    pub deprecated: Option<Date>,
    /// Last day of service.
    pub sunset: Option<Date>,
}

/// Where something is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when it is no longer in the contract.
    pub line: u32,
    /// JSON pointer.
    pub pointer: String,
}

/// The name of an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementName {
    /// What it is.
    pub kind: ElementKind,
    /// `POST /payments`, `Payment.amount`.
    #[serde(rename = "ref")]
    pub label: String,
    /// `operationId`, if it is an operation that has one.
    #[serde(default, rename = "operationId", skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
}

impl ElementName {
    /// Whether people mean it by `name`: its label or its `operationId`.
    pub fn is_called(&self, name: &str) -> bool {
        self.label == name || self.operation_id.as_deref() == Some(name)
    }
}

/// One element and its state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The element.
    pub element: ElementName,
    /// Its summary, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Its state on `as_of`.
    pub state: State,
    /// Its level, the flags aside.
    pub level: Stability,
    /// Its effective audience.
    pub audience: Audience,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// When the deprecation was announced.
    pub deprecated_at: Option<Date>,
    /// Last day of service.
    pub sunset: Option<Date>,
    /// Days from `as_of` to the sunset; negative when it has passed.
    pub days_left: Option<i64>,
    /// What replaces it, as written.
    pub replaced_by: Option<String>,
    /// The migration guide.
    pub guide: Option<String>,
    /// Where it is written.
    pub source: Source,
}

/// What happens at a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MilestoneKind {
    /// A version is offered.
    Introduced,
    /// The beta began.
    BetaStart,
    /// New behaviour reaches clients.
    Effective,
    /// The end was announced.
    Deprecated,
    /// An announced test outage.
    Brownout,
    /// The platform stops supporting it.
    SupportEnds,
    /// Last day of service.
    Sunset,
    /// It left the contract.
    Retired,
}

impl MilestoneKind {
    /// The name used in timelines.
    pub fn name(self) -> &'static str {
        match self {
            MilestoneKind::Introduced => "introduced",
            MilestoneKind::BetaStart => "beta-start",
            MilestoneKind::Effective => "effective",
            MilestoneKind::Deprecated => "deprecated",
            MilestoneKind::Brownout => "brownout",
            MilestoneKind::SupportEnds => "support-ends",
            MilestoneKind::Sunset => "sunset",
            MilestoneKind::Retired => "retired",
        }
    }
}

/// How a milestone stands on `as_of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Ahead.
    Planned,
    /// Behind.
    Done,
    /// The last day has passed and the element is still in the contract.
    Overdue,
    /// It was announced and taken back before its day.
    Withdrawn,
}

impl Status {
    /// The name used in timelines.
    pub fn name(self) -> &'static str {
        match self {
            Status::Planned => "planned",
            Status::Done => "done",
            Status::Overdue => "overdue",
            Status::Withdrawn => "withdrawn",
        }
    }
}

/// The notice given for a sunset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The day of the announcement.
    pub published: Date,
    /// Days from then to the last day of service.
    pub days: i64,
    /// Days owed.
    pub required: u32,
    /// The line of the policy that says so.
    pub policy: String,
}

/// What takes over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Successor {
    /// As written.
    #[serde(rename = "ref")]
    pub label: String,
    /// The day from which it is offered (`x-effective-date`), if it says.
    pub available: Option<Date>,
    /// Whether it was found in the loaded files.
    pub verified: bool,
    /// Days during which both are offered.
    pub overlap_days: Option<i64>,
}

/// A date that was published before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The date as it was.
    pub date: Date,
    /// The day on which it was first recorded.
    pub recorded: Date,
    /// The last release that held it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// When a milestone left the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The day of the first release without it; the day of the timeline where no release is known.
    pub date: Date,
    /// That release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Something that happens on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    /// Stable name, made of contract, element and kind, not of the date.
    pub id: String,
    /// The element.
    pub element: ElementName,
    /// What happens.
    #[serde(rename = "type")]
    pub kind: MilestoneKind,
    /// The day.
    pub date: Date,
    /// How it stands.
    pub status: Status,
    /// Days from `as_of`; negative when it has passed.
    pub days: i64,
    /// Who is concerned.
    pub audience: Audience,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// What else is to be said: the time of a brownout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// For sunsets with a known announcement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// For sunsets: what takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Successor>,
    /// The migration guide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// The day on which its date was first recorded, where timelines were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Date>,
    /// When it left the contract, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
    /// Dates that were published before, oldest first.
    pub history: Vec<Moved>,
    /// What to look at: `weekend`, `short-notice`, `emergency`, `past-due`, `moved-earlier`, `extended-2`.
    pub flags: Vec<String>,
    /// Where it is written.
    pub source: Source,
}

impl Timeline {
    /// The canonical JSON text, with a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads the canonical JSON text.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let timeline: Timeline =
            serde_json::from_str(text).map_err(|error| format!("this is not a timeline: {error}"))?;
        if timeline.schema != SCHEMA {
            return Err(format!("this timeline has the form `{}`, but `{SCHEMA}` is read", timeline.schema));
        }
        Ok(timeline)
    }

    /// Only what `audience` may see: an item of a narrower circle is left out.
    #[must_use]
    pub fn for_audience(&self, audience: Audience) -> Timeline {
        let mut out = self.clone();
        out.elements.retain(|entry| entry.audience >= audience);
        out.milestones.retain(|milestone| milestone.audience >= audience);
        out
    }

    /// This timeline with the memory of `earlier`: dates that moved are kept as history, and milestones of elements
    /// that are gone stay: withdrawn for ever if they went before their day, else done.
    #[must_use]
    pub fn merge(mut self, earlier: &Timeline) -> Timeline {
        let known: FxHashMap<&str, &Milestone> =
            earlier.milestones.iter().map(|before| (before.id.as_str(), before)).collect();
        for milestone in &mut self.milestones {
            let Some(before) = known.get(milestone.id.as_str()) else {
                milestone.recorded = Some(self.as_of);
                continue;
            };
            milestone.history.clone_from(&before.history);
            let recorded = before.recorded.unwrap_or(earlier.as_of);
            if before.date == milestone.date {
                milestone.recorded = Some(recorded);
            } else {
                milestone.history.push(Moved { date: before.date, recorded, by: earlier.release.clone() });
                milestone.recorded = Some(self.as_of);
            }
            milestone.flag_moves();
        }
        let present: FxHashSet<String> = self.milestones.iter().map(|milestone| milestone.id.clone()).collect();
        for before in earlier.milestones.iter().filter(|before| !present.contains(&before.id)) {
            let mut kept = before.clone();
            kept.days = crate::promise::days_between(self.as_of, kept.date);
            let went = || Gone { date: self.released.unwrap_or(self.as_of), by: self.release.clone() };
            let gone = kept.gone.get_or_insert_with(went);
            // The last day of service is a day of service.
            let early = gone.date < kept.date || (gone.date == kept.date && kept.kind == MilestoneKind::Sunset);
            kept.status = if early { Status::Withdrawn } else { Status::Done };
            kept.source.line = 0;
            kept.recorded = kept.recorded.or(Some(earlier.as_of));
            kept.flags.retain(|flag| flag != "past-due");
            self.milestones.push(kept);
        }
        self.sort();
        self
    }

    /// Puts the milestones in order.
    pub(super) fn sort(&mut self) {
        self.milestones
            .sort_by(|a, b| (a.date, a.kind, &a.element.label, &a.id).cmp(&(b.date, b.kind, &b.element.label, &b.id)));
    }
}

impl Milestone {
    /// Adds the flags that follow from its history.
    fn flag_moves(&mut self) {
        let dates: Vec<Date> = self.history.iter().map(|moved| moved.date).chain([self.date]).collect();
        let later = dates.windows(2).filter(|pair| pair[1] > pair[0]).count();
        if self.broken_by_move().is_some() {
            self.flags.push("moved-earlier".to_owned());
        }
        if later > 0 {
            self.flags.push(format!("extended-{later}"));
        }
    }

    /// Returns the latest day that was promised, if the day in force is before it.
    pub fn broken_by_move(&self) -> Option<&Moved> {
        let latest = self.history.iter().rev().max_by_key(|moved| moved.date)?;
        (self.date < latest.date).then_some(latest)
    }

    /// How often its date was moved.
    pub fn moves(&self) -> usize {
        self.history.len()
    }
}
