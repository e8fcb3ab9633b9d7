//! Mail of a failure and of a recovery, received by a real SMTP server.

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use super::host::Host;
use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};
use super::wait::wait_until;

#[test]
fn a_failure_and_a_recovery_are_mailed() {
    in_the_lab(|| {
        let config = format!(
            "checkinterval=1\nquiescent=yes\nemailalert=\"mail@example.org\"\n\
             emailalertfrom=director@example.org\nemailalertstatus=running\nsmtp=10.1.0.100\n{}",
            service(
                Method::Masq,
                Family::V4,
                80,
                &[1, 1],
                &["protocol=tcp", "scheduler=rr", "service=none", "checktype=connect"]
            )
        );
        let site = Site::start(Method::Masq, 2, &config);
        let mailbox = MailServer::start(&site.net.client);
        site.servers[0].refuse();
        mailbox.wait_for(&[
            "To: mail@example.org",
            "From: director@example.org",
            "10.2.0.11:80",
            "efused",
        ]);
        site.servers[0].listen();
        mailbox.wait_for(&["Subject: ", "Restored", "10.2.0.11:80"]);
    });
}

/// OpenSMTPD on a machine of the network; it ends with the machine.
struct MailServer;

impl MailServer {
    fn start(host: &Host) -> MailServer {
        let config = format!(
            "listen on 10.1.0.100\naction \"keep\" maildir \"{MAILDIR}\"\nmatch from any for any action \"keep\"\n"
        );
        fs::write("/tmp/smtpd.conf", config).expect("a file");
        host.run("smtpd -f /tmp/smtpd.conf");
        // it goes to the background before it listens
        wait_until("the mail server listens", Duration::from_secs(20), || {
            let tried = host.inside(|| TcpStream::connect("10.1.0.100:25"));
            tried.map_err(|error| error.to_string())
        });
        MailServer
    }

    /// Waits for one letter that holds all these words.
    fn wait_for(&self, words: &[&str]) {
        wait_until(&format!("a letter with {words:?}"), Duration::from_secs(20), || {
            let letters = fs::read_dir(format!("{MAILDIR}/new")).into_iter().flatten().flatten();
            let letters: Vec<String> =
                letters.filter_map(|letter| fs::read_to_string(letter.path()).ok()).collect();
            match letters.iter().any(|letter| words.iter().all(|word| letter.contains(word))) {
                true => Ok(()),
                false => Err(letters.join("\n----\n")),
            }
        });
    }
}

const MAILDIR: &str = "/tmp/mail";
