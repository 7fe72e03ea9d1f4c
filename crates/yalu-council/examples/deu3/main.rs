//! How far each model lies from what the European Union decided.
//!
//! `cargo run --release -p yalu-council --example deu3 -- PATH [--sweep]`, with the path of the DEU
//! III issues (Arregui and Perarnaud, doi 10.34810/data53) as tab-separated text. Prints the mean
//! absolute error on the data's scales from 0 to 100, with its standard error over issues and over
//! proposals (the issues of one proposal are no independent trials). `--sweep` shows the challenge
//! model with each option in turn. `docs/methods/challenge-model.md` has the table.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

mod data;
mod power;
mod score;

use std::process::ExitCode;

use data::{Capability, Proposal};
use score::Score;
use yalu_council::{
    Agenda, ChallengeOptions, ConflictRule, Council, DecisionRule, Division, ExchangeOptions,
    OfferChoice, OutcomeRule, ProceduralOptions, RangeRule, Security, Viewpoint, Votes, VotesOver,
    procedure_on, simulate_challenge, simulate_exchange, weighted_mean, weighted_median,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let text = arguments.next().map(std::fs::read_to_string);
    let Some(Ok(text)) = text else {
        println!("give the path of the issues as tab-separated text");
        return ExitCode::from(2);
    };
    let proposals = data::parse(&text);
    let issues: usize = proposals.iter().map(|p| p.outcomes.len()).sum();
    println!(
        "{issues} issues with an outcome, of {} proposals",
        proposals.len()
    );
    for capability in [Capability::Equal, Capability::ShapleyShubik] {
        println!("\ncapability: {}", capability.says());
        let councils: Vec<_> = proposals
            .iter()
            .map(|p| (p, p.council(capability)))
            .collect();
        table(&councils, false);
        println!("the same where a status quo is known");
        table(&councils, true);
    }
    println!(
        "\nprocedural model, where a status quo is known: votes of the Council; Parliament's veto"
    );
    println!("under codecision; the Commission proposes");
    procedural(&proposals);
    if arguments.next().is_some_and(|a| a == "--sweep") {
        sweep(&proposals);
    }
    ExitCode::SUCCESS
}

/// The models that need no status quo.
fn table(councils: &[(&Proposal, Council)], known: bool) {
    let score = |name: &str, model: &dyn Fn(&Council) -> Vec<f64>| {
        let mut score = Score::default();
        for (proposal, council) in councils {
            score.add_where(proposal, &model(council), known);
        }
        score.print(name);
    };
    let on = |council: &Council, of: fn(&yalu_council::Bench) -> f64| -> Vec<f64> {
        (0..council.issues().len())
            .map(|k| of(&council.on(k)))
            .collect()
    };
    score("weighted mean", &|c| on(c, weighted_mean));
    score("weighted median", &|c| on(c, weighted_median));
    for (name, options) in [
        ("challenge, default", ChallengeOptions::default()),
        ("challenge, published code", ChallengeOptions::scholz_code()),
        ("challenge, printed, Q = 1", ChallengeOptions::printed(1.0)),
        (
            "challenge, printed, Q = 0.5",
            ChallengeOptions::printed(0.5),
        ),
    ] {
        score(name, &|c| challenge(c, &options));
    }
    for (name, division) in [
        ("exchange, equal gain", Division::EqualGain),
        (
            "exchange, equal share of ideal",
            Division::EqualShareOfIdeal,
        ),
    ] {
        let options = ExchangeOptions {
            division,
            ..ExchangeOptions::default()
        };
        score(name, &|c| {
            simulate_exchange(c, &options)
                .expect("sound options")
                .outcome
        });
    }
}

fn challenge(council: &Council, options: &ChallengeOptions) -> Vec<f64> {
    simulate_challenge(council, options)
        .expect("sound options")
        .outcome
}

fn procedural(proposals: &[Proposal]) {
    for (name, setter) in [
        ("nobody sets the agenda", None),
        ("members' weighted median", Some(false)),
        ("Commission sets the agenda", Some(true)),
    ] {
        let mut score = Score::default();
        for proposal in proposals {
            let council = proposal.council(Capability::Votes);
            let rule = if proposal.unanimity {
                DecisionRule::Unanimity
            } else {
                DecisionRule::QualifiedMajority { quota: data::QUOTA }
            };
            for (k, issue) in council.issues().iter().enumerate() {
                let agenda = match setter {
                    None => Agenda::Open,
                    Some(false) => Agenda::Median,
                    Some(true) => Agenda::Setter(data::COMMISSION),
                };
                // Where the Commission has no known position, or no member a vote, there is no answer.
                let got = procedure_on(&council, k, &ProceduralOptions { rule, agenda });
                if let (Some(_), Ok(got)) = (issue.status_quo, got) {
                    score.add(proposal, k, got.outcome);
                }
            }
        }
        score.print(name);
    }
}

/// A name, and what it changes.
type Variant = (&'static str, fn(&mut ChallengeOptions));

/// The default with one option changed.
fn sweep(proposals: &[Proposal]) {
    let base = ChallengeOptions::default();
    let variants: [Variant; 16] = [
        ("Q = 0.5", |o| o.status_quo_probability = 0.5),
        ("Q = 0", |o| o.status_quo_probability = 0.0),
        ("losers of a conflict move", |o| {
            o.conflict = ConflictRule::LoserMoves;
        }),
        ("nobody capitulates", |o| o.capitulation = false),
        ("least move", |o| o.offers = OfferChoice::LeastMove),
        ("own expectations are security", |o| {
            o.security = Security::Own;
        }),
        ("range of the scale", |o| o.range = RangeRule::Scale),
        ("initial range", |o| o.range = RangeRule::Initial),
        ("votes over all contests", |o| {
            o.votes_over = VotesOver::AllContests;
        }),
        ("votes by risk", |o| o.votes = Votes::ByRisk),
        ("viewer's risk", |o| o.viewpoint = Viewpoint::Viewers),
        ("neutral risk", |o| o.infer_risk = false),
        ("one round", |o| o.rounds = 1),
        ("four rounds", |o| o.rounds = 4),
        ("thirty rounds", |o| o.rounds = 30),
        ("mean of the last positions", |o| {
            o.outcome = OutcomeRule::Mean;
        }),
    ];
    for capability in [Capability::Equal, Capability::ShapleyShubik] {
        println!("\nchallenge model, error and its difference from the default's");
        println!("capability: {}", capability.says());
        let score = |options: &ChallengeOptions| {
            let mut score = Score::default();
            for proposal in proposals {
                let council = proposal.council(capability);
                score.add_where(proposal, &challenge(&council, options), false);
            }
            score
        };
        let default = score(&base);
        for (name, change) in &variants {
            let mut options = base;
            change(&mut options);
            score(&options).print_against(&default, name);
        }
    }
}
