//! Notices of an ending, drafted for the people who must act: partners, own teams, the public, the change board.
//!
//! Takes a timeline and what only people know (reason, contact, …); gives one draft per ending, as text or Markdown.
//! A field that nobody has filled fails the run with its name, so that no blank is ever sent. Texts are templates; a
//! team may use its own.

use super::template::{names_used, render};
use crate::lifecycle::{Milestone, MilestoneKind, Status, Timeline};
use crate::openapi::Audience;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Who reads a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Partners: what to do until when.
    Partner,
    /// Own teams: the same, with owner and place in the contract.
    Internal,
    /// Everyone.
    Public,
    /// The change board: a change record with the fields of DORA RTS 2024/1774 art. 17 and PCI DSS 6.5.1.
    ChangeBoard,
}

impl Reader {
    /// All readers with their names on the command line.
    pub const ALL: [(&'static str, Reader); 4] = [
        ("partner", Reader::Partner),
        ("internal", Reader::Internal),
        ("public", Reader::Public),
        ("change-board", Reader::ChangeBoard),
    ];

    /// The reader with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, reader)| *reader)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, reader)| *reader == self).map_or("", |(name, _)| name)
    }

    /// Whose items the reader may see.
    fn audience(self) -> Audience {
        match self {
            Reader::Partner => Audience::Partner,
            Reader::Internal | Reader::ChangeBoard => Audience::Internal,
            Reader::Public => Audience::Public,
        }
    }

    fn template(self, form: Form) -> (&'static str, &'static str) {
        match (self, form) {
            (Reader::Partner | Reader::Public, Form::Text) => ("notice.txt", include_str!("notices/outside.txt.j2")),
            (Reader::Partner | Reader::Public, Form::Markdown) => ("notice.md", include_str!("notices/outside.md.j2")),
            (Reader::Internal, Form::Text) => ("notice.txt", include_str!("notices/internal.txt.j2")),
            (Reader::Internal, Form::Markdown) => ("notice.md", include_str!("notices/internal.md.j2")),
            (Reader::ChangeBoard, Form::Text) => ("notice.txt", include_str!("notices/change-board.txt.j2")),
            (Reader::ChangeBoard, Form::Markdown) => ("notice.md", include_str!("notices/change-board.md.j2")),
        }
    }
}

/// How a notice is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Plain text, for mail.
    #[default]
    Text,
    /// Markdown.
    Markdown,
}

/// What a draft is made with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The form.
    pub form: Form,
    /// What only people know, by field name.
    pub fields: BTreeMap<String, String>,
    /// A template instead of ours: its name (the ending decides about escaping) and text.
    pub template: Option<(String, String)>,
    /// Only this element, by its label or operationId.
    pub element: Option<String>,
}

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Id of the milestone it is about.
    pub milestone: String,
    /// The element.
    pub element: String,
    /// The reader.
    pub reader: Reader,
    /// The draft.
    pub text: String,
}

/// The drafts for every ending that lies ahead and that `reader` may see, the nearest first.
///
/// # Errors
/// The names of the fields that have no value, and how to give them; or the fault of a template.
pub fn notices(timeline: &Timeline, reader: Reader, options: &Options) -> Result<Vec<Notice>, String> {
    let ours = reader.template(options.form);
    let (name, template) = options.template.as_ref().map_or(ours, |(name, text)| (name, text));
    let used = names_used(name, template)?;
    let visible = timeline.for_audience(reader.audience());
    let wanted = |milestone: &&Milestone| {
        let named = options.element.as_ref().is_none_or(|wanted| milestone.element.is_called(wanted));
        named && milestone.kind == MilestoneKind::Sunset && milestone.status == Status::Planned
    };
    let mut out = Vec::new();
    for milestone in visible.milestones.iter().filter(wanted) {
        let fields = fields(&visible, milestone, reader, options);
        let missing: Vec<&str> = used.iter().map(String::as_str).filter(|name| is_missing(&fields, name)).collect();
        if !missing.is_empty() {
            return Err(format!(
                "the notice about `{}` needs {}; give each with `--set {}=...` or in the contract",
                milestone.element.label,
                missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
                missing[0]
            ));
        }
        out.push(Notice {
            milestone: milestone.id.clone(),
            element: milestone.element.label.clone(),
            reader,
            text: render(name, template, &fields)?,
        });
    }
    Ok(out)
}

/// Optional fields are empty when there is nothing to say; all others must have a value.
const OPTIONAL: [&str; 6] = ["replacement", "guide", "brownouts", "usage", "replacement_available", "summary"];

fn is_missing(fields: &Map<String, Value>, name: &str) -> bool {
    // `a.b` is asked for as `a.b`; the first part decides. Functions of the engine are no fields.
    let first = name.split('.').next().unwrap_or(name);
    match fields.get(first) {
        _ if matches!(first, "range" | "dict" | "namespace" | "loop" | "debug") => false,
        None => true,
        Some(Value::String(text)) => text.trim().is_empty() && !OPTIONAL.contains(&first),
        Some(_) => false,
    }
}

/// Everything that is known about an ending; the given fields win.
fn fields(timeline: &Timeline, milestone: &Milestone, reader: Reader, options: &Options) -> Map<String, Value> {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        if !empty || OPTIONAL.contains(&name) {
            out.insert(name.to_owned(), if value.is_null() { json!("") } else { value });
        }
    };
    let entry = timeline.elements.iter().find(|entry| entry.element == milestone.element);
    put("api", json!(timeline.api.title));
    put("version", json!(timeline.api.version));
    put("element", json!(milestone.element.label));
    put("kind", json!(milestone.element.kind.name().replace('-', " ")));
    put("summary", json!(entry.and_then(|entry| entry.summary.clone())));
    put("last_day", json!(milestone.date.to_string()));
    put("first_day_without", json!(milestone.date.tomorrow().map_or(milestone.date, |day| day).to_string()));
    put("days_left", json!(milestone.days));
    put("as_of", json!(timeline.as_of.to_string()));
    put("notice_given", json!(milestone.notice.as_ref().map(|notice| notice.published.to_string())));
    put("notice_days", json!(milestone.notice.as_ref().map(|notice| notice.days)));
    put("notice_owed", json!(milestone.notice.as_ref().map(|notice| notice.required)));
    put("policy", json!(milestone.notice.as_ref().map(|notice| notice.policy.clone())));
    put("audience", json!(milestone.audience.name()));
    put("reader", json!(reader.name()));
    put("owner", json!(milestone.owner));
    put("reference", json!(milestone.id));
    put("replacement", json!(milestone.replacement.as_ref().map(|successor| successor.label.clone())));
    let available = milestone.replacement.as_ref().and_then(|successor| successor.available);
    put("replacement_available", json!(available.map(|date| date.to_string())));
    put("guide", json!(milestone.guide));
    put("usage", Value::Null);
    // One of the three ratings of the UK notification form; the middle one unless somebody knows better.
    put("rating", json!("service affecting"));
    let brownouts = timeline.milestones.iter().filter(|other| {
        other.kind == MilestoneKind::Brownout && other.element == milestone.element && other.status == Status::Planned
    });
    let brownouts: Vec<String> = brownouts.filter_map(|brownout| brownout.detail.clone()).collect();
    put("brownouts", json!(brownouts.join("; ")));
    let moved: Vec<String> = milestone.history.iter().map(|moved| moved.date.to_string()).collect();
    put("moved_from", json!(moved));
    put("file", json!(milestone.source.file));
    put("line", json!(milestone.source.line));
    put("pointer", json!(milestone.source.pointer));
    for (name, value) in &options.fields {
        put(name, json!(value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::promise::Policy;
    use crate::workspace::Workspace;
    use jiff::civil::date;

    fn timeline(title: &str, summary: &str) -> Timeline {
        let text = json!({
            "openapi": "3.0.3",
            "info": {"title": title, "version": "1.3.0", "x-audience": "external-partner", "x-owner": "payments-api"},
            "paths": {
                "/payments": {"post": {"operationId": "createPayment"}},
                "/transfers": {
                    "post": {
                        "operationId": "createTransfer", "summary": summary, "deprecated": true, "x-deprecated-at": "2026-09-16",
                        "x-sunset": "2027-03-31", "x-replaced-by": "createPayment", "x-migration-guide": "https://bank.example/guide",
                        "x-brownouts": ["2027-02-01T09:00Z/2027-02-01T09:30Z"]
                    },
                    "get": {"deprecated": true, "x-internal": true, "x-deprecated-at": "2026-09-16", "x-sunset": "2027-01-31"}
                }
            }
        });
        let workspace = Workspace::from_text("payments.json", &text.to_string());
        crate::lifecycle::timeline(Api::open(&workspace).unwrap(), &Policy::default(), date(2026, 11, 25))
    }

    fn given(names: &[&str]) -> BTreeMap<String, String> {
        names.iter().map(|name| ((*name).to_owned(), format!("the {name}"))).collect()
    }

    const BOARD: [&str; 11] = [
        "reason",
        "contact",
        "impact",
        "purpose",
        "scope",
        "expected_outcome",
        "fallback",
        "security_impact",
        "implementer",
        "approver",
        "test_evidence",
    ];

    #[test]
    fn every_reader_gets_a_draft_in_both_forms() {
        let timeline = timeline("Payments", "Send money");
        for (name, reader) in Reader::ALL {
            for form in [Form::Text, Form::Markdown] {
                let options = Options { form, fields: given(&BOARD), ..Options::default() };
                let drafts = notices(&timeline, reader, &options).unwrap();
                let expected = match reader {
                    Reader::Public => 0,
                    Reader::Partner => 1,
                    Reader::Internal | Reader::ChangeBoard => 2,
                };
                assert_eq!(drafts.len(), expected, "{name}");
                for draft in drafts {
                    assert!(draft.text.contains("transfers") && !draft.text.contains("{{"), "{name}: {}", draft.text);
                    assert!(!draft.text.contains("\n\n\n"), "{name}: {}", draft.text);
                }
            }
        }
    }

    #[test]
    fn a_field_that_nobody_filled_is_named_instead_of_left_blank() {
        let error = notices(&timeline("Payments", ""), Reader::Partner, &Options::default()).unwrap_err();
        assert!(error.contains("`reason`") && error.contains("`contact`") && error.contains("--set"), "{error}");
        let own = Options { template: Some(("own.txt".into(), "{{ api }} {{ colour }}".into())), ..Options::default() };
        assert!(notices(&timeline("Payments", ""), Reader::Partner, &own).unwrap_err().contains("`colour`"));
    }

    #[test]
    fn the_partner_reads_what_ends_when_and_what_to_do() {
        let options = Options { fields: given(&["reason", "contact", "impact"]), ..Options::default() };
        let text = &notices(&timeline("Payments", "Send money"), Reader::Partner, &options).unwrap()[0].text;
        for piece in
            ["2027-03-31", "2027-04-01", "createPayment", "https://bank.example/guide", "196 days", "2027-02-01T09:00Z"]
        {
            assert!(text.contains(piece), "{piece} is missing:\n{text}");
        }
        assert!(!text.contains("payments.json"), "{text}");
    }

    #[test]
    fn hostile_words_stay_on_their_line() {
        let word =
            "x\r\nBcc: all@bank.example\n::error::<script>alert(1)</script>|`".to_owned() + &"long ".repeat(2000);
        let options =
            Options { form: Form::Markdown, fields: given(&["reason", "contact", "impact"]), ..Options::default() };
        let timeline = timeline(&word, &word);
        let markdown = &notices(&timeline, Reader::Partner, &options).unwrap()[0].text;
        assert!(!markdown.contains("<script>"), "{markdown}");
        let text = &notices(&timeline, Reader::Partner, &Options { form: Form::Text, ..options }).unwrap()[0].text;
        assert!(!text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("::")), "{text}");
    }
}
