//! The functions of a ruleset: found when it is read, called when it runs.

use super::engine::{Engine, Inside};
use super::program::{Modules, Texts, normal};
use crate::files::Fence;
use crate::lint::functions::{At, Call, Found, View};
use crate::lint::path::{Key, Step};
use rquickjs::{Array, Ctx, Function, Object, Value};
use serde_json::Value as Json;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Results of one call that are read.
const MOST_RESULTS: usize = 10_000;
/// Keys of the path of a result.
const LONGEST_PATH: usize = 1_000;

/// The programs of a ruleset: their texts, and where each function is.
#[derive(Debug)]
pub(in crate::lint) struct Programs {
    texts: Texts,
    /// By the name that `then` uses.
    entries: BTreeMap<String, Entry>,
    folders: Vec<PathBuf>,
    /// Whether the ruleset itself is a program.
    is_ruleset: bool,
    /// Whether some function reads the contract around its target.
    wants_document: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    module: String,
    /// Which function of a ruleset that is a program; none: the default export.
    number: Option<usize>,
    /// Whether it checks its options.
    checks: bool,
}

/// The functions that rules of one ruleset can name.
#[derive(Clone, Debug, Default)]
pub(in crate::lint) struct Functions {
    programs: Option<Arc<Programs>>,
}

/// A function with the options of one rule.
#[derive(Clone, Debug)]
pub(in crate::lint) struct JsFunction {
    programs: Arc<Programs>,
    name: String,
    options: Json,
}

/// The engine of one walk over a contract, made when a function is called first.
#[derive(Debug, Default)]
pub(in crate::lint) struct Run {
    engine: OnceCell<Result<Engine, String>>,
    known: RefCell<Vec<Arc<Programs>>>,
    /// Functions that were stopped are not called again.
    stopped: RefCell<Vec<(Arc<Programs>, String)>>,
}

impl Programs {
    /// Reads functions: each is the default export of the file with its name in `folder`, which is relative to the
    /// folder of the ruleset.
    ///
    /// # Errors
    /// The position in `names` of every function that is not there or does not load, and why.
    pub(in crate::lint) fn functions(
        ruleset: &Path,
        folder: &str,
        names: &[String],
        fence: &Fence,
    ) -> Result<Arc<Self>, Vec<(usize, String)>> {
        let home = ruleset.parent().map(Path::to_owned).unwrap_or_default();
        let home = if home.as_os_str().is_empty() { PathBuf::from(".") } else { home };
        let folder = home.join(folder);
        let engine =
            Engine::new(Modules::open(vec![home, folder.clone()], fence), 0).map_err(|words| vec![(0, words)])?;
        let mut entries = BTreeMap::new();
        let mut faults = Vec::new();
        for (at, name) in names.iter().enumerate() {
            match read_function(&engine, &folder, name) {
                Ok(entry) => {
                    entries.insert(name.clone(), entry);
                }
                Err(words) => faults.push((at, format!("the function `{name}`: {words}"))),
            }
        }
        if faults.is_empty() { Ok(Arc::new(Self::of(&engine, entries, false))) } else { Err(faults) }
    }

    /// Reads a ruleset that is a program: the ruleset as JSON, and its functions by the names used in it.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub(in crate::lint) fn ruleset(file: &Path, fence: &Fence) -> Result<(Arc<Self>, Json), String> {
        let home = file.parent().map(Path::to_owned).unwrap_or_default();
        let home = if home.as_os_str().is_empty() { PathBuf::from(".") } else { home };
        let engine = Engine::new(Modules::open(vec![home], fence), 0)?;
        let module = normal(file).to_string_lossy().into_owned();
        engine.modules.read(&module)?;
        let (text, entries) = engine.run(|inside| {
            let (text, functions) = converted(inside, &module)?;
            let mut entries = BTreeMap::new();
            for at in 0..functions.len() {
                let function: Object<'_> = functions.get(at)?;
                let name: String = function.get("name")?;
                let name = if name.is_empty() { format!("js:{at}") } else { format!("js:{at} {name}") };
                let checks = validator(&function)?.is_some();
                entries.insert(name, Entry { module: module.clone(), number: Some(at), checks });
            }
            Ok((text, entries))
        })?;
        let value = serde_json::from_str(&text).unwrap_or_default();
        Ok((Arc::new(Self::of(&engine, entries, true)), value))
    }

    fn of(engine: &Engine, entries: BTreeMap<String, Entry>, is_ruleset: bool) -> Self {
        let texts = engine.modules.texts();
        let wants_document = texts.files.values().any(|text| text.contains("document"));
        let folders = engine.modules.folders();
        Programs { texts, entries, folders, is_ruleset, wants_document }
    }
}

/// What checks the options of a function, if it does.
fn validator<'js>(function: &Object<'js>) -> rquickjs::Result<Option<Function<'js>>> {
    Ok(function.get::<_, Value<'js>>("validator")?.into_function())
}

fn read_function(engine: &Engine, folder: &Path, name: &str) -> Result<Entry, String> {
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err("its name must be that of a file in the functions' folder, without an ending".to_owned());
    }
    let base = folder.join("-").to_string_lossy().into_owned();
    let module = engine.modules.resolve(&normal(Path::new(&base)).to_string_lossy(), &format!("./{name}"))?;
    let checks = engine.run(|inside| {
        let function = inside.default_export(&module)?.into_function();
        function.map(|function| Ok(validator(function.as_inner())?.is_some())).transpose()
    })?;
    let entry = |checks| Entry { module, number: None, checks };
    checks.map(entry).ok_or_else(|| "its file exports no function by default".to_owned())
}

/// The default export of a ruleset as JSON, and the list of its functions.
fn converted<'js>(inside: &Inside<'_, 'js>, module: &str) -> rquickjs::Result<(String, Array<'js>)> {
    let value = inside.default_export(module)?;
    let convert: Function<'js> = inside.host.get("ruleset")?;
    let result: Object<'js> = convert.call((value,))?;
    Ok((result.get::<_, Option<String>>("text")?.unwrap_or_default(), result.get("functions")?))
}

impl Functions {
    /// The functions of these programs.
    pub(in crate::lint) fn new(programs: Option<Arc<Programs>>) -> Self {
        Functions { programs }
    }

    /// The function with this name, if the ruleset has one; its options are checked.
    ///
    /// # Errors
    /// What is wrong with the options.
    pub(in crate::lint) fn compile(&self, name: &str, options: &Json) -> Option<Result<JsFunction, Vec<String>>> {
        let programs = self.programs.as_ref()?;
        let entry = programs.entries.get(name)?;
        let function = JsFunction { programs: Arc::clone(programs), name: name.to_owned(), options: options.clone() };
        if !entry.checks {
            return Some(Ok(function));
        }
        let checked = checking(programs, |engine| {
            engine.run(|inside| {
                let Some(found) = entry.find(inside)? else { return Ok(()) };
                if let Some(validator) = validator(found.as_inner())? {
                    validator.call::<_, Value<'_>>((json(&inside.ctx, options)?,))?;
                }
                Ok(())
            })
        });
        Some(checked.map(|()| function).map_err(|words| vec![words]))
    }

    /// Whether both are the functions of one ruleset.
    pub(in crate::lint) fn are(&self, other: &Functions) -> bool {
        match (&self.programs, &other.programs) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (one, two) => one.is_none() && two.is_none(),
        }
    }

    /// Whether the document is of the format that the function `name` tells.
    ///
    /// # Errors
    /// What the function throws.
    pub(in crate::lint) fn is_format(&self, name: &str, view: &View<'_>) -> Result<bool, String> {
        let Some(programs) = &self.programs else { return Ok(false) };
        let Some(entry) = programs.entries.get(name) else { return Ok(false) };
        let engine = view.js.engine(programs, Some(view))?;
        engine.run(|inside| {
            let key = format!("{}#{:?}", entry.module, entry.number);
            let Some(function) = inside.function(&key, |inside| entry.find(inside))? else { return Ok(false) };
            let document = inside.memo.borrow_mut().place(&inside.ctx, &inside.host, view, view.root)?;
            let holds: Value<'_> = function.call((document, view.root.document().name()))?;
            let is_true: Function<'_> = inside.ctx.globals().get("Boolean")?;
            is_true.call((holds,))
        })
    }

    /// Whether the ruleset itself is a program.
    pub(in crate::lint) fn is_program(&self) -> bool {
        self.programs.as_ref().is_some_and(|programs| programs.is_ruleset)
    }
}

/// Runs something in an engine for checks of options; those of one ruleset follow each other and share it.
fn checking<T>(programs: &Arc<Programs>, work: impl FnOnce(&Engine) -> Result<T, String>) -> Result<T, String> {
    thread_local! {
        static LAST: RefCell<Option<(Arc<Programs>, Run)>> = const { RefCell::new(None) };
    }
    LAST.with(|last| {
        let mut last = last.borrow_mut();
        let (_, run) = match last.take() {
            Some(known) if Arc::ptr_eq(&known.0, programs) => last.insert(known),
            _ => last.insert((Arc::clone(programs), Run::default())),
        };
        work(run.engine(programs, None)?)
    })
}

fn json<'js>(ctx: &Ctx<'js>, value: &Json) -> rquickjs::Result<Value<'js>> {
    ctx.json_parse(value.to_string())
}

impl Entry {
    fn find<'js>(&self, inside: &Inside<'_, 'js>) -> rquickjs::Result<Option<Function<'js>>> {
        match self.number {
            None => Ok(inside.default_export(&self.module)?.into_function()),
            Some(number) => converted(inside, &self.module)?.1.get(number).map(Some),
        }
    }
}

impl Run {
    /// The engine, with the texts of these programs.
    fn engine(&self, programs: &Arc<Programs>, view: Option<&View<'_>>) -> Result<&Engine, String> {
        let engine = self.engine.get_or_init(|| {
            let bytes = view.map_or(0, |view| view.root.workspace().text_bytes());
            Engine::new(Modules::closed(programs.folders.clone()), bytes)
        });
        let engine = engine.as_ref().map_err(Clone::clone)?;
        let is_known = self.known.borrow().iter().any(|known| Arc::ptr_eq(known, programs));
        if !is_known {
            self.known.borrow_mut().push(Arc::clone(programs));
            engine.modules.add(&programs.texts);
            if let Some(view) = view.filter(|_| programs.wants_document) {
                engine.show(view)?;
            }
        }
        Ok(engine)
    }
}

impl JsFunction {
    /// Calls it. When it throws or is stopped, that is the finding.
    pub(in crate::lint) fn call<'w>(&self, call: &Call<'_, 'w>, out: &mut Vec<Found<'w>>) {
        let run = &call.view.js;
        let is_this =
            |(programs, name): &(Arc<Programs>, String)| *name == self.name && Arc::ptr_eq(programs, &self.programs);
        if run.stopped.borrow().iter().any(is_this) {
            return;
        }
        let found = run.engine(&self.programs, Some(call.view)).and_then(|engine| {
            let found = engine.run(|inside| self.results(inside, call));
            if found.is_err() && engine.was_stopped() {
                run.stopped.borrow_mut().push((Arc::clone(&self.programs), self.name.clone()));
            }
            found
        });
        match found {
            Ok(found) => out.extend(found.into_iter().map(|(message, path)| placed(call, message, path))),
            Err(words) => {
                let name = self.name.split_once(' ').map_or(self.name.as_str(), |(_, name)| name);
                out.push(Found { message: format!("the function `{name}` failed: {words}"), at: At::Failure });
            }
        }
    }

    /// Messages with their paths from the root.
    fn results(
        &self,
        inside: &Inside<'_, '_>,
        call: &Call<'_, '_>,
    ) -> rquickjs::Result<Vec<(String, Option<Vec<String>>)>> {
        let ctx = &inside.ctx;
        let Some(entry) = self.programs.entries.get(&self.name) else { return Ok(Vec::new()) };
        let key = format!("{}#{:?}", entry.module, entry.number);
        let Some(function) = inside.function(&key, |inside| entry.find(inside))? else { return Ok(Vec::new()) };
        let target = inside.memo.borrow_mut().target(ctx, &inside.host, call.view, call.target)?;
        let path = Array::new(ctx.clone())?;
        for (at, part) in call.way.iter().map(step_key).enumerate() {
            match part {
                Key::Name(name) => path.set(at, name)?,
                Key::Index(index) => path.set(at, index as f64)?,
            }
        }
        for part in call.field {
            path.set(path.len(), part.as_str())?;
        }
        let make: Function<'_> = inside.host.get("context")?;
        let context: Value<'_> = make.call((path, &**call.view.rule.borrow()))?;
        let options = json(ctx, &self.options)?;
        let mut result: Value<'_> = function.call((target, options, context))?;
        if let Some(promise) = result.as_promise() {
            result = promise.finish()?;
        }
        if result.is_undefined() || result.is_null() {
            return Ok(Vec::new());
        }
        let Some(list) = result.as_array() else {
            return Err(rquickjs::Exception::throw_type(ctx, "it must give a list of `{message}` or nothing"));
        };
        if list.len() > MOST_RESULTS {
            let words = format!("it gives {} results, and at most {MOST_RESULTS} are read", list.len());
            return Err(rquickjs::Exception::throw_range(ctx, &words));
        }
        let short: Function<'_> = inside.host.get("short")?;
        let mut out = Vec::new();
        for item in list.iter::<Value<'_>>() {
            let item = item?;
            let Some(item) = item.as_object() else {
                return Err(rquickjs::Exception::throw_type(ctx, "each result must be an object with a `message`"));
            };
            let message: Option<String> = short.call((item.get::<_, Value<'_>>("message")?, false))?;
            let path: Value<'_> = item.get("path")?;
            let path = if path.is_undefined() || path.is_null() { None } else { Some(keys(ctx, &short, &path)?) };
            out.push((message.unwrap_or_default(), path));
        }
        Ok(out)
    }
}

/// The keys of a path.
fn keys<'js>(ctx: &Ctx<'js>, short: &Function<'js>, path: &Value<'js>) -> rquickjs::Result<Vec<String>> {
    let Some(list) = path.as_array().filter(|list| list.len() <= LONGEST_PATH) else {
        let words = format!("`path` of a result must be a list of keys, at most {LONGEST_PATH}");
        return Err(rquickjs::Exception::throw_type(ctx, &words));
    };
    list.iter::<Value<'js>>().map(|key| short.call((key?, true))).collect()
}

fn step_key<'w>(step: &Step<'w>) -> Key<'w> {
    step.key
}

/// A message at its path: below the target where it can be, else from the root.
fn placed<'w>(call: &Call<'_, 'w>, message: String, path: Option<Vec<String>>) -> Found<'w> {
    let Some(path) = path else { return Found { message, at: At::Target } };
    let way = call.way.iter().map(|step| match step.key {
        Key::Name(name) => name.to_owned(),
        Key::Index(index) => index.to_string(),
    });
    let way: Vec<String> = way.chain(call.field.iter().cloned()).collect();
    match path.strip_prefix(way.as_slice()) {
        Some([]) => Found { message, at: At::Target },
        Some(below) => Found { message, at: At::Below(below.to_vec()) },
        None => Found { message, at: At::Root(path) },
    }
}
