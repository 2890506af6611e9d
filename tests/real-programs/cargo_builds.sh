# cargo: a crate of its own, built with rustc's threads and run.
# needs: cargo
cargo new --quiet --vcs none built 2>/dev/null || { echo "cargo cannot make a crate here"; exit 77; }
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
