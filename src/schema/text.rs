//! Texts: which strings on the wire stand for a value of a shape, where values travel without their types.
//!
//! Takes shapes, gives languages. A text can be taken in several ways: as a string, as a number, as a boolean, or as the
//! only item of an array. Each way is a function from texts to values, so the texts of a conjunction, a union or a
//! negation are those of its parts, met, joined or left out. Where readers differ, and where a shape is not known, a
//! language has two bounds: what every reader takes, and what some reader may take. The question whether a reader
//! understands all texts of a sender is then one about languages.

use super::confirm::Rejection;
use super::engine::{Direction, Engine, SchemaSource, Witness};
use super::lang::{ANY, Lang, NONE};
use super::scalar::{
    AGREED_NUMBERS, DECIMALS, ODD_NUMBERS, PLAIN, Reading, Split, TRUTHS, WRITTEN_NUMBERS, ZERO_FRACTION, lists,
    scalars,
};
use super::shape::types::{ARR, FALSE, NUM, OBJ, STR, TRUE};
use super::shape::{BOTTOM, Id, Node, Store};
use super::solve::Found;
use super::value::{Rational, Value, decimal};
use num_traits::{One, Signed, Zero};
use rustc_hash::FxHashMap;

/// Integers in digits.
const INTEGERS: &str = r"^-?[0-9]+(\.0+)?$";

/// Zero, in digits.
const ZERO: &str = r"^-?0+(\.0+)?$";

/// Texts that stand anywhere as they are, then those without delimiters and blanks at the ends, then those with delimiters
/// of arrays.
const CARRIED: [&str; 3] = [
    PLAIN,
    super::ask::UNDELIMITED,
    r#"^[^\s\u0000-\u001f;/"\\%]([^\u0000-\u001f\u2028\u2029;/"\\%]*[^\s\u0000-\u001f;/"\\%])?$"#,
];

/// Texts that are tried as refused, at most.
const MAX_TRIED: usize = 8;

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

/// A reading, of a value or of the only item of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Frame {
    reading: Reading,
    item: bool,
}

/// The texts that stand for a value: a lower and an upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Taken {
    /// What every reader takes for it.
    surely: Lang,
    /// What some reader may take for it.
    maybe: Lang,
}

/// No text.
const NOTHING: Taken = Taken { surely: NONE, maybe: NONE };

impl Taken {
    fn exactly(lang: Lang) -> Self {
        Taken { surely: lang, maybe: lang }
    }
}

/// Makes languages of shapes, each once.
struct Texter<'s> {
    store: &'s mut Store,
    known: FxHashMap<(Frame, Id), Taken>,
    nesting: usize,
}

impl Texter<'_> {
    /// All texts that can be taken so at all.
    fn universe(&mut self, reading: Reading) -> Taken {
        let langs = &mut self.store.langs;
        match reading {
            Reading::Word => Taken::exactly(ANY),
            Reading::Number => {
                let all = [DECIMALS, ODD_NUMBERS].map(|pattern| langs.pattern(pattern));
                Taken { surely: langs.pattern(AGREED_NUMBERS), maybe: langs.or(all) }
            }
            Reading::Truth => self.truths(TRUE | FALSE),
        }
    }

    /// The texts of these booleans.
    fn truths(&mut self, mask: u8) -> Taken {
        let langs = &mut self.store.langs;
        let mut words = |sure: bool| {
            let words = TRUTHS
                .iter()
                .filter(|(_, value, agreed)| mask & (if *value { TRUE } else { FALSE }) != 0 && (*agreed || !sure));
            langs.words(words.map(|(word, ..)| (*word).into()))
        };
        Taken { surely: words(true), maybe: words(false) }
    }

    /// The texts that some reader may take so, when nothing is known of the shape.
    fn untold(&mut self, reading: Reading) -> Taken {
        Taken { surely: NONE, ..self.universe(reading) }
    }

    /// The numbers of these digits. Which of the odd notations are among them is not told; where their value is an integer,
    /// readers differ about a fraction of zeros.
    fn digits(&mut self, digits: Lang, integers: bool) -> Taken {
        let langs = &mut self.store.langs;
        let (agreed, odd) = (langs.pattern(AGREED_NUMBERS), langs.pattern(ODD_NUMBERS));
        let mut surely = langs.and([digits, agreed]);
        if integers {
            let fraction = langs.pattern(ZERO_FRACTION);
            let whole = langs.not(fraction);
            surely = langs.and([surely, whole]);
        }
        let decimals = langs.pattern(DECIMALS);
        let digits = langs.and([digits, decimals]);
        Taken { surely, maybe: langs.or([digits, odd]) }
    }

    /// The texts that stand for a value of a shape when they are taken so.
    fn texts(&mut self, frame: Frame, id: Id) -> Taken {
        if let Some(known) = self.known.get(&(frame, id)) {
            return *known;
        }
        // A shape that is met inside itself stays untold.
        let untold = self.untold(frame.reading);
        self.known.insert((frame, id), untold);
        let made = self.make(frame, id);
        self.known.insert((frame, id), made);
        made
    }

    fn make(&mut self, frame: Frame, id: Id) -> Taken {
        let node = self.store.node(id).clone();
        let all = self.universe(frame.reading);
        match node {
            Node::Type(mask) => return self.typed(frame, mask),
            Node::And(parts) => {
                let parts: Vec<Taken> = parts.iter().map(|part| self.texts(frame, *part)).chain([all]).collect();
                return self.met(&parts);
            }
            Node::Or(parts) => {
                let parts: Vec<Taken> = parts.iter().map(|part| self.texts(frame, *part)).collect();
                return self.joined(&parts);
            }
            Node::One(parts) => return self.exactly_one(frame, &parts),
            Node::Not(inner) => {
                let inner = self.texts(frame, inner);
                return self.without(all, inner);
            }
            Node::Ref(number) => {
                if self.nesting >= MAX_NESTING {
                    return self.untold(frame.reading);
                }
                self.nesting += 1;
                let body = self.store.defs[number as usize];
                let texts = self.texts(frame, body);
                self.nesting -= 1;
                return texts;
            }
            Node::In(values) => return self.listed(frame, &values),
            Node::Opaque(_) => return self.untold(frame.reading),
            _ => {}
        }
        if frame.item {
            return self.item(Frame { item: false, ..frame }, &node, all);
        }
        // Demands on other types say nothing here.
        let digits = match (frame.reading, node) {
            (Reading::Word, Node::Str(lang)) => return Taken::exactly(lang),
            (Reading::Number, Node::Min(bound, open)) => self.above(&bound, open).map(|digits| (digits, false)),
            (Reading::Number, Node::Max(bound, open)) => {
                let beyond = self.above(&bound, !open);
                beyond.map(|beyond| (self.store.langs.not(beyond), false))
            }
            (Reading::Number, Node::Multiple(of)) => self.multiples(&of).map(|digits| (digits, of.is_integer())),
            (Reading::Number, Node::NotMultiple(of)) => {
                let Some(digits) = self.multiples(&of) else { return self.untold(frame.reading) };
                let multiples = self.digits(digits, of.is_integer());
                return self.without(all, multiples);
            }
            _ => return all,
        };
        match digits {
            Some((digits, integers)) => self.digits(digits, integers),
            None => self.untold(frame.reading),
        }
    }

    /// The same of an array whose only item is the value.
    fn item(&mut self, value: Frame, node: &Node, all: Taken) -> Taken {
        let there = |held: bool| if held { all } else { NOTHING };
        match node {
            Node::At(0, id) | Node::From(0, id) | Node::HasAt(0, id) | Node::HasFrom(0, id) => self.texts(value, *id),
            Node::HasAt(..) | Node::HasFrom(..) | Node::Repeats => NOTHING,
            Node::Len(low, high) => there(*low <= 1 && high.is_none_or(|high| high >= 1)),
            Node::Count(id, low, high) => {
                let counted = self.texts(value, *id);
                let others = self.without(all, counted);
                let one = if *low <= 1 && high.is_none_or(|high| high >= 1) { counted } else { NOTHING };
                let none = if *low == 0 { others } else { NOTHING };
                self.joined(&[one, none])
            }
            _ => all,
        }
    }

    fn typed(&mut self, frame: Frame, mask: u8) -> Taken {
        if frame.item {
            return if mask & ARR != 0 { self.universe(frame.reading) } else { NOTHING };
        }
        match frame.reading {
            Reading::Word if mask & STR != 0 => Taken::exactly(ANY),
            Reading::Number if mask & NUM != 0 => self.universe(Reading::Number),
            Reading::Truth => self.truths(mask),
            Reading::Word | Reading::Number => NOTHING,
        }
    }

    /// The texts of these values, as they are read.
    fn listed(&mut self, frame: Frame, values: &[Value]) -> Taken {
        let (mut words, mut truths, mut parts) = (Vec::new(), 0, Vec::new());
        let (mut integers, mut fractions) = (Vec::new(), Vec::new());
        for value in values.iter().filter_map(|value| scalar(frame.item, value)) {
            match (frame.reading, value) {
                (Reading::Word, Value::Str(text)) => words.push(text.clone()),
                (Reading::Truth, Value::Bool(value)) => truths |= if *value { TRUE } else { FALSE },
                (Reading::Number, Value::Num(number)) => {
                    let list = if number.is_integer() { &mut integers } else { &mut fractions };
                    match equal(number) {
                        Some(pattern) => list.push(pattern),
                        None => return self.untold(frame.reading),
                    }
                }
                _ => {}
            }
        }
        if !words.is_empty() {
            parts.push(Taken::exactly(self.store.langs.words(words)));
        }
        if truths != 0 {
            parts.push(self.truths(truths));
        }
        for (list, integers) in [(integers, true), (fractions, false)] {
            if !list.is_empty() {
                let digits = self.store.langs.pattern(&format!("^({})$", list.join("|")));
                parts.push(self.digits(digits, integers));
            }
        }
        self.joined(&parts)
    }

    fn exactly_one(&mut self, frame: Frame, parts: &[Id]) -> Taken {
        if parts.len() > MAX_BRANCHES {
            return self.untold(frame.reading);
        }
        let all: Vec<Taken> = parts.iter().map(|part| self.texts(frame, *part)).collect();
        let alone = (0..all.len()).map(|at| {
            let others = all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, taken)| *taken);
            let others = self.joined(&others.collect::<Vec<_>>());
            self.without(all[at], others)
        });
        let alone: Vec<Taken> = alone.collect();
        self.joined(&alone)
    }

    /// What all of them take.
    fn met(&mut self, parts: &[Taken]) -> Taken {
        let langs = &mut self.store.langs;
        let surely = langs.and(parts.iter().map(|part| part.surely));
        Taken { surely, maybe: langs.and(parts.iter().map(|part| part.maybe)) }
    }

    /// What one of them takes.
    fn joined(&mut self, parts: &[Taken]) -> Taken {
        let langs = &mut self.store.langs;
        let surely = langs.or(parts.iter().map(|part| part.surely));
        Taken { surely, maybe: langs.or(parts.iter().map(|part| part.maybe)) }
    }

    /// What one takes and the other does not: surely where the other surely does not.
    fn without(&mut self, taken: Taken, left_out: Taken) -> Taken {
        Taken {
            surely: self.difference(taken.surely, left_out.maybe),
            maybe: self.difference(taken.maybe, left_out.surely),
        }
    }

    fn difference(&mut self, lang: Lang, left_out: Lang) -> Lang {
        let rest = self.store.langs.not(left_out);
        self.store.langs.and([lang, rest])
    }

    /// The texts that stand for an array of them by themselves, where the reader takes texts apart so.
    fn whole(&mut self, item: Taken, split: Split, arrays: bool) -> Taken {
        let langs = &mut self.store.langs;
        match split {
            Split::Never => item,
            // What is taken apart is read text by text.
            Split::At(mark) => {
                let marked = langs.pattern(&format!(r"[\u{:04x}]", u32::from(mark)));
                let unmarked = langs.not(marked);
                Taken { surely: langs.and([item.surely, unmarked]), maybe: langs.and([item.maybe, unmarked]) }
            }
            Split::Unclear => {
                let plain = langs.pattern(PLAIN);
                let others = if arrays { langs.not(plain) } else { NONE };
                Taken { surely: NONE, maybe: langs.or([item.maybe, others]) }
            }
        }
    }

    /// The numbers in digits from a bound on.
    fn above(&mut self, bound: &Rational, open: bool) -> Option<Lang> {
        let langs = &mut self.store.langs;
        if bound.is_zero() {
            let (positive, zero) = (langs.pattern(r"^[0-9]+(\.[0-9]+)?$"), langs.pattern(ZERO));
            return Some(if open { self.difference(positive, zero) } else { langs.or([positive, zero]) });
        }
        if bound.is_positive() {
            return Some(langs.pattern(&beyond("", bound, open)?));
        }
        let below = langs.pattern(&beyond("-", &-bound, !open)?);
        let all = langs.pattern(DECIMALS);
        Some(self.difference(all, below))
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
    /// Whether a reader of `sup`, who takes texts apart like this, understands every text that is written for a value of
    /// `sub`, where types do not travel. Nothing is written for `null`.
    pub fn compare_as_text(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
        split: Split,
    ) -> Texts<'w> {
        let left = self.lower(sub, Self::side(sub, direction, true));
        let right = self.lower(sup, Self::side(sup, direction, false));
        let mut texter = Texter { store: &mut self.solver.store, known: FxHashMap::default(), nesting: 0 };
        let Gap { sent, read, doubtful, refused } = gap(&mut texter, left, right, split);
        let words = self.carried_words(refused);
        let told = self.is_void(doubtful);
        // Whether an empty text is sent is not agreed on: that it alone is refused proves nothing.
        let langs = &mut self.solver.store.langs;
        let empty =
            sent.iter().any(|(reading, lang)| *reading == Reading::Word && langs.matches(*lang, "") != Some(false));
        let odd = empty && langs.matches(read, "") != Some(true);
        let automata = langs.work();
        self.charge(1 + automata);
        for word in words {
            if let Some(witness) = self.refused_text((sub, &sent), sup, direction, (&word, split)) {
                return Texts::Refused(Box::new(witness));
            }
        }
        if !told || odd {
            return Texts::Unknown;
        }
        let parts = self.solver.store.types(ARR | OBJ);
        let outside = self.solver.store.not(right);
        match self.find([left, parts, outside]) {
            Found::Empty => Texts::Understood,
            _ => Texts::Unknown,
        }
    }

    /// Some texts of a language that can be carried, those first that stand anywhere.
    fn carried_words(&mut self, lang: Lang) -> Vec<String> {
        let langs = &mut self.solver.store.langs;
        if lang == NONE {
            return Vec::new();
        }
        for carried in CARRIED {
            let carried = langs.pattern(carried);
            let some = langs.and([lang, carried]);
            let words = langs.sample(some, MAX_TRIED).map(|sample| sample.words).unwrap_or_default();
            if !words.is_empty() {
                return words.iter().map(ToString::to_string).collect();
            }
        }
        Vec::new()
    }

    /// Whether a language is known to have no text.
    fn is_void(&mut self, lang: Lang) -> bool {
        lang == NONE
            || self.solver.store.langs.sample(lang, 1).is_some_and(|sample| sample.words.is_empty() && sample.whole)
    }

    /// The value that is written so, refused in all readings.
    fn refused_text(
        &mut self,
        (sub, sent): (&SchemaSource<'w>, &[(Reading, Lang)]),
        sup: &SchemaSource<'w>,
        direction: Direction,
        (text, split): (&str, Split),
    ) -> Option<Witness<'w>> {
        let langs = &mut self.solver.store.langs;
        let readings = sent.iter().filter(|(_, lang)| langs.matches(*lang, text) == Some(true));
        let values: Vec<_> = readings.filter_map(|(reading, _)| reading.of(text)).map(|read| read.value).collect();
        let key = self.key(sub);
        let side = Self::side(sub, direction, true);
        let value = values.into_iter().find(|value| {
            let judge = self.judge(sub, side, key.clone(), value);
            judge.is_ok_and(|judge| judge.accepts(value))
        })?;
        let mut nearest: Option<Rejection<'w>> = None;
        for value in scalars(text).iter().chain(&lists(text, split)?) {
            let Err(rejection) = self.check(sup, direction, value)? else { return None };
            if nearest.as_ref().is_none_or(|known| known.leaf(&|_| 0).keyword == "type") {
                nearest = Some(rejection);
            }
        }
        nearest.map(|rejection| Witness { value, rejection })
    }
}

/// The texts of two sides beside each other.
struct Gap {
    /// What is written, by the type of the value.
    sent: Vec<(Reading, Lang)>,
    /// What every reader of the other side takes.
    read: Lang,
    /// What is written and not taken by every reader, but for the empty text.
    doubtful: Lang,
    /// What of it no reader takes, unless it takes it apart.
    refused: Lang,
}

/// Makes the languages of two shapes.
fn gap(texter: &mut Texter<'_>, left: Id, right: Id, split: Split) -> Gap {
    let mut sent = Vec::new();
    for reading in Reading::ALL {
        let texts = texter.texts(Frame { reading, item: false }, left).maybe;
        let langs = &mut texter.store.langs;
        let form = match reading {
            Reading::Number => langs.pattern(WRITTEN_NUMBERS),
            Reading::Truth => langs.words(TRUTHS.iter().filter(|truth| truth.2).map(|truth| truth.0.into())),
            Reading::Word => ANY,
        };
        sent.push((reading, langs.and([texts, form])));
    }
    let array = texter.store.types(ARR);
    let arrays = texter.store.and([right, array]) != BOTTOM;
    let mut read = Vec::new();
    for reading in Reading::ALL {
        read.push(texter.texts(Frame { reading, item: false }, right));
        let item = texter.texts(Frame { reading, item: true }, right);
        read.push(texter.whole(item, split, arrays));
    }
    let read = texter.joined(&read);
    let langs = &mut texter.store.langs;
    let sender = langs.or(sent.iter().map(|(_, lang)| *lang));
    let empty = langs.word("");
    let filled = langs.not(empty);
    let sender = langs.and([sender, filled]);
    let (doubtful, refused) = (texter.difference(sender, read.surely), texter.difference(sender, read.maybe));
    Gap { sent, read: read.surely, doubtful, refused }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Dialect, Settings};
    use crate::workspace::Workspace;

    /// What a reader of the second schema makes of the texts of the first: `None` understood, else the text of a value.
    fn verdict(sent: &str, read: &str) -> Option<String> {
        split(sent, read, Split::Never)
    }

    /// The same of a reader who takes texts apart.
    fn split(sent: &str, read: &str, split: Split) -> Option<String> {
        let (left, right) = (Workspace::from_text("a", sent), Workspace::from_text("b", read));
        let mut engine = Engine::new(Settings::default());
        let source = |place| SchemaSource::At { place, dialect: Dialect::Draft202012 };
        match engine.compare_as_text(&source(left.root()), &source(right.root()), Direction::Request, split) {
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
        let digits = r#"{"type": "string", "pattern": "^(0|[1-9][0-9]{0,3})$"}"#;
        assert_eq!(verdict(digits, r#"{"type": "integer"}"#), None);
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

    #[test]
    fn what_only_some_readers_take_is_neither_understood_nor_refused() {
        let unknown = Some("unknown");
        let read = |sent: &str, read: &str| verdict(sent, read);
        for odd in ["007", "1e3", "+7", "1.0", ".5e1"] {
            assert_eq!(
                read(&format!(r#"{{"enum": ["{odd}"]}}"#), r#"{"type": "integer"}"#).as_deref(),
                unknown,
                "{odd}"
            );
        }
        assert_eq!(read(r#"{"enum": ["007"]}"#, r#"{"enum": [7]}"#).as_deref(), unknown);
        assert_eq!(read(r#"{"enum": ["007"]}"#, r#"{"enum": [8]}"#).as_deref(), Some("\"007\""));
        assert_eq!(read(r#"{"enum": ["1", "0"]}"#, r#"{"type": "boolean"}"#).as_deref(), unknown);
        assert_eq!(read(r#"{"enum": ["2"]}"#, r#"{"type": "boolean"}"#).as_deref(), Some("\"2\""));
        assert_eq!(read(r#"{"enum": ["10.00"]}"#, r#"{"type": "number"}"#), None);
        assert_eq!(
            read(r#"{"type": "string", "pattern": "^[0-9]{1,4}$"}"#, r#"{"type": "integer"}"#).as_deref(),
            unknown
        );
        let no_integer = r#"{"type": "number", "not": {"type": "integer"}}"#;
        assert_eq!(read(r#"{"enum": ["1.0"]}"#, no_integer).as_deref(), unknown);
        assert_eq!(read(r#"{"enum": ["1.5"]}"#, no_integer), None);
        assert_eq!(read(r#"{"enum": ["15"]}"#, no_integer).as_deref(), Some("\"15\""));
    }

    #[test]
    fn a_text_with_delimiters_is_several_items() {
        let comma = |sent: &str, read: &str| split(sent, read, Split::At(','));
        let words = r#"{"type": "array", "items": {"type": "string"}}"#;
        assert_eq!(comma(r#"{"enum": ["a", "b"]}"#, words), None);
        assert_eq!(comma(r#"{"type": "integer"}"#, r#"{"type": "array", "items": {"type": "integer"}}"#), None);
        assert_eq!(comma(r#"{"type": "string"}"#, words).as_deref(), Some("unknown"));
        assert_eq!(comma(r#"{"enum": ["a,b"]}"#, words).as_deref(), Some("unknown"));
        let refused = Some("\"a,b\"");
        assert_eq!(
            comma(r#"{"enum": ["a,b"]}"#, r#"{"type": "array", "items": {"enum": ["a,b"]}}"#).as_deref(),
            refused
        );
        assert_eq!(comma(r#"{"enum": ["a,b"]}"#, r#"{"type": "array", "maxItems": 1}"#).as_deref(), refused);
        let unique = r#"{"type": "array", "uniqueItems": true}"#;
        assert_eq!(comma(r#"{"enum": ["a,a"]}"#, unique).as_deref(), Some("\"a,a\""));
        assert_eq!(
            split(r#"{"enum": ["a|b"]}"#, r#"{"type": "array", "maxItems": 1}"#, Split::At('|')).as_deref(),
            Some("\"a|b\"")
        );
        assert_eq!(comma(r#"{"enum": ["a|b"]}"#, r#"{"type": "array", "maxItems": 1}"#), None);
        assert_eq!(verdict(r#"{"enum": ["a,b"]}"#, r#"{"type": "array", "maxItems": 1}"#), None);
    }

    #[test]
    fn where_no_standard_says_how_texts_are_taken_apart_nothing_is_understood() {
        let unclear = |sent: &str, read: &str| split(sent, read, Split::Unclear);
        let words = r#"{"type": "array", "items": {"enum": ["a"]}}"#;
        assert_eq!(unclear(r#"{"enum": ["a"]}"#, words).as_deref(), Some("unknown"));
        assert_eq!(unclear(r#"{"enum": ["b"]}"#, words).as_deref(), Some("\"b\""));
        assert_eq!(unclear(r#"{"enum": ["a b"]}"#, words).as_deref(), Some("unknown"));
        assert_eq!(unclear(r#"{"enum": ["a b"]}"#, r#"{"enum": ["a b"]}"#), None);
        assert_eq!(unclear(r#"{"enum": ["a b"]}"#, r#"{"enum": ["c"]}"#).as_deref(), Some("\"a b\""));
    }
}
