//! An indicator by leaders' eras, and changes of leader held against a break at a free date.

use yalu_dossier::assessment::{Assessment, EffectKind, IndicatorFinding};
use yalu_dossier::eras::record::{EraAlternative, EraBoundary, EraFinding, EraOtherDay};

use crate::format;
use crate::table::{Cell, Table};

/// The part of an indicator's section.
#[derive(Debug)]
pub(super) struct EraPart {
    pub(super) levels: Table,
    /// A sentence a state.
    pub(super) alternatives: Vec<String>,
    pub(super) boundaries: Option<Table>,
    pub(super) criteria: Option<Table>,
}

impl EraPart {
    /// `None` where no era touches the series.
    pub(super) fn of(
        finding: &IndicatorFinding,
        kind: EffectKind,
        assessment: &Assessment,
    ) -> Option<Self> {
        let eras = finding
            .eras
            .as_ref()
            .filter(|eras| !eras.levels.is_empty())?;
        let said = |one: &EraAlternative| format!("{}: {}", one.name, one.sentence);
        Some(Self {
            levels: levels_table(finding, eras, assessment),
            alternatives: eras.alternatives.iter().map(said).collect(),
            boundaries: boundaries_table(finding, eras, kind),
            criteria: criteria_table(finding, eras),
        })
    }
}

fn levels_table(finding: &IndicatorFinding, eras: &EraFinding, assessment: &Assessment) -> Table {
    let columns = [
        "Leader",
        "State",
        "From",
        "To",
        "#Periods",
        "#Count",
        "#Observed",
        "#Level",
        "#95\u{a0}% interval",
    ];
    let mut table = Table::new(
        format!("{} by leader, {}", finding.title, finding.unit),
        &columns,
    );
    for one in &eras.levels {
        table.row(vec![
            Cell::text(&one.leader),
            Cell::text(state_name(&one.state, assessment)),
            Cell::text(&one.first),
            Cell::text(&one.last),
            Cell::number(format::count(u64::from(one.n_periods))),
            Cell::number(
                one.count
                    .map_or_else(|| format::ABSENT.to_owned(), format::exact),
            ),
            Cell::number(format::maybe(one.observed)),
            Cell::number(format::maybe(one.level)),
            Cell::number(one.level_interval.map_or_else(
                || format::ABSENT.to_owned(),
                |[low, high]| format!("{} to {}", format::figure(low), format::figure(high)),
            )),
        ]);
    }
    table
}

fn state_name<'a>(code: &'a str, assessment: &'a Assessment) -> &'a str {
    let named = assessment.eras.iter().find(|one| one.state == code);
    named.map_or(code, |one| one.name.as_str())
}

fn boundaries_table(
    finding: &IndicatorFinding,
    eras: &EraFinding,
    kind: EffectKind,
) -> Option<Table> {
    let columns = [
        "Who came",
        "State",
        "Day",
        "First period",
        "#Step",
        "#95\u{a0}% interval",
        "#p",
        "#Corrected p",
        "In the break’s interval?",
        "Other days that could be meant",
    ];
    let mut table = Table::new(format!("{}: changes of leader", finding.title), &columns);
    table.class = "broad";
    for state in &eras.alternatives {
        for one in &state.boundaries {
            table.row(boundary_row(state, one, kind));
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn boundary_row(state: &EraAlternative, one: &EraBoundary, kind: EffectKind) -> Vec<Cell> {
    let absent = || format::ABSENT.to_owned();
    let step = one.step.as_ref();
    let also: Vec<String> = one.also.iter().map(|day| other_day(day, kind)).collect();
    let effect = match (step, &one.untested) {
        (Some(step), _) => format::effect(step.effect, kind),
        (None, Some(why)) => why.clone(),
        (None, None) => absent(),
    };
    vec![
        Cell::text(&one.leader),
        Cell::text(&state.name),
        Cell::text(&one.date),
        Cell::text(&one.at),
        // Words where there is no figure may break; figures don't.
        if step.is_some() {
            Cell::number(effect)
        } else {
            Cell::text(effect)
        },
        Cell::number(step.map_or_else(absent, |step| {
            format::effect_interval(step.effect_interval, kind)
        })),
        Cell::number(step.map_or_else(absent, |step| format::p_value(step.p_value))),
        Cell::number(step.map_or_else(absent, |step| format::p_value(step.q_value))),
        Cell::text(match one.in_interval {
            Some(true) => "yes",
            Some(false) => "no",
            None => "no break",
        }),
        Cell::text(if also.is_empty() {
            absent()
        } else {
            also.join("; ")
        }),
    ]
}

/// `2012-04-11 (from 2012-05: ×1.9, p 0.080)`.
fn other_day(day: &EraOtherDay, kind: EffectKind) -> String {
    match (day.effect, day.p_value) {
        (Some(effect), Some(p)) => format!(
            "{} (from {}: {}, p {})",
            day.date,
            day.at,
            format::effect(effect, kind),
            format::p_value(p)
        ),
        _ => format!("{} (from {}: can’t be told)", day.date, day.at),
    }
}

fn criteria_table(finding: &IndicatorFinding, eras: &EraFinding) -> Option<Table> {
    let none = eras.bic_without_break?;
    let mut table = Table::new(
        format!(
            "{}: models compared (BIC, the least is the best)",
            finding.title
        ),
        &[
            "The level changes",
            "#BIC",
            "Beside it, a break at a free date",
        ],
    );
    let bic = |value: Option<f64>| {
        Cell::number(value.map_or_else(|| format::ABSENT.to_owned(), |value| format!("{value:.1}")))
    };
    let absent = || Cell::text(format::ABSENT);
    table.row(vec![Cell::text("never"), bic(Some(none)), absent()]);
    let free = match eras.free_at.as_slice() {
        [] => "at a free date".to_owned(),
        dates => format!("at free dates: {}", dates.join(", ")),
    };
    table.row(vec![Cell::text(free), bic(eras.bic_free), absent()]);
    for state in &eras.alternatives {
        let beyond = state.beyond.as_ref().map_or_else(
            || format::ABSENT.to_owned(),
            |one| format!("likeliest {}, p {}", one.at, format::p_value(one.p_value)),
        );
        table.row(vec![
            Cell::text(format!("with each leader of {}", state.name)),
            bic(state.bic),
            Cell::text(beyond),
        ]);
    }
    Some(table)
}
