//! The layers of a configuration: files, folders and installed packages that `extends` names. Nothing is fetched.
//!
//! A layer is read where the configuration that names it is read: in the work tree, or in the revision whose policy decides. A
//! package is read where it is installed, in `node_modules` or below a folder of `--layers`. What `covenant.lock` says of a
//! layer must be true, and where a revision decides, it must say something of every layer: a layer that is another, or is
//! missing, ends the run instead of leaving a weaker policy.

mod read;
mod rules;
mod shelf;

pub(super) use read::{Base, Reader};
pub(super) use shelf::Shelf;

use super::session::Failure;
use crate::config::{self, Config, LOCK_NAME, LockFile, LockedLayer, Merged, Source};
use crate::diagnostic::{Diagnostic, Location, Severity, fingerprint};
use crate::files::Fence;
use crate::gate::{Decided, Role};
use crate::text::SourceText;
use crate::workspace::Workspace;
use crate::{diff, lint};
use std::path::PathBuf;
use std::sync::Arc;

/// The id of findings about what a layer sets although it is locked.
const POLICY_LOCKED: &str = "policy-locked";

/// A layer that was read.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// What `extends` says; of a layer of a layer, behind the name of that.
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// SHA-256 of its files.
    pub(super) digest: String,
    /// Its configuration.
    pub(super) text: Arc<SourceText>,
    /// Its rulesets, and the folder where their names start: as for rulesets of the configuration itself, from the top of
    /// the repository in a revision, absolute for what is installed.
    pub(super) rulesets: Vec<String>,
    pub(super) folder: PathBuf,
    /// What its rulesets may name, where that is another fence than that of the run.
    pub(super) fence: Option<Fence>,
    /// Its configuration file, if the repository holds it: from the top of the repository in a revision, else on disk.
    pub(super) file: Option<PathBuf>,
    /// How many layers it extends, with theirs: these stand right before it.
    below: usize,
    /// Of the configuration of a folder around that of the run: how far out it is.
    around: usize,
}

/// A configuration with its layers.
#[derive(Clone, Debug, Default)]
pub(super) struct Layered {
    /// The layers, the first one first; without the configuration itself.
    pub(super) layers: Vec<Layer>,
    /// Findings about what is locked.
    pub(super) notes: Vec<Diagnostic>,
    /// What was refused, by number of the layer.
    pub(super) refused: Vec<config::Refused>,
    pub(super) locks: Vec<config::Lock>,
    /// The file with the digests, if there is one: from the top of the repository in a revision, else on disk.
    pub(super) lock_file: Option<PathBuf>,
}

impl Layered {
    /// Puts a configuration together with the layers that it names. Without any, it stays as it is.
    ///
    /// # Errors
    /// [`Failure`] with file, line and column when a layer cannot be read, is not the one that is locked, or names itself.
    pub(super) fn of(
        config: &mut Config,
        own: &Arc<SourceText>,
        reader: &Reader<'_>,
        folder: Base,
    ) -> Result<Self, Failure> {
        let mut out = Layered::default();
        check_locks(own, &config.locked, !config.extends.0.is_empty())?;
        let above = out.above(reader, &folder)?;
        if config.extends.0.is_empty() {
            if !above.is_empty() {
                out.layers = above;
                out.put_together(config, own)?;
            }
            return Ok(out);
        }
        let lock = if reader.relock { None } else { reader.beside(&folder, LOCK_NAME)? };
        out.lock_file = lock.as_ref().map(|(_, path)| path.clone()).or(out.lock_file);
        out.layers = read::all(reader, own, config, folder)?;
        let lock = lock.map(|(text, _)| LockFile::parse(&text).map(|lock| (lock, text))).transpose()?;
        out.verify(own, lock.as_ref(), reader)?;
        out.surround(above);
        out.put_together(config, own)?;
        Ok(out)
    }

    /// Puts the layers of the folders around first: what they lock holds for all others. One that the configuration names as
    /// well is the same layer.
    fn surround(&mut self, above: Vec<Layer>) {
        let mut first = Vec::new();
        for outer in above {
            let same = self.layers.iter().position(|layer| layer.is(&outer));
            let (below, around) = (outer.below, outer.around);
            first.push(match same {
                Some(at) => {
                    let taken = self.layers.remove(at);
                    for (number, layer) in self.layers.iter_mut().enumerate().skip(at) {
                        layer.below -= usize::from(layer.below > 0 && number < at + layer.below);
                    }
                    Layer { below, around, ..taken }
                }
                None => outer,
            });
        }
        self.layers.splice(0..0, first);
    }

    /// The layers that hold for a nested configuration whether it names them or not: the one above it with its layers, where
    /// these lock something. Else nobody could keep a folder from having a policy of its own.
    fn above(&mut self, reader: &Reader<'_>, folder: &Base) -> Result<Vec<Layer>, Failure> {
        let Some((text, file, base)) = reader.above(folder)? else { return Ok(Vec::new()) };
        let mut config = config::parse(&text)?;
        let (locked, rulesets) = (config.locked.clone(), config.rulesets.clone());
        let outer = Layered::of(&mut config, &text, reader, base.clone())?;
        if locked.is_empty() && outer.locks.is_empty() {
            return Ok(Vec::new());
        }
        let layer = Layer {
            name: text.path().to_owned(),
            version: None,
            digest: crate::gate::digest(text.text()),
            text,
            rulesets,
            folder: base.folder,
            fence: None,
            file: Some(file),
            below: outer.layers.iter().filter(|layer| layer.around == 0).count(),
            around: 0,
        };
        self.lock_file = outer.lock_file;
        let out = |layer: Layer| Layer { around: layer.around + 1, ..layer };
        Ok(outer.layers.into_iter().chain([layer]).map(out).collect())
    }

    /// Merges the layers with the configuration itself.
    fn put_together(&mut self, config: &mut Config, own: &Arc<SourceText>) -> Result<(), Failure> {
        let texts: Vec<Arc<SourceText>> = self.texts(own);
        let mut sources: Vec<Source> = self.layers.iter().map(Layer::source).collect();
        let below = sources.iter().filter(|source| source.around == 0).count();
        sources.push(Source { text: Arc::clone(own), below, around: 0 });
        let Merged { config: merged, refused, locks } = config::merge(&sources, &rules::Known)?;
        if let Some(one) = refused.iter().find(|one| one.contested) {
            return Err(self.contested(one, &texts));
        }
        self.notes = refused.iter().map(|one| self.note(one, &texts)).collect();
        for (number, layer) in self.layers.iter_mut().enumerate() {
            let mut numbers = 0..;
            let is_refused = |at| refused.iter().any(|one| one.is_element(number, "rulesets", at));
            layer.rulesets.retain(|_| !numbers.next().is_some_and(is_refused));
        }
        (self.refused, self.locks) = (refused, locks);
        *config = merged;
        Ok(())
    }

    /// Two layers beside each other lock the same, and say different things: neither is weaker than the other.
    fn contested(&self, refused: &config::Refused, texts: &[Arc<SourceText>]) -> Failure {
        let (place, title) = (place_of(refused, texts), |at: usize| self.title_of(at));
        let (what, own, other) = (refused.path.join("."), title(refused.layer), title(refused.lock.by));
        let message =
            format!("`{what}` is locked by the layers `{own}` and `{other}`, and `{other}` does not say the same");
        let fault = Diagnostic::new("config", Severity::Error, message, place);
        Failure::from(Box::new(fault.help("Let one of them extend the other: what it locks then holds for the other")))
    }

    fn title_of(&self, layer: usize) -> String {
        self.layers.get(layer).map_or_else(|| "this configuration".to_owned(), Layer::title)
    }

    /// The texts that were put together, the configuration itself last.
    pub(super) fn texts(&self, own: &Arc<SourceText>) -> Vec<Arc<SourceText>> {
        self.layers.iter().map(|layer| Arc::clone(&layer.text)).chain([Arc::clone(own)]).collect()
    }

    /// How reports name the layers.
    pub(super) fn decided(&self) -> impl Iterator<Item = Decided> + '_ {
        self.layers.iter().map(|layer| Decided {
            role: Role::Layer,
            name: layer.title(),
            digest: layer.digest.clone(),
            base: None,
        })
    }

    /// The lock file that says what the layers are now.
    pub(super) fn lock(&self) -> LockFile {
        let locked = |layer: &Layer| LockedLayer {
            name: layer.name.clone(),
            version: layer.version.clone(),
            sha256: layer.digest.clone(),
        };
        LockFile::new(self.layers.iter().map(locked).collect())
    }

    /// Holds the layers against the lock file.
    fn verify(
        &self,
        own: &Arc<SourceText>,
        lock: Option<&(LockFile, Arc<SourceText>)>,
        reader: &Reader<'_>,
    ) -> Result<(), Failure> {
        let Some((lock, lock_text)) = lock else {
            return match reader.revision() {
                // Nobody says which layers the target has taken on.
                Some(at) => Err(fault(
                    own,
                    0,
                    &format!("`{at}` has no `{LOCK_NAME}` beside this configuration, so no layer counts"),
                )
                .with("Run `covenant config --lock` and commit the file")),
                None => Ok(()),
            };
        };
        for layer in &self.layers {
            let top = layer.name.split(" > ").next().unwrap_or_default();
            let at = read::place_of(own, top);
            let known = lock.layers.iter().find(|known| known.name == layer.name);
            let problem = match known {
                Some(known) if known.sha256 == layer.digest => continue,
                Some(known) => {
                    let version = |version: &Option<String>| {
                        version.as_ref().map_or_else(String::new, |version| format!(" (version {version})"))
                    };
                    format!(
                        "the layer `{}` has the digest {}{}, but `{}` has {}{}",
                        layer.name,
                        short(&layer.digest),
                        version(&layer.version),
                        lock_text.name(),
                        short(&known.sha256),
                        version(&known.version)
                    )
                }
                None => format!("`{}` does not name the layer `{}`", lock_text.name(), layer.name),
            };
            let help =
                "Install the version that the lock names, or run `covenant config --lock` in a change of its own";
            return Err(fault(own, at, &problem).with(help));
        }
        Ok(())
    }

    /// The finding about something that is locked.
    fn note(&self, refused: &config::Refused, texts: &[Arc<SourceText>]) -> Diagnostic {
        let (what, by) = (refused.path.join("."), self.title_of(refused.lock.by));
        let message = format!("`{what}` does not count: the layer `{by}` locks `{}`", refused.lock.item);
        let place = place_of(refused, texts);
        let mut finding = Diagnostic::new(POLICY_LOCKED, Severity::Error, message, place);
        finding.location.identity = what;
        finding.fingerprint = fingerprint(&finding, 0);
        finding.help("Remove it, or ask the owner of the layer to change the lock")
    }
}

impl Layer {
    /// Returns whether two are the same layer, rulesets included.
    fn is(&self, other: &Layer) -> bool {
        let file = |layer: &Layer| layer.file.as_ref().map(|file| file.canonicalize().unwrap_or_else(|_| file.clone()));
        let same_file = file(self).is_some() && file(self) == file(other);
        self.text.text() == other.text.text() && (same_file || self.digest == other.digest)
    }

    fn source(&self) -> Source {
        Source { text: Arc::clone(&self.text), below: self.below, around: self.around }
    }

    /// The name with the version.
    pub(super) fn title(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Where a layer says something that does not count.
fn place_of(refused: &config::Refused, texts: &[Arc<SourceText>]) -> Location {
    let text = &texts[refused.layer];
    place_in(text, &refused.path).unwrap_or_else(|| Location::new(text, crate::text::Span::at(0), ""))
}

/// Where something stands in the text of a layer.
pub(super) fn place_in(text: &Arc<SourceText>, path: &[String]) -> Option<Location> {
    let workspace = Workspace::from_text(text.name(), text.text());
    let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
    let found = workspace.root().descend(&tokens)?.key_location();
    // In the text that the run has, which knows its revision.
    Some(Location::new(text, found.span, found.pointer))
}

/// Refuses locks that lock nothing.
fn check_locks(text: &Arc<SourceText>, locked: &[String], may_have_others: bool) -> Result<(), Failure> {
    for (at, item) in locked.iter().enumerate() {
        let mut known = lint::pages().iter().map(|page| page.id).chain(diff::pages().iter().map(|page| page.id));
        let near = config::near_key(item);
        // Rulesets, and layers with some, have rules of their own; none of them is called nearly as a key.
        let may_be_other = may_have_others && near.is_empty() && !config::names_key(item);
        if may_be_other || rules::is_key(item) || known.any(|id| config::overlap(item, id)) {
            continue;
        }
        let place = place_in(text, &["locked".to_owned(), at.to_string()]);
        let place = place.map_or(0, |place| place.span.start as usize);
        let message = format!(
            "`{item}` locks nothing: it is no key of the configuration, and no rule or change has this id{near}"
        );
        return Err(fault(text, place, &message).with("Write a key (`fail-on`, `diff.keep`) or ids (`sec-*`)"));
    }
    Ok(())
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// What is wrong with a layer, at its place in the file that names it.
fn fault(text: &Arc<SourceText>, at: usize, message: &str) -> Failure {
    let place = Location::new(text, crate::text::Span::at(at), "");
    Failure::from(Box::new(Diagnostic::new("config", Severity::Error, message, place)))
}
