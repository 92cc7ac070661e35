//! Changes texts as a hostile author would: by bytes, by lines, by what stands between punctuation, and by parts of other
//! texts. The same seed gives the same text on every machine.

/// A sequence of numbers (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// A sequence of its own for every seed.
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The next number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }
}

/// What hostile authors write in place of something else.
const WORDS: [&str; 48] = [
    "null",
    "~",
    "true",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "1e9999",
    "-0",
    "1e-400",
    "99999999999999999999",
    "0.1",
    "NaN",
    ".inf",
    "2024-02-30",
    "1970-01-01T00:00:00Z",
    "'#/components/schemas'",
    "'#'",
    "'#/'",
    "'#/paths/~1'",
    "'../../etc/passwd'",
    "'http://x/y'",
    "'%00'",
    "'a/b.yaml#/c'",
    "object",
    "array",
    "string",
    "integer",
    "[string, 'null']",
    "&a",
    "*a",
    "<<: *a",
    "!!binary",
    "? ",
    "|",
    ">-",
    "'^(a+)+$'",
    "'(?=a)\\1'",
    "'[\\w-'",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "\0",
    "\r",
    "::error::",
    "##[error]",
    "`<script>`",
];

/// Keywords of which one is put in the place of another.
const KEYS: [&str; 40] = [
    "type",
    "properties",
    "required",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "$ref",
    "enum",
    "const",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "format",
    "nullable",
    "discriminator",
    "readOnly",
    "writeOnly",
    "default",
    "example",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "deprecated",
    "x-sunset",
    "unevaluatedProperties",
    "dependentSchemas",
    "prefixItems",
    "contains",
];

/// What texts are made of besides words.
const PUNCTUATION: &[u8] = b" \n\t:-#'\"[]{},&*!|>%@`\\~?<=";

/// A text that is longer is not changed further.
const LONGEST: usize = 400_000;

/// Changes `text` at one to eight places; `others` lend parts.
pub(crate) fn mutate(dice: &mut Dice, text: &str, others: &[String]) -> String {
    let mut out = text.to_owned();
    for _ in 0..=dice.roll(8) {
        out = once(dice, &out, others);
        // A text that doubles at every change would only test memory.
        if out.len() > LONGEST {
            break;
        }
    }
    out
}

fn once(dice: &mut Dice, text: &str, others: &[String]) -> String {
    if text.is_empty() {
        return WORDS[dice.roll(WORDS.len())].to_owned();
    }
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = dice.roll(lines.len());
    let other = dice.roll(lines.len());
    match dice.roll(16) {
        0 => {
            lines.remove(line.min(lines.len().saturating_sub(1)));
            lines.concat()
        }
        1 => {
            lines.insert(line, lines[other]);
            lines.concat()
        }
        2 => {
            lines.swap(line, other);
            lines.concat()
        }
        3 => {
            let count = dice.roll(30).min(lines.len() - line);
            lines.drain(line..line + count);
            lines.concat()
        }
        4 => {
            let indent = format!("  {}", lines[line]);
            lines[line] = &indent;
            lines.concat()
        }
        5 => {
            let outdent = lines[line].strip_prefix("  ").unwrap_or(lines[line]);
            lines[line] = outdent;
            lines.concat()
        }
        6 => {
            let Some(donor) = others.get(dice.roll(others.len())) else { return text.to_owned() };
            let parts: Vec<&str> = donor.split_inclusive('\n').collect();
            let start = dice.roll(parts.len());
            let part = parts[start..].iter().take(1 + dice.roll(40)).copied().collect::<String>();
            lines.insert(line, &part);
            lines.concat()
        }
        7 => splice(dice, text, |_, _| String::new()),
        8 => splice(dice, text, |dice, _| WORDS[dice.roll(WORDS.len())].to_owned()),
        9 => splice(dice, text, |dice, _| KEYS[dice.roll(KEYS.len())].to_owned()),
        10 => splice(dice, text, |dice, word| {
            let number: f64 = word.parse().unwrap_or(1.0);
            [number + 1.0, number - 1.0, -number, number * 1e12, number / 3.0][dice.roll(5)].to_string()
        }),
        11 => splice(dice, text, |dice, word| {
            let times = 2 + dice.roll(200).pow(2) / 10;
            word.repeat(times.min(LONGEST / word.len().max(1) + 2))
        }),
        12 => splice(dice, text, |dice, word| {
            let depth = 1 + dice.roll(300);
            format!("{}{word}{}", "[".repeat(depth), "]".repeat(depth))
        }),
        13 => {
            let mut bytes = text.as_bytes().to_vec();
            let at = dice.roll(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = PUNCTUATION[dice.roll(PUNCTUATION.len())];
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        14 => text.chars().take(dice.roll(text.len() + 1)).collect(),
        _ => splice(dice, text, |dice, _| "x".repeat([10, 1_000, 70_000][dice.roll(3)])),
    }
}

/// Puts something in the place of a word.
fn splice(dice: &mut Dice, text: &str, new: impl Fn(&mut Dice, &str) -> String) -> String {
    let is_word = |c: char| c.is_alphanumeric() || "_$-./#".contains(c);
    let start = dice.roll(text.len() + 1);
    let start = (start..text.len()).find(|&at| text.is_char_boundary(at) && text[at..].starts_with(is_word));
    let Some(start) = start else { return text.to_owned() };
    let end = text[start..].find(|c: char| !is_word(c)).map_or(text.len(), |length| start + length);
    format!("{}{}{}", &text[..start], new(dice, &text[start..end]), &text[end..])
}
