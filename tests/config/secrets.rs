//! What must not be read by all who read the log.

use std::fs;

use lvs_director::config::{self, Severity};
use lvs_director::daemon::load;

use super::names::Names;

#[test]
fn no_secret_is_said_of_a_line_that_is_wrong() {
    let text = include_str!("secrets.cf");
    let reading = config::read(text, &Names);
    let errors = reading.diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
    assert!(errors > 10, "{:?}", reading.diagnostics);
    for color in [false, true] {
        let said = reading.render("secrets.cf", text, color);
        assert!(!said.contains("Hush"), "{said}");
    }
    for one in &reading.diagnostics {
        assert!(!format!("{} {:?}", one.message, one.hint).contains("Hush"), "{one:?}");
    }
}

#[test]
fn no_secret_is_said_in_the_log_or_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.cf");
    for line in include_str!("secrets.cf").lines().filter(|line| line.contains("Hush")) {
        fs::write(&file, format!("virtual=192.0.2.1:6379\n{line}\n")).unwrap();
        let loaded = load(&file, None).unwrap();
        assert!(!loaded.reading.diagnostics.is_empty(), "{line}");
        let said = loaded.errors() + &loaded.complaints();
        assert!(!said.contains("Hush"), "{said}");
    }
}
