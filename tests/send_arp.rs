//! The program called as send_arp: what it says before it touches anything, and its manual page.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/call.rs"]
mod call;

use std::fs;

#[test]
fn a_wrong_number_of_words_is_answered_with_the_right_one() {
    for words in [
        "",
        "-i",
        "-i eth0",
        "-h",
        "192.0.2.1 b267a808a638 192.0.2.255",
        "192.0.2.1 b267a808a638 192.0.2.255 ffffffffffff more",
        "192.0.2.1 b267a808a638 192.0.2.255 ffffffffffff -i eth0",
        "-i eth0 192.0.2.1 b267a808a638 192.0.2.255",
    ] {
        let said = call(words);
        let usage = "usage: send_arp [-i dev] src_ip_addr src_hw_addr targ_ip_addr tar_hw_addr\n";
        assert_eq!(said, (1, String::new(), usage.to_owned()), "{words:?}");
    }
}

#[test]
fn what_is_no_hardware_address_is_said_to_be_none() {
    for mac in
        ["b267a808a6", "b267a808a63800", "b2:67:a8:08:a6:3g", "b2-67-a8-08-a6-38", "+2+3+4+5+6+7"]
    {
        for words in
            [format!("192.0.2.1 {mac} x ffffffffffff"), format!("192.0.2.1 ffffffffffff x {mac}")]
        {
            let (status, output, complaint) = call(&words);
            let said = (status, output.as_str(), complaint.as_str());
            assert_eq!(said, (1, "", "Invalid hardware address\n"), "{words}");
        }
    }
}

#[test]
fn a_host_that_nobody_knows_is_named() {
    let (status, output, complaint) = call("nowhere.invalid B2:67:A8:08:a6:38 x ffffffffffff");
    assert_eq!((status, output.as_str()), (1, ""));
    assert_eq!(complaint, "send_arp: unknown host nowhere.invalid\n");
}

#[test]
fn the_manual_page_has_every_line_that_is_said() {
    let page = fs::read_to_string("man/send_arp.8").unwrap();
    for line in
        ["usage:", "Invalid hardware address", "send_arp: unknown host", "socket:", "sendto:"]
    {
        assert!(page.contains(&format!(".It Li {line}\n")), "{line}");
    }
}

fn call(words: &str) -> call::Answer {
    call::call("/usr/sbin/send_arp", &words.split_whitespace().collect::<Vec<_>>())
}
