#![no_main]

use lvs_fuzz::{answers, asked};
use md5::{Digest, Md5};

libfuzzer_sys::fuzz_target!(|said: &[u8]| {
    answers(&asked::radius(), {
        let said = said.to_vec();
        Box::new(move |_| said.clone())
    });
    // a code and attributes, genuinely signed
    let Some((code, attributes)) = said.split_first() else { return };
    let (code, attributes) = (*code, attributes.to_vec());
    answers(
        &asked::radius(),
        Box::new(move |request| {
            let length = u16::try_from(attributes.len() + 20).unwrap_or(u16::MAX).to_be_bytes();
            let head = [code, request[1], length[0], length[1]];
            let signed = [&head, &request[4..20], &attributes, asked::SECRET.as_bytes()].concat();
            [&head[..], &Md5::digest(signed), &attributes].concat()
        }),
    );
});
