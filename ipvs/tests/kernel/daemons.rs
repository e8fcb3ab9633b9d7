//! The sync daemons.

use ipvs::{Command, Daemon, DaemonState, Error, Forwarding, Ipvs, Service, Tunnel};

use crate::lab::{Lab, real, tcp};

#[test]
fn sync_daemons_start_say_what_they_do_and_stop() {
    let Some(lab) = Lab::enter("daemons") else { return };
    lab.add_interface();
    let mut kernel = Ipvs::connect().unwrap();
    let master = Daemon::new(DaemonState::Master, "dum0".parse().unwrap(), 5);
    let backup = Daemon {
        state: DaemonState::Backup,
        sync_id: 6,
        max_length: Some(1400),
        group: Some("224.0.0.90".parse().unwrap()),
        port: Some(9000),
        ttl: Some(3),
        ..master.clone()
    };
    assert_eq!(kernel.daemons().unwrap(), []);
    kernel.start_daemon(&master).unwrap();
    kernel.start_daemon(&backup).unwrap();
    let chosen = Daemon {
        max_length: Some(1472),
        group: Some("224.0.0.81".parse().unwrap()),
        port: Some(8848),
        ttl: Some(1),
        ..master.clone()
    };
    assert_eq!(kernel.daemons().unwrap(), [chosen, backup.clone()]);
    let shown = [
        "master sync daemon (mcast=dum0, syncid=5, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)",
        "backup sync daemon (mcast=dum0, syncid=6, maxlen=1400, group=224.0.0.90, port=9000, ttl=3)",
    ];
    assert_eq!(lab.ipvsadm(&["-Ln", "--daemon"]).lines().collect::<Vec<_>>(), shown);

    let said = |result: Result<(), Error>| result.unwrap_err().to_string();
    assert_eq!(said(kernel.start_daemon(&master)), "this sync daemon runs already (EEXIST)");
    kernel.stop_daemon(DaemonState::Backup).unwrap();
    kernel.stop_daemon(DaemonState::Master).unwrap();
    assert_eq!(kernel.daemons().unwrap(), []);
    let stopped = said(kernel.stop_daemon(DaemonState::Master));
    assert_eq!(stopped, "this sync daemon does not run (ESRCH)");

    let nowhere = Daemon { interface: "nosuch0".parse().unwrap(), ..master.clone() };
    assert_eq!(said(kernel.start_daemon(&nowhere)), "no such interface, or it is down (ENODEV)");
    let unicast = Daemon { group: Some("10.0.0.1".parse().unwrap()), ..master };
    let refused = said(kernel.start_daemon(&unicast));
    assert_eq!(refused, "the group is not a multicast address (EINVAL)");
}

#[test]
fn a_sync_daemon_of_ipv6_stops_even_before_it_ran() {
    let Some(lab) = Lab::enter("daemon6") else { return };
    lab.add_interface();
    let mut kernel = Ipvs::connect().unwrap();
    let daemon = Daemon {
        group: Some("ff02::81".parse().unwrap()),
        ..Daemon::new(DaemonState::Master, "dum0".parse().unwrap(), 5)
    };
    kernel.start_daemon(&daemon).unwrap();
    // at once: the kernel answers nothing to this
    kernel.stop_daemon(DaemonState::Master).unwrap();
    assert_eq!(lab.ipvsadm(&["-Ln", "--daemon"]), "");
    assert_eq!(kernel.services().unwrap(), []);
}

#[test]
fn a_sync_daemon_and_destinations_of_another_family_exclude_each_other() {
    let Some(lab) = Lab::enter("exclude") else { return };
    lab.add_interface();
    let mut kernel = Ipvs::connect().unwrap();
    let id = tcp("192.0.2.1:80");
    let add = Command::AddService(Service::new(id, "rr".parse().unwrap()));
    let crossing = real("[2001:db8::1]:80", Forwarding::Tunnel(Tunnel::Ipip));
    let cross = [Command::AddDestination(id, crossing)];
    let daemon = Daemon::new(DaemonState::Master, "dum0".parse().unwrap(), 5);

    assert_eq!(kernel.apply(&[add]).unwrap(), [Ok(())]);
    assert_eq!(kernel.apply(&cross).unwrap(), [Ok(())]);
    let refused = kernel.start_daemon(&daemon).unwrap_err().to_string();
    assert!(refused.starts_with("a service has destinations of another family"), "{refused}");

    let delete = Command::DeleteDestination(id, "[2001:db8::1]:80".parse().unwrap());
    assert_eq!(kernel.apply(&[delete]).unwrap(), [Ok(())]);
    kernel.start_daemon(&daemon).unwrap();
    let refused = kernel.apply(&cross).unwrap().remove(0).unwrap_err().to_string();
    assert!(refused.contains("a sync daemon runs"), "{refused}");
    kernel.stop_daemon(DaemonState::Master).unwrap();
}
