//! Whether a value belongs to a shape: the reading that witnesses and finite sets are checked with.

use super::shape::{Id, Node, Store, type_of};
use super::value::Value;
use num_traits::Zero;

/// How deep shapes are followed: a chain of schemas may be longer than the stack.
const DEPTH: u16 = 400;

/// Whether `value` is in `id`; `None` when a part is not understood or too deep, or `steps` run out.
pub(super) fn holds(store: &mut Store, value: &Value, id: Id, steps: &mut u64) -> Option<bool> {
    within(store, value, id, (steps, DEPTH))
}

fn within(store: &mut Store, value: &Value, id: Id, (steps, depth): (&mut u64, u16)) -> Option<bool> {
    *steps = steps.checked_sub(1)?;
    let depth = depth.checked_sub(1)?;
    let bit = type_of(value);
    if store.may(id) & bit == 0 {
        return Some(false);
    }
    if store.full(id) & bit != 0 {
        return Some(true);
    }
    match (store.node(id).clone(), value) {
        (Node::Type(mask), _) => Some(mask & bit != 0),
        (Node::And(parts), _) => all(parts.iter().map(|part| within(store, value, *part, (steps, depth)))),
        (Node::Or(parts), _) => any(parts.iter().map(|part| within(store, value, *part, (steps, depth)))),
        (Node::One(parts), _) => {
            let mut count = 0;
            for part in parts.iter() {
                count += u32::from(within(store, value, *part, (steps, depth))?);
            }
            Some(count == 1)
        }
        (Node::Not(inner), _) => within(store, value, inner, (steps, depth)).map(|verdict| !verdict),
        (Node::Ref(def), _) => {
            let body = store.defs[def as usize];
            within(store, value, body, (steps, depth))
        }
        (Node::In(values), _) => Some(values.binary_search(value).is_ok()),
        (Node::Min(bound, open), Value::Num(number)) => Some(if open { *number > bound } else { *number >= bound }),
        (Node::Max(bound, open), Value::Num(number)) => Some(if open { *number < bound } else { *number <= bound }),
        (Node::Multiple(of), Value::Num(number)) => Some(!of.is_zero() && (number / of).is_integer()),
        (Node::NotMultiple(of), Value::Num(number)) => Some(of.is_zero() || !(number / of).is_integer()),
        (Node::Str(lang), Value::Str(text)) => store.langs.matches(lang, text),
        (Node::At(index, id), Value::Arr(items)) => {
            items.get(index as usize).map_or(Some(true), |item| within(store, item, id, (steps, depth)))
        }
        (Node::HasAt(index, id), Value::Arr(items)) => {
            items.get(index as usize).map_or(Some(false), |item| within(store, item, id, (steps, depth)))
        }
        (Node::From(index, id), Value::Arr(items)) => {
            all(items.iter().skip(index as usize).map(|item| within(store, item, id, (steps, depth))))
        }
        (Node::HasFrom(index, id), Value::Arr(items)) => {
            any(items.iter().skip(index as usize).map(|item| within(store, item, id, (steps, depth))))
        }
        (Node::Count(id, low, high), Value::Arr(items)) => {
            let mut count = 0;
            for item in items.iter() {
                count += u64::from(within(store, item, id, (steps, depth))?);
            }
            Some(count >= low && high.is_none_or(|high| count <= high))
        }
        (Node::Len(low, high), Value::Arr(items)) => {
            let length = items.len() as u64;
            Some(length >= low && high.is_none_or(|high| length <= high))
        }
        (Node::Unique, Value::Arr(items)) => Some(distinct(items)),
        (Node::Repeats, Value::Arr(items)) => Some(!distinct(items)),
        (Node::Each(lang, id), Value::Obj(members)) => {
            all(members.iter().map(|(name, value)| match store.langs.matches(lang, name) {
                Some(false) => Some(true),
                Some(true) => within(store, value, id, (steps, depth)),
                None => within(store, value, id, (steps, depth)).filter(|verdict| *verdict),
            }))
        }
        (Node::Some(lang, id), Value::Obj(members)) => {
            any(members.iter().map(|(name, value)| match store.langs.matches(lang, name) {
                Some(false) => Some(false),
                Some(true) => within(store, value, id, (steps, depth)),
                None => within(store, value, id, (steps, depth)).filter(|verdict| !*verdict),
            }))
        }
        (Node::Size(low, high), Value::Obj(members)) => {
            let size = members.len() as u64;
            Some(size >= low && high.is_none_or(|high| size <= high))
        }
        (Node::Opaque(_), _) => None,
        _ => Some(true),
    }
}

fn distinct(items: &[Value]) -> bool {
    let mut sorted: Vec<&Value> = items.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn all(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for verdict in verdicts {
        match verdict {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn any(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(verdicts.map(|verdict| verdict.map(|verdict| !verdict))).map(|verdict| !verdict)
}
