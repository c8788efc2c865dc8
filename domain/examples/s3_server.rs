//! An S3 server for tests that drive the real program: s3s-fs over HTTP, in a process of its own that can be killed.
//!
//!     s3_server FOLDER PORT
//!
//! Makes the bucket `photos`; takes the access key `key` with the secret `secret`. Every object is a file below FOLDER/photos.

use std::error::Error;
use std::net::Ipv4Addr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let port: u16 = arguments.next().ok_or("name a port")?.parse()?;
    std::fs::create_dir_all(std::path::Path::new(&folder).join("photos"))?;
    let mut builder = S3ServiceBuilder::new(FileSystem::new(&folder).map_err(|error| format!("{error:?}"))?);
    builder.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let connection = Builder::new(TokioExecutor::new());
            // A client that goes away is none of the server's business.
            drop(connection.serve_connection(TokioIo::new(socket), service).await);
        });
    }
}
