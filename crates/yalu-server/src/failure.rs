//! What went wrong, as a page or as JSON.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yalu_dossier::workbench::AskError;
use yalu_site::ReportError;

use crate::answers::{ErrorAnswer, ErrorWords, FieldFault};
use crate::pages::all_dossiers;

/// Tells the operator: the log of a server is its standard error.
#[allow(clippy::print_stderr, reason = "the log of a server")]
pub(crate) fn log(what: &dyn std::fmt::Display) {
    eprintln!("yalu serve: {what}");
}

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Each field with what is wrong with it.
    pub(crate) fields: Vec<(String, String)>,
    /// Seconds after which it can be tried again.
    pub(crate) after: Option<u64>,
    /// Where the page hears that it can be opened again.
    pub(crate) live: Option<String>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            fields: Vec::new(),
            after: None,
            live: None,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such page.")
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        log(&message);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message.to_string())
    }

    pub(crate) fn later(status: StatusCode, message: impl Into<String>, seconds: u64) -> Self {
        Self {
            after: Some(seconds.max(1)),
            ..Self::new(status, message)
        }
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> Response {
        let answer = ErrorAnswer {
            error: ErrorWords {
                message: self.message.clone(),
                fields: self
                    .fields
                    .iter()
                    .map(|(field, message)| FieldFault {
                        field: field.clone(),
                        message: message.clone(),
                    })
                    .collect(),
            },
        };
        let mut body = serde_json::to_vec(&answer).unwrap_or_default();
        body.push(b'\n');
        let mut answer = (
            self.status,
            [(header::CONTENT_TYPE, "application/json")],
            body,
        )
            .into_response();
        self.mark(&mut answer);
        answer
    }

    fn mark(&self, answer: &mut Response) {
        if let Some(seconds) = self.after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            // What a reader asked can't be, or the data of a date can't be had.
            AskError::Setting(_) | AskError::Actors(_) => Self::bad(error.to_string()),
            AskError::Assess(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            other => Self::internal(other),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::internal(error)
    }
}

impl From<yalu_discussion::StoreError> for Failure {
    fn from(error: yalu_discussion::StoreError) -> Self {
        // Where the file is and what ails it is the operator's to know, not the readers'.
        log(&format!("the discussion can't be used: {error}"));
        Self::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "The discussion can’t be read or written just now. Nothing that was taken is lost.",
            30,
        )
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let shell = yalu_site::site::Shell {
            title: self.message.clone(),
            heading: self
                .status
                .canonical_reason()
                .unwrap_or("Something went wrong")
                .to_owned(),
            lead: self.message.clone(),
            assets: "/assets/".to_owned(),
            home: Some(all_dossiers()),
            live: self.live.clone(),
            unlisted: true,
            ..yalu_site::site::Shell::default()
        };
        let body = yalu_site::site::layout(&shell, "").unwrap_or_else(|_| self.message.clone());
        let mut answer = (
            self.status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            body,
        )
            .into_response();
        self.mark(&mut answer);
        answer
    }
}
