//! The client against a server that behaves, and one that doesn't.

use super::*;
use crate::place::CommentId;
use crate::stand_in::{Behaviour, StandIn};

const KEY: &str = "k3y-of-the-tests";

fn client(server: &StandIn) -> Akismet {
    with_key(server, KEY)
}

fn with_key(server: &StandIn, key: &str) -> Akismet {
    Akismet::new(AkismetOptions {
        base: server.base(),
        lang: Some("en".to_owned()),
        timeout: Duration::from_millis(400),
        connect_timeout: Duration::from_millis(400),
        ..AkismetOptions::new(key, "https://site.example/")
    })
}

fn submission() -> Submission {
    Submission {
        id: CommentId(1),
        address: "192.0.2.1".to_owned(),
        user_agent: "Mozilla/5.0".to_owned(),
        referrer: "https://ref.example/".to_owned(),
        permalink: "https://site.example/d?x=1&y=2".to_owned(),
        is_reply: false,
        author: "Ann & Ünal".to_owned(),
        email: Some("ann+x@site.example".to_owned()),
        text: "100 % sure?\n語=1&2 + \"'<>".to_owned(),
        written: "2026-03-01T12:00:00.5Z".parse().unwrap(),
        place_modified: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        trap: ("website".to_owned(), "filled".to_owned()),
        recheck_reason: None,
    }
}

#[test]
fn every_field_arrives_as_it_was() {
    let server = StandIn::start(KEY).unwrap();
    let answer = client(&server).check(&submission()).unwrap();
    assert_eq!(answer.verdict, Verdict::Ham);
    let received = server.received().remove(0);
    assert_eq!(received.path, "/1.1/comment-check");
    assert_eq!(
        received.user_agent,
        concat!("Yalu/", env!("CARGO_PKG_VERSION"))
    );
    let form: Vec<(&str, &str)> = received
        .form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        form,
        [
            ("api_key", KEY),
            ("blog", "https://site.example/"),
            ("user_ip", "192.0.2.1"),
            ("user_agent", "Mozilla/5.0"),
            ("referrer", "https://ref.example/"),
            ("permalink", "https://site.example/d?x=1&y=2"),
            ("comment_type", "comment"),
            ("comment_author", "Ann & Ünal"),
            ("comment_author_email", "ann+x@site.example"),
            ("comment_content", "100 % sure?\n語=1&2 + \"'<>"),
            ("comment_date_gmt", "2026-03-01T12:00:00Z"),
            ("comment_post_modified_gmt", "2026-02-01T00:00:00Z"),
            ("blog_lang", "en"),
            ("blog_charset", "UTF-8"),
            ("honeypot_field_name", "website"),
            ("website", "filled"),
        ]
    );
}

#[test]
fn a_reply_asked_again_says_so() {
    let server = StandIn::start(KEY).unwrap();
    let again = Submission {
        is_reply: true,
        recheck_reason: Some("retry"),
        // A field of this name would stand for the address of somebody else.
        trap: ("user_ip".to_owned(), "203.0.113.9".to_owned()),
        ..submission()
    };
    client(&server).check(&again).unwrap();
    let received = server.received().remove(0);
    assert_eq!(received.value("comment_type"), Some("reply"));
    assert_eq!(received.value("recheck_reason"), Some("retry"));
    assert_eq!(received.value("user_ip"), Some("192.0.2.1"));
}

#[test]
fn spam_is_told_and_advice_read() {
    let server = StandIn::start(KEY).unwrap();
    let spam = Submission {
        email: Some("akismet-guaranteed-spam@example.com".to_owned()),
        ..submission()
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    server.behave(Behaviour::With(vec![
        header("X-akismet-pro-tip", "discard"),
        header("X-akismet-recheck-after", "90"),
        header("X-akismet-alert-code", "10003"),
        header("X-akismet-alert-msg", "over the limit"),
    ]));
    assert_eq!(
        client(&server).check(&spam).unwrap(),
        Answer {
            verdict: Verdict::Spam,
            discard: true,
            recheck_after: Some(Duration::from_secs(90)),
            alert: Some(Alert {
                code: "10003".to_owned(),
                message: "over the limit".to_owned()
            }),
        }
    );
}

#[test]
fn corrections_repeat_the_fields() {
    let server = StandIn::start(KEY).unwrap();
    client(&server).tell(&submission(), Verdict::Spam).unwrap();
    client(&server).tell(&submission(), Verdict::Ham).unwrap();
    client(&server).check(&submission()).unwrap();
    let received = server.received();
    assert_eq!(received[0].path, "/1.1/submit-spam");
    assert_eq!(received[1].path, "/1.1/submit-ham");
    assert_eq!(received[0].form, received[2].form);
}

#[test]
fn a_key_is_verified() {
    let server = StandIn::start(KEY).unwrap();
    assert!(client(&server).verify_key().unwrap());
    assert!(!with_key(&server, "other").verify_key().unwrap());
    let error = with_key(&server, "other").check(&submission()).unwrap_err();
    assert!(matches!(error, ServiceError::KeyRefused { .. }), "{error}");
    assert!(error.to_string().contains("unable to parse"), "{error}");
}

#[test]
fn whatever_is_no_answer_is_an_error_that_names_it() {
    let server = StandIn::start(KEY).unwrap();
    let said = |behaviour: Behaviour| {
        server.behave(behaviour);
        client(&server)
            .check(&submission())
            .unwrap_err()
            .to_string()
    };
    let thanks = "`true`, `false` or `invalid`";
    assert_eq!(
        said(Behaviour::html()),
        format!("the service answered `<!doctype html><title>Welcome</title>`, not {thanks}")
    );
    assert_eq!(
        said(Behaviour::Body(Vec::new())),
        format!("the service answered nothing, not {thanks}")
    );
    assert_eq!(
        said(Behaviour::Body(vec![b't', 0xff, 0xfe])),
        format!("the service answered bytes that are no UTF-8, not {thanks}")
    );
    assert_eq!(
        said(Behaviour::Huge(10_000_000)),
        format!("the service answered more than 64 KiB, not {thanks}")
    );
    assert_eq!(
        said(Behaviour::Status(500, None)),
        "the service answered with status 500"
    );
    assert_eq!(
        said(Behaviour::Redirect("http://elsewhere.example/".to_owned())),
        "the service answered with status 302"
    );
    for broken in [Behaviour::Reset, Behaviour::TruncatedHeaders] {
        let text = said(broken);
        assert!(text.starts_with("the service can't be reached: "), "{text}");
    }
    server.behave(Behaviour::Status(503, Some(120)));
    assert_eq!(
        client(&server).check(&submission()),
        Err(ServiceError::Status {
            status: 503,
            retry_after: Some(Duration::from_mins(2))
        })
    );
}

#[test]
fn slow_answers_end_at_the_time_limit() {
    let server = StandIn::start(KEY).unwrap();
    for slow in [Behaviour::Silent, Behaviour::Drip] {
        server.behave(slow.clone());
        let start = Instant::now();
        let error = client(&server).check(&submission()).unwrap_err();
        assert!(
            matches!(error, ServiceError::TimedOut { .. }),
            "{slow:?}: {error}"
        );
        assert!(start.elapsed() < Duration::from_secs(3), "{slow:?}");
    }
}

#[test]
fn nobody_there_is_an_error() {
    let server = StandIn::start(KEY).unwrap();
    let client = client(&server);
    drop(server);
    let error = client.check(&submission()).unwrap_err();
    assert!(matches!(error, ServiceError::Unreachable { .. }), "{error}");
}

#[test]
fn the_key_is_nowhere_to_be_read() {
    let server = StandIn::start("other").unwrap();
    let client = client(&server);
    assert!(!format!("{client:?}").contains(KEY));
    for behaviour in [
        Behaviour::Protocol,
        Behaviour::Body(format!("bad key {KEY}").into_bytes()),
        Behaviour::Reset,
        Behaviour::With(vec![("X-akismet-debug-help".to_owned(), KEY.to_owned())]),
    ] {
        server.behave(behaviour);
        let error = client.check(&submission()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains(KEY), "{error:?}");
    }
}
