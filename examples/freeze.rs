//! Writes the rules of every profile as they are now to `rules/versions/<version>.yaml`: done once, when the version is released.
//! `cargo run --example freeze` takes the version that the rules have now, `-- 2026.11` another one.

use covenant::lint::{RULES_VERSION, freeze};

fn main() -> std::io::Result<()> {
    let version = std::env::args().nth(1).unwrap_or_else(|| RULES_VERSION.to_owned());
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/versions/{version}.yaml"));
    if file.exists() {
        return Err(std::io::Error::other(format!(
            "{} exists: a version that was released does not change",
            file.display()
        )));
    }
    std::fs::write(&file, freeze())
}
