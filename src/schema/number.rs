//! Numbers: bounds, multiples, excluded multiples and excluded values, solved exactly.

use super::value::{Rational, Value, decimal};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// What is asked of a number.
#[derive(Default, Clone)]
pub(super) struct Numbers {
    /// Lower bounds, with whether they are excluded.
    pub(super) min: Option<(Rational, bool)>,
    pub(super) max: Option<(Rational, bool)>,
    pub(super) multiple: Vec<Rational>,
    pub(super) not_multiple: Vec<Rational>,
    pub(super) not: Vec<Value>,
}

/// Candidates tried one by one before giving up.
const TRIES: usize = 20_000;

impl Numbers {
    pub(super) fn at_least(&mut self, bound: &Rational, open: bool) {
        let replace = self.min.as_ref().is_none_or(|(old, was)| bound > old || (bound == old && open && !was));
        if replace {
            self.min = Some((bound.clone(), open));
        }
    }

    pub(super) fn at_most(&mut self, bound: &Rational, open: bool) {
        let replace = self.max.as_ref().is_none_or(|(old, was)| bound < old || (bound == old && open && !was));
        if replace {
            self.max = Some((bound.clone(), open));
        }
    }

    fn allows(&self, number: &Rational) -> bool {
        self.min.as_ref().is_none_or(|(bound, open)| number > bound || (!open && number == bound))
            && self.max.as_ref().is_none_or(|(bound, open)| number < bound || (!open && number == bound))
            && self.multiple.iter().all(|of| (number / of).is_integer())
            && self.not_multiple.iter().all(|of| !(number / of).is_integer())
            && !self.not.iter().any(|value| matches!(value, Value::Num(other) if other == number))
    }

    /// A number, `Ok(None)` when there is none, `Err` when it cannot be told.
    pub(super) fn find(&self) -> Result<Option<Rational>, ()> {
        if self.multiple.iter().chain(&self.not_multiple).any(|of| !of.is_positive()) {
            return Err(());
        }
        for easy in [0_i64, 1, -1, 2, 10, 100] {
            let number = Rational::from_integer(easy.into());
            if self.allows(&number) {
                return Ok(Some(number));
            }
        }
        for (numerator, denominator) in [(1, 2), (-1, 2), (3, 2), (1, 10), (1, 4)] {
            let number = Rational::new(BigInt::from(numerator), BigInt::from(denominator));
            if self.allows(&number) {
                return Ok(Some(number));
            }
        }
        if let Some(number) = self.power_of_ten() {
            return Ok(Some(number));
        }
        if let (Some((low, low_open)), Some((high, high_open))) = (&self.min, &self.max)
            && (low > high || (low == high && (*low_open || *high_open)))
        {
            return Ok(None);
        }
        match self.multiple.iter().cloned().reduce(|left, right| lcm(&left, &right)) {
            Some(step) => self.on_grid(&step),
            None => self.anywhere(),
        }
    }

    /// A power of ten beyond a bound so large that the next number has more digits than JSON numbers usually keep.
    fn power_of_ten(&self) -> Option<Rational> {
        let large = Rational::from_integer(BigInt::from(1_u64 << 53));
        let ten = Rational::from_integer(10.into());
        for (bound, _) in [&self.min, &self.max].into_iter().flatten().filter(|(bound, _)| bound.abs() > large) {
            let mut power = Rational::one();
            while power <= bound.abs() {
                power *= &ten;
            }
            let number = if bound.is_negative() { -power } else { power };
            if self.allows(&number) {
                return Some(number);
            }
        }
        None
    }

    /// Multiples of `step`: whether `k * step` is excluded depends on `k` modulo a period.
    fn on_grid(&self, step: &Rational) -> Result<Option<Rational>, ()> {
        let periods: Vec<BigInt> = self.not_multiple.iter().map(|of| (lcm(step, of) / step).to_integer()).collect();
        if periods.iter().any(One::is_one) {
            return Ok(None);
        }
        let low = self.min.as_ref().map(|(bound, open)| {
            let k = (bound / step).ceil().to_integer();
            if *open && Rational::from_integer(k.clone()) * step == *bound { k + 1 } else { k }
        });
        let high = self.max.as_ref().map(|(bound, open)| {
            let k = (bound / step).floor().to_integer();
            if *open && Rational::from_integer(k.clone()) * step == *bound { k - 1 } else { k }
        });
        let period = periods.iter().fold(BigInt::one(), |all, period| all.lcm(period));
        let (start, forward) = match (&low, &high) {
            (Some(low), _) => (low.clone(), true),
            (None, Some(high)) => (high.clone(), false),
            (None, None) => (BigInt::zero(), true),
        };
        let mut k = start;
        let enough = &period * BigInt::from(self.not.len() + 1);
        for tried in 0..TRIES {
            let tried = BigInt::from(tried);
            let outside = high.as_ref().is_some_and(|high| k > *high) || low.as_ref().is_some_and(|low| k < *low);
            if outside || tried > enough {
                return Ok(None);
            }
            let number = Rational::from_integer(k.clone()) * step;
            if self.allows(&number) {
                return Ok(Some(number));
            }
            k += if forward { 1 } else { -1 };
        }
        Err(())
    }

    /// Any numbers: only finitely many of an interval are excluded, so ever finer ones are tried.
    fn anywhere(&self) -> Result<Option<Rational>, ()> {
        let one = Rational::one();
        let (low, high) = match (&self.min, &self.max) {
            (Some((low, _)), Some((high, _))) => (low.clone(), high.clone()),
            (Some((low, _)), None) => (low.clone(), low + Rational::from_integer(8.into())),
            (None, Some((high, _))) => (high - Rational::from_integer(8.into()), high.clone()),
            (None, None) => (Rational::zero(), one.clone()),
        };
        if low == high {
            return Ok(self.allows(&low).then_some(low));
        }
        let ten = Rational::from_integer(10.into());
        let mut step = one;
        for _ in 0..25 {
            let first = (&low / &step).floor().to_integer();
            for offset in 0..200 {
                let number = Rational::from_integer(&first + offset) * &step;
                if number > high {
                    break;
                }
                if self.allows(&number) && decimal(&number).is_some() {
                    return Ok(Some(number));
                }
            }
            step /= &ten;
        }
        let mut middle = (&low + &high) / Rational::from_integer(2.into());
        for _ in 0..40 {
            if self.allows(&middle) {
                return Ok(Some(middle));
            }
            middle = (&low + middle) / Rational::from_integer(2.into());
        }
        Err(())
    }
}

/// The least positive number that is a multiple of both.
fn lcm(left: &Rational, right: &Rational) -> Rational {
    let numer = left.numer().lcm(right.numer());
    let denom = left.denom().gcd(right.denom());
    Rational::new(numer, denom)
}

#[cfg(test)]
mod tests {
    use super::super::value::parse_number;
    use super::*;

    fn number(text: &str) -> Rational {
        parse_number(text).unwrap()
    }

    #[test]
    fn multiples_are_met_exactly() {
        let mut ask = Numbers { multiple: vec![number("0.1"), number("0.25")], ..Numbers::default() };
        ask.at_least(&number("0"), true);
        assert_eq!(ask.find(), Ok(Some(number("1"))));
        ask.at_most(&number("0.5"), true);
        assert_eq!(ask.find(), Ok(None));
    }

    #[test]
    fn excluded_multiples_leave_a_gap_or_none() {
        let mut ask =
            Numbers { multiple: vec![number("2")], not_multiple: vec![number("4"), number("6")], ..Numbers::default() };
        assert_eq!(ask.find(), Ok(Some(number("2"))));
        ask.at_least(&number("3"), false);
        ask.at_most(&number("9"), false);
        assert_eq!(ask.find(), Ok(None));
        ask.not_multiple = vec![number("1")];
        assert_eq!(ask.find(), Ok(None));
    }

    #[test]
    fn beyond_a_large_bound_stands_a_power_of_ten() {
        let mut ask = Numbers { multiple: vec![number("1")], ..Numbers::default() };
        ask.at_most(&number("-9223372036854775808"), true);
        assert_eq!(ask.find(), Ok(Some(number("-1e19"))));
        let mut ask = Numbers::default();
        ask.at_least(&number("340282346638528859811704183484516925440"), true);
        assert_eq!(ask.find(), Ok(Some(number("1e39"))));
    }

    #[test]
    fn a_small_gap_between_bounds_is_found() {
        let mut ask = Numbers::default();
        ask.at_least(&number("0.333"), true);
        ask.at_most(&number("0.334"), true);
        assert_eq!(ask.find(), Ok(Some(number("0.3331"))));
    }
}
