#![no_main]

use checkers::{Pattern, fuzzing};

// a pattern, NUL, the start of a text, NUL, what follows: what is settled stays
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    let [Some(pattern), Some(start), rest] = [parts.next(), parts.next(), parts.next()] else {
        return;
    };
    let Ok(pattern) = String::from_utf8_lossy(pattern).parse::<Pattern>() else { return };
    if fuzzing::is_settled(&pattern, start) {
        assert!(pattern.is_match(&[start, rest.unwrap_or_default()].concat()));
    }
});
