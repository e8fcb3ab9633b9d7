//! Where the checks of a virtual are written down (`monitorfile`), and under which names.
//!
//! Scripts look for a real server by what ldirectord calls it: all that tells its check from others.

use std::net::SocketAddr;
use std::sync::Arc;

use super::check::{bracketed, request, rooted};
use super::lookup::Lookup;
use super::real::RealLine;
use super::section::VirtualSection;
use super::services;
use super::values::Value;
use super::writable::unwritable;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Forwarding, Monitor, ServiceId};

/// The monitor file of one virtual, as far as its reals have it in common.
pub(super) struct Monitored<'s, 'a> {
    file: &'s str,
    lookup: Lookup<'s, 'a>,
    id: ServiceId,
    /// What the check is called, if no directive says it.
    called: Option<&'static str>,
}

impl<'s, 'a> Monitored<'s, 'a> {
    /// What the virtual says; `None` if it has no monitor file, or makes no checks. A file that
    /// cannot be written is noted.
    pub(super) fn new(
        section: &'s VirtualSection<'a>,
        id: ServiceId,
        called: Option<&'static str>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let lookup = Lookup { own: &section.body, globals: &section.body };
        let given = lookup.given("monitorfile")?;
        let file = lookup.text("monitorfile")?;
        notes.extend(unwritable("monitorfile", file, &given.span, resolver));
        if let Some(word @ ("on" | "off")) = lookup.word("checktype") {
            let message = format!("with checktype={word} there is nothing to write down");
            notes.push(Diagnostic::warning(given.span.clone(), message));
            return None;
        }
        Some(Monitored { file, lookup, id, called })
    }

    /// Where and under which name the checks of the real at this address are written down.
    pub(super) fn of(&self, real: &RealLine<'_>, address: SocketAddr) -> Arc<Monitor> {
        Arc::new(Monitor { file: self.file.to_owned(), identity: self.identity(real, address) })
    }

    /// As ldirectord makes it: fields with colons between, of which runs become one blank, while a
    /// backslash that it puts before every colon of request and receive keeps those apart.
    fn identity(&self, real: &RealLine<'_>, address: SocketAddr) -> String {
        let lookup = self.lookup;
        let (request, receive) = match real.asks {
            Some((request, receive)) => {
                (rooted(request.text()), receive.text().replace('\t', "    "))
            }
            None => (request(lookup), lookup.text("receive").unwrap_or_default().to_owned()),
        };
        let id = self.id.to_string();
        let protocol = id.split(':').next().unwrap_or_default().trim_end_matches('6');
        let check_port = lookup.number("checkport").map_or(String::new(), |port| port.to_string());
        let fields = [
            &self.check(),
            protocol,
            &bracketed(address.ip()),
            &address.port().to_string(),
            lookup.text("virtualhost").unwrap_or_default(),
            &check_port,
            &real.weight.get().to_string(),
            method(real.forwarding),
            &request.replace(':', "\\:"),
            &receive.replace(':', "\\:"),
        ];
        let mut identity = String::new();
        let mut colons = false;
        for c in fields.join(":").chars() {
            match c {
                ':' if colons => {}
                ':' => identity.push(' '),
                '\\' => {}
                c => identity.push(c),
            }
            colons = c == ':';
        }
        identity
    }

    fn check(&self) -> String {
        if let Some(called) = self.called {
            return called.to_owned();
        }
        let service = || {
            let named = self.lookup.word("service");
            named.unwrap_or_else(|| services::at(self.id.port()).name)
        };
        match self.lookup.given("checktype").map(|given| &given.value) {
            None | Some(Value::Word("negotiate")) => format!("negotiate:{}", service()),
            Some(Value::Word(word @ ("external" | "external-perl"))) => {
                format!("{word}:{}", self.lookup.text("checkcommand").unwrap_or("/bin/true"))
            }
            Some(Value::Word(word)) => (*word).to_owned(),
            Some(_) => format!("combined:{}", service()),
        }
    }
}

fn method(forwarding: Forwarding) -> &'static str {
    match forwarding {
        Forwarding::Masq => "masq",
        Forwarding::Tunnel(_) => "ipip",
        // there is no word for any other
        Forwarding::Direct | Forwarding::Local | Forwarding::Bypass => "gate",
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{self, Numbers};

    /// What the reals of a virtual are called.
    fn identities(text: &str) -> Vec<String> {
        let model = config::read(text, &Numbers).model.unwrap();
        let reals = model.virtuals.iter().flat_map(|v| &v.reals);
        reals.map(|real| real.monitor.as_ref().unwrap().identity.clone()).collect()
    }

    /// Word for word what Debian's ldirectord 4.12 wrote of these.
    #[test]
    fn a_real_is_called_what_ldirectord_calls_it() {
        for (body, expected) in [
            (
                "=10.0.0.1:80\n real=127.0.0.2:80 gate\n real=127.0.0.3:8080 masq 5 \"index.html\", \
                 \"No: such\\thing \\(\\d+\\)\"\n service=http\n virtualhost=www.x.y\n checkport=80\n \
                 request=\"index.html?a=b:c\"\n receive=\"Test Page\"\n",
                &[
                    "negotiate http tcp 127.0.0.2 80 www.x.y 80 1 gate /index.html?a=b c Test Page",
                    "negotiate http tcp 127.0.0.3 8080 www.x.y 80 5 masq /index.html No  suchthing \
                     (d+)",
                ][..],
            ),
            (
                "=10.0.0.1:82\n real=127.0.0.2:80 masq\n real=127.0.0.2:99 ipip 3\n \
                 checktype=connect\n",
                &["connect tcp 127.0.0.2 80 1 masq / ", "connect tcp 127.0.0.2 99 3 ipip / "],
            ),
            (
                "=10.0.0.1:84\n real=127.0.0.2:80 masq\n checktype=external\n \
                 checkcommand=/tmp/no.sh\n",
                &["external /tmp/no.sh tcp 127.0.0.2 80 1 masq / "],
            ),
            (
                "=10.0.0.1:86\n real=127.0.0.2:80 masq\n checktype=ping\n",
                &["ping tcp 127.0.0.2 80 1 masq / "],
            ),
            (
                "=10.0.0.1:87\n real=127.0.0.2:80 masq\n checktype=2\n service=http\n",
                &["combined http tcp 127.0.0.2 80 1 masq / "],
            ),
            (
                "=7\n real=127.0.0.2 masq\n checkport=80\n checktype=connect\n",
                &["connect fwm 127.0.0.2 0 80 1 masq / "],
            ),
            (
                "=8\n real=127.0.0.2 gate 2\n checkport=80\n service=none\n",
                &["negotiate none fwm 127.0.0.2 0 80 2 gate / "],
            ),
            (
                "6=[fd00::10]:80\n real6=[fd00:0::2]:80 masq\n checktype=connect\n",
                &["connect tcp [fd00 2] 80 1 masq / "],
            ),
            (
                "6=9\n real6=[fd00::2]:80 masq\n checktype=connect\n",
                &["connect fwm [fd00 2] 80 1 masq / "],
            ),
            (
                "=10.0.0.1:53\n real=127.0.0.2:53 masq\n request=\"www.x.y\"\n receive=\"10.0.0\"\n",
                &["negotiate dns udp 127.0.0.2 53 1 masq /www.x.y 10.0.0"],
            ),
            (
                "=10.0.0.1:91\n real=127.0.0.2:80 masq\n service=simpletcp\n \
                 request=\"GET / HTTP/1.0\\n\\n\"\n receive=\"nginx\\/\"\n virtualhost=\"a b::c\"\n",
                &["negotiate simpletcp tcp 127.0.0.2 80 a b c 1 masq /GET / HTTP/1.0nn nginx/"],
            ),
        ] {
            let text = format!("virtual{body} monitorfile=/m\n");
            assert_eq!(identities(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_checked_is_not_written_down() {
        for word in ["on", "off"] {
            let text = format!(
                "virtual=10.0.0.1:89\n real=127.0.0.2:80 masq\n checktype={word}\n monitorfile=/m\n"
            );
            let reading = config::read(&text, &Numbers);
            let reals = reading.model.unwrap().virtuals.remove(0).reals;
            assert!(reals.iter().all(|real| real.monitor.is_none()));
            assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
        }
    }
}
