use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::LazyLock;

use tiny_http::{Response, Server};

static PORT: LazyLock<u16> = LazyLock::new(|| {
    std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(8080)
});

static LANTERNS: AtomicU64 = AtomicU64::new(0);

fn main() {
    let server = Server::http(("0.0.0.0", *PORT)).expect("the port is free");
    println!("listening on {}", *PORT);
    for request in server.incoming_requests() {
        let mut digits = itoa::Buffer::new();
        let count = digits.format(LANTERNS.fetch_add(1, Ordering::Relaxed) + 1);
        let text = format!("lantern {count}, made with {}\n", env!("COMPILER"));
        let _ = request.respond(Response::from_string(text));
    }
}
