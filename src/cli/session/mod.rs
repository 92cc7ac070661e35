//! What every command shares: configuration, limits, the day of judgement, and loading contracts.

mod failure;
mod findings;
mod pair;
mod policy;

pub(super) use failure::Failure;
pub(super) use findings::{Findings, Progress};
pub(super) use pair::{Pair, open};
use policy::named_by_configuration;

use crate::cli::layers::{Base, Layered, Reader, Shelf};
use crate::config::{self, Config, Loaded};
use crate::files::{self, Fault, Fence};
use crate::gate::Limitation;
use crate::lifecycle;
use crate::text::SourceText;
use crate::workspace::{
    BaseArgument, DiscoverError, Input, Opened, Options, Repositories, Snapshot, Workspace, discover,
};
use clap::Args;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of every command that reads contracts.
#[derive(Clone, Debug, Args)]
pub(super) struct LoadArguments {
    /// Configuration file; otherwise `covenant.yaml` is looked for upward from the contract.
    #[arg(short, long, value_name = "FILE", help_heading = "Input")]
    pub(super) config: Option<PathBuf>,
    /// Ignore every configuration file.
    #[arg(long, conflicts_with = "config", help_heading = "Input")]
    no_config: bool,
    /// The day for all date rules, as YYYY-MM-DD, to replay a run [default: today (UTC)].
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Input")]
    as_of: Option<Date>,
    /// Read no file outside this folder [default: the git work tree, else the contract's folder].
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    root: Option<PathBuf>,
    /// The git repository that revisions are of, which may be bare [default: the one whose `.git` stands above].
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    git_dir: Option<PathBuf>,
    /// Let the configuration and the rulesets name files outside the repository.
    #[arg(long, help_heading = "Input")]
    allow_outside: bool,
    /// Folder with installed packages of policy (`extends: package:NAME`), such as the site-packages of Python; can be
    /// repeated.
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    pub(super) layers: Vec<PathBuf>,
    /// Read FILE (or a file below it) where a reference names URL (or a URL below it).
    #[arg(long, value_name = "URL=FILE", help_heading = "Input")]
    map: Vec<String>,
    /// Read the layers whatever `covenant.lock` says of them: it is about to be written.
    #[arg(skip)]
    pub(super) relock: bool,
    /// Largest file to read, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, help_heading = "Input")]
    max_file_size: u64,
    /// Most files of one contract.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, help_heading = "Input")]
    max_files: usize,
}

impl Default for LoadArguments {
    /// Those of a command line without any option.
    fn default() -> Self {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            load: LoadArguments,
        }
        <Line as clap::Parser>::parse_from(["covenant"]).load
    }
}

/// A day of an argument.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day of the calendar as YYYY-MM-DD".to_owned())
}

/// Standard input holds one text: it cannot be both sides of a comparison.
///
/// # Errors
/// [`Failure`] when it is named twice.
pub(super) fn two_sources(base: &Input, revision: &Input) -> Result<(), Failure> {
    match (base, revision) {
        (Input::Stdin(_), Input::Stdin(_)) => {
            Err(Failure::usage("standard input holds one contract; name a file or REV:path for the other"))
        }
        _ => Ok(()),
    }
}

/// Where a configuration is looked for.
#[derive(Clone, Debug)]
enum Sought {
    /// Nowhere.
    No,
    /// At this path.
    At(PathBuf),
    /// Upward from here.
    From(PathBuf),
}

/// Everything that was decided before the first contract is read.
#[derive(Clone)]
pub(super) struct Session {
    /// The configuration; the default when there is none.
    pub(super) config: Config,
    /// Whether there is a configuration file.
    pub(super) configured: bool,
    /// The configuration file; of a revision, its path from the top of the repository.
    pub(super) file: Option<PathBuf>,
    /// The text of the configuration file.
    pub(super) text: Option<Arc<SourceText>>,
    /// The folder of the configuration, to which its paths are relative; of a revision, from the top of the repository.
    pub(super) folder: PathBuf,
    /// The layers that the configuration is made of.
    pub(super) layered: Layered,
    /// Folders with installed layers.
    shelves: Vec<PathBuf>,
    /// What files may be named by the configuration and by rulesets.
    pub(super) fence: Fence,
    /// The revision that the configuration is of, and its folder there; `None` for the work tree.
    of: Option<(Snapshot, String)>,
    /// Where the configuration was looked for.
    sought: Sought,
    /// What may be read.
    pub(super) options: Options,
    /// The git repositories of the run.
    pub(super) repositories: Arc<Repositories>,
    /// The lifecycle policy of the configuration.
    pub(super) lifecycle: lifecycle::Policy,
    /// The day of judgement.
    pub(super) as_of: Date,
}

impl Session {
    /// Finds the configuration (near the contract that an argument names, else from the current folder) and settles limits
    /// and day.
    ///
    /// # Errors
    /// [`Failure`] with the place of a fault in the configuration, and for an argument without one meaning.
    pub(super) fn start(arguments: &LoadArguments, near: Option<&str>) -> Result<Self, Failure> {
        let repositories = arguments.git_dir.clone().map_or_else(Repositories::default, Repositories::given);
        let repositories = Arc::new(repositories);
        let near = match near.map(|argument| Input::from_argument(argument, &repositories)).transpose()? {
            Some(Input::File(path)) => path,
            _ => PathBuf::from("."),
        };
        Session::near(arguments, near, repositories)
    }

    /// Makes the session of a run over a file that another configuration may govern.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub(super) fn nested(&self, arguments: &LoadArguments, file: &Path) -> Result<Self, Failure> {
        Session::near(arguments, file.to_owned(), Arc::clone(&self.repositories))
    }

    fn near(arguments: &LoadArguments, near: PathBuf, repositories: Arc<Repositories>) -> Result<Self, Failure> {
        let sought = match &arguments.config {
            _ if arguments.no_config => Sought::No,
            Some(file) => Sought::At(file.clone()),
            None => Sought::From(near.clone()),
        };
        let file = match &sought {
            Sought::No => None,
            Sought::At(file) => Some(file.clone()),
            Sought::From(near) => config::find(near),
        };
        let near = file.as_deref().unwrap_or(Path::new("."));
        let fence = if arguments.allow_outside { Fence::Open } else { Fence::around(near) };
        let Loaded { mut config, texts } =
            file.as_deref().map(|file| config::load(file, &fence)).transpose()?.unwrap_or_default();
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let shelf = Shelf::Disk(fence.clone());
        let upward = matches!(sought, Sought::From(_));
        let layered = policy::layered(&mut config, &texts, || {
            let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
            let reader = Reader {
                shelf: shelf.clone(),
                top: files::home(&here),
                here,
                shelves: &arguments.layers,
                upward,
                relock: arguments.relock,
            };
            (reader, Base { shelf: shelf.clone(), folder: folder.clone() })
        })?;
        let mut map = Vec::new();
        for rule in &arguments.map {
            let Some((url, target)) = rule.split_once('=') else {
                return Err(Failure::usage(format!("--map {rule}: write URL=FILE")));
            };
            map.push((url.to_owned(), PathBuf::from(target)));
        }
        for (url, target) in &config.map {
            map.push((url.clone(), configured(&fence, "map", &folder, target)?));
        }
        let set = config.root.as_ref().filter(|_| arguments.root.is_none());
        let set = set.map(|root| configured(&fence, "root", &folder, root)).transpose()?;
        let root = arguments.root.clone().or(set);
        let (max_file_size, max_files) = (arguments.max_file_size, arguments.max_files);
        let options = Options { root, map, max_file_size, max_files, ..Options::default() };
        let as_of = arguments.as_of.unwrap_or_else(today);
        let lifecycle = lifecycle::Policy::from_value(config.lifecycle.as_ref())
            .map_err(|error| Failure::new(format!("configuration: lifecycle: {error}")))?;
        let (configured, of) = (file.is_some(), None);
        let text = texts.into_iter().next();
        Ok(Session {
            config,
            configured,
            file,
            text,
            folder,
            layered,
            shelves: arguments.layers.clone(),
            fence,
            of,
            sought,
            options,
            repositories,
            lifecycle,
            as_of,
        })
    }

    /// Reads an argument that names one contract.
    ///
    /// # Errors
    /// [`Failure`] when it has no one meaning.
    pub(super) fn input(&self, argument: &str) -> Result<Input, Failure> {
        Ok(Input::from_argument(argument, &self.repositories)?)
    }

    /// Reads an argument that names what contracts are compared with.
    ///
    /// # Errors
    /// [`Failure`] when it has no one meaning.
    pub(super) fn base(&self, argument: &str) -> Result<BaseArgument, Failure> {
        Ok(BaseArgument::parse(argument, &self.repositories)?)
    }

    /// The revision that the configuration is of; `None` for the work tree.
    pub(super) fn revision(&self) -> Option<&Snapshot> {
        self.of.as_ref().map(|(at, _)| at)
    }

    /// Whether the configuration was looked for upward from a contract, so that another contract may have another one.
    pub(super) fn is_sought(&self) -> bool {
        matches!(self.sought, Sought::From(_))
    }

    /// The contracts that arguments name; without arguments those of the configuration, else of the current folder.
    pub(super) fn inputs(&self, arguments: &[String]) -> (Vec<Input>, Vec<Limitation>) {
        let (inputs, errors) = self.discovered(arguments);
        (inputs, errors.iter().map(undiscovered).collect())
    }

    /// As [`Self::inputs`], with the reasons why arguments name none.
    pub(super) fn discovered(&self, arguments: &[String]) -> (Vec<Input>, Vec<DiscoverError>) {
        if arguments.is_empty() && !self.config.apis.is_empty() {
            let mut inputs = Vec::new();
            let mut errors = Vec::new();
            for api in &self.config.apis {
                match configured(&self.fence, "apis", &self.folder, &api.file) {
                    Ok(path) => inputs.push(Input::File(shortest(&path))),
                    Err(failure) => errors.push(DiscoverError::Refused(failure.message)),
                }
            }
            return (inputs, errors);
        }
        let here = [".".to_owned()];
        discover(if arguments.is_empty() { &here } else { arguments }, &self.repositories)
    }

    /// Reads one contract, without what it refers to.
    pub(super) fn read(&self, input: &Input) -> Result<Opened, Limitation> {
        let fault = |error: crate::workspace::LoadError| Limitation {
            what: error.to_string(),
            file: Some(input.name()),
            incomplete: true,
        };
        Opened::new(input, &self.options).map_err(fault)
    }

    /// Loads one contract.
    pub(super) fn load(&self, input: &Input) -> Result<Workspace, Limitation> {
        self.load_with(input, BTreeMap::new())
    }

    /// Loads one contract with some texts instead of those of its files, by path below the root.
    pub(super) fn load_with(&self, input: &Input, texts: BTreeMap<String, String>) -> Result<Workspace, Limitation> {
        let fault = |error: crate::workspace::LoadError| Limitation {
            what: error.to_string(),
            file: Some(input.name()),
            incomplete: true,
        };
        Workspace::load(input, &Options { texts, ..self.options.clone() }).map_err(fault)
    }
}

/// What an argument that names no contract leaves undone.
pub(super) fn undiscovered(error: &DiscoverError) -> Limitation {
    Limitation { what: error.to_string(), file: None, incomplete: true }
}

/// The path that `key` of the configuration names, unless it leaves the repository. What is not there is told later.
fn configured(fence: &Fence, key: &str, folder: &Path, path: &str) -> Result<PathBuf, Failure> {
    let full = folder.join(path);
    match fence.find(&full) {
        Err(fault @ Fault::Outside) => {
            let Failure { message, .. } = named_by_configuration(&fault, path);
            Err(Failure::new(format!("configuration: {key}: {message}")))
        }
        _ => Ok(full),
    }
}

/// Today (UTC). No file, commit or variable of the judged side moves the day.
fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// The path relative to the current folder where it is below it.
pub(super) fn shortest(path: &Path) -> PathBuf {
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    match (path.canonicalize(), current) {
        (Ok(real), Ok(current)) => real.strip_prefix(&current).map_or_else(|_| path.to_owned(), Path::to_owned),
        _ => path.to_owned(),
    }
}
