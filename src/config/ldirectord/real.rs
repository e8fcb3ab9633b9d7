//! The line of a real server, or of a fallback.
//!
//! `address[->address][:port] method [weight] ["request", "receive"] [l:lower] [u:upper]`

use super::address::{self, Host};
use super::values::ignored;
use crate::config::Diagnostic;
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::model::{Forwarding, Tunnel, Weight};

/// A real server's line, its names not yet looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct RealLine<'a> {
    pub(super) first: Host<'a>,
    /// The end of a range.
    pub(super) last: Option<Host<'a>>,
    pub(super) port: Option<Piece<'a>>,
    pub(super) forwarding: Forwarding,
    pub(super) weight: Weight,
    /// What is asked of this one, and what it must answer.
    pub(super) asks: Option<(Piece<'a>, Piece<'a>)>,
    pub(super) upper_threshold: u32,
    pub(super) lower_threshold: u32,
}

/// Reads what follows `real=`; what is odd is noted.
pub(super) fn real<'a>(
    line: Piece<'a>,
    notes: &mut Vec<Diagnostic>,
) -> Result<RealLine<'a>, Diagnostic> {
    let (first, rest) = address::host(line)?;
    let (last, rest) = match rest.strip_prefix("->") {
        Some(rest) => address::host(rest).map(|(last, rest)| (Some(last), rest))?,
        None => (None, rest),
    };
    let (port, rest) = address::port(rest)?;
    if !rest.is_empty() && !rest.text().starts_with(is_blank) {
        return Err(Diagnostic::error(
            rest.span(),
            "a blank and a forwarding method are expected here",
        ));
    }
    let rest = rest.trim_start();
    if rest.starts_with('-') && rest.strip_prefix("->").is_some() {
        let message = "no blanks can stand around the arrow of a range";
        return Err(Diagnostic::error(rest.span(), message));
    }
    if rest.is_empty() {
        let message = "the forwarding method is missing";
        return Err(Diagnostic::error(line.span(), message).hint("add gate, masq or ipip"));
    }
    let (word, rest) = rest.take_while(|c| !is_blank(c) && c != '"');
    let mut real = RealLine {
        first,
        last,
        port,
        forwarding: forwarding(word)?,
        weight: Weight::DEFAULT,
        asks: None,
        upper_threshold: 0,
        lower_threshold: 0,
    };
    real.options(rest, notes)?;
    Ok(real)
}

/// Reads what follows `fallback=`: a host, perhaps a port, perhaps a method.
pub(super) fn fallback<'a>(
    line: Piece<'a>,
    notes: &mut Vec<Diagnostic>,
) -> Result<(Host<'a>, Option<Piece<'a>>, Forwarding), Diagnostic> {
    let (host, rest) = address::host(line)?;
    let (port, rest) = address::port(rest)?;
    if !rest.is_empty() && !rest.text().starts_with(is_blank) {
        return Err(Diagnostic::error(rest.span(), "a blank or the line's end is expected here"));
    }
    let (word, rest) = rest.trim_start().take_while(|c| !is_blank(c));
    let forwarding = if word.is_empty() { Forwarding::Direct } else { forwarding(word)? };
    ignored(rest, notes);
    Ok((host, port, forwarding))
}

fn forwarding(word: Piece<'_>) -> Result<Forwarding, Diagnostic> {
    match word.text() {
        "gate" => Ok(Forwarding::Direct),
        "masq" => Ok(Forwarding::Masq),
        "ipip" => Ok(Forwarding::Tunnel(Tunnel::Ipip)),
        other => {
            let meant = match other.to_ascii_lowercase().as_str() {
                "-g" | "dr" | "route" | "direct" => Some("gate"),
                "-m" | "nat" | "masquerade" | "masquerading" => Some("masq"),
                "-i" | "tun" | "tunnel" | "tunneling" => Some("ipip"),
                _ => near_miss(other, ["gate", "masq", "ipip"]),
            };
            let message = "the forwarding method is gate, masq or ipip";
            let wrong = Diagnostic::error(word.span(), message);
            Err(match meant {
                Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
                None => wrong,
            })
        }
    }
}

impl<'a> RealLine<'a> {
    /// The words behind the method. Words before a weight are dropped, as in `gate -w 5`.
    fn options(&mut self, text: Piece<'a>, notes: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        let mut weighed = false;
        let mut strange: Vec<Piece<'a>> = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            if rest.starts_with('"') {
                let (asks, after) = pair(rest)?;
                self.asks = Some(asks);
                rest = after.trim_start();
                continue;
            }
            let (word, after) = rest.take_while(|c| !is_blank(c));
            rest = after.trim_start();
            let number = word.text().bytes().all(|b| b.is_ascii_digit());
            if number && !weighed {
                self.weight = weight(word)?;
                weighed = true;
                notes.extend(strange.drain(..).map(|word| {
                    Diagnostic::warning(word.span(), "this word is ignored")
                        .hint("a weight is a number by itself")
                }));
            } else if let Some(bound) = word.strip_prefix("u:") {
                self.upper_threshold = threshold(bound)?;
            } else if let Some(bound) = word.strip_prefix("l:") {
                self.lower_threshold = threshold(bound)?;
            } else {
                strange.push(word);
            }
        }
        if self.lower_threshold > self.upper_threshold {
            let message = "the lower threshold is ignored: it is above the upper one";
            let hint = match (self.lower_threshold, self.upper_threshold) {
                (lower, 0) => {
                    format!("add an upper one, as in l:{lower} u:{}", lower.saturating_add(10))
                }
                (lower, upper) => format!("write l:{upper} u:{lower}, if they are interchanged"),
            };
            notes.push(Diagnostic::warning(text.trim().span(), message).hint(hint));
            self.lower_threshold = 0;
        }
        match strange.first() {
            Some(word) => {
                Err(Diagnostic::error(word.span(), "this is no part of a real server's line").hint(
                    "a weight, \"request\", \"receive\", l:number and u:number may stand here",
                ))
            }
            None => Ok(()),
        }
    }
}

fn weight(word: Piece<'_>) -> Result<Weight, Diagnostic> {
    let weight = word.text().parse().ok().and_then(Weight::new);
    weight
        .ok_or_else(|| Diagnostic::error(word.span(), "a weight is a number from 0 to 2147483647"))
}

fn threshold(bound: Piece<'_>) -> Result<u32, Diagnostic> {
    let message = "a threshold is a number from 0 to 4294967295";
    bound.text().parse().map_err(|_| Diagnostic::error(bound.span(), message))
}

/// `"request", "receive"` up to the last quote: the last place that looks like a joint is the joint.
fn pair<'a>(text: Piece<'a>) -> Result<((Piece<'a>, Piece<'a>), Piece<'a>), Diagnostic> {
    let last = text.text().rfind('"').unwrap_or_default();
    let (quoted, after) = text.split_at(last + 1);
    let inside = quoted.text();
    let mut joint = None;
    let mut closing = 0;
    for (open, _) in inside.match_indices('"').filter(|(open, _)| (1..last).contains(open)) {
        let between = inside.get(closing + 1..open).unwrap_or_default();
        let gap = between.trim_matches(is_blank);
        if closing > 0 && !between.is_empty() && (gap.is_empty() || gap == ",") {
            joint = Some((closing, open));
        }
        closing = open;
    }
    let Some((closing, open)) = joint else {
        let message = "a request and what must be received are expected, both in double quotes";
        let hint = "write \"request\", \"receive\"";
        return Err(Diagnostic::error(text.span(), message).hint(hint));
    };
    let request = quoted.split_at(closing).0.split_at(1).1;
    let receive = quoted.split_at(last).0.split_at(open + 1).1;
    Ok(((request, receive), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(line: &str) -> Option<(String, String)> {
        let line = format!("10.0.0.1:80 gate {line}");
        let piece = Piece::lines(&line).next().unwrap();
        let asks = real(piece, &mut Vec::new()).ok()?.asks?;
        Some((asks.0.text().to_owned(), asks.1.text().to_owned()))
    }

    #[test]
    fn the_last_joint_parts_request_from_receive() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(asks(r#""a", "b""#), pair("a", "b"));
        assert_eq!(asks(r#""a","b""#), pair("a", "b"));
        assert_eq!(asks(r#""a" "b""#), pair("a", "b"));
        assert_eq!(asks(r#""a 5", "b" 3 u:4"#), pair("a 5", "b"));
        assert_eq!(asks(r#""a", """#), pair("a", ""));
        assert_eq!(asks(r#""a "x" y", "b""#), pair(r#"a "x" y"#, "b"));
        assert_eq!(asks(r#""a", "b", "c""#), pair(r#"a", "b"#, "c"));
    }

    #[test]
    fn one_text_or_half_of_one_is_no_pair() {
        for line in [r#""a""#, r#"""#, r#""""#, r#""""""#, r#""a"x"b""#, r#""a"; "b""#] {
            assert_eq!(asks(line), None, "{line}");
        }
    }
}
