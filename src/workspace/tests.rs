use super::*;
use std::path::Path;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn load(folder: &Path, name: &str) -> Workspace {
    let options = Options { root: Some(folder.to_owned()), ..Options::default() };
    Workspace::load(&Input::File(folder.join(name)), &options).unwrap()
}

#[test]
fn references_lead_into_other_files_and_back() {
    let folder = folder(&[
        ("api.yaml", "a: {$ref: 'models/m.yaml#/M'}\nroot: 7\n"),
        ("models/m.yaml", "M:\n  back: {$ref: '../api.yaml#/root'}\n  next: {$ref: '#/N'}\nN: 8\n"),
    ]);
    let workspace = load(folder.path(), "api.yaml");
    let m = workspace.root().get("a").unwrap().resolve().unwrap();
    assert_eq!(m.get_resolved("back").unwrap().as_i64(), Some(7));
    assert_eq!(m.get_resolved("next").unwrap().as_i64(), Some(8));
    assert_eq!(m.location().pointer, "/M");
    assert!(m.document().name().ends_with("models/m.yaml"));
}

#[test]
fn pointers_pass_through_references() {
    let folder = folder(&[
        ("api.yaml", "c: {r: {$ref: 'r.yaml'}}\nuse: {$ref: '#/c/r/NotFound'}\n"),
        ("r.yaml", "NotFound: {description: gone}\n"),
    ]);
    let workspace = load(folder.path(), "api.yaml");
    assert_eq!(workspace.root().get_resolved("use").unwrap().get_str("description"), Some("gone"));
}

#[test]
fn anchors_and_ids_are_found() {
    let text = "s:\n  $id: https://x.test/s\n  $defs: {d: {$anchor: here, v: 1}}\n  in: {$ref: '#/$defs/d'}\n\
                a: {$ref: '#here'}\nb: {$ref: 'https://x.test/s#/$defs/d'}\nc: {$ref: '#/s/$defs/d/v'}\n";
    let workspace = Workspace::from_text("a.yaml", text);
    let root = workspace.root();
    for place in [root.get("a"), root.get("b"), root.descend(&["s", "in"])] {
        assert_eq!(place.unwrap().resolve().unwrap().get("v").unwrap().as_i64(), Some(1));
    }
    assert_eq!(root.get_resolved("c").unwrap().as_i64(), Some(1));
}

#[test]
fn what_cannot_be_followed_says_why() {
    let folder = folder(&[(
        "sub/api.yaml",
        "nowhere: {$ref: '#/a/b'}\nescape: {$ref: '../../etc/passwd'}\nabsolute: {$ref: /etc/passwd}\n\
         remote: {$ref: 'https://x.test/a.yaml#/b'}\nmissing: {$ref: gone.yaml}\nself: {$ref: '#/self'}\na: {}\n",
    )]);
    let workspace = load(&folder.path().join("sub"), "api.yaml");
    let error = |key: &str| workspace.root().get(key).unwrap().resolve().unwrap_err();
    assert!(matches!(error("nowhere"), RefError::NoNode { token, .. } if token == "b"));
    assert!(matches!(error("escape"), RefError::OutsideRoot { .. }));
    assert!(matches!(error("absolute"), RefError::OutsideRoot { .. }));
    assert!(error("remote").to_string().contains("--map"));
    assert!(error("missing").to_string().contains("no file `gone.yaml`"));
    assert!(matches!(error("self"), RefError::Circle { .. }));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_out_of_the_root_is_refused() {
    let outside = folder(&[("secret.yaml", "x: 1\n")]);
    let inside = folder(&[("api.yaml", "a: {$ref: link.yaml}\n")]);
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), inside.path().join("link.yaml")).unwrap();
    let workspace = load(inside.path(), "api.yaml");
    assert!(matches!(workspace.root().get("a").unwrap().resolve(), Err(RefError::OutsideRoot { .. })));
}

#[test]
fn remote_files_can_be_mapped_to_copies() {
    let folder = folder(&[("api.yaml", "a: {$ref: 'https://x.test/v1/m.yaml#/M'}\n"), ("vendor/m.yaml", "M: 5\n")]);
    let map = vec![("https://x.test/v1/".to_owned(), folder.path().join("vendor"))];
    let options = Options { map, ..Options::default() };
    let workspace = Workspace::load(&Input::File(folder.path().join("api.yaml")), &options).unwrap();
    assert_eq!(workspace.root().get_resolved("a").unwrap().as_i64(), Some(5));
}

#[test]
fn a_revision_is_read_without_the_work_tree() {
    let folder = folder(&[("api/a.yaml", "v: {$ref: 'b.yaml#/v'}\n"), ("api/b.yaml", "v: 1\n")]);
    let git = |arguments: &[&str]| {
        let status = std::process::Command::new("git")
            .arg("-C")
            .arg(folder.path())
            .args(["-c", "user.name=t", "-c", "user.email=t@t.test"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    std::fs::write(folder.path().join("api/b.yaml"), "v: 2\n").unwrap();
    let repository = Repositories::default().around(&folder.path().join("api")).unwrap();
    let at = |path: &str| Input::Revision { at: repository.snapshot("HEAD").unwrap(), path: path.to_owned() };
    let workspace = Workspace::load(&at("api/a.yaml"), &Options::default()).unwrap();
    assert_eq!(workspace.root().get_resolved("v").unwrap().as_i64(), Some(1));
    assert_eq!(workspace.document(DocumentId(1)).name(), "HEAD:api/b.yaml");
    let error = |path: &str| Workspace::load(&at(path), &Options::default()).unwrap_err();
    assert!(matches!(error("api/c.yaml"), LoadError::Git(GitError::NoFile { .. })));
    assert!(matches!(error("api"), LoadError::Git(GitError::NotAFile { .. })));
    for name in ["nope", "--upload-pack=x", "", "HEAD@{99999}", "a\nb"] {
        assert!(matches!(repository.snapshot(name), Err(GitError::NoRevision(_))), "{name}");
    }
}

#[test]
fn folders_are_searched_for_contracts_but_not_what_git_ignores() {
    let folder = folder(&[
        (".gitignore", "build/\n"),
        (".git/HEAD", ""),
        ("b.yaml", "openapi: 3.0.0\n"),
        ("a/c.json", "{\"swagger\": \"2.0\"}"),
        ("other.yaml", "kind: openapi\n"),
        ("build/d.yaml", "openapi: 3.0.0\n"),
    ]);
    let (inputs, errors) = discover(&[folder.path().to_string_lossy().into_owned()], &Repositories::default());
    let names: Vec<_> = inputs.iter().map(|input| input.name().rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!((names, errors), (vec!["c.json".to_owned(), "b.yaml".to_owned()], vec![]));
    let pattern = format!("{}/**/*.json", folder.path().display());
    assert_eq!(discover(&[pattern], &Repositories::default()).0.len(), 1);
    assert!(matches!(
        discover(&["/nowhere/*.yaml".to_owned()], &Repositories::default()).1[..],
        [DiscoverError::NoMatch(_)]
    ));
}

#[test]
fn an_identity_names_elements_instead_of_counting_them() {
    let workspace = Workspace::from_text("a.yaml", "p:\n  - {in: query, name: x, schema: {enum: [a, b]}}\n");
    let place = workspace.root().descend(&["p", "0", "schema", "enum", "1"]).unwrap();
    assert_eq!(place.location().identity, "/p/[query x]/schema/enum/[b]");
    assert_eq!(place.location().pointer, "/p/0/schema/enum/1");
}

#[test]
fn prose_that_a_description_refers_to_is_one_text() {
    let folder = folder(&[
        ("a.yaml", "openapi: 3.0.0\ntags: [{name: x, description: {$ref: intro.md}}]\n"),
        ("intro.md", "# Title: [not YAML\n* `a`: {b\n"),
    ]);
    let workspace = Workspace::load(&Input::File(folder.path().join("a.yaml")), &Options::default()).unwrap();
    assert!(workspace.problems().is_empty(), "{:?}", workspace.problems()[0].message);
    let text = workspace.root().descend(&["tags", "0"]).unwrap().get_resolved("description").unwrap();
    assert_eq!(text.as_str(), Some("# Title: [not YAML\n* `a`: {b\n"));
}
