//! The future of a watch that goes off.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use super::Watch;
use crate::error::Result;

/// Ready when its watch goes off: from [`Watch::changed`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct Changed<'a> {
    watch: &'a Watch,
    /// Under which its waker is kept, once there is one.
    number: Option<u64>,
}

impl<'a> Changed<'a> {
    pub(super) fn new(watch: &'a Watch) -> Self {
        Self { watch, number: None }
    }
}

impl Future for Changed<'_> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if let Err(error) = self.watch.check_process("wait for the watch") {
            return Poll::Ready(Err(error));
        }
        let number = *self.number.get_or_insert_with(|| NEXT.fetch_add(1, Ordering::Relaxed));
        // Cloned, and the old one dropped, outside of the lock: a waker is code of the caller's.
        let waker = context.waker().clone();
        let (ready, _old) = self.watch.with_post(|post| match post.is_armed() {
            true => (false, post.keep_waker(number, waker)),
            false => (true, Some(waker)),
        });
        if ready { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number
            && self.watch.check_process("forget").is_ok()
        {
            let _waker = self.watch.with_post(|post| post.forget_waker(number));
        }
    }
}
