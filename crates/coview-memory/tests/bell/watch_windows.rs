//! Watches with WaitForSingleObject.

use std::os::windows::io::AsRawHandle;

use coview_memory::bell::Watch;
use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Threading::WaitForSingleObject;

use crate::common::tests_alone;
use crate::line::create;
use crate::watch::{bell_of, lines, start_ringer};

fn is_signalled(watch: &Watch, milliseconds: u32) -> bool {
    // SAFETY: the handle is open as long as the watch is borrowed.
    unsafe { WaitForSingleObject(watch.as_raw_handle(), milliseconds) == WAIT_OBJECT_0 }
}

tests_alone! {
    fn a_watch_is_signalled_from_a_ring_until_it_is_armed() {
        let view = create();
        let lines = lines(&view, 1);
        let watch = Watch::new([bell_of(&lines[0])]).unwrap();
        let mut ringer = start_ringer();
        for number in 1..=20 {
            ringer.tell("0");
            while lines[0].news() < number {
                assert!(is_signalled(&watch, 100_000));
                let (_, _, seen) = bell_of(&lines[0]);
                watch.rearm(&[seen]).unwrap();
            }
        }
        ringer.hang_up();
        ringer.finish();
        lines[0].ring();
        assert!(is_signalled(&watch, 100_000) && is_signalled(&watch, 0));
        watch.rearm(&[lines[0].seen()]).unwrap();
        assert!(!is_signalled(&watch, 0));
    }
}
