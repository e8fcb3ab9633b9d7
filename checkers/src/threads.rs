//! Work that cannot be broken off, as a look-up or a file on another machine, on threads of its own.

use std::io;

use tokio::sync::{Semaphore, oneshot};

/// Does what cannot be broken off on a thread of this name, which keeps its slot until it is done, even
/// when nobody waits for it any more. It is none of the runtime's: that would end only after it.
///
/// # Errors
/// The thread cannot be started, or has panicked.
pub(crate) async fn on_a_thread<T: Send + 'static>(
    name: &str,
    slots: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let slot = slots.acquire().await.map_err(io::Error::other)?;
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _slot = slot;
        // nobody may be listening any more
        let _ = tell.send(work());
    })?;
    told.await.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::PATIENCE;

    #[tokio::test]
    async fn one_that_nobody_waits_for_keeps_its_slot() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (tell, begun) = oneshot::channel();
        let given_up = tokio::spawn(on_a_thread("a", &ONE, move || {
            tell.send(()).unwrap();
            held.recv().is_err()
        }));
        begun.await.unwrap();
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        assert_eq!(ONE.available_permits(), 0);
        drop(release);
        let next = tokio::time::timeout(PATIENCE, on_a_thread("b", &ONE, || "found")).await;
        assert_eq!(next.unwrap().unwrap(), "found");
    }
}
