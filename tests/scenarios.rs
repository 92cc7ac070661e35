//! Command lines of Spectral's own test suite, with `covenant` in its place. The cases lie outside the package; where they
//! are absent the test says so and ends. Every difference is listed here with its reason.

mod collection;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Scenarios that end otherwise, and why.
const DIFFERENT: [(&str, &str); 8] = [
    ("asyncapi2-streetlights", "AsyncAPI documents are left out: Covenant is about OpenAPI contracts, and says so"),
    ("formats/results-default-format-json", "`json` is Covenant's report; Spectral's is `spectral-json`"),
    ("formats/results-format-html", "`html` is Covenant's report"),
    ("formats/results-format-junit", "`junit` has a test case a finding, without Spectral's package name"),
    ("formats/too-few-outputs", "a usage error ends with 2, as what could not be examined"),
    ("help-no-document", "without documents the contracts of the folder are examined; none there ends with 2"),
    ("strict-commands", "a usage error ends with 2"),
    ("strict-options", "a usage error ends with 2"),
];

struct Scenario {
    name: String,
    sections: BTreeMap<String, String>,
}

fn scenarios(folder: &Path, below: &str, out: &mut Vec<Scenario>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            scenarios(&path, &format!("{below}{name}/"), out);
        } else if let Some(name) = name.strip_suffix(".scenario") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut sections = BTreeMap::new();
            let mut current = String::new();
            for line in text.lines() {
                match line.strip_prefix("====").and_then(|rest| rest.strip_suffix("====")) {
                    Some(name) => name.clone_into(&mut current),
                    None => {
                        let body: &mut String = sections.entry(current.clone()).or_default();
                        body.push_str(line);
                        body.push('\n');
                    }
                }
            }
            for body in sections.values_mut() {
                *body = body.trim().to_owned();
            }
            out.push(Scenario { name: format!("{below}{name}"), sections });
        }
    }
}

impl Scenario {
    fn fill(&self, text: &str, folder: &Path, absolute: bool) -> String {
        let at = |name: &str| if absolute { folder.join(name).display().to_string() } else { name.to_owned() };
        let json = self.sections.get("document").is_some_and(|text| text.starts_with('{'));
        let mut text = text
            .replace("{bin}", env!("CARGO_BIN_EXE_covenant"))
            .replace("{document}", &at(if json { "document.json" } else { "document.yaml" }));
        for name in self.sections.keys().filter_map(|name| name.strip_prefix("asset:")) {
            text = text.replace(&format!("{{asset:{name}}}"), &at(name));
        }
        if absolute {
            text = text.replace("{__dirname}", &folder.display().to_string());
        }
        text.replace("{__dirname}/", "")
    }

    /// What differs: status, or the lines of the output.
    fn difference(&self) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        // Names of temporary folders that begin with a dot match no glob.
        let folder = folder.path().join("case");
        std::fs::create_dir(&folder).unwrap();
        for (name, body) in &self.sections {
            let name = match name.strip_prefix("asset:") {
                Some(name) => folder.join(name),
                None if name == "document" => PathBuf::from(self.fill("{document}", &folder, true)),
                None => continue,
            };
            std::fs::create_dir_all(name.parent().unwrap()).unwrap();
            std::fs::write(name, self.fill(body, &folder, true)).unwrap();
        }
        let command = self.sections.get("command-nix").or_else(|| self.sections.get("command")).unwrap();
        let mut shell = Command::new("sh");
        shell.current_dir(&folder).arg("-c").arg(self.fill(command, &folder, true)).stdin(Stdio::null());
        for line in self.sections.get("env").into_iter().flat_map(|text| text.lines()) {
            let (name, value) = line.split_once('=').unwrap();
            shell.env(name, value);
        }
        let output = shell.output().unwrap();
        let status = output.status.code().unwrap_or(-1).to_string();
        if let Some(expected) = self.sections.get("status").filter(|expected| **expected != status) {
            return Some(format!("status {status} instead of {expected}"));
        }
        let expected = self.fill(self.sections.get("stdout")?, &folder, false);
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
        };
        let (expected, found) = (lines(expected.trim()), lines(found.trim()));
        let at = (0..expected.len().max(found.len())).find(|at| expected.get(*at) != found.get(*at))?;
        Some(format!("line {}: {:?} instead of {:?}", at + 1, found.get(at), expected.get(at)))
    }
}

#[test]
#[ignore = "needs the collection"]
fn command_lines_of_spectral_do_what_they_did() {
    let folder = collection::part("cases/spectral/scenarios");
    let mut all = Vec::new();
    scenarios(&folder, "", &mut all);
    let mut wrong = Vec::new();
    let mut same = 0;
    for scenario in &all {
        let reason = DIFFERENT.iter().find(|(name, _)| *name == scenario.name).map(|(_, reason)| *reason);
        match (scenario.difference(), reason) {
            (None, None) => same += 1,
            (Some(difference), Some(reason)) => println!("{}: {difference}\n  {reason}", scenario.name),
            (Some(difference), None) => wrong.push(format!("{}: {difference}", scenario.name)),
            (None, Some(_)) => wrong.push(format!("{}: listed as different, but it is the same", scenario.name)),
        }
    }
    println!("scenarios: {same} of {} the same, names of files apart", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
