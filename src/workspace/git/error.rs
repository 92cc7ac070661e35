//! Why git could not answer, in words that help.

/// Why git could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The command could not be run.
    #[error("git cannot be run ({0}); install git, or pass files instead of revisions")]
    NotRun(String),
    /// Not inside a repository.
    #[error("`{0}` is not inside a git repository; revisions need one (a bare one is named with --git-dir)")]
    NoRepository(String),
    /// git does not trust the owner of the repository.
    #[error(
        "git does not trust the owner of the repository `{0}`; run `git config --global --add safe.directory` with its path if you do"
    )]
    NotOwned(String),
    /// A repository inside another one, which has files there.
    #[error(
        "`{0}` holds a git repository, but the repository around it tracks files there and has no such submodule; remove its `.git`"
    )]
    Embedded(String),
    /// A repository inside another one, which knows nothing of it.
    #[error("`{0}` is a git repository of its own, not a submodule of the one you are in; run covenant inside it")]
    Nested(String),
    /// A `.git` file that leads to a repository which does not lead back.
    #[error(
        "the `.git` file of `{0}` leads to a repository that does not name this folder as its work tree; name the repository with --git-dir"
    )]
    OneWay(String),
    /// A submodule that is not checked out.
    #[error("the submodule `{0}` is not checked out; run `git submodule update --init` first")]
    NoSubmodule(String),
    /// Two revisions have no common past here.
    #[error("`{0}` and HEAD have no common commit in this clone; {1}, or compare with `{0}` itself: --base-exact")]
    NoMergeBase(String, &'static str),
    /// Two revisions have several merge bases that hold different files.
    #[error("`{0}` and HEAD have several merge bases with different contracts ({1}); name one of them with --base")]
    MergeBases(String, String),
    /// The revision does not exist here.
    #[error("git knows no revision `{0}`; fetch it first (a shallow clone has few), or check the spelling")]
    NoRevision(String),
    /// The revision has no such file.
    #[error("there is no file `{path}` in revision `{revision}`")]
    NoFile {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
    },
    /// The path is a folder or a submodule there, or leads out of the repository.
    #[error("`{path}` is not a file in revision `{revision}`")]
    NotAFile {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
    },
    /// An object is not here or damaged.
    #[error(
        "`{path}` in revision `{revision}` cannot be read: its object is missing or damaged (Covenant fetches nothing; a partial clone needs `git fetch --refetch --no-filter`, see `git fsck`)"
    )]
    Unreadable {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
    },
    /// The file is larger than the limit.
    #[error(
        "`{path}` in revision `{revision}` is larger than {limit} bytes; raise --max-file-size if that is intended"
    )]
    TooLarge {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The files of a revision cannot be written to a temporary folder.
    #[error("the files of revision `{revision}` cannot be written to a temporary folder: `{path}`: {why}")]
    NotWritten {
        /// The revision.
        revision: String,
        /// The path in it.
        path: String,
        /// Why not.
        why: String,
    },
    /// git failed otherwise.
    #[error("git failed: {0}")]
    Broken(String),
}
