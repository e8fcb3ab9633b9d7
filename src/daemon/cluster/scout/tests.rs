use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use super::*;
use crate::config::{Numbers, vqalive};
use crate::model::Cluster;

/// What a scout finds, in a dry run: nobody is asked with ARP.
async fn found(more: &str) -> Input<'static> {
    let text = format!("promote_script /x\ndemote_script /x\n{more}");
    let reading = vqalive::read(&text, &Numbers);
    let cluster: Cluster = *reading.model.expect("a model").cluster.expect("a cluster");
    let FailoverProtocol::Vqalive(asked) = cluster.protocol else { panic!("it is vqalive's") };
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut scout = Scout::new(true, tell);
    scout.asked = Some(asked);
    scout.probe(LIMIT);
    told.recv().await.expect("an answer")
}

const LIMIT: Duration = Duration::from_secs(2);

fn held(address: &str) -> Vec<IpAddr> {
    vec![address.parse().unwrap()]
}

#[tokio::test]
async fn every_port_of_every_address_is_asked() {
    let here = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = here.local_addr().unwrap().port();
    let there = TcpListener::bind("127.0.0.2:0").unwrap();
    let other = there.local_addr().unwrap().port();
    let text = format!("check_ip 127.0.0.1 127.0.0.2\ncheck_port {open} {other}\n");
    let expected = Input::Probed {
        // that of lo; it has no other of its network
        held: held("127.0.0.1"),
        answers: vec![vec![true, false], vec![false, true]],
    };
    assert_eq!(found(&text).await, expected);
}

#[tokio::test]
async fn what_a_service_says_first_is_looked_at() {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in server.incoming().take(2) {
            // who has heard enough hangs up
            let _ = stream.unwrap().write_all(b"220 relay ESMTP\r\n");
        }
    });
    for (banner, answers) in [("^220 ", true), ("^554", false)] {
        let text = format!("check_ip 127.0.0.1\ncheck_port {port}\ncheck_banner {banner}\n");
        let expected = Input::Probed { held: held("127.0.0.1"), answers: vec![vec![answers]] };
        assert_eq!(found(&text).await, expected, "{banner}");
    }
}

#[tokio::test]
async fn who_is_not_asked_has_nothing() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let scout = Scout::new(true, tell);
    scout.seek(true, LIMIT);
    assert_eq!(told.recv().await, Some(Input::Owned(None)));
}

#[test]
fn why_a_service_does_not_answer_is_news_once() {
    let (silent, at) = (Silent::default(), "192.0.2.9:80".parse().unwrap());
    let [refused, late] = ["connection refused", "no answer within 2 s"].map(str::to_owned);
    assert!(silent.is_news(at, Some(&refused)));
    assert!(!silent.is_news(at, Some(&refused)));
    assert!(silent.is_news(at, Some(&late)));
    assert!(silent.is_news(at, None), "it answers");
    assert!(!silent.is_news(at, None));
    assert!(silent.is_news(at, Some(&late)));
}
