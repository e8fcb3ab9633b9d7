//! TLS for every protocol: a setup is made once for all who want the same, and again when a file
//! that it was made of has changed.

mod certificate;
mod files;
mod kept;
mod unshown;
mod verifier;
mod words;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use tokio::sync::Semaphore;

use crate::asking::Failure;
use crate::progress::Progress;
use crate::security::{Tls, Verify};
pub(crate) use certificate::until;
use files::Stamps;
use kept::Kept;
pub(crate) use unshown::Unshown;
use verifier::Verifier;
pub(crate) use words::words;

impl Tls {
    /// Whether a certificate can be made out to this name or address.
    pub fn is_server_name(name: &str) -> bool {
        ServerName::try_from(name).is_ok()
    }

    /// Whether TLS can be set up like this: whether the files are there and hold what they should.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn try_setup(&self) -> Result<(), String> {
        make(self).map(|_| ())
    }
}

/// The setup of a connection. What is wrong with its files, while that does no harm yet, is a warning.
pub(crate) async fn setup(tls: &Tls, progress: &Progress) -> Result<Arc<ClientConfig>, Failure> {
    // the setup is the same under every name
    let tls = Tls { server_name: None, ..tls.clone() };
    let kept = kept(&tls);
    let look = move |before: Option<&Stamps>| {
        let stamps = files::stamps(&tls);
        match before {
            Some(before) if *before == stamps => None,
            _ => Some(make(&tls).map(|setup| (stamps, setup))),
        }
    };
    let (setup, warning) = kept.setup(&LOOKS, progress, look).await?;
    if let Some(warning) = warning {
        progress.warn_of_setup(warning);
    }
    Ok(setup)
}

/// A setup for the connections of one check, which are one session where the server wants that.
pub(crate) async fn one_session(
    tls: &Tls,
    progress: &Progress,
) -> Result<Arc<ClientConfig>, Failure> {
    let mut setup = setup(tls, progress).await?;
    Arc::make_mut(&mut setup).resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(setup)
}

/// The name that the server is called by: the one configured, else its address. A virtual host that
/// TLS cannot show is none.
pub(crate) fn server_name(tls: &Tls, peer: SocketAddr) -> Result<ServerName<'static>, Failure> {
    let address = || ServerName::IpAddress(peer.ip().to_canonical().into());
    match &tls.server_name {
        None => Ok(address()),
        Some(name) => match ServerName::try_from(name.clone()) {
            Err(_) if tls.verify == Verify::Name => {
                Err(format!("{name} is no name that TLS could show").into())
            }
            name => Ok(name.unwrap_or_else(|_| address())),
        },
    }
}

/// What went wrong in a handshake.
pub(crate) fn failure(error: io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => Failure::Said(words(tls)),
        None => Failure::Io(error),
    }
}

/// What went wrong while reading. A server that closes without TLS's own word for it has closed, as
/// without TLS: whether all of an answer came is seen in the answer.
pub(crate) fn reading(error: io::Error) -> io::Result<()> {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match (error.kind(), tls) {
        (io::ErrorKind::UnexpectedEof, _) => Ok(()),
        (kind, Some(tls)) => Err(io::Error::new(kind, words(tls))),
        (_, None) => Err(error),
    }
}

fn kept(tls: &Tls) -> Arc<Kept> {
    let mut setups = SETUPS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = setups.get(tls) {
        return Arc::clone(kept);
    }
    if setups.len() >= MOST_SETUPS {
        setups.clear();
    }
    Arc::clone(setups.entry(tls.clone()).or_default())
}

fn make(tls: &Tls) -> Result<Arc<ClientConfig>, String> {
    let trusted = match (tls.verify, &tls.authorities) {
        (Verify::No, None) => Vec::new(),
        (_, Some(file)) => files::authorities(file)?,
        (_, None) => files::system()?,
    };
    let verifier = Arc::new(Verifier::new(tls.verify, trusted));
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let mut setup = match &tls.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let certificates = files::certificates(&identity.certificate)?;
            let key = files::key(&identity.key)?;
            builder
                .with_client_auth_cert(certificates, key)
                .map_err(|e| files::misfit(identity, &e))?
        }
    };
    // a resumed session would show no certificate, and tell one real about another's
    setup.resumption = Resumption::disabled();
    Ok(Arc::new(setup))
}

static SETUPS: LazyLock<Mutex<HashMap<Tls, Arc<Kept>>>> = LazyLock::new(Mutex::default);
/// More than one configuration asks for; those of past ones are forgotten by then.
const MOST_SETUPS: usize = 256;
/// Sessions that one check remembers: it has one.
const SESSIONS: usize = 2;
/// Looks at files at one time, in the whole process: one at a disk that hangs may never end.
static LOOKS: Semaphore = Semaphore::const_new(32);
