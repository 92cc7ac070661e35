//! What a contract is compared with in `covenant check`: the same path in a git revision or a folder, or a file.

use super::catalogue::{self, Catalogue};
use super::session::{Failure, Findings, Session};
use crate::config::{self, FILE_NAMES};
use crate::diff::Options;
use crate::text::{SourceText, decode};
use crate::workspace::{GitError, Input, Repository};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the base of a contract is.
pub(super) enum Base {
    At(Input),
    /// The contract did not exist in the base revision.
    Absent,
}

/// The folders whose contracts are checked: those named, else that of the configuration, else the current one.
pub(super) fn folders(session: &Session, files: &[String]) -> Vec<String> {
    if !files.is_empty() {
        return files.iter().filter(|file| Path::new(file).is_dir()).cloned().collect();
    }
    let folder = if session.config.apis.is_empty() { Path::new(".") } else { session.folder.as_path() };
    let text = folder.to_string_lossy().into_owned();
    vec![if text.is_empty() { ".".to_owned() } else { text }]
}

/// The base of one contract.
///
/// # Errors
/// [`Failure`] for a base that is ambiguous or does not fit, and when git cannot answer.
pub(super) fn of(input: &Input, base: &str, inputs: usize, folders: &[String]) -> Result<Base, Failure> {
    let whole = Input::from_argument(base);
    if Path::new(base).is_dir() {
        return Ok(match folders.iter().find_map(|folder| catalogue::counterpart(input, folder, base)) {
            Some(path) => Base::At(Input::File(path)),
            None => Base::Absent,
        });
    }
    let is_file = matches!(&whole, Input::File(path) if path.is_file()) || matches!(whole, Input::Revision { .. });
    if is_file {
        // A file of a pull request must not take the place of the revision that is meant.
        let plain = !base.contains(['/', '\\', '.', ':']);
        if plain && Repository::find(Path::new(".")).is_ok_and(|repository| repository.commit(base).is_ok()) {
            return Err(Failure::usage(format!(
                "--base {base} is a revision and a file; write `./{base}` for the file"
            )));
        }
        if inputs > 1 {
            return Err(Failure::usage(
                "--base names one file, but there are several contracts; name a git revision or a folder, or several \
                 files with --base each, to compare all of them as one API",
            ));
        }
        return Ok(Base::At(whole));
    }
    let Input::File(path) = input else {
        return Err(Failure::usage("--base names a revision, but the contract is not a file"));
    };
    let git = |error: GitError| Failure::new(error.to_string());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let repository = Repository::find(folder).map_err(git)?;
    repository.commit(base).map_err(git)?;
    let (Ok(real), Ok(top)) = (path.canonicalize(), repository.top().canonicalize()) else {
        return Err(Failure::new(format!("there is no file `{}`", path.display())));
    };
    let below = real.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
    let below = below.to_string_lossy().replace('\\', "/");
    let exists = repository.run(&["cat-file", "-e", &format!("{base}:{below}")]).is_ok();
    if !exists {
        return Ok(Base::Absent);
    }
    Ok(Base::At(Input::Revision { revision: base.to_owned(), path: below, folder: PathBuf::from(folder) }))
}

/// The contracts of the base that are gone.
///
/// # Errors
/// [`Failure`] when git cannot answer.
pub(super) fn gone(
    session: &Session,
    files: &[String],
    base: &str,
    folders: &[String],
    options: &Options,
) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    // With contracts listed in the configuration, those count that the base listed.
    let listed = if files.is_empty() && !session.config.apis.is_empty() { listed(base, folders) } else { None };
    let whole = Input::from_argument(base);
    let is_file = matches!(&whole, Input::File(path) if path.is_file()) || matches!(whole, Input::Revision { .. });
    for folder in folders.iter().filter(|_| !is_file) {
        if let Some(catalogue) = Catalogue::find(base, folder)? {
            let counts = |path: &str| listed.as_ref().is_none_or(|listed| listed.iter().any(|known| known == path));
            findings.extend(catalogue.gone(session, options, counts));
        }
    }
    Ok(findings)
}

/// The contracts that the configuration of the base lists, by their path below its folder; `None` without one.
fn listed(base: &str, folders: &[String]) -> Option<Vec<String>> {
    let folder = Path::new(folders.first()?);
    let bytes = if Path::new(base).is_dir() {
        FILE_NAMES.iter().find_map(|name| std::fs::read(Path::new(base).join(name)).ok())?
    } else {
        let repository = Repository::find(folder).ok()?;
        let (real, top) = (folder.canonicalize().ok()?, repository.top().canonicalize().ok()?);
        let below = real.strip_prefix(&top).ok()?.to_string_lossy().replace('\\', "/");
        let mut reader = repository.reader(base).ok()?;
        FILE_NAMES
            .iter()
            .find_map(|name| reader.read(format!("{below}/{name}").trim_start_matches('/'), 1 << 20).ok())?
    };
    let text = decode(&bytes).ok()?;
    let config = config::parse(&Arc::new(SourceText::new("covenant.yaml", text))).ok()?;
    let plain = |file: &String| file.trim_start_matches("./").to_owned();
    Some(config.apis.iter().map(|api| plain(&api.file)).collect())
}
