//! Finding and reading the layers that a configuration names, and those that these name.

use super::shelf::{Kind, slashes};
use super::{Layer, Shelf, fault};
use crate::cli::session::Failure;
use crate::config::{self, Config, FILE_NAMES};
use crate::files::Fence;
use crate::text::SourceText;
use crate::workspace::{Snapshot, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep layers may name layers, and how many there may be.
const DEEPEST: usize = 8;
const MOST: usize = 32;

/// What begins the name of an installed package.
const PACKAGE: &str = "package:";

/// Where layers are read.
pub(in crate::cli) struct Reader<'a> {
    /// Where the configuration lies.
    pub(in crate::cli) shelf: Shelf,
    /// The folder of the configuration in the work tree, above which packages are looked for, up to the top.
    pub(in crate::cli) here: PathBuf,
    pub(in crate::cli) top: PathBuf,
    /// The folders with packages that the caller names.
    pub(in crate::cli) shelves: &'a [PathBuf],
    /// Whether the configuration was looked for, so that one above it holds as well.
    pub(in crate::cli) upward: bool,
    /// Whether the lock file is about to be written, so that it does not matter what it says.
    pub(in crate::cli) relock: bool,
}

/// Where the names of a file start: the folder, and where that lies.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Base {
    pub(in crate::cli) shelf: Shelf,
    pub(in crate::cli) folder: PathBuf,
}

/// A layer that was found: its configuration file, and its folder where it is one.
struct Found {
    shelf: Shelf,
    file: PathBuf,
    folder: Option<PathBuf>,
    /// Of a package.
    version: Option<String>,
    installed: bool,
}

impl Reader<'_> {
    /// The name of the revision whose policy decides.
    pub(super) fn revision(&self) -> Option<&str> {
        match &self.shelf {
            Shelf::Revision(at) => Some(at.name()),
            Shelf::Disk(_) => None,
        }
    }

    /// A file beside the configuration, with its path.
    pub(super) fn beside(&self, base: &Base, name: &str) -> Result<Option<(Arc<SourceText>, PathBuf)>, Failure> {
        let Some(path) = base.shelf.join(&base.folder, name) else { return Ok(None) };
        match base.shelf.find(&path)? {
            Some(Kind::File) => Ok(Some((base.shelf.text(&path, &self.below_top(&path, name))?, path))),
            _ => Ok(None),
        }
    }

    /// The next configuration above a folder, with its path and its folder.
    pub(super) fn above(&self, base: &Base) -> Result<Option<(Arc<SourceText>, PathBuf, Base)>, Failure> {
        let (folder, top) = match &base.shelf {
            _ if !self.upward => return Ok(None),
            Shelf::Revision(_) => (base.folder.clone(), PathBuf::new()),
            Shelf::Disk(_) => {
                let here = if base.folder.as_os_str().is_empty() { Path::new(".") } else { &base.folder };
                (here.canonicalize().unwrap_or_else(|_| here.to_owned()), self.top.clone())
            }
        };
        let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(&top));
        for above in above {
            let base = Base { shelf: base.shelf.clone(), folder: above.to_owned() };
            for name in FILE_NAMES {
                if let Some((text, path)) = self.beside(&base, name)? {
                    return Ok(Some((text, path, base)));
                }
            }
        }
        Ok(None)
    }

    /// A path as findings name it: from the top of the repository, without a folder of this machine.
    fn below_top(&self, path: &Path, name: &str) -> String {
        if path.is_relative() {
            return slashes(path).trim_start_matches("./").to_owned();
        }
        path.strip_prefix(&self.top).map_or_else(|_| name.to_owned(), slashes)
    }

    fn find(&self, base: &Base, name: &str) -> Result<Option<Found>, Failure> {
        if let Some(package) = name.strip_prefix(PACKAGE) {
            return self.package(package);
        }
        let Some(path) = base.shelf.join(&base.folder, name) else { return Ok(None) };
        Ok(match base.shelf.find(&path)? {
            None => None,
            Some(Kind::File) => {
                Some(Found { shelf: base.shelf.clone(), file: path, folder: None, version: None, installed: false })
            }
            Some(Kind::Folder) => in_folder(&base.shelf, path, false)?,
        })
    }

    /// A package: below a folder that the caller names, else in `node_modules` from the configuration upward.
    fn package(&self, name: &str) -> Result<Option<Found>, Failure> {
        let parts: Vec<&str> = name.split('/').collect();
        let plain = |part: &&str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
        if parts.len() > 2 || !parts.iter().all(plain) {
            return Err(Failure::new(format!("`{PACKAGE}{name}` is no name of a package")));
        }
        // As a module of Python.
        let module = name.replace('-', "_");
        for shelf in self.shelves {
            let real = shelf
                .canonicalize()
                .map_err(|_| Failure::usage(format!("--layers: there is no folder `{}`", shelf.display())))?;
            let fence = Shelf::Disk(Fence::At(real.clone()));
            for own in [name, module.as_str()] {
                if fence.find(&real.join(own))? == Some(Kind::Folder) {
                    return with_version(in_folder(&fence, real.join(own), true)?, &real, &module);
                }
            }
        }
        for above in self.here.ancestors().take_while(|above| above.starts_with(&self.top)) {
            let folder = above.join("node_modules").join(name);
            // What git tracks is of the repository, and read where that is read.
            if let Shelf::Revision(at) = &self.shelf {
                let inside = folder.strip_prefix(&self.top).unwrap_or(&folder).to_owned();
                if at.find(&slashes(&inside))?.is_some() {
                    return with_version(in_folder(&self.shelf, inside, false)?, Path::new(""), &module);
                }
                if at.repository().tracks_any(&slashes(&inside))? {
                    continue;
                }
            }
            let fence = Shelf::Disk(Fence::At(self.top.clone()));
            if fence.find(&folder)? == Some(Kind::Folder) {
                let real = folder.canonicalize().unwrap_or(folder);
                return with_version(in_folder(&fence, real, true)?, Path::new(""), &module);
            }
        }
        Ok(None)
    }
}

/// The layer that a folder is.
fn in_folder(shelf: &Shelf, folder: PathBuf, installed: bool) -> Result<Option<Found>, Failure> {
    for name in FILE_NAMES {
        if shelf.find(&folder.join(name))? == Some(Kind::File) {
            let file = folder.join(name);
            return Ok(Some(Found { shelf: shelf.clone(), file, folder: Some(folder), version: None, installed }));
        }
    }
    Ok(None)
}

/// The version of a package: of npm by its `package.json`, of Python by the name of its metadata beside it.
fn with_version(found: Option<Found>, shelf: &Path, module: &str) -> Result<Option<Found>, Failure> {
    let Some(mut found) = found else { return Ok(None) };
    let folder = found.folder.clone().unwrap_or_default();
    if found.shelf.find(&folder.join("package.json"))? == Some(Kind::File) {
        let text = found.shelf.text(&folder.join("package.json"), "package.json")?;
        let value: serde_json::Value = serde_json::from_str(text.text()).unwrap_or_default();
        found.version = value["version"].as_str().map(str::to_owned);
    } else if let (true, Ok(entries)) = (found.installed, std::fs::read_dir(shelf)) {
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let own =
            |name: String| name.strip_prefix(module)?.strip_prefix('-')?.strip_suffix(".dist-info").map(str::to_owned);
        found.version = names.filter_map(own).max();
    }
    Ok(Some(found))
}

/// Reads all layers of a configuration, the first one first.
///
/// # Errors
/// [`Failure`] at the place that names the layer at fault.
pub(super) fn all(
    reader: &Reader<'_>,
    own: &Arc<SourceText>,
    config: &Config,
    base: Base,
) -> Result<Vec<Layer>, Failure> {
    let mut out = Vec::new();
    let mut way = Vec::new();
    named(reader, (own, &config.extends.0), &base, "", &mut way, &mut out)?;
    Ok(out)
}

fn named(
    reader: &Reader<'_>,
    (text, names): (&Arc<SourceText>, &[String]),
    base: &Base,
    above: &str,
    way: &mut Vec<PathBuf>,
    out: &mut Vec<Layer>,
) -> Result<(), Failure> {
    for name in names {
        let before = out.len();
        let place = place_of(text, name);
        let fail = |words: &str| fault(text, place, words);
        let found = reader.find(base, name).map_err(|failure| fail(&failure.message))?;
        let Some(found) = found else {
            let words = match name.strip_prefix(PACKAGE) {
                Some(package) => format!("the package `{package}` is not installed, or holds no `covenant.yaml`"),
                None => format!(
                    "there is no layer `{name}`{}",
                    reader.revision().map_or_else(String::new, |at| format!(" in `{at}`"))
                ),
            };
            let help = if name.starts_with(PACKAGE) {
                "Install it, or name the folder that holds it with --layers"
            } else {
                "Name a file, or a folder with a `covenant.yaml`, relative to this file"
            };
            return Err(fail(&words).with(help));
        };
        if way.contains(&found.file) {
            return Err(fail(&format!("the layer `{name}` extends itself")));
        }
        if way.len() >= DEEPEST || out.len() >= MOST {
            return Err(fail(&format!("there are more than {DEEPEST} layers on top of each other, or {MOST} in all")));
        }
        let shown = shown(reader, &found, name);
        let own = found.shelf.text(&found.file, &shown)?;
        let config = config::parse(&own)?;
        super::check_locks(&own, &config.locked, !config.rulesets.is_empty() || !config.extends.0.is_empty())?;
        let folder = found.folder.clone().unwrap_or_else(|| found.shelf.folder_of(&found.file));
        let chain = if above.is_empty() { name.clone() } else { format!("{above} > {name}") };
        way.push(found.file.clone());
        let inner = Base { shelf: found.shelf.clone(), folder: folder.clone() };
        named(reader, (&own, &config.extends.0), &inner, &chain, way, out)?;
        way.pop();
        let files = files_of(&found, &folder, &config).map_err(|failure| fail(&failure.message))?;
        let digest = found.shelf.digest(&folder, &files).map_err(|failure| fail(&failure.message))?;
        let about = config.layer.unwrap_or_default();
        out.push(Layer {
            name: chain,
            version: found.version.clone().or(about.version),
            digest,
            text: own,
            rulesets: config.rulesets,
            fence: found.installed.then(|| Fence::At(folder.clone())),
            file: (!found.installed).then(|| found.file.clone()),
            folder,
            below: out.len() - before,
            around: 0,
        });
    }
    Ok(())
}

/// The files that make a layer what it is: all of a folder; of a single file that and the rulesets that it names.
fn files_of(found: &Found, folder: &Path, config: &Config) -> Result<Vec<String>, Failure> {
    if let Some(folder) = &found.folder {
        return found.shelf.files(folder);
    }
    let mut out: Vec<String> =
        found.file.file_name().map(|name| name.to_string_lossy().into_owned()).into_iter().collect();
    for name in &config.rulesets {
        let path = found.shelf.join(folder, name);
        if let Some(path) = path
            && found.shelf.find(&path)? == Some(Kind::File)
        {
            out.push(name.clone());
        }
    }
    Ok(out)
}

/// How findings name the file of a layer.
fn shown(reader: &Reader<'_>, found: &Found, name: &str) -> String {
    let file = found.file.file_name().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
    match name.strip_prefix(PACKAGE) {
        Some(package) => format!("{package}/{file}"),
        None => reader.below_top(&found.file, &file),
    }
}

/// Where a name stands in the list of layers.
pub(super) fn place_of(text: &Arc<SourceText>, name: &str) -> usize {
    let workspace = Workspace::from_text(text.name(), text.text());
    let Some(list) = workspace.root().get("extends") else { return 0 };
    let named = list.elements().find(|element| element.as_str() == Some(name));
    named.unwrap_or(list).location().span.start as usize
}

impl Base {
    /// The folder of a configuration in a revision.
    pub(in crate::cli) fn of_revision(at: &Snapshot, folder: &str) -> Self {
        Base { shelf: Shelf::Revision(at.clone()), folder: PathBuf::from(folder) }
    }
}
