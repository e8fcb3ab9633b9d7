//! Each NAME.cf of this folder against its NAME.expected: all that is said about the file, and
//! the model. `REWRITE=1 cargo test` writes the expected files anew; the difference is for reading.

use std::fs;
use std::path::Path;

use lvs_director::config;

use super::listing::listing;
use super::names::Names;

#[test]
fn every_file_is_read_as_expected() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config"));
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "cf"));
    files.sort();
    assert!(files.len() > 10, "the files of {} are missing", folder.display());
    let mut wrong = Vec::new();
    for file in files {
        let expected = file.with_extension("expected");
        let found = read(&file);
        if std::env::var_os("REWRITE").is_some() {
            fs::write(expected, found).unwrap();
        } else if found != fs::read_to_string(expected).unwrap_or_default() {
            wrong.push(format!("{}\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{}", wrong.join("\n"));
}

fn read(file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let reading = config::read(&text, &Names);
    let name = file.file_name().unwrap().to_string_lossy();
    let said = reading.render(&name, &text, false);
    let model = reading.model.as_ref().map_or("no model\n".to_owned(), listing);
    if said.is_empty() { model } else { format!("{said}\n{model}") }
}
