//! Whole stories: from a form to a page, and out of the files again.
#![allow(clippy::unwrap_used, reason = "tests stop at the first fault")]

mod erasure;
mod moderation;
mod outbox;
mod people;
mod processes;
#[path = "../../src/stand_in.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the module is the crate's, behind a feature that no test may ask for"
)]
mod stand_in;
mod threads;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use yalu_discussion::{
    Action, CommentId, Discussion, Draft, Origin, Page, Place, Receipt, Settings, Thread,
};

/// A discussion in a folder of its own.
struct World {
    folder: TempDir,
    discussion: Discussion,
}

impl World {
    fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let discussion = Discussion::open(folder.path().join("talk.db"), settings).unwrap();
        Self { folder, discussion }
    }

    fn submit(&self, draft: &Draft) -> Receipt {
        self.discussion.submit(draft, &origin(), now()).unwrap()
    }

    /// A comment that is shown.
    fn shown(&self, draft: &Draft) -> CommentId {
        let id = self.submit(draft).id;
        self.act(Action::Approve, &[id]);
        id
    }

    fn act(&self, action: Action, ids: &[CommentId]) {
        let done = self.discussion.moderate(action, ids, "mod", now()).unwrap();
        assert_eq!(done.changed, ids, "{done:?}");
    }

    fn thread(&self) -> Thread {
        self.discussion.thread(&place(), Page::ALL).unwrap()
    }

    /// Whether a text is in any of the files.
    fn is_in_files(&self, text: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
    }
}

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

const DAY: i64 = 86_400;

fn place() -> Place {
    Place::part("china-dprk", "indicator", "influence")
}

fn draft(name: &str, text: &str) -> Draft {
    Draft {
        place: place(),
        reply_to: None,
        name: name.to_owned(),
        email: Some(format!("{}@site.example", name.to_lowercase())),
        text: text.to_owned(),
        token: None,
        trap: String::new(),
        form_seconds: Some(40.0),
    }
}

fn reply(to: CommentId, name: &str, text: &str) -> Draft {
    Draft {
        reply_to: Some(to),
        ..draft(name, text)
    }
}

fn origin() -> Origin {
    Origin {
        address: "192.0.2.77".parse().unwrap(),
        user_agent: "Agent/of the tests".to_owned(),
        referrer: "https://referrer.example/".to_owned(),
        permalink: "https://site.example/china-dprk".to_owned(),
        place_modified: None,
    }
}
