use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{Http, Login, Method, Probe, Secret, Security, Side, Statuses, Version};

pub(crate) fn http() -> Http {
    Http {
        security: Security::Plain,
        version: Version::One,
        method: Method::Get,
        host: None,
        path: "/".to_owned(),
        proxy: false,
        headers: Vec::new(),
        login: None,
        statuses: Statuses::default(),
        receive: None,
    }
}

fn get(receive: &str) -> Check {
    Check::Http(Http { receive: pattern(receive), ..http() })
}

/// A server that answers with what it was asked.
async fn mirror(at: &str) -> SocketAddr {
    server(at, |mut stream| async move {
        let asked = head(&mut stream).await;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", asked.len());
        let _ = stream.write_all((answer + &asked).as_bytes()).await;
    })
    .await
}

/// Reads one request.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap_or(0) > 0 {}
    String::from_utf8_lossy(&head).into_owned()
}

/// A server that leads from path to path by `lead`, `None` being where it ends.
async fn leads(lead: fn(&str, SocketAddr) -> Option<String>) -> SocketAddr {
    server("127.0.0.1", move |mut stream| async move {
        let asked = head(&mut stream).await;
        let path = asked.split(' ').nth(1).unwrap_or_default();
        let answer = match lead(path, stream.local_addr().unwrap()) {
            Some(to) => {
                format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
            }
            None => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{asked}", asked.len()),
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await
}

#[tokio::test]
async fn success_and_what_the_body_holds() {
    let address = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nall well").await;
    up(&ask(&Check::Http(http()), address).await, "200 OK");
    up(&ask(&get("well$"), address).await, "200 OK");
    let expected = "200 OK, but the body does not match \"^well\"";
    down(&ask(&get("^well"), address).await, expected);
}

#[tokio::test]
async fn chunks_are_put_together_and_an_end_may_be_a_close() {
    let chunks =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n2\r\nll\r\n0\r\n\r\n";
    up(&ask(&get("^well$"), answers(chunks).await).await, "200 OK");
    up(&ask(&get("^well$"), answers(b"HTTP/1.0 200 OK\r\n\r\nwell").await).await, "200 OK");
    let short = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwell").await;
    assert_eq!(ask(&get("sick"), short).await.verdict, Verdict::Down);
    up(&ask(&get("well"), short).await, "200 OK");
}

/// As a script behind inetd does; and we are too busy to ask before its answer is there.
#[tokio::test]
async fn a_server_that_answers_before_it_is_asked_is_well() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let script = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell").unwrap();
        tell.send(()).unwrap();
        let _ = stream.read(&mut [0; 4096]);
    });
    let check = get("^well$");
    let busy = async { told.recv().unwrap() };
    let (outcome, ()) = tokio::join!(ask(&check, address), busy);
    up(&outcome, "200 OK");
    script.join().unwrap();
}

#[tokio::test]
async fn as_many_headers_as_ldirectord_takes() {
    let with = |headers: usize| {
        let headers: String = (0..headers).map(|n| format!("X-{n}: a\r\n")).collect();
        format!("HTTP/1.1 204 No Content\r\n{headers}\r\n")
    };
    let address = answers(with(128).as_bytes()).await;
    up(&ask(&Check::Http(http()), address).await, "204 No Content");
    let address = answers(with(129).as_bytes()).await;
    let why = "no proper HTTP answer: message head is too large";
    down(&ask(&Check::Http(http()), address).await, why);
}

#[tokio::test]
async fn any_other_status_is_a_failure() {
    for (line, expected) in [
        ("404 Whatever", "404 Not Found"),
        ("503 Service Unavailable", "503 Service Unavailable"),
        ("304 Not Modified", "304 Not Modified"),
        ("302 Found", "302 Found"),
        ("599 Odd", "599"),
    ] {
        let answer = format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n");
        down(&ask(&Check::Http(http()), answers(answer.as_bytes()).await).await, expected);
    }
}

#[tokio::test]
async fn the_request_is_ldirectords_with_our_name() {
    for at in loopbacks() {
        let address = mirror(at).await;
        let host = if at == "::1" { r"\[::1\]" } else { "127.0.0.1" };
        let agent = concat!("(?i)user-agent: lvs-director/", env!("CARGO_PKG_VERSION"), "\r\n");
        for expected in
            ["^GET /a/b\\?c=d HTTP/1.1\r\nHost: ", &format!("\r\nHost: {host}\r\n"), agent]
        {
            let http = Http { path: "/a/b?c=d".to_owned(), receive: pattern(expected), ..http() };
            up(&ask(&Check::Http(http), address).await, "200 OK");
        }
        let encoding = ask(&get("(?i)accept-encoding"), address).await;
        assert_eq!(encoding.verdict, Verdict::Down, "no compressed answer is asked for");
    }
}

#[tokio::test]
async fn the_virtual_host_is_in_the_header_and_the_connection_goes_to_the_real() {
    let address = mirror("127.0.0.1").await;
    for host in ["www.example", "WWW.example:8080", "10.9.8.7", "0x0a.1", "under_score"] {
        let receive = pattern(&format!("(?i:\r\nhost): {}\r\n", host.replace('.', "\\.")));
        let http = Http { host: Some(host.to_owned()), receive, ..http() };
        up(&ask(&Check::Http(http), address).await, "200 OK");
    }
    let http = Http { host: Some("a\r\nb: c".to_owned()), ..http() };
    down(&ask(&Check::Http(http), address).await, "the virtual host is no host name");
}

#[tokio::test]
async fn no_path_leads_elsewhere() {
    let address = mirror("127.0.0.1").await;
    for path in ["//10.9.8.7/", "@10.9.8.7/", "http://10.9.8.7/", "\\\\10.9.8.7/", ""] {
        let http = Http { path: path.to_owned(), ..http() };
        up(&ask(&Check::Http(http), address).await, "200 OK");
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let address = mirror("127.0.0.1").await;
    let head = Http { method: Method::Head, ..http() };
    up(&ask(&Check::Http(head.clone()), address).await, "200 OK");
    let head = Check::Http(Http { receive: pattern("HEAD"), ..head });
    down(&ask(&head, address).await, "200 OK, but the body does not match \"HEAD\"");
}

#[tokio::test]
async fn seven_redirects_and_no_more() {
    let lead = |path: &str, _| (!path.ends_with("xxxxxxx")).then(|| format!("{path}x"));
    let address = leads(lead).await;
    up(&ask(&get("^GET /xxxxxxx HTTP"), address).await, "200 OK");
    let address = leads(|_, at| Some(format!("http://{at}/again"))).await;
    let expected = format!("more than 7 redirects, the last to http://{address}/again");
    down(&ask(&get("x"), address).await, &expected);
}

#[tokio::test]
async fn a_redirect_to_the_virtual_host_stays_with_the_real() {
    // by way of its address, and back to its name
    let address = leads(|path, at| match path {
        "/" => Some(format!("http://{at}/here")),
        "/here" => Some(format!("http://www.example:{}/there", at.port())),
        _ => None,
    });
    let address = address.await;
    let receive =
        pattern(&format!("(?i)^GET /there (?s:.)*\r\nhost: www.example:{}\r\n", address.port()));
    let check = Check::Http(Http { host: Some("www.example".to_owned()), receive, ..http() });
    up(&ask(&check, address).await, "200 OK");
}

#[tokio::test]
async fn a_redirect_to_another_name_is_looked_up() {
    let address = leads(|path, at| match path {
        "/" => Some(format!("http://localhost:{}/there", at.port())),
        _ => None,
    });
    let address = address.await;
    let receive =
        pattern(&format!("(?i)^GET /there (?s:.)*\r\nhost: localhost:{}\r\n", address.port()));
    for host in [None, Some("www.example".to_owned())] {
        let check = Check::Http(Http { host, receive: receive.clone(), ..http() });
        up(&ask(&check, address).await, "200 OK");
    }
    // a label of more than 63 letters is refused before anybody is asked
    let address = leads(|_, _| Some(format!("http://{}.invalid/", "x".repeat(64)))).await;
    let outcome = ask(&get("x"), address).await;
    let expected = format!("redirected to {}.invalid: ", "x".repeat(64));
    assert_eq!(outcome.verdict, Verdict::Down);
    assert!(outcome.message.starts_with(&expected), "{}", outcome.message);
}

#[tokio::test]
async fn a_redirect_to_another_address_is_followed() {
    for at in loopbacks() {
        let there = mirror(at).await;
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: http://{there}/there\r\n\r\n");
        let address = answers(answer.as_bytes()).await;
        up(&ask(&get("^GET /there "), address).await, "200 OK");
    }
}

#[tokio::test]
async fn a_redirect_to_something_else_is_not_followed() {
    let address = leads(|_, _| Some("file:///etc/passwd".to_owned())).await;
    let expected = "redirected to \"file:///etc/passwd\", which is not followed";
    down(&ask(&get("x"), address).await, expected);
}

#[tokio::test]
async fn sloppy_headers_are_no_fault() {
    for header in ["no colon", "a b: c", "a : b", "a: b\r\n folded", "a\u{1}: b", ": b", "a: \u{1}"]
    {
        let answer = format!("HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: 4\r\n\r\nwell");
        let outcome = ask(&get("^well$"), answers(answer.as_bytes()).await).await;
        assert_eq!(outcome.message, "200 OK", "{header:?}");
    }
    // and what they say counts
    for length in ["Content-Length : 4", "Content-Length:\r\n 4", "no colon\r\ncontent-length:4"] {
        let answer = format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\nwell and more");
        let outcome = ask(&get("^well$"), answers(answer.as_bytes()).await).await;
        assert_eq!(outcome.message, "200 OK", "{length:?}");
    }
}

#[tokio::test]
async fn endless_headers_and_bodies_end() {
    let endless = |beginning: &'static str, more: &'static str| {
        server("127.0.0.1", move |mut stream| async move {
            head(&mut stream).await;
            let _ = stream.write_all(beginning.as_bytes()).await;
            while stream.write_all(more.repeat(1000).as_bytes()).await.is_ok() {}
        })
    };
    let headers = endless("HTTP/1.1 200 OK\r\n", "a: b\r\n").await;
    let outcome = ask(&get("x"), headers).await;
    assert!(outcome.message.starts_with("no proper HTTP answer: "), "{}", outcome.message);
    let line = endless("HTTP/1.1 200 OK\r\na:", "b").await;
    assert_eq!(ask(&get("x"), line).await.verdict, Verdict::Down);
    let body = endless("HTTP/1.1 200 OK\r\n\r\nwell", "x").await;
    up(&ask(&get("^well"), body).await, "200 OK");
    up(&ask(&Check::Http(http()), body).await, "200 OK");
    let cut = "200 OK, but the body does not match \"sick\" in its first MiB";
    down(&ask(&get("sick"), body).await, cut);
}

#[tokio::test]
async fn other_statuses_may_be_well() {
    let answer =
        |line: &str| format!("HTTP/1.1 {line}\r\nLocation: /x\r\nContent-Length: 4\r\n\r\nwell");
    let statuses =
        |text: &str| Http { statuses: text.parse().unwrap(), receive: pattern("well"), ..http() };
    for (line, wanted) in
        [("401 Unauthorized", "401"), ("302 Found", "200-299,302"), ("204 No", "204")]
    {
        let check = Check::Http(Http { receive: None, ..statuses(wanted) });
        let outcome = ask(&check, answers(answer(line).as_bytes()).await).await;
        assert_eq!(outcome.verdict, Verdict::Up, "{line}: {}", outcome.message);
    }
    let unauthorized = answers(answer("401 Unauthorized").as_bytes()).await;
    up(&ask(&Check::Http(statuses("401")), unauthorized).await, "401 Unauthorized");
    let ok = answers(answer("200 OK").as_bytes()).await;
    down(&ask(&Check::Http(statuses("401")), ok).await, "200 OK, and not 401");
    // a redirect that is not among them is followed
    let lead = |path: &str, _| (path == "/").then(|| "/there".to_owned());
    let other = Check::Http(Http { receive: pattern("^GET /there "), ..statuses("200,301") });
    up(&ask(&other, leads(lead).await).await, "200 OK");
}

#[tokio::test]
async fn headers_of_ones_own_and_instead_of_ours() {
    let address = mirror("127.0.0.1").await;
    let headers = |given: &[(&str, &str)]| {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    for (given, expected) in [
        (&[("X-Check", "yes"), ("x-check", "no")][..], "\r\nX-Check: yes\r\nX-Check: no\r\n"),
        (&[("user-agent", "me")], "\r\nUser-Agent: me\r\n(?s:.)*\r\n\r\n$"),
        (&[("host", "other.example")], "^GET / HTTP/1.1\r\nHost: other.example\r\nUser-Agent"),
    ] {
        let check = Http { headers: headers(given), receive: pattern(expected), ..http() };
        up(&ask(&Check::Http(check), address).await, "200 OK");
    }
    for (name, value) in [("a b", "c"), ("", "c"), ("a", "b\r\nc: d")] {
        let check = Check::Http(Http { headers: headers(&[(name, value)]), ..http() });
        let outcome = ask(&check, address).await;
        assert_eq!(outcome.verdict, Verdict::Down);
        assert_eq!(outcome.message, format!("the header \"{name}\" cannot be sent"));
    }
}

pub(super) fn login() -> Option<Login> {
    Some(Login { user: "Aladdin".to_owned(), passwd: Secret::from("open sesame") })
}

#[tokio::test]
async fn a_login_is_sent_and_not_shown() {
    let receive = pattern("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
    let cookie = ("Cookie".to_owned(), "session=4711".to_owned());
    let check = Check::Http(Http { login: login(), receive, headers: vec![cookie], ..http() });
    let target = Target { address: mirror("127.0.0.1").await };
    let Probe { outcome, transcript } = check.probe(target, PATIENCE).await;
    up(&outcome, "200 OK");
    let turns: Vec<_> = transcript.turns().collect();
    assert_eq!(
        turns.iter().map(|(side, _)| *side).collect::<Vec<_>>(),
        [Side::Client, Side::Server]
    );
    for (_, said) in turns {
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("\r\nAuthorization: Basic ********\r\n"), "{said}");
        assert!(said.contains("\r\nCookie: ********\r\n"), "{said}");
        assert!(!said.contains("QWxhZ") && !said.contains("4711"), "{said}");
    }
}

#[tokio::test]
async fn another_host_is_told_nothing_of_ours() {
    // where the real is: 127.0.0.1, and by name www.example; localhost is another host
    let carries = |to: fn(u16) -> String, expected: &'static str| async move {
        let address = server("127.0.0.1", move |mut stream| async move {
            let asked = head(&mut stream).await;
            let to = to(stream.local_addr().unwrap().port());
            let answer = match asked.starts_with("GET / ") {
                true => {
                    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
                }
                false => {
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{asked}", asked.len())
                }
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        });
        let address = address.await;
        let headers = vec![("X-Check".to_owned(), "yes".to_owned())];
        let host = Some("www.example".to_owned());
        let (login, receive) = (login(), pattern(expected));
        let outcome =
            ask(&Check::Http(Http { host, headers, login, receive, ..http() }), address).await;
        up(&outcome, "200 OK");
    };
    let ours = "\r\nAuthorization: Basic [^\r]*\r\nX-Check: yes\r\n";
    let none = "^GET /there HTTP/1.1\r\nHost: [^\r]*\r\nUser-Agent: [^\r]*\r\nAccept: [^\r]*\r\nConnection: close\r\n\r\n$";
    carries(|_| "/there".to_owned(), ours).await;
    carries(|port| format!("http://127.0.0.1:{port}/there"), ours).await;
    carries(|port| format!("http://localhost:{port}/there"), none).await;
    carries(|port| format!("http://u:p@localhost:{port}/there"), none).await;
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_whole_url() {
    let proxy = |path: &str, receive: &str| {
        let (path, host) = (path.to_owned(), Some("not.used".to_owned()));
        Check::Http(Http { proxy: true, path, host, receive: pattern(receive), ..http() })
    };
    for at in loopbacks() {
        let address = mirror(at).await;
        for (url, expected) in [
            ("http://www.example", "^GET http://www.example/ HTTP/1.1\r\nHost: www.example\r\n"),
            ("http://a.b:81/c?d#e", r"^GET http://a.b:81/c\?d HTTP/1.1\r\nHost: a.b:81\r\n"),
            ("https://www.example/", "^GET https://www.example/ HTTP/1.1\r\nHost: www.example\r\n"),
        ] {
            up(&ask(&proxy(url, expected), address).await, "200 OK");
        }
    }
    let address = mirror("127.0.0.1").await;
    for path in ["/", "www.example", "file:///etc/passwd"] {
        let expected = "a proxy is asked for a whole URL, such as http://www.example/, and not for";
        down(&ask(&proxy(path, "x"), address).await, &format!("{expected} \"{path}\""));
    }
    // redirects go by way of it, names that nobody knows too, and it is who we log in to
    let lead = |path: &str, _| path.ends_with(".a/").then(|| "http://other.invalid/b".to_owned());
    let receive = "^GET http://other.invalid/b (?s:.)*\r\nProxy-Authorization: Basic QWx";
    let Check::Http(check) = proxy("http://first.a/", receive) else { unreachable!() };
    up(&ask(&Check::Http(Http { login: login(), ..check }), leads(lead).await).await, "200 OK");
}

#[tokio::test]
async fn what_is_no_http_and_what_ends_early() {
    for (answer, expected) in [
        (&b""[..], "closed by the server (connected, waiting for the answer)"),
        (b"HTTP/1.1 200", "closed by the server (connected, waiting for the answer)"),
        (b"220 mail ESMTP\r\n", "no proper HTTP answer: invalid HTTP version parsed"),
        (b"HTTP/1.1 99 No\r\n\r\n", "no proper HTTP answer: invalid HTTP status-code parsed"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwell",
            "closed by the server (200 OK, reading the body)",
        ),
    ] {
        down(&ask(&Check::Http(http()), answers(answer).await).await, expected);
    }
    let tls = Security::StartTls(crate::Tls::default());
    let expected = "HTTP has no word for TLS to begin after: it comes first, or never";
    for version in [Version::One, Version::Two] {
        let check = Check::Http(Http { security: tls.clone(), version, ..http() });
        down(&ask(&check, answers(b"").await).await, expected);
    }
}

#[tokio::test]
async fn the_phases_follow_each_other() {
    let outcome = ask(&Check::Http(http()), mirror("127.0.0.1").await).await;
    let times = outcome.times;
    assert!(times.connect.is_some() && times.connect <= times.first_byte, "{times:?}");
    assert!(times.first_byte <= Some(outcome.took) && times.tls.is_none(), "{times:?}");
    let times = ask(&Check::Http(http()), nobody()).await.times;
    assert_eq!(times, crate::Times::default());
}

#[tokio::test]
async fn a_dropped_check_closes_its_connection() {
    for version in [Version::One, Version::Two] {
        let closed = Arc::new(AtomicUsize::new(0));
        let (tell, mut told) = tokio::sync::mpsc::channel(2);
        let counted = Arc::clone(&closed);
        let address = server("127.0.0.1", move |mut stream| {
            let (tell, counted) = (tell.clone(), Arc::clone(&counted));
            async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = tell.send(()).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = tell.send(()).await;
            }
        });
        let (target, check) = (Target { address: address.await }, Http { version, ..http() });
        let nanny = tokio::spawn(async move { Check::Http(check).run(target, 3 * PATIENCE).await });
        told.recv().await.unwrap();
        assert_eq!(closed.load(Ordering::Relaxed), 0);
        nanny.abort();
        assert!(tokio::time::timeout(PATIENCE, told.recv()).await.is_ok(), "{version:?}");
    }
}
