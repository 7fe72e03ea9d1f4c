//! The record of a structure: figures gathered, and sentences made from them.

use std::collections::BTreeMap;

use yalu_council::{
    Agreement, Attribute, Council, Estimate, Level, MoveKind, Quota, Spread, Stop,
    krippendorff_alpha, pool, voting,
};

use super::assemble::{Panel, issues_of};
use super::coded::{Coding, Codings};
use super::keys::{DecisionRule, EnsembleKey, ModelKey, Structure, StructureIssue};
use super::models::{Runner, model_title, models_for, published_error};
use super::record::{
    ActorRecord, AgreementOf, AgreementRecord, CoalitionRecord, CodingRecord, ConvergenceRecord,
    EnsembleRecord, IssueRecord, ModelRecord, ModelWeight, MoveRecord, OutcomeRecord, PivotRecord,
    PowerRecord, RoundRecord, SensitivityRecord, SpreadRecord, StakeRecord, StructureRecord,
    TurningRecord, ValueRecord,
};
use super::run::{HISTOGRAM_PARTS, ModelRun, PanelDraws, Turns, run_model};
use super::words;

/// How many unknowns a model's sensitivity lists for each issue.
const LISTED_UNKNOWNS: usize = 10;

/// Quantiles that stand for a model in an ensemble.
const POOL_RESOLUTION: usize = 1000;

/// What a structure is simulated from.
#[derive(Debug, Clone, Copy)]
pub struct StructureInput<'a> {
    /// What the dossier says.
    pub structure: &'a Structure,
    /// What the actors file says.
    pub codings: &'a Codings,
    /// The two put together.
    pub panel: &'a Panel,
    /// What-ifs that were applied to the codings, as they were written.
    pub set: &'a [String],
    /// The seed of every draw.
    pub seed: u64,
    /// Whether what would turn the outcome is sought under the main model alone: it takes the most
    /// time.
    pub at_once: bool,
}

/// Runs every model and gathers what they say. Runs on the caller's pool of threads; the answer is
/// the same on any number of them.
///
/// # Errors
/// Where the central values are no council; a panel that was assembled has been tried.
pub fn simulate_structure(
    input: &StructureInput<'_>,
) -> Result<StructureRecord, yalu_council::CouncilError> {
    let StructureInput {
        structure,
        codings,
        panel,
        ..
    } = *input;
    let centre = panel.centre()?;
    let scene = Scene {
        issues: issues_of(structure, codings),
        actors: actor_records(input, &centre),
        centre: &centre,
    };
    let draws = PanelDraws::new(panel, structure.draws as usize, input.seed);
    let mut models = Vec::new();
    let mut spreads: Vec<(ModelKey, Vec<Option<Spread>>)> = Vec::new();
    let told_first = structure.main_model.unwrap_or(ModelKey::Challenge);
    for key in models_for(structure, &centre) {
        let with_turns = !input.at_once || key == told_first;
        let run = Runner::new(key, structure, codings, &centre).and_then(|runner| {
            let seed = input.seed;
            let run = run_model(&runner, panel, &centre, &draws, structure, seed, with_turns)?;
            Ok((runner.options(), run))
        });
        match run {
            Ok((options, run)) => {
                models.push(model_record(&scene, panel, key, options, &run));
                spreads.push((key, run.spreads));
            }
            Err(reason) => models.push(left_out(key, reason)),
        }
    }
    let ensemble = structure
        .ensemble
        .map_or_else(Vec::new, |by| ensemble(&scene, by, &spreads));
    let main_model = main_model(structure, &models);
    let without_source = codings
        .rows
        .iter()
        .filter(|row| row.source.is_empty())
        .count();
    let mut record = StructureRecord {
        file: structure.actors.clone(),
        issues: scene.issues.iter().map(issue_record).collect(),
        actors: scene.actors.clone(),
        codings: codings.rows.iter().map(coding_record).collect(),
        without_source,
        agreement: agreement(codings, &scene.issues),
        set: input.set.to_vec(),
        draws: structure.draws,
        seed: input.seed,
        coders: structure.coders,
        rule: structure.rule,
        main_model,
        models,
        ensemble,
        coalitions: coalitions(&scene, structure.rule),
        influence: None,
        sentences: Vec::new(),
        cautions: Vec::new(),
    };
    record.sentences = words::sentences(&record);
    record.cautions = words::cautions(&record);
    Ok(record)
}

/// What the records name: issues and actors in the council's order.
struct Scene<'a> {
    issues: Vec<StructureIssue>,
    actors: Vec<ActorRecord>,
    centre: &'a Council,
}

impl Scene<'_> {
    fn actor(&self, index: usize) -> String {
        self.actors[index].id.clone()
    }

    fn issue(&self, index: usize) -> &StructureIssue {
        &self.issues[index]
    }
}

fn main_model(structure: &Structure, models: &[ModelRecord]) -> ModelKey {
    let ran = |key: ModelKey| {
        models
            .iter()
            .any(|m| m.model == key && m.left_out.is_none())
    };
    structure
        .main_model
        .filter(|key| ran(*key))
        .or_else(|| Some(ModelKey::Challenge).filter(|key| ran(*key)))
        .or_else(|| {
            models
                .iter()
                .find(|m| m.left_out.is_none())
                .map(|m| m.model)
        })
        .unwrap_or(ModelKey::WeightedMean)
}

pub(crate) fn value_record(estimate: &Estimate, unit: f64) -> ValueRecord {
    let (low, high) = estimate.bounds();
    let choices = estimate.choices().unwrap_or_default();
    let shown = |value: f64| words::shown(value * unit);
    ValueRecord {
        centre: shown(estimate.centre()),
        low: shown(low),
        high: shown(high),
        choices: choices
            .iter()
            .map(|choice| shown(choice.centre()))
            .collect(),
    }
}

fn issue_record(issue: &StructureIssue) -> IssueRecord {
    IssueRecord {
        id: issue.id.clone(),
        title: issue.title.clone(),
        low: issue.low,
        high: issue.high,
        low_label: issue.low_label.clone(),
        high_label: issue.high_label.clone(),
        status_quo: issue.status_quo,
        threshold: issue.threshold,
        threshold_label: issue.threshold_label.clone(),
        meaning: issue.meaning.clone(),
    }
}

fn coding_record(row: &Coding) -> CodingRecord {
    CodingRecord {
        actor: row.actor.clone(),
        issue: row.issue.clone(),
        coder: row.coder.clone(),
        position: value_record(&row.position, 1.0),
        salience: value_record(&row.salience, 100.0),
        capability: row
            .capability
            .as_ref()
            .map(|capability| value_record(capability, 1.0)),
        source: row.source.clone(),
        note: row.note.clone(),
        line: row.line,
    }
}

/// The actors with what is known of their stakes.
pub(crate) fn actor_records(input: &StructureInput<'_>, centre: &Council) -> Vec<ActorRecord> {
    let totals: Vec<f64> = (0..centre.issues().len())
        .map(|k| centre.on(k).weights().iter().sum())
        .collect();
    let drafts = input.panel.whole.actors().iter();
    drafts
        .zip(centre.actors())
        .map(|(draft, actor)| {
            let member = input
                .structure
                .members
                .iter()
                .find(|member| member.id == actor.id);
            let title = member.map_or_else(|| actor.id.clone(), |member| member.title.clone());
            let stakes = draft.stakes.iter().zip(&actor.stakes).zip(&totals);
            let stakes = stakes.map(|((draft_stake, stake), total)| {
                let (draft_stake, stake) = (draft_stake.as_ref()?, stake.as_ref()?);
                let capability = draft_stake.capability.as_ref().unwrap_or(&draft.capability);
                let weight = stake.capability.unwrap_or(actor.capability) * stake.salience;
                Some(StakeRecord {
                    position: value_record(&draft_stake.position, 1.0),
                    salience: value_record(&draft_stake.salience, 100.0),
                    capability: value_record(capability, 1.0),
                    weight_share: weight / total,
                })
            });
            ActorRecord {
                id: actor.id.clone(),
                short: member
                    .and_then(|m| m.short.clone())
                    .unwrap_or_else(|| title.clone()),
                title,
                meaning: member.and_then(|m| m.meaning.clone()),
                veto: actor.veto,
                split: member.is_some_and(|m| m.split),
                stakes: stakes.collect(),
            }
        })
        .collect()
}

fn left_out(key: ModelKey, reason: String) -> ModelRecord {
    ModelRecord {
        model: key,
        title: model_title(key).to_owned(),
        options: String::new(),
        left_out: Some(reason),
        outcomes: Vec::new(),
        rounds: Vec::new(),
        stops: Vec::new(),
        pivots: Vec::new(),
        turning: Vec::new(),
        sensitivity: Vec::new(),
    }
}

fn model_record(
    scene: &Scene<'_>,
    panel: &Panel,
    key: ModelKey,
    options: String,
    run: &ModelRun,
) -> ModelRecord {
    let outcomes = (0..scene.issues.len()).filter_map(|k| {
        let issue = scene.issue(k);
        let spread = run.spreads[k].as_ref()?;
        Some(OutcomeRecord {
            issue: issue.id.clone(),
            central: words::shown(run.centre.outcome[k]),
            spread: spread_record(spread, issue),
            failed_draws: run.failed,
            share_at_or_above: issue.threshold.map(|t| spread.share_at_or_above(t)),
        })
    });
    let pivots = run
        .turns
        .iter()
        .flat_map(|turns| pivots(scene, panel, turns));
    ModelRecord {
        model: key,
        title: model_title(key).to_owned(),
        options,
        left_out: None,
        outcomes: outcomes.collect(),
        rounds: rounds(scene, &run.centre),
        stops: run
            .centre
            .stops
            .iter()
            .map(|stop| stop_words(*stop).to_owned())
            .collect(),
        pivots: pivots.collect(),
        turning: run
            .turns
            .iter()
            .map(|turns| turning_record(scene, turns))
            .collect(),
        sensitivity: sensitivity(scene, run),
    }
}

fn spread_record(spread: &Spread, issue: &StructureIssue) -> SpreadRecord {
    SpreadRecord {
        draws: spread.ascending().len(),
        mean: words::shown(spread.mean()),
        standard_deviation: words::shown(spread.standard_deviation()),
        quantiles: quantiles(|p| spread.quantile(p)),
        histogram: spread.histogram(issue.low, issue.high, HISTOGRAM_PARTS),
        convergence: spread
            .checkpoints()
            .iter()
            .map(|point| ConvergenceRecord {
                draws: point.draws,
                mean: words::shown(point.mean),
                median: words::shown(point.median),
                standard_error: words::shown(point.standard_error),
            })
            .collect(),
    }
}

fn quantiles(of: impl Fn(f64) -> f64) -> [f64; 5] {
    [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| words::shown(of(p)))
}

fn rounds(scene: &Scene<'_>, run: &yalu_council::Simulation) -> Vec<RoundRecord> {
    let of = |round: &yalu_council::Round| RoundRecord {
        positions: round
            .positions
            .iter()
            .map(|row| row.iter().map(|x| x.map(words::shown)).collect())
            .collect(),
        outcome: round.outcome.iter().map(|x| words::shown(*x)).collect(),
        moves: round
            .moves
            .iter()
            .map(|one| MoveRecord {
                actor: scene.actor(one.actor),
                by: one.by.map(|by| scene.actor(by)),
                issue: scene.issue(one.issue).id.clone(),
                from: words::shown(one.from),
                to: words::shown(one.to),
                kind: move_words(one.kind).to_owned(),
            })
            .collect(),
    };
    run.rounds.iter().map(of).collect()
}

fn move_words(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Conflict => "lost a conflict",
        MoveKind::Compromise => "compromised",
        MoveKind::Capitulation => "gave way",
        MoveKind::Bargain => "took a bargain",
        MoveKind::Exchange => "exchanged",
        _ => "moved",
    }
}

fn stop_words(stop: Stop) -> &'static str {
    match stop {
        Stop::AtOnce => "a formula, without rounds",
        Stop::NoMove => "nobody moves any more",
        Stop::Settled => "the last round changed next to nothing",
        Stop::Unanimous => "all stand at one position",
        Stop::RoundsPlayed => "the rounds asked for were played",
        _ => "it ended",
    }
}

fn attribute_of(attribute: Attribute) -> AgreementOf {
    match attribute {
        Attribute::Position => AgreementOf::Position,
        Attribute::Salience => AgreementOf::Salience,
        Attribute::Capability => AgreementOf::Capability,
    }
}

/// Values as the file writes them: saliences from 0 to 100.
fn unit_of(attribute: Attribute) -> f64 {
    if attribute == Attribute::Salience {
        100.0
    } else {
        1.0
    }
}

fn pivots(scene: &Scene<'_>, panel: &Panel, turns: &Turns) -> Vec<PivotRecord> {
    let issue = scene.issue(turns.issue);
    let record = |pivot: &yalu_council::Pivot| {
        let unit = unit_of(pivot.attribute);
        let within = |to: f64| {
            let actor = &panel.whole.actors()[pivot.actor];
            let stake = actor.stakes[turns.issue].as_ref();
            let estimate = stake.map(|stake| match pivot.attribute {
                Attribute::Position => &stake.position,
                Attribute::Salience => &stake.salience,
                Attribute::Capability => stake.capability.as_ref().unwrap_or(&actor.capability),
            });
            estimate.is_some_and(|estimate| {
                let (low, high) = estimate.bounds();
                (low..=high).contains(&to)
            })
        };
        let mut record = PivotRecord {
            issue: issue.id.clone(),
            actor: scene.actor(pivot.actor),
            of: attribute_of(pivot.attribute),
            from: words::shown(pivot.from * unit),
            to: pivot.to.map(|to| words::shown(to * unit)),
            outcome: pivot.outcome.map(words::shown),
            within_range: pivot.to.is_some_and(within),
            sentence: String::new(),
        };
        record.sentence = words::pivot(&record, &scene.actors[pivot.actor], issue);
        record
    };
    turns.pivots.iter().map(record).collect()
}

fn turning_record(scene: &Scene<'_>, turns: &Turns) -> TurningRecord {
    let name = |set: &Vec<usize>| set.iter().map(|&actor| scene.actor(actor)).collect();
    let mut record = TurningRecord {
        issue: scene.issue(turns.issue).id.clone(),
        position: words::shown(turns.position),
        sets: turns.turning.sets.iter().map(name).collect(),
        tried_up_to: turns.turning.tried_up_to,
        sentence: String::new(),
    };
    record.sentence = words::turning(&record, &scene.actors, scene.issue(turns.issue));
    record
}

fn sensitivity(scene: &Scene<'_>, run: &ModelRun) -> Vec<SensitivityRecord> {
    let mut records = Vec::new();
    for (k, unknowns) in run.sensitivity.iter().enumerate() {
        for (unknown, index) in unknowns.iter().take(LISTED_UNKNOWNS) {
            let three = |value: f64, (low, high): (f64, f64)| [value, low, high].map(words::shown);
            records.push(SensitivityRecord {
                issue: scene.issue(k).id.clone(),
                actor: scene.actor(unknown.actor),
                on: unknown.issue.map(|on| scene.issue(on).id.clone()),
                of: attribute_of(unknown.attribute),
                first: three(index.first, index.first_interval),
                total: three(index.total, index.total_interval),
            });
        }
    }
    records
}

fn ensemble(
    scene: &Scene<'_>,
    by: EnsembleKey,
    models: &[(ModelKey, Vec<Option<Spread>>)],
) -> Vec<EnsembleRecord> {
    let error = |model: ModelKey| match by {
        EnsembleKey::Equal => None,
        EnsembleKey::PublishedError => published_error(model),
    };
    let raw = |model: ModelKey| match by {
        EnsembleKey::Equal => 1.0,
        EnsembleKey::PublishedError => published_error(model).map_or(0.0, |error| 1.0 / error),
    };
    let of_issue = |k: usize| {
        let held: Vec<(ModelKey, &Spread)> = models
            .iter()
            .filter_map(|(model, spreads)| Some((*model, spreads[k].as_ref()?)))
            .filter(|(model, _)| raw(*model) > 0.0)
            .collect();
        let weighed: Vec<(&Spread, f64)> =
            held.iter().map(|(model, s)| (*s, raw(*model))).collect();
        let pooled = pool(&weighed, POOL_RESOLUTION)?;
        let total: f64 = held.iter().map(|(model, _)| raw(*model)).sum();
        let weights = held.iter().map(|(model, _)| ModelWeight {
            model: *model,
            weight: words::shown(raw(*model) / total),
            error: error(*model),
        });
        let issue = scene.issue(k);
        let share = |t: f64| {
            pooled
                .iter()
                .filter(|(v, _)| *v >= t)
                .map(|(_, share)| share)
                .sum()
        };
        Some(EnsembleRecord {
            issue: issue.id.clone(),
            by,
            weights: weights.collect(),
            mean: words::shown(pooled.iter().map(|(value, share)| value * share).sum()),
            quantiles: quantiles(|p| pooled_quantile(&pooled, p)),
            share_at_or_above: issue.threshold.map(share),
        })
    };
    (0..scene.issues.len()).filter_map(of_issue).collect()
}

/// The least value at which the shares reach a probability.
fn pooled_quantile(pooled: &[(f64, f64)], probability: f64) -> f64 {
    let mut reached = 0.0;
    for (value, share) in pooled {
        reached += share;
        if reached >= probability {
            return *value;
        }
    }
    pooled[pooled.len() - 1].0
}

fn coalitions(scene: &Scene<'_>, rule: DecisionRule) -> Vec<CoalitionRecord> {
    let quota = match rule {
        DecisionRule::Majority | DecisionRule::Members => Quota::Majority,
        DecisionRule::Share(share) => Quota::Share(share),
        DecisionRule::Unanimity => Quota::Unanimity,
    };
    let of_issue = |k: usize| {
        let bench = scene.centre.on(k);
        // A vote has its weight whether or not its owner cares.
        let weights: Vec<f64> = match rule {
            DecisionRule::Members => bench
                .capabilities
                .iter()
                .map(|c| f64::from(*c > 0.0))
                .collect(),
            _ => bench.capabilities.clone(),
        };
        let total: f64 = weights.iter().sum();
        let name = |member: usize| scene.actor(bench.actors[member]);
        let issue = scene.issue(k).id.clone();
        match voting(&weights, &bench.vetoes, quota) {
            Ok(found) => {
                let sets = found.minimal_winning.iter();
                let power = (0..bench.len()).map(|i| PowerRecord {
                    actor: name(i),
                    weight: words::shown(weights[i] / total),
                    banzhaf: words::shown(found.banzhaf[i]),
                    shapley_shubik: words::shown(found.shapley_shubik[i]),
                });
                CoalitionRecord {
                    issue,
                    minimal_winning: sets
                        .map(|set| set.iter().map(|&i| name(i)).collect())
                        .collect(),
                    power: power.collect(),
                    reason: None,
                }
            }
            Err(error) => CoalitionRecord {
                issue,
                minimal_winning: Vec::new(),
                power: Vec::new(),
                reason: Some(error.to_string()),
            },
        }
    };
    (0..scene.issues.len()).map(of_issue).collect()
}

fn agreement(codings: &Codings, issues: &[StructureIssue]) -> Vec<AgreementRecord> {
    if codings.coders().len() < 2 {
        return Vec::new();
    }
    let centre =
        |value: fn(&Coding) -> Option<&Estimate>, row: &Coding| value(row).map(Estimate::centre);
    let by_cell = |issue: Option<&str>, value: fn(&Coding) -> Option<&Estimate>| {
        let mut units: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for row in codings
            .rows
            .iter()
            .filter(|row| issue.is_none_or(|id| row.issue == id))
        {
            units
                .entry((&row.actor, &row.issue))
                .or_default()
                .extend(centre(value, row));
        }
        units.into_values().collect::<Vec<_>>()
    };
    let mut records: Vec<AgreementRecord> = issues
        .iter()
        .map(|issue| {
            let units = by_cell(Some(&issue.id), |row| Some(&row.position));
            agreement_record(AgreementOf::Position, Some(issue.id.clone()), &units)
        })
        .collect();
    let saliences = by_cell(None, |row| Some(&row.salience));
    records.push(agreement_record(AgreementOf::Salience, None, &saliences));
    let capabilities = by_cell(None, |row| row.capability.as_ref());
    records.push(agreement_record(
        AgreementOf::Capability,
        None,
        &capabilities,
    ));
    records
}

fn agreement_record(of: AgreementOf, issue: Option<String>, units: &[Vec<f64>]) -> AgreementRecord {
    match krippendorff_alpha(units, Level::Interval) {
        Ok(Agreement { alpha, units, .. }) => AgreementRecord {
            of,
            issue,
            alpha: Some(words::shown(alpha)),
            units,
            reason: None,
        },
        Err(error) => {
            let reason = Some(error.to_string());
            AgreementRecord {
                of,
                issue,
                alpha: None,
                units: 0,
                reason,
            }
        }
    }
}
