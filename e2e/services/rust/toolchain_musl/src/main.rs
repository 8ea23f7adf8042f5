use tiny_http::{Response, Server};

extern "C" {
    fn wick_minutes(millimetres: i32) -> i32;
}

fn main() {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let server = Server::http(format!("0.0.0.0:{port}")).expect("the port is free");
    println!("listening on {port}");
    for request in server.incoming_requests() {
        let libc = if cfg!(target_env = "musl") { "musl" } else { "glibc" };
        let text = format!("{} minutes on {libc}\n", unsafe { wick_minutes(40) });
        let _ = request.respond(Response::from_string(text));
    }
}
