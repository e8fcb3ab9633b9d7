//! What was sent and received, as lines for people: `> ` we said, `< ` the server said.

use checkers::{Side, Transcript};

/// The lines. What is not printable is escaped, as in `\0`, `\x1b`, `\u{202e}`; a line's end is not shown.
pub(super) fn lines(transcript: &Transcript) -> Vec<String> {
    let mut lines: Vec<String> =
        transcript.turns().flat_map(|(side, said)| turn(side, &said)).collect();
    if transcript.left_out() > 0 {
        lines.push(format!("({} more bytes are not shown)", transcript.left_out()));
    }
    lines
}

fn turn(side: Side, said: &[u8]) -> Vec<String> {
    let mark = match side {
        Side::Client => '>',
        Side::Server => '<',
    };
    let said = said.strip_suffix(b"\n").unwrap_or(said);
    let said = said.split(|byte| *byte == b'\n');
    let line =
        |line: &[u8]| format!("{mark} {}", escaped(line.strip_suffix(b"\r").unwrap_or(line)));
    said.map(|said| line(said).trim_end().to_owned()).collect()
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\'' => text.push(c),
                '\0' => text.push_str("\\0"),
                c if c.is_ascii_control() && !c.is_ascii_whitespace() => {
                    text.extend((c as u8).escape_ascii().map(char::from));
                }
                c => text.extend(c.escape_debug()),
            }
        }
        text.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_every_line() {
        let said = "HTTP/1.1 200 OK\r\nServer: \"it's größe\"\r\n\r\nbody";
        let lines = turn(Side::Server, said.as_bytes());
        assert_eq!(lines, ["< HTTP/1.1 200 OK", "< Server: \"it's größe\"", "<", "< body"]);
        assert_eq!(turn(Side::Client, b"QUIT\r\n"), ["> QUIT"]);
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let said = [b"\0\x01\x1b[2J\x7f\t\r\\\xff\xe2\x82".as_slice(), "\u{202e}\u{9b}".as_bytes()];
        let lines = turn(Side::Server, &said.concat());
        assert_eq!(lines, [r"< \0\x01\x1b[2J\x7f\t\r\\\xff\xe2\x82\u{202e}\u{9b}"]);
    }
}
