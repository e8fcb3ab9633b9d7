//! What a round of probes comes to.

use std::net::IpAddr;

use crate::model::protocol::{Vqalive, VqaliveMode};

/// Whether a round has failed. Answers to nothing that was asked have not.
pub(super) fn has_failed(mode: VqaliveMode, answers: &[Vec<bool>]) -> bool {
    let is_silent = |ports: &Vec<bool>| !ports.is_empty() && !ports.contains(&true);
    match mode {
        VqaliveMode::All => !answers.is_empty() && answers.iter().all(is_silent),
        VqaliveMode::Address => answers.iter().any(is_silent),
        VqaliveMode::Any => answers.iter().flatten().any(|answers| !answers),
    }
}

/// What does not answer, as the log has it.
pub(super) fn silent(rules: &Vqalive, answers: &[Vec<bool>]) -> String {
    let name = |address: &IpAddr, port: &u16| match address {
        IpAddr::V4(v4) => format!("{v4}:{port}"),
        IpAddr::V6(v6) => format!("[{v6}]:{port}"),
    };
    let of_address = |(address, answers): (&IpAddr, &Vec<bool>)| {
        let asked = rules.ports.iter().zip(answers);
        let dead: Vec<_> =
            asked.filter(|(_, answers)| !**answers).map(|(port, _)| name(address, port)).collect();
        dead
    };
    let dead: Vec<_> = rules.addresses.iter().zip(answers).flat_map(of_address).collect();
    match dead.len() {
        0..=SHOWN => dead.join(", "),
        all => format!("{} and {} more", dead[..SHOWN].join(", "), all - SHOWN),
    }
}

/// How many are named.
const SHOWN: usize = 4;
