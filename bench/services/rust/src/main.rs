//! A web service as Slipway's users write them: a router, a health path,
//! PORT, logs on stdout, and an orderly end on SIGTERM.
use axum::{routing::get, Router};
use tokio::signal::unix::{signal, SignalKind};

const GREETING: &str = "hello from slipway";

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let app = Router::new()
        .route("/", get(|| async { format!("{GREETING}\n") }))
        .route("/healthz", get(|| async { "ok\n" }));
    let listener = tokio::net::TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    println!("listening {port}");
    let mut end = signal(SignalKind::terminate())?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            end.recv().await;
        })
        .await
}
