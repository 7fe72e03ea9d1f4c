//! Reads what KTAB's log prints of each state and turn.

use std::collections::BTreeMap;

/// A matrix as printed.
pub(crate) type Matrix = Vec<Vec<f64>>;

/// One state and the turn that begins there, as printed.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) neutral: Matrix,
    pub(crate) risks: Vec<f64>,
    /// By viewer.
    pub(crate) perceived: Vec<Matrix>,
    /// By initiator.
    pub(crate) challenges: BTreeMap<usize, Challenge>,
    /// By actor: initiator and receiver of each bargain in its queue.
    pub(crate) queues: Vec<Vec<(usize, usize)>>,
    /// By actor; the log has them in the order in which threads came by.
    pub(crate) elections: Vec<Election>,
    /// Positions and ideals after the turn, by actor.
    pub(crate) positions: Matrix,
    pub(crate) ideals: Matrix,
    pub(crate) share: Option<f64>,
}

#[derive(Debug, Default)]
pub(crate) struct Challenge {
    pub(crate) receiver: usize,
    pub(crate) gain: f64,
    /// Probability and gain as estimated by a viewer for a bystander.
    pub(crate) estimates: Vec<(usize, usize, f64, f64)>,
    /// The positions for the initiator and the receiver by the initiator's odds, by the receiver's,
    /// and of the compromise.
    pub(crate) proposals: [[Vec<f64>; 2]; 3],
}

#[derive(Debug, Default)]
pub(crate) struct Election {
    pub(crate) actor: usize,
    pub(crate) utilities: Matrix,
    pub(crate) coalitions: Matrix,
    pub(crate) victories: Matrix,
    pub(crate) probabilities: Vec<f64>,
    /// The place of the chosen bargain in the queue.
    pub(crate) chosen: usize,
}

/// Which matrix the rows that follow belong to.
#[derive(Clone, Copy, PartialEq)]
enum Rows {
    None,
    Neutral,
    Risks,
    Perceived,
    Utilities,
    Coalitions,
    Victories,
    Probabilities,
    Position,
    Ideal,
}

/// All turns of a log, and each actor's probabilities to win, turn by turn.
pub(crate) struct Log {
    pub(crate) turns: Vec<Turn>,
    pub(crate) wins: Matrix,
}

/// A row of nothing but numbers.
fn row(line: &str) -> Option<Vec<f64>> {
    let numbers: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
    numbers.ok().filter(|row| !row.is_empty())
}

/// The numbers of a line, whatever stands between them.
fn figures(line: &str) -> Vec<f64> {
    let number = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    line.split(|c| !number(c))
        .filter_map(|word| word.parse().ok())
        .collect()
}

impl Log {
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = Reader::default();
        let body = text.split("Starting model run").nth(1).expect("a run");
        let (body, rest) = body.split_once("Completed model run").expect("an end");
        for line in body.lines() {
            reader.line(line);
        }
        for turn in &mut reader.turns {
            turn.elections.sort_by_key(|election| election.actor);
        }
        let wins = rest
            .lines()
            .filter_map(|line| row(line.split_once(", prob :")?.1))
            .collect();
        Self {
            turns: reader.turns,
            wins,
        }
    }
}

struct Reader {
    turns: Vec<Turn>,
    rows: Rows,
    challenger: usize,
    /// Which of the three kinds of proposals is being printed.
    kind: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            turns: Vec::new(),
            rows: Rows::None,
            challenger: 0,
            kind: 0,
        }
    }
}

impl Reader {
    fn turn(&mut self) -> &mut Turn {
        self.turns.last_mut().expect("a state before its turn")
    }

    fn line(&mut self, line: &str) {
        if let Some(row) = row(line) {
            return self.put(row);
        }
        self.rows = Rows::None;
        if line.starts_with("Raw actor-pos") {
            self.turns.push(Turn::default());
            self.rows = Rows::Neutral;
        } else if line.starts_with("Inferred risk") {
            self.rows = Rows::Risks;
        } else if line.starts_with("Estimate by") {
            self.turn().perceived.push(Matrix::new());
            self.rows = Rows::Perceived;
        } else if line.starts_with("u_im:") {
            self.turn().elections.push(Election::default());
            self.rows = Rows::Utilities;
        } else if line.starts_with("Coalition strengths") {
            self.rows = Rows::Coalitions;
        } else if line.starts_with("Probability Opt_i > Opt_j") {
            self.rows = Rows::Victories;
        } else if line.starts_with("Probability Opt_i") {
            self.rows = Rows::Probabilities;
        } else if line.starts_with("postn ") {
            self.rows = Rows::Position;
        } else if line.starts_with("ideal ") {
            self.rows = Rows::Ideal;
        } else if line.starts_with("Fractional") {
            self.share(line);
        } else {
            self.bargaining(line);
        }
    }

    /// A share belongs to the turn before the state that was printed last.
    fn share(&mut self, line: &str) {
        let share = figures(line)[0];
        let before = self.turns.len() - 2;
        self.turns[before].share = Some(share);
    }

    fn bargaining(&mut self, line: &str) {
        if line.contains("has most advantageous target") {
            let n = figures(line);
            let (receiver, gain) = (n[2] as usize, n[3]);
            self.challenger = n[1] as usize;
            let (challenge, initiator) = (
                Challenge {
                    receiver,
                    gain,
                    ..Challenge::default()
                },
                self.challenger,
            );
            self.turn().challenges.insert(initiator, challenge);
        } else if line.starts_with("Est by") {
            let n = figures(line);
            let estimate = (n[0] as usize, n[4] as usize, n[1], n[5]);
            self.challenge().estimates.push(estimate);
        } else if line.contains("'s perspective") {
            self.kind = usize::from(self.kind == 0 && !self.challenge().proposals[0][0].is_empty());
        } else if line.starts_with("Power-weighted compromise") {
            self.kind = 2;
        } else if let Some((who, positions)) = line.split_once(" adopt:") {
            let kind = self.kind;
            let adopts = *figures(who).last().expect("who adopts") as usize;
            let side = usize::from(adopts != self.challenger);
            self.challenge().proposals[kind][side] = figures(positions);
            if kind == 2 && side == 1 {
                self.kind = 0;
            }
        } else if let Some(queue) = line.strip_prefix("Bargains involving actor") {
            let pairs = queue.split('[').skip(1).map(|bargain| {
                let n = figures(bargain);
                (n[1] as usize, n[2] as usize)
            });
            let pairs = pairs.collect();
            self.turn().queues.push(pairs);
        } else if line.starts_with("Doing scalarPCE") {
            self.election().actor = figures(line)[1] as usize;
        } else if line.starts_with("Chosen bargain") {
            let place = figures(line)[1] as usize - 1;
            self.election().chosen = place;
        }
    }

    fn challenge(&mut self) -> &mut Challenge {
        let at = self.challenger;
        self.turn()
            .challenges
            .get_mut(&at)
            .expect("a challenge before its estimates")
    }

    fn election(&mut self) -> &mut Election {
        self.turn().elections.last_mut().expect("an election")
    }

    fn put(&mut self, row: Vec<f64>) {
        match self.rows {
            Rows::None => {}
            Rows::Neutral => self.turn().neutral.push(row),
            Rows::Risks => self.turn().risks.extend(row),
            Rows::Perceived => self
                .turn()
                .perceived
                .last_mut()
                .expect("a viewer")
                .push(row),
            Rows::Utilities => self.election().utilities.push(row),
            Rows::Coalitions => self.election().coalitions.push(row),
            Rows::Victories => self.election().victories.push(row),
            Rows::Probabilities => self.election().probabilities.extend(row),
            Rows::Position => self.turn().positions.push(row),
            Rows::Ideal => self.turn().ideals.push(row),
        }
    }
}
