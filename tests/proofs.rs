//! Proofs are messages that others can send: read back by an independent implementation, and run by `curl` against a server
//! on loopback.
#![cfg(unix)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_covenant")).args(arguments).current_dir(folder).output().unwrap()
}

fn report(folder: &Path, base: &str, revision: &str) -> Value {
    let output = covenant(folder, &["diff", "--no-config", base, revision, "--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    })
}

/// The confirmed proofs of a report, by the id of their change.
fn proofs(report: &Value) -> Vec<(String, Value)> {
    let all = report["diagnostics"].as_array().unwrap().iter();
    let confirmed = all.filter(|one| one["evidence"]["status"] == "confirmed");
    confirmed.map(|one| (one["rule"].as_str().unwrap().to_owned(), one["evidence"].clone())).collect()
}

fn folder(name: &str, base: &str, revision: &str) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
    std::fs::write(folder.path().join("base.yaml"), base).unwrap();
    std::fs::write(folder.path().join("revision.yaml"), revision).unwrap();
    folder
}

const STYLES: &str = "
openapi: 3.1.1
info: {title: t, version: 1.0.0}
security: [{key: []}]
paths:
  /a/{label}/{matrix}:
    get:
      parameters:
        - {name: label, in: path, required: true, style: label, schema: {type: array, items: {type: string}}}
        - {name: matrix, in: path, required: true, style: matrix, schema: {type: string}}
        - {name: exploded, in: query, required: true, schema: {type: array, items: {type: string, maxLength: 9}}}
        - {name: joined, in: query, required: true, explode: false, schema: {type: array, items: {type: string}}}
        - {name: piped, in: query, required: true, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
        - {name: deep, in: query, required: true, style: deepObject, schema: {type: object, required: [k], properties: {k: {type: string}}}}
        - {name: json, in: query, required: true, content: {application/json: {schema: {type: object, required: [j], properties: {j: {type: integer}}}}}}
        - {name: at, in: query, required: true, schema: {type: string, format: date-time}}
        - {name: X-Id, in: header, required: true, schema: {type: string, format: uuid}}
        - {name: sid, in: cookie, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
      responses: {'200': {description: d}}
  /form:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [name]
              properties: {name: {type: string, maxLength: 20}, tags: {type: array, items: {type: string}}}
      responses: {'200': {description: d}}
components:
  securitySchemes: {key: {type: apiKey, in: query, name: key}}
";

/// Percent-decoding of our own, apart from what the product does.
fn plain(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            b'+' => out.push(b' '),
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

fn pairs(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        out.entry(plain(name)).or_default().push(plain(value));
    }
    out
}

#[test]
fn every_parameter_is_written_by_its_style_and_read_back() {
    let revision = STYLES.replace("maximum: 100", "maximum: 5");
    let folder = folder("styles", STYLES, &revision);
    let all = proofs(&report(folder.path(), "base.yaml", "revision.yaml"));
    let [(_, evidence)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(evidence["isolation"], "alone");
    let message = &evidence["message"];
    let (path, query) = message["target"].as_str().unwrap().split_once('?').unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    assert!(parts[2].starts_with('.') && parts[3].starts_with(";matrix="), "{path}");
    let query = pairs(query);
    let value = &evidence["value"]["query"];
    assert_eq!(query["exploded"][0], value["exploded"][0].as_str().unwrap());
    assert_eq!(query["joined"], [value["joined"][0].as_str().unwrap()]);
    assert_eq!(query["deep[k]"], [value["deep"]["k"].as_str().unwrap()]);
    assert_eq!(serde_json::from_str::<Value>(&query["json"][0]).unwrap(), value["json"]);
    assert!(
        query["at"][0].starts_with("20") && query["at"][0].ends_with("T12:00:00Z")
            || query["at"][0].ends_with("T00:00:00Z")
    );
    assert!(query["limit"][0].parse::<i64>().unwrap() > 5);
    assert_eq!(query["key"], ["<api-key>"]);
    let headers: BTreeMap<&str, &str> = message["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect();
    assert_eq!(headers["X-Id"].len(), 36);
    assert_eq!(headers["Cookie"], format!("sid={}", evidence["value"]["cookies"]["sid"].as_str().unwrap()));
}

/// The evidence of the findings of a comparison, by the id of their change.
fn evidence(base: &str, revision: &str) -> BTreeMap<String, Value> {
    let folder = folder("evidence", base, revision);
    let report = report(folder.path(), "base.yaml", "revision.yaml");
    let all = report["diagnostics"].as_array().unwrap().iter();
    all.map(|one| (one["rule"].as_str().unwrap().to_owned(), one["evidence"].clone())).collect()
}

/// A contract with one operation whose query parameter `q` has this schema.
fn queried(schema: &str) -> String {
    format!(
        "openapi: 3.1.1\ninfo: {{title: t, version: 1.0.0}}\npaths:\n  /a:\n    get:\n      parameters:\n        \
         - {{name: q, in: query, schema: {schema}}}\n      responses: {{'200': {{description: d}}}}\n"
    )
}

#[test]
fn a_proof_that_several_edits_break_names_the_other_findings() {
    let base = queried("{type: string}");
    let all = evidence(&base, &queried("{type: string, format: uuid, pattern: '^[0-9a-f-]{36}$'}"));
    let [format, pattern] = ["request-parameter-format-added", "request-parameter-pattern-added"];
    for (one, other) in [(format, pattern), (pattern, format)] {
        let proof = &all[one];
        if proof["isolation"] == "alone" {
            assert!(proof["also"].is_null(), "{proof}");
            continue;
        }
        assert_eq!(proof["isolation"], "joint", "{proof}");
        let named = proof["also"].as_array().unwrap().iter().map(|also| also["finding"]["rule"].as_str());
        assert_eq!(named.collect::<Vec<_>>(), [Some(other)], "{proof}");
        assert!(proof["also"][0]["finding"]["line"].as_u64().unwrap() > 1);
    }
    assert!(all.values().any(|proof| proof["isolation"] == "joint"), "{all:?}");
}

#[test]
fn a_proof_that_one_edit_breaks_names_nobody_else() {
    let all = evidence(&queried("{type: string}"), &queried("{type: string, maxLength: 3, title: T}"));
    let proof = &all["request-parameter-max-length-set"];
    assert_eq!((&proof["isolation"], &proof["also"]), (&"alone".into(), &Value::Null));
}

#[test]
fn a_limit_beyond_every_proof_is_not_shown_by_the_break_of_another_edit() {
    let all = evidence(&queried("{type: string}"), &queried("{type: string, maxLength: 100000, pattern: '^[a-z]*$'}"));
    let limit = &all["request-parameter-max-length-set"];
    assert_eq!(limit["status"], "none");
    assert!(limit["reason"].as_str().unwrap().starts_with("the two limits decide it"), "{limit}");
    assert_eq!(all["request-parameter-pattern-added"]["isolation"], "alone");
}

#[test]
fn edits_of_bodies_that_servers_may_ignore_are_risky_unless_another_operation_has_them() {
    const BODIES: &str = "
openapi: 3.0.3
info: {title: t, version: 1.0.0}
paths:
  /a:
    get: &reading
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'200': {description: d}}
    METHOD: *reading
components: {schemas: {A: {type: object, properties: {n: {type: integer}}}}}
";
    let impact = |method: &str| {
        let base = BODIES.replace("METHOD", method);
        let folder = folder("bodies", &base, &base.replace("{A: {type: object", "{A: {type: object, required: [n]"));
        let report = report(folder.path(), "base.yaml", "revision.yaml");
        let all = report["diagnostics"].as_array().unwrap();
        let found = all.iter().find(|one| one["rule"] == "request-property-became-required").unwrap();
        (found["impact"].as_str().unwrap().to_owned(), found["message"].as_str().unwrap().to_owned())
    };
    let (ignored, message) = impact("delete");
    assert_eq!(ignored, "risky");
    assert!(message.ends_with("ignored, but servers may read it"), "{message}");
    assert_eq!(impact("put").0, "breaking");
}

#[test]
fn numbers_in_parameters_are_written_in_digits() {
    let all = evidence(&queried("{type: integer}"), &queried("{type: integer, format: int64}"));
    let target = all["request-parameter-format-added"]["message"]["target"].as_str().unwrap();
    assert_eq!(target, "/a?q=10000000000000000000");
}

#[test]
fn a_line_break_shows_a_pattern_of_any_characters() {
    let all = evidence(&queried("{type: string}"), &queried("{type: string, pattern: '^.*$'}"));
    assert_eq!(all["request-parameter-pattern-added"]["message"]["target"], "/a?q=%0A");
}

#[test]
fn what_is_only_read_by_other_rules_is_shown_with_what_both_sides_make_of_it() {
    const PARTS: &str = "
openapi: 3.1.1
info: {title: t, version: 1.0.0}
paths:
  /a:
    post:
      parameters:
        - {name: empty, in: query, allowEmptyValue: true, schema: {type: string}}
        - {name: raw, in: query, allowReserved: true, schema: {type: string}}
        - {name: any, in: query}
        - {name: many, in: query, schema: {type: array, items: {type: string}}}
      requestBody:
        content:
          multipart/form-data:
            schema: {type: object, properties: {scan: {type: string}}}
            encoding: {scan: {contentType: image/png}}
      responses:
        '200':
          description: d
          headers: {X-Rate: {schema: {type: object, additionalProperties: {type: string}}}}
";
    let revision = PARTS
        .replace("allowEmptyValue: true, ", "")
        .replace("allowReserved: true, ", "")
        .replace("name: any, in: query", "name: any, in: query, schema: {type: integer}")
        .replace("name: many, in: query", "name: many, in: query, explode: false")
        .replace("image/png", "image/jpeg")
        .replace("{X-Rate: {", "{X-Rate: {explode: true, ");
    let all = evidence(PARTS, &revision);
    let target = |rule: &str| all[rule]["message"]["target"].as_str().unwrap_or_else(|| panic!("{rule}: {all:#?}"));
    assert_eq!(target("request-parameter-became-not-allow-empty-value"), "/a?empty=");
    assert_eq!(target("request-parameter-became-not-allow-reserved"), "/a?raw=a/b");
    assert_eq!(target("request-parameter-schema-added"), "/a?any=a");
    assert_eq!(all["request-parameter-schema-added"]["status"], "confirmed");
    assert_eq!(target("request-parameter-explode-changed"), "/a?many=a&many=a");
    let part = &all["request-body-encoding-changed"];
    assert!(part["message"]["body"].as_str().unwrap().contains("Content-Type: image/png"), "{part}");
    assert_eq!(part["reason"], "the part `scan` is sent as `image/png`, the revision describes `image/jpeg`");
    assert!(all["response-header-explode-changed"]["message"]["headers"][0][1].as_str().unwrap().contains('='));
}

#[test]
fn forms_are_read_back_as_they_were_meant() {
    let revision = STYLES.replace("maxLength: 20", "maxLength: 5");
    let folder = folder("forms", STYLES, &revision);
    let all = proofs(&report(folder.path(), "base.yaml", "revision.yaml"));
    let [(_, evidence)] = &all[..] else { panic!("{all:?}") };
    let form = pairs(evidence["message"]["body"].as_str().unwrap());
    assert_eq!(form["name"], [evidence["value"]["body"]["name"].as_str().unwrap()]);
    assert!(form["name"][0].len() > 5);
}

#[test]
fn bodies_of_the_bank_are_the_values_that_are_shown() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/bank/payments");
    let mut seen = 0;
    for (base, revision) in [("1.0.0", "1.1.0"), ("1.2.0", "1.3.0"), ("1.3.0", "1.4.0"), ("1.4.0", "2.0.0")] {
        for (rule, evidence) in proofs(&report(&root, &format!("{base}.yaml"), &format!("{revision}.yaml"))) {
            let message = &evidence["message"];
            if let (Some(body), Some(value)) = (message["body"].as_str(), evidence["value"].get("body")) {
                assert_eq!(&serde_json::from_str::<Value>(body).unwrap(), value, "{rule}");
                seen += 1;
            }
            let text = evidence.to_string();
            assert!(!text.contains("\"createdAt\":\"a\""), "{rule}: a date is a date: {text}");
        }
    }
    assert!(seen > 5, "{seen}");
}

/// What cannot travel is no proof: the verdicts are told without one.
#[test]
fn values_without_a_form_on_the_wire_break_nothing() {
    let with = |schema: &str| {
        format!(
            "openapi: 3.1.1\ninfo: {{title: t, version: 1.0.0}}\npaths:\n  /a:\n    get:\n      parameters:\n        - {{name: p, in: query, schema: {schema}}}\n      responses: {{'200': {{description: d}}}}\n"
        )
    };
    for (base, revision) in [
        ("{type: array, items: {type: string}}", "{type: array, minItems: 1, items: {type: string}}"),
        ("{enum: [new, paid], type: string}", "{type: array, items: {enum: [new, paid], type: string}}"),
        ("{type: boolean}", "{type: string, enum: ['true', 'false']}"),
        ("{type: [string, 'null'], maxLength: 4}", "{type: string, maxLength: 4}"),
    ] {
        let folder = folder("unsent", &with(base), &with(revision));
        let report = report(folder.path(), "base.yaml", "revision.yaml");
        for one in report["diagnostics"].as_array().unwrap() {
            assert_ne!(one["impact"], "breaking", "{base} to {revision}: {one}");
        }
    }
}

/// A request as the server on loopback got it.
type Got = (String, BTreeMap<String, String>, String);

/// A server that answers everything with one status code and notes what it got.
fn server(status: u16) -> (String, Arc<Mutex<Vec<Got>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let all = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&all);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let mut headers = BTreeMap::new();
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                let Some((name, value)) = header.trim_end().split_once(':') else { break };
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            seen.lock().unwrap().push((line.trim_end().to_owned(), headers, String::from_utf8(body).unwrap()));
            let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, all)
}

/// Names and values that shells, templates and tools could take for something else.
const HOSTILE: &str = "
openapi: 3.1.1
info: {title: t, version: 1.0.0}
security: [{token: []}]
paths:
  /a b/$(touch PWNED)/{{x}}/`id`/'quote':
    post:
      summary: \"line\\nbreak $(touch PWNED)\"
      parameters:
        - {name: \"'; touch PWNED; '\", in: query, required: true, schema: {const: \"$(touch PWNED)\"}}
        - {name: '{{env}}', in: query, required: true, schema: {const: \"a\\nb`touch PWNED`\"}}
        - {name: '--output', in: query, required: true, schema: {const: '--config=/etc/passwd'}}
        - {name: X-Template, in: header, required: true, schema: {const: \"{{token}} $HOME '\\\"` # \\\\x\"}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [file, text]
              properties:
                file: {const: '@/etc/passwd'}
                text: {const: \"{{x}} '$(touch PWNED)' \\\\ \\n```\"}
                size: {type: integer, maximum: 100}
          text/plain: {schema: {type: string, maxLength: 90}}
      responses: {'200': {description: d}}
  /plain:
    post:
      requestBody: {required: true, content: {text/plain: {schema: {type: string, enum: ['@/etc/passwd', b]}}}}
      responses: {'200': {description: d}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
";

fn run(folder: &Path, script: &str, variables: &[(&str, &str)]) -> Output {
    std::fs::write(folder.join("proofs.sh"), script).unwrap();
    let mut command = Command::new("sh");
    command.arg("proofs.sh").current_dir(folder);
    command.envs(variables.iter().copied());
    command.output().unwrap()
}

#[test]
fn the_written_script_sends_every_request_as_it_is_shown() {
    let revision = HOSTILE.replace("maximum: 100", "maximum: 5").replace("['@/etc/passwd', b]", "[b]");
    let folder = folder("script", HOSTILE, &revision);
    let expected = proofs(&report(folder.path(), "base.yaml", "revision.yaml"));
    assert_eq!(expected.len(), 2, "{expected:?}");
    let arguments = ["diff", "--no-config", "base.yaml", "revision.yaml", "--format", "curl"];
    let idle = String::from_utf8(covenant(folder.path(), &arguments).stdout).unwrap();
    let (address, got) = server(200);
    let output = run(folder.path(), &idle, &[("BASE_URL", &address)]);
    assert!(output.status.success() && got.lock().unwrap().is_empty(), "unsafe methods are not sent");
    let script = covenant(folder.path(), &[&arguments[..], &["--include-unsafe"]].concat()).stdout;
    let script = String::from_utf8(script).unwrap();
    let output = run(folder.path(), &script, &[("BASE_URL", &address), ("EXPECT", "base"), ("TOKEN", "secret")]);
    let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}");
    let got = got.lock().unwrap();
    assert_eq!(got.len(), expected.len(), "{log}");
    for ((rule, evidence), (line, headers, body)) in expected.iter().zip(&*got) {
        let message = &evidence["message"];
        assert_eq!(body, message["body"].as_str().unwrap(), "{rule}");
        assert_eq!(headers["authorization"], "Bearer secret", "{rule}");
        assert!(line.starts_with("POST /") && line.ends_with(" HTTP/1.1"), "{line}");
        let (target, sent) = (message["target"].as_str().unwrap(), line.split(' ').nth(1).unwrap());
        assert_eq!(plain(target), plain(sent), "{rule}");
        for pair in message["headers"].as_array().unwrap() {
            let (name, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            if name != "Authorization" {
                assert_eq!(headers[&name.to_ascii_lowercase()], value, "{rule}");
            }
        }
    }
    assert!(!folder.path().join("PWNED").exists(), "{script}");
}

#[test]
fn the_script_fails_where_a_server_does_not_do_what_is_expected() {
    let revision = HOSTILE.replace("maximum: 100", "maximum: 5");
    let folder = folder("expect", HOSTILE, &revision);
    let script = covenant(
        folder.path(),
        &["diff", "--no-config", "base.yaml", "revision.yaml", "--format", "curl", "--include-unsafe"],
    );
    let script = String::from_utf8(script.stdout).unwrap();
    for (status, expect, good) in [
        (200, "base", true),
        (422, "revision", true),
        (200, "revision", false),
        (422, "base", false),
        (401, "revision", false),
    ] {
        let (address, _) = server(status);
        let output = run(folder.path(), &script, &[("BASE_URL", &address), ("EXPECT", expect)]);
        assert_eq!(output.status.success(), good, "{status} {expect}: {}", String::from_utf8_lossy(&output.stdout));
    }
    assert!(!run(folder.path(), &script, &[]).status.success(), "an address is needed");
}

#[test]
fn nothing_of_a_contract_is_a_template_of_hurl() {
    let revision = HOSTILE.replace("maximum: 100", "maximum: 5");
    let folder = folder("hurl", HOSTILE, &revision);
    let file = covenant(
        folder.path(),
        &["diff", "--no-config", "base.yaml", "revision.yaml", "--format", "hurl", "--include-unsafe"],
    );
    let file = String::from_utf8(file.stdout).unwrap();
    let templates: Vec<&str> = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split("{{").skip(1))
        .map(|rest| rest.split("}}").next().unwrap())
        .collect();
    assert!(!templates.is_empty());
    for name in templates {
        assert!(["base_url", "token", "least", "most"].contains(&name), "{name} in {file}");
    }
    assert!(file.contains("base64,") && file.contains("status >= {{least}}"), "{file}");
    assert!(
        !file.contains("PWNED`") || file.lines().all(|line| line.starts_with('#') || !line.contains('`')),
        "{file}"
    );
}
