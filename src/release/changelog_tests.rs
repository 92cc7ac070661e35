use super::changelog::{Changelog, Edition, Options, Section, changelog};
use super::{insert_into, render_template, verify};
use crate::diagnostic::{Assurance, Bump, Category, Diagnostic, Impact, Severity};
use crate::openapi::{Api, Audience};
use crate::workspace::Workspace;
use jiff::civil::date;

const CONTRACT: &str = "openapi: 3.0.0\ninfo: {title: Payments, version: 2.0.0}\ntags: [{name: Staff, x-internal: true}]\npaths:\n\
\x20 /payments: {get: {tags: [Payments]}, post: {tags: [Payments]}}\n  /v1/refunds/{id}: {get: {}}\n  /staff: {get: {tags: [Staff]}}\n";

fn change(workspace: &Workspace, id: &'static str, impact: Impact, operations: &[&str], message: &str) -> Diagnostic {
    let mut change = Diagnostic::new(id, Severity::Error, message, workspace.root().location());
    change.impact = impact;
    change.category = Some(Category::Default);
    change.required_bump = if impact == Impact::Breaking { Bump::Major } else { Bump::Minor };
    change.operations = operations.iter().map(|&label| label.to_owned()).collect();
    change.help = Some("keep accepting the old form".to_owned());
    change.fingerprint = format!("{:016x}", id.len() * 31 + message.len());
    change
}

fn made(options: &Options) -> (Vec<Diagnostic>, Changelog) {
    let workspace = Workspace::from_text("payments.yaml", CONTRACT);
    let of = |id, impact, operations: &[&str], message: &str| change(&workspace, id, impact, operations, message);
    let mut changes = vec![
        of("endpoint-added", Impact::Compatible, &["GET /v1/refunds/{id}"], "`GET /v1/refunds/{id}` was added"),
        of("endpoint-added", Impact::Compatible, &["GET /staff"], "`GET /staff` was added"),
        of("response-required-property-removed", Impact::Breaking, &["GET /payments"], "`.amount` is no longer sent"),
        of("request-property-became-required", Impact::Breaking, &["POST /payments"], "`.currency` must be sent"),
        of("endpoint-deprecated", Impact::Compatible, &["GET /payments"], "`GET /payments` is deprecated"),
        of("api-security-added", Impact::Breaking, &["GET /payments"], "`GET /payments` needs the scope `pay`"),
        of("request-property-max-length-unset", Impact::Compatible, &["POST /payments"], "`.note` may be longer"),
        of("description-changed", Impact::None, &["GET /payments"], "the description changed"),
    ];
    changes[5].assurance = vec![Assurance::Security];
    changes[7].category = Some(Category::Docs);
    let api = Api::open(&workspace).unwrap();
    let log = changelog(api, api, &changes, options);
    (changes, log)
}

#[test]
fn entries_stand_in_their_sections_breaking_ones_first_with_what_to_do() {
    let options = Options { version: Some("2.0.0".into()), date: Some(date(2026, 11, 25)), ..Options::default() };
    let (_, log) = made(&options);
    insta::assert_snapshot!(log.to_markdown(), @r"
    ## [2.0.0] - 2026-11-25

    ### Added

    - Staff
      - `GET /staff` was added. <!-- chg:00000000000001c8 -->
    - refunds
      - `GET /v1/refunds/{id}` was added. <!-- chg:00000000000001d2 -->

    ### Changed

    - **BREAKING** `.currency` must be sent. To do: keep accepting the old form. Reaches `POST /payments`. <!-- chg:00000000000003f8 -->
    - `.note` may be longer. Reaches `POST /payments`. <!-- chg:0000000000000414 -->

    ### Deprecated

    - `GET /payments` is deprecated. <!-- chg:000000000000026a -->

    ### Removed

    - **BREAKING** `.amount` is no longer sent. To do: keep accepting the old form. Reaches `GET /payments`. <!-- chg:0000000000000439 -->

    ### Fixed

    - Documentation was edited in 1 place. <!-- chg:docs -->

    ### Security

    - **BREAKING** `GET /payments` needs the scope `pay`. To do: keep accepting the old form. <!-- chg:0000000000000253 -->
    ");
    assert_eq!(log.breaking, 3);
}

#[test]
fn partners_do_not_see_what_is_internal() {
    let (_, log) = made(&Options { audience: Some(Audience::Partner), ..Options::default() });
    assert!(!log.to_markdown().contains("staff") && log.to_markdown().contains("refunds"));
    let (_, all) = made(&Options::default());
    assert!(all.to_markdown().contains("/staff"));
}

#[test]
fn the_second_edition_marks_breaking_changes_its_own_way() {
    let (_, log) = made(&Options { edition: Edition::parse("2.0").unwrap(), ..Options::default() });
    assert!(log.to_markdown().contains("- **Breaking:** ") && !log.to_markdown().contains("BREAKING"));
}

const KEPT: &str = "# Changelog\n\nOur words.\n\n## [Unreleased]\n\nComing soon.\n\n### Changed\n\n- Something by hand.\n\n### Security\n\n- By hand too.\n\n## [1.0.0] - 2025-01-01\n\n### Added\n\n- First release.\n\n[Unreleased]: https://x.test/compare\n";

#[test]
fn new_entries_go_under_unreleased_and_nothing_else_is_touched() {
    let (changes, log) = made(&Options::default());
    let once = insert_into(KEPT, &log);
    assert_eq!(insert_into(&once, &log), once);
    for line in KEPT.lines().filter(|line| !line.is_empty()) {
        assert!(once.lines().any(|other| other == line), "lost: {line}");
    }
    let order = [
        "## [Unreleased]",
        "Coming soon.",
        "### Added",
        "### Changed",
        "by hand.",
        "must be sent",
        "### Deprecated",
        "### Removed",
        "### Fixed",
        "### Security",
        "By hand too",
        "needs the scope",
        "## [1.0.0]",
        "First release",
        "[Unreleased]: ",
    ];
    let mut at = 0;
    for piece in order {
        let found = once[at..].find(piece).unwrap_or_else(|| panic!("{piece} is not in its place:\n{once}"));
        at += found;
    }
    assert_eq!(once.matches("### Added").count(), 2);
    assert!(verify(&once, &changes).is_empty());
    assert_eq!(verify(KEPT, &changes).len(), 3);
    assert!(!once.contains("\n\n\n"), "{once}");
}

#[test]
fn line_ends_are_kept_and_an_empty_file_gets_a_beginning() {
    let (_, log) = made(&Options::default());
    let windows = insert_into(&KEPT.replace('\n', "\r\n"), &log);
    assert_eq!(windows.matches('\n').count(), windows.matches("\r\n").count());
    let fresh = insert_into("", &log);
    assert!(fresh.starts_with("# Changelog\n") && fresh.contains("## [Unreleased]\n\n### Added\n\n- "), "{fresh}");
    assert_eq!(insert_into(&fresh, &log), fresh);
    let (_, named) =
        made(&Options { version: Some("2.0.0".into()), date: Some(date(2026, 11, 25)), ..Options::default() });
    let released = insert_into(KEPT, &named);
    assert!(released.find("## [2.0.0] - 2026-11-25").unwrap() < released.find("## [1.0.0]").unwrap());
}

#[test]
fn a_changelog_without_changes_says_so_and_inserts_nothing() {
    let workspace = Workspace::from_text("payments.yaml", CONTRACT);
    let api = Api::open(&workspace).unwrap();
    let log = changelog(api, api, &[], &Options::default());
    assert!(log.to_markdown().contains("Nothing that a client could notice"));
    assert_eq!(insert_into(KEPT, &log), KEPT);
}

#[test]
fn a_template_of_the_team_is_filled_and_a_wrong_name_fails() {
    let (_, log) = made(&Options::default());
    let text = render_template(
        "a.md",
        "{{ title }}: {{ breaking }}\n{% for entry in entries if entry.breaking %}* {{ entry.message }}\n{% endfor %}",
        &log,
    )
    .unwrap();
    assert!(text.starts_with("Payments: 3\n* "), "{text}");
    let error = render_template("a.md", "one\n{{ nothing }}", &log).unwrap_err();
    assert!(error.contains("line 2"), "{error}");
    assert!(
        render_template("a.md", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", &log)
            .is_err()
    );
}

#[test]
fn hostile_messages_stay_one_escaped_line() {
    let workspace = Workspace::from_text("payments.yaml", CONTRACT);
    let api = Api::open(&workspace).unwrap();
    let message =
        "x`|<script>alert(1)</script> -->\r\n## [9.9.9]\n::error::y @team ".to_owned() + &"long ".repeat(2000);
    let hostile =
        change(&workspace, "api-removed-without-deprecation", Impact::Breaking, &["GET /a\n## b<i>"], &message);
    let options = Options { version: Some("1]\n## [2".into()), ..Options::default() };
    let log = changelog(api, api, &[hostile], &options);
    let text = log.to_markdown();
    assert_eq!(text.lines().filter(|line| line.starts_with('#')).count(), 2, "{text}");
    assert!(!text.contains("<script>") && !text.contains("@team") && text.len() < 3000, "{text}");
    assert_eq!(text.matches("-->").count(), 1, "{text}");
    assert_eq!(log.section(Section::Removed).count(), 1);
    assert_eq!(insert_into(&insert_into(KEPT, &log), &log), insert_into(KEPT, &log));
}

#[test]
fn an_edited_description_is_shown_as_a_difference() {
    let old = Workspace::from_text(
        "a.yaml",
        "openapi: 3.0.0\ninfo:\n  title: T\n  description: |\n    First line.\n    Keep it. Wait 3 days.\n",
    );
    let new = Workspace::from_text(
        "a.yaml",
        "openapi: 3.0.0\ninfo:\n  title: T\n  description: First line. Keep it. Wait 5 days.\n",
    );
    let place = |workspace: &Workspace| workspace.root().descend(&["info", "description"]).unwrap().location();
    let mut edit = Diagnostic::new("description-changed", Severity::Hint, "m", place(&new));
    edit.base_location = Some(place(&old));
    edit.category = Some(Category::Docs);
    let (base, revision) = (Api::open(&old).unwrap(), Api::open(&new).unwrap());
    let log = changelog(base, revision, &[edit], &Options { texts: true, ..Options::default() });
    assert_eq!(log.texts[0].lines, [" Keep it.", "-Wait 3 days.", "+Wait 5 days."]);
    assert!(log.to_markdown().contains("```diff\n"));
}
