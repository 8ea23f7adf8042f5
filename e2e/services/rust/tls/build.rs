use std::{env, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=src/tide.h");
    println!("cargo:rerun-if-changed=src/tide.c");
    cc::Build::new().file("src/tide.c").compile("tide");
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo"));
    bindgen::builder()
        .header("src/tide.h")
        .generate()
        .expect("the header is one of C")
        .write_to_file(out.join("tide.rs"))
        .expect("OUT_DIR is there");
}
