//! What control does about a file that was read again.

use tracing::{error, info};

use crate::daemon::cluster::Setup;
use crate::daemon::maintenance::Seen;
use crate::daemon::reload::Reading;
use crate::director::Event;
use crate::health::Maintenance;
use crate::model::Model;

use super::Control;

impl Control {
    /// Follows a reading of the file, if it is good.
    pub(super) fn reload(&mut self, mut reading: Reading) {
        let (seen, setup) = (reading.seen.take(), reading.setup.clone());
        let busy = !self.director.is_idle();
        let refused = self.program.refused_config.as_deref();
        match self.reload.take(reading, self.settings.autoreload, busy, refused) {
            None => {}
            Some(Ok(model)) => self.follow(model, seen, setup),
            Some(Err(why)) => self.refuse(why),
        }
        match (self.reload.judged(), &self.settings.callback) {
            (Some(true), Some(callback)) => self.hooks.callback(callback),
            (Some(false), Some(_)) => info!("`callback` is not run for a broken file"),
            _ => {}
        }
    }

    fn follow(&mut self, model: Model, seen: Option<Seen>, setup: Option<Result<Setup, String>>) {
        if self.program.refused_config.take().is_some() {
            info!("the configuration, refused until now, is taken");
        }
        self.tell_news(usize::MAX);
        self.log.follow(model.settings.logfile.as_ref());
        self.settings = model.settings.clone();
        self.fitness.follow(model.cluster.as_deref());
        self.hooks.follow(&self.settings.execute);
        let maintenance = seen.and_then(|seen| self.look_elsewhere(seen));
        let effects = self.director.handle(Event::Reload(Box::new(model), maintenance), self.now());
        self.carry(effects);
        if let Some(Ok(setup)) = setup {
            self.setup = Some((self.number, setup));
        }
    }

    /// Who is in maintenance of a new configuration's reals, if it has others, or another folder: of
    /// the same what has been seen since is newer.
    fn look_elsewhere(&mut self, seen: Seen) -> Option<Maintenance> {
        let is_same = seen.followed == *self.followed.borrow();
        if is_same {
            return None;
        }
        self.followed.send_replace(seen.followed);
        seen.maintenance
    }

    /// Nothing bad in a file ever takes down what is running.
    fn refuse(&mut self, why: String) {
        error!("the configuration is refused, the last good one is followed");
        self.program.refused_config = Some(why);
    }
}
