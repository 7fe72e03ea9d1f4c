//! Dossiers served over HTTP: their pages, answers to settings at once, an API, the discussion.
//!
//! [`Server::bind`] reads the dossiers and takes a port; [`Server::run`] serves until it is told to
//! stop. `slot` holds one dossier and what was computed of it, `worker` computes ahead in the
//! background, `pages`, `exports`, `api`, `comments` and `moderation` answer, `guard` says what no
//! answer goes without.
//!
//! # Invariants
//! - Loopback, unless another address is asked for.
//! - No page holds a script or a style of its own, and its policy allows none: text of a dossier or a
//!   comment that got into a page as markup could do nothing.
//! - A dossier that can't be read is served as what is wrong with it; the others go on.
//! - What is kept in memory is bounded, whatever is asked.
//! - A request is bounded in size and time; so is the number of connections.

mod answers;
mod api;
mod around;
mod comments;
mod connections;
mod exports;
mod failure;
mod feeds;
mod guard;
mod media;
mod moderation;
mod openapi;
mod pages;
mod query;
mod settings;
mod slot;
mod state;
mod worker;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

pub use openapi::openapi;
pub use settings::{AkismetKeys, SettingsError, SiteSettings};
pub use state::StartError;

use state::State;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Folders of dossiers.
    pub dossiers: Vec<PathBuf>,
    /// A store in place of the dossiers' own sources.
    pub store: Option<PathBuf>,
    /// The address to listen on.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Threads of the query engine and the models; nothing takes the machine's.
    pub threads: Option<usize>,
    /// Whether answers are computed ahead in the background.
    pub ahead: bool,
    /// Everything else.
    pub settings: SiteSettings,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            dossiers: Vec::new(),
            store: None,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            threads: None,
            ahead: true,
            settings: SiteSettings::default(),
        }
    }
}

/// A server that has its port.
pub struct Server {
    listener: TcpListener,
    state: Arc<State>,
    stop: watch::Sender<bool>,
    address: SocketAddr,
}

/// Tells a server to stop.
#[derive(Clone)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// Stops taking connections; those that are open get some seconds to end.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Server {
    /// Reads the dossiers and takes the port.
    ///
    /// # Errors
    /// [`StartError`] where the port is taken, no dossier is named, or the discussion can't be opened.
    /// A dossier with faults is no error: its page says what they are.
    pub async fn bind(options: ServeOptions) -> Result<Self, StartError> {
        let wanted = SocketAddr::new(options.host, options.port);
        let listener = TcpListener::bind(wanted)
            .await
            .map_err(|source| StartError::Bind {
                address: wanted,
                source,
            })?;
        let address = listener.local_addr().map_err(|source| StartError::Bind {
            address: wanted,
            source,
        })?;
        let state = State::new(options, address)?;
        let (stop, _) = watch::channel(false);
        Ok(Self {
            listener,
            state: Arc::new(state),
            stop,
            address,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What tells it to stop.
    pub fn stop(&self) -> Stop {
        Stop(self.stop.clone())
    }

    /// Serves until told to stop.
    ///
    /// # Errors
    /// What the system says of the listening socket.
    pub async fn run(self) -> std::io::Result<()> {
        let workers = worker::start(&self.state, &self.stop);
        let router = pages::router(Arc::clone(&self.state));
        let served = connections::serve(self.listener, router, self.stop.subscribe()).await;
        self.stop.send_replace(true);
        workers.join();
        served
    }
}
