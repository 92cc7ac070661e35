//! What rules, changes and profiles are, for those who put layers together.

use crate::config::{self, Catalogue, Config, overlap};
use crate::diagnostic::{Category, Severity};
use crate::lint::{self, ProfileName, Selection};
use crate::promise::Policy;
use crate::{diff, lint::profile};
use serde_json::Value;
use std::collections::BTreeMap;

/// The rules, changes and profiles that this Covenant has.
pub(super) struct Known;

impl Catalogue for Known {
    fn names_change(&self, pattern: &str) -> bool {
        diff::pages().iter().any(|page| overlap(pattern, page.id))
    }

    fn weakens(&self, above: &Config, below: &Config, ids: &str) -> bool {
        let Ok(above) = Strength::of(above, ids) else { return false };
        Strength::of(below, ids).map_or(true, |below| !below.is_as_strong_as(&above))
    }

    fn promise(&self, config: &Config) -> Result<Option<Category>, String> {
        let names = config.profile.as_deref().unwrap_or_default();
        let (names, _) = config.resolved(names)?;
        // One without a file promises nothing; one that nobody knows ends the run where rules are chosen.
        Ok(ProfileName::list(&names).filter_map(|name| profile(name.name)?.keep).min())
    }
}

/// What the profile of a configuration asks of some rules.
struct Strength {
    severities: BTreeMap<String, Severity>,
    options: BTreeMap<&'static str, Value>,
    /// Whether suppressions need a reason.
    is_strict: bool,
}

impl Strength {
    fn of(config: &Config, ids: &str) -> Result<Self, String> {
        let profile = config.profile.as_deref().unwrap_or("recommended");
        let (names, levels) = config.resolved(profile)?;
        let selection = Selection::of_profile(&names, &levels)?;
        let own = |id: &str| overlap(ids, id);
        let of_pages = selection.rules.iter().map(|rule| (rule.page.id.to_owned(), rule.severity));
        // Of rulesets, what the configuration says of their rules.
        let others = levels.iter().filter(|(id, _)| lint::page(id).is_none());
        let others = others.filter_map(|(id, level)| Some((id.clone(), level.severity()?)));
        Ok(Strength {
            severities: of_pages.chain(others).filter(|(id, _)| own(id)).collect(),
            options: selection.options.into_iter().filter(|(id, _)| own(id)).collect(),
            is_strict: ProfileName::list(&names).any(|profile| profile.name == "strict"),
        })
    }

    fn is_as_strong_as(&self, above: &Strength) -> bool {
        let holds = |(id, severity): (&String, &Severity)| self.severities.get(id).is_some_and(|own| own >= severity);
        let same = |id: &String| self.options.get(id.as_str()) == above.options.get(id.as_str());
        above.severities.iter().all(holds)
            && above.severities.keys().all(same)
            && (self.is_strict || !above.is_strict || above.severities.is_empty())
    }
}

/// Returns whether an item of `locked` is a key.
pub(super) fn is_key(item: &str) -> bool {
    let known = || serde_json::to_value(Policy::default()).unwrap_or_default();
    match item.strip_prefix("lifecycle.") {
        Some(rest) => known().pointer(&format!("/{}", rest.replace('_', "-").replace('.', "/"))).is_some(),
        None => config::is_key(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AllowBreakingBy, Merged, Source, leaves, merge};
    use crate::text::SourceText;
    use serde_json::json;
    use std::sync::Arc;

    fn put_together(texts: [String; 2]) -> Merged {
        let source = |(below, text): (usize, &String)| Source {
            text: Arc::new(SourceText::new("covenant.yaml", text.as_str())),
            below,
            around: 0,
        };
        merge(&texts.iter().enumerate().map(source).collect::<Vec<_>>(), &Known).unwrap()
    }

    /// Values that a key may hold, by its schema.
    fn values(path: &[String], schema: &Value) -> Vec<Value> {
        let of_type = |kind: &str| match kind {
            "boolean" => vec![json!(true), json!(false)],
            "integer" => vec![json!(7), json!(0)],
            "array" => vec![json!(["x-one"]), json!(["x-two"])],
            "string" if schema["format"] == "date" => vec![json!("2026-01-31"), json!("2099-01-31")],
            "string" if schema["pattern"].is_string() => vec![json!("always"), json!("new")],
            "string" => match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["profile"] | ["profiles", _, "extends"] => vec![json!("strict"), json!("spectral-oas")],
                ["diff", "policy", _, "change"] | ["waivers", ..] => vec![json!("x-one"), json!("x-two")],
                _ => vec![json!("one"), json!("two")],
            },
            _ => vec![json!({"default-audience": "public"}), json!({"default-audience": "internal"})],
        };
        match (&schema["enum"], schema["oneOf"][0]["enum"].as_array(), schema["type"].as_str()) {
            (Value::Array(all), ..) => all.clone(),
            (_, Some(all), _) => all.clone(),
            (.., Some(kind)) => of_type(kind),
            _ => panic!("{path:?}: {schema}"),
        }
    }

    /// A configuration that says one thing; elements of lists have what they need.
    fn saying(path: &[String], value: Value) -> Value {
        let list = path.get(1).is_some_and(|next| next == "0");
        let mut inner = match path {
            [] => return value,
            [_] => value,
            _ => saying(&path[1..], value),
        };
        if list {
            inner = inner["0"].take();
        }
        if path.iter().any(|part| part == "0") || path[0].parse::<usize>().is_ok() {
            return wrapped(path, inner, list);
        }
        json!({ path[0].clone(): inner })
    }

    fn wrapped(path: &[String], mut inner: Value, list: bool) -> Value {
        if !list {
            return json!({ path[0].clone(): inner });
        }
        let needed = match path[0].as_str() {
            "apis" => json!({"file": "a.yaml"}),
            "policy" => json!({"severity": "error"}),
            _ => json!({"rule": "x", "owner": "a", "reason": "b", "expires": "2026-01-01"}),
        };
        if let (Some(object), Some(needed)) = (inner.as_object_mut(), needed.as_object()) {
            for (key, value) in needed {
                object.entry(key.clone()).or_insert(value.clone());
            }
        }
        json!({ path[0].clone(): [inner] })
    }

    fn role(path: &[String], config: &mut Value) {
        // Both parts of a role are needed.
        if path.len() == 4 && path[1] == "roles" {
            let role = &mut config["approvals"]["roles"]["example"];
            let other = if path[3] == "rules" { "approvers" } else { "rules" };
            role[other] = json!(["x"]);
        }
    }

    fn config(path: &[String], value: Value) -> Value {
        let mut config = saying(path, value);
        role(path, &mut config);
        config
    }

    /// When breaks pass, by audience.
    fn allowed(config: &Config) -> Value {
        match &config.allow_breaking {
            None => json!({"internal": "never", "partner": "never", "public": "never"}),
            Some(AllowBreakingBy::All(all)) => json!({"internal": all, "partner": all, "public": all}),
            Some(AllowBreakingBy::Audience(by)) => json!(by),
        }
    }

    /// Everything that a configuration comes to which some item of `locked` is about.
    fn effect(config: &Config, item: &str) -> Value {
        let whole = serde_json::to_value(config).unwrap();
        let at = |key: &str| whole.pointer(&format!("/{}", key.replace('.', "/"))).cloned().unwrap_or_default();
        let keeps = || {
            let of_apis: Vec<_> = config.apis.iter().filter_map(|api| api.keep).collect();
            let of_lines: Vec<_> = config.diff.policy.iter().filter_map(|line| line.category).collect();
            let by_profile = Known.promise(config).ok().flatten();
            json!([config.diff.keep.or(by_profile), config.diff.keep_by_audience, of_apis, of_lines])
        };
        let rules = |ids: &str| {
            let strength = Strength::of(config, ids).unwrap();
            let severities: BTreeMap<_, _> =
                strength.severities.iter().map(|(id, one)| (id, one.to_string())).collect();
            let enforced: Vec<_> = config.enforce.iter().filter(|(id, _)| overlap(ids, id)).collect();
            json!([severities, strength.options, strength.is_strict, enforced])
        };
        match item {
            "diff.keep" => keeps(),
            "fail-on" => json!([at("fail-on"), at("observe-until")]),
            "waivers" => json!([at("waivers"), at("waivers-file")]),
            "sec-*" => json!([rules("sec-*"), at("observe-until"), at("inline-ignores") == "accept"]),
            "response-*" => json!([
                keeps(),
                at("diff.stability"),
                at("diff.severity-levels"),
                at("diff.exempt-deprecated"),
                at("diff.beta"),
                at("diff.formats"),
                at("diff.servers"),
                at("diff.new-for-readers"),
                at("diff.response-enum-added"),
            ]),
            "profile" => json!([config.resolved_profile().unwrap()]),
            "allow-breaking" => json!([allowed(config), config.lifecycle.is_some()]),
            other if other.starts_with("allow-breaking.") => {
                allowed(config)[other.trim_start_matches("allow-breaking.")].clone()
            }
            "approvals.approvers" => {
                json!([
                    at("approvals.approvers"),
                    at("approvals.roles"),
                    at("approvals.trailers"),
                    at("approvals.break-glass")
                ])
            }
            other => at(other),
        }
    }

    fn add(into: &mut Value, from: Value) {
        match (into, from) {
            (Value::Object(into), Value::Object(from)) => {
                from.into_iter().for_each(|(key, value)| add(into.entry(key).or_insert(Value::Null), value));
            }
            (Value::Array(into), Value::Array(from)) => into.extend(from),
            (into, from) => *into = from,
        }
    }

    /// Asserts that some layers move nothing of what is locked; gives how many of them were refused something.
    fn held<'v>(item: &str, all: impl Iterator<Item = &'v Value>) -> usize {
        let above = format!("profile: pci-dss\nrules: {{sec-server-https-only: error}}\nlocked: ['{item}']\n");
        let alone = effect(&put_together([above.clone(), String::new()]).config, item);
        let refused = |below: &&Value| {
            let below = serde_yaml::to_string(below).unwrap();
            let merged = put_together([above.clone(), below.clone()]);
            assert_eq!(effect(&merged.config, item), alone, "`{item}` is locked, and this moves it:\n{below}");
            !merged.refused.is_empty()
        };
        all.filter(refused).count()
    }

    #[test]
    fn no_key_that_a_lower_layer_sets_changes_what_another_locks() {
        // How a contract is made is no policy.
        let is_policy = |path: &[String]| !path.iter().any(|part| part == "generate");
        let leaves: Vec<_> = leaves().into_iter().filter(|(path, _)| is_policy(path)).collect();
        assert!(leaves.len() > 60, "{}", leaves.len());
        let ends = |path: &[String], schema: &Value| {
            let values = values(path, schema);
            [values.first(), values.last()].map(|value| config(path, value.cloned().unwrap()))
        };
        let all: Vec<_> = leaves.iter().map(|(path, schema)| (path.join("."), ends(path, schema))).collect();
        // Each key against a lock of itself, and all keys together.
        let every = [0, 1].map(|end| {
            let mut every = json!({});
            for (_, ends) in &all {
                add(&mut every, ends[end].clone());
            }
            every
        });
        for (item, own) in all.iter().filter(|(key, _)| !key.contains(".0")) {
            let refused = held(item, own.iter().chain(&every));
            assert!(refused > 2, "{item}: {own:?}");
        }
        // Those that are set in more than one way, against each key alone.
        for item in ["diff.keep", "fail-on", "waivers", "sec-*", "response-*", "profile", "approvals.approvers", "diff"]
        {
            assert!(held(item, all.iter().flat_map(|(_, ends)| ends)) > 1, "{item}");
        }
    }
}
