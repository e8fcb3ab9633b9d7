use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::director::{Change, Subject, What};
use crate::model::{Alert, CheckPolicy, Phase, Phases, Protocol, Service, ServiceId, Virtual};

fn change(alert: Alert, what: What) -> Change {
    let id =
        ServiceId::Address { protocol: Protocol::Tcp, address: "192.0.2.10:80".parse().unwrap() };
    let r#virtual = Virtual {
        service: Service::new(id, "wrr".parse().unwrap()),
        reals: Vec::new(),
        fallback: None,
        fallback_command: None,
        fallback_command_stop: false,
        quiescent: true,
        cleanstop: true,
        check: CheckPolicy {
            interval: Duration::from_secs(10),
            timeout: Duration::from_secs(5),
            failure_count: 1,
        },
        alert,
    };
    Change {
        r#virtual: Arc::new(r#virtual),
        subject: Subject::Real("10.0.0.1:80".parse().unwrap()),
        what,
        because: "connection refused".to_owned(),
        phase: Phase::Running,
    }
}

fn admin() -> Alert {
    Alert { to: vec!["admin@example.org".to_owned()], ..Alert::default() }
}

#[test]
fn a_death_is_worth_a_mail() {
    let alert = Alert {
        service_name: Some("shop".to_owned()),
        comment: Some("call Ann".to_owned()),
        ..admin()
    };
    let letter = letter(&change(alert, What::Quiesced), None, "lb1").unwrap();
    let event = "Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)";
    assert_eq!(letter.subject, format!("[shop] {event}"));
    assert_eq!(
        letter.body,
        format!(
            "ldirectord host: lb1\nLog-Message: [shop] {event}\nDaemon-Status: running\n\
             Reason: connection refused\n\nService name: shop\nComment: call Ann\n"
        )
    );
}

#[test]
fn who_wants_none_gets_none() {
    let quiet = Alert { phases: Phases { running: false, ..Phases::default() }, ..admin() };
    assert_eq!(letter(&change(quiet, What::Quiesced), None, "lb1"), None);
    assert_eq!(letter(&change(Alert::default(), What::Quiesced), None, "lb1"), None);
    let soft = What::SoftFailure { failures: 1, of: 3 };
    assert_eq!(letter(&change(admin(), soft), None, "lb1"), None);
    let mut whole = change(admin(), What::Purged);
    whole.subject = Subject::Virtual;
    assert_eq!(letter(&whole, None, "lb1"), None);
}

#[test]
fn a_warning_is_worth_one_mail() {
    let letter = |what| letter(&change(admin(), what), None, "lb1");
    let subject = letter(What::Warned { again: false }).unwrap().subject;
    assert_eq!(subject, "Warning about real server: 10.0.0.1:80 (192.0.2.10:80)");
    assert_eq!(letter(What::Warned { again: true }), None, "the days are counted in the log");
    assert_eq!(letter(What::WarningOver), None);
}

#[test]
fn the_mail_as_it_is_sent() {
    let quiesced = change(admin(), What::Quiesced);
    let letter = letter(&quiesced, Some("lb@example.org"), "lb1").unwrap();
    let sent = String::from_utf8(message(&letter, "lb1").unwrap().formatted()).unwrap();
    for line in [
        "From: lb@example.org\r\n",
        "To: admin@example.org\r\n",
        "Subject: Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to\r\n 0)\r\n",
        "\r\n\r\nldirectord host: lb1\r\n",
        "Log-Message: Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)\r\n",
    ] {
        assert!(sent.contains(line), "no {line:?} in\n{sent}");
    }
}

#[test]
fn a_line_too_long_for_mail_is_encoded() {
    let alert = Alert { comment: Some("é".repeat(600)), ..admin() };
    let letter = letter(&change(alert, What::Removed), Some("lb@example.org"), "lb1").unwrap();
    let sent = String::from_utf8(message(&letter, "lb1").unwrap().formatted()).unwrap();
    assert!(sent.lines().all(|line| line.len() <= 998), "{sent}");
}
