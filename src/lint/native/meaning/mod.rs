//! Rule functions of the pack `schema`: what schemas mean, by the engine that compares contracts. One walk serves all of
//! them, and every question has its steps; what is not decided within them is not told.

mod alternatives;
mod empty;
mod values;

use super::{Context, Native, Sink, family};
use crate::diagnostic::{Diagnostic, Severity};
use crate::openapi::Version;
use crate::openapi::model::visit;
use crate::schema::{Dialect, Direction, Engine, SchemaSource, Settings};
use crate::workspace::Place;

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[family("schema", check)];

/// Steps of the search for one question.
const STEPS: u64 = 4_000;
/// Work on all questions about one contract: ten times what the largest published ones need.
const WORK: u64 = 300_000;

/// Asks the engine about schemas of one contract, until its work is spent.
struct Asker<'w> {
    engine: Engine<'w>,
    dialect: Dialect,
    unasked: usize,
}

impl<'w> Asker<'w> {
    fn source(&self, place: Place<'w>) -> SchemaSource<'w> {
        SchemaSource::At { place, dialect: self.dialect }
    }

    fn may_ask(&mut self) -> bool {
        let more = !self.engine.is_exhausted();
        self.unasked += usize::from(!more);
        more
    }

    /// Whether some value matches both schemas; `None` when that is not known.
    fn meets(&mut self, left: Place<'w>, right: Place<'w>) -> Option<bool> {
        if !self.may_ask() {
            return None;
        }
        let (left, right) = (self.source(left), self.source(right));
        self.engine.meets(&left, &right, Direction::Neither)
    }

    /// Whether every value of the one schema is known to match the other.
    fn within(&mut self, inner: Place<'w>, outer: Place<'w>) -> bool {
        if !self.may_ask() {
            return false;
        }
        let (inner, outer) = (self.source(inner), self.source(outer));
        matches!(self.engine.compare(&inner, &outer, Direction::Neither), crate::schema::Verdict::Contained)
    }
}

fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    let (root, version) = (context.api.root(), context.api.version());
    let mut schemas = Vec::new();
    visit(root, version, &mut |visited| {
        if visited.object.name == "Schema" && visited.place.reference().is_none() {
            schemas.push(visited.place);
        }
    });
    let dialect = match version {
        Version::V2_0 | Version::V3_0 => Dialect::of(version, None),
        _ => Dialect::of(version, root.get_str("jsonSchemaDialect")),
    };
    let engine = Engine::new(Settings { steps: STEPS, work: WORK, ..Settings::default() });
    let mut asker = Asker { engine, dialect, unasked: 0 };
    let empty = empty::check(&mut asker, &schemas, sink);
    for schema in schemas {
        values::check(&mut asker, schema, sink);
        if !empty.contains(&schema.id()) {
            alternatives::check(&mut asker, schema, &empty, sink);
        }
    }
    if asker.unasked > 0 {
        sink.add(not_judged(root, asker.unasked));
    }
}

/// What is said once where the schemas of a contract refer to each other so often that not all of them are judged.
fn not_judged(root: Place<'_>, count: usize) -> Diagnostic {
    let message = match count {
        1 => "1 question about what schemas mean was not asked: the budget of these rules is used up".to_owned(),
        _ => format!("{count} questions about what schemas mean were not asked: the budget of these rules is used up"),
    };
    let mut finding = Diagnostic::new("schema-unsatisfiable", Severity::Info, message, root.location());
    finding.help = Some("Split the contract, or nest its schemas less deeply".to_owned());
    finding
}
