//! The assessment's keys as words, and the look of each rung.

use yalu_dossier::assessment::{Assessment, ConfidenceLevel, CurveFit, DurabilityOutcome, Rung};
pub(crate) use yalu_dossier::reasons::{choice_name, rung_name, survives};
use yalu_dossier::spec::{Direction, Exposure, FamilyKey, IndicatorKind, JoinRule, Role};

/// The ladder from its top rung down; too little data stands beside it.
pub(crate) const LADDER: [Rung; 7] = [
    Rung::Major,
    Rung::Lasting,
    Rung::Undecided,
    Rung::Faded,
    Rung::Emerging,
    Rung::Responsive,
    Rung::NoShift,
];

/// The rung's class in the style sheet, which carries its colour.
pub(crate) fn rung_class(rung: Rung) -> &'static str {
    match rung {
        Rung::TooLittleData => "rung-too-little",
        Rung::NoShift => "rung-none",
        Rung::Responsive => "rung-responsive",
        Rung::Emerging => "rung-emerging",
        Rung::Faded => "rung-faded",
        Rung::Undecided => "rung-undecided",
        Rung::Lasting => "rung-lasting",
        Rung::Major => "rung-major",
    }
}

/// The rung's sign, so that colour never speaks alone.
pub(crate) fn rung_sign(rung: Rung) -> &'static str {
    match rung {
        Rung::TooLittleData => "…",
        Rung::NoShift => "○",
        Rung::Responsive => "◇",
        Rung::Emerging => "△",
        Rung::Faded => "▽",
        Rung::Undecided => "?",
        Rung::Lasting => "■",
        Rung::Major => "★",
    }
}

/// What the rung says, in a few words.
pub(crate) fn rung_meaning(rung: Rung) -> &'static str {
    match rung {
        Rung::TooLittleData => "Nothing can be said",
        Rung::NoShift => "No break survives the test",
        Rung::Responsive => "A break, but events and pressure explain it",
        Rung::Emerging => "A break beyond response, still young",
        Rung::Faded => "A break once; the level came back",
        Rung::Undecided => "Old enough, but neither held nor gone",
        Rung::Lasting => "The level stayed away through the horizon",
        Rung::Major => "Lasting, large and particular to this dyad",
    }
}

pub(crate) fn confidence_name(level: ConfidenceLevel) -> &'static str {
    match level {
        ConfidenceLevel::Low => "Low",
        ConfidenceLevel::Moderate => "Moderate",
        ConfidenceLevel::High => "High",
    }
}

pub(crate) fn outcome_name(outcome: DurabilityOutcome) -> &'static str {
    match outcome {
        DurabilityOutcome::BackToOld => "Back at the old level",
        DurabilityOutcome::StayedAway => "Stayed away from the old level",
        DurabilityOutcome::CannotTell => "Can't be told",
    }
}

pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Required => "required",
        Role::Supporting => "supporting",
        Role::Context => "context",
    }
}

pub(crate) fn role_meaning(role: Role) -> &'static str {
    match role {
        Role::Required => "The verdict rests on it.",
        Role::Supporting => "Tested and shown; the verdict doesn't rest on it.",
        Role::Context => "Shown, not tested.",
    }
}

pub(crate) fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "a shift would go up",
        Direction::Down => "a shift would go down",
        Direction::Either => "a shift could go either way",
    }
}

pub(crate) fn kind_name(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::EventRate => "event rate",
        IndicatorKind::EventShare => "share of events",
        IndicatorKind::QuadShare => "share of quad classes",
        IndicatorKind::MeanGoldstein => "mean Goldstein score",
        IndicatorKind::TradeValue => "trade value",
        IndicatorKind::MirrorGap => "mirror gap of trade",
        IndicatorKind::Table => "table of the dossier",
    }
}

pub(crate) fn join_name(join: JoinRule) -> &'static str {
    match join {
        JoinRule::AllRequired => "the lowest rung of the required indicators",
        JoinRule::AnyRequired => "the highest rung of the required indicators",
        JoinRule::Majority => "the rung that more than half of the required indicators reach",
    }
}

/// Words of a key: `missile_test` is `missile test`.
pub(crate) fn spaced(key: &str) -> String {
    key.replace('_', " ")
}

/// The first letter large.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

/// The choices of a specification, in the order that the dashboard shows them.
pub(crate) const CHOICES: [&str; 7] = [
    "pressure",
    "pressure_lag",
    "event_decay",
    "exposure",
    "family",
    "group",
    "trimming",
];

/// A specification's option for a choice, as the assessment's list of choices writes it.
pub(crate) fn option_of(fit: &CurveFit, choice: &str) -> String {
    match choice {
        "exposure" => exposure_key(fit.exposure).to_owned(),
        "family" => family_key(fit.family).to_owned(),
        "group" => fit.group.clone(),
        "event_decay" => fit.event_decay.to_string(),
        // Without pressure its lag means nothing.
        "pressure" | "pressure_lag" if fit.pressure.is_empty() => "none".to_owned(),
        "pressure" => fit.pressure.join(" + "),
        "pressure_lag" => fit.pressure_lag.to_string(),
        "trimming" => fit.trimming.to_string(),
        _ => String::new(),
    }
}

fn exposure_key(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::DyadTotal => "dyad_total",
        Exposure::SourceTotal => "source_total",
        Exposure::WorldTotal => "world_total",
        Exposure::None => "none",
    }
}

fn family_key(family: FamilyKey) -> &'static str {
    match family {
        FamilyKey::NegativeBinomial => "negative_binomial",
        FamilyKey::QuasiPoisson => "quasi_poisson",
        FamilyKey::Gaussian => "gaussian",
    }
}

/// An option in words, as long as need be.
pub(crate) fn option_name(choice: &str, option: &str, assessment: &Assessment) -> String {
    match (choice, option) {
        ("pressure", "none") => "no outside pressure".to_owned(),
        ("pressure", ids) => ids
            .split(" + ")
            .map(|id| {
                assessment
                    .pressure
                    .iter()
                    .find(|series| series.id == id)
                    .map_or_else(
                        || id.to_owned(),
                        |series| format!("{} ({id})", series.title),
                    )
            })
            .collect::<Vec<_>>()
            .join(" and "),
        ("group", id) => assessment
            .data
            .groups
            .iter()
            .find(|group| group.id == id)
            .map_or_else(|| id.to_owned(), |group| format!("{} ({id})", group.title)),
        ("event_decay", decay) => {
            format!("{decay} of an event’s effect is kept after each period")
        }
        _ => option_short(choice, option),
    }
}

/// An option in few words, for a chart's margin.
pub(crate) fn option_short(choice: &str, option: &str) -> String {
    match (choice, option) {
        ("pressure", "none") => "none in the model".to_owned(),
        ("pressure_lag", "0") => "same period".to_owned(),
        ("pressure_lag", "1") => "1 period before".to_owned(),
        ("pressure_lag", lag) if lag != "none" => format!("{lag} periods before"),
        ("event_decay", decay) => format!("{decay} kept a period"),
        ("trimming", share) => share.parse::<f64>().map_or_else(
            |_| share.to_owned(),
            |share| format!("{} at each end", crate::format::percent(share)),
        ),
        ("exposure", "source_total") => "all by the source".to_owned(),
        ("exposure", "world_total") => "all by anyone".to_owned(),
        ("exposure", "dyad_total") => "all in the dyad".to_owned(),
        ("family", "quasi_poisson") => "quasi-Poisson".to_owned(),
        _ => spaced(option),
    }
}

/// A choice in words; the report's own words for what the assessment leaves as a key.
pub(crate) fn choice_title(choice: &str) -> String {
    sentence(&spaced(choice_name(choice)))
}
