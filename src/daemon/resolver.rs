//! Names of hosts and services, and files, as the system knows them.

use std::collections::HashMap;
use std::net::{IpAddr, ToSocketAddrs};
use std::path::Path;
use std::{fs, io};

use checkers::Tls;
use rustix::fs::{Access, access};
use rustix::process::geteuid;

use crate::config::{Resolver, Unfit, Unwritable};
use crate::model::{Family, Protocol};

use super::cluster;

/// The system's resolver and its services database.
pub(super) struct System {
    services: HashMap<(String, String), u16>,
}

impl System {
    /// Reads the services database; where there is none, the ports of the services that
    /// ldirectord knows are known all the same.
    pub(super) fn new() -> Self {
        let text = fs::read_to_string("/etc/services").unwrap_or_default();
        let mut services = HashMap::new();
        for line in BUILT_IN.lines().chain(text.lines()) {
            enter(&mut services, line);
        }
        System { services }
    }
}

impl Resolver for System {
    fn host(&self, name: &str, family: Family) -> Option<IpAddr> {
        let found = (name, 0).to_socket_addrs().ok()?;
        found.map(|address| address.ip()).find(|ip| Family::of(*ip) == family)
    }

    fn port(&self, service: &str, protocol: Option<Protocol>) -> Option<u16> {
        let known =
            |protocol: &str| self.services.get(&(service.to_owned(), protocol.to_owned())).copied();
        match protocol {
            Some(protocol) => known(&protocol.to_string()),
            None => known("tcp").or_else(|| known("udp")).or_else(|| known("sctp")),
        }
    }

    fn hostname(&self) -> String {
        hostname()
    }

    fn tls(&self, tls: &Tls) -> Result<(), String> {
        tls.try_setup()
    }

    fn program(&self, program: &str) -> Result<(), String> {
        if program.contains('/') {
            return usable(Path::new(program), Access::EXEC_OK);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut tried = std::env::split_paths(&path)
            .map(|folder| usable(&folder.join(program), Access::EXEC_OK));
        if tried.any(|tried| tried.is_ok()) { Ok(()) } else { Err("not found in PATH".to_owned()) }
    }

    fn script(&self, script: &str) -> Result<(), String> {
        usable(Path::new(script), Access::READ_OK)
    }

    fn interface(&self, name: &str) -> bool {
        // where the kernel shows none, nothing is known
        !Path::new(INTERFACES).is_dir() || Path::new(INTERFACES).join(name).exists()
    }

    fn key(&self, file: &str) -> Result<(), Unfit> {
        match cluster::is_own(Path::new(file)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Unfit::Open),
            Err(why) => Err(Unfit::Unreadable(why)),
        }
    }

    fn folder(&self, folder: &Path) -> Result<(), String> {
        match fs::metadata(folder).map_err(words)?.is_dir() {
            true => Ok(()),
            false => Err("not a directory".to_owned()),
        }
    }

    fn writable(&self, file: &str) -> Result<(), Unwritable> {
        appendable(Path::new(file)).map_err(|error| {
            let denied = error.kind() == io::ErrorKind::PermissionDenied;
            let whose = match denied && !geteuid().is_root() {
                true => Unwritable::ByThisUser,
                false => Unwritable::ByAnybody,
            };
            whose(words(error))
        })
    }
}

/// Whether a file can be added to, or be made for that.
fn appendable(file: &Path) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => Ok(access(file, Access::WRITE_OK)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // a link to a file that is not there yet would be followed
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
        }
        Err(error) => Err(error),
    }
}

/// Whether a file is a regular one, and can be accessed so.
fn usable(file: &Path, how: Access) -> Result<(), String> {
    let found = fs::metadata(file).map_err(words)?;
    if !found.is_file() {
        return Err("not a regular file".to_owned());
    }
    access(file, how).map_err(|error| words(error.into()))
}

/// The kernel's own, without their number.
pub(super) fn words(error: io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// This host's name: the environment's, as in ldirectord, or the kernel's.
fn hostname() -> String {
    std::env::var("HOSTNAME").map_or_else(|_| nodename(), |name| name.trim().to_owned())
}

/// This host's name as the kernel has it, which mail goes by.
pub(super) fn nodename() -> String {
    let named = fs::read_to_string("/proc/sys/kernel/hostname");
    named.map_or("localhost".to_owned(), |name| name.trim().to_owned())
}

/// One line of services(5): `name port/protocol alias…`, with `#` comments.
fn enter(services: &mut HashMap<(String, String), u16>, line: &str) {
    let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
    let (Some(name), Some((port, protocol))) =
        (words.next(), words.next().and_then(|word| word.split_once('/')))
    else {
        return;
    };
    let Ok(port) = port.parse() else { return };
    for name in words.chain([name]) {
        services.insert((name.to_owned(), protocol.to_owned()), port);
    }
}

const INTERFACES: &str = "/sys/class/net";
/// What every machine's database says; minimal systems have none.
const BUILT_IN: &str = "\
ftp 21/tcp
smtp 25/tcp mail
domain 53/tcp
domain 53/udp
http 80/tcp www
pop3 110/tcp pop-3
nntp 119/tcp
imap2 143/tcp imap
ldap 389/tcp
https 443/tcp
submission 587/tcp
ldaps 636/tcp
imaps 993/tcp
pop3s 995/tcp
radius 1812/udp
mysql 3306/tcp
postgresql 5432/tcp
sip 5060/tcp
sip 5060/udp
";

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn names_aliases_and_comments() {
        let mut services = HashMap::new();
        enter(&mut services, "http\t80/tcp\twww # WorldWideWeb");
        enter(&mut services, "# nothing");
        enter(&mut services, "broken");
        let port = |name: &str| services.get(&(name.to_owned(), "tcp".to_owned())).copied();
        assert_eq!((port("http"), port("www"), port("WorldWideWeb")), (Some(80), Some(80), None));
    }

    #[test]
    fn the_built_in_names_are_known_everywhere() {
        let system = System::new();
        assert_eq!(system.port("domain", Some(Protocol::Udp)), Some(53));
        assert_eq!(system.port("https", None), Some(443));
        assert_eq!(system.port("no-such-service", None), None);
    }

    #[test]
    fn interfaces_are_this_machines() {
        let system = System::new();
        assert!(system.interface("lo"));
        assert!(!system.interface("no-such-link"));
    }

    #[test]
    fn a_key_is_its_owners() {
        let system = System::new();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let path = file.to_str().unwrap();
        let unreadable = system.key(path);
        assert!(matches!(&unreadable, Err(Unfit::Unreadable(why)) if why.contains(path)));
        fs::write(&file, "abc").unwrap();
        let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o640);
        assert_eq!(system.key(path), Ok(()));
        mode(0o644);
        assert_eq!(system.key(path), Err(Unfit::Open));
    }

    #[test]
    fn programs_can_be_run_and_scripts_read() {
        let system = System::new();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("check");
        fs::write(&file, "exit 0").unwrap();
        let [folder, file] = [folder.path(), &file].map(|path| path.to_str().unwrap());
        let wrong = |why: &str| Err(why.to_owned());
        for (program, run, read) in [
            ("/bin/true", Ok(()), Ok(())),
            ("true", Ok(()), wrong("No such file or directory")),
            (file, wrong("Permission denied"), Ok(())),
            (folder, wrong("not a regular file"), wrong("not a regular file")),
            ("/missing", wrong("No such file or directory"), wrong("No such file or directory")),
            ("missing", wrong("not found in PATH"), wrong("No such file or directory")),
            ("/bin/true/x", wrong("Not a directory"), wrong("Not a directory")),
        ] {
            assert_eq!((system.program(program), system.script(program)), (run, read), "{program}");
        }
    }

    #[test]
    fn a_file_can_be_written_without_being_there() {
        let system = System::new();
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new");
        fs::write(folder.path().join("old"), "before").unwrap();
        let by_anybody = |why: &str| Unwritable::ByAnybody(why.to_owned());
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for (file, found) in [
            ("new", Ok(())),
            ("old", Ok(())),
            (".", Err("is a directory")),
            ("no/new", Err("No such file or directory")),
            ("old/new", Err("Not a directory")),
        ] {
            assert_eq!(system.writable(&path(file)), found.map_err(by_anybody), "{file}");
        }
        assert!(!new.exists(), "looking makes nothing");
        assert_eq!(fs::read_to_string(path("old")).unwrap(), "before");
        assert_eq!(system.writable("in-the-working-directory"), Ok(()));
    }
}
