//! What changes in our table and is not said in our log: ldirectord says far more, so that nobody
//! would miss a line of ours by comparing.

/// A destination that came, went or changed from one table to the next without a word in the log of
/// that step. Those that go with their service are not told one by one.
pub(crate) fn unlogged(before: &[String], after: &[String], log: &[String]) -> Option<String> {
    let came = after.iter().filter(|line| !before.contains(line));
    let service = |line: &str| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
    let stays = |line: &&String| {
        let head = format!("-A {} ", service(line));
        after.iter().any(|other| other.starts_with(&head))
    };
    let went = before.iter().filter(|line| !after.contains(line)).filter(stays);
    let mut changed = came.chain(went).filter(|line| line.starts_with("-a "));
    changed.find(|line| !log.iter().any(|said| said.contains(host(line)))).cloned()
}

/// The real's address, without the port, which the kernel may have made another one.
fn host(line: &str) -> &str {
    let server = line.split(" -r ").nth(1).and_then(|rest| rest.split(' ').next());
    let server = server.expect("ipvsadm names it");
    server.rsplit_once(':').map_or(server, |(host, _port)| host)
}

#[test]
fn a_change_without_a_word_is_found() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let one = lines("-A -t 10.1.0.10:80 -s rr\n-a -t 10.1.0.10:80 -r 10.1.0.11:80 -m -w 1");
    let zero = lines("-A -t 10.1.0.10:80 -s rr\n-a -t 10.1.0.10:80 -r 10.1.0.11:80 -m -w 0");
    let none = lines("-A -t 10.1.0.10:80 -s rr");
    let log = lines("Quiescent real server: 10.1.0.11:80 (10.1.0.10:80) (Weight set to 0)");
    for (before, after) in [(&one, &zero), (&none, &one), (&one, &none)] {
        assert!(unlogged(before, after, &[]).is_some());
        assert!(unlogged(before, after, &log).is_none());
    }
    assert!(unlogged(&one, &[], &[]).is_none(), "it goes with its service");
}
