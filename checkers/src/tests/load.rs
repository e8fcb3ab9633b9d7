use super::*;
use crate::Load;

/// What is read where a program prints this.
async fn printed(text: &str) -> Result<f64, String> {
    let words = ["sh", "-c", "printf '%s\\n' \"$0\"", text].map(str::to_owned).to_vec();
    read(words, PATIENCE).await
}

async fn read(words: Vec<String>, timeout: Duration) -> Result<f64, String> {
    let target = Target { address: ([192, 0, 2, 1], 80).into() };
    Load { words }.read(target, timeout).await
}

#[tokio::test]
async fn what_the_uptimes_print() {
    for (text, load) in [
        (" 10:00:01 up 3 days,  4:05,  2 users,  load average: 0.10, 0.08, 0.05", 0.10),
        (" 10:00:01 up 1 min,  0 users,  load average: 12.00, 3.00, 1.00", 12.0),
        (" 10:00:01 up 3 Tage,  4:05,  2 Benutzer,  load average: 1,25, 0,08, 0,05", 1.25),
        ("10:00  up 3 days,  4:05, 2 users, load averages: 1.53 1.66 1.70", 1.53),
        ("   192.0.2.1    up  3 days,  4:05,    load average: 0.00, 0.01, 0.05", 0.0),
        ("real1         up    3+04:05,     2 users,  load 0.07, 0.05, 0.01", 0.07),
        ("welcome\nload:3", 3.0),
    ] {
        assert_eq!(printed(text).await, Ok(load), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_load() {
    for text in
        ["load average: high", "load", "up 3 days", "load: 1.2.3, 1", "load: 1x", "load: -1"]
    {
        let expected = format!("bad load average returned: \"{text}\"");
        assert_eq!(printed(text).await, Err(expected));
    }
}

#[tokio::test]
async fn the_address_is_told() {
    let words = ["sh", "-c", "echo load: 0.${0##*.}"].map(str::to_owned).to_vec();
    assert_eq!(read(words, PATIENCE).await, Ok(0.1));
}

#[tokio::test]
async fn a_program_that_fails() {
    let shell = |script: &str| ["sh", "-c", script].map(str::to_owned).to_vec();
    let failed = |why: &str| Err(format!("failed to read remote load: {why}"));
    let fails = read(shell("echo load: 1; echo no route >&2; exit 255"), PATIENCE).await;
    assert_eq!(fails, failed("exit status 255: \"no route\""));
    assert_eq!(read(shell("exec sleep 600"), DEADLINE).await, failed("killed after 3 s"));
    let missing = read(vec!["no-such-program".to_owned()], PATIENCE).await;
    let expected = "cannot run no-such-program: no such file or directory";
    assert_eq!(missing, failed(expected));
    assert_eq!(read(vec![], PATIENCE).await, Err("no program is configured".to_owned()));
}
