//! Certificates. The authorities of a process are read once, so these checks run in a process of
//! their own, to which `SSL_CERT_FILE` names an authority made for the test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{Http, Method};

#[test]
fn certificates() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return under_an_authority_of_our_own();
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let www = Some("www.example");
        let signed = tls_server(&folder, "signed").await;
        up(&ask(&https(www, "^www.example$"), signed).await, "200 OK");
        up(&ask(&https(None, "^no name$"), signed).await, "200 OK");
        for trusted in ["itself", "member"] {
            up(
                &ask(&https(www, "^www.example$"), tls_server(&folder, trusted).await).await,
                "200 OK",
            );
        }
        for (name, why) in [
            ("stranger", UNKNOWN),
            ("stranger-ca", CA),
            ("expired", EXPIRED),
            ("itself-expired", EXPIRED),
            ("early", EARLY),
            ("client", "it is not for servers: its extended key usage lacks serverAuth"),
        ] {
            let outcome = ask(&https(www, "x"), tls_server(&folder, name).await).await;
            let Outcome { verdict, message, .. } = &outcome;
            assert_eq!(*verdict, Verdict::Down, "{name}: {message}");
            let expected = format!("certificate not trusted: {why}");
            assert!(message.starts_with(&expected), "{name}: {message}");
            assert!(!message.ends_with('…'), "{name}: {message}");
        }
        let stranger = tls_server(&folder, "stranger").await;
        let elsewhere = ask(&https(Some("elsewhere.example"), "x"), stranger).await;
        down(&elsewhere, &format!("certificate not trusted: {UNKNOWN}"));
        let plain = answers(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        down(&ask(&https(www, "x"), plain).await, "the server does not speak TLS");
        let redirect = format!("HTTP/1.1 302 Found\r\nLocation: https://{signed}/\r\n\r\n");
        let plain = answers(redirect.as_bytes()).await;
        let Check::Http(question) = https(None, "^no name$") else {
            panic!("https() makes an http check")
        };
        up(&ask(&Check::Http(Http { tls: false, ..question }), plain).await, "200 OK");
    });
}

/// Makes the certificates and starts this test again in a process that trusts their authority.
fn under_an_authority_of_our_own() {
    let folder = std::env::temp_dir().join(format!("lvs-checkers-tls-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    write_certificates(&folder);
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::https::certificates", "--nocapture"])
        .env(FOLDER, &folder)
        .env("SSL_CERT_FILE", folder.join("store.pem"))
        .env_remove("SSL_CERT_DIR")
        .output();
    std::fs::remove_dir_all(&folder).unwrap();
    let child = child.unwrap();
    let said = [child.stdout, child.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

/// An authority, and the servers' certificates. Those of [`STORE`] are trusted.
fn write_certificates(folder: &Path) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "authority of this test");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority =
        CertifiedIssuer::self_signed(params.clone(), KeyPair::generate().unwrap()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "an authority that nobody trusts");
    let stranger = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let mut store = authority.pem();
    for (name, signs) in CERTIFICATES {
        let host = if *name == "signed" { "other.example" } else { "www.example" };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, *name);
        match *name {
            "expired" => params.not_after = date_time_ymd(2001, 1, 1),
            "early" => params.not_before = date_time_ymd(3001, 1, 1),
            "client" => params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth),
            "itself" | "stranger-ca" => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            "itself-expired" => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.not_after = date_time_ymd(2001, 1, 1);
            }
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match signs {
            Signs::Itself => params.self_signed(&key).unwrap(),
            Signs::Authority => params.signed_by(&key, &authority).unwrap(),
            Signs::Stranger => params.signed_by(&key, &stranger).unwrap(),
        };
        if STORE.contains(name) {
            store += &certificate.pem();
        }
        std::fs::write(folder.join(name), certificate.der()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_der()).unwrap();
    }
    std::fs::write(folder.join("store.pem"), store).unwrap();
}

/// Who signed a certificate.
enum Signs {
    Itself,
    Authority,
    Stranger,
}

/// A server that answers with the name it was asked for in the TLS handshake.
async fn tls_server(folder: &Path, name: &str) -> SocketAddr {
    let certificate = CertificateDer::from(std::fs::read(folder.join(name)).unwrap());
    let key = std::fs::read(folder.join(format!("{name}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key).into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    server("127.0.0.1", move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let name = stream.get_ref().1.server_name().unwrap_or("no name").to_owned();
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

fn https(host: Option<&str>, receive: &str) -> Check {
    let (host, path) = (host.map(str::to_owned), "/".to_owned());
    Check::Http(Http { tls: true, method: Method::Get, host, path, receive: pattern(receive) })
}

const FOLDER: &str = "LVS_CHECKERS_TLS_FOLDER";
const CERTIFICATES: &[(&str, Signs)] = &[
    ("signed", Signs::Authority),
    ("itself", Signs::Itself),
    ("member", Signs::Stranger),
    ("stranger", Signs::Itself),
    ("stranger-ca", Signs::Itself),
    ("expired", Signs::Authority),
    ("itself-expired", Signs::Itself),
    ("early", Signs::Authority),
    ("client", Signs::Authority),
];
/// Those that are in the system's store themselves.
const STORE: [&str; 3] = ["itself", "member", "itself-expired"];
const UNKNOWN: &str = "signed by an authority that is not trusted: add that to the system's store \
                       (update-ca-certificates) and restart, or let the server send its whole chain";
const CA: &str = "a CA certificate used as a server's: add this very one to the system's store \
                  (update-ca-certificates) and restart, or give the server one of its own";
const EXPIRED: &str = "it, or one that it hangs on, expired on 2001-01-01T00:00:00Z";
const EARLY: &str =
    "it, or one that it hangs on, is not valid before 3001-01-01T00:00:00Z; the time";
