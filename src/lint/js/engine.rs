//! The engine: one for every walk over a contract, and one while a ruleset is read.
//!
//! What runs in it is counted: [`STEPS`] per call and, in all, what the size of the contract allows, in units of 10,000 loop
//! turns and calls or of the data that native code touches; and bytes. A call that needs more is stopped, always at the same
//! step. An outer limit in time is for what cannot be counted: see [`LONGEST`] and [`super::watch`].

use super::host::{Names, Sources, namespace, natives};
use super::program::Modules;
use super::values::Memo;
use super::watch;
use crate::lint::functions::View;
use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Error, Function, Object, Persistent, Runtime, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Steps of one call.
const STEPS: u32 = 1_000;
/// Steps of all calls over a small contract.
const BASE_STEPS: u32 = 2_000;
/// Bytes of a contract that allow one step more.
const BYTES_PER_STEP: usize = 300;
/// Steps of all calls, at most.
const ALL_STEPS: u32 = 30_000;
/// Data that native code may touch in one step: texts by their length, lists by their number.
const UNITS_PER_STEP: f64 = 250_000.0;
/// Bytes that the engine may hold for a small contract: the contract as values, and what functions make.
const BASE_MEMORY: usize = 128 << 20;
/// Bytes of memory for each byte of the contract.
const MEMORY_PER_BYTE: usize = 32;
/// Bytes of memory, at most.
const MEMORY: usize = 512 << 20;
/// Time of one call, at most, whatever its steps; a call that ends is far below it. All calls over a contract may take twice as
/// much, and more for a large one.
const LONGEST: Duration = Duration::from_secs(15);
/// Bytes of the engine's stack.
const STACK: usize = 512 << 10;

const STOPPED: &str = "it does not end within its budget of steps";

/// The counter of steps.
#[derive(Debug)]
struct Steps {
    call: Cell<u32>,
    all: Cell<u32>,
    most: u32,
    ended: Cell<bool>,
    /// Data touched since the last step.
    units: Cell<f64>,
    started: Cell<Instant>,
    /// Time of the calls before.
    before: Cell<Duration>,
    longest: Duration,
}

impl Steps {
    /// For a contract of `bytes`.
    fn new(bytes: usize) -> Self {
        let more = u32::try_from(bytes / BYTES_PER_STEP).unwrap_or(ALL_STEPS);
        Steps {
            call: Cell::new(0),
            all: Cell::new(0),
            most: BASE_STEPS.saturating_add(more).min(ALL_STEPS),
            ended: Cell::new(false),
            units: Cell::new(0.0),
            started: Cell::new(Instant::now()),
            before: Cell::new(Duration::ZERO),
            longest: 2 * LONGEST + Duration::from_micros(10 * bytes as u64),
        }
    }

    /// Begins a call.
    fn begin(&self) {
        self.call.set(0);
        self.ended.set(false);
        self.started.set(Instant::now());
    }

    /// Ends a call.
    fn end(&self) {
        self.before.set(self.before.get() + self.started.get().elapsed());
    }

    /// Counts some; whether the call must stop.
    fn more(&self, steps: u32) -> bool {
        self.call.set(self.call.get().saturating_add(steps));
        self.all.set(self.all.get().saturating_add(steps));
        let now = self.started.get().elapsed();
        let late = now > LONGEST || self.before.get() + now > self.longest;
        let ended = late || self.call.get() > STEPS || self.all.get() > self.most;
        self.ended.set(self.ended.get() || ended);
        self.ended.get()
    }

    /// Counts data that native code is about to touch; whether the call must stop.
    fn spend(&self, units: f64) -> bool {
        let units = self.units.get() + if units.is_finite() { units.max(0.0) } else { f64::from(u32::MAX) };
        let steps = (units / UNITS_PER_STEP).floor();
        self.units.set(units - steps * UNITS_PER_STEP);
        self.more(steps as u32)
    }
}

/// An engine with its modules. Values are declared before the runtime, for they must go first.
pub(super) struct Engine {
    functions: RefCell<FxHashMap<String, Option<Persistent<Function<'static>>>>>,
    memo: RefCell<Memo>,
    host: Persistent<Object<'static>>,
    context: Context,
    _runtime: Runtime,
    pub(super) modules: Modules,
    steps: Rc<Steps>,
    memory: usize,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

/// What code sees of the engine around it.
pub(super) struct Inside<'e, 'js> {
    pub(super) ctx: Ctx<'js>,
    pub(super) host: Object<'js>,
    pub(super) memo: &'e RefCell<Memo>,
    functions: &'e RefCell<FxHashMap<String, Option<Persistent<Function<'static>>>>>,
}

impl Engine {
    /// An engine in which nothing but the prelude has run, for a contract of `bytes`.
    ///
    /// # Errors
    /// The engine's own words; they mean that memory is short.
    pub(super) fn new(modules: Modules, bytes: usize) -> Result<Self, String> {
        let words = |error: Error| format!("the JavaScript engine cannot start: {error}");
        let steps = Rc::new(Steps::new(bytes));
        let memory = BASE_MEMORY.saturating_add(bytes.saturating_mul(MEMORY_PER_BYTE)).min(MEMORY);
        let runtime = Runtime::new().map_err(words)?;
        runtime.set_memory_limit(memory);
        runtime.set_max_stack_size(STACK);
        runtime.set_loader(Names(modules.clone()), Sources(modules.clone()));
        let counter = Rc::clone(&steps);
        runtime.set_interrupt_handler(Some(Box::new(move || counter.more(1))));
        let context = Context::full(&runtime).map_err(words)?;
        let host = context.with(|ctx| {
            let mut options = EvalOptions::default();
            options.filename = Some("prelude".to_owned());
            let prelude: Function<'_> = ctx.eval_with_options(include_str!("prelude.js"), options)?;
            let counter = Rc::clone(&steps);
            let natives = natives(&ctx, &modules, Rc::new(move |units| counter.spend(units)))?;
            prelude.call::<_, Value<'_>>((natives.clone(),))?;
            let mut options = EvalOptions::default();
            options.filename = Some("web".to_owned());
            let web: Function<'_> = ctx.eval_with_options(include_str!("web.js"), options)?;
            web.call::<_, Value<'_>>((natives.clone(),))?;
            let mut options = EvalOptions::default();
            options.filename = Some("limits".to_owned());
            let limits: Function<'_> = ctx.eval_with_options(include_str!("limits.js"), options)?;
            limits.call::<_, Value<'_>>((natives,))?;
            let host: Object<'_> = ctx.globals().get("__covenant")?;
            Ok(Persistent::save(&ctx, host))
        });
        Ok(Engine {
            functions: RefCell::default(),
            memo: RefCell::default(),
            host: host.map_err(words)?,
            context,
            _runtime: runtime,
            modules,
            steps,
            memory,
        })
    }

    /// Runs something with a fresh budget.
    ///
    /// # Errors
    /// What stopped it, in words.
    pub(super) fn run<T>(
        &self,
        work: impl for<'js> FnOnce(&Inside<'_, 'js>) -> rquickjs::Result<T>,
    ) -> Result<T, String> {
        self.steps.begin();
        let _watched = watch::Call::begin();
        let result = self.context.with(|ctx| {
            let host = self.host.clone().restore(&ctx).map_err(|error| error.to_string())?;
            let inside = Inside { ctx: ctx.clone(), host, memo: &self.memo, functions: &self.functions };
            work(&inside).catch(&ctx).map_err(|error| self.words(&error))
        });
        self.steps.end();
        // Code may catch what native functions throw when the budget is used up.
        if self.was_stopped() { Err(STOPPED.to_owned()) } else { result }
    }

    /// Whether the last run was stopped because of its budget.
    pub(super) fn was_stopped(&self) -> bool {
        self.steps.ended.get()
    }

    /// Gives functions the contract as `context.document` and `context.documentInventory`.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(super) fn show(&self, view: &View<'_>) -> Result<(), String> {
        let unresolved = View::new(view.root, false, view.formats);
        let resolved = View::new(view.root, true, view.formats);
        self.run(|inside| {
            let documents: Object<'_> = inside.host.get("documents")?;
            let mut memo = inside.memo.borrow_mut();
            documents.set("unresolved", memo.place(&inside.ctx, &inside.host, &unresolved, view.root)?)?;
            documents.set("resolved", memo.place(&inside.ctx, &inside.host, &resolved, view.root)?)?;
            documents.set("formats", view.formats.exports())?;
            documents.set("source", view.root.document().name())
        })
    }

    /// What went wrong, for people.
    fn words(&self, error: &CaughtError<'_>) -> String {
        if self.steps.ended.get() {
            return STOPPED.to_owned();
        }
        match error {
            CaughtError::Error(Error::Allocation) => format!("it needs more than {} MB", self.memory >> 20),
            CaughtError::Error(Error::WouldBlock) => "it waits for something that never happens".to_owned(),
            CaughtError::Error(error) => error.to_string(),
            CaughtError::Value(value) => {
                let text = value.as_string().and_then(|text| text.to_string().ok());
                text.unwrap_or_else(|| "it throws a value that is no error".to_owned())
            }
            CaughtError::Exception(exception) => {
                let mut message = exception.message().unwrap_or_default();
                if message == "out of memory" {
                    return format!("it needs more than {} MB", self.memory >> 20);
                }
                let object = exception.as_object();
                let name: String = object.get("name").unwrap_or_default();
                // Several errors in one.
                if let Ok(parts) = object.get::<_, Vec<Object<'_>>>("errors") {
                    let parts: Vec<String> = parts.iter().filter_map(|part| part.get("message").ok()).collect();
                    message = parts.join(", ");
                }
                let place = exception.stack().and_then(|stack| self.place(&stack));
                let named = !name.is_empty() && name != "Error" && !name.ends_with("ValidationError");
                let name = if named { format!("{name}: ") } else { String::new() };
                format!("{name}{message}{}", place.map_or_else(String::new, |place| format!(" ({place})")))
            }
        }
    }

    /// The innermost line of a stack that is in a file of the program, as `file:line`.
    fn place(&self, stack: &str) -> Option<String> {
        let texts = self.modules.texts();
        stack.lines().find_map(|line| {
            let line = line.trim().trim_start_matches("at ");
            let inner = line.rsplit_once('(').map_or(line, |(_, inner)| inner.trim_end_matches(')'));
            let mut parts = inner.rsplitn(3, ':');
            let (_column, number, file) = (parts.next()?, parts.next()?, parts.next()?);
            let file = texts.files.keys().find(|name| *name == file)?;
            Some(format!("{}:{number}", self.modules.shown(file)))
        })
    }
}

impl<'js> Inside<'_, 'js> {
    /// The default export of a module, whatever it is.
    ///
    /// # Errors
    /// What the module throws.
    pub(super) fn default_export(&self, module: &str) -> rquickjs::Result<Value<'js>> {
        let namespace = namespace(&self.ctx, module)?;
        let value: Value<'js> = namespace.get("default")?;
        match value.as_object().map(|object| object.get::<_, Value<'js>>("default")) {
            Some(inner) if value.as_function().is_none() => {
                let inner = inner?;
                Ok(if inner.is_undefined() { value } else { inner })
            }
            _ => Ok(value),
        }
    }

    /// The function with this key, made by `make` when it is asked for first.
    ///
    /// # Errors
    /// What `make` gives.
    pub(super) fn function(
        &self,
        key: &str,
        make: impl FnOnce(&Self) -> rquickjs::Result<Option<Function<'js>>>,
    ) -> rquickjs::Result<Option<Function<'js>>> {
        let known = self.functions.borrow().get(key).cloned();
        if let Some(known) = known {
            return known.map(|function| function.restore(&self.ctx)).transpose();
        }
        let made = make(self)?;
        let saved = made.clone().map(|function| Persistent::save(&self.ctx, function));
        self.functions.borrow_mut().insert(key.to_owned(), saved);
        Ok(made)
    }
}
