//! What is said about the program itself.

/// How it is called.
pub(super) const USAGE: &str = "\
Usage:
    ldirectord [-d | --debug] [--] [CONFIG]
        start | stop | restart | try-restart | reload | force-reload | status
    ldirectord -h | -? | --help | -v | --version

Options:
    -d, --debug    stay in the foreground, and log everything on standard error
    -h, --help     explain the program
    -v, --version  say which version this is

CONFIG is looked for as /etc/ha.d/CONFIG, as /etc/ha.d/conf/CONFIG, and as it
is given. Without it, it is ldirectord.cf.
";

/// What it does.
pub(super) const HELP: &str = "\
ldirectord checks real servers, and keeps the kernel's table of virtual services
(IPVS) as its configuration and the health of the servers say.

Usage:
    ldirectord [-d | --debug] [--] [CONFIG]
        start | stop | restart | try-restart | reload | force-reload | status
    ldirectord -h | -? | --help | -v | --version

Actions:
    start          run a director in the background, if none runs on CONFIG;
                   returns when it is at work
    stop           end it; returns when it has ended, after 12 s at most
    restart        end it if one runs, and start another
    try-restart    the same if one runs, else nothing
    reload         have it read CONFIG again
    force-reload   the same
    status         say whether one runs

Options:
    -d, --debug    stay in the foreground, and log everything on standard error
    -h, -?, --help     print this
    -v, --version      say which version this is

CONFIG is looked for as /etc/ha.d/CONFIG, as /etc/ha.d/conf/CONFIG, and as it
is given. Without it, it is ldirectord.cf.

Exit status:
    0      it is done; status: one runs
    1      it could not be done; status: the pid file names nobody who runs
    2      CONFIG is wrong; nothing is touched, but stop stops all the same
    3      status: none runs
    255    the command line is wrong

ldirectord(8) says more, ldirectord.cf(5) what stands in CONFIG. This program is
lvs-director, in ldirectord's place: lvs-director(8).
";

/// The first line is the original's: scripts look for it.
pub(super) const VERSION: &str = concat!(
    "Linux Director v1.186-ha\n",
    "lvs-director ",
    env!("CARGO_PKG_VERSION"),
    ", in the place of ldirectord\n",
);
