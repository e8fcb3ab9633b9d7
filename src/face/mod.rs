//! The command lines of the programs that this one takes the place of: called by such a program's
//! name, through a link, it does as that one does.

pub mod ldirectord;
pub mod send_arp;
