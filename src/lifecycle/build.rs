//! From a contract to its timeline.

use super::timeline::{
    ApiHead, ElementName, Entry, Milestone, MilestoneKind, Notice, SCHEMA, Source, Status, Successor, Timeline,
    VersionRow,
};
use crate::diagnostic::Location;
use crate::openapi::{Api, Audience, Element, ElementKind, Replacement, Stability, elements, parse_date, replacement};
use crate::promise::{Policy, State, days_between, risks, state, state_of};
use crate::workspace::Place;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// The timeline of a contract, seen from `as_of`.
pub fn timeline(api: Api<'_>, policy: &Policy, as_of: Date) -> Timeline {
    timeline_named(api, policy, as_of, None)
}

/// The same under a known `id`, where an earlier timeline of the contract has given it one. `x-api-id` goes first.
pub fn timeline_named(api: Api<'_>, policy: &Policy, as_of: Date, id: Option<&str>) -> Timeline {
    let mut head = head(api, policy);
    if let Some(id) = id.filter(|_| own_id(api).is_none()) {
        head.id = brief(id);
    }
    let mut out = Timeline {
        schema: SCHEMA.to_owned(),
        as_of,
        release: None,
        released: None,
        versions: versions(api, as_of),
        api: head,
        elements: Vec::new(),
        milestones: Vec::new(),
    };
    for element in elements(api) {
        let builder = Builder::new(&element, &out.api, policy, as_of);
        let entry = builder.entry();
        let milestones = builder.milestones(&entry);
        out.elements.push(entry);
        out.milestones.extend(milestones);
    }
    let calendar = calendar_milestones(&out, api, policy);
    out.milestones.extend(calendar);
    out.sort();
    out.milestones.dedup_by(|a, b| a.id == b.id && a.date == b.date);
    out
}

/// The first `limit` characters on one line.
fn brief(text: &str) -> String {
    crate::text::escape::shortened(&crate::text::escape::line(text), 200)
}

fn head(api: Api<'_>, policy: &Policy) -> ApiHead {
    let info = api.info();
    let declared = info.and_then(Audience::declared);
    let title = brief(api.title());
    ApiHead {
        id: own_id(api).map_or_else(|| title.clone(), brief),
        title,
        version: brief(api.info_version()),
        audience: Some(declared.unwrap_or(policy.default_audience)),
        audience_assumed: declared.is_none(),
        owner: info
            .and_then(|info| info.get_str("x-owner").or_else(|| info.get("contact")?.get_str("name")))
            .map(brief),
        file: api.root().document().name().to_owned(),
    }
}

/// `x-api-id`, if it says anything.
fn own_id(api: Api<'_>) -> Option<&str> {
    api.info()?.get("x-api-id").map(Place::text).filter(|id| !id.is_empty())
}

fn date_of(place: Place<'_>, key: &str) -> Option<Date> {
    parse_date(place.get(key)?.text())
}

/// The rows of `x-version-calendar`; the contract's own version when it is not among them.
fn versions(api: Api<'_>, as_of: Date) -> Vec<VersionRow> {
    let mut out = Vec::new();
    let Some(info) = api.info() else { return out };
    let calendar = info.get("x-version-calendar").or_else(|| api.root().get("x-version-calendar"));
    for row in calendar.into_iter().flat_map(Place::elements) {
        let Some(version) = row.get("version") else { continue };
        let sunset = date_of(row, "retired").or_else(|| date_of(row, "sunset"));
        let mut version = VersionRow {
            version: brief(version.text()),
            state: None,
            introduced: date_of(row, "introduced"),
            binding: date_of(row, "binding"),
            deprecated: date_of(row, "deprecated"),
            sunset,
        };
        version.state = Some(row_state(&version, as_of));
        out.push(version);
    }
    let own = brief(api.info_version());
    if !own.is_empty() && !out.iter().any(|row| row.version == own) {
        let keys = crate::openapi::LifecycleKeys::read(info);
        let level = keys.level().unwrap_or(Stability::Stable);
        out.push(VersionRow {
            version: own,
            state: Some(state(&keys, level, as_of)),
            introduced: date_of(info, "x-effective-date"),
            binding: None,
            deprecated: keys.deprecated_at.and_then(|dated| dated.date),
            sunset: keys.sunset.and_then(|dated| dated.date),
        });
    }
    out
}

fn row_state(row: &VersionRow, as_of: Date) -> State {
    let reached = |date: Option<Date>| date.is_some_and(|date| date <= as_of);
    if row.sunset.is_some_and(|last| last < as_of) {
        State::Retired
    } else if reached(row.deprecated) {
        State::Deprecated
    } else if row.introduced.is_some_and(|first| first > as_of) {
        State::Draft
    } else {
        State::Stable
    }
}

fn source(location: &Location) -> Source {
    Source { file: location.file().to_owned(), line: location.start().line, pointer: location.pointer.clone() }
}

/// A name for a milestone that stays when its date moves.
fn milestone_id(api: &ApiHead, element: &ElementName, kind: MilestoneKind, detail: &str) -> String {
    let key = [&api.id, element.kind.name(), &element.label, kind.name(), detail].join("\u{1f}");
    let digest = Sha256::digest(key.as_bytes());
    let head = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{head:016x}")
}

fn status(kind: MilestoneKind, date: Date, as_of: Date) -> Status {
    if date > as_of || (date == as_of && kind == MilestoneKind::Sunset) {
        Status::Planned
    } else if kind == MilestoneKind::Sunset {
        Status::Overdue
    } else {
        Status::Done
    }
}

struct Builder<'e, 'w> {
    element: &'e Element<'w>,
    api: &'e ApiHead,
    policy: &'e Policy,
    as_of: Date,
}

impl<'e, 'w> Builder<'e, 'w> {
    fn new(element: &'e Element<'w>, api: &'e ApiHead, policy: &'e Policy, as_of: Date) -> Self {
        Builder { element, api, policy, as_of }
    }

    fn entry(&self) -> Entry {
        let element = self.element;
        let sunset = element.keys.sunset.as_ref().and_then(|dated| dated.date);
        Entry {
            element: ElementName {
                kind: element.kind,
                label: brief(&element.label),
                operation_id: element
                    .operation
                    .filter(|operation| operation.place == element.place)
                    .and_then(|operation| operation.id())
                    .map(brief),
            },
            summary: element.summary().map(brief),
            state: state_of(element, self.as_of),
            level: element.level().unwrap_or(Stability::Stable),
            audience: element.audience().unwrap_or(self.policy.default_audience),
            owner: element.owner().map(brief),
            deprecated_at: element.keys.deprecated_at.as_ref().and_then(|dated| dated.date),
            sunset,
            days_left: sunset.map(|date| days_between(self.as_of, date)),
            replaced_by: element.keys.replaced_by.map(|place| brief(place.text())),
            guide: element.guide().and_then(Place::as_str).map(brief),
            source: source(&element.place.location()),
        }
    }

    fn milestones(&self, entry: &Entry) -> Vec<Milestone> {
        let place = self.element.place;
        let mut out = Vec::new();
        let mut add = |kind, date, at: Place<'w>| out.push(self.milestone(entry, kind, date, at));
        for (key, kind) in [
            ("x-beta-since", MilestoneKind::BetaStart),
            ("x-effective-date", MilestoneKind::Effective),
            ("x-support-ends", MilestoneKind::SupportEnds),
        ] {
            if let Some(at) = place.get(key)
                && let Some(date) = parse_date(at.text())
            {
                add(kind, date, at);
            }
        }
        let keys = &self.element.keys;
        if let Some(at) = &keys.deprecated_at
            && let Some(date) = at.date
        {
            add(MilestoneKind::Deprecated, date, at.place);
        }
        if let Some(at) = &keys.sunset
            && let Some(date) = at.date
        {
            add(MilestoneKind::Sunset, date, at.place);
        }
        for range in place.get("x-brownouts").into_iter().flat_map(Place::elements).take(100) {
            let (text, date) = brownout(range);
            let Some(date) = date else { continue };
            let mut milestone = self.milestone(entry, MilestoneKind::Brownout, date, range);
            milestone.id = milestone_id(self.api, &entry.element, MilestoneKind::Brownout, &text);
            milestone.detail = Some(text);
            out.push(milestone);
        }
        out
    }

    fn milestone(&self, entry: &Entry, kind: MilestoneKind, date: Date, at: Place<'w>) -> Milestone {
        let status = status(kind, date, self.as_of);
        let mut flags = risks(date, &self.policy.calendars);
        if status == Status::Overdue {
            flags.insert(0, "past-due".to_owned());
        }
        let ends = kind == MilestoneKind::Sunset;
        let notice = if ends { self.notice(entry, date) } else { None };
        if notice.as_ref().is_some_and(|notice| notice.days < i64::from(notice.required)) {
            let urgent = self.policy.emergency.covers(self.element.place, self.element.api.info(), date);
            flags.push(if urgent { "emergency" } else { "short-notice" }.to_owned());
        }
        Milestone {
            id: milestone_id(self.api, &entry.element, kind, ""),
            element: entry.element.clone(),
            kind,
            date,
            status,
            days: days_between(self.as_of, date),
            audience: entry.audience,
            owner: entry.owner.clone(),
            detail: None,
            notice,
            replacement: if ends { self.successor(date) } else { None },
            guide: entry.guide.clone(),
            recorded: None,
            gone: None,
            history: Vec::new(),
            flags,
            source: source(&at.location()),
        }
    }

    fn notice(&self, entry: &Entry, sunset: Date) -> Option<Notice> {
        let published = entry.deprecated_at?;
        let owed = self.policy.notice(entry.audience, entry.element.kind, entry.level);
        let days = days_between(published, sunset);
        Some(Notice { published, days, required: owed.days, policy: owed.line })
    }

    fn successor(&self, sunset: Date) -> Option<Successor> {
        let at = self.element.keys.replaced_by?;
        let (verified, target) = match replacement(self.element, at) {
            Replacement::None => return None,
            Replacement::Operation(operation) => (true, Some(operation.place)),
            Replacement::Place(place) => (true, Some(place)),
            Replacement::External | Replacement::Missing => (false, None),
        };
        let available = target.and_then(|place| date_of(place, "x-effective-date"));
        let overlap_days = available.map(|first| days_between(first, sunset));
        Some(Successor { label: brief(at.text()), available, verified, overlap_days })
    }
}

/// A brownout, as `{from, to}` or as text `from/to`: how to show it, and its day.
fn brownout(range: Place<'_>) -> (String, Option<Date>) {
    let text = |key| range.get(key).map(Place::text).unwrap_or_default();
    if range.is_map() {
        (brief(&format!("{} to {}", text("from"), text("to"))), parse_date(text("from")))
    } else {
        (brief(&range.text().replace('/', " to ")), parse_date(range.text().split('/').next().unwrap_or_default()))
    }
}

/// The milestones of the rows of the version calendar.
fn calendar_milestones(timeline: &Timeline, api: Api<'_>, policy: &Policy) -> Vec<Milestone> {
    let mut out = Vec::new();
    let Some(info) = api.info() else { return out };
    let Some(at) = info.get("x-version-calendar").or_else(|| api.root().get("x-version-calendar")) else { return out };
    let from = source(&at.location());
    for row in &timeline.versions {
        let element = ElementName {
            kind: ElementKind::Api,
            label: format!("{} {}", timeline.api.title, row.version),
            operation_id: None,
        };
        for (kind, date) in [
            (MilestoneKind::Introduced, row.introduced),
            (MilestoneKind::Effective, row.binding),
            (MilestoneKind::Deprecated, row.deprecated),
            (MilestoneKind::Sunset, row.sunset),
        ] {
            let Some(date) = date else { continue };
            // A version that is over is retired; the contract cannot tell whether it is still served.
            let days = days_between(timeline.as_of, date);
            out.push(Milestone {
                id: milestone_id(&timeline.api, &element, kind, ""),
                element: element.clone(),
                kind,
                date,
                status: if days > 0 { Status::Planned } else { Status::Done },
                days,
                audience: timeline.api.audience.unwrap_or(policy.default_audience),
                owner: timeline.api.owner.clone(),
                detail: None,
                notice: None,
                replacement: None,
                guide: None,
                recorded: None,
                gone: None,
                history: Vec::new(),
                flags: risks(date, &policy.calendars),
                source: from.clone(),
            });
        }
    }
    out
}
