//! The servers: how each is prepared, started, and seen to serve.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::process::{FOLDER, Process, shell};
use super::wait::wait_until;

/// A server that people run, as Debian packages it.
pub(crate) struct Server {
    name: &'static str,
    /// Its configuration: file below the folder, and text.
    files: &'static [(&'static str, &'static str)],
    /// Lines of the shell, run once.
    prepare: &'static str,
    /// The server's own program, in the foreground.
    command: &'static str,
    tcp: &'static [u16],
    udp: &'static [u16],
}

/// A server that serves.
pub(crate) struct Serving {
    server: &'static Server,
    process: Process,
}

/// Prepares what all servers need: a folder, names, addresses, certificates.
pub(crate) fn prepare() {
    fs::create_dir(FOLDER).expect("a new folder");
    // a monitor file that cannot be written is an error
    fs::create_dir(format!("{FOLDER}/monitor")).expect("a new folder");
    shell(include_str!("conf/prepare"));
    for server in SERVERS {
        for (file, text) in server.files {
            let path = format!("{FOLDER}/{file}");
            let folder = path.rsplit_once('/').map_or(FOLDER, |(folder, _)| folder);
            fs::create_dir_all(folder).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        shell(server.prepare);
    }
}

/// Starts all servers at once, and waits until all serve.
pub(crate) fn start() -> Vec<Serving> {
    let start = |server| Serving { server, process: Process::start(server.name, server.command) };
    let mut all: Vec<Serving> = SERVERS.iter().map(start).collect();
    for serving in &mut all {
        serving.wait();
    }
    all
}

/// Freezes all servers: the kernel accepts for them, and nothing is ever said.
pub(crate) fn freeze(all: &[Serving]) {
    all.iter().for_each(|serving| serving.process.freeze());
}

/// Kills all servers.
pub(crate) fn kill(all: Vec<Serving>) {
    for serving in all {
        serving.process.kill();
        serving.server.wait_until_nobody_listens();
    }
}

/// Stops all servers as their administrator would.
pub(crate) fn stop(all: Vec<Serving>) {
    for serving in all {
        // innd sees that it was asked when the next client comes
        serving.process.stop(|| drop(serving.server.listening()));
        serving.server.wait_until_nobody_listens();
    }
}

impl Serving {
    fn wait(&mut self) {
        let (server, process) = (self.server, &mut self.process);
        wait_until(&format!("{} serves", server.name), LIMIT, || {
            process.must_run();
            let missing = server.listening().into_iter().find(|(_, there)| !there);
            missing.map_or(Ok(()), |(port, _)| Err(format!("{port}: nobody\n{}", process.said())))
        });
    }
}

impl Server {
    fn wait_until_nobody_listens(&self) {
        wait_until(&format!("nobody listens for {}", self.name), LIMIT, || {
            let left = self.listening().into_iter().find(|(_, there)| *there);
            left.map_or(Ok(()), |(port, _)| Err(format!("{port}: somebody")))
        });
    }

    /// Each port, in both families, and whether somebody is there.
    fn listening(&self) -> Vec<(String, bool)> {
        let both = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let addresses = |ports: &'static [u16]| {
            ports.iter().flat_map(move |&port| both.map(|address| SocketAddr::new(address, port)))
        };
        let tcp = addresses(self.tcp).map(|address| {
            let there = TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
            (format!("tcp {address}"), there)
        });
        let udp = addresses(self.udp).map(|address| (format!("udp {address}"), bound(address)));
        tcp.chain(udp).collect()
    }
}

/// Whether a UDP port is somebody's.
fn bound(address: SocketAddr) -> bool {
    let table = if address.is_ipv4() { "/proc/net/udp" } else { "/proc/net/udp6" };
    let port = format!(":{:04X}", address.port());
    let table = fs::read_to_string(table).expect("the kernel's table");
    table.lines().filter_map(|line| line.split_whitespace().nth(1)).any(|own| own.ends_with(&port))
}

const LIMIT: Duration = Duration::from_secs(60);

const SERVERS: &[Server] = &[
    Server {
        name: "nginx",
        files: &[("nginx.conf", include_str!("conf/nginx.conf")), ("www/login", "welcome\n")],
        prepare: "printf 'probe:%s\\n' \"$(openssl passwd -apr1 right)\" >passwords",
        command: "nginx -c $PWD/nginx.conf",
        tcp: &[80, 443, 8443],
        udp: &[],
    },
    Server {
        name: "squid",
        files: &[("squid.conf", include_str!("conf/squid.conf"))],
        prepare: "",
        command: "squid -N -f $PWD/squid.conf",
        tcp: &[3128],
        udp: &[],
    },
    Server {
        name: "dovecot",
        files: &[("dovecot.conf", include_str!("conf/dovecot.conf"))],
        prepare: "install -d -o mail -g mail mail",
        command: "dovecot -F -c $PWD/dovecot.conf",
        tcp: &[110, 143, 993, 995],
        udp: &[],
    },
    Server {
        name: "postfix",
        files: &[
            ("postfix/main.cf", include_str!("conf/postfix-main.cf")),
            ("postfix/master.cf", include_str!("conf/postfix-master.cf")),
        ],
        prepare: "install -d -o postfix postfix-data spool/private spool/public
                  install -d spool/pid",
        command: "/usr/lib/postfix/sbin/master -c $PWD/postfix -d",
        tcp: &[25, 587],
        udp: &[],
    },
    Server {
        name: "vsftpd",
        files: &[
            ("vsftpd.conf", include_str!("conf/vsftpd.conf")),
            ("vsftpd.pam", "auth required pam_unix.so nodelay\naccount required pam_unix.so\n"),
        ],
        prepare: "useradd --create-home --shell /bin/sh probe
                  echo probe:right | chpasswd --crypt-method SHA256
                  cp vsftpd.pam /etc/pam.d/vsftpd
                  echo all is well >/home/probe/state
                  mkdir -p /run/vsftpd/empty",
        command: "vsftpd $PWD/vsftpd.conf",
        tcp: &[21],
        udp: &[],
    },
    Server {
        name: "unbound",
        files: &[("unbound.conf", include_str!("conf/unbound.conf"))],
        prepare: "",
        command: "unbound -d -c $PWD/unbound.conf",
        tcp: &[53],
        udp: &[53],
    },
    Server {
        name: "slapd",
        files: &[
            ("slapd.conf", include_str!("conf/slapd.conf")),
            ("entries.ldif", include_str!("conf/entries.ldif")),
        ],
        prepare: "mkdir ldap; slapadd -f slapd.conf -l entries.ldif",
        command: "slapd -d 0 -f $PWD/slapd.conf \
                  -h 'ldap://127.0.0.1 ldap://[::1] ldaps://127.0.0.1 ldaps://[::1]'",
        tcp: &[389, 636],
        udp: &[],
    },
    Server {
        name: "mariadb",
        files: &[
            ("my.cnf", include_str!("conf/my.cnf")),
            (
                "init.sql",
                "create or replace user probe@'%' identified by 'right';\n\
                 grant select on *.* to probe@'%';\n",
            ),
        ],
        prepare: "mkdir -p mariadb/mysql
                  { echo 'use mysql;'; cat /usr/share/mysql/mysql_system_tables.sql \
                        /usr/share/mysql/mysql_system_tables_data.sql; } |
                      mariadbd --defaults-file=$PWD/my.cnf --bootstrap",
        command: "mariadbd --defaults-file=$PWD/my.cnf --init-file=$PWD/init.sql",
        tcp: &[3306],
        udp: &[],
    },
    Server {
        name: "postgres",
        files: &[
            ("postgres/postgresql.conf", include_str!("conf/postgresql.conf")),
            (
                "postgres/pg_hba.conf",
                "hostssl all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n",
            ),
        ],
        prepare: "cp server.key postgres; chown -R postgres postgres; chmod 600 postgres/server.key
                  echo \"create role probe login password 'right'\" |
                  setpriv --reuid postgres --regid postgres --init-groups \
                      /usr/lib/postgresql/15/bin/postgres --single -D /var/lib/postgresql/15/main \
                      -c config_file=$PWD/postgres/postgresql.conf postgres",
        command: "setpriv --reuid postgres --regid postgres --init-groups \
                  /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main \
                  -c config_file=$PWD/postgres/postgresql.conf",
        tcp: &[5432],
        udp: &[],
    },
    Server {
        name: "freeradius",
        files: &[
            ("raddb/radiusd.conf", include_str!("conf/radiusd.conf")),
            ("raddb/users", "probe Cleartext-Password := \"right\"\n"),
        ],
        prepare: "",
        command: "freeradius -f -l stdout -d $PWD/raddb -n radiusd",
        tcp: &[],
        udp: &[1812],
    },
    Server {
        name: "innd",
        files: &[("news/inn.conf", include_str!("conf/inn.conf"))],
        prepare: "cp -a /var/lib/news/. news; cp -an /etc/news/. news; chown -R news:news news",
        command: "env INNCONF=$PWD/news/inn.conf setpriv --reuid news --regid news --init-groups \
                  /usr/lib/news/bin/innd -f -P 1119",
        tcp: &[1119],
        udp: &[],
    },
    Server {
        name: "kamailio",
        files: &[("kamailio.cfg", include_str!("conf/kamailio.cfg"))],
        prepare: "",
        command: "kamailio -DD -E -m 16 -M 4 -f $PWD/kamailio.cfg",
        tcp: &[5060],
        udp: &[5060],
    },
    Server {
        name: "redis",
        files: &[],
        prepare: "",
        command: "redis-server --port 6379 --bind 127.0.0.1 ::1 --requirepass right --save ''",
        tcp: &[6379],
        udp: &[],
    },
    Server {
        name: "memcached",
        files: &[],
        prepare: "",
        command: "memcached -u root -l 127.0.0.1,::1 -U 0",
        tcp: &[11211],
        udp: &[],
    },
    Server {
        name: "etcd",
        files: &[],
        prepare: "",
        command: "etcd --log-level error --data-dir $PWD/etcd \
                  --listen-client-urls 'http://127.0.0.1:2379,http://[::1]:2379' \
                  --advertise-client-urls http://127.0.0.1:2379",
        tcp: &[2379],
        udp: &[],
    },
];
