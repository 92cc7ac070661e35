//! What the walls let through and what not.

use super::*;
use std::path::Path;

fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("repo/.git")).unwrap();
    std::fs::write(folder.path().join("victim"), "precious").unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_whole_and_nothing_is_left_beside_it() {
    let folder = tree();
    let file = folder.path().join("repo/a/b/out.json");
    replace(&file, b"one").unwrap();
    replace(&file, b"two").unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), b"two");
    assert_eq!(names(file.parent().unwrap()), ["out.json"]);
}

#[test]
fn what_is_not_committed_leaves_no_trace() {
    let folder = tree();
    let file = folder.path().join("repo/out.json");
    std::fs::write(&file, "old").unwrap();
    drop(Prepared::new(&file, b"new").unwrap());
    assert_eq!(std::fs::read(&file).unwrap(), b"old");
    assert_eq!(names(&folder.path().join("repo")), [".git", "out.json"]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_of_the_repository_is_never_written_through() {
    use std::os::unix::fs::symlink;
    let folder = tree();
    let repo = folder.path().join("repo");
    symlink("../victim", repo.join("report")).unwrap();
    symlink("..", repo.join("out")).unwrap();
    symlink("nowhere", repo.join("dangling")).unwrap();
    for name in ["report", "out/victim", "out/new", "dangling"] {
        let fault = replace(&repo.join(name), b"x").unwrap_err();
        assert!(matches!(fault, Fault::Link(_)), "{name}: {fault:?}");
        assert!(matches!(append(&repo.join(name), b"x").unwrap_err(), Fault::Link(_)), "{name}");
    }
    assert!(matches!(super::folder(&repo.join("out/cache")).unwrap_err(), Fault::Link(_)));
    assert!(!remove(&repo.join("out/victim")));
    assert_eq!(std::fs::read(folder.path().join("victim")).unwrap(), b"precious");
    assert_eq!(names(folder.path()), ["repo", "victim"]);
}

#[cfg(unix)]
#[test]
fn a_link_of_the_system_is_followed_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("real"), "old").unwrap();
    std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
    replace(&folder.path().join("link"), b"new").unwrap();
    assert_eq!(std::fs::read(folder.path().join("real")).unwrap(), b"new");
    assert!(folder.path().join("link").is_symlink());
}

#[cfg(unix)]
#[test]
fn permissions_of_a_file_outlive_its_text() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree();
    let file = folder.path().join("repo/a.sh");
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o750)).unwrap();
    replace(&file, b"new").unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn a_relative_path_stays_in_the_repository() {
    // Tests run in the folder of the package.
    let fault = replace(Path::new("../covenant-test-out.json"), b"x").unwrap_err();
    assert_eq!(fault, Fault::Outside);
    assert!(!Path::new("../covenant-test-out.json").exists());
}

#[cfg(unix)]
#[test]
fn what_the_caller_names_is_read_unless_the_repository_makes_it_a_link_outwards() {
    use std::os::unix::fs::symlink;
    let folder = tree();
    let repo = folder.path().join("repo");
    std::fs::write(repo.join("a.yaml"), "a").unwrap();
    symlink("a.yaml", repo.join("inside")).unwrap();
    symlink("../victim", repo.join("outside")).unwrap();
    symlink("..", repo.join("up")).unwrap();
    symlink("/dev/zero", repo.join("zero")).unwrap();
    assert_eq!(named(&repo.join("inside"), 10).unwrap(), b"a");
    assert_eq!(named(&folder.path().join("victim"), 10).unwrap(), b"precious");
    for name in ["outside", "up/victim", "zero"] {
        let fault = named(&repo.join(name), 10).unwrap_err();
        assert!(matches!(fault, Fault::Link(_)), "{name}: {fault:?}");
    }
    assert_eq!(named(&repo.join("a.yaml"), 0).unwrap_err(), Fault::TooLarge(0));
    assert_eq!(named(&repo.join("none"), 10).unwrap_err(), Fault::Missing);
    assert_eq!(named(&repo, 10).unwrap_err(), Fault::Folder);
    assert_eq!(named(Path::new("/dev/null"), 10).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn what_a_file_names_stays_inside_the_fence_and_is_a_regular_file() {
    use std::os::unix::fs::symlink;
    let folder = tree();
    let repo = folder.path().join("repo");
    std::fs::create_dir(repo.join("api")).unwrap();
    std::fs::write(repo.join("shared.yaml"), "s").unwrap();
    symlink("../../victim", repo.join("api/link")).unwrap();
    let fence = Fence::around(&repo.join("api/covenant.yaml"));
    assert_eq!(fence.read(&repo.join("api/../shared.yaml"), 10).unwrap(), b"s");
    for name in ["api/link", "api/../../victim", "/dev/zero", "/etc/passwd"] {
        assert_eq!(fence.read(&repo.join(name), 10).unwrap_err(), Fault::Outside, "{name}");
    }
    assert_eq!(Fence::Open.read(&repo.join("api/link"), 10).unwrap(), b"precious");
    assert_eq!(Fence::Open.read(Path::new("/dev/zero"), 10).unwrap_err(), Fault::Special);
    assert_eq!(ordinary(Path::new("/dev/zero"), 10).unwrap_err(), Fault::Special);
}
