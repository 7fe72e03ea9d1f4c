//! Runs every model on a panel: the centre, the draws, what the outcome hangs on and what turns it.

use rayon::prelude::*;
use yalu_council::{
    Attribute, Council, Draft, Draws, Pivot, PivotOptions, SobolDesign, Spread, Turning, Unknown,
    pivot, turning_sets,
};

use super::assemble::Panel;
use super::keys::Structure;
use super::models::Runner;

/// Points a block beyond which more don't change what a page can show.
pub(crate) const HISTOGRAM_PARTS: usize = 20;

/// Sets of actors tried for each model and issue.
const MOST_TRIALS: usize = 5_000;

/// Everything of one model.
pub(crate) struct ModelRun {
    pub(crate) centre: yalu_council::Simulation,
    /// By issue; none where no draw had an outcome.
    pub(crate) spreads: Vec<Option<Spread>>,
    /// Draws without an outcome.
    pub(crate) failed: usize,
    /// By issue with a threshold.
    pub(crate) turns: Vec<Turns>,
    /// By issue, the unknowns with their indices; empty where there is nothing to share out.
    pub(crate) sensitivity: Vec<Vec<(Unknown, yalu_council::SobolIndex)>>,
}

/// What would turn one issue's outcome.
pub(crate) struct Turns {
    pub(crate) issue: usize,
    pub(crate) pivots: Vec<Pivot>,
    /// The position that movers take, and who they are.
    pub(crate) position: f64,
    pub(crate) turning: Turning,
}

/// The draws of a panel: the same for every model, so that models differ by what they say and not by
/// their luck.
pub(crate) struct PanelDraws {
    councils: Vec<Option<Council>>,
}

impl PanelDraws {
    /// `n` councils, in turn from each picture; one of each where nothing is unknown.
    pub(crate) fn new(panel: &Panel, n: usize, seed: u64) -> Self {
        let pictures = panel.pictures.len();
        let known = |picture: &Draft| picture.unknowns().is_empty();
        let n = if panel.pictures.iter().all(known) {
            pictures
        } else {
            n
        };
        let each = n.div_ceil(pictures);
        let draws: Vec<Draws> = panel
            .pictures
            .iter()
            .enumerate()
            .map(|(index, picture)| {
                let seed = seed.wrapping_add(index as u64);
                Draws::latin_hypercube(each, picture.unknowns().len(), seed)
            })
            .collect();
        let council = |i: usize| {
            let (picture, row) = (i % pictures, i / pictures);
            draw(&panel.pictures[picture], &draws[picture], row)
        };
        Self {
            councils: (0..n).into_par_iter().map(council).collect(),
        }
    }
}

fn draw(picture: &Draft, draws: &Draws, row: usize) -> Option<Council> {
    if picture.unknowns().is_empty() {
        return picture.centre().ok();
    }
    picture.draw(draws.row(row)).ok()
}

/// Runs one model; what would turn its outcome is sought where `with_turns` says so.
///
/// # Errors
/// Why the model has no outcome for the central values.
pub(crate) fn run_model(
    runner: &Runner,
    panel: &Panel,
    centre: &Council,
    draws: &PanelDraws,
    structure: &Structure,
    seed: u64,
    with_turns: bool,
) -> Result<ModelRun, String> {
    let simulation = runner.simulate(centre, seed)?;
    let issues = centre.issues().len();
    // A model that draws differs from run to run even where every value is known.
    let runs = if runner.is_drawn() {
        draws.councils.len().max(structure.draws as usize)
    } else {
        draws.councils.len()
    };
    let outcomes: Vec<Option<Vec<f64>>> = (0..runs)
        .into_par_iter()
        .map(|i| {
            let council = draws.councils[i % draws.councils.len()].as_ref()?;
            runner.outcome(council, seed.wrapping_add(i as u64))
        })
        .collect();
    let spreads = (0..issues)
        .map(|k| {
            let of_issue: Vec<f64> = outcomes
                .iter()
                .flatten()
                .map(|outcome| outcome[k])
                .collect();
            Spread::of(&of_issue)
        })
        .collect();
    let failed = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    let turns = structure_thresholds(structure, centre)
        .filter(|_| with_turns)
        .map(|(issue, threshold)| turns(runner, centre, issue, threshold, seed))
        .collect();
    let sensitivity = sensitivity(runner, panel, structure, seed, issues);
    Ok(ModelRun {
        centre: simulation,
        spreads,
        failed,
        turns,
        sensitivity,
    })
}

/// Issues with a threshold, by index.
fn structure_thresholds<'a>(
    structure: &'a Structure,
    centre: &'a Council,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    centre.issues().iter().enumerate().filter_map(|(k, issue)| {
        let key = structure.issues.iter().find(|key| key.id == issue.id)?;
        Some((k, key.threshold?))
    })
}

fn turns(runner: &Runner, centre: &Council, issue: usize, threshold: f64, seed: u64) -> Turns {
    let options = PivotOptions::new(issue, threshold);
    let outcome = |council: &Council| runner.outcome(council, seed).map(|outcome| outcome[issue]);
    let asked: Vec<(usize, Attribute)> = (0..centre.actors().len())
        .flat_map(|actor| {
            [
                Attribute::Position,
                Attribute::Salience,
                Attribute::Capability,
            ]
            .map(|of| (actor, of))
        })
        .collect();
    let pivots = asked
        .into_par_iter()
        .filter_map(|(actor, attribute)| {
            let run = |council: &Council| Ok::<_, std::convert::Infallible>(outcome(council));
            match pivot(centre, actor, attribute, &options, run) {
                Ok(found) => found,
                Err(never) => match never {},
            }
        })
        .collect();
    let (position, turning) = turning(centre, issue, threshold, &outcome);
    Turns {
        issue,
        pivots,
        position,
        turning,
    }
}

/// Who would turn the outcome by going over to those who stand farthest beyond the threshold; to the
/// end of the scale where nobody stands beyond it.
fn turning(
    centre: &Council,
    issue: usize,
    threshold: f64,
    outcome: &impl Fn(&Council) -> Option<f64>,
) -> (f64, Turning) {
    let above = outcome(centre).is_some_and(|now| now >= threshold);
    let bench = centre.on(issue);
    let held = bench.positions.iter().copied();
    let position = if above {
        Some(held.fold(f64::INFINITY, f64::min))
            .filter(|x| *x < threshold)
            .unwrap_or(bench.low)
    } else {
        Some(held.fold(f64::NEG_INFINITY, f64::max))
            .filter(|x| *x >= threshold)
            .unwrap_or(bench.high)
    };
    let found = turning_sets(bench.len(), MOST_TRIALS, |set| {
        let mut moved = centre.clone();
        for &member in set {
            let actor = bench.actors[member];
            match moved.with(actor, issue, Attribute::Position, position) {
                Ok(changed) => moved = changed,
                Err(_) => return Ok::<_, std::convert::Infallible>(false),
            }
        }
        Ok(outcome(&moved).is_some_and(|there| (there >= threshold) != above))
    });
    let mut turning = match found {
        Ok(found) => found,
        Err(never) => match never {},
    };
    for set in &mut turning.sets {
        for member in set {
            *member = bench.actors[*member];
        }
    }
    (position, turning)
}

fn sensitivity(
    runner: &Runner,
    panel: &Panel,
    structure: &Structure,
    seed: u64,
    issues: usize,
) -> Vec<Vec<(Unknown, yalu_council::SobolIndex)>> {
    let unknowns = panel.whole.unknowns();
    let points = structure.sensitivity_points as usize;
    let nothing = || vec![Vec::new(); issues];
    if unknowns.is_empty() || points < 2 {
        return nothing();
    }
    let design = SobolDesign::new(points, unknowns.len(), seed);
    let outcomes: Option<Vec<Vec<f64>>> = (0..design.runs())
        .into_par_iter()
        .map(|run| runner.outcome(&panel.whole.draw(&design.point(run)).ok()?, seed))
        .collect();
    // A draw without an outcome leaves a hole that no estimator can fill.
    let Some(outcomes) = outcomes else {
        return nothing();
    };
    (0..issues)
        .map(|k| {
            let of_issue: Vec<f64> = outcomes.iter().map(|outcome| outcome[k]).collect();
            let indices = design.indices(&of_issue, seed).unwrap_or_default();
            let mut named: Vec<_> = unknowns.iter().copied().zip(indices).collect();
            named.sort_by(|a, b| b.1.total.total_cmp(&a.1.total));
            named
        })
        .collect()
}
