//! What an operation does: decided once, for all rules.
//!
//! A word anywhere in a path proves nothing: `/transfer/questionnaire/create` moves no money. What decides are the method, the
//! verb (of the `operationId`, or of the last fixed part of the path), the noun that the verb is about, and what the request
//! carries.

use super::judge::Class;
use super::table::Lexicon;
use super::terms::Form;
use super::words;
use crate::openapi::{Operation, keyword};

/// Levels of a request that are looked into.
const DEPTH: usize = 3;

/// First words of parts of paths that ask, whatever follows: `search-invoices`.
const ASKING: [&str; 8] = ["search", "list", "find", "fetch", "query", "get", "lookup", "retrieve"];

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Gives data, by whatever method.
    Read,
    /// Makes money move.
    Pay(Certainty),
    /// Takes back, ends or switches off.
    Undo,
    /// Changes something else.
    Write,
}

/// What an act was told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The operation is named after it, and its request fits.
    Named,
    /// The request says how much goes to whom.
    Shaped,
}

/// Why an operation gives out a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issue {
    /// It makes one: a registration, a login, a new key.
    Made,
    /// It is there to read that one: `GET /webhooks/{id}/secret`.
    Read,
}

/// The words that an act is told by.
struct Words {
    /// Of the last fixed part of the path.
    last: Vec<String>,
    /// Of the part before.
    before: Vec<String>,
    /// Of the `operationId`.
    id: Vec<String>,
}

impl Words {
    fn of(operation: &Operation<'_>) -> Self {
        let fixed = |segment: &&str| !segment.is_empty() && !segment.contains('{');
        let mut parts = operation.path.template.split('/').filter(fixed).rev().map(plain);
        // `/payments/v1` is about payments.
        let mut next = || {
            parts.find(|part| {
                !part.iter().all(|word| {
                    word.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
                })
            })
        };
        let last = next().unwrap_or_default();
        let before = next().unwrap_or_default();
        Words { last, before, id: operation.id().map(plain).unwrap_or_default() }
    }
}

/// Whether a credential whose name ends with this word is made by the service and handed out: people choose passwords and PINs
/// themselves, and nobody shows them again.
pub fn is_handed_out(word: &str) -> bool {
    matches!(word, "secret" | "key" | "token")
}

fn plain(text: &str) -> Vec<String> {
    words::words(text).iter().map(|word| words::plain(word)).collect()
}

impl Lexicon {
    /// Decides what an operation does. `x-money-movement` decides where it is given.
    pub fn act(&self, operation: &Operation<'_>) -> Act {
        match operation.place.get_bool("x-money-movement") {
            Some(true) => return Act::Pay(Certainty::Named),
            Some(false) if self.reads(operation) => return Act::Read,
            Some(false) => return Act::Write,
            None => {}
        }
        if self.reads(operation) {
            return Act::Read;
        }
        if self.undoes(operation) {
            return Act::Undo;
        }
        self.pays(operation).map_or(Act::Write, Act::Pay)
    }

    /// Whether an operation only gives data: by its method, or a `POST` that is a search or a question.
    fn reads(&self, operation: &Operation<'_>) -> bool {
        match operation.method {
            "get" | "head" | "options" | "query" => true,
            "post" => {
                let words = Words::of(operation);
                // `confirmPayee` asks, though `confirm` alone acts.
                let verb = self.starts("read-verb", &words.id) > self.starts("act-verb", &words.id);
                let asks = |list: &[String]| {
                    list.len() > 1 && list.first().is_some_and(|word| ASKING.contains(&word.as_str()))
                };
                let ends = |list: &[String]| self.ends("read-verb", list);
                verb || asks(&words.last) || ends(&words.last) || (words.last.is_empty() && ends(&words.before))
            }
            _ => false,
        }
    }

    fn undoes(&self, operation: &Operation<'_>) -> bool {
        let words = Words::of(operation);
        let verb = |list: &[String]| self.starts("undo-verb", list) > 0;
        operation.method == "delete"
            || verb(&words.id)
            || verb(&words.last)
            || self.ends("undo-verb", &words.last)
            || words.last.last().is_some_and(|word| word == "cancellation" || word == "cancellations")
    }

    /// The words at the beginning that are a term of a list, in the singular or the plural.
    fn starts(&self, list: &str, words: &[String]) -> usize {
        self.set(list).starts(words, Form::Any)
    }

    /// Whether words end with a term of a list, written as one word or several, in the singular or the plural.
    fn ends(&self, list: &str, words: &[String]) -> bool {
        self.set(list).ends(words, Form::Any) > 0
    }

    /// Whether words are a term of a list, as it is written there.
    fn is_listed(&self, list: &str, words: &[String]) -> bool {
        self.set(list).is(words, Form::Exact)
    }

    fn pays(&self, operation: &Operation<'_>) -> Option<Certainty> {
        let words = Words::of(operation);
        let pretended = operation.path.template.split('/').any(|part| self.set("pretend").any(&plain(part), Form::Any));
        if !matches!(operation.method, "post" | "put") || pretended {
            return None;
        }
        // `PUT /payments/{id}` replaces what is there.
        if operation.method == "put" && operation.path.template.ends_with('}') {
            return None;
        }
        let moves = |list: &[String]| {
            self.ends("movement", list)
                || match self.set("movement-form").ends(list, Form::Any) {
                    0 => false,
                    form => self.ends("movement", &list[..list.len() - form]),
                }
        };
        // The verb at the end of a path is about what stands before it.
        let verb = self.is_listed("pay-verb", &words.last);
        let form = self.set("movement-form").is(&words.last, Form::Any);
        let noun = if moves(&words.last) || !(verb || form) { &words.last } else { &words.before };
        let about = |list: &[String]| self.ends("arrangement", list);
        let told = self.verb(&words.id, operation);
        let kept = told.as_deref().is_some_and(|verb| {
            self.is_listed("record-verb", verb)
                || self.is_listed("read-verb", verb) && !self.is_listed("pay-verb", verb)
        });
        let arranged = kept || self.has("movement-not", &words.last);
        let request = Request::of(self, operation);
        if moves(noun) && !arranged && request.may_pay(operation) {
            return Some(Certainty::Named);
        }
        let foreign = about(&words.last) || about(&words.before) && !verb || arranged;
        let creates = told.as_deref().is_none_or(|verb| self.is_listed("pay-verb", verb));
        (operation.method == "post" && !foreign && creates && request.amount && request.payee)
            .then_some(Certainty::Shaped)
    }

    /// The verb of an operation: where its id begins with one, or ends with one as `transfer_create` does, or else its summary.
    fn verb(&self, id: &[String], operation: &Operation<'_>) -> Option<Vec<String>> {
        const LISTS: [&str; 5] = ["pay-verb", "read-verb", "undo-verb", "act-verb", "record-verb"];
        let longest = |of: &dyn Fn(&str) -> usize| LISTS.iter().map(|list| of(list)).max().unwrap_or_default();
        let first = |words: &[String]| match longest(&|list| self.set(list).starts(words, Form::Exact)) {
            0 => None,
            count => Some(words[..count].to_vec()),
        };
        let last = |words: &[String]| match longest(&|list| self.set(list).ends(words, Form::Exact)) {
            0 => None,
            count => Some(words[words.len() - count..].to_vec()),
        };
        let own = first(id).filter(|_| id.len() > 1).or_else(|| last(id));
        own.or_else(|| first(&operation.place.get_str("summary").map(plain)?))
    }

    /// Why an operation gives out a credential; none where that is not what it is there for.
    pub fn issues(&self, operation: &Operation<'_>) -> Option<Issue> {
        let fixed = |part: &&str| !part.is_empty() && !part.contains('{');
        let path: Vec<String> = operation.path.template.split('/').filter(fixed).flat_map(plain).collect();
        let mut all = path.clone();
        all.extend(operation.id().map(plain).unwrap_or_default());
        let writes = matches!(operation.method, "post" | "put" | "patch");
        // What is read at `/credentials` is what the caller came for.
        if self.set("issue-always").any(&all, Form::Any)
            || self.set("issue-path").any(&path, Form::Any)
            || writes && self.set("issue").any(&all, Form::Any)
        {
            return Some(Issue::Made);
        }
        // `GET /api-keys` lists those of everybody; the last part in the singular is one, and what the operation is about.
        let last = operation.path.template.rsplit('/').find(|part| !part.is_empty()).filter(fixed)?;
        let handed = plain(last).last().is_some_and(|word| is_handed_out(word));
        let one = operation.method == "get" && handed && self.is_named(last, &[Class::Credential]);
        one.then_some(Issue::Read)
    }

    /// What a `GET` of this name would execute: the verb that says so.
    pub fn executes<'w>(&self, operation: &Operation<'w>) -> Option<&'w str> {
        let id = operation.id().map(plain).unwrap_or_default();
        let asks = |word: Option<&String>| word.is_some_and(|word| matches!(word.as_str(), "is" | "has" | "can"));
        if self.starts("read-verb", &id) > 0 || self.ends("read-verb", &id) || asks(id.first()) || asks(id.last()) {
            return None;
        }
        let verb = self.set("act-verb").starts(&id, Form::Exact);
        let named = verb > 0 && id.len() > verb && !self.is_noun(&id, operation);
        let segment = operation.path.template.rsplit('/').find(|segment| !segment.is_empty());
        let last = segment.filter(|segment| !segment.contains('{')).map(plain).unwrap_or_default();
        // A noun of the same letters names what is read, unless the id says more.
        let ends = self.is_listed("act-verb", &last) && !self.is_listed("act-noun", &last);
        let below = operation.path.template.contains('}');
        match (named, ends) {
            (true, _) => operation.id(),
            (false, true) if below && id.len() < 2 => segment,
            _ => None,
        }
    }

    /// Whether the verb at the beginning of an id is a noun: the path has it in front of what follows it, and a resource
    /// before both (`releaseNotes` of `/projects/{id}/release-notes`), or has its plural (`transfer_items` of
    /// `/transfers/{id}/items`). In `lockDevice` of `/devices/{id}/lock` it is a verb, and in `startJob` of `/jobs/start`.
    fn is_noun(&self, id: &[String], operation: &Operation<'_>) -> bool {
        let [verb, object, ..] = id else { return false };
        if !self.is_listed("act-noun", std::slice::from_ref(verb)) {
            return false;
        }
        // Versions and the word `api` say nothing of resources.
        let says = |part: &&str| {
            let version =
                part.strip_prefix(['v', 'V']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            !part.is_empty() && !version && *part != "api"
        };
        let path: Vec<(usize, String)> = (operation.path.template.split('/').filter(says).enumerate())
            .filter(|(_, part)| !part.contains('{'))
            .flat_map(|(at, part)| plain(part).into_iter().map(move |word| (at, word)))
            .collect();
        let one = |word: &str| word.strip_suffix('s').map(str::to_owned);
        path.iter().enumerate().any(|(index, (segment, word))| {
            let plural = one(word).as_ref() == Some(verb);
            let follows =
                || path[index + 1..].iter().any(|(_, next)| next == object || one(next).as_ref() == Some(object));
            (plural || word == verb && *segment > 0) && follows()
        })
    }
}

/// What a request carries.
struct Request {
    described: bool,
    body: bool,
    amount: bool,
    payee: bool,
}

impl Request {
    fn of(lexicon: &Lexicon, operation: &Operation<'_>) -> Self {
        let Some(body) = operation.body() else {
            return Request { described: false, body: false, amount: false, payee: false };
        };
        let schemas = body.media_types.iter().filter_map(|media| media.schema.as_ref()?.place());
        let names: Vec<&str> =
            schemas.flat_map(|place| keyword::properties_within(place, DEPTH)).map(|(name, _)| name).collect();
        let amount = |name: &&str| {
            lexicon.is_named(name, &[Class::Money])
                || words::any(&words::words(name), &["amount", "amounts", "total", "sum", "value", "money"])
        };
        Request {
            described: !names.is_empty(),
            body: true,
            amount: names.iter().any(amount),
            payee: names.iter().any(|name| is_payee(name)),
        }
    }

    /// Whether money may move by this request: it says how much, or says nothing at all.
    fn may_pay(&self, operation: &Operation<'_>) -> bool {
        if !self.body {
            // Without a body, what the path names is acted upon.
            return !operation.path.template.contains('{');
        }
        self.amount || !self.described
    }
}

/// Whether a name is that of who gets the money.
pub fn is_payee(name: &str) -> bool {
    let terms = [
        "creditor",
        "payee",
        "beneficiary",
        "recipient",
        "counterparty",
        "receiver",
        "beneficiario",
        "favorecido",
        "recebedor",
        "destinatario",
        "destination",
        "empfaenger",
        "glaeubiger",
        "beneficiaire",
        "crediteur",
        "ontvanger",
        "begunstigde",
        "odbiorca",
        "cdtr",
    ];
    words::any(&plain(name), &terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    const BODY: &str = "requestBody: {content: {application/json: {schema: {properties: {amount: {}, creditor: {}}}}}}";

    /// What the only operation of a contract does.
    fn act(method: &str, path: &str, rest: &str) -> Act {
        let text = format!("openapi: 3.0.3\npaths: {{'{path}': {{{method}: {{{rest}}}}}}}");
        let workspace = Workspace::from_text("a.yaml", &text);
        Lexicon::built_in().act(&Api::open(&workspace).unwrap().operations()[0])
    }

    #[test]
    fn payments_are_told_by_the_end_of_the_path() {
        for path in [
            "/payments",
            "/v1/domestic-payments",
            "/payment-orders",
            "/payment/initiation",
            "/transfer/create",
            "/wires",
            "/remittances",
            "/pagamentos",
            "/transferencias",
            "/virements",
            "/ueberweisungen",
            "/bonifici",
            "/przelewy",
            "/payments/v2",
        ] {
            assert_eq!(act("post", path, ""), Act::Pay(Certainty::Named), "{path}");
        }
        assert_eq!(act("post", "/orders", BODY), Act::Pay(Certainty::Shaped));
    }

    #[test]
    fn a_name_space_is_no_payment() {
        for path in [
            "/transfer/questionnaire/create",
            "/transfer/disable_otp",
            "/payment-methods",
            "/payment-requests/{id}/close",
            "/transfer/event/sync",
            "/variable-recurring-payments/funds-confirmation",
            "/payments/search",
            "/payments/quotes",
            "/sandbox/payments",
            "/incoming-payments",
            "/plans/{code}/charges",
            "/charge/submit_birthday",
            "/voidPendingRefund",
        ] {
            assert!(!matches!(act("post", path, ""), Act::Pay(_)), "{path}");
        }
        assert_eq!(act("post", "/payments/{id}/cancel", BODY), Act::Undo);
        assert_eq!(act("post", "/payments", "x-money-movement: false"), Act::Write);
        assert_eq!(act("post", "/search-invoices", BODY), Act::Read);
        assert_eq!(act("put", "/payments/{id}", BODY), Act::Write);
    }

    #[test]
    fn an_operation_that_hands_out_a_credential_is_told_from_one_that_leaks_it() {
        let issues = |method: &str, path: &str, rest: &str| {
            let text = format!("openapi: 3.0.3\npaths: {{'{path}': {{{method}: {{{rest}}}}}}}");
            let workspace = Workspace::from_text("a.yaml", &text);
            Lexicon::built_in().issues(&Api::open(&workspace).unwrap().operations()[0])
        };
        assert_eq!(issues("get", "/webhooks/{id}/secret", ""), Some(Issue::Read));
        assert_eq!(issues("get", "/apps/{id}/client-secret", ""), Some(Issue::Read));
        assert_eq!(issues("get", "/users/{id}/password", ""), None);
        assert_eq!(issues("get", "/cards/{id}/pin", ""), None);
        assert_eq!(issues("post", "/api-keys", ""), Some(Issue::Made));
        assert_eq!(issues("post", "/apps", "operationId: rotateAppSecret"), Some(Issue::Made));
        assert_eq!(issues("get", "/oauth/token", ""), Some(Issue::Made));
        for (method, path) in
            [("get", "/customers/{id}"), ("get", "/api-keys"), ("get", "/secrets/{id}"), ("post", "/customers")]
        {
            assert_eq!(issues(method, path, ""), None, "{method} {path}");
        }
    }

    #[test]
    fn a_get_that_executes_is_told_from_a_noun() {
        let executes = |path: &str, rest: &str| {
            let text = format!("openapi: 3.0.3\npaths: {{'{path}': {{get: {{{rest}}}}}}}");
            let workspace = Workspace::from_text("a.yaml", &text);
            Lexicon::built_in().executes(&Api::open(&workspace).unwrap().operations()[0]).is_some()
        };
        assert!(executes("/payments/{id}/execute", "") && executes("/users/{id}", "operationId: deactivateUser"));
        for (path, id) in
            [("/payments/{id}/refund", "getRefund"), ("/transfers", "transfer_list"), ("/transfers", "transfer_fetch")]
        {
            assert!(!executes(path, &format!("operationId: {id}")), "{id}");
        }
        assert!(!executes("/payments/{id}/refund", ""));
        for path in ["/devices/{id}/lock", "/jobs/{id}/run", "/cards/{id}/set", "/accounts/{id}/hold"] {
            assert!(!executes(path, ""), "{path}");
        }
        assert!(!executes("/projects/{id}/release-notes", "operationId: releaseNotes"));
        assert!(!executes("/transfers/{id}/items", "operationId: transferItems"));
        for (path, id) in [
            ("/devices/{id}/lock", "lockDevice"),
            ("/lock/{id}", "lockDevice"),
            ("/v1/lock/device/{id}", "lockDevice"),
            ("/jobs/start", "startJob"),
            ("/start", "startJob"),
            ("/a/refund", "refundPayment"),
            ("/funds/move", "transferFunds"),
            ("/accounts/{id}", "lockAccount"),
            ("/me/reset", "resetPassword"),
            ("/cards/{id}/status", "blockCard"),
        ] {
            assert!(executes(path, &format!("operationId: {id}")), "{path} {id}");
        }
    }

    #[test]
    fn entries_of_several_words_count() {
        assert_eq!(act("post", "/payments/dry-run", BODY), Act::Write);
        assert_eq!(act("post", "/payments/{id}/line-items", BODY), Act::Write);
        assert_eq!(act("post", "/payees/checks", "operationId: confirmPayee"), Act::Read);
    }
}
