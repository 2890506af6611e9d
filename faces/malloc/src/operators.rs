//! C++'s operator new and delete: the twenty names of the Itanium ABI.
//!
//! ```text
//!   new[] (n)         ─▶ new (n)             delete[] (p)       ─▶ delete (p)
//!   new (n, nothrow)  ─▶ new (n)             delete (p, n)      ─▶ delete (p)
//!   new[] (n, nothrow)─▶ new[] (n)           delete (p, nothrow)─▶ delete (p)
//! ```
//!
//! The arrows are the standard's: a program may replace the ones on the right, and
//! then the ones on the left must use its own. So each of ours looks whether its
//! target is still one of ours, and works directly if it is. The same holds for the
//! functions with an alignment.
//!
//! When there is no memory, the program's new-handler is called, again and again,
//! until there is some. Without one, `new` stops the program with a message: code
//! in Rust cannot throw `std::bad_alloc`. The forms with `nothrow` return null.
//! Nothing here needs the C++ library: its `get_new_handler` is asked for weakly.

use core::arch::global_asm;
use core::ffi::c_void;
use core::ptr::null_mut;

use heap::raw::{self, Caller};
use os::{Line, Linux, Os};

use crate::sized::free_checked;

type New = extern "C" fn(usize) -> *mut c_void;
type NewAligned = extern "C" fn(usize, usize) -> *mut c_void;
type Delete = unsafe extern "C" fn(*mut c_void);
type DeleteAligned = unsafe extern "C" fn(*mut c_void, usize);
type Handler = extern "C" fn();

/// An operator that others have to go through, as the linker resolved its name.
static NEW: New = _Znwm;
static NEW_ARRAY: New = _Znam;
static NEW_ALIGNED: NewAligned = _ZnwmSt11align_val_t;
static NEW_ARRAY_ALIGNED: NewAligned = _ZnamSt11align_val_t;
static DELETE: Delete = _ZdlPv;
static DELETE_ARRAY: Delete = _ZdaPv;
static DELETE_ALIGNED: DeleteAligned = _ZdlPvSt11align_val_t;
static DELETE_ARRAY_ALIGNED: DeleteAligned = _ZdaPvSt11align_val_t;

unsafe extern "C" {
    /// Where the linker put the operators of this file: their section's bounds.
    #[link_name = "__start_allotment_operators"]
    static OURS_START: u8;
    #[link_name = "__stop_allotment_operators"]
    static OURS_END: u8;
    /// `std::get_new_handler`; null in a program without the C++ library.
    #[link_name = "allotment_get_new_handler_v0"]
    static GET_NEW_HANDLER: Option<extern "C" fn() -> Option<Handler>>;
}

global_asm!(
    ".pushsection .data.rel.ro.allotment_get_new_handler_v0,\"aw\",@progbits",
    ".balign 8",
    ".weak _ZSt15get_new_handlerv",
    ".globl allotment_get_new_handler_v0",
    ".hidden allotment_get_new_handler_v0",
    "allotment_get_new_handler_v0:",
    ".quad _ZSt15get_new_handlerv",
    ".popsection",
    // The linker defines these; they are nobody else's.
    ".hidden __start_allotment_operators",
    ".hidden __stop_allotment_operators",
);

/// The program's own operator in the place of one of ours, if it has one.
#[inline(always)]
fn replaced<F: Copy>(operator: &'static F, address: impl Fn(F) -> usize) -> Option<F> {
    // SAFETY: a static. Volatile, because the linker decides its value, and not
    // what the compiler sees in this file.
    let resolved = unsafe { (&raw const *operator).read_volatile() };
    let start = (&raw const OURS_START).addr();
    let bytes = (&raw const OURS_END).addr() - start;
    (address(resolved).wrapping_sub(start) >= bytes).then_some(resolved)
}

/// The same for one that goes through the operator for arrays, and that through the
/// one for single objects.
#[inline(always)]
fn replaced_array<F: Copy>(
    array: &'static F,
    one: &'static F,
    address: fn(F) -> usize,
) -> Option<F> {
    replaced(array, address).or_else(|| replaced(one, address))
}

/// Asks the new-handler for memory until there is some. Null without a handler.
#[cold]
#[inline(never)]
fn after_handler(size: usize, align: usize) -> *mut c_void {
    loop {
        // SAFETY: a static of this file, null or the function of that name.
        let get = unsafe { (&raw const GET_NEW_HANDLER).read_volatile() };
        let Some(handler) = get.and_then(|get| get()) else { return null_mut() };
        handler();
        let block = raw::allocate_aligned(size, align);
        if !block.is_null() {
            return block.cast();
        }
    }
}

/// Says that there is no memory, and ends the program.
#[cold]
#[inline(never)]
fn stop(size: usize) -> ! {
    let line = Line::new().text("allotment: operator new(").number(size);
    Linux.report(line.text("): no memory; aborting").finish());
    os::abort()
}

fn new_or_null(size: usize, align: usize) -> *mut c_void {
    let block = raw::allocate_aligned(size, align);
    if block.is_null() { after_handler(size, align) } else { block.cast() }
}

#[inline(always)]
fn new(size: usize, align: usize) -> *mut c_void {
    let block = if align <= 16 { raw::allocate_fast(size) } else { null_mut() };
    if block.is_null() { new_otherwise(size, align) } else { block.cast() }
}

#[cold]
#[inline(never)]
fn new_otherwise(size: usize, align: usize) -> *mut c_void {
    let block = new_or_null(size, align);
    if block.is_null() { stop(size) } else { block }
}

/// # Safety
///
/// As for free.
#[inline(always)]
unsafe fn delete(block: *mut c_void, by: Caller) {
    // SAFETY: the caller's promise.
    unsafe { raw::free(block.cast(), by) };
}

/// `operator new(size)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _Znwm(size: usize) -> *mut c_void {
    new(size, 1)
}

/// `operator new(size, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmRKSt9nothrow_t(size: usize, _nothrow: *const c_void) -> *mut c_void {
    match replaced(&NEW, |f| f as usize) {
        Some(theirs) => theirs(size),
        None => new_or_null(size, 1),
    }
}

/// `operator new(size, align)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmSt11align_val_t(size: usize, align: usize) -> *mut c_void {
    new(size, align)
}

/// `operator new(size, align, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmSt11align_val_tRKSt9nothrow_t(
    size: usize,
    align: usize,
    _nothrow: *const c_void,
) -> *mut c_void {
    match replaced(&NEW_ALIGNED, |f| f as usize) {
        Some(theirs) => theirs(size, align),
        None => new_or_null(size, align),
    }
}

/// `operator new[](size)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _Znam(size: usize) -> *mut c_void {
    match replaced(&NEW, |f| f as usize) {
        Some(theirs) => theirs(size),
        None => new(size, 1),
    }
}

/// `operator new[](size, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamRKSt9nothrow_t(size: usize, _nothrow: *const c_void) -> *mut c_void {
    match replaced_array(&NEW_ARRAY, &NEW, |f| f as usize) {
        Some(theirs) => theirs(size),
        None => new_or_null(size, 1),
    }
}

/// `operator new[](size, align)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamSt11align_val_t(size: usize, align: usize) -> *mut c_void {
    match replaced(&NEW_ALIGNED, |f| f as usize) {
        Some(theirs) => theirs(size, align),
        None => new(size, align),
    }
}

/// `operator new[](size, align, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamSt11align_val_tRKSt9nothrow_t(
    size: usize,
    align: usize,
    _nothrow: *const c_void,
) -> *mut c_void {
    match replaced_array(&NEW_ARRAY_ALIGNED, &NEW_ALIGNED, |f| f as usize) {
        Some(theirs) => theirs(size, align),
        None => new_or_null(size, align),
    }
}

/// `operator delete(block)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPv(block: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { delete(block, Caller::Delete) };
}

/// `operator delete(block, nothrow)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvRKSt9nothrow_t(block: *mut c_void, _nothrow: *const c_void) {
    if let Some(theirs) = replaced(&DELETE, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::Delete) };
    }
}

/// `operator delete(block, size)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvm(block: *mut c_void, size: usize) {
    if let Some(theirs) = replaced(&DELETE, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block) };
    } else {
        free_checked("operator delete", block, size, 1);
    }
}

/// `operator delete(block, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvSt11align_val_t(block: *mut c_void, _align: usize) {
    // SAFETY: the caller's promise.
    unsafe { delete(block, Caller::Delete) };
}

/// `operator delete(block, align, nothrow)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvSt11align_val_tRKSt9nothrow_t(
    block: *mut c_void,
    align: usize,
    _nothrow: *const c_void,
) {
    if let Some(theirs) = replaced(&DELETE_ALIGNED, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block, align) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::Delete) };
    }
}

/// `operator delete(block, size, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvmSt11align_val_t(block: *mut c_void, size: usize, align: usize) {
    if let Some(theirs) = replaced(&DELETE_ALIGNED, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block, align) };
    } else {
        free_checked("operator delete", block, size, align);
    }
}

/// `operator delete[](block)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPv(block: *mut c_void) {
    if let Some(theirs) = replaced(&DELETE, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::DeleteArray) };
    }
}

/// `operator delete[](block, nothrow)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvRKSt9nothrow_t(block: *mut c_void, _nothrow: *const c_void) {
    if let Some(theirs) = replaced_array(&DELETE_ARRAY, &DELETE, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::DeleteArray) };
    }
}

/// `operator delete[](block, size)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvm(block: *mut c_void, size: usize) {
    if let Some(theirs) = replaced_array(&DELETE_ARRAY, &DELETE, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block) };
    } else {
        free_checked("operator delete[]", block, size, 1);
    }
}

/// `operator delete[](block, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvSt11align_val_t(block: *mut c_void, align: usize) {
    if let Some(theirs) = replaced(&DELETE_ALIGNED, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block, align) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::DeleteArray) };
    }
}

/// `operator delete[](block, align, nothrow)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvSt11align_val_tRKSt9nothrow_t(
    block: *mut c_void,
    align: usize,
    _nothrow: *const c_void,
) {
    if let Some(theirs) = replaced_array(&DELETE_ARRAY_ALIGNED, &DELETE_ALIGNED, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block, align) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete(block, Caller::DeleteArray) };
    }
}

/// `operator delete[](block, size, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvmSt11align_val_t(block: *mut c_void, size: usize, align: usize) {
    if let Some(theirs) = replaced_array(&DELETE_ARRAY_ALIGNED, &DELETE_ALIGNED, |f| f as usize) {
        // SAFETY: the caller's promise.
        unsafe { theirs(block, align) };
    } else {
        free_checked("operator delete[]", block, size, align);
    }
}
