//! gRPC health (grpc.health.v1), over HTTP/2: one call of Check, up if the answer is SERVING. Its few bytes
//! of protobuf are written and read by hand.

mod message;

use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE, USER_AGENT};
use hyper::{Method, Request, Uri};
use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::http::response::Response;
use crate::http::{AGENT, two};
use crate::{Security, words};

/// Does it say that it is serving?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grpc {
    /// Whether TLS comes first, or never.
    pub security: Security,
    /// The name of the host, for `:authority`; the real's address and port if none.
    pub host: Option<String>,
    /// The service that is asked about; the whole server if empty.
    pub service: String,
}

impl Grpc {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let request = self.request(asking)?;
        let stream = two::connect(asking, &self.security).await?;
        asking.progress.enter("connected, waiting for the answer");
        let question = Bytes::from(message::question(&self.service));
        let mut response = two::exchange(stream, request, Some(question)).await?;
        if response.head.status.as_u16() != 200 {
            return Err(format!("no gRPC answer: {}", response.words()).into());
        }
        let kind = response.head.headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        if !kind.starts_with(b"application/grpc") {
            let kind = words::quoted(kind);
            return Err(format!("no gRPC answer: {}, of type {kind}", response.words()).into());
        }
        asking.progress.enter("an answer has begun");
        // an answer that is only an error has its status in the head
        self.judge_status(&response.head.headers, false)?;
        let body = body(&mut response).await?;
        let trailers = response.trailers().await?;
        if !response.head.headers.contains_key(STATUS) {
            self.judge_status(&trailers, true)?;
        }
        match message::answer(&body)? {
            message::SERVING => Ok("SERVING".to_owned()),
            0 => Err("UNKNOWN: the server does not know how it is".into()),
            2 => Err("NOT_SERVING".into()),
            3 => Err(self.unknown()),
            other => Err(format!("the server is in state {other}, which is no known one").into()),
        }
    }

    fn request(&self, asking: &Asking) -> Result<Request<()>, Failure> {
        let address = asking.address.to_string();
        let scheme = if self.security == Security::Plain { "http" } else { "https" };
        let target = Uri::builder().scheme(scheme).path_and_query(METHOD);
        let target = target.authority(self.host.as_deref().unwrap_or(&address)).build();
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = target.map_err(|_| "the virtual host is no host name")?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        Ok(request)
    }

    /// Judges how the call went, which is something else than how the server is.
    fn judge_status(&self, headers: &HeaderMap, must: bool) -> Result<(), Failure> {
        let text = |name| headers.get(name).map(HeaderValue::as_bytes);
        let said = text(MESSAGE).map(message::decoded).filter(|said| !said.is_empty());
        let said = said.map(|said| format!(": {}", words::quoted(&said))).unwrap_or_default();
        match text(STATUS) {
            None if must => Err("the answer has no grpc-status".into()),
            None | Some(b"0") => Ok(()),
            Some(b"5") => Err(self.unknown()),
            Some(b"12") => Err(format!("the server has no {SERVICE}{said}").into()),
            Some(code) => {
                let name = std::str::from_utf8(code).ok().and_then(|code| code.parse().ok());
                let name = name.and_then(|code: usize| CODES.get(code));
                let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
                Err(format!("grpc-status {}{name}{said}", words::quoted(code).trim_matches('"'))
                    .into())
            }
        }
    }

    fn unknown(&self) -> Failure {
        match self.service.as_str() {
            "" => "the server does not know how it is as a whole: name a service of it".into(),
            service => format!("the server knows no service \"{service}\"").into(),
        }
    }
}

/// The whole body; a longer one is none of this call.
async fn body(response: &mut Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = response.piece().await? {
        body.extend_from_slice(&piece);
        if body.len() > BODY_LIMIT {
            return Err(format!("an answer of more than {BODY_LIMIT} bytes").into());
        }
    }
    Ok(body)
}

const SERVICE: &str = "grpc.health.v1.Health";
const METHOD: &str = "/grpc.health.v1.Health/Check";
const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";
/// Bytes of an answer; an honest one has 7.
const BODY_LIMIT: usize = 64 * 1024;
/// What the codes of gRPC are called.
const CODES: &[&str] = &[
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
