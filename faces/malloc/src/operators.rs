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
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

use heap::raw::{self, Caller};
use os::{Line, Linux, Os};

use crate::exceptions::{caught, throw_bad_alloc};
use crate::sized::free_checked;

type New = extern "C" fn(usize) -> *mut c_void;
type NewAligned = extern "C" fn(usize, usize) -> *mut c_void;
type Delete = unsafe extern "C" fn(*mut c_void);
type DeleteAligned = unsafe extern "C" fn(*mut c_void, usize);
type Handler = extern "C" fn();

/// An operator that a program may replace.
trait Operator: Copy {
    type Arguments: Copy;
    type Answer;

    fn address(self) -> usize;

    /// # Safety
    ///
    /// What the operator asks of its caller.
    unsafe fn call(self, arguments: Self::Arguments) -> Self::Answer;
}

impl Operator for New {
    type Arguments = usize;
    type Answer = *mut c_void;

    fn address(self) -> usize {
        self as usize
    }

    unsafe fn call(self, size: usize) -> *mut c_void {
        self(size)
    }
}

impl Operator for NewAligned {
    type Arguments = (usize, usize);
    type Answer = *mut c_void;

    fn address(self) -> usize {
        self as usize
    }

    unsafe fn call(self, (size, align): (usize, usize)) -> *mut c_void {
        self(size, align)
    }
}

impl Operator for Delete {
    type Arguments = *mut c_void;
    type Answer = ();

    fn address(self) -> usize {
        self as usize
    }

    unsafe fn call(self, block: *mut c_void) {
        // SAFETY: the caller's promise.
        unsafe { self(block) };
    }
}

impl Operator for DeleteAligned {
    type Arguments = (*mut c_void, usize);
    type Answer = ();

    fn address(self) -> usize {
        self as usize
    }

    unsafe fn call(self, (block, align): (*mut c_void, usize)) {
        // SAFETY: the caller's promise.
        unsafe { self(block, align) };
    }
}

/// An operator that allocates.
trait Allocates: Operator<Answer = *mut c_void> {
    /// What the operator returns; null if it throws.
    fn call_quietly(self, arguments: Self::Arguments) -> *mut c_void;
}

impl Allocates for New {
    fn call_quietly(self, size: usize) -> *mut c_void {
        // SAFETY: of new nothing is asked.
        unsafe { caught(self.address(), size, 0) }
    }
}

impl Allocates for NewAligned {
    fn call_quietly(self, (size, align): (usize, usize)) -> *mut c_void {
        // SAFETY: of new nothing is asked.
        unsafe { caught(self.address(), size, align) }
    }
}

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

/// What a name of ours stands for in this program, as far as it is known.
mod whose {
    pub(super) const UNKNOWN: u8 = 0;
    pub(super) const OURS: u8 = 1;
    pub(super) const THEIRS: u8 = 2;
}

/// An operator that others have to go through.
struct Target<F> {
    /// As the linker resolved its name.
    operator: F,
    /// Whose that is, once somebody has looked.
    whose: AtomicU8,
}

impl<F: Operator> Target<F> {
    const fn new(operator: F) -> Self {
        Self { operator, whose: AtomicU8::new(whose::UNKNOWN) }
    }

    #[inline(always)]
    fn is_ours(&self) -> bool {
        self.whose.load(Relaxed) == whose::OURS // Relaxed: whoever looks finds the same
    }

    /// The program's own operator in the place of ours, if it has one.
    fn theirs(&'static self) -> Option<F> {
        if self.is_ours() {
            return None;
        }
        // SAFETY: a static. Volatile, because the linker decides its value, and not
        // what the compiler sees in this file.
        let resolved = unsafe { (&raw const self.operator).read_volatile() };
        let start = (&raw const OURS_START).addr();
        let bytes = (&raw const OURS_END).addr() - start;
        let theirs = resolved.address().wrapping_sub(start) >= bytes;
        // Relaxed: as above.
        self.whose.store(if theirs { whose::THEIRS } else { whose::OURS }, Relaxed);
        theirs.then_some(resolved)
    }
}

/// Does what `ours` does, or calls the first of the targets that the program has
/// replaced.
///
/// # Safety
///
/// What the targets ask of their caller.
#[inline(always)]
unsafe fn through<F: Operator, const N: usize>(
    targets: [&'static Target<F>; N],
    arguments: F::Arguments,
    ours: impl Fn() -> F::Answer,
) -> F::Answer {
    if targets.iter().all(|target| target.is_ours()) {
        ours()
    } else {
        // SAFETY: the caller's promise.
        unsafe { through_slowly(targets, arguments, ours) }
    }
}

/// # Safety
///
/// As for [`through`].
#[cold]
#[inline(never)]
unsafe fn through_slowly<F: Operator, const N: usize>(
    targets: [&'static Target<F>; N],
    arguments: F::Arguments,
    ours: impl Fn() -> F::Answer,
) -> F::Answer {
    match targets.into_iter().find_map(Target::theirs) {
        // SAFETY: the caller's promise.
        Some(theirs) => unsafe { theirs.call(arguments) },
        None => ours(),
    }
}

/// [`through`] for a delete that says what it frees. Not by way of a closure that is called in
/// two places: the check would be a function of its own then.
///
/// # Safety
///
/// As for [`through`].
#[inline(always)]
unsafe fn delete_checked<F: Operator<Answer = ()>, const N: usize>(
    targets: [&'static Target<F>; N],
    arguments: F::Arguments,
    function: &str,
    (block, size, align): (*mut c_void, usize, usize),
) {
    if targets.iter().all(|target| target.is_ours()) {
        free_checked(function, block, size, align);
    } else {
        let ours = move || free_checked(function, block, size, align);
        // SAFETY: the caller's promise.
        unsafe { through_slowly(targets, arguments, ours) };
    }
}

/// [`through`] for a form of new that returns null when its target throws.
#[inline(always)]
fn through_quietly<F: Allocates, const N: usize>(
    targets: [&'static Target<F>; N],
    arguments: F::Arguments,
    ours: impl Fn() -> *mut c_void,
) -> *mut c_void {
    if targets.iter().all(|target| target.is_ours()) {
        ours()
    } else {
        through_quietly_slowly(targets, arguments, ours)
    }
}

#[cold]
#[inline(never)]
fn through_quietly_slowly<F: Allocates, const N: usize>(
    targets: [&'static Target<F>; N],
    arguments: F::Arguments,
    ours: impl Fn() -> *mut c_void,
) -> *mut c_void {
    match targets.into_iter().find_map(Target::theirs) {
        Some(theirs) => theirs.call_quietly(arguments),
        None => ours(),
    }
}

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
fn new(size: usize, align: usize) -> *mut c_void {
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
    new(size, 1)
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
    through_quietly([&NEW_ALIGNED], (size, align), move || new_or_null(size, align))
}

/// `operator new[](size)`
#[unsafe(no_mangle)]
#[unsafe(link_section = "allotment_operators")]
pub extern "C" fn _Znam(size: usize) -> *mut c_void {
    // SAFETY: of new nothing is asked.
    unsafe { through([&NEW], size, move || new(size, 1)) }
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
    unsafe { through([&NEW_ALIGNED], (size, align), move || new(size, align)) }
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
    unsafe { delete_checked([&DELETE], block, "operator delete", (block, size, 1)) };
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
        delete_checked([&DELETE_ALIGNED], (block, align), "operator delete", (block, size, align));
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
        delete_checked([&DELETE_ARRAY, &DELETE], block, "operator delete[]", (block, size, 1));
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
            (block, align),
            "operator delete[]",
            (block, size, align),
        );
    }
}
