use std::io::{Read, Write};
use std::net::Shutdown;

use tokio::task::spawn_blocking;

use super::*;

/// A socket, and its path.
fn socket(folder: &Path) -> (Socket, PathBuf) {
    let config = folder.join("x.cf");
    (Socket::bind(folder, &config).unwrap().unwrap(), path(folder, &config))
}

/// What the director hears of a client that writes this.
async fn heard(socket: &mut Socket, path: &Path, says: impl FnOnce(Blocking) -> Blocking) -> Asked {
    // the stream stays open until the director has heard it
    let _stream = says(Blocking::connect(path).unwrap());
    socket.next().await.1
}

fn writes(text: &'static str) -> impl FnOnce(Blocking) -> Blocking {
    move |mut stream| {
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }
}

#[tokio::test]
async fn one_line_says_what_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (mut socket, path) = socket(folder.path());
    for (line, wanted) in [
        ("status\n", Asked::Status),
        ("active\n", Asked::Role(Role::Active)),
        (" standby \r\nmore", Asked::Role(Role::Standby)),
        ("\n", Asked::Status),
    ] {
        assert_eq!(heard(&mut socket, &path, writes(line)).await, wanted, "{line:?}");
    }
    // neither an end of the line nor one of the stream: what has come by then is what is meant
    assert_eq!(heard(&mut socket, &path, writes("active")).await, Asked::Role(Role::Active));
    for line in ["activate\n", "ACTIVE\n", "active standby\n"] {
        let asked = heard(&mut socket, &path, writes(line)).await;
        assert!(matches!(asked, Asked::Refused(_)), "{asked:?}");
    }
    let flood = |mut stream: Blocking| {
        let _ = stream.write_all(&[b'x'; 4096]);
        stream
    };
    let asked = heard(&mut socket, &path, flood).await;
    assert!(matches!(&asked, Asked::Refused(why) if why.len() < 150), "{asked:?}");
}

#[tokio::test]
async fn who_says_nothing_asks_for_the_status_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let (mut socket, path) = socket(folder.path());
    assert_eq!(heard(&mut socket, &path, |stream| stream).await, Asked::Status);
    let ends = |stream: Blocking| {
        stream.shutdown(Shutdown::Write).unwrap();
        stream
    };
    assert_eq!(heard(&mut socket, &path, ends).await, Asked::Status);
}

#[tokio::test]
async fn an_answer_is_a_line_and_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (mut socket, path) = socket(folder.path());
    for (answer, understood) in [
        (told("it is to be active"), Ok("it is to be active".to_owned())),
        (refused("there is no cluster"), Err("there is no cluster".to_owned())),
    ] {
        let asking = {
            let path = path.clone();
            spawn_blocking(move || command(&path, Role::Active).unwrap())
        };
        let (client, asked) = socket.next().await;
        assert_eq!(asked, Asked::Role(Role::Active));
        client.say(&answer).await;
        assert_eq!(asking.await.unwrap(), understood);
    }
}

/// A director of an older version says its status at once, and does not hear.
#[tokio::test]
async fn an_older_director_takes_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let old = spawn_blocking(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"{\"version\":\"0\"}\n").unwrap();
        // what it is told stays unread, which the other end sees as a reset
        stream.set_nonblocking(true).unwrap();
        while stream.read(&mut []).is_err() {}
    });
    let asking = spawn_blocking(move || command(&path, Role::Standby));
    let answer = asking.await.unwrap().unwrap();
    assert!(answer.unwrap_err().contains("older version"));
    old.await.unwrap();
}

#[tokio::test]
async fn the_file_goes_and_nobody_is_heard_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let (socket, path) = socket(folder.path());
    assert!(path.exists());
    drop(socket);
    assert!(!path.exists());
    assert!(Blocking::connect(&path).is_err());
}
