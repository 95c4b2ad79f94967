//! Another protection for a part of a region, and pages of it that become private, or shared again.

use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::PoisonError;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

use super::addresses::Source;
use super::region::{Region, prot_of};
use crate::error::{Error, ErrorKind, Result};
use crate::rights::Access;

const ACTION: &str = "change the protection";

impl Region {
    /// Gives the pages of a part, which is not empty, another protection: private ones to a copy, shared ones to who
    /// writes for all. On failure a part of the part may have it.
    ///
    /// # Safety
    /// Nobody touches the pages in a way that their new protection forbids, nor relies on private content that goes.
    pub(crate) unsafe fn protect(&self, offset: usize, len: usize, access: Access) -> Result<()> {
        if self.private && access.writes_shared() {
            let detail = "the view's pages are private; Access::Copy is what writes them";
            return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
        }
        let part = self.whole_units(offset, len);
        // A child that is forked now must not find the list below locked by a thread that it does not have.
        let _turn = super::space::lock_all();
        let mut apart = self.apart.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reserve) = &self.reserve {
            reserve.note_changed(part.clone(), prot_of(access));
        }
        let (flags, pieces) = if access.is_copy() && !self.private {
            (MapFlags::PRIVATE, apart.outside(&part))
        } else if access.writes_shared() {
            (MapFlags::SHARED, apart.within(&part))
        } else {
            (MapFlags::SHARED, Vec::new())
        };
        let failed = |os| refused(access, part.len(), os);
        for piece in pieces {
            let source = Source {
                fd: self.data.as_fd(),
                offset: self.start + piece.start as u64,
                // Writing comes below, with all the rest: what is to be private is counted then, and not refused here.
                prot: prot_of(access) - ProtFlags::WRITE,
                flags,
            };
            // SAFETY: the caller's promise is the one that is asked for.
            unsafe { self.pages.replace(piece.start, piece.len(), source) }.map_err(failed)?;
            if access.is_copy() {
                apart.add(piece);
            } else {
                apart.remove(&piece);
            }
        }
        self.pages
            .protect(part.start, part.len(), prot_of(access))
            .map_err(failed)
    }

    fn whole_units(&self, offset: usize, len: usize) -> Range<usize> {
        let first = (self.skew + offset) / self.unit * self.unit;
        let end = (self.skew + offset + len).next_multiple_of(self.unit);
        first..end.min(self.pages.len())
    }
}

fn refused(access: Access, len: usize, os: Errno) -> Error {
    let (kind, detail) = match os {
        Errno::ACCESS | Errno::PERM => (
            ErrorKind::AccessDenied,
            format!("the descriptor, or the file system, does not allow to {access:?}"),
        ),
        Errno::NOMEM | Errno::AGAIN => (
            ErrorKind::NoMemory,
            format!("{len} bytes with a protection of their own; see vm.max_map_count and vm.overcommit_memory"),
        ),
        _ => (ErrorKind::Os, format!("{len} bytes to {access:?}")),
    };
    Error::new(kind, ACTION, detail).with_os(os)
}

/// Parts of a region, in order, none touching the next.
#[derive(Default)]
pub(super) struct Apart(Vec<Range<usize>>);

impl Apart {
    /// What of the range is in these parts.
    pub(super) fn within(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let cut = |part: &Range<usize>| part.start.max(range.start)..part.end.min(range.end);
        self.0.iter().map(cut).filter(|part| !part.is_empty()).collect()
    }

    /// What of the range is in none of these parts.
    pub(super) fn outside(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut free = Vec::new();
        let mut at = range.start;
        for part in self.within(range) {
            free.push(at..part.start);
            at = part.end;
        }
        free.push(at..range.end);
        free.retain(|part| !part.is_empty());
        free
    }

    pub(super) fn add(&mut self, range: Range<usize>) {
        let mut all = range;
        self.0.retain(|part| {
            let touches = part.start <= all.end && all.start <= part.end;
            if touches {
                all = part.start.min(all.start)..part.end.max(all.end);
            }
            !touches
        });
        let place = self.0.partition_point(|part| part.start < all.start);
        self.0.insert(place, all);
    }

    /// What lies before `at`, and what lies behind it, counted from there.
    pub(super) fn split(self, at: usize) -> (Self, Self) {
        let before = self.within(&(0..at));
        let behind = self.within(&(at..usize::MAX)).into_iter();
        (
            Self(before),
            Self(behind.map(|part| part.start - at..part.end - at).collect()),
        )
    }

    pub(super) fn remove(&mut self, range: &Range<usize>) {
        let mut left = Vec::new();
        for part in self.0.drain(..) {
            left.push(part.start..part.end.min(range.start));
            left.push(part.start.max(range.end)..part.end);
        }
        left.retain(|part| !part.is_empty());
        self.0 = left;
    }
}

#[cfg(test)]
mod tests {
    use super::Apart;

    #[test]
    fn parts_are_those_that_were_added_and_not_removed() {
        let mut apart = Apart::default();
        let mut model = [false; 40];
        let mut state = 1_u64;
        for round in 0..5_000 {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let (one, two) = ((state >> 33) as usize % 40, (state >> 45) as usize % 40);
            let range = one.min(two)..one.max(two) + 1;
            model[range.clone()].fill(round % 3 != 0);
            if round % 3 == 0 {
                apart.remove(&range);
            } else {
                apart.add(range.clone());
            }
            let all = |parts: Vec<std::ops::Range<usize>>| parts.into_iter().flatten().collect::<Vec<_>>();
            let those = |is: bool| (0..40).filter(|at| model[*at] == is).collect::<Vec<_>>();
            assert_eq!(all(apart.within(&(0..40))), those(true));
            assert_eq!(all(apart.outside(&(0..40))), those(false));
            assert!(apart.0.windows(2).all(|two| two[0].end < two[1].start));
        }
    }
}
