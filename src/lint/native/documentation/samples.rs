//! Code samples of operations (`x-codeSamples`): in the languages that clients write, and right.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::{Finding, Options, url::Url, words};
use crate::openapi::{Audience, Operation, ParameterIn};
use crate::workspace::Place;

/// The samples of an operation.
pub(super) fn samples<'w>(operation: &Operation<'w>) -> Option<Place<'w>> {
    let keys = ["x-codeSamples", "x-code-samples"];
    let own = keys.iter().find_map(|key| operation.place.get(key));
    own.or_else(|| operation.place.get("x-readme")?.get("code-samples")).filter(|list| !list.is_empty())
}

fn text<'w>(sample: Place<'w>, keys: &[&str]) -> &'w str {
    keys.iter().find_map(|key| sample.get_str(key)).unwrap_or_default()
}

const LANGUAGE: [&str; 2] = ["lang", "language"];
const SOURCE: [&str; 2] = ["source", "code"];

/// One name for a language.
fn language(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "curl" | "bash" | "sh" | "shell" | "http" => "shell".to_owned(),
        "c#" | "csharp" | ".net" | "dotnet" => "csharp".to_owned(),
        "js" | "javascript" | "node" | "node.js" | "nodejs" | "typescript" | "ts" => "javascript".to_owned(),
        "py" | "python" | "python3" => "python".to_owned(),
        "go" | "golang" => "go".to_owned(),
        other => other.to_owned(),
    }
}

/// `doc-code-samples-languages`: samples in the languages of clients. Options: `languages`, `least`, `generated-samples`.
pub(super) fn languages(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    if options.is_set("generated-samples") || facts.audience() == Some(Audience::Internal) {
        return;
    }
    let own = options.list("languages");
    let wanted = if own.is_empty() { vec!["shell", "java", "csharp", "python", "javascript", "go"] } else { own };
    let least = options.number("least", 3) as usize;
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let split = super::super::facts::path_words(operation);
        if words::any(&split, &["sandbox", "test", "simulate", "mock"]) {
            continue;
        }
        candidates += 1;
        let list = samples(operation);
        let mut there: Vec<String> =
            list.into_iter().flat_map(Place::elements).map(|sample| language(text(sample, &LANGUAGE))).collect();
        there.retain(|name| wanted.contains(&name.as_str()));
        there.sort();
        there.dedup();
        if there.len() < least {
            let message = format!(
                "{} has code samples in {} of the languages {}; add {} with `x-codeSamples`",
                operation.label(),
                there.len(),
                wanted.join(", "),
                least - there.len()
            );
            found.push(Finding::key(list.unwrap_or(operation.place), message).of(operation));
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations have code samples in fewer than {least} languages; add `x-codeSamples`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// The arguments of a curl command, quotes removed.
fn arguments(source: &str) -> Vec<String> {
    let (mut out, mut word, mut quote, mut any) = (Vec::new(), String::new(), None, false);
    let mut letters = source.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => (quote, any) = (Some(letter), true),
            (None | Some('"'), '\\') => match letters.next() {
                Some('\n' | '\r') | None => {}
                Some(next) => word.push(next),
            },
            (None, _) if letter.is_whitespace() => {
                if any || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                    any = false;
                }
            }
            _ => word.push(letter),
        }
    }
    if any || !word.is_empty() {
        out.push(word);
    }
    out
}

/// What a curl command calls: method and URL.
fn call(source: &str) -> Option<(String, String)> {
    let all = arguments(source);
    let start = all.iter().position(|word| word == "curl")?;
    let all = &all[start + 1..];
    let url = all.iter().find(|word| word.starts_with("http://") || word.starts_with("https://"))?.clone();
    let named = all.iter().position(|word| word == "-X" || word == "--request").and_then(|at| all.get(at + 1));
    let joined = all.iter().find_map(|word| {
        word.strip_prefix("--request=").or_else(|| word.strip_prefix("-X").filter(|rest| !rest.is_empty()))
    });
    let data = all.iter().any(|word| word == "-d" || word.starts_with("--data") || word == "-F" || word == "--form");
    let queried = all.iter().any(|word| word == "-G" || word == "--get");
    let head = all.iter().any(|word| word == "-I" || word == "--head");
    let default = if head {
        "HEAD"
    } else if data && !queried {
        "POST"
    } else {
        "GET"
    };
    let method = named.map(String::as_str).or(joined).unwrap_or(default).to_ascii_uppercase();
    Some((method, url))
}

/// Whether a text stands for a value that the reader fills in.
fn is_open(text: &str) -> bool {
    text.contains(['$', '<', '{', '%']) || text.starts_with(':')
}

/// Whether the end of a path is what the template says.
fn fits(path: &str, template: &str) -> bool {
    let segments = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (path, template) = (segments(path), segments(template));
    path.len() >= template.len()
        && path[path.len() - template.len()..]
            .iter()
            .zip(&template)
            .all(|(part, wanted)| part == wanted || wanted.contains('{') || is_open(part))
}

/// `doc-code-samples-coherent`: samples call what they stand at.
pub(super) fn coherent(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for operation in facts.operations() {
        for sample in samples(operation).into_iter().flat_map(Place::elements) {
            let (name, source) = (text(sample, &LANGUAGE), text(sample, &SOURCE));
            if name.is_empty() || source.is_empty() {
                let what = if name.is_empty() { "`lang`" } else { "`source`" };
                out.push(Finding::key(sample, format!("this code sample has no text in {what}")).of(operation));
                continue;
            }
            let place = SOURCE.iter().find_map(|key| sample.get(key)).unwrap_or(sample);
            if let Some(fault) = call(source).and_then(|(method, url)| fault(operation, &method, &url)) {
                out.push(Finding::at(place, fault).of(operation));
            }
        }
    }
}

/// What is wrong with a call in a sample.
fn fault(operation: &Operation<'_>, method: &str, address: &str) -> Option<String> {
    let own = operation.method.to_ascii_uppercase();
    if method != own && !is_open(method) {
        return Some(format!("this sample calls `{method}`, but the operation is `{own}`"));
    }
    let url = Url::new(address);
    if url.is_plain() && !url.is_loopback() {
        return Some("this sample calls without TLS; use `https`".to_owned());
    }
    let end = url.rest.find(['?', '#']).unwrap_or(url.rest.len());
    let (path, query) = url.rest.split_at(end);
    if !fits(path, operation.path.template) {
        return Some(format!(
            "this sample calls `{path}`, but the path of the operation is `{}`",
            operation.path.template
        ));
    }
    let servers = operation.servers();
    let hosts: Vec<String> = servers
        .iter()
        .flat_map(crate::openapi::Server::urls)
        .map(|url| Url::new(&url).host.to_ascii_lowercase())
        .collect();
    let known = |host: &String| host.is_empty() || is_open(host) || host.eq_ignore_ascii_case(url.host);
    if !is_open(url.host) && !hosts.is_empty() && !hosts.iter().any(known) {
        return Some(format!("this sample calls the host `{}`, which is none of the servers", url.host));
    }
    let parameters = operation.parameters();
    let declared = |name: &str| {
        parameters.iter().any(|parameter| match parameter.location {
            Some(ParameterIn::Query) => parameter.name == name || name.starts_with(&format!("{}[", parameter.name)),
            Some(ParameterIn::QueryString) => true,
            _ => false,
        })
    };
    let names = query.trim_start_matches('?').split('#').next().unwrap_or_default().split('&');
    let unknown = names
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .find(|name| !name.is_empty() && !is_open(name) && !declared(name));
    unknown.map(|name| format!("this sample sends the query parameter `{name}`, which the operation does not have"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curl_commands_are_read() {
        let call = |source: &str| call(source).unwrap();
        assert_eq!(
            call("curl -X DELETE \\\n  'https://a.test/v1/x?y=1'"),
            ("DELETE".to_owned(), "https://a.test/v1/x?y=1".to_owned())
        );
        assert_eq!(call("curl https://a.test -d '{\"a\": 1}'").0, "POST");
        assert_eq!(call("curl -G https://a.test --data-urlencode q=1").0, "GET");
    }

    #[test]
    fn paths_fit_templates_from_their_end() {
        assert!(fits("/v1/accounts/17", "/accounts/{id}") && fits("/accounts/$ID/x", "/accounts/{id}/x"));
        assert!(!fits("/v1/account/17", "/accounts/{id}") && !fits("/accounts", "/accounts/{id}"));
    }
}
