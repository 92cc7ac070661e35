//! Commands that emit contracts: the one place beside git where another program is started, and only when the caller says
//! `--allow-generate`.
//!
//! Takes a command and a folder; gives what the command prints, or says why there is nothing. A command runs the code of the
//! repository with the rights of this process: nothing here makes hostile code harmless. What it holds off is what a careless
//! command does: it has no input and no shell, a time limit and a limit of what it prints, leaves no process of its group
//! behind, and gets no variable that carries a secret or controls the CI system.

mod environment;
mod program;

pub use program::{Fault, Run, run};
