//! Which variables a command gets: those of the caller, but none that looks like a secret, and none by which a program tells
//! the CI system what to do.

/// Beginnings of names that CI systems, git and Covenant reserve.
const RESERVED: [&str; 9] =
    ["GITHUB_", "ACTIONS_", "INPUT_", "RUNNER_", "GIT_", "COVENANT_", "CI_JOB_", "CI_REGISTRY_", "CI_REPOSITORY_"];
/// By which runners of GitHub find what a job left running.
const TRACKING: &str = "RUNNER_TRACKING_ID";
/// Ends of names of variables that hold secrets.
const ENDS: [&str; 5] = ["_AUTH", "_KEY", "_PASS", "_PWD", "_PAT"];
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

/// Returns whether a command does not get the variable of this name and value.
pub(super) fn is_withheld(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    if name == TRACKING {
        return false;
    }
    RESERVED.iter().any(|start| name.starts_with(start))
        || SECRETS.iter().any(|word| name.contains(word))
        || ENDS.iter().any(|end| name.ends_with(end))
        || matches!(name.as_str(), "SSH_AUTH_SOCK" | "DOCKER_AUTH_CONFIG")
        || has_password(value)
}

/// Whether a value is an address with a user name and a password.
fn has_password(value: &str) -> bool {
    let after = |(_, rest): (&str, &str)| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let host = value.split_once("://").map(after).unwrap_or_default();
    host.rsplit_once('@')
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
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
            "DB_PASS",
            "MYSQL_PWD",
            "GH_PAT",
            "DOCKER_AUTH_CONFIG",
            "CI_REPOSITORY_URL",
        ] {
            assert!(is_withheld(name, "x"), "{name}");
        }
        assert!(is_withheld("DATABASE_URL", "postgres://app:s3cr3t@db/app"));
        assert!(
            !is_withheld("DATABASE_URL", "postgres://app@db/app") && !is_withheld("API_URL", "https://a.test/x:y@z")
        );
        for name in [
            "RUNNER_TRACKING_ID",
            "PWD",
            "PATH",
            "HOME",
            "VIRTUAL_ENV",
            "JAVA_HOME",
            "GOFLAGS",
            "DJANGO_SETTINGS_MODULE",
            "NODE_PATH",
            "CI",
        ] {
            assert!(!is_withheld(name, "x"), "{name}");
        }
    }
}
