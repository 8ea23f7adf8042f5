use openssl::hash::{hash, MessageDigest};
use tiny_http::{Response, Server};

#[allow(dead_code, non_camel_case_types, non_upper_case_globals)]
mod tide {
    include!(concat!(env!("OUT_DIR"), "/tide.rs"));
}

fn main() {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let server = Server::http(format!("0.0.0.0:{port}")).expect("the port is free");
    for request in server.incoming_requests() {
        let tide = unsafe { tide::tide_centimetres(9) };
        let sum = hash(MessageDigest::sha256(), tide.to_string().as_bytes()).expect("a digest");
        let text: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = request.respond(Response::from_string(format!("{tide} {text} {}\n", openssl::version::version())));
    }
}
