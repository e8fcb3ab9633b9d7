//! Someone edits the table behind the director's back: repaired, and said.

use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};

#[test]
fn what_is_ours_is_repaired() {
    in_the_lab(|| {
        let site = two_reals();
        let table = site.net.director.table();
        for (edit, repair) in [
            ("-d -t 10.1.0.10:80 -r 10.2.0.11:80", "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 1"),
            (
                "-e -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 9",
                "-e -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 2",
            ),
            ("-a -t 10.1.0.10:80 -r 10.2.0.13:80 -m -w 1", "-d -t 10.1.0.10:80 -r 10.2.0.13:80"),
            ("-E -t 10.1.0.10:80 -s wlc", "-E -t 10.1.0.10:80 -s wrr"),
            ("-D -t 10.1.0.10:80", "-A -t 10.1.0.10:80 -s wrr"),
        ] {
            site.net.director.run(&format!("ipvsadm {edit}"));
            assert_ne!(site.net.director.table(), table, "{edit} was repaired too soon to be seen");
            site.director.wait_for_table(&table);
            site.director.wait_for_log(&format!("{REPAIRED} {repair}"));
        }
    });
}

/// What the kernel refuses elsewhere, and a real that comes and goes, hide nothing.
#[test]
fn what_is_ours_is_repaired_whatever_else_happens() {
    in_the_lab(|| {
        let check = ["protocol=tcp", "scheduler=nosuch", "service=none", "checktype=connect"];
        let refused = service(Method::Masq, Family::V4, 81, &[1], &check);
        let site = two_reals();
        site.director.reload(&format!("{}{refused}", config()));
        site.director.wait_for_log("system(/sbin/ipvsadm -A -t 10.1.0.10:81");
        site.net.director.run("ipvsadm -e -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 9");
        let repaired = format!("{REPAIRED} -e -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w 2");
        // far more rounds than a repair may wait for
        for _ in 0..10 {
            site.servers[0].refuse();
            site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0", true);
            site.servers[0].listen();
            site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 1", true);
            if site.director.log().contains(&repaired) {
                return;
            }
        }
        panic!("not repaired while a real came and went");
    });
}

#[test]
fn what_is_not_ours_is_left_alone() {
    in_the_lab(|| {
        let site = two_reals();
        let foreign = "-A -t 10.1.0.10:9999 -s rr";
        site.net.director.run(&format!("ipvsadm {foreign}"));
        let mut table = site.net.director.table();
        site.net.director.run("ipvsadm -d -t 10.1.0.10:80 -r 10.2.0.11:80");
        site.director.wait_for_table(&table);
        // nor does the death of a real, or the stop, touch it
        site.servers[0].refuse();
        site.director.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0", true);
        site.director.stop();
        table.retain(|line| line == foreign);
        assert_eq!(site.net.director.table(), table);
    });
}

fn two_reals() -> Site {
    Site::start(Method::Masq, 2, &config())
}

fn config() -> String {
    let check = ["protocol=tcp", "scheduler=wrr", "service=none", "checktype=connect"];
    let service = service(Method::Masq, Family::V4, 80, &[1, 2], &check);
    format!("checkinterval=1\nquiescent=yes\n{service}")
}

const REPAIRED: &str = "somebody else changed the table, repaired: ipvsadm";
