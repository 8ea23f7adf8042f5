use rust_embed::RustEmbed;
use tiny_http::{Header, Response, Server};

/// What `npm run build` leaves; nobody commits it.
#[derive(RustEmbed)]
#[folder = "web/dist/"]
struct Page;

fn main() {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let server = Server::http(format!("0.0.0.0:{port}")).expect("the port is free");
    for request in server.incoming_requests() {
        let path = match request.url().trim_start_matches('/') {
            "" => "index.html".to_owned(),
            "api/notes" => {
                let _ = request.respond(Response::from_string(r#"["low water at six"]"#));
                continue;
            }
            other => other.to_owned(),
        };
        let _ = match Page::get(&path) {
            Some(file) => {
                let kind = if path.ends_with(".html") { "text/html" } else if path.ends_with(".js") { "text/javascript" } else { "application/octet-stream" };
                let header = Header::from_bytes("Content-Type", kind).expect("a header");
                request.respond(Response::from_data(file.data.into_owned()).with_header(header))
            }
            None => request.respond(Response::from_string("not found").with_status_code(404)),
        };
    }
}
