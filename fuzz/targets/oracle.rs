#![no_main]

use lvs_fuzz::{asked, says};

libfuzzer_sys::fuzz_target!(|said: &[u8]| says(&asked::oracle(), said));
