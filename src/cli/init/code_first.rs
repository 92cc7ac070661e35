//! `covenant init --code-first COMMAND`: for a contract that a framework emits, which is no file of the repository.

use std::path::Path;

/// The workflow of GitHub: one job runs the code and stores what it emits, another judges it.
const WORKFLOW: &str = include_str!("code_first.yaml");

/// A contract that a command emits.
#[derive(Debug)]
pub(super) struct CodeFirst<'a> {
    /// The command, for a shell of the CI system.
    pub(super) command: &'a str,
    /// The name of the contract.
    pub(super) contract: &'a str,
}

impl CodeFirst<'_> {
    /// The text of the workflow.
    pub(super) fn workflow(&self, branch: &str) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let name = Path::new(self.contract).file_name().unwrap_or_default().to_string_lossy();
        WORKFLOW
            .replace("\"@BRANCH@\"", &quoted(branch))
            .replace("@EMITTED@", &format!("emitted/{name}"))
            .replace("@NAME@", &name)
            // Last: what stands in the command is the caller's.
            .replace("@COMMAND@", &quoted(self.command))
    }

    /// What `covenant.yaml` says of the contract. A command that needs a shell stays with the workflow.
    pub(super) fn api(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let generate = match crate::config::Words::parse(self.command) {
            Ok(_) => quoted(self.command),
            Err(_) => format!("[sh, -c, {}]", quoted(self.command)),
        };
        format!(
            "# The contract is emitted: `covenant check --base REV --allow-generate` runs the command on both sides.\napis:\n  - \
             file: {}\n    generate: {generate}\n\n# Environments differ in their servers.\ndiff:\n  servers: ignore\n",
            quoted(self.contract)
        )
    }
}

/// A name of a contract that needs no quotes in a workflow.
///
/// # Errors
/// What is wrong with it.
pub(super) fn contract(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let ending = [".json", ".yaml", ".yml"].iter().any(|ending| text.ends_with(ending));
    let inside = !text.starts_with('/') && !text.split('/').any(|part| part == ".." || part.starts_with('-'));
    if plain && ending && inside {
        Ok(text.to_owned())
    } else {
        Err("write a path below the folder that ends with .json, .yaml or .yml, of letters, digits, - and _".to_owned())
    }
}
