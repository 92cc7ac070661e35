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
    assert_eq!(config.diff.keep, Some(crate::diagnostic::Category::Wire));
}

#[test]
fn faults_have_a_place_and_name_the_key() {
    let error = read("profile: strict\nfail_on: error\n").unwrap_err();
    assert!(error.message.contains("fail_on"), "{}", error.message);
    assert_eq!(error.location.start().line, 2);
    assert!(read("version: 2\n").unwrap_err().message.contains("version 2"));
    assert!(read("waivers: [{rule: a, owner: b, reason: c, expires: 2027-02-30}]\n").is_err());
    assert!(read("rules: {a: fatal}\n").unwrap_err().message.contains("fatal"));
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(read("").unwrap(), Config::default());
}
