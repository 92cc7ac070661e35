//! Masked values that can only be masked, and examples without real people.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::Role;
use super::super::{Finding, Options, schema, words};
use crate::pattern::Pattern;
use crate::syntax::{Kind, NodeId};
use crate::workspace::{Place, PlaceId};
use regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// What a masked field promises by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    LastFour,
    Masked,
}

fn promise(name: &str) -> Option<Promise> {
    let split = words::words(name);
    let joined = split.join(" ");
    if joined.ends_with("last4")
        || joined.ends_with("last four")
        || joined.ends_with("last 4")
        || joined.ends_with("last four digits")
    {
        return Some(Promise::LastFour);
    }
    let masked =
        words::any(&split, &["masked", "truncated", "obfuscated"]) || split.last().is_some_and(|word| word == "mask");
    masked.then_some(Promise::Masked)
}

/// The longest run of digits.
fn digits(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit() && c != ' ')
        .map(|run| run.bytes().filter(u8::is_ascii_digit).count())
        .max()
        .unwrap_or(0)
}

/// Whether a pattern lets a whole card number through.
fn admits_number(pattern: &str) -> bool {
    let pattern = Pattern::read(pattern);
    let whole = ["4111111111111111", "4111 1111 1111 1111", "378282246310005"];
    whole.iter().any(|text| pattern.matches(text) == Some(true))
}

/// `cmp-masked-field-pattern`: what is called masked cannot hold the whole.
pub(super) fn masked_pattern(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let Some(promise) = promise(element.name) else { continue };
        if !schema::has_type(element.at, "string") || schema::is_listed(element.at) || !seen.insert(element.schema.id())
        {
            continue;
        }
        candidates += 1;
        let card = words::any(&words::words(element.name), &["pan", "card"]);
        for example in schema::literals(element.schema, &["example", "examples", "default"]) {
            if card && example.as_str().is_some_and(|text| digits(text) >= 13) {
                let message = format!("the example of the {} shows a whole number; mask it", element.label());
                out.push(Finding::at(example, message).of(&element.operation));
            }
        }
        let most = schema::keyword(element.at, "maxLength").and_then(Place::as_u64);
        let pattern = schema::text(element.at, "pattern");
        let enforced = match promise {
            Promise::LastFour => {
                most.is_some_and(|most| most <= 4)
                    || pattern.is_some_and(|text| Pattern::read(text).fixed_length() == Some(4))
            }
            Promise::Masked => most.is_some_and(|most| most <= 12) || pattern.is_some_and(|text| !admits_number(text)),
        };
        let format = schema::text(element.at, "format")
            .is_some_and(|format| format.to_ascii_lowercase().contains("mask"))
            || schema::text(element.at, "x-cds-type").is_some_and(|kind| kind.starts_with("Masked"));
        if enforced || format {
            continue;
        }
        let advice = match promise {
            Promise::LastFour => "set the pattern `^[0-9]{4}$`",
            Promise::Masked => "set a pattern that needs the mask, such as `^[0-9]{6}\\*{6}[0-9]{4}$`",
        };
        let message =
            format!("the {} may hold the whole value, because nothing enforces the mask; {advice}", element.label());
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    let summary = |count| format!("{count} masked fields may hold whole values, because nothing enforces the mask");
    fold(facts.api, found, candidates.max(21), summary, out);
}

static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})\b").ok());

/// Providers of mail for private people: an address there may be somebody's.
const PROVIDERS: [&str; 22] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "mail.ru",
    "yandex.ru",
    "qq.com",
    "163.com",
    "uol.com.br",
    "bol.com.br",
    "protonmail.com",
    "proton.me",
    "orange.fr",
];

/// IBANs of the registry and of textbooks.
const SHOWN: &str = "GB33BUKB20201555555555 GB29NWBK60161331926819 GB82WEST12345698765432 DE89370400440532013000 FR1420041010050500013M02606 \
    FR7630006000011234567890189 NL91ABNA0417164300 CH9300762011623852957 BE68539007547034 BE71096123456769 ES9121000418450200051332 \
    IT60X0542811101000000123456 AT611904300234573201 IE29AIBK93115212345678 LU280019400644750000 PT50000201231234567890154 \
    SE4550000000058398257466 NO9386011117947 DK5000400440116243 FI2112345600000785 PL61109010140000071219812874 CZ6508000000192000145399 \
    CZ9455000000001011038930 GR1601101250000000012300695 HU42117730161111101800000000 SK3112000000198742637541 SI56191000000123438 \
    HR1210010051863000160 RO49AAAA1B31007593840000 BG80BNBG96611020345678 EE382200221020145685 LV80BANK0000435195001 LT121000011101001000 \
    MT84MALT011000012345MTLCAST001S CY17002001280000001200527600 LI21088100002324013AA SA0380000000608010167519 AE070331234567890123456 \
    BR9700360305000010009795493P1 BR1800360305000010009795493C1 TR330006100519786457841326 IL620108000000099999999";

/// Keys below which values are made up for readers.
const EXAMPLES: [&str; 5] = ["example", "examples", "default", "x-example", "x-examples"];

/// `cmp-example-personal-data`: nobody real stands in examples.
pub(super) fn example_data(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("test-ibans");
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        let symbols: Vec<_> = EXAMPLES.iter().filter_map(|key| tree.symbol(key)).collect();
        let mail = MAIL.as_ref().filter(|mail| mail.is_match(tree.source().text()));
        if symbols.is_empty() {
            continue;
        }
        let mut index = 0_u32;
        while (index as usize) + 1 < tree.len() {
            let key = tree.node(NodeId(index));
            index += 1;
            if key.key_symbol().is_none_or(|symbol| !symbols.contains(&symbol)) {
                continue;
            }
            let end = tree.node(NodeId(index)).end_id().0;
            for inner in index..end {
                let node = tree.node(NodeId(inner));
                if node.kind() != Kind::Str || node.key_symbol().is_some() {
                    continue;
                }
                let Some(text) = node.as_str().filter(|text| (6..=2000).contains(&text.len())) else { continue };
                let place = || workspace.place(PlaceId { document: id, node: NodeId(inner) });
                let private = mail.and_then(|mail| mail.captures(text)).and_then(|found| found.get(1));
                if private.is_some_and(|host| PROVIDERS.contains(&host.as_str().to_ascii_lowercase().as_str())) {
                    let message = "this example has an address of a private mail provider, which may be somebody's; use `example.com`";
                    out.push(Finding::at(place(), message));
                } else if is_real_iban(text, &own) {
                    let message = "this example has a valid IBAN that no standard publishes, so it may be somebody's; use a published example";
                    out.push(Finding::at(place(), message));
                }
            }
            index = end;
        }
    }
}

/// Whether a text is an IBAN that somebody may have: valid, not published as an example, and not made of few digits.
fn is_real_iban(text: &str, own: &[&str]) -> bool {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if !crate::text::iban::is_iban(&plain) {
        return false;
    }
    let Some(account) = plain.get(4..) else { return false };
    let distinct = account.bytes().collect::<FxHashSet<u8>>().len();
    let made_up = ["000000", "12345", "111111", "999999", "0123", "98765"].iter().any(|run| account.contains(run));
    let shown = SHOWN.split_ascii_whitespace().any(|known| known == plain);
    !(shown || made_up || distinct < 5 || own.contains(&plain.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_ibans_are_told_from_others() {
        assert!(!is_real_iban("GB33 BUKB 2020 1555 5555 55", &[]));
        assert!(!is_real_iban("GB33BUKB20201555555556", &[]));
        assert!(is_real_iban("DE75512108001245126199", &[]));
    }

    #[test]
    fn patterns_that_admit_whole_numbers_are_seen() {
        assert!(admits_number("^.{1,35}$") && admits_number("[0-9X]+"));
        assert!(!admits_number("^[0-9]{6}\\*{6}[0-9]{4}$"));
        assert_eq!(digits("4111 1111 1111 1111"), 16);
    }
}
