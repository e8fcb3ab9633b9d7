use super::dialogue::plays;
use super::*;
use crate::{Ftp, Security};

fn ftp(security: Security, receive: Option<Pattern>) -> Check {
    let [login, file] = ["anonymous", "/welcome.msg"].map(str::to_owned);
    Check::Ftp(Ftp { security, login, passwd: "me@here".into(), file, receive })
}

const LOGIN: &str = "S: 220 ready
    C: USER anonymous
    S: 331 password?
    C: PASS me@here
    ";
const LOGGED_IN: &str = "S: 230 welcome
    C: TYPE I
    S: 200 binary
    ";

#[tokio::test]
async fn without_a_pattern_the_login_will_do() {
    for at in loopbacks() {
        let greeting =
            "S: 120 soon\nS: 220-welcome\nS:  220 as it were\nS: 220-again\nS: 220 ready\n";
        let rest = LOGIN.split_once('\n').unwrap().1;
        let server = plays(at, &format!("{greeting}{rest}S: 230 welcome\nC: QUIT")).await;
        up(&ask(&ftp(Security::Plain, None), server.address).await, "logged in");
        server.finished().await;
    }
    let server = plays("127.0.0.1", "S: 220 a\nC: USER anonymous\nS: 230 welcome\nC: QUIT").await;
    up(&ask(&ftp(Security::Plain, None), server.address).await, "logged in");
    server.finished().await;
    down(&ask(&ftp(Security::Plain, None), nobody()).await, "connection refused");
}

#[tokio::test]
async fn without_a_login_the_greeting_will_do_unless_a_file_is_fetched() {
    let nobody = |receive| {
        let Check::Ftp(ftp) = ftp(Security::Plain, receive) else { panic!("not ftp") };
        Check::Ftp(Ftp { login: String::new(), ..ftp })
    };
    let server = plays("127.0.0.1", "S: 220 ready\nC: QUIT").await;
    up(&ask(&nobody(None), server.address).await, "greeted");
    server.finished().await;
    let server = plays("127.0.0.1", "S: 421 too many users").await;
    down(&ask(&nobody(None), server.address).await, "greeted with: \"421 too many users\"");
    let server = plays("127.0.0.1", "S: 220 a\nC: USER anonymous\nS: 530 no anonymous here").await;
    let outcome = ask(&nobody(pattern("well")), server.address).await;
    down(&outcome, "login: \"530 no anonymous here\"");
}

#[tokio::test]
async fn a_file_is_fetched_from_the_real_itself() {
    for (at, passive) in [
        // the address that is named is one of documentation: nobody is there
        ("127.0.0.1", "C: PASV\nS: 227 Entering Passive Mode (192,0,2,1,{p1},{p2})."),
        ("::1", "C: EPSV\nS: 229 Entering Extended Passive Mode (|||{port}|)"),
    ] {
        if !loopbacks().contains(&at) {
            continue;
        }
        let fetched = "C: RETR /welcome.msg\nS: 150 here\nDATA all is well\nS: 226 done";
        let server = plays(at, &format!("{LOGIN}{LOGGED_IN}{passive}\n{fetched}\nC: QUIT")).await;
        let outcome = ask(&ftp(Security::Plain, pattern("well$")), server.address).await;
        up(&outcome, "fetched \"/welcome.msg\"");
        server.finished().await;
        let server = plays(at, &format!("{LOGIN}{LOGGED_IN}{passive}\n{fetched}")).await;
        let outcome = ask(&ftp(Security::Plain, pattern("^well")), server.address).await;
        let why = r#""/welcome.msg" begins "all is well", but nothing in it matches "^well""#;
        down(&outcome, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words() {
    let retr = "C: PASV\nS: 227 (127,0,0,1,{p1},{p2})\nC: RETR /welcome.msg";
    for (script, why) in [
        ("S: 530 wrong", r#"login: "530 wrong""#.to_owned()),
        ("S: 332 account?", r#"login: "332 account?""#.to_owned()),
        ("{in}C: PASV\nS: 502 no", r#"PASV: "502 no""#.to_owned()),
        (
            "{in}C: PASV\nS: 227 (1,2,3)",
            r#"no port in the answer to PASV: "227 (1,2,3)""#.to_owned(),
        ),
        ("{in}{retr}\nS: 550 no file", r#"RETR /welcome.msg: "550 no file""#.to_owned()),
        (
            "{in}{retr}\nS: 150 a\nDATA wel\nS: 426 cut",
            r#"RETR /welcome.msg: "426 cut""#.to_owned(),
        ),
        (
            "{in}C: PASV\nS: 227 (127,0,0,1,{nobody})",
            "connection refused (logged in, opening the connection for data)".to_owned(),
        ),
    ] {
        let [high, low] = nobody().port().to_be_bytes();
        let script = script.replace("{in}", LOGGED_IN).replace("{retr}", retr);
        let script = script.replace("{nobody}", &format!("{high},{low}"));
        let server = plays("127.0.0.1", &format!("{LOGIN}{script}")).await;
        down(&ask(&ftp(Security::Plain, pattern("well")), server.address).await, &why);
        server.finished().await;
    }
    let server = plays("127.0.0.1", "S: 421 full").await;
    down(&ask(&ftp(Security::Plain, None), server.address).await, r#"greeted with: "421 full""#);
}

#[tokio::test]
async fn under_tls_the_file_comes_under_tls() {
    let login = LOGIN.split_once('\n').unwrap().1;
    for (security, before) in [
        (Security::Tls(secured::anyone()), "TLS\nS: 220 a"),
        (Security::StartTls(secured::anyone()), "S: 220 a\nC: AUTH TLS\nS: 234 go on\nTLS"),
    ] {
        let script = format!(
            "{before}
             {login}S: 230 welcome
             C: PBSZ 0
             S: 200 none
             C: PROT P
             S: 200 private
             C: TYPE I
             S: 200 binary
             C: PASV
             S: 227 (127,0,0,1,{{p1}},{{p2}})
             C: RETR /welcome.msg
             S: 150 here
             DATA well
             S: 226 done
             C: QUIT"
        );
        let server = plays("127.0.0.1", &script).await;
        let outcome = ask(&ftp(security, pattern("well")), server.address).await;
        up(&outcome, "fetched \"/welcome.msg\"");
        server.finished().await;
    }
    let server = plays("127.0.0.1", "S: 220 a\nC: AUTH TLS\nS: 530 log in first").await;
    let outcome = ask(&ftp(Security::StartTls(secured::anyone()), None), server.address).await;
    down(&outcome, r#"AUTH TLS: "530 log in first""#);
}

#[tokio::test]
async fn one_command_is_not_two() {
    let Check::Ftp(good) = ftp(Security::Plain, None) else { panic!("ftp() makes an ftp check") };
    for (bad, what) in [
        (Ftp { login: "a\r\nDELE b".to_owned(), ..good.clone() }, "login"),
        (Ftp { passwd: "a\rb".into(), ..good.clone() }, "passwd"),
        (Ftp { file: "/a\nDELE b".to_owned(), ..good.clone() }, "request"),
    ] {
        let outcome = ask(&Check::Ftp(bad), nobody()).await;
        down(&outcome, &format!("{what} holds a line break or a NUL, which cannot be sent"));
    }
}

#[tokio::test]
async fn of_an_endless_file_the_start_is_looked_at() {
    let endless = server("127.0.0.1", |mut stream| async move {
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let [high, low] = endless.await.port().to_be_bytes();
    let retr = "C: RETR /welcome.msg\nS: 150 here";
    let passive = format!("C: PASV\nS: 227 (127,0,0,1,{high},{low})\n{retr}");
    for (receive, rest) in [("^x{100}", "C: QUIT"), ("y", "")] {
        let script = format!("{LOGIN}{LOGGED_IN}{passive}\n{rest}");
        let server = plays("127.0.0.1", script.trim_end()).await;
        let outcome = ask(&ftp(Security::Plain, pattern(receive)), server.address).await;
        match rest {
            "" => {
                assert!(
                    outcome.message.ends_with("but nothing in its first MiB matches \"y\""),
                    "{outcome:?}"
                )
            }
            _ => up(&outcome, "fetched \"/welcome.msg\""),
        }
        server.finished().await;
    }
}

#[tokio::test]
async fn a_server_that_is_always_about_to_begin() {
    let soon = server("127.0.0.1", |mut stream| async move {
        while stream.write_all(b"120 soon\r\n").await.is_ok() {}
    });
    let outcome = ask(&ftp(Security::Plain, None), soon.await).await;
    down(&outcome, "an answer of more than 65536 bytes");
}
