//! Reserved memory: a large range claimed once and made usable piece by piece.
//!
//! ```text
//!          reserve               commit
//!   None ──────────▶ Reserved ──────────▶ Ready ◀─┐
//!                    costs nothing        │       │ purge: contents dropped,
//!                    but addresses        └───────┘        zero when read again
//! ```
//!
//! [`relocate`] moves pages from one Ready range to another, and [`renew`] undoes
//! what that leaves in the kernel's list of mappings.

use core::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

use syscalls::{Sysno, syscall};

use crate::Errno;
use crate::linux::errno;

const PROT_NONE: usize = 0;
const PROT_READ_WRITE: usize = 3;
const MAP_PRIVATE: usize = 2;
const MAP_ANONYMOUS: usize = 0x20;
const MAP_NORESERVE: usize = 0x4000;
const MAP_FIXED_NOREPLACE: usize = 0x10_0000;
const MAP_FIXED: usize = 0x10;
const MREMAP_MAYMOVE: usize = 1;
const MREMAP_FIXED: usize = 2;
const MADV_DONTNEED: usize = 4;
const MADV_HUGEPAGE: usize = 14;
const MADV_POPULATE_WRITE: usize = 23;
const MADV_COLLAPSE: usize = 25;

/// None → Reserved: claims `bytes` of addresses, near `place` if that is free and not
/// 0, else where the kernel likes.
///
/// # Errors
///
/// The kernel's reason: an address space limit, most often.
pub fn reserve(place: usize, bytes: usize) -> Result<usize, Errno> {
    map(place, bytes, PROT_NONE, 0)
}

/// None → Reserved: claims just these addresses, of which nobody has any yet.
///
/// # Errors
///
/// The kernel's reason; [`Errno::EXIST`] if somebody has.
pub fn reserve_at(at: usize, bytes: usize) -> Result<(), Errno> {
    map_free(at, bytes, PROT_NONE)
}

fn map_free(at: usize, bytes: usize, protection: usize) -> Result<(), Errno> {
    let got = map(at, bytes, protection, MAP_FIXED_NOREPLACE)?;
    if got == at {
        return Ok(());
    }
    // A kernel before 4.17 takes the address for a wish.
    // SAFETY: mapped just now, and nobody knows of it. If it stays, it costs
    // addresses only.
    let _ = unsafe { syscall!(Sysno::munmap, got, bytes) };
    Err(Errno::EXIST)
}

fn map(place: usize, bytes: usize, protection: usize, more: usize) -> Result<usize, Errno> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | more;
    // SAFETY: without MAP_FIXED a new mapping disturbs no other memory.
    unsafe { syscall!(Sysno::mmap, place, bytes, protection, flags, usize::MAX, 0) }.map_err(errno)
}

/// Reserved → Ready: makes whole pages usable; they read as zero.
///
/// # Errors
///
/// The kernel's reason: a commit limit, or too many mappings.
///
/// # Safety
///
/// The range lies in memory that [`reserve`] returned.
pub unsafe fn commit(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: the caller owns the range; making it accessible takes nothing away.
    unsafe { syscall!(Sysno::mprotect, at, bytes, PROT_READ_WRITE) }.map(drop).map_err(errno)
}

/// Ready → Ready: gives the physical pages back; the range reads as zero again.
///
/// # Errors
///
/// The kernel's reason (locked pages, most often); the contents may be kept then.
///
/// # Safety
///
/// The range consists of whole committed pages, and nothing in them is needed.
pub unsafe fn purge(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: the caller gives up the contents.
    unsafe { syscall!(Sysno::madvise, at, bytes, MADV_DONTNEED) }.map_err(errno)?;
    PURGED_BYTES.fetch_add(bytes, Relaxed); // Relaxed: a count
    Ok(())
}

/// Ready → Ready: gives every page physical memory now, in one call, instead of a fault
/// for each as it is touched. What is there is kept.
///
/// # Errors
///
/// The kernel's reason: no memory, or a kernel before 5.14, which does not know the
/// call. Some of the pages may have memory then.
pub fn populate(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: contents stay as they are.
    unsafe { syscall!(Sysno::madvise, at, bytes, MADV_POPULATE_WRITE) }.map(drop).map_err(errno)
}

/// Ready → Ready: puts a huge page in the place of single pages, at least one of which has
/// memory; then all of it has. What is there is kept.
///
/// # Errors
///
/// The kernel's reason: no huge page free, no such pages of this length, or a kernel
/// before 6.1, which does not know the call.
pub fn collapse(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: contents stay as they are.
    unsafe { syscall!(Sysno::madvise, at, bytes, MADV_COLLAPSE) }.map(drop).map_err(errno)
}

/// Ready → Ready: lets the kernel put a huge page wherever the range is touched for the
/// first time, until it is renewed. That gives it a mapping of its own.
///
/// # Errors
///
/// The kernel's reason: too many mappings, or no huge pages at all.
pub fn advise_huge(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: contents stay as they are.
    unsafe { syscall!(Sysno::madvise, at, bytes, MADV_HUGEPAGE) }.map(drop).map_err(errno)
}

/// What came of [`relocate`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relocation {
    /// The pages are at the new place.
    Moved {
        /// The old place is Ready, and zero. Otherwise it is None, or somebody's.
        whole: bool,
    },
    /// The pages are where they were.
    Refused {
        /// The kernel's reason; [`Errno::FAULT`] if the range is not in one mapping.
        why: Errno,
        /// The new place is Ready, and zero. Otherwise it may be somebody's.
        whole: bool,
    },
}

/// Ready → Ready: moves the `had` bytes of pages at `from` to `to`, where there are
/// `bytes` from then on, by the page tables. What was at `to` is dropped.
///
/// # Safety
///
/// Both ranges consist of whole committed pages and don't overlap, `had` is at most
/// `bytes`, nobody uses either range meanwhile, and nothing at `to` is needed.
pub unsafe fn relocate(from: usize, had: usize, to: usize, bytes: usize) -> Relocation {
    let flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    // SAFETY: the caller owns both ranges.
    let moved = unsafe { syscall!(Sysno::mremap, from, had, bytes, flags, to) };
    // Whichever range has no mapping now is filled again; a mapping that another
    // thread got in between is never replaced.
    let fill = |at, bytes| map_free(at, bytes, PROT_READ_WRITE);
    match moved {
        Ok(_) => {
            let filled = fill(from, had);
            let again = || filled != Err(Errno::EXIST) && fill(from, had).is_ok();
            Relocation::Moved { whole: filled.is_ok() || again() }
        }
        Err(why) => Relocation::Refused { why: errno(why), whole: fill(to, bytes).is_ok() },
    }
}

/// What came of [`renew`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// The range is Ready, and zero.
    Renewed,
    /// The range is as it was.
    Kept,
    /// The range may be as it was, or None, or somebody's.
    Lost,
}

/// Ready → Ready: a new mapping in the place of what [`relocate`] brought here, which
/// the kernel could not join with its neighbours. The contents are dropped.
///
/// A kernel may have unmapped the range when it refuses the new mapping, and another
/// thread's mapping may be there at once. No call tells that from the range as it was. So
/// what the kernel refuses for longer, as for a limit, it has to refuse elsewhere first.
///
/// # Safety
///
/// The range consists of whole committed pages, and nothing in them is needed.
pub unsafe fn renew(at: usize, bytes: usize) -> Renewal {
    if !may_replace() {
        return Renewal::Kept;
    }
    // SAFETY: the caller gives up what is there.
    match unsafe { replace(at, bytes) } {
        Ok(()) => Renewal::Renewed,
        Err(Errno::NOMEM) if map_free(at, bytes, PROT_READ_WRITE).is_ok() => Renewal::Renewed,
        Err(Errno::NOMEM) => Renewal::Lost,
        // Whatever else there is to say, it says before.
        Err(_) => Renewal::Kept,
    }
}

/// A new mapping, whatever is there.
///
/// # Safety
///
/// The range is the caller's, and nothing in it is needed.
unsafe fn replace(at: usize, bytes: usize) -> Result<(), Errno> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    // SAFETY: the caller gives up what is there.
    unsafe { syscall!(Sysno::mmap, at, bytes, PROT_READ_WRITE, flags, usize::MAX, 0) }
        .map(drop)
        .map_err(errno)
}

/// Where it costs nothing to try: a mapping that holds nothing, or one of these.
static TRIAL: AtomicUsize = AtomicUsize::new(NO_TRIAL);
const NO_TRIAL: usize = 0;
/// A thread is trying.
const TRYING: usize = 1;
/// Whole pages, however large they are.
const TRIAL_BYTES: usize = 64 << 10;

/// Whether the kernel makes a mapping in the place of another at the moment, as far as is
/// known.
fn may_replace() -> bool {
    // Acquire: pairs with the Release below, so that the mapping is there.
    let at = match TRIAL.swap(TRYING, Acquire) {
        TRYING => return true,
        NO_TRIAL => map(0, TRIAL_BYTES, PROT_READ_WRITE, 0),
        at => Ok(at),
    };
    // SAFETY: nobody else has the mapping, and there is nothing in it.
    let kept = at.and_then(|at| unsafe { replace(at, TRIAL_BYTES) }.map(|()| at));
    // Release: pairs with the Acquire above. If it was refused, that place is lost.
    TRIAL.store(kept.unwrap_or(NO_TRIAL), Release);
    kept.is_ok()
}

/// All that was ever purged, over and over.
static PURGED_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Bytes purged since the process began; what was purged twice counts twice.
pub fn purged_bytes() -> usize {
    PURGED_BYTES.load(Relaxed)
}

/// Pages asked about in one call.
const PAGES_ASKED: usize = 512;

/// How many bytes of whole mapped pages are in RAM; none if the kernel won't say.
pub fn resident_bytes(at: usize, bytes: usize, page_bytes: usize) -> Option<usize> {
    let mut pages = 0;
    let mut done = 0;
    while done < bytes {
        let part = (bytes - done).min(PAGES_ASKED * page_bytes);
        let mut is_there = [0_u8; PAGES_ASKED];
        // SAFETY: the kernel writes a byte for each of at most `PAGES_ASKED` pages.
        unsafe { syscall!(Sysno::mincore, at + done, part, is_there.as_mut_ptr()) }.ok()?;
        pages += is_there.iter().filter(|&&page| page & 1 != 0).count();
        done += part;
    }
    Some(pages * page_bytes)
}

/// Whether anything is mapped at the page of an address. Asks with a call that heaps
/// make anyway, and that changes nothing here.
pub fn is_mapped(address: usize, page_bytes: usize) -> bool {
    const MADV_WILLNEED: usize = 3;
    const ENOMEM: Errno = Errno::NOMEM;
    let page = address & !(page_bytes - 1);
    // SAFETY: an announcement that the page will be read; contents stay as they are.
    let asked = unsafe { syscall!(Sysno::madvise, page, page_bytes, MADV_WILLNEED) };
    !matches!(asked.map_err(errno), Err(ENOMEM | Errno::INVAL))
}
