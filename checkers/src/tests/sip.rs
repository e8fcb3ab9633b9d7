use super::*;
use crate::{Sip, Transport};

fn sip(transport: Transport) -> Check {
    Check::Sip(Sip { transport, login: "probe@example.org".to_owned() })
}

/// The value of a request's header line.
fn value<'r>(request: &'r str, name: &str) -> &'r str {
    let line = request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {request}"))
}

/// A response to `request` with this status.
fn response(request: &str, status: &str) -> String {
    let lines = ["Via", "To", "From", "Call-ID", "CSeq"];
    let lines = lines.map(|name| format!("{name}: {}\r\n", value(request, name))).concat();
    format!("SIP/2.0 {status}\r\n{lines}Content-Length: 0\r\n\r\n")
}

/// A server over UDP that answers by these, made of the request.
async fn over_udp(at: &str, answers: impl Fn(&str) -> Vec<String> + Send + 'static) -> SocketAddr {
    let answers = move |request: Vec<u8>| {
        let answers = answers(&String::from_utf8(request).unwrap());
        answers.into_iter().map(String::into_bytes).collect::<Vec<_>>()
    };
    datagrams::server(at, answers).await
}

/// A server over TCP that answers by this, made of the request, and waits.
async fn over_tcp(
    at: &str,
    answer: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
) -> SocketAddr {
    server(at, move |mut stream| {
        let answer = answer.clone();
        async move {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut request).await.unwrap() == 0 {
                    return;
                }
            }
            let answer = answer(&String::from_utf8(request).unwrap());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.read(&mut [0]).await;
        }
    })
    .await
}

#[tokio::test]
async fn options_are_answered_over_udp_and_tcp() {
    for at in loopbacks() {
        let address = over_udp(at, |request| vec![response(request, "200 OK")]).await;
        up(&ask(&sip(Transport::Udp), address).await, "answered \"SIP/2.0 200 OK\"");
        let address = over_tcp(at, |request| response(request, "200 OK")).await;
        up(&ask(&sip(Transport::Tcp), address).await, "answered \"SIP/2.0 200 OK\"");
    }
}

#[tokio::test]
async fn what_is_asked() {
    for at in loopbacks() {
        // the server repeats the request's own words as its reason
        let address = over_tcp(at, |request| {
            let lines: Vec<_> = request.lines().collect();
            let via = value(request, "Via");
            let (sent_by, branch) = via.rsplit_once(";branch=").unwrap();
            let from = value(request, "From");
            let (uri, tag) = from.rsplit_once(";tag=").unwrap();
            let expected = "<sip:probe@example.org>";
            assert_eq!(lines[0], "OPTIONS sip:probe@example.org SIP/2.0");
            assert!(branch.strip_prefix("z9hG4bK").is_some_and(|rest| rest.len() == 16), "{via}");
            assert_eq!((uri, tag.len()), (expected, 16));
            assert_eq!([value(request, "To"), value(request, "Contact")], [expected; 2]);
            assert_eq!(value(request, "Max-Forwards"), "70");
            assert_eq!(value(request, "CSeq"), "1 OPTIONS");
            assert_eq!(value(request, "Accept"), "application/sdp");
            assert_eq!(value(request, "Content-Length"), "0");
            let all = [branch, tag, value(request, "Call-ID")];
            assert!(all[0] != all[1] && all[1] != all[2], "{all:?}");
            response(request, &format!("200 {sent_by}"))
        });
        let outcome = ask(&sip(Transport::Tcp), address.await).await;
        let host = if at.contains(':') { format!("[{at}]") } else { at.to_owned() };
        let expected = format!("answered \"SIP/2.0 200 SIP/2.0/TCP {host}:");
        assert!(outcome.message.starts_with(&expected), "{}", outcome.message);
    }
    let says_via = |request: &str| {
        let via = value(request, "Via").split(' ').next().unwrap_or_default().to_owned();
        vec![response(request, &format!("200 {via}"))]
    };
    let address = over_udp("127.0.0.1", says_via).await;
    up(&ask(&sip(Transport::Udp), address).await, "answered \"SIP/2.0 200 SIP/2.0/UDP\"");
}

#[tokio::test]
async fn any_other_final_answer_is_a_failure() {
    for status in ["404 Not Found", "202 Accepted", "302 Moved", "503 Service Unavailable", "200"] {
        let expected = format!("answered \"SIP/2.0 {status}\"");
        let judged = if status == "200" { up } else { down };
        let address = over_udp("127.0.0.1", |request| vec![response(request, status)]).await;
        judged(&ask(&sip(Transport::Udp), address).await, &expected);
        let address = over_tcp("127.0.0.1", |request| response(request, status)).await;
        judged(&ask(&sip(Transport::Tcp), address).await, &expected);
    }
}

#[tokio::test]
async fn provisional_answers_are_passed_over() {
    let trying = |request: &str| response(request, "100 Trying");
    let both = move |request: &str| vec![trying(request), response(request, "200 OK")];
    let address = over_udp("127.0.0.1", both).await;
    up(&ask(&sip(Transport::Udp), address).await, "answered \"SIP/2.0 200 OK\"");
    let address = over_tcp("127.0.0.1", move |request| {
        // one with a body, one without, and line ends before each
        let bodied = "\r\nSIP/2.0 183 Progress\r\nl : 12\r\n\r\nSIP/2.0 500\n";
        format!("{bodied}\r\n{}\r\n\r\n{}", trying(request), response(request, "200 OK"))
    });
    up(&ask(&sip(Transport::Tcp), address.await).await, "answered \"SIP/2.0 200 OK\"");
    let expected = "no answer within 3 s (answered \"SIP/2.0 100 Trying\" so far)";
    let address = over_udp("127.0.0.1", move |request| vec![trying(request)]).await;
    down(&ask_within(DEADLINE, &sip(Transport::Udp), address).await, expected);
    let address = over_tcp("127.0.0.1", trying).await;
    down(&ask_within(DEADLINE, &sip(Transport::Tcp), address).await, expected);
}

#[tokio::test]
async fn answers_to_something_else_are_passed_over() {
    let strays = |request: &str| {
        let well = response(request, "200 OK");
        let call = value(request, "Call-ID");
        vec![
            request.to_owned(),
            well.replace(call, "another"),
            well.replace("CSeq: 1 ", "CSeq: 2 "),
            well.replace("1 OPTIONS", "1 INVITE"),
            well.replace("\r\nCall-ID: ", "\r\n\r\nCall-ID: "),
        ]
    };
    let address = over_udp("127.0.0.1", move |request| {
        let last = response(request, "480 Away").replace("Call-ID: ", "i :  ");
        [strays(request), vec![last]].concat()
    });
    down(&ask(&sip(Transport::Udp), address.await).await, "answered \"SIP/2.0 480 Away\"");
    let address = over_udp("127.0.0.1", move |request| strays(request)[1..].to_vec()).await;
    let expected = "no answer within 3 s (asked, got answers to something else only)";
    down(&ask_within(DEADLINE, &sip(Transport::Udp), address).await, expected);
    let garbage = |_: &str| ["SIP/2.0 +20 OK", "SIP/2.0 2000", "HTTP/1.1 200 OK", ""];
    let garbage = move |request: &str| garbage(request).map(str::to_owned).to_vec();
    let address = over_udp("127.0.0.1", garbage).await;
    let expected = "no answer within 3 s (asked, got only what is no SIP answer)";
    down(&ask_within(DEADLINE, &sip(Transport::Udp), address).await, expected);
}

#[tokio::test]
async fn over_tcp_a_bad_answer_is_the_end() {
    let address = over_tcp("127.0.0.1", |_| "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned()).await;
    let expected = "no SIP: \"HTTP/1.1 400 Bad Request\"";
    down(&ask(&sip(Transport::Tcp), address).await, expected);
    let endless =
        |_: &str| "SIP/2.0 100 Trying\r\nX: y\r\n".to_owned() + &"X: y\r\n".repeat(20_000);
    let address = over_tcp("127.0.0.1", endless).await;
    down(&ask(&sip(Transport::Tcp), address).await, "an answer of more than 65536 bytes");
    let huge = |_: &str| "SIP/2.0 100 Trying\r\nContent-Length: 4294967295\r\n\r\n".to_owned();
    let address = over_tcp("127.0.0.1", huge).await;
    down(&ask(&sip(Transport::Tcp), address).await, "an answer of 4294967295 bytes");
    down(&ask(&sip(Transport::Tcp), nobody()).await, "connection refused");
    down(&ask(&sip(Transport::Udp), datagrams::deaf("127.0.0.1")).await, "connection refused");
}
