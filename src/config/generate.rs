//! `generate`: the command that emits a contract, for teams whose framework writes it.
//!
//! A command is words, never a line for a shell: what a shell would act upon is refused, so that nobody believes it works.

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The words of a command: the program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(Vec<String>);

impl Words {
    /// Takes words as they are.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(words: Vec<String>) -> Result<Self, String> {
        match words.first() {
            None => Err("the command is empty".to_owned()),
            Some(program) if program.is_empty() => Err("the command has no program".to_owned()),
            Some(_) if words.iter().any(|word| word.contains('\0')) => {
                Err("the command has a NUL character".to_owned())
            }
            Some(_) => Ok(Words(words)),
        }
    }

    /// Splits a line at blanks. `'…'` and `"…"` keep what is between them together and as it is; nothing else has a meaning.
    ///
    /// # Errors
    /// A sign that only a shell would act upon, or a quote that does not end.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words: Vec<String> = Vec::new();
        let mut word: Option<String> = None;
        let mut quote = None;
        for sign in line.chars() {
            let shell = match quote {
                None => {
                    matches!(sign, '|' | '&' | ';' | '<' | '>' | '$' | '`' | '*' | '\n' | '\r')
                        || (sign == '~' && word.is_none())
                        || (sign == '=' && words.is_empty() && word.as_deref().is_some_and(is_name))
                }
                // A shell reads these inside of double quotes as well.
                Some('"') => matches!(sign, '$' | '`'),
                Some(_) => false,
            };
            if shell {
                return Err(format!(
                    "`{}` has no meaning in the command: no shell is used; write it between single quotes if the program is \
                     to get it, or `sh -c '…'` if a shell is",
                    sign.escape_default()
                ));
            }
            match (quote, sign) {
                (Some(open), _) if open == sign => quote = None,
                (None, '\'' | '"') => {
                    quote = Some(sign);
                    word.get_or_insert_default();
                }
                (None, ' ' | '\t') => words.extend(word.take()),
                _ => word.get_or_insert_default().push(sign),
            }
        }
        if let Some(open) = quote {
            return Err(format!("the command has a {open} that does not end"));
        }
        words.extend(word);
        Words::new(words)
    }

    /// Returns the program and its arguments.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

/// Whether a word could be the name of a variable.
fn is_name(word: &str) -> bool {
    !word.starts_with(|first: char| first.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            let plain =
                !word.is_empty() && !word.contains(|sign: char| sign.is_whitespace() || "'\"|&;<>$`*".contains(sign));
            if plain { write!(f, "{gap}{word}")? } else { write!(f, "{gap}'{word}'")? }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(deserializer.deserialize_any(Reader { mapping: false })?.command)
    }
}

/// Where a command leaves the contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Emits {
    /// It prints it.
    #[default]
    Stdout,
    /// It writes the file that is named as the contract.
    File,
}

/// The command that emits a contract: a line, a list of words, or a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generate {
    /// The command. It runs in the folder of the configuration.
    pub command: Words,
    /// Where it leaves the contract.
    pub output: Emits,
}

impl<'de> Deserialize<'de> for Generate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader { mapping: true })
    }
}

/// Reads a command; with `mapping`, also where it leaves the contract.
struct Reader {
    mapping: bool,
}

impl<'de> Visitor<'de> for Reader {
    type Value = Generate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mapping = if self.mapping { ", or a mapping with `command` and `output`" } else { "" };
        write!(f, "a command: a line or a list of words{mapping}")
    }

    fn visit_str<E: de::Error>(self, line: &str) -> Result<Generate, E> {
        let command = Words::parse(line).map_err(E::custom)?;
        Ok(Generate { command, output: Emits::Stdout })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Generate, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = sequence.next_element::<String>()? {
            words.push(word);
        }
        let command = Words::new(words).map_err(de::Error::custom)?;
        Ok(Generate { command, output: Emits::Stdout })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Generate, A::Error> {
        if !self.mapping {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        }
        let (mut command, mut output) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "command" => command = Some(map.next_value()?),
                "output" => output = Some(map.next_value()?),
                other => return Err(de::Error::unknown_field(other, &["command", "output"])),
            }
        }
        let command = command.ok_or_else(|| de::Error::missing_field("command"))?;
        Ok(Generate { command, output: output.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        Words::parse(line).unwrap().words().to_vec()
    }

    #[test]
    fn a_line_is_split_at_blanks_and_quotes_keep_words_together() {
        assert_eq!(words("python  dump.py --x=1"), ["python", "dump.py", "--x=1"]);
        assert_eq!(words("sh -c 'a | b > $C'"), ["sh", "-c", "a | b > $C"]);
        assert_eq!(words(r#"a "b  c" '' d'e'f"#), ["a", "b  c", "", "def"]);
        assert_eq!(words(r"tools\emit.exe {a} [b] ?"), [r"tools\emit.exe", "{a}", "[b]", "?"]);
    }

    #[test]
    fn what_only_a_shell_would_act_upon_is_refused() {
        for line in [
            "a | b",
            "a && b",
            "a; b",
            "a > b",
            "a < b",
            "a $B",
            "a `b`",
            "a *.py",
            "a\nb",
            "~/a",
            "A=1 b",
            r#"a "$B""#,
            r#"a "`b`""#,
        ] {
            assert!(Words::parse(line).unwrap_err().contains("no shell is used"), "{line}");
        }
        for line in ["", "  ", "'a", "a \"b"] {
            assert!(Words::parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_command_is_a_line_a_list_or_a_mapping() {
        let read = |text: &str| serde_yaml::from_str::<Generate>(text);
        let line = read("python dump.py").unwrap();
        assert_eq!(read("[python, dump.py]").unwrap(), line);
        assert_eq!(read("{command: python dump.py}").unwrap(), line);
        let file = read("{command: [swag, init], output: file}").unwrap();
        assert_eq!((file.command.to_string().as_str(), file.output), ("swag init", Emits::File));
        for wrong in
            ["{command: a, writes: b}", "{output: file}", "a | b", "[]", "{command: {command: a, output: file}}", "7"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        // Layers are put together from what was written.
        for command in [line, file] {
            assert_eq!(serde_yaml::from_str::<Generate>(&serde_yaml::to_string(&command).unwrap()).unwrap(), command);
        }
    }

    #[test]
    fn words_are_shown_as_they_could_be_written() {
        let shown = Words::parse("sh -c 'a | b'").unwrap().to_string();
        assert_eq!(shown, "sh -c 'a | b'");
        assert_eq!(Words::parse(&shown).unwrap().words().len(), 3);
    }
}
