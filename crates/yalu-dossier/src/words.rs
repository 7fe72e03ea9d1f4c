//! Words of estimative probability.

use crate::spec::Yardstick;

/// The standard word for a probability.
///
/// PHIA's yardstick leaves gaps between its ranges (5–10, 20–25, 35–40, 50–55, 75–80, 90–95 %): a
/// probability in a gap takes the word of the nearer range, the lower where it lies midway. ICD 203
/// has no gaps; where two words share an edge, the one nearer to even chance is taken.
///
/// # Source
/// Professional Head of Intelligence Assessment, *Probability Yardstick* (United Kingdom); Office of
/// the Director of National Intelligence, Intelligence Community Directive 203 (2015), table of
/// expressions of likelihood.
pub fn word(probability: f64, yardstick: Yardstick) -> &'static str {
    let ranges: &[(f64, &'static str)] = match yardstick {
        // Upper edges: the middle of each gap.
        Yardstick::Phia => &[
            (0.075, "remote chance"),
            (0.225, "highly unlikely"),
            (0.375, "unlikely"),
            (0.525, "realistic possibility"),
            (0.775, "likely or probable"),
            (0.925, "highly likely"),
            (1.0, "almost certain"),
        ],
        // Below even chance a shared edge belongs to the upper word.
        Yardstick::Icd203 => &[
            (0.05_f64.next_down(), "almost no chance"),
            (0.20_f64.next_down(), "very unlikely"),
            (0.45_f64.next_down(), "unlikely"),
            (0.55, "roughly even chance"),
            (0.80, "likely"),
            (0.95, "very likely"),
            (1.0, "almost certain"),
        ],
    };
    ranges
        .iter()
        .find(|(upper, _)| probability <= *upper)
        .map_or("almost certain", |(_, word)| word)
}

/// A state's name in a sentence: `the United States`, `China`.
pub fn with_article(name: &str) -> String {
    let takes_one = [
        "United ",
        "Netherlands",
        "Philippines",
        "Maldives",
        "Bahamas",
        "Gambia",
    ];
    let plural = name.ends_with(" Islands") || name.contains("Republic") || name == "Soviet Union";
    if plural || takes_one.iter().any(|start| name.starts_with(start)) {
        format!("the {name}")
    } else {
        name.to_owned()
    }
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A share in [0, 1] as per cent; what isn't quite none or all doesn't look so.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.005 {
        "<1 %".to_owned()
    } else if share > 0.995 && share < 1.0 {
        ">99 %".to_owned()
    } else {
        format!("{:.0} %", share * 100.0)
    }
}

/// The yardstick's name.
pub fn yardstick_name(yardstick: Yardstick) -> &'static str {
    match yardstick {
        Yardstick::Phia => "PHIA probability yardstick",
        Yardstick::Icd203 => "ICD 203",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_none_and_almost_all_do_not_look_like_none_and_all() {
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.002), "<1 %");
        assert_eq!(percent(0.42), "42 %");
        assert_eq!(percent(0.9991), ">99 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn words_follow_the_published_ranges() {
        let phia = |p| word(p, Yardstick::Phia);
        assert_eq!(phia(0.03), "remote chance");
        assert_eq!(phia(0.15), "highly unlikely");
        assert_eq!(phia(0.30), "unlikely");
        assert_eq!(phia(0.45), "realistic possibility");
        assert_eq!(phia(0.60), "likely or probable");
        assert_eq!(phia(0.85), "highly likely");
        assert_eq!(phia(0.99), "almost certain");
        let icd = |p| word(p, Yardstick::Icd203);
        assert_eq!(icd(0.5), "roughly even chance");
        // A shared edge takes the word nearer to even chance, on both sides of it.
        assert_eq!(icd(0.05), "very unlikely");
        assert_eq!(icd(0.20), "unlikely");
        assert_eq!(icd(0.45), "roughly even chance");
        assert_eq!(icd(0.55), "roughly even chance");
        assert_eq!(icd(0.80), "likely");
        assert_eq!(icd(0.95), "very likely");
        assert_eq!(icd(0.7), "likely");
        assert_eq!(icd(0.96), "almost certain");
    }
}
