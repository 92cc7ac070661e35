//! Limits: schema keywords with a number that bounds values from above or below. One line each; what can happen to any of them
//! is a [`Motion`].

use super::event::{Action, Effect, Facts, Group};
use super::lists::SCHEMA;

/// What happened to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Motion {
    /// It is new.
    Set,
    /// It is gone.
    Unset,
    /// Its number is greater.
    Increased,
    /// Its number is smaller.
    Decreased,
}

impl Motion {
    /// All motions.
    pub const ALL: [Motion; 4] = [Motion::Set, Motion::Unset, Motion::Increased, Motion::Decreased];
}

/// On which side of a limit values are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Below: a maximum.
    Upper,
    /// Above: a minimum.
    Lower,
}

/// Makes the enum and the tables of its facts from one list.
macro_rules! bounds {
    ($($name:ident $side:ident $default:expr, $keyword:literal $slug:literal;)*) => {
        /// A keyword that limits values.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bound {
            $(#[doc = concat!("`", $keyword, "`.")] $name,)*
        }

        impl Bound {
            /// All limits in the order of the table.
            pub const ALL: &'static [Bound] = &[$(Bound::$name,)*];

            /// Returns the keyword.
            pub const fn keyword(self) -> &'static str {
                match self { $(Bound::$name => $keyword,)* }
            }

            /// Returns the name in ids and of its page.
            pub const fn slug(self) -> &'static str {
                match self { $(Bound::$name => $slug,)* }
            }

            /// Returns on which side values are allowed.
            pub const fn edge(self) -> Edge {
                match self { $(Bound::$name => Edge::$side,)* }
            }

            /// Returns the number that holds where nothing is said.
            pub const fn default(self) -> Option<f64> {
                match self { $(Bound::$name => $default,)* }
            }
        }

        static FACTS: &[[Facts; 4]] = &[$([
            facts(Edge::$side, Motion::Set, &[(SCHEMA, concat!("*-", $slug, "-set"))]),
            facts(Edge::$side, Motion::Unset, &[(SCHEMA, concat!("*-", $slug, "-unset"))]),
            facts(Edge::$side, Motion::Increased, &[(SCHEMA, concat!("*-", $slug, "-increased"))]),
            facts(Edge::$side, Motion::Decreased, &[(SCHEMA, concat!("*-", $slug, "-decreased"))]),
        ],)*];
    };
}

bounds! {
    Max           Upper None,      "maximum"          "max";
    Min           Lower None,      "minimum"          "min";
    ExclusiveMax  Upper None,      "exclusiveMaximum" "exclusive-max";
    ExclusiveMin  Lower None,      "exclusiveMinimum" "exclusive-min";
    MaxLength     Upper None,      "maxLength"        "max-length";
    MinLength     Lower Some(0.0), "minLength"        "min-length";
    MaxItems      Upper None,      "maxItems"         "max-items";
    MinItems      Lower Some(0.0), "minItems"         "min-items";
    MaxProperties Upper None,      "maxProperties"    "max-properties";
    MinProperties Lower Some(0.0), "minProperties"    "min-properties";
    MaxContains   Upper None,      "maxContains"      "max-contains";
    MinContains   Lower Some(1.0), "minContains"      "min-contains";
}

impl Bound {
    /// Returns whether it limits how many characters, items or properties a value has.
    pub const fn is_count(self) -> bool {
        match self {
            Bound::MaxLength
            | Bound::MinLength
            | Bound::MaxItems
            | Bound::MinItems
            | Bound::MaxProperties
            | Bound::MinProperties
            | Bound::MaxContains
            | Bound::MinContains => true,
            Bound::Max | Bound::Min | Bound::ExclusiveMax | Bound::ExclusiveMin => false,
        }
    }

    /// Returns whether fewer values are allowed after a motion.
    pub const fn tightens(self, motion: Motion) -> bool {
        tightens(self.edge(), motion)
    }

    pub(super) fn facts(self, motion: Motion) -> &'static Facts {
        &FACTS[self as usize][motion as usize]
    }
}

const fn tightens(side: Edge, motion: Motion) -> bool {
    match (motion, side) {
        (Motion::Set, _) | (Motion::Increased, Edge::Lower) | (Motion::Decreased, Edge::Upper) => true,
        (Motion::Unset, _) | (Motion::Increased, Edge::Upper) | (Motion::Decreased, Edge::Lower) => false,
    }
}

const fn facts(side: Edge, motion: Motion, ids: &'static [(&'static [super::Subject], &'static str)]) -> Facts {
    let (action, effect) =
        if tightens(side, motion) { (Action::Tightens, Effect::Narrows) } else { (Action::Loosens, Effect::Widens) };
    Facts { group: Group::Limit, action, effect: Some(effect), ids }
}
