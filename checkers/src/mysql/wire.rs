//! MySQL's packets on a stream: three bytes of length, one of sequence, the rest.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::Tls;
use crate::asking::Failure;
use crate::stream::Stream;

/// A connection, and the number of the next packet.
pub(super) struct Wire {
    stream: Stream,
    sequence: u8,
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        Wire { stream, sequence: 0 }
    }

    /// Shakes hands for TLS; the numbers go on.
    pub(super) async fn secure(self, tls: &Tls) -> Result<Self, Failure> {
        // nothing was read ahead: what a server says before TLS is no TLS, and ends the handshake
        Ok(Wire { stream: self.stream.secure(tls).await?, ..self })
    }

    /// A whole packet; the server's error packet is the failure it says.
    pub(super) async fn read(&mut self) -> Result<Vec<u8>, Failure> {
        let length = self.header().await?;
        if length > PACKET_LIMIT {
            return Err(format!("not MySQL: a packet of {length} bytes").into());
        }
        let mut packet = Vec::new();
        (&mut self.stream).take(length.into()).read_to_end(&mut packet).await?;
        match packet.as_slice() {
            whole if whole.len() < length as usize => {
                Err("closed in the middle of a packet".into())
            }
            [ERROR, rest @ ..] => Err(refused(rest)),
            _ => Ok(packet),
        }
    }

    /// A packet's length and first byte, for one whose rest may be as long as it likes; an error
    /// packet is the failure it says.
    pub(super) async fn read_start(&mut self) -> Result<(u32, Option<u8>), Failure> {
        let length = self.header().await?;
        if length == 0 {
            return Ok((0, None));
        }
        match self.stream.read_u8().await? {
            ERROR => {
                let mut rest = Vec::new();
                let limit = u64::from(length - 1).min(PACKET_LIMIT.into());
                (&mut self.stream).take(limit).read_to_end(&mut rest).await?;
                Err(refused(&rest))
            }
            first => Ok((length, Some(first))),
        }
    }

    pub(super) async fn write(&mut self, packet: &[u8]) -> Result<(), Failure> {
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        if length > PACKET_LIMIT {
            return Err("the request is too long".into());
        }
        let [a, b, c, _] = length.to_le_bytes();
        let bytes = [&[a, b, c, self.sequence], packet].concat();
        self.sequence = self.sequence.wrapping_add(1);
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// A command begins a new dialogue, and its numbers.
    pub(super) async fn command(&mut self, command: u8, rest: &[u8]) -> Result<(), Failure> {
        self.sequence = 0;
        self.write(&[&[command], rest].concat()).await
    }

    async fn header(&mut self) -> Result<u32, Failure> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).await?;
        let [a, b, c, sequence] = header;
        self.sequence = sequence.wrapping_add(1);
        Ok(u32::from_le_bytes([a, b, c, 0]))
    }
}

/// An error packet's number and text, after its first byte and without its SQL state.
fn refused(rest: &[u8]) -> Failure {
    match rest {
        [low, high, b'#', _, _, _, _, _, text @ ..] | [low, high, text @ ..] => {
            let code = u16::from_le_bytes([*low, *high]);
            format!("error {code}: {}", String::from_utf8_lossy(text)).into()
        }
        _ => "an error of the server's, without a number".into(),
    }
}

/// Bytes in a packet that is read or written whole: greeting, login, query, one column.
pub(super) const PACKET_LIMIT: u32 = 64 * 1024;
const ERROR: u8 = 0xff;
