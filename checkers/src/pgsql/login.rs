//! How a login is proved to PostgreSQL: whatever the server asks for of a password in the clear, MD5 and
//! SCRAM-SHA-256 (RFC 7677), each at most once, so that a server cannot keep us computing.

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::frontend;

use super::wire::Wire;
use super::{Pgsql, message};
use crate::asking::{Asking, Failure};

/// Introduces us, and proves who we are.
pub(super) async fn log_in(pgsql: &Pgsql, asking: &Asking, wire: &mut Wire) -> Result<(), Failure> {
    let settings = [
        ("user", pgsql.login.as_str()),
        ("database", pgsql.database.as_str()),
        ("client_encoding", "UTF8"),
    ];
    let settings = settings.into_iter().filter(|(_, value)| !value.is_empty());
    wire.write(&message(|bytes| frontend::startup_message(settings, bytes))?).await?;
    let (method, rest) = asked(wire).await?;
    match method {
        OK => return Ok(()),
        // as libpq, which gives it to whoever asks; an administrator who minds has TLS
        CLEAR => {
            asking.progress.hide(pgsql.passwd.as_bytes());
            wire.write(&password(pgsql.passwd.as_bytes())?).await?;
        }
        MD5 => {
            let salt = rest.first_chunk().ok_or(NOT_UNDERSTOOD)?;
            let hash = md5_hash(pgsql.login.as_bytes(), pgsql.passwd.as_bytes(), *salt);
            wire.write(&password(hash.as_bytes())?).await?;
        }
        SASL => scram(&pgsql.passwd, &rest, wire).await?,
        other => {
            let name = METHODS.iter().find(|(known, _)| *known == other).map(|(_, name)| *name);
            let name = name.map_or_else(|| format!("method {other}"), str::to_owned);
            return Err(
                format!("the server wants a login by {name}, which is not supported").into()
            );
        }
    }
    expect(wire, OK).await.map(|_| ())
}

async fn scram(passwd: &str, methods: &[u8], wire: &mut Wire) -> Result<(), Failure> {
    if !methods.split(|byte| *byte == 0).any(|method| method == SCRAM_SHA_256.as_bytes()) {
        let methods = crate::words::quoted(methods);
        return Err(format!("the server wants a login by {methods}, which is not supported").into());
    }
    // we say that we cannot bind to TLS, rather than that the server does not offer it
    let mut scram = ScramSha256::new(passwd.as_bytes(), ChannelBinding::unsupported());
    let first = scram.message().to_vec();
    wire.write(&message(|bytes| frontend::sasl_initial_response(SCRAM_SHA_256, &first, bytes))?)
        .await?;
    let challenge = expect(wire, SASL_CONTINUE).await?;
    // the library would do as many rounds as it says, and all checks would wait
    if rounds(&challenge).is_none_or(|rounds| rounds > MOST_ROUNDS) {
        return Err(format!("the server wants more than {MOST_ROUNDS} rounds of SCRAM").into());
    }
    scram.update(&challenge).map_err(|_| NOT_UNDERSTOOD)?;
    let answer = scram.message().to_vec();
    wire.write(&message(|bytes| frontend::sasl_response(&answer, bytes))?).await?;
    let proof = expect(wire, SASL_FINAL).await?;
    scram
        .finish(&proof)
        .map_err(|_| "the server does not prove that it knows the password as well".into())
}

/// The rounds that a challenge asks for: `r=NONCE,s=SALT,i=ROUNDS`.
fn rounds(challenge: &[u8]) -> Option<u32> {
    let mut parts = challenge.split(|byte| *byte == b',');
    let rounds = parts.find_map(|part| part.strip_prefix(b"i="))?;
    std::str::from_utf8(rounds).ok()?.parse().ok()
}

/// What comes of an authentication message of this kind.
async fn expect(wire: &mut Wire, wanted: u32) -> Result<Vec<u8>, Failure> {
    match asked(wire).await? {
        (found, rest) if found == wanted => Ok(rest),
        _ => Err(NOT_UNDERSTOOD.into()),
    }
}

/// What the server asks for, and what it gives along.
async fn asked(wire: &mut Wire) -> Result<(u32, Vec<u8>), Failure> {
    match wire.answer().await? {
        (AUTHENTICATION, content) => {
            let (method, rest) = content.split_first_chunk().ok_or(NOT_UNDERSTOOD)?;
            Ok((u32::from_be_bytes(*method), rest.to_vec()))
        }
        _ => Err(NOT_UNDERSTOOD.into()),
    }
}

fn password(password: &[u8]) -> Result<Vec<u8>, Failure> {
    message(|bytes| frontend::password_message(password, bytes))
}

const NOT_UNDERSTOOD: &str = "the server's part of the login is not understood";
/// A second's worth would be a million; PostgreSQL asks for 4096 unless it is told otherwise.
const MOST_ROUNDS: u32 = 100_000;
const AUTHENTICATION: u8 = b'R';
/// Kinds of authentication messages.
const OK: u32 = 0;
const CLEAR: u32 = 3;
const MD5: u32 = 5;
const SASL: u32 = 10;
const SASL_CONTINUE: u32 = 11;
const SASL_FINAL: u32 = 12;
/// Those that no password answers.
const METHODS: &[(u32, &str)] =
    &[(2, "Kerberos 5"), (4, "crypt"), (6, "SCM credentials"), (7, "GSSAPI"), (9, "SSPI")];
