//! Mean absolute errors with their standard errors.

use crate::data::Proposal;

/// The absolute errors of one model, proposal by proposal.
#[derive(Default)]
pub(crate) struct Score {
    errors: Vec<Vec<f64>>,
    last: Option<*const Proposal>,
}

impl Score {
    pub(crate) fn add(&mut self, proposal: &Proposal, issue: usize, forecast: f64) {
        // Proposals come one after another.
        if self.last != Some(std::ptr::from_ref(proposal)) {
            self.last = Some(std::ptr::from_ref(proposal));
            self.errors.push(Vec::new());
        }
        let error = (forecast - proposal.outcomes[issue]).abs();
        self.errors.last_mut().expect("just pushed").push(error);
    }

    pub(crate) fn add_where(&mut self, proposal: &Proposal, forecasts: &[f64], known: bool) {
        for (k, &forecast) in forecasts.iter().enumerate() {
            if !known || proposal.has_status_quo(k) {
                self.add(proposal, k, forecast);
            }
        }
    }

    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    pub(crate) fn print(&self, name: &str) {
        let [mean, by_issue, by_proposal, n] = self.summary();
        println!(
            "  {name:32} {mean:6.2}  ± {by_issue:4.2} by issue, {by_proposal:4.2} by proposal  n = {n}"
        );
    }

    /// With the mean difference from another model's errors on the same issues.
    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    pub(crate) fn print_against(&self, base: &Self, name: &str) {
        let differences = self.errors.iter().zip(&base.errors);
        let differences = differences.map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect());
        let pairs = Self {
            errors: differences.collect(),
            last: None,
        };
        let [apart, _, by_proposal, _] = pairs.summary();
        let [mean, ..] = self.summary();
        println!("  {name:32} {mean:6.2}  {apart:+6.2} ± {by_proposal:4.2} by proposal");
    }

    /// The mean, its standard error over issues and over proposals, and the number of issues.
    fn summary(&self) -> [f64; 4] {
        let all: Vec<f64> = self.errors.iter().flatten().copied().collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let spread: f64 = all.iter().map(|e| (e - mean).powi(2)).sum();
        let by_issue = (spread / (n - 1.0) / n).sqrt();
        let groups = self.errors.len() as f64;
        let sums = self
            .errors
            .iter()
            .map(|es| es.iter().map(|e| e - mean).sum::<f64>());
        let between: f64 = sums.map(|s| s * s).sum();
        let by_proposal = (between * groups / (groups - 1.0)).sqrt() / n;
        [mean, by_issue, by_proposal, n]
    }
}
