//! Keywords that look at one value: types, enumerations, numbers, strings.

use super::super::dialect::Dialect;
use super::super::formats;
use super::super::lang;
use super::super::shape::{Id, Node, Store, types};
use super::super::value::{Rational, Value, parse_number};
use super::{Context, Lowering, size};
use crate::syntax::{Kind, NodeRef, json_number};
use num_traits::Signed;

impl<'w> Lowering<'w> {
    pub(super) fn values(store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        if let Some(of) = node.get("type") {
            let names: Vec<&str> = match of.kind() {
                Kind::Str => vec![of.text()],
                Kind::Seq => of.elements().filter_map(NodeRef::as_str).collect(),
                _ => Vec::new(),
            };
            let mut mask = 0;
            let mut integer = false;
            let mut unknown = names.is_empty();
            for name in names {
                mask |= match name {
                    "null" => types::NULL,
                    "boolean" => types::TRUE | types::FALSE,
                    "number" => types::NUM,
                    "integer" => {
                        integer = true;
                        0
                    }
                    "string" | "file" => types::STR,
                    "array" => types::ARR,
                    "object" => types::OBJ,
                    _ => {
                        unknown = true;
                        0
                    }
                };
            }
            let nullable = match context.dialect {
                Dialect::OpenApi30 => node.get("nullable"),
                Dialect::Swagger2 => node.get("x-nullable"),
                _ => None,
            };
            if nullable.and_then(NodeRef::as_bool) == Some(true) {
                mask |= types::NULL;
            }
            if unknown {
                parts.push(Self::opaque(store, &format!("type {}", of.to_json())));
            } else {
                if integer && mask & types::NUM == 0 {
                    mask |= types::NUM;
                    parts.push(store.integer());
                }
                parts.push(store.types(mask));
            }
        }
        if context.outline {
            return Self::implied_types(store, node, context, parts);
        }
        if let Some(list) = node.get("enum").filter(|list| list.is_seq()) {
            match list.elements().map(Value::of).collect::<Option<Vec<_>>>() {
                Some(values) => parts.push(store.values(values)),
                None => parts.push(Self::opaque(store, &format!("enum {}", list.to_json()))),
            }
        }
        if context.dialect >= Dialect::Draft06
            && let Some(only) = node.get("const")
        {
            match Value::of(only) {
                Some(value) => parts.push(store.values([value])),
                None => parts.push(Self::opaque(store, &format!("const {}", only.text()))),
            }
        }
    }

    pub(super) fn numbers(store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        let read = |key: &str| -> Option<Result<Rational, String>> {
            let found = node.get(key).filter(|found| found.is_number())?;
            let number = json_number(found.text()).and_then(|text| parse_number(&text));
            Some(number.ok_or_else(|| format!("{key} {}", found.text())))
        };
        let flag =
            |key: &str| context.dialect.boolean_exclusive() && node.get(key).and_then(NodeRef::as_bool) == Some(true);
        let numeric = !context.dialect.boolean_exclusive();
        let bounds = [
            ("minimum", true, flag("exclusiveMinimum")),
            ("maximum", false, flag("exclusiveMaximum")),
            ("exclusiveMinimum", true, true),
            ("exclusiveMaximum", false, true),
        ];
        for (key, low, open) in bounds {
            if key.starts_with("exclusive") && !numeric {
                continue;
            }
            match read(key) {
                Some(Ok(bound)) => {
                    parts.push(store.intern(if low { Node::Min(bound, open) } else { Node::Max(bound, open) }));
                }
                Some(Err(text)) => parts.push(Self::opaque(store, &text)),
                None => {}
            }
        }
        match read("multipleOf") {
            Some(Ok(of)) if of.is_positive() => parts.push(store.intern(Node::Multiple(of))),
            Some(Ok(of)) => parts.push(Self::opaque(store, &format!("multipleOf {of}"))),
            Some(Err(text)) => parts.push(Self::opaque(store, &text)),
            None => {}
        }
    }

    pub(super) fn strings(store: &mut Store, node: NodeRef<'w>, parts: &mut Vec<Id>) {
        let mut langs = Vec::new();
        let low = size(node, "minLength").unwrap_or(0);
        let high = size(node, "maxLength");
        langs.push(store.langs.length(low, high));
        if let Some(pattern) = node.get("pattern").and_then(NodeRef::as_str) {
            langs.push(store.langs.pattern(pattern));
        }
        // One shape per language: equal parts of two schemas stay equal.
        for lang in langs {
            let string = if lang == lang::NONE { store.types(types::ALL & !types::STR) } else { store.string(lang) };
            parts.push(string);
        }
    }

    /// What the format of a schema demands, where it binds: a language of strings, a range of numbers.
    pub(super) fn format(&self, store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        let Some(format) = self.formats.of(node, context.dialect) else { return };
        if format.binds_strings() {
            let lang = store.langs.format(format);
            parts.push(store.string(lang));
        }
        if let Some((low, high)) = format.range().and_then(formats::bounds) {
            // The upper end first: what is beyond it is shown by a number that most readers can write.
            parts.push(store.intern(Node::Max(high, false)));
            parts.push(store.intern(Node::Min(low, false)));
        }
    }
}
