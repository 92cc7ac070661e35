//! What a comparison is told: the promise to keep, policies that move severities, and the date it is judged at.

use crate::diagnostic::{Category, Impact, Severity};
use crate::openapi::{Api, Audience, Stability};
use crate::schema::Formats;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How a value that a response may newly hold, in an enumeration, is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EnumAdditions {
    /// Old clients may fail: breaking.
    Breaking,
    /// It depends on the client: risky.
    #[default]
    Risky,
    /// Clients were told to expect new values: compatible.
    Compatible,
    /// Compatible where the schema says it grows (`x-extensible-enum`), else breaking.
    ExtensibleOnly,
}

impl EnumAdditions {
    /// Reads the name used in configuration.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "breaking" => EnumAdditions::Breaking,
            "risky" => EnumAdditions::Risky,
            "compatible" => EnumAdditions::Compatible,
            "extensible-only" => EnumAdditions::ExtensibleOnly,
            _ => return None,
        })
    }

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            EnumAdditions::Breaking => "breaking",
            EnumAdditions::Risky => "risky",
            EnumAdditions::Compatible => "compatible",
            EnumAdditions::ExtensibleOnly => "extensible-only",
        }
    }
}

/// How a value is judged that is new for readers, of a type that they know: a union branch, an enumeration value, a raised
/// limit, a member of a closed object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewForReaders {
    /// Clients that validate fail: breaking.
    Breaking,
    /// It depends on the client: risky.
    Risky,
    /// Clients were told to expect new values: compatible.
    Compatible,
}

impl NewForReaders {
    /// Reads the name used in configuration.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "breaking" => NewForReaders::Breaking,
            "risky" => NewForReaders::Risky,
            "compatible" => NewForReaders::Compatible,
            _ => return None,
        })
    }

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        self.impact().name()
    }

    pub(super) fn impact(self) -> Impact {
        match self {
            NewForReaders::Breaking => Impact::Breaking,
            NewForReaders::Risky => Impact::Risky,
            NewForReaders::Compatible => Impact::Compatible,
        }
    }
}

impl From<NewForReaders> for EnumAdditions {
    fn from(choice: NewForReaders) -> Self {
        match choice {
            NewForReaders::Breaking => EnumAdditions::Breaking,
            NewForReaders::Risky => EnumAdditions::Risky,
            NewForReaders::Compatible => EnumAdditions::Compatible,
        }
    }
}

/// What a line of policy does to the severity of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    #[default]
    Keep,
    /// The finding is dropped.
    Off,
    /// It becomes this.
    Is(Severity),
}

/// Whether changes of operations that are deprecated in the base may break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exempt {
    /// They break like others.
    #[default]
    Never,
    /// They break nothing once the sunset date has passed.
    AfterSunset,
    /// They break nothing.
    Always,
}

impl Exempt {
    /// Reads the name used in configuration.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "never" => Exempt::Never,
            "after-sunset" => Exempt::AfterSunset,
            "always" => Exempt::Always,
            _ => return None,
        })
    }

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Exempt::Never => "never",
            Exempt::AfterSunset => "after-sunset",
            Exempt::Always => "always",
        }
    }
}

/// What a breaking change of something that is `beta` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BetaBreaks {
    /// Breaking like any other.
    #[default]
    Breaking,
    /// Risky: partners agreed that it may change with notice.
    Risky,
}

impl BetaBreaks {
    /// Reads the name used in configuration.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "breaking" => BetaBreaks::Breaking,
            "risky" => BetaBreaks::Risky,
            _ => return None,
        })
    }

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            BetaBreaks::Breaking => "breaking",
            BetaBreaks::Risky => "risky",
        }
    }
}

/// A line of policy that moves some changes. Every part that is given must match.
#[derive(Clone, Debug, Default)]
pub struct Override {
    /// The line, shown with each finding that it moved.
    pub name: String,
    /// Change id; `*` stands for any characters.
    pub id: Option<String>,
    /// Path template of an operation reached; `*` stands for any characters but `/`, `**` for any.
    pub path: Option<String>,
    /// Tag of an operation reached.
    pub tag: Option<String>,
    /// Stability level of all operations reached.
    pub stability: Option<Stability>,
    /// What becomes of the severity.
    pub severity: Level,
    /// The weakest promise that it breaks, instead of the one in the catalogue.
    pub category: Option<Category>,
}

/// What a comparison is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The promise to keep: [`Category::Default`], [`Category::Contract`] or [`Category::Sdk`].
    pub keep: Category,
    /// The promise to keep instead, by the words under `x-audience` of the base, in lower case.
    pub keep_by_audience: BTreeMap<String, Category>,
    /// The promises to keep instead in single contracts, by their files from the top of the repository; without one, as
    /// findings name them.
    pub keep_by_contract: Vec<(String, Category)>,
    /// How values are judged that are new for readers; absent: as the promise says.
    pub new_for_readers: Option<NewForReaders>,
    /// How new enumeration values of responses are judged; absent: as other new values, else risky.
    pub response_enum_additions: Option<EnumAdditions>,
    /// Changes of operations, parameters and properties below this level break no promise.
    pub stability: Stability,
    /// What breaking changes of `beta` elements are.
    pub beta: BetaBreaks,
    /// Which formats bind the values of strings and numbers.
    pub formats: Formats,
    /// Whether servers are compared; contracts of several environments differ in nothing else.
    pub servers: bool,
    /// The day of judgement; without it, no sunset date counts as reached.
    pub as_of: Option<Date>,
    /// Days between announcement and end that stable operations owe their clients; 0 asks for none.
    pub notice_days_stable: u32,
    /// The same for beta operations.
    pub notice_days_beta: u32,
    /// Whether changes of deprecated operations, parameters and properties may break.
    pub exempt: Exempt,
    /// Lines that move findings; of those that set the severity, and of those that set the category, the last that
    /// matches wins.
    pub overrides: Vec<Override>,
    /// Give one finding per operation instead of one per root cause.
    pub expand: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            keep: Category::Default,
            keep_by_audience: BTreeMap::new(),
            keep_by_contract: Vec::new(),
            new_for_readers: None,
            response_enum_additions: None,
            stability: Stability::Beta,
            beta: BetaBreaks::default(),
            formats: Formats::Known,
            servers: true,
            as_of: None,
            notice_days_stable: 0,
            notice_days_beta: 0,
            exempt: Exempt::default(),
            overrides: Vec::new(),
            expand: false,
        }
    }
}

impl Options {
    /// Returns the options for a contract: with the promise of its file, that of the base first, so that a new name changes
    /// nothing; else with the promise that the base keeps towards the audience it declares.
    pub(super) fn of(&self, base: Api<'_>, revision: Api<'_>) -> Cow<'_, Self> {
        let own = [base, revision].into_iter().find_map(|api| {
            let source = api.root().location().source;
            self.keep_by_contract.iter().find(|(file, _)| file == source.home())
        });
        if let Some((_, keep)) = own {
            return Cow::Owned(Options { keep: *keep, keep_by_audience: BTreeMap::new(), ..self.clone() });
        }
        if self.keep_by_audience.is_empty() {
            return Cow::Borrowed(self);
        }
        let info = base.info();
        let declared = ["x-audience", "x-visibility"].into_iter().filter_map(|key| info?.get(key));
        let texts = declared.flat_map(|place| if place.is_seq() { place.elements().collect() } else { vec![place] });
        let mut words: Vec<String> = texts.map(|place| place.text().to_ascii_lowercase()).collect();
        words.extend(info.filter(|info| info.get_bool("x-internal") == Some(true)).map(|_| "internal".to_owned()));
        let promise = |word: &String| {
            let usual = Audience::parse(word).map(Audience::name);
            self.keep_by_audience.get(word).or_else(|| self.keep_by_audience.get(usual?)).copied()
        };
        // Towards several audiences the strictest promise counts.
        match words.iter().filter_map(promise).min() {
            Some(keep) if keep != self.keep => Cow::Owned(Options { keep, ..self.clone() }),
            _ => Cow::Borrowed(self),
        }
    }
}
