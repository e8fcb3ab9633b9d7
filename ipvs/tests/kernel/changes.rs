//! Batches of commands, the good and the bad, and what they leave.

use std::num::NonZeroU32;

use ipvs::{Command, Destination, Family, Forwarding, Ipvs, Netmask, Persistence, Service};

use crate::lab::{Lab, many_services, real, sorted, tcp, udp};

#[test]
fn in_a_mixed_batch_the_errors_are_those_of_the_bad_commands() {
    let Some(lab) = Lab::enter("mixed") else { return };
    let id = tcp("192.0.2.1:80");
    let service = Service::new(id, "wrr".parse().unwrap());
    let heavy = Destination { weight: 1 << 31, ..real("10.0.0.2:80", Forwarding::Masq) };
    let commands = [
        Command::AddService(service.clone()),
        Command::AddService(service.clone()),
        Command::AddService(Service::new(tcp("192.0.2.2:80"), "nosuch".parse().unwrap())),
        Command::AddDestination(id, real("10.0.0.1:80", Forwarding::Masq)),
        Command::AddDestination(id, heavy),
        Command::AddDestination(id, real("224.0.0.1:80", Forwarding::Masq)),
        Command::AddDestination(id, real("[2001:db8::1]:80", Forwarding::Direct)),
        Command::AddService(Service::new(udp("192.0.2.1:53"), "rr".parse().unwrap())),
        Command::DeleteService(tcp("192.0.2.9:80")),
    ];
    let mut kernel = Ipvs::connect().unwrap();
    let results = kernel.apply(&commands).unwrap();
    let said: Vec<String> = results
        .into_iter()
        .map(|result| result.err().map_or_else(String::new, |refusal| refusal.to_string()))
        .collect();
    assert_eq!(
        said,
        [
            "",
            "the service exists already (EEXIST)",
            "unknown scheduler nosuch, or its module cannot be loaded (ENOENT)",
            "",
            "the weight is above 2147483647 (ERANGE)",
            "not a unicast address (is lo up?) (EINVAL)",
            "a destination of another family than the service's must be tunnelled (EINVAL)",
            "",
            "no such service (ESRCH)",
        ]
    );
    let expected = [
        "-A -t 192.0.2.1:80 -s wrr",
        "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1",
        "-A -u 192.0.2.1:53 -s rr",
    ];
    assert_eq!(lab.saved(), sorted(expected));
}

#[test]
fn missing_rows_are_named_as_such() {
    let Some(_lab) = Lab::enter("missing") else { return };
    let (there, missing) = (tcp("192.0.2.1:80"), tcp("192.0.2.9:80"));
    let it = real("10.0.0.1:80", Forwarding::Masq);
    let service = |id| Service::new(id, "rr".parse().unwrap());
    let commands = [
        (Command::AddService(service(there)), ""),
        (Command::EditService(service(missing)), "no such service (ESRCH)"),
        (Command::AddDestination(missing, it.clone()), "no such service (ESRCH)"),
        (
            Command::EditDestination(there, it.clone()),
            "the service has no such destination (ENOENT)",
        ),
        (
            Command::DeleteDestination(there, it.address),
            "the service has no such destination (ENOENT)",
        ),
        (Command::AddDestination(there, it.clone()), ""),
        (Command::AddDestination(there, it), "the service has this destination already (EEXIST)"),
    ];
    let mut kernel = Ipvs::connect().unwrap();
    for (command, expected) in &commands {
        let result = kernel.apply(std::slice::from_ref(command)).unwrap().remove(0);
        let said = result.err().map_or_else(String::new, |refusal| refusal.to_string());
        assert_eq!(said, *expected, "{command:?}");
    }
    assert_eq!(kernel.service(&missing).unwrap(), None);
    assert_eq!(kernel.destinations(&missing).unwrap(), []);
    let zero = kernel.zero(Some(&missing)).unwrap_err();
    assert_eq!(zero.to_string(), "no such service (ESRCH)");
    // a refusal leaves the socket in order
    assert_eq!(kernel.services().unwrap().len(), 1);
}

#[test]
fn editing_and_deleting_change_only_what_they_name() {
    let Some(lab) = Lab::enter("edits") else { return };
    let (id, other) = (tcp("192.0.2.1:80"), tcp("192.0.2.2:80"));
    let mut service = Service::new(id, "wrr".parse().unwrap());
    let mut it = real("10.0.0.1:80", Forwarding::Masq);
    let mut kernel = Ipvs::connect().unwrap();
    let mut apply = |commands: &[Command]| {
        assert_eq!(kernel.apply(commands).unwrap(), vec![Ok(()); commands.len()]);
    };
    apply(&[
        Command::AddService(service.clone()),
        Command::AddDestination(id, it.clone()),
        Command::AddDestination(id, real("10.0.0.2:80", Forwarding::Direct)),
        Command::AddService(Service::new(other, "rr".parse().unwrap())),
        Command::AddDestination(other, real("10.0.0.2:80", Forwarding::Direct)),
    ]);

    service.scheduler = "sh".parse().unwrap();
    service.flags.second = true;
    service.persistence = Some(Persistence {
        seconds: NonZeroU32::new(90).unwrap(),
        netmask: Netmask::host(Family::V4),
    });
    it.weight = 0;
    it.forwarding = Forwarding::Direct;
    apply(&[Command::EditService(service.clone()), Command::EditDestination(id, it)]);
    let edited = [
        "-A -t 192.0.2.1:80 -s sh -p 90 -b sh-port",
        "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 0",
        "-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 1",
        "-A -t 192.0.2.2:80 -s rr",
        "-a -t 192.0.2.2:80 -r 10.0.0.2:80 -g -w 1",
    ];
    assert_eq!(lab.saved(), sorted(edited));

    service.flags.second = false;
    service.persistence = None;
    let gone = Command::DeleteDestination(id, "10.0.0.1:80".parse().unwrap());
    apply(&[Command::EditService(service), gone, Command::DeleteService(other)]);
    let left = ["-A -t 192.0.2.1:80 -s sh", "-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 1"];
    assert_eq!(lab.saved(), sorted(left));
}

#[test]
fn five_thousand_commands_go_in_one_call_and_flush_removes_them_all() {
    let Some(lab) = Lab::enter("many") else { return };
    let mut kernel = Ipvs::connect().unwrap();
    let mut commands = many_services(2500);
    let results = kernel.apply(&commands).unwrap();
    assert_eq!(results.len(), 5000);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((lab.lines("TCP"), lab.lines("->")), (2500, 2500));

    let table = kernel.dump().unwrap();
    assert_eq!(table.entries.len(), 2500);
    assert!(table.entries.iter().all(|entry| entry.destinations.len() == 1));

    commands[4001] = Command::DeleteService(udp("192.0.2.1:1"));
    let again = kernel.apply(&commands).unwrap();
    let refused = |errno: i32| {
        again.iter().flat_map(|r| r.as_ref().err()).filter(move |r| r.errno == errno).count()
    };
    assert_eq!((refused(17), refused(3)), (4999, 1));
    assert_eq!(again[4001].as_ref().unwrap_err().errno, 3);

    kernel.flush().unwrap();
    assert_eq!(lab.saved(), Vec::<String>::new());
    assert_eq!(kernel.dump().unwrap().entries, []);
}
