//! The lines of an lvs.cf that no ldirectord.cf can say.
//!
//! They are of the services that run on the active director itself, and of what is not active at all.

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
            (None, "service") if is_fos(value) => {
                lost.push((number, format!("`{line}` has no equivalent")));
            }
            (Some(block), "active") => block.active = value.starts_with('1'),
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
        assert_eq!(lost, ["2 `service = \"fos\" # ours` has no equivalent"]);
    }
}
