#![no_main]

use lvs_fuzz::{asked, says};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some((choice, said)) = input.split_first() {
        says(&asked::mysql(*choice), said);
    }
});
