//! The power index of Shapley and Shubik (1954) for the Union's procedures, counted exactly.

/// Each one's share of all orders of arrival in which it is the one that decides.
pub(crate) struct Power {
    pub(crate) commission: f64,
    pub(crate) parliament: f64,
    pub(crate) members: Vec<f64>,
}

/// A proposal passes with the Commission and a qualified majority of the Council, or against the
/// Commission with all members; under codecision with Parliament in either case.
pub(crate) fn shapley_shubik(votes: &[u16], quota: f64, codecision: bool) -> Power {
    let n = votes.len();
    let all: u16 = votes.iter().sum();
    let needed = (f64::from(all) * quota - 1e-9).ceil() as usize;
    let passes = |size: usize, cast: usize, com: bool, ep: bool| {
        (ep || !codecision) && (size == n || (com && cast >= needed))
    };
    let players = n + 2;
    // The chance that exactly these, `size` in all, come before a given player.
    let mut chance = vec![0.0; players];
    for (size, chance) in chance.iter_mut().enumerate() {
        let choose = (0..size)
            .map(|k| (k + 1) as f64 / (players - 1 - k) as f64)
            .product::<f64>();
        *chance = choose / players as f64;
    }
    // Sums over all coalitions of others in which `decides` says that the player turns the scale.
    let sum = |counts: &[Vec<f64>],
               decides: &dyn Fn(usize, usize, bool, bool) -> bool,
               free: [bool; 2]| {
        let mut total = 0.0;
        for (size, row) in counts.iter().enumerate() {
            for (cast, &ways) in row.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                for com in [false, true].into_iter().filter(|&c| free[0] || !c) {
                    for ep in [false, true].into_iter().filter(|&e| free[1] || !e) {
                        let before = size + usize::from(com) + usize::from(ep);
                        if decides(size, cast, com, ep) {
                            total += ways * chance[before];
                        }
                    }
                }
            }
        }
        total
    };
    let full = coalitions(votes, None);
    let commission = |s, v, _: bool, ep| !passes(s, v, false, ep) && passes(s, v, true, ep);
    let parliament = |s, v, com, _: bool| !passes(s, v, com, false) && passes(s, v, com, true);
    let member = |k: usize| {
        let own = usize::from(votes[k]);
        let decides =
            move |s, v, com, ep| !passes(s, v, com, ep) && passes(s + 1, v + own, com, ep);
        sum(&coalitions(votes, Some(k)), &decides, [true, true])
    };
    let power = Power {
        commission: sum(&full, &commission, [false, true]),
        parliament: sum(&full, &parliament, [true, false]),
        members: (0..n).map(member).collect(),
    };
    // In each order exactly one decides.
    let whole = power.commission + power.parliament + power.members.iter().sum::<f64>();
    assert!((whole - 1.0).abs() < 1e-9, "the index sums to {whole}");
    power
}

/// How many coalitions there are by size and votes, of all members but one.
fn coalitions(votes: &[u16], without: Option<usize>) -> Vec<Vec<f64>> {
    let all: usize = votes.iter().map(|&v| usize::from(v)).sum();
    let mut counts = vec![vec![0.0; all + 1]; votes.len() + 1];
    counts[0][0] = 1.0;
    for (k, &v) in votes
        .iter()
        .enumerate()
        .filter(|(k, _)| Some(*k) != without)
    {
        for size in (0..=k).rev() {
            for cast in (usize::from(v)..=all).rev() {
                counts[size + 1][cast] += counts[size][cast - usize::from(v)];
            }
        }
    }
    counts
}
