//! Events, semaphores and mutexes, and waiting.

mod event;
mod mutex;
mod semaphore;
mod wait;

pub use event::{
    CreateEventA, CreateEventW, OpenEventA, OpenEventW, ResetEvent, SetEvent, coview_CreateEventW_wide32,
    coview_OpenEventW_wide32,
};
pub use mutex::{
    CreateMutexA, CreateMutexW, OpenMutexA, OpenMutexW, ReleaseMutex, coview_CreateMutexW_wide32,
    coview_OpenMutexW_wide32,
};
pub use semaphore::{
    CreateSemaphoreA, CreateSemaphoreW, OpenSemaphoreA, OpenSemaphoreW, ReleaseSemaphore,
    coview_CreateSemaphoreW_wide32, coview_OpenSemaphoreW_wide32,
};
pub use wait::{WaitForMultipleObjects, WaitForSingleObject};
