use super::*;
use crate::{Forwarding, Protocol};

fn id() -> ServiceId {
    ServiceId::Address { protocol: Protocol::Tcp, address: "192.0.2.1:80".parse().unwrap() }
}

fn real(address: &str, forwarding: Forwarding) -> Destination {
    Destination {
        address: address.parse().unwrap(),
        forwarding,
        weight: 1,
        upper_threshold: 0,
        lower_threshold: 0,
    }
}

#[track_caller]
fn says(command: &Command, errno: Errno, expected: &str) {
    let refusal = Refusal::new(&Request::Change(command), errno.raw_os_error(), None);
    assert_eq!(refusal.to_string(), expected);
}

#[test]
fn an_errno_means_what_the_command_makes_it_mean() {
    let mut service = Service::new(id(), "nosuch".parse().unwrap());
    let add = Command::AddService(service.clone());
    says(&add, Errno::EXIST, "the service exists already (EEXIST)");
    says(&add, Errno::NOENT, "unknown scheduler nosuch, or its module cannot be loaded (ENOENT)");
    service.engine = Some("sip".parse().unwrap());
    says(
        &Command::EditService(service),
        Errno::NOENT,
        "unknown scheduler nosuch or persistence engine sip, or its module cannot be loaded (ENOENT)",
    );
    says(&Command::DeleteService(id()), Errno::SRCH, "no such service (ESRCH)");
    let missing = Command::DeleteDestination(id(), "10.0.0.1:80".parse().unwrap());
    says(&missing, Errno::NOENT, "the service has no such destination (ENOENT)");
    says(&missing, Errno::PERM, "not permitted: CAP_NET_ADMIN is needed (EPERM)");
    says(&missing, Errno::IO, "refused (errno 5)");
}

#[test]
fn a_destination_is_told_what_is_wrong_with_it() {
    let masq = Command::AddDestination(id(), real("[2001:db8::1]:80", Forwarding::Masq));
    says(
        &masq,
        Errno::INVAL,
        "a destination of another family than the service's must be tunnelled (EINVAL)",
    );
    let tunnel = Forwarding::Tunnel(Tunnel::Gue { port: 0, checksum: crate::Checksum::None });
    let gue = Command::AddDestination(id(), real("10.0.0.1:80", tunnel));
    says(&gue, Errno::INVAL, "a GUE tunnel needs a port (EINVAL)");
    let multicast = Command::EditDestination(id(), real("224.0.0.1:80", Forwarding::Direct));
    says(&multicast, Errno::INVAL, "not a unicast address (is lo up?) (EINVAL)");
    let mut heavy = real("10.0.0.1:80", Forwarding::Direct);
    heavy.weight = 1 << 31;
    let add = Command::AddDestination(id(), heavy.clone());
    says(&add, Errno::RANGE, "the weight is above 2147483647 (ERANGE)");
    heavy.lower_threshold = 1;
    let edit = Command::EditDestination(id(), heavy);
    says(&edit, Errno::RANGE, "the lower threshold is above the upper one (ERANGE)");
}

#[test]
fn no_errno_panics() {
    let command = Command::DeleteService(id());
    for errno in [i32::MIN, -1, 0, 1, 4095, 4096, i32::MAX] {
        let _ = Refusal::new(&Request::Change(&command), errno, Some("text")).to_string();
    }
}
