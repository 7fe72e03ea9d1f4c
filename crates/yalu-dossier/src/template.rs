//! A dossier to begin with: `yalu new`.

use std::fs;
use std::path::{Path, PathBuf};

use rand_free::Draws;

/// Why a dossier can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The folder holds something already.
    #[error("{} holds something already; nothing was written", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder refuses files.
    #[error("{} can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

const DOSSIER: &str = include_str!("../templates/dossier.toml");
const EVENTS: &str = include_str!("../templates/events.csv");

/// Writes a commented dossier with made-up figures that runs as it stands.
///
/// # Errors
/// [`TemplateError`] where the folder isn't empty or can't be written to.
pub fn write_template(dir: &Path) -> Result<(), TemplateError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| TemplateError::Write { path, source }
    };
    fs::create_dir_all(dir).map_err(fail(dir))?;
    if fs::read_dir(dir).map_err(fail(dir))?.next().is_some() {
        return Err(TemplateError::Exists {
            path: dir.to_owned(),
        });
    }
    for (name, text) in [
        ("dossier.toml", DOSSIER),
        ("events.csv", EVENTS),
        ("series.csv", &made_up_series()),
    ] {
        let path = dir.join(name);
        fs::write(&path, text).map_err(fail(&path))?;
    }
    Ok(())
}

/// Ten years of made-up monthly counts: a dyad whose threats double in its eighth year, and the
/// source's total.
fn made_up_series() -> String {
    let mut text = String::from("group,measure,source,target,period,value,n_rows\n");
    let mut draws = Draws::new(7);
    let mut conflict = Vec::new();
    let mut pressure = Vec::new();
    for month in 0..120 {
        let period = format!("{:04}-{:02}", 2010 + month / 12, month % 12 + 1);
        let total = 180 + draws.below(60);
        let level = if month < 90 { 4 } else { 9 };
        let count = (0..level * 2).filter(|_| draws.below(2) == 1).count();
        conflict.push(format!("conflict,events,AAA,*,{period},{total},{total}"));
        if count > 0 {
            pressure.push(format!("pressing,events,AAA,BBB,{period},{count},{count}"));
        }
    }
    for line in conflict.into_iter().chain(pressure) {
        // Two states that can be named: the figures are made up, the codes are not.
        text.push_str(&line.replace("AAA", "CHN").replace("BBB", "PRK"));
        text.push('\n');
    }
    text
}

/// Draws for the made-up figures: they must be the same in every version.
mod rand_free {
    /// A linear congruential generator (Knuth's MMIX constants).
    pub(super) struct Draws(u64);

    impl Draws {
        pub(super) fn new(seed: u64) -> Self {
            Self(seed)
        }

        /// A whole number below `n`.
        pub(super) fn below(&mut self, n: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }
}
