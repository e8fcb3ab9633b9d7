//! A measurement against ipvsadm -R, the fastest way that ipvsadm has.

use std::io::Write;
use std::time::Instant;

use ipvs::Ipvs;

use crate::lab::{Lab, many_services};

#[test]
#[ignore = "a measurement, which wants the machine for itself"]
fn programming_is_ten_times_as_fast_as_ipvsadm_restore() {
    let Some(lab) = Lab::enter("speed") else { return };
    let commands = many_services(5000);
    let mut kernel = Ipvs::connect().unwrap();
    let start = Instant::now();
    let results = kernel.apply(&commands).unwrap();
    let ours = start.elapsed();
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((lab.lines("TCP"), lab.lines("->")), (5000, 5000));

    let start = Instant::now();
    let table = kernel.dump().unwrap();
    let dump = start.elapsed();
    assert_eq!(table.entries.len(), 5000);
    let start = Instant::now();
    let saved = lab.saved().join("\n");
    let save = start.elapsed();

    kernel.flush().unwrap();
    let start = Instant::now();
    lab.restore(&saved);
    let theirs = start.elapsed();
    assert_eq!((lab.lines("TCP"), lab.lines("->")), (5000, 5000));
    let said = format!(
        "5000 services with a destination each: apply {ours:?}, ipvsadm -R {theirs:?}; \
         dump {dump:?}, ipvsadm -Sn {save:?}\n"
    );
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    assert!(ours * 10 < theirs, "{said}");
}
