//! One module a command.

mod assess;
mod check;
mod ingest;
mod ledger;
mod moderator;
mod new;
mod publish;
mod rows;
mod scan;
mod serve;
mod sources;
mod structure;
mod talk;
mod terminal;

use yalu_dossier::schema::{
    assessment_schema, claims_schema, dossier_schema, ledger_schema, recording_schema, scan_schema,
    structure_schema, talk_schema,
};

use crate::cli::{Cli, Command, Export, SchemaOf};
use crate::failure::Failure;
use crate::printer::Printer;

/// Does what was asked.
pub(crate) fn run(cli: &Cli, printer: &Printer) -> Result<(), Failure> {
    match &cli.command {
        Command::Run {
            dossier,
            store,
            as_of,
            out,
            threads,
            no_interactive,
        } => {
            let request = assess::Request {
                dossier,
                store: store.as_deref(),
                as_of,
                out: out.as_deref(),
                threads: threads.map(usize::from),
                interactive: !no_interactive,
            };
            assess::run(&request, printer)
        }
        Command::Serve(args) => serve::run(args, printer),
        Command::Publish(args) => publish::run(args, printer),
        Command::Moderator { what } => moderator::run(what, printer),
        Command::Scan(args) => scan::run(args, printer),
        Command::Structure(args) => structure::run(args, printer),
        Command::Ledger { dossier, as_of } => ledger::run(dossier, *as_of, printer),
        Command::Talk { what } => talk::run(what, printer),
        Command::Sources { what } => sources::run(what, printer),
        Command::Check { dossier } => check::run(dossier, printer),
        Command::Ingest(args) => ingest::run(args, printer),
        Command::Store { dir } => ingest::show(dir, printer),
        Command::New { dir } => new::run(dir, printer),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Dossier => dossier_schema(),
                SchemaOf::Assessment => assessment_schema(),
                SchemaOf::Scan => scan_schema(),
                SchemaOf::Structure => structure_schema(),
                SchemaOf::Claims => claims_schema(),
                SchemaOf::Talk => talk_schema(),
                SchemaOf::Recording => recording_schema(),
                SchemaOf::Ledger => ledger_schema(),
            };
            printer.result(&format!("{schema:#}"));
            Ok(())
        }
        Command::Export {
            what:
                Export::Series {
                    dossier,
                    store,
                    out,
                },
        } => assess::export_series(dossier, store, out.as_deref(), printer),
        Command::Export {
            what:
                Export::Acts {
                    dossier,
                    store,
                    out,
                },
        } => structure::export_acts(dossier, store, out.as_deref(), printer),
        Command::Rows {
            dossier,
            series,
            period,
            store,
        } => rows::run(dossier, series, period, store.as_deref(), printer),
    }
}

/// A whole number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(685_374), "685,374");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
