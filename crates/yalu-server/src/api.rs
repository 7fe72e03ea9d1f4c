//! The HTTP API: JSON for programs.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Serialize;
use yalu_discussion::{CommentState, Page, SecretToken, Whose};
use yalu_dossier::workbench::Setting;

use crate::answers::{
    ChoicesAnswer, DossierAnswer, DossiersAnswer, EvolutionAnswer, Posted, QuestionAnswer,
    ReceiptAnswer, ReceiptState, VerdictAnswer,
};
use crate::comments::{NotTaken, Sent, place_of, take};
use crate::failure::Failure;
use crate::guard::peer;
use crate::openapi::openapi;
use crate::pages::{answer, asked, computed, slot_of, sound};
use crate::query::pairs;
use crate::slot::Reading;
use crate::state::{State, talk_of};

/// A failure that is told as JSON.
pub(crate) struct Told(Failure);

impl<T: Into<Failure>> From<T> for Told {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        self.0.json()
    }
}

type Answer = Result<Response, Told>;

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/openapi.json", get(described))
        .route("/dossiers", get(dossiers))
        .route("/dossiers/{id}", get(dossier))
        .route("/dossiers/{id}/choices", get(choices))
        .route("/dossiers/{id}/verdict", get(verdict))
        .route("/dossiers/{id}/assessment", get(assessment))
        .route("/dossiers/{id}/evolution", get(evolution))
        .route("/dossiers/{id}/comments", get(comments).post(comment))
        .route("/mine", get(mine).delete(erase))
        .fallback(async || Told(Failure::not_found()))
        .method_not_allowed_fallback(async || {
            Told(Failure::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address isn’t asked that way.",
            ))
        })
}

fn json_answer(status: StatusCode, value: &impl Serialize) -> Answer {
    let mut text = serde_json::to_vec(value).map_err(Failure::internal)?;
    text.push(b'\n');
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((status, headers, text).into_response())
}

async fn described(Shared(state): Shared<Arc<State>>) -> Answer {
    json_answer(StatusCode::OK, &openapi(&state.site()))
}

fn entry(state: &State, id: &str) -> Result<DossierAnswer, Failure> {
    let slot = slot_of(state, id)?;
    let (question, faults) = match slot.reading() {
        Reading::Broken(faults) => (None, faults.to_vec()),
        Reading::Sound(loaded) => {
            let own = loaded.bench.own_dates().iter();
            let question = &loaded.bench.dossier().spec.question;
            let question = QuestionAnswer {
                title: question.title.clone(),
                question: question.text.clone(),
                source: question.source.clone(),
                target: question.target.clone(),
                authors: question.authors.clone(),
                as_of: own.map(ToString::to_string).collect(),
            };
            (Some(question), Vec::new())
        }
    };
    Ok(DossierAnswer {
        id: id.to_owned(),
        question,
        faults,
    })
}

async fn dossiers(Shared(state): Shared<Arc<State>>) -> Answer {
    let all: Result<Vec<_>, Failure> = state.slots.keys().map(|id| entry(&state, id)).collect();
    json_answer(StatusCode::OK, &DossiersAnswer { dossiers: all? })
}

async fn dossier(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Answer {
    json_answer(StatusCode::OK, &entry(&state, &id)?)
}

async fn choices(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    json_answer(StatusCode::OK, &ChoicesAnswer::of(loaded.bench.choices()))
}

async fn verdict(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    let setting = asked(&loaded, raw.as_deref())?.setting;
    let assessment = answer(&state, &loaded, &setting).await?;
    json_answer(StatusCode::OK, &VerdictAnswer::of(id, &assessment))
}

async fn assessment(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    let setting: Setting = asked(&loaded, raw.as_deref())?.setting;
    let assessment = answer(&state, &loaded, &setting).await?;
    json_answer(StatusCode::OK, assessment.as_ref())
}

async fn evolution(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    let points = loaded.evolution();
    json_answer(StatusCode::OK, &EvolutionAnswer { points: &points })
}

async fn comments(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let asked = pairs(raw.as_deref().unwrap_or_default());
    let mut about = String::new();
    let mut page = Page::first(100);
    for (key, value) in asked {
        match key.as_str() {
            "about" => about = value,
            "offset" => {
                page.offset = value
                    .parse::<u32>()
                    .map_err(|_| Failure::bad("`offset` is a whole number from 0 on."))?
                    as usize;
            }
            other => return Err(Failure::bad(format!("there is no parameter `{other}`")).into()),
        }
    }
    let shared = Arc::clone(&state);
    let thread = computed(&state, move || -> Result<_, Failure> {
        let talk = talk_of(&shared)?;
        let loaded = sound(slot_of(&shared, &id)?)?;
        let found = place_of(loaded.bench.dossier(), &id, &about);
        let (place, _) = found.ok_or_else(Failure::not_found)?;
        Ok(talk.store.thread(&place, page)?)
    })
    .await??;
    json_answer(StatusCode::OK, &thread)
}

async fn comment(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    peer_of: ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Answer {
    talk_of(&state)?;
    slot_of(&state, &id)?;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send a comment as application/json.",
        )
        .into());
    }
    let posted: Posted = serde_json::from_slice(&body)
        .map_err(|error| Failure::bad(format!("The comment can’t be read: {error}.")))?;
    let sent = Sent {
        about: posted.about,
        reply_to: posted.reply_to.map(|id| id.to_string()),
        name: posted.name,
        email: posted.email.unwrap_or_default(),
        text: posted.text,
        token: posted.token.unwrap_or_default(),
        trap: String::new(),
        // A program has no form: nothing is said of how long it took.
        form_seconds: None,
    };
    let address = peer(&state, &headers, peer_of);
    let shared = Arc::clone(&state);
    let taken = computed(&state, move || take(&shared, &id, &sent, &headers, address)).await?;
    match taken {
        Ok(receipt) => json_answer(
            StatusCode::CREATED,
            &ReceiptAnswer {
                id: receipt.id.0,
                state: match receipt.state {
                    CommentState::Shown => ReceiptState::Shown,
                    _ => ReceiptState::Held,
                },
                token: receipt.token.as_ref().map(SecretToken::reveal),
                repeated: receipt.is_repeated,
            },
        ),
        Err(NotTaken::Other(failure)) => Err(failure.into()),
        Err(NotTaken::Faults(faults)) => {
            let mut failure = Failure::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The comment needs mending.",
            );
            failure.fields = faults
                .into_iter()
                .map(|(field, words)| {
                    let name = serde_json::to_value(field).ok();
                    let name = name.and_then(|one| one.as_str().map(str::to_owned));
                    (name.unwrap_or_default(), words)
                })
                .collect();
            Err(failure.into())
        }
    }
}

/// Whose token a request carries.
fn bearer(headers: &HeaderMap) -> Result<Whose, Failure> {
    let refused = || {
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "Send the token of your comments: Authorization: Bearer TOKEN.",
        )
    };
    let held = headers.get(header::AUTHORIZATION);
    let held = held
        .and_then(|value| value.to_str().ok())
        .ok_or_else(refused)?;
    let token = held.strip_prefix("Bearer ").ok_or_else(refused)?;
    Ok(Whose::Token(
        SecretToken::from_str(token).map_err(|_| refused())?,
    ))
}

async fn mine(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    talk_of(&state)?;
    let whose = bearer(&headers)?;
    let shared = Arc::clone(&state);
    let stored = computed(&state, move || -> Result<_, Failure> {
        Ok(talk_of(&shared)?
            .store
            .export_person(&whose, Timestamp::now())?)
    })
    .await??;
    json_answer(StatusCode::OK, &stored)
}

async fn erase(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    talk_of(&state)?;
    let whose = bearer(&headers)?;
    let shared = Arc::clone(&state);
    let erased = computed(&state, move || -> Result<_, Failure> {
        let talk = talk_of(&shared)?;
        let erased = talk.store.erase_person(&whose, Timestamp::now())?;
        talk.changed();
        Ok(erased)
    })
    .await??;
    json_answer(StatusCode::OK, &erased)
}
