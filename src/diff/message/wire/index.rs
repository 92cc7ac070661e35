//! What stands under a name in a message: taken apart once for all parameters, of which there may be thousands.

use super::Message;
use crate::diff::message::notation::decoded;
use crate::openapi::ParameterIn;
use rustc_hash::FxHashMap;

/// The texts of a message by their names, in their order.
pub(in crate::diff::message) struct Index<'m> {
    /// The message.
    pub(super) message: &'m Message,
    query: FxHashMap<String, Vec<&'m str>>,
    cookies: FxHashMap<&'m str, Vec<&'m str>>,
    /// By names in small letters, the first of each.
    headers: FxHashMap<String, &'m str>,
}

impl<'m> Index<'m> {
    /// Takes the names of a message apart.
    pub(in crate::diff::message) fn of(message: &'m Message) -> Self {
        let (mut query, mut cookies) =
            (FxHashMap::<String, Vec<&str>>::default(), FxHashMap::<&str, Vec<&str>>::default());
        for (key, value) in &message.query {
            query.entry(decoded(key)).or_default().push(value);
        }
        for (key, value) in &message.cookies {
            cookies.entry(key).or_default().push(value);
        }
        let mut headers = FxHashMap::default();
        for (name, value) in &message.headers {
            headers.entry(name.to_ascii_lowercase()).or_insert(value.as_str());
        }
        Index { message, query, cookies, headers }
    }

    /// The texts of a parameter in the query, a cookie or a header.
    pub(super) fn texts(&self, location: ParameterIn, name: &str) -> Vec<String> {
        let all = |found: Option<&Vec<&str>>| found.into_iter().flatten().map(|text| (*text).to_owned()).collect();
        match location {
            ParameterIn::Query => all(self.query.get(name)),
            ParameterIn::Cookie => all(self.cookies.get(name)),
            ParameterIn::Header => {
                self.headers.get(&name.to_ascii_lowercase()).map(|text| (*text).to_owned()).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}
