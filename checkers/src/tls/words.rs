//! What is wrong with a server's TLS, in words an administrator can act on.

use jiff::Timestamp;
use rustls::InvalidMessage;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

/// What went wrong.
pub(crate) fn words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => format!("certificate not trusted: {}", certificate(why)),
        Error::InvalidMessage(
            InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::CertificatePayloadTooLarge,
        ) => "TLS: the server shows more than 64 KiB of certificates".to_owned(),
        Error::InvalidMessage(_) => "the server does not speak TLS".to_owned(),
        Error::AlertReceived(alert) => match said(*alert) {
            Some(words) => words.to_owned(),
            None => format!("TLS: {error}"),
        },
        Error::General(why) => format!("TLS: {why}"),
        other => format!("TLS: {other}"),
    }
}

/// What a server means that breaks TLS off, where it means one thing or two.
fn said(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CertificateRequired => {
            "the server asks for a client certificate (tlscert), and none was shown"
        }
        AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::UnsupportedCertificate => {
            "the server does not take the client certificate (tlscert)"
        }
        AlertDescription::NoApplicationProtocol => {
            "the server speaks none of the protocols that TLS offered it (ALPN)"
        }
        AlertDescription::UnrecognisedName => {
            "the server does not know the name it is called by (SNI)"
        }
        AlertDescription::ProtocolVersion => "the server speaks neither TLS 1.2 nor 1.3",
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "the server breaks the handshake off: it wants a client certificate (tlscert), or has neither \
             TLS 1.3 nor, for 1.2, ECDHE with AES-GCM or ChaCha20"
        }
        _ => return None,
    })
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
        CertificateError::NotValidForNameContext { expected, presented } => {
            return format!("it is for {}, and not for {}", names(presented), expected.to_str());
        }
        CertificateError::UnknownIssuer => {
            "signed by an authority that is not trusted: name that in tlscafile, or add it to the \
             system's store (update-ca-certificates), or let the server send its whole chain"
        }
        CertificateError::BadEncoding => "it cannot be read",
        CertificateError::BadSignature => {
            "a signature in its chain is wrong: somebody signed it who has the name of a trusted \
             authority, and another key"
        }
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
                "a CA certificate used as a server's: name this very one in tlscafile, or add it to \
                 the system's store (update-ca-certificates), or give the server one of its own"
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

/// The first few of the names in a certificate, which webpki writes as `DnsName("www.example")`.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, inner)| inner);
        inner.trim_end_matches(')').trim_matches('"').to_owned()
    };
    let shown: Vec<String> = presented.iter().take(MOST_NAMES).map(bare).collect();
    match presented.len() {
        0 => "no name at all".to_owned(),
        all if all > MOST_NAMES => format!("{} and others", shown.join(", ")),
        _ => shown.join(", "),
    }
}

/// To the second, in UTC.
fn date(time: UnixTime) -> Timestamp {
    let second = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// Names that are told, of all that a certificate is for.
const MOST_NAMES: usize = 3;
