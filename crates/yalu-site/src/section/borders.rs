//! The comparison with other borders, and the domains.

use askama::Template;
use yalu_dossier::assessment::{Assessment, EffectKind};
use yalu_dossier::borders::{
    BorderComparison, BorderLikeness, BordersRecord, ComparisonResult, DomainRecord, DonorRecord,
    DonorStatus, MemberOrigin, Particularity, PathScale, StartOrigin, likeness_name,
    particularity_name,
};
use yalu_dossier::export::ExportTable;

use super::trace::TraceLine;
use crate::anchor::anchor;
use crate::chart::{Canvas, comparison_panels, domain_panels, gaps_chart, paths_chart, rank_strip};
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::format;
use crate::table::{Cell, Table};

/// A figure with what it means.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) detail: String,
}

/// One indicator, or one domain, among borders.
#[derive(Debug)]
pub(crate) struct BorderBlock {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) answer: &'static str,
    pub(crate) class: &'static str,
    pub(crate) headline: String,
    pub(crate) facts: String,
    pub(crate) caution: String,
    pub(crate) numbers: Vec<Number>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) reasons: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) table: Option<Table>,
    pub(crate) trace: TraceLine,
}

/// The section; without parts where the dossier asks for no comparison.
#[derive(Debug, Template)]
#[template(path = "borders.html")]
pub(crate) struct BordersSection {
    asked: bool,
    headline: String,
    set: Vec<String>,
    members: Option<Table>,
    comparisons: Vec<BorderBlock>,
    domains: Vec<BorderBlock>,
}

impl BordersSection {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        let Some(borders) = &assessment.borders else {
            return Self {
                asked: false,
                headline: String::new(),
                set: Vec::new(),
                members: None,
                comparisons: Vec::new(),
                domains: Vec::new(),
            };
        };
        let dossier = &assessment.dossier;
        let own = format!("{} → {}", dossier.source_name, dossier.target_name);
        Self {
            asked: true,
            headline: borders.headline.clone(),
            set: borders.set.clone(),
            members: members_table(borders),
            comparisons: borders
                .comparisons
                .iter()
                .map(|one| comparison_block(one, borders, &own, assessment))
                .collect(),
            domains: borders
                .domains
                .iter()
                .map(|one| domain_block(one, assessment))
                .collect(),
        }
    }
}

fn members_table(borders: &BordersRecord) -> Option<Table> {
    let mut table = Table::new(
        "The comparison set",
        &[
            "Dyad",
            "By name",
            "How it came in",
            "Left out by the dossier",
        ],
    );
    for one in &borders.members {
        table.row(vec![
            Cell::text(&one.dyad),
            Cell::text(format!("{} → {}", one.source_name, one.target_name)),
            Cell::text(match one.origin {
                MemberOrigin::LandNeighbour => "land neighbour",
                MemberOrigin::Hand => "by hand",
            }),
            Cell::text(one.left_out.as_deref().unwrap_or(format::ABSENT)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn kind_of(scale: PathScale) -> EffectKind {
    match scale {
        PathScale::Ratio => EffectKind::Ratio,
        PathScale::Difference => EffectKind::Difference,
    }
}

fn comparison_block(
    comparison: &BorderComparison,
    borders: &BordersRecord,
    own: &str,
    assessment: &Assessment,
) -> BorderBlock {
    let facts = match (&comparison.start, comparison.start_from) {
        (Some(start), Some(StartOrigin::Declared)) => {
            format!("Explained from {start} on, as the dossier says.")
        }
        (Some(start), Some(StartOrigin::Dated)) => {
            format!("Explained from {start} on, the indicator’s own dated break.")
        }
        _ => String::new(),
    };
    BorderBlock {
        id: anchor("borders", &comparison.indicator),
        title: comparison.title.clone(),
        answer: particularity_name(comparison.answer),
        class: match comparison.answer {
            Particularity::Particular => "answer-apart",
            Particularity::NotParticular => "answer-alike",
            Particularity::CannotTell => "answer-open",
        },
        headline: comparison.headline.clone(),
        facts,
        caution: String::new(),
        numbers: comparison
            .result
            .as_ref()
            .map_or_else(Vec::new, |result| numbers(comparison, result, borders)),
        figures: comparison_figures(comparison, own),
        // The first says what the headline says.
        reasons: comparison.reasons.iter().skip(1).cloned().collect(),
        warnings: comparison.warnings.clone(),
        table: donors_table(comparison),
        trace: TraceLine::of(&comparison.trace, assessment),
    }
}

fn numbers(
    comparison: &BorderComparison,
    result: &ComparisonResult,
    borders: &BordersRecord,
) -> Vec<Number> {
    let kind = kind_of(comparison.scale);
    let effect = |value| format::effect(value, kind);
    let interval = |ends| format::effect_interval(ends, kind);
    vec![
        Number {
            name: "Beside its synthetic control",
            value: effect(result.effect),
            detail: result.interval.as_ref().map_or_else(
                || "too few other borders for an interval".to_owned(),
                |one| {
                    format!(
                        "{}, coverage {}",
                        interval(one.ends),
                        format::percent(one.coverage)
                    )
                },
            ),
        },
        Number {
            name: "Placebo p",
            value: format::p_value(result.p_placebo),
            detail: format!(
                "at this date, {} other borders; level {}, least possible {}",
                result.n_placebos,
                borders.level,
                format::p_value(result.least_p)
            ),
        },
        Number {
            name: "Calibrated p",
            value: format::p_value(result.p_calibrated),
            detail: format!(
                "each border at its own best date, {} to {}",
                result.searched[0], result.searched[1]
            ),
        },
        Number {
            name: "Synthetic difference-in-differences",
            value: effect(result.sdid.effect),
            detail: format!(
                "{}; plain: {} ({})",
                interval(result.sdid.interval),
                effect(result.did.effect),
                interval(result.did.interval)
            ),
        },
        Number {
            name: "Gap before the start",
            value: format::figure(result.fit.pre_rmspe),
            detail: format!(
                "RMSPE; {} of the dyad’s own variation{}",
                format::percent(result.fit.relative),
                result.fit.count_noise.map_or_else(String::new, |noise| {
                    format!(", counts alone would make {}", format::figure(noise))
                })
            ),
        },
        Number {
            name: "Spread of the weights",
            value: format::figure(result.fit.effective_donors),
            detail: format!(
                "equal donors would be as concentrated; the largest weight is {}",
                format::percent(result.fit.largest_weight)
            ),
        },
    ]
}

fn comparison_figures(comparison: &BorderComparison, own: &str) -> Vec<Figure> {
    let id = anchor("borders", &comparison.indicator);
    let unit = match comparison.scale {
        PathScale::Ratio => "times the own level before the start, logarithmic",
        PathScale::Difference => "difference from the own level before the start",
    };
    let mut figures = Vec::new();
    let gap_unit = match comparison.scale {
        PathScale::Ratio => "times the synthetic control, logarithmic",
        PathScale::Difference => "difference from the synthetic control",
    };
    let mut add = |name: &str,
                   title: String,
                   key: Vec<Key>,
                   draw: &dyn Fn(Canvas, &str) -> Option<String>| {
        let id = format!("{id}-{name}");
        let data = match &comparison.result {
            Some(result) if name == "gaps" => gaps_data(comparison, result),
            _ => paths_data(comparison),
        };
        if draw(Canvas::Wide, &id).is_some() {
            figures.push(
                Figure::draw(id, title, data, |canvas, id| {
                    draw(canvas, id).unwrap_or_default()
                })
                .with_unit(if name == "gaps" { gap_unit } else { unit })
                .with_key(key),
            );
        }
    };
    if let Some(result) = &comparison.result {
        add(
            "paths",
            format!("{own} and its synthetic control"),
            vec![
                Key::new("own", own),
                Key::new("synthetic", "synthetic control"),
                Key::new("donor", "donors"),
                Key::new("start", "start"),
            ],
            &|canvas, id| paths_chart(comparison, canvas, id),
        );
        add(
            "gaps",
            "Gaps: the dyad among placebos".to_owned(),
            vec![
                Key::new("own", own),
                Key::new("donor", "other borders as if they were the one"),
                Key::new("start", "start"),
            ],
            &|canvas, id| gaps_chart(comparison, result, canvas, id),
        );
    }
    if !comparison.observed.is_empty() {
        add(
            "panels",
            "A panel a border, the same scale".to_owned(),
            vec![
                Key::new("own", own),
                Key::new("synthetic", "donors, with their weights"),
                Key::new("donor", "no donors"),
                Key::new("start", "start"),
            ],
            &|canvas, id| comparison_panels(comparison, own, canvas, id),
        );
    }
    figures
}

/// Each border's path, a row a step.
fn paths_data(comparison: &BorderComparison) -> ExportTable {
    let n = comparison.steps.len();
    let whole =
        |path: &[f64]| -> Vec<Option<f64>> { (0..n).map(|i| path.get(i).copied()).collect() };
    let mut table = ExportTable::new(format!("{}: paths", comparison.title))
        .text("step_first", comparison.steps.iter().map(|one| &one[0]))
        .text("step_last", comparison.steps.iter().map(|one| &one[1]))
        .number("observed", whole(&comparison.observed))
        .number("synthetic", whole(&comparison.synthetic));
    for donor in comparison.donors.iter().filter(|one| !one.path.is_empty()) {
        table = table.number(&donor.dyad, whole(&donor.path));
    }
    table
}

/// The gaps, logarithms of ratios or differences: the dyad's own and each placebo's.
fn gaps_data(comparison: &BorderComparison, result: &ComparisonResult) -> ExportTable {
    let n = comparison.steps.len();
    let whole =
        |path: &[f64]| -> Vec<Option<f64>> { (0..n).map(|i| path.get(i).copied()).collect() };
    let mut table = ExportTable::new(format!("{}: gaps", comparison.title))
        .text("step_first", comparison.steps.iter().map(|one| &one[0]))
        .text("step_last", comparison.steps.iter().map(|one| &one[1]))
        .number("gap", whole(&result.gaps));
    for donor in &comparison.donors {
        if let Some(placebo) = &donor.placebo {
            table = table.number(&donor.dyad, whole(&placebo.gaps));
        }
    }
    table
}

fn status_name(status: DonorStatus) -> &'static str {
    match status {
        DonorStatus::Donor => "donor",
        DonorStatus::OwnBreak => "own break, placebo only",
        DonorStatus::LeftOut => "not comparable",
        DonorStatus::NotKept => "not kept, placebo only",
    }
}

fn donors_table(comparison: &BorderComparison) -> Option<Table> {
    let kind = kind_of(comparison.scale);
    let mut table = Table::new(
        format!("{}: what became of each dyad", comparison.title),
        &[
            "Dyad",
            "Part",
            "#Weight",
            "#in SDID",
            "#Acts before",
            "#Mean gap",
            "#t",
            "#t, best date",
            "Best date",
            "#Own break p",
            "Notice",
        ],
    );
    let mut donors: Vec<&DonorRecord> = comparison.donors.iter().collect();
    donors.sort_by(|a, b| {
        let weight = |one: &DonorRecord| one.weight.unwrap_or(-1.0);
        weight(b)
            .total_cmp(&weight(a))
            .then_with(|| b.path.len().cmp(&a.path.len()))
    });
    for one in donors {
        let share = |weight: Option<f64>| {
            Cell::number(weight.map_or_else(|| format::ABSENT.to_owned(), format::percent))
        };
        let placebo = one.placebo.as_ref();
        table.row(vec![
            Cell::text(&one.name),
            Cell::text(status_name(one.status)),
            share(one.weight),
            share(one.weight_sdid),
            Cell::number(format::maybe(one.n_events)),
            Cell::number(placebo.map_or_else(
                || format::ABSENT.to_owned(),
                |placebo| format::effect(placebo.effect, kind),
            )),
            Cell::number(format::maybe(placebo.map(|placebo| placebo.statistic))),
            Cell::number(format::maybe(placebo.map(|placebo| placebo.best_statistic))),
            Cell::text(placebo.map_or(format::ABSENT, |placebo| placebo.best_at.as_str())),
            Cell::number(one.own_break.as_ref().map_or_else(
                || format::ABSENT.to_owned(),
                |own| format::p_value(own.p_value),
            )),
            Cell::text(one.notice.as_deref().unwrap_or(format::ABSENT)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn domain_block(domain: &DomainRecord, assessment: &Assessment) -> BorderBlock {
    let id = anchor("domain", &domain.id);
    let mut figures = Vec::new();
    let strip = format!("{id}-strip");
    if rank_strip(domain, Canvas::Wide, &strip).is_some() {
        figures.push(
            Figure::draw(
                strip,
                "Where the border lies".to_owned(),
                records(domain.title.clone(), &domain.borders),
                |canvas, id| rank_strip(domain, canvas, id).unwrap_or_default(),
            )
            .with_unit(format!("level: {}; trend: factor a year", domain.unit))
            .with_key(vec![
                Key::new("rank-own", "this border, with its interval"),
                Key::new("rank-dot", "other borders"),
                Key::new("band", "where one more like them would lie"),
            ]),
        );
    }
    let panels = format!("{id}-panels");
    if domain_panels(domain, Canvas::Wide, &panels).is_some() {
        figures.push(
            Figure::draw(
                panels,
                "A panel a border, the same scale".to_owned(),
                records(domain.title.clone(), &domain.borders),
                |canvas, id| domain_panels(domain, canvas, id).unwrap_or_default(),
            )
            .with_unit(format!("{}, by the square root", domain.unit))
            .with_key(vec![
                Key::new("own", "this border"),
                Key::new("synthetic", "others placed"),
                Key::new("donor", "others too thin to place"),
                Key::new("mean", "level"),
            ]),
        );
    }
    BorderBlock {
        id,
        title: domain.title.clone(),
        answer: likeness_name(domain.answer),
        class: match domain.answer {
            BorderLikeness::Unlike => "answer-apart",
            BorderLikeness::LikeAnyBorder => "answer-alike",
            BorderLikeness::CannotTell => "answer-open",
        },
        headline: domain.headline.clone(),
        facts: domain.meaning.clone(),
        caution: domain.caution.clone(),
        numbers: Vec::new(),
        figures,
        reasons: domain.reasons.iter().skip(1).cloned().collect(),
        warnings: Vec::new(),
        table: domain_table(domain),
        trace: TraceLine::of(&domain.trace, assessment),
    }
}

fn domain_table(domain: &DomainRecord) -> Option<Table> {
    let mut table = Table::new(
        format!("{}: borders", domain.title),
        &[
            "Border",
            "#In the window",
            "#Level",
            "#Interval",
            "#Trend a year",
            "#Interval",
            "Notice",
        ],
    );
    let interval = |ends: Option<[f64; 2]>, sign: &str| {
        Cell::number(ends.map_or_else(
            || format::ABSENT.to_owned(),
            |[low, high]| {
                format!(
                    "{sign}{} to {sign}{}",
                    format::figure(low),
                    format::figure(high)
                )
            },
        ))
    };
    for (place, one) in domain.borders.iter().enumerate() {
        table.marked_row(
            place == 0,
            vec![
                Cell::text(&one.name),
                Cell::number(format::figure(one.n_events)),
                Cell::number(format::maybe(one.level)),
                interval(one.level_interval, ""),
                Cell::number(one.trend.map_or_else(
                    || format::ABSENT.to_owned(),
                    |trend| format!("×{}", format::figure(trend)),
                )),
                interval(one.trend_interval, "×"),
                Cell::text(one.left_out.as_deref().unwrap_or(format::ABSENT)),
            ],
        );
    }
    (!table.rows.is_empty()).then_some(table)
}
