//! A validator that shares no reading of patterns with the program: an engine of JavaScript judges them.

use jsonschema::{Keyword, ValidationError, Validator};
use rquickjs::{Context, Function, Runtime};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// Compiles a schema of draft 2020-12.
pub(crate) fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    let options = options
        .with_keyword("pattern", |_, value, _| Ok(Box::new(Pattern(value.as_str().unwrap_or_default().to_owned()))));
    options.build(schema).expect("a schema")
}

struct Pattern(String);

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom("the pattern is not found")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(|text| JUDGE.with_borrow_mut(|judge| judge.finds(&self.0, text)))
    }
}

thread_local! {
    static JUDGE: RefCell<Judge> = RefCell::new(Judge::new());
}

struct Judge {
    context: Context,
    known: HashMap<(String, String), bool>,
    _runtime: Runtime,
}

impl Judge {
    fn new() -> Self {
        let runtime = Runtime::new().expect("an engine");
        let context = Context::full(&runtime).expect("a context");
        Judge { context, known: HashMap::new(), _runtime: runtime }
    }

    fn finds(&mut self, pattern: &str, text: &str) -> bool {
        let key = (pattern.to_owned(), text.to_owned());
        let context = &self.context;
        *self.known.entry(key).or_insert_with_key(|(pattern, text)| {
            context.with(|ctx| {
                let find: Function<'_> =
                    ctx.eval("(pattern, text) => new RegExp(pattern, 'u').test(text)").expect("a function");
                find.call((pattern, text)).expect("a pattern")
            })
        })
    }
}
