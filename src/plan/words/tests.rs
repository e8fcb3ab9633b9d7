use super::*;
use crate::plan::{Step, Table};

#[test]
fn every_option_comes_back_as_it_was_printed() {
    for line in [
        "-A -t 192.0.2.10:80 -s wrr",
        "-A -u 192.0.2.10:53 -s rr -o",
        "-A --sctp-service 192.0.2.10:3868 -s wlc",
        "-A -t [2001:db8::10]:443 -s sh -b sh-fallback,sh-port",
        "-A -t [2001:db8::10]:443 -s mh -p 300 -M 64 -b mh-port",
        "-A -f 7 -s rr -p 600 -M 255.255.255.0",
        "-E -f 7 -6 -s wlc -b flag-1,flag-3",
        "-A -u 192.0.2.10:5060 -s rr -p 60 --pe sip -o",
        "-D -f 7 -6",
        "-a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 1",
        "-a -t 192.0.2.10:80 -r 10.0.0.1:8080 -m -w 0 -x 100 -y 50",
        "-e -t [2001:db8::10]:443 -r [2001:db8::1]:443 -i -w 2147483647 --tun-type ipip",
        "-a -f 7 -r 10.0.0.1:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum",
        "-a -f 7 -r 10.0.0.1:0 -i -w 1 --tun-type gre --tun-csum",
        "-d -t 192.0.2.10:80 -r 10.0.0.1:80",
    ] {
        let parsed = parse_step(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(step(&parsed).to_string(), line);
    }
}

#[test]
fn what_a_person_leaves_out_is_ipvsadms_default() {
    let words = |line| step(&parse_step(line).unwrap()).to_string();
    assert_eq!(words("-D -f -1"), "-D -f 4294967295");
    assert_eq!(words("-A -f 7 -s mh -b flag-2"), "-A -f 7 -s mh -b mh-port");
    assert_eq!(words("ipvsadm -A -t 192.0.2.10:80"), "-A -t 192.0.2.10:80 -s wlc");
    assert_eq!(
        words("/sbin/ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.1"),
        "-a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 1"
    );
}

#[test]
fn a_bad_line_says_what_is_wrong_with_it() {
    let complaint = |line| parse_step(line).unwrap_err().to_string();
    assert_eq!(complaint("-A -s rr"), "a service (-t -u -f) is missing");
    assert_eq!(complaint("-t 192.0.2.10:80"), "a command (-A -E -D -a -e -d) is missing");
    assert_eq!(complaint("-A -t 192.0.2.10"), "`192.0.2.10` is no address and port");
    assert_eq!(complaint("-A -f 0"), "`0` is no firewall mark");
    assert_eq!(complaint("-A -t 192.0.2.10:80 -b sh-prt"), "`sh-prt` is no flag of a scheduler");
    assert_eq!(complaint("-A -t 192.0.2.10:80 -z"), "unexpected word `-z`");
    assert_eq!(complaint("-a -t 192.0.2.10:80 -r"), "the real server is missing");
}

#[test]
fn a_table_reads_as_ipvsadm_saves_it() {
    let saved = "-A -t 192.0.2.10:80 -s wrr\n-a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 1\n";
    let table = parse_table(saved).unwrap();
    assert_eq!(table.to_string(), saved);
    let (line, error) = parse_table("# saved\n-a -f 7 -r 10.0.0.1:0 -m").unwrap_err();
    assert_eq!((line, error.to_string().as_str()), (2, "no such service"));
    assert!(matches!(parse_step("-D -f 7").unwrap(), Step::DeleteService(_)));
    assert_eq!(parse_table("\n\n").unwrap(), Table::default());
}
