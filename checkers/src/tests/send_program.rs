use super::*;
use crate::SendProgram;

async fn run(words: &[&str], expect: &str) -> Outcome {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let check = Check::SendProgram(SendProgram { words, expect: expect.to_owned() });
    ask_within(DEADLINE, &check, ([192, 0, 2, 1], 80).into()).await
}

async fn shell(script: &str, expect: &str) -> Outcome {
    run(&["sh", "-c", script], expect).await
}

#[tokio::test]
async fn it_prints_what_is_expected() {
    up(&shell("echo OK", "OK").await, "printed \"OK\"");
    up(&shell("printf OK; echo err >&2", "OK").await, "printed \"OK\"");
    up(&shell("echo; echo a; echo", "\na\n").await, r#"printed "\na\n""#);
    up(&shell("true", "").await, "printed \"\"");
    let expected = r#"printed "OK\n", where "OK" is expected"#;
    down(&shell("echo OK; echo", "OK").await, expected);
    down(&shell("true", "OK").await, "printed \"\", where \"OK\" is expected");
    down(&shell("echo OK >&2", "OK").await, "printed \"\", where \"OK\" is expected");
    let outcome = shell("yes | head -c 1000000", "y").await;
    assert_eq!(outcome.verdict, Verdict::Down);
    assert!(outcome.message.starts_with(r#"printed "y\ny\n"#), "{}", outcome.message);
}

#[tokio::test]
async fn whole_words_are_filled_in() {
    let outcome = run(&["echo", "%h", "%p", "http://%h/", "%%h"], "").await;
    let expected = r#"printed "192.0.2.1 80 http://%h/ %%h", where "" is expected"#;
    down(&outcome, expected);
    let check = Check::SendProgram(SendProgram {
        words: vec!["echo".to_owned(), "%h".to_owned()],
        expect: "2001:db8::1".to_owned(),
    });
    let address = "[2001:db8::1]:80".parse().unwrap();
    up(&ask(&check, address).await, "printed \"2001:db8::1\"");
}

#[tokio::test]
async fn a_program_that_fails_is_a_failure_whatever_it_printed() {
    down(&shell("echo OK; exit 3", "OK").await, "exit status 3: \"OK\"");
    down(&shell("echo OK; echo why >&2; exit 3", "OK").await, "exit status 3: \"why\"");
    down(&shell("echo OK; kill -9 $$", "OK").await, "killed by signal 9: \"OK\"");
    down(&shell("echo OK; exec sleep 600", "OK").await, "killed after 3 s: \"OK\"");
    let expected = "cannot run no-such-program: no such file or directory";
    down(&run(&["no-such-program"], "OK").await, expected);
    down(&run(&[], "OK").await, "no program is configured");
}

#[tokio::test]
async fn what_it_prints_is_in_the_transcript() {
    let words = ["sh", "-c", "echo OK"].map(str::to_owned).to_vec();
    let check = Check::SendProgram(SendProgram { words, expect: "OK".to_owned() });
    let probe = check.probe(Target { address: nobody() }, PATIENCE).await;
    let turns: Vec<_> = probe.transcript.turns().collect();
    assert_eq!(turns, [(crate::Side::Server, b"OK\n".to_vec())]);
}
