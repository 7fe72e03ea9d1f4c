//! The discussion as readers see it: threads, the form, what is stored and how to have it back.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{ConnectInfo, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use yalu_discussion::{
    Comment, CommentId, CommentState, Draft, Field, Origin, Page, Place, Receipt, SecretToken,
    Showing, SubmitError, Target, Whose,
};
use yalu_dossier::load::Dossier;
use yalu_site::site::{Shell, SiteLink, layout};

use crate::failure::Failure;
use crate::guard::peer;
use crate::pages::{all_dossiers, computed, html, slot_of, sound};
use crate::query::pairs;
use crate::state::{State, talk_of};

/// Comments of a page.
const PER_PAGE: usize = 50;

/// Where a comment stands, as an address names it: empty for the dossier, `indicator-influence`,
/// `claim-c12`.
pub(crate) fn about_of(target: &Target) -> String {
    match target {
        Target::Dossier => String::new(),
        Target::Part { kind, id } => format!("{kind}-{id}"),
    }
}

/// The place that an address names, with its title; nothing where the dossier hasn't got it.
pub(crate) fn place_of(dossier: &Dossier, id: &str, about: &str) -> Option<(Place, String)> {
    if about.is_empty() {
        return Some((Place::dossier(id), dossier.spec.question.title.clone()));
    }
    let (kind, part) = about.split_once('-')?;
    let title = match kind {
        "indicator" => {
            let all = &dossier.spec.indicators;
            let found = all
                .iter()
                .find(|one| yalu_site::site::fragment(&one.id) == part)?;
            format!("Indicator: {}", found.title)
        }
        "claim" => {
            let evidence = dossier.evidence.as_ref()?;
            let (_, text) = evidence
                .claim_texts()
                .find(|(id, _)| yalu_site::site::fragment(id) == part)?;
            format!("Claim: {text}")
        }
        _ => return None,
    };
    Some((Place::part(id, kind, part), title))
}

/// A field with what was typed and what is wrong with it.
#[derive(Debug, Default)]
struct Filled {
    name: String,
    email: String,
    text: String,
    token: String,
    faults: Vec<(Field, String)>,
    /// What is wrong beside the fields.
    fault: String,
}

impl Filled {
    fn of(&self, field: Field) -> Vec<&str> {
        let of = self.faults.iter().filter(|(one, _)| *one == field);
        of.map(|(_, words)| words.as_str()).collect()
    }

    fn name_faults(&self) -> Vec<&str> {
        self.of(Field::Name)
    }

    fn email_faults(&self) -> Vec<&str> {
        self.of(Field::Email)
    }

    fn text_faults(&self) -> Vec<&str> {
        self.of(Field::Text)
    }
}

#[derive(Template)]
#[template(path = "discussion.html")]
struct Discussed<'a> {
    title: String,
    about: String,
    back: String,
    places: Vec<SiteLink>,
    comments: &'a [Comment],
    n_shown: usize,
    next: Option<String>,
    is_open: bool,
    shows_known: bool,
    action: String,
    here: String,
    form_token: String,
    author_token: String,
    reply_to: Option<CommentId>,
    filled: Filled,
    receipt: Option<Shown>,
}

/// What an author is told of a comment that was taken.
struct Shown {
    words: &'static str,
    token: Option<String>,
    is_repeated: bool,
}

impl Shown {
    fn of(receipt: &Receipt) -> Self {
        Self {
            words: match receipt.state {
                CommentState::Shown => "Your comment is shown.",
                // Whoever sends spam learns nothing of it here.
                CommentState::Held | CommentState::Spam | CommentState::Refused => {
                    "Your comment is stored and waits for review."
                }
            },
            token: receipt.token.as_ref().map(SecretToken::reveal),
            is_repeated: receipt.is_repeated,
        }
    }
}

/// A comment and its replies, as markup.
#[derive(Template)]
#[template(path = "comment.html")]
struct One<'a> {
    comment: &'a Comment,
    here: &'a str,
    is_open: bool,
}

impl Discussed<'_> {
    fn one(&self, comment: &Comment) -> String {
        let one = One {
            comment,
            here: &self.here,
            is_open: self.is_open,
        };
        one.render().unwrap_or_default()
    }
}

impl One<'_> {
    fn reply(&self, comment: &Comment) -> String {
        let one = One {
            comment,
            here: self.here,
            is_open: self.is_open,
        };
        one.render().unwrap_or_default()
    }

    fn day(&self) -> String {
        let text = self.comment.at.to_string();
        text.get(..16).unwrap_or(&text).replace('T', " ")
    }
}

pub(crate) fn notice_link() -> SiteLink {
    SiteLink {
        text: "What comments store".to_owned(),
        href: "/data-notice".to_owned(),
        here: false,
    }
}

/// A thread with its form.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = pairs(raw.as_deref().unwrap_or_default());
    let value = |key: &str| value_of(&asked, key);
    let offset = value("from").parse().unwrap_or(0);
    let reply_to = value("reply").parse().ok();
    let about = value("about");
    drawn(&state, id, about, offset, reply_to, Filled::default(), None).await
}

#[allow(
    clippy::too_many_arguments,
    reason = "what a page of a thread shows, each once"
)]
async fn drawn(
    state: &Arc<State>,
    id: String,
    about: String,
    offset: usize,
    reply_to: Option<CommentId>,
    filled: Filled,
    receipt: Option<Shown>,
) -> Result<Response, Failure> {
    let shared = Arc::clone(state);
    let status = if filled.faults.is_empty() && filled.fault.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let text = computed(state, move || {
        page(&shared, &id, &about, offset, reply_to, filled, receipt)
    })
    .await??;
    let mut answer = html(text);
    *answer.status_mut() = status;
    Ok(answer)
}

fn page(
    state: &Arc<State>,
    id: &str,
    about: &str,
    offset: usize,
    reply_to: Option<CommentId>,
    filled: Filled,
    receipt: Option<Shown>,
) -> Result<String, Failure> {
    let talk = talk_of(state)?;
    let loaded = sound(slot_of(state, id)?)?;
    let dossier = loaded.bench.dossier();
    let (place, title) = place_of(dossier, id, about).ok_or_else(Failure::not_found)?;
    let limit = PER_PAGE;
    let thread = talk.store.thread(&place, Page { offset, limit })?;
    let now = Timestamp::now();
    let base = format!("/d/{id}/discussion");
    let here = if about.is_empty() {
        base.clone()
    } else {
        format!("{base}?about={about}")
    };
    let joined = if about.is_empty() { '?' } else { '&' };
    let mut places = Vec::new();
    for count in talk.store.counts(id)? {
        let about = about_of(&count.target);
        let Some((_, title)) = place_of(dossier, id, &about) else {
            continue;
        };
        places.push(SiteLink {
            text: format!("{title} ({})", count.n_shown),
            href: if about.is_empty() {
                base.clone()
            } else {
                format!("{base}?about={about}")
            },
            here: count.target == place.target,
        });
    }
    let rules = talk.store.rules(id)?;
    let forms = talk.store.form_tokens();
    let form_token = forms.issue(&purpose(id), "", now);
    let form_token = form_token.map_err(Failure::internal)?;
    let author_token = if filled.token.is_empty() {
        SecretToken::generate().map_err(Failure::internal)?.reveal()
    } else {
        filled.token.clone()
    };
    let discussed = Discussed {
        back: back_link(id, about),
        title: title.clone(),
        about: about.to_owned(),
        places,
        comments: &thread.comments,
        n_shown: thread.n_shown,
        next: thread
            .next_offset
            .map(|next| format!("{here}{joined}from={next}")),
        is_open: rules.is_open_at(now),
        shows_known: rules.showing == Showing::KnownAuthors,
        action: format!("/d/{id}/comments"),
        here: format!("{here}{joined}"),
        form_token,
        author_token,
        reply_to,
        filled,
        receipt,
    };
    let shell = Shell {
        title: format!("Discussion: {}", dossier.spec.question.title),
        heading: dossier.spec.question.title.clone(),
        kicker: "Discussion".to_owned(),
        assets: "/assets/".to_owned(),
        home: Some(all_dossiers()),
        pages: vec![SiteLink {
            text: "The assessment".to_owned(),
            href: format!("/d/{id}/"),
            here: false,
        }],
        more: vec![notice_link()],
        feeds: vec![yalu_site::site::FeedLink {
            title: "Comments".to_owned(),
            href: format!("/d/{id}/comments.atom"),
        }],
        unlisted: !about.is_empty() || offset > 0,
        colophon: "Comments are their authors’ own.".to_owned(),
        ..Shell::default()
    };
    let body = discussed.render().map_err(Failure::internal)?;
    Ok(layout(&shell, &body)?)
}

fn back_link(id: &str, about: &str) -> String {
    let page = match about.split_once('-').map_or("", |(kind, _)| kind) {
        "indicator" => "indicators",
        "claim" => "evidence",
        _ => return format!("/d/{id}/"),
    };
    format!("/d/{id}/{page}#{about}")
}

fn purpose(id: &str) -> String {
    format!("comment on {id}")
}

/// A comment as it was sent, by a form or by a program.
pub(crate) struct Sent {
    pub(crate) about: String,
    pub(crate) reply_to: Option<String>,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) text: String,
    pub(crate) token: String,
    pub(crate) trap: String,
    pub(crate) form_seconds: Option<f64>,
}

/// Why a comment wasn't taken.
pub(crate) enum NotTaken {
    Faults(Vec<(Field, String)>),
    Other(Failure),
}

impl From<Failure> for NotTaken {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

/// Takes a comment. Blocking: it is on the disk when this returns.
pub(crate) fn take(
    state: &State,
    id: &str,
    sent: &Sent,
    headers: &HeaderMap,
    address: std::net::IpAddr,
) -> Result<Receipt, NotTaken> {
    let talk = talk_of(state)?;
    let loaded = sound(slot_of(state, id)?)?;
    let (place, _) =
        place_of(loaded.bench.dossier(), id, &sent.about).ok_or_else(Failure::not_found)?;
    let now = Timestamp::now();
    if let Err(again) = talk.limits.comment(address, &place, now) {
        return Err(NotTaken::Other(Failure::later(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many comments came from here just now. Please wait a little.",
            again.after.as_secs(),
        )));
    }
    let reply_to = match sent.reply_to.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Failure::bad("The comment that is answered has no such number."))?,
        ),
    };
    let token = match sent.token.as_str() {
        "" => None,
        text => Some(text.parse::<SecretToken>().map_err(|_| {
            Failure::bad("The author’s token isn’t one; leave it out to get a new one.")
        })?),
    };
    let text = |name: header::HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value
            .unwrap_or_default()
            .chars()
            .take(500)
            .collect::<String>()
    };
    let draft = Draft {
        place,
        reply_to,
        name: sent.name.clone(),
        email: Some(sent.email.clone()).filter(|email| !email.trim().is_empty()),
        text: sent.text.replace("\r\n", "\n"),
        token,
        trap: sent.trap.clone(),
        form_seconds: sent.form_seconds,
    };
    let about = if sent.about.is_empty() {
        String::new()
    } else {
        format!("?about={}", sent.about)
    };
    let origin = Origin {
        address,
        user_agent: text(header::USER_AGENT),
        referrer: text(header::REFERER),
        permalink: format!("{}/d/{id}/discussion{about}", state.site()),
        place_modified: None,
    };
    match talk.store.submit(&draft, &origin, now) {
        Ok(receipt) => {
            if receipt.state == CommentState::Shown {
                talk.changed();
            }
            Ok(receipt)
        }
        Err(SubmitError::Faults(faults)) => Err(NotTaken::Faults(
            faults
                .iter()
                .map(|one| (one.field(), one.to_string()))
                .collect(),
        )),
        Err(SubmitError::Store(error)) => Err(NotTaken::Other(error.into())),
        Err(SubmitError::Closed) => Err(NotTaken::Other(Failure::new(
            StatusCode::FORBIDDEN,
            "This discussion is closed.",
        ))),
        Err(SubmitError::Blocked(_)) => Err(NotTaken::Other(Failure::new(
            StatusCode::FORBIDDEN,
            "Comments from you aren’t taken here.",
        ))),
        Err(error) => Err(NotTaken::Other(Failure::new(
            StatusCode::CONFLICT,
            error.to_string(),
        ))),
    }
}

/// The first value of a field; empty where it wasn't sent.
pub(crate) fn value_of(fields: &[(String, String)], key: &str) -> String {
    let found = fields.iter().find(|(name, _)| name == key);
    found.map_or_else(String::new, |(_, value)| value.clone())
}

/// A form's fields; nothing but a form is taken.
pub(crate) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, Failure> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send a form (application/x-www-form-urlencoded).",
        ));
    }
    let pairs = form_urlencoded::parse(body);
    Ok(pairs
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect())
}

/// Takes a comment from the form.
pub(crate) async fn submit(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    peer_of: ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let fields = form(&headers, &body)?;
    let talk = talk_of(&state)?;
    let address = peer(&state, &headers, peer_of);
    let now = Timestamp::now();
    let forms = talk.store.form_tokens();
    let mut filled = Filled {
        name: value_of(&fields, "name"),
        email: value_of(&fields, "email"),
        text: value_of(&fields, "text"),
        token: value_of(&fields, "author"),
        ..Filled::default()
    };
    let about = value_of(&fields, "about");
    let reply_to = value_of(&fields, "reply_to");
    let Ok(age) = forms.check(&value_of(&fields, "form"), &purpose(&id), "", now) else {
        let words = "The form was open for too long, or wasn’t ours. Please send it again.";
        words.clone_into(&mut filled.fault);
        let reply = reply_to.parse().ok();
        return drawn(&state, id, about, 0, reply, filled, None).await;
    };
    let sent = Sent {
        about: about.clone(),
        reply_to: Some(reply_to.clone()),
        name: filled.name.clone(),
        email: filled.email.clone(),
        text: filled.text.clone(),
        token: filled.token.clone(),
        trap: value_of(&fields, "website"),
        form_seconds: Some(age.as_secs_f64()),
    };
    let (shared, of) = (Arc::clone(&state), id.clone());
    let taken = computed(&state, move || take(&shared, &of, &sent, &headers, address)).await?;
    match taken {
        Ok(receipt) => {
            let kept = Filled {
                name: filled.name,
                email: filled.email,
                token: filled.token,
                ..Filled::default()
            };
            let told = Some(Shown::of(&receipt));
            let mut answer = drawn(&state, id, about, 0, None, kept, told).await?;
            *answer.status_mut() = StatusCode::CREATED;
            Ok(answer)
        }
        Err(NotTaken::Faults(faults)) => {
            filled.faults = faults;
            let reply = reply_to.parse().ok();
            drawn(&state, id, about, 0, reply, filled, None).await
        }
        Err(NotTaken::Other(failure)) => Err(failure),
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    keep_origin: u32,
    keep_rejected: u32,
    service: Option<String>,
    contact: Option<String>,
    form_token: String,
    said: Option<String>,
    stored: Option<String>,
}

const MINE: &str = "what is stored of me";

fn notice_page(
    state: &State,
    said: Option<String>,
    stored: Option<String>,
) -> Result<String, Failure> {
    let talk = talk_of(state)?;
    let settings = talk.store.settings();
    let form_token = talk.store.form_tokens().issue(MINE, "", Timestamp::now());
    let notice = Notice {
        keep_origin: settings.keep_origin_days,
        keep_rejected: settings.keep_rejected_days,
        service: state.settings.akismet.as_ref().map(|keys| {
            let server = keys.server.clone();
            server.unwrap_or_else(|| "Akismet".to_owned())
        }),
        contact: state.settings.contact.clone(),
        form_token: form_token.map_err(Failure::internal)?,
        said,
        stored,
    };
    let shell = Shell {
        title: "What comments store".to_owned(),
        heading: "What comments store, and why".to_owned(),
        assets: "/assets/".to_owned(),
        home: Some(all_dossiers()),
        colophon: "Made by Yalu.".to_owned(),
        ..Shell::default()
    };
    Ok(layout(
        &shell,
        &notice.render().map_err(Failure::internal)?,
    )?)
}

/// What a comment stores, why, for how long; and the way to have it back or deleted.
pub(crate) async fn notice(Shared(state): Shared<Arc<State>>) -> Result<Response, Failure> {
    Ok(html(notice_page(&state, None, None)?))
}

/// Shows or deletes what is stored of whoever holds a token.
pub(crate) async fn mine(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Failure> {
    let fields = form(&headers, &body)?;
    let talk = talk_of(&state)?;
    let now = Timestamp::now();
    let form_token = value_of(&fields, "form");
    if talk
        .store
        .form_tokens()
        .check(&form_token, MINE, "", now)
        .is_err()
    {
        return Err(Failure::bad(
            "The form was open for too long. Please load it again.",
        ));
    }
    let Ok(token) = value_of(&fields, "token").parse::<SecretToken>() else {
        let words =
            "That isn’t a token: it has 43 letters, and was shown once when the comment was sent.";
        let mut answer = html(notice_page(&state, Some(words.to_owned()), None)?);
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    };
    let whose = Whose::Token(token);
    let wanted = value_of(&fields, "do");
    let shared = Arc::clone(&state);
    let text = computed(&state, move || -> Result<String, Failure> {
        let talk = talk_of(&shared)?;
        if wanted == "erase" {
            let erased = talk.store.erase_person(&whose, now)?;
            talk.changed();
            let sent: BTreeSet<String> =
                erased.sent.iter().map(|one| one.service.clone()).collect();
            let mut words = match erased.n_comments {
                0 => "Nothing is stored under this token.".to_owned(),
                1 => "One comment was deleted, with everything that came with it.".to_owned(),
                n => format!("{n} comments were deleted, with everything that came with them."),
            };
            if !sent.is_empty() {
                let names: Vec<String> = sent.into_iter().collect();
                words.push_str(&format!(
                    " What {} was asked about them can’t be taken back from here.",
                    names.join(", ")
                ));
            }
            return notice_page(&shared, Some(words), None);
        }
        let stored = talk.store.export_person(&whose, now)?;
        notice_page(&shared, None, Some(stored.to_json()))
    })
    .await??;
    let mut answer = html(text).into_response();
    let unkept = axum::http::HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, unkept);
    Ok(answer)
}
