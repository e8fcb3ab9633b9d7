#![no_main]

use lvs_director::config::{Dialect, Numbers, Severity, read_as};

// a configuration in either language: a model or an error, and every place can be shown
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    for dialect in [Dialect::Ldirectord, Dialect::Lvs] {
        let reading = read_as(dialect, &text, &Numbers);
        let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
        assert_eq!(reading.model.is_none(), broken);
        reading.render("fuzz.cf", &text, false);
    }
});
