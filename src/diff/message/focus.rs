//! Whether a refusal is about an edit: at its keyword, about its property.

use super::super::edit::Edit;
use super::Side;
use crate::schema::Rejection;
use crate::workspace::Place;

/// What the reason of a refusal should be about.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Focus<'w> {
    /// The place of the edit on the refusing side.
    pub(in crate::diff) place: Option<Place<'w>>,
    /// The property.
    pub(in crate::diff) member: Option<String>,
}

impl<'w> Focus<'w> {
    /// The edit, where the refusing side has it.
    pub(in crate::diff) fn of(edit: &Edit<'w>, refusing: Side) -> Self {
        let place = match refusing {
            Side::Base => edit.base,
            Side::Revision => edit.revision,
        };
        Focus { place, member: edit.member.clone() }
    }

    /// How well the reason of a rejection fits: about the property of the edit, else at its keyword, else any.
    pub(in crate::diff) fn weight(&self, rejection: &Rejection<'w>) -> u8 {
        let of_edit = self.place.zip(rejection.place).is_some_and(|(edit, keyword)| {
            edit.document_id() == keyword.document_id() && {
                let (keyword, edit) = (keyword.path(), edit.path());
                edit.starts_with(&keyword) || (keyword.starts_with(&edit) && !edit.is_empty())
            }
        });
        u8::from(self.names(rejection)) * 2 + u8::from(of_edit)
    }

    /// Whether it is the edited keyword that rejects: undone, it would not.
    pub(in crate::diff) fn is_at(&self, rejection: &Rejection<'w>) -> bool {
        if self.names(rejection) {
            return true;
        }
        let (Some(edit), Some(keyword)) = (self.place, rejection.place) else { return false };
        if edit.document_id() != keyword.document_id() {
            return false;
        }
        // What an added branch demands stands where its reference leads.
        let demanded = |target: Place<'w>| {
            let path = target.path();
            target.document_id() == keyword.document_id() && !path.is_empty() && keyword.path().starts_with(&path)
        };
        if targets(edit).any(demanded) {
            return true;
        }
        let applies = matches!(rejection.keyword.as_str(), "anyOf" | "oneOf" | "allOf" | "not" | "if" | "items");
        let (edit, keyword) = (edit.path(), keyword.path());
        // What a condition asks for stands beside it.
        if let [around @ .., "if" | "then" | "else"] = &edit.iter().map(String::as_str).collect::<Vec<_>>()[..]
            && let Some(("then" | "else", within)) =
                keyword.get(around.len()).map(|token| (token.as_str(), &keyword[..around.len()]))
            && within.iter().eq(around.iter())
        {
            return true;
        }
        (!edit.is_empty() && keyword.starts_with(&edit)) || (edit.starts_with(&keyword) && !applies)
    }

    /// Whether nothing in particular is asked of the reason.
    pub(super) fn is_open(&self) -> bool {
        self.place.is_none() && self.member.is_none()
    }

    /// Whether a rejection is about the property of the edit.
    pub(in crate::diff) fn names(&self, rejection: &Rejection<'w>) -> bool {
        self.member.as_ref().is_some_and(|name| rejection.members.contains(name))
    }
}

/// Where an edited place, or what it lists, refers to.
pub(super) fn targets(edit: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    edit.elements().chain([edit]).map(Place::resolved).filter(move |target| target.id() != edit.id())
}
