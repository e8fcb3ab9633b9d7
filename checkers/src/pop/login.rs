//! How one logs in to POP3: by APOP (RFC 1939) where the greeting has a timestamp, by CRAM-MD5 (RFC 2195) where it is
//! offered, else by name and password. What refuses one may take the next: a server whose passwords are
//! hashed knows none of the first two.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

use super::{Dialogue, refused};
use crate::asking::Failure;

/// Logs in.
///
/// # Errors
/// The server's words where the last of the ways was refused.
pub(super) async fn log_in(
    pop: &mut Dialogue<'_>,
    greeting: &[u8],
    login: &str,
    passwd: &str,
) -> Result<(), Failure> {
    pop.asking.progress.hide(passwd);
    let cram = pop.capabilities().await?.is_some_and(|able| has_cram(&able));
    // a name with a blank in it would be two words
    if let Some(stamp) = timestamp(greeting).filter(|_| !login.contains(' ')) {
        let proof = hex(&Md5::new().chain_update(stamp).chain_update(passwd).finalize());
        pop.asking.progress.hide(&*proof);
        if pop.answer_to("APOP", &format!("APOP {login} {proof}")).await?.is_ok() {
            return Ok(());
        }
        pop.so_far = "APOP refused";
    }
    if cram {
        if cram_md5(pop, login, passwd).await? {
            return Ok(());
        }
        pop.so_far = "CRAM-MD5 refused";
    }
    pop.command("USER", &format!("USER {login}")).await?;
    pop.command("PASS", &format!("PASS {passwd}")).await?;
    Ok(())
}

/// Answers a challenge; whether that was accepted.
async fn cram_md5(pop: &mut Dialogue<'_>, login: &str, passwd: &str) -> Result<bool, Failure> {
    let Ok(challenge) = pop.answer_to("AUTH CRAM-MD5", "AUTH CRAM-MD5").await? else {
        return Ok(false);
    };
    let text = challenge.strip_prefix(b"+ ").map(<[u8]>::trim_ascii);
    let Some(asked) = text.and_then(|text| BASE64_STANDARD.decode(text).ok()) else {
        return Err(refused("AUTH CRAM-MD5: no proper challenge", &challenge));
    };
    let mut proof = Hmac::<Md5>::new_from_slice(passwd.as_bytes()).map_err(|e| e.to_string())?;
    proof.update(&asked);
    let proof = hex(&proof.finalize().into_bytes());
    let answer = BASE64_STANDARD.encode(format!("{login} {proof}"));
    pop.asking.progress.hide(&*answer);
    Ok(pop.answer_to("AUTH CRAM-MD5", &answer).await?.is_ok())
}

/// The greeting's `<process.clock@host>`.
fn timestamp(greeting: &[u8]) -> Option<&[u8]> {
    let start = greeting.iter().position(|byte| *byte == b'<')?;
    let stamp = greeting.get(start..)?;
    let end = stamp.iter().position(|byte| *byte == b'>')?;
    stamp.get(..=end).filter(|stamp| stamp.contains(&b'@'))
}

fn has_cram(able: &[Vec<u8>]) -> bool {
    able.iter().any(|line| {
        let mut words = line.split(u8::is_ascii_whitespace);
        words.next().is_some_and(|first| first.eq_ignore_ascii_case(b"SASL"))
            && words.any(|word| word.eq_ignore_ascii_case(b"CRAM-MD5"))
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
