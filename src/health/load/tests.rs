use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use checkers::{Check, Load};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::*;
use crate::model::{CheckPolicy, Family, RealId, ServiceId};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn an_agent_says_a_percentage() {
    for (line, said) in [
        ("75%", Some(75)),
        ("75", Some(75)),
        ("0%", Some(0)),
        ("100 %", Some(100)),
        ("101%", None),
        ("+5", None),
        ("-5", None),
        ("7.5%", None),
        ("up", None),
        ("%", None),
        ("", None),
        ("99999999999999999999", None),
    ] {
        assert_eq!(share(line), said, "{line}");
    }
}

/// Says this to whoever comes, and goes on holding the line.
async fn agent(says: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(says).await;
            held.push(stream);
        }
    });
    address
}

async fn asked(says: &'static [u8], patience: Duration) -> Result<Busy, String> {
    let at = agent(says).await;
    let real = SocketAddr::new(at.ip(), 80);
    read(&LoadMonitor::Agent { port: at.port() }, real, patience).await
}

#[tokio::test]
async fn an_agent_is_asked_for_one_line() {
    assert_eq!(asked(b"75%\r\n", PATIENCE).await, Ok(Busy::Share(75)));
    assert_eq!(asked(b"30\nand more", PATIENCE).await, Ok(Busy::Share(30)));
    assert_eq!(asked(b"maybe\n", PATIENCE).await, Err("the agent says \"maybe\"".to_owned()));
    let endless = asked(&[b' '; 4096], PATIENCE).await;
    assert_eq!(endless, Err("the agent says \"\"".to_owned()), "64 bytes are read");
    let silent = asked(b"7", Duration::from_millis(100)).await;
    assert_eq!(silent, Err("the agent has not answered within 100ms".to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = listener.local_addr().unwrap();
    drop(listener);
    let refused = read(&LoadMonitor::Agent { port: gone.port() }, gone, PATIENCE).await;
    let why = refused.unwrap_err();
    assert!(why.starts_with("the agent cannot be asked: Connection refused"), "{why}");
}

#[tokio::test]
async fn a_program_is_asked_for_a_load() {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    let monitor = |line| LoadMonitor::Program(Load { words: words(line) });
    let real = "127.0.0.1:80".parse().unwrap();
    let told = read(&monitor("/bin/echo load average: 0.25, 1, 2"), real, PATIENCE).await;
    assert_eq!(told, Ok(Busy::Load(0.25)));
    assert!(read(&monitor("/bin/false"), real, PATIENCE).await.is_err());
}

/// Nobody asks how busy a real is that is not well, and nobody asks again before 20 s are over.
#[tokio::test]
async fn who_is_well_is_asked_at_once_and_then_in_a_while() {
    let at = agent(b"75%\n").await;
    let mark = ServiceId::Mark { family: Family::V4, mark: NonZeroU32::MIN };
    let duty = Duty {
        real: RealId { service: mark, address: SocketAddr::new(at.ip(), 80) },
        check: Check::On.into(),
        target: Target { address: at },
        combined: None,
        policy: CheckPolicy {
            interval: Duration::from_millis(1),
            timeout: PATIENCE,
            failure_count: 1,
            recovery_count: 1,
        },
        since: Duration::ZERO,
        monitor: None,
        load: Some(Arc::new(LoadMonitor::Agent { port: at.port() })),
    };
    let (well, is_well) = watch::channel(false);
    let (tell, mut told) = mpsc::channel(4);
    let in_flight = Semaphore::new(1);
    let began = Instant::now();
    let following = follow(&duty, &in_flight, is_well, tell);
    let listening = async {
        let early = timeout(Duration::from_millis(50), told.recv()).await;
        assert!(early.is_err(), "it is not well");
        well.send_replace(true);
        let reading = timeout(PATIENCE, told.recv()).await.unwrap().unwrap();
        assert_eq!((reading.real, reading.busy), (duty.real, Ok(Busy::Share(75))));
        let second = timeout(Duration::from_millis(200), told.recv()).await;
        assert!(second.is_err() || began.elapsed() >= Duration::from_secs(20));
    };
    tokio::select! {
        () = following => panic!("it ended"),
        () = listening => {}
    }
}
