//! What one comparison may spend: a count of work, never a clock, so that the same contracts always end the same way.
//!
//! One unit is about what a step of the search costs: some dozens of looks at shapes. Everything whose cost the author
//! of a contract decides is counted here: lowering, proofs, searches, automata, and what the validator is given.

/// The work of an engine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    spent: u64,
    limit: u64,
}

impl Work {
    pub(super) fn new(limit: u64) -> Self {
        Work { spent: 0, limit }
    }

    pub(super) fn spend(&mut self, units: u64) {
        self.spent = self.spent.saturating_add(units);
    }

    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    pub(super) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.spent)
    }
}
