//! A clock without a system call: the processor's own counter.
//!
//! The allocator asks it on slow paths only, for "about half a second has gone by",
//! so its rate need not be known well.

/// Remembers when it ticked last.
pub(crate) struct Clock {
    ticked: u64,
}

impl Clock {
    /// Ticks at the first question.
    pub(crate) const fn new() -> Self {
        Self { ticked: 0 }
    }

    /// Whether an interval or more has gone by since this last said so.
    pub(crate) fn has_ticked(&mut self) -> bool {
        let now = now();
        if now.wrapping_sub(self.ticked) < interval() {
            return false;
        }
        self.ticked = now;
        true
    }
}

/// Counter steps of about half a second: 2^30 at 2 to 4 GHz.
#[cfg(target_arch = "x86_64")]
fn interval() -> u64 {
    1 << 30
}

#[cfg(target_arch = "x86_64")]
fn now() -> u64 {
    // SAFETY: every x86-64 processor has the counter; reading it changes nothing.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(target_arch = "aarch64")]
fn interval() -> u64 {
    let frequency: u64;
    // SAFETY: the register is readable from user mode, and holds the counter's rate.
    unsafe { core::arch::asm!("mrs {}, cntfrq_el0", out(reg) frequency, options(nomem, nostack)) };
    frequency / 2
}

#[cfg(target_arch = "aarch64")]
fn now() -> u64 {
    let count: u64;
    // SAFETY: Linux lets user mode read the virtual counter; reading changes nothing.
    unsafe { core::arch::asm!("mrs {}, cntvct_el0", out(reg) count, options(nomem, nostack)) };
    count
}
