//! `covenant init`: writes `covenant.yaml` and a GitHub workflow for the contracts found here.

use super::output::{print, save};
use super::session::Failure;
use crate::workspace::{Input, Repositories, discover};
use clap::Args;
use std::path::{Path, PathBuf};

/// Write covenant.yaml and a GitHub workflow for the contracts of this repository.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder to prepare.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Replace files that exist.
    #[arg(long)]
    force: bool,
}

const WORKFLOW: &str = include_str!("workflow.yaml");

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure::new(format!("`{}` is not a folder", folder.display())));
    }
    let (inputs, _) = discover(&[folder.to_string_lossy().into_owned()], &Repositories::default());
    let files: Vec<String> = inputs.iter().filter_map(|input| relative(folder, input)).collect();
    let written = [
        ("covenant.yaml".to_owned(), configuration(&files)),
        (".github/workflows/api-contract.yaml".to_owned(), WORKFLOW.replace("@VERSION@", env!("CARGO_PKG_VERSION"))),
    ];
    for (name, text) in written {
        let path = folder.join(&name);
        if path.exists() && !arguments.force {
            print(&format!("kept     {name} (use --force to replace it)\n"));
            continue;
        }
        save(&path, &text)?;
        print(&format!("written  {name}\n"));
    }
    let found = if files.len() == 1 { "1 contract".to_owned() } else { format!("{} contracts", files.len()) };
    print(&format!("{found} found; next: covenant check\n"));
    Ok(0)
}

fn relative(folder: &Path, input: &Input) -> Option<String> {
    let Input::File(path) = input else { return None };
    let below = path.strip_prefix(folder).unwrap_or(path);
    Some(below.to_string_lossy().replace('\\', "/"))
}

fn configuration(files: &[String]) -> String {
    let mut text = String::from(
        "# What Covenant checks in this repository. Every key may be left out; see docs/configuration.md.\n\
         version: 1\n\n\
         # Severities and rules come from a profile: recommended, strict, fapi, ...\n\
         profile: recommended\n\n\
         # A run fails at this severity and above.\nfail-on: error\n\n",
    );
    if files.is_empty() {
        text.push_str(
            "# The contracts of this repository.\n# apis:\n#   - name: payments\n#     file: api/payments.yaml\n",
        );
    } else {
        text.push_str("# The contracts of this repository.\napis:\n");
        for file in files {
            let quoted = serde_json::to_string(file).unwrap_or_default();
            text.push_str(&format!("  - file: {quoted}\n"));
        }
    }
    text.push_str(
        "\n# How changes are judged.\ndiff:\n  keep: contract\n  response-enum-added: risky\n\n\
         # Findings accepted for a while, with an owner and an end.\n# waivers:\n#   - rule: sec-server-https-only\n\
         #     owner: payments team\n#     reason: the old gateway is replaced\n#     expires: 2027-03-31\n",
    );
    text
}
