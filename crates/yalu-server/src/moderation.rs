//! The page of moderators: behind a password, a session and a token in every form.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, RawQuery, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use yalu_discussion::access::{AccessError, Session};
use yalu_discussion::{
    Action, Block, CommentId, CommentState, Order, Page, QueueEntry, QueueFilter, SecretToken,
    Whose,
};
use yalu_site::site::{Shell, SiteLink, layout};

use crate::comments::{about_of, form, value_of};
use crate::failure::Failure;
use crate::guard::peer;
use crate::pages::{all_dossiers, computed, html};
use crate::query::pairs;
use crate::state::{State, talk_of};

const COOKIE: &str = "yalu_session";
const PER_PAGE: usize = 50;

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/moderation/", get(show))
        .route("/moderation/login", post(log_in))
        .route("/moderation/logout", post(log_out))
        .route("/moderation/act", post(act))
        .route("/moderation/block", post(block))
        .route("/moderation/person", post(person))
}

/// The token of a session's cookie.
fn cookie(headers: &HeaderMap) -> Option<SecretToken> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then(|| SecretToken::from_str(value).ok())?
        })
}

/// Who is logged in.
struct Known {
    token: SecretToken,
    session: Session,
}

async fn known(state: &Arc<State>, headers: &HeaderMap) -> Result<Option<Known>, Failure> {
    let Some(token) = cookie(headers) else {
        return Ok(None);
    };
    let shared = Arc::clone(state);
    computed(state, move || {
        let session = talk_of(&shared)?.store.session(&token, Timestamp::now())?;
        Ok(session.map(|session| Known { token, session }))
    })
    .await?
}

/// The fields of a form of this page, and who sent it; nobody else may.
async fn sent(
    state: &Arc<State>,
    headers: &HeaderMap,
    body: &axum::body::Bytes,
) -> Result<(Vec<(String, String)>, Known), Failure> {
    let fields = form(headers, body)?;
    let refused = || {
        Failure::new(
            StatusCode::FORBIDDEN,
            "Log in again: the session has ended, or the form wasn’t this page’s.",
        )
    };
    let known = known(state, headers).await?.ok_or_else(refused)?;
    let talk = talk_of(state)?;
    let secret = known.token.reveal();
    let token = value_of(&fields, "form");
    let forms = talk.store.form_tokens();
    let checked = forms.check(&token, "moderation", &secret, Timestamp::now());
    checked.map_err(|_| refused())?;
    Ok((fields, known))
}

fn shell(title: &str) -> Shell {
    Shell {
        title: title.to_owned(),
        heading: title.to_owned(),
        assets: "/assets/".to_owned(),
        home: Some(all_dossiers()),
        unlisted: true,
        ..Shell::default()
    }
}

fn private(text: String, status: StatusCode) -> Response {
    let mut answer = html(text);
    *answer.status_mut() = status;
    let unkept = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, unkept);
    answer
}

#[derive(Template)]
#[template(path = "login.html")]
struct LogIn {
    form_token: String,
    name: String,
    fault: String,
    has_users: bool,
}

fn log_in_page(state: &State, name: String, fault: String) -> Result<String, Failure> {
    let talk = talk_of(state)?;
    let form_token = talk
        .store
        .form_tokens()
        .issue("log in", "", Timestamp::now());
    let page = LogIn {
        form_token: form_token.map_err(Failure::internal)?,
        name,
        fault,
        has_users: !talk.store.users()?.is_empty(),
    };
    let body = page.render().map_err(Failure::internal)?;
    Ok(layout(&shell("Moderation: log in"), &body)?)
}

#[derive(Template)]
#[template(path = "moderation.html")]
struct Queue {
    user: String,
    form_token: String,
    state: String,
    states: Vec<SiteLink>,
    entries: Vec<Entry>,
    n_total: usize,
    next: Option<String>,
    service: Vec<String>,
    blocks: Vec<String>,
    audit: Vec<String>,
    said: Option<String>,
    stored: Option<String>,
}

struct Entry {
    of: QueueEntry,
    about: String,
    day: String,
    score: String,
    check: String,
}

fn state_named(name: &str) -> Option<CommentState> {
    Some(match name {
        "held" => CommentState::Held,
        "shown" => CommentState::Shown,
        "refused" => CommentState::Refused,
        "spam" => CommentState::Spam,
        _ => return None,
    })
}

fn check_words(entry: &QueueEntry) -> String {
    use yalu_discussion::Check;
    match &entry.check {
        Check::NotAsked => "not asked".to_owned(),
        Check::Waiting {
            attempts,
            last_error,
            ..
        } => {
            let error = last_error.clone().unwrap_or_default();
            format!("waiting, {attempts} attempts {error}")
        }
        Check::Said { verdict, .. } => format!("says {}", verdict.word()),
        Check::GaveUp => "gave no answer".to_owned(),
    }
}

async fn show(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    talk_of(&state)?;
    let Some(known) = known(&state, &headers).await? else {
        let page = log_in_page(&state, String::new(), String::new())?;
        return Ok(private(page, StatusCode::OK));
    };
    let asked = pairs(raw.as_deref().unwrap_or_default());
    queue_page(&state, known, asked, None).await
}

/// What a decision did: it stands in the address that the decision leads to, so that loading the page
/// anew decides nothing anew.
#[derive(Debug, Clone, Copy)]
enum Done {
    /// Comments that were changed, and those that were so already.
    Decided(Action, usize, usize),
    Blocked,
    Unblocked,
    /// How many comments were deleted with their author's data.
    Erased(usize),
}

impl Done {
    /// The page that says so, with the comments of a state.
    fn answer(self, state: &str) -> Response {
        let done = match self {
            Self::Decided(action, changed, unchanged) => {
                format!(
                    "done={}&changed={changed}&unchanged={unchanged}",
                    key_of(action)
                )
            }
            Self::Blocked => "done=block".to_owned(),
            Self::Unblocked => "done=unblock".to_owned(),
            Self::Erased(n) => format!("done=erase&changed={n}"),
        };
        let state = match state_named(state) {
            Some(_) => format!("state={state}&"),
            None => String::new(),
        };
        Redirect::to(&format!("/moderation/?{state}{done}")).into_response()
    }

    fn of(asked: &[(String, String)]) -> Option<Self> {
        let count = |name: &str| value_of(asked, name).parse().unwrap_or(0);
        Some(match value_of(asked, "done").as_str() {
            "block" => Self::Blocked,
            "unblock" => Self::Unblocked,
            "erase" => Self::Erased(count("changed")),
            other => Self::Decided(action_named(other)?, count("changed"), count("unchanged")),
        })
    }

    fn words(self) -> String {
        match self {
            Self::Decided(action, changed, unchanged) => format!(
                "{}: {changed} changed, {unchanged} were so already.",
                action.word()
            ),
            Self::Blocked => "The block holds from now on.".to_owned(),
            Self::Unblocked => "The block is lifted.".to_owned(),
            Self::Erased(n) => format!("{n} comments were deleted."),
        }
    }
}

/// Decisions as forms and addresses name them.
const ACTIONS: [(&str, Action); 5] = [
    ("approve", Action::Approve),
    ("refuse", Action::Refuse),
    ("spam", Action::MarkSpam),
    ("not_spam", Action::MarkNotSpam),
    ("delete", Action::Delete),
];

fn action_named(name: &str) -> Option<Action> {
    let found = ACTIONS.iter().find(|(known, _)| *known == name);
    found.map(|(_, action)| *action)
}

fn key_of(action: Action) -> &'static str {
    let found = ACTIONS.iter().find(|(_, known)| *known == action);
    found.map_or("", |(name, _)| name)
}

async fn queue_page(
    state: &Arc<State>,
    known: Known,
    asked: Vec<(String, String)>,
    stored: Option<String>,
) -> Result<Response, Failure> {
    let shared = Arc::clone(state);
    let text = computed(state, move || drawn(&shared, &known, &asked, stored)).await??;
    Ok(private(text, StatusCode::OK))
}

fn drawn(
    state: &State,
    known: &Known,
    asked: &[(String, String)],
    stored: Option<String>,
) -> Result<String, Failure> {
    let talk = talk_of(state)?;
    let now = Timestamp::now();
    let chosen = value_of(asked, "state");
    let chosen = if state_named(&chosen).is_some() {
        chosen
    } else {
        "held".to_owned()
    };
    let offset = value_of(asked, "from").parse().unwrap_or(0);
    let filter = QueueFilter {
        state: state_named(&chosen),
        contains: Some(value_of(asked, "contains")).filter(|text| !text.is_empty()),
        order: if chosen == "held" {
            Order::OldestFirst
        } else {
            Order::NewestFirst
        },
        ..QueueFilter::default()
    };
    let page = talk.store.queue(
        &filter,
        Page {
            offset,
            limit: PER_PAGE,
        },
    )?;
    let mut states = Vec::new();
    for (name, words) in [
        ("held", "Held"),
        ("shown", "Shown"),
        ("spam", "Spam"),
        ("refused", "Refused"),
    ] {
        let of = QueueFilter {
            state: state_named(name),
            ..QueueFilter::default()
        };
        let n = talk.store.queue(&of, Page::first(1))?.n_total;
        states.push(SiteLink {
            text: format!("{words} ({n})"),
            href: format!("/moderation/?state={name}"),
            here: name == chosen,
        });
    }
    let secret = known.token.reveal();
    let form_token = talk.store.form_tokens().issue("moderation", &secret, now);
    let health = talk.store.health()?;
    let mut service = Vec::new();
    if let Some(stopped) = &health.stopped {
        service.push(format!(
            "The spam service isn’t asked any more: {}",
            stopped.what
        ));
    }
    if health.n_waiting > 0 {
        service.push(format!(
            "{} comments wait for the spam service.",
            health.n_waiting
        ));
    }
    if let Some(alert) = &health.alert {
        service.push(format!("The spam service says: {}", alert.what));
    }
    let next = (offset + page.entries.len() < page.n_total)
        .then(|| format!("/moderation/?state={chosen}&from={}", offset + PER_PAGE));
    let queue = Queue {
        state: chosen.clone(),
        user: known.session.user.clone(),
        form_token: form_token.map_err(Failure::internal)?,
        states,
        n_total: page.n_total,
        entries: page.entries.into_iter().map(entry).collect(),
        next,
        service,
        blocks: talk
            .store
            .blocks(now)?
            .iter()
            .map(|one| match &one.block {
                Block::Email(email) => format!("e-mail {email}"),
                Block::Name(name) => format!("name {name}"),
                Block::Address(address) => format!("address {address}"),
            })
            .collect(),
        audit: talk
            .store
            .audit(Page::first(20))?
            .into_iter()
            .map(|line| {
                let comment = line
                    .comment
                    .map_or_else(String::new, |id| format!(" comment {id}"));
                format!("{}: {} {}{comment}", line.at, line.who, line.what)
            })
            .collect(),
        said: Done::of(asked).map(Done::words),
        stored,
    };
    let body = queue.render().map_err(Failure::internal)?;
    Ok(layout(&shell("Moderation"), &body)?)
}

fn entry(of: QueueEntry) -> Entry {
    let about = about_of(&of.place.target);
    let day = of.at.to_string();
    Entry {
        about: if about.is_empty() {
            of.place.dossier.clone()
        } else {
            format!("{}, {about}", of.place.dossier)
        },
        day: day.get(..16).unwrap_or(&day).replace('T', " "),
        score: format!("{:.2}", of.score),
        check: check_words(&of),
        of,
    }
}

async fn log_in(
    Shared(state): Shared<Arc<State>>,
    peer_of: ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let fields = form(&headers, &body)?;
    let talk = talk_of(&state)?;
    let now = Timestamp::now();
    let address = peer(&state, &headers, peer_of);
    let name = value_of(&fields, "name");
    let forms = talk.store.form_tokens();
    if forms
        .check(&value_of(&fields, "form"), "log in", "", now)
        .is_err()
    {
        let words = "The form was open for too long. Please send it again.".to_owned();
        return Ok(private(
            log_in_page(&state, name, words)?,
            StatusCode::UNPROCESSABLE_ENTITY,
        ));
    }
    if let Err(again) = talk.limits.log_in(address, now) {
        return Err(Failure::later(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many attempts to log in. Please wait a little.",
            again.after.as_secs(),
        ));
    }
    let password = value_of(&fields, "password");
    let (shared, user) = (Arc::clone(&state), name.clone());
    // A comparison takes a while on purpose; it waits at a gate of its own, not among the models.
    let attempt = tokio::task::spawn_blocking(move || {
        let talk = shared.talk.as_ref()?;
        Some(talk.store.log_in(&user, &password, now))
    });
    let attempt = attempt.await.map_err(Failure::internal)?;
    let attempt = attempt.ok_or_else(Failure::not_found)?;
    match attempt {
        Ok(token) => {
            let mut answer = Redirect::to("/moderation/").into_response();
            let secure = if state.settings.is_encrypted() {
                "; Secure"
            } else {
                ""
            };
            let text = format!(
                "{COOKIE}={}; Path=/moderation; HttpOnly; SameSite=Strict{secure}",
                token.reveal()
            );
            let text = HeaderValue::from_str(&text).map_err(Failure::internal)?;
            answer.headers_mut().insert(header::SET_COOKIE, text);
            Ok(answer)
        }
        Err(AccessError::Wrong) => {
            talk.limits.log_in_failed(now);
            let words = "Name or password is wrong.".to_owned();
            Ok(private(
                log_in_page(&state, name, words)?,
                StatusCode::UNAUTHORIZED,
            ))
        }
        Err(AccessError::Store(error)) => Err(error.into()),
        Err(_) => Err(Failure::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many are logging in just now.",
            5,
        )),
    }
}

async fn log_out(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let (_, known) = sent(&state, &headers, &body).await?;
    talk_of(&state)?.store.log_out(&known.token)?;
    let mut answer = Redirect::to("/moderation/").into_response();
    let gone = format!("{COOKIE}=; Path=/moderation; HttpOnly; SameSite=Strict; Max-Age=0");
    let gone = HeaderValue::from_str(&gone).map_err(Failure::internal)?;
    answer.headers_mut().insert(header::SET_COOKIE, gone);
    Ok(answer)
}

async fn act(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let (fields, known) = sent(&state, &headers, &body).await?;
    let action = action_named(&value_of(&fields, "do"))
        .ok_or_else(|| Failure::bad("There is no such decision."))?;
    let ids: Vec<CommentId> = fields
        .iter()
        .filter(|(name, _)| name == "id")
        .filter_map(|(_, value)| value.parse().ok())
        .take(500)
        .collect();
    let (shared, by) = (Arc::clone(&state), known.session.user.clone());
    let done = computed(&state, move || -> Result<_, Failure> {
        let talk = talk_of(&shared)?;
        let done = talk.store.moderate(action, &ids, &by, Timestamp::now())?;
        talk.changed();
        Ok(done)
    })
    .await??;
    let done = Done::Decided(action, done.changed.len(), done.unchanged.len());
    Ok(done.answer(&value_of(&fields, "state")))
}

async fn block(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let (fields, known) = sent(&state, &headers, &body).await?;
    let whom = value_of(&fields, "whom").trim().to_owned();
    let block = match value_of(&fields, "kind").as_str() {
        _ if whom.is_empty() => return Err(Failure::bad("Say whom to block.")),
        "email" => Block::Email(whom),
        "name" => Block::Name(whom),
        "address" => match whom.parse() {
            Ok(address) => Block::Address(address),
            Err(_) => return Err(Failure::bad("That is no internet address.")),
        },
        _ => return Err(Failure::bad("Block an e-mail, a name or an address.")),
    };
    let talk = talk_of(&state)?;
    let (now, by) = (Timestamp::now(), &known.session.user);
    let done = if value_of(&fields, "do") == "unblock" {
        talk.store.unblock(&block, by, now)?;
        Done::Unblocked
    } else {
        talk.store.block(&block, None, by, now)?;
        Done::Blocked
    };
    Ok(done.answer(""))
}

/// What is stored under an e-mail: shown, or deleted. Whether the one who asked owns it is for the
/// moderator to know.
async fn person(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let (fields, known) = sent(&state, &headers, &body).await?;
    let email = value_of(&fields, "email");
    if email.trim().is_empty() {
        return Err(Failure::bad("Say whose e-mail."));
    }
    let talk = talk_of(&state)?;
    let (whose, now) = (Whose::Email(email), Timestamp::now());
    if value_of(&fields, "do") == "erase" {
        let erased = talk.store.erase_person(&whose, now)?;
        talk.changed();
        return Ok(Done::Erased(erased.n_comments).answer(""));
    }
    let stored = talk.store.export_person(&whose, now)?.to_json();
    queue_page(&state, known, Vec::new(), Some(stored)).await
}
