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
use serde_json::{Value, json};
use yalu_discussion::{Page, SecretToken, Whose};
use yalu_dossier::workbench::{Choices, Setting};

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

fn entry(state: &State, id: &str) -> Result<Value, Failure> {
    let slot = slot_of(state, id)?;
    Ok(match slot.reading() {
        Reading::Broken(faults) => json!({ "id": id, "faults": faults.as_ref() }),
        Reading::Sound(loaded) => {
            let question = &loaded.bench.dossier().spec.question;
            let dates: Vec<String> = loaded
                .bench
                .own_dates()
                .iter()
                .map(ToString::to_string)
                .collect();
            json!({
                "id": id,
                "title": question.title,
                "question": question.text,
                "source": question.source,
                "target": question.target,
                "authors": question.authors,
                "as_of": dates,
                "faults": [],
            })
        }
    })
}

async fn dossiers(Shared(state): Shared<Arc<State>>) -> Answer {
    let all: Result<Vec<Value>, Failure> = state.slots.keys().map(|id| entry(&state, id)).collect();
    json_answer(StatusCode::OK, &json!({ "dossiers": all? }))
}

async fn dossier(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Answer {
    json_answer(StatusCode::OK, &entry(&state, &id)?)
}

fn choices_json(choices: &Choices) -> Value {
    let codes: Vec<Value> = choices
        .codes
        .iter()
        .map(|one| {
            let groups: Vec<Value> = one
                .groups
                .iter()
                .map(|(id, title)| json!({ "id": id, "title": title }))
                .collect();
            json!({ "indicator": one.indicator, "title": one.title, "groups": groups })
        })
        .collect();
    let donors: Vec<Value> = choices
        .donors
        .iter()
        .map(|one| json!({ "id": one.id, "name": one.name }))
        .collect();
    let actors: Vec<Value> = choices
        .actors
        .iter()
        .map(|one| {
            let stakes: Vec<Value> = one
                .stakes
                .iter()
                .map(|(issue, title, scale, stake)| {
                    json!({ "issue": issue, "title": title, "scale": scale, "stake": stake })
                })
                .collect();
            json!({ "id": one.id, "title": one.title, "stakes": stakes })
        })
        .collect();
    json!({
        "as_of": choices.as_of.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "level": choices.level,
        "horizon_months": choices.horizon_months,
        "codes": codes,
        "exposures": choices.exposures,
        "donors": donors,
        "actors": actors,
    })
}

async fn choices(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    json_answer(StatusCode::OK, &choices_json(loaded.bench.choices()))
}

async fn verdict(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let loaded = sound(slot_of(&state, &id)?)?;
    let setting = asked(&loaded, raw.as_deref())?.setting;
    let assessment = answer(&state, &loaded, &setting).await?;
    let indicators: Vec<Value> = assessment
        .indicators
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "title": one.title,
                "rung": one.rung,
                "at": one.shift.as_ref().map(|shift| &shift.at),
                "effect": one.shift.as_ref().map(|shift| shift.effect),
                "q_value": one.test_with_response.as_ref().and_then(|test| test.q_value),
            })
        })
        .collect();
    json_answer(
        StatusCode::OK,
        &json!({
            "id": id,
            "as_of": assessment.as_of,
            "setting": assessment.setting,
            "verdict": assessment.verdict,
            "indicators": indicators,
        }),
    )
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
    json_answer(StatusCode::OK, &json!({ "points": points.as_ref() }))
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

/// A comment as JSON.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    #[serde(default)]
    about: String,
    #[serde(default)]
    reply_to: Option<i64>,
    name: String,
    #[serde(default)]
    email: Option<String>,
    text: String,
    #[serde(default)]
    token: Option<String>,
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
            &json!({
                "id": receipt.id,
                "state": if receipt.state == yalu_discussion::CommentState::Shown { "shown" } else { "held" },
                "token": receipt.token.as_ref().map(SecretToken::reveal),
                "repeated": receipt.is_repeated,
            }),
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
