use pilotage::pilotage_client::PilotageClient;
use pilotage::pilotage_server::{Pilotage, PilotageServer};
use pilotage::{BookReply, BookRequest};
use tonic::{transport::Server, Request, Response, Status};

mod pilotage {
    tonic::include_proto!("pilotage.v1");
}

struct Office;

#[tonic::async_trait]
impl Pilotage for Office {
    async fn book(&self, request: Request<BookRequest>) -> Result<Response<BookReply>, Status> {
        let ship = request.into_inner().ship;
        Ok(Response::new(BookReply { pilot: format!("Ane takes the {ship}") }))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "50051".into());
    let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let address = format!("0.0.0.0:{port}").parse()?;
    let server = Server::builder().add_service(PilotageServer::new(Office));
    let serving = tokio::spawn(server.serve_with_shutdown(address, async move {
        stop.recv().await;
    }));
    let mut client = loop {
        match PilotageClient::connect(format!("http://127.0.0.1:{port}")).await {
            Ok(client) => break client,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let reply = client.book(BookRequest { ship: "Gudrun".into(), at: None }).await?;
    println!("{}", reply.into_inner().pilot);
    drop(client);
    serving.await??;
    Ok(())
}
