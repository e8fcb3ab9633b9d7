//! The states of connections: their names in `/proc`, their numbers in messages (the kernel's
//! IP_VS_TCP_S_…, IP_VS_UDP_S_… and IP_VS_SCTP_S_…).

/// The number of a protocol.
pub(super) fn protocol(name: &str) -> Option<u8> {
    PROTOCOLS.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

/// The number of a state.
pub(super) fn number(protocol: u8, name: &str) -> Option<u16> {
    let at = states(protocol).iter().position(|known| *known == name)?;
    u16::try_from(at).ok()
}

/// Whether the kernel counts one in this state among the active ones; it never does for UDP.
pub(super) fn is_active(protocol: u8, state: u16) -> bool {
    is_one_of(
        protocol,
        state,
        match protocol {
            TCP => &["ESTABLISHED", "SYN_SENT", "SYN_RECV", "SYNACK"],
            SCTP => &["ESTABLISHED"],
            _ => &[],
        },
    )
}

/// Whether the kernel's sync daemon tells of one in this state.
pub(super) fn is_told(protocol: u8, state: u16) -> bool {
    is_one_of(
        protocol,
        state,
        match protocol {
            TCP => &["ESTABLISHED", "FIN_WAIT", "TIME_WAIT", "CLOSE", "CLOSE_WAIT"],
            SCTP => &[
                "ESTABLISHED",
                "SHUTDOWN_SENT",
                "SHUTDOWN_RECEIVED",
                "SHUTDOWN_ACK_SENT",
                "CLOSED",
            ],
            UDP => UDP_STATES,
            _ => &[],
        },
    )
}

fn is_one_of(protocol: u8, state: u16, names: &[&str]) -> bool {
    states(protocol).get(usize::from(state)).is_some_and(|name| names.contains(name))
}

fn states(protocol: u8) -> &'static [&'static str] {
    match protocol {
        TCP => TCP_STATES,
        UDP => UDP_STATES,
        SCTP => SCTP_STATES,
        _ => &[],
    }
}

const TCP_STATES: &[&str] = &[
    "NONE",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "SYNACK",
];
const UDP_STATES: &[&str] = &["UDP"];
const SCTP_STATES: &[&str] = &[
    "NONE",
    "INIT1",
    "INIT",
    "COOKIE_SENT",
    "COOKIE_REPLIED",
    "COOKIE_WAIT",
    "COOKIE",
    "COOKIE_ECHOED",
    "ESTABLISHED",
    "SHUTDOWN_SENT",
    "SHUTDOWN_RECEIVED",
    "SHUTDOWN_ACK_SENT",
    "REJECTED",
    "CLOSED",
];
const PROTOCOLS: [(&str, u8); 4] = [("IP", IP), ("TCP", TCP), ("UDP", UDP), ("SCTP", SCTP)];

pub(super) const IP: u8 = 0;
const TCP: u8 = 6;
const UDP: u8 = 17;
const SCTP: u8 = 132;
