//! How a connection is secured, as it is configured.

use serde::{Deserialize, Serialize};

/// Whether, and when, a connection speaks TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Security {
    /// Never.
    #[default]
    Plain,
    /// From the first byte on.
    Tls(Tls),
    /// After the protocol's own word for it (STARTTLS, STLS, AUTH TLS); a server that knows no
    /// such word fails.
    StartTls(Tls),
}

/// How TLS is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tls {
    /// What the server's certificate must prove.
    pub verify: Verify,
    /// The name that the server is told it is called by (SNI); none is told without it, or if it is
    /// an address.
    pub server_name: Option<String>,
    /// A file of certificates (PEM) that are trusted, and whom they signed; the system's
    /// authorities without it.
    pub authorities: Option<String>,
    /// What we show of ourselves if the server asks.
    pub identity: Option<Identity>,
}

/// What a server's certificate must prove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verify {
    /// Nothing: any certificate will do.
    No,
    /// That somebody who is trusted signed it, and that it is valid now; as ldirectord on Debian 12,
    /// for reals are addressed by number.
    #[default]
    Chain,
    /// The same, and that it is for the server's name, or without that for its address.
    Name,
}

/// A certificate of our own and its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// A file with the certificate and what it hangs on (PEM).
    pub certificate: String,
    /// A file with its key (PEM); it may be the same.
    pub key: String,
}
