#![no_main]

use checkers::Transport;
use lvs_fuzz::{answers, asked};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((choice, said)) = input.split_first() else { return };
    let (udp, tcp) = (said.to_vec(), said.to_vec());
    // the question's id is the one thing that cannot be guessed
    answers(
        &asked::dns(*choice, Transport::Udp),
        Box::new(move |question| [question.get(..2).unwrap_or_default(), &udp].concat()),
    );
    answers(
        &asked::dns(*choice, Transport::Tcp),
        Box::new(move |question| {
            let Some(id) = question.get(2..4) else { return Vec::new() };
            let length = u16::try_from(tcp.len() + 2).unwrap_or(u16::MAX);
            [&length.to_be_bytes(), id, &tcp].concat()
        }),
    );
});
