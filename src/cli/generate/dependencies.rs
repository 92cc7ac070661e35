//! What a project says of its dependencies, and where they are installed, by the names that package managers use.

use crate::files::Scratch;
use crate::gate::digest;
use crate::workspace::Snapshot;
use std::collections::BTreeSet;
use std::path::Path;
use walkdir::WalkDir;

/// Files that name dependencies or pin their versions.
const MANIFESTS: [&str; 30] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "requirements.txt",
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile",
    "Pipfile.lock",
    "go.mod",
    "go.sum",
    "go.work",
    "Cargo.toml",
    "Cargo.lock",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "gradle.properties",
    "gradle.lockfile",
    "libs.versions.toml",
    "Directory.Packages.props",
    "packages.lock.json",
    "composer.json",
    "composer.lock",
    "Gemfile",
    "Gemfile.lock",
];
/// Endings of such files.
const ENDINGS: [&str; 3] = [".csproj", ".fsproj", ".vbproj"];
/// Folders that package managers install into, beside a manifest.
const INSTALLED: [&str; 5] = ["node_modules", ".venv", "venv", "vendor", ".yarn"];
/// Largest manifest that is read; lock files grow.
const LARGEST: u64 = 64 << 20;

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let requirements = name.starts_with("requirements") && name.ends_with(".txt");
    MANIFESTS.contains(&name) || requirements || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The manifests of a revision, by path from the top.
pub(super) fn manifests(at: &Snapshot) -> Vec<String> {
    at.files("").unwrap_or_default().into_iter().filter(|path| is_manifest(path)).collect()
}

/// The folders of Python projects among manifests.
pub(super) fn python(manifests: &[String]) -> Vec<String> {
    let is_python = |name: &str| matches!(name, "pyproject.toml" | "Pipfile") || name.starts_with("requirements");
    let folder = |path: &String| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        is_python(name).then(|| folder.to_owned())
    };
    manifests.iter().filter_map(folder).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What the work tree says of its dependencies where the revision has a manifest: one digest.
pub(super) fn pinned(at: &Snapshot, manifests: &[String]) -> String {
    let one = |path: &String| {
        let text = of_work_tree(at, path).map(|bytes| digest(&String::from_utf8_lossy(&bytes)));
        format!("{path} {}", text.as_deref().unwrap_or("-"))
    };
    digest(&manifests.iter().map(one).collect::<Vec<_>>().join("\n"))
}

fn of_work_tree(at: &Snapshot, path: &str) -> Option<Vec<u8>> {
    let top = at.repository().top();
    crate::files::Fence::At(top.to_owned()).read(&top.join(path), LARGEST).ok()
}

/// Puts the manifests of the work tree in the place of those of the revision, and lets the packages that are installed there
/// be found.
///
/// # Errors
/// What could not be written, in words.
pub(super) fn lend(at: &Snapshot, manifests: &[String], scratch: &Scratch) -> Result<(), String> {
    let mut folders = BTreeSet::from([String::new()]);
    for path in manifests {
        if let Some(bytes) = of_work_tree(at, path) {
            scratch.write(path, &bytes).map_err(|fault| fault.unwritten(path))?;
        }
        folders.extend(path.rsplit_once('/').map(|(folder, _)| format!("{folder}/")));
    }
    let top = at.repository().top();
    for folder in folders {
        for name in INSTALLED {
            let path = format!("{folder}{name}");
            let installed = top.join(&path);
            let there = installed.symlink_metadata().is_ok_and(|data| data.is_dir());
            if !there || scratch.path().join(&path).symlink_metadata().is_ok() {
                continue;
            }
            if name == "node_modules" { lend_node(scratch, &path, top)? } else { link(scratch, &path, &installed)? }
        }
    }
    Ok(())
}

/// Lends the packages of Node as real folders with the files of the work tree: Node follows links, and would find its way back.
/// Links between packages lead from the same place to the same place, so those of workspaces lead to the base's own code.
fn lend_node(scratch: &Scratch, path: &str, top: &Path) -> Result<(), String> {
    for entry in WalkDir::new(top.join(path)).min_depth(1) {
        let entry = entry.map_err(|error| format!("`{path}`: {error}"))?;
        let Some(below) = entry.path().strip_prefix(top).ok().and_then(Path::to_str) else { continue };
        let below = below.replace('\\', "/");
        if entry.path_is_symlink() {
            let target = std::fs::read_link(entry.path()).map_err(|error| format!("`{below}`: {error}"))?;
            let target = if target.is_absolute() { super::apart::moved(&target, top, scratch.path()) } else { target };
            link(scratch, &below, &target)?;
        } else if entry.file_type().is_file() {
            scratch.take(&below, entry.path()).map_err(|fault| fault.unwritten(&below))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(scratch: &Scratch, path: &str, target: &Path) -> Result<(), String> {
    scratch.link(path, target).map_err(|fault| fault.unwritten(path))
}

#[cfg(not(unix))]
fn link(_: &Scratch, path: &str, _: &Path) -> Result<(), String> {
    Err(format!(
        "`{path}` cannot be linked on this system; install the packages in the command, without --same-generator"
    ))
}

#[cfg(test)]
mod tests {
    use super::is_manifest;

    #[test]
    fn manifests_are_known_by_name_in_every_folder() {
        for path in [
            "go.mod",
            "api/package-lock.json",
            "requirements-dev.txt",
            "src/Api/Api.csproj",
            "gradle/libs.versions.toml",
        ] {
            assert!(is_manifest(path), "{path}");
        }
        for path in ["app.py", "package.json.md", "docs/requirements.md"] {
            assert!(!is_manifest(path), "{path}");
        }
    }
}
