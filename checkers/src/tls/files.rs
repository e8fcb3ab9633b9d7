//! The files that a TLS setup is made of.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::security::Tls;
use crate::words;

/// When each file was changed last, and its length.
pub(super) type Stamps = Vec<Option<(SystemTime, u64)>>;

/// The stamps of all files that a setup depends on.
pub(super) fn stamps(tls: &Tls) -> Stamps {
    let mut files: Vec<PathBuf> = match &tls.authorities {
        Some(file) => vec![file.into()],
        None => system_files(),
    };
    if let Some(identity) = &tls.identity {
        files.extend([PathBuf::from(&identity.certificate), PathBuf::from(&identity.key)]);
    }
    files.iter().map(|file| stamp(file)).collect()
}

/// The certificates in a file; at least one.
pub(super) fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = read(file)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let read = read.map_err(|e| format!("{file}: a certificate cannot be read: {e}"))?;
    if read.is_empty() { Err(format!("{file} holds no certificate (PEM)")) } else { Ok(read) }
}

/// The first key in a file.
pub(super) fn key(file: &str) -> Result<PrivateKeyDer<'static>, String> {
    let text = read(file)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|e| format!("{file} holds no private key: {e}"))
}

/// The authorities of this machine, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
pub(super) fn system() -> Result<Vec<CertificateDer<'static>>, String> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map(|e| format!(": {e}")).unwrap_or_default();
        return Err(format!("no certificate authorities on this machine{why}"));
    }
    Ok(found.certs)
}

/// Where the authorities are on the systems there are, unless the environment says so.
fn system_files() -> Vec<PathBuf> {
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter_map(std::env::var_os);
    let named: Vec<_> = named.map(PathBuf::from).collect();
    if named.is_empty() { SYSTEM_FILES.iter().map(PathBuf::from).collect() } else { named }
}

fn read(file: &str) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|e| format!("{file}: {}", words::io(&e)))
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let of = fs::metadata(file).ok()?;
    Some((of.modified().ok()?, of.len()))
}

const SYSTEM_FILES: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
