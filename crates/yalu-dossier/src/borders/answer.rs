//! From a comparison's figures to its answer, in sentences that carry them.

use yalu_stats::synthetic::SyntheticError;

use crate::assessment::EffectKind;
use crate::borders::keys::Borders;
use crate::borders::paths::{NotComparable, StepPath};
use crate::borders::record::{
    BorderComparison, ComparisonResult, DonorStatus, OwnBreak, Particularity, PathScale,
    StartOrigin,
};
use crate::prepare::Inputs;
use crate::reasons::{effect_words, figure, p_words};
use crate::spec::{Direction, Indicator};
use crate::words::percent;

/// Fewer donors aren't a comparison: one border's own history would be the answer.
pub(crate) const MIN_DONORS: usize = 5;
/// A fit that leaves so many times what the counts alone would make is poor where it explains nothing.
const POOR_FIT: f64 = 2.0;
/// The weight of one donor, and the number of equal donors, at which weights are concentrated.
const CONCENTRATED_WEIGHT: f64 = 0.5;
const CONCENTRATED_DONORS: f64 = 3.0;
/// p-values are shares of whole numbers; their last digit isn't to decide.
const ROUNDING: f64 = 1e-9;

/// Why no comparison is made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "its figures exist for this dyad only (a table, or another dyad than the question's), so no other border has them"
    )]
    NoOtherBorders,
    #[error(
        "the dossier's data don't count {0}, which the comparison needs under the codes and the exposure chosen here"
    )]
    NotCounted(String),
    #[error("the comparison set is empty; give `borders` a rule, or dyads by hand")]
    EmptySet,
    #[error(
        "no break of its own is dated, so there is no change to hold against other borders; name `borders.start` to ask about a date"
    )]
    NoBreak,
    #[error(
        "`borders.start` {0} lies outside the periods after the first that are known by the as-of date"
    )]
    StartOutside(String),
    #[error(
        "{before} steps of {months} months before the start and {after} after it; {needed} before and 1 after are needed: a shorter `pool` gives more"
    )]
    Steps {
        before: usize,
        needed: usize,
        after: usize,
        months: u32,
    },
    #[error("the dyad itself can't be compared: {0}")]
    Dyad(NotComparable),
    #[error(
        "{got} of {of} other borders can be donors; fewer than {needed} aren't a comparison. The table says what became of each"
    )]
    Donors {
        got: usize,
        needed: usize,
        of: usize,
    },
    #[error("the comparison can't be computed: {0}")]
    NotFitted(SyntheticError),
}

/// A record whose answer is that it can't be told, and why.
pub(crate) fn refused(mut record: BorderComparison, refusal: &Refusal) -> BorderComparison {
    record.answer = Particularity::CannotTell;
    record.headline = format!("Can’t tell whether it is particular: {refusal}.");
    record.reasons = vec![record.headline.clone()];
    record
}

fn kind_of(multiplicative: bool) -> EffectKind {
    if multiplicative {
        EffectKind::Ratio
    } else {
        EffectKind::Difference
    }
}

/// What a donor's own break is, with its numbers.
pub(crate) fn own_break_words(own: &OwnBreak, multiplicative: bool) -> String {
    format!(
        "had a break of its own at {}, {} beyond what the other borders show (p {}, {} after correction for the number of donors): no donor, but still a placebo",
        own.at,
        effect_words(own.effect, kind_of(multiplicative)),
        p_words(own.p_value),
        p_words(own.q_value),
    )
}

/// The scale on which effects add: logarithms of ratios.
fn additive(effect: f64, multiplicative: bool) -> f64 {
    if multiplicative { effect.ln() } else { effect }
}

/// What a claim lacks, in words; nothing where it holds.
struct Lacks {
    particular: Vec<String>,
    not_particular: Vec<String>,
}

/// Fills in the answer and its sentences.
pub(crate) fn answered(
    inputs: &Inputs<'_>,
    keys: &Borders,
    indicator: &Indicator,
    mut record: BorderComparison,
    own: &StepPath,
    result: ComparisonResult,
) -> BorderComparison {
    let multiplicative = record.scale == PathScale::Ratio;
    let bound = if multiplicative {
        inputs.spec.verdict.equivalence_ratio.ln()
    } else {
        indicator.equivalence_difference.unwrap_or(0.0)
    };
    let poor = poor_fit(&result);
    let lacks = lacks(keys, indicator, &record, &result, bound);
    let dyad = crate::borders::members::dyad_name_of(inputs.spec);
    let start = record.start.clone().unwrap_or_default();
    let effect = effect_words(result.effect, kind_of(multiplicative));
    let beside = if multiplicative {
        format!(
            "from {start} on {dyad} is at {effect} of what the development of the other borders would give"
        )
    } else {
        format!(
            "from {start} on {dyad} differs by {effect} from what the development of the other borders would give"
        )
    };
    record.answer = match (
        &poor,
        lacks.particular.first(),
        lacks.not_particular.first(),
    ) {
        (None, None, _) => Particularity::Particular,
        (None, _, None) => Particularity::NotParticular,
        _ => Particularity::CannotTell,
    };
    record.headline = match record.answer {
        Particularity::Particular => format!("Particular to this dyad: {beside}."),
        Particularity::NotParticular => format!(
            "Not particular to this dyad: {beside}, and the interval lies within what counts as equal."
        ),
        Particularity::CannotTell => format!(
            "Can’t tell whether it is particular: {}.",
            poor.clone()
                .or_else(|| lacks.particular.first().cloned())
                .unwrap_or_default()
        ),
    };
    let mut reasons = vec![record.headline.clone()];
    reasons.extend(sentences(keys, &record, own, &result, multiplicative));
    match record.answer {
        Particularity::Particular => {}
        Particularity::NotParticular => reasons.push(format!(
            "Particular fails: {}.",
            lacks.particular.join("; ")
        )),
        Particularity::CannotTell => {
            reasons.push(format!(
                "For particular: {}.",
                if lacks.particular.is_empty() {
                    "nothing is missing but the fit".to_owned()
                } else {
                    lacks.particular.join("; ")
                }
            ));
            reasons.push(format!(
                "For not particular: {}.",
                if lacks.not_particular.is_empty() {
                    "nothing is missing but the fit".to_owned()
                } else {
                    lacks.not_particular.join("; ")
                }
            ));
        }
    }
    record.reasons = reasons;
    record.warnings.extend(warnings(keys, &record, &result));
    record.result = Some(result);
    record
}

/// Why the past is followed too poorly to speak.
fn poor_fit(result: &ComparisonResult) -> Option<String> {
    let fit = &result.fit;
    let beyond_noise = fit
        .count_noise
        .is_none_or(|noise| fit.pre_rmspe > POOR_FIT * noise);
    (fit.relative > 1.0 && beyond_noise).then(|| {
        format!(
            "the other borders don’t follow its past: the gap before the start (RMSPE {}) is {} times its own variation{}",
            figure(fit.pre_rmspe),
            figure(fit.relative),
            fit.count_noise.map_or(String::new(), |noise| format!(
                " and {} times what the counts alone would make",
                figure(fit.pre_rmspe / noise)
            )),
        )
    })
}

fn lacks(
    keys: &Borders,
    indicator: &Indicator,
    record: &BorderComparison,
    result: &ComparisonResult,
    bound: f64,
) -> Lacks {
    let multiplicative = record.scale == PathScale::Ratio;
    let kind = kind_of(multiplicative);
    let log = |effect: f64| additive(effect, multiplicative);
    let gap = log(result.effect);
    let level = keys.level + ROUNDING;
    let mut particular = Vec::new();
    if result.least_p > level {
        particular.push(format!(
            "with {} other borders p can’t be below {}; the level is {}",
            result.n_placebos,
            p_words(result.least_p),
            keys.level
        ));
    } else {
        if result.p_placebo > level {
            particular.push(format!(
                "{} of {} other borders moved as far or farther at that date (p {}, level {})",
                beaten(result.p_placebo, result.n_placebos),
                result.n_placebos,
                p_words(result.p_placebo),
                keys.level
            ));
        }
        if result.p_calibrated > level {
            particular.push(format!(
                "{} of {} other borders moved as far or farther at some date between {} and {} (calibrated p {}, level {})",
                beaten(result.p_calibrated, result.n_placebos),
                result.n_placebos,
                result.searched[0],
                result.searched[1],
                p_words(result.p_calibrated),
                keys.level
            ));
        }
    }
    if keys.picked {
        match result.p_picked {
            None => particular.push(
                "the border was picked for its break, but no break of its own is behind a declared start"
                    .to_owned(),
            ),
            Some(p) if p > level => particular.push(format!(
                "the border was picked for its break, whose own p times {} borders is {} (level {})",
                result.n_placebos + 1,
                p_words(p),
                keys.level
            )),
            Some(_) => {}
        }
    }
    let against = match indicator.direction {
        Direction::Either => false,
        Direction::Up => gap < 0.0,
        Direction::Down => gap > 0.0,
    };
    if against {
        particular.push("the gap goes against the direction asked about".to_owned());
    }
    if log(result.sdid.effect) * gap <= 0.0 {
        particular.push(format!(
            "synthetic difference-in-differences points the other way ({})",
            effect_words(result.sdid.effect, kind)
        ));
    }
    if let Some(odd) = result
        .leave_one_out
        .iter()
        .find(|one| log(one.effect) * gap <= 0.0)
    {
        particular.push(format!(
            "without {} it points the other way ({})",
            odd.dyad,
            effect_words(odd.effect, kind)
        ));
    }
    if let Some(odd) = result
        .in_time
        .iter()
        .find(|one| log(one.effect) * gap > 0.0 && log(one.effect).abs() >= gap.abs())
    {
        particular.push(format!(
            "the same comparison with a start at {}, before anything is claimed, finds as large a gap ({})",
            odd.start,
            effect_words(odd.effect, kind)
        ));
    }
    let mut not_particular = Vec::new();
    match &result.interval {
        None => not_particular.push(format!(
            "{} other borders are too few for an interval of {} coverage",
            result.n_placebos,
            percent(1.0 - keys.level)
        )),
        Some(interval) => {
            let [low, high] = interval.ends.map(log);
            if low < -bound || high > bound {
                not_particular.push(format!(
                    "the interval ({} to {}) isn’t within {}",
                    effect_words(interval.ends[0], kind),
                    effect_words(interval.ends[1], kind),
                    bounds_words(bound, multiplicative),
                ));
            }
        }
    }
    if log(result.sdid.effect).abs() > bound {
        not_particular.push(format!(
            "synthetic difference-in-differences ({}) isn’t within {}",
            effect_words(result.sdid.effect, kind),
            bounds_words(bound, multiplicative),
        ));
    }
    Lacks {
        particular,
        not_particular,
    }
}

fn bounds_words(bound: f64, multiplicative: bool) -> String {
    if multiplicative {
        format!(
            "{} to {}",
            effect_words((-bound).exp(), EffectKind::Ratio),
            effect_words(bound.exp(), EffectKind::Ratio)
        )
    } else {
        format!("±{}", figure(bound))
    }
}

/// How many others are at least as extreme, from a rank's p-value.
fn beaten(p: f64, n: u32) -> u32 {
    (p * f64::from(1 + n)).round() as u32 - 1
}

fn sentences(
    keys: &Borders,
    record: &BorderComparison,
    own: &StepPath,
    result: &ComparisonResult,
    multiplicative: bool,
) -> Vec<String> {
    let kind = kind_of(multiplicative);
    let words = |effect: f64| effect_words(effect, kind);
    let n_of = |status: DonorStatus| {
        record
            .donors
            .iter()
            .filter(|one| one.status == status)
            .count()
    };
    let mut out = Vec::new();
    out.push(format!(
        "Of {} dyads {} are donors, {} had a break of their own and stay as placebos, {} aren’t comparable{}; {} steps of {} months before the start, {} after it{}.",
        record.donors.len(),
        n_of(DonorStatus::Donor),
        n_of(DonorStatus::OwnBreak),
        n_of(DonorStatus::LeftOut),
        match n_of(DonorStatus::NotKept) {
            0 => String::new(),
            n => format!(", {n} follow the past less well than those kept"),
        },
        record.n_before,
        keys.pool,
        record.steps.len() - record.n_before as usize,
        own.n_events(record.n_before as usize)
            .map_or(String::new(), |n| format!("; {n:.0} acts of this dyad before it")),
    ));
    out.push(format!(
        "Beside its synthetic control the dyad changes by {}{}.",
        words(result.effect),
        match &result.interval {
            Some(interval) => format!(
                " ({} to {} by the ranks of the placebos, coverage {})",
                words(interval.ends[0]),
                words(interval.ends[1]),
                percent(interval.coverage)
            ),
            None => "; the other borders are too few for an interval".to_owned(),
        },
    ));
    out.push(format!(
        "Placebos: {} of {} other borders moved as far or farther at that date (p {}), {} where each has its own best date between {} and {} (calibrated p {}); with so many borders p can’t be below {}.",
        beaten(result.p_placebo, result.n_placebos),
        result.n_placebos,
        p_words(result.p_placebo),
        beaten(result.p_calibrated, result.n_placebos),
        result.searched[0],
        result.searched[1],
        p_words(result.p_calibrated),
        p_words(result.least_p),
    ));
    out.push(format!(
        "Fit before the start: RMSPE {}, {} of the dyad’s own variation{}; {} equal donors would be as concentrated as the weights.",
        figure(result.fit.pre_rmspe),
        percent(result.fit.relative),
        result.fit.count_noise.map_or(String::new(), |noise| format!(
            ", where the counts alone would make {}",
            figure(noise)
        )),
        figure(result.fit.effective_donors),
    ));
    out.push(format!(
        "Synthetic difference-in-differences gives {} ({} to {}), plain difference-in-differences {} ({} to {}).",
        words(result.sdid.effect),
        words(result.sdid.interval[0]),
        words(result.sdid.interval[1]),
        words(result.did.effect),
        words(result.did.interval[0]),
        words(result.did.interval[1]),
    ));
    out.push(format!(
        "Starts pretended before it give {}.",
        result
            .in_time
            .iter()
            .map(|one| format!("{} at {}", words(one.effect), one.start))
            .collect::<Vec<_>>()
            .join(", ")
    ));
    let effects = || result.leave_one_out.iter().map(|one| one.effect);
    if result.leave_one_out.len() > 1 {
        out.push(format!(
            "Without one donor at a time the change is {} to {}.",
            words(effects().fold(f64::INFINITY, f64::min)),
            words(effects().fold(f64::NEG_INFINITY, f64::max)),
        ));
    }
    out.push(conformal_words(result, &words));
    out
}

fn conformal_words(result: &ComparisonResult, words: &impl Fn(f64) -> String) -> String {
    let conformal = &result.conformal;
    let interval = match (conformal.empty, conformal.ends) {
        (true, _) => "no constant effect fits the path".to_owned(),
        (false, [Some(low), Some(high)]) => format!("{} to {}", words(low), words(high)),
        (false, [None, Some(high)]) => format!("up to {}, without a lower end", words(high)),
        (false, [Some(low), None]) => format!("from {}, without an upper end", words(low)),
        (false, [None, None]) => "without ends".to_owned(),
    };
    format!(
        "By permutation over time an effect that is the same in all steps has p {} against none, and the interval {interval} ({} coverage; with so many steps p can’t be below {}).",
        p_words(conformal.p_value),
        percent(conformal.coverage),
        p_words(conformal.least_p),
    )
}

fn warnings(keys: &Borders, record: &BorderComparison, result: &ComparisonResult) -> Vec<String> {
    let mut warnings = Vec::new();
    if result.fit.largest_weight > CONCENTRATED_WEIGHT
        || result.fit.effective_donors < CONCENTRATED_DONORS
    {
        let largest = record
            .donors
            .iter()
            .filter(|one| one.weight.is_some())
            .max_by(|a, b| a.weight.unwrap_or(0.0).total_cmp(&b.weight.unwrap_or(0.0)));
        if let Some(donor) = largest {
            warnings.push(format!(
                "The weights rest on few donors: {} has {} of them. Its own history stands for all.",
                donor.name,
                percent(donor.weight.unwrap_or(0.0)),
            ));
        }
    }
    if record.start_from == Some(StartOrigin::Dated) {
        warnings.push(
            "The date was found in the same data: read the calibrated p, in which every border has its own best date."
                .to_owned(),
        );
    }
    if let (false, Some(p)) = (keys.picked, result.p_picked) {
        warnings.push(format!(
            "The p-values hold for a border that wasn’t chosen because its break looked unusual among these. Where it was, set `picked`: its break’s own p times {} borders is {}.",
            result.n_placebos + 1,
            p_words(p)
        ));
    }
    warnings
}
