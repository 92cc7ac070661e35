//! What the engine asks of us: the texts of modules, the core functions and schema checks.

use super::program::{Kind, Modules, wrapped};
use crate::lint::functions::{At, Call, Check, Found, Function as Rule, Target, View};
use crate::lint::ruleset::{Formats, built_in_oas};
use crate::workspace::Workspace;
use rquickjs::context::EvalOptions;
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Exception, Function, Module, Object, Result, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Stands before a module's own name where it is no longer to be looked for.
pub(super) const FULL_NAME: &str = "covenant:";

/// Finds modules for `import`.
pub(super) struct Names(pub(super) Modules);

impl Resolver for Names {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if let Some(name) = name.strip_prefix(FULL_NAME) {
            return Ok(name.to_owned());
        }
        self.0.resolve(base, name).map_err(|words| Exception::throw_message(ctx, &words))
    }
}

/// Gives the texts of modules.
pub(super) struct Sources(pub(super) Modules);

impl Loader for Sources {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let Some((text, kind)) = self.0.text(name) else {
            return Err(Exception::throw_message(ctx, &format!("there is no module `{name}`")));
        };
        let text = match kind {
            Kind::Module => text.to_string(),
            Kind::CommonJs => wrapped(name, &text),
            Kind::Json => format!("export default {text};"),
        };
        Module::declare(ctx.clone(), name, text)
    }
}

/// The module with this name, run if it has not been.
pub(super) fn namespace<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Object<'js>> {
    Module::import(ctx, format!("{FULL_NAME}{name}"))?.finish()
}

/// The functions that the prelude is called with.
///
/// `spend` counts data that native code touches, and says whether the call must stop.
pub(super) fn natives<'js>(ctx: &Ctx<'js>, modules: &Modules, spend: Rc<dyn Fn(f64) -> bool>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    natives.set(
        "spend",
        Function::new(ctx.clone(), move |ctx: Ctx<'js>, units: f64| {
            if spend(units) { Err(Exception::throw_message(&ctx, "the budget of steps is used up")) } else { Ok(()) }
        })?,
    )?;
    let all = modules.clone();
    natives.set(
        "resolve",
        Function::new(ctx.clone(), move |ctx: Ctx<'js>, base: String, name: String| {
            all.resolve(&base, &name).map_err(|words| Exception::throw_message(&ctx, &words))
        })?,
    )?;
    let all = modules.clone();
    natives.set(
        "kind",
        Function::new(ctx.clone(), move |name: String| match all.text(&name).map(|(_, kind)| kind) {
            Some(Kind::Module) => "module",
            Some(Kind::Json) => "json",
            _ => "commonjs",
        })?,
    )?;
    let all = modules.clone();
    natives.set(
        "source",
        Function::new(ctx.clone(), move |name: String| {
            all.text(&name).map(|(text, _)| text.to_string()).unwrap_or_default()
        })?,
    )?;
    let all = modules.clone();
    natives.set(
        "compile",
        Function::new(ctx.clone(), move |ctx: Ctx<'js>, name: String| -> Result<Value<'js>> {
            let text = all.text(&name).map(|(text, _)| text.to_string()).unwrap_or_default();
            let text = format!("(function (exports, require, module, __filename, __dirname) {{{text}\n}})");
            let mut options = EvalOptions::default();
            options.strict = false;
            options.filename = Some(name);
            ctx.eval_with_options(text, options)
        })?,
    )?;
    natives.set("builtin", Function::new(ctx.clone(), |_: String| built_in_oas().to_string())?)?;
    natives.set("namespace", Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| namespace(&ctx, &name))?)?;
    natives
        .set("url", Function::new(ctx.clone(), |text: String, base: Option<String>| url(&text, base.as_deref()))?)?;
    let known = RefCell::new(FxHashMap::default());
    natives.set(
        "core",
        Function::new(
            ctx.clone(),
            move |ctx: Ctx<'js>, name: String, options: String, kind: String, text: String, last: String| {
                core(&known, &name, &options, &kind, &text, last)
                    .map_err(|words| Exception::throw_message(&ctx, &words))
            },
        )?,
    )?;
    let checks: RefCell<FxHashMap<String, std::result::Result<Check, String>>> = RefCell::default();
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    natives.set(
        "faults",
        Function::new(ctx.clone(), move |ctx: Ctx<'js>, schema: String, value: String| {
            let mut checks = checks.borrow_mut();
            let check = checks.entry(schema).or_insert_with_key(|schema| Check::new(&parsed(schema)));
            match check {
                Ok(check) => Ok(serde_json::Value::from(check.faults(&parsed(&value))).to_string()),
                Err(words) => Err(Exception::throw_message(&ctx, words)),
            }
        })?,
    )?;
    Ok(natives)
}

/// The parts of a URL as JSON (WHATWG URL Standard, section 6.1), those of `base` where it is relative; none when it is no
/// URL.
fn url(text: &str, base: Option<&str>) -> Option<String> {
    let base = base.map(url::Url::parse).transpose().ok()?;
    let url = url::Url::options().base_url(base.as_ref()).parse(text).ok()?;
    let prefixed =
        |mark: &str, part: Option<&str>| part.filter(|part| !part.is_empty()).map(|part| format!("{mark}{part}"));
    let port = url.port().map_or_else(String::new, |port| port.to_string());
    let host = url.host_str().unwrap_or_default();
    let parts = serde_json::json!({
        "href": url.as_str(),
        "origin": url.origin().ascii_serialization(),
        "protocol": format!("{}:", url.scheme()),
        "username": url.username(),
        "password": url.password().unwrap_or_default(),
        "host": if port.is_empty() { host.to_owned() } else { format!("{host}:{port}") },
        "hostname": host,
        "port": port,
        "pathname": url.path(),
        "search": prefixed("?", url.query()).unwrap_or_default(),
        "hash": prefixed("#", url.fragment()).unwrap_or_default(),
    });
    Some(parts.to_string())
}

type Compiled = FxHashMap<(String, String), Rule>;

/// Calls a core function; its findings as JSON.
fn core(
    known: &RefCell<Compiled>,
    name: &str,
    options: &str,
    kind: &str,
    text: &str,
    last: String,
) -> std::result::Result<String, String> {
    if name == "unreferencedReusableObject" {
        return Err("`unreferencedReusableObject` needs the whole contract; name it in `then`".to_owned());
    }
    let key = (name.to_owned(), options.to_owned());
    if !known.borrow().contains_key(&key) {
        let value = serde_json::from_str(options).unwrap_or_default();
        let rule = Rule::compile(name, &value, false).map_err(|faults| faults.join(", "))?;
        known.borrow_mut().insert(key.clone(), rule);
    }
    let known = known.borrow();
    let Some(rule) = known.get(&key) else { return Ok("[]".to_owned()) };
    let workspace = Workspace::from_text("value.json", if kind == "json" { text } else { "null" });
    let root = workspace.root();
    let target = match kind {
        "text" => Target::Key(text),
        "missing" => Target::Missing,
        _ => Target::Node(root),
    };
    let view = View::new(root, false, Formats::default());
    let field = [last];
    let field = if field[0].is_empty() { &[] } else { &field[..] };
    let mut found: Vec<Found<'_>> = Vec::new();
    rule.call(&Call { target, view: &view, way: &[], field }, &mut found);
    let list: Vec<serde_json::Value> = found
        .into_iter()
        .map(|found| {
            let below = match found.at {
                At::Below(path) => path,
                At::Place(place) => place.path(),
                _ => Vec::new(),
            };
            serde_json::json!({ "message": found.message, "below": below })
        })
        .collect();
    Ok(serde_json::Value::Array(list).to_string())
}
