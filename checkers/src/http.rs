//! HTTP and HTTPS, versions 1.1 (RFC 9112) and 2 (RFC 9113), as ldirectord's http, https and http_proxy: one
//! request, redirects followed, the final answer judged by its status and its body.

mod statuses;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Secret, Security};
pub use statuses::{Statuses, StatusesError};

/// Does a request get the answer it should, and does the body match?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// Whether TLS comes first, or never.
    pub security: Security,
    /// The version that is spoken, and no other.
    pub version: Version,
    /// The request's method.
    pub method: Method,
    /// The name in the Host header; the real's address if none.
    /// The connection goes to the real all the same.
    pub host: Option<String>,
    /// What is asked for, with its leading `/`; the whole URL where `proxy` is set.
    pub path: String,
    /// Whether the server is a proxy, and asked for a whole URL.
    pub proxy: bool,
    /// Further headers, name and value.
    pub headers: Vec<(String, String)>,
    /// Who we say we are (basic authentication, RFC 7617).
    pub login: Option<Login>,
    /// The final statuses that are taken for well.
    pub statuses: Statuses,
    /// What the body must hold, in its first MiB.
    pub receive: Option<Pattern>,
}

/// A user's name and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The user's name, without a colon.
    pub user: String,
    /// The password.
    pub passwd: Secret,
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// HTTP/1.1.
    #[default]
    One,
    /// HTTP/2; without TLS, with prior knowledge.
    Two,
}

/// The methods that can ask whether a server is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD; the body is empty, so that no `receive` ever matches.
    Head,
}

impl Http {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
