//! Writes the example of every change id into a folder, as `ID.base.json` and `ID.revision.json`.
//!
//! `cargo run --example change_cases -- FOLDER`

use covenant::diff;
use covenant::workspace::Workspace;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write to")?;
    std::fs::create_dir_all(&folder)?;
    for page in diff::pages() {
        for (side, text) in [("base", page.base()), ("revision", page.revision())] {
            let workspace = Workspace::from_text("example.yaml", &text);
            let json = serde_json::to_string_pretty(&workspace.root().to_json())?;
            std::fs::write(Path::new(&folder).join(format!("{}.{side}.json", page.id)), json + "\n")?;
        }
    }
    println!("{} changes", diff::pages().len());
    Ok(())
}
