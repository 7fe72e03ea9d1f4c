//! The network of the state's own actors: who acts toward whom at home, and who is central in it.
//!
//! Nodes are actors as the data name them, with their sectors at the time; an arc's weight is the
//! acts of one toward the other. The state as such is no node: whoever acted in its name isn't known.

use std::collections::BTreeMap;

use yalu_store::query::acts::{ActsTable, InnerActor};

use super::keys::InfluenceKeys;
use super::members::{Rows, is_attributed, members_of};
use super::record::NetworkPlace;

/// The share of an actor's weight that its acts pass on; the rest goes to all alike.
pub(super) const DAMPING: f64 = 0.85;
/// Changes summed over nodes at which ranks stand. Each round shrinks them by the damping.
const SETTLED: f64 = 1e-13;
const MAX_ROUNDS: usize = 1000;

/// PageRank of `n_nodes` nodes: shares that sum to 1.
///
/// `arcs`: from, to, weight above 0; several between the same nodes add up. A node passes `DAMPING`
/// of its rank along its arcs in proportion to their weights, and the rest to all nodes alike; one
/// without an arc passes all of it to all alike.
///
/// # Source
/// Brin and Page (1998), Computer Networks and ISDN Systems 30, 107–117; weights as in Xing and
/// Ghorbani (2004), in proportion to the arc's weight; nodes without arcs as in Langville and Meyer
/// (2004), Internet Mathematics 1, 335–380.
pub(super) fn pagerank(n_nodes: usize, arcs: &[(usize, usize, f64)]) -> Vec<f64> {
    if n_nodes == 0 {
        return Vec::new();
    }
    let alike = 1.0 / n_nodes as f64;
    let mut out = vec![0.0; n_nodes];
    for &(from, _, weight) in arcs {
        out[from] += weight;
    }
    let mut ranks = vec![alike; n_nodes];
    for _ in 0..MAX_ROUNDS {
        let stuck: f64 = (0..n_nodes)
            .filter(|&node| out[node] <= 0.0)
            .map(|node| ranks[node])
            .sum();
        let everywhere = (1.0 - DAMPING + DAMPING * stuck) * alike;
        let mut next = vec![everywhere; n_nodes];
        for &(from, to, weight) in arcs {
            next[to] += DAMPING * ranks[from] * weight / out[from];
        }
        let moved: f64 = next.iter().zip(&ranks).map(|(a, b)| (a - b).abs()).sum();
        ranks = next;
        if moved < SETTLED {
            break;
        }
    }
    ranks
}

/// An arc with its acts by covered period.
struct Arc {
    from: usize,
    to: usize,
    acts: Vec<u64>,
}

/// The network over the covered periods.
pub(super) struct Network {
    /// The members of each node.
    members: Vec<Vec<usize>>,
    arcs: Vec<Arc>,
    /// Acts by period.
    pub(super) acts: Vec<u64>,
    /// Acts within the state, the state as such on a side included.
    pub(super) n_domestic: u64,
}

impl Network {
    pub(super) fn of(table: &ActsTable, keys: &InfluenceKeys, rows: &Rows) -> Self {
        let mut nodes: BTreeMap<&InnerActor, usize> = BTreeMap::new();
        let mut network = Self {
            members: Vec::new(),
            arcs: Vec::new(),
            acts: vec![0; rows.len()],
            n_domestic: 0,
        };
        for pair in &table.domestic {
            let mut acts = vec![0; rows.len()];
            rows.add(&mut acts, &pair.entries);
            let n: u64 = acts.iter().sum();
            network.n_domestic += n;
            let named = is_attributed(keys, &pair.source) && is_attributed(keys, &pair.target);
            if n == 0 || !named {
                continue;
            }
            let mut place = |actor| {
                *nodes.entry(actor).or_insert_with(|| {
                    network.members.push(members_of(keys, actor));
                    network.members.len() - 1
                })
            };
            let (from, to) = (place(&pair.source), place(&pair.target));
            rows.add(&mut network.acts, &pair.entries);
            network.arcs.push(Arc { from, to, acts });
        }
        network
    }

    pub(super) fn n_nodes(&self) -> usize {
        self.members.len()
    }

    pub(super) fn n_acts(&self) -> u64 {
        self.acts.iter().sum()
    }

    fn is_of(&self, member: usize, node: usize) -> bool {
        self.members[node].contains(&member)
    }

    /// Acts with one of a member's actors on a side, by period.
    pub(super) fn touching(&self, member: usize) -> Vec<u64> {
        let mut counts = vec![0; self.acts.len()];
        for arc in &self.arcs {
            if self.is_of(member, arc.from) || self.is_of(member, arc.to) {
                for (sum, n) in counts.iter_mut().zip(&arc.acts) {
                    *sum += n;
                }
            }
        }
        counts
    }

    /// A member's PageRank in the network of the periods that `holds` names; nothing where no act
    /// falls into them. Only actors that act or are acted toward then are nodes.
    pub(super) fn rank_in(&self, member: usize, holds: impl Fn(usize) -> bool) -> Option<f64> {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut arcs = Vec::new();
        for arc in &self.arcs {
            let n: u64 = (0..arc.acts.len())
                .filter(|&row| holds(row))
                .map(|row| arc.acts[row])
                .sum();
            if n == 0 {
                continue;
            }
            let mut place = |node| {
                let next = places.len();
                *places.entry(node).or_insert(next)
            };
            arcs.push((place(arc.from), place(arc.to), n as f64));
        }
        if arcs.is_empty() {
            return None;
        }
        let ranks = pagerank(places.len(), &arcs);
        let own = places.iter().filter(|&(&node, _)| self.is_of(member, node));
        // A sum of nothing is minus nought.
        Some(
            own.map(|(_, &place)| ranks[place])
                .fold(0.0, |sum, rank| sum + rank),
        )
    }

    /// A member's place; nothing where the network is empty.
    pub(super) fn place_of(&self, member: usize) -> Option<NetworkPlace> {
        let pagerank = self.rank_in(member, |_| true)?;
        let (mut out_strength, mut in_strength) = (0, 0);
        for arc in &self.arcs {
            let n: u64 = arc.acts.iter().sum();
            match (self.is_of(member, arc.from), self.is_of(member, arc.to)) {
                (true, false) => out_strength += n,
                (false, true) => in_strength += n,
                _ => {}
            }
        }
        let acts = self.touching(member);
        let n_actors = (0..self.n_nodes())
            .filter(|&node| self.is_of(member, node))
            .count();
        Some(NetworkPlace {
            n_actors: n_actors as u32,
            out_strength,
            in_strength,
            strength_share: acts.iter().sum::<u64>() as f64 / self.n_acts() as f64,
            pagerank,
            pagerank_if_alike: n_actors as f64 / self.n_nodes() as f64,
            acts,
            network_acts: self.acts.clone(),
            pagerank_by_period: (0..self.acts.len())
                .map(|row| self.rank_in(member, |one| one == row))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-9, "{got} {expected}");
        }
    }

    #[test]
    fn two_that_act_on_each_other_are_alike_however_often() {
        close(&pagerank(2, &[(0, 1, 9.0), (1, 0, 1.0)]), &[0.5, 0.5]);
    }

    #[test]
    fn a_rank_by_hand() {
        // 0 acts three times toward 1 and once toward 2; 1 acts toward 0; 2 toward nobody. With
        // a = 0.05 + 0.85·r₂/3: r₀ = a + 0.85·r₁, r₁ = a + 0.85·¾·r₀, r₂ = a + 0.85·¼·r₀.
        let ranks = pagerank(3, &[(0, 1, 3.0), (0, 2, 1.0), (1, 0, 2.0)]);
        let a = 0.05 + 0.85 * ranks[2] / 3.0;
        close(
            &ranks,
            &[
                a + 0.85 * ranks[1],
                a + 0.637_5 * ranks[0],
                a + 0.212_5 * ranks[0],
            ],
        );
        // The system solved: r₀ = 1.85a/(1 − 0.541875), and so on, a by Σ = 1.
        let r0 = 1.85 / (1.0 - 0.541_875);
        let sum = r0 + (1.0 + 0.637_5 * r0) + (1.0 + 0.212_5 * r0);
        close(
            &ranks,
            &[
                r0 / sum,
                (1.0 + 0.637_5 * r0) / sum,
                (1.0 + 0.212_5 * r0) / sum,
            ],
        );
    }

    #[test]
    fn ranks_sum_to_one_and_do_not_change_with_the_scale_of_weights() {
        let arcs = [
            (0, 1, 3.0),
            (1, 2, 1.0),
            (3, 2, 5.0),
            (2, 4, 2.0),
            (0, 4, 1.0),
        ];
        let ranks = pagerank(5, &arcs);
        assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let seven_times: Vec<_> = arcs.iter().map(|&(a, b, w)| (a, b, 7.0 * w)).collect();
        close(&pagerank(5, &seven_times), &ranks);
        assert!(pagerank(0, &[]).is_empty());
        close(&pagerank(4, &[]), &[0.25; 4]);
    }
}
