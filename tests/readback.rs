//! Every proof of the catalogue and of the small pairs, read back by a reader of our own that shares no code with the
//! product: parameters by style, bodies by media type, against the contract as plain JSON.

use covenant::diagnostic::{Category, Evidence};
use covenant::diff::{self, Options};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A text, or several under names or in order, as bytes say it: without types.
#[derive(Debug, PartialEq)]
enum Read {
    Text(String),
    List(Vec<String>),
    Pairs(BTreeMap<String, String>),
}

/// Whether what was read is a value that was meant.
fn is(read: &Read, value: &Value) -> bool {
    match (read, value) {
        (Read::Text(text), scalar) => says(text, scalar),
        (Read::List(texts), Value::Array(items)) => {
            texts.len() == items.len() && texts.iter().zip(items).all(|(text, item)| says(text, item))
        }
        (Read::Pairs(pairs), Value::Object(members)) => {
            pairs.len() == members.len()
                && members.iter().all(|(name, value)| pairs.get(name).is_some_and(|text| says(text, value)))
        }
        _ => false,
    }
}

/// Whether a text says a scalar.
fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Bool(own) => text == if *own { "true" } else { "false" },
        Value::Number(number) => text.parse::<f64>().is_ok_and(|read| Some(read) == number.as_f64()),
        _ => false,
    }
}

fn percent(text: &str) -> String {
    let (mut out, mut bytes) = (Vec::new(), text.bytes());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().expect("two digits"), bytes.next().expect("two digits")];
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).expect("digits"));
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).expect("UTF-8")
}

fn split(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// What a reference within the contract leads to.
fn resolved<'v>(contract: &'v Value, mut value: &'v Value) -> &'v Value {
    while let Some(pointer) = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#')) {
        value = contract.pointer(&percent(pointer)).expect("a reference that leads somewhere");
    }
    value
}

/// The operation that a message is for: of several the one with the fewest variables.
fn operation<'v>(contract: &'v Value, method: &str, path: &str) -> Option<(&'v Value, &'v Value)> {
    let matches = |template: &str| {
        let (own, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        own.len() == given.len()
            && own.iter().zip(&given).all(|(own, given)| {
                own == given
                    || own.split_once('{').is_some_and(|(start, rest)| {
                        let end = rest.rsplit_once('}').map_or("", |(_, end)| end);
                        given.len() >= start.len() + end.len() && given.starts_with(start) && given.ends_with(end)
                    })
            })
    };
    let paths = contract["paths"].as_object()?;
    let mut found: Vec<_> = paths
        .iter()
        .filter(|(template, _)| matches(template))
        .map(|(template, item)| (template.matches('{').count(), resolved(contract, item)))
        .filter_map(|(variables, item)| Some((variables, item, item.get(method.to_lowercase())?)))
        .collect();
    found.sort_by_key(|(variables, ..)| *variables);
    found.first().map(|(_, item, operation)| (*item, *operation))
}

fn parameter<'v>(
    contract: &'v Value,
    (item, operation): (&'v Value, &'v Value),
    place: &str,
    name: &str,
) -> Option<&'v Value> {
    let lists = [operation, item].map(|of| of["parameters"].as_array().map_or(&[][..], Vec::as_slice));
    lists.into_iter().flatten().map(|one| resolved(contract, one)).find(|one| {
        let same = one["name"]
            .as_str()
            .is_some_and(|own| if place == "header" { own.eq_ignore_ascii_case(name) } else { own == name });
        one["in"] == place && same
    })
}

/// Reads a list or object that stands in one text.
fn joined(text: &str, delimiter: &str, meant: &Value, decode: fn(&str) -> String) -> Read {
    let parts: Vec<String> = text.split(delimiter).map(decode).collect();
    match meant {
        Value::Array(_) => Read::List(parts),
        Value::Object(_) => Read::Pairs(parts.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()),
        _ => Read::Text(decode(text)),
    }
}

/// Reads a query parameter, and says which pairs it took.
fn query(parameter: Option<&Value>, name: &str, pairs: &[(String, String)], meant: &Value) -> (Read, Vec<usize>) {
    let named = |name: &str| -> Vec<usize> {
        pairs.iter().enumerate().filter(|(_, (key, _))| percent(key) == name).map(|(at, _)| at).collect()
    };
    let text = |at: usize| pairs[at].1.as_str();
    let nothing = Value::Null;
    let parameter = parameter.unwrap_or(&nothing);
    let own = named(name);
    if parameter.get("content").is_some() {
        return (Read::Text(percent(text(own[0]))), own);
    }
    let (style, explode) = match parameter["collectionFormat"].as_str() {
        Some("multi") => ("form", true),
        Some("ssv") => ("spaceDelimited", false),
        Some("tsv") => ("tab", false),
        Some("pipes") => ("pipeDelimited", false),
        Some(_) => ("form", false),
        None => {
            let style = parameter["style"].as_str().unwrap_or("form");
            // 2.0 joins by commas, where nothing else is said.
            let swagger = parameter.get("type").is_some();
            (style, parameter["explode"].as_bool().unwrap_or(style == "form" && !swagger))
        }
    };
    match (style, meant) {
        ("deepObject", Value::Object(members)) => {
            let mut taken = Vec::new();
            let mut read = BTreeMap::new();
            for key in members.keys() {
                for at in named(&format!("{name}[{key}]")) {
                    read.insert(key.clone(), percent(text(at)));
                    taken.push(at);
                }
            }
            (Read::Pairs(read), taken)
        }
        (_, Value::Object(members)) if explode => {
            let taken: Vec<usize> = members.keys().flat_map(|key| named(key)).collect();
            let read = taken.iter().map(|at| (percent(&pairs[*at].0), percent(text(*at)))).collect();
            (Read::Pairs(read), taken)
        }
        (_, Value::Array(_)) if explode => (Read::List(own.iter().map(|at| percent(text(*at))).collect()), own),
        (_, Value::Array(_) | Value::Object(_)) => {
            let delimiter = match style {
                "spaceDelimited" => "%20",
                "pipeDelimited" => "%7C",
                "tab" => "%09",
                _ => ",",
            };
            (joined(text(own[0]), delimiter, meant, percent), own)
        }
        _ => (Read::Text(percent(text(own[0]))), own),
    }
}

/// Whether a header field or cookie says a value.
fn line(described: Option<&Value>, text: &str, meant: &Value) -> bool {
    let nothing = Value::Null;
    let described = described.unwrap_or(&nothing);
    if described.get("content").is_some() {
        return serde_json::from_str::<Value>(text).is_ok_and(|read| read == *meant);
    }
    if described["explode"] == true
        && let Value::Object(_) = meant
    {
        let pairs = text.split(',').map(|pair| pair.split_once('=').expect("a pair"));
        return is(&Read::Pairs(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()), meant);
    }
    let delimiter = match described["collectionFormat"].as_str() {
        Some("ssv") => " ",
        Some("tsv") => "\t",
        Some("pipes") => "|",
        _ => ",",
    };
    is(&joined(text, delimiter, meant, str::to_owned), meant)
}

/// The texts of all leaves of an XML document, attributes included.
fn leaves_of_xml(text: &str) -> Vec<String> {
    let plain =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let mut out = Vec::new();
    for piece in text.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').expect("a closed tag");
        let values = tag.split('"').skip(1).step_by(2);
        out.extend(values.filter(|value| !value.contains("://")).map(plain));
        out.extend((!after.trim().is_empty()).then(|| plain(after)));
    }
    out.sort();
    out
}

fn leaves(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, out)),
        Value::Object(members) => members.values().for_each(|member| leaves(member, out)),
        Value::String(text) => out.push(text.clone()),
        Value::Null => {}
        other => out.push(other.to_string()),
    }
}

/// Whether the bytes of a body say a value.
fn body(media: &str, text: &str, meant: &Value) -> bool {
    let essence = media.split(';').next().unwrap().trim().to_ascii_lowercase();
    if let Some((_, boundary)) = media.split_once("boundary=") {
        let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let between = format!("--{boundary}");
        let parts = text.split(&between).filter(|part| part.contains("\r\n\r\n"));
        for part in parts {
            let (head, content) = part.split_once("\r\n\r\n").unwrap();
            let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
            read.entry(percent(name)).or_default().push(content.strip_suffix("\r\n").unwrap().to_owned());
        }
        return fields(&read, meant);
    }
    match essence.as_str() {
        "application/x-www-form-urlencoded" => {
            let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (name, value) in split(text) {
                read.entry(percent(&name)).or_default().push(percent(&value));
            }
            fields(&read, meant)
        }
        json if json.ends_with("json") || json.ends_with("/*") || json == "*" => {
            serde_json::from_str::<Value>(text).is_ok_and(|read| read == *meant)
        }
        xml if xml.ends_with("xml") => {
            let mut all = Vec::new();
            leaves(meant, &mut all);
            all.sort();
            leaves_of_xml(text) == all
        }
        _ => {
            let lines = text.strip_suffix('\n').and_then(|line| serde_json::from_str::<Value>(line).ok());
            lines.as_ref() == Some(meant) || says(text, meant)
        }
    }
}

/// Whether the fields of a form say an object.
fn fields(read: &BTreeMap<String, Vec<String>>, meant: &Value) -> bool {
    let says_all = |texts: &Vec<String>, value: &Value| match value {
        Value::Array(items) => {
            let each = texts.len() == items.len()
                && texts.iter().zip(items).all(|(text, item)| says(text, item) || is_json(text, item));
            each || (texts.len() == 1 && is(&joined(&texts[0], ",", value, str::to_owned), value))
        }
        Value::Object(_) => texts.len() == 1 && is_json(&texts[0], value),
        scalar => texts.len() == 1 && says(&texts[0], scalar),
    };
    let Value::Object(members) = meant else { return false };
    // The members of an exploded object stand by themselves.
    let whole = |(name, value): (&String, &Value)| match (read.get(name), value) {
        (Some(texts), value) => says_all(texts, value),
        (None, Value::Object(inner)) => {
            inner.iter().all(|(key, value)| read.get(key).is_some_and(|texts| says_all(texts, value)))
        }
        _ => false,
    };
    members.iter().all(whole)
}

fn is_json(text: &str, value: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|read| read == *value)
}

/// What is wrong with a proof as its own reader sees it.
fn wrong(contract: &Value, evidence: &Evidence) -> Option<String> {
    let (message, value) = (evidence.message.as_ref()?, &evidence.value);
    let nothing = Map::new();
    let group = |name: &str| value[name].as_object().unwrap_or(&nothing);
    let method = message["method"].as_str()?;
    let target = message["target"].as_str().unwrap_or_default();
    let (path, rest) = target.split_once('?').unwrap_or((target, ""));
    if path.bytes().any(|byte| byte <= b' ' || byte == b'{' || byte >= 0x7F) {
        return Some(format!("no path: {path}"));
    }
    let nobody = Value::Null;
    let found = operation(contract, method, path).unwrap_or((&nobody, &nobody));
    let of_request = message["kind"] == "request";
    let pairs = split(rest);
    let mut taken = Vec::new();
    for (name, meant) in group("query") {
        let described = parameter(contract, found, "query", name);
        let (read, own) = query(described, name, &pairs, meant);
        taken.extend(own);
        let json = described.is_some_and(|one| one.get("content").is_some());
        let right = match &read {
            Read::Text(text) if json => is_json(text, meant),
            read => is(read, meant),
        };
        if !right {
            return Some(format!("query `{name}`: {read:?} is not {meant}"));
        }
    }
    for (at, (name, text)) in pairs.iter().enumerate() {
        if !taken.contains(&at) && text != "%3Capi-key%3E" && group("querystring").is_empty() {
            return Some(format!("nobody meant `{name}`"));
        }
    }
    let headers: Vec<(&str, &str)> = message["headers"].as_array().into_iter().flatten().map(text_pair).collect();
    let header = |name: &str| headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, text)| *text);
    for (name, meant) in group("headers") {
        let text = header(name).unwrap_or_default();
        let described = if of_request {
            parameter(contract, found, "header", name)
        } else {
            let status = value["status"].as_str().unwrap_or_default();
            let answers = &found.1["responses"];
            let range = format!("{}XX", status.chars().next().unwrap_or('0'));
            let Some(answer) = [status, &range, "default"].into_iter().find_map(|key| answers.get(key)) else {
                return Some(format!("no response {status}"));
            };
            let all = resolved(contract, answer)["headers"].as_object();
            let own = all.and_then(|all| all.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)));
            own.map(|(_, header)| resolved(contract, header))
        };
        if !line(described, text, meant) || text.trim() != text {
            return Some(format!("header `{name}`: `{text}` is not {meant}"));
        }
    }
    let cookies = header("Cookie").unwrap_or_default();
    for (name, meant) in group("cookies") {
        let all: Vec<_> = cookies.split("; ").filter_map(|pair| pair.split_once('=')).collect();
        let text = all.iter().find(|(own, _)| own == name).map(|(_, text)| *text);
        let exploded = || {
            let Value::Object(members) = meant else { return false };
            members.iter().all(|(key, value)| all.iter().any(|(own, text)| own == key && says(text, value)))
        };
        if !text.map_or_else(exploded, |text| line(None, text, meant) || line(None, &percent(text), meant)) {
            return Some(format!("cookie `{name}`: {cookies} is not {meant}"));
        }
    }
    if let Some(meant) = value.get("body") {
        let media = header("Content-Type").unwrap_or_default();
        let text = message["body"].as_str().unwrap_or_default();
        if !body(media, text, meant) {
            return Some(format!("body `{media}`: {text} is not {meant}"));
        }
    } else if message.get("body").is_some() {
        return Some("nobody meant a body".to_owned());
    }
    let asks = group("credentials").keys().any(|wire| !wire.starts_with("apiKey") && !wire.starts_with("mutualTLS"));
    (asks && of_request && header("Authorization").is_none()).then(|| "credentials are missing".to_owned())
}

fn text_pair(pair: &Value) -> (&str, &str) {
    (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())
}

/// Reads all proofs of a pair; gives how many there were.
fn read_all(name: &str, base: &str, revision: &str, faults: &mut Vec<String>) -> usize {
    let sides = [Workspace::from_text("base.yaml", base), Workspace::from_text("revision.yaml", revision)];
    let contracts = [&sides[0], &sides[1]].map(|side| side.root().to_json());
    let [Ok(old), Ok(new)] = [Api::open(&sides[0]), Api::open(&sides[1])] else { panic!("{name} cannot be read") };
    let options = Options { keep: Category::Contract, ..Options::default() };
    let mut count = 0;
    for change in diff::compare(old, new, &options).changes {
        let Some(evidence) = change.evidence.filter(|evidence| evidence.message.is_some()) else { continue };
        count += 1;
        let contract = if evidence.accepted_by == "base" { &contracts[0] } else { &contracts[1] };
        if let Some(fault) = wrong(contract, &evidence) {
            faults.push(format!("{name}: {}: {fault}\n    {}", change.rule, evidence.message.unwrap()));
        }
    }
    count
}

#[test]
fn every_proof_of_the_catalogue_is_read_back_as_it_was_meant() {
    let mut faults = Vec::new();
    let pages = diff::pages().iter().map(|page| read_all(page.id, &page.base(), &page.revision(), &mut faults));
    let count: usize = pages.sum();
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 300, "only {count} proofs");
}

#[test]
fn every_proof_of_the_small_pairs_and_the_bank_is_read_back_as_it_was_meant() {
    let mut faults = Vec::new();
    let cases: Vec<Value> = serde_yaml::from_str(include_str!("../fixtures/changes/verdicts.yaml")).unwrap();
    let mut count = 0;
    for case in cases {
        count +=
            read_all(&case["name"].to_string(), &case["base"].to_string(), &case["revision"].to_string(), &mut faults);
    }
    for (base, revision) in [
        ("payments/1.0.0", "payments/1.1.0"),
        ("payments/1.1.0", "payments/1.2.0"),
        ("payments/1.2.0", "payments/1.3.0"),
        ("payments/1.3.0", "payments/1.4.0"),
        ("payments/1.4.0", "payments/2.0.0"),
        ("accounts/1.0.0", "accounts/1.1.0"),
        ("accounts/1.1.0", "accounts/2.0.0"),
        ("accounts/2.0.0", "accounts/2.1.0"),
        ("accounts/2.1.0", "accounts/2.2.0"),
        ("cards/1.2.0", "cards/1.3.0"),
    ] {
        let text = |name: &str| {
            let path = format!("{}/fixtures/bank/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        count += read_all(base, &text(base), &text(revision), &mut faults);
    }
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 150, "only {count} proofs");
}

#[test]
fn the_reader_sees_a_message_that_says_something_else() {
    let contract = serde_json::json!({"paths": {"/a": {"get": {"parameters": [
        {"name": "ids", "in": "query", "explode": false, "schema": {"type": "array"}}
    ]}}}});
    let proof = |target: &str| Evidence {
        value: serde_json::json!({"method": "GET", "path": "/a", "query": {"ids": ["a", "b"]}}),
        message: Some(serde_json::json!({"kind": "request", "method": "GET", "target": target})),
        ..Evidence::default()
    };
    assert_eq!(wrong(&contract, &proof("/a?ids=a,b")), None);
    for other in ["/a?ids=a&ids=b", "/a?ids=a%2Cb", "/a?ids=a,b&more=1", "/a b?ids=a,b", "/a?ids=b,a"] {
        assert!(wrong(&contract, &proof(other)).is_some(), "{other}");
    }
}
