//! Everything that requests share.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use yalu_discussion::access::Limits;
use yalu_discussion::akismet::{Akismet, AkismetOptions};
use yalu_discussion::{Closing, Discussion, Rules, Settings, Showing, StoreError};
use yalu_dossier::pipeline::AssessOptions;

use crate::ServeOptions;
use crate::failure::Failure;
use crate::settings::SiteSettings;
use crate::slot::{Reading, Slot};

/// Why a server can't start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port can't be had.
    #[error("can't listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing to serve.
    #[error("no dossier is named")]
    NoDossier,
    /// Two dossiers of one name.
    #[error("two dossiers have the id `{id}`: {} and {}", first.display(), second.display())]
    SameId {
        /// The id.
        id: String,
        /// A folder.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// The discussion's file.
    #[error("the discussion can't be opened: {0}")]
    Discussion(#[from] yalu_discussion::StoreError),
    /// The key of the spam service.
    #[error("the key of the spam service can't be read from {}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The discussion and what guards it.
pub(crate) struct Talk {
    pub(crate) store: Discussion,
    pub(crate) limits: Limits,
    pub(crate) service: Option<Akismet>,
    /// Counts what changed what readers see.
    revision: AtomicU64,
}

impl Talk {
    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Readers see something else from now on.
    pub(crate) fn changed(&self) {
        self.revision.fetch_add(1, Ordering::AcqRel);
    }
}

/// Everything that requests share.
pub(crate) struct State {
    pub(crate) slots: BTreeMap<String, Arc<Slot>>,
    pub(crate) settings: SiteSettings,
    pub(crate) talk: Option<Talk>,
    /// How many answers are computed at once: the models take every core already.
    pub(crate) computing: Semaphore,
    /// Whether answers are computed ahead.
    pub(crate) ahead: bool,
    /// Where the server listens.
    pub(crate) address: SocketAddr,
}

impl State {
    pub(crate) fn new(options: ServeOptions, address: SocketAddr) -> Result<Self, StartError> {
        let assess = AssessOptions {
            as_of: Vec::new(),
            store: options.store.clone(),
            threads: options.threads,
        };
        let mut slots: BTreeMap<String, Arc<Slot>> = BTreeMap::new();
        for dir in &options.dossiers {
            let slot = Slot::new(dir.clone(), assess.clone());
            let id = slot.id();
            if let Some(known) = slots.get(&id) {
                return Err(StartError::SameId {
                    id,
                    first: known.dir().to_owned(),
                    second: dir.clone(),
                });
            }
            slots.insert(id, Arc::new(slot));
        }
        if slots.is_empty() {
            return Err(StartError::NoDossier);
        }
        let talk = talk(&options.settings)?;
        let state = Self {
            slots,
            settings: options.settings,
            talk,
            computing: Semaphore::new(2),
            ahead: options.ahead,
            address,
        };
        for slot in state.slots.values() {
            state.set_rules(slot)?;
        }
        Ok(state)
    }

    /// Holds a dossier's discussion to the site's settings: until when it is open, and what is shown at
    /// once.
    pub(crate) fn set_rules(&self, slot: &Slot) -> Result<(), StoreError> {
        let (Some(talk), Reading::Sound(loaded)) = (&self.talk, slot.reading()) else {
            return Ok(());
        };
        let publication = loaded.bench.dossier().spec.publication.as_ref();
        let day = publication.and_then(|one| one.date.as_deref());
        let since = day.and_then(|day| format!("{day}T00:00:00Z").parse().ok());
        let known = talk.store.rules(&slot.id())?;
        let rules = Rules {
            closing: since
                .zip(self.settings.close_after_days)
                .map(|(since, after_days)| Closing { since, after_days }),
            showing: if self.settings.show_known_authors {
                Showing::KnownAuthors
            } else {
                Showing::HoldAll
            },
            ..known
        };
        if rules != known {
            let now = Timestamp::now();
            talk.store.set_rules(&slot.id(), rules, "site.toml", now)?;
            talk.changed();
        }
        Ok(())
    }

    /// The address of the site, without a slash at its end.
    pub(crate) fn site(&self) -> String {
        match &self.settings.address {
            Some(address) => address.clone(),
            None => format!("http://{}", self.address),
        }
    }

    pub(crate) fn title(&self) -> String {
        let title = self.settings.title.clone();
        title.unwrap_or_else(|| "Yalu: dossiers".to_owned())
    }
}

/// The discussion.
///
/// # Errors
/// Where the site has none.
pub(crate) fn talk_of(state: &State) -> Result<&Talk, Failure> {
    state
        .talk
        .as_ref()
        .ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "This site has no discussion."))
}

fn talk(settings: &SiteSettings) -> Result<Option<Talk>, StartError> {
    let Some(file) = &settings.discussion else {
        return Ok(None);
    };
    let mut own = Settings {
        ask_service: settings.akismet.is_some(),
        ..Settings::default()
    };
    if let Some(days) = settings.keep_origin_days {
        own.keep_origin_days = days;
    }
    if let Some(days) = settings.keep_rejected_days {
        own.keep_rejected_days = days;
    }
    let service = settings.akismet.as_ref().map(|keys| {
        let key = std::fs::read_to_string(&keys.key_file).map_err(|source| StartError::Key {
            path: keys.key_file.clone(),
            source,
        })?;
        let mut options = AkismetOptions::new(key.trim(), keys.blog.clone());
        if let Some(server) = &keys.server {
            server.trim_end_matches('/').clone_into(&mut options.base);
        }
        options.is_test = keys.is_test;
        Ok::<_, StartError>(Akismet::new(options))
    });
    Ok(Some(Talk {
        store: Discussion::open(file, own)?,
        limits: Limits::default(),
        service: service.transpose()?,
        revision: AtomicU64::new(0),
    }))
}
