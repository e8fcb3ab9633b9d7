//! What is installed as /usr/sbin/ldirectord.

use super::machine;
use super::node::{Node, Process};

/// Whose program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// Ours, as an administrator puts it there: a link.
    Ours,
    /// Debian's.
    Theirs,
}

impl Program {
    /// Its name in a table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Program::Ours => "lvs-director as ldirectord",
            Program::Theirs => "Debian's ldirectord",
        }
    }

    /// Puts it in its place; nothing else of the node changes.
    pub(crate) fn install(self, node: &Node) {
        if self == Program::Ours {
            let ours = machine::director();
            node.run(&format!("ln -sfn {} /usr/sbin/lvs-director", ours.display()));
            node.run("ln -sfn lvs-director /usr/sbin/ldirectord");
        }
    }
}

/// The daemons that run on a node, by whichever name they were started.
pub(crate) fn daemons(node: &Node) -> Vec<Process> {
    let mut found = node.processes();
    found.retain(|process| {
        let words: Vec<&str> = process.title.split(' ').collect();
        let program = words.iter().any(|word| word.ends_with("/ldirectord"));
        // ours has a word more than the original
        program && words.iter().rev().take(2).any(|&word| word == "start")
    });
    found
}

/// The pid files on a node: name and number.
pub(crate) fn pid_files(node: &Node) -> Vec<(String, Option<u32>)> {
    let folder = std::fs::read_dir(node.path("/run")).expect("/run").filter_map(Result::ok);
    let names = folder.filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter(|name| name.starts_with("ldirectord") && name.ends_with(".pid"));
    names
        .map(|name| {
            let number = node.read(&format!("/run/{name}")).trim().parse().ok();
            (name, number)
        })
        .collect()
}
