//! Patterns held against an engine of JavaScript: whether it takes them, and in which strings it finds them.
//!
//! `COVENANT_PAIRS` sets the number of patterns, `COVENANT_SEED` which.
#![cfg(feature = "js")]

use covenant::pattern::Pattern;
use rquickjs::{Context, Ctx, Function, Runtime};

/// Parts that patterns are made of: usual ones, and those that dialects read in different ways.
const ATOMS: [&str; 92] = [
    "a",
    "b",
    "ab",
    "é",
    "😀",
    "-",
    "_",
    " ",
    "0",
    "Z",
    "k",
    "p",
    ".",
    r"\d",
    r"\D",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"\b",
    r"\B",
    "^",
    "$",
    r"\.",
    r"\-",
    r"\/",
    r"\_",
    r"\@",
    r"\A",
    r"\Z",
    r"\h",
    r"\e",
    r"\Q",
    r"\0",
    r"\1",
    r"\2",
    r"\8",
    r"\k<n>",
    r"\k",
    r"\cA",
    r"\c",
    r"\x41",
    r"\x4",
    r"\u0041",
    r"\u{1F600}",
    r"\u{61}",
    r"\uD83D\uDE00",
    r"\uD83D",
    r"\u12",
    r"\p{L}",
    r"\p{Lu}",
    r"\P{L}",
    r"\p{Script=Latin}",
    r"\p{IsLatin}",
    r"\p{Alpha}",
    r"\p{greek}",
    r"\p",
    "[a-c]",
    "[^a]",
    "[]",
    "[^]",
    r"[\w-.]",
    r"[\d-x]",
    r"[a-\d]",
    r"[\w-]",
    "[-a]",
    "[a-]",
    r"[\b]",
    r"[\-.]",
    r"[\s\S]",
    "[a-z&&[b]]",
    "[[:alpha:]]",
    r"[\u0061-\u0063]",
    r"[\x61-c]",
    r"[\cA]",
    r"[\c0]",
    r"[^\W]",
    r"[\D]",
    "[😀]",
    "[^😀]",
    r"[\uD83D]",
    "[+--]",
    "[--a]",
    r"[\1]",
    r"[\p{L}]",
    "]",
    "}",
    "{",
    "{,3}",
    "{1",
    "\n",
    "/",
];
const QUANTIFIERS: [&str; 14] = ["", "", "", "", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{0}", "{,2}", "++"];
const GROUPS: [&str; 11] = ["(", "(", "(?:", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>", "(?i)(", "(?>"];
const LETTERS: [&str; 28] = [
    "a", "b", "c", "aa", "ab", "A", "Z", "k", "p", "L", "é", "😀", "-", ".", "_", " ", "0", "1", "\n", "\u{2028}", "]",
    "{", "}", "\\", "/", "x", "\u{1}", "\u{8}",
];

/// A small generator, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick<'l>(&mut self, list: &'l [&'l str]) -> &'l str {
        list[self.roll(list.len())]
    }
}

fn branch(dice: &mut Dice, depth: usize, out: &mut String) {
    for _ in 0..=dice.roll(3) {
        if depth > 0 && dice.roll(4) == 0 {
            // Engines differ in which groups may have one name.
            let named = out.contains("(?<n>");
            out.push_str(Some(dice.pick(&GROUPS)).filter(|open| !named || *open != "(?<n>").unwrap_or("("));
            choice(dice, depth - 1, out);
            out.push(')');
        } else {
            // Usual ones more often, so that many patterns are well-formed.
            let usual = dice.roll(2) == 0;
            out.push_str(if usual { dice.pick(&ATOMS[..24]) } else { dice.pick(&ATOMS) });
        }
        out.push_str(dice.pick(&QUANTIFIERS));
    }
}

fn choice(dice: &mut Dice, depth: usize, out: &mut String) {
    branch(dice, depth, out);
    while dice.roll(4) == 0 {
        out.push('|');
        branch(dice, depth, out);
    }
}

fn pattern(dice: &mut Dice) -> String {
    let mut out = String::new();
    if dice.roll(3) > 0 {
        out.push('^');
    }
    choice(dice, 2, &mut out);
    if dice.roll(3) > 0 {
        out.push('$');
    }
    out
}

fn text(dice: &mut Dice) -> String {
    (0..dice.roll(5)).map(|_| dice.pick(&LETTERS)).collect()
}

/// What JavaScript says of a pattern: whether the flag `u` takes it, and for each text whether it is found; `None` where
/// neither reading takes it.
fn judged(ctx: &Ctx<'_>, pattern: &str, texts: &[String]) -> Option<(bool, Vec<bool>)> {
    const JUDGE: &str = "(pattern, texts) => {
        let portable = true, regex;
        try { regex = new RegExp(pattern, 'u'); } catch {
            portable = false;
            try { regex = new RegExp(pattern); } catch { return undefined; }
        }
        return [portable, ...texts.map(text => regex.test(text))];
    }";
    let judge: Function<'_> = ctx.eval(JUDGE).expect("a function");
    let answer: Option<Vec<bool>> = judge.call((pattern, texts.to_vec())).expect("an answer");
    answer.map(|answer| (answer[0], answer[1..].to_vec()))
}

#[test]
fn a_pattern_means_what_an_engine_of_javascript_makes_of_it() {
    let from_env = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let patterns = from_env("COVENANT_PAIRS").unwrap_or(500);
    let mut dice = Dice(from_env("COVENANT_SEED").unwrap_or(20_261_201));
    let runtime = Runtime::new().expect("an engine");
    let context = Context::full(&runtime).expect("a context");
    let (mut different, mut portable, mut lax, mut refused, mut untold) = (Vec::new(), 0, 0, 0, 0);
    for _ in 0..patterns {
        let pattern = pattern(&mut dice);
        let texts: Vec<String> = (0..8).map(|_| text(&mut dice)).collect();
        let expected = context.with(|ctx| judged(&ctx, &pattern, &texts));
        let read = Pattern::read(&pattern);
        let Some((strict, found)) = expected else {
            refused += 1;
            if read.error().is_none() {
                different.push(format!("{pattern:?} is read, though no engine takes it"));
            }
            continue;
        };
        if strict {
            portable += 1;
        } else {
            lax += 1;
        }
        if let Some(error) = read.error() {
            different.push(format!("{pattern:?} is refused: {error}"));
            continue;
        }
        if read.is_portable() != strict {
            different.push(format!("{pattern:?}: taken with `u`: {strict}"));
        }
        for (text, found) in texts.iter().zip(found) {
            match read.matches(text) {
                None => untold += 1,
                Some(ours) if ours != found => different.push(format!("{pattern:?} on {text:?}: {found}")),
                Some(_) => {}
            }
        }
    }
    println!("{patterns} patterns: {portable} portable, {lax} without `u`, {refused} refused, {untold} texts untold");
    assert!(different.is_empty(), "{} different:\n{}", different.len(), different.join("\n"));
    assert!(untold * 100 <= patterns * 8, "{untold} texts untold");
}
