//! `covenant init`: writes `covenant.yaml` and what a CI system needs, for the contracts found here. It asks nothing, and what
//! it writes runs as written.

mod code_first;
mod organisation;

use super::output::{print, save};
use super::session::Failure;
use crate::config::LOCK_NAME;
use crate::workspace::{Input, Repositories, discover};
use clap::{Args, ValueEnum};
use code_first::CodeFirst;
use organisation::Organisation;
use std::path::{Path, PathBuf};

/// Write covenant.yaml and a workflow for the contracts of this repository.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder to prepare.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// What to write beside covenant.yaml; can be repeated.
    #[arg(long, value_enum, value_name = "SYSTEM", default_values_t = [Ci::Github])]
    ci: Vec<Ci>,
    /// The action that the GitHub workflow uses, at a full commit id. Without it the workflow needs `covenant` on PATH.
    #[arg(long, value_name = "OWNER/REPO@SHA", value_parser = action)]
    action: Option<String>,
    /// Extend the policy of an organisation: the name of an installed package, or a file or folder of this repository. Writes
    /// covenant.lock and a first baseline as well.
    #[arg(long, value_name = "NAME|PATH")]
    org: Option<String>,
    /// Folder with installed packages of policy; can be repeated.
    #[arg(long, value_name = "FOLDER", requires = "org")]
    layers: Vec<PathBuf>,
    /// For a contract that COMMAND prints: a workflow whose first job emits and stores it, and whose second one compares it
    /// with the last one of the target branch.
    #[arg(long, value_name = "COMMAND", conflicts_with = "org")]
    code_first: Option<String>,
    /// The name of the contract that COMMAND prints.
    #[arg(
        long,
        value_name = "FILE",
        requires = "code_first",
        default_value = "openapi.json",
        value_parser = code_first::contract
    )]
    contract: String,
    /// The branch that pull requests are compared with.
    #[arg(long, value_name = "BRANCH", requires = "code_first", default_value = "main")]
    branch: String,
    /// Replace files that exist.
    #[arg(long)]
    force: bool,
}

/// What runs Covenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Azure Pipelines.
    Azure,
    /// Jenkins.
    Jenkins,
    /// A hook of pre-commit.
    PreCommit,
    /// Nothing.
    None,
}

impl Ci {
    /// The file, and its text.
    fn file(self, files: &[String], action: Option<&str>) -> Option<(&'static str, String)> {
        Some(match self {
            Ci::Github => (
                ".github/workflows/api-contract.yaml",
                include_str!("github.yaml").replace("@PATHS@", &paths(files, 6)).replace("@STEPS@", &steps(action)),
            ),
            Ci::Gitlab => (".gitlab-ci.yml", include_str!("gitlab.yaml").replace("@PATHS@", &paths(files, 8))),
            Ci::Azure => ("azure-pipelines.yml", include_str!("azure.yaml").replace("@PATHS@", &paths(files, 6))),
            Ci::Jenkins => ("Jenkinsfile", include_str!("Jenkinsfile").to_owned()),
            Ci::PreCommit => (".pre-commit-config.yaml", include_str!("pre-commit.yaml").to_owned()),
            Ci::None => return None,
        })
    }
}

/// The schema of the configuration, for editors.
const SCHEMA: (&str, &str) = (".covenant/covenant.schema.json", include_str!("../../../docs/covenant.schema.json"));

/// The workflow that comments on pull requests of forks.
const COMMENT: (&str, &str) = (".github/workflows/api-contract-comment.yaml", include_str!("comment.yaml"));

/// The script of the job of GitLab.
const GITLAB: (&str, &str) = (".covenant/gitlab.sh", include_str!("../../../action/gitlab.sh"));

/// An action at a full commit id.
fn action(text: &str) -> Result<String, String> {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let parts = text.split_once('@').and_then(|(name, id)| Some((name.split_once('/')?, id)));
    let good = parts.is_some_and(|((owner, name), id)| {
        plain(owner) && plain(name) && id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if good { Ok(text.to_owned()) } else { Err("write OWNER/REPO@SHA, with the full commit id".to_owned()) }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure::new(format!("`{}` is not a folder", folder.display())));
    }
    let (inputs, _) = discover(&[folder.to_string_lossy().into_owned()], &Repositories::default());
    let files: Vec<String> = inputs.iter().filter_map(|input| relative(folder, input)).collect();
    let organisation = arguments.org.as_ref().map(|org| Organisation::new(folder, org, &arguments.layers));
    let mut written = vec![(SCHEMA.0, SCHEMA.1.to_owned())];
    let emitted = arguments.code_first.as_deref();
    let emitted = emitted.map(|command| CodeFirst { command, contract: &arguments.contract });
    match &organisation {
        None if let Some(emitted) = &emitted => {
            written.insert(0, ("covenant.yaml", configuration_with(&emitted.api())));
        }
        None => written.insert(0, ("covenant.yaml", configuration(&files))),
        Some(organisation) => {
            let lock = organisation.lock(folder)?;
            written.splice(0..0, [("covenant.yaml", organisation.configuration()), (LOCK_NAME, lock)]);
        }
    }
    if let Some(action) = arguments.action.as_deref().filter(|_| arguments.ci.contains(&Ci::Github)) {
        written.push((COMMENT.0, COMMENT.1.replace("@ACTION@", action)));
    }
    if arguments.ci.contains(&Ci::Gitlab) {
        written.push((GITLAB.0, GITLAB.1.to_owned()));
    }
    written.extend(arguments.ci.iter().filter_map(|ci| {
        match (&emitted, ci.file(&files, arguments.action.as_deref())) {
            (Some(emitted), Some((name, _))) if *ci == Ci::Github => Some((name, emitted.workflow(&arguments.branch))),
            (_, file) => file,
        }
    }));
    for (name, text) in written {
        let path = folder.join(name);
        if path.exists() && !arguments.force {
            print(&format!("kept     {name} (use --force to replace it)\n"));
            continue;
        }
        save(&path, &text)?;
        print(&format!("written  {name}\n"));
    }
    if let Some(organisation) = &organisation {
        organisation.baseline(folder, arguments.force)?;
    }
    if emitted.is_some() {
        print(
            "The second job of the workflow needs `covenant` on PATH. Set up the language in the first one (docs/code-first.md), and \
             run it on the target branch once.\n",
        );
        return Ok(0);
    }
    if arguments.ci.contains(&Ci::Github) && arguments.action.is_none() {
        print(
            "The workflow needs `covenant` on PATH of its runner and writes no comment; --action OWNER/REPO@SHA uses the action \
             instead.\n",
        );
    }
    let found = if files.len() == 1 { "1 contract".to_owned() } else { format!("{} contracts", files.len()) };
    print(&format!("{found} found; next: covenant check\n"));
    Ok(0)
}

fn relative(folder: &Path, input: &Input) -> Option<String> {
    let Input::File(path) = input else { return None };
    let below = path.strip_prefix(folder).unwrap_or(path);
    Some(below.to_string_lossy().replace('\\', "/").trim_start_matches("./").to_owned())
}

/// What starts a run: everything below the folders of the contracts, which holds what they refer to, and the policy.
fn paths(files: &[String], indent: usize) -> String {
    let mut all: Vec<String> = files
        .iter()
        .map(|file| match file.split_once('/') {
            Some((top, _)) => format!("{top}/**"),
            None => file.clone(),
        })
        .collect();
    if files.is_empty() {
        all.extend(["**/*.yaml", "**/*.yml", "**/*.json"].map(str::to_owned));
    }
    all.extend(["covenant.yaml", "**/covenant.yaml", ".github/workflows/api-contract.yaml"].map(str::to_owned));
    all.sort();
    all.dedup();
    let line = |path: &String| {
        let quoted = serde_json::to_string(path).unwrap_or_default();
        format!("{}- {quoted}", " ".repeat(indent))
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The steps of the workflow that run Covenant.
fn steps(action: Option<&str>) -> String {
    match action {
        Some(action) => format!(
            "      - id: covenant\n        uses: {action}\n        with:\n          sarif: covenant.sarif\n"
        ),
        None => "        with:\n          fetch-depth: 0\n      - name: Find Covenant\n        run: |\n          \
                 command -v covenant || { echo \"::error::There is no covenant on PATH; install it on the runner, or run \
                 covenant init --action OWNER/REPO@SHA\"; exit 2; }\n      - name: Check the contracts\n        env:\n          \
                 BASE_SHA: ${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}\n        run: >-\n          \
                 covenant check --base \"git:$BASE_SHA\" --merge-base --format github\n          \
                 --output \"markdown=$GITHUB_STEP_SUMMARY\" --output sarif=covenant.sarif\n"
            .to_owned(),
    }
}

fn configuration(files: &[String]) -> String {
    if files.is_empty() {
        return configuration_with(
            "# The contracts of this repository.\n# apis:\n#   - name: payments\n#     file: api/payments.yaml\n",
        );
    }
    let quoted = |file: &String| serde_json::to_string(file).unwrap_or_default();
    let listed: String = files.iter().map(|file| format!("  - file: {}\n", quoted(file))).collect();
    configuration_with(&format!("# The contracts of this repository.\napis:\n{listed}"))
}

/// The configuration with what it says of the contracts.
fn configuration_with(contracts: &str) -> String {
    let mut text = String::from(
        "# yaml-language-server: $schema=.covenant/covenant.schema.json\n\
         # What Covenant checks in this repository. Every key may be left out; see docs/configuration.md.\n\
         # Pull requests are judged by this file as it is on their target branch.\n\
         version: 1\n\n\
         # Severities and rules come from a profile: recommended, strict, fapi, ... After the @ stands its version: an update of\n\
         # Covenant brings no new rules until it is raised (`covenant rules --profile-diff OLD NEW` shows them).\n\
         profile: recommended@@RULES@\n\n\
         # Rules of our own: a severity per id, or off. `covenant rules` lists them.\n\
         rules:\n  sec-operation-authenticated: error\n\n\
         # A run fails at this severity and above.\nfail-on: error\n\n",
    );
    text = text.replace("@RULES@", crate::lint::RULES_VERSION);
    text.push_str(contracts);
    text.push_str(
        "\n# When a breaking change passes: never, when-version-says-so, when-approved; see docs/approvals.md.\n\
         allow-breaking: never\n\n\
         # Findings accepted for a while, with an owner and an end.\n# waivers:\n#   - rule: sec-server-https-only\n\
         #     owner: payments team\n#     reason: the old gateway is replaced in spring\n#     expires: 2027-03-31\n",
    );
    text
}
