//! What goes on beside requests: dossiers looked at, answers computed ahead, comments checked, what is
//! old forgotten.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::failure::log;
use crate::slot::Reading;
use crate::state::State;

/// How often folders are looked at.
const LOOK: Duration = Duration::from_millis(700);
/// How often the queue of the spam service is.
const DELIVER: Duration = Duration::from_secs(2);
/// How often what is old is forgotten.
const FORGET: Duration = Duration::from_hours(6);

/// The threads.
pub(crate) struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Waits until each has ended.
    pub(crate) fn join(self) {
        for one in self.0 {
            // A thread that panicked has said so on stderr.
            let _ = one.join();
        }
    }
}

/// Starts them; they end soon after `stop` says so.
pub(crate) fn start(state: &Arc<State>, stop: &watch::Sender<bool>) -> Workers {
    let mut threads = Vec::new();
    let mut run = |work: fn(&State, &watch::Receiver<bool>)| {
        let (state, stop) = (Arc::clone(state), stop.subscribe());
        threads.push(thread::spawn(move || work(&state, &stop)));
    };
    run(look);
    if state.talk.is_some() {
        run(tend);
    }
    if state.ahead {
        // An answer that is under way may take a minute, and nothing of it is kept: nobody waits.
        let (state, stop) = (Arc::clone(state), stop.subscribe());
        thread::spawn(move || compute(&state, &stop));
    }
    Workers(threads)
}

/// Sleeps, but not beyond the end; whether there is more to do.
fn rest(stop: &watch::Receiver<bool>, long: Duration) -> bool {
    let end = Instant::now() + long;
    while !*stop.borrow() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(Duration::from_millis(50)));
    }
    false
}

fn look(state: &State, stop: &watch::Receiver<bool>) {
    while rest(stop, LOOK) {
        for slot in state.slots.values() {
            if slot.look()
                && let Err(error) = state.set_rules(slot)
            {
                log(&format!("the rules of {}'s discussion: {error}", slot.id()));
            }
        }
    }
}

/// Computes ahead, the most wanted first: dates that readers wait for, the dossiers' own, then how the
/// verdict evolved.
fn compute(state: &State, stop: &watch::Receiver<bool>) {
    // A date that failed isn't tried again before its dossier is read anew.
    let mut done: std::collections::BTreeMap<
        String,
        (u64, Vec<jiff::civil::Date>, Vec<jiff::civil::Date>),
    > = std::collections::BTreeMap::new();
    while !*stop.borrow() {
        let mut worked = false;
        for (id, slot) in &state.slots {
            if *stop.borrow() {
                return;
            }
            let Reading::Sound(loaded) = slot.reading() else {
                continue;
            };
            let version = slot.version();
            let (of, ready, points) = done.entry(id.clone()).or_default();
            if *of != version {
                *of = version;
                ready.clear();
                points.clear();
            }
            let wanted = loaded.next_wanted().filter(|date| !ready.contains(date));
            let own = loaded.bench.own_dates().iter().rev();
            let next = wanted.or_else(|| own.copied().find(|date| !ready.contains(date)));
            if let Some(date) = next {
                ready.push(date);
                worked = true;
                let made = loaded.make_ready(date);
                // What can't be asked is left out of the page.
                if let Err(error) = made.and_then(|()| loaded.look_around(date)) {
                    log(&format!("{id} as of {date}: {error}"));
                }
                continue;
            }
            if let Some(date) = loaded.next_point().filter(|date| !points.contains(date)) {
                points.push(date);
                worked = true;
                if let Err(error) = loaded.add_point(date) {
                    log(&format!("{id} as of {date}: {error}"));
                }
            }
        }
        if !worked && !rest(stop, Duration::from_millis(200)) {
            return;
        }
    }
}

/// Asks the spam service, and forgets what is old.
fn tend(state: &State, stop: &watch::Receiver<bool>) {
    let Some(talk) = &state.talk else { return };
    let mut forgotten: Option<Instant> = None;
    loop {
        let now = Timestamp::now();
        if forgotten.is_none_or(|at| at.elapsed() > FORGET) {
            forgotten = Some(Instant::now());
            if let Err(error) = talk.store.retain(now) {
                log(&format!("what is old isn't forgotten: {error}"));
            }
        }
        if let Some(service) = &talk.service
            && let Ok(delivered) = talk.store.deliver_due(service, now)
        {
            if delivered.n_shown > 0 {
                talk.changed();
            }
            if delivered.is_more_due && !*stop.borrow() {
                continue;
            }
        }
        if !rest(stop, DELIVER) {
            return;
        }
    }
}
