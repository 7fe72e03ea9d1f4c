//! A comparison with other borders that holds each kind of part, and one that was refused.

use yalu_dossier::assessment::Trace;
use yalu_dossier::borders::{
    BorderComparison, BorderLikeness, BorderMember, BordersRecord, ComparisonResult,
    ConformalRecord, DidRecord, DomainBorder, DomainRecord, DonorRecord, DonorStatus,
    EffectInterval, FitRecord, InTimeRecord, LeaveOneOutRecord, MemberOrigin, OwnBreak,
    Particularity, PathScale, PlaceboRecord, Placing, StartOrigin,
};

use crate::fixture::NASTY;

fn trace() -> Trace {
    Trace {
        series: vec!["talk.AAA.CCC".to_owned()],
        n_rows: 9,
        command: "yalu rows DOSSIER talk.AAA.CCC PERIOD".to_owned(),
    }
}

fn steps() -> Vec<[String; 2]> {
    (0..8)
        .map(|step| {
            let month = |idx: usize| format!("{}-{:02}", 2011 + idx / 12, idx % 12 + 1);
            [month(3 * step), month(3 * step + 2)]
        })
        .collect()
}

fn donor(status: DonorStatus, weight: Option<f64>) -> DonorRecord {
    let comparable = status != DonorStatus::LeftOut;
    DonorRecord {
        dyad: "AAA → CCC".to_owned(),
        name: NASTY.to_owned(),
        status,
        notice: weight.is_none().then(|| NASTY.to_owned()),
        n_events: comparable.then_some(40.0),
        share_zero: comparable.then_some(0.0),
        weight,
        weight_sdid: weight,
        path: if comparable { vec![1.1; 8] } else { Vec::new() },
        own_break: comparable.then(|| OwnBreak {
            at: "2012-01".to_owned(),
            p_value: 0.2,
            q_value: 0.3,
            effect: 1.2,
        }),
        placebo: comparable.then(|| PlaceboRecord {
            gaps: vec![0.1, -0.1, 0.0, 0.1, 0.2, 0.1, 0.0, 0.1],
            effect: 1.1,
            pre_rmspe: 0.1,
            statistic: 0.8,
            best_statistic: 1.6,
            best_at: "2011-10".to_owned(),
        }),
    }
}

fn did() -> DidRecord {
    DidRecord {
        effect: 2.0,
        standard_error: 0.2,
        interval: [1.4, 2.9],
    }
}

fn result() -> ComparisonResult {
    ComparisonResult {
        n_donors: 2,
        n_placebos: 3,
        gaps: vec![0.1, -0.1, 0.1, -0.1, 0.7, 0.8, 0.7, 0.6],
        effect: 2.01,
        interval: Some(EffectInterval {
            ends: [1.3, 3.1],
            coverage: 0.75,
        }),
        fit: FitRecord {
            pre_rmspe: 0.1,
            own_variation: 0.3,
            relative: 0.33,
            count_noise: Some(0.2),
            effective_donors: 1.8,
            largest_weight: 0.7,
        },
        statistic: 6.0,
        p_placebo: 0.25,
        p_calibrated: 0.5,
        least_p: 0.25,
        p_picked: Some(0.04),
        searched: ["2011-10".to_owned(), "2012-07".to_owned()],
        in_time: vec![InTimeRecord {
            start: "2011-07".to_owned(),
            effect: 1.05,
        }],
        leave_one_out: vec![LeaveOneOutRecord {
            dyad: "AAA → CCC".to_owned(),
            weight: 0.7,
            effect: 1.9,
        }],
        conformal: ConformalRecord {
            p_value: 0.125,
            ends: [Some(1.2), None],
            coverage: 0.9,
            empty: false,
            least_p: 0.125,
        },
        sdid: did(),
        did: did(),
    }
}

fn comparison() -> BorderComparison {
    BorderComparison {
        indicator: "one".to_owned(),
        title: NASTY.to_owned(),
        answer: Particularity::Particular,
        headline: NASTY.to_owned(),
        reasons: vec![NASTY.to_owned(), NASTY.to_owned()],
        warnings: vec![NASTY.to_owned()],
        start: Some("2012-01".to_owned()),
        start_from: Some(StartOrigin::Dated),
        scale: PathScale::Ratio,
        steps: steps(),
        n_before: 4,
        observed: vec![1.1, 0.9, 1.1, 0.9, 2.0, 2.2, 2.0, 1.8],
        synthetic: vec![1.0; 8],
        donors: vec![
            donor(DonorStatus::Donor, Some(0.7)),
            donor(DonorStatus::Donor, Some(0.3)),
            donor(DonorStatus::OwnBreak, None),
            donor(DonorStatus::LeftOut, None),
        ],
        result: Some(result()),
        trace: trace(),
    }
}

fn refused() -> BorderComparison {
    BorderComparison {
        indicator: NASTY.to_owned(),
        answer: Particularity::CannotTell,
        start: None,
        start_from: None,
        steps: Vec::new(),
        n_before: 0,
        observed: Vec::new(),
        synthetic: Vec::new(),
        donors: Vec::new(),
        result: None,
        ..comparison()
    }
}

fn border(level: Option<f64>) -> DomainBorder {
    DomainBorder {
        dyad: format!("AAA → {}", level.map_or(0, |one| one as u32)),
        name: NASTY.to_owned(),
        n_events: 30.0,
        rates: (0..8).map(|step| (step != 2).then_some(3.0)).collect(),
        level,
        level_interval: level.map(|one| [one / 2.0, one * 2.0]),
        trend: level.map(|_| 1.1),
        trend_interval: level.map(|_| [0.9, 1.3]),
        left_out: level.is_none().then(|| NASTY.to_owned()),
    }
}

fn placing() -> Placing {
    Placing {
        rank: 2.0,
        of: 3,
        others_median: 4.0,
        range: [2.0, 6.0],
        coverage: 1.0 / 3.0,
        ratio: 0.75,
        near_median: false,
    }
}

fn domain(answer: BorderLikeness) -> DomainRecord {
    DomainRecord {
        id: format!("{answer:?}{NASTY}"),
        title: NASTY.to_owned(),
        meaning: NASTY.to_owned(),
        caution: NASTY.to_owned(),
        unit: NASTY.to_owned(),
        answer,
        headline: NASTY.to_owned(),
        reasons: vec![NASTY.to_owned(); 2],
        steps: steps(),
        borders: vec![
            border(Some(3.0)),
            border(Some(2.0)),
            border(Some(6.0)),
            border(None),
        ],
        level: Some(placing()),
        trend: Some(placing()),
        p_value: Some(0.6),
        trace: trace(),
    }
}

/// Every kind of part.
pub(crate) fn borders() -> BordersRecord {
    BordersRecord {
        headline: NASTY.to_owned(),
        members: vec![BorderMember {
            dyad: "AAA → CCC".to_owned(),
            source_name: NASTY.to_owned(),
            target_name: NASTY.to_owned(),
            origin: MemberOrigin::Hand,
            left_out: Some(NASTY.to_owned()),
        }],
        set: vec![NASTY.to_owned()],
        level: 0.1,
        equivalence_ratio: 1.5,
        comparisons: vec![comparison(), refused()],
        domains: vec![
            domain(BorderLikeness::Unlike),
            domain(BorderLikeness::LikeAnyBorder),
        ],
    }
}
