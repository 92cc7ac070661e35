//! `--generate` and `generate:`: contracts that a command emits, in the work tree and in the base.
//!
//! The command runs the code of the head, so it runs only with `--allow-generate`, and its words come from the command line or
//! from the configuration of the target, never from that of the head. What cannot be emitted is not judged: incomplete.

mod apart;
mod dependencies;
mod plan;
mod tree;

pub(super) use plan::Plan;

use crate::config::{Emits, Words};
use clap::{Args, ValueEnum};
use std::time::Duration;

/// Options of a command that can let contracts be emitted.
#[derive(Clone, Debug, Args)]
pub(super) struct GenerateArguments {
    /// Judge the contract that COMMAND emits, in the work tree and in the base, instead of a file. It runs in the current
    /// folder, without a shell. Needs --allow-generate.
    #[arg(long, value_name = "COMMAND", value_parser = Words::parse, help_heading = "Generated contracts")]
    generate: Option<Words>,
    /// Where COMMAND leaves the contract: it prints it, or writes the file that is named as the contract.
    #[arg(
        long,
        value_enum,
        value_name = "WHERE",
        default_value_t = Where::Stdout,
        requires = "generate",
        help_heading = "Generated contracts"
    )]
    generate_output: Where,
    /// Allow commands that emit contracts: that of --generate, else `generate` of the configuration of the revision that
    /// --base names. They run the code of both sides with the rights of this process: never allow it for code of strangers.
    #[arg(long, help_heading = "Generated contracts")]
    allow_generate: bool,
    /// Lend the base the dependencies of the work tree: its manifests, lock files and installed packages. An upgrade of the
    /// framework then is no change of the API.
    #[arg(long, help_heading = "Generated contracts")]
    same_generator: bool,
    /// End a command that takes longer; the run is then incomplete.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, help_heading = "Generated contracts")]
    generate_timeout: u64,
}

/// Where a command leaves the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Where {
    /// On its standard output.
    Stdout,
    /// In the file of the contract.
    File,
}

impl GenerateArguments {
    fn output(&self) -> Emits {
        match self.generate_output {
            Where::Stdout => Emits::Stdout,
            Where::File => Emits::File,
        }
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.generate_timeout)
    }
}
