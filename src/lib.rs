//! lvs-director makes a Linux machine an LVS director.

pub mod config;
pub mod model;
