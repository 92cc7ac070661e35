//! Random pairs of schemas over all keywords, judged on random values by an independent validator.
//!
//! A value may never contradict a proof, and every witness must be confirmed. `COVENANT_PAIRS` sets the number of pairs.

#[path = "common/dice.rs"]
mod dice;

use covenant::schema::{Settings, Verdict, compare_texts};
use dice::Dice;
use serde_json::{Value, json};

#[test]
fn no_value_contradicts_a_verdict() {
    let pairs: usize = std::env::var("COVENANT_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500);
    let mut dice = Dice(20_261_125);
    let (mut contained, mut found, mut undecided, mut doubtful, mut checks) = (0, 0, 0, 0, 0_usize);
    for _ in 0..pairs {
        let (sub, sup) = dice.pair();
        let (left, right) = (jsonschema::draft202012::new(&sub).unwrap(), jsonschema::draft202012::new(&sup).unwrap());
        let guided = Settings { plain: false, ..Settings::default() };
        let guided = compare_texts(&sub.to_string(), &sup.to_string(), guided);
        match compare_texts(&sub.to_string(), &sup.to_string(), Settings::default()) {
            Verdict::Contained => {
                contained += 1;
                assert!(!matches!(guided, Verdict::NotContained(_)), "{sub} in {sup}: {guided:?}");
                // What cheap proofs show, the search must not refute.
                let searched = Settings { shortcuts: false, ..Settings::default() };
                let verdict = compare_texts(&sub.to_string(), &sup.to_string(), searched);
                assert!(!matches!(verdict, Verdict::NotContained(_)), "{sub} in {sup}: {verdict:?}");
                for _ in 0..60 {
                    let value = dice.value(2);
                    checks += 1;
                    assert!(!left.is_valid(&value) || right.is_valid(&value), "{value} refutes {sub} in {sup}");
                }
            }
            Verdict::NotContained(witness) => {
                found += 1;
                assert!(!matches!(guided, Verdict::Contained), "{sub} in {sup}: {}", witness.value);
                assert!(
                    left.is_valid(&witness.value) && !right.is_valid(&witness.value),
                    "{sub} in {sup}: {}",
                    witness.value
                );
            }
            Verdict::Undecided(reason) => {
                undecided += 1;
                if reason.to_string().contains("does not confirm") {
                    doubtful += 1;
                    println!("{reason}\n   {sub}\n   {sup}");
                }
            }
        }
    }
    println!(
        "{contained} contained ({checks} values), {found} with witness, {undecided} undecided, {doubtful} not confirmed"
    );
    assert_eq!(doubtful, 0);
    assert!(undecided * 50 <= pairs);
}

#[test]
fn hostile_schemas_end_without_harm() {
    let nest = |key: &str, leaf: &str| {
        let (open, close) = match key {
            "properties" => (r#"{"properties":{"a":"#, "}}"),
            "allOf" => (r#"{"allOf":[{"minimum":1},"#, "]}"),
            "anyOf" => (r#"{"anyOf":[{"minLength":3},"#, "]}"),
            "oneOf" => (r#"{"oneOf":[{"minLength":3},"#, "]}"),
            "items" => (r#"{"items":"#, "}"),
            _ => (r#"{"not":"#, "}"),
        };
        format!("{}{leaf}{}", open.repeat(110), close.repeat(110))
    };
    for key in ["properties", "allOf", "anyOf", "oneOf", "items", "not"] {
        compare_texts(&nest(key, r#"{"type":"string"}"#), &nest(key, r#"{"type":"integer"}"#), Settings::default());
    }
    let wide: Vec<Value> =
        (0..120).map(|n| json!({"properties": {format!("p{n}"): {"type": "string"}}, "minProperties": n})).collect();
    let (one, other) = (json!({"oneOf": wide}), json!({"oneOf": wide[1..]}));
    compare_texts(&one.to_string(), &other.to_string(), Settings::default());
    let circle =
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}}"##;
    assert!(!matches!(compare_texts("{}", circle, Settings::default()), Verdict::NotContained(_)));
    compare_texts(
        r#"{"pattern":"^(a?){200}a{200}$"}"#,
        r#"{"pattern":"(x+x+)+y","minLength":100000}"#,
        Settings::default(),
    );
}
