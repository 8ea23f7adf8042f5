use std::{thread, time::Duration};

fn main() {
    if std::env::args().any(|a| a == "--check") {
        return;
    }
    println!("{}", if cfg!(feature = "loud") { "WORKING" } else { "working" });
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}
