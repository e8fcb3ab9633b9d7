//! gRPC health (grpc.health.v1), over HTTP/2.

use serde::{Deserialize, Serialize};

use crate::Security;
use crate::asking::{Answer, Asking};

/// Does it say that it is serving?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grpc {
    /// Whether TLS comes first, or never.
    pub security: Security,
    /// The name of the host, for `:authority`; the real's address if none.
    pub host: Option<String>,
    /// The service that is asked about; the whole server if empty.
    pub service: String,
}

impl Grpc {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
