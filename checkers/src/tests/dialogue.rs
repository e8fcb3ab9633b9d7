//! A server that plays one dialogue from a script. A line of it is `S: ` and what the server says,
//! `C: ` and what it must hear, `TLS` for a handshake, `DATA ` and what it sends over FTP's second
//! connection, whose port stands for `{port}` and `{p1},{p2}`. Each byte goes in a segment of its own.

use std::net::SocketAddr;

use rustls::HandshakeKind;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{PATIENCE, secured};

/// A server under way.
pub(super) struct Played {
    pub(super) address: SocketAddr,
    task: JoinHandle<Result<(), String>>,
}

/// Plays `script` to the first who comes.
pub(super) async fn plays(at: &str, script: &str) -> Played {
    let listener = TcpListener::bind((at, 0)).await.unwrap();
    let data = TcpListener::bind((at, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let [p1, p2] = data.local_addr().unwrap().port().to_be_bytes();
    let port = u16::from_be_bytes([p1, p2]).to_string();
    let script = script.replace("{port}", &port).replace("{p1},{p2}", &format!("{p1},{p2}"));
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.map_err(|e| e.to_string())?;
        drop(listener);
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        play(stream, data, &script).await
    });
    Played { address, task }
}

impl Played {
    /// The whole script was played, and the client said nothing but what is in it.
    #[track_caller]
    pub(super) fn finished(self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let played = tokio::time::timeout(PATIENCE, self.task).await.expect("the script ends");
            assert_eq!(played.unwrap(), Ok(()), "{caller}");
        }
    }
}

trait Bytes: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Bytes for T {}

async fn play(tcp: TcpStream, data: TcpListener, script: &str) -> Result<(), String> {
    let steps: Vec<_> = script.lines().map(str::trim_start).collect();
    let mut lines = steps.into_iter().peekable();
    let mut stream: Box<dyn Bytes> = Box::new(tcp);
    let mut is_secure = false;
    while let Some(line) = lines.next() {
        if line == "TLS" {
            stream = Box::new(secured::acceptor().accept(stream).await.map_err(|e| e.to_string())?);
            is_secure = true;
        } else if let Some(said) = line.strip_prefix("S: ") {
            say(&mut stream, format!("{said}\r\n").as_bytes()).await?;
        } else if let Some(content) = line.strip_prefix("DATA ") {
            let (tcp, _) = data.accept().await.map_err(|e| e.to_string())?;
            let mut stream: Box<dyn Bytes> = match is_secure {
                true => {
                    let tls = secured::acceptor().accept(tcp).await.map_err(|e| e.to_string())?;
                    // as vsftpd and proftpd want it
                    match tls.get_ref().1.handshake_kind() {
                        Some(HandshakeKind::Resumed) => Box::new(tls),
                        kind => return Err(format!("the data's session is another: {kind:?}")),
                    }
                }
                false => Box::new(tcp),
            };
            say(&mut stream, content.as_bytes()).await?;
            stream.shutdown().await.map_err(|e| e.to_string())?;
        } else {
            let expected = line.strip_prefix("C: ").expect("a script has S:, C:, TLS and DATA");
            hear(&mut stream, expected, lines.peek().is_none()).await?;
        }
    }
    Ok(())
}

async fn say(stream: &mut Box<dyn Bytes>, bytes: &[u8]) -> Result<(), String> {
    for byte in bytes {
        stream.write_all(&[*byte]).await.map_err(|e| e.to_string())?;
        stream.flush().await.map_err(|e| e.to_string())?;
    }
    Ok(())
}

async fn hear(stream: &mut Box<dyn Bytes>, expected: &str, last: bool) -> Result<(), String> {
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n") {
        match stream.read_u8().await {
            Ok(byte) => heard.push(byte),
            Err(e) => return Err(format!("{expected:?} was expected: {e}")),
        }
    }
    if last {
        stream.read_to_end(&mut heard).await.map_err(|e| format!("after {expected:?}: {e}"))?;
    }
    let heard = String::from_utf8_lossy(&heard);
    if heard == format!("{expected}\r\n") {
        return Ok(());
    }
    Err(format!("{expected:?} was expected, {heard:?} was heard"))
}
