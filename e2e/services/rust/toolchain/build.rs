use std::{env, process::Command};

fn main() {
    let compiler = env::var("RUSTC").expect("cargo sets it");
    let said = Command::new(compiler).arg("--version").output().expect("the compiler runs");
    let version = String::from_utf8(said.stdout).expect("it is text");
    println!("cargo:rustc-env=COMPILER={}", version.split(" (").next().unwrap_or("").trim());
    println!("cargo:rerun-if-changed=build.rs");
}
