//! Countries, banks and legal entities: codes of ISO 3166, 9362 and 17442. And fields that mean the same and look alike.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::Element;
use super::super::{Finding, Options, schema, words};
use super::formats::{length, texts};
use crate::diagnostic::{Label, Severity};
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// ISO 3166-1 alpha-2, as of 2026-01.
const ALPHA_2: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC \
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
/// ISO 3166-1 alpha-3, as of 2026-01.
const ALPHA_3: &str = "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR \
    BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP \
    CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB \
    GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN \
    KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD \
    MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN \
    PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM \
    SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR \
    UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE";
/// Codes that ISO 3166-1 leaves to users, and that banks use: Kosovo, the European Union, Northern Ireland.
const ASSIGNED: [&str; 5] = ["XK", "EU", "XI", "UK", "XKX"];

fn is_country(text: &str) -> bool {
    let listed = |table: &str| table.split_ascii_whitespace().any(|code| code == text);
    let user = text.len() == 2 && (text.starts_with('X') || matches!(text, "AA" | "ZZ") || text.starts_with('Q'));
    listed(ALPHA_2) || listed(ALPHA_3) || ASSIGNED.contains(&text) || user
}

fn names_country(name: &str) -> bool {
    let split = words::words(name);
    let named = ["country", "country code", "nationality", "country of residence", "country of birth", "countrycode"];
    let other = [
        "phone",
        "calling",
        "dial",
        "mobile",
        "name",
        "subdivision",
        "prefix",
        "currency",
        "numeric",
        "telephone",
        "tel",
    ];
    named.iter().any(|term| words::ends_with(&split, term)) && !words::any(&split, &other)
}

/// The length of the codes that a schema accepts, where it fixes one.
fn code_length(schema: Place<'_>) -> Option<u64> {
    let most = length(schema, "maxLength").filter(|most| Some(*most) == length(schema, "minLength"));
    let listed =
        schema::keyword(schema, "enum").and_then(|values| Some(values.elements().next()?.as_str()?.len() as u64));
    let pattern = schema::text(schema, "pattern").and_then(|text| Pattern::read(text).fixed_length());
    most.or(listed).or(pattern).filter(|length| matches!(length, 2 | 3))
}

/// `des-country-iso3166`: countries are codes of ISO 3166-1.
pub(super) fn country(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut lengths: BTreeMap<u64, (&Element<'_>, usize)> = BTreeMap::new();
    for element in texts(facts).filter(|element| names_country(element.name)) {
        candidates += 1;
        if let Some(length) = code_length(element.at) {
            lengths.entry(length).or_insert((element, 0)).1 += 1;
        }
        let values = schema::keyword(element.at, "enum").into_iter().flat_map(Place::elements);
        let examples = schema::literals(element.schema, &["example", "default"]);
        let coded = |text: &str| matches!(text.len(), 2 | 3) && text.bytes().all(|b| b.is_ascii_uppercase());
        let wrong: Vec<Place<'_>> = values
            .chain(examples)
            .filter(|value| value.as_str().is_some_and(|text| coded(text) && !is_country(text)))
            .collect();
        if let Some(first) = wrong.first() {
            let list = wrong.iter().take(8).map(|value| format!("`{}`", value.text())).collect::<Vec<_>>().join(", ");
            let message = format!("there is no country {list} in ISO 3166-1");
            out.push(Finding::at(*first, message).of(&element.operation));
        }
        let strict = schema::text(element.at, "pattern").is_some_and(|text| Pattern::read(text).is_bounded());
        let most = length(element.at, "maxLength").is_some_and(|most| most <= 3);
        let format = schema::text(element.at, "format").is_some_and(|format| {
            let format = format.to_ascii_lowercase();
            format.contains("3166") || format.contains("country")
        });
        if schema::is_listed(element.at) || strict || most || format {
            continue;
        }
        let message =
            format!("the {} accepts any text; use the codes of ISO 3166-1, pattern `^[A-Z]{{2}}$`", element.label());
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    if let (Some((two, some)), Some((three, others))) = (lengths.get(&2), lengths.get(&3)) {
        let (rare, usual) = if some < others { (two, three) } else { (three, two) };
        let message = format!("{some} countries are codes of two letters, {others} of three; use one form");
        let mut finding = Finding::key(rare.schema, message).at_most(Severity::Info).of(&rare.operation);
        finding.related.push(Label { location: usual.schema.key_location(), message: "the other form".to_owned() });
        out.push(finding);
    }
    let summary =
        |count| format!("{count} countries accept any text; use the codes of ISO 3166-1, pattern `^[A-Z]{{2}}$`");
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// Whether the last two digits of an LEI fit (ISO 17442, ISO 7064 mod 97-10).
fn is_lei(text: &str) -> bool {
    let upper = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let rest = text.bytes().fold(0_u32, |rest, byte| {
        let value =
            u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte.wrapping_sub(b'A').wrapping_add(10) });
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    text.len() == 20 && upper && rest == 1
}

/// Whether a text has the structure of a BIC (ISO 9362): eight or eleven characters, a country at the fifth.
fn is_bic(text: &str) -> bool {
    let upper = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    matches!(text.len(), 8 | 11) && upper && text.get(4..6).is_some_and(is_country)
}

/// `des-bic-lei-constrained`: codes of banks and of legal entities look like them.
pub(super) fn bic_lei(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for (what, advice, check) in [
        ("BIC", "^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$", is_bic as fn(&str) -> bool),
        ("LEI", "^[A-Z0-9]{18}[0-9]{2}$", is_lei),
    ] {
        let (mut found, mut candidates) = (Vec::new(), 0);
        let mut patterns: BTreeMap<&str, &Element<'_>> = BTreeMap::new();
        for element in texts(facts) {
            let split = words::words(element.name);
            let named: &[&str] = if what == "BIC" {
                &["bic", "bicfi", "swift", "swift code", "swiftcode", "bic code"]
            } else {
                &["lei", "lei code"]
            };
            if !named.iter().any(|term| words::ends_with(&split, term)) || schema::is_listed(element.at) {
                continue;
            }
            candidates += 1;
            for example in schema::literals(element.schema, &["example", "default"]) {
                let length = example.as_str().map_or(0, str::len);
                let meant = if what == "BIC" { matches!(length, 8 | 11) } else { length == 20 };
                if meant && !check(example.text()) {
                    let message = format!("the example of the {} is no valid {what}", element.label());
                    out.push(Finding::at(example, message).of(&element.operation));
                }
            }
            let pattern = schema::text(element.at, "pattern");
            let fixed = match what {
                "BIC" => length(element.at, "maxLength") == Some(11),
                _ => length(element.at, "maxLength") == Some(20) && length(element.at, "minLength") == Some(20),
            };
            let format = schema::text(element.at, "format").is_some_and(|format| format.eq_ignore_ascii_case(what));
            if let Some(text) = pattern.filter(|text| Pattern::read(text).is_bounded()) {
                patterns.entry(text).or_insert(element);
                continue;
            }
            if fixed || format {
                continue;
            }
            let message = format!("the {} accepts more than a {what}; use the pattern `{advice}`", element.label());
            found.push(Finding::key(element.schema, message).of(&element.operation));
        }
        let mut several = patterns.iter();
        if let (Some((one, first)), Some((other, second))) = (several.next(), several.next()) {
            let message =
                format!("a {what} has several patterns in this contract, `{one}` and `{other}`; share one schema");
            let mut finding = Finding::key(second.schema, message).at_most(Severity::Info).of(&second.operation);
            finding
                .related
                .push(Label { location: first.schema.key_location(), message: "the other pattern".to_owned() });
            out.push(finding);
        }
        let summary = |count| format!("{count} fields accept more than a {what}; use the pattern `{advice}`");
        fold(facts.api, found, candidates.max(21), summary, out);
    }
}

/// Names by which fields of one meaning are told; without the words around them.
const MEANINGS: [(&str, &[&str]); 10] = [
    ("IBAN", &["iban"]),
    ("BIC", &["bic", "bicfi"]),
    ("LEI", &["lei"]),
    ("currency", &["currency", "currency code"]),
    ("country", &["country", "country code"]),
    ("account id", &["account id"]),
    ("payment id", &["payment id"]),
    ("consent id", &["consent id"]),
    ("customer id", &["customer id"]),
    ("correlation id", &["correlation id", "x correlation id", "x request id"]),
];

/// How a field is written down, for comparison and for people.
fn form(element: &Element<'_>) -> String {
    let mut out = Vec::new();
    for key in ["type", "format", "pattern", "minLength", "maxLength"] {
        if let Some(value) = schema::keyword(element.at, key) {
            let text = value.as_str().or(Some(value.text())).filter(|text| !text.is_empty());
            let text =
                text.map_or_else(|| value.elements().map(Place::text).collect::<Vec<_>>().join("|"), str::to_owned);
            // `{2,2}` and `{2}` are one pattern.
            let text = if key == "pattern" { Pattern::read(&text).canonical() } else { text };
            out.push(if key == "type" { text } else { format!("{key} {text}") });
        }
    }
    if schema::is_listed(element.at) {
        // The values may well differ from use to use.
        return "a list of values".to_owned();
    }
    out.join(", ")
}

/// The forms of a field: the first element of each, how many there are, and in which order they were met.
type Forms<'a, 'w> = BTreeMap<String, (&'a Element<'w>, usize, usize)>;

/// `des-semantic-field-consistent`: what means the same looks the same.
pub(super) fn consistent(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut groups: BTreeMap<(&str, bool), Forms<'_, '_>> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for element in facts.request().iter().chain(facts.success()).filter(|element| element.is_named()) {
        let split = words::words(element.name).join(" ");
        let Some((meaning, _)) = MEANINGS.iter().find(|(_, names)| names.contains(&split.as_str())) else { continue };
        let scalar = schema::has_type(element.at, "string") || schema::is_numeric(element.at);
        if !scalar || !seen.insert(element.schema.id()) {
            continue;
        }
        let group = groups.entry((meaning, schema::flag(element.at, "readOnly"))).or_default();
        let order = seen.len();
        group.entry(form(element)).or_insert((element, 0, order)).1 += 1;
    }
    for ((meaning, _), forms) in groups.iter().filter(|(_, forms)| forms.len() > 1) {
        let mut sorted: Vec<(&String, &(&Element<'_>, usize, usize))> = forms.iter().collect();
        sorted.sort_by_key(|(_, (_, count, order))| (std::cmp::Reverse(*count), *order));
        let listed = sorted.iter().take(4).map(|(form, (_, count, _))| format!("{form} ({count})")).collect::<Vec<_>>();
        let more = if sorted.len() > 4 { ", …" } else { "" };
        let message = format!(
            "the {meaning} has {} forms in this contract: {}{more}; put one into a component and refer to it",
            sorted.len(),
            listed.join("; ")
        );
        let Some((_, (rare, ..))) = sorted.last() else { continue };
        let mut finding = Finding::key(rare.schema, message).of(&rare.operation);
        for (form, (other, ..)) in sorted.iter().take(3) {
            if other.schema.id() != rare.schema.id() {
                finding.related.push(Label { location: other.schema.key_location(), message: (*form).clone() });
            }
        }
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_countries_banks_and_entities_are_told_from_other_texts() {
        assert!(is_country("NO") && is_country("GBR") && is_country("XK") && !is_country("JA"));
        assert!(is_bic("DEUTDEFF") && is_bic("BARCGB22XXX") && !is_bic("DEUTJAFF") && !is_bic("DEUT"));
        assert!(is_lei("5493001KJTIIGC8Y1R12") && !is_lei("5493001KJTIIGC8Y1R13"));
    }

    #[test]
    fn names_of_countries_are_told_from_those_of_telephone_codes() {
        assert!(names_country("residenceCountry") && names_country("country_code"));
        assert!(!names_country("phoneCountryCode") && !names_country("countryName"));
    }
}
