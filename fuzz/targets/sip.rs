#![no_main]

use checkers::Transport;
use lvs_fuzz::{answers, asked, says};

libfuzzer_sys::fuzz_target!(|said: &[u8]| {
    says(&asked::sip(Transport::Tcp), said);
    let said = said.to_vec();
    answers(
        &asked::sip(Transport::Udp),
        Box::new(move |question| {
            // in an answer, CALL stands for the question's Call-ID
            let question = String::from_utf8_lossy(question);
            let call =
                question.split("Call-ID: ").nth(1).and_then(|rest| rest.get(..16)).unwrap_or("");
            match said.windows(4).position(|word| word == b"CALL") {
                Some(at) => [&said[..at], call.as_bytes(), &said[at + 4..]].concat(),
                None => said.clone(),
            }
        }),
    );
});
