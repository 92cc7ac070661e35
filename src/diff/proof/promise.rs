//! Which promise a value breaks: readers who do not validate fail on other types, on `null`, and without what was always
//! there; only those who validate fail on other new values.

use super::account::Account;
use super::witness::wish;
use super::{Prover, Side};
use crate::diagnostic::Category;
use crate::diff::change::Group;
use crate::diff::edit::{AnchorId, Edit};
use crate::schema::{Answer, Verdict};
use serde_json::Value;

impl<'w> Prover<'w> {
    /// Returns the weakest promise that is broken by a value of a pair that the reader's schema refuses.
    pub(super) fn broken(&mut self, anchor: AnchorId, value: &Value) -> Category {
        let (sender, _, read, direction) = self.sides(anchor);
        if sender == Side::Base {
            return Category::Default;
        }
        match self.engine.understands(&read, direction, value) {
            Some(true) => Category::Contract,
            Some(false) | None => Category::Default,
        }
    }

    /// Returns the gravest value that shows an edit, with the reason of its refusal, beginning with one that was found.
    pub(super) fn gravest(
        &mut self,
        edit: &Edit<'w>,
        anchor: AnchorId,
        (value, reason): (Value, String),
    ) -> (Value, String, Category) {
        let category = self.broken(anchor, &value);
        // Of a known type are all values that these let in.
        let mild = matches!(edit.id.event.group(), Group::Limit | Group::Pattern | Group::Format | Group::Constant);
        if category == Category::Default || mild || self.is_understood(anchor) {
            return (value, reason, category);
        }
        let (_, sent, read, direction) = self.sides(anchor);
        let wishes = Vec::from_iter(wish(edit));
        match self.engine.ask_outline(&sent, &read, direction, &wishes) {
            Answer::Found(value, Some(rejection)) => (value, rejection.message, Category::Default),
            _ => (value, reason, category),
        }
    }

    /// Whether readers who do not validate understand all that is sent of a pair.
    fn is_understood(&mut self, anchor: AnchorId) -> bool {
        if let Some(&known) = self.understood.get(&anchor) {
            return known;
        }
        let (_, sent, read, direction) = self.sides(anchor);
        let understood = !matches!(self.engine.compare_outline(&sent, &read, direction), Verdict::NotContained(_));
        self.understood.insert(anchor, understood);
        understood
    }

    /// Settles the account of a pair towards readers who do not validate.
    pub(in crate::diff) fn outline(&mut self, id: AnchorId) -> Account<'w> {
        self.settled(id, true)
    }
}
