//! Loaded documents: one contract with every file its references reach. Immutable once loaded.
//!
//! Takes a file, standard input, text, or `REV:path` of a git repository; gives a [`Workspace`] whose [`Place`]s
//! can be walked across files. References are resolved while loading and looked up afterwards. Nothing is fetched
//! from the network, and no file outside the root is read. Stands on `syntax`.

mod argument;
mod discover;
mod git;
mod identity;
mod input;
mod load;
mod parsed;
mod place;
mod reference;
mod source;

pub use argument::{ArgumentError, BaseArgument};
pub use discover::{DiscoverError, discover, is_contract, is_match};
pub use git::{Entry, EntryKind, GitError, Repositories, Repository, Snapshot};
pub use input::{Emitted, Input, LoadError, Options};
pub use load::{Opened, read_text};
pub use parsed::ParsedTexts;
pub use place::{Place, PlaceElements, PlaceId, PlaceMember, PlaceMembers};
pub use reference::RefError;
pub(crate) use reference::holds_data;
pub use source::{Asked, ReadError};

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::syntax::{Code, NodeId, Problem, Tree};
use rustc_hash::FxHashMap;

/// Index of a document in its workspace; the contract itself is number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// One loaded file.
#[derive(Debug)]
pub struct Document {
    name: String,
    path: String,
    tree: Tree,
    problems: Vec<Problem>,
    references: FxHashMap<NodeId, Result<PlaceId, Box<RefError>>>,
}

impl Document {
    /// The name that findings show, relative to the root.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its path below the root, `/`-separated; of a copy of a remote file, the URL.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its content.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Every reference that leads somewhere: its node, and the place.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (NodeId, PlaceId)> {
        self.references.iter().filter_map(|(node, target)| Some((*node, *target.as_ref().ok()?)))
    }

    /// Where the first fault of its text is after which its tree is incomplete. Some faults leave the tree complete.
    pub fn first_gap(&self) -> Option<u32> {
        self.problems.iter().filter(|problem| problem.code.leaves_gap()).map(|problem| problem.span.start).min()
    }

    /// What was wrong with its text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// A contract and the files it refers to.
#[derive(Debug)]
pub struct Workspace {
    documents: Vec<Document>,
    /// The folder that the paths of the documents start from; none for a revision or a text.
    folder: Option<std::path::PathBuf>,
    reads: Vec<(Asked, Result<DocumentId, ReadError>)>,
    /// Why git could not give a file.
    failed: Option<GitError>,
}

impl Workspace {
    /// Loads a contract and, transitively, the local files its `$ref`s name.
    ///
    /// # Errors
    /// [`LoadError`] when the contract itself cannot be read. Faults of its text, and of other files, are kept in the
    /// workspace: see [`Workspace::problems`] and [`Place::resolve`].
    pub fn load(input: &Input, options: &Options) -> Result<Self, LoadError> {
        load::load(input, options)
    }

    /// The files that the contract asked for, in order: the text of each, or why there is none. It depends on nothing
    /// else but its own text.
    pub fn reads(&self) -> impl Iterator<Item = (&Asked, Result<&str, &ReadError>)> {
        let text = |id: &DocumentId| self.document(*id).tree.source().text();
        self.reads.iter().map(move |(asked, read)| (asked, read.as_ref().map(text)))
    }

    /// A workspace of one text, whose references may only point into itself.
    pub fn from_text(name: &str, text: &str) -> Self {
        load::from_text(name, text, &Options::default())
    }

    /// A workspace of one text that stands for a file at the top of the folder `root`; its references may lead to the
    /// files below.
    ///
    /// # Errors
    /// [`LoadError`] when the folder cannot be read.
    pub fn composed(name: &str, text: &str, root: &std::path::Path, options: &Options) -> Result<Self, LoadError> {
        load::composed(name, text, root, options)
    }

    /// The root of the contract.
    pub fn root(&self) -> Place<'_> {
        self.document_root(DocumentId(0))
    }

    /// The root of a document.
    pub fn document_root(&self, document: DocumentId) -> Place<'_> {
        Place::new(self, document, self.document(document).tree.root())
    }

    /// Returns whether some reference cannot be read.
    pub fn has_unreadable(&self) -> bool {
        self.documents.iter().any(|document| document.references.values().any(Result::is_err))
    }

    /// The document with this id.
    pub fn document(&self, id: DocumentId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// All documents with their ids, the contract first.
    pub fn documents(&self) -> impl Iterator<Item = (DocumentId, &Document)> {
        self.documents.iter().enumerate().map(|(id, document)| (DocumentId(id as u32), document))
    }

    /// The file on disk that a document was read from; `None` for a revision, a text on its own, and a copy of a
    /// remote file.
    pub fn file(&self, id: DocumentId) -> Option<std::path::PathBuf> {
        let file = self.folder.as_ref()?.join(&self.document(id).path);
        file.is_file().then_some(file)
    }

    /// The place with this id.
    pub fn place(&self, id: PlaceId) -> Place<'_> {
        Place::new(self, id.document, self.document(id.document).tree.node(id.node))
    }

    /// The faults of all texts as findings. Duplicate keys are errors like all others: readers disagree on them.
    pub fn problems(&self) -> Vec<Diagnostic> {
        self.faults().into_iter().map(|(_, finding)| finding).collect()
    }

    /// The same with the kind of each.
    pub fn faults(&self) -> Vec<(Code, Diagnostic)> {
        let mut out = Vec::new();
        for document in &self.documents {
            let source = document.tree.source();
            for problem in &document.problems {
                let pointer = if problem.code == Code::DuplicateKey {
                    key_pointer(&document.tree, problem)
                } else {
                    String::new()
                };
                let location = Location::new(source, problem.span, pointer);
                let mild = matches!(problem.code, Code::SyntaxIndent | Code::LoneSurrogate);
                let severity = if mild { Severity::Warn } else { Severity::Error };
                let mut diagnostic = Diagnostic::new(problem.code.id(), severity, problem.message.clone(), location);
                diagnostic.help.clone_from(&problem.help);
                for (span, label) in &problem.related {
                    diagnostic = diagnostic.label(Location::new(source, *span, ""), label.clone());
                }
                out.push((problem.code, diagnostic));
            }
        }
        out
    }

    /// Bytes of all texts.
    pub fn text_bytes(&self) -> usize {
        self.documents.iter().map(|document| document.tree.source().text().len()).sum()
    }

    /// Bytes of memory held by all trees, texts included.
    pub fn memory(&self) -> usize {
        self.documents.iter().map(|document| document.tree.memory()).sum()
    }
}

/// The pointer of the key that stands where the problem is.
fn key_pointer(tree: &Tree, problem: &Problem) -> String {
    (0..tree.len() as u32)
        .map(NodeId)
        .find(|&id| tree.node(id).span() == problem.span && tree.node(id).key_symbol().is_some())
        .map_or_else(String::new, |id| tree.pointer(id))
}

#[cfg(test)]
mod tests;
