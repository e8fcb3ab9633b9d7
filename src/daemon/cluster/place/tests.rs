use super::*;
use crate::daemon::cluster::setup::{cluster, vrrp};
use crate::model::VirtualAddress;

/// One that holds this address, which no other test has.
fn holding(address: &str) -> Cluster {
    let (address, interface) = (address.parse().unwrap(), "lo".parse().unwrap());
    let held = VirtualAddress { address, prefix: None, interface, label: None };
    Cluster { addresses: vec![held], ..cluster(true, false) }
}

#[tokio::test]
async fn an_address_is_one_directors_until_it_is_given_back() {
    let (one, two) = (Places::default(), Places::default());
    let (first, other) = (holding("198.51.100.201"), holding("198.51.100.202"));
    one.take(&first).await.unwrap();
    // of one's own a second time, as after a reload
    one.take(&first).await.unwrap();
    two.take(&other).await.unwrap();
    let why = two.take(&first).await.unwrap_err();
    let pid = std::process::id();
    let words = format!("for 198.51.100.201 on lo, pid {pid}: two would take");
    assert!(why.contains(&words), "{why}");
    // it has another one instead, and the first is free
    one.keep(&holding("198.51.100.203")).await;
    two.take(&first).await.unwrap();
    drop(two);
    one.take(&first).await.unwrap();
    one.take(&other).await.unwrap();
}

#[test]
fn a_virtual_router_is_one_of_its_interface_number_and_family() {
    let four = vrrp(false, &[]);
    assert_eq!(places(&four), BTreeSet::from(["vrrp eth0 id 1".to_owned()]));
    assert_ne!(places(&four), places(&vrrp(true, &[])));
    // the same one, whatever else is said of it
    assert_eq!(places(&four), places(&vrrp(false, &["192.0.2.2"])));
}
