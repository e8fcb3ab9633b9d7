//! The languages that a configuration may be written in.

use std::path::Path;

use super::{lvs, vqalive};

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// ldirectord 4.12's ldirectord.cf.
    Ldirectord,
    /// piranha 0.8.6's lvs.cf.
    Lvs,
    /// vqalive 1.1's vqalive.conf.
    Vqalive,
}

impl Dialect {
    /// The language that a file is in by its name, `lvs.cf` or `web.lvs.cf`, whatever is in it: what
    /// is wrong with a damaged one is said in its own language. `None` for any other name.
    pub fn named(path: &Path) -> Option<Dialect> {
        let name = path.file_name()?.to_str()?;
        let is = |known: &str| {
            name.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let known = [
            ("lvs.cf", Dialect::Lvs),
            ("ldirectord.cf", Dialect::Ldirectord),
            ("vqalive.conf", Dialect::Vqalive),
        ];
        known.into_iter().find(|(name, _)| is(name)).map(|(_, dialect)| dialect)
    }

    /// The language of a text: an lvs.cf has blocks, and an ldirectord.cf has `virtual=` or `cluster=`.
    /// Of neither it is a vqalive.conf if it names a script of that, and an lvs.cf if a key is piranha's
    /// and not ldirectord's.
    pub fn of(text: &str) -> Dialect {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines =
            || text.split(['\n', '\r']).map(str::trim_start).filter(|line| !line.starts_with('#'));
        let below = lines().any(|line| line.starts_with('{'));
        let block = |line: &str| {
            let mut words = line.split_whitespace();
            let first = words.next().is_some_and(|word| BLOCKS.contains(&word));
            let mut rest = words.take_while(|word| !word.starts_with(['=', '#'])).peekable();
            first && rest.peek().is_some() && (below || rest.any(|word| word.ends_with('{')))
        };
        let service = |line: &str| {
            let words = ["virtual6", "virtual", "cluster"];
            let rest = words.iter().find_map(|word| line.strip_prefix(word));
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let first = lines().find(|line| block(line) || service(line));
        let word = |line: &str| line.split([' ', '\t', '=']).next().unwrap_or_default().to_owned();
        let key = |line: &str| lvs::of_piranha(&word(line));
        match first {
            Some(line) if block(line) => Dialect::Lvs,
            Some(_) => Dialect::Ldirectord,
            None if lines().any(vqalive::has_script) => Dialect::Vqalive,
            None if lines().any(key) => Dialect::Lvs,
            None => Dialect::Ldirectord,
        }
    }
}

const BLOCKS: &[&str] = &["virtual", "failover", "cluster"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which() {
        for (path, dialect) in [
            ("/etc/sysconfig/ha/lvs.cf", Some(Dialect::Lvs)),
            ("web.lvs.cf", Some(Dialect::Lvs)),
            ("/etc/ha.d/ldirectord.cf", Some(Dialect::Ldirectord)),
            ("/etc/vqalive.conf", Some(Dialect::Vqalive)),
            ("ldirectord.cf/x.cf", None),
            ("mylvs.cf", None),
            ("lvs.cf.new", None),
            ("/", None),
        ] {
            assert_eq!(Dialect::named(Path::new(path)), dialect, "{path}");
        }
    }

    #[test]
    fn each_is_known_by_its_own() {
        for text in ["check_ip 10.0.0.1\nPromote_Script\t/x", " demote_script=/x", "demote_script"]
        {
            assert_eq!(Dialect::of(text), Dialect::Vqalive, "{text}");
        }
        for text in [
            "",
            "virtual 192.0.2.1:80\n\treal=a",
            "# virtual x {\nautoreload=yes",
            "# promote_script /x",
            "demote_scripts /x",
            "virtual = 192.0.2.1:80\n\treal=a {",
            "cluster = pulse\n\tprimary = 192.0.2.2",
            "cluster=vqalive\n\tpromote_script=/x",
        ] {
            assert_eq!(Dialect::of(text), Dialect::Ldirectord, "{text}");
        }
        for text in [
            "serial_no = 1",
            "cluster carp {",
            "network=direct",
            "\u{feff}primary = 10.0.0.1\r# x\r",
            "virtual a\n{",
            "virtual a { # b",
            "\tvirtual a {\n",
            "failover \"a b\" {",
            "virtual a {\r\n",
        ] {
            assert_eq!(Dialect::of(text), Dialect::Lvs, "{text}");
        }
    }
}
