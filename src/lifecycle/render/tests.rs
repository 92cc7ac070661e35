use super::*;
use crate::lifecycle::Policy;
use crate::openapi::{Api, Audience};
use crate::workspace::Workspace;
use jiff::civil::date;

const CONTRACT: &str = "openapi: 3.0.3\ninfo:\n  title: Payments\n  version: 1.3.0\n  x-audience: external-partner\n  x-owner: payments-api\n\
paths:\n  /payments:\n    post:\n      operationId: createPayment\n      responses: {}\n  /transfers:\n    post:\n      operationId: createTransfer\n      deprecated: true\n\
\x20     x-deprecated-at: '2026-09-16'\n      x-sunset: '2027-01-31'\n      x-replaced-by: createPayment\n      x-migration-guide: https://bank.example/guide\n      responses: {}\n\
\x20   get:\n      deprecated: true\n      responses: {}\n    delete:\n      deprecated: true\n      x-internal: true\n      x-deprecated-at: '2025-01-01'\n      x-sunset: '2026-10-01'\n";

fn timeline_of(text: &str) -> Timeline {
    let name = if text.starts_with('{') { "payments.json" } else { "payments.yaml" };
    let workspace = Workspace::from_text(name, text);
    crate::lifecycle::timeline(Api::open(&workspace).unwrap(), &Policy::default(), date(2026, 11, 25))
}

#[test]
fn the_table_shows_dates_notice_and_what_is_overdue() {
    insta::assert_snapshot!(render(&[timeline_of(CONTRACT)], Format::Text), @r"
    Payments 1.3.0
    as of 2026-11-25, audience partner, owner payments-api, 1 overdue, next 2027-01-31 (in 67 days)

    date        when          element            what                 standing               audience  notice           use instead    where
    2025-01-01  693 days ago  DELETE /transfers  deprecated           done                   internal                                  payments.yaml:27
    2026-09-16  70 days ago   POST /transfers    deprecated           done                   partner                                   payments.yaml:16
    2026-10-01  55 days ago   DELETE /transfers  last day of service  overdue                internal  638 of 90 days                  payments.yaml:28
    2027-01-31  in 67 days    POST /transfers    last day of service  planned, short-notice  partner   137 of 180 days  createPayment  payments.yaml:17

    Deprecated without a last day:
      GET /transfers  payments.yaml:21
    ");
}

#[test]
fn the_gantt_chart_has_a_bar_and_an_end() {
    insta::assert_snapshot!(render(&[timeline_of(CONTRACT)], Format::Mermaid), @r"
    gantt
      title Payments 1.3.0 lifecycle (as of 2026-11-25)
      dateFormat YYYY-MM-DD
      axisFormat %Y-%m
      todayMarker off
      section Payments 1.3.0
      DELETE /transfers deprecated :active, m0x0d, 2025-01-01, 2026-10-01
      DELETE /transfers last day of service :crit, milestone, m0x0, 2026-10-01, 0d
      POST /transfers deprecated :active, m0x2d, 2026-09-16, 2027-01-31
      POST /transfers last day of service :crit, milestone, m0x2, 2027-01-31, 0d
      %% 1 more are in the table: covenant timeline --format markdown
    ");
}

#[test]
fn the_canonical_form_is_read_back_unchanged() {
    let timeline = timeline_of(CONTRACT);
    assert_eq!(Timeline::from_json(&timeline.to_json()).unwrap(), timeline);
    assert!(Timeline::from_json("{}").is_err());
}

#[test]
fn a_beginning_is_a_milestone_although_nothing_ends() {
    let timeline = timeline_of(&CONTRACT.replace("operationId: createPayment", "x-effective-date: '2027-01-01'"));
    let begins = timeline.milestones.iter().find(|milestone| milestone.element.label == "POST /payments").unwrap();
    assert_eq!((begins.kind, begins.status), (MilestoneKind::Effective, Status::Planned));
}

#[test]
fn partners_see_nothing_internal() {
    let timeline = timeline_of(CONTRACT).for_audience(Audience::Partner);
    for (name, format) in Format::ALL {
        assert!(!render(std::slice::from_ref(&timeline), format).contains("DELETE"), "{name}");
    }
}

#[test]
fn moved_dates_are_kept_and_removed_elements_stay() {
    let before = timeline_of(CONTRACT);
    let moved = timeline_of(&CONTRACT.replace("2027-01-31", "2027-03-31")).merge(&before);
    let sunset = moved.milestones.iter().find(|m| m.date == date(2027, 3, 31)).unwrap();
    assert_eq!(
        sunset.history,
        [crate::lifecycle::Moved { date: date(2027, 1, 31), recorded: date(2026, 11, 25), by: None }]
    );
    assert!(sunset.flags.contains(&"extended-1".to_owned()));
    let earlier = timeline_of(&CONTRACT.replace("2027-01-31", "2027-01-15")).merge(&moved);
    let sunset = earlier.milestones.iter().find(|m| m.date == date(2027, 1, 15)).unwrap();
    assert_eq!(sunset.history.len(), 2);
    assert!(sunset.flags.contains(&"moved-earlier".to_owned()));
    let gone = timeline_of(
        &CONTRACT.replace("deprecated: true\n      x-deprecated-at: '2026-09-16'\n      x-sunset: '2027-01-31'\n", ""),
    );
    let gone = gone.merge(&before);
    let sunset = gone.milestones.iter().find(|m| m.date == date(2027, 1, 31)).unwrap();
    assert_eq!(sunset.status, Status::Withdrawn);
    assert!(render(&[gone], Format::Ics).contains("STATUS:CANCELLED"));
}

#[test]
fn a_merge_of_the_same_timeline_changes_nothing() {
    let timeline = timeline_of(CONTRACT);
    let once = timeline.clone().merge(&timeline);
    assert_eq!(once.milestones.len(), timeline.milestones.len());
    assert_eq!(timeline.merge(&once), once);
}

/// A contract whose every word tries to break out.
fn hostile() -> Timeline {
    let word =
        "x|y`z\"'<script>alert(1)</script>\r\n::error::boom\nEND:VEVENT\nBEGIN:VEVENT; # section %% =cmd() , {{7*7}}";
    let long = word.to_owned() + &"long ".repeat(2000);
    let text = serde_json::json!({
        "openapi": "3.0.0",
        "info": {"title": word, "version": word, "x-owner": long, "x-api-id": word, "contact": {"name": word}},
        "paths": {long.as_str(): {"get": {
            "operationId": word, "summary": long, "deprecated": true, "x-deprecated-at": "2026-01-01", "x-sunset": "2027-01-31",
            "x-replaced-by": word, "x-migration-guide": format!("https://x.test/)\"<script>{word}"), "x-brownouts": [format!("2026-12-01/{word}")],
        }, "put": {"deprecated": true}}}
    });
    timeline_of(&text.to_string())
}

#[test]
fn hostile_words_break_no_format() {
    let timeline = [hostile()];
    assert_eq!(timeline[0].milestones.len(), 3);
    for (name, format) in Format::ALL {
        let text = render(&timeline, format);
        assert!(text.len() < 60_000, "{name}: {} bytes", text.len());
        assert!(!text.lines().any(|line| line.starts_with("::")), "{name}");
        if !matches!(format, Format::Json | Format::Text | Format::Csv | Format::Ics) {
            // What stands in a Markdown code span is shown, not read.
            let outside: String = text.replace("\\`", "").split('`').step_by(2).collect();
            assert!(!outside.contains("<script>"), "{name}");
        }
    }
    let table = render(&timeline, Format::Markdown);
    for row in table.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 10, "{row}");
    }
    for line in render(&timeline, Format::Mermaid).lines().filter(|line| line.contains(" :")) {
        assert_eq!(line.matches(':').count(), 1, "{line}");
    }
    let csv = render(&timeline, Format::Csv);
    assert_eq!(csv.lines().count(), 4);
}

#[test]
fn an_independent_reader_accepts_the_calendar() {
    let timeline = [hostile()];
    let text = render(&timeline, Format::Ics);
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let unfolded = icalendar::parser::unfold(&text);
    let calendar = icalendar::parser::read_calendar(&unfolded).unwrap();
    assert_eq!(calendar.components.len(), 3);
    for component in &calendar.components {
        assert_eq!(component.name, "VEVENT");
        assert_eq!(component.properties.iter().filter(|property| property.name == "SUMMARY").count(), 1);
    }
    let alarms: usize = calendar.components.iter().map(|component| component.components.len()).sum();
    assert_eq!(alarms, 3);
}

#[test]
fn an_event_says_whether_it_is_told_planned_or_taken_back() {
    let ahead = timeline_of(&CONTRACT.replace("2026-09-16", "2026-12-16"));
    assert_eq!(render(&[ahead], Format::Ics).matches("STATUS:TENTATIVE").count(), 1);
    let told = timeline_of(CONTRACT);
    assert!(!render(std::slice::from_ref(&told), Format::Ics).contains("TENTATIVE"));
    let none = timeline_of("openapi: 3.0.0\ninfo: {title: Payments, version: '1'}\npaths: {}\n");
    assert_eq!(render(&[none.merge(&told)], Format::Ics).matches("STATUS:CANCELLED").count(), 1);
}

#[test]
fn what_is_gone_keeps_its_bar_in_the_charts() {
    let told = timeline_of(CONTRACT);
    let none = timeline_of("openapi: 3.0.0\ninfo: {title: Payments, version: '1'}\npaths: {}\n");
    let merged = [none.merge(&told)];
    assert!(
        render(&merged, Format::Mermaid).contains("POST /transfers deprecated :done, m0x2d, 2026-09-16, 2027-01-31")
    );
    let image = render(&merged, Format::Svg);
    assert!(image.contains("class=\"plan\"") && image.contains(">withdrawn</text>"), "{image}");
}

#[test]
fn an_empty_contract_says_so_in_every_format() {
    let timeline = [timeline_of("openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n")];
    for (name, format) in Format::ALL {
        assert!(!render(&timeline, format).is_empty(), "{name}");
        assert!(!render(&[], format).is_empty() || format == Format::Text || format == Format::Markdown, "{name}");
    }
}
