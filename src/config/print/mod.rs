//! A model as a file: what `convert` writes.
//!
//! In comes a [`Model`], out goes the text of an ldirectord.cf or an lvs.cf that is read as that
//! model. `virtuals`, `check` and `security` find the directives, which both dialects have; the two
//! dialects differ in how a line is written and what stands around it.

mod check;
mod cluster;
mod ldirectord;
mod lvs;
mod security;
mod settings;
mod virtuals;

use super::Dialect;
use super::ldirectord::{DIRECTIVES, Shape};
use crate::model::{Alert, Cluster, Model, Settings, Virtual};
use virtuals::Body;

/// The text of a file that says what the model does, as far as that dialect can. vqalive's could say
/// nothing but vqalive: an ldirectord.cf stands for it.
pub fn print(model: &Model, dialect: Dialect) -> String {
    match dialect {
        Dialect::Ldirectord | Dialect::Vqalive => ldirectord::print(model),
        Dialect::Lvs => lvs::print(model),
    }
}

/// What is said of the settings, line by line.
pub(super) fn settings_lines(model: &Settings) -> Vec<(&'static str, String)> {
    settings::settings(model)
}

/// What is said of directors, line by line, as in an ldirectord.cf.
pub(super) fn cluster_lines(cluster: &Cluster) -> Vec<String> {
    let mut text = String::new();
    ldirectord::cluster(&mut text, cluster);
    text.lines().map(|line| line.trim().to_owned()).collect()
}

/// What is said of a virtual, line by line, as in an ldirectord.cf.
pub(super) fn body_lines(one: &Virtual) -> Vec<String> {
    let mut text = String::new();
    ldirectord::service(&mut text, one, &virtuals::body(one, &Alert::default()));
    text.lines().map(|line| line.trim().to_owned()).collect()
}

/// A virtual as an lvs.cf has it: without masquerading each real is at the virtual's port, which is
/// where its packets go anyhow.
pub(super) fn at_its_port(one: &Virtual) -> Virtual {
    lvs::at_its_port(one)
}

/// Directives with their values, which are not yet quoted.
type Lines = Vec<(&'static str, String)>;

/// Puts lines in the order of the manual page.
fn in_order(lines: &mut Lines) {
    lines.sort_by_key(|(name, _)| DIRECTIVES.iter().position(|row| row.name == *name));
}

/// Takes out of the bodies what all of them say, and may be said for all.
fn shared(bodies: &mut [Body<'_>], for_all: &[&'static str]) -> Lines {
    let mut lines = Lines::new();
    for name in for_all {
        let value = |body: &Body<'_>| {
            let line = body.lines.iter().find(|(known, _)| known == name);
            line.map(|(_, value)| value.clone())
        };
        let Some(first) = bodies.iter().find_map(value) else { continue };
        // what may be said for all only
        let only_global = *name == "readdquiescent";
        if only_global || bodies.iter().all(|body| value(body).as_ref() == Some(&first)) {
            bodies.iter_mut().for_each(|body| body.lines.retain(|(known, _)| known != name));
            lines.push((name, first));
        }
    }
    lines
}

/// A directive's value as it stands behind the `=`.
fn quoted(name: &str, value: &str) -> String {
    let shape = DIRECTIVES.iter().find(|row| row.name == name).map(|row| row.shape);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@+,-".contains(c);
    let quoted = match shape {
        Some(Shape::Quoted | Shape::Header) => true,
        // there the shell sees to quotes
        Some(Shape::Command) if value.contains('"') => false,
        Some(Shape::Text | Shape::Command | Shape::LoadMonitor) => !value.chars().all(plain),
        _ => false,
    };
    if quoted { format!("\"{value}\"") } else { value.to_owned() }
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// Words that are parted as those of a command are, without a shell.
fn joined(words: &[String]) -> String {
    let quoted = |word: &String| {
        let plain = |c: char| !c.is_whitespace() && !matches!(c, '\'' | '"' | '\\');
        if !word.is_empty() && word.chars().all(plain) {
            return word.clone();
        }
        if !word.contains('\'') {
            return format!("'{word}'");
        }
        let escaped = word.chars().flat_map(|c| {
            let escape = matches!(c, '"' | '\\' | '$' | '`').then_some('\\');
            escape.into_iter().chain([c])
        });
        format!("\"{}\"", escaped.collect::<String>())
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
