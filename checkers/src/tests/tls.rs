//! What the tests of TLS need: authorities, certificates, files of them, a server that shows one.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::*;

/// Files for one test, gone when it ends.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let folder = format!("lvs-checkers-tls-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    /// Writes a file, and gives its path.
    pub(super) fn write(&self, name: &str, text: &str) -> String {
        let file = self.0.join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) type Authority = CertifiedIssuer<'static, KeyPair>;

pub(super) fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// A certificate for `host`, signed by an authority or by itself.
pub(super) fn signed(
    by: Option<&Authority>,
    host: &str,
    change: impl Fn(&mut CertificateParams),
) -> Shown {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    // a name that no other has, or its issuer would be mistaken
    let name = format!("{:x?}", key.public_key_raw());
    params.distinguished_name.push(DnType::CommonName, &name[..60]);
    change(&mut params);
    let certificate = match by {
        Some(authority) => params.signed_by(&key, authority),
        None => params.self_signed(&key),
    };
    Shown { certificate: certificate.unwrap().pem(), key: key.serialize_pem() }
}

pub(super) fn unchanged(_: &mut CertificateParams) {}

/// How a server speaks TLS.
#[derive(Clone, Copy, Default)]
pub(super) struct Serves<'a> {
    /// Whose clients it asks for certificates.
    pub(super) clients: Option<&'a Authority>,
    /// Whether a client that shows none is served.
    pub(super) strangers: bool,
    /// What it agrees to (ALPN).
    pub(super) protocols: &'a [&'a str],
    /// Only TLS 1.2.
    pub(super) old: bool,
    /// Does not say that TLS ends.
    pub(super) hangs_up: bool,
    /// Refuses every request.
    pub(super) refuses: bool,
    /// Where it leads.
    pub(super) to: &'a str,
    /// Not at 127.0.0.1.
    pub(super) at: Option<&'a str>,
}

/// A server that answers with the name it was asked for in the handshake, and whether it was shown a
/// certificate.
pub(super) async fn serves(shown: &Shown, how: Serves<'_>) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(shown.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let only_old = [&rustls::version::TLS12];
    let versions = if how.old { &only_old[..] } else { rustls::ALL_VERSIONS };
    let config = config.with_protocol_versions(versions).unwrap();
    let config = match how.clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).unwrap();
            let asks = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            let asks = if how.strangers { asks.allow_unauthenticated() } else { asks };
            config.with_client_cert_verifier(asks.build().unwrap())
        }
    };
    // not asked whether they belong together: one server has stolen its certificate
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let mut config = config.with_cert_resolver(Arc::new(shown));
    config.alpn_protocols = how.protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (hangs_up, refuses, to) = (how.hangs_up, how.refuses, how.to.to_owned());
    server(how.at.unwrap_or("127.0.0.1"), move |stream| {
        let (acceptor, to) = (acceptor.clone(), to.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let tls = stream.get_ref().1;
            if tls.alpn_protocol() == Some(b"h2") {
                return http2::serve(stream).await;
            }
            let name = tls.server_name().unwrap_or("no name").to_owned();
            let certificate = tls.peer_certificates().is_some();
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = match &*to {
                _ if refuses => "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
                "" => format!("HTTP/1.1 200 OK\r\n\r\n{name}, shown: {certificate}"),
                to => format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n"),
            };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.flush().await;
            if hangs_up {
                let _ = stream.get_mut().0.shutdown().await;
            } else {
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}
