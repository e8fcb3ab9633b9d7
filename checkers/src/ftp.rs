//! FTP (RFC 959), as ldirectord's ftp, except that data connections are passive; and AUTH TLS
//! (RFC 4217), where it is wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Secret, Security};

/// Can one log in and fetch a file, and does it hold what it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ftp {
    /// Whether AUTH TLS comes first.
    pub security: Security,
    /// The user's name.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The file that is fetched.
    pub file: String,
    /// What the file must hold; nothing is fetched without it.
    pub receive: Option<Pattern>,
}

impl Ftp {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
