use super::*;
use crate::config::FailOn;
use crate::diagnostic::{
    self, Bump, Category, Diagnostic, Evidence, EvidenceStatus, Hidden, Hider, Impact, Location, Severity,
};
use crate::gate::{self, Command, Limitation, Policy};
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
    change.category = Some(Category::Default);
    change.required_bump = Bump::Major;
    change.operations = vec!["POST /payments".to_owned()];
    change.help = Some(HOSTILE.to_owned());
    change.evidence = Some(Evidence {
        status: EvidenceStatus::Confirmed,
        value: serde_json::json!({"amount": HOSTILE}),
        accepted_by: "base".to_owned(),
        rejected_by: "revision".to_owned(),
        reason: "`currency` is required".to_owned(),
        ..Evidence::default()
    });
    let lint = Diagnostic::new("doc-x", Severity::Warn, "a thing", Location::new(&revision, Span::new(0, 1), "/a"));
    let limitation = Limitation { what: HOSTILE.to_owned(), file: Some("c.yaml".to_owned()), incomplete: false };
    gate::judge(Command::CheckAgainstBase, vec![change, lint], vec![limitation], 1, &Policy::default())
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
fn the_heaviest_finding_comes_first_and_text_opens_with_the_verdict() {
    let source = Arc::new(SourceText::new("a.yaml", "a: 1\nb: 2\nc: 3\n"));
    let finding = |rule: &'static str, severity, at| {
        Diagnostic::new(rule, severity, rule, Location::new(&source, Span::new(at, at + 1), "/a"))
    };
    let all = vec![
        finding("first-line", Severity::Hint, 0),
        finding("second-line", Severity::Warn, 5),
        finding("third-line", Severity::Error, 10),
    ];
    let report = gate::judge(Command::Lint, all, Vec::new(), 1, &Policy::default());
    for format in Format::ALL {
        let text = format.render(&report, Style::default());
        // A rule's entry may stand in a list of rules before; the findings themselves come last.
        let place = |rule| text.rfind(rule);
        let spectral = matches!(format.name, "stylish" | "spectral-json");
        if let (Some(heavy), Some(light)) = (place("third-line"), place("first-line"))
            && !spectral
        {
            assert!(heavy < light, "{}: {text}", format.name);
        }
    }
    let text = Format::find("text").unwrap().render(&report, Style::default());
    let verdict = "failed: 1 error, 1 warning, 1 hint in 1 contract\n";
    assert!(text.starts_with(verdict) && text.ends_with(verdict), "{text}");
}

#[test]
fn json_has_the_documented_shape() {
    let value: serde_json::Value = serde_json::from_str(&render("json")).unwrap();
    assert_eq!(value["schema"], "covenant-report/2");
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
    let (verdict, commands): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("covenant: "));
    assert!(verdict[0].starts_with("covenant: failed: ") && commands.len() == 3, "{text}");
    assert!(commands.iter().all(|line| {
        ["::notice file=", "::error file=", "::warning file="].iter().any(|start| line.starts_with(start))
    }));
    assert!(render("github-output").contains("verdict=fail\nchange=breaking\nrequired-bump=major\nbreaking-count=1\n"));
}

/// A report about something that stands in git revision `revision` alone.
fn gone(revision: &str) -> gate::Report {
    let base = Arc::new(SourceText::at_revision(revision, format!("{revision}:api/payments.yaml"), "a: 1\n"));
    let mut gone = vec![Diagnostic::new("r", Severity::Error, "m", Location::new(&base, Span::new(0, 1), "/a"))];
    diagnostic::finish(&mut gone);
    gate::judge(Command::Diff, gone, Vec::new(), 1, &Policy::default())
}

#[test]
fn what_is_gone_is_placed_in_the_file_it_was_in() {
    let render = |format: &str| Format::find(format).unwrap().render(&gone("4f2a91c"), Style::default());
    assert!(render("github").starts_with("::error title=r::api/payments.yaml: m"), "{}", render("github"));
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
        "What fails the run (1)",
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
    let report = gate::judge(Command::Lint, vec![finding], Vec::new(), 1, &Policy::default());
    for format in Format::ALL {
        assert!(format.render(&report, Style::default()).len() < 20_000, "{}", format.name);
    }
}

/// A report in which nothing was found and something could not be examined.
fn incomplete() -> gate::Report {
    let limitation =
        Limitation { what: "the file is not UTF-8".to_owned(), file: Some("latin.yaml".to_owned()), incomplete: true };
    gate::judge(Command::Diff, Vec::new(), vec![limitation], 0, &Policy::default())
}

#[test]
fn no_format_takes_what_was_not_examined_for_a_pass() {
    for format in Format::ALL {
        let text = format.render(&incomplete(), Style::default());
        let says = match format.name {
            "github-output" => "verdict=incomplete\nchange=unknown\nrequired-bump=unknown\nbreaking-count=unknown\n",
            _ => "the file is not UTF-8",
        };
        assert!(text.contains(says), "{}: {text}", format.name);
        assert!(!text.contains("no findings\"") && !text.contains("change: none"), "{}: {text}", format.name);
    }
    let junit = Format::find("junit").unwrap().render(&incomplete(), Style::default());
    assert!(junit.contains("errors=\"1\"") && junit.contains("<error message="), "{junit}");
}

#[test]
fn without_a_comparison_no_format_speaks_of_no_change() {
    let report = gate::judge(Command::Check, Vec::new(), Vec::new(), 1, &Policy::default());
    for format in Format::ALL {
        let text = format.render(&report, Style::default());
        let spoken =
            ["json", "text", "html", "markdown", "comment", "sarif", "github", "github-output"].contains(&format.name);
        assert_eq!(text.contains("not-compared"), spoken, "{}: {text}", format.name);
        assert!(!text.contains("change=none") && !text.contains("\"none\""), "{}: {text}", format.name);
    }
}

/// A report with a finding that each kind of suppression covers.
fn suppressed() -> gate::Report {
    let source = Arc::new(SourceText::new("a.yaml", "a: 1\nb: 2\n"));
    let finding =
        |rule: &'static str| Diagnostic::new(rule, Severity::Error, "m", Location::new(&source, Span::new(0, 1), "/a"));
    let mut ignored = finding("by-contract");
    ignored.hidden = Some(Hidden { by: Hider::Contract, why: "line 2: the gateway does it".to_owned() });
    let mut off = finding("by-policy");
    off.hidden = Some(Hidden { by: Hider::Policy, why: "diff.policy[0]".to_owned() });
    gate::judge(Command::Lint, vec![ignored, off], Vec::new(), 1, &Policy::default())
}

#[test]
fn what_a_contract_hides_itself_is_in_every_report() {
    for format in Format::ALL {
        let text = format.render(&suppressed(), Style::default());
        let says = if format.name == "github-output" { "suppressed-count=2" } else { "the gateway does it" };
        assert!(text.contains(says), "{}: {text}", format.name);
    }
    let text = Format::find("text").unwrap().render(&suppressed(), Style::default());
    let last = text.lines().last().unwrap();
    assert_eq!(last, "passed: no findings in 1 contract; 2 suppressed (1 by contract, 1 by policy)");
    let sarif: serde_json::Value =
        serde_json::from_str(&Format::find("sarif").unwrap().render(&suppressed(), Style::default())).unwrap();
    let kinds: Vec<_> =
        sarif["runs"][0]["results"].as_array().unwrap().iter().map(|r| &r["suppressions"][0]["kind"]).collect();
    assert_eq!(kinds, ["inSource", "external"]);
}

#[test]
fn failures_are_what_fails_the_run() {
    let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
    let run = |fail_on: FailOn| {
        let finding = Diagnostic::new("r", Severity::Warn, "m", Location::new(&source, Span::new(0, 1), "/a"));
        let policy = Policy { fail_on, ..Policy::default() };
        gate::judge(Command::Lint, vec![finding], Vec::new(), 1, &policy)
    };
    let junit = |fail_on| Format::find("junit").unwrap().render(&run(fail_on), Style::default());
    assert!(junit(FailOn::Error).contains("failures=\"0\"") && junit(FailOn::Never).contains("failures=\"0\""));
    assert!(junit(FailOn::Warn).contains("failures=\"1\""));
    for format in Format::ALL {
        let text = format.render(&run(FailOn::Error).failures(), Style::default());
        assert!(!text.contains("a.yaml"), "{}: {text}", format.name);
    }
    let text = Format::find("text").unwrap().render(&run(FailOn::Error).failures(), Style::default());
    assert!(text.contains("1 finding that does not fail the run"), "{text}");
}

/// Texts of 70 KB that end whatever holds them, command a CI system, hide characters, and hold a secret.
fn monsters() -> Vec<String> {
    let secret = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 4539578763621486 ";
    let pieces = [
        "x",
        "`",
        "ü𝄞",
        "\u{202e}\u{200b}",
        "##vso[task.complete result=Succeeded;]",
        "##[error]x ",
        "\r\n::error::x\n",
        "</script><img src=x>",
        "]]>|'[",
        "\u{1b}[31m\u{9b}2J",
        "https://evil.example/ @team #1 ",
        "a/b~1c.",
        "{{message}} {% raw %}",
        "4539 5787 6362 1486-",
    ];
    let one = |piece: &&str| format!("{secret}{}", piece.repeat(70_000 / piece.len()));
    pieces.iter().map(one).collect()
}

fn monstrous(text: &str) -> gate::Report {
    let source = Arc::new(SourceText::new("a.yaml", format!("a: {text}\nb: 2\n")));
    let place = || Location::new(&source, Span::new(0, 1), format!("/{text}"));
    let mut change = Diagnostic::new(text.to_owned(), Severity::Error, text, place()).help(text).label(place(), text);
    change.base_location = Some(place());
    change.impact = Impact::Breaking;
    change.category = Some(Category::Default);
    change.operations = vec![text.to_owned()];
    change.policy = Some(text.to_owned());
    change.url = Some(text.to_owned());
    change.evidence = Some(Evidence {
        status: EvidenceStatus::Confirmed,
        value: serde_json::json!({ text: text, "card": 4_539_578_763_621_486_u64 }),
        accepted_by: "base".to_owned(),
        rejected_by: "revision".to_owned(),
        reason: text.to_owned(),
        ..Evidence::default()
    });
    let mut hidden = Diagnostic::new("hidden", Severity::Warn, text, place());
    hidden.hidden = Some(Hidden { by: Hider::Contract, why: text.to_owned() });
    let limitation = Limitation { what: text.to_owned(), file: Some("a.yaml".to_owned()), incomplete: true };
    gate::judge(Command::Diff, vec![change, hidden], vec![limitation], 1, &Policy::default())
}

#[test]
fn texts_of_seventy_kilobytes_break_no_format() {
    let visible = |c: char| !c.is_control() && !matches!(c, '\u{202e}' | '\u{200b}');
    for monster in monsters() {
        let report = monstrous(&monster);
        for format in Format::ALL {
            let text = format.render(&report, Style { urls: true, ..Style::default() });
            let about = || format!("{} with {:?}", format.name, monster.chars().skip(58).take(20).collect::<String>());
            let obeyed = text.lines().find(|line| {
                let own = format.name == "teamcity" && line.starts_with("##teamcity[");
                let rest = if own { &line[2..] } else { line };
                ["##vso[", "##[", "##teamcity["].iter().any(|command| rest.contains(command))
            });
            assert_eq!(obeyed, None, "{}", about());
            assert!(text.lines().all(|line| line.chars().all(|c| visible(c) || c == '\t')), "{}", about());
            assert!(
                !text.contains("a1B2c3D4") && !text.contains("45395787") && !text.contains("4539 5787"),
                "{}",
                about()
            );
            if matches!(format.name, "json" | "sarif" | "gitlab" | "code-climate" | "spectral-json") {
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", about());
            }
            if format.name == "markdown" {
                assert!(text.len() < 65_536, "{}: {} bytes", about(), text.len());
                // Inside a code span nothing is HTML, a link or a mention.
                let spans = fancy_regex::Regex::new(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)").unwrap();
                let text = spans.replace_all(&text, "");
                for live in ["<img", "https://", "@team"] {
                    let at =
                        text.find(live).map(|at| text[at.saturating_sub(60)..].chars().take(160).collect::<String>());
                    assert_eq!(at, None, "{} {live}", about());
                }
            }
            if matches!(format.name, "junit" | "checkstyle" | "html") {
                assert!(!text.contains("<img"), "{}", about());
            }
            let most = if matches!(format.medium, Medium::Json) { 4_000_000 } else { 300_000 };
            assert!(text.len() < most, "{}: {} bytes", about(), text.len());
        }
    }
}

#[test]
fn a_summary_of_very_many_findings_fits_a_comment_and_counts_the_rest() {
    let source = Arc::new(SourceText::new("a.yaml", "a: 1\n".repeat(3_000)));
    let finding = |at: usize| {
        let rule = format!("rule-{}", at % 300);
        let place = Location::new(&source, Span::new(at * 5, at * 5 + 1), format!("/{at}"));
        let severity = if at.is_multiple_of(2) { Severity::Error } else { Severity::Info };
        Diagnostic::new(rule, severity, "word ".repeat(200), place).help("help ".repeat(200))
    };
    let report = gate::judge(Command::Lint, (0..3_000).map(finding).collect(), Vec::new(), 1, &Policy::default());
    let text = Format::find("markdown").unwrap().render(&report, Style::default());
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("### What fails the run (1500)") && text.contains("more: "), "{text}");
}

#[test]
fn every_format_says_the_same_totals() {
    let report = report();
    let render = |name: &str| Format::find(name).unwrap().render(&report, Style::default());
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warn));
    let json: serde_json::Value = serde_json::from_str(&render("json")).unwrap();
    let listed =
        |severity: &str| json["diagnostics"].as_array().unwrap().iter().filter(|d| d["severity"] == severity).count();
    assert_eq!((listed("error"), listed("warning")), (errors, warnings));
    let sarif: serde_json::Value = serde_json::from_str(&render("sarif")).unwrap();
    let level =
        |level: &str| sarif["runs"][0]["results"].as_array().unwrap().iter().filter(|r| r["level"] == level).count();
    assert_eq!((level("error"), level("warning")), (errors, warnings));
    assert!(render("github-output").contains(&format!("error-count={errors}\nwarning-count={warnings}\n")));
    assert!(render("text").contains(&format!("{errors} error, {warnings} warning")));
    assert!(render("markdown").contains(&format!("| 1 | {errors} | {warnings} | breaking | major |")));
    assert!(render("html").contains(&format!("errors<b>{errors}</b>")));
    assert_eq!(render("github").matches("::error ").count(), errors);
    assert_eq!(render("checkstyle").matches("severity=\"error\"").count(), errors);
    assert_eq!(render("gitlab").matches("\"critical\"").count(), errors);
    assert_eq!(render("teamcity").matches("SEVERITY='ERROR'").count(), errors);
    assert!(render("junit").contains(&format!("failures=\"{errors}\"")));
    assert_eq!(render("spectral-json").matches("\"severity\": 0").count(), errors);
    assert!(render("stylish").contains(&format!("{errors} error, {warnings} warning")));
}

#[test]
fn sarif_holds_the_heaviest_results_or_on_request_all_of_them_in_runs_of_their_own() {
    let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
    let finding = |number: usize| {
        let place = Location::new(&source, Span::new(0, 1), format!("/a/{number}"));
        let (rule, severity) = if number == 5_100 { ("heavy", Severity::Error) } else { ("light", Severity::Hint) };
        Diagnostic::new(rule, severity, format!("finding {number}"), place)
    };
    let report = gate::judge(Command::Lint, (0..5_101).map(finding).collect(), Vec::new(), 1, &Policy::default());
    let runs = |sarif_runs| {
        let text = Format::find("sarif").unwrap().render(&report, Style { sarif_runs, ..Style::default() });
        let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
        sarif["runs"].as_array().unwrap().clone()
    };
    let count = |run: &serde_json::Value| run["results"].as_array().unwrap().len();
    let one = runs(false);
    assert!(one.len() == 1 && count(&one[0]) == 5_000 && one[0]["automationDetails"].is_null());
    assert!(one[0]["invocations"].to_string().contains("101 results beyond the 5000"));
    let all = runs(true);
    let ids: Vec<_> = all.iter().map(|run| run["automationDetails"]["id"].as_str().unwrap()).collect();
    assert_eq!((ids, count(&all[0]), count(&all[1])), (vec!["covenant/1", "covenant/2"], 5_000, 101));
    assert!(all.iter().all(|run| !run["invocations"].to_string().contains("beyond")));
    for run in one.iter().chain(&all) {
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        }
    }
    assert_eq!(all[0]["results"][0]["ruleId"], "heavy");
}
