use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::asking::{Asking, Failure};
use crate::lines::{Lines, offered, sayable};

/// What a server says, piece by piece, to be read.
async fn said(pieces: Vec<Vec<u8>>) -> Lines {
    let address = server("127.0.0.1", move |mut stream| {
        let pieces = pieces.clone();
        async move {
            let _ = stream.set_nodelay(true);
            for piece in pieces {
                let _ = stream.write_all(&piece).await;
                tokio::task::yield_now().await;
            }
        }
    });
    let target = Target { address: address.await };
    let asking = Asking::begin(target, PATIENCE, None);
    Lines::new(asking.connect().await.unwrap())
}

async fn at_once(bytes: &[u8]) -> Lines {
    said(vec![bytes.to_vec()]).await
}

async fn one_by_one(bytes: &[u8]) -> Lines {
    said(bytes.iter().map(|byte| vec![*byte]).collect()).await
}

fn words<T>(answer: Result<T, Failure>) -> String {
    match answer {
        Err(Failure::Said(words)) => words,
        Err(Failure::Io(error)) => panic!("{error}"),
        Ok(_) => panic!("it was read"),
    }
}

const CLOSED: &str = "closed by the server (connected)";

#[tokio::test]
async fn lines_end_as_they_like_and_come_as_they_like() {
    let text = b"one\r\ntwo\n\r\n\rth\rree\r\r\nfour";
    for mut lines in [at_once(text).await, one_by_one(text).await] {
        for expected in ["one", "two", "", "\rth\rree\r"] {
            assert_eq!(lines.line().await.unwrap(), expected.as_bytes());
        }
        assert_eq!(words(lines.line().await), CLOSED);
    }
}

#[tokio::test]
async fn a_line_has_an_end() {
    let mut lines = at_once(&[[b'x'; 8000].as_slice(), b"\n"].concat()).await;
    assert_eq!(lines.line().await.unwrap().len(), 8000);
    let mut lines = at_once(&[b'x'; 20_000]).await;
    assert_eq!(words(lines.line().await), "a line of more than 8192 bytes");
}

#[tokio::test]
async fn a_dialogue_has_an_end() {
    let endless = b"220-well\r\n".repeat(10_000);
    let mut lines = at_once(&endless).await;
    assert_eq!(words(lines.reply().await), "an answer of more than 65536 bytes");
    let mut lines = at_once(&endless).await;
    assert_eq!(words(lines.list().await), "an answer of more than 65536 bytes");
    let mut lines = at_once(&endless).await;
    assert_eq!(words(lines.bytes(65_537).await), "an answer of 65537 bytes");
    assert_eq!(lines.bytes(65_536).await.unwrap().len(), 65_536);
    assert_eq!(words(lines.line().await), "an answer of more than 65536 bytes");
}

#[tokio::test]
async fn replies_of_several_lines() {
    for (text, code, expected) in [
        ("250 fine\r\n", 250, "250 fine"),
        ("250\r\n", 250, "250"),
        ("250-one\r\n250-\r\n250 two\r\n", 250, "250-one\n250-\n250 two"),
        // FTP's lines between need not begin with a code, and may begin with another
        (
            "220-one\r\n two\r\n221 three\r\n220-four\r\n220 five\r\n",
            220,
            "220-one\n two\n221 three\n220-four\n220 five",
        ),
    ] {
        for mut lines in [at_once(text.as_bytes()).await, one_by_one(text.as_bytes()).await] {
            let reply = lines.reply().await.unwrap();
            assert_eq!((reply.code, &*reply.text), (code, expected.as_bytes()));
            assert_eq!(words(lines.line().await), CLOSED);
        }
    }
    for text in ["", "25", "2x0 a", "250x", "+OK", "\u{661}\u{662} 1", "2500 a"] {
        let mut lines = at_once(format!("{text}\r\n").as_bytes()).await;
        assert_eq!(words(lines.reply().await), format!("no proper reply: \"{text}\""));
    }
}

#[tokio::test]
async fn what_is_offered() {
    let mut lines = at_once(b"250-STARTTLSX STARTTLS\r\n250-Size 10\r\n250 help\r\n").await;
    let reply = lines.reply().await.unwrap();
    assert_eq!(["STARTTLS", "SIZE", "HELP"].map(|word| reply.offers(word)), [false, true, true]);
    let mut lines = at_once(b"STLS\r\n..\r\nsasl PLAIN\r\n.\r\nSTARTTLS\r\n").await;
    let list = lines.list().await.unwrap();
    assert_eq!(
        ["STLS", "SASL", "PLAIN", "STARTTLS"].map(|word| offered(&list, word)),
        [true, true, false, false]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn however_it_is_cut_it_is_the_same(
        text in "([245][0-9]{2}[ -]?[a-z]{0,3}\r?\n|[ -~]{0,4}\n|\\.\r\n){0,8}",
        bytes in vec(any::<u8>(), 0..40),
        cuts in vec(0_usize..60, 0..6),
    ) {
        let text = [text.as_bytes(), &bytes].concat();
        let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < text.len()).collect();
        cuts.sort_unstable();
        cuts.push(text.len());
        let pieces = cuts.iter().scan(0, |from, to| Some(text[std::mem::replace(from, *to)..*to].to_vec()));
        let pieces: Vec<_> = pieces.collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut read = Vec::new();
            for mut lines in [at_once(&text).await, said(pieces).await] {
                let reply = lines.reply().await.map(|reply| (reply.code, reply.text));
                let list = lines.list().await;
                read.push(format!("{reply:?} {list:?}"));
            }
            assert_eq!(read[0], read[1]);
        });
    }

    #[test]
    fn what_is_sayable_is_one_line(text in any::<String>(), end in "[\r\n\0]?") {
        prop_assert_eq!(sayable("login", &format!("{text}{end}")).is_ok(), end.is_empty() && !text.contains(['\r', '\n', '\0']));
    }
}
