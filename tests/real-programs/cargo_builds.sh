# cargo: a crate of its own, built with rustc's threads and run.
# needs: cargo
# on it: cargo
# Made by hand, and a workspace of its own: `cargo new` would join it to the
# workspace of whatever folder this is in.
mkdir -p built/src
printf '[package]\nname = "built"\nversion = "0.1.0"\nedition = "2024"\n\n[workspace]\n' >built/Cargo.toml
awk 'BEGIN {
    for (n = 0; n < 300; n++) printf "fn f%d(x: &mut Vec<String>) -> usize { x.push(format!(\"{}-{}\", x.len(), %d)); x.iter().map(|s| s.len()).sum() }\n", n, n
    print "fn main() { let mut x = Vec::new(); let mut s = 0usize;"
    for (n = 0; n < 300; n++) printf "    s = s.wrapping_mul(31) + f%d(&mut x);\n", n
    print "    println!(\"{s} {}\", x.len()); }"
}' >built/src/main.rs
unset CARGO_TARGET_DIR
# A home of its own: another cargo that holds the usual one's lock would be reported.
export CARGO_HOME="$PWD/home"
cargo build --quiet --offline --release --manifest-path built/Cargo.toml && ./built/target/release/built
