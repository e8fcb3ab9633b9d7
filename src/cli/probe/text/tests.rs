use std::time::Duration;

use checkers::{Outcome, Probe, Times, Transcript};

use crate::config::{self, Numbers};
use crate::model::{Real, Virtual};

use super::*;

fn site(reals: &str) -> Virtual {
    let text = format!("virtual=192.0.2.10:443\n{reals}");
    config::read(&text, &Numbers).model.expect("a model").virtuals.remove(0)
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}

fn answer(outcome: Outcome) -> Option<Probe> {
    Some(Probe { outcome, transcript: Transcript::default() })
}

fn shown<'a>(site: &'a Virtual, answers: &'a [Option<Probe>], color: bool) -> String {
    let rows = site.reals.iter().zip(answers);
    let row = |(real, answer): (&'a Real, &'a Option<Probe>)| {
        let maintenance = real.address.to_string().starts_with("10.0.0.4:");
        let maintenance = maintenance.then_some("maintenance: /m/10.0.0.4");
        Row { real, answer: answer.as_ref(), maintenance }
    };
    let rows: Vec<_> = rows.map(row).collect();
    page(site.service.id, &rows, false, color)
}

#[test]
fn a_table_of_all_that_can_be_said() {
    let site = site(
        " real=10.0.0.1:443 masq\n real=10.0.0.12:443 masq\n real=10.100.200.13:443 masq\n\
         \treal=10.0.0.4:443 masq\n",
    );
    let times = Times { connect: Some(ms(0.42)), tls: Some(ms(2.1)), first_byte: Some(ms(5.04)) };
    let until = Some("2026-11-30T12:00:00Z".parse().expect("a time"));
    let warning = Some("the certificate expires in 9 days".to_owned());
    let well = Outcome { times, certificate_until: until, ..Outcome::up("200 OK", ms(5.2)) };
    let soon = Outcome { warning, ..well.clone() };
    let answers = [
        answer(soon),
        answer(Outcome::down("connection refused", ms(0.2))),
        None,
        answer(Outcome {
            times: Times { connect: Some(ms(999.96)), ..Times::default() },
            ..Outcome::down("no answer within 5 s (connected, shaking hands for TLS)", ms(5e3))
        }),
    ];
    let expected = "\
tcp:192.0.2.10:443  1 of 3 up, 1 not checked
  REAL               VERDICT  CONNECT     TLS  FIRST BYTE   TOTAL  WHY
  10.0.0.1:443       up        0.4 ms  2.1 ms      5.0 ms  5.2 ms  200 OK
    certificate until 2026-11-30; warning: the certificate expires in 9 days
  10.0.0.12:443      DOWN           -       -           -  0.2 ms  connection refused
  10.100.200.13:443  -              -       -           -       -  not checked
  10.0.0.4:443       DOWN      1.00 s       -           -  5.00 s  no answer within 5 s (connected, shaking hands for TLS)
    maintenance: /m/10.0.0.4
";
    assert_eq!(shown(&site, &answers, false), expected);
}

#[test]
fn what_nobody_has_has_no_column() {
    let one = site(" real=10.0.0.1:443 masq\n");
    let ping = answer(Outcome::up("echo reply", ms(0.1)));
    let expected = "\
tcp:192.0.2.10:443  1 of 1 up
  REAL          VERDICT   TOTAL  WHY
  10.0.0.1:443  up       0.1 ms  echo reply
";
    assert_eq!(shown(&one, &[ping], false), expected);
    let expected = "\
tcp:192.0.2.10:443  not checked
  REAL          WHY
  10.0.0.1:443  not checked
";
    assert_eq!(shown(&one, &[None], false), expected);
    assert_eq!(shown(&site(""), &[], false), "tcp:192.0.2.10:443  no real servers\n");
}

#[test]
fn colours_move_nothing() {
    let site = site(" real=10.0.0.1:443 masq\n real=10.0.0.2:443 masq\n");
    let warning = Some("the certificate expires in 9 days".to_owned());
    let answers = [
        answer(Outcome { warning, ..Outcome::up("200 OK", ms(5.2)) }),
        answer(Outcome::down("connection refused", ms(0.2))),
    ];
    let colored = shown(&site, &answers, true);
    assert!(colored.contains("  \x1b[31mDOWN   \x1b[m  0.2 ms"), "{colored}");
    let mut plain = colored;
    for code in [GREEN, RED, YELLOW, PLAIN] {
        assert!(plain.contains(code), "{plain}");
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, shown(&site, &answers, false));
}
