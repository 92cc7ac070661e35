//! Loading: the contract, then every file its references reach, then the references themselves.

use super::git::GitError;
use super::input::{Input, LoadError, Options, display_name};
use super::reference::{self, Names, RefError, Resolver};
use super::source::{Asked, ReadError, Source};
use super::{Document, DocumentId, PlaceId, Workspace};
use crate::files::{self, Fault, Fence};
use crate::syntax;
use crate::text::Cut;
use crate::text::{EncodingError, SourceText, decode};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// See [`Workspace::load`].
pub(super) fn load(input: &Input, options: &Options) -> Result<Workspace, LoadError> {
    Opened::new(input, options)?.whole()
}

/// A contract that has been read, but not what it refers to.
pub struct Opened {
    source: Source,
    options: Options,
    name: String,
    path: String,
    text: String,
}

impl Opened {
    /// Reads a contract.
    ///
    /// # Errors
    /// [`LoadError`] when it cannot be read.
    pub fn new(input: &Input, options: &Options) -> Result<Self, LoadError> {
        let (source, path, bytes) = open(input, options)?;
        let name = input.name();
        let text = decoded(bytes).map_err(|error| LoadError::Encoding { name: name.clone(), error })?;
        let text = options.texts.get(&path).cloned().unwrap_or(text);
        Ok(Opened { source, options: options.clone(), name, path, text })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What beside its text and the files it asks for decides what is loaded: names and limits.
    pub fn identity(&self) -> String {
        // The root and texts in place of files show in what is read.
        let Options { root: _, texts: _, parsed: _, map, max_file_size, max_files, limits } = &self.options;
        let map: Vec<_> = map.iter().map(|(url, file)| (url, display_name(file))).collect();
        let revision = match &self.source {
            Source::Revision { at, .. } => at.name(),
            _ => "",
        };
        format!("{:?}", (&self.name, &self.path, revision, map, max_file_size, max_files, limits))
    }

    /// The text of a file that the contract asks for.
    ///
    /// # Errors
    /// [`ReadError`] as it is while loading.
    pub fn fetch(&mut self, asked: &Asked) -> Result<String, ReadError> {
        fetch(&mut self.source, &self.options, asked)
    }

    /// Loads what it refers to.
    pub fn load(self) -> Workspace {
        self.loaded().0
    }

    /// Loads what it refers to, unless git failed to give a file: that file may well exist.
    fn whole(self) -> Result<Workspace, LoadError> {
        match self.loaded() {
            (_, Some(error)) => Err(error.into()),
            (workspace, None) => Ok(workspace),
        }
    }

    fn loaded(self) -> (Workspace, Option<GitError>) {
        let mut loader = Loader::new(self.source, &self.options);
        loader.add(self.name, self.path, self.text);
        let mut workspace = loader.finish();
        let failed = workspace.failed.take();
        (workspace, failed)
    }
}

/// The text of bytes, without a copy where there is no mark to remove.
fn decoded(bytes: Vec<u8>) -> Result<String, EncodingError> {
    match decode(&bytes)? {
        Cow::Borrowed(text) if text.len() < bytes.len() => Ok(text.to_owned()),
        Cow::Owned(text) => Ok(text),
        Cow::Borrowed(_) => Ok(String::from_utf8(bytes).unwrap_or_default()),
    }
}

fn fetch(source: &mut Source, options: &Options, asked: &Asked) -> Result<String, ReadError> {
    let bytes = match asked {
        Asked::Path(path) => match options.texts.get(path) {
            Some(text) => return Ok(text.clone()),
            None => source.read(path, options.max_file_size)?,
        },
        Asked::Url(url) => {
            let (target, file) = mapped(options, url).ok_or(ReadError::Outside)?;
            // The copies may lie in the judged tree.
            Fence::around(target).read(&file, options.max_file_size).map_err(|fault| match fault {
                Fault::Outside => ReadError::Outside,
                other => ReadError::Failed(other.about(&display_name(&file))),
            })?
        }
    };
    decoded(bytes).map_err(|error| ReadError::Failed(error.to_string()))
}

/// What the caller put in place of a remote file or folder, and the local copy there, by the longest matching beginning.
fn mapped<'o>(options: &'o Options, url: &str) -> Option<(&'o Path, PathBuf)> {
    let rules = options.map.iter().filter(|(start, _)| url.starts_with(start.as_str()));
    let (start, target) = rules.max_by_key(|(start, _)| start.len())?;
    let rest = url.cut(start.len()..).trim_start_matches('/');
    let safe = !rest.split('/').any(|part| part == "..");
    safe.then(|| (target.as_path(), if rest.is_empty() { target.clone() } else { target.join(rest) }))
}

/// The text of one input, as [`Workspace::load`] would read it, without what it refers to.
///
/// # Errors
/// [`LoadError`] when it cannot be read or is larger than `limit` bytes.
pub fn read_text(input: &Input, limit: u64) -> Result<String, LoadError> {
    let name = input.name();
    let bytes = match input {
        Input::File(file) => files::named(file, limit).map_err(|fault| LoadError::Read(fault.about(&name)))?,
        _ => open(input, &Options { max_file_size: limit, ..Options::default() })?.2,
    };
    decoded(bytes).map_err(|error| LoadError::Encoding { name, error })
}

/// See [`Workspace::from_text`].
pub(super) fn from_text(name: &str, text: &str, options: &Options) -> Workspace {
    let mut loader = Loader::new(Source::Closed, options);
    loader.add(name.to_owned(), name.to_owned(), text.to_owned());
    loader.finish()
}

/// See [`Workspace::composed`].
pub(super) fn composed(name: &str, text: &str, root: &Path, options: &Options) -> Result<Workspace, LoadError> {
    let shown = display_name(root);
    let root = root.canonicalize().map_err(|error| LoadError::Read(format!("`{shown}`: {error}")))?;
    // Named like a file in that folder, so that the files below are named as the user sees them.
    let shown = display_name(&root.join(name));
    let mut loader = Loader::new(Source::Folder(root), options);
    loader.add(shown, name.to_owned(), text.to_owned());
    Ok(loader.finish())
}

/// The source, the path of the contract in it, and its bytes.
fn open(input: &Input, options: &Options) -> Result<(Source, String, Vec<u8>), LoadError> {
    match input {
        Input::Stdin(name) => {
            let bytes = files::read_all(std::io::stdin().lock(), options.max_file_size)
                .map_err(|fault| LoadError::Read(fault.about(name)))?;
            let folder = options.root.clone().unwrap_or_else(|| PathBuf::from("."));
            let root = folder.canonicalize().map_err(|error| LoadError::Read(error.to_string()))?;
            let path = if name.starts_with('<') { "stdin".to_owned() } else { display_name(Path::new(name)) };
            Ok((Source::Folder(root), path, bytes))
        }
        // A pipe is read once and lies in no folder: its references start here, as those of standard input do.
        Input::File(file) if is_stream(file) => {
            let name = input.name();
            let bytes =
                files::named(file, options.max_file_size).map_err(|fault| LoadError::Read(fault.about(&name)))?;
            let folder = options.root.clone().unwrap_or_else(|| PathBuf::from("."));
            let root = folder.canonicalize().map_err(|error| LoadError::Read(error.to_string()))?;
            Ok((Source::Folder(root), "stdin".to_owned(), bytes))
        }
        Input::File(file) => {
            let name = input.name();
            let fault = |fault: Fault| LoadError::Read(fault.about(&name));
            let given = options.root.as_deref().and_then(|root| root.canonicalize().ok());
            let located = files::locate(file, given.as_deref()).map_err(fault)?;
            let bytes = Fence::read_located(&located, options.max_file_size).map_err(fault)?;
            let real = located.path;
            let root = root_of(&real, options)?;
            let below = real.strip_prefix(&root).map_err(|_| LoadError::OutsideRoot(name))?;
            let path = below.to_string_lossy().replace('\\', "/");
            Ok((Source::Folder(root), path, bytes))
        }
        Input::Revision { at, path } => {
            let bytes = at.read(path, options.max_file_size)?;
            Ok((Source::Revision { at: at.clone(), failed: None }, path.clone(), bytes))
        }
        Input::Emitted(emitted) => {
            let bytes = emitted.text.clone().into_bytes();
            if let Some((at, path)) = &emitted.of {
                return Ok((Source::Revision { at: at.clone(), failed: None }, path.clone(), bytes));
            }
            // What it refers to starts at the file that it stands for, whose folder need not exist.
            let fault = |error: std::io::Error| LoadError::Read(error.to_string());
            let file = std::path::absolute(&emitted.file).map_err(fault)?;
            let there = file.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
            let real = there.canonicalize().map_err(fault)?.join(file.strip_prefix(there).unwrap_or(&file));
            let root = root_of(&real, options)?;
            let below = real.strip_prefix(&root).map_err(|_| LoadError::OutsideRoot(input.name()))?;
            let path = below.to_string_lossy().replace('\\', "/");
            Ok((Source::Folder(root), path, bytes))
        }
    }
}

/// Whether a path names a pipe or a terminal (`<(…)` of a shell, `/dev/stdin`, a named pipe), not a file.
fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn root_of(file: &Path, options: &Options) -> Result<PathBuf, LoadError> {
    if let Some(root) = &options.root {
        return root.canonicalize().map_err(|error| LoadError::Read(format!("--root {}: {error}", root.display())));
    }
    Ok(files::home(file.parent().unwrap_or(file)))
}

struct Loader<'o> {
    source: Source,
    options: &'o Options,
    documents: Vec<Document>,
    by_path: BTreeMap<String, Result<DocumentId, RefError>>,
    files: BTreeMap<(DocumentId, String), Result<DocumentId, RefError>>,
    reads: Vec<(Asked, Result<DocumentId, ReadError>)>,
    /// The path of the root in the repository; `None` outside of one.
    home: Option<String>,
    /// By canonical path.
    by_file: FxHashMap<PathBuf, DocumentId>,
    /// Bytes read so far.
    bytes: u64,
}

/// All files of a contract together have at most this many times the bytes that one may have.
const LARGEST_FILES: u64 = 4;

impl<'o> Loader<'o> {
    fn new(source: Source, options: &'o Options) -> Self {
        let (by_path, files) = (BTreeMap::new(), BTreeMap::new());
        let (home, by_file) = (source.home(), FxHashMap::default());
        Loader { source, options, documents: Vec::new(), by_path, files, reads: Vec::new(), home, by_file, bytes: 0 }
    }

    /// Parses a text and queues it as the next document.
    fn add(&mut self, name: String, path: String, text: String) -> DocumentId {
        let id = DocumentId(self.documents.len() as u32);
        // Prose that a description refers to is one text, not a document.
        let quoted =
            if self.documents.is_empty() || !is_prose(&path) { None } else { serde_json::to_string(&text).ok() };
        let text = quoted.unwrap_or(text);
        let source = match &self.source {
            Source::Revision { at, .. } => SourceText::at_revision(at.name(), name.clone(), text),
            _ => SourceText::new(name.clone(), text),
        };
        let source = match &self.home {
            // Standard input has no path.
            Some(home) if !name.starts_with('<') => source.at_home(format!("{home}{path}")),
            _ => source,
        };
        let (source, limits) = (Arc::new(source), &self.options.limits);
        let parsed = match &self.options.parsed {
            Some(known) => known.parse(&path, source, limits),
            None => syntax::parse(source, None, limits),
        };
        if let Some(real) = self.source.real(&path) {
            self.by_file.entry(real).or_insert(id);
        }
        self.by_path.insert(path.clone(), Ok(id));
        self.bytes += parsed.tree.source().text().len() as u64;
        let (tree, problems) = (parsed.tree, parsed.problems);
        self.documents.push(Document { name, path, tree, problems, references: FxHashMap::default() });
        id
    }

    /// Loads what is referenced, breadth first, then resolves.
    fn finish(mut self) -> Workspace {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.documents.len() {
            let tree = &self.documents[at].tree;
            let document = DocumentId(at as u32);
            let references = reference::find(tree);
            let mut known = FxHashSet::default();
            let bases = references.iter().map(|&node| reference::split(tree.node(node).text()).0);
            let bases: Vec<String> =
                bases.filter(|base| !base.is_empty() && known.insert(*base)).map(str::to_owned).collect();
            for base in bases {
                let loaded = self.file(document, &base);
                self.files.insert((document, base), loaded);
            }
            found.push(references);
            at += 1;
        }
        let names = self.documents.iter().map(|document| Names::of(&document.tree)).collect();
        let resolver = Resolver { documents: &self.documents, names, files: self.files };
        let resolved: Vec<FxHashMap<_, _>> = found
            .iter()
            .enumerate()
            .map(|(number, references)| {
                let document = DocumentId(number as u32);
                let tree = &self.documents[number].tree;
                // Without embedded resources equal references of one document lead to one place.
                let alike = !resolver.names[number].has_resources();
                let mut known: FxHashMap<&str, Result<PlaceId, Box<RefError>>> = FxHashMap::default();
                let mut resolved = FxHashMap::with_capacity_and_hasher(references.len(), FxBuildHasher);
                for &node in references {
                    let uri = tree.node(node).text();
                    let resolve = || resolver.resolve(PlaceId { document, node }, uri, 0).map_err(Box::new);
                    let target = if alike { known.entry(uri).or_insert_with(resolve).clone() } else { resolve() };
                    resolved.insert(node, target);
                }
                resolved
            })
            .collect();
        for (document, references) in self.documents.iter_mut().zip(resolved) {
            document.references = references;
        }
        let (folder, failed) = match self.source {
            Source::Folder(folder) => (Some(folder), None),
            Source::Revision { failed, .. } => (None, failed),
            Source::Closed => (None, None),
        };
        Workspace { documents: self.documents, folder, reads: self.reads, failed }
    }

    /// The document that `base`, the part of a URI before `#`, leads to from `from`.
    fn file(&mut self, from: DocumentId, base: &str) -> Result<DocumentId, RefError> {
        let reference = base.to_owned();
        if let Some(file) = mapped(self.options, base) {
            let (_, file) = file;
            if let Some(known) = self.by_path.get(base) {
                return known.clone();
            }
            let loaded = self.read(Asked::Url(base.to_owned()), display_name(&file), base, base);
            self.by_path.insert(base.to_owned(), loaded.clone());
            return loaded;
        }
        if base.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
            return Err(RefError::Local { reference });
        }
        if reference::has_scheme(base) || base.starts_with("//") {
            return Err(RefError::Remote { reference });
        }
        if base.starts_with('/') {
            return Err(RefError::OutsideRoot { reference });
        }
        let decoded = syntax::pointer::percent_decode(base).unwrap_or_else(|| base.into());
        let document = &self.documents[from.0 as usize];
        let Some(path) = reference::join_path(&document.path, &decoded) else {
            return Err(RefError::OutsideRoot { reference });
        };
        if let Some(known) = self.by_path.get(&path) {
            return known.clone();
        }
        if let Some(id) = self.linked(&path) {
            self.reads.push((Asked::Path(path.clone()), Ok(id)));
            self.by_path.insert(path, Ok(id));
            return Ok(id);
        }
        // Names are relative like the contract's own, so that they can be opened from where the user stands.
        let name = relative_name(&document.name, &document.path, &path);
        let loaded = self.read(Asked::Path(path.clone()), name, &path, base);
        self.by_path.insert(path, loaded.clone());
        loaded
    }

    /// The document of a file that was read under another name. One that names files beside it means others elsewhere.
    fn linked(&self, path: &str) -> Option<DocumentId> {
        let real = self.source.real(path)?;
        let id = *self.by_file.get(&real)?;
        let document = &self.documents[id.0 as usize];
        let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let names_files = || {
            let tree = &document.tree;
            reference::find(tree).iter().any(|&node| !reference::split(tree.node(node).text()).0.is_empty())
        };
        (folder(document.path()) == folder(path) || !names_files()).then_some(id)
    }

    fn read(&mut self, asked: Asked, name: String, path: &str, base: &str) -> Result<DocumentId, RefError> {
        let reference = base.to_owned();
        let limit = self.options.max_files;
        if self.documents.len() >= limit {
            return Err(RefError::TooMany { reference, limit });
        }
        let limit = self.options.max_file_size.saturating_mul(LARGEST_FILES);
        let fetched = fetch(&mut self.source, self.options, &asked);
        if fetched.as_ref().is_ok_and(|text| self.bytes + text.len() as u64 > limit) {
            return Err(RefError::TooLarge { reference, limit });
        }
        let read = fetched.map(|text| self.add(name, path.to_owned(), text));
        self.reads.push((asked, read.clone()));
        read.map_err(|error| match error {
            ReadError::Outside => RefError::OutsideRoot { reference },
            ReadError::Failed(reason) => RefError::File { reference, reason },
        })
    }
}

/// Whether a file holds prose by its name.
fn is_prose(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["md", "markdown", "txt", "html", "adoc", "rst"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// The name of `path` written the way that `name` writes `base`.
fn relative_name(name: &str, base: &str, path: &str) -> String {
    match name.strip_suffix(base) {
        Some(prefix) => format!("{prefix}{path}"),
        None => {
            // The name starts deeper than the root: drop what both leave out.
            let (tail, rest) = common_tail(name, base);
            match path.strip_prefix(base.cut(..base.len() - tail)) {
                Some(below) => format!("{}{below}", name.cut(..rest)),
                None => path.to_owned(),
            }
        }
    }
}

/// Length of the common end of both, in whole path parts, and where it begins in the first.
fn common_tail(name: &str, base: &str) -> (usize, usize) {
    let mut tail = 0;
    for (at, _) in name.match_indices('/').map(|(at, m)| (at + 1, m)).chain([(0, "")]) {
        if base.ends_with(name.cut(at..)) {
            tail = tail.max(name.len() - at);
        }
    }
    (tail, name.len() - tail)
}
