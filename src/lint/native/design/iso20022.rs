//! Names and lengths of payments as ISO 20022 has them (pain.001, pacs.008).

use super::super::facts::{Facts, path_words};
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use super::formats::length;
use crate::diagnostic::Label;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// A message element, and names by which others call it; all as words.
struct Concept {
    name: &'static str,
    others: &'static [&'static str],
}

const CONCEPTS: [Concept; 10] = [
    Concept { name: "Debtor", others: &["payer", "sender", "originator", "ordering customer", "ordering party"] },
    Concept {
        name: "DebtorAccount",
        others: &[
            "payer account",
            "sender account",
            "source account",
            "from account",
            "debit account",
            "originator account",
        ],
    },
    Concept { name: "DebtorAgent", others: &["payer bank", "sender bank", "debtor bank", "ordering bank"] },
    Concept { name: "Creditor", others: &["payee", "beneficiary", "recipient", "receiver"] },
    Concept {
        name: "CreditorAccount",
        others: &[
            "payee account",
            "beneficiary account",
            "recipient account",
            "receiver account",
            "destination account",
            "to account",
            "credit account",
        ],
    },
    Concept {
        name: "CreditorAgent",
        others: &["payee bank", "beneficiary bank", "recipient bank", "receiver bank", "creditor bank"],
    },
    Concept { name: "RemittanceInformation", others: &["remittance info", "remittance", "remittance details"] },
    Concept {
        name: "EndToEndIdentification",
        others: &[
            "end to end id",
            "e2e id",
            "end to end reference",
            "e2e reference",
            "endtoend id",
            "end to end identifier",
        ],
    },
    Concept { name: "InstructionIdentification", others: &["instruction id", "instruction identifier"] },
    Concept { name: "RequestedExecutionDate", others: &["execution date", "requested date"] },
];

/// The longest text of some elements, by the last words of their names.
const LENGTHS: [(&str, u64); 10] = [
    ("end to end identification", 35),
    ("instruction identification", 35),
    ("remittance information unstructured", 140),
    ("creditor name", 140),
    ("debtor name", 140),
    ("street name", 70),
    ("building number", 16),
    ("post code", 16),
    ("town name", 35),
    ("country sub division", 35),
];

/// The properties of payments.
fn payments<'a, 'w>(facts: &'a Facts<'w>) -> impl Iterator<Item = &'a Element<'w>> {
    facts.everywhere().filter(|element| {
        element.role == Role::Property
            && words::any(&path_words(&element.operation), &["payment", "payments", "transfer", "transfers"])
            && !schema::has(element.at, "x-iso20022-path")
    })
}

/// `des-iso20022-naming`: payments speak the language of payments.
pub(super) fn naming(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    // By concept: who has its name, and who calls it otherwise.
    let mut right: BTreeMap<usize, &Element<'_>> = BTreeMap::new();
    let mut wrong: BTreeMap<usize, Vec<&Element<'_>>> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    let names: Vec<String> = CONCEPTS.iter().map(|concept| words::words(concept.name).join(" ")).collect();
    for element in payments(facts) {
        let split = words::words(element.name);
        let name = split.join(" ");
        for (index, concept) in CONCEPTS.iter().enumerate() {
            if name == names[index] {
                right.entry(index).or_insert(element);
            } else if concept.others.contains(&&*name) {
                let users = wrong.entry(index).or_default();
                if !users.iter().any(|user| user.at.id() == element.at.id()) {
                    users.push(element);
                }
            }
        }
        if let Some(finding) = too_long(element, &split).filter(|_| seen.insert(element.schema.id())) {
            out.push(finding);
        }
    }
    for (index, users) in wrong {
        let Some(first) = users.first() else { continue };
        let name = CONCEPTS[index].name;
        let beside = right.get(&index);
        let also = if beside.is_some() { ", as elsewhere in this contract" } else { "" };
        let message = format!(
            "the {} is `{name}` in ISO 20022; call it so{also}, or name the element in `x-iso20022-path`",
            first.label()
        );
        let mut finding = Finding::key(first.at, message).of(&first.operation);
        let label = |element: &Element<'_>, message: &str| Label {
            location: element.at.key_location(),
            message: message.to_owned(),
        };
        finding.related.extend(beside.map(|element| label(element, "its name here")));
        finding.related.extend(users.iter().skip(1).take(3).map(|element| label(element, "and here")));
        out.push(finding);
    }
}

/// An element that has room for more than its message has.
fn too_long(element: &Element<'_>, split: &[String]) -> Option<Finding> {
    let (_, most) = LENGTHS.iter().find(|(term, _)| words::ends_with(split, term))?;
    let limit = schema::keyword(element.at, "maxLength")?;
    length(element.at, "maxLength").filter(|length| length > most)?;
    let message = format!(
        "the {} may have {} characters, but ISO 20022 has room for {most}; what is longer is cut off on the way",
        element.label(),
        limit.text()
    );
    Some(Finding::at(limit, message).of(&element.operation))
}
