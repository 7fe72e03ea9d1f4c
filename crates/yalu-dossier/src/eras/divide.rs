//! Which period is whose.

use jiff::ToSpan;
use jiff::civil::Date;
use yalu_evidence::era::Era;
use yalu_store::Period;

use super::keys::EraKey;
use super::record::{EraRecord, StateEras};
use crate::pipeline::actor_name;

/// The eras of keys: in the order of states as they first stand, each state's as they are written. A day
/// that isn't one is left out; the check has named it.
pub(crate) fn load_eras(keys: &[EraKey]) -> Vec<Era> {
    let day = |text: &str| text.parse::<Date>().ok();
    let mut states: Vec<&str> = Vec::new();
    for key in keys {
        if !states.contains(&key.state.as_str()) {
            states.push(&key.state);
        }
    }
    let mut eras = Vec::with_capacity(keys.len());
    for state in states {
        let own = keys.iter().filter(|key| key.state == state);
        eras.extend(own.filter_map(|key| {
            Some(Era {
                state: key.state.clone(),
                leader: key.leader.clone(),
                from: day(&key.from)?,
                also: key.also.iter().filter_map(|one| day(one)).collect(),
            })
        }));
    }
    eras
}

/// The eras of each state, in order.
pub(crate) fn by_state(eras: &[Era]) -> impl Iterator<Item = &[Era]> {
    eras.chunk_by(|a, b| a.state == b.state)
}

/// The eras that had begun by the as-of date.
pub(crate) fn state_eras(keys: &[EraKey], eras: &[Era], as_of: Date) -> Vec<StateEras> {
    by_state(eras)
        .filter_map(|own| {
            let begun: Vec<&Era> = own.iter().filter(|era| era.from <= as_of).collect();
            let state = &begun.first()?.state;
            Some(StateEras {
                state: state.clone(),
                name: actor_name(state),
                eras: begun
                    .iter()
                    .enumerate()
                    .map(|(idx, era)| EraRecord {
                        leader: era.leader.clone(),
                        from: era.from.to_string(),
                        to: begun
                            .get(idx + 1)
                            .and_then(|next| next.from.checked_sub(1.day()).ok())
                            .map(|day| day.to_string()),
                        also: era
                            .also
                            .iter()
                            .filter(|day| **day <= as_of)
                            .map(ToString::to_string)
                            .collect(),
                        why: keys
                            .iter()
                            .find(|key| {
                                key.state == era.state
                                    && key.leader == era.leader
                                    && key.from == era.from.to_string()
                            })
                            .and_then(|key| key.why.clone()),
                    })
                    .collect(),
            })
        })
        .collect()
}

/// The place of the first period of which a leader who came on `day` held office for the greater part.
pub(crate) fn first_place(periods: &[Period], day: Date) -> usize {
    periods.partition_point(|period| {
        let days = |from: Date, to: Date| from.until(to).map_or(0, |span| span.get_days());
        let length = days(period.first_day, period.last_day) + 1;
        // Days of the period on which he held office.
        let held = days(day, period.last_day) + 1;
        2 * held <= length
    })
}

/// Who led each state in a period, as `CHN: Hu Jintao; PRK: Kim Jong-il`; empty without eras.
pub(crate) fn era_labels(states: &[StateEras], period: Period) -> String {
    let leaders: Vec<String> = states
        .iter()
        .filter_map(|state| {
            let era = state.eras.iter().rev().find(|era| {
                era.from
                    .parse::<Date>()
                    .is_ok_and(|from| first_place(&[period], from) == 0)
            })?;
            Some(format!("{}: {}", state.state, era.leader))
        })
        .collect();
    leaders.join("; ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use yalu_store::{Month, PeriodUnit};

    use super::*;

    fn months(from: &str, to: &str) -> Vec<Period> {
        let first = from.parse::<Month>().unwrap().first_day();
        let last = to.parse::<Month>().unwrap().first_day();
        Period::containing(first, PeriodUnit::Month).through(
            Period::containing(last, PeriodUnit::Month),
            PeriodUnit::Month,
        )
    }

    fn key(state: &str, leader: &str, from: &str) -> EraKey {
        EraKey {
            state: state.to_owned(),
            leader: leader.to_owned(),
            from: from.to_owned(),
            also: Vec::new(),
            why: None,
        }
    }

    #[test]
    fn a_month_is_of_whoever_led_for_the_greater_part_of_it() {
        let periods = months("2011-11", "2012-02");
        let place = |day: &str| first_place(&periods, day.parse().unwrap());
        assert_eq!(place("2011-12-17"), 2, "fifteen of December's 31 days");
        assert_eq!(place("2011-12-16"), 1, "sixteen of them");
        assert_eq!(place("2011-12-01"), 1);
        assert_eq!(place("2011-11-01"), 0);
        assert_eq!(place("2000-01-01"), 0);
        assert_eq!(place("2020-01-01"), 4);
    }

    #[test]
    fn eras_stand_by_state_and_end_where_the_next_begins() {
        let keys = [
            key("PRK", "A", "1994-07-08"),
            key("CHN", "C", "2002-11-15"),
            key("PRK", "B", "2011-12-17"),
            key("PRK", "later", "2030-01-01"),
        ];
        let eras = load_eras(&keys);
        let states = state_eras(&keys, &eras, "2013-07-31".parse().unwrap());
        assert_eq!(states.len(), 2);
        assert_eq!(states[0].state, "PRK");
        let leaders: Vec<&str> = states[0]
            .eras
            .iter()
            .map(|era| era.leader.as_str())
            .collect();
        assert_eq!(
            leaders,
            ["A", "B"],
            "an era after the as-of date isn't known"
        );
        assert_eq!(states[0].eras[0].to.as_deref(), Some("2011-12-16"));
        assert_eq!(states[0].eras[1].to, None);
        let december = months("2011-12", "2011-12")[0];
        assert_eq!(era_labels(&states, december), "PRK: A; CHN: C");
    }
}
