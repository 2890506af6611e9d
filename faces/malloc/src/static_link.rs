//! What a static GNU C library asks of the object file that its malloc is in.
//!
//! `gcc -static` takes that object from `libc.a` as soon as anything in it is asked
//! for, and then every name is defined twice. The C library's own fork and thread
//! exit ask for these four: they prepare its malloc for a fork, and give up a
//! thread's caches. This heap has its own ways to hear of both, so they do nothing.
//!
//! The names are hidden: they are there for a static link, and not exported by the
//! shared object, whose C library has its own.

use core::arch::global_asm;

// One instruction, and both architectures call it the same.
global_asm!(
    ".pushsection .text.allotment_static_link,\"ax\",@progbits",
    ".balign 16",
    ".globl __malloc_fork_lock_parent",
    ".globl __malloc_fork_unlock_parent",
    ".globl __malloc_fork_unlock_child",
    ".globl __malloc_arena_thread_freeres",
    ".hidden __malloc_fork_lock_parent",
    ".hidden __malloc_fork_unlock_parent",
    ".hidden __malloc_fork_unlock_child",
    ".hidden __malloc_arena_thread_freeres",
    ".type __malloc_fork_lock_parent, @function",
    ".type __malloc_fork_unlock_parent, @function",
    ".type __malloc_fork_unlock_child, @function",
    ".type __malloc_arena_thread_freeres, @function",
    "__malloc_fork_lock_parent:",
    "__malloc_fork_unlock_parent:",
    "__malloc_fork_unlock_child:",
    "__malloc_arena_thread_freeres:",
    "ret",
    ".popsection",
);
