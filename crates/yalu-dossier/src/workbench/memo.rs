//! What was computed before, so that a question put otherwise costs only what differs.
//!
//! A bootstrap test depends on the figures, the model and the seed; neither on the level nor on the
//! horizon. Each part stands under what it depends on and nothing else.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use yalu_stats::ShiftEstimate;

use crate::borders::BordersRecord;
use crate::curve::{CurveKey, RawFit, RawTests};
use crate::eras::EraFinding;
use crate::evidence::{CitedFinding, EvidenceRecord};
use crate::finding::{FitBase, LocatedFit};
use crate::prepare::TooLittle;
use crate::spec::Exposure;

/// Indicators, groups and exposures that are kept.
const FITS: usize = 64;
/// Places of breaks that are kept.
const PLACES: usize = 256;
/// Horizons whose curve is kept.
const HORIZONS: usize = 16;
/// Comparisons with other borders that are kept.
const COMPARISONS: usize = 64;
/// Answers of the findings that claims cite for which the evidence is kept.
const FINDINGS: usize = 16;

/// An indicator under one main specification.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FitKey {
    pub(crate) indicator: String,
    pub(crate) group: String,
    pub(crate) exposure: Exposure,
}

/// A fit and the breaks that its answer speaks of: all dated ones, which of them, the recent rows.
pub(crate) type PlaceKey = (FitKey, Vec<usize>, usize, (usize, usize));

/// What a comparison with other borders depends on, written out.
pub(crate) type BordersKey = String;

/// Parts of the assessments of one dossier as of one date.
pub(crate) struct Memo {
    pub(crate) fits: LruCache<FitKey, Result<Arc<FitBase>, TooLittle>>,
    pub(crate) estimates: LruCache<(FitKey, Vec<usize>, usize), ShiftEstimate>,
    pub(crate) located: LruCache<PlaceKey, Arc<LocatedFit>>,
    pub(crate) eras: LruCache<(FitKey, Option<[String; 2]>), EraFinding>,
    /// As many as the dossier's choices make.
    pub(crate) curve: BTreeMap<CurveKey, Result<Arc<RawTests>, String>>,
    pub(crate) curve_fits: LruCache<usize, BTreeMap<CurveKey, Result<RawFit, String>>>,
    pub(crate) borders: LruCache<BordersKey, Option<BordersRecord>>,
    pub(crate) evidence: LruCache<Vec<CitedFinding>, Option<EvidenceRecord>>,
}

impl Default for Memo {
    fn default() -> Self {
        let size = |n: usize| NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN);
        Self {
            fits: LruCache::new(size(FITS)),
            estimates: LruCache::new(size(PLACES)),
            located: LruCache::new(size(PLACES)),
            eras: LruCache::new(size(PLACES)),
            curve: BTreeMap::new(),
            curve_fits: LruCache::new(size(HORIZONS)),
            borders: LruCache::new(size(COMPARISONS)),
            evidence: LruCache::new(size(FINDINGS)),
        }
    }
}
