//! Operators that a program may replace, and others of ours that have to go through its own then.

use core::arch::global_asm;
use core::ffi::c_void;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

use crate::exceptions::caught;
use crate::sized::free_checked;

pub(crate) type New = extern "C" fn(usize) -> *mut c_void;
pub(crate) type NewAligned = extern "C" fn(usize, usize) -> *mut c_void;
pub(crate) type Delete = unsafe extern "C" fn(*mut c_void);
pub(crate) type DeleteAligned = unsafe extern "C" fn(*mut c_void, usize);

/// An operator that a program may replace.
pub(crate) trait Operator: Copy {
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

/// An operator that frees.
pub(crate) trait Frees: Operator<Answer = ()> {
    fn arguments(block: *mut c_void, align: usize) -> Self::Arguments;
}

impl Frees for Delete {
    fn arguments(block: *mut c_void, _align: usize) -> *mut c_void {
        block
    }
}

impl Frees for DeleteAligned {
    fn arguments(block: *mut c_void, align: usize) -> (*mut c_void, usize) {
        (block, align)
    }
}

/// An operator that allocates.
pub(crate) trait Allocates: Operator<Answer = *mut c_void> {
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

unsafe extern "C" {
    /// Where the linker put the [operators](crate::operators): their section's bounds.
    #[link_name = "__start_allotment_operators"]
    static OURS_START: u8;
    #[link_name = "__stop_allotment_operators"]
    static OURS_END: u8;
}

global_asm!(
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
pub(crate) struct Target<F> {
    /// As the linker resolved its name.
    operator: F,
    /// Whose that is, once somebody has looked.
    whose: AtomicU8,
}

impl<F: Operator> Target<F> {
    pub(crate) const fn new(operator: F) -> Self {
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
pub(crate) unsafe fn through<F: Operator, const N: usize>(
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
pub(crate) unsafe fn delete_checked<F: Frees, const N: usize>(
    targets: [&'static Target<F>; N],
    function: &'static str,
    (block, size, align): (*mut c_void, usize, usize),
) {
    if targets.iter().all(|target| target.is_ours()) {
        free_checked(function, block, size, align);
    } else {
        // SAFETY: the caller's promise.
        unsafe { delete_slowly(block, size, align, function, targets) };
    }
}

/// Apart, and with arguments that fit into registers: so the way above needs no stack frame.
///
/// # Safety
///
/// As for [`through`].
#[cold]
#[inline(never)]
unsafe fn delete_slowly<F: Frees, const N: usize>(
    block: *mut c_void,
    size: usize,
    align: usize,
    function: &'static str,
    targets: [&'static Target<F>; N],
) {
    let ours = move || free_checked(function, block, size, align);
    // SAFETY: the caller's promise.
    unsafe { through_slowly(targets, F::arguments(block, align), ours) };
}

/// [`through`] for a form of new that returns null when its target throws.
#[inline(always)]
pub(crate) fn through_quietly<F: Allocates, const N: usize>(
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
