//! Who is trusted: the certificate's chain, and its name where that is asked for.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::Verify;

/// Verifies what is asked for; the signatures of the handshake always.
#[derive(Debug)]
pub(super) struct Verifier {
    what: Verify,
    trusted: Vec<CertificateDer<'static>>,
    authorities: RootCertStore,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// Trusts these certificates: themselves, and what they signed.
    pub(super) fn new(what: Verify, trusted: Vec<CertificateDer<'static>>) -> Self {
        let mut authorities = RootCertStore::empty();
        // an authority that cannot be read trusts nobody; the others still count
        authorities.add_parsable_certificates(trusted.iter().cloned());
        let algorithms = ring::default_provider().signature_verification_algorithms;
        Verifier { what, trusted, authorities, algorithms }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.what == Verify::No {
            return Ok(ServerCertVerified::assertion());
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let verified = verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.authorities,
            intermediates,
            now,
            self.algorithms.all,
        );
        let itself = || self.trusted.iter().any(|trusted| trusted == certificate);
        match verified {
            // as OpenSSL does; that it is valid now has been seen before
            Err(Error::InvalidCertificate(why)) if is_no_chain(&why) && itself() => {}
            other => other?,
        }
        if self.what == Verify::Name {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms).map_err(unproven)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms).map_err(unproven)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A wrong signature of the handshake says nothing about who signed the certificate.
fn unproven(error: Error) -> Error {
    match error {
        Error::InvalidCertificate(CertificateError::BadSignature) => Error::General(
            "the server does not prove that it has its certificate's key; none of less than 2048 \
             bits (RSA) counts"
                .to_owned(),
        ),
        other => other,
    }
}

/// Whether the only thing wrong is that no authority signed it as a server's certificate, or only one's
/// namesake: the one fault that is none in a certificate which is trusted itself.
fn is_no_chain(why: &CertificateError) -> bool {
    matches!(why, CertificateError::UnknownIssuer | CertificateError::BadSignature)
        || matches!(super::words::webpki(why), Some(webpki::Error::CaUsedAsEndEntity))
}
