//! Against a listener played from bytes; there is no Oracle to test with. The packets are laid out as
//! Oracle's open drivers (python-oracledb's thin mode, rust-oracledb) read and write them, and as
//! Wireshark's dissector names their parts; the refusals' texts are as listeners are quoted in public.

use super::*;
use crate::Oracle;

fn oracle(database: &str) -> Check {
    let [login, database, query] = ["", database, ""].map(str::to_owned);
    Check::Oracle(Oracle { login, passwd: "secret".into(), database, query })
}

/// A packet: length, checksum, type, flags, checksum, content.
fn packet(kind: u8, content: &[u8]) -> Vec<u8> {
    let [a, b] = (content.len() as u16 + 8).to_be_bytes();
    [&[a, b, 0, 0, kind, 0, 0, 0], content].concat()
}

/// Version 314, options, SDU and TDU of 8192, byte order, no data, flags, and reserved bytes.
fn accepted() -> Vec<u8> {
    let content = [1, 0x3a, 0, 1, 0x20, 0, 0x20, 0, 1, 0, 0, 0, 0, 32, 0x84, 0x84];
    packet(2, &[&content[..], &[0; 8]].concat())
}

fn refused(text: &str) -> Vec<u8> {
    let [a, b] = (text.len() as u16).to_be_bytes();
    packet(4, &[&[0x22, 0, a, b], text.as_bytes()].concat())
}

/// A listener that gives one answer for each packet, and tells what it heard.
async fn plays(
    at: &'static str,
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    let (told, heard) = tokio::sync::mpsc::unbounded_channel();
    let address = server(at, move |mut stream| {
        let (answers, told) = (answers.clone(), told.clone());
        async move {
            for answer in answers {
                let mut asked = [0; 1024];
                let Ok(read @ 1..) = stream.read(&mut asked).await else { return };
                let _ = told.send(asked[..read].to_vec());
                let _ = stream.write_all(&answer).await;
            }
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            let _ = told.send(rest);
        }
    });
    (address.await, heard)
}

async fn asked(answers: Vec<Vec<u8>>) -> Outcome {
    let (address, _heard) = plays("127.0.0.1", answers).await;
    ask(&oracle("ORCL"), address).await
}

const ACCEPTED: &str = "the listener accepted the connection";

#[tokio::test]
async fn a_connection_that_is_accepted_is_up() {
    for at in loopbacks() {
        let (address, mut heard) = plays(at, vec![accepted()]).await;
        up(&ask(&oracle("ORCL"), address).await, ACCEPTED);
        let connect = heard.recv().await.unwrap();
        assert_eq!((connect[4], connect.len()), (1, usize::from(connect[1])));
        let wanted = String::from_utf8_lossy(&connect[74..]).into_owned();
        let (ip, port) = (address.ip(), address.port());
        let expected = format!(
            "(DESCRIPTION=(CONNECT_DATA=(SID=ORCL)(CID=(PROGRAM=lvs-director)(HOST=director)\
             (USER=director)))(ADDRESS=(PROTOCOL=TCP)(HOST={ip})(PORT={port})))"
        );
        assert_eq!(wanted, expected);
        assert_eq!(heard.recv().await.unwrap(), [0, 10, 0, 0, 6, 0, 0, 0, 0, 0x40]);
    }
}

#[tokio::test]
async fn a_listener_that_wants_it_again() {
    up(&asked(vec![packet(11, b""), accepted()]).await, ACCEPTED);
    let again = vec![packet(11, b""); 9];
    down(&asked(again).await, "the listener asks for the same again and again");
}

#[tokio::test]
async fn a_redirection_is_up() {
    let to = b"\0\x36(ADDRESS=(PROTOCOL=tcp)(HOST=10.0.0.2)(PORT=41521))";
    up(&asked(vec![packet(5, to)]).await, "the listener redirected the connection");
}

#[tokio::test]
async fn refusals_in_words() {
    let stack = "(ERROR_STACK=(ERROR=(CODE=12505)(EMFI=4)))";
    let text = format!("(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=12505){stack})");
    let expected = "refused by the listener: ORA-12505, it does not know the SID";
    down(&asked(vec![refused(&text)]).await, expected);
    down(&asked(vec![refused(stack)]).await, expected);
    let text = "(DESCRIPTION=(ERR=1153)(VSNNUM=0)(ERROR_STACK=(ERROR=(CODE=1153)(EMFI=4))))";
    down(&asked(vec![refused(text)]).await, "refused by the listener: ORA-01153");
    down(&asked(vec![refused("go away")]).await, "refused by the listener: \"GO AWAY\"");
    down(&asked(vec![packet(4, b"")]).await, "refused by the listener: \"\"");
}

#[tokio::test]
async fn what_is_not_oracle() {
    down(&asked(vec![vec![0; 8]]).await, "the answer is not Oracle's");
    down(&asked(vec![vec![0, 7, 0, 0, 2, 0, 0, 0]]).await, "the answer is not Oracle's");
    let http = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    down(&asked(vec![http]).await, "not an answer of Oracle's: a packet of type 47");
    let expected = "closed by the server (connected, waiting for the listener's answer)";
    down(&ask(&oracle("ORCL"), answers(&accepted()[..20]).await).await, expected);
    let marker = packet(12, &[1, 0, 2]);
    down(&asked(vec![marker]).await, "not an answer of Oracle's: a packet of type 12");
    let empty = packet(2, b"");
    down(&asked(vec![empty]).await, "not an answer of Oracle's: a packet of type 2");
}

#[tokio::test]
async fn a_name_that_would_say_something_else() {
    let check = oracle("X)(SERVER=DEDICATED");
    down(&ask(&check, nobody()).await, "\"X)(SERVER=DEDICATED\" is no SID");
}

#[cfg(feature = "oracle")]
mod login {
    use super::*;

    fn with_login() -> Check {
        let [login, database, query] = ["nanny", "ORCL", "select 1 from dual"].map(str::to_owned);
        Check::Oracle(Oracle { login, passwd: "secret".into(), database, query })
    }

    /// A listener that accepts the first connection, and answers the second by `answer`.
    async fn second(answer: Vec<u8>) -> SocketAddr {
        let times = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        server("127.0.0.1", move |mut stream| {
            let first = times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            let answer = if first { accepted() } else { answer.clone() };
            async move {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await
    }

    /// Version 319, and a session data unit of so many bytes.
    fn accepted_with(unit: u32) -> Vec<u8> {
        let content = [&[1, 0x3f][..], &[0; 22], &unit.to_be_bytes(), &[0; 9]].concat();
        packet(2, &content)
    }

    #[tokio::test]
    async fn the_driver_is_kept_from_what_it_cannot_bear() {
        let text = "(DESCRIPTION=(ERR=x)(ERROR_STACK=(ERROR=(CODE=12528))))";
        let expected = "refused by the listener: ORA-12528, all instances block new connections: \
                        starting or stopping";
        down(&ask(&with_login(), second(refused(text)).await).await, expected);
        let expected = "the listener redirected the login";
        down(&ask(&with_login(), second(packet(5, b"\0\0")).await).await, expected);
        let expected = "not an answer of Oracle's: a packet of type 12";
        down(&ask(&with_login(), second(packet(12, &[1, 0, 2])).await).await, expected);
        let expected = "the listener wants too large a session data unit";
        down(&ask(&with_login(), second(accepted_with(u32::MAX)).await).await, expected);
    }

    #[tokio::test]
    async fn a_database_that_says_no_more_ends_with_the_deadline() {
        let address = second(accepted_with(8192)).await;
        let outcome = ask_within(DEADLINE, &with_login(), address).await;
        let expected = "no answer within 3 s (connected, logging in and asking the query)";
        down(&outcome, expected);
    }

    #[tokio::test]
    async fn garbage_breaks_the_driver_and_nothing_else() {
        let garbage = [accepted_with(8192), [0, 0, 0, 30, 6].repeat(50)].concat();
        let outcome = ask(&with_login(), second(garbage).await).await;
        assert_eq!(outcome.verdict, Verdict::Down, "{}", outcome.message);
    }
}
