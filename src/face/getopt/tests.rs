//! What glibc's getopt_long and strtoul make of it.

use super::*;

const OPTIONS: [Opt; 4] = [
    Opt { letter: 'b', name: "advbase", takes: Some("seconds") },
    Opt { letter: 'k', name: "advskew", takes: Some("skew") },
    Opt { letter: 'P', name: "preempt", takes: None },
    Opt { letter: 'a', name: "addr", takes: Some("ip") },
];

/// The options in a word each, up to the complaint.
fn read(words: &str) -> Vec<String> {
    let words = words.split(' ').map(str::to_owned).collect();
    let options = Options::new("x", &OPTIONS, words);
    let given = options.map(|given| given.map(|(letter, value)| format!("{letter}{value}")));
    given.map(|given| given.unwrap_or_else(|why| why)).collect()
}

#[test]
fn letters_and_names_are_mixed_with_other_words() {
    assert_eq!(
        read("-Pb1 more -k 2 --addr=x --preempt -PP"),
        ["P", "b1", "k2", "ax", "P", "P", "P"]
    );
    assert_eq!(read("--addr -P - --advb 3 -- -P"), ["a-P", "b3"]);
    assert_eq!(read("--addr= -b"), ["a", "x: option requires an argument -- 'b'"]);
    assert_eq!(read("-a --"), ["a--"]);
}

#[test]
fn what_is_wrong_is_said_in_its_words() {
    for (words, complaint) in [
        ("-q", "x: invalid option -- 'q'"),
        ("-P=1", "x: invalid option -- '='"),
        ("--adv 1", "x: option '--adv' is ambiguous; possibilities: '--advbase' '--advskew'"),
        ("--foo=1", "x: unrecognized option '--foo'"),
        ("--pre=1", "x: option '--preempt' doesn't allow an argument"),
        ("--advs", "x: option '--advskew' requires an argument"),
    ] {
        assert_eq!(read(words).iter().find(|said| said.starts_with("x: ")).unwrap(), complaint);
    }
}

#[test]
fn a_number_is_that_of_c() {
    for (text, is) in [
        ("42abc", 42),
        ("0x1f", 31),
        ("0X1F", 31),
        ("0x", 0),
        ("010", 8),
        ("089", 0),
        ("", 0),
        ("abc", 0),
        (" \t+7", 7),
        ("-1", u64::MAX),
        ("18446744073709551615", u64::MAX),
        ("99999999999999999999", u64::MAX),
        ("-99999999999999999999", u64::MAX),
    ] {
        assert_eq!(number(text), is, "{text:?}");
    }
}
