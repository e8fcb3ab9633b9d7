//! The lines of an lvs.cf that no ldirectord.cf can say.
//!
//! They are of the pair of directors, of the addresses that it holds, of the services that run on
//! the active one, and of what is not active at all.

/// Those lines, by their numbers from 1, each with what is lost.
pub(super) fn lines(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut lost = Vec::new();
    let numbered = (1..).zip(text.split('\n'));
    let lines =
        numbered.flat_map(|(number, line)| line.split('\r').map(move |part| (number, part)));
    for (number, line) in lines {
        let line = line.trim();
        let (key, rest) = line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
        let value = rest.trim_start_matches([' ', '\t', '=']);
        if matches!(key, "virtual" | "failover" | "server") {
            blocks.push(Block { kind: key, line: number, name: name(value), active: false });
            continue;
        }
        if line.starts_with('}') {
            lost.extend(blocks.pop().and_then(|block| block.lost(&blocks)));
            continue;
        }
        match (blocks.last_mut(), key) {
            (None, "service") if !is_fos(value) => {}
            (None, _) if OF_THE_PAIR.contains(&key) => {
                lost.push((number, format!("`{line}` has no equivalent")));
            }
            (Some(block), "active") => block.active = value.starts_with('1'),
            (Some(Block { kind: "virtual", .. }), "vip_nmask") => {
                lost.push((number, format!("`{line}` has no equivalent")));
            }
            (Some(Block { kind: "virtual", .. }), "address") => {
                let mut words = value.split_whitespace();
                if let (Some(address), Some(device)) = (words.next(), words.next()) {
                    let why = format!("that {address} is raised on {device} has no equivalent");
                    lost.push((number, why));
                }
            }
            _ => {}
        }
    }
    lost.sort();
    lost
}

/// A block whose end has not come yet.
struct Block<'a> {
    kind: &'a str,
    line: usize,
    name: &'a str,
    active: bool,
}

impl Block<'_> {
    /// What is lost of it as a whole, within these.
    fn lost(&self, around: &[Block<'_>]) -> Option<(usize, String)> {
        let Block { kind, name, .. } = self;
        if *kind == "failover" && self.active {
            return Some((self.line, format!("failover {name} has no equivalent")));
        }
        let matters = around.iter().all(|block| block.kind == "virtual" && block.active);
        let lost = !self.active && (matters || *kind == "virtual");
        lost.then(|| (self.line, format!("{kind} {name} is not active: it is left out")))
    }
}

fn is_fos(value: &str) -> bool {
    value.split_whitespace().next().is_some_and(|word| word.trim_matches(['"', '\'']) == "fos")
}

fn name(header: &str) -> &str {
    header.split('{').next().unwrap_or_default().trim()
}

/// Keys outside of all blocks that are of the pair.
const OF_THE_PAIR: &[&str] = &[
    "primary",
    "primary_private",
    "backup",
    "backup_private",
    "backup_active",
    "heartbeat_port",
    "heartbeat_key_file",
    "keepalive",
    "deadtime",
    "monitor_links",
    "standby_checks",
    "active_cmd",
    "inactive_cmd",
    "syncdaemon",
    "syncd_iface",
    "syncd_id",
    "service",
    "nat_router",
    "nat_nmask",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_is_lost_is_told() {
        let text = "primary = 10.0.0.1\n# backup = 10.0.0.2\nnetwork = nat\nbackup=10.0.0.2\r\n\
                    virtual web {\n  active = 1\n  address = 192.0.2.1 eth0:1\n  server a {\n  \
                    active = 1\n  }\n  server b {\n  }\n}\nvirtual \"off line\" {\n server c {\n }\n\
                    }\nfailover ftp {\n active = 1\n}\n";
        let lost: Vec<_> = lines(text).into_iter().map(|(at, why)| format!("{at} {why}")).collect();
        let expected = [
            "1 `primary = 10.0.0.1` has no equivalent",
            "4 `backup=10.0.0.2` has no equivalent",
            "7 that 192.0.2.1 is raised on eth0:1 has no equivalent",
            "11 server b is not active: it is left out",
            "14 virtual \"off line\" is not active: it is left out",
            "18 failover ftp has no equivalent",
        ];
        assert_eq!(lost, expected);
    }

    #[test]
    fn whatever_ends_a_line_ends_it() {
        let text = "service = lvs\rkeepalive = 2\r\nservice = \"fos\" # ours\rdeadtime = 6\r";
        let lost: Vec<_> = lines(text).into_iter().map(|(at, why)| format!("{at} {why}")).collect();
        let expected = [
            "1 `keepalive = 2` has no equivalent",
            "2 `deadtime = 6` has no equivalent",
            "2 `service = \"fos\" # ours` has no equivalent",
        ];
        assert_eq!(lost, expected);
    }
}
