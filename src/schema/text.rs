//! Texts: which strings on the wire stand for a value of a shape, where values travel without their types.
//!
//! Takes shapes, gives languages. A text can be taken in several ways: as a string, as a number, as a boolean, or as the
//! only item of an array. Each way is a function from texts to values, so the texts of a conjunction, a union or a
//! negation are those of its parts, met, joined or left out. The question whether a reader understands all texts of a
//! sender is then one about languages.

use super::confirm::Rejection;
use super::engine::{Direction, Engine, SchemaSource, Witness};
use super::lang::{ANY, Lang, NONE};
use super::shape::types::{ARR, FALSE, NUM, OBJ, STR, TRUE};
use super::shape::{Id, Node, Store};
use super::solve::Found;
use super::value::{Rational, Value, decimal};
use num_traits::{One, Signed, Zero};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

/// Numbers as they are read: zeros around them change nothing.
const NUMBERS: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// Numbers as they are written.
const WRITTEN: &str = r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$";

/// Integers as they are read.
const INTEGERS: &str = r"^-?[0-9]+(\.0+)?$";

/// Zero, as it is read.
const ZERO: &str = r"^-?0+(\.0+)?$";

/// Texts that stand anywhere as they are, then those without delimiters and blanks at the ends.
const PLAIN: [&str; 2] = [r"^[A-Za-z0-9_~.-]+$", super::ask::UNDELIMITED];

/// Branches of which exactly one holds, at most.
const MAX_BRANCHES: usize = 12;

/// Digits of a bound, at most.
const MAX_DIGITS: usize = 40;

/// Definitions that are followed into each other, at most.
const MAX_NESTING: usize = 32;

/// What a reader makes of the texts that a sender writes.
#[derive(Clone, Debug)]
pub enum Texts<'w> {
    /// It understands all.
    Understood,
    /// Not that of this value. The rejection is that of the reading which comes nearest.
    Refused(Box<Witness<'w>>),
    /// It could not be told.
    Unknown,
}

/// A way to take a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reading {
    Word,
    Number,
    Truth,
}

const READINGS: [Reading; 3] = [Reading::Word, Reading::Number, Reading::Truth];

/// A reading, of a value or of the only item of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Frame {
    reading: Reading,
    item: bool,
}

/// Makes languages of shapes, each once.
struct Texter<'s> {
    store: &'s mut Store,
    known: FxHashMap<(Frame, Id), Option<Lang>>,
    nesting: usize,
}

impl Texter<'_> {
    /// All texts that can be taken so at all.
    fn universe(&mut self, reading: Reading) -> Lang {
        let langs = &mut self.store.langs;
        match reading {
            Reading::Word => ANY,
            Reading::Number => langs.pattern(NUMBERS),
            Reading::Truth => langs.words(["true".into(), "false".into()]),
        }
    }

    /// The texts that stand for a value of a shape when they are taken so; `None` where that is no language known here.
    fn texts(&mut self, frame: Frame, id: Id) -> Option<Lang> {
        if let Some(known) = self.known.get(&(frame, id)) {
            return *known;
        }
        // A shape that is met inside itself stays untold.
        self.known.insert((frame, id), None);
        let made = self.make(frame, id);
        self.known.insert((frame, id), made);
        made
    }

    fn make(&mut self, frame: Frame, id: Id) -> Option<Lang> {
        let node = self.store.node(id).clone();
        let all = self.universe(frame.reading);
        match node {
            Node::Type(mask) => return Some(self.typed(frame, mask)),
            Node::And(parts) => {
                let langs: Vec<Option<Lang>> = parts.iter().map(|part| self.texts(frame, *part)).collect();
                if langs.contains(&Some(NONE)) {
                    return Some(NONE);
                }
                let langs = langs.into_iter().collect::<Option<Vec<_>>>()?;
                return Some(self.store.langs.and(langs.into_iter().chain([all])));
            }
            Node::Or(parts) => {
                let langs = parts.iter().map(|part| self.texts(frame, *part)).collect::<Option<Vec<_>>>()?;
                return Some(self.store.langs.or(langs));
            }
            Node::One(parts) => return self.exactly_one(frame, &parts),
            Node::Not(inner) => {
                let inner = self.texts(frame, inner)?;
                return Some(self.without(all, inner));
            }
            Node::Ref(number) => {
                if self.nesting >= MAX_NESTING {
                    return None;
                }
                self.nesting += 1;
                let body = self.store.defs[number as usize];
                let texts = self.texts(frame, body);
                self.nesting -= 1;
                return texts;
            }
            Node::In(values) => {
                return self.listed(frame, &values);
            }
            Node::Opaque(_) => return None,
            _ => {}
        }
        if frame.item {
            return self.item(Frame { item: false, ..frame }, &node, all);
        }
        // Demands on other types say nothing here.
        Some(match (frame.reading, node) {
            (Reading::Word, Node::Str(lang)) => lang,
            (Reading::Number, Node::Min(bound, open)) => self.above(&bound, open)?,
            (Reading::Number, Node::Max(bound, open)) => {
                let beyond = self.above(&bound, !open)?;
                self.without(all, beyond)
            }
            (Reading::Number, Node::Multiple(of)) => self.multiples(&of)?,
            (Reading::Number, Node::NotMultiple(of)) => {
                let multiples = self.multiples(&of)?;
                self.without(all, multiples)
            }
            _ => all,
        })
    }

    /// The same of an array whose only item is the value.
    fn item(&mut self, value: Frame, node: &Node, all: Lang) -> Option<Lang> {
        let there = |held: bool| if held { all } else { NONE };
        Some(match node {
            Node::At(0, id) | Node::From(0, id) | Node::HasAt(0, id) | Node::HasFrom(0, id) => {
                self.texts(value, *id)?
            }
            Node::HasAt(..) | Node::HasFrom(..) | Node::Repeats => NONE,
            Node::Len(low, high) => there(*low <= 1 && high.is_none_or(|high| high >= 1)),
            Node::Count(id, low, high) => {
                let counted = self.texts(value, *id)?;
                let others = self.without(all, counted);
                let one = if *low <= 1 && high.is_none_or(|high| high >= 1) { counted } else { NONE };
                let none = if *low == 0 { others } else { NONE };
                self.store.langs.or([one, none])
            }
            _ => all,
        })
    }

    fn typed(&mut self, frame: Frame, mask: u8) -> Lang {
        if frame.item {
            return if mask & ARR != 0 { self.universe(frame.reading) } else { NONE };
        }
        match frame.reading {
            Reading::Word if mask & STR != 0 => ANY,
            Reading::Number if mask & NUM != 0 => self.universe(Reading::Number),
            Reading::Truth => {
                let words = [(TRUE, "true"), (FALSE, "false")];
                let words = words.into_iter().filter(|(bit, _)| mask & bit != 0);
                self.store.langs.words(words.map(|(_, word)| word.into()))
            }
            _ => NONE,
        }
    }

    /// The texts of these values, as they are read.
    fn listed(&mut self, frame: Frame, values: &[Value]) -> Option<Lang> {
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        for value in values.iter().filter_map(|value| scalar(frame.item, value)) {
            match (frame.reading, value) {
                (Reading::Word, Value::Str(text)) => words.push(text.clone()),
                (Reading::Truth, Value::Bool(value)) => words.push(value.to_string().into()),
                (Reading::Number, Value::Num(number)) => numbers.push(equal(number)?),
                _ => {}
            }
        }
        let langs = &mut self.store.langs;
        let words = langs.words(words);
        if numbers.is_empty() {
            return Some(words);
        }
        let numbers = langs.pattern(&format!("^({})$", numbers.join("|")));
        Some(langs.or([words, numbers]))
    }

    fn exactly_one(&mut self, frame: Frame, parts: &[Id]) -> Option<Lang> {
        if parts.len() > MAX_BRANCHES {
            return None;
        }
        let langs = parts.iter().map(|part| self.texts(frame, *part)).collect::<Option<Vec<_>>>()?;
        let alone = (0..langs.len()).map(|at| {
            let others = langs.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, lang)| *lang);
            let others = self.store.langs.or(others);
            self.without(langs[at], others)
        });
        let alone: Vec<Lang> = alone.collect();
        Some(self.store.langs.or(alone))
    }

    fn without(&mut self, lang: Lang, left_out: Lang) -> Lang {
        let rest = self.store.langs.not(left_out);
        self.store.langs.and([lang, rest])
    }

    /// The numbers from a bound on.
    fn above(&mut self, bound: &Rational, open: bool) -> Option<Lang> {
        let all = self.universe(Reading::Number);
        let langs = &mut self.store.langs;
        if bound.is_zero() {
            let (positive, zero) = (langs.pattern(r"^[0-9]+(\.[0-9]+)?$"), langs.pattern(ZERO));
            return Some(if open { self.without(positive, zero) } else { langs.or([positive, zero]) });
        }
        if bound.is_positive() {
            return Some(langs.pattern(&beyond("", bound, open)?));
        }
        let below = langs.pattern(&beyond("-", &-bound, !open)?);
        Some(self.without(all, below))
    }

    /// The multiples of a number by their last digits: of powers of ten and their divisors.
    fn multiples(&mut self, of: &Rational) -> Option<Lang> {
        let langs = &mut self.store.langs;
        if of.is_one() {
            return Some(langs.pattern(INTEGERS));
        }
        let digits = decimal(of)?;
        if let Some(places) = digits.strip_prefix("0.").filter(|rest| rest.trim_start_matches('0') == "1") {
            return Some(langs.pattern(&format!(r"^-?[0-9]+(\.[0-9]{{0,{}}}0*)?$", places.len())));
        }
        let step: u32 = digits.parse().ok()?;
        let places = (1..=3_u32).find(|places| 10_u32.pow(*places).is_multiple_of(step))?;
        let ends: Vec<String> =
            (0..10_u32.pow(places) / step).map(|k| format!("{:0>width$}", k * step, width = places as usize)).collect();
        // Shorter numbers are those with zeros in front.
        let short = (0..10_u32.pow(places) / step).map(|k| (k * step).to_string()).collect::<Vec<_>>();
        Some(langs.pattern(&format!(r"^-?([0-9]*({})|0*({}))(\.0+)?$", ends.join("|"), short.join("|"))))
    }
}

/// The pattern of the numbers with this sign whose digits are at or beyond those of a positive number.
fn beyond(sign: &str, bound: &Rational, open: bool) -> Option<String> {
    let text = decimal(bound)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if whole.len() + fraction.len() > MAX_DIGITS {
        return None;
    }
    // The integer part is greater; or it is equal, and so is the fraction, or greater.
    let mut ways: Vec<String> = greater(whole, true).into_iter().map(|way| format!(r"{way}(\.[0-9]+)?")).collect();
    let rest = if open { "[0-9]*[1-9][0-9]*" } else { "[0-9]*" };
    ways.extend(match (fraction.is_empty(), open) {
        (true, false) => vec![format!(r"{whole}(\.[0-9]+)?")],
        (true, true) => vec![format!(r"{whole}\.{rest}")],
        (false, _) => {
            let more = greater(fraction, false).into_iter().chain([format!("{fraction}{rest}")]);
            more.map(|way| format!(r"{whole}\.{way}")).collect()
        }
    });
    Some(format!("^{sign}0*({})$", ways.join("|")))
}

/// The patterns of digits that are greater than these: as integers without zeros in front, or as fractions.
fn greater(digits: &str, integer: bool) -> Vec<String> {
    let length = digits.len();
    let mut ways = Vec::new();
    let mut before = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if digit < '9' {
            let next = char::from(digit as u8 + 1);
            let rest = if integer { format!("[0-9]{{{}}}", length - at - 1) } else { "[0-9]*".to_owned() };
            ways.push(format!("{before}[{next}-9]{rest}"));
        }
        before.push(digit);
    }
    if integer {
        ways.push(format!("[1-9][0-9]{{{length},}}"));
    }
    ways
}

/// The pattern of one number.
fn equal(number: &Rational) -> Option<String> {
    let text = decimal(number)?;
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
    let sign = if number.is_zero() { "-?" } else { sign };
    Some(match digits.split_once('.') {
        Some((whole, fraction)) => format!(r"{sign}0*{whole}\.{fraction}0*"),
        None => format!(r"{sign}0*{digits}(\.0+)?"),
    })
}

/// A value, or the only item of an array.
fn scalar(item: bool, value: &Value) -> Option<&Value> {
    match value {
        _ if !item => Some(value),
        Value::Arr(items) if items.len() == 1 => items.first(),
        _ => None,
    }
}

impl<'w> Engine<'w> {
    /// Whether a reader of `sup` understands every text that is written for a value of `sub`, where types do not travel.
    /// Nothing is written for `null`.
    pub fn compare_as_text(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
    ) -> Texts<'w> {
        let left = self.lower(sub, Self::side(sub, direction, true));
        let right = self.lower(sup, Self::side(sup, direction, false));
        let mut texter = Texter { store: &mut self.solver.store, known: FxHashMap::default(), nesting: 0 };
        let Some(Gap { sent, read, left: gap }) = gap(&mut texter, left, right) else { return Texts::Unknown };
        let words = self.first_words(gap);
        // Whether an empty text is sent is not agreed on: that it alone is refused proves nothing.
        let empty = sent.iter().any(|(reading, lang)| {
            *reading == Reading::Word && self.solver.store.langs.matches(*lang, "") != Some(false)
        });
        if matches!(words, Some(None)) && empty && self.solver.store.langs.matches(read, "") != Some(true) {
            return Texts::Unknown;
        }
        let automata = self.solver.store.langs.work();
        self.charge(1 + automata);
        match words {
            None => Texts::Unknown,
            Some(Some(text)) => self.refused_text((sub, &sent), sup, direction, &text),
            Some(None) => {
                let parts = self.solver.store.types(ARR | OBJ);
                let outside = self.solver.store.not(right);
                match self.find([left, parts, outside]) {
                    Found::Empty => Texts::Understood,
                    _ => Texts::Unknown,
                }
            }
        }
    }

    /// A text of a language, one that stands anywhere where there is one; `Some(None)` where the language is empty, `None`
    /// where that cannot be told or all its texts have to be written in some other way.
    fn first_words(&mut self, gap: Lang) -> Option<Option<String>> {
        let langs = &mut self.solver.store.langs;
        if gap == NONE {
            return Some(None);
        }
        for plain in PLAIN {
            let plain = langs.pattern(plain);
            let some = langs.and([gap, plain]);
            if let Some(word) = langs.sample(some, 1).and_then(|sample| sample.words.first().cloned()) {
                return Some(Some(word.to_string()));
            }
        }
        let any = langs.sample(gap, 1)?;
        (any.words.is_empty() && any.whole).then_some(None)
    }

    /// The value that is written so, refused in all readings.
    fn refused_text(
        &mut self,
        (sub, sent): (&SchemaSource<'w>, &[(Reading, Lang)]),
        sup: &SchemaSource<'w>,
        direction: Direction,
        text: &str,
    ) -> Texts<'w> {
        let langs = &mut self.solver.store.langs;
        let reading =
            sent.iter().find(|(_, lang)| langs.matches(*lang, text) == Some(true)).map(|(reading, _)| *reading);
        let Some(value) = reading.and_then(|reading| value_of(reading, text)) else { return Texts::Unknown };
        let key = self.key(sub);
        let side = Self::side(sub, direction, true);
        if !self.judge(sub, side, key, &value).is_ok_and(|judge| judge.accepts(&value)) {
            return Texts::Unknown;
        }
        let scalars: Vec<Json> = READINGS.iter().filter_map(|reading| value_of(*reading, text)).collect();
        let lists: Vec<Json> = scalars.iter().map(|value| Json::Array(vec![value.clone()])).collect();
        let mut nearest: Option<Rejection<'w>> = None;
        for value in scalars.iter().chain(&lists) {
            match self.check(sup, direction, value) {
                Some(Err(rejection)) => {
                    let nearer = nearest.as_ref().is_none_or(|known| known.leaf(&|_| 0).keyword == "type");
                    if nearer {
                        nearest = Some(rejection);
                    }
                }
                Some(Ok(())) | None => return Texts::Unknown,
            }
        }
        nearest.map_or(Texts::Unknown, |rejection| Texts::Refused(Box::new(Witness { value, rejection })))
    }
}

/// The texts of two sides beside each other.
struct Gap {
    /// What is written, by the type of the value.
    sent: Vec<(Reading, Lang)>,
    /// What some reading of the other side takes.
    read: Lang,
    /// What is written and taken by none, but for the empty text.
    left: Lang,
}

/// Makes the languages of two shapes; `None` where one is not known.
fn gap(texter: &mut Texter<'_>, left: Id, right: Id) -> Option<Gap> {
    let mut sent = Vec::new();
    for reading in READINGS {
        let texts = texter.texts(Frame { reading, item: false }, left)?;
        let langs = &mut texter.store.langs;
        let form = match reading {
            Reading::Number => langs.pattern(WRITTEN),
            Reading::Word | Reading::Truth => ANY,
        };
        sent.push((reading, langs.and([texts, form])));
    }
    let mut read = Vec::new();
    for item in [false, true] {
        for reading in READINGS {
            read.push(texter.texts(Frame { reading, item }, right)?);
        }
    }
    let langs = &mut texter.store.langs;
    let (sender, reader) = (langs.or(sent.iter().map(|(_, lang)| *lang)), langs.or(read));
    let (outside, empty) = (langs.not(reader), langs.word(""));
    let filled = langs.not(empty);
    Some(Gap { sent, read: reader, left: langs.and([sender, outside, filled]) })
}

/// The value that a text stands for in a reading.
fn value_of(reading: Reading, text: &str) -> Option<Json> {
    match reading {
        Reading::Word => Some(Json::from(text)),
        Reading::Number => serde_json::from_str(text).ok().filter(Json::is_number),
        Reading::Truth => serde_json::from_str(text).ok().filter(Json::is_boolean),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Dialect, Settings};
    use crate::workspace::Workspace;

    /// What a reader of the second schema makes of the texts of the first: `None` understood, else the text of a value.
    fn verdict(sent: &str, read: &str) -> Option<String> {
        let (left, right) = (Workspace::from_text("a", sent), Workspace::from_text("b", read));
        let mut engine = Engine::new(Settings::default());
        let source = |place| SchemaSource::At { place, dialect: Dialect::Draft202012 };
        match engine.compare_as_text(&source(left.root()), &source(right.root()), Direction::Request) {
            Texts::Understood => None,
            Texts::Refused(witness) => Some(witness.value.to_string()),
            Texts::Unknown => Some("unknown".to_owned()),
        }
    }

    #[test]
    fn numbers_are_compared_with_strings_by_their_digits() {
        let bounded = r#"{"type": "integer", "minimum": 0, "maximum": 99}"#;
        assert_eq!(verdict(bounded, r#"{"type": "string", "maxLength": 2}"#), None);
        assert_eq!(verdict(bounded, r#"{"type": "string", "pattern": "^[0-9]{1,2}$"}"#), None);
        assert_eq!(verdict(bounded, r#"{"type": "string", "pattern": "^[1-9]"}"#).as_deref(), Some("0"));
        let wider = r#"{"type": "integer", "minimum": -1, "maximum": 100}"#;
        assert_eq!(verdict(wider, r#"{"type": "string", "maxLength": 2}"#).as_deref(), Some("100"));
        assert_eq!(verdict(r#"{"type": "integer"}"#, r#"{"type": "string"}"#), None);
        assert!(verdict(r#"{"type": "string"}"#, r#"{"type": "integer"}"#).is_some());
        assert_eq!(verdict(r#"{"type": "string", "pattern": "^[0-9]{1,4}$"}"#, r#"{"type": "integer"}"#), None);
        assert_eq!(verdict(r#"{"enum": [1, 2.5, true, "x"]}"#, r#"{"enum": ["1", "2.5", "true", "x"]}"#), None);
        assert_eq!(verdict(r#"{"enum": [1, 2]}"#, r#"{"enum": ["1"]}"#).as_deref(), Some("2"));
        assert_eq!(
            verdict(r#"{"type": "integer", "multipleOf": 5}"#, r#"{"pattern": "[05]$", "type": "string"}"#),
            None
        );
    }

    #[test]
    fn bounds_with_fractions_are_exact() {
        let sent = r#"{"type": "number", "minimum": 0.5, "exclusiveMaximum": 10.25, "multipleOf": 0.01}"#;
        assert_eq!(verdict(sent, r#"{"type": "string", "pattern": "^(0\\.[5-9]|[1-9]|10)"}"#), None);
        assert_eq!(verdict(sent, r#"{"type": "number", "minimum": 0.5, "maximum": 10.25}"#), None);
        assert!(verdict(sent, r#"{"type": "number", "minimum": 0.51}"#).is_some_and(|text| text.starts_with("0.5")));
        let negative = r#"{"type": "integer", "minimum": -12, "maximum": -3}"#;
        assert_eq!(verdict(negative, r#"{"type": "string", "pattern": "^-([3-9]|1[0-2])$"}"#), None);
    }

    #[test]
    fn a_text_is_an_array_of_one() {
        let states = r#"{"type": "string", "enum": ["a", "b"]}"#;
        assert_eq!(verdict(states, r#"{"type": "array", "items": {"enum": ["a", "b", "c"]}}"#), None);
        assert_eq!(verdict(states, r#"{"type": "array", "items": {"enum": ["a"]}}"#).as_deref(), Some("\"b\""));
        assert!(verdict(states, r#"{"type": "array", "minItems": 2}"#).is_some());
        let either = r#"{"anyOf": [{"type": "null"}, {"type": "integer"}]}"#;
        assert_eq!(verdict(either, r#"{"type": "array", "items": {"type": ["integer", "null"]}}"#), None);
        assert_eq!(verdict(r#"{"type": "boolean"}"#, r#"{"enum": ["true", "false"]}"#), None);
        assert_eq!(verdict(r#"{"type": "boolean"}"#, r#"{"enum": ["true"]}"#).as_deref(), Some("false"));
    }
}
