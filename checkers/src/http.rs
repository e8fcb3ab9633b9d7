//! HTTP and HTTPS.

use serde::{Deserialize, Serialize};

use crate::Pattern;

/// Does a request get a 2xx answer, and does the body match?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// Speak TLS. The certificate's chain is verified against the system's authorities, its name
    /// is not (as ldirectord does on Debian 12: reals are addressed by number).
    pub tls: bool,
    /// The request's method.
    pub method: Method,
    /// The name in the Host header and in TLS's server name indication; the real's address if none.
    /// The connection goes to the real all the same.
    pub host: Option<String>,
    /// What is asked for, with its leading `/`.
    pub path: String,
    /// What the body must hold.
    pub receive: Option<Pattern>,
}

/// The methods that can ask whether a server is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD; the body is empty, so that no `receive` ever matches.
    Head,
}
