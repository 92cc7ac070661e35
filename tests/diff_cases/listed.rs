//! Differences that a document lists with their reasons: the rows of its tables, and whether each is used.
//!
//! A difference that no row explains fails the test, and so does a row that explains nothing.

use std::collections::BTreeSet;
use std::path::Path;

/// The rows of a document, and which of them were used.
pub(crate) struct Listed {
    pub(crate) text: String,
    rows: Vec<Vec<String>>,
    used: BTreeSet<usize>,
    open: Vec<String>,
}

impl Listed {
    /// Reads all tables of a document below `docs/`; marks of code are taken off the cells.
    pub(crate) fn read(name: &str) -> Listed {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let text = std::fs::read_to_string(path).expect("the document can be read");
        let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| --"));
        let cells = |line: &str| {
            let inner = line.trim().trim_matches('|').replace('`', "");
            inner.split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        };
        let rows = lines.map(cells).filter(|row| row.last().is_some_and(|cell| cell != "reason")).collect();
        Listed { text, rows, used: BTreeSet::new(), open: Vec::new() }
    }

    /// Notes a difference: the first row that `fits` explains it.
    pub(crate) fn explain(&mut self, difference: &str, fits: impl Fn(&[String]) -> bool) {
        match self.rows.iter().position(|row| fits(row)) {
            Some(at) => {
                println!("  {difference}: {}", self.rows[at].last().map_or("", String::as_str));
                self.used.insert(at);
            }
            None => self.open.push(difference.to_owned()),
        }
    }

    /// Whether a row fits.
    pub(crate) fn any(&self, fits: impl Fn(&[String]) -> bool) -> bool {
        self.rows.iter().any(|row| fits(row))
    }

    /// Fails on differences without a row, and on rows without a difference.
    pub(crate) fn finish(&self) {
        let idle: Vec<String> =
            (0..self.rows.len()).filter(|at| !self.used.contains(at)).map(|at| self.rows[at].join(" | ")).collect();
        assert!(self.open.is_empty(), "differences without a reason:\n{}", self.open.join("\n"));
        assert!(idle.is_empty(), "reasons without a difference:\n{}", idle.join("\n"));
    }
}
