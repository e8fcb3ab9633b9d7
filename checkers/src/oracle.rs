//! Oracle: does a listener accept a connection (TNS)? With the cargo feature `oracle` it logs in and asks a
//! query, as ldirectord's oracle.

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::asking::{Answer, Asking};

/// Does a listener know a database?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oracle {
    /// The user's name.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The database's SID.
    pub database: String,
    /// The query.
    pub query: String,
}

impl Oracle {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
