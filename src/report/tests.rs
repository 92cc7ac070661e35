use super::*;
use crate::diagnostic::{self, Bump, Category, Diagnostic, Evidence, EvidenceStatus, Impact, Location, Severity};
use crate::gate::{self, Limitation, Policy};
use crate::text::{SourceText, Span};
use std::sync::Arc;

const HOSTILE: &str = "q\" 'x' <script>alert(1)</script> | ::error:: \u{1b}[31m ]]> & `tick` \r\nnext @team";

fn report() -> Report {
    let revision = Arc::new(SourceText::new("api/pay ments.yaml", "a: 1\nü𝄞b: 2\nc: 3\n"));
    let base = Arc::new(SourceText::new("base.yaml", "a: 1\n"));
    let place = Location::new(&revision, Span::new(12, 13), "/b");
    let mut change = Diagnostic::new("request-property-became-required", Severity::Error, HOSTILE, place);
    change.base_location = Some(Location::new(&base, Span::new(0, 1), "/a"));
    change.impact = Impact::Breaking;
    change.category = Some(Category::Wire);
    change.required_bump = Bump::Major;
    change.operations = vec!["POST /payments".to_owned()];
    change.help = Some(HOSTILE.to_owned());
    change.evidence = Some(Evidence {
        status: EvidenceStatus::Confirmed,
        value: serde_json::json!({"amount": HOSTILE}),
        accepted_by: "base".to_owned(),
        rejected_by: "revision".to_owned(),
        reason: "`currency` is required".to_owned(),
    });
    let lint = Diagnostic::new("doc-x", Severity::Warn, "a thing", Location::new(&revision, Span::new(0, 1), "/a"));
    let limitation = Limitation { what: HOSTILE.to_owned(), file: Some("c.yaml".to_owned()), incomplete: false };
    gate::judge("check", vec![change, lint], vec![limitation], 1, &Policy::default())
}

fn render(name: &str) -> String {
    Format::find(name).unwrap().render(&report(), Style::default())
}

#[test]
fn every_format_renders_and_escapes() {
    for format in Format::ALL {
        let text = format.render(&report(), Style::default());
        assert!(!text.is_empty() && text.ends_with('\n'), "{}", format.name);
        assert!(!text.contains('\u{1b}'), "{} lets escapes through", format.name);
        let outside_code = match format.name {
            "markdown" => text.split('`').step_by(2).collect(),
            "html" | "junit" | "checkstyle" => text.clone(),
            _ => String::new(),
        };
        assert!(!outside_code.contains("<script>alert"), "{}", format.name);
        assert_eq!(text, format.render(&report(), Style::default()), "{} is not deterministic", format.name);
    }
}

#[test]
fn json_has_the_documented_shape() {
    let value: serde_json::Value = serde_json::from_str(&render("json")).unwrap();
    assert_eq!(value["schema"], "covenant-report/1");
    assert_eq!(value["verdict"], serde_json::json!({"gate": "fail", "change": "breaking", "required_bump": "major"}));
    let change = value["diagnostics"].as_array().unwrap().iter().find(|d| d["impact"] == "breaking").unwrap();
    assert_eq!(change["location"]["line"], 2);
    assert_eq!(change["location"]["column"], 4);
    assert_eq!(change["evidence"]["status"], "confirmed");
    assert_eq!(change["base_location"]["file"], "base.yaml");
}

#[test]
fn json_fits_its_published_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value: serde_json::Value = serde_json::from_str(&render("json")).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn sarif_is_read_back_by_an_independent_crate() {
    let sarif: serde_sarif::sarif::Sarif = serde_json::from_str(&render("sarif")).unwrap();
    let results = sarif.runs[0].results.as_ref().unwrap();
    assert_eq!(results.len(), 2);
    let change = results.iter().find(|r| r.rule_id.as_deref() == Some("request-property-became-required")).unwrap();
    let place = change.locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
    assert_eq!(place.artifact_location.as_ref().unwrap().uri.as_deref(), Some("api/pay%20ments.yaml"));
    assert_eq!(place.region.as_ref().unwrap().start_column, Some(5));
}

#[test]
fn a_github_annotation_is_one_line() {
    let text = render("github");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().all(|line| line.starts_with("::error file=") || line.starts_with("::warning file=")));
    assert!(render("github-output").contains("verdict=fail\nchange=breaking\nrequired-bump=major\nbreaking-count=1\n"));
}

/// A report about something that stands in git revision `revision` alone.
fn gone(revision: &str) -> gate::Report {
    let base = Arc::new(SourceText::at_revision(revision, format!("{revision}:api/payments.yaml"), "a: 1\n"));
    let mut gone = vec![Diagnostic::new("r", Severity::Error, "m", Location::new(&base, Span::new(0, 1), "/a"))];
    diagnostic::finish(&mut gone);
    gate::judge("diff", gone, Vec::new(), 1, &Policy::default())
}

#[test]
fn what_is_gone_is_placed_in_the_file_it_was_in() {
    let render = |format: &str| Format::find(format).unwrap().render(&gone("4f2a91c"), Style::default());
    assert!(render("github").starts_with("::error file=api/payments.yaml,line=1,"), "{}", render("github"));
    let sarif: serde_json::Value = serde_json::from_str(&render("sarif")).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "api/payments.yaml");
    assert_eq!(place["properties"]["revision"], "4f2a91c");
    let json: serde_json::Value = serde_json::from_str(&render("json")).unwrap();
    assert_eq!(json["diagnostics"][0]["location"]["file"], "api/payments.yaml");
    assert_eq!(json["diagnostics"][0]["location"]["revision"], "4f2a91c");
    assert!(render("text").contains("4f2a91c:api/payments.yaml:1:1"), "{}", render("text"));
}

#[test]
fn the_fingerprint_of_what_is_gone_does_not_change_with_the_base() {
    assert_eq!(gone("4f2a91c").diagnostics[0].fingerprint, gone("main").diagnostics[0].fingerprint);
}

#[test]
fn the_page_holds_everything_and_fetches_nothing() {
    let page = render("html");
    for part in [
        "request-property-became-required",
        "Breaking changes (1)",
        "base.yaml:1:1",
        "<code>currency</code> is required",
        "POST &#x2f;payments",
        "</html>",
    ] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("<link"));
}

#[test]
fn what_stands_between_backticks_is_code_on_the_page_and_never_markup() {
    let mut report = gone("main");
    report.diagnostics[0].message = "`a<b>` and `<script>` but ` alone".into();
    let page = Format::find("html").unwrap().render(&report, Style::default());
    assert!(page.contains("<p><code>a&lt;b&gt;</code> and <code>&lt;script&gt;</code> but ` alone</p>"), "{page}");
}

#[test]
fn text_shows_both_places_and_the_proof() {
    let text = render("text");
    for part in [
        "error[request-property-became-required]",
        "base.yaml:1:1",
        "proof:",
        "affects: POST /payments",
        "failed: 1 error, 1 warning in 1 contract",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn a_line_that_is_too_long_is_not_printed() {
    let source = Arc::new(SourceText::new("a.json", format!("{{\"a\":\"{}\"}}", "x".repeat(100_000))));
    let finding = Diagnostic::new("r", Severity::Error, "m", Location::new(&source, Span::new(1, 4), "/a"));
    let report = gate::judge("lint", vec![finding], Vec::new(), 1, &Policy::default());
    for format in Format::ALL {
        assert!(format.render(&report, Style::default()).len() < 20_000, "{}", format.name);
    }
}
