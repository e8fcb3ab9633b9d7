use super::*;
use crate::config::ldirectord::directives::find;

fn stripped(name: &str, scope: Scope, line: &'static str) -> &'static str {
    let value = Piece::lines(line).next().unwrap();
    without_comment(find(name).unwrap(), value, scope).text()
}

#[test]
fn a_comment_ends_a_value_outside_of_quotes() {
    let body = |name, line| stripped(name, Scope::Virtual, line);
    assert_eq!(body("quiescent", "yes # x"), "yes");
    assert_eq!(body("quiescent", "yes#x"), "yes");
    assert_eq!(body("request", "\"/a#b\" # c"), "\"/a#b\"");
    assert_eq!(body("request", "\"/a\" # see \"b\""), "\"/a\"");
    assert_eq!(body("request", "\"/a # \" # c"), "\"/a # \"");
    // a quote that is never closed hides nothing
    assert_eq!(body("virtualhost", "a\"b # c"), "a\"b");
    // quotes mean nothing in these
    assert_eq!(body("comment", "the \"big # one\""), "the \"big");
}

#[test]
fn in_the_global_part_a_comment_has_a_blank_before_it() {
    let global = |name, line| stripped(name, Scope::Global, line);
    assert_eq!(global("autoreload", "yes # x"), "yes");
    assert_eq!(global("emailalert", "a#b@example.com # c"), "a#b@example.com");
    assert_eq!(global("logfile", "\"/var/log/a #1\""), "\"/var/log/a #1\"");
    assert_eq!(global("execute", "a.cf # b"), "a.cf");
    assert_eq!(global("fallbackcommand", "page \"the # boss\" # c"), "page \"the # boss\"");
    assert_eq!(global("maintenancedir", "/a # b"), "/a # b");
}

#[test]
fn quotes_around_a_command_are_its_own_around_a_word() {
    let text = |scope, line| {
        let value = Piece::lines(line).next().unwrap();
        match read(find("fallbackcommand").unwrap(), value, scope, &mut Vec::new()) {
            Some(Value::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    };
    for (line, global, own) in [
        ("page me", "page me", "page me"),
        ("\"page me\"", "page me", "page me"),
        ("\"page me\" now", "\"page me\" now", "page me"),
        ("\"a b\" \"c\"", "\"a b\" \"c\"", "a b\" \"c"),
        ("page \"me\"", "page \"me\"", "page \"me\""),
    ] {
        assert_eq!([text(Scope::Global, line), text(Scope::Virtual, line)], [global, own]);
    }
}

#[test]
fn numbers_are_the_first_digits() {
    let number = |line| {
        let mut notes = Vec::new();
        let value = Piece::lines(line).next().unwrap();
        let read = read(find("checktimeout").unwrap(), value, Scope::Global, &mut notes);
        (read, notes.len())
    };
    assert_eq!(number("5"), (Some(Value::Number(5)), 0));
    assert_eq!(number("10s"), (Some(Value::Number(10)), 1));
    assert_eq!(number("-5"), (Some(Value::Number(5)), 1));
    assert_eq!(number("1.5"), (Some(Value::Number(1)), 1));
    assert_eq!(number("0"), (None, 1));
    assert_eq!(number(""), (None, 1));
}
