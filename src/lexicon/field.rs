//! What a schema says about the field it describes: type, format, bounds, examples, and what its author tells.

use super::judge::Class;
use super::pattern::Pattern;
use super::words;
use crate::openapi::keyword;
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
            Shape::Card => &["4111111111111111", "378282246310005", "4111 1111 1111 1111", "4111-1111-1111-1111"],
            Shape::Code => &["123", "1234"],
            Shape::Money => {
                &["12.34", "12", "1234.5678", "12,34", "-12.34", "+12.34", "0.123456789", "12.3400", "EUR 12.34"]
            }
            Shape::Secret | Shape::Person | Shape::Account | Shape::Bank | Shape::Contact => &[],
        }
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

/// What speaks for or against: points and a reason.
type Speak<'a> = dyn FnMut(i32, String) + 'a;

/// A field, its schema read where references and `allOf` lead.
#[derive(Debug)]
pub(super) struct Field<'w> {
    at: Place<'w>,
    beside: Option<Place<'w>>,
    string: bool,
    numeric: bool,
    integer: bool,
    typed: bool,
}

impl<'w> Field<'w> {
    /// Reads what types a field has; of an array, those of its items.
    pub(super) fn of(schema: Place<'w>, beside: Option<Place<'w>>) -> Self {
        let items = keyword::has_type(schema, "array").then(|| keyword::keyword(schema, "items")).flatten();
        let at = items.unwrap_or(schema);
        let integer = keyword::has_type(at, "integer");
        Field {
            at,
            beside: beside.filter(|beside| *beside != at),
            string: keyword::has_type(at, "string"),
            numeric: integer || keyword::has_type(at, "number"),
            integer,
            typed: keyword::has(at, "type"),
        }
    }

    /// Whether values are strings or numbers, and not words from a list.
    pub(super) fn is_scalar(&self) -> bool {
        let open = !self.typed && !["properties", "items"].iter().any(|key| keyword::has(self.at, key));
        (self.string || self.numeric || open) && !self.is_listed()
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
            _ if self.typed => speak(10, "type".to_owned()),
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
        let samples = shape.samples();
        if samples.is_empty() {
            return;
        }
        let Ok(regex) = regex::RegexBuilder::new(text).size_limit(1 << 20).build() else { return };
        if !samples.iter().any(|sample| regex.is_match(sample)) {
            speak(-60, String::new());
        } else if shape != Shape::Money && !regex.is_match("Abc") {
            let digits = Pattern::new(text).fixed_length();
            speak(15, digits.map_or_else(|| "pattern".to_owned(), |digits| format!("{digits}-digit pattern")));
        }
    }

    fn examples(&self) -> impl Iterator<Item = &'w str> {
        let at = self.at;
        const KEYS: [&str; 3] = ["example", "examples", "x-example"];
        let beside = self.beside.into_iter().flat_map(|beside| KEYS.iter().filter_map(move |key| beside.get(key)));
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

    pub(super) fn weigh_masking(&self, speak: &mut Speak<'_>) {
        let masking = keyword::keyword(self.at, "x-data-classification")
            .and_then(|class| class.get("masking"))
            .is_some_and(|masking| masking.get("strategy").is_some());
        let named = self.vendor_types().any(|text| text.to_ascii_lowercase().contains("mask"));
        let target =
            self.at.reference().map(|reference| words::words(reference.rsplit('/').next().unwrap_or_default()));
        let aimed = target.is_some_and(|split| words::any(&split, &["masked", "truncated", "obfuscated", "tokenized"]));
        if masking || named || aimed {
            speak(-100, String::new());
        }
    }

    /// What title, description and format say, in lower case without accents.
    fn told(&self) -> String {
        let parts = ["title", "description", "format"].iter().filter_map(|key| self.text(key));
        let parts = parts.chain(self.beside.and_then(|beside| beside.get_str("description")));
        let mut out = String::new();
        for part in parts {
            out.extend(part.chars().take(READ));
            out.push(' ');
        }
        words::plain(&out.to_lowercase()).replace("unmasked", "whole").replace("not masked", "whole")
    }

    /// Whether the description says that the field holds something else, or a stand-in.
    pub(super) fn is_told(&self, untold: &[String]) -> bool {
        let told = self.told();
        STAND_INS.iter().any(|word| told.contains(word)) || untold.iter().any(|word| told.contains(word.as_str()))
    }

    pub(super) fn weigh_description(&self, told: &[String], untold: &[String], points: i32, speak: &mut Speak<'_>) {
        let text = self.told();
        if text.trim().is_empty() {
            return;
        }
        if STAND_INS.iter().any(|word| text.contains(word)) {
            speak(-60, String::new());
        } else if untold.iter().any(|word| text.contains(word.as_str())) {
            speak(-25, String::new());
        } else if told.iter().any(|word| text.contains(word.as_str())) {
            speak(points, "description".to_owned());
        }
    }
}

/// Words of descriptions of values that stand for others.
const STAND_INS: [&str; 10] = [
    "mask",
    "truncat",
    "last four",
    "last 4",
    "last four digits",
    "obfuscat",
    "tokenis",
    "tokeniz",
    "redact",
    "maskier",
];

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_plain_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
}

static UUID: LazyLock<Option<regex::Regex>> =
    LazyLock::new(|| regex::Regex::new(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$").ok());

/// What an example says about the class of its field.
fn example_points(shape: Shape, text: &str) -> i32 {
    let text = text.trim();
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    let hidden = text.contains(['*', '•', '#']) || text.contains("xxx") || text.contains("XXX");
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
        Shape::Account | Shape::Person if hidden || uuid || address => -60,
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
