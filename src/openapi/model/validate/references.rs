//! References: where they may stand, where they lead, and whether that is the kind of object expected there.

use super::super::table::{Field, FieldType, ObjectId};
use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::Label;
use crate::workspace::{Place, RefError};

/// A reference still to be followed.
pub(super) struct Pending<'w> {
    /// The string that refers.
    uri: Place<'w>,
    /// The object that has it as its `$ref`; `None` for any other URI.
    holder: Option<Place<'w>>,
    /// What has to be at the target.
    field: &'static Field,
    ty: &'static FieldType,
}

/// Places shown of one reference that leads nowhere.
const MOST_LABELS: usize = 10;

impl<'w> Checker<'w> {
    /// Checks a Reference Object that stands for the object `id`.
    pub(super) fn reference(&mut self, place: Place<'w>, id: ObjectId, ty: &'static FieldType, field: &'static Field) {
        self.kinds.entry(place.id()).or_insert(id);
        if let Some(reference) = self.reference
            && self.object(place, reference)
        {
            self.expect(place, ty, field);
        }
    }

    /// Notes that the `$ref` of `holder` has to lead to `ty`.
    pub(super) fn expect(&mut self, holder: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        if let Some(uri) = holder.get("$ref").filter(|uri| uri.as_str().is_some()) {
            self.pending.push(Pending { uri, holder: Some(holder), field, ty });
        }
    }

    /// Notes that a string has to lead to `ty`, if it is a URI that is followed at all.
    pub(super) fn expect_uri(&mut self, uri: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        self.pending.push(Pending { uri, holder: None, field, ty });
    }

    /// Reports a `$ref` where none may stand, and goes on at its target, for that is what the author means.
    pub(super) fn misplaced_reference(&mut self, place: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        let Some(uri) = place.get("$ref") else { return };
        let what = words::expected(self.model, &words::without_reference(ty));
        let message = format!("a `$ref` cannot stand for {what}");
        let help = match self.parents.last().map(|id| self.model.object(*id).name.as_str()) {
            Some("PathItem") => "Refer from the path instead of the operation, or write the operation here".to_owned(),
            Some("Components" | "Swagger") => "Refer from each entry instead of the whole".to_owned(),
            _ => "Write the content here, or refer from inside it".to_owned(),
        };
        // Bundlers replace every `$ref`, so most tools get by.
        self.warn(Check::RefNotAllowed, message, uri.key_location()).help = Some(help);
        self.expect(place, ty, field);
    }

    /// Follows all references noted, those met on the way included, in the order met.
    pub(super) fn follow_references(&mut self) {
        let mut at = 0;
        while let Some(&Pending { uri, holder, field, ty }) = self.pending.get(at) {
            at += 1;
            let resolved = match holder {
                Some(holder) => holder.resolve().and_then(|end| holder.target().unwrap_or(Ok(end))),
                None => match uri.follow_uri() {
                    Some(found) => found,
                    None => continue,
                },
            };
            match resolved {
                Ok(target) => self.target(uri, target, ty, field),
                Err(error) => {
                    self.unresolved(uri, &error, ty.objects());
                    self.unreadable.push((uri, error));
                }
            }
        }
    }

    pub(super) fn unresolved(&mut self, uri: Place<'w>, error: &RefError, expected: Vec<ObjectId>) {
        if let RefError::NoNode { document, .. } | RefError::NoAnchor { document, .. } = error {
            let mut documents = uri.workspace().documents().map(|(_, document)| document);
            if documents.any(|known| known.name() == document && known.first_gap().is_some()) {
                return;
            }
        }
        let key = (uri.document_id(), uri.text());
        if let Some((reported, times)) = self.unresolved.get_mut(&key) {
            *times += 1;
            if *times <= MOST_LABELS {
                let label = Label { location: uri.location(), message: "and here".to_owned() };
                self.out[*reported].related.push(label);
            }
            return;
        }
        let check = if matches!(error, RefError::Circle { .. }) { Check::RefCircle } else { Check::RefUnresolved };
        let meant = self.meant(uri, error, &expected);
        if check == Check::RefUnresolved {
            self.unresolved.insert(key, (self.out.len(), 1));
        }
        self.report(check, error.to_string(), uri.location()).help =
            Some(meant.unwrap_or_else(|| super::nowhere::general(error)));
    }

    /// Says how often the references that lead nowhere were met.
    pub(super) fn finish_references(&mut self) {
        for &(reported, times) in self.unresolved.values().filter(|(_, times)| *times > 1) {
            self.out[reported].message += &format!(" ({times} references)");
        }
    }

    fn target(&mut self, uri: Place<'w>, target: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        let expected = ty.objects();
        let wrong = match self.kinds.get(&target.id()) {
            Some(kind) if expected.contains(kind) => return,
            Some(kind) => Some(words::expected(self.model, &FieldType::Object(*kind))),
            None => self.declared(target, &expected),
        };
        let Some(wrong) = wrong else { return self.value(target, ty, field) };
        let wanted = words::expected(self.model, &words::without_reference(ty));
        let message = format!("{} leads to {wrong}, but {wanted} is expected", words::quote(uri.text()));
        let label = Label { location: target.location(), message: "the target".to_owned() };
        let other = self.same_name(uri.text(), &expected);
        let help = match other {
            Some(other) => format!("Write `{other}`"),
            None => format!("Refer to {wanted}, or write it here"),
        };
        let finding = self.report(Check::RefWrongKind, message, uri.location());
        finding.help = Some(help);
        finding.related.push(label);
    }

    /// What the model says that the target of a reference is, when that is not one of `expected`; with an article.
    /// `None` where it is one of them, or where the model leaves it open.
    fn declared(&self, target: Place<'w>, expected: &[ObjectId]) -> Option<String> {
        let root = target.workspace().document_root(target.document_id());
        if root.get("openapi").is_none() && root.get("swagger").is_none() {
            return None;
        }
        let path = target.path();
        let ty = self.model.type_at(self.version, path.iter().map(String::as_str))?;
        let fits = |ty: &FieldType| match ty {
            FieldType::Any => true,
            FieldType::Object(id) => expected.contains(id),
            _ => false,
        };
        (!ty.alternatives().iter().any(fits)).then(|| words::expected(self.model, &words::without_reference(&ty)))
    }
}
