//! `yalu serve`.

use yalu_server::{ServeOptions, Server, SettingsError, SiteSettings, StartError};

use crate::cli::ServeArgs;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(args: &ServeArgs, printer: &Printer) -> Result<(), Failure> {
    let mut settings = match &args.settings {
        Some(path) => SiteSettings::read(path).map_err(|error| settings_failure(&error))?,
        None => SiteSettings::default(),
    };
    if args.discussion.is_some() {
        settings.discussion.clone_from(&args.discussion);
    }
    let options = ServeOptions {
        dossiers: args.dossiers.clone(),
        store: args.store.clone(),
        host: args.host,
        port: args.port,
        threads: args.threads.map(usize::from),
        ahead: !args.not_ahead,
        settings,
    };
    let machine = |message: String| Failure::Machine {
        message,
        mend: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| machine(format!("no threads for the server: {error}")))?;
    runtime.block_on(async {
        let server = Server::bind(options)
            .await
            .map_err(|error| start_failure(&error))?;
        let address = server.address();
        if printer.json {
            let told = serde_json::json!({ "address": format!("http://{address}") });
            printer.result(&told.to_string());
        } else {
            printer.result(&format!("Serving at http://{address} (Ctrl-C ends it)"));
        }
        let stop = server.stop();
        tokio::spawn(async move {
            ended().await;
            stop.stop();
        });
        server
            .run()
            .await
            .map_err(|error| machine(format!("the server ended: {error}")))
    })
}

/// Waits until somebody wants the program to end.
async fn ended() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

fn settings_failure(error: &SettingsError) -> Failure {
    Failure::of(
        error,
        false,
        Some("docs/site.md has every key of a site's settings".to_owned()),
    )
}

fn start_failure(error: &StartError) -> Failure {
    let mend = match error {
        StartError::Bind { .. } => Some("take another port: --port 0 finds a free one".to_owned()),
        StartError::SameId { .. } => Some("give one of them another question.id".to_owned()),
        _ => None,
    };
    let machine = matches!(error, StartError::Bind { .. });
    Failure::of(error, machine, mend)
}
