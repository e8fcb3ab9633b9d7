//! TLS for the servers that the tests put up: one certificate, which nobody signed.

use std::sync::{Arc, LazyLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::TlsAcceptor;

use crate::{Tls, Verify};

/// The server's side.
pub(super) fn acceptor() -> TlsAcceptor {
    TlsAcceptor::from(Arc::clone(&SETUP))
}

/// The check's side, which takes any certificate.
pub(super) fn anyone() -> Tls {
    Tls { verify: Verify::No, ..Tls::default() }
}

static SETUP: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let setup = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into());
    let mut setup = setup.unwrap();
    setup.alpn_protocols = vec![b"postgresql".to_vec()];
    Arc::new(setup)
});
