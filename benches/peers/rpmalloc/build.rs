//! Our `pthread_create` comes first, and the archive's twin is left out.

fn main() {
    println!("cargo:rustc-cdylib-link-arg=-Wl,--allow-multiple-definition");
}
