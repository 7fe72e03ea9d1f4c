use super::*;
use proptest::prelude::*;

fn hypotheses(ids: &[&str]) -> Vec<Hypothesis> {
    let named = ids.iter().map(|id| Hypothesis { id: (*id).into() });
    named.collect()
}

fn claim(id: &str, credibility: f64, sources: &[&str]) -> Claim {
    Claim {
        id: id.into(),
        credibility,
        relevance: 1.0,
        sources: sources.iter().map(|s| (*s).into()).collect(),
    }
}

/// A row such as `C C II`; `-` is a cell that nobody has rated.
fn row(text: &str) -> Vec<Option<Mark>> {
    let cells = text.split_whitespace();
    cells
        .map(|cell| (cell != "-").then(|| cell.parse().unwrap()))
        .collect()
}

fn matrix(ids: &[&str], rows: &[(Claim, &str)]) -> Matrix {
    let claims = rows.iter().map(|(claim, _)| claim.clone()).collect();
    let marks = rows.iter().map(|(_, marks)| row(marks)).collect();
    Matrix::new(hypotheses(ids), claims, marks).unwrap()
}

/// The case of `docs/methods/competing-hypotheses.md`.
fn by_hand() -> Matrix {
    matrix(
        &["shift", "response", "none"],
        &[
            (claim("coal", 0.64, &["customs"]), "C C II"),
            (claim("letters", 0.8, &["un"]), "C CC I"),
            (claim("banks", 0.36, &["press"]), "CC I II"),
            (claim("aid", 0.48, &["press"]), "I N C"),
            (claim("spokesman", 1.0, &["mfa"]), "C C C"),
        ],
    )
}

fn near(got: f64, expected: f64) -> bool {
    (got - expected).abs() < 1e-12
}

fn order(ranking: &Ranking) -> Vec<(&str, usize)> {
    let places = ranking.places.iter();
    places
        .map(|place| (place.hypothesis.as_str(), place.rank))
        .collect()
}

#[test]
fn the_case_by_hand_has_its_scores_and_order() {
    let analysis = analyse(&by_hand());
    let expected = [(1, -1.0, -0.48), (1, -1.0, -0.36), (3, -5.0, -2.8)];
    for (score, (inconsistent, plain, weighted)) in analysis.scores.iter().zip(expected) {
        assert_eq!(score.inconsistent, inconsistent, "{score:?}");
        assert!(near(score.score, plain), "{score:?}");
        assert!(near(score.weighted_score, weighted), "{score:?}");
        assert_eq!((score.rated, score.unrated), (5, 0));
    }
    let leader = "response".to_owned();
    assert_eq!(analysis.outcome, Outcome::Leads { leader });
    let expected = [("response", 1), ("shift", 2), ("none", 3)];
    assert_eq!(order(&analysis.ranking), expected);
    let unweighted = &analysis.sensitivity.unweighted;
    let expected = [("response", 1), ("shift", 1), ("none", 3)];
    assert_eq!(order(unweighted), expected);
}

#[test]
fn the_case_by_hand_has_its_diagnosticities() {
    let analysis = analyse(&by_hand());
    let expected = [
        ("letters", 0.4, true),
        ("coal", 0.32, true),
        ("banks", 0.24, true),
        ("aid", 0.16, true),
        ("spokesman", 0.0, false),
    ];
    assert_eq!(analysis.claims.len(), expected.len());
    for (report, (id, diagnosticity, moves)) in analysis.claims.iter().zip(expected) {
        assert_eq!(report.claim, id);
        assert!(
            near(report.diagnosticity.unwrap(), diagnosticity),
            "{report:?}"
        );
        assert_eq!(report.moves_ranking, moves, "{report:?}");
    }
}

#[test]
fn the_case_by_hand_hangs_on_one_claim_and_one_source() {
    let sensitivity = analyse(&by_hand()).sensitivity;
    let linchpin = |id: &str, leaders: &[&str]| Linchpin {
        id: id.into(),
        leaders_without: leaders.iter().map(|l| (*l).into()).collect(),
    };
    assert_eq!(sensitivity.linchpin_claims, [linchpin("aid", &["shift"])]);
    let press = linchpin("press", &["response", "shift"]);
    assert_eq!(sensitivity.linchpin_sources, [press]);

    let response = &sensitivity.robustness[1];
    let tally = |of, leads, leads_alone| Tally {
        of,
        leads,
        leads_alone,
    };
    assert_eq!(response.claims, tally(5, 4, 4));
    assert_eq!(response.sources, tally(4, 4, 3));
    assert_eq!(response.marks, tally(26, 23, 23));
    assert!(response.leads_unweighted);
    assert_eq!(sensitivity.robustness[0].marks, tally(26, 3, 3));
    assert_eq!(sensitivity.robustness[2].marks.share(), Some(0.0));
    let turning: Vec<&Change> = (sensitivity.marks.iter())
        .filter(|variation| variation.turns)
        .map(|variation| &variation.change)
        .collect();
    let moved = |claim: &str, hypothesis: &str, from: &str, to: &str| Change::Mark {
        claim: claim.into(),
        hypothesis: hypothesis.into(),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    };
    let expected = [
        moved("banks", "response", "I", "II"),
        moved("aid", "shift", "I", "N"),
        moved("aid", "response", "N", "I"),
    ];
    assert_eq!(turning, expected.iter().collect::<Vec<_>>());
}

#[test]
fn the_case_by_hand_leaves_one_pair_that_one_claim_turns() {
    let unseparated = analyse(&by_hand()).unseparated;
    let claims = vec!["aid".to_owned()];
    let expected = Unseparated {
        first: "shift".into(),
        second: "response".into(),
        why: Separation::TurnsOnOneClaim { claims },
    };
    assert_eq!(unseparated, [expected]);
}

#[test]
fn hypotheses_that_nothing_tells_apart_are_said_so_with_the_plainest_reason() {
    let why = |rows: &[(Claim, &str)]| {
        let pairs = analyse(&matrix(&["a", "b"], rows)).unseparated;
        pairs.first().map(|pair| pair.why.clone())
    };
    let sure = |id: &str| claim(id, 1.0, &[]);
    let same = why(&[(sure("x"), "I I"), (sure("y"), "- -")]);
    assert_eq!(same, Some(Separation::SameMarks));
    let consistent = why(&[(sure("x"), "CC C"), (sure("y"), "I -")]);
    assert_eq!(consistent, Some(Separation::NoDiagnosticClaim));
    let weightless = why(&[(claim("x", 0.0, &[]), "C II")]);
    assert_eq!(weightless, Some(Separation::NoDiagnosticClaim));
    let apart = why(&[(sure("x"), "I NA"), (sure("y"), "- I")]);
    assert_eq!(apart, Some(Separation::NothingInCommon));
    let tied = why(&[(sure("x"), "I C"), (sure("y"), "C I")]);
    assert_eq!(tied, Some(Separation::Tied));
    let twice = why(&[(sure("x"), "C II"), (sure("y"), "C I")]);
    assert_eq!(twice, None);
}

#[test]
fn parcs_multipliers_give_parcs_scores_but_for_their_unit() {
    // PARC's program has √½ for low, 1 for medium, √2 for high; divided by √2 they are shares.
    let (low, medium, high) = (0.5, 0.5_f64.sqrt(), 1.0);
    let graded = |id: &str, credibility, relevance| Claim {
        relevance,
        ..claim(id, credibility, &[])
    };
    let rows = [
        (graded("x", high, medium), "I C"),
        (graded("y", low, low), "II I"),
        (graded("z", medium, high), "C II"),
    ];
    let analysis = analyse(&matrix(&["a", "b"], &rows));
    // By PARC's rule: a = −√2 − 2·½, b = −½ − 2·√2. Its unit is twice ours.
    let root = 2.0_f64.sqrt();
    assert!(near(2.0 * analysis.scores[0].weighted_score, -root - 1.0));
    assert!(near(
        2.0 * analysis.scores[1].weighted_score,
        -0.5 - 2.0 * root
    ));
}

#[test]
fn an_unrated_cell_is_counted_and_never_taken_as_neutral() {
    let rows = [
        (claim("x", 1.0, &[]), "I -"),
        (claim("y", 1.0, &[]), "I C"),
        (claim("z", 1.0, &[]), "C I"),
    ];
    let analysis = analyse(&matrix(&["a", "b"], &rows));
    assert_eq!((analysis.unrated, analysis.cells), (1, 6));
    assert_eq!(analysis.scores[1].unrated, 1);
    let x = analysis.claims.iter().find(|c| c.claim == "x").unwrap();
    assert_eq!((x.diagnosticity, x.unrated), (None, 1));
    assert!(!x.moves_ranking);
    // b leads only since nobody has rated it on x.
    assert_eq!(order(&analysis.ranking), [("b", 1), ("a", 2)]);
    let full = &analysis.sensitivity.fully_rated;
    assert_eq!(order(full), [("a", 1), ("b", 1)]);
    assert_eq!(analysis.sensitivity.fully_rated_claims, 2);
    // Only marks move: x's one mark, two of y, two of z, each both ways.
    assert_eq!(analysis.sensitivity.marks.len(), 10);
}

#[test]
fn what_has_no_order_is_an_outcome_and_not_a_fault() {
    let outcome = |matrix: &Matrix| analyse(matrix).outcome;
    let empty = Matrix::new(vec![], vec![], vec![]).unwrap();
    assert_eq!(outcome(&empty), Outcome::NoHypothesis);
    let sure = |id: &str| claim(id, 1.0, &["s"]);
    let one = matrix(&["a"], &[(sure("x"), "II")]);
    assert_eq!(outcome(&one), Outcome::OneHypothesis);
    let unclaimed = matrix(&["a", "b"], &[]);
    assert_eq!(outcome(&unclaimed), Outcome::NothingRated);
    let unrated = matrix(&["a", "b"], &[(sure("x"), "- NA")]);
    assert_eq!(outcome(&unrated), Outcome::NothingRated);
    let alike = matrix(&["a", "b"], &[(sure("x"), "C CC"), (sure("y"), "I I")]);
    assert_eq!(outcome(&alike), Outcome::NothingDiagnostic);
    let tied = matrix(&["b", "a"], &[(sure("x"), "I C"), (sure("y"), "C I")]);
    let leaders = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(outcome(&tied), Outcome::Tied { leaders });
}

#[test]
fn sums_that_differ_by_rounding_alone_are_tied() {
    // 0.1 + 0.2 isn't 0.3 in binary.
    let rows = [
        (claim("x", 0.1, &[]), "I C"),
        (claim("y", 0.2, &[]), "I C"),
        (claim("z", 0.3, &[]), "C I"),
    ];
    let analysis = analyse(&matrix(&["b", "a"], &rows));
    assert_eq!(order(&analysis.ranking), [("a", 1), ("b", 1)]);
    assert_eq!(analysis.unseparated[0].why, Separation::Tied);
}

#[test]
fn bad_matrices_are_named_faults_with_a_mend() {
    let sure = |id: &str| claim(id, 1.0, &[]);
    let made = |ids: &[&str], claims: Vec<Claim>, marks: Vec<&str>| {
        let marks = marks.into_iter().map(row).collect();
        Matrix::new(hypotheses(ids), claims, marks).unwrap_err()
    };
    let mut doubtful = sure("x");
    doubtful.relevance = f64::NAN;
    let cases = [
        (
            made(&["a", "b", "a"], vec![], vec![]),
            "hypothesis `a` stands twice: 0 and 2",
        ),
        (
            made(&["a", ""], vec![], vec![]),
            "a hypothesis at 1 has no name",
        ),
        (
            made(&["a"], vec![sure("x"), sure("x")], vec!["C", "C"]),
            "claim `x` stands twice: 0 and 1",
        ),
        (
            made(&["a"], vec![sure("")], vec!["C"]),
            "a claim at 0 has no name",
        ),
        (
            made(&["a"], vec![claim("x", 1.5, &[])], vec!["C"]),
            "the credibility of claim `x` is 1.5, not in [0, 1]",
        ),
        (
            made(&["a"], vec![doubtful], vec!["C"]),
            "the relevance of claim `x` is NaN, not in [0, 1]",
        ),
        (
            made(&["a"], vec![claim("x", 1.0, &["s", "t", "s"])], vec!["C"]),
            "claim `x` names source `s` twice",
        ),
        (
            made(&["a"], vec![sure("x")], vec![]),
            "0 rows of marks for 1 claims",
        ),
        (
            made(&["a"], vec![sure("x")], vec!["C C"]),
            "claim `x` has 2 marks for 1 hypotheses",
        ),
    ];
    for (fault, message) in cases {
        assert_eq!(fault.to_string(), message);
        assert!(!fault.mend().is_empty());
    }
    let fault = "IC".parse::<Mark>().unwrap_err();
    assert_eq!(fault.to_string(), "`IC` isn't a mark");
    assert!(fault.mend().contains("II"));
}

#[test]
fn every_mark_is_read_back_and_has_its_value() {
    let values = [Some(2), Some(1), Some(0), Some(-1), Some(-2), None];
    for (mark, value) in Mark::ALL.into_iter().zip(values) {
        assert_eq!(mark.to_string().to_lowercase().parse(), Ok(mark));
        assert_eq!(mark.value(), value);
        let json = serde_json::to_string(&mark).unwrap();
        assert_eq!(json, format!("\"{}\"", mark.code()));
    }
}

#[test]
fn likelihoods_by_hand_follow_bayes_rule() {
    // Priors 0.5 0.3 0.2; x: 0.8 0.4 0.1, y: 0.5 0.5 0.5. Products 0.2 0.06 0.01 over 0.27.
    let claims = [
        claim("y", 1.0, &["s"]),
        claim("x", 1.0, &["s", "t"]),
        claim("z", 1.0, &[]),
    ];
    let p = [
        vec![Some(0.5), Some(0.5), Some(0.5)],
        vec![Some(0.8), Some(0.4), Some(0.1)],
        vec![Some(0.8), None, Some(0.1)],
    ];
    let names = hypotheses(&["a", "b", "c"]);
    let answer = likelihoods(&names, &claims, &[0.5, 0.3, 0.2], &p).unwrap();
    for (posterior, share) in answer.posteriors.iter().zip([0.4, 0.12, 0.02]) {
        assert!(near(posterior.posterior, share / 0.54), "{posterior:?}");
    }
    assert_eq!(answer.left_out, ["z"]);
    let shared = ("y".to_owned(), "x".to_owned());
    assert_eq!(answer.shared_sources, [shared]);
    let [x, y] = &answer.claims[..] else {
        panic!("two claims count");
    };
    assert_eq!((x.claim.as_str(), y.claim.as_str()), ("x", "y"));
    assert!(near(x.log_range, 8.0_f64.ln()) && near(y.log_range, 0.0));
    assert!(near(x.log_ratios[0], 0.0) && near(x.log_ratios[1], -(2.0_f64.ln())));
    for (without, prior) in x.posterior_without.iter().zip([0.5, 0.3, 0.2]) {
        assert!(near(*without, prior));
    }
}

#[test]
fn likelihoods_too_small_for_a_float_still_share_out_to_one() {
    let claims: Vec<Claim> = (0..500).map(|n| claim(&n.to_string(), 1.0, &[])).collect();
    let p = vec![vec![Some(1e-9), Some(2e-9)]; 500];
    let answer = likelihoods(&hypotheses(&["a", "b"]), &claims, &[0.5, 0.5], &p).unwrap();
    let sum: f64 = answer.posteriors.iter().map(|p| p.posterior).sum();
    assert!(near(sum, 1.0) && answer.posteriors[1].posterior > 0.999);
}

#[test]
fn bad_probabilities_are_named_faults_with_a_mend() {
    let x = [claim("x", 1.0, &[])];
    let two = hypotheses(&["a", "b"]);
    let of = |priors: &[f64], p: &[Vec<Option<f64>>]| likelihoods(&two, &x, priors, p).unwrap_err();
    let fair = [0.5, 0.5];
    let good = [Some(0.5), Some(0.5)];
    let cases = [
        (
            likelihoods(&two[..1], &x, &[1.0], &[]).unwrap_err(),
            "1 hypotheses; probabilities are shared among at least 2",
        ),
        (of(&[0.5], &[]), "1 priors for 2 hypotheses"),
        (
            of(&[0.0, 1.0], &[]),
            "the prior of `a` is 0, not above 0 and below 1",
        ),
        (of(&[0.5, 0.25], &[]), "the priors sum to 0.75, not to 1"),
        (of(&fair, &[]), "0 rows of probabilities for 1 claims"),
        (
            of(&fair, &[vec![Some(0.5)]]),
            "row 0 of the probabilities has 1 cells for 2 hypotheses",
        ),
        (
            of(&fair, &[vec![good[0], Some(0.0)]]),
            "P(x | b) is 0, not above 0 and at most 1",
        ),
        (
            of(&fair, &[vec![Some(f64::NAN), good[1]]]),
            "P(x | a) is NaN, not above 0 and at most 1",
        ),
    ];
    for (fault, message) in cases {
        assert_eq!(fault.to_string(), message);
        assert!(!fault.mend().is_empty());
    }
}

fn any_mark() -> impl Strategy<Value = Option<Mark>> {
    let marked = (0usize..6).prop_map(|idx| Some(Mark::ALL[idx]));
    prop_oneof![1 => Just(None), 8 => marked]
}

prop_compose! {
    fn any_matrix()(n_claims in 0usize..7, n_hypotheses in 0usize..5)(
        marks in prop::collection::vec(
            prop::collection::vec(any_mark(), n_hypotheses),
            n_claims,
        ),
        weights in prop::collection::vec(0.0f64..=1.0, n_claims),
        sources in prop::collection::vec(
            prop::sample::subsequence(vec!["r", "s", "t"], 0..=3),
            n_claims,
        ),
        n_hypotheses in Just(n_hypotheses),
    ) -> Matrix {
        let ids: Vec<String> = (0..n_hypotheses).map(|n| format!("h{n}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let claims = weights.iter().zip(&sources).enumerate();
        let claims = claims
            .map(|(n, (weight, sources))| claim(&format!("c{n}"), *weight, sources))
            .collect();
        Matrix::new(hypotheses(&ids), claims, marks).unwrap()
    }
}

/// The same matrix, its claims and hypotheses turned round by some places and mirrored.
fn reordered(matrix: &Matrix, turn: usize, mirror: bool) -> Matrix {
    let order = |n: usize| {
        let mut order: Vec<usize> = (0..n).collect();
        if n > 0 {
            order.rotate_left(turn % n);
        }
        if mirror {
            order.reverse();
        }
        order
    };
    let columns = order(matrix.hypotheses.len());
    let rows = order(matrix.claims.len());
    let marks = rows
        .iter()
        .map(|&c| columns.iter().map(|&h| matrix.marks[c][h]).collect());
    Matrix {
        hypotheses: columns
            .iter()
            .map(|&h| matrix.hypotheses[h].clone())
            .collect(),
        claims: rows.iter().map(|&c| matrix.claims[c].clone()).collect(),
        marks: marks.collect(),
    }
}

proptest! {
    #[test]
    fn neither_the_order_of_claims_nor_of_hypotheses_changes_a_bit(
        matrix in any_matrix(),
        turn in 0usize..6,
        mirror: bool,
    ) {
        let (one, other) = (analyse(&matrix), analyse(&reordered(&matrix, turn, mirror)));
        prop_assert_eq!(&one.ranking, &other.ranking);
        prop_assert_eq!(&one.outcome, &other.outcome);
        prop_assert_eq!(&one.claims, &other.claims);
        prop_assert_eq!(&one.sensitivity.unweighted, &other.sensitivity.unweighted);
        prop_assert_eq!(&one.sensitivity.without_source.len(), &other.sensitivity.without_source.len());
        for robust in &one.sensitivity.robustness {
            prop_assert!(other.sensitivity.robustness.contains(robust));
        }
        prop_assert_eq!(one.unseparated.len(), other.unseparated.len());
    }

    #[test]
    fn a_mark_that_is_worse_never_helps_its_hypothesis(matrix in any_matrix()) {
        let place = |m: &Matrix, id: &str| {
            let places = analyse(m).ranking.places;
            places.into_iter().find(|place| place.hypothesis == id).unwrap().rank
        };
        for claim in 0..matrix.claims.len() {
            for h in 0..matrix.hypotheses.len() {
                let mut worse = matrix.clone();
                worse.marks[claim][h] = Some(Mark::VeryInconsistent);
                let id = &matrix.hypotheses[h].id;
                prop_assert!(place(&worse, id) >= place(&matrix, id));
            }
        }
    }

    #[test]
    fn every_figure_is_finite_and_within_its_bounds(matrix in any_matrix()) {
        let analysis = analyse(&matrix);
        for score in &analysis.scores {
            prop_assert!(score.score.is_finite() && score.score <= 0.0);
            prop_assert!(score.weighted_score >= score.score && score.weighted_score <= 0.0);
            let cells = score.rated + score.unrated + score.not_applicable;
            prop_assert_eq!(cells, matrix.claims.len());
        }
        for claim in &analysis.claims {
            prop_assert!(claim.diagnosticity.is_none_or(|d| (0.0..=1.0).contains(&d)));
        }
        serde_json::to_string(&analysis).unwrap();
    }
}
