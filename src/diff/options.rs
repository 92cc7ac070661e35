//! What a comparison is told: the promise to keep, policies that move severities, and the date it is judged at.

use crate::diagnostic::{Category, Severity};
use crate::openapi::Stability;
use jiff::civil::Date;

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
    /// The weakest promise whose breach is breaking: [`Category::Wire`], [`Category::Contract`] or [`Category::Sdk`].
    pub keep: Category,
    /// How new enumeration values of responses are judged.
    pub response_enum_additions: EnumAdditions,
    /// Changes of operations, parameters and properties below this level break no promise.
    pub stability: Stability,
    /// What breaking changes of `beta` elements are.
    pub beta: BetaBreaks,
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
            keep: Category::Contract,
            response_enum_additions: EnumAdditions::default(),
            stability: Stability::Beta,
            beta: BetaBreaks::default(),
            as_of: None,
            notice_days_stable: 0,
            notice_days_beta: 0,
            exempt: Exempt::default(),
            overrides: Vec::new(),
            expand: false,
        }
    }
}
