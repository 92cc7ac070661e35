//! Reads the table, which `build.rs` made JSON. It is compiled in, so a fault in it is a fault of the build, which a test finds.

use super::check::Check;
use super::table::{
    Advice, Entry, Field, FieldType, FoundThere, Group, GroupKind, Model, Object, ObjectId, Pattern, PatternId, Rule,
    Test, Text,
};
use super::versions::Versions;
use crate::diagnostic::Severity;
use crate::syntax::{self, Kind, Limits, NodeRef};
use crate::text::SourceText;
use std::sync::{Arc, OnceLock};

/// The model a table describes; else what is wrong with the table.
pub(super) fn load(text: &str) -> Result<Model, String> {
    let source = Arc::new(SourceText::new("openapi.json", text));
    let parsed = syntax::parse(source, Some(syntax::Format::Json), &Limits::default());
    if let Some(problem) = parsed.problems.first() {
        return Err(problem.message.clone());
    }
    let root = parsed.tree.root();
    let mut model = Model::default();
    for member in root.get("patterns").into_iter().flat_map(NodeRef::members) {
        let pattern = pattern(member.name, member.value)?;
        model.patterns.push(pattern);
    }
    let objects = root.get("objects").ok_or("no `objects`")?;
    for (at, member) in objects.members().enumerate() {
        model.by_name.insert(member.name.to_owned(), ObjectId(at as u16));
    }
    for member in objects.members() {
        let object = object(&model, member.name, member.value).map_err(|fault| format!("{}: {fault}", member.name))?;
        model.objects.push(object);
    }
    for node in root.get("advice").into_iter().flat_map(NodeRef::elements) {
        let advice = advice(&model, node).map_err(|fault| format!("advice `{}`: {fault}", text_of(node, "help")))?;
        model.advice.push(advice);
    }
    Ok(model)
}

fn text_of(node: NodeRef<'_>, key: &str) -> String {
    node.get(key).map(|node| node.text().to_owned()).unwrap_or_default()
}

fn advice(model: &Model, node: NodeRef<'_>) -> Result<Advice, String> {
    check_keys(node, &["object", "fields", "is", "of", "in", "from", "origin", "help"])?;
    let object = text_of(node, "object");
    model.id(&object).ok_or(format!("no object `{object}`"))?;
    let found = match node.get("is") {
        None => FoundThere::Unknown,
        Some(list) if list.is_seq() => FoundThere::Values(strings(Some(list))),
        Some(kind) => match kind.text() {
            "unknown" => FoundThere::Unknown,
            "deprecated" => FoundThere::Deprecated,
            "element" => FoundThere::Element,
            kind => FoundThere::Kind(kinds(kind)?),
        },
    };
    let from = versions(node, "from", Versions::NONE)?;
    Ok(Advice {
        object,
        fields: strings(node.get("fields")),
        found,
        versions: versions(node, "in", Versions::ALL)?,
        from: (!from.is_empty()).then_some(from),
        origin: node.get("origin").map(|origin| origin.text().to_owned()),
        kinds: node.get("of").map_or(Ok(Vec::new()), |kind| kinds(kind.text()))?,
        help: text_of(node, "help"),
    })
}

fn kinds(name: &str) -> Result<Vec<Kind>, String> {
    Ok(match name {
        "array" => vec![Kind::Seq],
        "object" => vec![Kind::Map],
        "string" => vec![Kind::Str],
        "boolean" => vec![Kind::Bool],
        "number" => vec![Kind::Int, Kind::Float],
        "null" => vec![Kind::Null],
        other => return Err(format!("no kind `{other}`")),
    })
}

fn pattern(name: &str, node: NodeRef<'_>) -> Result<Pattern, String> {
    check_keys(node, &["regex", "rule", "says", "not"])?;
    let text = |key: &str| node.get(key).and_then(NodeRef::as_str).ok_or(format!("{name}: no `{key}`"));
    Ok(Pattern {
        name: name.to_owned(),
        says: text("says")?.to_owned(),
        check: Check::parse(text("rule")?).ok_or(format!("{name}: no such rule"))?,
        source: text("regex")?.to_owned(),
        regex: OnceLock::new(),
        not: strings(node.get("not")),
    })
}

fn object(model: &Model, name: &str, node: NodeRef<'_>) -> Result<Object, String> {
    check_keys(
        node,
        &[
            "title",
            "in",
            "extensions",
            "unknown",
            "boolean",
            "min",
            "select",
            "fields",
            "entries",
            "exclusive",
            "exactly-one",
            "at-least-one",
            "rules",
        ],
    )?;
    let versions = versions(node, "in", Versions::ALL)?;
    let mut object = Object {
        name: name.to_owned(),
        title: node.get("title").map_or_else(|| title(name), |title| title.text().to_owned()),
        versions,
        extensions: self::versions(node, "extensions", Versions::ALL)?,
        unknown: self::versions(node, "unknown", Versions::NONE)?,
        boolean: self::versions(node, "boolean", Versions::NONE)?,
        min: number(node, "min", 0),
        select: lists(node.get("select")),
        entries: Vec::new(),
        groups: Vec::new(),
        rules: Vec::new(),
        required: Vec::new(),
        fields: indexmap::IndexMap::default(),
    };
    for member in node.get("fields").into_iter().flat_map(NodeRef::members) {
        let fault = |fault| format!("{}: {fault}", member.name);
        let forms = match member.value.kind() {
            Kind::Seq => member.value.elements().map(|form| field(model, form, versions)).collect(),
            _ => field(model, member.value, versions).map(|field| vec![field]),
        };
        let forms: Vec<Field> = forms.map_err(fault)?;
        if forms.iter().any(|form| !form.required.is_empty()) {
            object.required.push(member.name.to_owned());
        }
        object.fields.insert(member.name.to_owned(), forms);
    }
    for entry in node.get("entries").into_iter().flat_map(NodeRef::elements) {
        let mut field = field(model, entry, versions)?;
        let keys = field.keys.take();
        object.entries.push(Entry { keys, field });
    }
    for (key, kind) in [
        ("exclusive", GroupKind::Exclusive),
        ("exactly-one", GroupKind::ExactlyOne),
        ("at-least-one", GroupKind::AtLeastOne),
    ] {
        for group in node.get(key).into_iter().flat_map(NodeRef::elements) {
            let fields = strings(Some(group.get("fields").unwrap_or(group)));
            object.groups.push(Group { kind, fields, versions: self::versions(group, "in", Versions::ALL)? });
        }
    }
    for node in node.get("rules").into_iter().flat_map(NodeRef::elements) {
        object.rules.push(rule(model, node)?);
    }
    Ok(object)
}

fn field(model: &Model, node: NodeRef<'_>, object: Versions) -> Result<Field, String> {
    let types = node.as_str().or_else(|| node.get("type").and_then(NodeRef::as_str)).ok_or("no `type`")?;
    check_keys(
        node,
        &[
            "type",
            "in",
            "required",
            "deprecated",
            "values",
            "min",
            "max",
            "unique",
            "unique-by",
            "ignores",
            "matches",
            "keys",
            "refers",
        ],
    )?;
    let versions = versions(node, "in", Versions::ALL)?.intersection(object);
    if versions.is_empty() {
        return Err("exists in no version of its object".to_owned());
    }
    let required = match node.get("required").map(|node| (node.as_bool(), node)) {
        Some((Some(true), _)) => versions,
        Some((None, _)) => self::versions(node, "required", Versions::NONE)?,
        _ => Versions::NONE,
    };
    let refers = match node.get("refers") {
        Some(name) => Some(field_type(model, &format!("{} or Reference", name.text()))?),
        None => None,
    };
    let unique_by = match node.get("unique-by") {
        Some(by) => {
            let rule = text_of(by, "rule");
            Some((text_of(by, "field"), Check::parse(&rule).ok_or(format!("no such rule: `{rule}`"))?))
        }
        None => None,
    };
    Ok(Field {
        ty: field_type(model, types)?,
        versions,
        required,
        deprecated: self::versions(node, "deprecated", Versions::NONE)?,
        values: strings(node.get("values")),
        min: number(node, "min", 0),
        max: number(node, "max", usize::MAX),
        unique: node.get("unique").and_then(NodeRef::as_bool).unwrap_or_default(),
        unique_by,
        ignores: strings(node.get("ignores")),
        matches: pattern_id(model, node.get("matches"))?,
        keys: pattern_id(model, node.get("keys"))?,
        refers,
    })
}

/// Reads a type: `map of` and `list of` reach to the end, `or` joins what is left.
fn field_type(model: &Model, text: &str) -> Result<FieldType, String> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("map of ") {
        return Ok(FieldType::Map(Box::new(field_type(model, inner)?)));
    }
    if let Some(inner) = text.strip_prefix("list of ") {
        return Ok(FieldType::List(Box::new(field_type(model, inner)?)));
    }
    if let Some((first, rest)) = text.split_once(" or ") {
        let mut types = vec![field_type(model, first)?];
        match field_type(model, rest)? {
            FieldType::OneOf(more) => types.extend(more),
            other => types.push(other),
        }
        return Ok(FieldType::OneOf(types));
    }
    Ok(match text {
        "any" => FieldType::Any,
        "string" => FieldType::String(Text::Plain),
        "uri" => FieldType::String(Text::Uri),
        "uri-reference" => FieldType::String(Text::UriReference),
        "iri" => FieldType::String(Text::Iri),
        "email" => FieldType::String(Text::Email),
        "regex" => FieldType::String(Text::Regex),
        "boolean" => FieldType::Boolean,
        "integer" => FieldType::Integer,
        "number" => FieldType::Number,
        "count" => FieldType::Count,
        "positive" => FieldType::Positive,
        "Reference" => FieldType::Reference,
        name => FieldType::Object(model.id(name).ok_or(format!("no type `{name}`"))?),
    })
}

fn rule(model: &Model, node: NodeRef<'_>) -> Result<Rule, String> {
    check_keys(
        node,
        &["in", "when", "unless", "require", "forbid", "values", "matches", "ignored", "undefined", "severity"],
    )?;
    let severity = match node.get("severity").map(NodeRef::text) {
        None | Some("error") => Severity::Error,
        Some("warn") => Severity::Warn,
        Some("hint") => Severity::Hint,
        Some(other) => return Err(format!("no severity `{other}`")),
    };
    let mut matches = Vec::new();
    for member in node.get("matches").into_iter().flat_map(NodeRef::members) {
        matches.extend(pattern_id(model, Some(member.value))?.map(|id| (member.name.to_owned(), id)));
    }
    Ok(Rule {
        versions: versions(node, "in", Versions::ALL)?,
        when: tests(node.get("when"))?,
        unless: tests(node.get("unless"))?,
        require: strings(node.get("require")),
        forbid: strings(node.get("forbid")),
        values: lists(node.get("values")),
        matches,
        ignored: strings(node.get("ignored")),
        undefined: strings(node.get("undefined")),
        severity,
    })
}

fn tests(node: Option<NodeRef<'_>>) -> Result<Vec<(String, Test)>, String> {
    let test = |node: NodeRef<'_>| match (node.kind(), node.text()) {
        (Kind::Seq, _) => Ok(Test::Is(strings(Some(node)))),
        (_, "present") => Ok(Test::Present),
        (_, "absent") => Ok(Test::Absent),
        (_, other) => Err(format!("no condition `{other}`")),
    };
    node.into_iter()
        .flat_map(NodeRef::members)
        .map(|member| Ok((member.name.to_owned(), test(member.value)?)))
        .collect()
}

fn pattern_id(model: &Model, node: Option<NodeRef<'_>>) -> Result<Option<PatternId>, String> {
    let Some(name) = node.map(NodeRef::text) else { return Ok(None) };
    let found = model.patterns.iter().position(|pattern| pattern.name == name);
    found.map(|at| Some(PatternId(at as u16))).ok_or(format!("no pattern `{name}`"))
}

fn versions(node: NodeRef<'_>, key: &str, default: Versions) -> Result<Versions, String> {
    let Some(text) = node.get(key).map(NodeRef::text) else { return Ok(default) };
    Versions::parse(text).ok_or(format!("`{key}: {text}` names no versions"))
}

fn number(node: NodeRef<'_>, key: &str, default: usize) -> usize {
    node.get(key).and_then(NodeRef::as_u64).map_or(default, |number| number as usize)
}

fn strings(node: Option<NodeRef<'_>>) -> Vec<String> {
    node.into_iter().flat_map(NodeRef::elements).map(|element| element.text().to_owned()).collect()
}

fn lists(node: Option<NodeRef<'_>>) -> Vec<(String, Vec<String>)> {
    let members = node.into_iter().flat_map(NodeRef::members);
    members.map(|member| (member.name.to_owned(), strings(Some(member.value)))).collect()
}

fn check_keys(node: NodeRef<'_>, known: &[&str]) -> Result<(), String> {
    match node.members().find(|member| !known.contains(&member.name)) {
        Some(member) => Err(format!("`{}` means nothing here", member.name)),
        None => Ok(()),
    }
}

/// `PathItem` as `Path Item Object`.
fn title(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(c);
    }
    out + " Object"
}
