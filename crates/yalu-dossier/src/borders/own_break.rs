//! Donors that were treated themselves: a break of their own near the date, beyond what the other
//! borders show.

use rayon::prelude::*;
use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, benjamini_hochberg, sup_f_test};

use crate::borders::paths::StepPath;
use crate::curve::median;

/// How near a break must be, in months either way.
pub(crate) const NEAR_MONTHS: usize = 24;
/// The share of steps at either end where no break is looked for.
const TRIMMING: f64 = 0.1;
/// Fewer donors don't show what borders have in common.
const MIN_OTHERS: usize = 3;

/// A donor's test.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tested {
    /// The first step of the new level.
    pub(crate) at: usize,
    pub(crate) p: f64,
    pub(crate) q: f64,
    /// New over old level relative to the others', on the paths' scale.
    pub(crate) effect: f64,
}

/// Tests every donor, in order; nothing where a test can't be made, with the reasons gathered.
pub(crate) fn own_breaks(
    donors: &[&StepPath],
    start: usize,
    near: usize,
    bootstrap: Bootstrap,
) -> (Vec<Option<Tested>>, Vec<String>) {
    if donors.len() <= MIN_OTHERS {
        let reason = format!(
            "{} other borders are too few to tell a donor's own break from what borders have in common",
            donors.len()
        );
        return (vec![None; donors.len()], vec![reason]);
    }
    let results: Vec<Result<Tested, String>> = (0..donors.len())
        .into_par_iter()
        .map(|place| {
            let seed = bootstrap.seed ^ ((place as u64 + 1) << 32);
            test(donors, place, start, near, Bootstrap { seed, ..bootstrap })
        })
        .collect();
    let p: Vec<f64> = results.iter().flatten().map(|one| one.p).collect();
    let mut q = benjamini_hochberg(&p).unwrap_or(p).into_iter();
    let mut reasons: Vec<String> = Vec::new();
    let tested = results
        .into_iter()
        .map(|result| match result {
            Ok(mut one) => {
                one.q = q.next().unwrap_or(one.p);
                Some(one)
            }
            Err(reason) => {
                reasons.push(reason);
                None
            }
        })
        .collect();
    reasons.sort();
    reasons.dedup();
    (tested, reasons)
}

/// The path that the other donors have in common: their median at each step. A median, so that one
/// donor's break doesn't become everybody's.
fn common_path(donors: &[&StepPath], without: usize) -> Vec<f64> {
    (0..donors[without].values.len())
        .map(|step| {
            let values: Vec<f64> = donors
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != without)
                .map(|(_, donor)| donor.values[step])
                .collect();
            // There are others: `own_breaks` refuses fewer than a handful.
            median(&values).unwrap_or(0.0)
        })
        .collect()
}

fn test(
    donors: &[&StepPath],
    place: usize,
    start: usize,
    near: usize,
    bootstrap: Bootstrap,
) -> Result<Tested, String> {
    let donor = donors[place];
    let n = donor.values.len();
    let common = common_path(donors, place);
    let (y, offset, family) = match &donor.counts {
        Some((counts, exposure)) => (
            counts.clone(),
            exposure
                .iter()
                .zip(&common)
                .map(|(exposure, common)| exposure.ln() + common)
                .collect(),
            Family::QuasiPoisson,
        ),
        None => (
            donor
                .values
                .iter()
                .zip(&common)
                .map(|(own, common)| own - common)
                .collect(),
            vec![0.0; n],
            Family::Gaussian,
        ),
    };
    let design = Design::intercept(n);
    let model = ShiftModel {
        y: &y,
        offset: &offset,
        design: &design,
        family,
    };
    let search = Search {
        trimming: TRIMMING,
        max_breaks: 1,
        window: Some(((start - 1).saturating_sub(near), start - 1 + near)),
    };
    let test = sup_f_test(&model, &search, &bootstrap, 0.05).map_err(|error| error.to_string())?;
    let at = test.break_index + 1;
    let level = |from: usize, to: usize| {
        let sum: f64 = y[from..to].iter().sum();
        if family == Family::Gaussian {
            sum / (to - from) as f64
        } else {
            let expected: f64 = offset[from..to].iter().map(|one| one.exp()).sum();
            ((sum + 0.5) / expected).ln()
        }
    };
    Ok(Tested {
        at,
        p: test.p_value,
        q: f64::NAN,
        effect: level(at, n) - level(0, at),
    })
}
