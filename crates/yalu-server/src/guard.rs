//! What every answer carries, and what every request is held to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::state::State;

/// How long an answer may take: the first of a dossier is computed whole.
const LONGEST: Duration = Duration::from_mins(2);

/// The most bytes of a body that is sent here, and how long it may take to arrive.
const BODY: usize = 64 * 1024;
const BODY_WITHIN: Duration = Duration::from_secs(15);

/// Scripts and styles are files of ours; nothing is fetched from elsewhere. The one hash is that of an
/// empty style element, into which Plotly puts its rules by way of the style sheet's own interface.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Puts the headers on every answer, and ends what takes too long.
pub(crate) async fn guard(
    Shared(state): Shared<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let foreign = changes && is_foreign(&state, request.headers());
    let mut answer = if foreign {
        Failure::new(
            StatusCode::FORBIDDEN,
            "This request was sent from another site, so it isn’t taken.",
        )
        .into_response()
    } else {
        let answered = async {
            match whole(request, changes).await {
                Ok(request) => next.run(request).await,
                Err(failure) => failure.into_response(),
            }
        };
        match timeout(LONGEST, answered).await {
            Ok(answer) => answer,
            Err(_) => Failure::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "The answer takes too long just now.",
                30,
            )
            .into_response(),
        }
    };
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.settings.is_encrypted() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    answer
}

/// The request with its body, which must come soon and be small.
async fn whole(request: Request, has_body: bool) -> Result<Request, Failure> {
    if !has_body {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let declared = head.headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let too_large = || {
        let words = "That is too large to be taken.";
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, words)
    };
    if declared.is_some_and(|length| length > BODY as u64) {
        return Err(too_large());
    }
    match timeout(BODY_WITHIN, axum::body::to_bytes(body, BODY)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(head, bytes.into())),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "The rest of the request didn’t come.",
        )),
    }
}

/// Whether a page of another site sent this: by what browsers say of it. Programs say nothing.
fn is_foreign(state: &State, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let Ok(origin) = origin.to_str() else {
        return true;
    };
    let host = text("host").unwrap_or_default();
    let own = [
        state.site(),
        format!("http://{host}"),
        format!("https://{host}"),
    ];
    !own.iter().any(|one| one == origin)
}

/// Whose request it is: the connection's peer, or whom a known proxy names.
pub(crate) fn peer(
    state: &State,
    headers: &HeaderMap,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
) -> IpAddr {
    let mut address = peer.ip().to_canonical();
    let proxies = &state.settings.proxies;
    let named = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|one| one.trim().parse::<IpAddr>().ok());
    let named: Vec<IpAddr> = named.collect();
    // From the nearest on: the first that isn't a proxy of ours is who asks.
    for one in named.into_iter().rev() {
        if !proxies.contains(&address) {
            break;
        }
        address = one.to_canonical();
    }
    address
}
