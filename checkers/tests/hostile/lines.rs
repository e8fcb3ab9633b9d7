//! The services that are spoken in lines.

use checkers::{
    Check, Expect, Ftp, Imap, Memcached, Nntp, Pop, Redis, SendExpect, SimpleTcp, Sip, Smtp,
    Transport,
};

use crate::service::{Service, Turns, start_tls, tcp, tls};

pub(crate) fn connect() -> Service {
    let talks = vec![tcp(&[], [b"we", b"ll\n"])];
    Service { name: "connect", talks, kib: 16, ..Service::default() }
}

pub(crate) fn simpletcp() -> Service {
    let check = |_| {
        let receive = Some("well".parse().unwrap());
        Check::SimpleTcp(SimpleTcp {
            transport: Transport::Tcp,
            send: "are you?\n".to_owned(),
            receive,
        })
    };
    let talks = vec![tcp(&[], [b"I am a server, and I am\n", b"well\n"])];
    Service { name: "simpletcp", check, asks: true, talks, kib: 256, ..Service::default() }
}

pub(crate) fn send_expect() -> Service {
    let check = |_| {
        let (send, expect) =
            (b"are you?".to_vec(), Expect::Start(b"I am a server, and I am well".to_vec()));
        Check::SendExpect(SendExpect { transport: Transport::Tcp, send, expect })
    };
    let talks = vec![tcp(&[], [b"I am a server, and I am", b" well\n"])];
    let endless: [&[u8]; 2] = [b"I am", b" a server"];
    Service { name: "send_expect", check, asks: true, talks, endless, ..Service::default() }
}

pub(crate) fn smtp() -> Service {
    let check = |security| Check::Smtp(Smtp { security });
    let last: [&[u8]; 2] = [b"250-mx\r\n", b"250 SIZE\r\n"];
    let turns: Turns = &[b"220-mx\r\n220 ESMTP\r\n"];
    let before: Turns = &[b"220 mx ESMTP\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n"];
    Service {
        name: "smtp",
        check,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, &[], last)],
        banner: b"220-more\r\n",
        more: b"250-more\r\n",
        endless: [b"250 ", b"x"],
        ..Service::default()
    }
}

pub(crate) fn nntp() -> Service {
    let check = |security| Check::Nntp(Nntp { security });
    let last: [&[u8]; 2] = [b"200 news.example.org ready, ", b"posting allowed\r\n"];
    let before: Turns = &[b"200 ready\r\n", b"101 list\r\nSTARTTLS\r\n.\r\n", b"382 go\r\n"];
    let secured: [&[u8]; 2] = [b"101 list\r\nVERSION 2\r\n", b".\r\n"];
    Service {
        name: "nntp",
        check,
        talks: vec![tcp(&[], last), tls(&[], last), start_tls(before, &[], secured)],
        banner: b"101 list\r\n",
        more: b"\n",
        endless: [b"101 list\r\n", b"x"],
        kib: LISTS_KIB,
        ..Service::default()
    }
}

pub(crate) fn pop() -> Service {
    let check = |security| Check::Pop(Pop { security, login: "u".to_owned(), passwd: "p".into() });
    // capabilities, and whatever is asked after them
    let last: [&[u8]; 2] = [b"+OK\r\nUSER\r\n", b".\r\n+OK\r\n+OK\r\n"];
    let turns: Turns = &[b"+OK pop.example.org ready\r\n"];
    let before: Turns = &[b"+OK ready\r\n", b"+OK\r\nSTLS\r\n.\r\n", b"+OK\r\n"];
    Service {
        name: "pop",
        check,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, &[], last)],
        banner: b"+OK\r\n",
        more: b"\n",
        endless: [b"+OK\r\n", b"x"],
        kib: LISTS_KIB,
        ..Service::default()
    }
}

pub(crate) fn imap() -> Service {
    let check =
        |security| Check::Imap(Imap { security, login: "u".to_owned(), passwd: "p".into() });
    let turns: Turns =
        &[b"* OK imap.example.org ready\r\n", b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n"];
    let last: [&[u8]; 2] = [b"* OK so far\r\n", b"a2 OK\r\n"];
    let before: Turns = &[b"* OK ready\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 OK\r\n"];
    let secured: Turns = &[b"* CAPABILITY IMAP4rev1\r\na3 OK\r\n"];
    Service {
        name: "imap",
        check,
        talks: vec![
            tcp(turns, last),
            tls(turns, last),
            start_tls(before, secured, [last[0], b"a4 OK\r\n"]),
        ],
        banner: b"* OK ready\r\n",
        more: b"* \n",
        endless: [b"* ", b"x"],
        kib: 1536,
        ..Service::default()
    }
}

pub(crate) fn ftp() -> Service {
    let check = |security| {
        let (login, receive) = ("u".to_owned(), Some("well".parse().unwrap()));
        Check::Ftp(Ftp { security, login, passwd: "p".into(), file: "f".to_owned(), receive })
    };
    const GREETING: &[u8] = b"220 ftp.example.org ready\r\n";
    const USER: &[u8] = b"331 and?\r\n";
    const PASS: &[u8] = b"230 in\r\n";
    const OK: &[u8] = b"200 ok\r\n";
    const PASSIVE: &[u8] = b"227 Entering Passive Mode (127,0,0,1,PORT)\r\n";
    let last: [&[u8]; 2] = [b"150 it\r\n", b"226 comes\r\n"];
    // TYPE; under TLS after PBSZ and PROT
    let plain: Turns = &[GREETING, USER, PASS, OK, PASSIVE];
    let secured: Turns = &[GREETING, USER, PASS, OK, OK, OK, PASSIVE];
    Service {
        name: "ftp",
        check,
        talks: vec![
            tcp(plain, last),
            tls(secured, last),
            start_tls(&[GREETING, b"234 go\r\n"], &secured[1..], last),
        ],
        banner: b"220-hello\r\n",
        more: b"150-it comes\r\n",
        endless: [b"150 it comes\r\n", b"x"],
        data: b"all well\n",
        kib: FILE_KIB,
        ..Service::default()
    }
}

pub(crate) fn redis() -> Service {
    let check = |security| {
        let (login, command) = (String::new(), "LRANGE l 0 -1".to_owned());
        let receive = Some("well".parse().unwrap());
        Check::Redis(Redis { security, login, passwd: "p".into(), command, receive })
    };
    let turns: Turns = &[b"+OK\r\n"];
    let last: [&[u8]; 2] = [b"*2\r\n:1\r\n", b"$4\r\nwell\r\n"];
    Service {
        name: "redis",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last)],
        // arrays in arrays
        banner: b"*1\r\n",
        more: b"*1\r\n",
        // elements of an array without end
        endless: [b"*999999999\r\n", b":\n"],
        kib: 1536,
        ..Service::default()
    }
}

pub(crate) fn memcached() -> Service {
    let check = |_| Check::Memcached(Memcached { command: "stats".to_owned(), receive: None });
    Service {
        name: "memcached",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"STAT pid 1\r\n", b"END\r\n"])],
        banner: b"STAT pid 1\r\n",
        more: b"STAT\n",
        endless: [b"VALUE k 0 999999999999\r\n", b"x"],
        kib: 768,
        ..Service::default()
    }
}

pub(crate) fn sip() -> Service {
    let check =
        |_| Check::Sip(Sip { transport: Transport::Tcp, login: "u@example.com".to_owned() });
    Service {
        name: "sip",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"SIP/2.0 200 OK\r\n", b"Content-Length: 0\r\n\r\n"])],
        banner: b"SIP/2.0 100 Trying\r\n\r\n",
        more: b"Via: SIP/2.0/TCP 127.0.0.1\r\n",
        endless: [b"SIP/2.0 100 Trying\r\nContent-Length: 999999999\r\n\r\n", b"x"],
        ..Service::default()
    }
}

/// KiB for 64 KiB of the shortest lines there are, each kept by itself.
const LISTS_KIB: u64 = 3072;
/// KiB for a file of 1 MiB, and its growing.
const FILE_KIB: u64 = 3584;
