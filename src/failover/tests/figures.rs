//! What happened: a simulation in which nothing happens proves nothing.

use std::ops::AddAssign;

macro_rules! figures {
    ($($name:ident),* $(,)?) => {
        /// How often each happened.
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct Figures { $(pub(super) $name: u64),* }

        impl AddAssign for Figures {
            fn add_assign(&mut self, other: Figures) { $(self.$name += other.$name;)* }
        }

        impl Figures {
            /// The one that happened least.
            pub(super) fn least(&self, never: &[&str]) -> (&'static str, u64) {
                let all = [$((stringify!($name), self.$name)),*];
                let known = all.into_iter().filter(|(name, _)| !never.contains(name));
                known.min_by_key(|(_, often)| *often).unwrap()
            }
        }
    };
}

figures! {
    packets, lost, doubled, cuts, deaf, mute, outages, kills, stops, sleeps, cables, unfit, unsynced,
    forced, sent_back, reloads, broken, dead_services, failures, takeovers, doubles, gaps,
}
