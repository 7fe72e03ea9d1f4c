//! Recordings of talks: the files that a dossier names, and no others.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeFile;
use yalu_site::site::image_name;

use crate::failure::Failure;
use crate::pages::{slot_of, sound};
use crate::state::State;

/// A recording, or a part of it. The name is looked up among the dossier's talks; no path is made of it.
pub(crate) async fn talk(
    Shared(state): Shared<Arc<State>>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    let loaded = sound(slot_of(&state, &id)?)?;
    let dossier = loaded.bench.dossier();
    let file = dossier
        .evidence
        .iter()
        .flat_map(|evidence| &evidence.talks)
        .find_map(|talk| {
            let recording = talk.recording.as_ref().filter(|one| one.at_hand)?;
            let named = talk.player_file(recording) == format!("talks/{name}");
            named.then_some(&recording.file)
        })
        .ok_or_else(Failure::not_found)?;
    served(dossier.dir.join(file), request).await
}

/// An image of the publication, by its number there: no path is made of a name.
pub(crate) async fn image(
    Shared(state): Shared<Arc<State>>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    let loaded = sound(slot_of(&state, &id)?)?;
    let dossier = loaded.bench.dossier();
    let images = dossier.spec.publication.iter().flat_map(|one| &one.images);
    let file = images
        .enumerate()
        .find(|(idx, image)| image_name(*idx, &image.file) == name)
        .map(|(_, image)| &image.file)
        .ok_or_else(Failure::not_found)?;
    served(dossier.dir.join(file), request).await
}

async fn served(path: PathBuf, request: Request) -> Result<Response, Failure> {
    match ServeFile::new(path).oneshot(request).await {
        Ok(answer) => Ok(answer.map(Body::new).into_response()),
        Err(never) => match never {},
    }
}
