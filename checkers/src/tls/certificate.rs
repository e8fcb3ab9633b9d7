//! Until when a server's certificate is valid.

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;
use x509_parser::parse_x509_certificate;

/// When the first certificate of a chain ends, and a warning if that is soon.
pub(crate) fn until(
    chain: &[CertificateDer<'_>],
    now: Timestamp,
) -> Option<(Timestamp, Option<String>)> {
    let (_, certificate) = parse_x509_certificate(chain.first()?).ok()?;
    let second = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    let validity = certificate.validity();
    let (begins, ends) = (second(validity.not_before)?, second(validity.not_after)?);
    Some((ends, warning(begins, ends, now)))
}

/// A certificate that has come into the last quarter of its time, and the last two weeks of it,
/// should have been renewed: one of 90 days warns for 14, one of 6 days for a day and a half.
fn warning(begins: Timestamp, ends: Timestamp, now: Timestamp) -> Option<String> {
    let ahead = (ends.duration_since(begins) / 4).min(TWO_WEEKS);
    let left = ends.duration_since(now);
    if left > ahead {
        return None;
    }
    Some(match left.as_hours() {
        _ if left.is_negative() => format!("the certificate expired on {ends}"),
        0 => format!("the certificate expires on {ends}, within an hour"),
        1..48 => format!("the certificate expires on {ends}, within {} hours", left.as_hours() + 1),
        hours => format!("the certificate expires on {ends}, in {} days", hours / 24),
    })
}

const TWO_WEEKS: SignedDuration = SignedDuration::from_hours(14 * 24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_ahead_of_time() {
        let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
        let said = |begins, ends, now| warning(day(begins), day(ends), day(now));
        assert_eq!(said(0, 90, 75), None);
        let soon = "the certificate expires on 1970-04-01T00:00:00Z, in 9 days";
        assert_eq!(said(0, 90, 81).as_deref(), Some(soon));
        assert_eq!(said(0, 6, 4), None);
        let soon = "the certificate expires on 1970-01-07T00:00:00Z, within 25 hours";
        assert_eq!(said(0, 6, 5).as_deref(), Some(soon));
        let soon = "the certificate expires on 1970-01-01T00:30:00Z, within an hour";
        let half = Timestamp::from_second(1800).unwrap();
        assert_eq!(warning(day(-1), half, day(0)).as_deref(), Some(soon));
        let past = "the certificate expired on 1970-04-01T00:00:00Z";
        assert_eq!(said(0, 90, 91).as_deref(), Some(past));
    }
}
