//! With the C library's allocator.

#[global_allocator]
static ALLOCATOR: std::alloc::System = std::alloc::System;

fn main() {
    rust_program::run(std::env::args());
}
