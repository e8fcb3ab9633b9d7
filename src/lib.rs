//! lvs-director makes a Linux machine an LVS director.

pub mod model;
