//! No certificate of ours, and the memory of having been asked for one: a web server may finish the
//! handshake without it, and refuse the request afterwards (nginx with 400, Apache with 403).

use std::fmt;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

use crate::progress::Progress;

/// Shows none, and tells one connection's progress that it was asked for.
pub(crate) struct Unshown(pub(crate) Progress);

impl ResolvesClientCert for Unshown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.certificate_asked(true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

impl fmt::Debug for Unshown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unshown")
    }
}
