//! The words of ucarp, keepalived, piranha, heartbeat and vqalive, and what is here for them.

/// What there is for a word of another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A directive, perhaps with its value.
    Called(&'static str),
    /// Nothing, for this reason.
    Needless(&'static str),
}

/// What there is for another program's directive.
pub(super) fn directive(word: &str) -> Option<Foreign> {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours)
    };
    let prefix = || FAMILIES.iter().find(|(family, _)| word.starts_with(family));
    find(CALLED)
        .map(Foreign::Called)
        .or_else(|| find(NEEDLESS).map(Foreign::Needless))
        .or_else(|| prefix().map(|(_, why)| Foreign::Needless(why)))
}

/// The value that another program's value is called here.
pub(super) fn value(directive: &str, word: &str) -> Option<&'static str> {
    let found = VALUES.iter().find(|(whose, theirs, _)| *whose == directive && *theirs == word);
    found.map(|(_, _, ours)| *ours)
}

/// What other programs call it.
const CALLED: &[(&str, &str)] = &[
    ("vhid", "id"),
    ("vrid", "id"),
    ("virtual_router_id", "id"),
    ("virtual_ipaddress", "address"),
    ("virtual_ipaddress_excluded", "excluded"),
    ("vip", "address"),
    ("addr", "address"),
    ("unicast_peer", "peer"),
    ("unicast_src_ip", "source"),
    ("mcast_src_ip", "source"),
    ("srcip", "source"),
    ("advert_int", "interval"),
    ("keepalive", "interval"),
    ("nopreempt", "preempt = no"),
    ("preempt_delay", "preemptdelay"),
    ("passfile", "secretfile"),
    ("heartbeat_port", "port"),
    ("heartbeat_key_file", "secretfile"),
    ("monitor_links", "monitorlinks"),
    ("standby_checks", "standbychecks"),
    ("active_cmd", "activecommand"),
    ("inactive_cmd", "inactivecommand"),
    ("upscript", "activecommand"),
    ("downscript", "inactivecommand"),
    ("promote_script", "activecommand"),
    ("demote_script", "inactivecommand"),
    ("syncd_iface", "syncinterface"),
    ("lvs_sync_daemon", "syncinterface"),
    ("syncd_id", "syncid"),
    ("mcastip", "group"),
    ("mcast", "group"),
    ("own_check_fails", "ownfails"),
    ("primary_private", "primary, with both addresses behind it"),
    ("backup_private", "backup, with both addresses behind it"),
    ("syncdaemon", "syncinterface"),
    ("vrrp_version", "version"),
    ("no_accept", "accept = no"),
    ("dont_track_primary", "monitorlinks = no"),
    ("lvs_sync_daemon_interface", "syncinterface"),
    ("notify_master", "activecommand"),
    ("notify_backup", "inactivecommand"),
    ("notify_fault", "inactivecommand"),
    ("notify_stop", "inactivecommand"),
    ("auth_type", "authentication = password, for version 2"),
    ("weight", "decrement"),
    ("ignoreifstate", "monitorlinks = no"),
    ("nomcast", "multicast = no"),
    ("auto_failback", "preempt"),
    ("ping", "canary"),
];
/// What other programs have to be told, and why it is not told here.
const NEEDLESS: &[(&str, &str)] = &[
    ("state", "who is preferred becomes master, with vrrp by priority, with carp by advskew"),
    (
        "track_interface",
        "monitorlinks looks at the interface; what lies behind others a canary tells",
    ),
    ("track_script", SCRIPT),
    ("vrrp_script", SCRIPT),
    ("track_process", SCRIPT),
    ("track_file", SCRIPT),
    ("script", SCRIPT),
    ("smtp_alert", "a change of the role is mailed to whom the file names for alerts"),
    ("use_vmac", "addresses are on the interface itself, and the neighbours are told of them"),
    ("virtual_routes", ROUTES),
    ("virtual_rules", ROUTES),
    ("vrrp_instance", "the block is the instance, and a file has one"),
    ("vrrp_sync_group", "all addresses of the block move together"),
    ("router_id", "this machine goes by its host name"),
    ("shutdown", "a director that ends always gives its addresses up"),
    ("neutral", "inactivecommand is run at the start as well, and must do no harm there"),
    ("xparam", "it can stand in activecommand and inactivecommand as an argument"),
    ("daemonize", "run does not go to the background"),
    ("facility", "logfile says where the log goes, outside of the block"),
];
/// How words begin that are many.
const FAMILIES: &[(&str, &str)] = &[
    ("garp_", GARP),
    ("vrrp_garp_", GARP),
    ("notify", "each role has its own command, activecommand and inactivecommand"),
];
const SCRIPT: &str = "the checks of the real servers count (livereals), and who answers a canary";
const ROUTES: &str = "activecommand and inactivecommand can set routes and rules";
const GARP: &str = "the neighbours are told at a takeover and some seconds after it";
/// What other programs call a value.
const VALUES: &[(&str, &str, &str)] = &[
    ("authentication", "PASS", "password"),
    ("authentication", "pass", "password"),
    ("conflictcheck", "on", "warn"),
    ("conflictcheck", "yes", "warn"),
    ("conflictcheck", "no", "off"),
];
