//! The story in `docs/story.md` is what the commands print. `TRYCMD=overwrite cargo test --test story` writes it anew.

#[test]
fn the_story_of_the_bank_is_true() {
    trycmd::TestCases::new().env("CI", "").case("docs/story.md");
}
