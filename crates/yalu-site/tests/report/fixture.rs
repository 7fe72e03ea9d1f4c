//! A small assessment that holds each kind of part, and texts that want to break out of the page.

use yalu_dossier::assessment::{
    Assessment, BreakTest, ChartSeries, ChoiceInfluence, Confidence, ConfidenceLevel,
    CoverageChangeRecord, CoverageRecord, CurveFit, CurveRecord, DataRecord, DatingRow,
    DossierRecord, DurabilityOutcome, DurabilityRecord, EffectKind, EventRecord, FileRecord,
    GroupRecord, IndicatorFinding, MethodRecord, MethodStep, OptionOutcome, PressureRecord,
    Probability, ResponseTerm, Responsiveness, Rung, RungShare, SeriesRecord, ShiftRecord,
    TableRecord, TableRow, TailTest, Trace, Verdict, VerdictCurve,
};
use yalu_dossier::spec::{
    Direction, Exposure, FamilyKey, IndicatorKind, JoinRule, Role, Yardstick,
};

/// Markup, quotes, an entity, a template's braces, a closing script, letters of other scripts.
pub(crate) const NASTY: &str =
    "<script>alert('x')</script>\"'&amp;{{ 7 }} </style><img src=x onerror=y> 鸭绿江 \u{202e}";

pub(crate) fn periods() -> Vec<String> {
    (0..24)
        .map(|idx| format!("{}-{:02}", 2011 + idx / 12, idx % 12 + 1))
        .collect()
}

fn trace() -> Trace {
    Trace {
        series: vec!["talk.AAA.BBB".to_owned(), "absent.AAA.BBB".to_owned()],
        n_rows: 1,
        command: "yalu rows DOSSIER talk.AAA.BBB PERIOD".to_owned(),
    }
}

fn probability() -> Probability {
    Probability {
        statement: NASTY.to_owned(),
        value: Some(0.3),
        range: Some([0.0, 0.999]),
        word: Some("unlikely".to_owned()),
        yardstick: Yardstick::Phia,
    }
}

fn test(model: &str) -> BreakTest {
    BreakTest {
        model: model.to_owned(),
        statistic: 12.5,
        statistic_two_breaks: Some(9.25),
        at: "2012-01".to_owned(),
        p_value: 0.0004,
        q_value: Some(0.002),
        n_bootstrap: 999,
        searched: ["2011-03".to_owned(), "2012-10".to_owned()],
        path: (0..20).map(|idx| f64::from(idx) / 2.0).collect(),
        critical_value: 8.0,
        serial_correlation: 0.1,
        dispersion: 1.2,
    }
}

fn fit(main: bool, pressure: &[&str], rung: Rung, effect: Option<f64>) -> CurveFit {
    CurveFit {
        main,
        exposure: Exposure::SourceTotal,
        family: FamilyKey::NegativeBinomial,
        group: "talk".to_owned(),
        event_decay: 0.5,
        pressure: pressure.iter().map(|&id| id.to_owned()).collect(),
        pressure_lag: 0,
        trimming: 0.1,
        rung,
        p_value: 0.01,
        p_value_alone: 0.2,
        at: effect.map(|_| "2012-01".to_owned()),
        effect,
        effect_interval: effect.map(|effect| [effect / 2.0, effect * 2.0]),
        probability: 0.5,
    }
}

fn curve() -> CurveRecord {
    CurveRecord {
        fits: vec![
            fit(false, &[], Rung::NoShift, None),
            fit(true, &["push"], Rung::Lasting, Some(3.0)),
        ],
        rungs: vec![
            RungShare {
                rung: Rung::NoShift,
                n: 1,
                share: 0.5,
            },
            RungShare {
                rung: Rung::Lasting,
                n: 1,
                share: 0.5,
            },
        ],
        agreement: 0.5,
        median_effect: Some(3.0),
        choices: vec![ChoiceInfluence {
            choice: "pressure".to_owned(),
            options: vec![
                OptionOutcome {
                    option: "none".to_owned(),
                    n: 1,
                    share_surviving: 0.0,
                    median_effect: None,
                },
                OptionOutcome {
                    option: "push".to_owned(),
                    n: 1,
                    share_surviving: 1.0,
                    median_effect: Some(3.0),
                },
            ],
            spread: 1.0,
        }],
        failures: vec![NASTY.to_owned()],
    }
}

/// An indicator without figures, of which nothing was tested.
pub(crate) fn bare_indicator(id: &str) -> IndicatorFinding {
    IndicatorFinding {
        id: id.to_owned(),
        title: NASTY.to_owned(),
        kind: IndicatorKind::MeanGoldstein,
        role: Role::Context,
        direction: Direction::Either,
        dyad: "AAA → BBB".to_owned(),
        meaning: NASTY.to_owned(),
        caution: NASTY.to_owned(),
        unit: NASTY.to_owned(),
        rung: None,
        reasons: Vec::new(),
        would_move: Vec::new(),
        chart: ChartSeries::default(),
        test_alone: None,
        test_with_response: None,
        dating: Vec::new(),
        shift: None,
        other_breaks: Vec::new(),
        durability: None,
        responsiveness: None,
        tail: None,
        curve: None,
        probability: None,
        eras: None,
        trace: Trace::default(),
        warnings: Vec::new(),
    }
}

fn full_indicator() -> IndicatorFinding {
    let mut observed: Vec<Option<f64>> = (0..24).map(|idx| Some(f64::from(idx))).collect();
    observed[5] = None;
    observed[6] = Some(f64::NAN);
    IndicatorFinding {
        kind: IndicatorKind::EventRate,
        role: Role::Required,
        rung: Some(Rung::Lasting),
        reasons: vec![NASTY.to_owned()],
        would_move: vec![NASTY.to_owned()],
        chart: ChartSeries {
            periods: periods(),
            count: observed.clone(),
            exposure: vec![Some(100.0); 24],
            fitted: observed.clone(),
            level: vec![Some(2.0); 24],
            observed,
        },
        test_alone: Some(test("season")),
        test_with_response: Some(test(NASTY)),
        dating: vec![DatingRow {
            n_breaks: 1,
            at: vec!["2012-01".to_owned()],
            deviance: 10.0,
            bic: 12.0,
            chosen: true,
        }],
        shift: Some(ShiftRecord {
            at: "2012-01".to_owned(),
            interval: ["2011-11".to_owned(), "2012-03".to_owned()],
            interval_clipped: true,
            effect: 3.0,
            effect_interval: [2.0, f64::INFINITY],
            effect_kind: EffectKind::Ratio,
            effect_alone: None,
            old_level: 2.0,
            new_level: 6.0,
            n_periods_since: 11,
        }),
        other_breaks: vec!["2011-06".to_owned()],
        durability: Some(DurabilityRecord {
            horizon_months: 24,
            horizon_passed: false,
            recent: ["2012-01".to_owned(), "2012-12".to_owned()],
            recent_level: 6.0,
            old_level: 2.0,
            ratio: 3.0,
            interval_90: [2.0, 4.0],
            interval_95: [1.8, 4.4],
            bounds: [0.67, 1.5],
            p_equivalence: 0.9,
            p_difference: 0.01,
            outcome: DurabilityOutcome::StayedAway,
        }),
        responsiveness: Some(Responsiveness {
            terms: vec![ResponseTerm {
                name: NASTY.to_owned(),
                effect: 2.0,
                interval: [0.5, 8.0],
                p_value: 0.2,
                per: NASTY.to_owned(),
            }],
            p_joint: 0.3,
            deviance_share: 0.1,
            shift_share: Some(-0.5),
        }),
        tail: Some(TailTest {
            periods: ["2012-10".to_owned(), "2012-12".to_owned()],
            statistic: 3.0,
            p_value: 0.1,
            ratio: 1.2,
        }),
        curve: Some(curve()),
        probability: Some(probability()),
        eras: Some(crate::evidence_fixture::era_finding()),
        trace: trace(),
        warnings: vec![NASTY.to_owned()],
        ..bare_indicator("talk")
    }
}

fn data() -> DataRecord {
    DataRecord {
        origin: NASTY.to_owned(),
        periods: ["2011-01".to_owned(), "2012-12".to_owned()],
        series: vec![SeriesRecord {
            id: "talk.AAA.BBB".to_owned(),
            group: "talk".to_owned(),
            dyad: "AAA → BBB".to_owned(),
            measure: NASTY.to_owned(),
            periods: periods(),
            values: (0..24).map(|idx| (idx != 5).then_some(1.0)).collect(),
            n_rows: vec![1; 24],
            lines: (0..24).map(Some).collect(),
        }],
        coverage: vec![CoverageRecord {
            dataset: NASTY.to_owned(),
            from: "2011-01-01".to_owned(),
            to: "2012-12-31".to_owned(),
            subset: Some(NASTY.to_owned()),
            changes: vec![CoverageChangeRecord {
                date: "2011-09-01".to_owned(),
                note: NASTY.to_owned(),
                in_model: true,
            }],
        }],
        files: vec![FileRecord {
            name: NASTY.to_owned(),
            sha256: "ab".repeat(32),
            n_rows: 3,
        }],
        groups: vec![GroupRecord {
            id: "talk".to_owned(),
            title: NASTY.to_owned(),
            codes: NASTY.to_owned(),
            meaning: NASTY.to_owned(),
        }],
        sql: NASTY.to_owned(),
    }
}

/// An assessment with every kind of part.
pub(crate) fn assessment() -> Assessment {
    Assessment {
        format: 1,
        yalu_version: "0.1.0".to_owned(),
        dossier: DossierRecord {
            id: "test".to_owned(),
            title: NASTY.to_owned(),
            question: NASTY.to_owned(),
            source: "AAA".to_owned(),
            source_name: NASTY.to_owned(),
            target: "BBB".to_owned(),
            target_name: NASTY.to_owned(),
            authors: vec![NASTY.to_owned()],
            sha256: "cd".repeat(32),
        },
        as_of: "2012-12-31".to_owned(),
        setting: None,
        verdict: Verdict {
            rung: Rung::Emerging,
            headline: NASTY.to_owned(),
            reasons: vec![NASTY.to_owned()],
            would_move: vec![NASTY.to_owned()],
            lasting_from: Some("2014-01-31".to_owned()),
            join: JoinRule::AllRequired,
            probability: probability(),
            confidence: Confidence {
                level: ConfidenceLevel::Low,
                reasons: vec![NASTY.to_owned()],
            },
            curve: Some(VerdictCurve {
                n: 2,
                rungs: vec![RungShare {
                    rung: Rung::Emerging,
                    n: 2,
                    share: 1.0,
                }],
                agreement: 1.0,
            }),
        },
        indicators: vec![full_indicator(), bare_indicator(NASTY)],
        borders: Some(crate::border_fixture::borders()),
        structure: Some(crate::structure_fixture::structure()),
        evidence: Some(crate::evidence_fixture::evidence()),
        ledger: Some(crate::ledger_fixture::ledger()),
        eras: crate::evidence_fixture::eras(),
        pressure: vec![PressureRecord {
            id: "push".to_owned(),
            title: NASTY.to_owned(),
            dyad: "CCC → BBB".to_owned(),
            unit: NASTY.to_owned(),
            rate: (0..24).map(|idx| (idx != 3).then_some(2.0)).collect(),
            periods: periods(),
            trace: trace(),
        }],
        events: vec![EventRecord {
            date: "2011-08-05".to_owned(),
            kind: NASTY.to_owned(),
            title: NASTY.to_owned(),
            source: NASTY.to_owned(),
            in_model: true,
            file: "events.csv".to_owned(),
            line: 2,
        }],
        tables: vec![TableRecord {
            id: "trade".to_owned(),
            title: NASTY.to_owned(),
            unit: NASTY.to_owned(),
            source: NASTY.to_owned(),
            file: "trade.csv".to_owned(),
            rows: ["2011", "2012"]
                .into_iter()
                .zip(2..)
                .map(|(date, line)| TableRow {
                    date: date.to_owned(),
                    value: 6540.0,
                    source: Some(NASTY.to_owned()),
                    line,
                })
                .collect(),
        }],
        data: data(),
        method: MethodRecord {
            seed: 1,
            specification: vec![NASTY.to_owned()],
            steps: vec![MethodStep {
                what: NASTY.to_owned(),
                source: NASTY.to_owned(),
                limits: NASTY.to_owned(),
            }],
            versions: vec![["yalu".to_owned(), NASTY.to_owned()]],
        },
        warnings: vec![NASTY.to_owned()],
    }
}
