//! A model that is printed is read as the same model.

use std::fs;
use std::path::{Path, PathBuf};

use lvs_director::config::{self, Dialect, Severity};

use super::names::Names;

/// All files that can be used.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["", "tests/config", "tests/differential/files"].map(|name| root.join(name));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        path.to_string_lossy().ends_with(".cf") || path.to_string_lossy().ends_with(".cf.example")
    });
    files.sort();
    files
}

#[test]
fn every_file_is_printed_as_what_it_says() {
    let mut wrong = Vec::new();
    for file in files() {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let Some(model) = config::read(&text, &Names).model else { continue };
        let printed = config::print(&model, Dialect::Ldirectord);
        let reading = config::read(&printed, &Names);
        if reading.model.as_ref() != Some(&model) {
            let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
            let errors: Vec<_> = errors.collect();
            wrong.push(format!("{}\n{printed}\n{errors:?}", file.display()));
            if let Some(found) = reading.model {
                for (a, b) in model.virtuals.iter().zip(&found.virtuals).filter(|(a, b)| a != b) {
                    wrong.push(format!("{a:#?}\n{b:#?}"));
                }
                if model.settings != found.settings {
                    wrong.push(format!("{:?} {:?}", model.settings, found.settings));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
