use super::*;

fn matches(source: &str, text: &str) -> bool {
    Pattern::from_option(source).unwrap().is_match(text)
}

#[test]
fn a_pattern_that_goes_back_for_ever_says_that_it_gave_up() {
    let regex = Pattern::from_option("^(?=(a+))(a*)*\\1b$").unwrap();
    for length in [30, 900, 5_000] {
        assert_eq!(regex.matches(&format!("{}!", "a".repeat(length))), None, "{length}");
    }
    assert_eq!(regex.matches("b"), Some(false));
}

#[test]
fn patterns_of_javascript_are_understood() {
    assert!(matches("^[A-Za-z0-9-._~:/?#\\[\\]@!\\$&'()*+,;=]*$", "get-a.b"));
    assert!(!matches("^[A-Za-z0-9-._~:/?#\\[\\]@!\\$&'()*+,;=]*$", "get a"));
    assert!(matches("{}", "/given/{}") && matches("/{[^}]+}/", "/a/{b}"));
    assert!(matches("[\\w-]+$", "a-b") && matches("[\\w-.]", ".") && !matches("^[\\w-]+$", "a b"));
    assert!(matches("/ABC/i", "xabc") && !matches("ABC", "xabc"));
    assert!(matches("^(?!.*_).*$", "ab") && !matches("^(?!.*_).*$", "a_b"));
    assert!(matches("(a)\\1", "aa") && matches("[^]", "\n") && matches("\\u00e9", "é"));
    assert!(matches("^(?!.*\\bRC\\b)\\d", "1 RCX") && !matches("^(?!.*\\bRC\\b)\\d", "1 RC"));
    assert!(matches("/^a\\/b$/", "a/b") && !matches("\\d", "٣") && matches("[&&]", "&"));
}

#[test]
fn without_the_flag_u_a_pattern_sees_code_units() {
    assert!(matches("^..$", "😀") && !matches("^.$", "😀") && matches("/^.$/u", "😀"));
    assert!(matches("😀", "a😀b") && !matches("^[😀]$", "😀") && matches("/^[😀]$/u", "😀"));
    assert!(matches("\\uD83D\\uDE00", "😀") && matches("/\\uD83D\\uDE00/u", "😀"));
    assert!(matches("/\\u{1F600}/u", "😀") && matches("^\\u{3}$", "uuu"));
    assert!(matches("^[\\uD800-\\uFFFF]+$", "😀\u{E000}") && !matches("[\\uD800-\\uDFFF]", "\u{E000}"));
}

#[test]
fn escapes_mean_what_they_mean_in_javascript() {
    assert!(matches("\\8", "8") && matches("^\\101$", "A") && matches("^(a)?\\1b$", "b"));
    assert!(matches("\\p{L}", "p{L}") && matches("/^\\p{L}+$/u", "äß") && matches("^[\\d-x]$", "-"));
    assert!(matches("(?<n>a)\\k<n>", "aa") && matches("\\k<n>", "k<n>") && matches("a{,5}", "a{,5}"));
    assert!(matches("/^b/y", "ba") && !matches("/b/y", "ab") && matches("/[\\p{L}--[a-z]]/v", "Ä"));
}

#[test]
fn faults_are_worded_as_javascript_does() {
    for (source, flags, reason) in [
        ("(", "", "Unterminated group"),
        (")", "", "Unmatched ')'"),
        ("(?i)a", "", "Invalid group"),
        ("a**", "", "Nothing to repeat"),
        ("^*", "", "Nothing to repeat"),
        ("x{1}{2}", "", "Nothing to repeat"),
        ("(?<=a)*", "", "Invalid quantifier"),
        ("a{2,1}", "", "numbers out of order in {} quantifier"),
        ("[b-a]", "", "Range out of order in character class"),
        ("[", "", "Unterminated character class"),
        ("\\", "", "\\ at end of pattern"),
        ("(?<a>x)(?<a>y)", "", "Duplicate capture group name"),
        ("(?<1>x)", "", "Invalid capture group name"),
        ("\\k<a>(?<b>x)", "", "Invalid named capture referenced"),
        ("}", "u", "Lone quantifier brackets"),
        ("\\-", "u", "Invalid escape"),
        ("\\p{Foo}", "u", "Invalid property name"),
    ] {
        let expected = format!("Invalid regular expression: /{source}/{flags}: {reason}");
        assert_eq!(Pattern::with_flags(source, flags).unwrap_err().to_string(), expected);
    }
    assert_eq!(
        Pattern::with_flags("?", "").unwrap_err().to_string(),
        "Invalid regular expression: /?/: Nothing to repeat"
    );
    assert!(Pattern::from_option("/[abc]+/invalid").unwrap_err().to_string().contains("Invalid flags"));
}

#[test]
fn anchors_count_for_every_alternative() {
    for text in ["^[A-Z]{3}$", "^(a|b)$", "^a$|^b$", "^(?!x)[a-z]{2}$", "^(a)\\1$", "(?=^a)a$"] {
        assert!(Pattern::read(text).is_anchored(), "{text}");
    }
    for text in ["[A-Z]{3}", "^a|b$", "^a?$|b", "(?!^)a$"] {
        assert!(!Pattern::read(text).is_anchored(), "{text}");
    }
}

#[test]
fn length_is_counted_in_characters() {
    assert!(Pattern::read("^[A-Z]{2,30}$").is_bounded() && Pattern::read(r"^(?!0)(\p{L})\1$").is_bounded());
    assert!(!Pattern::read("^[A-Z]+$").is_bounded() && !Pattern::read(r"^(a+)\1$").is_bounded());
    assert!(!Pattern::read("[A-Z]{3}").is_bounded());
    assert_eq!(Pattern::read(r"^\d{4}$").fixed_length(), Some(4));
    assert_eq!(Pattern::read("^[äö]{2}(a|b)$").fixed_length(), Some(3));
    assert_eq!(Pattern::read("^a?$").fixed_length(), None);
}

#[test]
fn patterns_that_say_nothing_are_seen() {
    for text in [".*", "^.+$", "[\\s\\S]*", "^(.*)$", "[\\w\\W\\s]*", "^[^]*$", "^(.|\\n)*$"] {
        assert!(Pattern::read(text).says_nothing(), "{text}");
    }
    assert!(!Pattern::read("^\\w+$").says_nothing() && Pattern::read("^\\d{1,9}$").is_digits());
    assert!(Pattern::read("^(?!0)\\d+$").is_digits() && !Pattern::read("^\\d+-\\d$").is_digits());
}

/// What a JavaScript engine says of each: the text it is asked, whether it matches, and whether `u` takes the pattern.
#[test]
fn patterns_that_were_read_in_several_ways_have_one_meaning() {
    for (pattern, text, expected, portable) in [
        (r"^\p{L}+$", "é", true, true),
        (r"^\p{Script=Greek}+$", "α", true, true),
        ("^[^]$", "\n", true, true),
        (r"^\cA$", "\u{1}", true, true),
        (r"^\d+$", "٣٤", false, true),
        (r"^[\w-.]+$", "a-.", true, false),
        (r"^(?<a>x)\k<a>$", "xx", true, true),
        (r"^\u{1F600}$", "😀", true, true),
        (r"^\u0041$", "A", true, true),
        ("^[a-z&&b]$", "&", true, true),
        (r"^\/x\/$", "/x/", true, true),
        ("^[[:alpha:]]$", ":]", true, false),
        ("^a{,3}$", "a{,3}", true, false),
        (r"^\-$", "-", true, false),
        (r"^x\Z", "xZ", true, false),
        (r"^[\d-x]$", "-", true, false),
        (r"^\Qa\E$", "QaE", true, false),
        (r"^\x41$", "A", true, true),
        (r"^\h$", "h", true, false),
        ("^.$", "\u{2028}", false, true),
        ("^.$", "😀", true, true),
        (r"^[a-\d]$", "-", true, false),
        ("^(?:a|b)(?!c)", "ac", false, true),
        (r"^\_x$", "_x", true, false),
        (r"^\e$", "e", true, false),
        (r"^[\b]$", "\u{8}", true, true),
        (r"^\p{IsGreek}$", "p{IsGreek}", true, false),
        (r"^\ua$", "ua", true, false),
        ("^]$", "]", true, false),
        ("^{$", "{", true, false),
        ("^a{1$", "a{1", true, false),
    ] {
        let read = Pattern::read(pattern);
        assert_eq!(read.matches(text), Some(expected), "{pattern} on {text:?}");
        assert_eq!(read.is_portable(), portable, "{pattern}");
    }
    for (pattern, reason) in [("(?i)^abc$", "Invalid group"), ("^a++$", "Nothing to repeat")] {
        let read = Pattern::read(pattern);
        assert!(read.error().is_some_and(|error| error.to_string().ends_with(reason)), "{pattern}");
        assert_eq!(read.matches("a"), None, "{pattern}");
    }
}

#[test]
fn groups_in_different_branches_may_have_one_name() {
    for (text, expected) in [("abb", true), ("cdd", true), ("abd", false)] {
        assert_eq!(Pattern::read(r"^(?:a(?<x>b)|c(?<x>d))\k<x>$").matches(text), Some(expected), "{text}");
    }
    for pattern in ["(?<x>a)(?<x>b)", "(?<x>(?<x>a))", "(?:(?<x>a)|b)(?<x>c)"] {
        assert!(Pattern::read(pattern).error().is_some(), "{pattern}");
    }
    assert!(Pattern::read("^(?:(?=a)){2}a$").is_portable());
}

#[test]
fn a_pattern_without_the_flag_u_sees_code_units() {
    for (pattern, text, expected) in [
        (r"^\-?.{2}$", "😀", true),
        (r"^\-?.$", "😀", false),
        (r"^\-?[\uD800-\uDBFF][\uDC00-\uDFFF]$", "😀", true),
        (r"^\-?\uD83D", "😀", true),
        (r"^\-?[^a]{3}$", "b😀", true),
    ] {
        assert_eq!(Pattern::read(pattern).matches(text), Some(expected), "{pattern} on {text}");
    }
}

#[test]
fn a_portable_spelling_is_read_by_other_engines_alike() {
    for (pattern, text) in
        [(r"^[\w-.]+$", "a-."), ("^[^]$", "\n"), (r"^a\b.$", "a-"), (r"^(x|y)\1$", "xx"), (r"^x\Z", "xZ")]
    {
        let spelled = Pattern::read(pattern).portable().unwrap();
        assert!(Pattern::read(&spelled).is_portable(), "{pattern}: {spelled}");
        assert_eq!(Pattern::read(&spelled).matches(text), Some(true), "{pattern}: {spelled}");
    }
}
