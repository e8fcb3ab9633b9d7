#![no_main]

use lvs_director::config::{Numbers, Severity, vqalive};

// vqalive.conf: a model or an error, and every place can be shown
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let reading = vqalive::read(&text, &Numbers);
    let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(reading.model.is_none(), broken);
    reading.render("vqalive.conf", &text, false);
});
