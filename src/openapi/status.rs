//! The key of a response and the status codes that it stands for. Stands on nothing.

/// The key of a response as the Responses Object defines it, read without regard to case.
///
/// What is neither a status code, nor a range, nor `default` is [`StatusKey::Other`]: it describes no status at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusKey<'w> {
    /// Three digits: `404`.
    Exact(u16),
    /// A digit and `XX`: every status code of that class.
    Range(u8),
    /// `default`: every status code that has no response of its own.
    Default,
    /// Any other text.
    Other(&'w str),
}

impl<'w> StatusKey<'w> {
    /// Reads a key.
    pub fn parse(text: &'w str) -> Self {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
        match *text.as_bytes() {
            [class, b'X' | b'x', b'X' | b'x'] => digit(class).map(StatusKey::Range),
            [a, b, c] => [a, b, c]
                .into_iter()
                .try_fold(0, |number: u16, byte| Some(number * 10 + u16::from(digit(byte)?)))
                .map(StatusKey::Exact),
            _ if text.eq_ignore_ascii_case("default") => Some(StatusKey::Default),
            _ => None,
        }
        .unwrap_or(StatusKey::Other(text))
    }

    /// Returns the first digit of the status codes: 4 for `404` and `4XX`; `None` for `default` and other texts.
    pub fn class(self) -> Option<u8> {
        match self {
            StatusKey::Exact(status) => Some((status / 100) as u8),
            StatusKey::Range(class) => Some(class),
            StatusKey::Default | StatusKey::Other(_) => None,
        }
    }

    /// Returns whether a response with this key describes every status code of the other key.
    ///
    /// `default` covers every key; a status code or a range covers what lies within it; other texts cover themselves.
    pub fn covers(self, other: StatusKey<'_>) -> bool {
        match (self, other) {
            (StatusKey::Default, _) => true,
            (StatusKey::Range(class), _) => other.class() == Some(class),
            (StatusKey::Exact(status), _) => other == StatusKey::Exact(status),
            (StatusKey::Other(text), StatusKey::Other(other)) => text == other,
            (StatusKey::Other(_), _) => false,
        }
    }

    /// Returns whether it covers the other key and more.
    pub fn is_wider_than(self, other: StatusKey<'_>) -> bool {
        self.covers(other) && !other.covers(self)
    }

    /// Returns whether it stands for success: `2XX` or a status code of 200 to 299.
    pub fn is_success(self) -> bool {
        self.class() == Some(2)
    }

    /// Returns whether it stands for an error: `4XX`, `5XX` or a status code of 400 to 599.
    pub fn is_error(self) -> bool {
        matches!(self.class(), Some(4 | 5))
    }

    /// Returns the key that describes a status: the narrowest of those that cover it.
    pub fn narrowest<T>(
        keys: impl IntoIterator<Item = T>,
        of: impl Fn(&T) -> StatusKey<'w>,
        status: StatusKey<'_>,
    ) -> Option<T> {
        let width = |key: StatusKey<'_>| match key {
            StatusKey::Exact(_) | StatusKey::Other(_) => 0,
            StatusKey::Range(_) => 1,
            StatusKey::Default => 2,
        };
        keys.into_iter().filter(|one| of(one).covers(status)).min_by_key(|one| width(of(one)))
    }
}
