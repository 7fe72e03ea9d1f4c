//! What readers take along: figures of charts and tables, the assessment, its series, the single file.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yalu_dossier::assessment::Assessment;
use yalu_dossier::export::series_table;
use yalu_site::site::Page;
use yalu_site::{ReportOptions, render_report};

use crate::failure::Failure;
use crate::pages::{answer, asked, computed, rendered, slot_of, sound};
use crate::state::State;

fn file(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let named = format!("attachment; filename=\"{name}\"");
    (
        [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (header::CONTENT_DISPOSITION, named),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ],
        bytes,
    )
        .into_response()
}

/// The figures of a chart or a table, or the chart itself.
pub(crate) async fn one(
    Shared(state): Shared<Arc<State>>,
    Path((id, page, name)): Path<(String, String, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let page = Page::of_slug(&page).ok_or_else(Failure::not_found)?;
    let (stem, ending) = name.rsplit_once('.').ok_or_else(Failure::not_found)?;
    let slot = slot_of(&state, &id)?;
    let loaded = sound(slot)?;
    let asked = asked(&loaded, raw.as_deref())?;
    let drawn = rendered(&state, slot, &loaded, &asked.setting, page).await?;
    let export = drawn
        .exports
        .iter()
        .find(|one| one.name == stem)
        .ok_or_else(Failure::not_found)?;
    // The name is ours: small letters, digits, hyphens.
    let name = format!("{id}-{stem}.{ending}");
    Ok(match ending {
        "csv" => file(&name, "text/csv; charset=utf-8", export.table.to_csv()),
        "json" => file(&name, "application/json", export.table.to_json()),
        "parquet" => {
            let bytes = export.table.to_parquet().map_err(Failure::internal)?;
            file(&name, "application/vnd.apache.parquet", bytes)
        }
        "svg" => match &export.svg {
            Some(svg) => file(&name, "image/svg+xml", svg.clone().into_bytes()),
            None => return Err(Failure::not_found()),
        },
        _ => return Err(Failure::not_found()),
    })
}

/// The assessment that an address asks for.
async fn asked_for(
    state: &Arc<State>,
    id: &str,
    raw: Option<&str>,
) -> Result<Arc<Assessment>, Failure> {
    let loaded = sound(slot_of(state, id)?)?;
    let asked = asked(&loaded, raw)?;
    answer(state, &loaded, &asked.setting).await
}

/// The whole assessment.
pub(crate) async fn assessment(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let assessment = asked_for(&state, &id, raw.as_deref()).await?;
    let bytes = serde_json::to_vec_pretty(assessment.as_ref()).map_err(Failure::internal)?;
    Ok(file(
        &format!("{id}-assessment.json"),
        "application/json",
        bytes,
    ))
}

/// The series as CSV.
pub(crate) async fn series_csv(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let assessment = asked_for(&state, &id, raw.as_deref()).await?;
    let bytes = series_table(&assessment).to_csv();
    Ok(file(
        &format!("{id}-series.csv"),
        "text/csv; charset=utf-8",
        bytes,
    ))
}

/// The series as Parquet.
pub(crate) async fn series_parquet(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let assessment = asked_for(&state, &id, raw.as_deref()).await?;
    let bytes = series_table(&assessment).to_parquet();
    let bytes = bytes.map_err(Failure::internal)?;
    Ok(file(
        &format!("{id}-series.parquet"),
        "application/vnd.apache.parquet",
        bytes,
    ))
}

/// The report as one file. It brings its own script, so that it is saved, not shown here.
pub(crate) async fn report(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let assessment = asked_for(&state, &id, raw.as_deref()).await?;
    let drawn = computed(&state, move || {
        render_report(&assessment, &ReportOptions { interactive: true })
    });
    let text = drawn.await??;
    Ok(file(
        &format!("{id}-report.html"),
        "text/html; charset=utf-8",
        text.into_bytes(),
    ))
}
