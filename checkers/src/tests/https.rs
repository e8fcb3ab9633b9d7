//! TLS: whom a check trusts, and what it shows of itself. That of the system's store runs in a process of
//! its own, to which `SSL_CERT_FILE` names a store made for the test.

use std::io::Write;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};

use super::http::http;
use super::tls::{Authority, Folder, Serves, Shown, authority, serves, signed, unchanged};
use super::tls_files::{fifo, until};
use super::*;
use crate::{Grpc, Http, Identity, Security, Tls, Verify, Version};

pub(super) fn https(tls: &Tls, receive: &str) -> Check {
    Check::Http(Http { security: Security::Tls(tls.clone()), receive: pattern(receive), ..http() })
}

/// Trusts only whom this file names.
pub(super) fn trusting(file: &str) -> Tls {
    Tls { authorities: Some(file.to_owned()), ..Tls::default() }
}

fn called(name: &str, tls: &Tls) -> Tls {
    Tls { server_name: Some(name.to_owned()), ..tls.clone() }
}

#[track_caller]
pub(super) fn untrusted(outcome: &Outcome, why: &str) {
    let message = &outcome.message;
    assert_eq!(outcome.verdict, Verdict::Down, "{message}");
    assert!(message.starts_with(&format!("certificate not trusted: {why}")), "{message}");
    assert!(!message.ends_with('…'), "{message}");
}

#[tokio::test]
async fn the_name_that_is_asked_for() {
    let (folder, authority) = (Folder::new("sni"), authority("a"));
    let tls = trusting(&folder.write("ca", &authority.pem()));
    let server = signed(Some(&authority), "other.example", unchanged);
    let address = serves(&server, Serves::default()).await;
    up(&ask(&https(&called("www.example", &tls), "^www.example, "), address).await, "200 OK");
    up(&ask(&https(&tls, "^no name, "), address).await, "200 OK");
    up(&ask(&https(&called("192.0.2.1", &tls), "^no name, "), address).await, "200 OK");
    // a virtual host that no handshake can show is none, but where the certificate must be for it
    let odd = called("no name", &tls);
    up(&ask(&https(&odd, "^no name, "), address).await, "200 OK");
    let expected = "no name is no name that TLS could show";
    let named = Tls { verify: Verify::Name, ..odd };
    down(&ask(&https(&named, "x"), address).await, expected);
    // the virtual host of HTTP is not that name: the configuration says both
    let Check::Http(check) = https(&called("sni.example", &tls), "^sni.example, ") else {
        unreachable!()
    };
    let host = Some("www.example".to_owned());
    up(&ask(&Check::Http(Http { host, ..check }), address).await, "200 OK");
}

#[tokio::test]
async fn whom_a_file_names_is_trusted_and_nobody_else() {
    let (folder, ours, stranger) = (Folder::new("file"), authority("ours"), authority("stranger"));
    let server = serves(&signed(Some(&ours), "a.example", unchanged), Serves::default()).await;
    let trusts_ours = trusting(&folder.write("ours", &ours.pem()));
    let trusts_stranger = trusting(&folder.write("stranger", &stranger.pem()));
    let both = folder.write("both", &(stranger.pem() + &ours.pem()));
    up(&ask(&https(&trusts_ours, "shown"), server).await, "200 OK");
    up(&ask(&https(&trusting(&both), "shown"), server).await, "200 OK");
    untrusted(&ask(&https(&trusts_stranger, "shown"), server).await, UNKNOWN);
    let none = Tls { verify: Verify::No, ..trusts_stranger };
    up(&ask(&https(&none, "shown"), server).await, "200 OK");
    let none = Tls { authorities: None, ..none };
    up(&ask(&https(&none, "shown"), server).await, "200 OK");
}

#[tokio::test]
async fn an_authority_of_the_same_name() {
    let (folder, authority, namesake) = (Folder::new("namesake"), authority("a"), authority("a"));
    let shown = signed(Some(&authority), "a.example", unchanged);
    let server = serves(&shown, Serves::default()).await;
    let tls = trusting(&folder.write("namesake", &namesake.pem()));
    let why = "a signature in its chain is wrong: somebody signed it who has the name of a trusted \
               authority, and another key";
    untrusted(&ask(&https(&tls, "shown"), server).await, why);
    let both = trusting(&folder.write("both", &(namesake.pem() + &authority.pem())));
    up(&ask(&https(&both, "shown"), server).await, "200 OK");
    let itself = trusting(&folder.write("itself", &(namesake.pem() + &shown.certificate)));
    up(&ask(&https(&itself, "shown"), server).await, "200 OK");
}

#[tokio::test]
async fn a_certificate_without_its_key_is_no_proof() {
    let [shown, other] = [(); 2].map(|()| signed(None, "a.example", unchanged));
    let tls = Tls { verify: Verify::No, ..Tls::default() };
    let why = "TLS: the server does not prove that it has its certificate's key; none of less than \
               2048 bits (RSA) counts";
    for old in [false, true] {
        let stolen = Shown { key: other.key.clone(), ..shown.clone() };
        let server = serves(&stolen, Serves { old, ..Serves::default() }).await;
        down(&ask(&https(&tls, "shown"), server).await, why);
    }
}

#[tokio::test]
async fn a_server_that_breaks_off_says_why() {
    let tls = Tls { verify: Verify::No, ..Tls::default() };
    let refused = "the server breaks the handshake off: it wants a client certificate (tlscert), or \
                   has neither TLS 1.3 nor, for 1.2, ECDHE with AES-GCM or ChaCha20";
    for (alert, why) in [
        (40, refused),
        (71, refused),
        (70, "the server speaks neither TLS 1.2 nor 1.3"),
        (80, "TLS: received fatal alert: InternalError"),
    ] {
        let server = answers(&[21, 3, 3, 0, 2, 2, alert]).await;
        down(&ask(&https(&tls, "x"), server).await, why);
    }
}

#[tokio::test]
async fn the_name_in_a_certificate() {
    let (folder, authority) = (Folder::new("name"), authority("a"));
    let chain = trusting(&folder.write("ca", &authority.pem()));
    let tls = Tls { verify: Verify::Name, ..chain.clone() };
    let server = |host: &str| signed(Some(&authority), host, unchanged);
    let www = serves(&server("www.example"), Serves::default()).await;
    let number = serves(&server("127.0.0.1"), Serves::default()).await;
    up(&ask(&https(&called("www.example", &tls), "shown"), www).await, "200 OK");
    up(&ask(&https(&tls, "shown"), number).await, "200 OK");
    let other = "it is for www.example, and not for other.example";
    untrusted(&ask(&https(&called("other.example", &tls), "shown"), www).await, other);
    let other = "it is for www.example, and not for 127.0.0.1";
    untrusted(&ask(&https(&tls, "shown"), www).await, other);
    up(&ask(&https(&called("other.example", &chain), "shown"), www).await, "200 OK");
    let many = |params: &mut CertificateParams| {
        let names = ["b.example", "c.example", "d.example"].map(|name| name.try_into().unwrap());
        params.subject_alt_names.extend(names.map(rcgen::SanType::DnsName));
    };
    let many = signed(Some(&authority), "a.example", many);
    let other = "it is for a.example, b.example, c.example and others, and not for 127.0.0.1";
    untrusted(&ask(&https(&tls, "shown"), serves(&many, Serves::default()).await).await, other);
}

#[tokio::test]
async fn a_certificate_of_our_own() {
    let (folder, ours, stranger) =
        (Folder::new("client"), authority("ours"), authority("stranger"));
    let tls = trusting(&folder.write("ca", &ours.pem()));
    let identity = |name: &str, by: &Authority| {
        let shown = signed(Some(by), "director.example", unchanged);
        let certificate = folder.write(name, &(shown.certificate + &shown.key));
        Tls { identity: Some(Identity { key: certificate.clone(), certificate }), ..tls.clone() }
    };
    let (right, wrong) = (identity("right", &ours), identity("wrong", &stranger));
    let server = signed(Some(&ours), "a.example", unchanged);
    for old in [false, true] {
        let how = Serves { clients: Some(&ours), old, ..Serves::default() };
        let address = serves(&server, how).await;
        up(&ask(&https(&right, "shown: true$"), address).await, "200 OK");
        let none = ask(&https(&tls, "shown"), address).await;
        let asks = "the server asks for a client certificate (tlscert), and none was shown";
        assert!(
            none.verdict == Verdict::Down && none.message.starts_with(asks),
            "{}",
            none.message
        );
        let wrong = ask(&https(&wrong, "shown"), address).await;
        let takes = "the server does not take the client certificate (tlscert)";
        assert!(wrong.message.starts_with(takes), "{}", wrong.message);
        let how = Serves { strangers: true, ..how };
        let address = serves(&server, how).await;
        up(&ask(&https(&tls, "shown: false$"), address).await, "200 OK");
        // as nginx does it
        let address = serves(&server, Serves { refuses: true, ..how }).await;
        let unshown = format!("400 Bad Request; {asks}");
        down(&ask(&https(&tls, "x"), address).await, &unshown);
        down(&ask(&https(&right, "x"), address).await, "400 Bad Request");
    }
    let address = serves(&server, Serves { refuses: true, ..Serves::default() }).await;
    down(&ask(&https(&tls, "x"), address).await, "400 Bad Request");
    // who does not ask is shown none
    let address = serves(&server, Serves::default()).await;
    up(&ask(&https(&right, "shown: false$"), address).await, "200 OK");
}

#[tokio::test]
async fn a_redirect_elsewhere_is_by_its_name_and_without_our_certificate() {
    let (folder, authority) = (Folder::new("elsewhere"), authority("a"));
    let server = signed(Some(&authority), "a.example", unchanged);
    let certificate = folder.write("client", &(server.certificate.clone() + &server.key));
    let identity = Some(Identity { key: certificate.clone(), certificate });
    let tls = trusting(&folder.write("ca", &authority.pem()));
    let tls = called("real.example", &Tls { identity, ..tls });
    let asks = Serves { clients: Some(&authority), strangers: true, ..Serves::default() };
    let there = serves(&server, asks).await;
    let elsewhere = serves(&server, Serves { at: Some("127.0.0.2"), ..asks }).await;
    for (to, expected) in [
        (format!("https://localhost:{}/", there.port()), "^localhost, shown: false$"),
        (format!("https://{elsewhere}/"), "^no name, shown: false$"),
        (format!("https://{there}/"), "^real.example, shown: true$"),
    ] {
        let here = serves(&server, Serves { to: &to, ..asks }).await;
        up(&ask(&https(&tls, expected), here).await, "200 OK");
    }
    // from plain HTTP there is no setup: it is the default one, and that trusts no authority of ours
    let redirect = format!("HTTP/1.1 302 Found\r\nLocation: https://{there}/\r\n\r\n");
    let outcome = ask(&Check::Http(http()), answers(redirect.as_bytes()).await).await;
    assert_eq!(outcome.verdict, Verdict::Down, "{}", outcome.message);
}

#[tokio::test]
async fn what_expires() {
    let (folder, authority) = (Folder::new("expires"), authority("a"));
    let tls = trusting(&folder.write("ca", &authority.pem()));
    let now = jiff::Timestamp::now().as_second();
    let at = |seconds: i64| date_time_ymd(1970, 1, 1) + Duration::from_secs((now + seconds) as u64);
    let until = |from: i64, until: i64| {
        signed(Some(&authority), "a.example", |params| {
            params.not_before = at(from);
            params.not_after = at(until);
        })
    };
    let day = 86_400;
    let check = https(&tls, "shown");
    let fresh = ask(&check, serves(&until(-day, 80 * day), Serves::default()).await).await;
    up(&fresh, "200 OK");
    assert_eq!(fresh.warning, None);
    assert_eq!(fresh.certificate_until.map(jiff::Timestamp::as_second), Some(now + 80 * day));
    let soon = ask(&check, serves(&until(-80 * day, 9 * day + 600), Serves::default()).await).await;
    up(&soon, "200 OK");
    let warning = soon.warning.unwrap();
    let ends = soon.certificate_until.unwrap();
    assert_eq!(warning, format!("the certificate expires on {ends}, in 9 days"));
    let past = serves(&until(-80 * day, -day), Serves::default()).await;
    let expired = ask(&check, past).await;
    untrusted(&expired, "it, or one that it hangs on, expired on ");
    let careless = Tls { verify: Verify::No, ..Tls::default() };
    let careless = ask(&https(&careless, "shown"), past).await;
    up(&careless, "200 OK");
    let ends = careless.certificate_until.unwrap();
    assert_eq!(careless.warning, Some(format!("the certificate expired on {ends}")));
    assert_eq!(careless.certificate_until.map(jiff::Timestamp::as_second), Some(now - day));
}

#[tokio::test]
async fn version_two_is_agreed_upon() {
    let server = signed(None, "a.example", unchanged);
    let tls = Security::Tls(Tls { verify: Verify::No, ..Tls::default() });
    let check = |version| Check::Http(Http { security: tls.clone(), version, ..http() });
    let how = |protocols| Serves { protocols, ..Serves::default() };
    let both = serves(&server, how(&["h2", "http/1.1"])).await;
    up(&ask(&check(Version::Two), both).await, "200 OK");
    up(&ask(&check(Version::One), both).await, "200 OK");
    let none = serves(&server, how(&[])).await;
    up(&ask(&check(Version::One), none).await, "200 OK");
    let disagrees = "the server does not agree to speak HTTP/2 (ALPN)";
    down(&ask(&check(Version::Two), none).await, disagrees);
    let one = serves(&server, how(&["http/1.1"])).await;
    up(&ask(&check(Version::One), one).await, "200 OK");
    let refuses = "the server speaks none of the protocols that TLS offered it (ALPN)";
    down(&ask(&check(Version::Two), one).await, refuses);
    let grpc = Check::Grpc(Grpc { security: tls, host: None, service: String::new() });
    down(&ask(&grpc, none).await, disagrees);
    down(&ask(&grpc, both).await, "no gRPC answer: 200 OK, of type \"\"");
}

#[tokio::test]
async fn the_phases_follow_each_other() {
    let server = signed(None, "a.example", unchanged);
    let address = serves(&server, Serves { protocols: &["h2"], ..Serves::default() }).await;
    let security = Security::Tls(Tls { verify: Verify::No, ..Tls::default() });
    for version in [Version::One, Version::Two] {
        let check = Check::Http(Http { security: security.clone(), version, ..http() });
        let outcome = ask(&check, address).await;
        up(&outcome, "200 OK");
        let times = outcome.times;
        let [connect, tls, first_byte] =
            [times.connect, times.tls, times.first_byte].map(Option::unwrap);
        assert!(connect <= tls && tls <= first_byte && first_byte <= outcome.took, "{times:?}");
    }
}

#[tokio::test]
async fn what_is_no_tls_and_who_hangs_up() {
    let server = signed(None, "a.example", unchanged);
    let tls = Tls { verify: Verify::No, ..Tls::default() };
    let plain = answers(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    down(&ask(&https(&tls, "x"), plain).await, "the server does not speak TLS");
    // a body that ends with the connection is whole, though TLS does not say so
    let address = serves(&server, Serves { hangs_up: true, ..Serves::default() }).await;
    up(&ask(&https(&tls, "shown: false$"), address).await, "200 OK");
    down(&ask(&https(&tls, "x"), address).await, "200 OK, but the body does not match \"x\"");
}

#[test]
fn the_systems_store() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return under_a_store_of_our_own();
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(by_the_store(&folder));
}

/// Starts this test again in a process whose store is a file of the test's.
fn under_a_store_of_our_own() {
    let folder = Folder::new("store");
    folder.write("store", &authority("nobody's").pem());
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::https::the_systems_store", "--nocapture"])
        .env(FOLDER, &folder.0)
        .env("SSL_CERT_FILE", folder.path("store"))
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = [child.stdout, child.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

async fn by_the_store(folder: &Path) {
    let (ours, stranger) = (authority("ours"), authority("stranger"));
    let is_ca =
        |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 1, 1);
    let www = "www.example";
    let [good, member, itself, itself_expired] = [
        signed(Some(&ours), www, unchanged),
        signed(Some(&stranger), www, unchanged),
        signed(None, www, is_ca),
        signed(None, www, |params| {
            is_ca(params);
            expired(params);
        }),
    ];
    let check = https(&Tls::default(), "shown");
    let good = serves(&good, Serves::default()).await;
    untrusted(&ask(&check, good).await, UNKNOWN);
    // the store grows, and that is seen
    let mut store = std::fs::OpenOptions::new().append(true).open(folder.join("store")).unwrap();
    let members = [&member.certificate, &itself.certificate, &itself_expired.certificate];
    for pem in [&ours.pem()].into_iter().chain(members) {
        store.write_all(pem.as_bytes()).unwrap();
    }
    let seen = until(&check, good, |outcome| outcome.verdict == Verdict::Up).await;
    up(&seen, "200 OK");
    // and it does not count beside a file
    let other = folder.join("other");
    std::fs::write(&other, stranger.pem()).unwrap();
    untrusted(&ask(&https(&trusting(other.to_str().unwrap()), "x"), good).await, UNKNOWN);
    for trusted in [&member, &itself] {
        up(&ask(&check, serves(trusted, Serves::default()).await).await, "200 OK");
    }
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(3001, 1, 1);
    let client = |params: &mut CertificateParams| {
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    };
    for (shown, why) in [
        (signed(Some(&stranger), www, unchanged), UNKNOWN),
        (signed(None, www, unchanged), UNKNOWN),
        (signed(None, www, is_ca), CA),
        (signed(Some(&ours), www, expired), EXPIRED),
        (itself_expired, EXPIRED),
        (signed(Some(&ours), www, early), EARLY),
        (
            signed(Some(&ours), www, client),
            "it is not for servers: its extended key usage lacks serverAuth",
        ),
    ] {
        untrusted(&ask(&check, serves(&shown, Serves::default()).await).await, why);
    }
    // a redirect to TLS is by the store too
    let redirect = format!("HTTP/1.1 302 Found\r\nLocation: https://{good}/\r\n\r\n");
    let plain = Http { receive: pattern("^no name, "), ..http() };
    up(&ask(&Check::Http(plain), answers(redirect.as_bytes()).await).await, "200 OK");
    // a store that nobody could read to its end is not begun
    let store = folder.join("store");
    std::fs::remove_file(&store).unwrap();
    fifo(&store);
    let warned = until(&check, good, |outcome| outcome.warning.is_some()).await;
    up(&warned, "200 OK");
    let goes_on = "TLS goes on with what was read before, and the next start would fail";
    let expected = format!("{} is not a regular file; {goes_on}", store.display());
    assert_eq!(warned.warning, Some(expected));
}

const FOLDER: &str = "LVS_CHECKERS_TLS_FOLDER";
pub(super) const UNKNOWN: &str = "signed by an authority that is not trusted: name that in tlscafile, or add it \
                       to the system's store (update-ca-certificates), or let the server send its \
                       whole chain";
const CA: &str = "a CA certificate used as a server's: name this very one in tlscafile, or add it \
                  to the system's store (update-ca-certificates), or give the server one of its own";
const EXPIRED: &str = "it, or one that it hangs on, expired on 2001-01-01T00:00:00Z";
const EARLY: &str =
    "it, or one that it hangs on, is not valid before 3001-01-01T00:00:00Z; the time";
