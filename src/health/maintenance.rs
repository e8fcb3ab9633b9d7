//! Who is out on purpose, by files in a folder (ldirectord's `maintenancedir`). Pure.
//!
//! In: the names of the files, the reals, and what the resolver calls them. Out: those in
//! maintenance, each with why.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// Reals in maintenance, by the address and port that they are configured with, each with why.
pub type Maintenance = BTreeMap<SocketAddr, String>;

/// Those of these reals for whom there is a file; `host` is what the resolver calls an address.
pub fn in_maintenance(
    folder: &Path,
    files: &BTreeSet<String>,
    reals: impl IntoIterator<Item = SocketAddr>,
    host: impl Fn(IpAddr) -> Option<String>,
) -> Maintenance {
    if files.is_empty() {
        return Maintenance::new();
    }
    let because = |real: SocketAddr| {
        let names = names(real, host(real.ip()).as_deref());
        let file = names.into_iter().find(|name| files.contains(name))?;
        Some((real, format!("maintenance: {}", folder.join(file).display())))
    };
    reals.into_iter().filter_map(because).collect()
}

/// Whether some file is named for a host, and not for an address: then hosts have to be looked up.
pub fn has_host_name(files: &BTreeSet<String>) -> bool {
    files.iter().any(|file| is_host_name(file))
}

/// The names of the file that takes a real out; of several that are there the first is the reason.
fn names(real: SocketAddr, host: Option<&str>) -> Vec<String> {
    let port = real.port();
    let address = match real.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let host = host.filter(|host| !host.is_empty());
    let of = [Some(address.as_str()), host, host.and_then(short)];
    of.into_iter().flatten().flat_map(|name| [format!("{name}:{port}"), name.to_owned()]).collect()
}

/// A host's first label, if ldirectord takes it for one: two characters or more, the first of them
/// a lower-case letter, and none a capital.
fn short(host: &str) -> Option<&str> {
    let (label, _) = host.split_once('.')?;
    let letter = |c: char| c.is_ascii_lowercase();
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (label.len() > 1 && label.starts_with(letter) && label.chars().all(rest)).then_some(label)
}

fn is_host_name(file: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let name = match file.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => file,
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let address = name.parse::<IpAddr>().is_ok();
    !name.is_empty() && !name.starts_with('.') && name.chars().all(letter) && !address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(real: &str, host: &str) -> String {
        names(real.parse().unwrap(), Some(host).filter(|host| !host.is_empty())).join(" ")
    }

    #[test]
    fn the_names_of_a_real() {
        for (real, host, names) in [
            ("10.0.0.1:80", "", "10.0.0.1:80 10.0.0.1"),
            ("10.0.0.1:0", "", "10.0.0.1:0 10.0.0.1"),
            ("[2001:db8::1]:80", "", "[2001:db8::1]:80 [2001:db8::1]"),
            (
                "10.0.0.1:80",
                "web1.example.com",
                "10.0.0.1:80 10.0.0.1 web1.example.com:80 web1.example.com web1:80 web1",
            ),
            ("[::1]:0", "db.example.com", "[::1]:0 [::1] db.example.com:0 db.example.com db:0 db"),
            // no dot, no first label
            ("10.0.0.1:80", "web1", "10.0.0.1:80 10.0.0.1 web1:80 web1"),
            ("10.0.0.1:80", "w.a", "10.0.0.1:80 10.0.0.1 w.a:80 w.a"),
            ("10.0.0.1:80", "Web.a", "10.0.0.1:80 10.0.0.1 Web.a:80 Web.a"),
            ("10.0.0.1:80", "wEb.a", "10.0.0.1:80 10.0.0.1 wEb.a:80 wEb.a"),
            ("10.0.0.1:80", "1web.a", "10.0.0.1:80 10.0.0.1 1web.a:80 1web.a"),
            ("10.0.0.1:80", "w_b.a", "10.0.0.1:80 10.0.0.1 w_b.a:80 w_b.a"),
            ("10.0.0.1:80", "w-1.a", "10.0.0.1:80 10.0.0.1 w-1.a:80 w-1.a w-1:80 w-1"),
        ] {
            assert_eq!(of(real, host), names);
        }
    }

    #[test]
    fn who_is_out_and_by_which_file() {
        let reals = ["10.0.0.1:80", "10.0.0.1:443", "10.0.0.2:80", "[2001:db8::1]:80"];
        let reals = reals.map(|real| real.parse().unwrap());
        let out = |files: &[&str]| {
            let files = files.iter().map(|file| (*file).to_owned()).collect();
            let host = |ip: IpAddr| ip.is_ipv6().then(|| "web6.example.com".to_owned());
            let out = in_maintenance(Path::new("/m"), &files, reals, host);
            let line = |(real, why): (SocketAddr, String)| format!("{real} {why}");
            out.into_iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(out(&[]), [""; 0]);
        assert_eq!(out(&["10.0.0.1:8080", "10.0.0", "web7"]), [""; 0]);
        assert_eq!(out(&["10.0.0.1:80"]), ["10.0.0.1:80 maintenance: /m/10.0.0.1:80"]);
        assert_eq!(
            out(&["10.0.0.1", "10.0.0.1:443"]),
            ["10.0.0.1:80 maintenance: /m/10.0.0.1", "10.0.0.1:443 maintenance: /m/10.0.0.1:443"]
        );
        assert_eq!(out(&["web6:80"]), ["[2001:db8::1]:80 maintenance: /m/web6:80"]);
    }

    #[test]
    fn only_names_of_hosts_are_looked_up() {
        let asked = |file: &str| has_host_name(&BTreeSet::from([file.to_owned()]));
        for host in ["web1", "web1:80", "web1.example.com", "3com.example", "README", "10.0.0.300"]
        {
            assert!(asked(host), "{host}");
        }
        for other in
            ["10.0.0.1", "10.0.0.1:80", "[::1]:80", "[::1]", ".swp", "a b", "web1:http", ""]
        {
            assert!(!asked(other), "{other}");
        }
    }
}
