//! The judgement: what speaks for a class of data, and how much.

use super::field::{Field, Shape, Told};
use super::table::{Found, Lexicon, Strength};
use super::words;
use crate::diagnostic::Severity;
use crate::workspace::Place;
use serde::Deserialize;
use std::fmt;

/// Classes of data that rules ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The number of a payment card (PCI DSS: primary account number).
    CardNumber,
    /// What proves that a card is present or its holder agrees: security code, PIN block, track data (PCI DSS: sensitive
    /// authentication data).
    SecurityCode,
    /// What gives access: passwords, keys, tokens, codes.
    Credential,
    /// What a state identifies a person by.
    NationalId,
    /// The number of an account, or what payments reach it by.
    AccountNumber,
    /// The number of a bank or branch, which everybody may know.
    BankCode,
    /// How a person is reached, is called, and was born.
    Contact,
    /// An amount of money.
    Money,
}

impl Class {
    /// All that are about sensitive data, the most sensitive first.
    pub const SENSITIVE: [Class; 6] = [
        Class::CardNumber,
        Class::SecurityCode,
        Class::Credential,
        Class::NationalId,
        Class::AccountNumber,
        Class::Contact,
    ];
}

/// What a field holds, how sure that is, and what decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What it holds.
    pub class: Class,
    /// Of 100.
    pub score: u8,
    /// Whether the whole name is a sure term of the class, and nothing speaks against it.
    named: bool,
    reasons: Vec<String>,
}

/// From here on a finding has the severity of its rule.
const CERTAIN: u8 = 60;
/// From here on it is a warning.
const LIKELY: u8 = 45;
/// From here on it is a remark.
const POSSIBLE: u8 = 30;

impl Judgement {
    /// Whether enough speaks for it to be the cause of an error.
    pub fn is_certain(&self) -> bool {
        self.score >= CERTAIN
    }

    /// Whether more speaks for it than against it.
    pub fn is_likely(&self) -> bool {
        self.score >= LIKELY
    }

    /// Whether enough speaks for it where the value stands in a URL: there the whole name (`access_token`, `cardNumber`) is
    /// enough, for logs keep what is sent.
    pub fn is_certain_in_url(&self) -> bool {
        self.is_certain() || self.named && self.is_likely()
    }

    /// The most a finding about a value in a URL may weigh.
    pub fn ceiling_in_url(&self) -> Option<Severity> {
        if self.is_certain_in_url() { None } else { self.ceiling() }
    }

    /// The most a finding may weigh that rests on it; none where the rule decides. A `cvv` is called so for nothing else.
    pub fn ceiling(&self) -> Option<Severity> {
        match self.score {
            CERTAIN.. => None,
            LIKELY.. if self.named && self.class == Class::SecurityCode => None,
            LIKELY.. => Some(Severity::Warn),
            _ => Some(Severity::Info),
        }
    }
}

/// What decided: `name and 16-digit pattern`.
impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reasons.as_slice() {
            [] => Ok(()),
            [one] => f.write_str(one),
            [most @ .., last] => write!(f, "{} and {last}", most.join(", ")),
        }
    }
}

/// Last words of names that say nothing by themselves, so that descriptions and examples decide.
const NEUTRAL: [&str; 15] = [
    "number",
    "id",
    "identifier",
    "identification",
    "value",
    "code",
    "key",
    "data",
    "account",
    "card",
    "document",
    "reference",
    "ref",
    "no",
    "num",
];

/// A field to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a, 'w> {
    /// Its name.
    pub name: &'a str,
    /// Its schema as written, maybe a reference.
    pub schema: Place<'w>,
    /// The object whose property it is.
    pub holder: Option<Place<'w>>,
    /// The parameter or header that describes it besides.
    pub beside: Option<Place<'w>>,
}

impl Lexicon {
    /// Judges what a field holds: each class that something speaks for, the surest first.
    pub fn judge(&self, subject: &Candidate<'_, '_>) -> Vec<Judgement> {
        let split = self.split(subject.name);
        let found = self.find(&split);
        let neutral = split.last().is_some_and(|word| NEUTRAL.contains(&word.as_str()));
        if found.is_empty() && !neutral {
            return Vec::new();
        }
        let field = Field::of(subject.schema, subject.beside);
        if !field.is_scalar() {
            return Vec::new();
        }
        let around =
            subject.holder.and_then(|holder| holder.path().last().map(|name| self.split(name))).unwrap_or_default();
        let mut out: Vec<Judgement> =
            found.iter().filter_map(|found| self.weigh_field(found, &field, &around)).collect();
        if neutral {
            self.by_value(&field, &mut out);
        }
        out.sort_by_key(|one| (std::cmp::Reverse(one.score), one.class));
        out
    }

    /// Judges whether a field holds one of these classes: the surest of them.
    pub fn judge_as(&self, classes: &[Class], subject: &Candidate<'_, '_>) -> Option<Judgement> {
        self.judge(subject).into_iter().find(|one| classes.contains(&one.class))
    }

    /// What a class of data is called: `card data`, `a credential`.
    pub fn name(&self, class: Class) -> &str {
        self.what(class)
    }

    /// Whether a name alone says that a field holds such data, for where there is no schema to look at.
    pub fn is_named(&self, name: &str, classes: &[Class]) -> bool {
        let found = self.find(&self.split(name));
        found.iter().any(|found| found.strength == Strength::Sure && classes.contains(&found.class))
    }

    fn weigh_field(&self, found: &Found, field: &Field<'_>, around: &[String]) -> Option<Judgement> {
        let known = self.known(found.class)?;
        let mut score: i32 = match found.strength {
            Strength::Sure => 50,
            Strength::Maybe => 25,
            Strength::Aside => 15,
        };
        let mut reasons = vec!["name".to_owned()];
        let mut named = found.strength == Strength::Sure && found.rest.is_empty();
        let mut speak = |points: i32, reason: String| {
            score += points;
            named &= points >= 0;
            if points > 0 {
                reasons.push(reason);
            }
        };
        let near = |word: &String| known.is_near(word);
        if found.strength == Strength::Maybe {
            // The head of the name of an object stands last.
            if around.iter().rev().take(2).any(near) {
                speak(15, "the object around it".to_owned());
            } else if found.rest.iter().any(near) {
                speak(5, "name".to_owned());
            }
        }
        let of_cards = matches!(found.class, Class::CardNumber | Class::SecurityCode);
        if of_cards && known.is_other(around) {
            speak(-40, String::new());
        }
        let shape = Shape::of(found.class);
        field.weigh_type(shape, found.strength == Strength::Sure, &mut speak);
        field.weigh_bounds(shape, &mut speak);
        field.weigh_examples(shape, &mut speak);
        field.weigh_masking(shape, &mut speak);
        if field.vendor_types().any(|text| self.find(&self.split(text)).iter().any(|other| other.class == found.class))
        {
            speak(20, "type of its standard".to_owned());
        }
        let told = match found.strength {
            Strength::Sure => 5,
            Strength::Maybe => 20,
            Strength::Aside => 10,
        };
        // What a sure name says is doubted by a description, but not denied: prose says too many things in the same words.
        let keeps = found.strength == Strength::Sure && !matches!(found.class, Class::Contact | Class::Money);
        let mut most = 100;
        match field.description(shape, &known.words.told, &known.words.untold) {
            Told::Nothing => {}
            Told::Same => speak(told, "description".to_owned()),
            Told::Other | Told::StandIn if keeps => most = i32::from(CERTAIN) - 1,
            Told::Other => speak(-25, String::new()),
            Told::StandIn => speak(-60, String::new()),
        }
        score = score.min(most);
        named &= most == 100;
        reasons.dedup();
        // Words such as `total` and `budget` count other things as well, whatever speaks for them.
        if found.class == Class::Money && found.strength != Strength::Sure {
            score = score.min(i32::from(CERTAIN) - 1);
        }
        let score = u8::try_from(score.clamp(0, 100)).unwrap_or(0);
        (score >= POSSIBLE).then_some(Judgement { class: found.class, score, named, reasons })
    }

    /// Fields with names that say nothing, whose examples have check digits.
    fn by_value(&self, field: &Field<'_>, out: &mut Vec<Judgement>) {
        for class in [Class::CardNumber, Class::AccountNumber] {
            if out.iter().any(|known| known.class == class) || !field.proves(Shape::of(class)) {
                continue;
            }
            let shape = Shape::of(class);
            let told = self.known(class).map(|known| field.description(shape, &[], &known.words.untold));
            if !matches!(told, Some(Told::Other | Told::StandIn)) {
                out.push(Judgement {
                    class,
                    score: CERTAIN,
                    named: false,
                    reasons: vec!["example with valid check digits".to_owned()],
                });
            }
        }
    }
}

/// Whether a field of this name holds an identifier: `accountId`, `payment_uuid`.
pub fn is_identifier(name: &str) -> bool {
    let split = words::words(name);
    split
        .last()
        .is_some_and(|word| matches!(word.as_str(), "id" | "ids" | "identifier" | "identification" | "uuid" | "guid"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    /// The judgement of a field: class, whether it is certain, and what decided.
    fn judged(name: &str, schema: &str) -> Option<(Class, bool, String)> {
        let workspace = Workspace::from_text("a.yaml", &format!("Holder: {{properties: {{field: {schema}}}}}"));
        let holder = workspace.root().get("Holder").unwrap();
        let schema = holder.get("properties").and_then(|all| all.get("field")).unwrap();
        let candidate = Candidate { name, schema, holder: Some(holder), beside: None };
        let best = Lexicon::built_in().judge(&candidate).into_iter().find(Judgement::is_likely)?;
        Some((best.class, best.is_certain(), best.to_string()))
    }

    #[test]
    fn a_name_alone_is_likely_and_never_certain() {
        assert_eq!(judged("cvv", "{}"), Some((Class::SecurityCode, false, "name".to_owned())));
        assert_eq!(judged("cvv", "{type: string}"), Some((Class::SecurityCode, false, "name and type".to_owned())));
        let told = judged("cvv", "{type: string, description: Card security code}");
        assert_eq!(told, Some((Class::SecurityCode, true, "name, type and description".to_owned())));
    }

    #[test]
    fn a_whole_name_is_enough_in_a_url_and_for_a_security_code() {
        let ceilings = |name: &str, schema: &str| {
            let workspace = Workspace::from_text("a.yaml", &format!("field: {schema}"));
            let schema = workspace.root().get("field").unwrap();
            let subject = Candidate { name, schema, holder: None, beside: None };
            let best = Lexicon::built_in().judge(&subject).into_iter().find(Judgement::is_likely).unwrap();
            (best.ceiling_in_url(), best.ceiling())
        };
        let warning = Some(Severity::Warn);
        for name in ["access_token", "password", "cardNumber"] {
            assert_eq!(ceilings(name, "{type: string}"), (None, warning), "{name}");
        }
        assert_eq!(ceilings("cvv", "{type: string}"), (None, None));
        assert_eq!(ceilings("user_password", "{type: string}"), (warning, warning));
        let doubted = "{type: string, description: Card number (masked)}";
        assert_eq!(ceilings("cardNumber", doubted), (warning, warning), "a description speaks against it");
    }

    fn certain(name: &str, schema: &str) -> Option<bool> {
        judged(name, schema).map(|one| one.1)
    }

    #[test]
    fn what_a_description_denies_or_says_of_logs_hides_nothing() {
        for told in [
            "The full card number, not a token",
            "The card number. Never masked.",
            "The card number; masked in logs",
            "The card number, masked in the UI",
            "The card number to be tokenized",
            "The unmasked card number",
        ] {
            assert_eq!(
                certain("cardNumber", &format!("{{type: string, description: '{told}'}}")),
                Some(true),
                "{told}"
            );
        }
        assert_eq!(certain("cvv", "{type: string, description: CVV of the card being tokenized}"), Some(true));
        assert_eq!(certain("client_secret", "{type: string, description: Client secret (redacted)}"), Some(false));
        assert_eq!(certain("password", "{type: string, description: Password (masked)}"), Some(true));
    }

    #[test]
    fn a_description_lowers_a_sure_name_and_drops_an_ambiguous_one() {
        assert_eq!(certain("cardNumber", "{type: string, description: The masked card number}"), Some(false));
        assert_eq!(certain("iban", "{type: string, description: Last four digits of the IBAN}"), Some(false));
        assert_eq!(certain("api_key", "{type: string, description: Unique identifier of your app}"), Some(false));
        assert_eq!(certain("pan", "{type: string, description: The masked card number}"), None);
    }

    #[test]
    fn how_a_value_is_masked_elsewhere_says_that_it_is_whole() {
        let schema = "{type: string, x-log: mask, x-data-classification: {masking: {strategy: full}}}";
        for name in ["password", "cardNumber", "iban"] {
            assert!(certain(name, schema).is_some(), "{name}");
        }
    }

    #[test]
    fn counts_are_no_numbers() {
        for name in ["numberOfCards", "numCards", "noCard", "number_of_accounts", "numeroDeTarjetas", "noCards"] {
            assert_eq!(judged(name, "{type: integer}"), None, "{name}");
        }
        assert!(judged("cardNo", "{type: string}").is_some() && judged("numeroDeTarjeta", "{type: string}").is_some());
        assert!(judged("accountNumbers", "{type: array, items: {type: string}}").is_some());
    }

    #[test]
    fn digits_at_the_end_hide_nothing() {
        for name in ["password2", "addressLine1", "address_line_2", "email2", "iban2", "cpf1", "cardNumber3", "price1"]
        {
            assert!(judged(name, "{type: string}").is_some(), "{name}");
        }
        for name in ["cardToken1", "passwordPolicy2", "ibanCountry1", "emailVerified2"] {
            assert_eq!(judged(name, "{type: string}"), None, "{name}");
        }
    }

    #[test]
    fn card_numbers_of_every_scheme_and_length_fit() {
        for pattern in [
            "^5[1-5][0-9]{14}$",
            "^[0-9]{19}$",
            "^6(?:011|5[0-9]{2})[0-9]{12}$",
            "^606282[0-9]{10}$",
            "^2200[0-9]{12}$",
        ] {
            assert_eq!(
                certain("cardNumber", &format!("{{type: string, pattern: '{pattern}'}}")),
                Some(true),
                "{pattern}"
            );
        }
        assert_eq!(certain("cardNumber", "{type: string, pattern: '^[A-F]{8}$'}"), None);
        assert_eq!(certain("cardNumber", "{type: string, pattern: '^[0-9]{4}$'}"), None);
    }

    #[test]
    fn alternatives_are_read() {
        assert!(judged("password", "{anyOf: [{type: string}, {type: 'null'}]}").is_some());
        assert_eq!(
            judged("cardNumber", "{oneOf: [{type: string, pattern: '^[0-9]{16}$'}, {type: 'null'}]}"),
            judged("cardNumber", "{type: string, pattern: '^[0-9]{16}$'}")
        );
        for name in ["balance", "cardNumber", "password"] {
            let objects = "{oneOf: [{type: object, properties: {a: {}}}, {properties: {b: {}}}]}";
            assert_eq!(judged(name, objects), None, "{name}");
        }
    }

    #[test]
    fn placeholders_are_no_masks() {
        for (name, example) in
            [("iban", "DEXXXXXXXXXXXXXXXX"), ("iban", "####"), ("addressLine", "12 Main St #4"), ("ssn", "xxx-xx-xxxx")]
        {
            assert!(judged(name, &format!("{{type: string, example: '{example}'}}")).is_some(), "{name} {example}");
        }
        for (name, example) in
            [("iban", "DE89XXXXXXXXXXXX3000"), ("ssn", "***-**-1234"), ("cardNumber", "XXXXXXXXXXXX1234")]
        {
            assert_eq!(judged(name, &format!("{{type: string, example: '{example}'}}")), None, "{name} {example}");
        }
    }

    #[test]
    fn ties_in_groups_count_as_little_as_elsewhere() {
        for name in ["numeroCartaDiCredito", "numero_carta_di_credito", "numerocartadicredito"] {
            assert_eq!(judged(name, "{type: string}").map(|one| one.0), Some(Class::CardNumber), "{name}");
        }
    }

    #[test]
    fn an_ambiguous_name_needs_more_than_its_type() {
        assert_eq!(judged("pan", "{type: string}"), None);
        let sixteen = judged("pan", "{type: string, pattern: '^[0-9]{16}$'}");
        assert_eq!(sixteen, Some((Class::CardNumber, false, "name, type and 16-digit pattern".to_owned())));
        assert_eq!(judged("total", "{type: integer, description: Total number of pages}"), None);
        assert_eq!(
            judged("total", "{type: number, description: Amount to be paid}").map(|one| one.0),
            Some(Class::Money)
        );
    }

    #[test]
    fn names_of_eight_languages_and_spellings_mean_the_same() {
        for (class, names) in [
            (
                Class::CardNumber,
                "cardNo card_num ccNumber tarjeta_numero numeroDeTarjeta número_tarjeta numeroCartao numero_carte kartenNummer kaartnummer \
                 numeroCarta numer_karty primaryAccountNumber",
            ),
            (
                Class::Credential,
                "password Passwort senha contraseña mot_de_passe wachtwoord hasło clientSecret apiKeys access_token",
            ),
            (
                Class::NationalId,
                "ssn socialSecurityNumber nationalInsuranceNo dni nif cpf codiceFiscale steuernummer pesel bsn passportNumber numero_securite_sociale",
            ),
            (
                Class::AccountNumber,
                "iban creditorIBAN acctNo numeroCuenta numero_da_conta kontonummer rekeningnummer numeroCompte numer_rachunku clabe",
            ),
            (
                Class::Contact,
                "email correo_electronico dateOfBirth geburtsdatum telefone nachname nom_de_famille cognome imie voornaam mobileNumber",
            ),
            (Class::Money, "amount balance saldo betrag montant importe prezzo kwota bedrag valor preço"),
        ] {
            for name in names.split_ascii_whitespace() {
                assert_eq!(judged(name, "{type: string}").map(|one| one.0), Some(class), "{name}");
            }
        }
    }

    #[test]
    fn what_is_about_data_is_no_data() {
        for (name, schema) in [
            ("show_pan", "{type: boolean}"),
            ("panEntryMode", "{type: string}"),
            ("pan", "{type: string, enum: [AUTO_ENTRY, BAR_CODE]}"),
            ("cardNumber", "{type: string, x-cds-type: MaskedPANString}"),
            ("cardNumber", "{type: string, example: '4111 **** **** 1111'}"),
            ("cardNumber", "{type: string, maxLength: 4}"),
            ("maskedPassport", "{type: string}"),
            ("passwordPolicy", "{type: string}"),
            ("ibanCountry", "{type: string}"),
            ("emailVerified", "{type: string}"),
            ("accountId", "{type: string, format: uuid}"),
            ("max_tokens", "{type: integer}"),
            ("card_token", "{type: string}"),
            ("nextPageToken", "{type: string}"),
            ("spanId", "{type: string}"),
            ("shippingCity", "{type: string}"),
            ("balanceType", "{type: string}"),
        ] {
            assert_eq!(judged(name, schema), None, "{name}: {schema}");
        }
    }

    #[test]
    fn examples_with_check_digits_prove_what_a_name_hides() {
        for name in ["identification", "number"] {
            let found = judged(name, "{type: string, example: GB33BUKB20201555555555}");
            assert!(found.is_some_and(|(class, certain, _)| class == Class::AccountNumber && certain), "{name}");
        }
        assert_eq!(judged("identification", "{type: string, example: RF18539007547034}"), None);
    }
}
