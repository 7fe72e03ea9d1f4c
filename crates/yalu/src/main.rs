//! The `yalu` command: glue between the libraries and a terminal. What computes lives below.

mod cli;
mod commands;
mod failure;
mod printer;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let printer = printer::Printer::new(cli.json, cli.quiet);
    match commands::run(&cli, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&printer),
    }
}
