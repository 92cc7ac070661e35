//! Why a file is not read or written.

use std::io::{Error, ErrorKind};

/// Why a file is not read or written. [`Fault::about`] says it of a file by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such file.
    Missing,
    /// The file system does not permit it.
    Denied,
    /// It is a folder.
    Folder,
    /// It is a pipe, a device or a socket where only a regular file counts.
    Special,
    /// It lies outside the repository.
    Outside,
    /// A symbolic link of the repository leads out of it, or stands where a file is to be written.
    Link(String),
    /// It has more bytes than this.
    TooLarge(u64),
    /// Its bytes are not UTF-8.
    NotText,
    /// Anything else, in the words of the system.
    Other(String),
}

impl Fault {
    /// Says what is wrong with the file of this name.
    pub fn about(&self, name: &str) -> String {
        match self {
            Fault::Missing => format!("there is no file `{name}`"),
            Fault::Denied => format!("`{name}` may not be read (permission denied)"),
            Fault::Folder => format!("`{name}` is a folder"),
            Fault::Special => format!("`{name}` is not a regular file"),
            Fault::Outside => format!("`{name}` lies outside the repository"),
            Fault::Link(link) if link == name => {
                format!("`{name}` is a symbolic link that leads out of the repository; name the file itself")
            }
            Fault::Link(link) => {
                format!("`{name}`: the symbolic link `{link}` leads out of the repository; name the file itself")
            }
            Fault::TooLarge(limit) => {
                format!("`{name}` is larger than {limit} bytes; raise --max-file-size if that is intended")
            }
            Fault::NotText => format!("`{name}` is not valid UTF-8"),
            Fault::Other(words) => format!("`{name}`: {words}"),
        }
    }

    /// Says why nothing was written to the file of this name.
    pub fn unwritten(&self, name: &str) -> String {
        let words = match self {
            Fault::Missing => "there is no such folder",
            Fault::Denied => "permission denied",
            Fault::Folder => "it is a folder",
            Fault::Special => "it is not a regular file",
            Fault::Outside => "it lies outside the repository; name it by its absolute path if that is intended",
            Fault::Link(link) => {
                return format!(
                    "`{name}` cannot be written: `{link}` is a symbolic link of the repository; name the file itself"
                );
            }
            Fault::TooLarge(_) => "it is too large",
            Fault::NotText => "it is not valid UTF-8",
            Fault::Other(words) => words,
        };
        format!("`{name}` cannot be written: {words}")
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Fault::Missing,
            ErrorKind::PermissionDenied => Fault::Denied,
            ErrorKind::IsADirectory => Fault::Folder,
            _ => Fault::Other(error.to_string()),
        }
    }
}
