//! TLS for every protocol: one setup, made once. The certificate's chain is verified against the
//! system's authorities (or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), its name is not: reals are
//! addressed by number, and ldirectord on Debian 12 does the same.

mod words;

use std::sync::{Arc, LazyLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::asking::Failure;
pub(crate) use words::words;

/// The setup of every TLS connection; the system's authorities are read at the first use.
pub(crate) fn setup() -> Result<ClientConfig, Failure> {
    static SETUP: LazyLock<Result<ClientConfig, String>> = LazyLock::new(|| {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            let why = found.errors.first().map(|e| format!(": {e}")).unwrap_or_default();
            return Err(format!("no certificate authorities on this machine{why}"));
        }
        trusting(found.certs)
    });
    SETUP.clone().map_err(Failure::Said)
}

/// The setup that trusts these certificates: themselves, and what they signed.
pub(crate) fn trusting(trusted: Vec<CertificateDer<'static>>) -> Result<ClientConfig, String> {
    let mut authorities = RootCertStore::empty();
    // an authority that cannot be read trusts nobody; the others still count
    authorities.add_parsable_certificates(trusted.iter().cloned());
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Arc::new(ChainVerifier { trusted, authorities, algorithms });
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let mut setup = builder.with_no_client_auth();
    // a resumed session would show no certificate, and tell one real about another's
    setup.resumption = Resumption::disabled();
    Ok(setup)
}

/// Verifies the chain and the signatures, not the name.
#[derive(Debug)]
struct ChainVerifier {
    trusted: Vec<CertificateDer<'static>>,
    authorities: RootCertStore,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for ChainVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(certificate)?,
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
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether the only thing wrong is that no authority signed it as a server's certificate: the one
/// fault that is none in a certificate which is trusted itself.
fn is_no_chain(why: &CertificateError) -> bool {
    matches!(why, CertificateError::UnknownIssuer)
        || matches!(words::webpki(why), Some(webpki::Error::CaUsedAsEndEntity))
}
