//! The models of group decision as the dossier asks for them: which can run, with which options.

use std::cell::RefCell;

use yalu_council::{
    ChallengeOptions, ChallengeRoom, CondorcetOptions, Council, DecisionRule as Rule,
    ExchangeOptions, OutcomeRule, ProceduralOptions, Simulation, SpatialOptions, challenge_outcome,
    simulate_challenge, simulate_condorcet, simulate_exchange, simulate_mean, simulate_median,
    simulate_procedural, simulate_spatial, spatial_outcome,
};

use super::coded::Codings;
use super::keys::{ChallengeReading, DecisionRule, ModelKey, Structure};

/// Every model, in the order in which they are told unless the dossier says otherwise.
const ALL: [ModelKey; 7] = [
    ModelKey::WeightedMean,
    ModelKey::WeightedMedian,
    ModelKey::Procedural,
    ModelKey::Challenge,
    ModelKey::Condorcet,
    ModelKey::Spatial,
    ModelKey::Exchange,
];

/// A model's name.
pub fn model_title(key: ModelKey) -> &'static str {
    match key {
        ModelKey::WeightedMean => "Weighted mean (compromise)",
        ModelKey::WeightedMedian => "Weighted median",
        ModelKey::Procedural => "Procedural model (vetoes)",
        ModelKey::Challenge => "Challenge model",
        ModelKey::Condorcet => "Condorcet election",
        ModelKey::Spatial => "Spatial model (KTAB)",
        ModelKey::Exchange => "Exchange model (logrolling)",
    }
}

/// The models that a dossier asks for; all where it names none. Those that can't run on the council
/// are among them, so that the record says why.
pub(crate) fn models_for(structure: &Structure, centre: &Council) -> Vec<ModelKey> {
    let named = |key: &ModelKey| structure.models.is_empty() || structure.models.contains(key);
    let alone = centre.issues().len() < 2;
    // Nobody asked for an exchange between one issue and nothing.
    let pointless =
        |key: ModelKey| structure.models.is_empty() && alone && key == ModelKey::Exchange;
    if structure.models.is_empty() {
        ALL.into_iter()
            .filter(|key| named(key) && !pointless(*key))
            .collect()
    } else {
        structure.models.clone()
    }
}

/// The mean absolute error, on scales of 0 to 100, that a model had on the issues of DEU III
/// (Arregui and Perarnaud 2022) with an outcome, every member’s capability alike, as
/// `cargo run --release -p yalu-council --example deu3` prints them: 215 issues, of which the
/// procedural model has 157 with a known status quo. The Condorcet election and the spatial model
/// weren’t held to them.
pub(crate) fn published_error(key: ModelKey) -> Option<f64> {
    match key {
        ModelKey::WeightedMean => Some(23.59),
        ModelKey::WeightedMedian => Some(28.80),
        ModelKey::Procedural => Some(36.34),
        ModelKey::Challenge => Some(28.65),
        ModelKey::Exchange => Some(25.88),
        ModelKey::Condorcet | ModelKey::Spatial => None,
    }
}

/// A model with its options, ready to run.
pub(crate) struct Runner {
    model: Model,
    /// The options that differ from the model's defaults, in words.
    chosen: Option<String>,
    /// Whether two seeds differ.
    is_drawn: bool,
}

enum Model {
    Mean,
    Median,
    Procedural(ProceduralOptions),
    Challenge(ChallengeOptions),
    Condorcet(CondorcetOptions),
    /// On all issues together, or one after the other; and what capabilities are multiplied by.
    Spatial(SpatialOptions, bool, f64),
    Exchange(ExchangeOptions),
}

thread_local! {
    /// Room that runs of the challenge model share, so that thousands of them allocate nothing.
    static ROOM: RefCell<ChallengeRoom> = RefCell::new(ChallengeRoom::default());
}

impl Runner {
    /// # Errors
    /// Why the model can't run on such a council.
    pub(crate) fn new(
        key: ModelKey,
        structure: &Structure,
        codings: &Codings,
        centre: &Council,
    ) -> Result<Self, String> {
        let spatial = structure.spatial.or(&codings.spatial);
        let model = match key {
            ModelKey::WeightedMean => Model::Mean,
            ModelKey::WeightedMedian => Model::Median,
            ModelKey::Procedural => {
                let rule = procedural_rule(structure.rule);
                Model::Procedural(ProceduralOptions {
                    rule,
                    ..ProceduralOptions::default()
                })
            }
            ModelKey::Challenge => Model::Challenge(challenge_options(structure)),
            ModelKey::Condorcet => Model::Condorcet(CondorcetOptions::default()),
            ModelKey::Spatial => Model::Spatial(
                spatial.options(centre, &codings.accommodation),
                fits_together(centre),
                capability_scale(centre),
            ),
            ModelKey::Exchange if centre.issues().len() < 2 => {
                return Err("an exchange needs two issues, and there is one".to_owned());
            }
            ModelKey::Exchange => Model::Exchange(ExchangeOptions::default()),
        };
        let of_spatial = key == ModelKey::Spatial;
        Ok(Self {
            model,
            chosen: spatial.words().filter(|_| of_spatial),
            is_drawn: of_spatial && spatial.is_drawn(),
        })
    }

    /// The options in words.
    pub(crate) fn options(&self) -> String {
        match &self.model {
            Model::Mean => "Capability times salience as weight".to_owned(),
            Model::Median => {
                "Capability times salience as weight; the lower of two medians".to_owned()
            }
            Model::Procedural(options) => format!(
                "{}; nobody sets the agenda; from the status quo to the nearest point of the core",
                match options.rule {
                    Rule::SimpleMajority =>
                        "More than half of the members, each with one vote".to_owned(),
                    Rule::Majority => "More than half of the capability".to_owned(),
                    Rule::QualifiedMajority { quota } => format!(
                        "At least {} % of the capability",
                        (quota * 1000.0).round() / 10.0
                    ),
                    Rule::Unanimity => "Unanimity".to_owned(),
                }
            ),
            Model::Challenge(options) => format!(
                "Q = {}; at most {} rounds; the outcome is the weighted median of the last positions{}",
                options.status_quo_probability,
                options.rounds,
                if options.outcome == OutcomeRule::Mean {
                    " (mean)"
                } else {
                    ""
                },
            ),
            Model::Condorcet(_) => {
                "Proportional votes, linear odds, conditional probabilities; the likeliest position"
                    .to_owned()
            }
            Model::Spatial(_, together, _) => format!(
                "{}; {}; the mean of the final positions by their chances",
                self.chosen.as_ref().map_or_else(
                    || "KTAB’s defaults".to_owned(),
                    |chosen| format!("KTAB’s defaults but for {chosen}")
                ),
                if *together {
                    "all issues in one space"
                } else {
                    "issue by issue, since an actor’s saliences sum to more than 100"
                }
            ),
            Model::Exchange(_) => "Equal gains; one round of exchanges".to_owned(),
        }
    }

    /// Whether two seeds differ.
    pub(crate) fn is_drawn(&self) -> bool {
        self.is_drawn
    }

    /// One run with its rounds.
    ///
    /// # Errors
    /// Why the model has no outcome.
    pub(crate) fn simulate(&self, council: &Council, seed: u64) -> Result<Simulation, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        match &self.model {
            Model::Mean => Ok(simulate_mean(council)),
            Model::Median => Ok(simulate_median(council)),
            Model::Procedural(options) => {
                simulate_procedural(council, options).map_err(|e| text(&e))
            }
            Model::Challenge(options) => simulate_challenge(council, options).map_err(|e| text(&e)),
            Model::Condorcet(options) => simulate_condorcet(council, options).map_err(|e| text(&e)),
            Model::Spatial(options, together, scale) => {
                let council = &council.scaled(*scale).map_err(|e| text(&e))?;
                if *together {
                    return simulate_spatial(council, options, seed).map_err(|e| text(&e));
                }
                let alone = |k: usize| {
                    let issue = council.alone(k).map_err(|e| text(&e))?;
                    simulate_spatial(&issue, options, seed).map_err(|e| text(&e))
                };
                let runs = (0..council.issues().len()).map(alone);
                Ok(Simulation::side_by_side(
                    &runs.collect::<Result<Vec<_>, _>>()?,
                ))
            }
            Model::Exchange(options) => simulate_exchange(council, options).map_err(|e| text(&e)),
        }
    }

    /// The outcome of each issue alone; none where the model has none.
    pub(crate) fn outcome(&self, council: &Council, seed: u64) -> Option<Vec<f64>> {
        match &self.model {
            Model::Challenge(options) => ROOM.with_borrow_mut(|room| {
                let issues = 0..council.issues().len();
                issues
                    .map(|k| challenge_outcome(&council.on(k), options, room).ok())
                    .collect()
            }),
            Model::Spatial(options, together, scale) => {
                let council = &council.scaled(*scale).ok()?;
                if *together {
                    return Some(spatial_outcome(council, options, seed).ok()?.expected);
                }
                let alone = |k: usize| {
                    let run = spatial_outcome(&council.alone(k).ok()?, options, seed).ok()?;
                    run.expected.first().copied()
                };
                (0..council.issues().len()).map(alone).collect()
            }
            _ => Some(self.simulate(council, seed).ok()?.outcome),
        }
    }
}

fn procedural_rule(rule: DecisionRule) -> Rule {
    match rule {
        DecisionRule::Members => Rule::SimpleMajority,
        DecisionRule::Majority => Rule::Majority,
        DecisionRule::Share(quota) => Rule::QualifiedMajority { quota },
        DecisionRule::Unanimity => Rule::Unanimity,
    }
}

fn challenge_options(structure: &Structure) -> ChallengeOptions {
    let keys = &structure.challenge;
    let reading = match keys.reading {
        ChallengeReading::Standard => ChallengeOptions::default(),
        ChallengeReading::Printed => ChallengeOptions::printed(keys.status_quo_probability),
        ChallengeReading::PublishedCode => ChallengeOptions::scholz_code(),
    };
    ChallengeOptions {
        status_quo_probability: keys.status_quo_probability,
        rounds: keys.rounds as usize,
        ..reading
    }
}

/// Whether each actor's saliences leave it within what it has: then issues share one space.
fn fits_together(centre: &Council) -> bool {
    centre.actors().iter().all(|actor| {
        actor
            .stakes
            .iter()
            .flatten()
            .map(|stake| stake.salience)
            .sum::<f64>()
            <= 1.0
    })
}

/// What brings the greatest capability to 100, where it is so small or so large that KTAB’s absolute
/// thresholds would tell; 1 where it is from 10 to 10,000, so that its figures are KTAB’s to the digit.
fn capability_scale(centre: &Council) -> f64 {
    let greatest = centre
        .actors()
        .iter()
        .map(|actor| actor.capability)
        .fold(0.0, f64::max);
    if (10.0..=10_000.0).contains(&greatest) || greatest <= 0.0 {
        1.0
    } else {
        100.0 / greatest
    }
}
