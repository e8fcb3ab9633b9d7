//! The files that TLS is set up by: what they must hold, and what is said when they do not.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Instant;

use super::https::{UNKNOWN, https, trusting, untrusted};
use super::tls::{Folder, Serves, authority, serves, signed, unchanged};
use super::*;
use crate::{Identity, Tls, Verify};

/// Asks until it is as it should be; files are looked at once a second.
pub(super) async fn until(
    check: &Check,
    server: SocketAddr,
    is_so: impl Fn(&Outcome) -> bool,
) -> Outcome {
    let begun = Instant::now();
    loop {
        let outcome = ask(check, server).await;
        if is_so(&outcome) || begun.elapsed() > PATIENCE {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Puts a FIFO there, which has no writer: who opens it waits.
pub(super) fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

fn showing(certificate: &str, key: &str) -> Tls {
    let [certificate, key] = [certificate, key].map(str::to_owned);
    Tls { identity: Some(Identity { certificate, key }), verify: Verify::No, ..Tls::default() }
}

#[tokio::test]
async fn one_that_cannot_be_used_is_said() {
    let folder = Folder::new("unusable");
    let server = signed(None, "a.example", unchanged);
    let address = serves(&server, Serves::default()).await;
    let (missing, empty) = (folder.path("missing"), folder.write("empty", "nothing\n"));
    let odd = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let odd = folder.write("odd", odd);
    let (certificate, key) =
        (folder.write("certificate", &server.certificate), folder.write("key", &server.key));
    let other = folder.write("other", &signed(None, "b.example", unchanged).key);
    let cut = folder.write("cut", server.certificate.trim_end().trim_end_matches('-'));
    let cut_key = folder.write("cut_key", &server.key[..server.key.len() / 2]);
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let half = folder.write("half", &format!("{}{garbage}", server.certificate));
    let garbage = folder.write("garbage", garbage);
    let sealed = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let sealed = folder.write("sealed", sealed);
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n\
               AAAA\n-----END RSA PRIVATE KEY-----\n";
    let old = folder.write("old", old);
    let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let nonsense = folder.write("nonsense", nonsense);
    let pipe = folder.path("pipe");
    fifo(Path::new(&pipe));
    let endless = folder.path("endless");
    symlink("/dev/zero", &endless).unwrap();
    let large = folder.write("large", "");
    std::fs::File::options().write(true).open(&large).unwrap().set_len((16 << 20) + 1).unwrap();
    let no_file = "no such file or directory";
    let without = "is encrypted: a key without a passphrase is needed";
    for (tls, expected) in [
        (trusting(&missing), format!("{missing}: {no_file}")),
        (trusting(&empty), format!("{empty} holds no certificate (PEM)")),
        (trusting(&odd), format!("{odd}: a certificate cannot be read: it is not in base64")),
        (
            trusting(&cut),
            format!(
                "{cut}: a certificate cannot be read: it is cut off, \
                 \"-----END CERTIFICATE-----\" is missing"
            ),
        ),
        (trusting(&half), format!("{half}: certificate 2 of 2 cannot be read")),
        (trusting(&pipe), format!("{pipe} is not a regular file")),
        (trusting(&endless), format!("{endless} is not a regular file")),
        (trusting("/"), "/ is not a regular file".to_owned()),
        (trusting(&large), format!("{large} is too large: it has more than 16 MiB")),
        (showing(&missing, &key), format!("{missing}: {no_file}")),
        (showing(&certificate, &pipe), format!("{pipe} is not a regular file")),
        (showing(&certificate, &empty), format!("{empty} holds no private key (PEM)")),
        (
            showing(&certificate, &cut_key),
            format!(
                "{cut_key}: the private key cannot be read: it is cut off, \
                 \"-----END PRIVATE KEY-----\" is missing"
            ),
        ),
        (showing(&certificate, &sealed), format!("{sealed} {without}")),
        (showing(&certificate, &old), format!("{old} {without}")),
        (
            showing(&certificate, &nonsense),
            format!("{nonsense}: it is no RSA, ECDSA or Ed25519 key"),
        ),
        (showing(&garbage, &key), format!("{garbage}: the first certificate in it cannot be read")),
        (
            showing(&certificate, &other),
            format!("{certificate} with {other}: the key does not belong to the certificate"),
        ),
    ] {
        down(&ask(&https(&tls, "x"), address).await, &expected);
        assert_eq!(tls.try_setup(), Err(expected));
    }
    assert_eq!(showing(&certificate, &key).try_setup(), Ok(()));
}

#[tokio::test]
async fn one_that_changes_is_read_again() {
    let (folder, old, new) = (Folder::new("changes"), authority("old"), authority("new"));
    let file = folder.write("ca", &old.pem());
    let server = serves(&signed(Some(&new), "a.example", unchanged), Serves::default()).await;
    let check = https(&trusting(&file), "shown");
    untrusted(&ask(&check, server).await, UNKNOWN);
    folder.write("ca", &(old.pem() + &new.pem()));
    let is_up = |outcome: &Outcome| outcome.verdict == Verdict::Up;
    up(&until(&check, server, is_up).await, "200 OK");
    folder.write("ca", &old.pem());
    untrusted(&until(&check, server, |outcome| !is_up(outcome)).await, UNKNOWN);
}

#[tokio::test]
async fn one_that_goes_bad_is_a_warning_until_it_is_good() {
    let (folder, authority) = (Folder::new("bad"), authority("a"));
    let file = folder.write("ca", &authority.pem());
    let server = serves(&signed(Some(&authority), "a.example", unchanged), Serves::default()).await;
    let check = https(&trusting(&file), "shown");
    let goes_on = "; TLS goes on with what was read before, and the next start would fail";
    let well = ask(&check, server).await;
    assert_eq!((well.verdict, well.warning), (Verdict::Up, None));
    let warned = async |why: &str| {
        let expected = Some(format!("{file}{why}{goes_on}"));
        let outcome = until(&check, server, |outcome| outcome.warning == expected).await;
        up(&outcome, "200 OK");
        assert_eq!(outcome.warning, expected);
    };
    let aside = folder.path("aside");
    std::fs::rename(&file, &aside).unwrap();
    warned(": no such file or directory").await;
    folder.write("ca", "");
    warned(" holds no certificate (PEM)").await;
    std::fs::rename(&aside, &file).unwrap();
    let well = until(&check, server, |outcome| outcome.warning.is_none()).await;
    assert_eq!((well.verdict, well.warning), (Verdict::Up, None));
}
