//! `yalu structure`.

use std::path::Path;

use yalu_dossier::diagnostic::Problems;
use yalu_dossier::influence::{InfluenceRecord, answer_name};
use yalu_dossier::load::load_dossier_without_series;
use yalu_dossier::pipeline::{AssessOptions, acts_for_export, influence, simulate};
use yalu_dossier::structure::ktab::write_csv;
use yalu_dossier::structure::record::{
    AgreementOf, ModelRecord, PivotRecord, StructureRecord, ValueRecord,
};
use yalu_dossier::structure::{
    Codings, ModelKey, Structure, StructureInput, apply_set, assemble, issues_from_positions,
    read_actors,
};
use yalu_dossier::words::percent;
use yalu_store::acts_file::write_acts_file;

use super::assess::{failure, whole};
use crate::cli::{ModelName, StructureArgs};
use crate::failure::Failure;
use crate::printer::Printer;

/// What is simulated.
struct Case {
    title: String,
    structure: Structure,
    codings: Codings,
    seed: u64,
    /// What an acts file that ships with the dossier says.
    influence: Option<InfluenceRecord>,
}

pub(crate) fn run(args: &StructureArgs, printer: &Printer) -> Result<(), Failure> {
    let mut case = load(&args.dossier)?;
    for set in &args.set {
        apply_set(&mut case.codings, set).map_err(|error| Failure::input(&error))?;
    }
    if !args.model.is_empty() {
        case.structure.models = args.model.iter().map(|name| key_of(*name)).collect();
        case.structure.main_model = None;
    }
    case.structure.draws = args.draws.unwrap_or(case.structure.draws);
    let panel = assemble(&case.structure, &case.codings).map_err(Problems)?;
    let input = StructureInput {
        structure: &case.structure,
        codings: &case.codings,
        panel: &panel,
        set: &args.set,
        seed: args.seed.unwrap_or(case.seed),
        at_once: false,
    };
    printer.progress(&format!("simulating {}", case.title));
    let mut record =
        simulate(&input, args.threads.map(usize::from)).map_err(|error| failure(&error))?;
    record.influence = case.influence;
    if let Some(path) = &args.ktab {
        let council = panel.centre().map_err(|error| Failure::input(&error))?;
        let text = write_csv(&case.title, "written by Yalu", &council);
        whole(path, text.as_bytes())?;
        printer.progress(&format!("KTAB scenario: {}", path.display()));
    }
    if printer.json {
        let text = serde_json::to_string_pretty(&record).map_err(|error| Failure::Machine {
            message: format!("the structure can't be written as JSON: {error}"),
            mend: None,
        })?;
        printer.result(&text);
    } else {
        printer.result(&shown(&case.title, &record, printer));
    }
    Ok(())
}

/// `yalu export acts`.
pub(crate) fn export_acts(
    path: &Path,
    store: &Path,
    out: Option<&Path>,
    printer: &Printer,
) -> Result<(), Failure> {
    let dossier = load_dossier_without_series(path)?;
    let options = AssessOptions {
        store: Some(store.to_owned()),
        ..AssessOptions::default()
    };
    let table = acts_for_export(&dossier, &options).map_err(|error| failure(&error))?;
    let Some(table) = table else {
        return Err(Failure::Input {
            message: format!(
                "the dossier in {} has no [structure.influence]",
                path.display()
            ),
            mend: Some("add it, with members that say whose acts are whose".to_owned()),
        });
    };
    let keys = dossier.spec.structure.and_then(|one| one.influence);
    let name = keys
        .and_then(|keys| keys.acts)
        .unwrap_or_else(|| "acts.csv".to_owned());
    let out = out.map_or_else(|| dossier.dir.join(name), Path::to_owned);
    write_acts_file(&table, &out).map_err(|error| Failure::Machine {
        message: error.to_string(),
        mend: None,
    })?;
    printer.result(&format!(
        "{} acts toward the target and {} at home written to {}",
        table.n_outward(),
        table.n_domestic(),
        out.display()
    ));
    Ok(())
}

/// The default seed of a file that stands alone: that of a dossier that names none.
const SEED: u64 = 20_130_731;

fn load(path: &Path) -> Result<Case, Failure> {
    if path.is_dir() || path.extension().is_some_and(|ext| ext == "toml") {
        let dossier = load_dossier_without_series(path)?;
        let shipped = |structure: &Structure| {
            structure
                .influence
                .as_ref()
                .is_some_and(|keys| keys.acts.is_some())
        };
        let influence = if dossier.spec.structure.as_ref().is_some_and(shipped) {
            let options = AssessOptions::default();
            influence(&dossier, &options, None).map_err(|error| failure(&error))?
        } else {
            None
        };
        let (Some(structure), Some(council)) = (dossier.spec.structure, dossier.council) else {
            return Err(Failure::Input {
                message: format!("the dossier in {} has no [structure]", path.display()),
                mend: Some("add [structure] with actors = \"actors.csv\" and its issues; docs/dossier.md says how".to_owned()),
            });
        };
        let title = dossier.spec.question.id;
        let seed = dossier.spec.model.seed;
        return Ok(Case {
            title,
            structure,
            codings: council.codings,
            seed,
            influence,
        });
    }
    let codings = read_actors(path).map_err(Problems)?;
    let issues = issues_from_positions(path, &codings).map_err(Problems)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let title = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let structure = Structure::of_file(&name.unwrap_or_default(), issues);
    Ok(Case {
        title,
        structure,
        codings,
        seed: SEED,
        influence: None,
    })
}

fn key_of(name: ModelName) -> ModelKey {
    match name {
        ModelName::Mean => ModelKey::WeightedMean,
        ModelName::Median => ModelKey::WeightedMedian,
        ModelName::Procedural => ModelKey::Procedural,
        ModelName::Challenge => ModelKey::Challenge,
        ModelName::Condorcet => ModelKey::Condorcet,
        ModelName::Spatial => ModelKey::Spatial,
        ModelName::Exchange => ModelKey::Exchange,
    }
}

/// Columns of the scale on which positions are drawn.
const WIDTH: usize = 51;
/// Columns of names.
const NAMES: usize = 34;

fn shown(title: &str, record: &StructureRecord, printer: &Printer) -> String {
    let mut text = format!(
        "{}\n",
        printer.bold(&format!("{title}: who makes the policy"))
    );
    if !record.set.is_empty() {
        text.push_str(&format!("What if {}\n", record.set.join(", ")));
    }
    for (k, issue) in record.issues.iter().enumerate() {
        text.push_str(&format!("\n{}\n", printer.bold(&issue.title)));
        let end =
            |value: f64, label: &str| format!("{} {label}", figure(value)).trim_end().to_owned();
        text.push_str(&format!(
            "  {}  to  {}\n\n",
            end(issue.low, &issue.low_label),
            end(issue.high, &issue.high_label)
        ));
        actors(&mut text, record, k);
        text.push('\n');
        models(&mut text, record, k);
        turns(&mut text, record, k);
    }
    text.push('\n');
    for sentence in &record.sentences {
        text.push_str(&format!("{sentence}.\n"));
    }
    if let Some(influence) = &record.influence {
        text.push_str(&format!(
            "\n{}\n{}\n",
            printer.bold("Who acts, in event data"),
            influence.headline
        ));
        for one in &influence.hypotheses {
            text.push_str(&format!(
                "  {}: {}\n    {}\n",
                answer_name(one.answer),
                one.text,
                one.sentence
            ));
        }
    }
    for caution in &record.cautions {
        text.push_str(&format!("Caution: {caution}.\n"));
    }
    text.trim_end().to_owned()
}

fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // Three digits that count, none past a hundred-thousandth.
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 5) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn range(value: &ValueRecord) -> String {
    if !value.choices.is_empty() {
        return value
            .choices
            .iter()
            .map(|choice| figure(*choice))
            .collect::<Vec<_>>()
            .join(" | ");
    }
    if value.low < value.high {
        format!(
            "{} ({}–{})",
            figure(value.centre),
            figure(value.low),
            figure(value.high)
        )
    } else {
        figure(value.centre)
    }
}

/// Text cut or filled to so many columns, by characters.
fn fitted(text: &str, width: usize) -> String {
    let n = text.chars().count();
    if n > width {
        let cut: String = text.chars().take(width - 1).collect();
        format!("{cut}…")
    } else {
        format!("{text}{}", " ".repeat(width - n))
    }
}

/// Who wants what: a table, and each position on the scale, its range as a line.
fn actors(text: &mut String, record: &StructureRecord, k: usize) {
    let issue = &record.issues[k];
    text.push_str(&format!(
        "  {} {} {} {} {}\n",
        fitted("", NAMES),
        fitted("position", 16),
        fitted("salience", 14),
        fitted("capability", 14),
        fitted("weight", 7)
    ));
    for actor in &record.actors {
        let Some(stake) = &actor.stakes[k] else {
            continue;
        };
        let mut name = actor.title.clone();
        if actor.split {
            name.push_str(" (split)");
        }
        text.push_str(&format!(
            "  {} {} {} {} {:>5}  {}\n",
            fitted(&name, NAMES),
            fitted(&range(&stake.position), 16),
            fitted(&range(&stake.salience), 14),
            fitted(&range(&stake.capability), 14),
            percent(stake.weight_share),
            scale(&stake.position, issue.low, issue.high)
        ));
    }
    let main = record
        .models
        .iter()
        .find(|model| model.model == record.main_model);
    let outcome = main.and_then(|model| model.outcomes.iter().find(|o| o.issue == issue.id));
    if let (Some(model), Some(outcome)) = (main, outcome) {
        let [low, .., high] = outcome.spread.quantiles;
        let drawn = ValueRecord {
            centre: outcome.central,
            low,
            high,
            choices: Vec::new(),
        };
        text.push_str(&format!(
            "  {}  {}\n",
            fitted(&format!("→ {}", model.title), NAMES + 54),
            scale(&drawn, issue.low, issue.high)
        ));
    }
}

fn scale(value: &ValueRecord, low: f64, high: f64) -> String {
    let place = |x: f64| (((x - low) / (high - low)) * (WIDTH - 1) as f64).round() as usize;
    let mut line: Vec<char> = vec!['·'; WIDTH];
    let ends = (
        place(value.low).min(WIDTH - 1),
        place(value.high).min(WIDTH - 1),
    );
    line[ends.0..=ends.1].fill('─');
    if value.choices.is_empty() {
        line[place(value.centre).min(WIDTH - 1)] = '●';
    }
    for choice in &value.choices {
        line[place(*choice).min(WIDTH - 1)] = '◐';
    }
    line.into_iter().collect()
}

/// Every model's outcome.
fn models(text: &mut String, record: &StructureRecord, k: usize) {
    let issue = &record.issues[k];
    let threshold = issue
        .threshold
        .map_or_else(String::new, |t| format!("reach {}", figure(t)));
    text.push_str(&format!(
        "  {} {} {} {} {} {}\n",
        fitted("model", NAMES),
        fitted("central", 8),
        fitted("median", 8),
        fitted("nine in ten", 16),
        fitted(&threshold, 10),
        "draws on the scale"
    ));
    for model in &record.models {
        if let Some(reason) = &model.left_out {
            text.push_str(&format!(
                "  {} not run: {reason}\n",
                fitted(&model.title, NAMES)
            ));
            continue;
        }
        let Some(outcome) = model.outcomes.iter().find(|o| o.issue == issue.id) else {
            continue;
        };
        let [low, _, median, _, high] = outcome.spread.quantiles;
        let bars: Vec<Option<f64>> = outcome
            .spread
            .histogram
            .iter()
            .map(|n| Some(*n as f64))
            .collect();
        text.push_str(&format!(
            "  {} {} {} {} {} {}\n",
            fitted(&model.title, NAMES),
            fitted(&figure(outcome.central), 8),
            fitted(&figure(median), 8),
            fitted(&format!("{}–{}", figure(low), figure(high)), 16),
            fitted(
                &outcome.share_at_or_above.map_or_else(String::new, percent),
                10
            ),
            super::terminal::sparkline(&bars)
        ));
    }
    for ensemble in record.ensemble.iter().filter(|one| one.issue == issue.id) {
        let [low, _, median, _, high] = ensemble.quantiles;
        text.push_str(&format!(
            "  {} {} {} {} {}\n",
            fitted("All, weighed", NAMES),
            fitted("", 8),
            fitted(&figure(median), 8),
            fitted(&format!("{}–{}", figure(low), figure(high)), 16),
            ensemble.share_at_or_above.map_or_else(String::new, percent)
        ));
    }
}

/// What would turn the main model's outcome.
fn turns(text: &mut String, record: &StructureRecord, k: usize) {
    let issue = &record.issues[k];
    let Some(model) = record
        .models
        .iter()
        .find(|model| model.model == record.main_model)
    else {
        return;
    };
    let nearest = nearest_pivots(model, &issue.id);
    if nearest.is_empty() {
        return;
    }
    text.push_str(&format!("\n  What would turn it ({})\n", model.title));
    for pivot in nearest {
        text.push_str(&format!("    {}\n", pivot.sentence));
    }
    for turning in model.turning.iter().filter(|one| one.issue == issue.id) {
        text.push_str(&format!("    {}\n", turning.sentence));
    }
}

/// Positions first: who would have to want something else, the least change first.
fn nearest_pivots<'a>(model: &'a ModelRecord, issue: &str) -> Vec<&'a PivotRecord> {
    let mut pivots: Vec<&PivotRecord> = model.pivots.iter().filter(|p| p.issue == issue).collect();
    let size = |pivot: &PivotRecord| pivot.to.map_or(f64::INFINITY, |to| (to - pivot.from).abs());
    let order = |of: AgreementOf| match of {
        AgreementOf::Position => 0,
        AgreementOf::Salience => 1,
        AgreementOf::Capability => 2,
    };
    pivots.sort_by(|a, b| {
        order(a.of)
            .cmp(&order(b.of))
            .then(size(a).total_cmp(&size(b)))
    });
    let alone_is_enough = |p: &&PivotRecord| p.to.is_some();
    let found: Vec<&PivotRecord> = pivots.iter().copied().filter(alone_is_enough).collect();
    if found.is_empty() {
        pivots.into_iter().take(3).collect()
    } else {
        found.into_iter().take(8).collect()
    }
}
