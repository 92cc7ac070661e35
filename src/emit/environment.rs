//! Which variables a command gets: those of the caller, but none that looks like a secret, and none by which a program tells
//! the CI system what to do.

/// Beginnings of names that CI systems, git and Covenant reserve.
const RESERVED: [&str; 8] =
    ["GITHUB_", "ACTIONS_", "INPUT_", "RUNNER_", "GIT_", "COVENANT_", "CI_JOB_", "CI_REGISTRY_"];
/// Words in names of variables that hold secrets.
const SECRETS: [&str; 10] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
];

/// Returns whether a command does not get the variable of this name.
pub(super) fn is_withheld(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    RESERVED.iter().any(|start| name.starts_with(start))
        || SECRETS.iter().any(|word| name.contains(word))
        || name == "SSH_AUTH_SOCK"
        || name.ends_with("_AUTH")
        || name.ends_with("_KEY")
}

#[cfg(test)]
mod tests {
    use super::is_withheld;

    #[test]
    fn secrets_and_what_controls_the_ci_system_are_withheld() {
        for name in [
            "GITHUB_TOKEN",
            "GITHUB_OUTPUT",
            "INPUT_TOKEN",
            "npm_config__authToken",
            "AWS_SECRET_ACCESS_KEY",
            "CI_JOB_TOKEN",
            "DB_PASSWORD",
            "ACTIONS_RUNTIME_TOKEN",
            "SIGNING_KEY",
            "SSH_AUTH_SOCK",
            "GIT_DIR",
        ] {
            assert!(is_withheld(name), "{name}");
        }
        for name in ["PATH", "HOME", "VIRTUAL_ENV", "JAVA_HOME", "GOFLAGS", "DJANGO_SETTINGS_MODULE", "NODE_PATH", "CI"]
        {
            assert!(!is_withheld(name), "{name}");
        }
    }
}
