//! Where a path leads. Symbolic links of a repository, which a stranger may have committed, are told from those of the
//! system around it.

use super::Fault;
use std::path::{Component, Path, PathBuf};

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The path without symbolic links; a file that is to be written need not exist.
    pub path: PathBuf,
    /// The repository, or else the current folder, that holds it; none for files of the system.
    pub tree: Option<PathBuf>,
}

/// What symbolic links of a tree may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// They may lead to files of the same tree.
    Inside,
    /// They are not followed: what is written goes where its name says.
    Never,
}

/// Returns the folder that files named by files in `folder`, which is canonical, must not leave: the work tree around it,
/// else the current folder where it holds it, else the folder itself.
pub fn home(folder: &Path) -> PathBuf {
    let tree = current().and_then(|current| tree_of(folder, &current));
    tree.unwrap_or_else(|| folder.to_owned())
}

/// Names a file as findings do: a path that was found, by its way from the current folder where both stand in one work tree;
/// one that the caller wrote, as it is.
pub fn from_here(path: &Path) -> String {
    let way = || {
        let (current, real) = (current()?, path.canonicalize().ok()?);
        let tree = tree_of(&current, &current).unwrap_or_else(|| current.clone());
        if path.is_relative() || !real.starts_with(tree) {
            return None;
        }
        let shared = current.components().zip(real.components()).take_while(|(one, other)| one == other).count();
        let up = current.components().skip(shared).map(|_| Path::new("..").to_owned());
        Some(up.chain([real.components().skip(shared).collect()]).collect::<PathBuf>())
    };
    way().unwrap_or_else(|| path.to_owned()).to_string_lossy().replace('\\', "/")
}

/// Finds the file that the caller names to be read.
///
/// # Errors
/// [`Fault::Link`] for a symbolic link of a repository that leads out of it (and out of `root`), [`Fault::Missing`], or what
/// the system says.
pub fn locate(path: &Path, root: Option<&Path>) -> Result<Located, Fault> {
    walk(path, Links::Inside, root)
}

/// Follows a path part by part.
pub(super) fn walk(path: &Path, links: Links, root: Option<&Path>) -> Result<Located, Fault> {
    let current = current().unwrap_or_default();
    let mut at = if path.is_absolute() { PathBuf::new() } else { current.clone() };
    // An absolute path begins in no tree; the empty path would mean the current folder.
    let mut tree = if path.is_absolute() { None } else { tree_of(&at, &current) };
    for part in path.components() {
        match part {
            Component::Prefix(_) | Component::RootDir => at.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                at.pop();
                tree = tree_of(&at, &current);
            }
            Component::Normal(name) => {
                let next = at.join(name);
                let metadata = match next.symlink_metadata() {
                    Ok(metadata) => Some(metadata),
                    Err(error) if links == Links::Never && error.kind() == std::io::ErrorKind::NotFound => None,
                    Err(error) => return Err(error.into()),
                };
                if metadata.is_some_and(|metadata| metadata.is_symlink()) {
                    at = followed(&next, tree.as_deref(), links, root)?;
                    tree = tree_of(&at, &current);
                } else {
                    at = next;
                    if is_top(&at) || (tree.is_none() && at == current) {
                        tree = Some(at.clone());
                    }
                }
            }
        }
    }
    Ok(Located { path: at, tree })
}

/// Where a symbolic link leads, if it may be followed.
fn followed(link: &Path, tree: Option<&Path>, links: Links, root: Option<&Path>) -> Result<PathBuf, Fault> {
    let refused = || {
        let shown = tree.and_then(|top| link.strip_prefix(top).ok()).unwrap_or(link);
        Fault::Link(shown.to_string_lossy().replace('\\', "/"))
    };
    if tree.is_some() && links == Links::Never {
        return Err(refused());
    }
    match (link.canonicalize(), tree) {
        (Ok(target), Some(top)) if target.starts_with(top) => Ok(target),
        (Ok(target), Some(_)) if root.is_some_and(|root| target.starts_with(root)) => Ok(target),
        (_, Some(_)) => Err(refused()),
        (Ok(target), None) => Ok(target),
        // `/dev/stdin` leads to something without a name when it is a pipe.
        (Err(_), None) if link.metadata().is_ok() => Ok(link.to_owned()),
        (Err(_), None) if links == Links::Never => Ok(link.to_owned()),
        (Err(error), None) => Err(error.into()),
    }
}

fn current() -> Option<PathBuf> {
    std::env::current_dir().and_then(|folder| folder.canonicalize()).ok()
}

fn is_top(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The tree that holds `at`: the nearest work tree, or else the current folder where that is around it.
fn tree_of(at: &Path, current: &Path) -> Option<PathBuf> {
    let work_tree = at.ancestors().find(|above| is_top(above));
    work_tree.or(Some(current).filter(|current| at.starts_with(current))).map(Path::to_owned)
}
