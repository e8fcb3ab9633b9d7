//! One of the requests of a check, the first or what a redirect asks for: where it goes, what is in it,
//! and what of ours it may carry there.

use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Uri};
use tokio::time::{Instant, timeout};
use url::{Host, Position, Url};

use super::{AGENT, Http, Method, Version, names, two};
use crate::asking::{Asking, Failure};
use crate::progress::Progress;
use crate::stream::Stream;
use crate::{Security, Tls, words};

/// A request.
pub(super) struct Hop<'a> {
    http: &'a Http,
    real: IpAddr,
    first: Url,
    /// Where a redirect led.
    next: Option<Url>,
}

impl<'a> Hop<'a> {
    /// The check's question.
    pub(super) fn first(http: &'a Http, real: SocketAddr) -> Result<Self, Failure> {
        let first = if http.proxy { proxied(&http.path)? } else { named(http, real)? };
        Ok(Hop { http, real: real.ip(), first, next: None })
    }

    /// What a redirect asks for.
    pub(super) fn next(self, mut url: Url) -> Self {
        // they would be somebody else's
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Hop { next: Some(url), ..self }
    }

    pub(super) fn is_first(&self) -> bool {
        self.next.is_none()
    }

    pub(super) fn url(&self) -> &Url {
        self.next.as_ref().unwrap_or(&self.first)
    }

    /// A connection to where it goes.
    pub(super) async fn connect(&self, asking: &Asking) -> Result<Stream, Failure> {
        if self.is_first() || self.http.proxy {
            return self.connect_by(asking, &self.http.security).await;
        }
        let port = self.url().port_or_known_default().unwrap_or_default();
        let mut real = asking.address;
        real.set_port(port);
        let addresses = match self.url().host() {
            _ if self.is_home() => vec![real],
            Some(Host::Ipv4(ip)) => vec![SocketAddr::new(ip.into(), port)],
            Some(Host::Ipv6(ip)) => vec![SocketAddr::new(ip.into(), port)],
            Some(Host::Domain(name)) => names::look_up(name, port, &asking.progress).await?,
            None => Vec::new(),
        };
        let security = self.security();
        let mut failed = format!("redirected to {}, which has no address", self.url()).into();
        for (tried, address) in addresses.iter().enumerate() {
            let asking = Asking { address: *address, ..asking.clone() };
            asking.progress.enter(format!("redirected, connecting to {}", self.url()));
            let connecting = self.connect_by(&asking, &security);
            let left = asking.deadline.saturating_duration_since(Instant::now());
            let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            if others == 1 {
                return connecting.await;
            }
            // an address that swallows everything must leave time for the next one
            match timeout(left / others, connecting).await {
                Ok(Err(failure)) => failed = failure,
                Ok(Ok(stream)) => return Ok(stream),
                Err(_) => {}
            }
        }
        Err(failed)
    }

    async fn connect_by(&self, asking: &Asking, security: &Security) -> Result<Stream, Failure> {
        match (self.http.version, security) {
            (Version::Two, _) => two::connect(asking, security).await,
            (Version::One, Security::StartTls(_)) => Err(two::NO_STARTTLS.into()),
            // no protocol is offered (ALPN), as by ldirectord: that means HTTP/1.1 to every server
            (Version::One, Security::Plain | Security::Tls(_)) => asking.connect_by(security).await,
        }
    }

    /// Whether TLS is spoken where a redirect leads, and how: our own certificate is for the real.
    fn security(&self) -> Security {
        if self.url().scheme() != "https" {
            return Security::Plain;
        }
        let server_name = self.url().domain().map(str::to_owned);
        Security::Tls(match &self.http.security {
            Security::Tls(tls) if self.is_home() => tls.clone(),
            Security::Tls(tls) => Tls { server_name, identity: None, ..tls.clone() },
            _ => Tls { server_name, ..Tls::default() },
        })
    }

    /// Whether it goes to the real, by its address or the virtual host's name; for a proxy: whether
    /// it is for the first question's host.
    fn is_home(&self) -> bool {
        let to_real = match self.url().host() {
            Some(Host::Ipv4(ip)) => self.real.to_canonical() == IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => self.real == IpAddr::V6(ip),
            _ => false,
        };
        self.url().host() == self.first.host() || (to_real && !self.http.proxy)
    }

    /// Whether it may carry what is meant for the real only: not elsewhere, nor in the clear after TLS.
    fn is_trusted(&self) -> bool {
        self.is_home() && (self.url().scheme() == "https" || self.first.scheme() == "http")
    }

    /// The request as it is sent.
    pub(super) fn request(&self, progress: &Progress) -> Result<Request<()>, Failure> {
        let mut headers = self.headers(progress)?;
        let url = self.url();
        let target = match self.http.version {
            Version::One if self.http.proxy => url[..Position::AfterQuery].parse(),
            Version::One => url[Position::BeforePath..Position::AfterQuery].parse(),
            Version::Two => {
                headers.remove(header::CONNECTION);
                let host = headers.remove(header::HOST);
                let target = Uri::builder().scheme(url.scheme());
                let host = host.as_ref().map(HeaderValue::as_bytes).unwrap_or_default();
                let target = target.authority(host);
                let target =
                    target.path_and_query(&url[Position::BeforePath..Position::AfterQuery]);
                return built(self.http.method, target.build().map_err(|_| NO_HOST)?, headers);
            }
        };
        let target = target.map_err(|e| format!("the request is no URL path: {e}"))?;
        built(self.http.method, target, headers)
    }

    fn headers(&self, progress: &Progress) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(self.host()).map_err(|_| NO_HOST)?);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if self.http.proxy {
            self.log_in(progress, header::PROXY_AUTHORIZATION, &mut headers)?;
        } else if self.is_trusted() {
            self.log_in(progress, header::AUTHORIZATION, &mut headers)?;
        }
        let given = if self.is_trusted() { self.http.headers.as_slice() } else { &[] };
        let mut replaced = Vec::new();
        for (name, value) in given {
            // not with its value, which may be a password
            let no_header =
                |_| format!("the header {} cannot be sent", words::quoted(name.as_bytes()));
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| no_header(()))?;
            let text = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| no_header(()))?;
            if SECRET.contains(&header) {
                progress.hide(value.as_bytes());
            }
            if header == header::HOST && !self.is_first() {
                continue;
            }
            if replaced.contains(&header) {
                headers.append(header, text);
            } else {
                headers.insert(header.clone(), text);
                replaced.push(header);
            }
        }
        Ok(headers)
    }

    /// Says who we are, if we do.
    fn log_in(
        &self,
        progress: &Progress,
        header: HeaderName,
        headers: &mut HeaderMap,
    ) -> Result<(), Failure> {
        let Some(login) = &self.http.login else { return Ok(()) };
        let said = STANDARD.encode(format!("{}:{}", login.user, &*login.passwd));
        progress.hide(said.as_bytes());
        progress.hide(login.passwd.as_bytes());
        let value = HeaderValue::from_str(&format!("Basic {said}"));
        headers.insert(header, value.map_err(|_| "the login cannot be sent")?);
        Ok(())
    }

    /// The name of the host that is asked.
    fn host(&self) -> &str {
        match &self.http.host {
            _ if !self.is_first() || self.http.proxy => {
                &self.url()[Position::BeforeHost..Position::AfterPort]
            }
            Some(host) => host,
            None => self.first.host_str().unwrap_or_default(),
        }
    }
}

fn built(method: Method, target: Uri, headers: HeaderMap) -> Result<Request<()>, Failure> {
    let mut request = Request::new(());
    *request.method_mut() = match method {
        Method::Get => hyper::Method::GET,
        Method::Head => hyper::Method::HEAD,
    };
    *request.uri_mut() = target;
    *request.headers_mut() = headers;
    Ok(request)
}

/// What a proxy is asked for.
fn proxied(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| {
        let example = "such as http://www.example/";
        format!("a proxy is asked for a whole URL, {example}, and not for \"{text}\"").into()
    })
}

/// What the real is asked for, by the virtual host's name if that is one. A name that is an address
/// stays in the Host header only: redirects would go there.
fn named(http: &Http, real: SocketAddr) -> Result<Url, Failure> {
    let scheme = if http.security == Security::Plain { "http" } else { "https" };
    let slash = if http.path.starts_with('/') { "" } else { "/" };
    // without a link-local address's interface, which is nobody else's
    let address = SocketAddr::new(real.ip(), real.port());
    // whatever the path holds, it cannot change whom it is sent to: the authority ends before it
    let url = Url::parse(&format!("{scheme}://{address}{slash}{}", http.path));
    let url = url.map_err(|e| format!("the request is no URL path: {e}"))?;
    let mut named = url.clone();
    let name = http.host.as_deref().map(|host| host.split(':').next().unwrap_or_default());
    match name.map(|name| named.set_host(Some(name))) {
        Some(Ok(())) if named.domain().is_some() => Ok(named),
        _ => Ok(url),
    }
}

/// Headers whose values no transcript shows.
const SECRET: &[HeaderName] = &[header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE];
const NO_HOST: &str = "the virtual host is no host name";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::Login;
    use crate::tests::http::http;

    proptest! {
        #[test]
        fn no_text_panics_or_gives_us_away(
            host in proptest::option::of(any::<String>()),
            path in "\\PC{0,40}",
            location in r"((https?:)?//)?(\PC{0,8}@)?[a-z0-9.:\[\]%]{0,12}\PC{0,20}",
            proxy: bool,
            two: bool,
        ) {
            let version = if two { Version::Two } else { Version::One };
            let login = Some(Login { user: "u".to_owned(), passwd: "p".into() });
            let headers = vec![("x-ours".to_owned(), "y".to_owned())];
            let http = Http { host, path, proxy, version, login, headers, ..http() };
            let progress = Progress::new(Instant::now(), None);
            let real = SocketAddr::from(([192, 0, 2, 1], 80));
            let Ok(first) = Hop::first(&http, real) else { return Ok(()) };
            let _ = first.request(&progress);
            let url = first.url().join(&location);
            let Ok(url) = url.map(|url| first.next(url)) else { return Ok(()) };
            if let Ok(request) = url.request(&progress) {
                prop_assert!(!request.uri().to_string().contains('@') || url.url().path().contains('@')
                    || url.url().query().is_some_and(|query| query.contains('@')));
                let ours = ["x-ours", "authorization"].map(|name| request.headers().contains_key(name));
                prop_assert_eq!(ours, [url.is_trusted(), url.is_trusted() && !proxy]);
            }
        }
    }
}
