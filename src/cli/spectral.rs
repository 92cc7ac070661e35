//! The command line of `spectral lint`: scripts that call it keep working when the program's name is changed.
//!
//! Takes arguments; gives arguments that the command understands. Flags that have no counterpart are accepted when
//! nothing is lost by that, and refused in words otherwise.

use super::session::Failure;
use clap::Args;
use std::ffi::OsString;

/// Flags that `spectral lint` has and nothing else needs.
#[derive(Debug, Default, Args)]
pub(super) struct SpectralArguments {
    /// Do not report a document of a format that the rulesets are not for.
    #[arg(long, help_heading = "Spectral")]
    pub(super) ignore_unknown_format: bool,
    /// Accepted: a pattern that fits no file always makes the run incomplete.
    #[arg(long, help_heading = "Spectral")]
    fail_on_unmatched_globs: bool,
    /// Show the documentation address of each finding in the formats stylish and spectral-json.
    #[arg(long, help_heading = "Spectral")]
    pub(super) show_documentation_url: bool,
    /// The encoding of the contracts; they are read as UTF-8, so only utf8, utf-8 and ascii are accepted.
    #[arg(short, long, value_name = "NAME", help_heading = "Spectral")]
    encoding: Option<String>,
    /// Refused: references are resolved by Covenant alone (see --map and --root).
    #[arg(long, value_name = "FILE", help_heading = "Spectral")]
    resolver: Option<String>,
    /// Say on standard error how many rules run.
    #[arg(short, long, help_heading = "Spectral")]
    pub(super) verbose: bool,
}

impl SpectralArguments {
    /// Refuses what would change the result if it were ignored.
    ///
    /// # Errors
    /// [`Failure`] that says what to do instead.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if let Some(encoding) = &self.encoding
            && !["utf8", "utf-8", "ascii"].contains(&encoding.as_str())
        {
            return Err(Failure::usage(format!(
                "--encoding {encoding}: contracts are read as UTF-8; convert the file, for example with `iconv`"
            )));
        }
        if let Some(resolver) = &self.resolver {
            return Err(Failure::usage(format!(
                "--resolver {resolver}: programs that resolve references are not run; name local copies of remote \
                 files with --map URL=FILE"
            )));
        }
        Ok(())
    }
}

/// Spectral's `-o.json FILE` as `--output=spectral-json=FILE`; other arguments stay as they are. The formats that
/// `-f` names for such outputs are not printed as well.
pub(super) fn translate(arguments: Vec<OsString>) -> Vec<OsString> {
    let is_lint = arguments.get(1).is_some_and(|command| command == "lint");
    let dotted = |text: &str| -> Option<(String, Option<String>)> {
        let rest = text.strip_prefix("--output.").or_else(|| text.strip_prefix("-o."))?;
        Some(match rest.split_once('=') {
            Some((format, path)) => (format.to_owned(), Some(path.to_owned())),
            None => (rest.to_owned(), None),
        })
    };
    if !is_lint || !arguments.iter().any(|argument| argument.to_str().is_some_and(|text| dotted(text).is_some())) {
        return arguments;
    }
    let mut out = Vec::new();
    let mut printed: Vec<String> = Vec::new();
    let mut written: Vec<String> = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let Some(text) = argument.to_str() else {
            out.push(argument);
            continue;
        };
        if text == "--" {
            out.push(argument);
            out.extend(rest.by_ref());
        } else if let Some((format, path)) = dotted(text) {
            let path = path.map(OsString::from).or_else(|| rest.next()).unwrap_or_default();
            let name = match format.as_str() {
                "json" => "spectral-json",
                other => other,
            };
            let mut whole = OsString::from(format!("--output={name}="));
            whole.push(if path == "<stdout>" { OsString::from("-") } else { path });
            out.push(whole);
            written.push(format);
        } else if text == "-f" || text == "--format" {
            printed.extend(rest.next().map(|format| format.to_string_lossy().into_owned()));
        } else if let Some(format) = text.strip_prefix("--format=").or_else(|| text.strip_prefix("-f")) {
            printed.push(format.trim_start_matches('=').to_owned());
        } else {
            out.push(argument);
        }
    }
    printed.retain(|format| !written.contains(format));
    if printed.is_empty() {
        out.insert(2, OsString::from("--only-outputs"));
    }
    for format in printed {
        out.insert(2, OsString::from(format!("--format={format}")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(line: &str) -> String {
        let words = translate(line.split(' ').map(OsString::from).collect());
        words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn outputs_with_their_format_behind_a_dot_become_ours() {
        assert_eq!(
            translated("covenant lint a.yaml -f json -f junit -o.json a.json --output.junit=b.xml -r x"),
            "covenant lint --only-outputs a.yaml --output=spectral-json=a.json --output=junit=b.xml -r x"
        );
        assert_eq!(
            translated("covenant lint a.yaml -fstylish -o.html <stdout>"),
            "covenant lint --format=stylish a.yaml --output=html=-"
        );
    }

    #[test]
    fn other_command_lines_stay_as_they_are() {
        for line in ["covenant lint a.yaml -o x.json -f json", "covenant diff -o.json a b", "covenant lint -- -o.json"]
        {
            let kept = translated(line);
            assert!(kept == line || line.ends_with("-- -o.json"), "{kept}");
        }
    }
}
