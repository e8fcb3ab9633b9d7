#![no_main]

use checkers::Version;
use lvs_fuzz::{asked, says};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some((choice, said)) = input.split_first() {
        let grpc = choice & 16 != 0;
        says(&if grpc { asked::grpc() } else { asked::http(*choice, Version::Two) }, said);
    }
});
