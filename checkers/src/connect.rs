//! TCP connect: the server's kernel answers, whether or not anyone reads.

use crate::asking::{Answer, Asking};

/// Does the server accept a connection? It is closed at once, and nothing is said.
pub(crate) struct Connect;

impl Connect {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        asking.connect().await?;
        Ok("connected".to_owned())
    }
}
