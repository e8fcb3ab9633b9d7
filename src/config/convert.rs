//! One dialect's file as the other's.
//!
//! In comes a file that has been read, out goes the text of the other dialect and what it cannot
//! say. That is not only looked up: the text is read again, and its model compared with the first.

use super::print::{at_its_port, body_lines, cluster_lines, print, settings_lines};
use super::{Dialect, Resolver, Severity, inactive, read};
use crate::model::{Cluster, Model, Settings, Virtual};

/// A file, converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The other dialect's text; it is read without an error.
    pub text: String,
    /// What has no equivalent there, a line each: where it is, and what.
    pub lost: Vec<String>,
}

/// Converts a file of this name and text, which says what the model does.
pub fn convert(name: &str, text: &str, model: &Model, resolver: &dyn Resolver) -> Converted {
    let from = Dialect::of(text);
    let to = match from {
        Dialect::Ldirectord => Dialect::Lvs,
        Dialect::Lvs | Dialect::Vqalive => Dialect::Ldirectord,
    };
    let mut lost: Vec<String> = match from {
        Dialect::Lvs => inactive::lines(text)
            .into_iter()
            .map(|(at, why)| format!("{name}:{at}: {why}"))
            .collect(),
        Dialect::Ldirectord | Dialect::Vqalive => Vec::new(),
    };
    let (model, left_out) = sayable(model, to, resolver);
    lost.extend(left_out.into_iter().map(|why| format!("{name}: {why}")));
    let head = head(name, &model, to);
    let text = format!("{head}{}", print(&model, to).trim_start_matches('\n'));
    if let Some(found) = read(&text, resolver).model {
        let differences = differences(&model, &found, to);
        lost.extend(differences.into_iter().map(|why| format!("{name}: {why}")));
    }
    Converted { text, lost }
}

/// The comment on top.
fn head(name: &str, model: &Model, to: Dialect) -> String {
    let name = name.replace(['\n', '\r'], " ");
    match to {
        Dialect::Lvs if model.cluster.is_some() => {
            format!(
                "# From {name}; lvs.cf(5) explains it.\n\
                 # The cluster block is lvs-director's: piranha refuses a file that has one.\n\n"
            )
        }
        Dialect::Ldirectord | Dialect::Vqalive => {
            format!("# From {name}; ldirectord.cf(5) explains it.\n\n")
        }
        Dialect::Lvs => format!(
            "# From {name}; lvs.cf(5) explains it.\n\
             #\n\
             # That file knew no second director, and on which device an address is raised was nobody's\n\
             # business: add a cluster block, or primary, backup and backup_active, and the devices\n\
             # behind the addresses.\n\n"
        ),
    }
}

/// The model without what makes an error of the other dialect's file, and what that is.
fn sayable(model: &Model, to: Dialect, resolver: &dyn Resolver) -> (Model, Vec<String>) {
    let error = |model: &Model| {
        let reading = read(&print(model, to), resolver);
        reading.diagnostics.into_iter().find(|d| d.severity == Severity::Error)
    };
    let mut whole = model.clone();
    // what is lost of them has been told by their lines
    whole.cluster.iter_mut().for_each(|cluster| cluster.failovers.clear());
    if error(&whole).is_none() {
        return (whole, Vec::new());
    }
    let mut lost = Vec::new();
    let mut said = Model { virtuals: Vec::new(), cluster: None, ..whole.clone() };
    if let Some(wrong) = error(&said) {
        said.settings = Settings::default();
        lost.push(format!("the global part cannot be said: {}", wrong.message));
    }
    let directors = Model { cluster: whole.cluster, ..Model::default() };
    match error(&directors) {
        Some(wrong) => lost.push(format!("the cluster cannot be said: {}", wrong.message)),
        None => said.cluster = directors.cluster,
    }
    for one in &model.virtuals {
        let alone = Model { virtuals: vec![one.clone()], ..Model::default() };
        match error(&alone) {
            Some(wrong) => {
                lost.push(format!("virtual {} cannot be said: {}", one.service.id, wrong.message));
            }
            None => said.virtuals.push(one.clone()),
        }
    }
    (said, lost)
}

/// What the file that is read again says otherwise.
fn differences(model: &Model, found: &Model, to: Dialect) -> Vec<String> {
    let mut lost = Vec::new();
    let (said, again) = (settings_lines(&model.settings), settings_lines(&found.settings));
    lost.extend(
        said.iter()
            .filter(|line| !again.contains(line))
            .map(|(name, value)| format!("`{name}={value}` has no equivalent")),
    );
    if model.settings.hard_shutdown != found.settings.hard_shutdown && to == Dialect::Ldirectord {
        lost.push("`hard_shutdown = 1` has no equivalent".to_owned());
    }
    if let Some(cluster) = &model.cluster {
        lost.extend(of_cluster(cluster, found.cluster.as_deref()));
    }
    for one in &model.virtuals {
        let again = found.virtuals.iter().find(|other| other.service.id == one.service.id);
        match again {
            None => lost.push(format!("virtual {} has no equivalent", one.service.id)),
            Some(again) => lost.extend(of_virtual(one, again, to)),
        }
    }
    lost
}

fn of_cluster(cluster: &Cluster, again: Option<&Cluster>) -> Vec<String> {
    if again == Some(cluster) {
        return Vec::new();
    }
    let found = again.map(cluster_lines).unwrap_or_default();
    let said = cluster_lines(cluster).into_iter().filter(|line| !found.contains(line));
    let lost: Vec<_> = said.map(|line| format!("cluster: `{line}` has no equivalent")).collect();
    if lost.is_empty() { vec!["the cluster has no exact equivalent".to_owned()] } else { lost }
}

fn of_virtual(one: &Virtual, again: &Virtual, to: Dialect) -> Vec<String> {
    let id = one.service.id;
    let mut lost = Vec::new();
    let mut moved = one.clone();
    if to == Dialect::Lvs {
        moved = at_its_port(one);
        for (real, moved) in one.reals.iter().zip(&moved.reals).filter(|(a, b)| a != b) {
            let (real, port) = (real.address, moved.address.port());
            lost.push(format!("virtual {id}: real {real} is at port {port}, as its packets are"));
        }
    }
    if moved == *again {
        return lost;
    }
    let found = body_lines(again);
    let said = body_lines(&moved).into_iter().filter(|line| !found.contains(line));
    let said: Vec<_> = said.collect();
    if said.is_empty() {
        lost.push(format!("virtual {id} has no exact equivalent"));
    }
    let told = said.into_iter().map(|line| format!("virtual {id}: `{line}` has no equivalent"));
    lost.extend(told);
    lost
}
