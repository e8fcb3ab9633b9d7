//! The block of lvs.cf.example.

/// The example with its `cluster` block put to use, in place of piranha's keys.
pub(crate) fn in_place_of_keys(example: &str) -> String {
    let (mut is_block, mut out) = (false, String::new());
    for line in example.lines() {
        is_block |= line.starts_with("#cluster ");
        let key = line.split([' ', '=']).next().unwrap_or_default();
        match line.split_once('#') {
            Some((indent, live)) if is_block => out += &format!("{indent}{live}\n"),
            _ if KEYS.contains(&key) => {}
            _ => out += &format!("{line}\n"),
        }
        is_block &= line != "#}";
    }
    out
}

const KEYS: &[&str] = &[
    "primary",
    "backup",
    "backup_active",
    "keepalive",
    "deadtime",
    "heartbeat_port",
    "primary_private",
    "backup_private",
    "monitor_links",
    "syncdaemon",
    "syncd_iface",
    "syncd_id",
];
