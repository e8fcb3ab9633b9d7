//! The port that a server names for data, in its answer to PASV (RFC 959) or EPSV (RFC 2428). The address
//! in the former is not looked at: a server could name somebody else's.

/// The port in `227 Entering Passive Mode (h1,h2,h3,h4,p1,p2)`, with or without parentheses.
pub(super) fn port(reply: &[u8]) -> Option<u16> {
    let text = reply.get(4..)?;
    let start = text.iter().position(u8::is_ascii_digit)?;
    let numbers = text.get(start..)?.split(|byte| *byte == b',').take(6);
    let numbers: Option<Vec<u8>> = numbers.map(leading_number).collect();
    match *numbers? {
        [_, _, _, _, high, low] => port_of(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

/// The port in `229 Entering Extended Passive Mode (|||port|)`; `|` may be another character.
pub(super) fn extended_port(reply: &[u8]) -> Option<u16> {
    let start = reply.iter().position(|byte| *byte == b'(')?;
    let inner = reply.get(start + 1..)?;
    let bar = inner.first()?;
    let rest = inner.strip_prefix(&[*bar; 3])?;
    let end = rest.iter().position(|byte| byte == bar)?;
    port_of(std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?)
}

fn leading_number(text: &[u8]) -> Option<u8> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

fn port_of(port: u16) -> Option<u16> {
    (port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ports() {
        for (reply, expected) in [
            ("227 Entering Passive Mode (127,0,0,1,200,13)", Some(200 * 256 + 13)),
            ("227 Entering Passive Mode (192,0,2,1,0,21).", Some(21)),
            ("227 =10,0,0,1,4,1", Some(1025)),
            ("227 Entering Passive Mode (127,0,0,1,0,0)", None),
            ("227 Entering Passive Mode (127,0,0,1,256,1)", None),
            ("227 Entering Passive Mode (127,0,0,1,200)", None),
            ("227 Entering Passive Mode", None),
            ("227", None),
        ] {
            assert_eq!(port(reply.as_bytes()), expected, "{reply}");
        }
    }

    #[test]
    fn extended_ports() {
        for (reply, expected) in [
            ("229 Entering Extended Passive Mode (|||6446|)", Some(6446)),
            ("229 so it is (!!!6446!)", Some(6446)),
            ("229 Entering Extended Passive Mode (|||65536|)", None),
            ("229 Entering Extended Passive Mode (|||0|)", None),
            ("229 Entering Extended Passive Mode (|1|127.0.0.1|6446|)", None),
            ("229 (|||6446", None),
            ("229 (", None),
        ] {
            assert_eq!(extended_port(reply.as_bytes()), expected, "{reply}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "22[79] ?[(|,0-9)]{0,30}") {
            for reply in [&*bytes, text.as_bytes()] {
                prop_assert_ne!(port(reply), Some(0));
                prop_assert_ne!(extended_port(reply), Some(0));
            }
        }
    }
}
