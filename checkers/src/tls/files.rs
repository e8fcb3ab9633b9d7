//! The files that a TLS setup is made of.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::OFlags;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, RootCertStore};

use crate::security::{Identity, Tls};
use crate::words;

/// What tells each file from what it was: when it was written and changed last, which it is, its length.
pub(super) type Stamps = Vec<Option<(SystemTime, (i64, i64), u64, u64)>>;

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

/// The certificates in a file that can be trusted; at least one, and none that cannot.
pub(super) fn authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = certificates(file)?;
    for (n, certificate) in (1..).zip(&read) {
        let added = RootCertStore::empty().add(certificate.clone());
        added.map_err(|_| format!("{file}: certificate {n} of {} cannot be read", read.len()))?;
    }
    Ok(read)
}

/// The certificates in a file; at least one.
pub(super) fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = read(file)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let read =
        read.map_err(|e| format!("{file}: a certificate cannot be read: {}", pem_words(&e)))?;
    if read.is_empty() { Err(format!("{file} holds no certificate (PEM)")) } else { Ok(read) }
}

/// The first key in a file.
pub(super) fn key(file: &str) -> Result<PrivateKeyDer<'static>, String> {
    let text = read(file)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        if ENCRYPTED.iter().any(|mark| text.windows(mark.len()).any(|part| part == *mark)) {
            return format!("{file} is encrypted: a key without a passphrase is needed");
        }
        match error {
            pem::Error::NoItemsFound => format!("{file} holds no private key (PEM)"),
            error => format!("{file}: the private key cannot be read: {}", pem_words(&error)),
        }
    })
}

/// Why a certificate and a key cannot be shown together.
pub(super) fn misfit(identity: &Identity, error: &rustls::Error) -> String {
    let Identity { certificate, key } = identity;
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            format!("{certificate} with {key}: the key does not belong to the certificate")
        }
        rustls::Error::InvalidCertificate(_) => {
            format!("{certificate}: the first certificate in it cannot be read")
        }
        rustls::Error::General(_) => format!("{key}: it is no RSA, ECDSA or Ed25519 key"),
        other => format!("{certificate} with {key}: {other}"),
    }
}

/// The authorities of this machine, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
pub(super) fn system() -> Result<Vec<CertificateDer<'static>>, String> {
    for file in system_files() {
        // what is not there is none, and a folder has its own reader
        match fs::metadata(&file) {
            Ok(of) if !of.is_dir() => readable(&file.display().to_string(), &of)?,
            _ => {}
        }
    }
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

/// What a file holds. Whatever else may stand under its name, as a FIFO, is not opened, nor waited for.
fn read(file: &str) -> Result<Vec<u8>, String> {
    let said = |e: io::Error| format!("{file}: {}", words::io(&e));
    readable(file, &fs::metadata(file).map_err(said)?)?;
    let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
    let open = File::options().read(true).custom_flags(nonblocking).open(file).map_err(said)?;
    // it may be another by now
    readable(file, &open.metadata().map_err(said)?)?;
    let mut text = Vec::new();
    open.take(LONGEST + 1).read_to_end(&mut text).map_err(said)?;
    if text.len() as u64 > LONGEST { Err(too_large(file)) } else { Ok(text) }
}

fn readable(file: &str, of: &Metadata) -> Result<(), String> {
    if !of.is_file() {
        return Err(format!("{file} is not a regular file"));
    }
    if of.len() > LONGEST { Err(too_large(file)) } else { Ok(()) }
}

fn too_large(file: &str) -> String {
    format!("{file} is too large: it has more than 16 MiB")
}

fn stamp(file: &Path) -> Option<(SystemTime, (i64, i64), u64, u64)> {
    let of = fs::metadata(file).ok()?;
    Some((of.modified().ok()?, (of.ctime(), of.ctime_nsec()), of.ino(), of.len()))
}

/// Why a file is no PEM.
fn pem_words(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { end_marker } => {
            let end = [b"-----END ", &**end_marker, b"-----"].concat();
            format!("it is cut off, {} is missing", words::quoted(&end))
        }
        pem::Error::IllegalSectionStart { line } => {
            format!("it begins with {}", words::quoted(line))
        }
        pem::Error::Base64Decode(_) => "it is not in base64".to_owned(),
        other => other.to_string(),
    }
}

/// What stands in the file of an encrypted key, new and old.
const ENCRYPTED: [&[u8]; 2] = [b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED"];
/// Bytes in a file: the authorities of all the world take a quarter of one MiB.
const LONGEST: u64 = 16 << 20;
const SYSTEM_FILES: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
