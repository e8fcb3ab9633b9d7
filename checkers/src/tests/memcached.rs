use super::dialogue::plays;
use super::*;
use crate::Memcached;

fn memcached(command: &str, receive: Option<Pattern>) -> Check {
    Check::Memcached(Memcached { command: command.to_owned(), receive })
}

#[tokio::test]
async fn its_version_is_asked_without_a_command() {
    for at in loopbacks() {
        let server = plays(at, "C: version\nS: VERSION 1.6.18\nC: quit").await;
        up(&ask(&memcached("", None), server.address).await, "answered");
        server.finished().await;
    }
    down(
        &ask(&memcached("", None), answers(b"HTTP/1.1 400\r\n").await).await,
        r#"version: "HTTP/1.1 400""#,
    );
}

#[tokio::test]
async fn a_pattern_is_looked_for_in_each_line_of_a_list() {
    let stats = "C: stats\nS: STAT pid 7\nS: STAT uptime 12\nS: END";
    let server = plays("127.0.0.1", &format!("{stats}\nC: quit")).await;
    up(&ask(&memcached("stats", pattern("^STAT uptime")), server.address).await, "answered");
    server.finished().await;
    let server = plays("127.0.0.1", stats).await;
    let outcome = ask(&memcached("stats", pattern("pid 8$")), server.address).await;
    down(&outcome, r#"answered "STAT pid 7", but no line matches "pid 8$""#);
}

#[tokio::test]
async fn a_value_may_look_like_the_end() {
    let get = "C: get key\nS: VALUE key 0 8\nS: END\nS: xyz\nS: END\nC: quit";
    let server = plays("127.0.0.1", get).await;
    up(
        &ask(&memcached("get key", pattern("^xyz$|(?s)^END..xyz$")), server.address).await,
        "answered",
    );
    server.finished().await;
}

#[tokio::test]
async fn errors_are_told_in_the_servers_words() {
    for error in ["ERROR", "CLIENT_ERROR bad line", "SERVER_ERROR out of memory"] {
        let server = plays("127.0.0.1", &format!("C: stats\nS: {error}")).await;
        down(
            &ask(&memcached("stats", pattern("ERROR")), server.address).await,
            &format!("stats: \"{error}\""),
        );
        server.finished().await;
    }
    for length in ["", " many", " 99999999999999999999"] {
        let line = format!("VALUE k 0{length}");
        let outcome =
            ask(&memcached("get k", None), answers(format!("{line}\r\n").as_bytes()).await).await;
        down(&outcome, &format!("no proper reply: \"{line}\""));
    }
    let outcome = ask(&memcached("get k", None), answers(b"VALUE k 0 4294967296\r\n").await).await;
    down(&outcome, "an answer of 4294967298 bytes");
}

#[tokio::test]
async fn one_command_is_not_two() {
    let outcome = ask(&memcached("version\r\nflush_all", None), nobody()).await;
    down(&outcome, "request holds a line break or a NUL, which cannot be sent");
}
