//! One dossier: what is known of it now, and what was computed of it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use axum::body::Bytes;
use jiff::civil::Date;
use lru::LruCache;
use tokio::sync::watch;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::AssessOptions;
use yalu_dossier::workbench::{AskError, EvolutionPoint, Near, Setting, Workbench};
use yalu_site::Export;
use yalu_site::site::{Page, RenderedPage};

/// Answers that are kept: each holds some megabytes.
const ANSWERS: usize = 24;
/// Pages that are kept.
const PAGES: usize = 48;
/// Dates, beside the dossier's own, whose curve is made when a reader asks for them.
const MOST_DATES: usize = 6;

/// A page's place among those that are kept: which page, the setting, and what of it can change.
pub(crate) type PageKey = (Page, String, u64);

/// A page as it is kept: its bytes are shared by all answers.
pub(crate) struct KeptPage {
    pub(crate) html: Bytes,
    pub(crate) exports: Vec<Export>,
}

impl From<RenderedPage> for KeptPage {
    fn from(page: RenderedPage) -> Self {
        Self {
            html: Bytes::from(page.html),
            exports: page.exports,
        }
    }
}

/// What is computed of one reading of a dossier.
pub(crate) struct Loaded {
    pub(crate) bench: Workbench,
    answers: Mutex<LruCache<String, Arc<Assessment>>>,
    pages: Mutex<LruCache<PageKey, Arc<KeptPage>>>,
    evolution: RwLock<Arc<Vec<EvolutionPoint>>>,
    near: Mutex<BTreeMap<Date, Arc<Vec<Near>>>>,
    /// Dates whose curve is known.
    whole: Mutex<BTreeSet<Date>>,
    /// Dates that readers asked for and whose curve isn't known yet.
    wanted: Mutex<BTreeSet<Date>>,
    /// Counts what changes pages: parts that were computed ahead.
    step: watch::Sender<u64>,
}

/// A dossier as it was read last.
#[derive(Clone)]
pub(crate) enum Reading {
    Sound(Arc<Loaded>),
    /// What is wrong with it, in words.
    Broken(Arc<Vec<String>>),
}

/// One dossier.
pub(crate) struct Slot {
    dir: PathBuf,
    id: String,
    options: AssessOptions,
    reading: RwLock<Reading>,
    /// Counts readings, so that pages hear of a new one.
    version: watch::Sender<u64>,
    seen: Mutex<Stamp>,
}

/// Sizes and times of a folder's files.
type Stamp = Vec<(PathBuf, u64, SystemTime)>;

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kept<K: std::hash::Hash + Eq, V>(n: usize) -> Mutex<LruCache<K, V>> {
    Mutex::new(LruCache::new(
        NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN),
    ))
}

impl Slot {
    pub(crate) fn new(dir: PathBuf, options: AssessOptions) -> Self {
        let seen = stamp(&dir);
        let reading = read(&dir, &options);
        let id = match &reading {
            Reading::Sound(loaded) => loaded.bench.dossier().spec.question.id.clone(),
            // Its own name can't be known; the folder's is what the operator sees.
            Reading::Broken(_) => folder_name(&dir),
        };
        Self {
            dir,
            id,
            options,
            reading: RwLock::new(reading),
            version: watch::channel(0).0,
            seen: Mutex::new(seen),
        }
    }

    pub(crate) fn id(&self) -> String {
        self.id.clone()
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn reading(&self) -> Reading {
        self.reading
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn versions(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    pub(crate) fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Reads the dossier again where a file of its folder changed; whether it did.
    pub(crate) fn look(&self) -> bool {
        let now = stamp(&self.dir);
        let mut seen = held(&self.seen);
        if *seen == now {
            return false;
        }
        *seen = now;
        let reading = read(&self.dir, &self.options);
        *self.reading.write().unwrap_or_else(PoisonError::into_inner) = reading;
        self.version.send_modify(|version| *version += 1);
        true
    }
}

fn folder_name(dir: &Path) -> String {
    let name = dir
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    let name: String = name
        .chars()
        .map(|char| if plain(char) { char } else { '-' })
        .collect();
    if name.is_empty() {
        "dossier".to_owned()
    } else {
        name
    }
}

/// A dossier's own files: its folder but for what is written of it (`assessment`) and hidden ones.
fn stamp(dir: &Path) -> Stamp {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') || name.ends_with(".partial") {
                continue;
            }
            let Ok(about) = entry.metadata() else {
                continue;
            };
            let path = entry.path();
            if about.is_dir() {
                if name != "assessment" && name != "site" {
                    folders.push(path);
                }
            } else {
                let time = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.push((path, about.len(), time));
            }
        }
    }
    files.sort();
    files
}

fn read(dir: &Path, options: &AssessOptions) -> Reading {
    let broken = |what: Vec<String>| Reading::Broken(Arc::new(what));
    let dossier = match load_dossier(dir) {
        Ok(dossier) => dossier,
        Err(problems) => return broken(problems.0.iter().map(ToString::to_string).collect()),
    };
    match Workbench::new(dossier, options.clone()) {
        Ok(bench) => Reading::Sound(Arc::new(Loaded::new(bench))),
        Err(error) => broken(vec![error.to_string()]),
    }
}

impl Loaded {
    fn new(bench: Workbench) -> Self {
        Self {
            bench,
            answers: kept(ANSWERS),
            pages: kept(PAGES),
            evolution: RwLock::new(Arc::default()),
            near: Mutex::default(),
            whole: Mutex::default(),
            wanted: Mutex::default(),
            step: watch::channel(0).0,
        }
    }

    /// Whether a setting's answer comes with its curve: at the dossier's own dates, and where it is
    /// known already.
    pub(crate) fn is_whole(&self, setting: &Setting) -> bool {
        let Some(date) = self.bench.date_of(setting) else {
            return true;
        };
        self.bench.own_dates().contains(&date) || held(&self.whole).contains(&date)
    }

    /// The answer to a setting: kept, or computed now. A date without its curve is put on the list of
    /// those that get one.
    pub(crate) fn answer(&self, setting: &Setting) -> Result<Arc<Assessment>, AskError> {
        let whole = self.is_whole(setting);
        let key = format!("{}{whole}", setting.query());
        if let Some(known) = held(&self.answers).get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.bench.assess(setting, whole)?);
        held(&self.answers).put(key, Arc::clone(&made));
        if !whole && let Some(date) = self.bench.date_of(setting) {
            let mut wanted = held(&self.wanted);
            if wanted.len() < MOST_DATES {
                wanted.insert(date);
            }
        }
        Ok(made)
    }

    pub(crate) fn page(&self, key: &PageKey) -> Option<Arc<KeptPage>> {
        held(&self.pages).get(key).cloned()
    }

    pub(crate) fn keep_page(&self, key: PageKey, page: Arc<KeptPage>) {
        held(&self.pages).put(key, page);
    }

    pub(crate) fn step(&self) -> u64 {
        *self.step.borrow()
    }

    pub(crate) fn steps(&self) -> watch::Receiver<u64> {
        self.step.subscribe()
    }

    fn stepped(&self) {
        self.step.send_modify(|step| *step += 1);
    }

    pub(crate) fn evolution(&self) -> Arc<Vec<EvolutionPoint>> {
        let points = self.evolution.read();
        Arc::clone(&points.unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn near(&self, date: Option<Date>) -> Arc<Vec<Near>> {
        let near = held(&self.near);
        date.and_then(|date| near.get(&date).cloned())
            .unwrap_or_default()
    }

    /// A date that a reader waits for.
    pub(crate) fn next_wanted(&self) -> Option<Date> {
        held(&self.wanted).iter().next().copied()
    }

    /// Makes a date's answers ready: its curve, then those at other levels and horizons.
    pub(crate) fn make_ready(&self, date: Date) -> Result<(), AskError> {
        let own = Setting {
            as_of: Some(date),
            ..Setting::default()
        };
        self.bench.assess(&own, true)?;
        let mut whole = held(&self.whole);
        // Few dates are kept by the workbench; older ones are computed anew if asked again.
        while whole.len() >= MOST_DATES {
            whole.pop_first();
        }
        whole.insert(date);
        drop(whole);
        held(&self.wanted).remove(&date);
        self.stepped();
        self.bench.warm(date)
    }

    /// Asks the settings near a date's own.
    pub(crate) fn look_around(&self, date: Date) -> Result<(), AskError> {
        let near = self.bench.near(date)?;
        held(&self.near).insert(date, Arc::new(near));
        self.stepped();
        Ok(())
    }

    /// The next date at which the verdict isn't known: first far apart, then between.
    pub(crate) fn next_point(&self) -> Option<Date> {
        let known = self.evolution();
        let dates = &self.bench.choices().as_of;
        let unknown = |date: &&Date| {
            let text = date.to_string();
            !known.iter().any(|one| one.as_of == text)
        };
        [24, 12, 6, 3, 1].into_iter().find_map(|apart| {
            let spread = dates.iter().rev().step_by(apart);
            let own = self.bench.own_dates().iter();
            own.chain(spread).find(unknown).copied()
        })
    }

    pub(crate) fn add_point(&self, date: Date) -> Result<(), AskError> {
        let point = self.bench.point(date)?;
        let mut points = self
            .evolution
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut all = points.as_ref().clone();
        all.push(point);
        all.sort_by(|a, b| a.as_of.cmp(&b.as_of));
        *points = Arc::new(all);
        drop(points);
        self.stepped();
        Ok(())
    }
}
