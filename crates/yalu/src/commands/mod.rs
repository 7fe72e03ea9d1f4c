//! One module a command.

mod assess;
mod check;
mod new;
mod rows;
mod terminal;

use yalu_dossier::schema::{assessment_schema, dossier_schema};

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
        Command::Check { dossier } => check::run(dossier, printer),
        Command::New { dir } => new::run(dir, printer),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Dossier => dossier_schema(),
                SchemaOf::Assessment => assessment_schema(),
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
        Command::Rows {
            dossier,
            series,
            period,
            store,
        } => rows::run(dossier, series, period, store.as_deref(), printer),
    }
}
