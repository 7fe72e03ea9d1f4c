//! What the models are, in words, with their papers and what they don't show.

use crate::assessment::MethodStep;
use crate::spec::{DossierSpec, FamilyKey};

/// The main specification, one sentence per part.
pub(crate) fn specification_words(spec: &DossierSpec, n_specifications: usize) -> Vec<String> {
    let model = &spec.model;
    let family = match model.family {
        FamilyKey::NegativeBinomial => "negative binomial (NB2, dispersion by maximum likelihood)",
        FamilyKey::QuasiPoisson => "quasi-Poisson (variance in proportion to the mean)",
        FamilyKey::Gaussian => "normal",
    };
    let pressure = if model.pressure.is_empty() {
        "No outside pressure is in the main specification.".to_owned()
    } else {
        format!(
            "Outside pressure in the main specification: {}, {}.",
            model.pressure.join(", "),
            match model.pressure_lag {
                0 => "in the same period".to_owned(),
                lag => format!("{lag} periods before"),
            }
        )
    };
    vec![
        format!(
            "Counts: {family}, log link, the logarithm of the exposure as offset. Other figures: normal."
        ),
        format!(
            "Season: {} pairs of sine and cosine over the year.",
            model.harmonics
        ),
        format!(
            "Events: one pulse a kind, which keeps {} of its effect after each period.",
            model.event_decay
        ),
        pressure,
        format!(
            "Breaks: looked for outside the first and last {:.0} % of the periods; at most {} are dated.",
            model.trimming * 100.0,
            model.max_breaks
        ),
        format!(
            "Bootstrap: {} replications, seed {}.",
            model.bootstrap, model.seed
        ),
        format!(
            "Verdict: false-discovery rate {}, horizon {} months, levels within a ratio of {} count as equal.",
            spec.verdict.level, spec.verdict.horizon_months, spec.verdict.equivalence_ratio
        ),
        format!(
            "Specification curve: {n_specifications} combinations that differ for some indicator."
        ),
    ]
}

/// Each step of the method.
pub(crate) fn steps() -> Vec<MethodStep> {
    let step = |what: &str, source: &str, limits: &str| MethodStep {
        what: what.to_owned(),
        source: source.to_owned(),
        limits: limits.to_owned(),
    };
    vec![
        step(
            "Counts of acts are regressed on level, season, events and outside pressure, per unit of exposure.",
            "McCullagh and Nelder (1989), Generalized Linear Models; Cameron and Trivedi (2013), Regression Analysis of Count Data.",
            "Machine-coded reports, not acts: single rows are often miscoded, and an act that no paper reports isn't there.",
        ),
        step(
            "Breaks at unknown dates are tested by the largest F over all candidate dates, for one break and, per break, for two; it is held against series of the fitted family without a break whose serial correlation, measured alike, comes out near theirs.",
            "Andrews (1993), Econometrica 61, 821–856; Bai and Perron (1998), Econometrica 66, 47–78; comparison with series near what was measured: Beaumont, Zhang and Balding (2002), Genetics 162, 2025–2035.",
            "A smooth trend is found as a break. Periods within the trimming can't be searched.",
        ),
        step(
            "Breaks are dated by the least deviance for each number of them, and the number is chosen by a quasi-BIC that allows for serial correlation.",
            "Bai and Perron (1998), Econometrica 66, 47–78, and (2003), Journal of Applied Econometrics 18, 1–22; Liu, Wu and Zidek (1997), Statistica Sinica 7, 497–525.",
            "Small or short shifts are dated poorly: read the interval, not the date.",
        ),
        step(
            "Intervals come from a bootstrap of the fitted model, in which the break is dated anew each time: for the date by inverting the likelihood ratio, for the size by bootstrap-t.",
            "Eo and Morley (2015), Quantitative Economics 6, 463–497; Davison and Hinkley (1997), Bootstrap Methods and their Application.",
            "Conditional on the number of breaks and on the regressors.",
        ),
        step(
            "Events enter as pulses with geometric decay, pressure as the logarithm of one plus its rate.",
            "Box and Tiao (1975), Journal of the American Statistical Association 70, 70–79.",
            "Pressure and policy react to the same news: a shared cause looks like a response.",
        ),
        step(
            "Whether a level held is asked twice: is the recent level equivalent to the old one (two one-sided tests), and does it differ from it?",
            "Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680.",
            "With few periods neither may be shown; the answer is then that it can't be told.",
        ),
        step(
            "Periods too recent for the break test are held against the model of those before by an end-of-sample test.",
            "Andrews (2003), Econometrica 71, 1661–1694.",
            "It says that the last periods are unusual, not that they will stay so.",
        ),
        step(
            "p-values are corrected for the number of indicators.",
            "Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.",
            "Within one dossier and date; not over the dossiers that weren't written.",
        ),
        step(
            "Every reasonable combination of choices is fitted, and the answers are counted.",
            "Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208–1214.",
            "Shares of specifications aren't probabilities of being right; they show which choices matter.",
        ),
        step(
            "The probability averages, over the specifications, the weight of models with a break times the chance that the recent level lies outside the equivalence bounds.",
            "Kass and Raftery (1995), Journal of the American Statistical Association 90, 773–795; PHIA probability yardstick; ICD 203 (2015).",
            "At even prior odds of a break. It summarises these models and data; it isn't a forecast.",
        ),
    ]
}
