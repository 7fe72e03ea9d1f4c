//! One indicator: its chart, the numbers under it, its specification curve, its rows.

mod eras;
mod figures;
mod numbers;
mod tables;

use askama::Template;
use yalu_dossier::assessment::{Assessment, EffectKind, IndicatorFinding};

use super::trace::TraceLine;
use crate::anchor::anchor;
use crate::export::{self, DiscussLink};
use crate::figure::Figure;
use crate::names;
use crate::report::ReportError;
use crate::table::Table;
use eras::EraPart;
use figures::{curve_figure, main_figure, search_figure};
use numbers::{Number, curve_sentence, numbers};
use tables::{choices_table, dating_table, figures_table, tests_table};

/// An indicator's section.
#[derive(Debug, Template)]
#[template(path = "indicator.html")]
pub(crate) struct IndicatorSection {
    pub(crate) id: String,
    pub(crate) title: String,
    rung_class: &'static str,
    rung_sign: &'static str,
    rung_name: &'static str,
    tested: bool,
    facts: String,
    role_meaning: &'static str,
    meaning: String,
    caution: String,
    warnings: Vec<String>,
    figure: Option<Figure>,
    figures: Table,
    reasons: Vec<String>,
    would_move: Vec<String>,
    numbers: Vec<Number>,
    tests: Option<Table>,
    search: Option<Figure>,
    eras: Option<EraPart>,
    dating: Option<Table>,
    curve_sentence: String,
    curve: Option<Figure>,
    choices: Option<Table>,
    failures: Vec<String>,
    trace: TraceLine,
}

impl IndicatorSection {
    /// The way to what readers say of it.
    pub(crate) fn discussed(&self) -> Option<DiscussLink> {
        export::discuss(&self.id)
    }

    pub(crate) fn of(
        finding: &IndicatorFinding,
        assessment: &Assessment,
        interactive: bool,
    ) -> Result<Self, ReportError> {
        let kind = finding
            .shift
            .as_ref()
            .map_or(EffectKind::Ratio, |shift| shift.effect_kind);
        Ok(Self {
            id: anchor("indicator", &finding.id),
            title: finding.title.clone(),
            rung_class: finding.rung.map_or("rung-too-little", names::rung_class),
            rung_sign: finding.rung.map_or("·", names::rung_sign),
            rung_name: finding.rung.map_or("Not tested", names::rung_name),
            tested: finding.rung.is_some(),
            facts: format!(
                "{} · {} · {} · {}",
                finding.dyad,
                names::kind_name(finding.kind),
                names::role_name(finding.role),
                names::direction_name(finding.direction)
            ),
            role_meaning: names::role_meaning(finding.role),
            meaning: finding.meaning.clone(),
            caution: finding.caution.clone(),
            warnings: finding.warnings.clone(),
            figure: main_figure(finding, assessment, interactive)?,
            figures: figures_table(finding, assessment),
            reasons: finding.reasons.clone(),
            would_move: finding.would_move.clone(),
            numbers: numbers(finding),
            tests: tests_table(finding),
            search: search_figure(finding),
            eras: EraPart::of(finding, kind, assessment),
            dating: dating_table(finding),
            curve_sentence: finding
                .curve
                .as_ref()
                .map_or_else(String::new, |curve| curve_sentence(curve, kind)),
            curve: curve_figure(finding, kind, interactive)?,
            choices: finding
                .curve
                .as_ref()
                .and_then(|curve| choices_table(finding, curve, kind, assessment)),
            failures: finding
                .curve
                .as_ref()
                .map(|curve| curve.failures.clone())
                .unwrap_or_default(),
            trace: TraceLine::of(&finding.trace, assessment),
        })
    }
}
