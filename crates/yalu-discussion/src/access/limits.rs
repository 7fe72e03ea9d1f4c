//! How often somebody may do something: token buckets, in memory.
//!
//! A bucket holds a burst and fills again by one at a time. Buckets are keyed by what is done and by the
//! address it comes from; addresses of IPv6 count by network of 64 bits, which is what one household has.
//! A restart forgets all of them, and so does a flood of addresses with the fullest ones: memory is
//! bounded.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::place::Place;
use crate::store::to_ms;

/// A bucket's size and pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many at once.
    pub burst: u32,
    /// How long until one more.
    pub per: Duration,
}

/// All limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsOptions {
    /// Comments from one address.
    pub comments: Limit,
    /// Comments from one address at one place.
    pub comments_in_thread: Limit,
    /// Log-ins from one address.
    pub log_ins: Limit,
    /// Log-ins from all addresses together, while many fail.
    pub log_ins_slowed: Limit,
    /// From how many failed log-ins within `failures_within` all are slowed.
    pub failures: usize,
    /// Within what time they are counted.
    pub failures_within: Duration,
    /// How many buckets there are at most.
    pub most_keys: usize,
}

impl Default for LimitsOptions {
    fn default() -> Self {
        let minute = Duration::from_mins(1);
        Self {
            comments: Limit {
                burst: 5,
                per: minute,
            },
            comments_in_thread: Limit {
                burst: 2,
                per: minute / 2,
            },
            log_ins: Limit {
                burst: 5,
                per: minute,
            },
            log_ins_slowed: Limit {
                burst: 1,
                per: minute / 4,
            },
            failures: 20,
            failures_within: 10 * minute,
            most_keys: 20_000,
        }
    }
}

/// Too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too often; try again in {} s", .after.as_secs_f64().ceil())]
pub struct TryAgain {
    /// After how long it may be tried again.
    pub after: Duration,
}

/// The network that an address counts as: itself, or the first 64 bits of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Comments(IpAddr),
    Thread(IpAddr, Place),
    LogIns(IpAddr),
    AllLogIns,
}

/// When a bucket will be full again, in milliseconds since 1970: all that has to be known of it.
type FullAt = i64;

/// Keeps count. One for all threads of a server.
#[derive(Debug)]
pub struct Limits {
    options: LimitsOptions,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    buckets: BTreeMap<Key, FullAt>,
    failures: VecDeque<i64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(LimitsOptions::default())
    }
}

impl Limits {
    /// Nothing counted yet.
    pub fn new(options: LimitsOptions) -> Self {
        Self {
            options,
            state: Mutex::default(),
        }
    }

    /// Whether a comment from an address is taken at a place now. It counts if so, and doesn't if not.
    ///
    /// # Errors
    /// [`TryAgain`].
    pub fn comment(&self, address: IpAddr, place: &Place, now: Timestamp) -> Result<(), TryAgain> {
        let network = network(address);
        self.take(
            vec![
                (Key::Comments(network), self.options.comments),
                (
                    Key::Thread(network, place.clone()),
                    self.options.comments_in_thread,
                ),
            ],
            now,
        )
    }

    /// Whether a log-in from an address may be tried now. It counts if so. While many fail, from
    /// whatever addresses, all wait for one another; whoever is logged in notices nothing.
    ///
    /// # Errors
    /// [`TryAgain`].
    pub fn log_in(&self, address: IpAddr, now: Timestamp) -> Result<(), TryAgain> {
        let mut wanted = vec![(Key::LogIns(network(address)), self.options.log_ins)];
        if self.n_failures(now) >= self.options.failures {
            wanted.push((Key::AllLogIns, self.options.log_ins_slowed));
        }
        self.take(wanted, now)
    }

    /// Notes that a log-in failed.
    pub fn log_in_failed(&self, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures.push_back(to_ms(now));
        // More than enough to slow, and bounded.
        while state.failures.len() > self.options.failures.max(1) {
            state.failures.pop_front();
        }
    }

    /// How many buckets there are.
    pub fn n_keys(&self) -> usize {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.buckets.len()
    }

    fn n_failures(&self, now: Timestamp) -> usize {
        let since = to_ms(now) - self.options.failures_within.as_millis() as i64;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures.iter().filter(|&&at| at > since).count()
    }

    /// Takes one from each bucket, or from none.
    fn take(&self, wanted: Vec<(Key, Limit)>, now: Timestamp) -> Result<(), TryAgain> {
        let now = to_ms(now);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after_ms = 0;
        let mut filled = Vec::with_capacity(wanted.len());
        for (key, limit) in wanted {
            let per = (limit.per.as_millis() as i64).max(1);
            let full_at = state.buckets.get(&key).copied().unwrap_or(now).max(now) + per;
            after_ms = after_ms.max(full_at - now - per * i64::from(limit.burst.max(1)));
            filled.push((key, full_at));
        }
        if after_ms > 0 {
            return Err(TryAgain {
                after: Duration::from_millis(after_ms as u64),
            });
        }
        state.buckets.extend(filled);
        if state.buckets.len() > self.options.most_keys {
            make_room(&mut state.buckets, self.options.most_keys, now);
        }
        Ok(())
    }
}

/// Forgets the buckets that are full, or if that isn't enough, those that are nearest to it.
fn make_room(buckets: &mut BTreeMap<Key, FullAt>, most: usize, now: i64) {
    buckets.retain(|_, full_at| *full_at > now);
    // Some more than needed, so that a flood doesn't sort them at each step.
    let keep = most - most / 10;
    if buckets.len() > keep {
        let mut times: Vec<FullAt> = buckets.values().copied().collect();
        let n_forgotten = times.len() - keep;
        let (_, &mut nearest, _) = times.select_nth_unstable(n_forgotten - 1);
        let mut left = n_forgotten;
        buckets.retain(|_, full_at| {
            let goes = *full_at <= nearest && left > 0;
            left -= usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn comments_come_in_a_burst_and_then_one_a_minute() {
        let limits = Limits::default();
        let place = |n: i32| Place::dossier(format!("d{n}"));
        let one = address("192.0.2.1");
        for n in 0..5 {
            limits.comment(one, &place(n), at(0)).unwrap();
        }
        let error = limits.comment(one, &place(5), at(0)).unwrap_err();
        assert_eq!(error.after, Duration::from_mins(1));
        assert_eq!(error.to_string(), "too often; try again in 60 s");
        assert_eq!(
            limits
                .comment(one, &place(5), at(59))
                .unwrap_err()
                .after
                .as_secs(),
            1
        );
        limits.comment(one, &place(5), at(60)).unwrap();
        limits.comment(one, &place(6), at(61)).unwrap_err();
        limits
            .comment(address("192.0.2.2"), &place(0), at(0))
            .unwrap();
    }

    #[test]
    fn a_thread_takes_two_a_minute_from_one_address() {
        let limits = Limits::default();
        let (one, place) = (address("192.0.2.1"), Place::dossier("d"));
        limits.comment(one, &place, at(0)).unwrap();
        limits.comment(one, &place, at(0)).unwrap();
        let error = limits.comment(one, &place, at(0)).unwrap_err();
        assert_eq!(error.after, Duration::from_secs(30));
        limits
            .comment(one, &Place::part("d", "claim", "c1"), at(0))
            .unwrap();
        limits.comment(one, &place, at(30)).unwrap();
    }

    #[test]
    fn a_household_of_ipv6_is_one_address_and_mapped_ipv4_is_ipv4() {
        assert_eq!(
            network(address("2001:db8:1:2:3:4:5:6")),
            address("2001:db8:1:2::")
        );
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
        let limits = Limits::default();
        for n in 0..5 {
            limits
                .log_in(address(&format!("2001:db8::{n}")), at(0))
                .unwrap();
        }
        limits.log_in(address("2001:db8::9"), at(0)).unwrap_err();
        limits.log_in(address("2001:db8:0:1::9"), at(0)).unwrap();
    }

    #[test]
    fn many_addresses_do_not_help() {
        let limits = Limits::default();
        let mut n_tried = 0;
        for n in 0..200 {
            if limits
                .log_in(address(&format!("198.51.100.{n}")), at(n))
                .is_ok()
            {
                n_tried += 1;
                limits.log_in_failed(at(n));
            }
        }
        // Twenty at once; then one each 15 s of the 180 s that are left.
        assert_eq!(n_tried, 20 + 12);
        limits
            .log_in(address("203.0.113.1"), at(200 + 600))
            .unwrap();
        limits
            .log_in(address("203.0.113.2"), at(200 + 600))
            .unwrap();
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_are_remembered() {
        let limits = Limits::new(LimitsOptions {
            most_keys: 1_000,
            ..LimitsOptions::default()
        });
        let busy = address("192.0.2.1");
        for _ in 0..5 {
            limits.log_in(busy, at(0)).unwrap();
        }
        for n in 0..20_000_u32 {
            limits.log_in(IpAddr::from(n.to_be_bytes()), at(0)).unwrap();
            assert!(limits.n_keys() <= 1_000);
        }
        limits.log_in(busy, at(0)).unwrap_err();
    }
}
