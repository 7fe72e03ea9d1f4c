//! Connections, with bounds on their number and on how long a request may take to arrive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tower::ServiceExt;

/// The most connections at once; the next wait in the system's queue.
const MOST: usize = 1024;
/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(10);
/// The most bytes of it.
const HEAD_BYTES: usize = 16 * 1024;
/// How long open connections have to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Serves a router until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(MOST));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => match place {
                Ok(place) => place,
                Err(_) => break,
            },
            () = stopped(&mut stop) => break,
        };
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = stopped(&mut stop) => break,
        };
        let Ok((stream, peer)) = taken else {
            // Too many open files, or a peer that is gone already: the next may do better.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let router = router.clone();
        let stop = stop.clone();
        tokio::spawn(async move {
            one(stream, peer, router, stop).await;
            drop(place);
        });
    }
    // Every place back means every connection is over.
    let _ = timeout(GRACE, places.acquire_many(MOST as u32)).await;
    Ok(())
}

/// Waits until the server is told to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // What it gives back holds a lock that mustn't be carried to another thread.
    drop(stop.wait_for(|stopped| *stopped).await);
}

async fn one(
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // How a connection ended is the peer's affair.
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(GRACE, connection).await;
        }
    }
}
