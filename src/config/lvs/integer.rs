//! Whole numbers, as C writes them.

/// The number of a text that is one, as strtol(3) with base 0 reads it: `0x10` is 16, `010` is 8,
/// nothing is 0, and what is too large is the largest that there is.
pub(super) fn integer(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = match hexadecimal {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = i64::from_str_radix(digits, radix).unwrap_or(i64::MAX);
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_by_strtol() {
        for (text, expected) in [
            ("0x10", Some(16)),
            ("010", Some(8)),
            ("", Some(0)),
            ("0", Some(0)),
            ("-3", Some(-3)),
            ("+3", Some(3)),
            ("08", None),
            ("6s", None),
            ("--3", None),
            ("-", None),
            ("0x", None),
            ("0x+5", None),
            (" 6", Some(6)),
            ("6 ", None),
            (" ", None),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(-i64::MAX)),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }
}
