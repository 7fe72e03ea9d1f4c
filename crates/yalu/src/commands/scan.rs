//! `yalu scan`.

use std::fs;
use std::path::Path;
use std::time::Instant;

use yalu_dossier::scan::open::write_dossier;
use yalu_dossier::scan::report::{DyadScan, Persistence, ScanOutcome, ScanReport, ScanTest};
use yalu_dossier::scan::table::{break_table, dyad_table};
use yalu_dossier::scan::{ScanExposure, ScanFailure, ScanRequest, scan};
use yalu_site::{ScanPageOptions, render_scan};
use yalu_store::PeriodUnit;
use yalu_store::series::CodeSet;
use yalu_store::table_export::{TableExportError, write_table_csv, write_table_parquet};

use super::{assess, grouped, terminal};
use crate::cli::{PeriodName, ScanArgs, TestName};
use crate::failure::Failure;
use crate::printer::Printer;

/// Discoveries that have a part of their own on the page, at most, unless more are asked for.
const MOST_ON_PAGE: usize = 1000;

pub(crate) fn run(args: &ScanArgs, printer: &Printer) -> Result<(), Failure> {
    let start = Instant::now();
    let request = request(args);
    if let (Some(dyad), Some(out)) = (&args.open, &args.out) {
        write_dossier(&request, dyad, out).map_err(|error| Failure::input(&error))?;
        printer.progress(&format!("dossier written to {}", out.display()));
        let run = assess::Request {
            dossier: out,
            store: Some(&args.store),
            as_of: &[],
            out: None,
            threads: args.threads.map(usize::from),
            interactive: !args.no_interactive,
        };
        return assess::run(&run, printer);
    }
    printer.progress(&format!("scanning {}", args.store.display()));
    let report = scan(&request).map_err(|error| failure(&error))?;
    if let Some(out) = &args.out {
        write(&report, args, out)?;
    }
    if printer.json {
        printer.result(&json(&report)?);
    } else {
        printer.result(&summary(&report, args.top, printer));
        if let Some(out) = &args.out {
            printer.result(&format!("Page: {}", out.join("scan.html").display()));
        }
    }
    printer.progress(&format!("done in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

fn request(args: &ScanArgs) -> ScanRequest {
    let codes = |codes: &[yalu_store::CameoCode], except: &[yalu_store::CameoCode]| {
        let sorted = |all: &[yalu_store::CameoCode]| {
            let mut all = all.to_vec();
            all.sort();
            all.dedup();
            all
        };
        CodeSet {
            codes: sorted(codes),
            except: sorted(except),
            ..CodeSet::default()
        }
    };
    ScanRequest {
        codes: codes(&args.codes, &args.except),
        exposure: if args.no_exposure {
            ScanExposure::None
        } else {
            ScanExposure::Others(codes(&args.exposure_codes, &[]))
        },
        datasets: args.dataset.clone(),
        unit: match args.period {
            PeriodName::Month => PeriodUnit::Month,
            PeriodName::Quarter => PeriodUnit::Quarter,
            PeriodName::Week => PeriodUnit::Week,
        },
        from: args.from.map(yalu_store::Month::first_day),
        to: args.to.map(yalu_store::Month::last_day),
        min_events: args.min_events,
        by_sector: args.sector,
        test: match args.test {
            TestName::Permutation => ScanTest::Permutation,
            TestName::Bootstrap => ScanTest::Bootstrap,
        },
        level: args.level,
        horizon: args.horizon,
        equivalence_ratio: args.equivalence,
        replications: args.replications,
        seed: args.seed,
        threads: args.threads.map(usize::from),
        ..ScanRequest::new(args.store.clone())
    }
}

/// Whose turn it is: the caller's, unless threads, the query engine or Yalu itself failed.
fn failure(error: &ScanFailure) -> Failure {
    let machine = match error {
        ScanFailure::Threads { .. } => true,
        ScanFailure::Series(error) => Failure::is_machine(error),
        _ => false,
    };
    Failure::of(error, machine, error.mend())
}

fn json(report: &ScanReport) -> Result<String, Failure> {
    serde_json::to_string(report).map_err(|error| Failure::Machine {
        message: format!("the scan can't be written as JSON: {error}"),
        mend: None,
    })
}

fn write(report: &ScanReport, args: &ScanArgs, out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| Failure::write(out, &error))?;
    assess::whole(&out.join("scan.json"), json(report)?.as_bytes())?;
    let fail = |error: TableExportError| Failure::Machine {
        message: error.to_string(),
        mend: None,
    };
    for (name, table) in [
        ("dyads", dyad_table(report)),
        ("breaks", break_table(report)),
    ] {
        write_table_csv(&out.join(format!("{name}.csv")), &table).map_err(fail)?;
        write_table_parquet(&out.join(format!("{name}.parquet")), &table).map_err(fail)?;
    }
    let options = ScanPageOptions {
        interactive: !args.no_interactive,
        top: args
            .top
            .max(ScanPageOptions::default().top)
            .max(discoveries(report).min(MOST_ON_PAGE)),
    };
    let page = render_scan(report, &options).map_err(|error| Failure::Machine {
        message: format!("the page can't be drawn: {error}"),
        mend: None,
    })?;
    assess::whole(&out.join("scan.html"), page.as_bytes())
}

/// Dyads that moved beyond chance.
fn discoveries(report: &ScanReport) -> usize {
    let counts = report.counts;
    (counts.lasting + counts.emerging + counts.faded) as usize
}

/// An outcome on a terminal.
fn outcome_word(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Lasting => "lasting",
        ScanOutcome::Emerging => "emerging",
        ScanOutcome::Faded => "faded",
        ScanOutcome::Shock => "shock",
        ScanOutcome::NoShift => "no shift",
    }
}

fn row(dyad: &DyadScan, width: usize) -> String {
    let name = match &dyad.sector {
        Some(sector) => format!("{} ({sector}) → {}", dyad.source, dyad.target),
        None => format!("{} → {}", dyad.source, dyad.target),
    };
    let main = dyad.main.map(|idx| &dyad.breaks[idx as usize]);
    let (at, ratio) = main.map_or((String::new(), String::new()), |one| {
        let size = one.typical_ratio.unwrap_or(one.ratio);
        (one.at.clone(), format!("×{}", terminal::figure(size)))
    });
    let shocks = dyad
        .breaks
        .iter()
        .filter(|one| one.persistence == Persistence::Transient && !one.is_return)
        .count();
    format!(
        "{:>5}  {name:<width$}  {:<8}  {at:<8}  {ratio:>8}  {:>6.3}  {:>7}  {shocks:>6}  {}",
        dyad.rank,
        outcome_word(dyad.outcome),
        dyad.q_value,
        grouped(dyad.n_events.round() as u64),
        terminal::sparkline(&dyad.counts),
    )
}

fn summary(report: &ScanReport, top: usize, printer: &Printer) -> String {
    let counts = &report.counts;
    let question = &report.question;
    let shifts = discoveries(report);
    let mut text = printer.bold(&format!(
        "{} of {} dyads with {} acts or more moved beyond chance (false-discovery rate {}): {} lasting, {} emerging, {} faded.",
        grouped(shifts as u64),
        grouped(u64::from(counts.tested)),
        question.min_events,
        question.level,
        counts.lasting,
        counts.emerging,
        counts.faded,
    ));
    text.push_str(&format!(
        "\n{} more had shocks that passed; {} had nothing; {} had too few acts.\nCounted: {}, {} to {}; exposure: {}.\n",
        counts.shock,
        counts.no_shift,
        grouped(u64::from(counts.too_few)),
        question.codes,
        question.periods[0],
        question.periods[1],
        question.exposure,
    ));
    for change in &report.coverage_changes {
        text.push_str(&format!(
            "Source base: {} {} ({}).\n",
            change.at,
            change.note,
            if change.declared {
                "declared"
            } else {
                "suspected, not declared"
            }
        ));
    }
    if report.dyads.is_empty() {
        return text;
    }
    let shown = &report.dyads[..top.min(report.dyads.len())];
    let width = shown
        .iter()
        .map(|one| {
            one.sector
                .as_ref()
                .map_or(9, |sector| 12 + sector.chars().count())
        })
        .max()
        .unwrap_or(9);
    text.push_str(&format!(
        "\n{:>5}  {:<width$}  {:<8}  {:<8}  {:>8}  {:>6}  {:>7}  {:>6}\n",
        "rank", "dyad", "outcome", "since", "typical", "q", "acts", "shocks"
    ));
    for dyad in shown {
        text.push_str(&row(dyad, width));
        text.push('\n');
    }
    if shown.len() < report.dyads.len() {
        text.push_str(&format!(
            "{} more: --top N, --out DIR or --json.\n",
            report.dyads.len() - shown.len()
        ));
    }
    text
}
