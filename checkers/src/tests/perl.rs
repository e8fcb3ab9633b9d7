use rustix::process::{Pid, Signal, kill_process};

use super::external::{Folder, gone};
use super::*;
use crate::Perl;

/// A script of the test's own, neither executable nor with a `#!` line.
struct Script {
    folder: Folder,
    check: Check,
}

impl Script {
    fn new(name: &str, text: &str) -> Self {
        let folder = Folder::new(&format!("perl-{name}"));
        let script = format!("{}/check", folder.0);
        std::fs::write(&script, text).unwrap();
        let arguments = ["[2001:db8::1]", "80", "10.0.0.1", "8080"].map(str::to_owned).to_vec();
        Script { folder, check: Check::Perl(Perl { script, arguments }) }
    }

    fn rewrite(&self, text: &str) {
        std::fs::write(format!("{}/check", self.folder.0), text).unwrap();
    }

    /// Asks until it says this.
    async fn says(&self, said: &str) {
        let said = format!("exit status 0: \"{said}\"");
        let asking = async { while self.ask().await.message != said {} };
        tokio::time::timeout(PATIENCE, asking).await.expect(&said);
    }

    async fn ask(&self) -> Outcome {
        ask(&self.check, nobody()).await
    }
}

async fn run(name: &str, text: &str) -> Outcome {
    Script::new(name, text).ask().await
}

#[tokio::test]
async fn exit_and_the_end_of_the_text_and_an_exception() {
    up(&run("exit-0", "exit 0; die").await, "exit status 0");
    up(&run("the-end", "my $well = 1;").await, "exit status 0");
    up(&run("false", "0").await, "exit status 0");
    down(&run("exit-3", "print qq(so so\\n); exit 3").await, "exit status 3: \"so so\"");
    down(&run("exit-deep", "sub f { eval { exit 4 } } f()").await, "exit status 4");
    down(&run("die", "die qq(no queue\\n)").await, "exit status 255: \"no queue\"");
    down(&run("signal", "kill KILL => $$").await, "killed by signal 9");
}

#[tokio::test]
async fn the_four_arguments_and_the_words_of_the_script() {
    let text = "use strict; use warnings; print join(' ', @ARGV), qq(\\nmore\\n);";
    let said = "exit status 0: \"[2001:db8::1] 80 10.0.0.1 8080\"";
    up(&run("arguments", text).await, said);
    let text = "print STDOUT qq(out\\n); print STDERR qq(\\e[2Jerr\\n); exit 1";
    down(&run("both", text).await, "exit status 1: \"?[2Jerr\"");
}

#[tokio::test]
async fn it_is_a_program_like_any_other() {
    up(
        &run("data", "print <DATA>;\n__DATA__\nof its own\n").await,
        "exit status 0: \"of its own\"",
    );
    up(&run("end", "exit 0\n__END__\n}}} not Perl\n").await, "exit status 0");
    let script = Script::new("name", "print $0");
    let said = format!("exit status 0: \"{}/check\"", script.folder.0);
    up(&script.ask().await, &said);
    up(
        &run("main", "main() unless caller; sub main { print 'main' }").await,
        "exit status 0: \"main\"",
    );
    down(&run("begin", "BEGIN { exit 5 }").await, "exit status 5");
    let text = "my $x = 'kept'; sub f { print $x } f(); END { print ' to the end' }";
    up(&run("closure", text).await, "exit status 0: \"kept to the end\"");
}

#[tokio::test]
async fn what_is_no_perl_and_what_is_not_there() {
    let script = Script::new("syntax", "exit 0 }");
    let said = format!(
        "exit status 255: \"Unmatched right curly bracket at {}/check line 1,",
        script.folder.0
    );
    let outcome = script.ask().await;
    assert!(outcome.verdict == Verdict::Down, "{outcome:?}");
    assert!(outcome.message.starts_with(&said[..60]), "{outcome:?}");
    let check = Check::Perl(Perl { script: "/no/such".to_owned(), arguments: vec![] });
    let said = "exit status 2: \"Can't open perl script \"/no/such\": No such file or directory\"";
    down(&ask(&check, nobody()).await, said);
}

#[tokio::test]
async fn a_script_that_changes_is_read_again_and_keeps_nothing_from_check_to_check() {
    let script = Script::new("again", "our $n; print ++$n");
    up(&script.ask().await, "exit status 0: \"1\"");
    up(&script.ask().await, "exit status 0: \"1\"");
    script.rewrite("exit 7 # another");
    down(&script.ask().await, "exit status 7");
}

#[tokio::test]
async fn many_run_side_by_side() {
    // each waits until all are there
    let folder = Folder::new("perl-side");
    let text = "open my $f, '>', \"$ARGV[0]/$$\" or die $!; close $f; \
                select undef, undef, undef, 0.01 until 8 <= (() = glob \"$ARGV[0]/*\");";
    let script = Script::new("side-by-side", text);
    let Check::Perl(mut perl) = script.check.clone() else { panic!() };
    perl.arguments = vec![folder.0.clone()];
    let check = std::sync::Arc::new(Check::Perl(perl));
    let checks = (0..8).map(|_| std::sync::Arc::clone(&check));
    let asked = checks.map(|check| tokio::spawn(async move { ask(&check, nobody()).await }));
    for outcome in asked.collect::<Vec<_>>() {
        up(&outcome.await.unwrap(), "exit status 0");
    }
}

#[tokio::test]
async fn modules_are_loaded_once_and_again_when_they_change() {
    // which process loaded it, and whether that is the one that forked us
    let folder = Folder::new("perl-library");
    let module = |text: &str| {
        let text = format!("package Slow; our $by = $$; sub said {{ '{text}' }} 1");
        let path = format!("{}/Slow.pm", folder.0);
        std::fs::write(format!("{path}.new"), text).unwrap();
        std::fs::rename(format!("{path}.new"), path).unwrap();
    };
    module("one");
    let text = format!(
        "use strict; use lib '{}'; use Slow; \
         print Slow::said(), $Slow::by == $$ ? ' here' : $Slow::by == getppid ? ' there' : ' ?'",
        folder.0
    );
    let script = Script::new("modules", &text);
    script.says("one there").await;
    module("another");
    let outcome = script.ask().await;
    assert!(outcome.message.starts_with("exit status 0: \"another "), "{outcome:?}");
    script.says("another there").await;
}

#[tokio::test]
async fn without_its_parent_a_script_runs_by_itself_and_another_is_started() {
    let script = Script::new("parent", "print getppid");
    let parent = |outcome: &Outcome| {
        let pid =
            outcome.message.strip_prefix("exit status 0: \"").and_then(|m| m.strip_suffix('"'));
        pid.and_then(|pid| Pid::from_raw(pid.parse().ok()?)).expect(&outcome.message)
    };
    let first = parent(&script.ask().await);
    assert_eq!(parent(&script.ask().await), first, "it is the same for all");
    kill_process(first, Signal::KILL).unwrap();
    let second = until_another(&script, first, parent).await;
    // one that hears nothing is replaced at the first deadline that it lets pass
    kill_process(second, Signal::STOP).unwrap();
    down(&ask_within(DEADLINE, &script.check, nobody()).await, "killed after 3 s");
    until_another(&script, second, parent).await;
}

/// Asks until it is a child of a perl that is not this one.
async fn until_another(script: &Script, than: Pid, parent: impl Fn(&Outcome) -> Pid) -> Pid {
    loop {
        let now = parent(&script.ask().await);
        if now != than && now != rustix::process::getpid() {
            return now;
        }
    }
}

#[tokio::test]
async fn a_script_may_return_and_may_be_of_another_mind_about_the_first_line() {
    up(&run("return", "return 3").await, "exit status 0");
    up(&run("warn", "#!/usr/bin/perl -w\nprint $^W").await, "exit status 0: \"1\"");
    up(&run("no-warn", "#!/usr/bin/perl\nprint $^W").await, "exit status 0: \"0\"");
    up(&run("option", "#!/usr/bin/perl -l\nprint 1; print 2").await, "exit status 0: \"1\"");
    up(
        &run("shift", "my $v = shift; print \"$v @ARGV\"").await,
        "exit status 0: \"[2001:db8::1] 80 10.0.0.1 8080\"",
    );
}

#[tokio::test]
async fn at_the_deadline_and_at_the_end_all_that_it_started_dies() {
    let text = "$SIG{TERM} = 'IGNORE'; my $child = fork; sleep 600 unless $child; \
                my $f = $0; $f =~ s/check$/pids/; open my $o, '>', \"$f.new\" or die $!; \
                print $o \"$$ $child\"; close $o; rename \"$f.new\", $f; sleep 600;";
    let script = Script::new("deadline", text);
    let outcome = ask_within(DEADLINE, &script.check, nobody()).await;
    down(&outcome, "killed after 3 s");
    for pid in script.folder.pids().await {
        gone(&pid).await;
    }
    let script = Script::new("abort", text);
    let check = script.check.clone();
    let nanny = tokio::spawn(async move { ask(&check, nobody()).await });
    let pids = script.folder.pids().await;
    nanny.abort();
    for pid in pids {
        gone(&pid).await;
    }
}

#[tokio::test]
async fn endless_output_is_read_and_forgotten() {
    up(
        &run("endless", "print 'y' x 79, qq(\\n) for 1 .. 100_000").await,
        &format!("exit status 0: \"{}\"", "y".repeat(79)),
    );
}

#[test]
fn when_the_checks_end_nothing_stays() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let script = Script::new("the-last", "print getppid");
    let checks = runtime();
    let outcome = checks.block_on(script.ask());
    let parent = outcome.message.split('"').nth(1).expect(&outcome.message).to_owned();
    drop(checks);
    runtime().block_on(gone(&parent));
}
