//! Functions and rulesets in JavaScript: they run, they are held to their budget, and they reach nothing.
#![cfg(feature = "js")]

use covenant::diagnostic::Diagnostic;
use covenant::lint::{FAILED, Ruleset, run};
use covenant::workspace::{Input, Options, Workspace};
use std::fs;
use std::path::Path;

/// A folder with files, by name and text.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn line(diagnostic: &Diagnostic) -> String {
    format!("{} {} {}", diagnostic.rule, diagnostic.location.pointer, diagnostic.message)
}

const CONTRACT: &str = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n";

/// The findings on [`CONTRACT`] of one function for `$.info`.
fn findings(code: &str) -> Vec<String> {
    let rule = "functions: [f]\nrules: {r: {given: $.info, then: {function: f}}}\n";
    let folder = folder(&[("rules.yaml", rule), ("functions/f.js", code)]);
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let workspace = Workspace::from_text("api.yaml", CONTRACT);
    run(&workspace, &ruleset).iter().map(line).collect()
}

/// What is wrong with a ruleset of one function.
fn faults(code: &str) -> String {
    let rule = "functions: [f]\nrules: {r: {given: $.info, then: {function: f}}}\n";
    let folder = folder(&[("rules.yaml", rule), ("functions/f.js", code)]);
    let faults = Ruleset::load("rules.yaml", folder.path()).unwrap_err();
    faults.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn functions_of_a_ruleset_report_where_they_say() {
    let ruleset = Ruleset::load("fixtures/functions/ruleset.yaml", Path::new(".")).unwrap();
    let input = Input::File("fixtures/functions/contract.yaml".into());
    let workspace = Workspace::load(&input, &Options::default()).unwrap();
    let found: Vec<String> = run(&workspace, &ruleset).iter().map(line).collect();
    let wanted = [
        "ids /paths/~1accounts~1/get/operationId \"listPayments\" is used twice",
        "slash /paths/~1accounts~1 path [object Object]: ends with a slash",
        "tags /paths/~1payments/post/tags/1 \"Admin\" is no known tag",
        "money /components/schemas/Payment/properties/amount amount is a float (shared: true, raw: \
         #/components/schemas/Payment, again: #/components/schemas/Payment)",
        "wrapped /info/version \"1.0.0\" must match the pattern \"/^v\\\\d+$/\"",
        "wrapped /info/version must be snake case",
        "wrapped /info/version equal",
        "later /info/title later: Payments",
    ];
    let (mut found, mut wanted) = (found, wanted.map(str::to_owned).to_vec());
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn a_function_that_throws_is_reported_with_its_line_and_the_run_goes_on() {
    let rules = "functions: [bad, good]\nrules:\n  one: {given: $.info, then: {function: bad}}\n  \
                 two: {given: $.info, then: {function: good}}\n";
    let folder = folder(&[
        ("rules.yaml", rules),
        ("functions/bad.js", "module.exports = (value) => {\n  return value.missing.part;\n};\n"),
        ("functions/good.js", "module.exports = () => [{ message: 'said' }];\n"),
    ]);
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let found = run(&Workspace::from_text("api.yaml", CONTRACT), &ruleset);
    assert_eq!(found[1].rule, "two");
    assert_eq!(found[0].rule, FAILED);
    let message = &found[0].message;
    assert!(
        message.starts_with("the rule `one` could not be checked: the function `bad` failed: TypeError"),
        "{message}"
    );
    assert!(message.ends_with("(functions/bad.js:2)"), "{message}");
}

#[test]
fn a_function_that_does_not_end_is_stopped() {
    for code in [
        "module.exports = () => { for (;;); };",
        "module.exports = () => { try { for (;;); } catch { return []; } };",
        "module.exports = () => /^(a+)+$/.test('a'.repeat(60) + 'b') && [];",
    ] {
        let found = findings(code);
        assert!(found[0].contains("does not end within its budget"), "{code}: {found:?}");
    }
}

#[test]
fn a_function_that_takes_all_memory_is_stopped() {
    let found =
        findings("module.exports = () => { const all = []; for (;;) all.push('x'.repeat(1 << 24) + all.length); };");
    assert!(found[0].contains("needs more than 128 MB"), "{found:?}");
    let deep = findings("module.exports = function f() { return f(); };");
    assert!(deep[0].starts_with(FAILED), "{deep:?}");
}

#[test]
fn there_is_no_clock_no_chance_and_no_world() {
    for code in ["Date.now()", "new Date()", "Date()"] {
        let found = findings(&format!("module.exports = () => [{{ message: String({code}) }}];"));
        assert!(found[0].contains("must give the same answer whenever it runs"), "{code}: {found:?}");
    }
    let seen = findings(
        "module.exports = () => [{ message: [...Object.keys(process.env), 'fetch', 'performance', 'setTimeout', 'std', 'os', 'Deno']\
         .filter((name) => name in globalThis).join() + new Date('2027-03-01T10:00:00').getHours() + \
         new Date(2027, 2, 1).toISOString() }];",
    );
    assert_eq!(seen, ["r /info 102027-03-01T00:00:00.000Z"]);
    // What looks like chance is the same in every run.
    let chance = || findings("module.exports = () => [{ message: [1, 2].map(() => Math.random()).join() }];");
    let (first, again) = (chance(), chance());
    assert_eq!(first, again);
    let (one, other) = first[0].rsplit_once(' ').unwrap().1.split_once(',').unwrap();
    assert_ne!(one, other);
}

#[test]
fn addresses_are_taken_apart() {
    let seen = findings(
        "module.exports = () => {\n  const url = new URL('../v2/a b?x=1&y=%20z#end', 'https://API.bank.example:8443/v1/c');\n  \
         return [{ message: [url.host, url.pathname, url.searchParams.get('y'), url.hash, URL.canParse('/v1'), \
         String(new URLSearchParams({ a: 'b c' }))].join(' | ') }];\n};",
    );
    assert_eq!(seen, ["r /info api.bank.example:8443 | /v2/a%20b |  z | #end | false | a=b+c"]);
    assert!(findings("module.exports = () => [{ message: new URL('/v1').href }];")[0].contains("Invalid URL"));
}

#[test]
fn packages_in_node_modules_can_be_imported() {
    let rules = "functions: [f]\nrules: {r: {given: $.info, then: {function: f}}}\n";
    let files = [
        // Packages are looked for in the repository.
        (".git/HEAD", ""),
        ("rules/rules.yaml", rules),
        (
            "rules/functions/f.js",
            "const { say } = require('@bank/words');\nmodule.exports = () => [{ message: say() }];\n",
        ),
        (
            "node_modules/@bank/words/package.json",
            r#"{"exports": {".": {"types": "./x.d.ts", "default": "./lib/main.js"}}}"#,
        ),
        (
            "node_modules/@bank/words/lib/main.js",
            "const part = require('words/part');\nexports.say = () => require('path').basename('/a/b.txt', '.txt') + part;\n",
        ),
        ("node_modules/@bank/words/node_modules/words/part.js", "module.exports = ' inner';\n"),
        ("node_modules/words/part.js", "module.exports = ' outer';\n"),
    ];
    let folder = folder(&files);
    let ruleset = Ruleset::load("rules.yaml", &folder.path().join("rules")).unwrap();
    // The program was read; its files may go.
    fs::remove_dir_all(folder.path().join("node_modules")).unwrap();
    let found = run(&Workspace::from_text("api.yaml", CONTRACT), &ruleset);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["r /info b inner"]);
}

#[test]
fn rules_of_a_built_in_ruleset_are_values_of_a_program() {
    let program = "const { oas } = require('@stoplight/spectral-rulesets');\n\
                   const { pattern } = require('@stoplight/spectral-functions');\n\
                   oas.rules['info-contact'].message = 'nobody to ask';\n\
                   const own = { ...oas.rules['info-description'], severity: 'error', recommended: true };\n\
                   module.exports = {\n  extends: oas,\n  rules: {\n    own,\n    calm: { given: '$.info', then: { \
                   function: (info, _, context) => pattern(info.title, { match: '^A' }, context) ? [{ message: 'no' }] : [] } },\n    \
                   refs: { given: '$', then: { function: (_, __, context) => [{ message: \
                   JSON.stringify(Object.values(context.documentInventory.graph.nodes)[0].refMap) }] } } } };\n";
    let folder = folder(&[("rules.js", program)]);
    let ruleset = Ruleset::load("rules.js", folder.path()).unwrap();
    let contract = format!(
        "{CONTRACT}components: {{schemas: {{a/b: {{$ref: '#/components/schemas/C'}}, C: {{type: string}}}}}}\n"
    );
    let found: Vec<String> = run(&Workspace::from_text("api.yaml", &contract), &ruleset).iter().map(line).collect();
    let told = |text: &str| found.iter().any(|found| found == text);
    assert!(told("info-contact /info nobody to ask"), "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("own /info")), "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("info-description /info")), "{found:?}");
    assert!(told(r##"refs  {"#/components/schemas/a~1b":"#/components/schemas/C"}"##), "{found:?}");
    assert!(!found.iter().any(|found| found.starts_with("calm")), "{found:?}");
}

#[test]
fn imports_stay_in_the_folder_of_the_ruleset() {
    for (import, words) in [
        ("require('fs')", "`fs` cannot be imported: files outside the folder of the ruleset and most parts of Node.js"),
        ("require('nothing')", "`nothing` cannot be imported: no such package is in `node_modules`; built in are"),
        ("require('@a/../../b')", "no such package"),
        ("require('node:fs')", "most parts of Node.js are not there"),
        ("require('/etc/passwd')", "files outside the folder of the ruleset"),
        ("require('../../../../../../../../etc/hostname')", "cannot be imported"),
        ("require('./nothing')", "there is no such file"),
    ] {
        let found = faults(&format!("{import}; module.exports = () => [];"));
        assert!(found.contains(words), "{import}: {found}");
        assert!(found.starts_with("the function `f`: "), "{import}: {found}");
    }
    let outside = folder(&[("secret.js", "module.exports = 1;")]);
    let rule = "functions: [f]\nrules: {r: {given: $.info, then: {function: f}}}\n";
    let inside =
        folder(&[("rules.yaml", rule), ("functions/f.js", "require('./link.js');\nmodule.exports = () => [];")]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path().join("secret.js"), inside.path().join("functions/link.js")).unwrap();
        let faults = Ruleset::load("rules.yaml", inside.path()).unwrap_err();
        assert!(faults[0].message.contains("it is outside the folder of the ruleset"), "{}", faults[0].message);
    }
}

#[test]
fn a_file_that_gives_no_function_is_refused_where_it_is_named() {
    assert!(faults("module.exports = 1;").ends_with("its file exports no function by default"));
    assert!(faults("export default () => {").contains("SyntaxError"));
    let folder = folder(&[("rules.yaml", "functions:\n  - gone\nrules: {}\n")]);
    let faults = Ruleset::load("rules.yaml", folder.path()).unwrap_err();
    assert_eq!(faults[0].location.start().line, 2);
    assert_eq!(faults[0].message, "the function `gone`: `./gone` cannot be imported: there is no such file");
}

#[test]
fn options_are_checked_when_the_ruleset_is_read() {
    let rules = "functions: [known-tags]\nfunctionsDir: .\nrules:\n  r:\n    given: $\n    then: {function: known-tags, \
                 functionOptions: {tag: []}}\n";
    let code = fs::read_to_string("fixtures/functions/functions/known-tags.js").unwrap();
    let folder = folder(&[("rules.yaml", rules), ("known-tags.js", &code)]);
    let faults = Ruleset::load("rules.yaml", folder.path()).unwrap_err();
    let message = &faults[0].message;
    assert!(message.starts_with("the rule `r`: options of \"knownTags\":"), "{message}");
    assert_eq!(faults[0].location.start().line, 6);
}

#[test]
fn what_is_no_list_of_messages_is_a_failure() {
    for code in ["'text'", "42", "[1]", "[null]"] {
        let found = findings(&format!("module.exports = () => ({code});"));
        assert!(found[0].starts_with(FAILED), "{code}: {found:?}");
    }
    for code in ["undefined", "null", "[]"] {
        assert_eq!(findings(&format!("module.exports = () => ({code});")), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn paths_outside_the_target_lead_from_the_root() {
    let found =
        findings("module.exports = () => [{ message: 'm', path: ['paths', '/gone'] }, { message: 'n', path: [] }];");
    assert_eq!(found, ["r /paths m", "r  n"]);
}

#[test]
fn names_of_prototypes_in_a_contract_are_names() {
    let rule = "functions: [f]\nrules: {r: {given: $.x-any, then: {function: f}}}\n";
    let code = "module.exports = (v) => [{ message: Object.keys(v).join() + ({}).polluted + v.a }];";
    let folder = folder(&[("rules.yaml", rule), ("functions/f.js", code)]);
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let contract = format!("{CONTRACT}x-any: {{__proto__: {{polluted: yes, a: 1}}, constructor: 2}}\n");
    let found: Vec<_> = run(&Workspace::from_text("api.yaml", &contract), &ruleset).iter().map(line).collect();
    assert_eq!(found, ["r /x-any __proto__,constructorundefinedundefined"]);
}

#[test]
fn a_rule_keeps_its_function_when_another_ruleset_changes_its_severity() {
    let folder = folder(&[
        ("base/rules.yaml", "functions: [f]\nrules: {r: {given: $.info, then: {function: f}}}\n"),
        ("base/functions/f.js", "export default () => [{ message: 'base' }];"),
        (
            "rules.yaml",
            "extends: ./base/rules.yaml\nfunctions: [f]\nrules:\n  r: hint\n  own: {given: $.info, \
                        then: {function: f}}\n",
        ),
        ("functions/f.js", "export default () => [{ message: 'own' }];"),
    ]);
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let found: Vec<_> = run(&Workspace::from_text("api.yaml", CONTRACT), &ruleset).iter().map(line).collect();
    assert_eq!(found, ["r /info base", "own /info own"]);
}

#[test]
fn a_ruleset_can_be_a_program() {
    let program = "
        import { truthy, pattern } from '@stoplight/spectral-functions';
        import { oas3 } from '@stoplight/spectral-formats';
        import { oas } from '@stoplight/spectral-rulesets';
        import shared from './shared.mjs';
        const own = (value, options) => (value.length > options.most ? [{ message: 'too long' }] : []);
        export default {
          extends: [[oas, 'off'], shared],
          formats: [oas3],
          aliases: { Info: ['$.info'] },
          rules: {
            'has-contact': { given: '#Info', severity: 'error', then: { field: 'contact', function: truthy } },
            'title-case': { given: '#Info.title', then: { function: pattern, functionOptions: { match: /^[a-z]/ } } },
            'short': { given: '#Info.title', then: { function: own, functionOptions: { most: 0 } } },
            'lambda': { given: '#Info', message: '{{error}}', then: { function: () => [{ message: 'always' }] } },
          },
        };";
    let shared =
        "export default { rules: { shared: { given: '$', then: { function() { return [{ message: 's' }]; } } } } };";
    for name in [".spectral.mjs", ".spectral.js"] {
        let folder = folder(&[(name, program), ("shared.mjs", shared)]);
        let ruleset = Ruleset::load(name, folder.path()).unwrap();
        let found: Vec<_> = run(&Workspace::from_text("api.yaml", CONTRACT), &ruleset).iter().map(line).collect();
        let wanted = [
            "shared  s",
            "has-contact /info \"info.contact\" property must be truthy",
            "lambda /info always",
            "title-case /info/title \"A\" must match the pattern \"/^[a-z]/\"",
            "short /info/title too long",
        ];
        assert_eq!(found, wanted);
    }
}

#[test]
fn a_program_can_have_formats_of_its_own() {
    let program = "
        import { truthy } from '@stoplight/spectral-functions';
        import { oas3 } from '@stoplight/spectral-formats';
        const bank = (document, source) => document['x-kind'] === 'bank' && source.endsWith('.yaml');
        bank.displayName = 'Contract of a bank';
        export default {
          formats: [bank],
          aliases: { Part: { targets: [{ formats: [oas3], given: ['$.info'] }, { formats: [bank], given: ['$.paths'] }] } },
          rules: {
            all: { given: '$', then: { field: 'x', function: truthy } },
            part: { given: '#Part', formats: [oas3], then: { field: 'x', function: truthy } },
          },
        };";
    let folder = folder(&[(".spectral.mjs", program)]);
    let ruleset = Ruleset::load(".spectral.mjs", folder.path()).unwrap();
    let found = |text: &str| {
        let workspace = Workspace::from_text("api.yaml", text);
        let mut found = covenant::lint::document_findings(&workspace, &ruleset);
        found.extend(run(&workspace, &ruleset));
        found.iter().map(line).collect::<Vec<_>>()
    };
    let bank = "openapi: 3.0.3\nx-kind: bank\ninfo: {}\npaths: {}\n";
    assert_eq!(found(bank), ["all  \"x\" property must be truthy", "part /paths \"paths.x\" property must be truthy"]);
    assert_eq!(found(&bank.replace("bank", "shop")), ["part /info \"info.x\" property must be truthy"]);
    let words = "The provided document does not match any of the registered formats [Contract of a bank, OpenAPI 3.x]";
    assert_eq!(found("a: 1\n"), [format!("unrecognized-format  {words}")]);
    let broken = program.replace("document['x-kind'] === 'bank'", "document.a.b");
    std::fs::write(folder.path().join("broken.mjs"), broken).unwrap();
    let ruleset = Ruleset::load("broken.mjs", folder.path()).unwrap();
    let found = run(&Workspace::from_text("api.yaml", bank), &ruleset);
    assert!(found.iter().any(|found| found.rule == "function-failed" && found.message.contains("Contract of a bank")));
}

#[test]
fn functions_see_their_rule_and_the_formats_of_the_document() {
    let program = "
        import { oas2, oas3, oas3_0 } from '@stoplight/spectral-formats';
        const f = (value, options, { document, documentInventory, rule }) => [{
          message: [rule.name, rule.severity, rule.description, document.formats === documentInventory.formats,
            ...[oas2, oas3, oas3_0].map((format) => document.formats.has(format))].join(),
        }];
        export default { rules: {
          a: { given: '$', formats: [oas3, oas2], severity: 'hint', message: '{{error}}', description: 'A', then: { function: f } },
          b: { given: '$', then: { function: f } },
        } };";
    let folder = folder(&[(".spectral.mjs", program)]);
    let ruleset = Ruleset::load(".spectral.mjs", folder.path()).unwrap();
    let found: Vec<_> = run(&Workspace::from_text("api.yaml", CONTRACT), &ruleset).iter().map(line).collect();
    assert_eq!(found, ["a  a,3,A,true,false,true,false", "b  b,1,,true,false,true,false"]);
}

#[test]
fn a_program_that_is_no_ruleset_says_what_is_wrong() {
    let cases = [
        ("export default { rules: { r: { given: '$', then: { functon: 1 } } } };", "names no function"),
        ("export default 1;", "a ruleset must be an object"),
        ("throw new Error('broken');", "broken (.spectral.js:1)"),
        ("const a = { rules: {} }; a.rules.a = a; export default a;", "the ruleset holds itself"),
        ("export default { aliases: { A: () => true }, rules: {} };", "only `then` and `formats` can have one"),
        ("import fs from 'fs'; export default {};", "`fs` cannot be imported"),
    ];
    for (program, words) in cases {
        let folder = folder(&[(".spectral.js", program)]);
        let faults = Ruleset::load(".spectral.js", folder.path()).unwrap_err();
        assert!(faults[0].message.contains(words), "{program}: {}", faults[0].message);
    }
}

#[test]
fn every_contract_sees_the_modules_anew() {
    let code = "let calls = 0;\nmodule.exports = () => [{ message: `call ${++calls}` }];";
    let rule = "functions: [f]\nrules: {r: {given: '$.info[*]', then: {function: f}}}\n";
    let folder = folder(&[("rules.yaml", rule), ("functions/f.js", code)]);
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let workspace = Workspace::from_text("api.yaml", CONTRACT);
    let once: Vec<_> = run(&workspace, &ruleset).iter().map(line).collect();
    let again: Vec<_> = run(&workspace, &ruleset).iter().map(line).collect();
    assert_eq!(once, ["r /info/title call 1", "r /info/version call 2"]);
    assert_eq!(once, again);
}
