//! The command line as a user sees it: the cases in `fixtures/cli`, each with what it prints and its exit code.
//! `TRYCMD=overwrite cargo test --test cli` writes what is printed now into them.

#[test]
fn commands_print_what_the_cases_say() {
    trycmd::TestCases::new().env("CI", "").case("fixtures/cli/*.trycmd");
}
