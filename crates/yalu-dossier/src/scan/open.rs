//! A dyad of a scan as a dossier of its own.

use std::fs;
use std::path::{Path, PathBuf};

use yalu_store::series::CodeSet;
use yalu_store::{Dyad, PeriodUnit};

use super::{ScanExposure, ScanRequest};
use crate::pipeline::{actor_name, code_words};

/// Why a dossier can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is a dossier already.
    #[error("{} is there already; nothing was written", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The folder refuses files.
    #[error("{} can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

/// Writes a dossier that asks of one dyad what the scan asked of all: the same acts, the world's
/// total as exposure, the same horizon and level. Events, pressure and what the acts mean are for its author to
/// add.
///
/// # Errors
/// [`OpenError`] where a dossier lies there already or nothing can be written.
pub fn write_dossier(request: &ScanRequest, dyad: &Dyad, dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("dossier.toml");
    let fail = |source| OpenError::Write {
        path: path.clone(),
        source,
    };
    if path.exists() {
        return Err(OpenError::Exists { path });
    }
    fs::create_dir_all(dir).map_err(fail)?;
    let store = std::path::absolute(&request.store).map_err(fail)?;
    fs::write(&path, dossier(request, dyad, &store)).map_err(fail)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = texts.map(|one| quoted(&one)).collect();
    format!("[{}]", quoted.join(", "))
}

fn group(name: &str, codes: &CodeSet, meaning: &str) -> String {
    let mut text = format!(
        "\n[groups.{name}]\ntitle = {}\n",
        quoted(&code_words(codes))
    );
    let mut add = |key: &str, values: String| text.push_str(&format!("{key} = {values}\n"));
    if codes.codes.is_empty() && codes.quads.is_empty() {
        // Every act: all roots.
        add("codes", list((1..=20).map(|root| format!("{root:02}"))));
    }
    if !codes.codes.is_empty() {
        add("codes", list(codes.codes.iter().map(ToString::to_string)));
    }
    if !codes.except.is_empty() {
        add("except", list(codes.except.iter().map(ToString::to_string)));
    }
    if !codes.source_sectors.is_empty() {
        add("source_sectors", list(codes.source_sectors.iter().cloned()));
    }
    add("meaning", quoted(meaning));
    text
}

fn dossier(request: &ScanRequest, dyad: &Dyad, store: &Path) -> String {
    let (source, target) = (dyad.source.to_string(), dyad.target.to_string());
    let (from_name, to_name) = (actor_name(&source), actor_name(&target));
    let mut text = format!(
        "# Made by a scan: {from_name} toward {to_name}. Say what the acts mean, add events and pressure.\nformat = 1\n\n[question]\nid = {}\ntitle = {}\ntext = {}\nsource = {}\ntarget = {}\n",
        quoted(&format!(
            "{}-{}",
            source.to_lowercase(),
            target.to_lowercase()
        )),
        quoted(&format!("{from_name} toward {to_name}")),
        quoted(&format!(
            "Has the policy of {from_name} toward {to_name} really shifted?"
        )),
        quoted(&source),
        quoted(&target),
    );
    if let Some(to) = request.to {
        text.push_str(&format!("as_of = [{}]\n", quoted(&to.to_string())));
    }
    text.push_str(&format!(
        "\n[data]\nstore = {}\n",
        quoted(&store.display().to_string())
    ));
    if !request.datasets.is_empty() {
        text.push_str(&format!(
            "datasets = {}\n",
            list(request.datasets.iter().cloned())
        ));
    }
    if let Some(from) = request.from {
        text.push_str(&format!("from = {}\n", quoted(&from.to_string()[..7])));
    }
    let (unit, months) = match request.unit {
        PeriodUnit::Week => (
            "week",
            (f64::from(request.horizon) * 12.0 / 52.0).ceil() as u32,
        ),
        PeriodUnit::Month => ("month", request.horizon),
        PeriodUnit::Quarter => ("quarter", 3 * request.horizon),
    };
    text.push_str(&format!("period = {}\n", quoted(unit)));
    text.push_str(&group(
        "scanned",
        &request.codes,
        "What the scan counted. Say what these acts are for this dyad, and what they aren't.",
    ));
    let exposure = match &request.exposure {
        ScanExposure::Others(codes) => {
            text.push_str(&group(
                "volume",
                codes,
                "The denominator: it grows with the volume of the media.",
            ));
            "exposure = \"world_total\"\nexposure_group = \"volume\"\n"
        }
        ScanExposure::None => {
            "exposure = \"none\"\nexposure_reason = \"The scan that led here counted acts as they are.\"\n"
        }
    };
    text.push_str(&format!(
        "\n[[indicators]]\nid = \"scanned\"\ntitle = {}\nkind = \"event_rate\"\ngroup = \"scanned\"\n{exposure}role = \"required\"\ndirection = \"either\"\ncaution = \"Chosen by a scan of many dyads because it stood out: part of its size is chance. Reports of acts, not policy.\"\n",
        quoted(&format!("Acts of {from_name} toward {to_name}")),
    ));
    text.push_str(&format!(
        "\n[model]\nmax_breaks = 5\ntrimming = 0.05\nseed = {}\n\n[curve]\nfamily = [\"negative_binomial\", \"quasi_poisson\"]\ntrimming = [0.05, 0.10, 0.15]\n\n[verdict]\nlevel = {}\nhorizon_months = {months}\nequivalence_ratio = {}\n",
        request.seed, request.level, request.equivalence_ratio
    ));
    text
}
