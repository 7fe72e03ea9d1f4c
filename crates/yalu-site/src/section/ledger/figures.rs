//! A ledger's charts with their keys.

use yalu_dossier::assessment::Assessment;
use yalu_dossier::eras::record::StateEras;
use yalu_dossier::export::ExportTable;
use yalu_dossier::ledger::LedgerRecord;

use super::waits::at_threshold;
use crate::chart::{Canvas, NamedCurve, eras_words, ledger_chart, waits_chart};
use crate::export::records;
use crate::figure::{Figure, Key};
use crate::format;

/// Promises and their steps over time.
pub(super) fn timeline_figure(record: &LedgerRecord, assessment: &Assessment) -> Option<Figure> {
    let home: Option<&StateEras> = assessment
        .eras
        .iter()
        .find(|one| one.state == record.summary.home);
    ledger_chart(record, home, Canvas::Wide, "")?;
    let draw = |canvas, id: &str| ledger_chart(record, home, canvas, id).unwrap_or_default();
    let key = vec![
        Key::new("ledger-key promised", "● promise"),
        Key::new("ledger-key said", "○ said again"),
        Key::new("ledger-key paper", "◇ law or agreement"),
        Key::new("ledger-key ground", "▲ ground broken"),
        Key::new("ledger-key built", "■ infrastructure built"),
        Key::new("ledger-key open", "★ opened"),
        Key::new("ledger-key trade", "» trading"),
        Key::new("ledger-key stall", "‖ stalled"),
        Key::new("ledger-key resume", "▷ resumed"),
        Key::new("ledger-key end", "✕ abandoned"),
        Key::new("ledger-key tick", "small ticks below: obstacles"),
        Key::new("ledger-key bar", "thick line: the date lies within"),
    ];
    let first = record
        .entries
        .iter()
        .filter_map(|one| one.earliest.as_deref())
        .min();
    let led = home.zip(first).map_or_else(String::new, |(home, first)| {
        eras_words(home, first, &record.summary.as_of)
    });
    Some(
        Figure::draw(
            "ledger-timeline".to_owned(),
            "Promises and what came of them".to_owned(),
            records("Promises and what came of them", &record.entries),
            draw,
        )
        .with_key(key)
        .with_note(format!(
            "A row a promise, grouped by project; the line at the right is {}. {led}",
            record.summary.as_of
        )),
    )
}

/// The steps of each curve.
fn waits_data(curves: &[NamedCurve<'_>]) -> ExportTable {
    let steps = curves.iter().flat_map(|one| {
        one.curve.points.iter().map(|point| {
            let mut row = serde_json::Map::new();
            row.insert("promises".to_owned(), one.name.clone().into());
            if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(point) {
                row.extend(fields);
            }
            row
        })
    });
    records("Share of promises still waiting", steps)
}

/// The share still waiting, by era of the promise.
pub(super) fn waits_figure(record: &LedgerRecord) -> Option<Figure> {
    let durations = at_threshold(record)?;
    let mut curves: Vec<NamedCurve<'_>> = durations
        .by_era
        .iter()
        .filter_map(|one| {
            let curve = one.waits.curve.as_ref()?;
            Some(NamedCurve {
                name: format!("under {}", one.era.words()),
                curve,
            })
        })
        .collect();
    if let Some(curve) = durations.overall.curve.as_ref() {
        curves.insert(
            0,
            NamedCurve {
                name: "all promises".to_owned(),
                curve,
            },
        );
    }
    if curves.is_empty() {
        return None;
    }
    let key = vec![
        Key::new("ledger-key", "band: interval"),
        Key::new(
            "ledger-key",
            "upright ticks: left the field (abandoned, or not followed for longer)",
        ),
    ];
    let draw = |canvas, id: &str| {
        waits_chart(
            &curves,
            durations.threshold.words_as_threshold(),
            canvas,
            id,
        )
    };
    Some(
        Figure::draw("ledger-waits".to_owned(), "Share of promises still waiting".to_owned(), waits_data(&curves), draw)
            .with_key(key)
            .with_unit("per cent by years since the promise")
            .with_note(format!(
                "Kaplan-Meier curves with {} bands; uncertain dates at their middle. Below: how many still waited at the time.",
                format::percent(record.summary.confidence)
            )),
    )
}
