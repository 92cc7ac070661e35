//! Random schemas and values, the same on every machine.

use serde_json::{Value, json};

/// A small generator, the same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    pub(crate) fn pick<'l>(&mut self, list: &'l [&'l str]) -> &'l str {
        list[self.roll(list.len())]
    }

    pub(crate) fn number(&mut self) -> Value {
        [json!(0), json!(1), json!(2), json!(3), json!(-1), json!(0.5), json!(1.5), json!(4), json!(6), json!(10)]
            [self.roll(10)]
        .clone()
    }

    pub(crate) fn value(&mut self, depth: usize) -> Value {
        match self.roll(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => Value::Bool(self.roll(2) == 0),
            2 | 3 => self.number(),
            4 | 5 => json!(self.pick(&["", "a", "b", "ab", "aa", "abc", "1", "12", "é"])),
            6 | 7 => {
                let count = self.roll(4);
                Value::Object((0..count).map(|_| (self.name(), self.value(depth - 1))).collect())
            }
            _ => {
                let count = self.roll(4);
                Value::Array((0..count).map(|_| self.value(depth - 1)).collect())
            }
        }
    }

    fn name(&mut self) -> String {
        self.pick(&["a", "b", "ab", "c", "x1"]).to_owned()
    }

    pub(crate) fn schema(&mut self, depth: usize) -> Value {
        if self.roll(12) == 0 {
            return Value::Bool(self.roll(4) != 0);
        }
        let mut out = serde_json::Map::new();
        for _ in 0..=self.roll(3) {
            let (key, value) = self.keyword(depth);
            out.insert(key.to_owned(), value);
        }
        Value::Object(out)
    }

    pub(crate) fn keyword(&mut self, depth: usize) -> (&'static str, Value) {
        let flat = 16;
        let sides = if depth == 0 { flat } else { flat + 21 };
        let count = json!(self.roll(4));
        match self.roll(sides) {
            0 | 1 => {
                let names = ["null", "boolean", "number", "integer", "string", "array", "object"];
                let one = names[self.roll(7)];
                let other = names[self.roll(7)];
                ("type", if one == other || self.roll(2) == 0 { json!(one) } else { json!([one, other]) })
            }
            2 => {
                let mut list = vec![self.value(1), self.value(1), self.value(0)];
                list.dedup();
                ("enum", Value::Array(list))
            }
            3 => ("const", self.value(1)),
            4 => ("minimum", self.number()),
            5 => ("maximum", self.number()),
            6 => ("exclusiveMinimum", self.number()),
            7 => ("multipleOf", [json!(1), json!(2), json!(3), json!(0.5), json!(4)][self.roll(5)].clone()),
            8 => ("minLength", count),
            9 => ("maxLength", count),
            10 => ("pattern", json!(self.pick(&["^a", "b$", "^[ab]*$", "^\\d+$", "a|b", "^.{2}$", "[^a]"]))),
            11 => ("minItems", count),
            12 => ("maxItems", count),
            13 => ("uniqueItems", json!(true)),
            14 => ("minProperties", count),
            15 => ("required", json!([self.name()])),
            16 => ("maxProperties", count),
            17 | 18 => {
                ("properties", json!({self.name(): self.schema(depth - 1), self.name(): self.schema(depth - 1)}))
            }
            19 => ("patternProperties", json!({self.pick(&["^a", "b$", "^.$"]): self.schema(depth - 1)})),
            20 => ("additionalProperties", self.schema(depth - 1)),
            21 => ("propertyNames", self.schema(0)),
            22 => ("dependentRequired", json!({self.name(): [self.name()]})),
            23 => ("dependentSchemas", json!({self.name(): self.schema(depth - 1)})),
            24 => ("items", self.schema(depth - 1)),
            25 => ("prefixItems", json!([self.schema(depth - 1), self.schema(depth - 1)])),
            26 => ("contains", self.schema(depth - 1)),
            27 => ("allOf", json!([self.schema(depth - 1), self.schema(depth - 1)])),
            28 | 29 => ("anyOf", json!([self.schema(depth - 1), self.schema(depth - 1)])),
            30 | 31 => ("oneOf", json!([self.schema(depth - 1), self.schema(depth - 1)])),
            32 | 33 => ("not", self.schema(depth - 1)),
            34 => ("if", self.schema(depth - 1)),
            35 => ("unevaluatedProperties", self.schema(0)),
            _ => ("unevaluatedItems", self.schema(0)),
        }
    }
}

impl Dice {
    /// Two schemas over all keywords; often near relatives, so that containment is not rare.
    pub(crate) fn pair(&mut self) -> (Value, Value) {
        let (mut sub, mut sup) = (self.schema(2), self.schema(2));
        for schema in [&mut sub, &mut sup] {
            if let (Some(map), true) = (schema.as_object_mut(), self.roll(3) == 0) {
                if map.contains_key("if") {
                    map.insert("then".into(), self.schema(1));
                    map.insert("else".into(), self.schema(1));
                }
                if map.contains_key("contains") {
                    map.insert("minContains".into(), json!(self.roll(3)));
                    map.insert("maxContains".into(), json!(2));
                }
            }
        }
        if self.roll(3) == 0 {
            sup = json!({"anyOf": [sub, sup]});
        }
        (sub, sup)
    }
}
