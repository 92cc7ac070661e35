//! Texts that are something else: a file in the middle of a git merge, a web page in the place of a download. Their many
//! syntax errors are one fault, and it has a name.

use super::{Code, Parsed, Problem};
use crate::text::Span;

/// Puts one problem that names the cause in the place of those that follow from it.
pub(super) fn name(parsed: &mut Parsed) {
    let text = parsed.tree.source().text();
    let code = parsed.problems.first().map(|problem| problem.code);
    let found = match code {
        Some(_) => conflict(text).or_else(|| page(text)),
        None => page(text),
    };
    if let Some((span, message, help)) = found {
        parsed.problems = vec![Problem::new(code.unwrap_or(Code::SyntaxYaml), span, message).help(help)];
    }
}

type Found = (Span, &'static str, &'static str);

/// The markers that git leaves where two versions do not fit together.
fn conflict(text: &str) -> Option<Found> {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.starts_with("<<<<<<< ") || bare == "<<<<<<<" {
            start = start.or(Some(Span::new(at, at + bare.len())));
        } else if (bare.starts_with(">>>>>>> ") || bare == ">>>>>>>")
            && let Some(span) = start
        {
            let help =
                "Keep one of the two versions, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
            return Some((span, "unresolved merge conflict", help));
        }
        at += line.len();
    }
    None
}

/// A web page.
fn page(text: &str) -> Option<Found> {
    let trimmed = text.trim_start_matches('\u{FEFF}').trim_start();
    let head: String = trimmed.chars().take(14).collect::<String>().to_ascii_lowercase();
    if !head.starts_with("<!doctype html") && !head.starts_with("<html") {
        return None;
    }
    let start = text.len() - trimmed.len();
    let end = start + trimmed.find(['\n', '\r']).unwrap_or(trimmed.len()).min(40);
    let end = (start..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let help = "Download the contract itself; the server may have answered with an error page or a login";
    Some((Span::new(start, end), "this is an HTML page, not a contract", help))
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, parse};
    use crate::text::SourceText;
    use std::sync::Arc;

    fn messages(name: &str, text: &str) -> Vec<String> {
        let parsed = parse(Arc::new(SourceText::new(name, text)), None, &Limits::default());
        parsed.problems.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn the_markers_of_a_merge_are_one_problem() {
        let text = "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: [3]\n>>>>>>> other\n";
        assert_eq!(messages("a.yaml", text), ["unresolved merge conflict"]);
        assert_eq!(
            messages("a.json", "{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> x\n}"),
            ["unresolved merge conflict"]
        );
        // Text that only looks like it is left alone.
        assert!(messages("a.yaml", "a: |\n  <<<<<<< HEAD\n  >>>>>>> x\n").is_empty());
    }

    #[test]
    fn a_web_page_is_named() {
        for text in ["<!DOCTYPE html><html><body>404</body></html>", "\n<html>\n<head>: a\n"] {
            assert_eq!(messages("a.yaml", text), ["this is an HTML page, not a contract"]);
        }
    }
}
