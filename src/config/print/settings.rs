//! The directives of the program itself.

use super::virtuals::alert;
use super::{Lines, yes_no};
use crate::model::{Alert, Facility, Logfile, Settings};

/// What is said of the settings, as far as it is not the default.
pub(super) fn settings(settings: &Settings) -> Lines {
    let mut lines = Lines::new();
    if settings.autoreload {
        lines.push(("autoreload", yes_no(true)));
    }
    if let Some(folder) = &settings.maintenance {
        lines.push(("maintenancedir", folder.display().to_string()));
    }
    match &settings.logfile {
        Some(Logfile::Path(path)) => lines.push(("logfile", path.display().to_string())),
        Some(Logfile::Facility(facility)) => lines.push(("logfile", name(*facility))),
        None => {}
    }
    if settings.supervised {
        lines.push(("supervised", yes_no(true)));
    }
    lines.extend(alert(&settings.alert, &Alert::default()));
    if let Some(from) = &settings.mail_from {
        lines.push(("emailalertfrom", from.clone()));
    }
    if let Some(callback) = &settings.callback {
        lines.push(("callback", callback.to_string()));
    }
    lines.extend(settings.execute.iter().map(|name| ("execute", name.clone())));
    if let Some(timeouts) = settings.timeouts {
        let all = [
            ("tcptimeout", timeouts.tcp),
            ("tcpfintimeout", timeouts.tcp_fin),
            ("udptimeout", timeouts.udp),
        ];
        let given = all.into_iter().filter(|(_, seconds)| *seconds != 0);
        lines.extend(given.map(|(name, seconds)| (name, seconds.to_string())));
    }
    lines
}

fn name(facility: Facility) -> String {
    match facility {
        Facility::Local(number) => format!("local{number}"),
        other => format!("{other:?}").to_lowercase(),
    }
}
