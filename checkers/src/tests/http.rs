use super::*;
use crate::{Http, Method};

fn http() -> Http {
    Http { tls: false, method: Method::Get, host: None, path: "/".to_owned(), receive: None }
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
            ["^GET /a/b\\?c=d HTTP/1.1\r\n", &format!("(?i)\r\nhost: {host}\r\n"), agent]
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
}
