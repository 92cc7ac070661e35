//! Questions with wishes: a value of one schema that another rejects, and that shows something in particular.
//!
//! Takes sources as [`Engine::compare`] does, and wishes; gives values that an independent validator confirmed.

use super::confirm::Rejection;
use super::engine::{Direction, Engine, SchemaSource};
use super::eval::holds;
use super::lower::{Context, Side};
use super::shape::{BOTTOM, Id, Store, TOP, types};
use super::solve::Found;
use super::value::{Value, parse_number};
use crate::syntax::json_number;
use crate::workspace::Place;
use serde_json::Value as Json;
use std::sync::Arc;

/// Looks at a value to tell whether it is understood, at most.
const MAX_LOOKS: u64 = 20_000;

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of this name.
    Member(String),
    /// A member of any name.
    AnyMember,
    /// Any item.
    AnyItem,
}

/// What a value asked for should show.
#[derive(Clone, Debug)]
pub enum Wish<'w> {
    /// At the end of the steps stands this value.
    Holds(Vec<Step>, Json),
    /// The steps lead to some value.
    Reaches(Vec<Step>),
    /// The steps lead to a value of which this is wished.
    Within(Vec<Step>, Box<Wish<'w>>),
    /// It has a member of this name.
    Present(String),
    /// It has no member of this name.
    Absent(String),
    /// It has a member that `properties` and `patternProperties` of this schema object do not declare.
    Undeclared(Place<'w>),
    /// It breaks what this keyword, with those of its kind, demands in this schema object of the rejecting side.
    Violates(Place<'w>, String),
    /// It keeps what this keyword demands in this schema object of the rejecting side.
    Keeps(Place<'w>, String),
    /// As a text it can stand in a path without being escaped.
    Segment,
    /// As a text it is not empty.
    Filled,
    /// It is not `null`.
    Something,
    /// It arrives as what it is in a parameter, header or cookie: a scalar, or a filled array or object of scalars. What
    /// strings may hold is said.
    Travels(Travel),
    /// It is an array of at least two items, or an object.
    Several,
    /// It is an array of at least two items, so that a field of a form stands several times.
    Repeated,
    /// It arrives as what it is as a form: a filled object without `null` and empty arrays.
    Fields,
}

/// Which values count as such that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// Strings are words, and no number reads as a boolean.
    Plain,
    /// Strings without delimiters and blanks at the ends.
    Text,
    /// Strings that are not empty.
    Any,
}

/// The answer to a question with wishes.
#[derive(Clone, Debug)]
pub enum Answer<'w> {
    /// Such a value, confirmed; with the rejection, where a rejecting side was named.
    Found(Json, Option<Box<Rejection<'w>>>),
    /// There is none, proved.
    None,
    /// None was found.
    Unknown,
}

impl<'w> Engine<'w> {
    /// A value of `sub` (as its sender writes it) that `sup` (as its reader applies it) rejects, with all wishes
    /// granted. Without `sup`, any value of `sub` will do.
    pub fn ask(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: Option<&SchemaSource<'w>>,
        direction: Direction,
        wishes: &[Wish<'w>],
    ) -> Answer<'w> {
        self.asked(sub, sup, direction, wishes, false)
    }

    /// A value of `sub` that a reader of `sup` who does not validate does not understand, with all wishes granted.
    pub fn ask_outline(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
        wishes: &[Wish<'w>],
    ) -> Answer<'w> {
        self.asked(sub, Some(sup), direction, wishes, true)
    }

    /// Whether a reader of a schema who does not validate understands a value; `None` when it is not told.
    pub fn understands(&mut self, source: &SchemaSource<'w>, direction: Direction, value: &Json) -> Option<bool> {
        let read = Side { outline: true, ..Self::side(source, direction, false) };
        let id = self.lower(source, read);
        let value = from_json(value)?;
        let mut steps = MAX_LOOKS;
        let verdict = holds(&mut self.solver.store, &value, id, &mut steps);
        self.charge(1 + MAX_LOOKS - steps);
        verdict
    }

    fn asked(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: Option<&SchemaSource<'w>>,
        direction: Direction,
        wishes: &[Wish<'w>],
        outline: bool,
    ) -> Answer<'w> {
        let sent = Self::side(sub, direction, true);
        let mut parts = vec![self.lower(sub, Side { closed: outline, ..sent })];
        if let Some(sup) = sup {
            let read = Side { outline, ..Self::side(sup, direction, false) };
            let inside = self.lower(sup, read);
            parts.push(self.solver.store.not(inside));
        }
        for wish in wishes {
            match self.wish(wish, sup.unwrap_or(sub), direction) {
                Some(id) => parts.push(id),
                None => return Answer::Unknown,
            }
        }
        let value = match self.find(parts) {
            Found::Value(value) => value.to_json(),
            Found::Empty => return Answer::None,
            Found::Unknown(_) => None,
        };
        let Some(value) = value else { return Answer::Unknown };
        let key = self.key(sub);
        if !self.judge(sub, sent, key, &value).is_ok_and(|judge| judge.accepts(&value)) {
            return Answer::Unknown;
        }
        match sup {
            None => Answer::Found(value, None),
            Some(sup) => match self.check(sup, direction, &value) {
                Some(Err(rejection)) => Answer::Found(value, Some(Box::new(rejection))),
                _ => Answer::Unknown,
            },
        }
    }

    /// A value that both schemas accept, the one as its sender writes it and the other as its reader applies it, with all
    /// wishes granted.
    pub fn common(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
        wishes: &[Wish<'w>],
    ) -> Option<Json> {
        let sent = Self::side(sub, direction, true);
        let read = Self::side(sup, direction, false);
        let mut parts = vec![self.lower(sub, sent), self.lower(sup, read)];
        for wish in wishes {
            parts.push(self.wish(wish, sup, direction)?);
        }
        let Found::Value(value) = self.find(parts) else { return None };
        let value = value.to_json()?;
        let key = self.key(sub);
        self.judge(sub, sent, key, &value).ok()?.accepts(&value).then_some(value)
    }

    /// Whether some value is a value of both schemas, each as its sender writes it; `None` when that is not decided within
    /// the steps. That there is none is proved.
    pub fn meets(&mut self, left: &SchemaSource<'w>, right: &SchemaSource<'w>, direction: Direction) -> Option<bool> {
        let parts = [left, right].map(|source| {
            let side = Self::side(source, direction, true);
            self.lower(source, side)
        });
        match self.find(parts) {
            Found::Value(_) => Some(true),
            Found::Empty => Some(false),
            Found::Unknown(_) => None,
        }
    }

    /// Reasons (up to 16) for which a schema, as its reader applies it, rejects a value; `None` when the validator cannot
    /// read the schema.
    pub fn faults(
        &mut self,
        source: &SchemaSource<'w>,
        direction: Direction,
        value: &Json,
    ) -> Option<Vec<Rejection<'w>>> {
        self.faults_up_to(source, direction, value, 16)
    }

    /// The same with another number of reasons.
    pub fn faults_up_to(
        &mut self,
        source: &SchemaSource<'w>,
        direction: Direction,
        value: &Json,
        limit: usize,
    ) -> Option<Vec<Rejection<'w>>> {
        let hidden = Self::side(source, direction, false);
        let key = self.key(source);
        let judge = self.judge(source, hidden, key, value).ok()?;
        Some(judge.rejections(&self.lowering, value, limit))
    }

    /// Whether a schema, as its reader applies it, accepts a value, by the validator alone; `None` when the validator
    /// cannot read the schema.
    pub fn check(
        &mut self,
        source: &SchemaSource<'w>,
        direction: Direction,
        value: &Json,
    ) -> Option<Result<(), Rejection<'w>>> {
        let side = Self::side(source, direction, false);
        let key = self.key(source);
        let judge = self.judge(source, side, key, value).ok()?;
        Some(match judge.rejection(&self.lowering, value) {
            Some(rejection) => Err(rejection),
            None => Ok(()),
        })
    }

    fn wish(&mut self, wish: &Wish<'w>, sup: &SchemaSource<'w>, direction: Direction) -> Option<Id> {
        let inner = match wish {
            Wish::Within(_, inner) => self.wish(inner, sup, direction)?,
            _ => TOP,
        };
        let store = &mut self.solver.store;
        Some(match wish {
            Wish::Holds(steps, value) => {
                let held = store.values([from_json(value)?]);
                stepped(store, steps, held)
            }
            Wish::Reaches(steps) | Wish::Within(steps, _) => stepped(store, steps, inner),
            Wish::Present(name) => {
                let word = store.langs.word(name);
                let (object, there) = (store.types(types::OBJ), store.has(word, TOP));
                store.and([object, there])
            }
            Wish::Absent(name) => {
                let word = store.langs.word(name);
                let (object, gone) = (store.types(types::OBJ), store.each(word, BOTTOM));
                store.and([object, gone])
            }
            Wish::Undeclared(place) => {
                let mut known = Vec::new();
                for member in place.get("properties").into_iter().flat_map(Place::members) {
                    known.push(store.langs.word(member.name));
                }
                for member in place.get("patternProperties").into_iter().flat_map(Place::members) {
                    known.push(store.langs.pattern(member.name));
                }
                let known = store.langs.or(known);
                let others = store.langs.not(known);
                let (object, there) = (store.types(types::OBJ), store.has(others, TOP));
                store.and([object, there])
            }
            Wish::Violates(place, keyword) | Wish::Keeps(place, keyword) => {
                let site = self.lowering.docs.site(*place);
                let context = Context::new(sup.dialect(), Self::side(sup, direction, false));
                let demand = self.lowering.group(&mut self.solver.store, site, &context, keyword)?;
                if matches!(wish, Wish::Keeps(..)) { demand } else { self.solver.store.not(demand) }
            }
            Wish::Something => store.types(types::ALL & !types::NULL),
            Wish::Segment | Wish::Filled => {
                let segment = matches!(wish, Wish::Segment);
                let pattern = if segment { "^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$" } else { "^[\\s\\S]" };
                let text = store.langs.pattern(pattern);
                let (text, other) = (store.string(text), store.types(types::ALL & !types::STR));
                let text = {
                    let string = store.types(types::STR);
                    store.and([string, text])
                };
                store.or([text, other])
            }
            Wish::Travels(travel) => {
                let scalar = travelling(store, *travel);
                let list = filled_list(store, scalar);
                let (object, some) = (store.types(types::OBJ), store.size(1, None));
                let each = store.each(super::lang::ANY, scalar);
                let names = named(store);
                let object = store.and([object, some, each, names]);
                store.or([scalar, list, object])
            }
            Wish::Several | Wish::Repeated => {
                let (list, object) = (store.types(types::ARR), store.types(types::OBJ));
                let two = store.len_window(2, None);
                let list = store.and([list, two]);
                if matches!(wish, Wish::Several) { store.or([list, object]) } else { list }
            }
            Wish::Fields => {
                let scalar = store.types(types::TRUE | types::FALSE | types::NUM | types::STR);
                let list = filled_list(store, scalar);
                let (object, some) = (store.types(types::OBJ), store.size(1, None));
                let field = store.or([scalar, list, object]);
                let each = store.each(super::lang::ANY, field);
                let names = named(store);
                store.and([object, some, each, names])
            }
        })
    }
}

/// The values from which these steps lead to a value of a shape.
fn stepped(store: &mut Store, steps: &[Step], mut id: Id) -> Id {
    for step in steps.iter().rev() {
        id = match step {
            Step::Member(name) => {
                let word = store.langs.word(name);
                store.has(word, id)
            }
            Step::AnyMember => store.has(super::lang::ANY, id),
            Step::AnyItem => store.count(id, 1, None),
        };
        let whole = if matches!(step, Step::AnyItem) { types::ARR } else { types::OBJ };
        let whole = store.types(whole);
        id = store.and([whole, id]);
    }
    id
}

/// Texts without delimiters, control characters and line ends, and without blanks at the ends.
pub(super) const UNDELIMITED: &str =
    r#"^[^\s\u0000-\u001f,;/|"\\%]([^\u0000-\u001f\u2028\u2029,;/|"\\%]*[^\s\u0000-\u001f,;/|"\\%])?$"#;

/// Scalars that arrive as what they are where all is text.
fn travelling(store: &mut Store, travel: Travel) -> Id {
    let pattern = match travel {
        Travel::Plain => "^[A-Za-z_~-][A-Za-z0-9_~-]*$",
        Travel::Text => UNDELIMITED,
        Travel::Any => "^[\\s\\S]",
    };
    let text = store.langs.pattern(pattern);
    let (string, text) = (store.types(types::STR), store.string(text));
    let text = store.and([string, text]);
    let (number, booleans) = (store.types(types::NUM), store.types(types::TRUE | types::FALSE));
    let number = if travel == Travel::Plain {
        // Readers of booleans take these for such.
        let digits = [0, 1].map(|digit| from_json(&Json::from(digit)));
        let digits = store.values(digits.into_iter().flatten());
        let others = store.not(digits);
        store.and([number, others])
    } else {
        number
    };
    store.or([text, number, booleans])
}

/// Objects without an empty name.
fn named(store: &mut Store) -> Id {
    let empty = store.langs.word("");
    store.each(empty, BOTTOM)
}

/// Arrays with items, all of them such.
fn filled_list(store: &mut Store, item: Id) -> Id {
    let (list, some) = (store.types(types::ARR), store.len_window(1, None));
    let items = store.items_from(0, item);
    store.and([list, some, items])
}

/// A JSON value as the search knows it; `None` for numbers out of bounds.
fn from_json(value: &Json) -> Option<Value> {
    Some(match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Num(parse_number(&json_number(&number.to_string())?)?),
        Json::String(text) => Value::Str(text.as_str().into()),
        Json::Array(items) => Value::Arr(items.iter().map(from_json).collect::<Option<_>>()?),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| Some((Arc::from(name.as_str()), from_json(value)?)));
            Value::object(members.collect::<Option<Vec<_>>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Dialect, Settings};
    use crate::workspace::Workspace;
    use serde_json::json;

    fn at(workspace: &Workspace) -> SchemaSource<'_> {
        SchemaSource::At { place: workspace.root(), dialect: Dialect::Draft202012 }
    }

    #[test]
    fn a_wish_chooses_the_edit_that_the_value_shows() {
        let old = Workspace::from_text("old", r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#);
        let new = Workspace::from_text(
            "new",
            r#"{"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}}, "required": ["b"]}"#,
        );
        let mut engine = Engine::new(Settings::default());
        let (sub, sup) = (at(&old), at(&new));
        let wish = Wish::Absent("b".to_owned());
        let Answer::Found(value, rejection) = engine.ask(&sub, Some(&sup), Direction::Neither, &[wish]) else {
            panic!("no value");
        };
        assert_eq!(value.get("b"), None);
        assert_eq!(rejection.map(|r| r.keyword), Some("required".to_owned()));
        let inner = new.root().descend(&["properties", "a"]).unwrap();
        let part = SchemaSource::At { place: inner, dialect: Dialect::Draft202012 };
        let before = old.root().descend(&["properties", "a"]).unwrap();
        let before = SchemaSource::At { place: before, dialect: Dialect::Draft202012 };
        let wish = Wish::Violates(inner, "maxLength".to_owned());
        let Answer::Found(value, _) = engine.ask(&before, Some(&part), Direction::Neither, &[wish]) else {
            panic!("no value");
        };
        assert!(value.as_str().unwrap().len() > 2);
        let wish = Wish::Holds(vec![Step::Member("a".to_owned())], value.clone());
        let Answer::Found(whole, _) = engine.ask(&sub, Some(&sup), Direction::Neither, &[wish]) else {
            panic!("no value");
        };
        assert_eq!(whole["a"], value);
    }

    #[test]
    fn what_cannot_be_is_proved_and_segments_are_plain() {
        let old = Workspace::from_text("old", r#"{"enum": ["a", "b"]}"#);
        let mut engine = Engine::new(Settings::default());
        let wish = Wish::Violates(old.root(), "enum".to_owned());
        assert!(matches!(engine.ask(&at(&old), None, Direction::Neither, &[wish]), Answer::None));
        let text = Workspace::from_text("text", r#"{"type": "string"}"#);
        let Answer::Found(value, None) = engine.ask(&at(&text), None, Direction::Neither, &[Wish::Segment]) else {
            panic!("no value");
        };
        assert!(!value.as_str().unwrap().is_empty());
        let urn = Workspace::from_text("urn", r#"{"type": "string", "pattern": "^(urn:a)?$"}"#);
        assert!(matches!(engine.ask(&at(&urn), None, Direction::Neither, &[Wish::Segment]), Answer::None));
        let filled = engine.ask(&at(&urn), None, Direction::Neither, &[Wish::Filled]);
        assert!(matches!(filled, Answer::Found(value, None) if value == json!("urn:a")));
        assert_eq!(engine.check(&at(&old), Direction::Neither, &json!("a")), Some(Ok(())));
        assert!(engine.check(&at(&old), Direction::Neither, &json!("c")).unwrap().is_err());
    }
}
