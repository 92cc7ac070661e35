//! Ways kept after the walk. Hits lie close together, so a way shares its beginning with the one before it; each step that
//! is new is kept once.

use super::walk::Step;

/// A kept way.
#[derive(Clone, Copy, Debug)]
pub struct WayId(u32);

/// Kept ways.
#[derive(Default)]
pub struct Ways<'w> {
    /// A step, and the one before it plus one; 0: it is the first.
    steps: Vec<(Step<'w>, u32)>,
    /// The steps of the way kept last.
    last: Vec<u32>,
}

impl<'w> Ways<'w> {
    /// Keeps a way.
    pub fn keep(&mut self, way: &[Step<'w>]) -> WayId {
        let same = |known: &u32, step: &Step<'w>| {
            let (known, _) = &self.steps[*known as usize - 1];
            // The places as written, not those behind an alias: a key may differ between them.
            known.site.node() == step.site.node() && known.place.node() == step.place.node() && known.key == step.key
        };
        let shared = self.last.iter().zip(way).take_while(|(known, step)| same(known, step)).count();
        self.last.truncate(shared);
        for step in &way[shared..] {
            self.steps.push((*step, self.last.last().copied().unwrap_or(0)));
            self.last.push(self.steps.len() as u32);
        }
        WayId(self.last.last().copied().unwrap_or(0))
    }

    /// Writes a kept way to `out`, whose content it replaces.
    pub fn read(&self, WayId(mut at): WayId, out: &mut Vec<Step<'w>>) {
        out.clear();
        while let Some((step, before)) = at.checked_sub(1).map(|at| self.steps[at as usize]) {
            out.push(step);
            at = before;
        }
        out.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::path::Key;
    use crate::workspace::{Place, Workspace};

    #[test]
    fn ways_are_read_as_they_were_kept() {
        let workspace = Workspace::from_text("a.json", r#"{"a": {"b": [1, 2], "c": 3}, "d": 4}"#);
        let step = |place: Place<'static>, key: &'static str| {
            let site = place.get(key).expect("there is such a key");
            Step { key: Key::Name(key), site, place: site }
        };
        let root = Box::leak(Box::new(workspace)).root();
        let a = step(root, "a");
        let all = [vec![a, step(a.place, "b")], vec![a, step(a.place, "c")], vec![a], vec![], vec![step(root, "d")]];
        let mut ways = Ways::default();
        let ids: Vec<WayId> = all.iter().map(|way| ways.keep(way)).collect();
        assert_eq!(ways.steps.len(), 4, "the beginning is shared");
        for (way, id) in all.iter().zip(ids) {
            let mut read = vec![a];
            ways.read(id, &mut read);
            let keys = |way: &[Step<'_>]| way.iter().map(|step| step.site.id()).collect::<Vec<_>>();
            assert_eq!(keys(way), keys(&read));
        }
    }
}
