//! What a library without std says to code that could unwind: that it never does.
//!
//! `core` comes compiled for unwinding, and its functions name the routine that would
//! sort out their frames, which std brings along. An optimized library has none of
//! them left. In an unoptimized one they stay, though nothing ever unwinds through
//! them (`panic = "abort"`), and the name has to be somewhere.

/// Defines the name for one library. Weak, so that a program with std keeps std's; and
/// hidden, so that no other library takes it for its own.
#[macro_export]
macro_rules! nothing_unwinds {
    () => {
        core::arch::global_asm!(
            ".pushsection .text.rust_eh_personality,\"ax\",@progbits",
            ".weak rust_eh_personality",
            ".hidden rust_eh_personality",
            ".type rust_eh_personality, @function",
            "rust_eh_personality:",
            "ret", // the same word on both architectures
            ".popsection",
        );
    };
}
