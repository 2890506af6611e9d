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
//! until there is some. Without one, `new` throws `std::bad_alloc`; where the GNU C++
//! library is not there to throw it, it stops the program with a message. The forms
//! with `nothrow` return null then, and when a handler throws, or a `new` of the
//! program's that they go through. Nothing here needs the C++ library: its
//! `get_new_handler` is asked for weakly.

use core::arch::global_asm;
use core::ffi::c_void;
use core::ptr::null_mut;

use heap::raw::{self, Caller};
use os::{Line, Linux, Os};

use crate::exceptions::{caught, throw_bad_alloc};
use crate::targets::{
    Delete, DeleteAligned, New, NewAligned, Operator, Target, delete_checked, through,
    through_quietly,
};

type Handler = extern "C" fn();

/// An operator that others have to go through, as the linker resolved its name.
static NEW: Target<New> = Target::new(_Znwm);
static NEW_ARRAY: Target<New> = Target::new(_Znam);
static NEW_ALIGNED: Target<NewAligned> = Target::new(_ZnwmSt11align_val_t);
static NEW_ARRAY_ALIGNED: Target<NewAligned> = Target::new(_ZnamSt11align_val_t);
static DELETE: Target<Delete> = Target::new(_ZdlPv);
static DELETE_ARRAY: Target<Delete> = Target::new(_ZdaPv);
static DELETE_ALIGNED: Target<DeleteAligned> = Target::new(_ZdlPvSt11align_val_t);
static DELETE_ARRAY_ALIGNED: Target<DeleteAligned> = Target::new(_ZdaPvSt11align_val_t);

unsafe extern "C" {
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
);

/// Asks the new-handler for memory until there is some. Null without a handler; a
/// handler may throw.
#[cold]
#[inline(never)]
extern "C" fn after_handler(size: usize, align: usize) -> *mut c_void {
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

/// Says that there is no memory, and ends the program, as nobody can throw.
#[cold]
#[inline(never)]
fn stop(size: usize) -> ! {
    let line = Line::new().text("allotment: operator new(").number(size);
    Linux.report(line.text("): no memory; aborting").finish());
    os::abort()
}

fn new_or_null(size: usize, align: usize) -> *mut c_void {
    let block = raw::allocate_aligned(size, align);
    if block.is_null() {
        let handled: NewAligned = after_handler;
        // SAFETY: nothing is asked of its caller.
        unsafe { caught(handled.address(), size, align) }
    } else {
        block.cast()
    }
}

#[inline(always)]
fn new(size: usize) -> *mut c_void {
    let block = raw::allocate_fast(size);
    if block.is_null() { new_otherwise(size, 1) } else { block.cast() }
}

#[inline(always)]
fn new_aligned(size: usize, align: usize) -> *mut c_void {
    let block = raw::allocate_aligned_fast(size, align);
    if block.is_null() { new_otherwise(size, align) } else { block.cast() }
}

#[cold]
#[inline(never)]
fn new_otherwise(size: usize, align: usize) -> *mut c_void {
    let mut block = raw::allocate_aligned(size, align).cast::<c_void>();
    if block.is_null() {
        block = after_handler(size, align);
    }
    if block.is_null() {
        throw_bad_alloc();
        stop(size)
    }
    block
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
    new(size)
}

/// `operator new(size, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmRKSt9nothrow_t(size: usize, _nothrow: *const c_void) -> *mut c_void {
    through_quietly([&NEW], size, move || new_or_null(size, 1))
}

/// `operator new(size, align)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmSt11align_val_t(size: usize, align: usize) -> *mut c_void {
    new_aligned(size, align)
}

/// `operator new(size, align, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnwmSt11align_val_tRKSt9nothrow_t(
    size: usize,
    align: usize,
    _nothrow: *const c_void,
) -> *mut c_void {
    through_quietly([&NEW_ALIGNED], (size, align), move || new_or_null(size, align))
}

/// `operator new[](size)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _Znam(size: usize) -> *mut c_void {
    // SAFETY: of new nothing is asked.
    unsafe { through([&NEW], size, move || new(size)) }
}

/// `operator new[](size, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamRKSt9nothrow_t(size: usize, _nothrow: *const c_void) -> *mut c_void {
    through_quietly([&NEW_ARRAY, &NEW], size, move || new_or_null(size, 1))
}

/// `operator new[](size, align)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamSt11align_val_t(size: usize, align: usize) -> *mut c_void {
    // SAFETY: of new nothing is asked.
    unsafe { through([&NEW_ALIGNED], (size, align), move || new_aligned(size, align)) }
}

/// `operator new[](size, align, nothrow)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _ZnamSt11align_val_tRKSt9nothrow_t(
    size: usize,
    align: usize,
    _nothrow: *const c_void,
) -> *mut c_void {
    through_quietly([&NEW_ARRAY_ALIGNED, &NEW_ALIGNED], (size, align), move || {
        new_or_null(size, align)
    })
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
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::Delete) };
    // SAFETY: as above.
    unsafe { through([&DELETE], block, ours) };
}

/// `operator delete(block, size)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvm(block: *mut c_void, size: usize) {
    // SAFETY: the caller's promise.
    unsafe { delete_checked([&DELETE], "operator delete", (block, size, 1)) };
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
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::Delete) };
    // SAFETY: as above.
    unsafe { through([&DELETE_ALIGNED], (block, align), ours) };
}

/// `operator delete(block, size, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdlPvmSt11align_val_t(block: *mut c_void, size: usize, align: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        delete_checked([&DELETE_ALIGNED], "operator delete", (block, size, align));
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
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::DeleteArray) };
    // SAFETY: as above.
    unsafe { through([&DELETE], block, ours) };
}

/// `operator delete[](block, nothrow)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvRKSt9nothrow_t(block: *mut c_void, _nothrow: *const c_void) {
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::DeleteArray) };
    // SAFETY: as above.
    unsafe { through([&DELETE_ARRAY, &DELETE], block, ours) };
}

/// `operator delete[](block, size)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvm(block: *mut c_void, size: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        delete_checked([&DELETE_ARRAY, &DELETE], "operator delete[]", (block, size, 1));
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
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::DeleteArray) };
    // SAFETY: as above.
    unsafe { through([&DELETE_ALIGNED], (block, align), ours) };
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
    // SAFETY: the caller's promise.
    let ours = move || unsafe { delete(block, Caller::DeleteArray) };
    // SAFETY: as above.
    unsafe { through([&DELETE_ARRAY_ALIGNED, &DELETE_ALIGNED], (block, align), ours) };
}

/// `operator delete[](block, size, align)`
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub unsafe extern "C" fn _ZdaPvmSt11align_val_t(block: *mut c_void, size: usize, align: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        delete_checked(
            [&DELETE_ARRAY_ALIGNED, &DELETE_ALIGNED],
            "operator delete[]",
            (block, size, align),
        );
    }
}
