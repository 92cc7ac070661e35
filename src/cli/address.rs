//! Contracts behind addresses: nothing is fetched, so an address among the arguments is refused with what to write instead.

use super::session::Failure;
use std::ffi::{OsStr, OsString};

/// Commands whose arguments are contracts.
const COMMANDS: [&str; 7] = ["lint", "diff", "check", "bump", "changelog", "timeline", "notices"];

/// Options whose value may be an address.
const TAKES_ADDRESS: [&str; 2] = ["--map", "--link"];

/// The failure for a command line that names an address as a contract.
pub(super) fn refused(arguments: &[OsString]) -> Option<Failure> {
    let command = arguments.get(1)?.to_str().filter(|command| COMMANDS.contains(command))?;
    let is_address = |argument: &OsStr| {
        let text = argument.to_string_lossy();
        ["http://", "https://"]
            .iter()
            .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
    };
    let at: Vec<usize> = (2..arguments.len())
        .filter(|&at| is_address(&arguments[at]))
        .filter(|&at| !TAKES_ADDRESS.iter().any(|option| arguments[at - 1] == *option))
        .collect();
    let &first = at.first()?;
    let address = arguments[first].to_string_lossy();
    let rest: Vec<String> = (2..arguments.len())
        .map(|at| if at == first { "-".to_owned() } else { quoted(&arguments[at].to_string_lossy()) })
        .collect();
    let write = if at.len() == 1 {
        format!("curl -fsSL {} | covenant {command} {}", quoted(&address), rest.join(" "))
    } else {
        format!("save both first, one with: curl -fsSL {} -o FILE", quoted(&address))
    };
    Some(Failure::new(format!("`{address}` is an address, and nothing is fetched; write: {write}")))
}

/// An argument as a shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(line: &[&str]) -> String {
        let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
        refused(&arguments).map_or_else(String::new, |failure| failure.sentence())
    }

    #[test]
    fn an_address_is_refused_with_the_command_to_write() {
        let said = sentence(&["covenant", "diff", "https://a.example/v1?x=1", "new one.json"]);
        assert!(
            said.ends_with("write: curl -fsSL 'https://a.example/v1?x=1' | covenant diff - 'new one.json'"),
            "{said}"
        );
        let said = sentence(&["covenant", "check", "a.yaml", "--base", "HTTP://a.example/b.yaml"]);
        assert!(said.ends_with("| covenant check a.yaml --base -"), "{said}");
        assert!(sentence(&["covenant", "diff", "https://a.example", "https://b.example"]).contains("save both first"));
    }

    #[test]
    fn an_address_that_is_no_contract_is_none_of_its_business() {
        assert_eq!(sentence(&["covenant", "lint", "--map", "https://a.example/=copies", "a.yaml"]), "");
        assert_eq!(sentence(&["covenant", "explain", "https://a.example"]), "");
    }
}
