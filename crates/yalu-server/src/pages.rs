//! Pages of dossiers, and the way to everything.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream::{Stream, unfold};
use yalu_dossier::assessment::Assessment;
use yalu_dossier::workbench::{Setting, SettingError};
use yalu_site::site::{
    ASSETS, ListedDossier, Page, Shell, SiteLink, asset, layout, list_body, render_page,
};

use crate::around::Stands;
use crate::failure::Failure;
use crate::slot::{KeptPage, Loaded, PageKey, Reading, Slot};
use crate::state::State;
use crate::{api, comments, exports, feeds, guard, media, moderation, query};

/// Everything that is answered.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/assets/{name}", get(assets))
        .route("/robots.txt", get(robots))
        .route("/d/{id}", get(without_slash))
        .route("/d/{id}/", get(verdict))
        .route("/d/{id}/{page}", get(page))
        .route("/d/{id}/live", get(live))
        .route("/d/{id}/export/{page}/{file}", get(exports::one))
        .route("/d/{id}/assessment.json", get(exports::assessment))
        .route("/d/{id}/series.csv", get(exports::series_csv))
        .route("/d/{id}/series.parquet", get(exports::series_parquet))
        .route("/d/{id}/report.html", get(exports::report))
        .route("/d/{id}/talks/{file}", get(media::talk))
        .route("/d/{id}/images/{file}", get(media::image))
        .route("/d/{id}/feed.atom", get(feeds::assessments))
        .route("/d/{id}/comments.atom", get(feeds::comments))
        .route("/d/{id}/discussion", get(comments::show))
        .route("/d/{id}/comments", post(comments::submit))
        .route("/data-notice", get(comments::notice))
        .route("/data-notice/mine", post(comments::mine))
        .route(
            "/moderation",
            get(async || Redirect::permanent("/moderation/")),
        )
        .merge(moderation::router())
        .nest("/api/v1", api::router())
        .fallback(async || Failure::not_found())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&state),
            guard::guard,
        ))
        .with_state(state)
}

/// The way to the list.
pub(crate) fn all_dossiers() -> SiteLink {
    SiteLink {
        text: "All dossiers".to_owned(),
        href: "/".to_owned(),
        here: false,
    }
}

pub(crate) fn html(text: impl Into<Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            // A page may change with the next comment or the next file.
            (header::CACHE_CONTROL, "no-cache"),
        ],
        text.into(),
    )
        .into_response()
}

/// A dossier by its id.
pub(crate) fn slot_of<'a>(state: &'a State, id: &str) -> Result<&'a Arc<Slot>, Failure> {
    state.slots.get(id).ok_or_else(Failure::not_found)
}

/// A dossier that can be asked.
pub(crate) fn sound(slot: &Slot) -> Result<Arc<Loaded>, Failure> {
    match slot.reading() {
        Reading::Sound(loaded) => Ok(loaded),
        Reading::Broken(faults) => Err(Failure {
            live: Some(format!("/d/{}/live", slot.id())),
            ..Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("The dossier has faults: {}", faults.join(" · ")),
            )
        }),
    }
}

/// A setting of a dossier out of an address.
pub(crate) fn asked(loaded: &Loaded, raw: Option<&str>) -> Result<query::Asked, Failure> {
    query::read(raw, loaded.bench.choices()).map_err(|error: SettingError| {
        Failure::bad(format!("The address asks for what can’t be: {error}."))
    })
}

/// Computes on a thread of its own, few at a time: the models take every core.
pub(crate) async fn computed<T: Send + 'static>(
    state: &Arc<State>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let place = state.computing.acquire().await.map_err(Failure::internal)?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(place);
    done.map_err(|_| {
        Failure::internal("The answer couldn’t be computed; the server’s log says why.")
    })
}

/// The answer to a setting.
pub(crate) async fn answer(
    state: &Arc<State>,
    loaded: &Arc<Loaded>,
    setting: &Setting,
) -> Result<Arc<Assessment>, Failure> {
    let (loaded, setting) = (Arc::clone(loaded), setting.clone());
    Ok(computed(state, move || loaded.answer(&setting)).await??)
}

async fn list(Shared(state): Shared<Arc<State>>) -> Result<Response, Failure> {
    let mut dossiers = Vec::new();
    for (id, slot) in &state.slots {
        dossiers.push(listed(&state, id, slot).await);
    }
    let shell = Shell {
        title: state.title(),
        heading: state.title(),
        assets: "/assets/".to_owned(),
        more: state.talk.iter().map(|_| comments::notice_link()).collect(),
        canonical: Some(format!("{}/", state.site())),
        colophon: "Made by Yalu.".to_owned(),
        ..Shell::default()
    };
    Ok(html(layout(&shell, &list_body(&dossiers)?)?))
}

async fn listed(state: &Arc<State>, id: &str, slot: &Arc<Slot>) -> ListedDossier {
    let comments = state
        .talk
        .as_ref()
        .and_then(|talk| talk.store.counts(id).ok())
        .map_or(0, |all| all.iter().map(|one| one.n_shown as u64).sum());
    let mut entry = ListedDossier {
        title: id.to_owned(),
        question: String::new(),
        href: format!("/d/{id}/"),
        as_of: String::new(),
        rung: None,
        headline: String::new(),
        probability: String::new(),
        comments,
    };
    let loaded = match slot.reading() {
        Reading::Broken(faults) => {
            entry.headline = format!("The dossier has faults: {}", faults.join(" · "));
            return entry;
        }
        Reading::Sound(loaded) => loaded,
    };
    let question = &loaded.bench.dossier().spec.question;
    entry.title.clone_from(&question.title);
    entry.question.clone_from(&question.text);
    match answer(state, &loaded, &Setting::default()).await {
        Err(failure) => entry.headline = failure.message,
        Ok(assessment) => {
            let verdict = &assessment.verdict;
            entry.as_of.clone_from(&assessment.as_of);
            entry.rung = Some(verdict.rung);
            entry.headline.clone_from(&verdict.headline);
            if let Some(word) = &verdict.probability.word {
                entry.probability = format!("A shift beyond response: {word}");
            }
        }
    }
    entry
}

async fn assets(Path(name): Path<String>) -> Result<Response, Failure> {
    if !ASSETS.contains(&name.as_str()) {
        return Err(Failure::not_found());
    }
    let asset = asset(&name)?.ok_or_else(Failure::not_found)?;
    Ok((
        [
            (header::CONTENT_TYPE, asset.content_type),
            (header::CACHE_CONTROL, "max-age=300"),
        ],
        asset.bytes.into_owned(),
    )
        .into_response())
}

async fn robots() -> Response {
    let text = "User-agent: *\nDisallow: /moderation\nDisallow: /api/\nDisallow: /*?\n";
    ([(header::CONTENT_TYPE, "text/plain")], text).into_response()
}

async fn without_slash(Path(id): Path<String>, RawQuery(raw): RawQuery) -> Response {
    let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let query = raw.map_or_else(String::new, |raw| format!("?{raw}"));
    Redirect::permanent(&format!("/d/{id}/{query}")).into_response()
}

async fn verdict(
    state: Shared<Arc<State>>,
    Path(id): Path<String>,
    raw: RawQuery,
) -> Result<Response, Failure> {
    shown(state, &id, Page::Verdict, raw).await
}

async fn page(
    state: Shared<Arc<State>>,
    Path((id, page)): Path<(String, String)>,
    raw: RawQuery,
) -> Result<Response, Failure> {
    let page = Page::of_slug(&page).filter(|one| *one != Page::Verdict);
    shown(state, &id, page.ok_or_else(Failure::not_found)?, raw).await
}

async fn shown(
    Shared(state): Shared<Arc<State>>,
    id: &str,
    page: Page,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let slot = slot_of(&state, id)?;
    let loaded = sound(slot)?;
    let asked = asked(&loaded, raw.as_deref())?;
    if asked.is_roundabout {
        let name = if page == Page::Verdict {
            ""
        } else {
            page.slug()
        };
        let address = format!("/d/{id}/{name}{}", asked.setting.query());
        return Ok(Redirect::to(&address).into_response());
    }
    let rendered = rendered(&state, slot, &loaded, &asked.setting, page).await?;
    Ok(html(rendered.html.clone()))
}

/// A page of a dossier: kept, or drawn now.
pub(crate) async fn rendered(
    state: &Arc<State>,
    slot: &Arc<Slot>,
    loaded: &Arc<Loaded>,
    setting: &Setting,
    page: Page,
) -> Result<Arc<KeptPage>, Failure> {
    let revision = state.talk.as_ref().map_or(0, crate::state::Talk::revision);
    // What is computed ahead and what readers say both change a page.
    let key: PageKey = (page, setting.query(), loaded.step() << 20 ^ revision);
    if let Some(known) = loaded.page(&key) {
        return Ok(known);
    }
    let shared = (Arc::clone(state), Arc::clone(slot), Arc::clone(loaded));
    let setting = setting.clone();
    let made = computed(state, move || -> Result<_, Failure> {
        let (state, slot, loaded) = shared;
        let assessment = loaded.answer(&setting)?;
        let name = if page == Page::Verdict {
            ""
        } else {
            page.slug()
        };
        let stands = Stands {
            state: &state,
            slot: &slot,
            loaded: &loaded,
            setting: &setting,
            page: name,
        };
        let made = render_page(&assessment, page, &stands.around(&assessment))?;
        let made = Arc::new(KeptPage::from(made));
        loaded.keep_page(key, Arc::clone(&made));
        Ok(made)
    })
    .await??;
    Ok(made)
}

/// Tells an open page that its dossier was read anew, or that what it waits for is there.
async fn live(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let slot = slot_of(&state, &id)?;
    let stream = changes(slot);
    let mut answer = Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(std::time::Duration::from_secs(20)))
        .into_response();
    let uncached = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, uncached);
    Ok(answer)
}

fn changes(slot: &Slot) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let steps = match slot.reading() {
        Reading::Sound(loaded) => Some(loaded.steps()),
        Reading::Broken(_) => None,
    };
    unfold(
        (slot.versions(), steps),
        |(mut versions, mut steps)| async {
            let event = loop {
                let stepped = async {
                    match &mut steps {
                        Some(steps) => steps.changed().await.is_ok(),
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    biased;
                    changed = versions.changed() => break changed.ok().map(|()| "changed")?,
                    more = stepped => {
                        if more {
                            break "step";
                        }
                        // That reading is gone; the next is announced by its version.
                        steps = None;
                    }
                }
            };
            let event = Event::default().event(event).data("1");
            Some((Ok(event), (versions, steps)))
        },
    )
}
