use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::director::{Change, Subject, What};
use crate::model::{
    Alert, CheckPolicy, Phase, Phases, Protocol, Role, Service, ServiceId, Virtual,
};

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
        readd_quiescent: true,
        cleanstop: true,
        check: CheckPolicy {
            interval: Duration::from_secs(10),
            timeout: Duration::from_secs(5),
            failure_count: 1,
            recovery_count: 1,
        },
        slow_start: false,
        load: None,
        alert,
    };
    Change {
        r#virtual: Arc::new(r#virtual),
        subject: Subject::Real("10.0.0.1:80".parse().unwrap()),
        what,
        because: "connection refused".to_owned(),
        phase: Phase::Running,
        role: Role::Active,
        done: true,
    }
}

fn admin() -> Alert {
    Alert { to: "admin@example.org".to_owned(), ..Alert::default() }
}

/// Word for word what Debian's ldirectord 4.12 sent, but for the reason, which is ours.
#[test]
fn a_death_is_worth_a_mail() {
    let event = "Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)";
    let text = |text: &str| Some(text.to_owned());
    for (service_name, comment, subject, details) in [
        (None, None, event.to_owned(), ""),
        (text("shop"), None, format!("[shop] {event}"), "Service name: shop\n\n"),
        (None, text("call Ann"), event.to_owned(), "Comment: call Ann\n\n"),
        (
            text("shop"),
            text("call Ann"),
            format!("[shop] {event}"),
            "Service name: shop\nComment: call Ann\n\n",
        ),
    ] {
        let alert = Alert { service_name, comment, ..admin() };
        let letter = letter(&change(alert, What::Quiesced), None, "lb1").unwrap();
        assert_eq!((letter.event.as_str(), &letter.subject), (event, &subject));
        assert_eq!(
            letter.body,
            format!(
                "ldirectord host: lb1\nLog-Message: {subject}\nDaemon-Status: running\n\n\
                 {details}Reason: connection refused\n"
            )
        );
    }
}

#[test]
fn who_is_added_again_is_quiescent_to_the_mail() {
    let letter = letter(&change(admin(), What::Readded), None, "lb1").unwrap();
    let event = "Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)";
    assert_eq!(letter.subject, event);
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
    let alert = Alert {
        to: "one@x.example, Two <two@x.example>,root".to_owned(),
        service_name: Some("the shop of the whole company".to_owned()),
        ..Alert::default()
    };
    let quiesced = change(alert, What::Quiesced);
    let letter = letter(&quiesced, Some("LVS Director <lb@x.example>"), "lb1").unwrap();
    let message = message(&letter, "lb1").unwrap();
    let sent = String::from_utf8(message.formatted()).unwrap();
    let event = "[the shop of the whole company] Quiescent real server: 10.0.0.1:80 \
                 (192.0.2.10:80) (Weight set to 0)";
    let first = format!(
        "From: LVS Director <lb@x.example>\r\nTo: one@x.example, Two <two@x.example>,root\r\n\
         Subject: {event}\r\n"
    );
    assert!(sent.starts_with(&first), "{sent}");
    let body = format!("\r\n\r\nldirectord host: lb1\r\nLog-Message: {event}\r\n");
    assert!(sent.contains(&body), "{sent}");
    let to: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
    assert_eq!(to, ["one@x.example", "two@x.example", "root@lb1"]);
    assert_eq!(message.envelope().from().unwrap().to_string(), format!("{}@lb1", user()));
}

#[test]
fn an_odd_sender_and_an_odd_recipient_stop_no_mail() {
    let alert = Alert { to: "no one at all, one@x.example".to_owned(), ..Alert::default() };
    let change = change(alert, What::Quiesced);
    let letter = letter(&change, Some("\"lb@x.example\""), "lb1").unwrap();
    let sent = message(&letter, "lb1").unwrap();
    assert_eq!(sent.envelope().to().len(), 1);
    let from = sent.envelope().from().unwrap().to_string();
    assert_eq!(from, format!("{}@lb1", user()));
    assert!(String::from_utf8(sent.formatted()).unwrap().starts_with(&format!("From: {from}\r\n")));
    let nobody = Letter { to: "no one at all".to_owned(), ..letter };
    assert!(message(&nobody, "lb1").is_err());
}

#[test]
fn a_name_that_is_not_ascii_is_encoded() {
    let alert = Alert { service_name: Some("Café".to_owned()), ..admin() };
    let letter =
        letter(&change(alert, What::Removed), Some("Jürgen <a@x.example>"), "lb1").unwrap();
    let sent = message(&letter, "lb1").unwrap();
    let text = String::from_utf8(sent.formatted()).unwrap();
    let (headers, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(headers.is_ascii() && headers.contains(" <a@x.example>\r\n"), "{headers}");
    assert!(body.contains("[Café] Deleted"), "{body}");
}

#[test]
fn a_user_is_named_by_the_file_of_users() {
    let users = "root:x:0:0::/root:/bin/sh\nlvs:x:101:101::/:/bin/false\n:x:5:5:::\n";
    assert_eq!(named(users, 101), Some("lvs"));
    assert_eq!(named(users, 0), Some("root"));
    assert_eq!((named(users, 7), named(users, 5)), (None, None));
}

#[test]
fn a_line_too_long_for_mail_is_encoded() {
    let alert = Alert { comment: Some("é".repeat(600)), ..admin() };
    let letter = letter(&change(alert, What::Removed), Some("lb@example.org"), "lb1").unwrap();
    let sent = String::from_utf8(message(&letter, "lb1").unwrap().formatted()).unwrap();
    assert!(sent.lines().all(|line| line.len() <= 998), "{sent}");
}

#[test]
fn a_change_of_the_role_is_worth_a_mail_to_who_wants_any() {
    let tell = |alert: &Alert, phase| notice(alert, None, "partner dead: ...", "lb1", phase);
    let letter = tell(&admin(), Phase::Running).unwrap();
    assert_eq!((letter.to, letter.subject), (admin().to, "lb1: partner dead: ...".to_owned()));
    assert!(letter.body.contains("Log-Message: partner dead: ...\nDaemon-Status: running\n"));
    assert_eq!(tell(&Alert { to: String::new(), ..admin() }, Phase::Running), None);
    let phases = Phases { stopping: false, ..Phases::default() };
    assert_eq!(tell(&Alert { phases, ..admin() }, Phase::Stopping), None);
}
