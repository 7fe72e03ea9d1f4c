//! A dossier that is asked again and again: as of other dates, at another level or horizon, with other
//! codes, exposure, donors or actors' values, each answer an assessment of its own.
//!
//! [`setting`] is what a reader asks otherwise, and its form in an address. `dated` holds the data as
//! of one date, `memo` what was computed of them. [`evolution`] is the verdict at many dates,
//! [`near`] the verdict with one choice moved.
//!
//! # Invariants
//! - An answer is the same whether or not anything was remembered.
//! - What is remembered is bounded, but for the fits that the dossier's own choices make.

pub(crate) mod dated;
pub mod evolution;
pub(crate) mod memo;
pub mod near;
pub mod setting;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use lru::LruCache;

use crate::assessment::Assessment;
use crate::diagnostic::Problems;
use crate::load::Dossier;
use crate::pipeline::{AssessError, AssessOptions, as_of_dates, on_threads, structure};
use crate::structure::{StructureInput, StructureRecord, apply_set, assemble, simulate_structure};
use dated::{Dated, Depth};
pub use evolution::{EvolutionIndicator, EvolutionPoint};
pub use near::{Near, NearIndicator};
pub use setting::{
    ActorChoice, Choices, CodesChoice, DonorChoice, Setting, SettingError, SettingRecord,
};

/// Dates whose data are kept.
const DATES: usize = 8;
/// Sets of actors' values whose outcomes are kept.
const STRUCTURES: usize = 64;
/// Draws of the ranges under a reader's values: enough for a median and its spread at once.
const DRAWS: u32 = 200;
/// Horizons whose answers are made ready beside the dossier's own, in months.
pub const HORIZONS: [u32; 8] = [6, 12, 18, 24, 30, 36, 48, 60];

/// Why a question put otherwise has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The setting isn't one of this dossier.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The dossier can't be assessed so.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// The actors' values are no council.
    #[error(transparent)]
    Actors(#[from] Problems),
}

/// One date's data, behind a lock: one question at a time is computed, and the next finds its parts.
type Shared = Arc<Mutex<Dated>>;

/// A dossier and what was computed of it.
pub struct Workbench {
    dossier: Dossier,
    options: AssessOptions,
    /// The dossier's own dates, the data's end where it names none.
    own_dates: Vec<Date>,
    dates: Mutex<LruCache<Date, Shared>>,
    structures: Mutex<LruCache<Vec<String>, Option<StructureRecord>>>,
    choices: Choices,
}

/// A thread that panicked while it held a lock left whole values behind: they are put in one by one.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kept<K: std::hash::Hash + Eq, V>(n: usize) -> Mutex<LruCache<K, V>> {
    Mutex::new(LruCache::new(
        NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN),
    ))
}

impl Workbench {
    /// Reads the dossier's data as of its last date.
    ///
    /// # Errors
    /// [`AssessError`] where they can't be had.
    pub fn new(dossier: Dossier, options: AssessOptions) -> Result<Self, AssessError> {
        let all = Dated::load(&dossier, &options, None)?;
        let mut own_dates = Vec::new();
        for date in as_of_dates(&dossier, &options)? {
            own_dates.push(date.unwrap_or(all.as_of));
        }
        own_dates.sort();
        own_dates.dedup();
        let choices = Choices::of(&dossier, &own_dates, &all)?;
        Ok(Self {
            dossier,
            options,
            own_dates,
            dates: kept(DATES),
            structures: kept(STRUCTURES),
            choices,
        })
    }

    /// The dossier.
    pub fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// What a reader may set.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// The dates that the dossier asks about.
    pub fn own_dates(&self) -> &[Date] {
        &self.own_dates
    }

    /// The date that a setting asks about: the dossier's last where it names none.
    pub fn date_of(&self, setting: &Setting) -> Option<Date> {
        match setting.as_of {
            Some(date) => Some(date),
            None => self.own_dates.last().copied(),
        }
    }

    /// Answers the dossier's question under a setting. At the dossier's own setting and one of its
    /// dates this is what [`crate::pipeline::assess`] gives.
    ///
    /// `whole`: with the specification curve; else under the main specification alone, in a second
    /// for a date that nothing is known of.
    ///
    /// # Errors
    /// [`AskError`] where the setting isn't one, or the dossier can't be assessed under it.
    pub fn assess(&self, setting: &Setting, whole: bool) -> Result<Assessment, AskError> {
        setting.check(&self.choices)?;
        let changed;
        let dossier = if setting.changes_spec() {
            changed = setting.apply(&self.dossier);
            &changed
        } else {
            &self.dossier
        };
        let depth = if whole {
            Depth::Whole
        } else {
            Depth::MainAlone
        };
        let date = self.date_of(setting);
        let work = || -> Result<Assessment, AskError> {
            let structure = self.structure(setting)?;
            let dated = self.dated(date)?;
            let mut assessment = held(&dated).assess(dossier, &self.options, structure, depth)?;
            assessment.setting = setting.record();
            Ok(assessment)
        };
        on_threads(self.options.threads, work)?
    }

    /// Computes what answers at other levels and horizons need, as of a date.
    ///
    /// # Errors
    /// As [`Workbench::assess`].
    pub fn warm(&self, as_of: Date) -> Result<(), AskError> {
        for horizon in HORIZONS {
            for main in self.choices.main_specifications() {
                let setting = Setting {
                    as_of: Some(as_of),
                    horizon_months: Some(horizon),
                    ..main
                };
                self.assess(&setting, true)?;
            }
        }
        Ok(())
    }

    /// The verdict under the main specification as of one date, with few simulations: one point of
    /// how it evolved.
    ///
    /// # Errors
    /// [`AskError`] where the data as of that date can't be had.
    pub fn point(&self, as_of: Date) -> Result<EvolutionPoint, AskError> {
        let work = || evolution::point(&self.dossier, &self.options, as_of);
        Ok(on_threads(self.options.threads, work)??)
    }

    fn dated(&self, date: Option<Date>) -> Result<Shared, AssessError> {
        if let Some(known) = date.and_then(|date| held(&self.dates).get(&date).cloned()) {
            return Ok(known);
        }
        let made = Dated::load(&self.dossier, &self.options, date)?;
        let date = made.as_of;
        let made = Arc::new(Mutex::new(made));
        held(&self.dates).put(date, Arc::clone(&made));
        Ok(made)
    }

    fn structure(&self, setting: &Setting) -> Result<Option<StructureRecord>, AskError> {
        if let Some(known) = held(&self.structures).get(&setting.actors) {
            return Ok(known.clone());
        }
        let made = if setting.actors.is_empty() {
            structure(&self.dossier)?
        } else {
            self.what_if(setting)?
        };
        held(&self.structures).put(setting.actors.clone(), made.clone());
        Ok(made)
    }

    /// The structure under a reader's values: fewer draws, no shares of uncertainty, and what would
    /// turn it under the main model alone.
    fn what_if(&self, setting: &Setting) -> Result<Option<StructureRecord>, AskError> {
        let (Some(keys), Some(council)) = (&self.dossier.spec.structure, &self.dossier.council)
        else {
            return Ok(None);
        };
        let mut keys = keys.clone();
        keys.draws = keys.draws.min(DRAWS);
        keys.sensitivity_points = 0;
        let mut codings = council.codings.clone();
        for set in &setting.actors {
            apply_set(&mut codings, set).map_err(SettingError::from)?;
        }
        let panel = assemble(&keys, &codings).map_err(Problems)?;
        let input = StructureInput {
            structure: &keys,
            codings: &codings,
            panel: &panel,
            set: &setting.actors,
            seed: self.dossier.spec.model.seed,
            at_once: true,
        };
        Ok(Some(simulate_structure(&input).map_err(AssessError::from)?))
    }
}
