//! What `convert` prints is read by the other dialect, as the same model but for what was said to
//! have no equivalent.

use std::fs;
use std::path::{Path, PathBuf};

use lvs_director::config::{self, Converted, Dialect, Severity, convert};
use lvs_director::model::Model;

use super::names::Names;

#[test]
fn every_file_is_converted() {
    let mut lost = Vec::new();
    let mut usable = 0;
    for file in files() {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let Some(model) = config::read(&text, &Names).model else { continue };
        usable += 1;
        lost.extend(converted(&file.display().to_string(), &text, &model).lost);
        // and the same dialect says all of it, the pair aside
        if model.cluster.is_none() && !model.settings.hard_shutdown {
            let printed = config::print(&model, Dialect::Ldirectord);
            assert_eq!(config::read(&printed, &Names).model.as_ref(), Some(&model), "{printed}");
        }
    }
    assert!(usable > 100, "{usable}");
    eprintln!("{}", lost.join("\n"));
}

/// All files that there are.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["", "tests/config", "tests/differential/files"].map(|name| root.join(name));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let named = |file: &PathBuf| {
        let name = file.to_string_lossy();
        name.ends_with(".cf") || name.ends_with(".cf.example")
    };
    files.retain(named);
    files.sort();
    files
}

/// The file, converted, and held to the law.
fn converted(name: &str, text: &str, model: &Model) -> Converted {
    let converted = convert(name, text, model, &Names);
    assert_ne!(Dialect::of(&converted.text), Dialect::of(text), "{name}\n{}", converted.text);
    let reading = config::read(&converted.text, &Names);
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{}", reading.render(name, &converted.text, false));
    let found = reading.model.unwrap();
    let is_told = |what: &str| converted.lost.iter().any(|lost| lost.contains(what));
    if model.settings != found.settings {
        assert!(!converted.lost.is_empty(), "{name}: {:?} {:?}", model.settings, found.settings);
    }
    for one in &model.virtuals {
        let again = found.virtuals.iter().find(|again| again.service.id == one.service.id);
        let id = one.service.id.to_string();
        let same = again == Some(one);
        assert!(same || is_told(&id), "{name}\n{}\n{one:#?}\n{again:#?}", converted.text);
    }
    let ids = |model: &Model| model.virtuals.iter().map(|one| one.service.id).collect::<Vec<_>>();
    if converted.lost.is_empty() {
        assert_eq!(ids(model), ids(&found));
    }
    converted
}
