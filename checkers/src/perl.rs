//! A Perl script of the administrator's, as ldirectord's external-perl.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};

/// Runs a Perl script; it is up if it ends by itself or by `exit 0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perl {
    /// The script's path.
    pub script: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port.
    pub arguments: Vec<String>,
}

impl Perl {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
