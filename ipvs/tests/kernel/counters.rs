//! Counters, time-outs and what the kernel says of itself.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;

use ipvs::{Command, Forwarding, Ipvs, Service, Stats, Timeouts};

use crate::lab::{Lab, real, tcp, wait_for};

#[test]
fn counters_count_until_they_are_zeroed() {
    let Some(lab) = Lab::enter("counters") else { return };
    lab.run("ip", &["addr", "add", "192.0.2.1/32", "dev", "lo"]);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let id = tcp("192.0.2.1:80");
    let it = real(&server.local_addr().unwrap().to_string(), Forwarding::Masq);
    let quiet = tcp("192.0.2.1:81");
    let mut kernel = Ipvs::connect().unwrap();
    let added = kernel.apply(&[
        Command::AddService(Service::new(id, "rr".parse().unwrap())),
        Command::AddDestination(id, it),
        Command::AddService(Service::new(quiet, "rr".parse().unwrap())),
    ]);
    assert_eq!(added.unwrap(), vec![Ok(()); 3]);

    let mut client = TcpStream::connect("192.0.2.1:80").unwrap();
    let (mut served, _) = server.accept().unwrap();
    served.write_all(b"hello").unwrap();
    client.read_exact(&mut [0; 5]).unwrap();

    let counted = wait_for(|| {
        let entry = kernel.dump().unwrap().entries.into_iter().find(|e| e.service.id == id)?;
        (entry.stats.connections == 1 && entry.stats.bytes_out > 5).then_some(entry)
    });
    let destination = &counted.destinations[0];
    assert_eq!((destination.active, destination.inactive, destination.persistent), (1, 0, 0));
    assert_eq!(destination.stats.connections, 1);
    let shown = lab.ipvsadm(&["-Ln", "--stats", "--exact", "-t", "192.0.2.1:80"]);
    let row = shown.lines().find(|line| line.starts_with("TCP")).unwrap();
    let figures: Vec<u64> = row.split_whitespace().skip(2).map(|n| n.parse().unwrap()).collect();
    let Stats { connections, packets_in, packets_out, bytes_in, bytes_out, .. } = counted.stats;
    assert_eq!(figures, [connections, packets_in, packets_out, bytes_in, bytes_out]);

    kernel.zero(Some(&quiet)).unwrap();
    assert_eq!(kernel.service(&id).unwrap().unwrap().stats.connections, 1);
    kernel.zero(Some(&id)).unwrap();
    assert_eq!(kernel.service(&id).unwrap().unwrap().stats.connections, 0);
    kernel.zero(None).unwrap();
    assert_eq!(kernel.destinations(&id).unwrap()[0].active, 1);
}

#[test]
fn timeouts_are_set_and_zero_leaves_them() {
    let Some(lab) = Lab::enter("timeouts") else { return };
    let mut kernel = Ipvs::connect().unwrap();
    assert_eq!(kernel.timeouts().unwrap(), Timeouts { tcp: 900, tcp_fin: 120, udp: 300 });
    kernel.set_timeouts(&Timeouts { tcp: 901, tcp_fin: 0, udp: 30 }).unwrap();
    assert_eq!(kernel.timeouts().unwrap(), Timeouts { tcp: 901, tcp_fin: 120, udp: 30 });
    assert_eq!(lab.ipvsadm(&["-Ln", "--timeout"]), "Timeout (tcp tcpfin udp): 901 120 30\n");
    let endless = Timeouts { tcp: u32::MAX, tcp_fin: 0, udp: 0 };
    let refused = kernel.set_timeouts(&endless).unwrap_err();
    assert_eq!(refused.to_string(), "too long a time-out (EINVAL)");
}

#[test]
fn the_kernel_says_what_it_is() {
    let Some(lab) = Lab::enter("version") else { return };
    let said = Ipvs::connect().unwrap().kernel().unwrap();
    let shown = lab.ipvsadm(&["-Ln"]);
    let expected =
        format!("IP Virtual Server version {} (size={})", said.version, said.connection_table);
    assert_eq!(shown.lines().next().unwrap(), expected);
}
