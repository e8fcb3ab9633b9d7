//! TCP connect: the server's kernel answers, whether or not anyone reads.

use crate::asking::{Answer, Asking};
use crate::net::TcpStream;

/// Does the server accept a connection? It is closed at once, and nothing is said.
pub(crate) struct Connect;

impl Connect {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        // not by `asking.connect`, which makes ready for a dialogue
        TcpStream::connect(asking.address).await?;
        asking.progress.connected();
        Ok("connected".to_owned())
    }
}
