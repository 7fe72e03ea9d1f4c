//! Which states share a border on land, and since when.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::types::ActorCode;

const TABLE: &str = include_str!("../data/contiguity.csv");

/// A border on land between two states, rivers and lakes among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Border {
    /// The state whose code is first in the alphabet.
    pub a: ActorCode,
    /// The other one.
    pub b: ActorCode,
    /// The first day; nothing where the border is older than 1946, or where a side is a territory
    /// that never began as a state.
    pub from: Option<Date>,
    /// The last day; nothing where the border is still there.
    pub to: Option<Date>,
}

impl Border {
    /// Whether the border is there on `date`.
    pub fn holds(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

static BORDERS: LazyLock<Vec<Border>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.expect("the table that ships is well formed");
            let text = |column: usize| record.get(column).unwrap_or_default();
            let code = |column: usize| -> ActorCode {
                text(column)
                    .parse()
                    .expect("the table that ships has alpha-3 codes")
            };
            let day = |column: usize| -> Option<Date> {
                let text = text(column);
                (!text.is_empty())
                    .then(|| text.parse().expect("the table that ships has civil dates"))
            };
            Border {
                a: code(0),
                b: code(1),
                from: day(2),
                to: day(3),
            }
        })
        .collect()
});

/// Every border on land from 1946 on, each pair once, in order of `a` and `b`.
///
/// # Source
/// `data/README.md` says what counts as a border, where the days are from, and what is left out.
pub fn borders() -> &'static [Border] {
    &BORDERS
}

/// The states that border on `state` on the day `on`, in order of their codes; none for an island,
/// and none for a state that had ended or not begun.
///
/// ```
/// use yalu_store::contiguity::land_neighbours;
///
/// let korea = "KOR".parse()?;
/// let neighbours = land_neighbours(&korea, jiff::civil::date(2013, 2, 12));
/// assert_eq!(neighbours, ["PRK".parse()?]);
/// # Ok::<(), yalu_store::types::CodeError>(())
/// ```
pub fn land_neighbours(state: &ActorCode, on: Date) -> Vec<ActorCode> {
    let mut neighbours: Vec<ActorCode> = BORDERS
        .iter()
        .filter(|border| border.holds(on))
        .filter_map(|border| {
            if border.a == *state {
                Some(border.b.clone())
            } else if border.b == *state {
                Some(border.a.clone())
            } else {
                None
            }
        })
        .collect();
    neighbours.sort();
    neighbours
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::countries;

    fn neighbours(state: &str, on: &str) -> Vec<String> {
        land_neighbours(&state.parse().expect("a code"), on.parse().expect("a date"))
            .into_iter()
            .map(String::from)
            .collect()
    }

    fn n_neighbours(state: &str, on: &str) -> usize {
        neighbours(state, on).len()
    }

    #[test]
    fn each_pair_stands_once_in_order_and_ends_after_it_began() {
        let mut pairs = BTreeSet::new();
        let mut last = None;
        for border in borders() {
            assert!(border.a < border.b, "{border:?}");
            assert!(
                pairs.insert((border.a.clone(), border.b.clone())),
                "{border:?} stands twice"
            );
            if let (Some(from), Some(to)) = (border.from, border.to) {
                assert!(from <= to, "{border:?}");
            }
            for code in [&border.a, &border.b] {
                assert!(countries::name_of(code).is_some(), "{code} is no state");
            }
            let here = Some((border.a.clone(), border.b.clone()));
            assert!(last < here, "{border:?} is out of order");
            last = here;
        }
        assert_eq!(borders().len(), 371);
    }

    #[test]
    fn no_border_outlasts_a_state_of_the_countries_table() {
        // The days of the table of states are the earliest and the latest that a border may have.
        let states = include_str!("../data/countries.csv");
        let mut reader = csv::Reader::from_reader(states.as_bytes());
        let mut n_dated = 0;
        for record in reader.records() {
            let record = record.expect("a record");
            let first: Option<Date> = record.get(9).and_then(|day| day.parse().ok());
            let last: Option<Date> = record.get(10).and_then(|day| day.parse().ok());
            for border in borders() {
                if border.a.as_str() != &record[0] && border.b.as_str() != &record[0] {
                    continue;
                }
                if let Some(first) = first {
                    n_dated += 1;
                    assert!(border.from.is_some_and(|from| from >= first), "{border:?}");
                }
                if let Some(last) = last {
                    n_dated += 1;
                    assert!(border.to.is_some_and(|to| to <= last), "{border:?}");
                }
            }
        }
        assert!(n_dated > 60, "{n_dated}");
    }

    #[test]
    fn a_neighbour_has_its_neighbour_for_neighbour() {
        for day in ["1947-01-01", "1975-06-01", "1992-06-01", "2024-01-01"] {
            let codes: BTreeSet<&str> = borders()
                .iter()
                .flat_map(|border| [border.a.as_str(), border.b.as_str()])
                .collect();
            for code in codes {
                for other in neighbours(code, day) {
                    assert!(
                        neighbours(&other, day).iter().any(|back| back == code),
                        "{code} and {other} on {day}"
                    );
                }
            }
        }
    }

    #[test]
    fn states_have_as_many_neighbours_as_the_atlas_shows() {
        let today = "2024-01-01";
        for (state, n) in [
            ("CHN", 14),
            ("RUS", 14),
            ("BRA", 10),
            ("COD", 9),
            ("DEU", 9),
            ("FRA", 8),
            ("AUT", 8),
            ("TUR", 8),
            ("SRB", 8),
            ("TZA", 8),
            ("ZMB", 8),
            ("SAU", 7),
            ("IND", 6),
            ("ISR", 5),
            ("USA", 2),
            ("PRK", 3),
            ("KOR", 1),
            ("PRT", 1),
            ("GBR", 1),
        ] {
            assert_eq!(n_neighbours(state, today), n, "{state}");
        }
        assert_eq!(
            neighbours("CHN", today),
            [
                "AFG", "BTN", "IND", "KAZ", "KGZ", "LAO", "MMR", "MNG", "NPL", "PAK", "PRK", "RUS",
                "TJK", "VNM"
            ]
        );
    }

    #[test]
    fn islands_have_none() {
        for state in [
            "JPN", "TWN", "PHL", "LKA", "CUB", "ISL", "MDG", "AUS", "NZL", "SGP", "CYP", "MLT",
            "BHR", "JAM",
        ] {
            assert_eq!(n_neighbours(state, "2024-01-01"), 0, "{state}");
        }
    }

    #[test]
    fn borders_come_and_go_with_states() {
        let before = [
            "CAF", "COD", "EGY", "ERI", "ETH", "KEN", "LBY", "TCD", "UGA",
        ];
        assert_eq!(neighbours("SDN", "2011-07-08"), before);
        let after = ["CAF", "EGY", "ERI", "ETH", "LBY", "SSD", "TCD"];
        assert_eq!(neighbours("SDN", "2011-07-09"), after);
        assert_eq!(n_neighbours("SSD", "2011-07-08"), 0);
        assert_eq!(
            neighbours("SSD", "2011-07-09"),
            ["CAF", "COD", "ETH", "KEN", "SDN", "UGA"]
        );

        assert_eq!(n_neighbours("SUN", "1990-01-01"), 12);
        assert_eq!(n_neighbours("SUN", "1991-12-26"), 0);
        assert_eq!(n_neighbours("RUS", "1991-12-25"), 0);
        assert_eq!(n_neighbours("RUS", "1991-12-26"), 14);

        assert_eq!(
            neighbours("POL", "1990-10-02"),
            ["CSK", "DDR", "SUN"],
            "East Germany lay between"
        );
        assert_eq!(neighbours("POL", "1990-10-03"), ["CSK", "DEU", "SUN"]);
        assert_eq!(
            neighbours("POL", "1993-01-01"),
            ["BLR", "CZE", "DEU", "LTU", "RUS", "SVK", "UKR"]
        );
        assert_eq!(
            neighbours("YUG", "1990-01-01"),
            ["ALB", "AUT", "BGR", "GRC", "HUN", "ITA", "ROU"]
        );
        assert_eq!(
            neighbours("YUG", "1995-01-01"),
            ["ALB", "BGR", "BIH", "HRV", "HUN", "MKD", "ROU"]
        );
        assert_eq!(
            neighbours("SRB", "2007-01-01"),
            ["ALB", "BGR", "BIH", "HRV", "HUN", "MKD", "MNE", "ROU"]
        );
        assert_eq!(
            neighbours("SRB", "2008-02-17"),
            ["BGR", "BIH", "HRV", "HUN", "MKD", "MNE", "ROU", "XKX"]
        );
        assert_eq!(neighbours("TLS", "2002-05-20"), ["IDN"]);
        assert_eq!(n_neighbours("NAM", "1990-03-20"), 0);
        assert_eq!(n_neighbours("NAM", "1990-03-21"), 4);
    }

    #[test]
    fn territories_border_on_others_but_not_on_their_own_state() {
        assert_eq!(neighbours("HKG", "1997-06-30"), ["CHN"]);
        assert_eq!(n_neighbours("HKG", "1997-07-01"), 0);
        assert_eq!(neighbours("GUF", "2024-01-01"), ["BRA", "SUR"]);
        assert!(!neighbours("FRA", "2024-01-01").contains(&"GUF".to_owned()));
    }
}
