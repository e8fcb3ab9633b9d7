//! What ARP says of an address (RFC 826, RFC 5227): who has it, who is about to, who only asks.

use std::net::Ipv4Addr;

use super::announcement::Mac;

/// A packet of ARP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// It answers, and does not ask.
    pub is_reply: bool,
    /// The card that it is of.
    pub mac: Mac,
    /// The address that card says it has; unspecified in a probe.
    pub from: Ipv4Addr,
    /// The address that is asked for, or who is answered.
    pub target: Ipv4Addr,
}

/// What it says of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The sender has it.
    Has,
    /// The sender has it, and tells everybody unasked.
    Announces,
    /// The sender is about to take it.
    Claims,
    /// Nothing of who has it.
    Nothing,
}

impl Arp {
    /// Reads a whole Ethernet frame; `None` for one that holds no ARP between Ethernet and IPv4, or
    /// one whose sender is not the one that has sent it.
    pub fn read(frame: &[u8]) -> Option<Arp> {
        let (ethernet, arp) = frame.split_at_checked(14)?;
        let arp: &[u8; 28] = arp.first_chunk()?;
        let [0, 1, 8, 0, 6, 4, 0, operation @ (1 | 2), rest @ ..] = arp else { return None };
        let mac: Mac = *rest.first_chunk()?;
        let is_its_own = ethernet.get(6..12)? == mac && ethernet.get(12..14)? == [8, 6];
        let is_card = mac.first().is_some_and(|first| first & MULTICAST == 0);
        let address = |at: usize| Some(Ipv4Addr::from(*rest.get(at..)?.first_chunk::<4>()?));
        let (from, target) = (address(6)?, address(16)?);
        (is_its_own && is_card).then_some(Arp { is_reply: *operation == 2, mac, from, target })
    }

    /// What it says of this address.
    pub fn says(&self, address: Ipv4Addr) -> Says {
        let is_of = self.target == address;
        match self.from {
            from if from == address && is_of => Says::Announces,
            from if from == address => Says::Has,
            Ipv4Addr::UNSPECIFIED if is_of && !self.is_reply => Says::Claims,
            _ => Says::Nothing,
        }
    }
}

/// The bit of a MAC that is no single card's.
const MULTICAST: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failover::announcement::{BROADCAST, arp_question, arp_reply, arp_request};

    const MAC: Mac = [2, 0, 0, 0, 0, 7];
    const VIRTUAL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);
    const REAL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

    #[test]
    fn what_is_said_of_an_address() {
        for (frame, expected) in [
            (arp_request(VIRTUAL, MAC), Says::Announces),
            (arp_reply(VIRTUAL, MAC, BROADCAST), Says::Announces),
            (arp_question(VIRTUAL, MAC, Ipv4Addr::UNSPECIFIED), Says::Claims),
            (arp_question(REAL, MAC, VIRTUAL), Says::Has),
            (arp_question(VIRTUAL, MAC, REAL), Says::Nothing),
            (arp_question(REAL, MAC, Ipv4Addr::UNSPECIFIED), Says::Nothing),
        ] {
            let arp = Arp::read(&frame).unwrap();
            assert_eq!((arp.mac, arp.says(VIRTUAL)), (MAC, expected), "{arp:?}");
        }
        let mut answer = arp_reply(VIRTUAL, MAC, BROADCAST);
        answer[38..42].copy_from_slice(&REAL.octets());
        assert_eq!(Arp::read(&answer).unwrap().says(VIRTUAL), Says::Has);
    }

    #[test]
    fn what_is_no_arp_of_its_sender_says_nothing() {
        let good = arp_question(VIRTUAL, MAC, REAL);
        for length in 0..42 {
            assert_eq!(Arp::read(&good[..length]), None, "{length}");
        }
        assert!(Arp::read(&good[..42]).is_some(), "without what fills it up");
        for at in [6, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22] {
            let mut frame = good.clone();
            frame[at] ^= 0x40;
            assert_eq!(Arp::read(&frame), None, "{at}");
        }
        let mut group = good.clone();
        (group[6], group[22]) = (3, 3);
        assert_eq!(Arp::read(&group), None);
    }
}
