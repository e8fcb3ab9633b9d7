//! What is wrong with a server's TLS, in words an administrator can act on.

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error};

/// What went wrong.
pub(crate) fn words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => format!("certificate not trusted: {}", certificate(why)),
        Error::InvalidMessage(_) => "the server does not speak TLS".to_owned(),
        other => format!("TLS: {other}"),
    }
}

/// Why `error` is of webpki's kind, for which rustls has no word.
pub(super) fn webpki(error: &CertificateError) -> Option<&webpki::Error> {
    match error {
        CertificateError::Other(other) => other.0.downcast_ref(),
        _ => None,
    }
}

fn certificate(why: &CertificateError) -> String {
    let text = match why {
        CertificateError::ExpiredContext { not_after, .. } => {
            return format!("it, or one that it hangs on, expired on {}", date(*not_after));
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            return format!(
                "it, or one that it hangs on, is not valid before {}; the time here is {}",
                date(*not_before),
                date(*time)
            );
        }
        CertificateError::UnknownIssuer => {
            "signed by an authority that is not trusted: add that to the system's store \
             (update-ca-certificates) and restart, or let the server send its whole chain"
        }
        CertificateError::BadEncoding => "it cannot be read",
        CertificateError::BadSignature => "a signature in its chain is wrong",
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that is not understood"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for servers: its extended key usage lacks serverAuth"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "signed in a way that is no longer secure, or not known"
        }
        other => match webpki(other) {
            Some(webpki::Error::CaUsedAsEndEntity) => {
                "a CA certificate used as a server's: add this very one to the system's store \
                 (update-ca-certificates) and restart, or give the server one of its own"
            }
            Some(webpki::Error::UnsupportedCertVersion) => {
                "it is of an old version: the server needs one of X.509 version 3"
            }
            Some(why) => return why.to_string(),
            None => return other.to_string(),
        },
    };
    text.to_owned()
}

/// To the second, in UTC.
fn date(time: UnixTime) -> Timestamp {
    let second = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
