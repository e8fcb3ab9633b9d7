//! A node: a machine of its own but for the kernel. It has its own name, processes, files and
//! network, as programs need them that look at `uname -n`, at /run and at pids.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use super::host::Host;
use super::pair::{plug_in, unplug};

/// A node that runs; its processes are killed when it is dropped.
pub(crate) struct Node {
    /// Its network.
    pub(crate) host: Host,
    /// Holds the namespaces' first process and ends with it.
    unshare: Child,
    /// The first process's pid.
    init: u32,
}

/// A process of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its pid, in the node.
    pub(crate) pid: u32,
    /// Its command line.
    pub(crate) title: String,
}

impl Node {
    /// Turns on a node, counted from 1. It finds its disk as it left it, or a fresh one; /run, /tmp
    /// and its network are new.
    pub(crate) fn boot(n: usize) -> Node {
        Node::boot_with(n, REAPER)
    }

    /// The same with this line of the shell in the end of its first process.
    pub(crate) fn boot_with(n: usize, init: &str) -> Node {
        let host = plug_in(n);
        let disk = format!("/tmp/{}", host.name);
        for folder in ["upper", "work", "root"] {
            fs::create_dir_all(format!("{disk}/{folder}")).expect("a folder");
        }
        let mut command = Command::new("unshare");
        command.args(["--uts", "--ipc", "--mount", "--pid", "--cgroup", "--fork"]);
        command.args(["--kill-child=KILL", "sh", "-euc", &format!("{BOOT}\n{init}")]);
        command.args(["sh", &host.name, &disk]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut unshare = host.inside(|| command.spawn()).expect("unshare starts");
        let mut said = BufReader::new(unshare.stdout.take().expect("a pipe")).lines();
        let pid = said.next().expect("its pid").expect("a line").parse().expect("a number");
        assert_eq!(said.next().expect("a word").expect("a line"), "up");
        Node { host, unshare, init: pid }
    }

    /// Takes the power off: all its processes are gone at once, and its network.
    pub(crate) fn power_off(mut self) {
        self.kill();
        unplug(&self.host);
    }

    /// A command that runs here, its words apart by blanks.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.init.to_string(), "--all", "--wd=/"]);
        command.args(line.split_whitespace()).stdin(Stdio::null());
        // what the outer machine has set is not for a node
        command.env_remove("LANG").env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs a command here, however it ends.
    pub(crate) fn try_run(&self, line: &str) -> Output {
        self.command(line).output().expect("nsenter starts")
    }

    /// Runs a command here and returns its output; panics if it fails.
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.try_run(line);
        assert!(output.status.success(), "{}: {line}: {output:?}", self.host.name);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs lines of the shell here; all must succeed.
    pub(crate) fn shell(&self, lines: &str) -> String {
        let output = self.command("sh -euc").arg(lines).output().expect("nsenter starts");
        assert!(output.status.success(), "{}: {lines}\n{output:?}", self.host.name);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Where a file of the node is seen from outside.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{file}", self.init))
    }

    /// Reads a file of the node's; empty if there is none.
    pub(crate) fn read(&self, file: &str) -> String {
        let text = fs::read(self.path(file)).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// All its processes that have a command line.
    pub(crate) fn processes(&self) -> Vec<Process> {
        let space = |pid: &str| Some(fs::metadata(format!("/proc/{pid}/ns/pid")).ok()?.ino());
        let ours = space(&self.init.to_string());
        let pids = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
        let pids = pids.filter_map(|entry| entry.file_name().into_string().ok());
        let processes = pids.filter_map(|pid| {
            if ours.is_none() || space(&pid) != ours {
                return None;
            }
            let title = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let title = String::from_utf8_lossy(&title).replace('\0', " ").trim().to_owned();
            let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let inside = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
            let pid = inside.split_whitespace().last()?.parse().ok()?;
            (!title.is_empty()).then_some(Process { pid, title })
        });
        processes.collect()
    }

    fn kill(&mut self) {
        // unshare takes its child, the first process, along, and that one all the others
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The first process: tells its pid in the outer machine, makes the node's files, says when.
/// The root is pivoted to, not chrooted: nsenter takes a process at its word for the root.
const BOOT: &str = r#"
read -r pid rest </proc/self/stat
echo "$pid"
hostname "$1"
mount --make-rprivate /
root=$2/root
mount -t overlay -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" node "$root"
cd "$root"
mount --rbind /host host
mount -t tmpfs dev dev
for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 pts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t proc proc proc
mount -t sysfs -o ro sys sys
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs run run
mount -t tmpfs -o mode=1777 tmp tmp
mkdir -p run/lock run/old
mount --bind /lib/modules lib/modules
pivot_root . run/old
cd /
umount -l /run/old
echo up
exec >/dev/null
"#;

/// Ends the zombies of daemons that left their parents.
const REAPER: &str = "trap : HUP; while :; do sleep 1000 & wait; done";
