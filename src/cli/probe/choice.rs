//! Which virtuals and reals are asked: those that were named, or all.

use std::net::IpAddr;

use crate::model::{Model, Real, ServiceId, Virtual};
use crate::plan::words::virtual_address;

/// A virtual, and those of its reals that were chosen, in the file's order.
#[derive(Debug, PartialEq)]
pub(super) struct Choice<'m> {
    pub(super) r#virtual: &'m Virtual,
    pub(super) reals: Vec<&'m Real>,
}

/// Chooses by names: a virtual's (`tcp:192.0.2.10:80`, `192.0.2.10:80`) means all its reals, a
/// real's (`10.0.0.1:80`) means it under every virtual, an address alone means all that have it.
/// No name means all. Fails on a name that is nobody's.
pub(super) fn choose<'m>(model: &'m Model, names: &[String]) -> Result<Vec<Choice<'m>>, String> {
    let known = |name: &String| {
        model
            .virtuals
            .iter()
            .any(|v| is_virtual(v, name) || v.reals.iter().any(|r| is_real(r, name)))
    };
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        return Err(format!("no virtual or real server is {unknown:?}; there are {}", all(model)));
    }
    let choices = model.virtuals.iter().filter_map(|r#virtual| {
        let whole = names.is_empty() || names.iter().any(|name| is_virtual(r#virtual, name));
        let chosen = |real: &&Real| whole || names.iter().any(|name| is_real(real, name));
        let reals: Vec<_> = r#virtual.reals.iter().filter(chosen).collect();
        (whole || !reals.is_empty()).then_some(Choice { r#virtual, reals })
    });
    Ok(choices.collect())
}

fn is_virtual(r#virtual: &Virtual, name: &str) -> bool {
    let id = r#virtual.service.id;
    let alone = match id {
        ServiceId::Address { address, .. } => is_ip(address.ip(), name),
        ServiceId::Mark { .. } => false,
    };
    alone || name == id.to_string() || name == virtual_address(&id).to_string()
}

fn is_real(real: &Real, name: &str) -> bool {
    name == real.address.to_string() || is_ip(real.address.ip(), name)
}

/// An IPv6 address may stand in brackets, as it does before a port.
fn is_ip(ip: IpAddr, name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    name == ip.to_string() || ip.is_ipv6() && bare.is_some_and(|bare| bare == ip.to_string())
}

/// The names that could have been meant.
fn all(model: &Model) -> String {
    let virtuals = model.virtuals.iter().map(|v| v.service.id.to_string());
    let reals = model.virtuals.iter().flat_map(|v| &v.reals).map(|r| r.address.to_string());
    let mut names: Vec<String> = Vec::new();
    for name in virtuals.chain(reals) {
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() > SHOWN {
            names.truncate(SHOWN);
            return format!("{} and others", names.join(", "));
        }
    }
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Names that a complaint shows: they fit on a terminal.
const SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    use crate::config::{self, Numbers};

    use super::*;

    fn site() -> Model {
        let text = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n real=10.0.0.2:80 masq\n\
                    virtual=192.0.2.10:53\n protocol=udp\n real=10.0.0.2:53 masq\n\
                    virtual=7\n real=10.0.0.3:80 gate\n\
                    virtual6=[2001:db8::10]:80\n real6=[2001:db8::1]:80 masq\n";
        config::read(text, &Numbers).model.expect("a model")
    }

    fn chosen(names: &[&str]) -> Result<Vec<String>, String> {
        let model = site();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let line = |choice: &Choice<'_>| {
            let reals: Vec<_> = choice.reals.iter().map(|r| r.address.to_string()).collect();
            format!("{} {}", choice.r#virtual.service.id, reals.join(" "))
        };
        Ok(choose(&model, &names)?.iter().map(line).collect())
    }

    #[test]
    fn by_any_name_that_the_output_shows() {
        let all = [
            "tcp:192.0.2.10:80 10.0.0.1:80 10.0.0.2:80",
            "udp:192.0.2.10:53 10.0.0.2:53",
            "fwm:7 10.0.0.3:80",
            "tcp:[2001:db8::10]:80 [2001:db8::1]:80",
        ];
        let ok = |names: &[&str]| chosen(names).expect("known names");
        assert_eq!(ok(&[]), all);
        assert_eq!(ok(&["udp:192.0.2.10:53"]), all[1..2]);
        assert_eq!(ok(&["192.0.2.10:80"]), all[..1]);
        assert_eq!(ok(&["192.0.2.10"]), all[..2]);
        assert_eq!(ok(&["7"]), all[2..3]);
        for name in ["2001:db8::10", "[2001:db8::10]", "2001:db8::1", "[2001:db8::1]"] {
            assert_eq!(ok(&[name]), all[3..], "{name}");
        }
        assert_eq!(ok(&["10.0.0.2:80"]), ["tcp:192.0.2.10:80 10.0.0.2:80"]);
        assert_eq!(ok(&["10.0.0.2"]), ["tcp:192.0.2.10:80 10.0.0.2:80", all[1]]);
        assert_eq!(ok(&["fwm:7", "10.0.0.1"]), ["tcp:192.0.2.10:80 10.0.0.1:80", all[2]]);
    }

    #[test]
    fn a_name_that_is_nobodys() {
        let there = "tcp:192.0.2.10:80, udp:192.0.2.10:53, fwm:7, tcp:[2001:db8::10]:80, \
                     10.0.0.1:80, 10.0.0.2:80, 10.0.0.2:53, 10.0.0.3:80, [2001:db8::1]:80";
        for name in ["10.0.0.9", "[10.0.0.1]"] {
            let why = chosen(&["10.0.0.1", name]).expect_err("one is unknown");
            assert_eq!(why, format!("no virtual or real server is {name:?}; there are {there}"));
        }
    }
}
