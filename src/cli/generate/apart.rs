//! What keeps the code of the base apart from that of the work tree. Build tools and package managers find code by paths that
//! they were told once: a base that is emitted from the code of the head would never show a change.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Lists of folders in which programs look for code.
const SEARCHED: [&str; 3] = ["PYTHONPATH", "NODE_PATH", "CLASSPATH"];
/// Where Python code stands in a project, which an editable installation of it would be found after.
const PYTHON: [&str; 2] = ["src", ""];

/// Variables that name the home of the user or of an installation, wherever they lead.
const HOMES: [&str; 4] = ["HOME", "PATH", "VIRTUAL_ENV", "PWD"];

/// The variables of a command that runs in `folder` of the tree at `top`. Python finds the tree before what is installed, in the
/// work tree as in the base. In the base, searched folders of the work tree `head` and variables that name its top become
/// those of the base, and Cargo builds apart, since it takes two folders of one package for the same.
pub(super) fn variables(
    head: Option<&Path>,
    top: &Path,
    folder: &Path,
    python: &[String],
) -> Vec<(OsString, OsString)> {
    let mut out: Vec<(OsString, OsString)> = Vec::new();
    if let Some(head) = head {
        out.push(("CARGO_TARGET_DIR".into(), top.join("target").into_os_string()));
        let named = std::env::vars_os().filter(|(name, value)| {
            let name = name.to_string_lossy();
            let free = !HOMES.contains(&&*name) && !SEARCHED.contains(&&*name);
            free && Path::new(value).is_absolute() && Path::new(value).canonicalize().is_ok_and(|path| path == head)
        });
        out.extend(named.map(|(name, _)| (name, top.as_os_str().to_owned())));
    }
    for name in SEARCHED {
        let told = std::env::var_os(name).unwrap_or_default();
        let folders = std::env::split_paths(&told).filter(|path| !path.as_os_str().is_empty());
        let mut folders: Vec<PathBuf> =
            folders.map(|path| head.map_or_else(|| path.clone(), |head| moved(&path, head, top))).collect();
        if name == "PYTHONPATH" {
            let projects =
                [folder.to_owned(), top.to_owned()].into_iter().chain(python.iter().map(|below| top.join(below)));
            let own = projects.flat_map(|project| PYTHON.map(|below| project.join(below))).filter(|path| path.is_dir());
            let mut seen = BTreeSet::new();
            let own: Vec<PathBuf> = own.filter(|path| seen.insert(path.clone())).collect();
            folders.splice(0..0, own);
        } else if head.is_none() {
            continue;
        }
        if !folders.is_empty() {
            out.extend(std::env::join_paths(folders).ok().map(|joined| (name.into(), joined)));
        }
    }
    out
}

/// The folder of the base for one of the work tree; others stay as they are.
pub(super) fn moved(path: &Path, head: &Path, base: &Path) -> PathBuf {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.strip_prefix(head).map_or_else(|_| path.to_owned(), |below| base.join(below))
}
