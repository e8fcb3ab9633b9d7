//! Whom to tell of a virtual's changes, and when.

use std::time::Duration;

use super::lookup::Lookup;
use super::values::Value;
use crate::config::Diagnostic;
use crate::model::{Alert, Phases};

/// Lowers the mail of one virtual; what is odd is noted.
pub(super) fn alert(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Alert {
    let to = lookup.text("emailalert").unwrap_or_default().trim();
    let named = to.split(',').any(|to| !to.trim().is_empty());
    let frequency = lookup.number("emailalertfreq").filter(|seconds| *seconds > 0);
    Alert {
        to: if named { to.to_owned() } else { String::new() },
        smtp: smtp(lookup, notes),
        remind: frequency.map(|seconds| Duration::from_secs(seconds.into())),
        phases: phases(lookup),
        service_name: lookup.text("servicename").map(str::to_owned),
        comment: lookup.text("comment").map(str::to_owned),
    }
}

/// The leading part that a host name can be made of, as ldirectord takes it.
fn smtp(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Option<String> {
    let given = lookup.given("smtp")?;
    let text = lookup.text("smtp")?.trim();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"._+-".contains(c));
    let host = end.and_then(|end| text.get(..end)).unwrap_or(text);
    if host.is_empty() {
        let message = "`smtp` takes a host name or an IPv4 address";
        notes.push(Diagnostic::error(given.span.clone(), message));
        return None;
    }
    if host != text {
        let message = format!("`smtp` is read as {host}");
        notes.push(Diagnostic::warning(given.span.clone(), message).hint("a port cannot be given"));
    }
    Some(host.to_owned())
}

fn phases(lookup: Lookup<'_, '_>) -> Phases {
    let Some(Value::Words(words)) = lookup.given("emailalertstatus").map(|given| &given.value)
    else {
        return Phases::default();
    };
    let holds = |word: &str| words.contains(&"all") || words.contains(&word);
    Phases {
        starting: holds("starting"),
        running: holds("running"),
        reloading: holds("reloading"),
        stopping: holds("stopping"),
    }
}
