//! Gives the shared object the name under which programs ask for it at run time;
//! rustc gives it none. And has it stay when it is closed: blocks of it may be in use,
//! and the C library calls it when threads end or fork.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liballotment.so.1");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
