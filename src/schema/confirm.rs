//! Confirmation: a value found is judged by an independent validator against both schemas as written.
//!
//! Takes sources and values, gives verdicts of the `jsonschema` crate and the sentence why a value is rejected.

use super::emit::{Emitted, emit};
use super::engine::SchemaSource;
use super::formats::{self, Formats};
use super::keyword;
use super::lower::{Context, Lowering, Side};
use super::reach::Reach;
use super::resolve::Site;
use super::weigh::weight;
use crate::syntax::pointer;
use crate::text::Cut;
use crate::workspace::Place;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value as Json, json};

/// Nodes of a document that is compiled as a whole, as it is written; larger ones are written for the value.
const MAX_WHOLE: usize = 20_000;

/// A schema compiled for the validator, as far as some value reaches in it.
pub(super) struct Judge {
    validator: jsonschema::Validator,
    /// Sites of the numbered definitions; empty when the whole document was compiled.
    sites: Vec<Site>,
    root: Option<Site>,
    /// What was compiled.
    schema: Json,
    /// Schemas in it.
    size: usize,
}

/// Why a schema rejects a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection<'w> {
    /// JSON pointer to the offending part of the value.
    pub instance: String,
    /// The keyword that rejects it.
    pub keyword: String,
    /// One sentence.
    pub message: String,
    /// The properties that are missing or must not be there, where that is why.
    pub members: Vec<String>,
    /// The keyword's place in the rejecting schema, where it can be told.
    pub place: Option<Place<'w>>,
    /// Of `anyOf` and `oneOf`: why each branch rejects the value.
    pub branches: Vec<Vec<Rejection<'w>>>,
}

impl<'w> Rejection<'w> {
    /// The keyword that rejects the value at last: of branches, in the one that fits best by `weight`, else in the one
    /// with the fewest reasons.
    pub fn leaf(&self, weight: &dyn Fn(&Rejection<'w>) -> u8) -> &Rejection<'w> {
        let branch = self.branches.iter().filter(|branch| !branch.is_empty());
        let best = branch.rev().max_by_key(|branch| {
            let fits = branch.iter().map(|inner| weight(inner.leaf(weight))).max().unwrap_or(0);
            (fits, std::cmp::Reverse(branch.len()))
        });
        match best.and_then(|branch| branch.iter().rev().max_by_key(|inner| weight(inner.leaf(weight)))) {
            Some(inner) => inner.leaf(weight),
            None => self,
        }
    }

    /// Whether nothing but what `is_meant` tells rejects the value: with it undone, the value is accepted.
    pub fn is_only(&self, is_meant: &dyn Fn(&Rejection<'w>) -> bool) -> bool {
        is_meant(self)
            || self
                .branches
                .iter()
                .any(|branch| !branch.is_empty() && branch.iter().all(|inner| inner.is_only(is_meant)))
    }
}

/// Reasons that are kept of one branch, and branches.
const MAX_INNER: usize = 40;
/// Nesting of branches that is looked into.
const MAX_NESTING: usize = 6;

impl Judge {
    /// Compiles a source for values that reach no further, leniently without what cannot be read; fails with the reason when the validator cannot read it.
    pub(super) fn new<'w>(
        lowering: &mut Lowering<'w>,
        source: &SchemaSource<'w>,
        side: Side,
        reach: &Reach,
        lenient: bool,
    ) -> Result<Judge, String> {
        if !lenient
            && let SchemaSource::At { place, dialect } = source
            && side == Side::default()
            && !dialect.is_legacy_openapi()
            && place.pointer().is_empty()
            && place.get("openapi").is_none()
            && (lowering.formats == Formats::Annotations || place.node().tree().symbol("format").is_none())
            && place.node().tree().symbol("patternProperties").is_none()
        {
            let site = lowering.docs.site(*place);
            let dialect = lowering.dialect_at(site, *dialect);
            let schema = place.to_json();
            let size = place.node().tree().len();
            if size <= MAX_WHOLE
                && let Ok(validator) = build(&schema, dialect.draft(), lowering)
            {
                return Ok(Judge { validator, sites: Vec::new(), root: Some(site), schema, size });
            }
        }
        let mut roots = Vec::new();
        let dialect = source.dialect();
        let context = Context::new(dialect, side);
        for place in source.places() {
            roots.push((lowering.docs.site(place), context.clone()));
        }
        let (Emitted { json: defs, sites, draft, size }, numbers) = emit(lowering, &roots, reach, lenient)?;
        let reference = |number: usize| json!({"$ref": format!("#/$defs/d{number}")});
        let schema = match source {
            SchemaSource::At { .. } => {
                let number = numbers.first().copied().unwrap_or_default();
                json!({"allOf": [reference(number)], "$defs": defs})
            }
            SchemaSource::Object { members, .. } => {
                let properties: Map<String, Json> = members
                    .iter()
                    .zip(&numbers)
                    .map(|(member, number)| (member.name.clone(), reference(*number)))
                    .collect();
                let required: Vec<&str> =
                    members.iter().filter(|member| member.required).map(|member| &*member.name).collect();
                let mut whole = json!({"type": "object", "properties": properties, "$defs": defs});
                if !required.is_empty() {
                    whole["required"] = json!(required);
                }
                whole
            }
        };
        let validator = build(&schema, draft, lowering)?;
        Ok(Judge { validator, sites, root: None, schema, size })
    }

    /// The work of judging a value, in evaluated schemas.
    pub(super) fn weight(&self, value: &Json) -> u64 {
        weight(&self.schema, value)
    }

    /// Schemas that were compiled.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether the schema accepts a value.
    pub(super) fn accepts(&self, value: &Json) -> bool {
        self.validator.is_valid(value)
    }

    /// Why the schema rejects a value: the first reason.
    pub(super) fn rejection<'w>(&self, lowering: &Lowering<'w>, value: &Json) -> Option<Rejection<'w>> {
        self.rejections(lowering, value, 1).pop()
    }

    /// Why the schema rejects a value, up to `limit` reasons.
    pub(super) fn rejections<'w>(&self, lowering: &Lowering<'w>, value: &Json, limit: usize) -> Vec<Rejection<'w>> {
        let errors = self.validator.iter_errors(value).take(limit);
        errors.map(|error| self.read(lowering, &error, 0)).collect()
    }

    fn read<'w>(
        &self,
        lowering: &Lowering<'w>,
        error: &jsonschema::ValidationError<'_>,
        depth: usize,
    ) -> Rejection<'w> {
        let mut read = self.read_one(lowering, error);
        if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind()
            && depth < MAX_NESTING
        {
            let inner = |branch: &Vec<jsonschema::ValidationError<'static>>| {
                branch.iter().take(MAX_INNER).map(|error| self.read(lowering, error, depth + 1)).collect()
            };
            read.branches = context.iter().take(MAX_INNER).map(inner).collect();
        }
        read
    }

    fn read_one<'w>(&self, lowering: &Lowering<'w>, error: &jsonschema::ValidationError<'_>) -> Rejection<'w> {
        let path = error.schema_path().to_string();
        let message = match error.kind() {
            // How older drafts say `false`.
            ValidationErrorKind::Not { schema } if *schema == json!({}) => "no value is allowed there".to_owned(),
            ValidationErrorKind::Contains => "the number of items that match it is not within its limits".to_owned(),
            ValidationErrorKind::OneOfMultipleValid { .. } => "more than one of its schemas accept it".to_owned(),
            ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                "none of its schemas accepts it".to_owned()
            }
            _ => shortened(error.to_string()),
        };
        let members = members(error.kind());
        let instance = error.instance_path().to_string();
        let at = if instance.is_empty() { String::new() } else { format!("at `{instance}` ") };
        if let Some(place) = self.mapping(lowering, &path) {
            let keyword = "discriminator".to_owned();
            let message = format!(
                "{at}`{keyword}` rejects the value: no schema that its `mapping` leads to from this value accepts it"
            );
            return Rejection { instance, keyword, message, members, place: Some(place), branches: Vec::new() };
        }
        if let Some(place) = self.range(lowering, &path) {
            let (keyword, name) = ("format".to_owned(), place.as_str().unwrap_or_default());
            let message = format!("{at}`{keyword}` rejects the value: {message}, so it is no `{name}`");
            return Rejection { instance, keyword, message, members, place: Some(place), branches: Vec::new() };
        }
        let mut keyword = error.kind().keyword().to_owned();
        if let Some(schema) = path.strip_suffix("/additionalProperties")
            && matches!(error.kind(), ValidationErrorKind::FalseSchema)
        {
            let place = self.place(lowering, schema).and_then(|schema| schema.get("additionalProperties"));
            "additionalProperties".clone_into(&mut keyword);
            let message = format!("{at}`{keyword}` rejects the value: no other properties are allowed there");
            return Rejection { instance, keyword, message, members, place, branches: Vec::new() };
        }
        let mut place = self.place(lowering, &path);
        if let (None, Some(schema)) = (place, path.strip_suffix("/enum")) {
            // It was written out from an extensible enumeration.
            place = self.place(lowering, schema).and_then(|schema| schema.get("x-extensible-enum"));
            if place.is_some() {
                "x-extensible-enum".clone_into(&mut keyword);
            }
        }
        let message = format!("{at}`{keyword}` rejects the value: {message}");
        Rejection { instance, keyword, message, members, place, branches: Vec::new() }
    }

    /// The discriminator that was written out as the last part of `allOf`, where the path of an error leads there.
    fn mapping<'w>(&self, lowering: &Lowering<'w>, path: &str) -> Option<Place<'w>> {
        let (schema, rest) = self.written(lowering, path)?;
        schema.get("discriminator").filter(|_| !matches!(rest, "minimum" | "maximum"))
    }

    /// The format whose range was written out in the same way.
    fn range<'w>(&self, lowering: &Lowering<'w>, path: &str) -> Option<Place<'w>> {
        let (schema, rest) = self.written(lowering, path)?;
        schema.get("format").filter(|_| matches!(rest, "minimum" | "maximum"))
    }

    /// The schema in which the path of an error leads through a part of `allOf` that is not there but was written out,
    /// and the way from that part on.
    fn written<'w, 'p>(&self, lowering: &Lowering<'w>, path: &'p str) -> Option<(Place<'w>, &'p str)> {
        let at = path.rfind("/allOf/")?;
        let rest = path.cut(at + 7..);
        let (index, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let index: usize = index.parse().ok()?;
        let schema = self.place(lowering, path.cut(..at))?;
        let parts = schema.get("allOf").map_or(0, |list| list.elements().count());
        (index >= parts).then_some((schema, rest))
    }

    fn place<'w>(&self, lowering: &Lowering<'w>, path: &str) -> Option<Place<'w>> {
        let tokens = pointer::tokens(path)?;
        let (site, rest) = match (&tokens[..], self.root) {
            (_, Some(root)) => (root, &tokens[..]),
            ([defs, number, rest @ ..], None) if defs == "$defs" => {
                let number: usize = number.strip_prefix('d')?.parse().ok()?;
                (*self.sites.get(number)?, rest)
            }
            _ => return None,
        };
        let mut place = lowering.docs.place(site)?;
        let mut around = "";
        for token in rest {
            place = match place.child(token) {
                // Of an older dialect, which was written in the newest one.
                None if token == "prefixItems" => place.child("items")?,
                None => place.members().find(|member| keyword::is_spelled(around, member.name, token))?.value,
                Some(found) => found,
            };
            around = token;
        }
        Some(place)
    }
}

fn build(schema: &Json, draft: jsonschema::Draft, lowering: &Lowering<'_>) -> Result<jsonschema::Validator, String> {
    let mut options = keyword::teach(jsonschema::options().with_draft(draft));
    if lowering.formats == Formats::Annotations {
        options = options.should_validate_formats(false);
    } else {
        options = formats::teach(options.should_validate_formats(true));
    }
    options.build(schema).map_err(|error| {
        let at = error.instance_path().to_string();
        let at = if at.is_empty() { at } else { format!(" at `{at}`") };
        format!("{}{at}", shortened(error.to_string()))
    })
}

/// The properties that an error is about.
fn members(kind: &ValidationErrorKind) -> Vec<String> {
    match kind {
        ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned).into_iter().collect(),
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected.clone(),
        _ => Vec::new(),
    }
}

/// A sentence of bearable length.
fn shortened(text: String) -> String {
    if text.chars().count() > 240 { text.chars().take(239).chain(['…']).collect() } else { text }
}
