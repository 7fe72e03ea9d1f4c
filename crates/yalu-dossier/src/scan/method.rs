//! What a scan does, in words, with the papers and what it doesn't show.

use super::report::ScanTest;
use super::{ScanExposure, ScanRequest};
use crate::assessment::MethodStep;

pub(super) fn steps(request: &ScanRequest) -> Vec<MethodStep> {
    let step = |what: String, source: &str, limits: &str| MethodStep {
        what,
        source: source.to_owned(),
        limits: limits.to_owned(),
    };
    let volume = match request.exposure {
        ScanExposure::Others(_) => {
            "Counts are set against the acts of all other pairs of states in the same period: the dyad's own acts don't dilute its rate, and the volume of the media is measured elsewhere."
        }
        ScanExposure::None => "Counts are compared as they are: growth of the media is in them.",
    };
    let mut steps = vec![
        step(
            volume.to_owned(),
            "Yalu",
            "A war elsewhere raises the exposure a little; reporting that grows for one region and not for others looks like a shift there.",
        ),
        step(
            format!(
                "Test: the largest F of one to three breaks, weighted as their critical values ask (levels of {} periods or more), against orders of the dyad's own blocks of at least {} periods; up to {} orders, fewer where 20 were as large already. Changes of the source base are taken out first.",
                3 * request.horizon / 4,
                request.min_block(),
                request.replications,
            ),
            "Bai and Perron (1998), Econometrica 66, 47–78; Kirch (2007), J. Statistical Planning and Inference 137, 1945–1970; Besag and Clifford (1991), Biometrika 78, 301–304",
            "It asks whether levels moved for longer than a block. A shock of a month or two can't pass it: it is one wherever it falls.",
        ),
    ];
    if request.test == ScanTest::Bootstrap {
        steps.push(step(
            format!(
                "Where that p-value is at most 0.2, a second test against {} negative binomial series simulated without a break, as dispersed and correlated as the dyad's; the larger p-value counts.",
                request.replications
            ),
            "Andrews (1993), Econometrica 61, 821–856; Cario and Nelson (1996), Operations Research Letters 19, 51–58",
            "The simulated series are of one family; the permutation's are the dyad's own.",
        ));
    }
    steps.push(step(
        format!(
            "False discoveries: p-values of all tested dyads corrected together; those with q at most {} are discoveries.",
            request.level
        ),
        "Benjamini and Hochberg (1995), J. Royal Statistical Society B 57, 289–300",
        "Of the dyads called shifts about this share is wrong, not of the dates or of the labels.",
    ));
    steps.push(step(
        "Dates: every level, however short, by penalised negative binomial likelihood; the dispersion leaves the 5 % of periods farthest off out. Intervals of dates by likelihood ratio, of ratios by the information of both levels, both wider under serial correlation.".to_owned(),
        "Killick, Fearnhead and Eckley (2012), JASA 107, 1590–1598; Fearnhead and Rigaill (2019), JASA 114, 169–183; Eo and Morley (2015), Quantitative Economics 6, 463–497",
        "Dates are no test: a dyad that isn't a discovery has dates too, of shocks among others.",
    ));
    steps.push(step(
        format!(
            "Persistence: the typical period from a quarter of the horizon ({} periods) to half past it, over that of the horizon before. Lasting: clearly away in the break's direction, with half of the change left and by more than ×{}, or by ×2.5. Transient: less left.",
            request.horizon, request.equivalence_ratio
        ),
        "Yalu; the equivalence ratio as in the dossier's verdict",
        "It says that the level stayed, not that the policy did: outside pressure and events aren't in this model. Open the dyad as a dossier for that.",
    ));
    steps
}
