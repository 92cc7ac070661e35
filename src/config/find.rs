//! Finding the configuration upward from a contract.

use super::{Config, FILE_NAMES, parse, waiver};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::files::{self, Fault, Fence};
use crate::text::{SourceText, Span, decode};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The configuration that governs `start` (a file or folder): the nearest one upward, not above the git work tree.
pub fn find(start: &Path) -> Option<PathBuf> {
    // A pattern and a file that is gone are looked for from the folder that is there.
    let real = start.ancestors().find_map(|path| path.canonicalize().ok());
    let real = real.or_else(|| Path::new(".").canonicalize().ok())?;
    let folder = if real.is_dir() { real.as_path() } else { real.parent()? };
    for folder in folder.ancestors() {
        if let Some(file) = FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file()) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// Largest configuration and largest file of waivers.
const LARGEST: u64 = 16 << 20;

/// A configuration, and the texts that it was read from: the file itself, then that of its waivers.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The texts.
    pub texts: Vec<Arc<SourceText>>,
}

/// Reads a configuration file, with the waivers of the file it names, which `fence` must hold. Findings name both by their
/// way from the current folder.
///
/// # Errors
/// A diagnostic `config` that says what cannot be read and where.
pub fn load(file: &Path, fence: &Fence) -> Result<Loaded, Box<Diagnostic>> {
    let mut texts = vec![text_of(file, files::named(file, LARGEST))?];
    let mut config = parse(&texts[0])?;
    if let Some(waivers) = &config.waivers_file {
        let file = file.parent().unwrap_or(Path::new("")).join(waivers);
        let text = text_of(&file, fence.read(&file, LARGEST))?;
        config.waivers.extend(waiver::parse(&text)?);
        texts.push(text);
    }
    Ok(Loaded { config, texts })
}

fn text_of(file: &Path, bytes: Result<Vec<u8>, Fault>) -> Result<Arc<SourceText>, Box<Diagnostic>> {
    let name = files::from_here(file);
    let fault = |message: String| {
        let source = Arc::new(SourceText::new(name.clone(), ""));
        Box::new(Diagnostic::new("config", Severity::Error, message, Location::new(&source, Span::at(0), "")))
    };
    let bytes = bytes.map_err(|error| fault(error.about(&name)))?;
    let text = decode(&bytes).map_err(|error| fault(format!("`{name}`: {error}")))?;
    let real = file.canonicalize().ok();
    let inside = real.as_deref().and_then(|real| real.strip_prefix(files::home(real.parent()?)).ok());
    let source = SourceText::new(name.clone(), text);
    Ok(Arc::new(match inside {
        Some(inside) => source.at_home(inside.to_string_lossy().replace('\\', "/")),
        None => source,
    }))
}
