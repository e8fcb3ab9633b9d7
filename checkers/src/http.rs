//! HTTP and HTTPS, versions 1.1 (RFC 9112) and 2 (RFC 9113), as ldirectord's http, https and http_proxy: one
//! request, redirects followed, the final answer judged by its status and its body.

mod bounded;
mod hop;
mod names;
pub(crate) mod one;
pub(crate) mod response;
mod statuses;
pub(crate) mod two;

use std::borrow::Cow;

use hyper::header::LOCATION;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::asking::{Answer, Asking, Failure};
use crate::progress::Progress;
use crate::stream::Stream;
use crate::{Pattern, Secret, Security};
use hop::Hop;
use response::Response;
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
    /// The name in the Host header; the real's address if none, the URL's where `proxy` is set.
    /// The connection goes to the real all the same.
    pub host: Option<String>,
    /// What is asked for, with its leading `/`; the whole URL where `proxy` is set.
    pub path: String,
    /// Whether the server is a proxy, and asked for a whole URL.
    pub proxy: bool,
    /// Further headers, name and value; they take the place of ours of that name. A redirect to
    /// another host carries none of them.
    pub headers: Vec<(String, String)>,
    /// Who we say we are (basic authentication, RFC 7617), to the server, or to it as a proxy.
    pub login: Option<Login>,
    /// The final statuses that are taken for well; a redirect that is one of them is final.
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
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let mut hop = Hop::first(self, asking.address)?;
        for _ in 0..=MOST_REDIRECTS {
            let request = hop.request(&asking.progress)?;
            let stream = hop.connect(asking).await?;
            asking.progress.enter(match hop.is_first() {
                true => Cow::Borrowed("connected, waiting for the answer"),
                false => format!("redirected to {}, waiting for the answer", hop.url()).into(),
            });
            let response = self.exchange(stream, request).await?;
            let next = match self.statuses.contain(response.head.status.as_u16()) {
                true => None,
                false => redirected(hop.url(), &response)?,
            };
            match next {
                Some(url) => hop = hop.next(url),
                None => return self.judge(&asking.progress, response).await,
            }
            asking.progress.enter(format!("redirected, connecting to {}", hop.url()));
        }
        Err(format!("more than {MOST_REDIRECTS} redirects, the last to {}", hop.url()).into())
    }

    async fn exchange(
        &self,
        stream: Stream,
        request: hyper::Request<()>,
    ) -> Result<Response, Failure> {
        match self.version {
            Version::One => one::exchange(stream, request).await,
            Version::Two => two::exchange(stream, request, None).await,
        }
    }

    /// Judges the final answer by its status and the first MiB of its body.
    async fn judge(&self, progress: &Progress, mut response: Response) -> Answer {
        let words = response.words();
        let status = response.head.status.as_u16();
        if !self.statuses.contain(status) {
            let other = self.statuses != Statuses::default();
            let words = if other { format!("{words}, and not {}", self.statuses) } else { words };
            let asked = matches!(status, 400 | 401 | 403) && progress.is_certificate_asked();
            return Err(format!("{words}{}", if asked { UNSHOWN } else { "" }).into());
        }
        progress.enter(format!("{words}, reading the body"));
        let Some(pattern) = &self.receive else {
            let mut length = 0;
            while length < BODY_LIMIT
                && let Some(piece) = response.piece().await?
            {
                length += piece.len();
            }
            return Ok(words);
        };
        let mut body = Vec::new();
        let mut look_at = 1;
        let broke = loop {
            match response.piece().await {
                Ok(Some(piece)) => body.extend_from_slice(&piece),
                Ok(None) => break None,
                Err(failure) => break Some(failure),
            }
            if body.len() >= BODY_LIMIT {
                break None;
            }
            // at each doubling: a body that comes byte by byte must not be searched byte by byte
            if body.len() >= look_at {
                look_at = body.len() * 2;
                if pattern.is_settled(&body) {
                    return Ok(words);
                }
            }
        };
        match broke {
            _ if pattern.is_match(&body) => Ok(words),
            Some(broke) => Err(broke),
            None => {
                let seen = if body.len() < BODY_LIMIT { "" } else { " in its first MiB" };
                Err(format!("{words}, but the body does not match \"{pattern}\"{seen}").into())
            }
        }
    }
}

/// Where an answer sends us, if it does. Only http and https are followed.
fn redirected(from: &Url, response: &Response) -> Result<Option<Url>, Failure> {
    let (301 | 302 | 303 | 307 | 308, Some(location)) =
        (response.head.status.as_u16(), response.head.headers.get(LOCATION))
    else {
        return Ok(None);
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let url = from.join(&location);
    match url.ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => Ok(Some(url)),
        None => Err(format!("redirected to \"{location}\", which is not followed").into()),
    }
}

/// Who we are.
pub(crate) const AGENT: &str = concat!("lvs-director/", env!("CARGO_PKG_VERSION"));
/// What may be behind a refusal.
const UNSHOWN: &str = "; the server asks for a client certificate (tlscert), and none was shown";
/// As many as ldirectord follows.
const MOST_REDIRECTS: usize = 7;
/// Bytes of a body that are read; those of the last piece may be more.
const BODY_LIMIT: usize = 1 << 20;
