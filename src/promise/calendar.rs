//! Days on which an API should neither end nor begin something: weekends, bank holidays, freezes.
//!
//! Holidays are computed, nothing is fetched.

use super::policy::{Calendars, Freeze};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// What speaks against `date`, in a few words each; empty when nothing does.
pub fn risks(date: Date, calendars: &Calendars) -> Vec<String> {
    let mut out = Vec::new();
    for name in &calendars.no_effective_dates_on {
        match name.as_str() {
            "weekend" if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) => {
                out.push("weekend".to_owned());
            }
            "target2-holiday" => out.extend(target2(date).map(|name| format!("TARGET holiday ({name})"))),
            "us-fed-holiday" => out.extend(federal_reserve(date).map(|name| format!("Fed holiday ({name})"))),
            _ => {}
        }
    }
    if calendars.holidays.contains(&date) {
        out.push("holiday".to_owned());
    }
    for freeze in &calendars.freeze {
        if within(date, freeze) {
            let reason = if freeze.reason.is_empty() { "change freeze" } else { &freeze.reason };
            out.push(format!("freeze ({reason})"));
        }
    }
    out
}

/// Whether a freeze holds on `date`.
fn within(date: Date, freeze: &Freeze) -> bool {
    if let Some(rule) = &freeze.rrule {
        let ends = match rule.as_str() {
            "quarter-end" => date.month() % 3 == 0,
            "year-end" => date.month() == 12,
            _ => true,
        };
        return ends && date.days_in_month() - date.day() < i8::try_from(freeze.days).unwrap_or(i8::MAX);
    }
    let (Some(from), Some(to)) = (month_day(&freeze.from), month_day(&freeze.to)) else { return false };
    let day = (date.month(), date.day());
    if from <= to { (from..=to).contains(&day) } else { day >= from || day <= to }
}

/// Month and day of `MM-DD`; 29 February is one.
fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2024, month, day).ok().map(|_| (month, day))
}

impl Calendars {
    /// The first entry that can never hit a day, in one sentence.
    pub(super) fn fault(&self) -> Option<String> {
        let known = ["weekend", "target2-holiday", "us-fed-holiday"];
        if let Some(name) = self.no_effective_dates_on.iter().find(|name| !known.contains(&name.as_str())) {
            let known = known.join("`, `");
            return Some(format!("`lifecycle.calendars.no-effective-dates-on` has `{name}`, but knows `{known}`"));
        }
        let key = "lifecycle.calendars.freeze";
        for freeze in &self.freeze {
            match &freeze.rrule {
                Some(rule) if !["month-end", "quarter-end", "year-end"].contains(&rule.as_str()) => {
                    return Some(format!(
                        "`{key}` has the rule `{rule}`, but knows `month-end`, `quarter-end`, `year-end`"
                    ));
                }
                Some(rule) if freeze.days == 0 => return Some(format!("`{key}`: `{rule}` needs `days`")),
                Some(_) => {}
                None => {
                    let sides = [("from", &freeze.from), ("to", &freeze.to)];
                    if let Some((side, text)) = sides.into_iter().find(|(_, text)| month_day(text).is_none()) {
                        return Some(format!("`{key}`: `{side}` is `{text}`, but must be a day as `MM-DD`"));
                    }
                }
            }
        }
        None
    }
}

/// Easter Sunday of a year (Gregorian, Anonymous algorithm of Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(year, (sum / 31) as i8, (sum % 31 + 1) as i8).ok()
}

/// The closing days of TARGET: new year, Good Friday, Easter Monday, 1 May, Christmas, 26 December.
fn target2(date: Date) -> Option<&'static str> {
    match (date.month(), date.day()) {
        (1, 1) => return Some("New Year"),
        (5, 1) => return Some("Labour Day"),
        (12, 25) => return Some("Christmas"),
        (12, 26) => return Some("26 December"),
        _ => {}
    }
    let easter = easter(date.year())?;
    if easter.checked_sub(2.days()).ok() == Some(date) {
        return Some("Good Friday");
    }
    (easter.checked_add(1.day()).ok() == Some(date)).then_some("Easter Monday")
}

/// The holidays of the Federal Reserve Banks. One on a Sunday is kept on Monday; one on a Saturday is not moved.
fn federal_reserve(date: Date) -> Option<&'static str> {
    let fixed = |date: Date| match (date.month(), date.day()) {
        (1, 1) => Some("New Year"),
        (6, 19) => Some("Juneteenth"),
        (7, 4) => Some("Independence Day"),
        (11, 11) => Some("Veterans Day"),
        (12, 25) => Some("Christmas"),
        _ => None,
    };
    if date.weekday() != Weekday::Sunday
        && let Some(name) = fixed(date)
    {
        return Some(name);
    }
    if date.weekday() == Weekday::Monday
        && let Some(name) = date.yesterday().ok().and_then(fixed)
    {
        return Some(name);
    }
    let nth = |nth, weekday| date.nth_weekday_of_month(nth, weekday).ok() == Some(date);
    match date.month() {
        1 if nth(3, Weekday::Monday) => Some("Martin Luther King Day"),
        2 if nth(3, Weekday::Monday) => Some("Presidents' Day"),
        5 if nth(-1, Weekday::Monday) => Some("Memorial Day"),
        9 if nth(1, Weekday::Monday) => Some("Labor Day"),
        10 if nth(2, Weekday::Monday) => Some("Columbus Day"),
        11 if nth(4, Weekday::Thursday) => Some("Thanksgiving"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_are_computed() {
        assert_eq!(easter(2027), Some(date(2027, 3, 28)));
        assert_eq!(easter(2024), Some(date(2024, 3, 31)));
        assert_eq!(target2(date(2027, 3, 26)), Some("Good Friday"));
        assert_eq!(target2(date(2027, 3, 29)), Some("Easter Monday"));
        assert_eq!(target2(date(2027, 3, 30)), None);
        assert_eq!(federal_reserve(date(2026, 11, 26)), Some("Thanksgiving"));
        // 4 July 2027 is a Sunday.
        assert_eq!(federal_reserve(date(2027, 7, 5)), Some("Independence Day"));
        assert_eq!(federal_reserve(date(2027, 7, 4)), None);
    }

    #[test]
    fn a_freeze_may_span_the_turn_of_the_year() {
        let freeze =
            Freeze { from: "12-10".into(), to: "01-08".into(), reason: "year end".into(), ..Freeze::default() };
        let calendars = Calendars { freeze: vec![freeze], ..Calendars::default() };
        for (day, hit) in [(date(2026, 12, 10), true), (date(2027, 1, 8), true), (date(2027, 1, 9), false)] {
            assert_eq!(!risks(day, &calendars).is_empty(), hit, "{day}");
        }
    }

    #[test]
    fn the_last_days_of_a_quarter_can_be_frozen() {
        let freeze = Freeze { rrule: Some("quarter-end".into()), days: 3, ..Freeze::default() };
        let calendars = Calendars { freeze: vec![freeze], ..Calendars::default() };
        for (day, hit) in [
            (date(2027, 3, 29), true),
            (date(2027, 3, 31), true),
            (date(2027, 3, 28), false),
            (date(2027, 6, 28), true),
            (date(2027, 4, 30), false),
        ] {
            assert_eq!(!risks(day, &calendars).is_empty(), hit, "{day}");
        }
    }

    #[test]
    fn days_are_counted_across_leap_days() {
        assert_eq!(days_between(date(2028, 2, 28), date(2028, 3, 1)), 2);
        assert_eq!(days_between(date(2027, 3, 1), date(2027, 2, 28)), -1);
    }
}
