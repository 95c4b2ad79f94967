//! Learning of commits by touching: the one signal handler of this library, for who asks for it.

use crate::error::Result;
use crate::os::imp;

/// From now on a touch of a page of a reserved mapping that another process, or another view, has committed since
/// succeeds, as it does on Windows: without [`View::sync_commits`](crate::View::sync_commits). For code that touches
/// memory itself, through [`Trusted::as_ptr`](crate::Trusted::as_ptr); a [`View`](crate::View)'s own calls still want
/// `sync_commits`, and answer an error else. Linux only; on Windows it is always so.
///
/// It installs a handler of SIGSEGV for the whole process and for ever, once; nothing else in this library installs any.
/// The handler makes the page touchable, and the touch is repeated. Every other fault goes to the handler that was there
/// before, or ends the process as before. Install handlers of your own first, or pass on what is not for them. A
/// page that is given to the kernel, to read(2) say, is no touch: there it is `EFAULT`.
///
/// ```
/// use coview_memory::{Mapping, Pages, sync_commits_on_fault};
/// sync_commits_on_fault()?;
/// let mapping = Mapping::options().pages(Pages::Reserve).create("", 1 << 20)?;
/// let (here, there) = (mapping.view()?, mapping.view()?);
/// there.commit(65536, 4096)?;
/// there.write(65536, b"news")?;
/// let byte = here.trusted().as_ptr().wrapping_add(65536);
/// // SAFETY: it lies in the view, and nobody writes to it meanwhile. `here` has not heard of the commit.
/// assert_eq!(unsafe { byte.read_volatile() }, b'n');
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// # Errors
/// `Os` if the kernel does not let us.
pub fn sync_commits_on_fault() -> Result<()> {
    imp::sync_commits_on_fault()
}
