//! A contract from a fork may hold anything: whatever command prints it in whatever form, its texts stay texts, and no file
//! that it names is waited for.

use covenant::report::Format;
use std::path::Path;
use std::process::{Command, Output};

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_covenant")).args(arguments).current_dir(folder).env_remove("CI").output().unwrap()
}

/// Ends quotes, tags, code, comments, cells and lines; moves the cursor; commands a CI system.
const EVIL: &str = r#""</script><script>alert(1)</script><img src=x onerror=alert(2)> `x` [l](javascript:alert(3)) | a\e[31m\u009b2J\e]8;;http://e\a\n::error file=x::pwned\n##teamcity[x]\n## H\n```\n]]> --> \u202e@team""#;

/// A contract with that text wherever a contract can hold one; `edit` stands in it so that two versions differ.
fn contract(edit: &str) -> String {
    format!(
        r#"openapi: 3.1.0
info: {{title: {EVIL}, version: {EVIL}, description: {EVIL}, x-owner: {EVIL}}}
tags: [{{name: {EVIL}, description: {EVIL}}}]
paths:
  ? {path}
  : get:
      operationId: {EVIL}
      summary: {EVIL}
      deprecated: true
      x-deprecated-at: 2026-01-01
      x-sunset: 2027-01-31
      x-replaced-by: {EVIL}
      x-migration-guide: "javascript:alert(1)"
      tags: [{EVIL}]
      parameters: [{{name: {EVIL}, in: query, schema: {{type: string, enum: [{edit}{EVIL}], default: {EVIL}}}}}]
      responses: {{"200": {{description: {EVIL}, content: {{{EVIL}: {{schema: {{type: object, properties: {{{EVIL}: {{type: string, pattern: {EVIL}}}}}}}}}}}}}}}
components:
  schemas:
    {EVIL}: {{type: {EVIL}, $ref: {EVIL}}}
"#,
        path = EVIL.replacen('"', "\"/", 1)
    )
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), contract("")).unwrap();
    std::fs::write(folder.path().join("b.yaml"), contract("zz, ")).unwrap();
    std::fs::write(folder.path().join("c.yaml"), "openapi: 3.1.0\ninfo: {title: x, version: 2.0.0}\npaths: {}\n")
        .unwrap();
    folder
}

/// What a terminal, a log reader, a page or a chat would obey.
fn obeyed(format: &str, output: &Output) -> Option<String> {
    let streams = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let [stdout, stderr] = &streams;
    // JSON escapes control characters itself; what it holds is read by programs.
    let json = matches!(format, "json" | "sarif" | "gitlab" | "code-climate" | "spectral-json");
    for text in if json { &streams[1..] } else { &streams[..] } {
        let moves = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || *c == '\u{202e}');
        if let Some(c) = moves {
            return Some(format!("the control character {c:?}"));
        }
    }
    let commands = ["::error file=x", "##teamcity[x]", "## H"];
    for line in stdout.lines().chain(stderr.lines()) {
        if commands.iter().any(|command| line.trim_start().starts_with(command)) {
            return Some(format!("the line {line}"));
        }
    }
    let page = matches!(format, "html" | "svg" | "junit" | "checkstyle");
    let markup = ["<script", "<img", "href=\"javascript"].into_iter().find(|markup| page && stdout.contains(markup));
    markup.map(str::to_owned)
}

#[test]
fn texts_of_a_contract_stay_texts_in_every_command_and_format() {
    let folder = folder();
    let reports = Format::ALL.map(|format| format.name);
    let filled = ["--set", "contact=c", "--set", "reason=r", "--set", "impact=i"];
    let mut runs: Vec<(Vec<&str>, &str)> = Vec::new();
    for format in reports {
        runs.push((vec!["lint", "--no-config", "-p", "strict", "a.yaml", "-f"], format));
        runs.push((vec!["diff", "--no-config", "a.yaml", "b.yaml", "-f"], format));
        runs.push((vec!["diff", "--no-config", "a.yaml", "c.yaml", "-f"], format));
        runs.push((vec!["check", "--no-config", "b.yaml", "--base", "a.yaml", "-f"], format));
    }
    for format in ["text", "json", "markdown", "html", "csv", "mermaid", "svg", "ics"] {
        runs.push((vec!["timeline", "--no-config", "a.yaml", "--as-of", "2026-11-26", "-f"], format));
    }
    for format in ["text", "json", "markdown", "html"] {
        runs.push((vec!["history", "--no-config", "a.yaml", "b.yaml", "-f"], format));
    }
    for format in ["text", "json", "markdown"] {
        let notices = ["notices", "--no-config", "a.yaml", "--to", "internal", "--as-of", "2026-11-26"];
        runs.push(([&notices[..], &filled, &["-f"]].concat(), format));
    }
    for format in ["markdown", "json"] {
        runs.push((vec!["changelog", "--no-config", "a.yaml", "b.yaml", "-f"], format));
        runs.push((vec!["changelog", "--no-config", "a.yaml", "c.yaml", "-f"], format));
    }
    for format in ["text", "json"] {
        runs.push((vec!["bump", "--no-config", "a.yaml", "c.yaml", "-f"], format));
    }
    // Refused: the message names what the contract says.
    runs.push((vec!["notices", "--no-config", "a.yaml", "--to", "internal", "--as-of", "2026-11-26", "-f"], "text"));
    for (mut arguments, format) in runs {
        arguments.push(format);
        let output = covenant(folder.path(), &arguments);
        assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{arguments:?} says nothing");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{arguments:?}");
        assert_eq!(obeyed(format, &output), None, "{arguments:?}\n{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text =
        "openapi: 3.1.0\ninfo: {title: x, version: 1.0.0}\npaths: {}\ncomponents: {schemas: {A: {$ref: pipe.yaml}}}\n";
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    for target in ["a.yaml", "."] {
        let output = covenant(folder.path(), &["lint", "--no-config", "--short", target]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("`pipe.yaml` is not a regular file"), "{said}");
    }
    // Nor is one that the configuration names.
    for key in ["baseline", "waivers-file"] {
        std::fs::write(folder.path().join("covenant.yaml"), format!("{key}: pipe.yaml\n")).unwrap();
        for command in ["lint", "check"] {
            let output = covenant(folder.path(), &[command, "a.yaml"]);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{key} {command}: {said}");
            assert!(said.contains("is not a regular file"), "{key} {command}: {said}");
        }
    }
}

#[test]
fn standard_input_is_not_read_twice() {
    let output = covenant(Path::new("."), &["diff", "-", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard input holds one contract"));
}

#[test]
fn a_schema_of_very_many_branches_is_given_up_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let contract = |keyword: &str, first: &str| {
        let branch = |k: usize| format!("{{type: object, required: [r{k}], properties: {{r{k}: {{type: string}}}}}}");
        let branches: Vec<String> = (0..600).map(branch).collect();
        let schema = format!("{{{keyword}: [{}]}}", branches.join(", ").replacen("r0", first, 1));
        format!(
            "openapi: 3.0.3\ninfo: {{title: A, version: 1.0.0}}\npaths: {{/a: {{get: {{responses: {{'200': {{description: A, \
             content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}\n"
        )
    };
    for keyword in ["oneOf", "anyOf"] {
        std::fs::write(folder.path().join("a.yaml"), contract(keyword, "r0")).unwrap();
        std::fs::write(folder.path().join("b.yaml"), contract(keyword, "other")).unwrap();
        let output = covenant(folder.path(), &["diff", "a.yaml", "b.yaml", "--no-config"]);
        let text = String::from_utf8_lossy(&output.stdout);
        let given_up = output.status.code() == Some(2) && text.contains("could not be decided");
        assert!(given_up || output.status.code() == Some(1), "{keyword}: {text}");
    }
}

#[test]
fn schemas_that_double_at_every_level_are_taken_apart_once() {
    let folder = tempfile::tempdir().unwrap();
    let contract = |keyword: &str, last: &str| {
        let level = |at: usize| {
            let below = format!("{{$ref: '#/components/schemas/S{}'}}", at - 1);
            format!(
                "S{at}: {{{keyword}: [{below}, {below}, {{type: object, properties: {{q{at}: {{type: string}}}}}}]}}"
            )
        };
        let levels: Vec<String> = (1..40).map(level).collect();
        format!(
            "openapi: 3.0.3\ninfo: {{title: A, version: 1.0.0}}\npaths:\n  /a:\n    post:\n      requestBody: {{content: \
             {{application/json: {{schema: {{$ref: '#/components/schemas/S39'}}}}}}}}\n      responses: {{'200': {{description: \
             ok}}}}\ncomponents: {{schemas: {{S0: {last}, {}}}}}\n",
            levels.join(", ")
        )
    };
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let old = contract(keyword, "{type: object, properties: {v: {type: string}}}");
        let new = contract(keyword, "{type: object, required: [v], properties: {v: {type: integer}}}");
        std::fs::write(folder.path().join("a.yaml"), old).unwrap();
        std::fs::write(folder.path().join("b.yaml"), new).unwrap();
        for sides in [["a.yaml", "b.yaml"], ["b.yaml", "a.yaml"]] {
            let output = covenant(folder.path(), &["diff", "--no-config", sides[0], sides[1]]);
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(matches!(output.status.code(), Some(1 | 2)), "{keyword}: {told}");
        }
    }
}

/// What leads from one schema of a chain to the next; `$` is the reference.
const CHAINS: [&str; 17] = [
    r#"{"additionalProperties": $}"#,
    r#"{"items": $}"#,
    r#"{"contains": $}"#,
    r#"{"propertyNames": $}"#,
    r#"{"prefixItems": [$]}"#,
    r#"{"properties": {"a": $}}"#,
    r#"{"patternProperties": {"^a": $}}"#,
    r#"{"dependentSchemas": {"a": $}}"#,
    r#"{"not": $}"#,
    r#"{"allOf": [$]}"#,
    r#"{"allOf": [{"required": ["a"], "properties": {"a": $}}]}"#,
    r#"{"anyOf": [$, {"type": "null"}]}"#,
    r#"{"oneOf": [$, {"type": "null"}]}"#,
    r#"{"if": $, "then": $, "else": $}"#,
    r#"{"allOf": [$], "unevaluatedProperties": false}"#,
    r#"{"allOf": [$, {"minLength": 1}]}"#,
    r#"{"type": "array", "items": {"oneOf": [$, {"type": "string"}]}}"#,
];

#[test]
fn chains_of_references_longer_than_the_stack_are_followed_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    for form in CHAINS {
        let schema = |level: usize| {
            let next = format!("{{\"$ref\": \"#/components/schemas/S{}\"}}", level + 1);
            format!("\"S{level}\": {}, ", form.replace('$', &next))
        };
        let contract = |last: &str| {
            let schemas: String = (0..900).map(schema).collect();
            format!(
                "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"A\", \"version\": \"1.0.0\"}}, \"paths\": {{\"/a\": {{\"post\": \
                 {{\"requestBody\": {{\"content\": {{\"application/json\": {{\"schema\": {{\"$ref\": \"#/components/schemas/S0\"}}, \
                 \"example\": {{}}}}}}}}, \"responses\": {{\"200\": {{\"description\": \"d\"}}}}}}}}}}, \"components\": {{\"schemas\": \
                 {{{schemas}\"S900\": {{\"type\": \"{last}\"}}}}}}}}"
            )
        };
        std::fs::write(folder.path().join("a.json"), contract("string")).unwrap();
        std::fs::write(folder.path().join("b.json"), contract("integer")).unwrap();
        for arguments in [
            &["lint", "a.json", "-p", "strict"][..],
            &["lint", "a.json", "-r", "spectral:oas"],
            &["diff", "a.json", "b.json"],
            &["diff", "b.json", "a.json"],
        ] {
            let output = covenant(folder.path(), &[arguments, &["--no-config", "-f", "json"]].concat());
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.code().is_some_and(|code| code <= 2), "{form}, {arguments:?}: {errors}");
        }
    }
}

/// A contract whose component `A` has this schema and this example.
fn with_example(schema: &str, example: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: A, version: 1.0.0}}\npaths: {{}}\ncomponents: {{schemas: {{A: {{{schema}, example: \
         {example}}}}}}}\n"
    )
}

#[test]
fn alternatives_that_were_not_looked_into_do_not_count_as_matching() {
    let folder = tempfile::tempdir().unwrap();
    let list = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(", ");
    let inner = |outer: usize| list(20, &|k| format!("{{type: object, required: [r{outer}x{k}]}}"));
    let schema = format!("oneOf: [{}]", list(20, &|k| format!("{{oneOf: [{}]}}", inner(k))));
    std::fs::write(folder.path().join("a.yaml"), with_example(&schema, "{z: 1}")).unwrap();
    let output = covenant(folder.path(), &["lint", "a.yaml", "--no-config", "--show", "hint"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("[doc-example-validates]") && !text.contains("but must match one"), "{text}");
}

#[test]
fn examples_that_are_too_large_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let example = format!("[{}]", "1,".repeat(60_000).trim_end_matches(','));
    std::fs::write(folder.path().join("a.yaml"), with_example("type: array, items: {type: string}", &example)).unwrap();
    let output = covenant(folder.path(), &["lint", "a.yaml", "--no-config", "--show", "hint"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("1 example or default was not checked").count(), 1, "{text}");
}

/// Characters of two, three and four bytes, alone and where digits, letters or marks are looked for.
const WORDS: [&str; 8] = ["€", "é1", "4€X", "2é", "٣٤", "𝄞XX", "/€{€}", "日本語€-€.€€"];

/// A contract with the word wherever a contract can hold one; two versions differ in much.
fn of_word(word: &str, new: bool) -> String {
    let pick = |old: &'static str, fresh: &'static str| if new { fresh } else { old };
    format!(
        r"openapi: 3.1.0
info: {{title: '{word}', version: '{version}{word}', description: '{word}', x-audience: '{word}', license: {{name: '{word}', url: '{word}'}}}}
servers: [{{url: 'https://{word}/{{{word}}}', variables: {{'{word}': {{default: '{word}', enum: ['{word}']}}}}}}]
tags: [{{name: '{word}', description: '{word}'}}]
security: [{{'{word}': ['{word}']}}]
paths:
  '/a/{word}/{{{word}}}':
    get:
      operationId: '{word}'
      summary: '{word}'
      deprecated: true
      x-deprecated-at: '2026-01-0{word}'
      x-sunset: '{sunset}'
      x-replaced-by: '{word}'
      x-stability-level: '{word}'
      tags: ['{word}']
      parameters:
        - {{name: '{word}', in: path, required: true, schema: {{type: string, enum: ['{word}', {edit}], pattern: '^{word}[{word}]{{2}}'}}}}
        - {{name: 'x-{word}', in: header, schema: {{type: [string, '{word}'], format: '{word}', default: '{word}', maxLength: {most}}}}}
      responses:
        '200': {{description: '{word}', headers: {{'{word}': {{schema: {{type: string}}}}}}, content: {{'{word}': {{schema: {{$ref: '#/components/schemas/S'}}}}, application/json: {{schema: {{$ref: '#/components/schemas/S'}}, example: {{'{word}': '{word}'}}}}}}, links: {{'{word}': {{operationId: '{word}', parameters: {{'{word}': '$request.body#/{word}'}}}}}}}}
        '{status}': {{description: '{word}'}}
        '{word}': {{description: '{word}'}}
      callbacks: {{'{word}': {{'{{$request.body#/{word}}}': {{post: {{responses: {{'{word}': {{description: d}}}}}}}}}}}}
components:
  securitySchemes: {{'{word}': {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: '{word}', scopes: {{'{word}': '{word}'}}}}}}}}}}
  schemas:
    S: {{type: object, required: ['{word}'], properties: {{'{word}': {{type: string, enum: ['{word}', '{word}{word}', {edit}]}}, {edit}: {{$ref: '{word}#/{word}'}}}}, discriminator: {{propertyName: '{word}', mapping: {{'{word}': '#/components/schemas/{word}'}}}}, patternProperties: {{'{word}': {{const: '{word}'}}}}}}
",
        version = pick("2026-01-01-preview", "2026-01-02-preview"),
        sunset = pick("2027-01-31", "2026-12-01"),
        edit = pick("a", "b"),
        most = pick("9", "4"),
        status = pick("404", "409"),
    )
}

#[test]
fn text_of_several_bytes_is_never_cut_inside_a_character() {
    let run = |folder: &Path, arguments: &[&str]| {
        let output = covenant(folder, &[arguments, &["--no-config"]].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        assert!(
            !errors.contains("panicked") && code.is_some_and(|code| code <= 2),
            "{arguments:?}: {code:?}\n{errors}"
        );
    };
    for (number, word) in WORDS.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let name = word.replace('/', "");
        let (old, new) = (format!("{name}-1.yaml"), format!("{name}-2.yaml"));
        std::fs::write(folder.path().join(&old), of_word(word, false)).unwrap();
        std::fs::write(folder.path().join(&new), of_word(word, true)).unwrap();
        let run = |arguments: &[&str]| run(folder.path(), arguments);
        // Every format once; how a format cuts its text does not depend on the word.
        let formats = if number == 0 { &Format::ALL[..] } else { &Format::ALL[..1] };
        for format in formats {
            run(&["lint", "-p", "strict", &new, "-f", format.name]);
            run(&["check", &new, "--base", &old, "--as-of", "2026-11-26", "-f", format.name]);
            run(&["diff", &old, &new, "-f", format.name]);
        }
        for command in [&["bump", &old, &new][..], &["changelog", &old, &new], &["history", &old, &new]] {
            run(command);
        }
        run(&["timeline", &new, "--as-of", "2026-11-26", "--check"]);
        run(&["notices", &new, "--to", "partner", "--as-of", "2026-11-26", "--set", "contact=c", "--set", "reason=r"]);
    }
}

/// Runs a command of git in a folder.
fn git(folder: &Path, arguments: &[&str]) {
    let given = ["-c", "user.name=é", "-c", "user.email=e@example.com"];
    let output = Command::new("git").args(given).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_command_takes_text_of_several_bytes_in_every_format() {
    let (word, name) = ("日本語€-€.€€", "€ é.yaml");
    let folder = tempfile::tempdir().unwrap();
    let (top, file) = (folder.path(), format!("日本/{name}"));
    std::fs::create_dir(top.join("日本")).unwrap();
    git(top, &["init", "-q", "-b", "main"]);
    for (new, tag) in [(false, "v€1"), (true, "v€2")] {
        std::fs::write(top.join(&file), of_word(word, new)).unwrap();
        git(top, &["add", "."]);
        git(top, &["commit", "-qm", word]);
        git(top, &["tag", tag]);
    }
    let rules = format!(
        "rules:\n  '{word}':\n    given: ['$..[\"{word}\"]', \"$..[?(@property == '{word}')]\"]\n    severity: error\n    \
         message: '{word} {{{{property}}}} {{{{value}}}} {{{{path}}}} €'\n    then: {{field: '{word}', function: pattern, \
         functionOptions: {{match: '^€{word}'}}}}\n"
    );
    std::fs::write(top.join("règles.yaml"), rules).unwrap();
    let waiver = "{rule: doc-description, owner: é€, reason: '日本', expires: 2027-01-01, path: '/€/{日}'}";
    let config =
        format!("rulesets: ['règles.yaml', 'covenant:strict']\napis: [{{file: '{file}'}}]\nwaivers: [{waiver}]\n");
    std::fs::write(top.join("covenant.yaml"), config).unwrap();
    std::fs::write(top.join("CHANGELOG.md"), "# Änderungen €\n\n## [Unreleased]\n\n- 日本€\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = covenant(top, arguments);
        let (errors, code) = (String::from_utf8_lossy(&output.stderr), output.status.code());
        let ended = code.is_some_and(|code| code <= 2)
            && !errors.contains("panicked")
            && !errors.contains("unexpected argument");
        assert!(ended, "{arguments:?}: {code:?}\n{errors}");
        output
    };
    let (old, day) = (format!("v€1:{file}"), ["--as-of", "2026-11-26"]);
    for format in Format::ALL {
        run(&["lint", &file, "-f", format.name]);
        run(&["check", "--base", "v€1", "-f", format.name]);
        run(&["diff", &old, &file, "-f", format.name]);
        let report = format!("{}=out.txt", format.name);
        run(&["timeline", &file, "--check", "--report", &report, day[0], day[1]]);
    }
    for (command, format) in [
        (&["changelog", &old, &file][..], &["markdown", "json"][..]),
        (&["changelog", "--history", "--tags", "v€*", &file], &["markdown", "json"]),
        (&["changelog", "--texts", "--into", "CHANGELOG.md", &old, &file], &["markdown"]),
        (&["changelog", "--verify", "CHANGELOG.md", &old, &file], &["markdown"]),
        (&["history", "--tags", "v€*", &file], &["text", "json", "markdown", "html"]),
        (&["timeline", "--history", &file], &["text", "json", "markdown", "html", "csv", "mermaid", "svg", "ics"]),
        (&["bump", &old, &file], &["text", "json"]),
        (&["score", &file], &["text", "json"]),
        (&["rules", "-r", "règles.yaml"], &["table", "json", "spectral"]),
    ] {
        for format in format {
            run(&[command, &["-f", format]].concat());
        }
    }
    for reader in ["partner", "internal", "public", "change-board"] {
        for format in ["text", "markdown", "json"] {
            run(&["notices", &file, "-t", reader, "-f", format, "--set", "contact=€", "--set", "reason=日本"]);
        }
    }
    let part = run(&["lint", &file, "--shard", "1/1", "-f", "json"]);
    std::fs::write(top.join("€.json"), &part.stdout).unwrap();
    for format in Format::ALL {
        drop(run(&["merge", "€.json", "-f", format.name]));
    }
    std::fs::write(top.join("schéma.json"), format!("{{\"enum\": [\"{word}\"], \"pattern\": \"€{{2}}[日-本]\"}}"))
        .unwrap();
    for arguments in [
        &["schema", "compare", "schéma.json", &format!("{file}#/components/schemas/S")][..],
        &["lint", &file, "--write-baseline", "bäse.json"],
        &["lint", &file, "--baseline", "bäse.json", "--cache", "€"],
        &["lint", &file, "--fix-dry-run"],
        &["lint", &file, "--fix"],
        &["explain", word],
        &["lint", word],
        &["bump", "--write", &old, &file],
        &["init", "日本"],
    ] {
        run(arguments);
    }
}

#[test]
fn the_next_version_counts_after_any_character() {
    let folder = tempfile::tempdir().unwrap();
    for (name, version) in [("a.yaml", "2026-01-01-preview€"), ("b.yaml", "2026-01-01-preview€2")] {
        let text = format!("openapi: 3.1.0\ninfo: {{title: t, version: '{version}'}}\npaths: {{}}\n");
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let output = covenant(folder.path(), &["bump", "--no-config", "a.yaml", "b.yaml"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
}
