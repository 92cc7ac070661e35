//! The walls between this program and the file system: which files may be read, and how files are written.
//!
//! Takes paths that the caller or a file of the judged tree names; gives bytes, or says why not. The tree is hostile: its
//! symbolic links never lead this program out of it, neither to read nor to write. No other module opens, makes, renames or
//! removes files; `clippy.toml` holds them to that. Imports nothing.

// This is the module that the others must use.
#![allow(clippy::disallowed_methods)]

mod fault;
mod read;
mod scratch;
mod walk;
mod write;

pub use fault::Fault;
pub use read::{Fence, named, named_text, ordinary, read_all};
pub use scratch::Scratch;
pub use walk::{Located, from_here, home, locate};
pub use write::{Prepared, append, folder, is_temporary, remove, replace};

#[cfg(test)]
mod tests;
