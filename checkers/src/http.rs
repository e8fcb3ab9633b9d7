//! HTTP and HTTPS, version 1.1 (RFC 9112), as ldirectord's http and https: one request, redirects
//! followed, the final answer judged by its status and its body.

mod names;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::header::{HOST, HeaderValue, LOCATION};
use reqwest::{Client, Response, Url, redirect};
use serde::{Deserialize, Serialize};
use tower::util::MapResponseLayer;

use crate::asking::{Answer, Asking, Failure, Phase};
use crate::{Pattern, tls};
use names::Names;

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
    /// What the body must hold, in its first MiB.
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

impl Http {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let method = match self.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
        };
        let real = self.real(asking.address)?;
        let mut url = self.named(&real);
        let names = Names::new(url.domain(), asking.address.ip());
        let client = self.client(&asking.phase, &names)?;
        let host = self.host.as_deref().or(real.host_str()).unwrap_or_default();
        let host = HeaderValue::from_str(host).map_err(|_| "the virtual host is no host name")?;
        let mut request = client.request(method.clone(), url.clone()).header(HOST, host);
        for _ in 0..=MOST_REDIRECTS {
            let response = request.send().await.map_err(failure)?;
            let Some(next) = redirected(&response)? else {
                return self.judge(&asking.phase, response).await;
            };
            if let Some(name) = next.domain() {
                names.learn(name, &asking.phase).await?;
            }
            asking.phase.enter(format!("redirected, connecting to {next}"));
            request = client.request(method.clone(), next.clone());
            url = next;
        }
        Err(format!("more than {MOST_REDIRECTS} redirects, the last to {url}").into())
    }

    /// The question with the real's address in it.
    fn real(&self, address: SocketAddr) -> Result<Url, Failure> {
        let scheme = if self.tls { "https" } else { "http" };
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        // whatever the path holds, it cannot change whom it is sent to: the authority ends before it
        let url = Url::parse(&format!("{scheme}://{address}{slash}{}", self.path));
        url.map_err(|e| format!("the request is no URL path: {e}").into())
    }

    /// The same with the virtual host's name, for TLS to show. A name that is an address stays in
    /// the Host header only: the connection would go there.
    fn named(&self, real: &Url) -> Url {
        let mut url = real.clone();
        let name = self.host.as_deref().map(|host| host.split(':').next().unwrap_or_default());
        match name.map(|name| url.set_host(Some(name))) {
            Some(Ok(())) if url.domain().is_some() => url,
            _ => real.clone(),
        }
    }

    /// A client for this one check: it keeps no connection, and costs microseconds because the TLS
    /// setup is shared.
    fn client(&self, phase: &Phase, names: &Arc<Names>) -> Result<Client, Failure> {
        if self.tls {
            phase.enter("connecting or shaking hands for TLS");
        }
        let client = Client::builder()
            .http1_only()
            // a browser and ldirectord would not mind such headers, and nobody reads them here
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .user_agent(concat!("lvs-director/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::clone(names))
            .connector_layer(MapResponseLayer::new(connected(phase.clone())))
            .tls_backend_preconfigured(self.tls_setup()?);
        client.build().map_err(failure)
    }

    /// A plain question may be redirected to TLS, so that it needs the setup too.
    fn tls_setup(&self) -> Result<rustls::ClientConfig, Failure> {
        match tls::setup() {
            Err(_) if !self.tls => Ok(tls::trusting(Vec::new())?),
            setup => setup,
        }
    }

    /// Judges the final answer by its status and the first MiB of its body.
    async fn judge(&self, phase: &Phase, mut response: Response) -> Answer {
        let status = response.status();
        let words = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or(""));
        let words = words.trim_end();
        if !status.is_success() {
            return Err(words.to_owned().into());
        }
        phase.enter(format!("{words}, reading the body"));
        let mut body = Vec::new();
        let mut look_at = 1;
        let broke = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(failure(error)),
            }
            if body.len() >= BODY_LIMIT {
                break None;
            }
            // at each doubling: a body that comes byte by byte must not be searched byte by byte
            if body.len() >= look_at {
                look_at = body.len() * 2;
                if self.receive.as_ref().is_some_and(|pattern| pattern.is_settled(&body)) {
                    return Ok(words.to_owned());
                }
            }
        };
        match (&self.receive, broke) {
            (Some(pattern), _) if pattern.is_match(&body) => Ok(words.to_owned()),
            (_, Some(broke)) => Err(broke),
            (Some(pattern), None) => {
                Err(format!("{words}, but the body does not match \"{pattern}\"").into())
            }
            (None, None) => Ok(words.to_owned()),
        }
    }
}

/// Where an answer sends us, if it does. Only http and https are followed.
fn redirected(response: &Response) -> Result<Option<Url>, Failure> {
    let (301 | 302 | 303 | 307 | 308, Some(location)) =
        (response.status().as_u16(), response.headers().get(LOCATION))
    else {
        return Ok(None);
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let url = response.url().join(&location);
    match url.ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => Ok(Some(url)),
        None => Err(format!("redirected to \"{location}\", which is not followed").into()),
    }
}

/// Notes that a connection stands, TLS included.
fn connected<C>(phase: Phase) -> impl Fn(C) -> C + Clone + Send + Sync {
    move |connection| {
        phase.enter("connected, waiting for the answer");
        connection
    }
}

/// The innermost cause is the one an administrator can act on.
fn failure(error: reqwest::Error) -> Failure {
    let mut cause: &dyn Error = &error;
    loop {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Failure::Said(tls::words(tls));
        }
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            match (io.raw_os_error(), io.get_ref()) {
                (Some(errno), _) => return Failure::Io(io::Error::from_raw_os_error(errno)),
                (None, Some(inner)) if inner.is::<rustls::Error>() || inner.is::<io::Error>() => {
                    cause = inner;
                    continue;
                }
                _ => return Failure::Io(io::Error::new(io.kind(), io.to_string())),
            }
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return format!("no proper HTTP answer: {cause}").into(),
        }
    }
}

/// As many as ldirectord follows.
const MOST_REDIRECTS: usize = 7;
/// Bytes of a body that are read; those of the last piece may be more.
const BODY_LIMIT: usize = 1 << 20;
