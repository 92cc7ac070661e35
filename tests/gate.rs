//! Laws of verdicts and reports: what a run comes down to is the same in every format, never better than what was
//! examined, and weaker protection never passes as a note.

use covenant::report::Format;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    command.args(arguments).current_dir(folder).env_remove("CI");
    command
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Verdict, change and bump of `covenant diff`, with its exit code.
fn diff(files: &[(&str, &str)], more: &[&str]) -> (i32, String, String, serde_json::Value) {
    let folder = folder(files);
    let mut arguments = vec!["diff", files[0].0, files[1].0, "--no-config", "-f", "json"];
    arguments.extend(more);
    let output = covenant(folder.path(), &arguments);
    let report = json(&output);
    let word = |key: &str| report["verdict"][key].as_str().unwrap_or_default().to_owned();
    (code(&output), word("gate"), word("change"), report)
}

fn rules(report: &serde_json::Value) -> Vec<String> {
    let findings = report["diagnostics"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// A contract with one operation; `operation` stands in it, `root` beside `paths`.
fn contract(operation: &str, root: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: Payments, version: 1.0.0}}\nservers: [{{url: 'https://api.example.com'}}]\n\
         paths:\n  /payments:\n    get:\n{operation}      responses: {{'204': {{description: Done}}}}\n{root}"
    )
}

const SCHEMES: &str = "components:\n  securitySchemes:\n    login: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://a.example.com/t', scopes: {read: r, write: w}}}}\n    key: {type: apiKey, in: header, name: X-Key}\n    seen: {type: apiKey, in: query, name: key}\n    bearer: {type: http, scheme: bearer}\n";

fn secured(security: &str) -> String {
    contract(&format!("      security: {security}\n"), SCHEMES)
}

#[test]
fn weaker_protection_is_an_error_whatever_the_wire_says() {
    let root = |security: &str| contract("", &format!("security: {security}\n{SCHEMES}"));
    let plain = |operation: &str| contract(operation, "");
    let moved = |url: &str| plain("").replace("https://api.example.com", url);
    let scheme = |old: &str, new: &str| secured("[{key: []}]").replace(old, new);
    let pairs = [
        ("all security", secured("[{login: [read]}]"), secured("[]")),
        ("an empty alternative", secured("[{login: [read]}]"), secured("[{login: [read]}, {}]")),
        ("the security of the root", root("[{login: [read]}]"), root("[]")),
        ("a scope", secured("[{login: [read, write]}]"), secured("[{login: [read]}]")),
        ("one of two schemes", secured("[{login: [read], key: []}]"), secured("[{key: []}]")),
        ("another way in", secured("[{login: [read]}]"), secured("[{login: [read]}, {key: []}]")),
        ("a weaker scheme instead", secured("[{login: [read]}]"), secured("[{key: []}]")),
        ("a key in the URL", scheme("SCHEME", ""), scheme("in: header, name: X-Key", "in: query, name: X-Key")),
        (
            "a flow for passwords",
            secured("[{login: [read]}]"),
            secured("[{login: [read]}]").replace(
                "{clientCredentials:",
                "{password: {tokenUrl: 'https://a.example.com/t', scopes: {read: r, write: w}}, clientCredentials:",
            ),
        ),
        (
            "a token without encryption",
            secured("[{login: [read]}]"),
            secured("[{login: [read]}]").replace("https://a.example.com/t", "http://a.example.com/t"),
        ),
        ("the encryption of the server", plain(""), moved("http://api.example.com")),
        ("a mark of the public", plain(""), plain("      x-public: true\n")),
        ("stronger authentication", plain("      x-sca: {required: true}\n"), plain("")),
        ("encrypted payloads", plain("      x-encryption: JWE\n"), plain("")),
        ("a small audience", plain("      x-audience: internal\n"), plain("      x-audience: public\n")),
    ];
    for (what, base, revision) in pairs {
        let files = [("base.yaml", base.as_str()), ("revision.yaml", revision.as_str())];
        for more in [&[][..], &["--keep", "wire"], &["--undecided", "risky"], &["--stability", "stable"]] {
            let (code, gate, _, report) = diff(&files, more);
            assert_eq!((code, gate.as_str()), (1, "fail"), "{what} {more:?}: {report:#}");
            let weakened =
                report["diagnostics"].as_array().unwrap().iter().filter(|finding| finding["weakens"] == true);
            assert!(weakened.clone().all(|finding| finding["severity"] == "error"), "{what}: {report:#}");
            assert_ne!(weakened.count(), 0, "{what}: {report:#}");
        }
        let folder = folder(&files);
        for profile in ["recommended", "strict", "pci-dss", "fapi"] {
            let arguments =
                ["check", "revision.yaml", "--base", "./base.yaml", "--no-config", "-p", profile, "-f", "json"];
            let report = json(&covenant(folder.path(), &arguments));
            let found = report["diagnostics"].as_array().unwrap();
            assert!(
                found.iter().any(|f| f["weakens"] == true && f["severity"] == "error"),
                "{what} {profile}: {report:#}"
            );
        }
    }
}

#[test]
fn stronger_or_other_protection_is_no_loss_of_it() {
    let pairs = [
        (secured("[{key: []}]"), secured("[{key: []}, {login: [read]}]")),
        (secured("[{login: [read]}]"), secured("[{login: [read]}, {login: [read, write]}]")),
        (secured("[{login: [read]}, {key: []}]"), secured("[{login: [read]}]")),
        (secured("[]"), secured("[{key: []}]")),
        (secured("[{seen: []}]"), secured("[{key: []}]")),
        (secured("[{bearer: []}]"), secured("[{login: [read]}]")),
        (contract("", ""), contract("", "").replace("[{url:", "[{url: 'http://localhost:8080'}, {url:")),
        (contract("      x-audience: public\n", ""), contract("      x-audience: internal\n", "")),
        (contract("      x-public: true\n", ""), contract("", "")),
    ];
    for (base, revision) in pairs {
        let (_, _, _, report) = diff(&[("a.yaml", &base), ("b.yaml", &revision)], &[]);
        let weakened = report["diagnostics"].as_array().unwrap().iter().any(|finding| finding["weakens"] == true);
        assert!(!weakened, "{base}\n{revision}\n{report:#}");
    }
}

#[test]
fn only_a_waiver_lets_weaker_protection_pass() {
    let (base, revision) = (secured("[{login: [read]}]"), secured("[]"));
    let rules = "rules: {api-security-removed: off}\ndiff:\n  severity: {api-security-removed: info}\n  policy: [{change: '*', severity: off}]\n";
    let waiver =
        "waivers: [{rule: api-security-removed, owner: security, reason: the data is public, expires: 2026-12-31}]\n";
    let files =
        [("a.yaml", base.as_str()), ("b.yaml", revision.as_str()), ("rules.yaml", rules), ("waiver.yaml", waiver)];
    let folder = folder(&files);
    let run = |config: &str| {
        code(&covenant(folder.path(), &["diff", "a.yaml", "b.yaml", "-c", config, "--as-of", "2026-06-01"]))
    };
    assert_eq!(run("rules.yaml"), 1);
    assert_eq!(run("waiver.yaml"), 0);
}

/// A pair whose change cannot be decided: patterns beyond automata on both sides.
fn undecided() -> [(&'static str, String); 2] {
    let body = |schema: &str| {
        contract("", "")
            .replace("    get:\n", "    post:\n      requestBody: {content: {application/json: {schema: SCHEMA}}}\n")
            .replace("SCHEMA", schema)
    };
    // What repeats itself is no regular language, and nobody finds such a text by chance.
    let one = |least: usize| body(&format!("{{type: string, pattern: '^(\\w{{{least},}})\\1$'}}"));
    [("a.yaml", one(40)), ("b.yaml", one(41))]
}

#[test]
fn an_undecided_change_makes_the_run_incomplete_unless_it_is_accepted_as_risky() {
    let files = undecided();
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (_, _, _, report) = diff(&files, &["--undecided", "risky"]);
    let open =
        report["diagnostics"].as_array().unwrap().iter().filter(|f| f["evidence"]["status"] == "undecided").count();
    assert_eq!(open, 1, "the pair must be one that cannot be decided: {report:#}");
    for fail_on in ["error", "warning", "never"] {
        let (code, gate, change, _) = diff(&files, &["--fail-on", fail_on]);
        assert_eq!((code, gate.as_str(), change.as_str()), (2, "incomplete", "unknown"), "--fail-on {fail_on}");
    }
    let (code, gate, change, _) = diff(&files, &["--undecided", "risky"]);
    assert_eq!((code, gate.as_str(), change.as_str()), (0, "pass", "risky"));
    let folder = folder(&files);
    let bump = covenant(folder.path(), &["bump", "a.yaml", "b.yaml", "--no-config"]);
    assert!(code == 0 && stdout(&bump).contains("verdict   unknown"), "{bump:?}");
    assert_eq!(bump.status.code(), Some(2));
}

fn body(schema: &str) -> String {
    let operation = format!("      requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}\n");
    contract("", "components: {schemas: {Good: {type: object}}}\n")
        .replace("    get:\n", &format!("    post:\n{operation}"))
}

#[test]
fn a_reference_that_cannot_be_read_is_never_no_change() {
    let missing = body("{$ref: '#/components/schemas/Missing'}");
    let other = body("{$ref: '#/components/schemas/Other'}");
    let (good, none) = (body("{$ref: '#/components/schemas/Good'}"), body("{type: object}"));
    // New, or with another target: whatever is named.
    for base in [&good, &none, &other] {
        let (code, gate, change, report) = diff(&[("a.yaml", base), ("b.yaml", &missing)], &[]);
        assert_eq!((code, gate.as_str(), change.as_str()), (2, "incomplete", "unknown"), "{report:#}");
        let what = report["limitations"][0]["what"].as_str().unwrap();
        assert!(what.contains("line ") && what.contains("Missing"), "{what}");
    }
    // Of both sides: two files by their names are wanted whole.
    let (code, gate, change, _) = diff(&[("a.yaml", &missing), ("b.yaml", &missing)], &[]);
    assert_eq!((code, gate.as_str(), change.as_str()), (2, "incomplete", "unknown"));
    // Readable again: a change that nobody can judge.
    let (code, gate, change, report) = diff(&[("a.yaml", &missing), ("b.yaml", &good)], &[]);
    assert_eq!((code, gate.as_str(), change.as_str()), (0, "pass", "risky"), "{report:#}");
    assert_eq!(rules(&report), ["reference-readable"]);
}

#[test]
fn what_both_sides_cannot_read_is_listed_and_everything_beside_it_judged() {
    let folder = tempfile::tempdir().unwrap();
    for (side, schema) in [("old", "{type: string}"), ("new", "{type: string, maxLength: 3}")] {
        let text = body("{$ref: '#/components/schemas/Missing'}").replace(
            "    post:\n",
            &format!("    post:\n      parameters: [{{name: q, in: query, schema: {schema}}}]\n"),
        );
        std::fs::create_dir(folder.path().join(side)).unwrap();
        std::fs::write(folder.path().join(side).join("a.yaml"), text).unwrap();
    }
    let run = |more: &[&str]| {
        let mut arguments = vec!["diff", "old", "new", "--no-config", "-f", "json"];
        arguments.extend(more);
        let output = covenant(folder.path(), &arguments);
        (code(&output), json(&output))
    };
    let (code, report) = run(&[]);
    assert_eq!((code, &report["verdict"]["change"]), (1, &"breaking".into()), "{report:#}");
    assert_eq!(report["limitations"][0]["incomplete"], false);
    assert!(report["limitations"][0]["what"].as_str().unwrap().contains("counts as unchanged"), "{report:#}");
    let (code, report) = run(&["--limitations", "all"]);
    assert_eq!((code, &report["verdict"]["change"]), (2, &"breaking".into()));
}

#[test]
fn a_contract_with_a_key_twice_is_not_compared_as_if_it_were_whole() {
    let twice = contract("", "") + "paths: {}\n";
    let (code, gate, ..) = diff(&[("a.yaml", &contract("", "")), ("b.yaml", &twice)], &[]);
    assert_eq!((code, gate.as_str()), (2, "incomplete"));
}

#[test]
fn a_limitation_counts_also_where_breaks_were_found() {
    let folder = tempfile::tempdir().unwrap();
    for side in ["old", "new"] {
        std::fs::create_dir(folder.path().join(side)).unwrap();
        std::fs::write(folder.path().join(side).join("b.yaml"), "openapi: 3.0.3\ninfo: [\n").unwrap();
    }
    std::fs::write(folder.path().join("old/a.yaml"), contract("", "")).unwrap();
    std::fs::write(folder.path().join("new/a.yaml"), contract("", "").replace("/payments", "/payouts")).unwrap();
    let output = covenant(folder.path(), &["diff", "old", "new", "--no-config", "-f", "json"]);
    let report = json(&output);
    assert_eq!((code(&output), &report["verdict"]["gate"]), (2, &"incomplete".into()));
    assert_eq!(
        (&report["verdict"]["change"], &report["verdict"]["required_bump"]),
        (&"breaking".into(), &"major".into())
    );
}

/// Runs that pass, fail and cannot be completed: arguments and exit code.
fn runs() -> (tempfile::TempDir, Vec<(Vec<&'static str>, i32)>) {
    let good = contract("", "");
    let gone = good.replace("/payments", "/payouts");
    let folder = folder(&[
        ("a.yaml", &good),
        ("b.yaml", &gone),
        ("broken.yaml", "openapi: 3.0.3\ninfo: [\n"),
        ("latin.yaml", ""),
    ]);
    File::create(folder.path().join("latin.yaml"))
        .unwrap()
        .write_all(b"openapi: 3.0.3\ninfo: {title: caf\xe9}\n")
        .unwrap();
    let runs = vec![
        (vec!["diff", "a.yaml", "a.yaml"], 0),
        (vec!["diff", "a.yaml", "b.yaml"], 1),
        (vec!["diff", "a.yaml", "broken.yaml"], 2),
        (vec!["diff", "a.yaml", "nope.yaml"], 2),
        (vec!["lint", "a.yaml", "--fail-on", "never"], 0),
        (vec!["lint", "a.yaml", "--fail-on", "hint"], 1),
        (vec!["lint", "latin.yaml"], 2),
        (vec!["check", "b.yaml", "--base", "./a.yaml"], 1),
        (vec!["check", "a.yaml", "latin.yaml", "--fail-on", "never"], 2),
        (vec!["lint", "a.yaml", "-r", "nope.yaml"], 2),
    ];
    (folder, runs)
}

#[test]
fn the_exit_code_is_that_of_the_gate_in_every_format_and_an_incomplete_run_says_so_in_each() {
    let (folder, runs) = runs();
    for (arguments, expected) in runs {
        for format in Format::ALL {
            let mut all = arguments.clone();
            all.extend(["--no-config", "-f", format.name]);
            let output = covenant(folder.path(), &all);
            assert_eq!(code(&output), expected, "{all:?}: {}", stdout(&output));
            if expected == 2 {
                let text = stdout(&output);
                let says = ["not examined", "not-examined", "incomplete"].iter().any(|word| text.contains(word));
                assert!(says, "{all:?}: {text}");
                assert!(!stderr(&output).is_empty(), "{all:?} says nothing on standard error");
                assert!(!text.contains("name=\"no findings\""), "{all:?}: {text}");
            }
        }
    }
}

#[test]
fn the_reports_that_were_asked_for_are_written_when_the_run_cannot_begin() {
    let folder = folder(&[("a.yaml", &contract("", ""))]);
    let arguments =
        ["lint", "a.yaml", "-r", "nope.yaml", "-o", "sarif=out.sarif", "-o", "junit=out.xml", "-o", "json=out.json"];
    let output = covenant(folder.path(), &arguments);
    assert_eq!(code(&output), 2);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("out.xml").contains("<error message="), "{}", read("out.xml"));
    assert!(read("out.json").contains("\"gate\": \"incomplete\""));
    assert!(read("out.sarif").contains("\"executionSuccessful\": false"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_no_report() {
    let folder = folder(&[("a.yaml", &contract("", ""))]);
    for arguments in
        [&["diff", "a.yaml", "a.yaml"][..], &["lint", "a.yaml", "--fail-on", "never"], &["bump", "a.yaml", "a.yaml"]]
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(folder.path(), arguments).stdout(full).output().unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains("standard output cannot be written"), "{arguments:?}");
    }
}

#[test]
fn a_check_without_a_base_says_that_nothing_was_compared() {
    let folder = folder(&[("a.yaml", &contract("", ""))]);
    let run = |format: &str| stdout(&covenant(folder.path(), &["check", "a.yaml", "--no-config", "-f", format]));
    assert!(run("text").contains("change: not-compared; required version bump: not-compared"), "{}", run("text"));
    assert!(
        run("github-output").contains("change=not-compared\nrequired-bump=not-compared\nbreaking-count=not-compared\n")
    );
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bank");
    let mut out = Vec::new();
    for folder in ["payments", "cards", "accounts"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        out.extend(
            entries
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "json")),
        );
    }
    out.sort();
    out
}

#[test]
fn a_contract_compared_with_itself_did_not_change() {
    let all = fixtures();
    assert!(all.len() > 3, "{all:?}");
    for path in all {
        let name = path.to_str().unwrap();
        let output = covenant(path.parent().unwrap(), &["diff", name, name, "--no-config", "-f", "json"]);
        let report = json(&output);
        assert_eq!(
            report["verdict"],
            serde_json::json!({"gate": "pass", "change": "none", "required_bump": "none"}),
            "{name}"
        );
    }
}

#[test]
fn threads_standard_input_and_notation_change_no_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bank/payments");
    let (base, revision) = (root.join("1.3.0.yaml"), root.join("1.4.0.yaml"));
    let (base, revision) = (base.to_str().unwrap(), revision.to_str().unwrap());
    let arguments = ["diff", base, revision, "--no-config", "--as-of", "2026-06-01", "-f", "json"];
    let one = command(&root, &arguments).env("RAYON_NUM_THREADS", "1").output().unwrap();
    let two = command(&root, &arguments).env("RAYON_NUM_THREADS", "2").output().unwrap();
    assert_eq!(one.stdout, two.stdout);
    // The same text on standard input and as JSON.
    let text = std::fs::read_to_string(revision).unwrap();
    let value: serde_json::Value = serde_yaml(&text);
    let folder = folder(&[("revision.json", &serde_json::to_string_pretty(&value).unwrap())]);
    let written = folder.path().join("revision.json");
    let as_json = covenant(
        &root,
        &["diff", base, written.to_str().unwrap(), "--no-config", "--as-of", "2026-06-01", "-f", "json"],
    );
    assert_eq!(json(&as_json)["verdict"], json(&one)["verdict"]);
    let mut child = command(&root, &["diff", base, "-", "--no-config", "--as-of", "2026-06-01", "-f", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let piped = child.wait_with_output().unwrap();
    assert_eq!(json(&piped)["verdict"], json(&one)["verdict"]);
    assert_eq!(rules(&json(&piped)), rules(&json(&one)));
}

/// A YAML text as JSON, by the reader of the library.
fn serde_yaml(text: &str) -> serde_json::Value {
    covenant::workspace::Workspace::from_text("a.yaml", text).root().to_json()
}

#[test]
fn turned_round_a_change_of_a_request_is_that_of_a_response() {
    let schemas = [
        ("{type: string}", "{type: string, maxLength: 5}"),
        (
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, required: [a], properties: {a: {type: string}}}",
        ),
        ("{type: integer, minimum: 1}", "{type: integer, minimum: 3}"),
        ("{type: string}", "{type: integer}"),
        ("{type: array, items: {type: string}}", "{type: array, maxItems: 2, items: {type: string}}"),
    ];
    let request = |schema: &str| body(schema);
    let response = |schema: &str| {
        contract("", "").replace(
            "{'204': {description: Done}}",
            &format!("{{'200': {{description: Done, content: {{application/json: {{schema: {schema}}}}}}}}}"),
        )
    };
    for (old, new) in schemas {
        for (old, new) in [(old, new), (new, old)] {
            let strict = ["--keep", "contract"];
            let (_, _, sent, first) = diff(&[("a.yaml", &request(old)), ("b.yaml", &request(new))], &strict);
            let (_, _, answered, second) = diff(&[("a.yaml", &response(new)), ("b.yaml", &response(old))], &strict);
            assert_eq!(sent == "breaking", answered == "breaking", "{old} {new}\n{first:#}\n{second:#}");
        }
    }
}

#[test]
fn the_changelog_names_every_breaking_finding() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bank/payments");
    for (base, revision) in [("1.3.0.yaml", "1.4.0.yaml"), ("1.4.0.yaml", "2.0.0.yaml")] {
        let diff =
            json(&covenant(&root, &["diff", base, revision, "--no-config", "--as-of", "2026-06-01", "-f", "json"]));
        let log = covenant(&root, &["changelog", base, revision, "--no-config", "--as-of", "2026-06-01", "-f", "json"]);
        let log = stdout(&log);
        let breaking = diff["diagnostics"].as_array().unwrap().iter().filter(|finding| finding["impact"] == "breaking");
        let mut count = 0;
        for finding in breaking {
            count += 1;
            let fingerprint = finding["fingerprint"].as_str().unwrap();
            assert!(log.contains(fingerprint), "{base} {revision}: {finding:#} is not in\n{log}");
        }
        assert!(base != "1.3.0.yaml" || count > 5, "{count}");
    }
}

#[test]
fn secrets_are_in_no_report_whatever_prints_them() {
    let (token, card) = ("ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "4539578763621486");
    let operation = |value: &str| {
        format!(
            "      description: {value}\n      operationId: {value}\n      parameters: [{{name: card, in: query, schema: {{type: string, default: '{value}', enum: ['{value}', a]}}, example: '{value}'}}]\n"
        )
    };
    let (one, two) = (contract(&operation(token), ""), contract(&operation(card), ""));
    let folder = folder(&[("a.yaml", &one), ("b.yaml", &two)]);
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["bump", "a.yaml", "b.yaml"],
        vec!["changelog", "a.yaml", "b.yaml"],
        vec!["changelog", "a.yaml", "b.yaml", "-f", "json"],
        vec!["bump", "a.yaml", "b.yaml", "-f", "json"],
    ];
    for format in Format::ALL {
        runs.push(vec!["lint", "a.yaml", "b.yaml", "-p", "strict,pci-dss", "-f", format.name]);
        runs.push(vec!["diff", "a.yaml", "b.yaml", "-f", format.name]);
        runs.push(vec!["diff", "b.yaml", "a.yaml", "-f", format.name]);
        runs.push(vec!["check", "b.yaml", "--base", "./a.yaml", "-f", format.name]);
    }
    runs.push(vec!["lint", "a.yaml", "b.yaml", "--shard", "1/1", "-f", "json"]);
    for arguments in runs {
        let output = covenant(folder.path(), &[arguments.as_slice(), &["--no-config"]].concat());
        for text in [stdout(&output), stderr(&output)] {
            assert!(!text.contains(&token[4..]) && !text.contains(&card[..12]), "{arguments:?}: {text}");
        }
    }
}

/// The official schema of SARIF, as a crate that the tests use carries it.
fn sarif_schema() -> serde_json::Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let host = stdout(&rustc).lines().find_map(|line| line.strip_prefix("host: ").map(str::to_owned)).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            &host,
            "--manifest-path",
        ])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    let metadata = json(&metadata);
    let mut packages = metadata["packages"].as_array().unwrap().iter();
    let manifest =
        packages.find(|package| package["name"] == "serde-sarif").unwrap()["manifest_path"].as_str().unwrap();
    let text = std::fs::read_to_string(Path::new(manifest).with_file_name("src").join("schema.json")).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Its pattern of languages is no regular expression: a bracket is not closed.
    for holder in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][holder]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    schema
}

#[test]
fn sarif_is_what_its_official_schema_asks_for() {
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let ignored = contract("      # covenant-ignore doc-operation-description\n      operationId: a b\n", "")
        .replace("title: Payments", "title: ''");
    let folder = folder(&[("a.yaml", &ignored), ("broken.yaml", "openapi: 3.0.3\ninfo: [\n")]);
    let ours = folder.path().to_owned();
    let runs = [
        (root.join("bank/payments"), vec!["diff", "1.3.0.yaml", "1.4.0.yaml"]),
        (
            root.join("bank/payments"),
            vec!["check", "1.4.0.yaml", "--base", "./1.3.0.yaml", "-p", "strict,pci-dss,fapi"],
        ),
        (root.join("bank/cards"), vec!["lint", "1.3.0.yaml", "-r", "spectral:oas"]),
        (ours.clone(), vec!["lint", "a.yaml", "-p", "strict"]),
        (ours.clone(), vec!["lint", "a.yaml", "-D"]),
        (ours, vec!["diff", "a.yaml", "broken.yaml"]),
    ];
    let mut results = 0;
    for (folder, arguments) in runs {
        let report = json(&covenant(&folder, &[arguments.as_slice(), &["--no-config", "-f", "sarif"]].concat()));
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{} {e}", e.instance_path())).take(3).collect();
        assert_eq!(errors, Vec::<String>::new(), "{arguments:?}");
        for result in report["runs"][0]["results"].as_array().unwrap() {
            results += 1;
            let rule = &report["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(result["partialFingerprints"]["covenant/v1"].is_string());
            for key in ["name", "helpUri"] {
                assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {rule}");
            }
            for key in ["shortDescription", "fullDescription", "help"] {
                assert!(rule[key]["text"].as_str().is_some_and(|text| !text.is_empty()), "{key} of {rule}");
            }
        }
    }
    assert!(results > 50, "{results}");
}

#[cfg(unix)]
#[test]
fn every_way_in_leads_to_the_same_verdict() {
    let (base, revision) = (contract("", ""), contract("", "").replace("/payments", "/payouts"));
    let folder = folder(&[("a.yaml", &base), ("b.yaml", &revision)]);
    let covenant = env!("CARGO_BIN_EXE_covenant");
    let of_files = Command::new(covenant)
        .args(["diff", "a.yaml", "b.yaml", "--no-config", "-f", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let expected = json(&of_files)["verdict"].clone();
    let ways = [
        "$C diff <(cat a.yaml) <(cat b.yaml)",
        "cat b.yaml | $C diff a.yaml /dev/stdin",
        "cat b.yaml | $C diff a.yaml -",
        "cat a.yaml | $C diff - b.yaml",
        "mkfifo pipe && (cat b.yaml > pipe &) && $C diff a.yaml pipe",
    ];
    for way in ways {
        let line = format!("{} --no-config -f json", way.replace("$C", covenant));
        let output = Command::new("bash").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
        assert_eq!((code(&output), &json(&output)["verdict"]), (1, &expected), "{way}: {}", stderr(&output));
    }
    let line = format!("cat b.yaml | {covenant} lint /dev/stdin --no-config -f json");
    let linted = Command::new("bash").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
    assert_eq!(json(&linted)["contracts"], 1);
    let address = Command::new(covenant)
        .args(["diff", "https://a.example/v1.yaml", "b.yaml"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(code(&address), 2);
    assert!(
        stderr(&address).contains("curl -fsSL https://a.example/v1.yaml | covenant diff - b.yaml"),
        "{}",
        stderr(&address)
    );
}

#[test]
fn names_of_severities_are_one_vocabulary_and_the_old_ones_are_read() {
    let text = contract("", "");
    let config = "fail-on: warning\nrules: {doc-operation-id: warning}\n";
    let folder = folder(&[("a.yaml", &text), ("new.yaml", config), ("old.yaml", &config.replace("warning", "warn"))]);
    let run = |arguments: &[&str]| covenant(folder.path(), arguments);
    let (new, old) = (
        run(&["lint", "a.yaml", "-c", "new.yaml", "-f", "json"]),
        run(&["lint", "a.yaml", "-c", "old.yaml", "-f", "json"]),
    );
    // The names and digests of the two configurations differ, and nothing else.
    let told = |output: &Output| {
        let mut report = json(output);
        report.as_object_mut().unwrap().remove("policy");
        report
    };
    assert_eq!(told(&new), told(&old));
    assert!(stdout(&new).contains("\"severity\": \"warning\"") && !stdout(&new).contains("\"warn\""));
    for name in ["warning", "warn", "note"] {
        let output = run(&["lint", "a.yaml", "--no-config", "--fail-on", name, "--show", name]);
        assert!(code(&output) < 2, "{name}: {}", stderr(&output));
    }
}
