//! The services whose messages have lengths.

use checkers::{Check, Dns, Ldap, Mysql, Oracle, Pgsql, Transport};

use crate::messages;
use crate::service::{Service, Talk, Turns, Way, start_tls, tcp, tls};

pub(crate) fn dns() -> Service {
    let check = |_| {
        let receive = Some("127".parse().unwrap());
        Check::Dns(Dns { transport: Transport::Tcp, name: "www.example".to_owned(), receive })
    };
    Service {
        name: "dns",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"", b""])],
        banner: b"\0\x0c\0\0\x81\x80\0\0\0\0\0\0\0\0",
        more: b"\0\x0c\0\0\x81\x80\0\0\0\0\0\0\0\0",
        endless: [b"\xff\xff", b"x"],
        made: Some(|question| lengthened(&messages::dns(&question[2..]))),
        bomb: Some(|question| lengthened(&messages::dns_bomb(&question[2..]))),
        kib: 512,
        ..Service::default()
    }
}

pub(crate) fn ldap() -> Service {
    let check = |security| {
        let [login, base] = ["cn=n", "dc=x"].map(str::to_owned);
        Check::Ldap(Ldap { security, login, passwd: "p".into(), base, receive: None })
    };
    let turns: Turns = &[b"\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\0\x04\0\x04\0"];
    let entry = b"\x30\x0d\x02\x01\x03\x64\x08\x04\x04dc=x\x30\0";
    let last: [&[u8]; 2] = [entry, b"\x30\x0c\x02\x01\x03\x65\x07\x0a\x01\0\x04\0\x04\0"];
    let before: Turns = &[b"", b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0"];
    Service {
        name: "ldap",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, turns, last)],
        // a search's reference
        banner: b"\x30\x07\x02\x01\x03\x73\x02\x04\0",
        more: entry,
        // an entry of 2 GiB
        endless: [b"\x30\x84\x7f\xff\xff\xff\x02\x01\x03\x64\x84\x7f\xff\xff\xf0", b"x"],
        kib: 384,
        ..Service::default()
    }
}

pub(crate) fn mysql() -> Service {
    let check = |security| {
        let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
        Check::Mysql(Mysql { security, login, passwd: "p".into(), database, query })
    };
    const GREETING: &[u8] =
        b"\x4a\0\0\0\x0a10.6.0\0\x01\0\0\0abcdefgh\0\xff\xff\x08\x02\0\xff\x81\x15\
        \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native_password\0";
    const OK: &[u8] = b"\x07\0\0\x02\0\0\0\x02\0\0\0";
    let last: [&[u8]; 2] =
        [b"\x01\0\0\x01\x01\x03\0\0\x02def", b"\x05\0\0\x03\xfe\0\0\x02\0\x02\0\0\x04\x011"];
    let tls = Talk { way: Way::Tls, before: &[GREETING, b""], turns: &[OK], last };
    Service {
        name: "mysql",
        check,
        talks: vec![tcp(&[GREETING, OK], last), tls],
        banner: GREETING,
        more: b"\x03\0\0\x02def",
        // a result of 250 columns, each of 64 KiB
        endless: [b"\x01\0\0\x01\xfa", b"\0\0\x01\x02x"],
        kib: 256,
        ..Service::default()
    }
}

pub(crate) fn oracle() -> Service {
    let check = |_| {
        let [login, database, query] = ["", "ORCL", ""].map(str::to_owned);
        Check::Oracle(Oracle { login, passwd: "".into(), database, query })
    };
    Service {
        name: "oracle",
        check,
        asks: true,
        talks: vec![tcp(
            &[],
            [b"\0\x20\0\0\x02\0\0\0", b"\x01\x3a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"],
        )],
        // RESEND
        banner: b"\0\x08\0\0\x0b\0\0\0",
        more: b"\0\x08\0\0\x0b\0\0\0",
        // REFUSE, with 64 KiB of reasons
        endless: [b"\0\0\xff\xff\x04\0\0\0", b"x"],
        kib: 256,
        ..Service::default()
    }
}

pub(crate) fn pgsql() -> Service {
    let check = |security| {
        let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
        let security = Some(security);
        Check::Pgsql(Pgsql { security, login, passwd: "p".into(), database, query })
    };
    let turns: Turns = &[b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"];
    let last: [&[u8]; 2] = [b"T\0\0\0\x06\0\0", b"D\0\0\0\x06\0\0"];
    Service {
        name: "pgsql",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(&[b"", b"S"], turns, last)],
        // notices
        banner: b"N\0\0\0\x05\0",
        more: b"N\0\0\0\x05\0",
        // a description of 2 GiB
        endless: [b"T\x7f\xff\xff\xff", b"x"],
        ..Service::default()
    }
}

/// A DNS message as it travels over TCP.
fn lengthened(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}
