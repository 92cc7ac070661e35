//! `covenant init`: what it writes runs as written.

use crate::repository::{Repository, contract};
use serde_yaml::Value;

fn read(repository: &Repository, name: &str) -> Value {
    let text = std::fs::read_to_string(repository.path().join(name)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

#[test]
fn the_workflow_gates_pull_requests_with_pinned_tools_and_a_path_filter() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    for action in [None, Some(format!("bank/covenant@{sha}"))] {
        let repository = Repository::new(&[("api/a b's.yaml", &contract(&["/one"]))]);
        let mut arguments = vec!["init"];
        arguments.extend(action.iter().flat_map(|action| ["--action", action.as_str()]));
        let output = repository.covenant(&arguments);
        assert!(output.status.success(), "{output:?}");
        let workflow = read(&repository, ".github/workflows/api-contract.yaml");
        let paths = workflow["on"]["pull_request"]["paths"].as_sequence().unwrap();
        assert!(paths.contains(&Value::from("api/**")) && paths.contains(&Value::from("covenant.yaml")), "{paths:?}");
        let steps = workflow["jobs"]["covenant"]["steps"].as_sequence().unwrap();
        for uses in steps.iter().filter_map(|step| step["uses"].as_str()) {
            let id = uses.split('@').nth(1).unwrap();
            assert!(id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uses} is not pinned");
        }
        let text = serde_yaml::to_string(&workflow).unwrap();
        assert!(text.contains("sarif") && !text.contains("cargo install"), "{text}");
        let uses_action = steps.iter().any(|step| step["uses"].as_str() == action.as_deref() && action.is_some());
        assert_eq!(uses_action, action.is_some());
        // Pull requests of forks get their comment from a workflow that checks out nothing of them.
        let second = repository.path().join(".github/workflows/api-contract-comment.yaml");
        assert_eq!(second.exists(), action.is_some());
        if let Some(action) = &action {
            let second = read(&repository, ".github/workflows/api-contract-comment.yaml");
            assert_eq!(second["on"]["workflow_run"]["workflows"][0], workflow["name"]);
            let steps = second["jobs"]["comment"]["steps"].as_sequence().unwrap();
            assert!(steps.iter().all(|step| step["run"].is_null() && step["with"].is_null()), "{steps:?}");
            assert_eq!(steps[1]["uses"].as_str(), Some(action.as_str()));
        }
        // No expression stands in shell text.
        let scripts = steps.iter().filter_map(|step| step["run"].as_str());
        assert!(scripts.clone().all(|script| !script.contains("${{")));
        assert_eq!(scripts.clone().any(|script| script.contains("covenant check")), action.is_none());
        // The configuration is one, and lists the contract.
        let run = repository.covenant(&["check", "-f", "json"]);
        assert!(run.status.code() != Some(2), "{run:?}");
    }
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    for bad in
        ["bank/covenant", "bank/covenant@v1", "bank/covenant@main", "a/b@$(id)0123456789012345678901234567890123"]
    {
        assert_eq!(repository.covenant(&["init", "--action", bad]).status.code(), Some(2), "{bad}");
    }
}

#[test]
fn the_step_of_the_workflow_runs_as_written() {
    let repository = Repository::new(&[("api/a.yaml", &contract(&["/one", "/two"]))]);
    assert!(repository.covenant(&["init"]).status.success());
    repository.commit("init");
    repository.git(&["branch", "-f", "main"]);
    repository.write("api/a.yaml", &contract(&["/one"]));
    repository.commit("a break");
    let workflow = read(&repository, ".github/workflows/api-contract.yaml");
    let steps = workflow["jobs"]["covenant"]["steps"].as_sequence().unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_covenant")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut codes = Vec::new();
    for script in steps.iter().filter_map(|step| step["run"].as_str()) {
        let output = std::process::Command::new("bash")
            .args(["-e", "-c", script])
            .current_dir(repository.path())
            .env("PATH", &path)
            .env("BASE_SHA", repository.git(&["rev-parse", "main"]))
            .env("GITHUB_STEP_SUMMARY", repository.path().join(".git/summary.md"))
            .output()
            .unwrap();
        codes.push(output.status.code().unwrap());
    }
    assert_eq!(codes, [0, 1], "covenant is found, and the break fails");
    assert!(repository.path().join("covenant.sarif").is_file() && repository.path().join(".git/summary.md").is_file());
}

#[test]
fn other_systems_are_written_when_asked_for_and_nothing_is_replaced() {
    let repository = Repository::new(&[("api/a.yaml", &contract(&["/one"]))]);
    let systems = ["gitlab", "azure", "jenkins", "pre-commit"];
    let arguments: Vec<&str> = systems.iter().flat_map(|system| ["--ci", system]).collect();
    assert!(repository.covenant(&[&["init"], arguments.as_slice()].concat()).status.success());
    let gitlab = read(&repository, ".gitlab-ci.yml");
    assert!(gitlab["covenant"]["artifacts"]["reports"]["codequality"].is_string(), "{gitlab:?}");
    assert!(read(&repository, "azure-pipelines.yml")["steps"].is_sequence());
    assert!(read(&repository, ".pre-commit-config.yaml")["repos"].is_sequence());
    assert!(repository.path().join("Jenkinsfile").is_file() && !repository.path().join(".github").exists());
    repository.write("covenant.yaml", "fail-on: never\n");
    assert!(repository.covenant(&["init"]).status.success());
    assert_eq!(std::fs::read_to_string(repository.path().join("covenant.yaml")).unwrap(), "fail-on: never\n");
}

#[test]
fn a_contract_that_a_command_prints_is_emitted_in_one_job_and_judged_in_another() {
    let repository = Repository::new(&[("emit.sh", &format!("cat <<'E'\n{}E\n", contract(&["/one", "/two"])))]);
    let command = "sh emit.sh 2>/dev/null";
    let output =
        repository.covenant(&["init", "--code-first", command, "--contract", "build/pay.yaml", "--branch", "trunk"]);
    assert!(output.status.success(), "{output:?}");
    let workflow = read(&repository, ".github/workflows/api-contract.yaml");
    assert_eq!(workflow["on"]["push"]["branches"][0], Value::from("trunk"));
    let steps = |job: &str| workflow["jobs"][job]["steps"].as_sequence().unwrap().clone();
    let scripts = |job: &str| -> Vec<String> {
        steps(job).iter().filter_map(|step| step["run"].as_str().map(str::to_owned)).collect()
    };
    for job in ["emit", "covenant"] {
        for uses in steps(job).iter().filter_map(|step| step["uses"].as_str()) {
            assert_eq!(uses.split('@').nth(1).map(str::len), Some(40), "{uses} is not pinned");
        }
        assert!(scripts(job).iter().all(|script| !script.contains("${{")), "an expression stands in shell text");
    }
    // The job that runs code of the pull request has nothing to lose, the other runs none of it.
    assert!(!serde_yaml::to_string(&steps("emit")).unwrap().contains("token"));
    assert!(workflow["jobs"]["emit"]["permissions"].is_null() && workflow["permissions"]["contents"] == "read");
    let judge = serde_yaml::to_string(&steps("covenant")).unwrap();
    assert!(!judge.contains("emit.sh") && judge.contains("base.sha"), "{judge}");
    // Both jobs run as written.
    let run = |script: &str, variables: &[(&str, &str)]| {
        let mut shell = std::process::Command::new("bash");
        let covenant = std::path::Path::new(env!("CARGO_BIN_EXE_covenant")).parent().unwrap();
        let path = format!("{}:{}", covenant.display(), std::env::var("PATH").unwrap());
        shell.args(["-e", "-c", script]).current_dir(repository.path()).env("PATH", path);
        shell.env("RUNNER_TEMP", repository.path()).env("GITHUB_STEP_SUMMARY", repository.path().join("summary"));
        shell.envs(variables.iter().copied()).output().unwrap()
    };
    let told = steps("emit").iter().find_map(|step| step["env"]["COMMAND"].as_str().map(str::to_owned)).unwrap();
    assert_eq!(told, command);
    for script in scripts("emit") {
        assert!(run(&script, &[("COMMAND", &told)]).status.success(), "{script}");
    }
    let folder = |name: &str| repository.path().join(name);
    for side in ["last", "new", "policy"] {
        std::fs::create_dir(folder(side)).unwrap();
    }
    std::fs::copy(folder("emitted/pay.yaml"), folder("last/pay.yaml")).unwrap();
    std::fs::write(folder("new/pay.yaml"), contract(&["/one"])).unwrap();
    std::fs::rename(folder("covenant.yaml"), folder("policy/covenant.yaml")).unwrap();
    let compare = scripts("covenant").pop().unwrap();
    let output = run(&compare, &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(1) && said.contains("/two"), "{output:?}");
    for bad in ["../a.json", "/a.json", "a b.json", "a.txt", "$(id).json"] {
        let output = repository.covenant(&["init", "--code-first", "true", "--contract", bad]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
    }
}
