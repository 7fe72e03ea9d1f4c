//! `yalu moderator`.

use std::path::Path;

use jiff::Timestamp;
use yalu_discussion::access::AccessError;
use yalu_discussion::{Discussion, Settings};

use crate::cli::ModeratorCommand;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(what: &ModeratorCommand, printer: &Printer) -> Result<(), Failure> {
    let now = Timestamp::now();
    match what {
        ModeratorCommand::Add { name, discussion } => {
            let store = open(discussion)?;
            store
                .add_user(name, &password()?, now)
                .map_err(|error| access(&error))?;
            printer.result(&format!("{name} may moderate from now on."));
        }
        ModeratorCommand::Password { name, discussion } => {
            let store = open(discussion)?;
            store
                .set_password(name, &password()?, now)
                .map_err(|error| access(&error))?;
            printer.result(&format!(
                "{name} has another password; open sessions have ended."
            ));
        }
        ModeratorCommand::Remove { name, discussion } => {
            let store = open(discussion)?;
            store.remove_user(name).map_err(|error| access(&error))?;
            printer.result(&format!("{name} moderates no more."));
        }
        ModeratorCommand::List { discussion } => {
            let users = open(discussion)?.users();
            let users = users.map_err(|error| Failure::of(&error, true, None))?;
            if printer.json {
                printer.result(&serde_json::json!({ "moderators": users }).to_string());
            } else if users.is_empty() {
                printer.result("Nobody moderates yet.");
            } else {
                printer.result(&users.join("\n"));
            }
        }
    }
    Ok(())
}

fn open(file: &Path) -> Result<Discussion, Failure> {
    Discussion::open(file, Settings::default()).map_err(|error| Failure::of(&error, false, None))
}

/// The first line of standard input: a password has no place among a command's words.
fn password() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::Machine {
            message: format!("standard input can't be read: {error}"),
            mend: None,
        })?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn access(error: &AccessError) -> Failure {
    let machine = matches!(error, AccessError::Store(_));
    Failure::of(error, machine, None)
}
