//! What a schema says about the field it describes: type, format, bounds, examples, and what its author tells.

use super::judge::Class;
use super::words;
use crate::openapi::keyword;
use crate::pattern::Pattern;
use crate::text::{iban, secret};
use crate::workspace::Place;
use std::sync::LazyLock;

/// Characters of descriptions that are read; what a field is stands at the beginning.
const READ: usize = 400;
/// Examples that are looked at.
const EXAMPLES: usize = 8;

/// How values of a class look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Card,
    Code,
    Secret,
    Person,
    Account,
    Bank,
    Contact,
    Money,
}

impl Shape {
    pub(super) fn of(class: Class) -> Self {
        match class {
            Class::CardNumber => Shape::Card,
            Class::SecurityCode => Shape::Code,
            Class::Credential => Shape::Secret,
            Class::NationalId => Shape::Person,
            Class::AccountNumber => Shape::Account,
            Class::BankCode => Shape::Bank,
            Class::Contact => Shape::Contact,
            Class::Money => Shape::Money,
        }
    }

    /// Values as they are usual: a pattern that takes none of them is about something else.
    fn samples(self) -> &'static [&'static str] {
        match self {
            Shape::Card => &CARDS,
            Shape::Code => &["123", "1234"],
            Shape::Money => {
                &["12.34", "12", "1234.5678", "12,34", "-12.34", "+12.34", "0.123456789", "12.3400", "EUR 12.34"]
            }
            Shape::Secret | Shape::Person | Shape::Account | Shape::Bank | Shape::Contact => &[],
        }
    }

    /// Whether part of a value may be shown in its place, or a token stand for it: of a password or a security code nothing is
    /// ever shown.
    fn has_stand_ins(self) -> bool {
        matches!(self, Shape::Card | Shape::Account | Shape::Person)
    }

    /// Whether values of a pattern are usual ones of this class.
    fn fits(self, pattern: &Pattern) -> bool {
        // Issuers have ranges of their own: any number as long as a card number may be one.
        let length = || pattern.lengths().filter(|_| pattern.is_digits());
        self.samples().iter().any(|sample| pattern.matches(sample) == Some(true))
            || self == Shape::Card && length().is_some_and(|(least, most)| least <= 19 && most >= self.least())
    }

    /// The fewest characters that a value needs.
    fn least(self) -> u64 {
        match self {
            Shape::Card => 12,
            Shape::Account | Shape::Person => 5,
            Shape::Code => 3,
            Shape::Secret | Shape::Bank | Shape::Contact | Shape::Money => 1,
        }
    }

    /// Formats that values of this class never have.
    fn excludes(self, format: &str) -> bool {
        match format {
            "boolean" | "binary" | "uri" | "url" | "uri-reference" => true,
            "date" | "date-time" | "time" | "duration" => self != Shape::Contact,
            "uuid" | "guid" => !matches!(self, Shape::Secret),
            "email" => !matches!(self, Shape::Contact | Shape::Secret),
            _ => false,
        }
    }

    /// A format that says what the class says.
    fn is_named(self, format: &str) -> bool {
        match self {
            Shape::Secret => matches!(format, "password" | "secret" | "jwt"),
            Shape::Contact => {
                matches!(format, "email" | "idn-email" | "phone" | "phone-number" | "msisdn" | "e164" | "tel")
            }
            Shape::Account => matches!(format, "iban" | "bban"),
            Shape::Card => matches!(format, "credit-card" | "creditcard" | "pan" | "card-number"),
            Shape::Person => matches!(format, "ssn" | "cpf"),
            Shape::Money => matches!(format, "decimal" | "money" | "currency" | "amount"),
            Shape::Code | Shape::Bank => false,
        }
    }
}

/// Published test numbers of the card schemes, in the forms in which card numbers are written.
const CARDS: [&str; 22] = [
    "4111111111111111",
    "4222222222222",
    "4000000000000000006",
    "378282246310005",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "6011111111111117",
    "6500000000000002",
    "3530111333300000",
    "30569309025904",
    "36227206271667",
    "38520000023237",
    "6759649826438453",
    "5018000000000009",
    "6200000000000005",
    "6205500000000000004",
    "2200000000000053",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "5555 5555 5555 4444",
    "5555-5555-5555-4444",
];

/// What a description says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    /// What its name says.
    Same,
    /// Something else.
    Other,
    /// That its values are masked, or stand for the real ones.
    StandIn,
}

/// What speaks for or against: points and a reason.
type Speak<'a> = dyn FnMut(i32, String) + 'a;

/// A field, its schema read where references and `allOf` lead.
#[derive(Debug)]
pub(super) struct Field<'w> {
    at: Place<'w>,
    /// What describes it besides: the parameter, and the schema of which it is the items or the only alternative.
    beside: [Option<Place<'w>>; 2],
    string: bool,
    numeric: bool,
    integer: bool,
    typed: bool,
    open: bool,
}

/// Levels of `oneOf` and `anyOf` that are looked into for the alternatives of a field.
const LEVELS: usize = 4;
/// Alternatives that are looked at.
const ALTERNATIVES: usize = 32;
/// Schemas that are looked at for them: branches may lead to many that are no alternatives, such as `null`.
const VISITS: usize = 256;

/// Collects the alternatives of a schema that has no type of its own, `null` left out; of arrays, those of their items.
/// `visits` is how many schemas may still be looked at.
fn alternatives<'w>(schema: Place<'w>, levels: usize, visits: &mut usize, out: &mut Vec<Place<'w>>) {
    if out.len() >= ALTERNATIVES || *visits == 0 {
        return;
    }
    *visits -= 1;
    let items = keyword::has_type(schema, "array").then(|| keyword::keyword(schema, "items")).flatten();
    if let Some(items) = items.filter(|_| levels > 0) {
        return alternatives(items, levels - 1, visits, out);
    }
    let branches =
        || ["oneOf", "anyOf"].iter().filter_map(|key| keyword::keyword(schema, key)).flat_map(Place::elements);
    if keyword::has(schema, "type") || levels == 0 || branches().next().is_none() {
        if keyword::text(schema, "type") != Some("null") {
            out.push(schema);
        }
        return;
    }
    for branch in branches() {
        if *visits == 0 {
            return;
        }
        alternatives(branch, levels - 1, visits, out);
    }
}

impl<'w> Field<'w> {
    /// Reads what types a field has; of an array, those of its items.
    pub(super) fn of(schema: Place<'w>, beside: Option<Place<'w>>) -> Self {
        let mut found = Vec::new();
        alternatives(schema, LEVELS, &mut VISITS.clone(), &mut found);
        let at = if let [only] = found.as_slice() { *only } else { schema };
        let any = |name: &str| found.iter().any(|one| keyword::has_type(*one, name));
        let is_open = |one: &Place<'w>| {
            !["type", "properties", "items", "additionalProperties"].iter().any(|key| keyword::has(*one, key))
        };
        let integer = any("integer");
        Field {
            at,
            beside: [beside, Some(schema)].map(|beside| beside.filter(|beside| *beside != at)),
            string: any("string"),
            numeric: integer || any("number"),
            integer,
            typed: !found.is_empty() && found.iter().all(|one| keyword::has(*one, "type")),
            open: found.iter().any(is_open),
        }
    }

    /// Whether values are strings or numbers, and not words from a list.
    pub(super) fn is_scalar(&self) -> bool {
        (self.string || self.numeric || self.open) && !self.is_listed()
    }

    /// Whether the values are listed, and none of them is a long number.
    fn is_listed(&self) -> bool {
        if !keyword::is_listed(self.at) {
            return false;
        }
        let lists = ["enum", "x-extensible-enum"].iter().filter_map(|key| keyword::keyword(self.at, key));
        let values = lists.flat_map(Place::elements).chain(keyword::keyword(self.at, "const"));
        !values.take(64).any(|value| value.text().bytes().filter(u8::is_ascii_digit).count() >= 6)
    }

    fn text(&self, key: &str) -> Option<&'w str> {
        keyword::text(self.at, key)
    }

    pub(super) fn weigh_type(&self, shape: Shape, sure: bool, speak: &mut Speak<'_>) {
        match shape {
            Shape::Money if self.numeric => speak(if self.integer && !sure { 5 } else { 10 }, "type".to_owned()),
            Shape::Money if !sure => {}
            // Tokens and keys that are numbers are counted, not secret.
            Shape::Secret if self.numeric && !self.string => speak(-25, String::new()),
            // Nearly every field is a string: that makes a sure name no surer than a name can be.
            _ if self.typed => speak(if sure { 5 } else { 10 }, "type".to_owned()),
            _ => {}
        }
        let Some(format) = self.text("format") else { return };
        if shape.excludes(format) {
            speak(-80, String::new());
        } else if shape.is_named(format) {
            speak(25, format!("format `{format}`"));
        }
    }

    pub(super) fn weigh_bounds(&self, shape: Shape, speak: &mut Speak<'_>) {
        let most = keyword::keyword(self.at, "maxLength").and_then(Place::as_u64);
        if most.is_some_and(|most| most < shape.least()) {
            speak(-80, String::new());
        }
        let Some(text) = self.text("pattern").filter(|text| text.len() <= 1024) else { return };
        if shape.samples().is_empty() {
            return;
        }
        let pattern = Pattern::read(text);
        let Some(any_word) = pattern.matches("Abc") else { return };
        if !shape.fits(&pattern) {
            speak(-60, String::new());
        } else if shape != Shape::Money && !any_word {
            let digits = pattern.fixed_length();
            speak(15, digits.map_or_else(|| "pattern".to_owned(), |digits| format!("{digits}-digit pattern")));
        }
    }

    fn examples(&self) -> impl Iterator<Item = &'w str> {
        let at = self.at;
        const KEYS: [&str; 3] = ["example", "examples", "x-example"];
        let beside =
            self.beside.into_iter().flatten().flat_map(|beside| KEYS.iter().filter_map(move |key| beside.get(key)));
        let own = KEYS.iter().filter_map(move |key| keyword::keyword(at, key)).chain(beside);
        let several = |place: Place<'w>| if place.is_seq() { place.elements().collect() } else { vec![place] };
        own.flat_map(several).filter(|place| !place.is_map() && !place.is_seq()).take(EXAMPLES).map(Place::text)
    }

    pub(super) fn weigh_examples(&self, shape: Shape, speak: &mut Speak<'_>) {
        let points = self.examples().map(|text| example_points(shape, text));
        let Some(points) = points.max_by_key(|points| points.abs()).filter(|points| *points != 0) else { return };
        speak(points, "example".to_owned());
    }

    /// Whether an example has the check digits of the class.
    pub(super) fn proves(&self, shape: Shape) -> bool {
        self.examples().any(|text| match shape {
            Shape::Card => secret::is_card_number(&digits(text)) && is_plain_number(text),
            Shape::Account => iban::is_iban(text),
            _ => false,
        })
    }

    /// The words of types that standards and generators put into extensions.
    pub(super) fn vendor_types(&self) -> impl Iterator<Item = &'w str> {
        let own = self.at.resolved().members().chain(self.at.members());
        own.filter(|member| member.name.starts_with("x-"))
            .filter_map(|member| member.value.as_str().filter(|text| text.len() <= 64))
    }

    /// Weighs types that are made for masked values. How a value is masked elsewhere (`x-data-classification`, `x-log`) says
    /// that this one is whole.
    pub(super) fn weigh_masking(&self, shape: Shape, speak: &mut Speak<'_>) {
        if !shape.has_stand_ins() {
            return;
        }
        let own = self.at.resolved().members().chain(self.at.members());
        let named = own
            .filter(|member| member.name.starts_with("x-") && member.name.ends_with("type"))
            .any(|member| member.value.as_str().is_some_and(|text| text.to_ascii_lowercase().contains("mask")));
        let target =
            self.at.reference().map(|reference| words::words(reference.rsplit('/').next().unwrap_or_default()));
        let aimed = target.is_some_and(|split| words::any(&split, &["masked", "truncated", "obfuscated", "tokenized"]));
        if named || aimed {
            speak(-100, String::new());
        }
    }

    /// What title, description and format say, in lower case without accents.
    fn told(&self) -> String {
        let parts = ["title", "description", "format"].iter().filter_map(|key| self.text(key));
        let parts =
            parts.chain(self.beside.into_iter().flatten().filter_map(|beside| keyword::text(beside, "description")));
        let mut out = String::new();
        for part in parts {
            out.extend(part.chars().take(READ));
            out.push(' ');
        }
        words::plain(&out.to_lowercase())
    }

    /// Reads what the description says of the field.
    pub(super) fn description(&self, shape: Shape, told: &[String], untold: &[String]) -> Told {
        let text = self.told();
        let says = |list: &[String]| list.iter().any(|word| text.contains(word.as_str()));
        if shape.has_stand_ins() && stands_in(&text) {
            Told::StandIn
        } else if says(untold) {
            Told::Other
        } else if says(told) {
            Told::Same
        } else {
            Told::Nothing
        }
    }
}

/// Words of descriptions of values that stand for others.
const STAND_INS: [&str; 17] = [
    "mask",
    "truncat",
    "last four",
    "last 4",
    "last digits",
    "first six",
    "obfuscat",
    "tokenis",
    "tokeniz",
    "tokenid",
    "a token",
    "redact",
    "partial",
    "encrypted",
    "hash",
    "enmascarad",
    "mascarad",
];

/// Words before such a one that deny it.
const DENIALS: [&str; 19] = [
    "not", "never", "no", "non", "without", "cannot", "isn't", "aren't", "nor", "neither", "nicht", "nie", "kein",
    "keine", "nao", "pas", "niet", "before", "instead",
];

/// Whether a description says that values stand for others: not where it denies that, nor where it says what becomes of them
/// later, in logs or on a screen.
fn stands_in(text: &str) -> bool {
    text.split(['.', ';', '(', ')', '\n']).any(|clause| {
        let tokens = || clause.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
        let elsewhere =
            tokens().any(|word| {
                matches!(
                    word,
                    "log" | "logs" | "logged" | "logging" | "screen" | "screens" | "ui" | "uis" | "trace" | "traces"
                )
            }) || ["when displayed", "when shown", "when printed"].iter().any(|phrase| clause.contains(phrase));
        let told = |word: &str| {
            clause.match_indices(word).any(|(at, _)| clause.get(..at).is_some_and(|before| !is_denied(before)))
        };
        !elsewhere && STAND_INS.iter().any(|word| told(word))
    })
}

/// Whether what follows this text is denied, or is only going to be.
fn is_denied(before: &str) -> bool {
    let joined = ["un", "non", "non-", "de"]
        .iter()
        .any(|start| before.strip_suffix(start).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)));
    let mut last: Vec<&str> = before.split_whitespace().rev().take(4).collect();
    let denied = last.iter().any(|word| DENIALS.contains(&word.trim_matches(',')));
    last.truncate(2);
    joined || denied || matches!(last.as_slice(), ["be", "to"] | ["being" | "for", ..])
}

/// Whether an example shows part of a value only: marks in place of the rest, and its end. What consists of marks alone is a
/// placeholder (`DEXXXXXXXX`), a single `#` is a number sign (`12 Main St #4`), and two letters are the prefix of a country,
/// a bank or a test value (`XX1234567`).
pub fn is_masked(text: &str) -> bool {
    let run = |marks: &[char]| {
        let mut longest = 0;
        let mut now = 0;
        for letter in text.chars() {
            now = if marks.contains(&letter) { now + 1 } else { 0 };
            longest = longest.max(now);
        }
        longest
    };
    let shown = || text.chars().rev().take(2).filter(char::is_ascii_digit).count() == 2;
    run(&['*', '•']) >= 2 || run(&['x', 'X', '#']) >= 3 && shown()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_plain_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
}

static UUID: LazyLock<Option<regex::Regex>> =
    LazyLock::new(|| regex::Regex::new(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$").ok());

/// Whether a value is an id with the kind of its resource in front, as services make them: `tax_lin_2tQ974hSHcsdeSZHG`.
fn is_prefixed_id(text: &str) -> bool {
    let Some((kind, rest)) = text.rsplit_once('_') else { return false };
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    kind.starts_with(|first: char| first.is_ascii_lowercase())
        && kind.bytes().all(letters)
        && rest.len() >= 10
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// What an example says about the class of its field.
fn example_points(shape: Shape, text: &str) -> i32 {
    let text = text.trim();
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    let hidden = is_masked(text);
    let uuid = UUID.as_ref().is_some_and(|uuid| uuid.is_match(text));
    let address = text.starts_with("http://") || text.starts_with("https://");
    match shape {
        Shape::Card if hidden => -80,
        Shape::Card if is_plain_number(text) && secret::is_card_number(&digits(text)) => 30,
        Shape::Card if is_plain_number(text) && (12..=19).contains(&count) => 5,
        // A number of another kind; what is no number is a placeholder.
        Shape::Card if count >= 6 => -40,
        Shape::Code if (3..=4).contains(&count) && count == text.len() => 10,
        Shape::Code if text.len() < 3 => -15,
        Shape::Account if iban::is_iban(text) => 30,
        Shape::Account | Shape::Person if hidden || uuid || address || is_prefixed_id(text) => -60,
        Shape::Contact if text.contains('@') => 10,
        Shape::Contact if hidden || uuid || address => -40,
        Shape::Secret if address => -60,
        Shape::Money
            if text.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit()) && !uuid =>
        {
            5
        }
        Shape::Money if !text.is_empty() && count == 0 && text.len() > 6 => -30,
        _ => 0,
    }
}
