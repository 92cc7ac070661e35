//! The functions that rules name in `then`: the core set of Spectral, and those of its OpenAPI rules.
//!
//! A function is compiled with its options when the ruleset is read, and called with a target. It gives messages with
//! places; severity and the final text are the engine's business.

mod ajv;
mod ajv_order;
mod ajv_told;
mod collate;
mod core;
mod cost;
mod dialect;
pub(in crate::lint) mod formats;
mod json;
mod oas;
mod options;
mod reach;
mod schema;

pub(super) use collate::collate;
pub(super) use formats::url as is_url;
pub(super) use json::print_value;
#[cfg(feature = "js")]
pub(super) use schema::Check;

use super::js::{Functions, JsFunction, Run};
use super::path::Step;
use super::ruleset::Formats;
use crate::syntax::Kind;
use crate::workspace::Place;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::RefCell;

/// What a function is called with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'w> {
    /// A node.
    Node(Place<'w>),
    /// A key, as a text.
    Key(&'w str),
    /// A number: the index of an element, or the length of an array.
    Index(usize),
    /// The index of an element, as a text.
    IndexKey(usize),
    /// There is nothing at the path.
    Missing,
}

impl<'w> Target<'w> {
    fn is_truthy(self) -> bool {
        match self {
            Target::Missing => false,
            Target::Key(text) => !text.is_empty(),
            Target::Index(index) => index != 0,
            Target::IndexKey(_) => true,
            Target::Node(place) => match place.kind() {
                Kind::Null => false,
                Kind::Bool => place.as_bool() == Some(true),
                Kind::Int | Kind::Float => place.as_f64().is_some_and(|number| number != 0.0 && !number.is_nan()),
                Kind::Str | Kind::Alias => !place.text().is_empty(),
                Kind::Seq | Kind::Map => true,
            },
        }
    }

    /// The text, if it is one.
    fn text(self) -> Option<Cow<'w, str>> {
        match self {
            Target::Key(text) => Some(Cow::Borrowed(text)),
            Target::IndexKey(index) => Some(Cow::Owned(index.to_string())),
            Target::Node(place) => place.as_str().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// The node, unless a key or nothing is meant.
    fn node(self) -> Option<Place<'w>> {
        match self {
            Target::Node(place) => Some(place),
            _ => None,
        }
    }

    fn map(self) -> Option<Place<'w>> {
        self.node().filter(|place| place.is_map())
    }

    fn seq(self) -> Option<Place<'w>> {
        self.node().filter(|place| place.is_seq())
    }
}

/// What surrounds a call.
pub(super) struct View<'w> {
    /// The root of the contract.
    pub(super) root: Place<'w>,
    /// Whether references are followed.
    pub(super) resolved: bool,
    /// The formats of the document.
    pub(super) formats: Formats,
    /// Compiled schemas of the run.
    pub(super) schemas: RefCell<schema::Cache>,
    /// Schemas of the contract, compiled for a direction.
    pub(super) compiled: RefCell<schema::Compiled>,
    /// Which places lead back to themselves.
    circles: RefCell<json::Circles>,
    /// Reference targets, once asked for.
    pub(super) referenced: std::cell::OnceCell<rustc_hash::FxHashSet<crate::workspace::PlaceId>>,
    /// Pointers that references name, once asked for.
    pub(super) asked: std::cell::OnceCell<rustc_hash::FxHashSet<String>>,
    /// What functions in JavaScript are told about the rule that calls them, as JSON.
    pub(super) rule: RefCell<std::sync::Arc<str>>,
    /// The engine for functions in JavaScript.
    #[cfg_attr(not(feature = "js"), allow(dead_code))]
    pub(super) js: Run,
}

impl<'w> View<'w> {
    pub(super) fn new(root: Place<'w>, resolved: bool, formats: Formats) -> Self {
        View {
            root,
            resolved,
            formats,
            schemas: RefCell::default(),
            compiled: RefCell::default(),
            circles: RefCell::default(),
            referenced: std::cell::OnceCell::new(),
            asked: std::cell::OnceCell::new(),
            rule: RefCell::new("{}".into()),
            js: Run::default(),
        }
    }

    /// The place itself, or what its reference leads to where references are followed.
    pub(super) fn follow(&self, place: Place<'w>) -> Place<'w> {
        if self.resolved { place.resolved() } else { place }
    }

    /// The value under a key.
    fn get(&self, place: Place<'w>, name: &str) -> Option<Place<'w>> {
        place.get(name).map(|child| self.follow(child))
    }
}

/// One call.
pub(super) struct Call<'c, 'w> {
    pub(super) target: Target<'w>,
    pub(super) view: &'c View<'w>,
    /// The way to the node of `given`.
    pub(super) way: &'c [Step<'w>],
    /// The path of `field` below it.
    pub(super) field: &'c [String],
}

/// Where a message belongs, seen from the target.
#[derive(Clone, Debug)]
pub(super) enum At<'w> {
    Target,
    /// A path below the target; its end may be missing.
    Below(Vec<String>),
    Place(Place<'w>),
    /// A path from the root; its end may be missing.
    Root(Vec<String>),
    /// The function could not answer; the message says why.
    #[cfg_attr(not(feature = "js"), allow(dead_code))]
    Failure,
}

/// A message of a function.
#[derive(Clone, Debug)]
pub(super) struct Found<'w> {
    pub(super) message: String,
    pub(super) at: At<'w>,
}

impl<'w> Found<'w> {
    fn here(message: impl Into<String>) -> Self {
        Found { message: message.into(), at: At::Target }
    }

    fn below(path: Vec<String>, message: impl Into<String>) -> Self {
        Found { message: message.into(), at: At::Below(path) }
    }

    fn place(place: Place<'w>, message: impl Into<String>) -> Self {
        Found { message: message.into(), at: At::Place(place) }
    }
}

/// A function of the OpenAPI rules.
type OasFunction = for<'c, 'w> fn(&Call<'c, 'w>, &Value, &mut Vec<Found<'w>>);

/// A function with its options.
#[derive(Debug, Clone)]
pub(super) enum Function {
    Core(core::Core),
    Schema(Box<schema::Schema>),
    Oas(OasFunction, Value),
    Js(JsFunction),
}

impl Function {
    /// Whether it is a program of the ruleset.
    pub(super) fn is_script(&self) -> bool {
        matches!(self, Function::Js(_))
    }

    /// Compiles a function of the ruleset's own, else one of ours, with options (null: none). `private` names are
    /// those of the built-in rules.
    ///
    /// # Errors
    /// What is wrong, one message per fault.
    pub(super) fn find(own: &Functions, name: &str, options: &Value, private: bool) -> Result<Self, Vec<String>> {
        match own.compile(name, options) {
            Some(function) => function.map(Function::Js),
            // Programs have the rules of `spectral:oas` as values.
            None => match name.strip_prefix("spectral:oas/").filter(|_| own.is_program()) {
                Some(name) => Self::compile(name, options, true),
                None => Self::compile(name, options, private),
            },
        }
    }

    /// Compiles one of our functions.
    ///
    /// # Errors
    /// What is wrong, one message per fault.
    pub(super) fn compile(name: &str, options: &Value, private: bool) -> Result<Self, Vec<String>> {
        if let Some(function) = oas::find(name).filter(|_| private || name == "typedEnum") {
            return Ok(Function::Oas(function, options.clone()));
        }
        options::check(name, options)?;
        match name {
            "schema" => schema::Schema::compile(options).map(|schema| Function::Schema(Box::new(schema))),
            _ => core::Core::compile(name, options).map(Function::Core),
        }
        .map_err(|error| vec![error])
    }

    /// Calls it.
    pub(super) fn call<'w>(&self, call: &Call<'_, 'w>, out: &mut Vec<Found<'w>>) {
        match self {
            Function::Core(core) => core.call(call, out),
            Function::Schema(schema) => schema.call(call, out),
            Function::Oas(function, options) => function(call, options, out),
            Function::Js(function) => function.call(call, out),
        }
    }
}

/// The names usable in rulesets.
pub(super) const NAMES: [&str; 14] = [
    "alphabetical",
    "casing",
    "defined",
    "enumeration",
    "falsy",
    "length",
    "or",
    "pattern",
    "schema",
    "truthy",
    "typedEnum",
    "undefined",
    "unreferencedReusableObject",
    "xor",
];
