//! The structural check against the official JSON Schemas of OpenAPI: whatever they reject is rejected.
//!
//! The official schemas and the real contracts are no part of the package. `COVENANT_EXHAUSTIVE=1` tries every mutation of the seed contracts. What only this check
//! reports is printed with its reason: `cargo test --test structure -- --nocapture`.

mod collection;

use covenant::diagnostic::Diagnostic;
use covenant::openapi::Version;
use covenant::openapi::model::{self, FieldType, ObjectId};
use covenant::syntax;
use covenant::text::SourceText;
use covenant::workspace::{Input, Options, Workspace};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    syntax::parse(Arc::new(SourceText::new(path.to_string_lossy(), text)), None, &syntax::Limits::default())
        .tree
        .root()
        .to_json()
}

/// The official schema of a version, made to agree with the text of the specification where they differ.
fn official(folder: &Path, version: Version) -> Validator {
    let name = version.name();
    let file = |part: &str| read(&folder.join("oas-schemas").join(format!("{name}{part}")));
    if version < Version::V3_1 {
        return jsonschema::options().with_draft(Draft::Draft4).build(&file(".json")).unwrap();
    }
    let mut base = file(".schema-base.yaml");
    // `jsonSchemaDialect` and `$schema` may name other dialects; this schema is the one for its own alone.
    base.as_object_mut().unwrap().remove("properties");
    base["$defs"]["schema"].as_object_mut().unwrap().remove("properties");
    let mut schema = file(".schema.yaml");
    // Parameters of a link are any values, section Link Object.
    schema["$defs"]["link"]["properties"]["parameters"] = json!({"type": "object"});
    let id = |part: &str| format!("https://spec.openapis.org/oas/{name}/{part}/WORK-IN-PROGRESS");
    let registry = Registry::new()
        .add(id("schema"), schema)
        .and_then(|registry| registry.add(id("dialect"), file(".dialect.yaml")))
        .and_then(|registry| registry.add(id("meta"), file(".meta.yaml")))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(&base)
        .unwrap()
}

fn check(workspace: &Workspace, version: Version) -> Vec<Diagnostic> {
    model::validate(workspace.root(), version)
}

fn seeds() -> Vec<(Version, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/structure");
    Version::ALL.into_iter().map(|version| (version, read(&folder.join(format!("all-{version}.yaml"))))).collect()
}

/// Adds the fields of `value`, taken as `ty`, to `seen`.
fn cover(value: &Value, ty: &FieldType, version: Version, seen: &mut BTreeSet<(ObjectId, String)>) {
    let model = model::model();
    for ty in ty.alternatives() {
        match (ty, value) {
            (FieldType::Object(id), Value::Object(map)) => {
                let object = model.object(*id);
                let selected = object
                    .select
                    .iter()
                    .all(|(name, values)| map.get(name).and_then(Value::as_str) == Some(&values[0]));
                let reference = map.contains_key("$ref") && object.field("$ref", version).is_none();
                if !selected || reference {
                    continue;
                }
                for (name, value) in map {
                    if let Some(field) = object.lookup(model, name, version) {
                        seen.insert((*id, name.clone()));
                        cover(value, &field.ty, version, seen);
                    }
                }
            }
            (FieldType::Map(inner), Value::Object(map)) => {
                for value in map.values() {
                    cover(value, inner, version, seen);
                }
            }
            (FieldType::List(inner), Value::Array(list)) => {
                for value in list {
                    cover(value, inner, version, seen);
                }
            }
            (FieldType::Reference, Value::Object(map)) if map.contains_key("$ref") => {
                let id = model.id("Reference").unwrap();
                seen.extend(map.keys().map(|name| (id, name.clone())));
            }
            _ => {}
        }
    }
}

#[test]
fn the_seed_contracts_use_every_field_of_the_table_and_are_sound() {
    for (version, seed) in seeds() {
        let model = model::model();
        let mut seen = BTreeSet::new();
        cover(&seed, &FieldType::Object(model.root(version).unwrap()), version, &mut seen);
        for object in model.objects_in(version) {
            let id = model.id(&object.name).unwrap();
            for (name, _) in object.fields_in(version) {
                // Of fields that exclude each other one is enough.
                let groups = object.groups.iter().filter(|group| group.fields.iter().any(|field| field == name));
                let mut names = groups.flat_map(|group| group.fields.iter().cloned()).chain([name.to_owned()]);
                let used = names.any(|name| seen.contains(&(id, name)));
                assert!(used, "the seed of {version} does not use {}.{name}", object.name);
            }
        }
        let workspace = Workspace::from_text("seed.json", &seed.to_string());
        let mut found = check(&workspace, version);
        // Keywords that the dialect names and that have no effect.
        found.retain(|finding| finding.rule != "struct-keyword");
        assert!(found.is_empty(), "{version}: {found:#?}");
    }
}

#[test]
#[ignore = "needs the collection"]
fn the_official_schemas_accept_the_seed_contracts() {
    let shared = collection::part("");
    for (version, seed) in seeds() {
        let official = official(&shared, version);
        let errors: Vec<_> = official.iter_errors(&seed).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{version}: {errors:#?}");
    }
}

/// The fenced contracts of a page below the heading `section`.
fn examples(page: &str, section: &str) -> Vec<String> {
    let body = page.split("\n## ").find(|part| part.starts_with(section)).unwrap_or_default();
    body.split("```yaml\n").skip(1).filter_map(|part| part.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn every_rule_has_a_page_whose_examples_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/lint/structure");
    // One page is about what the reader finds: `duplicate-key`.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), model::Check::ALL.len() + 1);
    for rule in model::Check::ALL.iter().map(|check| check.id()) {
        let page = std::fs::read_to_string(folder.join(format!("{rule}.md"))).unwrap();
        let (good, bad) = (examples(&page, "Good"), examples(&page, "Bad"));
        assert!(!good.is_empty() && !bad.is_empty(), "{rule}: no examples");
        for text in good.iter().chain(&bad) {
            let workspace = Workspace::from_text("api.yaml", text);
            let found = check(&workspace, Version::detect(workspace.root()).unwrap());
            let mut found: Vec<_> = found.iter().map(|d| (d.rule.to_string(), d.location.start().line)).collect();
            found.sort_by_key(|(_, line)| *line);
            let expect = |(_, line): &(usize, &str)| line.contains("# expect");
            let lines = text.lines().enumerate().filter(expect).map(|(at, _)| (rule.to_owned(), at as u32 + 1));
            assert_eq!(found, lines.collect::<Vec<_>>(), "{rule}:\n{text}");
        }
        assert!(bad.iter().all(|text| text.contains("# expect")), "{rule}: a bad example expects nothing");
    }
}

/// Every node of a value as a pointer, leaves and collections.
fn pointers(value: &Value, at: &mut String, out: &mut Vec<String>) {
    out.push(at.clone());
    let len = at.len();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                at.push('/');
                at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                pointers(value, at, out);
                at.truncate(len);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                at.push_str(&format!("/{index}"));
                pointers(value, at, out);
                at.truncate(len);
            }
        }
        _ => {}
    }
}

/// Numbers that look random and are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// The values that stand in for a value of another type.
fn other_values() -> [Value; 8] {
    [json!(null), json!(true), json!(7), json!(-1), json!("text"), json!([]), json!({}), json!(["a", "a"])]
}

/// What `mutation` does to the node at `pointer`; `None` where it cannot be done there.
fn mutate(base: &Value, pointer: &str, mutation: usize) -> Option<(String, Value)> {
    let mut out = base.clone();
    let (parent, token) = pointer.rsplit_once('/')?;
    let token = token.replace("~1", "/").replace("~0", "~");
    let others = other_values();
    let what = match (mutation, out.pointer_mut(parent)?) {
        (0, Value::Object(map)) => map.shift_remove(&token).map(|_| "deleted")?,
        (0, Value::Array(list)) => {
            list.remove(token.parse().ok()?);
            "deleted"
        }
        (1, Value::Object(map)) => {
            let value = map.shift_remove(&token)?;
            map.insert(format!("{token}x"), value);
            "renamed"
        }
        (2, Value::Object(map)) => {
            map.insert("unknownField".to_owned(), json!("text"));
            "unknown field added"
        }
        (3, Value::Object(map)) => {
            map.insert("$ref".to_owned(), json!("#/info"));
            "reference added"
        }
        (4, Value::Array(list)) => {
            list.push(list.first()?.clone());
            "entry repeated"
        }
        (5, Value::Object(_) | Value::Array(_)) => {
            let value = out.pointer_mut(pointer).filter(|value| value.is_string())?;
            *value = json!(format!("{}?", value.as_str()?));
            "text changed"
        }
        (n, _) if n >= 6 => {
            let value = out.pointer_mut(pointer)?;
            *value = others.get(n - 6)?.clone();
            "type changed"
        }
        _ => return None,
    };
    Some((format!("{what} at {pointer}"), out))
}

const MUTATIONS: usize = 14;

/// What one side alone reported.
#[derive(Default)]
struct Tally {
    tried: usize,
    rejected: usize,
    misses: Vec<String>,
    only_ours: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn judge(&mut self, name: &str, official: &Validator, version: Version, contract: &Value) {
        let workspace = Workspace::from_text("contract.json", &contract.to_string());
        let ours = check(&workspace, version);
        // References into other files cannot be followed here, and the official schemas do not follow any.
        let ours: Vec<_> = ours.iter().filter(|d| d.rule != "ref-unresolved").collect();
        self.tried += 1;
        if official.is_valid(contract) {
            for d in ours {
                let example = format!("{name}: {}", d.message);
                self.only_ours.entry(format!("{version} {}", d.rule)).or_insert((0, example)).0 += 1;
            }
            return;
        }
        self.rejected += 1;
        if ours.is_empty() {
            let errors: Vec<_> =
                official.iter_errors(contract).map(|e| format!("{}: {e}", e.instance_path())).collect();
            let errors: String = errors.join(" ;; ").chars().take(300).collect();
            self.misses.push(format!("{version} {name}: {errors}"));
        }
    }

    fn finish(&self, what: &str) {
        println!("{what}: {} tried, {} rejected by the official schemas", self.tried, self.rejected);
        println!("{what}: {} missed", self.misses.len());
        for (rule, (count, example)) in &self.only_ours {
            println!("{what}: only ours: {rule} x {count}, such as {example}");
        }
        assert!(
            self.misses.is_empty(),
            "{} misses:\n{}",
            self.misses.len(),
            self.misses[..self.misses.len().min(40)].join("\n")
        );
        assert!(self.rejected > 0, "nothing was rejected, so nothing was tested");
    }
}

#[test]
#[ignore = "needs the collection"]
fn every_mutation_of_a_seed_that_the_official_schema_rejects_is_rejected() {
    let shared = collection::part("");
    let exhaustive = std::env::var_os("COVENANT_EXHAUSTIVE").is_some();
    let mut tally = Tally::default();
    for (version, seed) in seeds() {
        let official = official(&shared, version);
        let mut places = Vec::new();
        pointers(&seed, &mut String::new(), &mut places);
        // Every place with a part of the mutations, another part at the next place; all of them on demand.
        let step = match (exhaustive, version) {
            (true, _) => 1,
            (false, Version::V3_1) => 7,
            (false, _) => 3,
        };
        for (at, place) in places.iter().filter(|place| !place.starts_with("/x-")).enumerate() {
            for mutation in (at % step..MUTATIONS).step_by(step) {
                if let Some((name, contract)) = mutate(&seed, place, mutation) {
                    tally.judge(&name, &official, version, &contract);
                }
            }
        }
    }
    tally.finish("mutations of seeds");
}

/// The contracts of the corpus: name and path of the root file.
fn corpus(shared: &Path) -> Vec<(String, PathBuf)> {
    let folder = shared.join("corpus/specs");
    let Ok(sources) = std::fs::read_to_string(folder.join("SOURCES.tsv")) else {
        println!("skipped: no corpus at {}", folder.display());
        return Vec::new();
    };
    let names = sources.lines().skip(1).filter_map(|line| line.split('\t').next());
    names.map(|name| (name.to_owned(), folder.join(name))).collect()
}

#[test]
#[ignore = "needs the collection"]
fn every_real_contract_that_the_official_schema_rejects_is_rejected() {
    let shared = collection::part("");
    let officials: Vec<_> = Version::ALL.into_iter().map(|version| official(&shared, version)).collect();
    let mut random = Random(0x5eed_c0de);
    let (mut real, mut mutated) = (Tally::default(), Tally::default());
    for (name, path) in corpus(&shared) {
        let workspace = Workspace::load(&Input::File(path), &Options::default()).unwrap();
        let Ok(version) = Version::detect(workspace.root()) else { continue };
        let official = &officials[version as usize];
        let contract = workspace.root().to_json();
        let ours = check(&workspace, version);
        let (accepted, sound) = (official.is_valid(&contract), ours.is_empty());
        real.tried += 1;
        if accepted {
            for d in &ours {
                let example = format!("{name}: {}", d.message);
                real.only_ours.entry(format!("{version} {}", d.rule)).or_insert((0, example)).0 += 1;
            }
        } else {
            real.rejected += 1;
            if sound {
                let errors: Vec<_> =
                    official.iter_errors(&contract).map(|e| format!("{}: {e}", e.instance_path())).collect();
                real.misses.push(format!("{name}: {}", errors.join(" ;; ").chars().take(400).collect::<String>()));
            }
        }
        if accepted && sound && workspace.text_bytes() < 120_000 {
            let mut places = Vec::new();
            pointers(&contract, &mut String::new(), &mut places);
            for _ in 0..25 {
                let place = &places[random.below(places.len())];
                if let Some((what, contract)) = mutate(&contract, place, random.below(MUTATIONS)) {
                    mutated.judge(&format!("{name}: {what}"), official, version, &contract);
                }
            }
        }
    }
    if real.tried > 0 {
        real.finish("real contracts");
        mutated.finish("mutations of real contracts");
    }
}
