//! As much of BER (X.690) as LDAP needs, by hand: elements are read one behind the other, never one
//! in the other, and never beyond what was read. A parser that follows nested elements, as those
//! of the LDAP libraries do, can be made to overflow its stack by 64 KiB of opening tags, which
//! aborts the whole director, not one check.

/// Elements, one behind the other.
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    /// The next one's content, if it is one of `tag` and all of it is there.
    pub(super) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// The next one's tag and content.
    pub(super) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match more_of_length(length) {
            None => (usize::from(length), rest),
            Some(more) => {
                let (more, rest) = rest.split_at_checked(more)?;
                (long(more)?, rest)
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next one's number, if it is one of `tag` and not below 0.
    pub(super) fn number(&mut self, tag: u8) -> Option<u32> {
        self.next(tag).and_then(number)
    }
}

/// How many more bytes of length follow this first one; none if it is the length.
pub(super) fn more_of_length(first: u8) -> Option<usize> {
    (first & LONG != 0).then_some(usize::from(first & !LONG))
}

/// The length that these bytes tell. Where none are, the end would have to be looked for, which
/// LDAP forbids (RFC 4511, 5.1).
pub(super) fn long(bytes: &[u8]) -> Option<usize> {
    number(bytes).and_then(|length| length.try_into().ok())
}

/// An element.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length) if length & LONG == 0 => bytes.push(length),
        _ => {
            bytes.push(LONG | (length.len() - zeros) as u8);
            bytes.extend(length.iter().skip(zeros));
        }
    }
    bytes.extend(content);
    bytes
}

/// Up to four bytes, leading zeros not counted.
fn number(bytes: &[u8]) -> Option<u32> {
    let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = bytes.get(significant..).filter(|_| !bytes.is_empty())?;
    (bytes.len() <= 4).then(|| bytes.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
}

/// INTEGER.
pub(super) const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub(super) const STRING: u8 = 0x04;
/// ENUMERATED.
pub(super) const ENUMERATED: u8 = 0x0a;
/// BOOLEAN.
pub(super) const BOOLEAN: u8 = 0x01;
/// SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;
const LONG: u8 = 0x80;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_no_end_or_not_all_of_it_is_nothing() {
        for bytes in [
            &b""[..],
            b"\x04",
            b"\x04\x02a",
            b"\x04\x80a\0\0",
            b"\x04\x82\xff",
            b"\x04\x85\x01\0\0\0\0",
        ] {
            assert_eq!(Elements(bytes).any(), None, "{bytes:?}");
        }
        assert_eq!(Elements(b"\x04\x88\0\0\0\0\0\0\0\x01a").next(STRING), Some(&b"a"[..]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(content in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let bytes = element(STRING, &[&content]);
            let mut elements = Elements(&bytes);
            prop_assert_eq!(elements.next(STRING), Some(&content[..]));
            prop_assert_eq!(elements.any(), None);
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let mut elements = Elements(&bytes);
            let read = std::iter::from_fn(|| elements.any()).count();
            prop_assert!(read <= bytes.len() / 2);
        }
    }
}
