//! The promise that is kept: what a change that could break some client is, by whom it breaks.
//!
//! Takes an edit with the impact that effect and proof give it and the weakest promise that it breaks; gives the impact under
//! the promise to keep. `default` is kept towards readers who do not validate: they fail on values of another type, on
//! `null`, and without what was always there; other values are new to them, and how grave that is one option says.

use super::change::Event;
use super::edit::Edit;
use super::effect::{Effect, Polarity};
use super::options::{EnumAdditions, NewForReaders, Options};
use super::standing::Standing;
use crate::diagnostic::{Category, Evidence, EvidenceStatus, Impact};
use serde_json::Value;

/// How grave an edit is.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) impact: Impact,
    pub(super) category: Category,
    pub(super) evidence: Option<Evidence>,
    /// The line of policy that decided.
    pub(super) policy: Option<String>,
}

impl Weight {
    /// Judges a property that readers know and that is described no longer: no message is refused for it, and yet who reads
    /// it finds nothing.
    pub(super) fn of_presence(&mut self, edit: &Edit<'_>, standing: &Standing, options: &Options) {
        let gone = edit.polarity == Polarity::ToClient
            && edit.harmless.is_none()
            && edit.effect != Some(Effect::None)
            && matches!(
                edit.id.event,
                Event::OptionalPropertyRemoved | Event::RequiredPropertyRemoved | Event::PropertyRemoved
            );
        if !gone || self.impact < Impact::Risky {
            return;
        }
        self.category = Category::Default;
        if options.keep != Category::Default {
            return;
        }
        if standing.has_ended(edit, options.as_of) {
            self.impact = Impact::Compatible;
            self.evidence = None;
            self.policy = Some("keep: default, and the announced day has come".to_owned());
        } else if self.impact == Impact::Risky {
            self.impact = Impact::Breaking;
            self.policy = Some("keep: default".to_owned());
            self.evidence = Some(Evidence {
                status: EvidenceStatus::Promise,
                value: Value::Null,
                accepted_by: String::new(),
                rejected_by: String::new(),
                reason: "no message is refused, but clients that read it find nothing".to_owned(),
                ..Evidence::default()
            });
        }
    }

    /// Judges by the promise to keep.
    pub(super) fn by_promise(&mut self, edit: &Edit<'_>, options: &Options) {
        let keep = options.keep;
        let to_reader = edit.polarity == Polarity::ToClient && self.impact == Impact::Breaking;
        let kept_anyway = keep == Category::Default && self.category == Category::Default;
        if to_reader && !kept_anyway && edit.harmless.is_none() && edit.id.event == Event::EnumValueAdded {
            let choice = options.response_enum_additions.or(options.new_for_readers.map(EnumAdditions::from));
            let choice = choice.unwrap_or_default();
            self.policy = Some(format!("response-enum-additions: {}", choice.name()));
            self.impact = match choice {
                EnumAdditions::Breaking => Impact::Breaking,
                EnumAdditions::Risky => Impact::Risky,
                EnumAdditions::Compatible => Impact::Compatible,
                EnumAdditions::ExtensibleOnly if edit.extensible => Impact::Compatible,
                EnumAdditions::ExtensibleOnly => Impact::Breaking,
            };
            return;
        }
        let choice = options.new_for_readers.or((keep == Category::Default).then_some(NewForReaders::Risky));
        if let Some(choice) = choice.filter(|_| to_reader && self.category == Category::Contract) {
            self.impact = choice.impact();
            self.policy = Some(match options.new_for_readers {
                Some(choice) => format!("new-for-readers: {}", choice.name()),
                None => "keep: default".to_owned(),
            });
            return;
        }
        if self.impact <= Impact::Compatible || self.category >= keep {
            return;
        }
        if keep == Category::Default && self.category == Category::Contract {
            if self.impact > Impact::Risky {
                self.impact = Impact::Risky;
                self.policy = Some("keep: default".to_owned());
            }
        } else {
            self.impact = Impact::Compatible;
            if keep != Category::Contract {
                self.policy = Some(format!("keep: {keep}"));
            }
        }
    }
}
