//! What the compiler has no words for, or more instructions than the processor needs. A free
//! that waits for its block's memory is done while others wait for theirs: as many as the
//! processor has in view, which are more when each is shorter.

use core::arch::asm;

use crate::sync::AtomicU8;

/// Asks for the line of an address: a hint.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn prefetch(address: usize) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a hint, which no address makes fail, and which all of these processors have.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::without_provenance(address)) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) fn prefetch(address: usize) {
    // SAFETY: a hint, which no address makes fail.
    unsafe {
        asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
}

/// Asks for the line of what is about to be written, so that no other processor has it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn prefetch_to_write<T>(what: &T) {
    let at = &raw const *what;
    // SAFETY: a hint; a processor that has no such instruction takes it for none.
    unsafe { asm!("prefetchw [{0}]", in(reg) at, options(nostack, preserves_flags, readonly)) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) fn prefetch_to_write<T>(what: &T) {
    let at = &raw const *what;
    // SAFETY: a hint.
    unsafe {
        asm!("prfm pstl1keep, [{0}]", in(reg) at, options(nostack, preserves_flags, readonly));
    }
}

/// Whether a byte has a value: one instruction and a jump. An atomic load would be one more.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn is<const VALUE: u8>(byte: &AtomicU8) -> bool {
    // SAFETY: reads the byte, whole, as a relaxed load does.
    unsafe {
        asm!(
            "cmp byte ptr [{0}], {1}",
            "jne {2}",
            in(reg) byte.as_ptr(),
            const VALUE,
            label { return false },
            options(nostack, readonly),
        );
    }
    true
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) fn is<const VALUE: u8>(byte: &AtomicU8) -> bool {
    byte.load(crate::sync::Relaxed) == VALUE // as its caller says
}

/// An address less one that a variable of this library has at an offset: one instruction.
#[cfg(target_arch = "x86_64")]
macro_rules! less {
    ($address:expr, $variable:ident, $offset:expr) => {{
        let mut address: usize = $address;
        // SAFETY: reads eight bytes of the variable that are aligned, as a relaxed load does.
        unsafe {
            core::arch::asm!(
                "sub {0}, qword ptr [rip + {1} + {2}]",
                inout(reg) address,
                sym $variable,
                const $offset,
                options(pure, readonly, nostack),
            );
        }
        address
    }};
}

#[cfg(target_arch = "aarch64")]
macro_rules! less {
    ($address:expr, $variable:ident, $offset:expr) => {{
        let field = (&raw const $variable).wrapping_byte_add($offset).cast::<AtomicUsize>();
        // SAFETY: the variable has an atomic number there.
        let other = unsafe { &*field };
        usize::wrapping_sub($address, other.load(Relaxed)) // Relaxed: as its caller says
    }};
}

pub(crate) use less;

/// A product, in the place of the first factor, which the compiler would keep.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn product(mut first: u64, second: u64) -> u64 {
    // SAFETY: arithmetic.
    unsafe {
        asm!("imul {0}, {1}", inout(reg) first, in(reg) second, options(pure, nomem, nostack));
    }
    first
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) fn product(first: u64, second: u64) -> u64 {
    first.wrapping_mul(second)
}
