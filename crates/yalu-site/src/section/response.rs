//! How each indicator answers to events and outside pressure.

use askama::Template;
use yalu_dossier::assessment::{Assessment, EffectKind, IndicatorFinding, Responsiveness};

use crate::anchor::anchor;
use crate::chart::{Canvas, forest_chart};
use crate::export::records;
use crate::figure::Figure;
use crate::format;
use crate::names;
use crate::table::{Cell, Table};

/// One indicator's answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) title: String,
    pub(crate) indicator: String,
    pub(crate) sentence: String,
    pub(crate) figure: Option<Figure>,
    pub(crate) terms: Table,
}

/// The section.
#[derive(Debug, Template)]
#[template(path = "response.html")]
pub(crate) struct ResponseSection {
    responses: Vec<Response>,
}

impl ResponseSection {
    pub(crate) fn of(assessment: &Assessment) -> Self {
        Self {
            responses: assessment
                .indicators
                .iter()
                .filter_map(|finding| Some(response(finding, finding.responsiveness.as_ref()?)))
                .collect(),
        }
    }
}

/// What the share of the shift says, from its figure.
fn shift_share_words(share: Option<f64>) -> String {
    match share {
        None => "No break is dated, so there is no shift for them to explain.".to_owned(),
        Some(share) if share < 0.0 => format!(
            "They don’t explain the shift: with them in the model the change of level is larger, not smaller ({} of it explained).",
            format::percent(share)
        ),
        Some(share) => format!(
            "They explain {} of the apparent shift: so much smaller is its logarithm once they are in the model.",
            format::percent(share)
        ),
    }
}

fn response(finding: &IndicatorFinding, responsiveness: &Responsiveness) -> Response {
    let mut terms = Table::new(
        format!("{}: terms of the response model", finding.title),
        &["Term", "#Effect", "#95\u{a0}% interval", "#p", "Effect of"],
    );
    for term in &responsiveness.terms {
        terms.row(vec![
            Cell::text(names::sentence(&names::spaced(&term.name))),
            Cell::number(format::effect(term.effect, EffectKind::Ratio)),
            Cell::number(format::effect_interval(term.interval, EffectKind::Ratio)),
            Cell::number(format::p_value(term.p_value)),
            Cell::text(&term.per),
        ]);
    }
    let id = anchor("forest", &finding.id);
    let figure = forest_chart(&finding.title, responsiveness, Canvas::Wide, &id).map(|_| {
        Figure::draw(
            id,
            "Factor by which the rate rises, with its 95\u{a0}% interval".to_owned(),
            records(finding.title.clone(), &responsiveness.terms),
            |canvas, id| {
                forest_chart(&finding.title, responsiveness, canvas, id).unwrap_or_default()
            },
        )
    });
    Response {
        title: finding.title.clone(),
        indicator: anchor("indicator", &finding.id),
        sentence: format!(
            "Events and pressure together explain {} of the variation over time that season and exposure leave (joint p {}). {}",
            format::percent(responsiveness.deviance_share),
            format::p_value(responsiveness.p_joint),
            shift_share_words(responsiveness.shift_share),
        ),
        figure,
        terms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_share_is_said_in_words() {
        assert!(shift_share_words(Some(-0.53)).contains("larger, not smaller"));
        assert!(shift_share_words(Some(0.4)).contains("40\u{202f}%"));
        assert!(shift_share_words(None).contains("No break"));
    }
}
