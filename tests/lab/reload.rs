//! Another configuration: what differs is changed, and nothing else is touched.

use std::fs;
use std::io::Write;
use std::time::Duration;

use super::client::{Protocol, ask};
use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, connections, service};
use super::wait::wait_until;

#[test]
fn a_reload_changes_what_differs() {
    in_the_lab(|| {
        let before = format!("{HEAD}{}{}", virtual_at(80, &[1, 1]), virtual_at(81, &[1, 1]));
        let after = format!("{HEAD}{}{}", virtual_at(80, &[1, 5, 1]), virtual_at(82, &[1]));
        let site = Site::start(Method::Masq, 3, &before);
        ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 8);
        wait_for_connections(&site, 4);

        let steps_before = site.director.steps().len();
        site.director.reload(&after);
        site.director.wait_for_table(&AFTER.map(str::to_owned));
        wait_until("as many commands as there are differences", Duration::from_secs(5), || {
            let mut steps = site.director.steps().split_off(steps_before);
            steps.sort();
            if steps == STEPS { Ok(()) } else { Err(format!("{steps:#?}")) }
        });

        // the unchanged real's counter goes on from where it was
        wait_for_connections(&site, 4);
        ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 6);
        wait_for_connections(&site, 6);
    });
}

#[test]
fn a_reload_of_the_same_changes_nothing() {
    in_the_lab(|| {
        let config = format!("{HEAD}{}", virtual_at(80, &[1, 2]));
        let site = Site::start(Method::Masq, 2, &config);
        let (table, steps) = (site.net.director.table(), site.director.steps());
        site.director.reload(&format!("# a comment\n{config}"));
        site.director.wait_for_log("Reloading");
        // the next change shows that the reload was through
        site.servers[0].refuse();
        site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0", true);
        site.director.wait_for_log("-e -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0");
        assert_eq!(site.director.steps().len(), steps.len() + 1, "before: {steps:#?}");
        assert_eq!(site.net.director.table().len(), table.len());
    });
}

#[test]
fn a_broken_file_changes_nothing_and_says_what_is_wrong() {
    in_the_lab(|| {
        let config = format!("{HEAD}{}", virtual_at(80, &[1, 2]));
        let site = Site::start(Method::Masq, 2, &config);
        let table = site.net.director.table();
        site.director.reload(&format!("{HEAD}quiescnt=yes\n{}", virtual_at(81, &[1])));
        site.director.wait_for_log("director.cf:3:1");
        site.director.wait_for_log("quiescent");
        assert_eq!(site.net.director.table(), table);
        // it is still at work, by the old file
        site.servers[0].refuse();
        site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0", true);
    });
}

#[test]
fn a_saved_file_is_read_by_itself() {
    in_the_lab(|| {
        let config = format!("autoreload=yes\n{HEAD}{}", virtual_at(80, &[1]));
        let site = Site::start(Method::Masq, 2, &config);
        site.director.save(&config.replace("masq 1", "masq 7"));
        site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 7", true);
    });
}

#[test]
fn a_file_that_is_still_being_written_is_not_read() {
    in_the_lab(|| {
        let config =
            format!("autoreload=yes\n{HEAD}{}{}", virtual_at(80, &[1]), virtual_at(81, &[1]));
        let site = Site::start(Method::Masq, 2, &config);
        let table = site.net.director.table();
        let mut writer = site.director.overwrite();
        let (first, rest) =
            config.split_at(config.find("virtual=10.1.0.10:81").expect("it is there"));
        writer.write_all(first.as_bytes()).expect("half a file");
        // the real's next death is handled long after a change on disk would have been
        for (n, weight) in [(0, 0), (1, 1), (2, 0), (3, 1)] {
            if n % 2 == 0 {
                site.servers[0].refuse()
            } else {
                site.servers[0].listen()
            }
            let line = format!("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w {weight}");
            site.director.wait_for_line(&line, true);
        }
        site.director.wait_for_table(&table);
        assert!(!site.director.log().contains("has changed on disk"), "half a file was read");
        writer.write_all(rest.replace("masq 1", "masq 7").as_bytes()).expect("the rest");
        drop(writer);
        site.director.wait_for_line("-a -t 10.1.0.10:81 -r 10.2.0.11:80 -m -w 7", true);
    });
}

#[test]
fn an_emptied_file_is_not_followed() {
    in_the_lab(|| {
        let config = format!("autoreload=yes\n{HEAD}{}", virtual_at(80, &[1]));
        let site = Site::start(Method::Masq, 2, &config);
        let table = site.net.director.table();
        drop(site.director.overwrite());
        site.director.wait_for_log("it has no virtual service any more");
        assert_eq!(site.net.director.table(), table);
        site.director.save(&config.replace("masq 1", "masq 7"));
        site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 7", true);
    });
}

#[test]
fn what_was_missing_and_is_there_now_is_no_reason_any_more() {
    in_the_lab(|| {
        let config = format!("autoreload=yes\n{HEAD}{}", virtual_at(80, &[1]));
        let site = Site::start(Method::Masq, 2, &config);
        let (there, away) = ("/tmp/a.certificate", "/tmp/not.there.yet");
        let table = site.net.director.table();
        let more = "virtual=10.1.0.10:443\n\treal=10.2.0.11:443 masq 3\n\tservice=https\n";
        site.director.save(&format!("{config}{more}\ttlscafile={away}\n"));
        site.director.wait_for_log("the configuration is refused");
        assert_eq!(site.net.director.table(), table);
        fs::write(there, CERTIFICATE).expect("a file");
        fs::rename(there, away).expect("a rename");
        // nothing that is watched has changed
        wait_until("the file is taken by itself", Duration::from_secs(60), || {
            let log = site.director.log();
            if log.contains("refused until now, is taken") { Ok(()) } else { Err(log) }
        });
        let log = site.director.log();
        assert_eq!(log.matches("the configuration is refused").count(), 1, "{log}");
        assert_eq!(log.matches("has changed on disk").count(), 1, "{log}");
    });
}

fn virtual_at(port: u16, weights: &[u32]) -> String {
    let check = ["protocol=tcp", "scheduler=rr", "service=none", "checktype=connect"];
    service(Method::Masq, Family::V4, port, weights, &check)
}

/// Waits until the kernel has counted so many connections to real 1 at port 80; it adds up every
/// two seconds.
fn wait_for_connections(site: &Site, want: u64) {
    wait_until("the kernel's counter", Duration::from_secs(6), || {
        let have = connections(&site.net.director, "10.1.0.10:80", "10.2.0.11:80");
        if have == Some(want) { Ok(()) } else { Err(format!("{have:?}, not {want}")) }
    });
}

const HEAD: &str = "checkinterval=1\nquiescent=yes\n";
const AFTER: [&str; 6] = [
    "-A -t 10.1.0.10:80 -s rr",
    "-A -t 10.1.0.10:82 -s rr",
    "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 1",
    "-a -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 5",
    "-a -t 10.1.0.10:80 -r 10.2.0.13:80 -m -w 1",
    "-a -t 10.1.0.10:82 -r 10.2.0.11:80 -m -w 1",
];
const STEPS: [&str; 5] = [
    "-A -t 10.1.0.10:82 -s rr",
    "-D -t 10.1.0.10:81",
    "-a -t 10.1.0.10:80 -r 10.2.0.13:80 -m -w 1",
    "-a -t 10.1.0.10:82 -r 10.2.0.11:80 -m -w 1",
    "-e -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 5",
];
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUceO9+tLqLSna2G1kztFsCgBd+SwwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYxMTIxMTA1ODM0WhgPMjEyNjEwMjgxMDU4MzRa
MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEstm7G1C8
t9HZGK8xAxF3txb0mqs+J86xLjardzzXtzHncElR+1zFE+NJRPshT3raIgas/Kfg
sdI5AF5NB7O/TaNTMFEwHQYDVR0OBBYEFIGZC/3c1A12aW09X0JGFBoL//ZBMB8G
A1UdIwQYMBaAFIGZC/3c1A12aW09X0JGFBoL//ZBMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgYGRIajL33bSJlHNxsOiiDHg5EamJJ/qxWjJTobG4
B94CIE7SRD7ok0FaL1v8HgRxe471dKhOil23H5VL5ayI8pvp
-----END CERTIFICATE-----
";
