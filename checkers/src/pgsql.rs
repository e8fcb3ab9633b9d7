//! PostgreSQL (protocol 3.0), as ldirectord's pgsql, except that the query is asked once; and SSLRequest,
//! where it is wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Secret, Security};

/// Can one log in, and does a query return a row?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pgsql {
    /// Whether TLS is asked for.
    pub security: Security,
    /// The user's name.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The database; the user's own if empty.
    pub database: String,
    /// The query.
    pub query: String,
}

impl Pgsql {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
