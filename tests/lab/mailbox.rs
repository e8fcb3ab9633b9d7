//! A sendmail in the laboratory that keeps what it is given.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::wait::wait_until;

/// Where all mail of all directors of this machine goes.
pub(crate) struct Mailbox;

impl Mailbox {
    /// Puts it in the place of this machine's sendmail, empty.
    pub(crate) fn install() -> Mailbox {
        let script = format!("#!/bin/sh\necho \"$*\" >>{SENT}\ncat >>{SENT}\necho ==== >>{SENT}\n");
        let _ = fs::remove_file("/usr/sbin/sendmail");
        fs::write("/usr/sbin/sendmail", script).expect("a file");
        let all = PermissionsExt::from_mode(0o755);
        fs::set_permissions("/usr/sbin/sendmail", all).expect("its mode");
        Mailbox
    }

    /// All there is so far, each with the words that sendmail was called with before it.
    pub(crate) fn mails(&self) -> Vec<String> {
        let sent = fs::read_to_string(SENT).unwrap_or_default();
        sent.split_terminator("====\n").map(str::to_owned).collect()
    }

    /// Waits for a mail that says something.
    pub(crate) fn wait_for(&self, words: &str) {
        wait_until(&format!("a mail with {words:?}"), Duration::from_secs(20), || {
            let mails = self.mails();
            match mails.iter().any(|mail| mail.contains(words)) {
                true => Ok(()),
                false => Err(mails.join("----\n")),
            }
        });
    }
}

const SENT: &str = "/tmp/sent";
