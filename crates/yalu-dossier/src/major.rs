//! The ladder's last rung: what a major shift needs beyond a lasting one.

use crate::assessment::{EffectKind, IndicatorFinding, Rung};
use crate::borders::{
    BorderComparison, BordersRecord, Particularity, StartOrigin, particularity_name,
};
use crate::prepare::Inputs;
use crate::reasons::{effect_words, figure, rung_name};

/// What is missing for a major shift, a sentence each; nothing where it is one. It must be lasting in
/// every required indicator, whatever the rule by which they are joined, at least as large as
/// `major_ratio`, and particular to the dyad. That it lies within the window is in the choice of the
/// break already.
pub(crate) fn lacks(
    inputs: &Inputs<'_>,
    required: &[&IndicatorFinding],
    borders: Option<&BordersRecord>,
) -> Vec<String> {
    let mut lacks = Vec::new();
    let major = inputs.spec.verdict.major_ratio;
    if required.is_empty() {
        lacks.push("no indicator is required".to_owned());
    }
    for finding in required {
        let title = &finding.title;
        let rung = finding.rung.unwrap_or(Rung::TooLittleData);
        if rung != Rung::Lasting {
            lacks.push(format!(
                "{title}: {}, not lasting",
                rung_name(rung).to_lowercase()
            ));
            continue;
        }
        match &finding.shift {
            Some(shift) if shift.effect_kind == EffectKind::Ratio => {
                if shift.effect.max(1.0 / shift.effect) < major {
                    lacks.push(format!(
                        "{title}: {}, less than the ×{} (or its inverse) that the dossier calls major",
                        effect_words(shift.effect, shift.effect_kind),
                        figure(major)
                    ));
                }
            }
            Some(_) => lacks.push(format!(
                "{title}: its levels differ by points, so no ratio says whether it is major"
            )),
            None => lacks.push(format!("{title}: no size")),
        }
        let comparison = borders.and_then(|one| {
            one.comparisons
                .iter()
                .find(|comparison| comparison.indicator == finding.id)
        });
        match comparison {
            None => {}
            Some(one) if one.answer == Particularity::Particular => {
                lacks.extend(another_change(finding, one));
            }
            Some(one) => lacks.push(format!(
                "{title}: {} to this dyad by the comparison with other borders",
                match one.answer {
                    Particularity::CannotTell => "not shown to be particular".to_owned(),
                    other => particularity_name(other).to_lowercase(),
                }
            )),
        }
    }
    if borders.is_none() {
        lacks.push(
            "a comparison with other borders, which the dossier doesn’t ask for; add [borders]"
                .to_owned(),
        );
    }
    lacks
}

/// A comparison whose declared start isn't the lasting shift's says nothing of that shift.
fn another_change(finding: &IndicatorFinding, comparison: &BorderComparison) -> Option<String> {
    let shift = finding.shift.as_ref()?;
    let start = comparison.start.as_ref()?;
    let [first, last] = &shift.interval;
    // Labels of periods sort by time.
    let same =
        comparison.start_from == Some(StartOrigin::Dated) || (first <= start && start <= last);
    (!same).then(|| {
        format!(
            "{}: other borders were compared from {start} on, the lasting shift is dated {} ({first} to {last})",
            finding.title, shift.at
        )
    })
}
