//! The files of a program: which names mean which file, and their texts.
//!
//! A program is read once, when its ruleset is: everything it imports is remembered, and runs over contracts open no
//! file. Imports stay below the folders of the ruleset and in `node_modules`. What is in `shims/` stands for the packages
//! of these names, installed or not.

use super::packages;
use crate::files::{Fault, Fence};
use crate::text::Cut;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes of one file, at most.
const LARGEST: u64 = 4 << 20;
/// Files of one program, at most.
const MOST: usize = 1000;
/// Bytes of one program, at most.
const ALL: usize = 32 << 20;

/// The packages that can be imported, by their names.
const SHIMS: [(&str, &str); 15] = [
    ("@stoplight/spectral-core", include_str!("shims/spectral-core.js")),
    ("@stoplight/spectral-functions", include_str!("shims/spectral-functions.js")),
    ("@stoplight/spectral-formats", include_str!("shims/spectral-formats.js")),
    ("@stoplight/spectral-rulesets", include_str!("shims/spectral-rulesets.js")),
    ("@stoplight/spectral-runtime", include_str!("shims/spectral-runtime.js")),
    ("@stoplight/json", include_str!("shims/json.js")),
    ("@stoplight/types", include_str!("shims/types.js")),
    ("lodash", include_str!("shims/lodash.js")),
    ("lodash-es", include_str!("shims/lodash.js")),
    ("assert", include_str!("shims/assert.js")),
    ("os", include_str!("shims/os.js")),
    ("path", include_str!("shims/path.js")),
    ("tty", include_str!("shims/tty.js")),
    ("url", include_str!("shims/url.js")),
    ("util", include_str!("shims/util.js")),
];

/// Parts of Node.js that are not there.
const NODE: [&str; 14] = [
    "buffer",
    "child_process",
    "crypto",
    "dns",
    "events",
    "fs",
    "http",
    "https",
    "module",
    "net",
    "process",
    "stream",
    "vm",
    "worker_threads",
];

/// What was read of a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// Texts of modules by name.
    pub(super) files: BTreeMap<String, Arc<str>>,
    /// Which module the name of a package means to a module.
    imports: BTreeMap<(String, String), String>,
}

/// The modules that an engine can reach.
#[derive(Clone, Debug)]
pub(super) struct Modules {
    texts: Rc<RefCell<Texts>>,
    folders: Rc<Vec<PathBuf>>,
    /// Folders of packages that may be imported.
    installed: Rc<Vec<PathBuf>>,
    /// Whether files below the folders may be read: while a program is loaded, and never afterwards.
    open: bool,
    /// No file outside is read, whatever the folders are.
    fence: Option<Rc<Fence>>,
}

/// How the text of a module is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    CommonJs,
    Json,
}

impl Modules {
    /// Modules of programs that were read before, below these folders.
    pub(super) fn closed(folders: Vec<PathBuf>) -> Self {
        Modules { texts: Rc::default(), folders: Rc::new(folders), installed: Rc::default(), open: false, fence: None }
    }

    /// Modules that are read from these folders when they are asked for.
    pub(super) fn open(folders: Vec<PathBuf>, fence: &Fence) -> Self {
        let installed = folders.iter().flat_map(|folder| packages::installed(folder, fence)).collect();
        let fence = Some(Rc::new(fence.clone()));
        Modules { open: true, installed: Rc::new(installed), fence, ..Self::closed(folders) }
    }

    /// The folders of the program, those of packages last.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        self.folders.iter().chain(&*self.installed).cloned().collect()
    }

    /// Adds the texts of a program.
    pub(super) fn add(&self, texts: &Texts) {
        let mut known = self.texts.borrow_mut();
        known.files.extend(texts.files.iter().map(|(name, text)| (name.clone(), Arc::clone(text))));
        known.imports.extend(texts.imports.clone());
    }

    /// Everything read so far.
    pub(super) fn texts(&self) -> Texts {
        self.texts.borrow().clone()
    }

    /// The full name of what the module `base` imports as `name`.
    ///
    /// # Errors
    /// Why there is no such module, in words.
    pub(super) fn resolve(&self, base: &str, name: &str) -> Result<String, String> {
        if !name.starts_with('.') {
            let known = name.strip_suffix(".js").unwrap_or(name);
            let known = known.strip_prefix("node:").unwrap_or(known);
            // `lodash/get` is the default export of a part.
            if SHIMS.iter().any(|(shim, _)| *shim == known) || lodash_part(known).is_some() {
                return Ok(known.to_owned());
            }
            if name.starts_with('/') || name.starts_with("node:") || NODE.contains(&name) {
                let words = "files outside the folder of the ruleset and most parts of Node.js are not there";
                return Err(format!("`{name}` cannot be imported: {words}"));
            }
            if let Some(known) = self.texts.borrow().imports.get(&(base.to_owned(), name.to_owned())) {
                return Ok(known.clone());
            }
        }
        let fence = self.fence.as_deref().filter(|_| self.open && !name.starts_with('.'));
        let installed = fence.and_then(|fence| packages::find(base, name, fence));
        let path = match installed {
            Some(path) => normal(&path),
            None if name.starts_with('.') => normal(&Path::new(base).parent().unwrap_or(Path::new("")).join(name)),
            None => {
                let known: Vec<_> = SHIMS.iter().map(|(name, _)| format!("`{name}`")).collect();
                let words = "no such package is in `node_modules`; built in are";
                return Err(format!("`{name}` cannot be imported: {words} {}", known.join(", ")));
            }
        };
        let plain = path.to_string_lossy().into_owned();
        let endings = ["", ".js", ".mjs", ".cjs", ".json", "/index.js"];
        let candidates: Vec<String> = endings.iter().map(|ending| format!("{plain}{ending}")).collect();
        for candidate in candidates {
            let known = self.texts.borrow().files.contains_key(&candidate);
            if known || self.read(&candidate)? {
                if !name.starts_with('.') {
                    self.texts.borrow_mut().imports.insert((base.to_owned(), name.to_owned()), candidate.clone());
                }
                return Ok(candidate);
            }
        }
        Err(format!("`{name}` cannot be imported: there is no such file"))
    }

    /// Reads a file; `false` when there is none.
    ///
    /// # Errors
    /// Why it must not or cannot be read.
    pub(super) fn read(&self, name: &str) -> Result<bool, String> {
        let path = Path::new(name);
        let Some(fence) = self.fence.as_deref().filter(|_| self.open && path.is_file()) else { return Ok(false) };
        let shown = self.shown(name);
        let outside = "it is outside the folder of the ruleset and of `node_modules`";
        let fault = |fault: Fault| match fault {
            Fault::Outside => format!("`{shown}` cannot be imported: {outside}"),
            Fault::TooLarge(_) => format!("`{shown}` cannot be imported: it is larger than 4 MB"),
            other => other.about(&shown),
        };
        let real = fence.find(path).map_err(fault)?;
        let inside = |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
        if !self.folders.iter().chain(&*self.installed).any(inside) {
            return Err(format!("`{shown}` cannot be imported: {outside}"));
        }
        if self.texts.borrow().files.len() >= MOST {
            return Err(format!("`{shown}` cannot be imported: the program has more than {MOST} files"));
        }
        let text = fence.read_text(&real, LARGEST).map_err(fault)?;
        let bytes: usize = self.texts.borrow().files.values().map(|text| text.len()).sum();
        if bytes + text.len() > ALL {
            return Err(format!("`{shown}` cannot be imported: the program is larger than {} MB", ALL >> 20));
        }
        self.texts.borrow_mut().files.insert(name.to_owned(), text.into());
        Ok(true)
    }

    /// The text of a module and what it is.
    pub(super) fn text(&self, name: &str) -> Option<(Arc<str>, Kind)> {
        if let Some((_, text)) = SHIMS.iter().find(|(shim, _)| *shim == name) {
            return Some(((*text).into(), Kind::Module));
        }
        if let Some(part) = lodash_part(name) {
            return Some((format!("export {{ {part} as default }} from 'lodash';").into(), Kind::Module));
        }
        let text = Arc::clone(self.texts.borrow().files.get(name)?);
        let kind = kind(name, &text);
        Some((text, kind))
    }

    /// A name as messages show it: below the folder of the ruleset.
    pub(super) fn shown(&self, name: &str) -> String {
        let folders = self.folders.iter().chain(&*self.installed);
        let inside = folders.into_iter().find_map(|folder| Path::new(name).strip_prefix(folder).ok());
        inside.map_or_else(|| name.to_owned(), |path| path.to_string_lossy().into_owned())
    }
}

/// `get` of `lodash/get`.
fn lodash_part(name: &str) -> Option<&str> {
    let part = name.strip_prefix("lodash/").or(name.strip_prefix("lodash-es/"))?;
    (!part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(part)
}

/// A path without `.` and, where they can be resolved, without `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Modules say `import` or `export` at the start of a line or statement; other files are taken for CommonJS.
fn kind(name: &str, text: &str) -> Kind {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("json") => return Kind::Json,
        Some("mjs") => return Kind::Module,
        Some("cjs") => return Kind::CommonJs,
        _ => {}
    }
    let is_module = |line: &str| {
        let line = line.trim_start();
        let after = line.strip_prefix("import").or(line.strip_prefix("export"));
        after.is_some_and(|rest| rest.starts_with([' ', '{', '*', '"', '\'', '\t']))
    };
    // In packed files all is on one line.
    let packed = [";export default ", "}export default ", "; export default ", ";export{", "}export{", ";export {"];
    let is_module = text.lines().any(is_module) || packed.iter().any(|export| text.contains(export));
    if is_module { Kind::Module } else { Kind::CommonJs }
}

/// A CommonJS file as a module. What it exports by name is read off its text, as Node.js does.
pub(super) fn wrapped(name: &str, text: &str) -> String {
    let quoted = serde_json::Value::from(name).to_string();
    let mut out = format!(
        "const all = __covenant.load({quoted});\nexport default all && all.__esModule && 'default' in all ? all.default : all;\n"
    );
    let mut names: Vec<&str> = Vec::new();
    for part in text.split("exports.").skip(1) {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let assigned = part.cut(end..).trim_start().strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
        if assigned {
            names.push(part.cut(..end));
        }
    }
    if let Some(list) = text.split("module.exports = {").nth(1).and_then(|rest| rest.split('}').next()) {
        names.extend(list.split(',').filter_map(|item| item.split(':').next()).map(str::trim));
    }
    names.retain(|name| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
    });
    names.sort_unstable();
    names.dedup();
    for (at, name) in names.iter().filter(|name| **name != "default" && **name != "__esModule").enumerate() {
        out.push_str(&format!("const part{at} = all.{name};\nexport {{ part{at} as {name} }};\n"));
    }
    out
}
