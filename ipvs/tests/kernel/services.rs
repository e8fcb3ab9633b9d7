//! Every kind of service, there and back.

use std::num::NonZeroU32;

use ipvs::{Command, Family, Ipvs, Netmask, Persistence, SchedulerFlags, Service};

use crate::lab::{Lab, mark, sctp, sorted, tcp, udp};

#[test]
fn every_kind_of_service_is_given_back_as_it_was_added() {
    let Some(lab) = Lab::enter("services") else { return };
    let persistent = |seconds, netmask| {
        Some(Persistence { seconds: NonZeroU32::new(seconds).unwrap(), netmask })
    };
    let flags = |[first, second, third]: [bool; 3]| SchedulerFlags { first, second, third };
    let plain = |id, scheduler: &str| Service::new(id, scheduler.parse().unwrap());
    let v4 = |mask: &str| Netmask::V4(mask.parse().unwrap());
    let sip = Some("sip".parse().unwrap());

    let services = [
        (plain(tcp("192.0.2.1:80"), "wrr"), "-A -t 192.0.2.1:80 -s wrr"),
        (plain(udp("192.0.2.1:53"), "lc"), "-A -u 192.0.2.1:53 -s lc"),
        (plain(sctp("192.0.2.1:85"), "rr"), "-A --sctp-service 192.0.2.1:85 -s rr"),
        (plain(tcp("[2001:db8::1]:80"), "wlc"), "-A -t [2001:db8::1]:80 -s wlc"),
        (plain(udp("[2001:db8::1]:53"), "sed"), "-A -u [2001:db8::1]:53 -s sed"),
        (plain(sctp("[2001:db8::1]:85"), "nq"), "-A --sctp-service [2001:db8::1]:85 -s nq"),
        (plain(mark(Family::V4, 7), "rr"), "-A -f 7 -s rr"),
        (plain(mark(Family::V6, 7), "rr"), "-A -f 7 -6 -s rr"),
        (
            Service {
                persistence: persistent(360, Netmask::host(Family::V4)),
                ..plain(tcp("192.0.2.1:0"), "rr")
            },
            "-A -t 192.0.2.1:0 -s rr -p 360",
        ),
        (
            Service {
                persistence: persistent(600, v4("255.255.255.0")),
                ..plain(tcp("192.0.2.1:81"), "rr")
            },
            "-A -t 192.0.2.1:81 -s rr -p 600 -M 255.255.255.0",
        ),
        (
            Service {
                persistence: persistent(60, Netmask::V6(64)),
                ..plain(tcp("[2001:db8::1]:81"), "rr")
            },
            "-A -t [2001:db8::1]:81 -s rr -p 60 -M 64",
        ),
        (
            Service {
                persistence: persistent(60, Netmask::V6(128)),
                ..plain(mark(Family::V6, 8), "rr")
            },
            "-A -f 8 -6 -s rr -p 60",
        ),
        (
            Service { flags: flags([true, false, false]), ..plain(mark(Family::V4, 9), "sh") },
            "-A -f 9 -s sh -b sh-fallback",
        ),
        (
            Service { flags: flags([true, true, false]), ..plain(mark(Family::V4, 10), "mh") },
            "-A -f 10 -s mh -b mh-fallback,mh-port",
        ),
        (
            Service { flags: flags([true, true, true]), ..plain(mark(Family::V4, 11), "wrr") },
            "-A -f 11 -s wrr -b flag-1,flag-2,flag-3",
        ),
        (
            Service { one_packet: true, ..plain(udp("192.0.2.1:54"), "rr") },
            "-A -u 192.0.2.1:54 -s rr -o",
        ),
        (
            Service {
                persistence: persistent(60, v4("255.255.0.0")),
                engine: sip,
                one_packet: true,
                flags: flags([false, true, false]),
                ..plain(udp("192.0.2.1:5060"), "rr")
            },
            "-A -u 192.0.2.1:5060 -s rr -p 60 -M 255.255.0.0 --pe sip -o -b flag-2",
        ),
    ];

    let mut kernel = Ipvs::connect().unwrap();
    let adds: Vec<_> = services.iter().map(|(s, _)| Command::AddService(s.clone())).collect();
    assert_eq!(kernel.apply(&adds).unwrap(), vec![Ok(()); services.len()]);

    let listed: Vec<Service> =
        kernel.services().unwrap().into_iter().map(|entry| entry.service).collect();
    assert_eq!(listed.len(), services.len());
    for (service, _) in &services {
        assert!(listed.contains(service), "{service:?} is not among {listed:#?}");
        assert_eq!(kernel.service(&service.id).unwrap().unwrap().service, *service);
    }
    assert_eq!(lab.saved(), sorted(services.iter().map(|(_, line)| *line)));
}
