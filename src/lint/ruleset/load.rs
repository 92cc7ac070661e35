//! Reading ruleset files and what they extend.

use super::built_in::{built_in, is_oas};
use super::formats::OwnFormat;
use super::merge::{self, Source};
use super::{Ruleset, overrides, shape};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::files::{self, Fence};
use crate::lint::js::{Functions, Programs, is_program};
use crate::lint::page::pages;
use crate::syntax::{self, Format, Limits, Tree};
use crate::text::Cut;
use crate::text::near;
use crate::text::{SourceText, Span};
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A ruleset file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) tree: Tree,
    pub(super) value: Value,
}

impl File {
    /// A finding at a place of the file; at its nearest parent when the place does not exist.
    pub(super) fn fault(&self, pointer: &str, message: impl Into<String>) -> Diagnostic {
        let mut at = pointer;
        let node = loop {
            match self.tree.at_pointer(at) {
                Some(node) => break node,
                None => at = at.cut(..at.rfind('/').unwrap_or(0)),
            }
        };
        let span = node.span();
        let text = self.tree.source().slice(span);
        let first_line = text.find('\n').map_or(span.end, |end| span.start + end as u32);
        let location = Location::new(self.tree.source(), Span { start: span.start, end: first_line }, at);
        Diagnostic::new("ruleset", Severity::Error, message, location)
    }
}

/// See [`Ruleset::load`].
pub(super) fn load(name: &str, folder: &Path, fence: Fence) -> Result<Ruleset, Vec<Diagnostic>> {
    let mut loader = Loader::resumed(fence);
    let mut ruleset = loader.named(name, folder, None).map_err(|error| match error {
        Fault::Words(words) => vec![outside(name, words)],
        Fault::Found(found) => found,
    })?;
    ruleset.notices = loader.notices;
    ruleset.formats.own = loader.own_formats;
    Ok(ruleset)
}

/// See [`Ruleset::from_text`].
pub(super) fn from_text(file: &Path, text: &str) -> Result<Ruleset, Vec<Diagnostic>> {
    let mut loader = Loader::resumed(Fence::around(file));
    let parsed = parse(file, text)?;
    let mut ruleset = loader.ruleset(Arc::new(parsed))?;
    ruleset.notices = loader.notices;
    ruleset.formats.own = loader.own_formats;
    Ok(ruleset)
}

fn outside(name: &str, words: String) -> Diagnostic {
    let source = Arc::new(SourceText::new(name, ""));
    Diagnostic::new("ruleset", Severity::Error, words, Location::new(&source, Span::new(0, 0), ""))
}

fn parse(path: &Path, text: &str) -> Result<File, Vec<Diagnostic>> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = if json { Format::Json } else { Format::Yaml };
    let source = Arc::new(SourceText::new(name, text));
    let mut parsed = syntax::parse(Arc::clone(&source), Some(format), &Limits::default());
    if json && parsed.problems.iter().any(|problem| !problem.is_harmless()) {
        // Spectral reads JSON as YAML, which knows comments and trailing commas.
        let lenient = syntax::parse(Arc::clone(&source), Some(Format::Yaml), &Limits::default());
        if lenient.problems.iter().all(syntax::Problem::is_harmless) {
            parsed = lenient;
        }
    }
    let hard: Vec<Diagnostic> = parsed
        .problems
        .iter()
        .filter(|problem| !problem.is_harmless())
        .map(|problem| {
            Diagnostic::new(
                "ruleset",
                Severity::Error,
                problem.message.clone(),
                Location::new(&source, problem.span, ""),
            )
        })
        .collect();
    if !hard.is_empty() {
        return Err(hard);
    }
    let mut value = parsed.tree.root().to_json();
    overrides::modernize(&mut value);
    Ok(File { path: path.to_owned(), tree: parsed.tree, value })
}

/// Why a ruleset could not be had.
pub(super) enum Fault {
    Words(String),
    Found(Vec<Diagnostic>),
}

/// Rulesets and parts of rulesets that one extends, in all: each may extend others more than once.
const MOST: usize = 1_000;
/// Bytes of one file.
const LARGEST: u64 = 16 << 20;
/// Bytes of all files, those read more than once counted again.
const ALL: u64 = 64 << 20;

pub(super) struct Loader {
    /// The files that may be read.
    fence: Fence,
    open: Vec<PathBuf>,
    /// How many rulesets were asked for so far.
    asked: usize,
    /// Bytes read so far.
    bytes: u64,
    /// Whether a ruleset that extends itself was cut off.
    cut: bool,
    /// What was loaded from a file before.
    known: FxHashMap<PathBuf, Ruleset>,
    pub(super) notices: Vec<Diagnostic>,
    /// Whether a built-in ruleset about other documents was left out.
    pub(super) leaves_out: bool,
    /// Formats that programs define.
    pub(super) own_formats: Vec<OwnFormat>,
}

impl Loader {
    /// A loader for parts of a ruleset that is loaded already.
    pub(super) fn resumed(fence: Fence) -> Self {
        Loader {
            fence,
            open: Vec::new(),
            asked: 0,
            bytes: 0,
            cut: false,
            known: FxHashMap::default(),
            notices: Vec::new(),
            leaves_out: false,
            own_formats: Vec::new(),
        }
    }

    /// The ruleset with this name; an empty one when it is being loaded already.
    pub(super) fn named(&mut self, name: &str, folder: &Path, mode: Option<&str>) -> Result<Ruleset, Fault> {
        self.count()?;
        let mut ruleset = self.find(name, folder)?;
        let mode = match (mode, name.starts_with("covenant:")) {
            // A profile is a selection already.
            (None, true) => return Ok(ruleset),
            (mode, _) => mode,
        };
        choose(&mut ruleset, mode);
        Ok(ruleset)
    }

    /// A ruleset that stands in the program of another.
    pub(super) fn held(&mut self, holder: &Source<'_>, value: &Value, mode: Option<&str>) -> Result<Ruleset, Fault> {
        let file = File { path: holder.file.path.clone(), tree: empty_tree(&holder.file.path), value: value.clone() };
        let mut ruleset = self.with_functions(Arc::new(file), holder.functions.clone()).map_err(Fault::Found)?;
        choose(&mut ruleset, mode);
        Ok(ruleset)
    }

    /// Counts a ruleset that is asked for.
    fn count(&mut self) -> Result<(), Fault> {
        self.asked += 1;
        if self.asked > MOST {
            return Err(Fault::Words(format!("rulesets extend others more than {MOST} times")));
        }
        Ok(())
    }

    fn find(&mut self, name: &str, folder: &Path) -> Result<Ruleset, Fault> {
        if name == "spectral:oas" {
            return built_in("oas", is_oas);
        }
        if name.contains("spectral-owasp-ruleset") || name == "covenant:owasp" {
            return built_in("owasp", |page| page.pack == "owasp");
        }
        if let Some(which) = name.strip_prefix("covenant:") {
            let known = |page: &&crate::lint::Page| page.pack == which || page.profiles.contains(&which);
            if !pages().iter().any(|page| known(&page)) {
                return Err(Fault::Words(format!("there is no profile or pack `{which}`")));
            }
            return built_in(which, |page| known(&page));
        }
        if let Some(other) = name.strip_prefix("spectral:") {
            if ["asyncapi", "arazzo"].contains(&other) {
                let words = format!("`{name}` is left out: its rules are not about OpenAPI contracts");
                let mut notice = outside(name, words);
                notice.severity = Severity::Info;
                self.notices.push(notice);
                self.leaves_out = true;
                return Ok(Ruleset::default());
            }
            return Err(Fault::Words(format!("there is no built-in ruleset `{name}`; there is `spectral:oas`")));
        }
        if name.contains("://") {
            let words = format!("`{name}` is on the network and is not fetched; keep a copy and name the file");
            return Err(Fault::Words(words));
        }
        let path = self.locate(name, folder).map_err(Fault::Words)?;
        let real = self.fence.find(&path).map_err(|fault| Fault::Words(refused(&fault, name)))?;
        if self.open.contains(&real) {
            self.cut = true;
            return Ok(Ruleset::default());
        }
        if let Some(known) = self.known.get(&real) {
            return Ok(known.clone());
        }
        if self.open.len() >= 64 {
            return Err(Fault::Words("rulesets extend each other more than 64 levels deep".to_owned()));
        }
        self.open.push(real.clone());
        let ruleset = self.file(&path, name);
        self.open.pop();
        // What was cut off depends on where it was asked for.
        if let (Ok(ruleset), false) = (&ruleset, self.cut) {
            self.known.insert(real, ruleset.clone());
        }
        ruleset
    }

    /// Reads a ruleset that is a file.
    fn file(&mut self, path: &Path, name: &str) -> Result<Ruleset, Fault> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("yaml" | "yml" | "json") => {}
            Some(extension) if is_program(extension) => return self.program(path, name),
            _ => {
                let words =
                    format!("`{name}` is no ruleset: its name must end in .yaml, .yml, .json, .js, .mjs or .cjs");
                return Err(Fault::Words(words));
            }
        }
        let text = self.fence.read_text(path, LARGEST).map_err(|fault| Fault::Words(refused(&fault, name)))?;
        self.bytes += text.len() as u64;
        if self.bytes > ALL {
            return Err(Fault::Words(format!("the rulesets are larger than {} MB together", ALL >> 20)));
        }
        let file = parse(path, &text).map_err(Fault::Found)?;
        self.ruleset(Arc::new(file)).map_err(Fault::Found)
    }

    /// The ruleset that a program gives.
    fn program(&mut self, path: &Path, name: &str) -> Result<Ruleset, Fault> {
        let (programs, value) =
            Programs::ruleset(path, &self.fence).map_err(|words| Fault::Words(format!("`{name}`: {words}")))?;
        let file = File { path: path.to_owned(), tree: empty_tree(path), value };
        self.with_functions(Arc::new(file), Functions::new(Some(programs))).map_err(Fault::Found)
    }

    /// The ruleset that a file holds.
    pub(super) fn ruleset(&mut self, file: Arc<File>) -> Result<Ruleset, Vec<Diagnostic>> {
        let functions = own_functions(&file, &self.fence)?;
        self.with_functions(file, functions)
    }

    fn with_functions(&mut self, file: Arc<File>, functions: Functions) -> Result<Ruleset, Vec<Diagnostic>> {
        let Some(map) = file.value.as_object() else {
            return Err(vec![file.fault("", "a ruleset must be an object with `extends`, `rules` or `overrides`")]);
        };
        let mut faults = Vec::new();
        // A program has its functions at hand, and nothing of older forms.
        let for_files = if functions.is_program() { &[] as &[&str] } else { &["except", "functions", "functionsDir"] };
        let known =
            ["extends", "rules", "formats", "documentationUrl", "description", "parserOptions", "aliases", "overrides"];
        let known = || known.iter().chain(for_files).copied();
        for key in map.keys().filter(|key| !known().any(|name| name == key.as_str()) && !key.starts_with("x-")) {
            let hint = near::hint(key, known());
            faults.push(file.fault(&format!("/{key}"), format!("a ruleset has no key `{key}`{hint}")));
        }
        if !["extends", "rules", "overrides"].iter().any(|key| map.contains_key(*key)) {
            faults.push(file.fault("", "a ruleset needs `extends`, `rules` or `overrides`"));
        }
        let folder = file.path.parent().map(Path::to_owned).unwrap_or_default();
        let mut ruleset = Ruleset { folder: folder.clone(), ..Ruleset::strict() };
        let source = Source { file: &file, pointer: "", private: false, functions: &functions };
        merge::merge(self, &mut ruleset, &source, map, &mut faults);
        shape::ruleset(map, &mut |below, words| faults.push(file.fault(below, words)));
        overrides::read(self, &mut ruleset, &file, &functions, &mut faults);
        ruleset.set_parser_options(map.get("parserOptions"));
        ruleset.leaves_out = self.leaves_out;
        ruleset.loaded = Some(Arc::clone(&file));
        ruleset.fence = Some(self.fence.clone());
        ruleset.functions = functions;
        if faults.is_empty() { Ok(ruleset) } else { Err(faults) }
    }
}

/// Enables rules as `off`, `recommended` or `all` says.
fn choose(ruleset: &mut Ruleset, mode: Option<&str>) {
    let Some(mode) = mode else { return };
    for rule in ruleset.rules.values_mut() {
        rule.enabled = match mode {
            "all" => true,
            "off" => false,
            _ => rule.recommended,
        };
    }
}

/// The tree of a ruleset that stands in no text: its faults are those of the file.
pub(super) fn empty_tree(path: &Path) -> Tree {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    syntax::parse(Arc::new(SourceText::new(name, "")), Some(Format::Yaml), &Limits::default()).tree
}

/// The functions that a file names.
fn own_functions(file: &File, fence: &Fence) -> Result<Functions, Vec<Diagnostic>> {
    let Some(list) = file.value.get("functions") else { return Ok(Functions::default()) };
    // Older rulesets give a schema of the options beside a name.
    let name = |entry: &Value| entry.as_str().or(entry.get(0).and_then(Value::as_str)).map(str::to_owned);
    let names: Option<Vec<String>> = list.as_array().and_then(|list| list.iter().map(name).collect());
    let Some(names) = names else {
        return Err(vec![file.fault("/functions", "`functions` must be a list of names of files without `.js`")]);
    };
    let folder = match file.value.get("functionsDir") {
        None => "functions",
        Some(Value::String(folder)) => folder,
        Some(_) => return Err(vec![file.fault("/functionsDir", "`functionsDir` must be the name of a folder")]),
    };
    if names.is_empty() {
        return Ok(Functions::default());
    }
    match Programs::functions(&file.path, folder, &names, fence) {
        Ok(programs) => Ok(Functions::new(Some(programs))),
        Err(faults) => {
            Err(faults.into_iter().map(|(at, words)| file.fault(&format!("/functions/{at}"), words)).collect())
        }
    }
}

impl Loader {
    /// The file that a name in `extends` means.
    fn locate(&self, name: &str, folder: &Path) -> Result<PathBuf, String> {
        let direct = folder.join(name);
        let is_package = !name.starts_with('.') && !name.starts_with('/');
        if direct.is_file() {
            return Ok(direct);
        }
        if is_package {
            let start = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            for above in start.ancestors().take_while(|above| self.fence.holds(above)) {
                let candidate = above.join("node_modules").join(name);
                if candidate.is_file() {
                    return Ok(candidate);
                }
                if candidate.is_dir() {
                    return self.package_main(&candidate, name);
                }
            }
            return Err(format!(
                "there is no ruleset `{name}`: no such file beside the ruleset, and no such package in `node_modules`"
            ));
        }
        Err(format!("there is no ruleset file `{name}`"))
    }

    fn package_main(&self, folder: &Path, name: &str) -> Result<PathBuf, String> {
        let text = self.fence.read_text(&folder.join("package.json"), LARGEST).unwrap_or_default();
        let package: Value = serde_json::from_str(&text).unwrap_or_default();
        let main = package.get("main").and_then(Value::as_str);
        let names = main.into_iter().chain([
            ".spectral.yaml",
            ".spectral.yml",
            ".spectral.json",
            "spectral.yaml",
            "spectral.yml",
        ]);
        let found = names.map(|file| folder.join(file)).find(|file| file.is_file());
        found.ok_or_else(|| format!("the package `{name}` in `node_modules` holds no ruleset"))
    }
}

/// Says why a ruleset is not read.
fn refused(fault: &files::Fault, name: &str) -> String {
    match fault {
        files::Fault::Outside => format!("`{name}` lies outside the repository; --allow-outside permits that"),
        files::Fault::TooLarge(_) => format!("`{name}` is larger than 16 MB"),
        other => other.about(name),
    }
}
