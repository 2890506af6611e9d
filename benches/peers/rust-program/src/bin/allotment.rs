//! With this repository's allocator.

#[global_allocator]
static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();

fn main() {
    rust_program::run(std::env::args());
}
