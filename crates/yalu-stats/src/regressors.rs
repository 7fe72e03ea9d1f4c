//! Regressors of an interrupted time series: season, events, lags.

/// Pairs of cosine and sine over the year, named `season cos 1`, `season sin 1`, ...
///
/// `place_in_year`: for each period where in the year it lies, 0 to below 1.
pub fn harmonics(place_in_year: &[f64], n_pairs: usize) -> Vec<(String, Vec<f64>)> {
    let wave = |pair: usize, of: fn(f64) -> f64| {
        place_in_year
            .iter()
            .map(|place| of(2.0 * std::f64::consts::PI * pair as f64 * place))
            .collect::<Vec<f64>>()
    };
    (1..=n_pairs)
        .flat_map(|pair| {
            [
                (format!("season cos {pair}"), wave(pair, f64::cos)),
                (format!("season sin {pair}"), wave(pair, f64::sin)),
            ]
        })
        .collect()
}

/// Pulses with geometric decay: Σ decay^(t − onset) over the events at or before t, each event
/// forgotten once less than 0.001 of it is left.
///
/// `onsets`: 0-based periods; those at or past `n_periods` are ignored. `decay` in [0, 1).
///
/// # Source
/// Box and Tiao (1975), Journal of the American Statistical Association 70, 70–79.
///
/// ```
/// assert_eq!(yalu_stats::pulse_response(4, &[1], 0.5), [0.0, 1.0, 0.5, 0.25]);
/// ```
pub fn pulse_response(n_periods: usize, onsets: &[usize], decay: f64) -> Vec<f64> {
    let mut response = vec![0.0; n_periods];
    for &onset in onsets {
        let mut left = 1.0;
        for value in response.iter_mut().skip(onset) {
            *value += left;
            left *= decay;
            if left < 1e-3 {
                break;
            }
        }
    }
    response
}

/// A series moved `lag` periods later: the first `lag` periods are lost. Returns how many were, and
/// the values for the periods that are left.
pub fn lagged(values: &[f64], lag: usize) -> (usize, Vec<f64>) {
    let lost = lag.min(values.len());
    (lost, values[..values.len() - lost].to_vec())
}
