//! `covenant.lock`: the digests of the layers that a configuration extends. Written by `covenant config --lock`.

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The name of the file, beside the configuration.
pub const LOCK_NAME: &str = "covenant.lock";

/// The version of its format.
const VERSION: u32 = 1;

/// The digests of layers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    /// The version of its format.
    version: u32,
    /// The layers.
    pub layers: Vec<LockedLayer>,
}

/// A layer as it was when the lock was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LockedLayer {
    /// What `extends` says; of a layer of a layer, behind the name of that and ` > `.
    pub name: String,
    /// Its version, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// SHA-256 of its files, in hexadecimal.
    pub sha256: String,
}

impl LockFile {
    /// Makes the lock of some layers.
    pub fn new(layers: Vec<LockedLayer>) -> Self {
        LockFile { version: VERSION, layers }
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// A diagnostic `config` at the line and column of the fault.
    pub fn parse(source: &Arc<SourceText>) -> Result<Self, Box<Diagnostic>> {
        let lock: LockFile = super::from_yaml(source)?;
        if lock.version != VERSION {
            let words = format!("this file has version {}, but this Covenant reads version {VERSION}", lock.version);
            let at = source.text().find("version").unwrap_or_default();
            let fault = Diagnostic::new("config", Severity::Error, words, Location::new(source, Span::at(at), ""));
            return Err(Box::new(fault.help("Update Covenant, or write the file anew with `covenant config --lock`")));
        }
        Ok(lock)
    }

    /// Writes the text of the file.
    pub fn text(&self) -> String {
        let body = serde_yaml::to_string(self).unwrap_or_default();
        format!("# The layers that this configuration extends. Written by `covenant config --lock`.\n{body}")
    }
}
