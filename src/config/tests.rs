use super::*;

fn read(text: &str) -> Result<Config, Box<Diagnostic>> {
    parse(&Arc::new(SourceText::new("covenant.yaml", text)))
}

#[test]
fn a_full_file_is_read() {
    let config = read(
        "version: 1\nprofile: strict\nrulesets: [spectral:oas, team.yaml]\nrules: {sec-server-https-only: warn, x: off}\nfail-on: warn\n\
         apis: [{name: payments, file: api/payments.yaml}]\ndiff: {keep: wire, response-enum-added: compatible, severity: {endpoint-added: off}}\n\
         waivers:\n  - {rule: 'sec-*', owner: team-a, reason: migration, expires: 2027-01-31}\nmap: {'https://x.test/': vendor}\n",
    )
    .unwrap();
    assert_eq!(config.rules["x"], RuleLevel::Off);
    assert_eq!(config.fail_on, Some(FailOn::Warn));
    assert_eq!(config.waivers[0].expires.to_string(), "2027-01-31");
    assert_eq!(config.diff.keep, Some(crate::diagnostic::Category::Default));
}

#[test]
fn faults_have_a_place_and_name_the_key() {
    let error = read("profile: strict\nfail_on: error\n").unwrap_err();
    assert!(error.message.contains("fail_on"), "{}", error.message);
    assert_eq!(error.location.start().line, 2);
    assert!(error.message.ends_with("; did you mean `fail-on`?"), "{}", error.message);
    let error = read("rules: {a: eror}\n").unwrap_err();
    assert!(error.message.ends_with("; did you mean `error`?"), "{}", error.message);
    let error = read("apis: [api.yaml]\n").unwrap_err();
    assert!(error.message.contains("expected a mapping with `file`"), "{}", error.message);
    let error = read("apis: [{file: a.yaml, profile: strict}]\n").unwrap_err();
    assert!(error.message.contains("unknown field `profile`"), "{}", error.message);
    assert!(read("version: 2\n").unwrap_err().message.contains("version 2"));
    assert!(read("waivers: [{rule: a, owner: b, reason: c, expires: 2027-02-30}]\n").is_err());
    assert!(read("rules: {a: fatal}\n").unwrap_err().message.contains("fatal"));
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(read("").unwrap(), Config::default());
}

#[test]
fn the_published_schema_names_every_key() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/covenant.schema.json")).unwrap();
    let keys = |value: &serde_json::Value| {
        value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>()
    };
    let config = serde_json::to_value(Config::default()).unwrap();
    assert_eq!(keys(&schema["properties"]), keys(&config));
    assert_eq!(keys(&schema["properties"]["diff"]["properties"]), keys(&config["diff"]));
    let line = read("diff: {policy: [{change: x}]}\n").unwrap().diff.policy.remove(0);
    assert_eq!(keys(&schema["$defs"]["change-rule"]["properties"]), keys(&serde_json::to_value(line).unwrap()));
    let waiver = read("waivers: [{rule: a, owner: b, reason: c, expires: 2027-01-01, except: [c]}]\n")
        .unwrap()
        .waivers
        .remove(0);
    assert_eq!(keys(&schema["$defs"]["waiver"]["properties"]), keys(&serde_json::to_value(waiver).unwrap()));
}

#[test]
fn brackets_that_are_opened_without_end_are_refused_at_once() {
    let text = format!("lifecycle: {}\n", "[".repeat(400_000));
    let fault = parse(&Arc::new(SourceText::new("covenant.yaml", text))).unwrap_err();
    assert!(fault.message.contains("brackets"), "{}", fault.message);
}
