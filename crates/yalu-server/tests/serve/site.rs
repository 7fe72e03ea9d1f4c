//! A server of one small made-up dossier, stopped with the test.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;

use jiff::Timestamp;
use tempfile::TempDir;
use yalu_discussion::{Discussion, Settings};
use yalu_server::{ServeOptions, Server, SiteSettings, Stop};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server under test.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

impl Site {
    /// The discussion's file.
    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("discussion.db")
    }

    pub(crate) fn dossier(&self) -> std::path::PathBuf {
        self.folder.path().join("made-up")
    }
}

pub(crate) fn site() -> Site {
    with(|_| {})
}

/// A server whose settings a test changes.
pub(crate) fn with(change: impl FnOnce(&mut ServeOptions)) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let dossier = folder.path().join("made-up");
    fs::create_dir(&dossier).unwrap();
    write(&dossier, "Made up & <b>bold</b>");
    let file = folder.path().join("discussion.db");
    let discussion = Discussion::open(&file, Settings::default()).unwrap();
    discussion
        .add_user("ann", PASSWORD, Timestamp::now())
        .unwrap();
    drop(discussion);
    let mut options = ServeOptions {
        dossiers: vec![dossier],
        ahead: false,
        settings: SiteSettings {
            discussion: Some(file),
            ..SiteSettings::default()
        },
        ..ServeOptions::default()
    };
    change(&mut options);
    let (told, address) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = Server::bind(options).await.unwrap();
            told.send((server.address(), server.stop())).unwrap();
            server.run().await.unwrap();
        });
    });
    let (address, stop) = address.recv().unwrap();
    Site {
        address,
        folder,
        stop,
        thread: Some(thread),
    }
}

/// A dossier of one indicator that doubles in 2014; its title and caution carry markup.
pub(crate) fn write(dir: &Path, title: &str) {
    let mut series = "group,measure,source,target,period,value,n_rows\n".to_owned();
    for idx in 0..84 {
        let month = format!("{}-{:02}", 2010 + idx / 12, idx % 12 + 1);
        let base = if idx < 48 { 10 } else { 24 };
        let value = base + (idx * 7 % 5);
        writeln!(series, "acts,events,CHN,PRK,{month},{value},1").unwrap();
        writeln!(series, "all,events,CHN,any,{month},{},1", 1000 + idx).unwrap();
    }
    let series = series.replace(",any,", ",*,");
    fs::write(dir.join("series.csv"), series).unwrap();
    let dossier = format!(
        r#"format = 1
[question]
id = "made-up"
title = '{title}'
text = 'Has it shifted? <script>alert(1)</script>'
source = "CHN"
target = "PRK"
as_of = ["2016-12-31"]
[data]
series = "series.csv"
[[data.coverage]]
dataset = "made-up"
from = "2010-01-01"
to = "2016-12-31"
[groups.acts]
title = "Acts"
codes = ["10"]
meaning = "Made up."
[groups.all]
title = "Everything"
codes = ["10", "11"]
meaning = "Made up."
[[indicators]]
id = "one"
title = 'The one <img src=x onerror=alert(2)>'
kind = "event_rate"
group = "acts"
exposure = "source_total"
exposure_group = "all"
caution = "Made up."
[model]
bootstrap = 99
"#
    );
    fs::write(dir.join("dossier.toml"), dossier).unwrap();
}
