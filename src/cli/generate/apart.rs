//! What keeps the code of the base apart from that of the work tree. Build tools and package managers find code by paths that
//! they were told once: a base that is emitted from the code of the head would never show a change.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Lists of folders in which programs look for code.
const SEARCHED: [&str; 3] = ["PYTHONPATH", "NODE_PATH", "CLASSPATH"];
/// Where Python code stands in a project, which an editable installation of it would be found after.
const PYTHON: [&str; 2] = ["src", ""];

/// The variables of a command that runs in `folder` of the base, which is laid out at `base`: searched folders of the work tree
/// `head` become those of the base, Python finds the base before what is installed, and Cargo builds the base apart, since it takes
/// two folders of one package for the same.
pub(super) fn variables(head: &Path, base: &Path, folder: &Path) -> Vec<(&'static str, OsString)> {
    let mut out = vec![("CARGO_TARGET_DIR", base.join("target").into_os_string())];
    for name in SEARCHED {
        let told = std::env::var_os(name).unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&told)
            .filter(|path| !path.as_os_str().is_empty())
            .map(|path| moved(&path, head, base))
            .collect();
        if name == "PYTHONPATH" {
            let own = [folder, base].into_iter().flat_map(|top| PYTHON.map(|below| top.join(below)));
            folders.splice(0..0, own.filter(|path| path.is_dir()));
        }
        if !folders.is_empty() {
            out.extend(std::env::join_paths(folders).ok().map(|joined| (name, joined)));
        }
    }
    out
}

/// The folder of the base for one of the work tree; others stay as they are.
pub(super) fn moved(path: &Path, head: &Path, base: &Path) -> PathBuf {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.strip_prefix(head).map_or_else(|_| path.to_owned(), |below| base.join(below))
}
