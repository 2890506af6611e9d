//! Gives the shared object the name under which programs ask for it at run time;
//! rustc gives it none.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liballotment.so.1");
}
