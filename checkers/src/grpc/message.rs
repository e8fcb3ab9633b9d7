//! The two messages of gRPC's health protocol, as protobuf behind gRPC's five bytes of length.

use crate::asking::Failure;

/// The status of a server that is well.
pub(super) const SERVING: u64 = 1;

/// HealthCheckRequest: field 1 is the service's name.
pub(super) fn question(service: &str) -> Vec<u8> {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(0x0a);
        let mut left = service.len();
        while left >= 0x80 {
            message.push((left & 0x7f) as u8 | 0x80);
            left >>= 7;
        }
        message.push(left as u8);
        message.extend_from_slice(service.as_bytes());
    }
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0], &length.to_be_bytes()[..], &message].concat()
}

/// HealthCheckResponse: field 1 is the status; what is not sent is 0.
pub(super) fn answer(body: &[u8]) -> Result<u64, Failure> {
    let Some((&[compressed, a, b, c, d], message)) = body.split_first_chunk() else {
        return Err("an answer without a message".into());
    };
    if compressed != 0 {
        return Err("a compressed answer, which was not asked for".into());
    }
    if usize::try_from(u32::from_be_bytes([a, b, c, d])) != Ok(message.len()) {
        return Err(NO_MESSAGE.into());
    }
    status(message).ok_or_else(|| NO_MESSAGE.into())
}

/// A header's text, in which gRPC writes odd bytes as `%0A`.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let hex =
            after.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    decoded
}

/// Field 1 of a message, if it is one; of several the last counts, other fields do not.
fn status(mut message: &[u8]) -> Option<u64> {
    let mut status = 0;
    while !message.is_empty() {
        let key = varint(&mut message)?;
        match (key >> 3, key & 7) {
            (0, _) => return None,
            (1, 0) => status = varint(&mut message)?,
            (1, _) => return None,
            (_, 0) => drop(varint(&mut message)?),
            (_, 1) => message = message.get(8..)?,
            (_, 2) => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                message = message.get(length..)?;
            }
            (_, 5) => message = message.get(4..)?,
            _ => return None,
        }
    }
    Some(status)
}

/// A number of at most ten bytes, seven bits in each, the lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

const NO_MESSAGE: &str = "an answer that is no message of grpc.health.v1";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn questions() {
        assert_eq!(question(""), [0, 0, 0, 0, 0]);
        assert_eq!(question("ab"), [0, 0, 0, 0, 4, 0x0a, 2, b'a', b'b']);
        let long = question(&"x".repeat(300));
        assert_eq!(long.get(..8), Some(&[0, 0, 0, 1, 0x2f, 0x0a, 0xac, 0x02][..]));
        assert_eq!(long.len(), 5 + 303);
    }

    #[test]
    fn answers() {
        let said = |body: &[u8]| answer(body).ok();
        assert_eq!(said(&[0, 0, 0, 0, 2, 0x08, 1]), Some(SERVING));
        assert_eq!(said(&[0, 0, 0, 0, 0]), Some(0));
        // unknown fields of every kind, and the status twice
        let odd = [
            0x08, 2, 0x12, 1, b'x', 0x18, 0xff, 1, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0x2d, 0, 0, 0, 0,
            0x08, 1,
        ];
        assert_eq!(said(&[&[0, 0, 0, 0, odd.len() as u8], &odd[..]].concat()), Some(SERVING));
        for wrong in [
            &[][..],
            &[0, 0, 0, 0],
            &[1, 0, 0, 0, 2, 0x08, 1],
            &[0, 0, 0, 0, 3, 0x08, 1],
            &[0, 0xff, 0xff, 0xff, 0xff, 0x08, 1],
            &[0, 0, 0, 0, 1, 0x08],
            &[0, 0, 0, 0, 3, 0x12, 0xff, 1],
            &[0, 0, 0, 0, 2, 0x0a, 0],
            &[0, 0, 0, 0, 1, 0x0b],
        ] {
            assert_eq!(said(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn words() {
        assert_eq!(decoded(b"a%20b%e2%82%ac%zz%4"), "a b€%zz%4".as_bytes());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            decoded(&bytes);
            let _ = answer(&bytes);
            let length = bytes.len() as u8;
            bytes.splice(..0, [0, 0, 0, 0, length]);
            let _ = answer(&bytes);
        }

        #[test]
        fn numbers_come_back(number in any::<u64>()) {
            let mut bytes = vec![0x08];
            let mut left = number;
            while left >= 0x80 {
                bytes.push(left as u8 | 0x80);
                left >>= 7;
            }
            bytes.push(left as u8);
            prop_assert_eq!(status(&bytes), Some(number));
        }
    }
}
