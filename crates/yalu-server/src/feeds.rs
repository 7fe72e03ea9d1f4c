//! Feeds: assessments of a dossier, comments on it.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yalu_dossier::workbench::Setting;
use yalu_site::site::{FeedEntry, atom};

use crate::comments::about_of;
use crate::failure::Failure;
use crate::pages::{answer, slot_of, sound};
use crate::state::State;

/// Comments of a feed.
const ENTRIES: usize = 50;

fn feed(text: String) -> Response {
    let kind = "application/atom+xml; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// An entry a date that the dossier asks about.
pub(crate) async fn assessments(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let loaded = sound(slot_of(&state, &id)?)?;
    let site = state.site();
    let mut entries = Vec::new();
    for date in loaded.bench.own_dates().iter().rev() {
        let setting = Setting {
            as_of: Some(*date),
            ..Setting::default()
        };
        let assessment = answer(&state, &loaded, &setting).await?;
        entries.push(FeedEntry {
            id: format!("{site}/d/{id}/{}", setting.query()),
            title: format!("{}, as of {date}", assessment.dossier.title),
            href: format!("{site}/d/{id}/{}", setting.query()),
            updated: format!("{date}T00:00:00Z"),
            author: assessment.dossier.authors.join(", "),
            html: yalu_site::site::escaped(&assessment.verdict.headline),
        });
    }
    let title = &loaded.bench.dossier().spec.question.title;
    let own = format!("{site}/d/{id}/feed.atom");
    Ok(feed(atom(
        &own,
        title,
        &own,
        &format!("{site}/d/{id}/"),
        &entries,
    )))
}

/// The newest comments that are shown.
pub(crate) async fn comments(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let loaded = sound(slot_of(&state, &id)?)?;
    let talk = state.talk.as_ref().ok_or_else(Failure::not_found)?;
    let site = state.site();
    let entries: Vec<FeedEntry> = talk
        .store
        .recent(Some(&id), ENTRIES)?
        .into_iter()
        .map(|one| {
            let about = about_of(&one.place.target);
            let query = if about.is_empty() {
                String::new()
            } else {
                format!("?about={about}")
            };
            FeedEntry {
                id: format!("{site}/d/{id}/discussion#comment-{}", one.id),
                title: format!(
                    "{} on {}",
                    one.name,
                    if about.is_empty() { &id } else { &about }
                ),
                href: format!("{site}/d/{id}/discussion{query}#comment-{}", one.id),
                updated: one.at.to_string(),
                author: one.name,
                html: one.html,
            }
        })
        .collect();
    let title = format!("Comments: {}", loaded.bench.dossier().spec.question.title);
    let own = format!("{site}/d/{id}/comments.atom");
    Ok(feed(atom(
        &own,
        &title,
        &own,
        &format!("{site}/d/{id}/discussion"),
        &entries,
    )))
}
