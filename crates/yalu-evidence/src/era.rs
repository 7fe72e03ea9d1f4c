//! Leaders' eras: who led a state on a day.
//!
//! When an era begins is a choice: North Korea's change at a leader's death; China's at the party's
//! congress, or the presidency four months later. [`Era::also`] keeps the other dates, and
//! [`Eras::alternatives`] gives the eras anew under each, so that a figure can be shown not to hang
//! on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One leader's era: from a day until the state's next begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Era {
    /// The state's code.
    pub state: String,
    /// The leader.
    pub leader: String,
    /// The first day.
    #[schemars(with = "String")]
    pub from: Date,
    /// Other days that could be taken for the first, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub also: Vec<Date>,
}

/// The eras of some states, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Eras {
    by_state: BTreeMap<String, Vec<Era>>,
}

/// Why a list isn't one of eras.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EraError {
    /// An era without a state or a leader.
    #[error("era {place} names no {missing}")]
    Unnamed {
        /// Its place in the list, from 1.
        place: usize,
        /// Which name is missing.
        missing: &'static str,
    },
    /// An era that begins before or with the one above it.
    #[error(
        "{state}: the era of {leader} begins on {from}, not after that of {earlier} on {earlier_from}"
    )]
    NotAscending {
        /// The state.
        state: String,
        /// Whose era.
        leader: String,
        /// When it begins.
        from: Date,
        /// The leader above.
        earlier: String,
        /// When that era begins.
        earlier_from: Date,
    },
    /// Two eras of one leader, one after the other.
    #[error("{state}: the era of {leader} is followed by another of the same leader on {from}")]
    SameLeader {
        /// The state.
        state: String,
        /// The leader.
        leader: String,
        /// When the second begins.
        from: Date,
    },
    /// Other dates that aren't ascending, or repeat.
    #[error("{state}: the other dates of {leader} don't ascend at {date}")]
    AlsoNotAscending {
        /// The state.
        state: String,
        /// The leader.
        leader: String,
        /// The date that stands wrong.
        date: Date,
    },
    /// Another date that isn't between the neighbours' dates.
    #[error(
        "{state}: {leader} may begin on {date}, and {neighbour} on {neighbour_date}: their order isn't sure"
    )]
    AlsoBeyondNeighbour {
        /// The state.
        state: String,
        /// The leader.
        leader: String,
        /// The date.
        date: Date,
        /// The leader next to it.
        neighbour: String,
        /// That leader's date.
        neighbour_date: Date,
    },
}

impl EraError {
    /// What to do.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Unnamed { .. } => "write both, as in state = \"PRK\", leader = \"Kim Jong-un\"",
            Self::NotAscending { .. } => "list a state's eras from the earliest on",
            Self::SameLeader { .. } => "write one era, with the other date in `also`",
            Self::AlsoNotAscending { .. } => {
                "list other dates from the earliest on, without the first day itself"
            }
            Self::AlsoBeyondNeighbour { .. } => {
                "every possible first day must lie after all of the leader before and before all of the one after"
            }
        }
    }
}

/// Whose era a range of days falls in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EraOf<'a> {
    /// The whole range lies in one.
    One(&'a Era),
    /// It straddles several, or begins before the first.
    Several {
        /// Whether it may lie before the first era.
        before_first: bool,
        /// The eras, in order.
        eras: Vec<&'a Era>,
    },
    /// All of it lies before the first.
    BeforeFirst,
    /// The state has no eras.
    NoEras,
}

/// The eras with one first day moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Whose.
    pub leader: String,
    /// The first day instead.
    pub from: Date,
    /// All eras, so changed.
    pub eras: Eras,
}

impl Eras {
    /// Checks a list: each state's ascending, other dates within their neighbours'.
    ///
    /// # Errors
    /// [`EraError`], the first that is found.
    pub fn new(list: Vec<Era>) -> Result<Self, EraError> {
        let mut by_state: BTreeMap<String, Vec<Era>> = BTreeMap::new();
        for (idx, era) in list.into_iter().enumerate() {
            let names = [("state", &era.state), ("leader", &era.leader)];
            if let Some((missing, _)) = names.iter().find(|(_, name)| name.trim().is_empty()) {
                return Err(EraError::Unnamed {
                    place: idx + 1,
                    missing,
                });
            }
            by_state.entry(era.state.clone()).or_default().push(era);
        }
        for eras in by_state.values() {
            for era in eras {
                check_also(era)?;
            }
            for pair in eras.windows(2) {
                check_pair(&pair[0], &pair[1])?;
            }
        }
        Ok(Self { by_state })
    }

    /// The states that have eras, in order of their codes.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.by_state.keys().map(String::as_str)
    }

    /// A state's eras, in order; none where it has none.
    pub fn of_state(&self, state: &str) -> &[Era] {
        self.by_state.get(state).map_or(&[], Vec::as_slice)
    }

    /// Whose era a day falls in; none before the first, or where the state has none.
    pub fn of(&self, state: &str, date: Date) -> Option<&Era> {
        self.of_state(state)
            .iter()
            .rev()
            .find(|era| era.from <= date)
    }

    /// Whose era a range of days falls in, both ends included; an end that is none is open.
    pub fn of_range(&self, state: &str, earliest: Option<Date>, latest: Option<Date>) -> EraOf<'_> {
        let all = self.of_state(state);
        let Some(first) = all.first() else {
            return EraOf::NoEras;
        };
        let begun = |era: &&Era| latest.is_none_or(|latest| era.from <= latest);
        let n_begun = all.iter().take_while(begun).count();
        let before_first = earliest.is_none_or(|earliest| earliest < first.from);
        let from = earliest.map_or(0, |earliest| {
            all.iter().filter(|era| era.from <= earliest).count().max(1) - 1
        });
        let eras: Vec<&Era> = all[from..n_begun.max(from)].iter().collect();
        match eras[..] {
            [] => EraOf::BeforeFirst,
            [one] if !before_first => EraOf::One(one),
            _ => EraOf::Several { before_first, eras },
        }
    }

    /// The eras anew under each other date of a state, one moved at a time.
    pub fn alternatives(&self, state: &str) -> Vec<Alternative> {
        let eras = self.of_state(state).iter().enumerate();
        eras.flat_map(|(idx, era)| era.also.iter().map(move |date| (idx, era, *date)))
            .map(|(idx, era, from)| {
                let mut eras = self.clone();
                if let Some(moved) = eras.by_state.get_mut(state) {
                    moved[idx].from = from;
                }
                Alternative {
                    leader: era.leader.clone(),
                    from,
                    eras,
                }
            })
            .collect()
    }
}

fn check_also(era: &Era) -> Result<(), EraError> {
    let mut last = None;
    for &date in &era.also {
        if last.is_some_and(|last| date <= last) || date == era.from {
            return Err(EraError::AlsoNotAscending {
                state: era.state.clone(),
                leader: era.leader.clone(),
                date,
            });
        }
        last = Some(date);
    }
    Ok(())
}

fn check_pair(earlier: &Era, later: &Era) -> Result<(), EraError> {
    if later.from <= earlier.from {
        return Err(EraError::NotAscending {
            state: later.state.clone(),
            leader: later.leader.clone(),
            from: later.from,
            earlier: earlier.leader.clone(),
            earlier_from: earlier.from,
        });
    }
    if later.leader == earlier.leader {
        return Err(EraError::SameLeader {
            state: later.state.clone(),
            leader: later.leader.clone(),
            from: later.from,
        });
    }
    let last = earlier.also.iter().copied().fold(earlier.from, Date::max);
    let first = later.also.iter().copied().fold(later.from, Date::min);
    if first > last {
        return Ok(());
    }
    // Say it of the one whose other date is at fault.
    let (era, date, neighbour, neighbour_date) = if last > earlier.from {
        (earlier, last, later, first)
    } else {
        (later, first, earlier, last)
    };
    Err(EraError::AlsoBeyondNeighbour {
        state: era.state.clone(),
        leader: era.leader.clone(),
        date,
        neighbour: neighbour.leader.clone(),
        neighbour_date,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn era(state: &str, leader: &str, from: Date, also: &[Date]) -> Era {
        Era {
            state: state.into(),
            leader: leader.into(),
            from,
            also: also.to_vec(),
        }
    }

    fn eras() -> Eras {
        Eras::new(vec![
            era("PRK", "Kim Jong-il", date(1994, 7, 8), &[date(1997, 10, 8)]),
            era("CHN", "Hu Jintao", date(2002, 11, 15), &[]),
            era(
                "PRK",
                "Kim Jong-un",
                date(2011, 12, 17),
                &[date(2012, 4, 11)],
            ),
            era(
                "CHN",
                "Xi Jinping",
                date(2012, 11, 15),
                &[date(2013, 3, 14)],
            ),
        ])
        .unwrap()
    }

    #[test]
    fn an_era_includes_its_first_day_and_not_the_next_ones() {
        let eras = eras();
        let leader = |state, day| eras.of(state, day).map(|era| era.leader.as_str());
        assert_eq!(leader("PRK", date(2011, 12, 16)), Some("Kim Jong-il"));
        assert_eq!(leader("PRK", date(2011, 12, 17)), Some("Kim Jong-un"));
        assert_eq!(leader("PRK", date(1994, 7, 7)), None);
        assert_eq!(leader("ROK", date(2011, 1, 1)), None);
        assert_eq!(eras.states().collect::<Vec<_>>(), ["CHN", "PRK"]);
    }

    #[test]
    fn a_range_says_whether_it_straddles() {
        let eras = eras();
        let of = |from, to| match eras.of_range("PRK", from, to) {
            EraOf::One(era) => era.leader.clone(),
            EraOf::Several { before_first, eras } => {
                let leaders: Vec<_> = eras.iter().map(|era| era.leader.as_str()).collect();
                format!("{before_first} {}", leaders.join("+"))
            }
            EraOf::BeforeFirst => "before".into(),
            EraOf::NoEras => "none".into(),
        };
        let day = |y, m, d| Some(date(y, m, d));
        assert_eq!(of(day(2010, 1, 1), day(2010, 12, 31)), "Kim Jong-il");
        assert_eq!(of(day(2011, 12, 17), None), "Kim Jong-un");
        assert_eq!(
            of(day(2011, 1, 1), day(2011, 12, 31)),
            "false Kim Jong-il+Kim Jong-un"
        );
        assert_eq!(of(day(1990, 1, 1), day(1995, 1, 1)), "true Kim Jong-il");
        assert_eq!(of(None, day(1993, 1, 1)), "before");
        assert_eq!(of(None, None), "true Kim Jong-il+Kim Jong-un");
        assert_eq!(eras.of_range("ROK", None, None), EraOf::NoEras);
    }

    #[test]
    fn each_other_date_moves_one_boundary() {
        let moved = eras().alternatives("PRK");
        assert_eq!(moved.len(), 2);
        assert_eq!(moved[1].leader, "Kim Jong-un");
        let leader = |eras: &Eras, day| eras.of("PRK", day).map(|era| era.leader.clone());
        let spring = date(2012, 3, 1);
        assert_eq!(leader(&eras(), spring).unwrap(), "Kim Jong-un");
        assert_eq!(leader(&moved[1].eras, spring).unwrap(), "Kim Jong-il");
    }

    #[test]
    fn faults_name_the_state_and_both_leaders() {
        let fault = |list: Vec<Era>| Eras::new(list).unwrap_err();
        let (a, b) = (date(2000, 1, 1), date(2010, 1, 1));
        let found = fault(vec![era("PRK", "B", b, &[]), era("PRK", "A", a, &[])]);
        assert!(matches!(found, EraError::NotAscending { .. }), "{found}");
        let found = fault(vec![era("PRK", "A", a, &[]), era("PRK", "B", a, &[])]);
        assert!(matches!(found, EraError::NotAscending { .. }), "{found}");
        let found = fault(vec![era("PRK", "A", a, &[]), era("PRK", "A", b, &[])]);
        assert!(matches!(found, EraError::SameLeader { .. }), "{found}");
        let found = fault(vec![era("PRK", "A", a, &[b, a])]);
        assert!(
            matches!(found, EraError::AlsoNotAscending { .. }),
            "{found}"
        );
        let found = fault(vec![
            era("PRK", "A", a, &[date(2011, 1, 1)]),
            era("PRK", "B", b, &[]),
        ]);
        assert_eq!(
            found.to_string(),
            "PRK: A may begin on 2011-01-01, and B on 2010-01-01: their order isn't sure"
        );
        let found = fault(vec![
            era("PRK", "A", a, &[]),
            era("PRK", "B", b, &[date(1999, 1, 1)]),
        ]);
        assert!(
            found
                .to_string()
                .starts_with("PRK: B may begin on 1999-01-01"),
            "{found}"
        );
        let found = fault(vec![era("", "A", a, &[])]);
        assert_eq!(found.to_string(), "era 1 names no state");
        assert!(!found.mend().is_empty());
    }
}
