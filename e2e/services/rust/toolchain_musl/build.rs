fn main() {
    cc::Build::new().file("src/wick.c").compile("wick");
    println!("cargo:rerun-if-changed=src/wick.c");
}
