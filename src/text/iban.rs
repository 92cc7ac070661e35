//! International bank account numbers (ISO 13616): country, length and check digits.

/// Countries of the IBAN registry with the length of their numbers.
const COUNTRIES: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 \
    ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 \
    LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 \
    SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// Returns whether a text is an IBAN: of a country of the registry, as long as there, with right check digits; spaces between
/// groups are allowed. Creditor references (`RF…`) share the check digits and are none.
pub(crate) fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if !(15..=34).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return false;
    }
    let (head, tail) = text.split_at(4);
    let country = head.get(..2).unwrap_or_default();
    let length =
        COUNTRIES.split_ascii_whitespace().find_map(|entry| entry.strip_prefix(country)?.parse::<usize>().ok());
    if length != Some(text.len()) {
        return false;
    }
    let rest = tail.bytes().chain(head.bytes()).fold(0_u32, |rest, byte| {
        let value = u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::is_iban;

    #[test]
    fn check_digits_country_and_length_are_checked() {
        assert!(is_iban("GB33BUKB20201555555555") && is_iban("DE89 3704 0044 0532 0130 00"));
        assert!(!is_iban("GB33BUKB20201555555556") && !is_iban("DE89"));
        assert!(!is_iban("RF18539007547034"), "a creditor reference");
    }
}
