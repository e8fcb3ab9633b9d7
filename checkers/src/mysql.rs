//! MySQL and MariaDB: protocol 41 over TCP, as ldirectord's mysql, except that the query is asked
//! once. mysql_common knows the packets and the passwords; the dialogue is ours, because a check
//! must bound what a server may make it read, allocate and compute, and must end when it is dropped.

mod wire;

use mysql_common::constants::CapabilityFlags;
use mysql_common::crypto::rsa::{GetRandom, Pkcs1OaepPadding, PublicKey};
use mysql_common::io::ParseBuf;
use mysql_common::packets::{
    AuthPlugin, AuthSwitchRequest, HandshakePacket, HandshakeResponse, SslRequest,
};
use mysql_common::proto::MySerialize;
use num_bigint::BigUint;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::asking::{Answer, Asking, Failure};
use crate::{Secret, Security};
use wire::Wire;

/// Logs in and runs one query, which must return at least one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mysql {
    /// Whether TLS is asked for (SSLRequest). The protocol has no other way to it: TLS from the first
    /// byte on is taken for the same.
    pub security: Security,
    /// The user.
    pub login: String,
    /// The password; empty for none.
    pub passwd: Secret,
    /// The database; empty for none.
    pub database: String,
    /// The query.
    pub query: String,
}

impl Mysql {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        if self.login.is_empty() || self.query.is_empty() {
            return Err("a login and a query must be configured".into());
        }
        let mut wire = Wire::new(asking.connect().await?);
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = wire.read().await?;
        let greeting: HandshakePacket<'_> =
            ParseBuf(&greeting).parse(()).map_err(|_| "the greeting is not MySQL's")?;
        if !greeting.capabilities().contains(NEEDED) {
            return Err("the server is too old: it does not speak protocol 41".into());
        }
        if let Security::Tls(tls) | Security::StartTls(tls) = &self.security {
            if !greeting.capabilities().contains(CapabilityFlags::CLIENT_SSL) {
                return Err("the server does not offer TLS".into());
            }
            let request = SslRequest::new(self.capabilities(), wire::PACKET_LIMIT, UTF8MB4);
            wire.write(&packet(&request)).await?;
            wire = wire.secure(tls).await?;
        }
        asking.progress.enter("connected, logging in");
        self.log_in(asking, &mut wire, &greeting).await?;
        asking.progress.enter("logged in, waiting for the query's result");
        let row = self.first_row(&mut wire).await;
        // else the server counts and logs a connection that was lost
        let _ = wire.command(COM_QUIT, &[]).await;
        row
    }

    /// What we can, the same before TLS and after it: some servers look only at the first.
    fn capabilities(&self) -> CapabilityFlags {
        // a row that an update finds counts as changed, as with ldirectord
        let mut capabilities = NEEDED.union(CapabilityFlags::CLIENT_FOUND_ROWS);
        capabilities.set(CapabilityFlags::CLIENT_SSL, self.security != Security::Plain);
        capabilities.set(CapabilityFlags::CLIENT_CONNECT_WITH_DB, !self.database.is_empty());
        capabilities
    }

    async fn log_in(
        &self,
        asking: &Asking,
        wire: &mut Wire,
        greeting: &HandshakePacket<'_>,
    ) -> Result<(), Failure> {
        // what a server likes best need not be this user's, for which it asks in its turn
        let liked = greeting.auth_plugin().filter(|plugin| {
            matches!(plugin, AuthPlugin::MysqlNativePassword | AuthPlugin::CachingSha2Password)
        });
        let proof = Proof::new(liked, &greeting.nonce());
        let answer = HandshakeResponse::new(
            Some(proof.scrambled(&self.passwd)?),
            (5, 5, 3),
            Some(self.login.as_bytes()),
            Some(self.database.as_bytes()).filter(|name| !name.is_empty()),
            Some(proof.plugin.clone()),
            self.capabilities(),
            None,
            wire::PACKET_LIMIT,
        );
        wire.write(&packet(&answer)).await?;
        self.prove(asking, wire, proof).await
    }

    /// Gives the server what it asks for until it has let us in.
    async fn prove(
        &self,
        asking: &Asking,
        wire: &mut Wire,
        mut proof: Proof,
    ) -> Result<(), Failure> {
        for _ in 0..MOST_TURNS {
            let packet = wire.read().await?;
            match packet.as_slice() {
                [OK, ..] => return Ok(()),
                [MORE, FAST_AUTH_OK] => {}
                // under TLS the server wants it as it is
                [MORE, FULL_AUTH] if self.security != Security::Plain => {
                    asking.progress.hide(self.passwd.as_bytes());
                    wire.write(&[self.passwd.as_bytes(), &[0]].concat()).await?;
                }
                [MORE, FULL_AUTH] => {
                    wire.write(&[ASK_PUBLIC_KEY]).await?;
                    let key = wire.read().await?;
                    let key = key.strip_prefix(&[MORE]).unwrap_or_default();
                    wire.write(&proof.sealed(&self.passwd, key)?).await?;
                }
                [SWITCH, _, ..] => {
                    let switch: AuthSwitchRequest<'_> = ParseBuf(&packet).parse(())?;
                    proof = Proof::new(Some(switch.auth_plugin()), switch.plugin_data());
                    wire.write(&proof.scrambled(&self.passwd)?).await?;
                }
                _ => return Err("the server's part of the login is not understood".into()),
            }
        }
        Err("the login does not come to an end".into())
    }

    /// Waits for a row, or that the query changed one, which counts with ldirectord too.
    async fn first_row(&self, wire: &mut Wire) -> Answer {
        wire.command(COM_QUERY, self.query.as_bytes()).await?;
        let columns = match wire.read().await?.as_slice() {
            [OK, rows, ..] if *rows > 0 => {
                return Ok("logged in, the query changed a row".to_owned());
            }
            [OK, ..] => return Err("the query returned no row".into()),
            [n @ 1..=250] => u16::from(*n),
            [0xfc, low, high] => u16::from_le_bytes([*low, *high]),
            _ => return Err("the query's result is not understood".into()),
        };
        if columns > MOST_COLUMNS {
            return Err(format!("not MySQL: a result of {columns} columns").into());
        }
        // one packet a column, and one that ends them
        for _ in 0..=columns {
            wire.read().await?;
        }
        match wire.read_start().await? {
            (length @ ..=8, Some(EOF)) if length > 0 => Err("the query returned no row".into()),
            _ => Ok("logged in, the query returned a row".to_owned()),
        }
    }
}

fn packet(packet: &impl MySerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    packet.serialize(&mut bytes);
    bytes
}

/// How the password is proved: a method, and what the server gave to mix it with.
struct Proof {
    plugin: AuthPlugin<'static>,
    nonce: Vec<u8>,
}

impl Proof {
    fn new(plugin: Option<AuthPlugin<'_>>, nonce: &[u8]) -> Self {
        let plugin = plugin.unwrap_or(AuthPlugin::MysqlNativePassword).into_owned();
        Proof { plugin, nonce: nonce.strip_suffix(&[0]).unwrap_or(nonce).to_vec() }
    }

    /// The password mixed with the nonce; nothing for no password.
    fn scrambled(&self, passwd: &str) -> Result<Vec<u8>, Failure> {
        match &self.plugin {
            AuthPlugin::MysqlNativePassword | AuthPlugin::CachingSha2Password => {
                let proof = self.plugin.gen_data(Some(passwd), &self.nonce);
                Ok(proof.map(|proof| proof.to_vec()).unwrap_or_default())
            }
            other => {
                let name = String::from_utf8_lossy(other.as_bytes()).into_owned();
                Err(format!("the server wants a login by {name}, which is not supported").into())
            }
        }
    }

    /// The password sealed with the server's public key, for a server that has not seen it lately.
    fn sealed(&self, passwd: &str, key: &[u8]) -> Result<Vec<u8>, Failure> {
        let key = public_key(key).ok_or("the server's public key cannot be read")?;
        let passwd = passwd.bytes().chain([0]).zip(self.nonce.iter().cycle());
        let mixed: Vec<u8> = passwd.map(|(a, b)| a ^ b).collect();
        // a key of the server's making must not keep us computing
        if key.num_octets() > LARGEST_KEY || key.exponent().bits() > LARGEST_EXPONENT {
            return Err("the server's public key is too large".into());
        }
        if mixed.is_empty() || mixed.len() + OAEP > key.num_octets() {
            return Err("the server's public key or nonce is too small".into());
        }
        Ok(key.encrypt_block(mixed, Pkcs1OaepPadding::new(GetRandom)))
    }
}

/// Reads an RSA key. The library's own reader takes it for granted that there is one, and panics.
fn public_key(pem: &[u8]) -> Option<PublicKey> {
    let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).ok()?;
    let (_, info) = SubjectPublicKeyInfo::from_der(&der).ok()?;
    match info.parsed().ok()? {
        Parsed::RSA(key) => {
            let [modulus, exponent] = [key.modulus, key.exponent].map(BigUint::from_bytes_be);
            Some(PublicKey::new(modulus, exponent))
        }
        _ => None,
    }
}

/// What the dialogue stands on; everything else a server may offer is left.
const NEEDED: CapabilityFlags = CapabilityFlags::CLIENT_PROTOCOL_41
    .union(CapabilityFlags::CLIENT_SECURE_CONNECTION)
    .union(CapabilityFlags::CLIENT_PLUGIN_AUTH);
/// The character set in which the login and the query are written.
const UTF8MB4: u8 = 45;
const COM_QUIT: u8 = 1;
const COM_QUERY: u8 = 3;
const OK: u8 = 0x00;
const MORE: u8 = 0x01;
const SWITCH: u8 = 0xfe;
const EOF: u8 = 0xfe;
const FAST_AUTH_OK: u8 = 3;
const FULL_AUTH: u8 = 4;
const ASK_PUBLIC_KEY: u8 = 2;
/// More than any login takes.
const MOST_TURNS: u32 = 8;
/// As many as a table can have.
const MOST_COLUMNS: u16 = 4096;
/// Bytes of an RSA modulus: 4096 bits.
const LARGEST_KEY: usize = 512;
/// Bits of an RSA exponent; it is 65537 in every key that is made today.
const LARGEST_EXPONENT: u64 = 32;
/// Bytes that the padding takes (RFC 8017, with SHA-1).
const OAEP: usize = 42;
