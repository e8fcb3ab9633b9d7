//! Mail of a failure and of a recovery: to a real SMTP server, and to the program on this host.

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use super::host::Host;
use super::machine::in_the_lab;
use super::mailbox::Mailbox;
use super::net::{Family, Method};
use super::site::{Site, service};
use super::wait::wait_until;

/// Each of several recipients gets it, whoever of them is refused: ldirectord makes one address of
/// them all, which is nobody's.
#[test]
fn a_failure_and_a_recovery_are_mailed() {
    in_the_lab(|| {
        let config = format!(
            "checkinterval=1\nquiescent=yes\nemailalert=\"mail@example.org, nobody-here@example.org, news@example.org\"\n\
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
        for to in ["mail", "news"] {
            mailbox.wait_for(&[
                &format!("Delivered-To: {to}@example.org\n"),
                "From: director@example.org\nTo: mail@example.org, nobody-here@example.org, news@example.org\n\
                 Subject: Quiescent real server: 10.2.0.11:80 (10.1.0.10:80) (Weight set to 0)\n",
                "\n\nldirectord host: lab\n\
                 Log-Message: Quiescent real server: 10.2.0.11:80 (10.1.0.10:80) (Weight set to 0)\n\
                 Daemon-Status: running\n\nReason: connection refused\n",
            ]);
        }
        site.director.wait_for_log("failed to send SMTP email message");
        site.servers[0].listen();
        mailbox.wait_for(&["Subject: Restored real server: 10.2.0.11:80 (10.1.0.10:80)"]);
    });
}

/// Every mail from the start to the end of a site, by the sendmail of this host. What Debian's
/// ldirectord sends besides are mails of servers that it puts in unseen.
#[test]
fn what_is_mailed_and_what_is_not() {
    in_the_lab(|| {
        let mailbox = Mailbox::install();
        let config = |weight: u32| {
            let more = [
                "scheduler=rr",
                "checktype=connect",
                "emailalert=root",
                "emailalertfreq=2",
                "servicename=shop",
                "comment=call Ann",
            ];
            let service = service(Method::Masq, Family::V4, 80, &[weight, 1], &more);
            format!("checkinterval=1\nquiescent=yes\n{service}")
        };
        let site = Site::start(Method::Masq, 2, &config(1));
        let [one, two] =
            ["10.2.0.11", "10.2.0.12"].map(|real| format!("real server: {real}:80 (10.1.0.10:80)"));
        let added = |of: &str| format!("[shop] Added {of} (Weight set to 1)");
        wait_for_mails(&mailbox, &[&[&added(&one), "starting"], &[&added(&two), "starting"]]);

        // a reload that changes nothing of a real says nothing of it
        site.director.reload(&format!("# a word\n{}", config(1)));
        site.director.reload(&config(3));
        let restored = format!("[shop] Restored {one} (Weight set to 3)");
        let before = wait_for_mails(&mailbox, &[&[&restored, "reloading"]]);
        assert_eq!(before.len(), 3, "{before:#?}");

        site.servers[1].refuse();
        let dead = format!("[shop] Quiescent {two} (Weight set to 0)");
        let reminder = format!("[shop] Inaccessible {two}");
        wait_for_mails(&mailbox, &[&[&dead, "running"], &[&reminder, "running"]]);
        site.servers[1].listen();
        wait_for_mails(
            &mailbox,
            &[&[&format!("[shop] Restored {two} (Weight set to 1)"), "running"]],
        );
        let log = site.director.log();
        assert!(log.contains(&format!("emailalert: Inaccessible {two}\n")), "{log}");
        assert_eq!(site.director.stop().code(), Some(0));
        let purged =
            |of: &str| format!("[shop] Purged {}", of.replace("server:", "server (stop):"));
        let mails =
            wait_for_mails(&mailbox, &[&[&purged(&one), "stopping"], &[&purged(&two), "stopping"]]);
        let again = mails.iter().filter(|mail| mail.contains("Inaccessible")).count();
        assert_eq!(mails.len() - again, 7, "{mails:#?}");
        let whole =
            format!("-i -f root@lab -- root@lab\nFrom: root@lab\nTo: root\nSubject: {dead}\n");
        let text = format!(
            "\n\nldirectord host: lab\nLog-Message: {dead}\nDaemon-Status: running\n\n\
             Service name: shop\nComment: call Ann\n\nReason: connection refused\n"
        );
        let mail = mails.iter().find(|mail| mail.contains(&dead)).expect("it was there");
        assert!(mail.starts_with(&whole) && mail.ends_with(&text), "{mail}");
    });
}

/// Waits for mails of these subjects, sent in these phases; returns all there are.
fn wait_for_mails(mailbox: &Mailbox, wanted: &[&[&str; 2]]) -> Vec<String> {
    wait_until(&format!("mails {wanted:?}"), Duration::from_secs(20), || {
        let mails = mailbox.mails();
        let there = |[subject, phase]: &&[&str; 2]| {
            let [subject, phase] =
                [format!("Subject: {subject}\n"), format!("Daemon-Status: {phase}\n")];
            mails.iter().any(|mail| mail.contains(&subject) && mail.contains(&phase))
        };
        if wanted.iter().all(there) { Ok(mails) } else { Err(mails.join("----\n")) }
    })
}

/// OpenSMTPD on a machine of the network; it ends with the machine.
struct MailServer;

impl MailServer {
    fn start(host: &Host) -> MailServer {
        let config = format!(
            "listen on 10.1.0.100\naction \"keep\" maildir \"{MAILDIR}%{{user.username}}\"\nmatch from any for any action \"keep\"\n"
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
            let folders = ["mail", "news"].map(|user| format!("{MAILDIR}{user}/new"));
            let letters = folders.iter().filter_map(|folder| fs::read_dir(folder).ok());
            let letters = letters.flatten().flatten();
            let letters: Vec<String> =
                letters.filter_map(|letter| fs::read_to_string(letter.path()).ok()).collect();
            match letters.iter().any(|letter| words.iter().all(|word| letter.contains(word))) {
                true => Ok(()),
                false => Err(letters.join("\n----\n")),
            }
        });
    }
}

const MAILDIR: &str = "/tmp/mail.";
