//! What is done of what a machine says.

use std::thread;

use tracing::{debug, error, info, warn};

use crate::daemon::cluster::Request;
use crate::daemon::cluster::order::Order;
use crate::failover::action::Action;
use crate::failover::line::{Level, Line};
use crate::model::Role;

use super::Driver;

impl Driver {
    /// What is to be sent and done does not wait for the log.
    pub(super) fn carry(&mut self, actions: Vec<Action>) {
        let (mut because, mut reason, mut lines, mut turned) = (None, "", Vec::new(), false);
        for action in actions {
            match action {
                Action::Send(to, bytes) => self.sockets.send(to, &bytes),
                Action::Become(role) => {
                    // who sees the order can see why
                    if self.joints.beat.borrow().role != role {
                        self.turn(role, because.take());
                        turned = true;
                    }
                    let last = self.stopping && role == Role::Standby;
                    self.order(|order| {
                        (order.role, order.silent, order.last) = (role, false, last);
                        order.reason = reason;
                    });
                }
                Action::Reason(why) => reason = why,
                Action::Probe(limit) => self.scout.probe(limit),
                Action::Seek { claims, within } => self.scout.seek(claims, within),
                Action::Announce => {
                    self.scout.announce();
                    let silent = because.is_none();
                    self.order(|order| {
                        (order.announcements, order.silent) = (order.announcements + 1, silent);
                    });
                }
                Action::Run(step) => self.services.run(step),
                Action::Monitor(on) => self.services.monitor(on),
                Action::Ping(host) => self.services.ping(host),
                Action::Adopt => self.services.adopt(self.setup.cluster.failovers.clone()),
                Action::Say(line) => {
                    // what is mailed says more than what comes with it
                    if line.mailed || because.is_none() {
                        because = Some(line.text.clone());
                    }
                    if line.mailed {
                        self.news.clone_from(&because);
                    }
                    lines.push(line);
                }
            }
        }
        if turned {
            // a hint: where there is one processor, the changeover's thread may have it before the log
            thread::yield_now();
        }
        lines.into_iter().for_each(|line| self.say(line));
    }

    fn say(&self, Line { text, mailed, level }: Line) {
        match level {
            Level::Debug => debug!("{text}"),
            Level::Info => info!("{text}"),
            Level::Warning => warn!("{text}"),
            Level::Error => error!("{text}"),
        }
        if mailed && self.joints.requests.try_send(Request::Mail(text)).is_err() {
            warn!("too much is to be done, this is told here only");
        }
    }

    fn order(&self, change: impl FnOnce(&mut Order)) {
        self.joints.orders.send_modify(|order| {
            order.number += 1;
            change(order);
        });
    }
}
