//! A comment on its way to the spam service, whatever that does.

use std::time::Duration;

use yalu_discussion::akismet::{Akismet, AkismetOptions};
use yalu_discussion::service::Verdict;
use yalu_discussion::{
    Action, Check, CommentId, CommentState, Draft, QueueEntry, Rules, SaidBy, Settings, Showing,
    Whose,
};

use super::stand_in::{Behaviour, StandIn};
use super::{DAY, World, after, draft, now};

struct Asked {
    world: World,
    server: StandIn,
    client: Akismet,
}

impl Asked {
    fn new() -> Self {
        Self::with_key("key")
    }

    fn with_key(key: &str) -> Self {
        let server = StandIn::start("key").unwrap();
        let client = Akismet::new(AkismetOptions {
            base: server.base(),
            timeout: Duration::from_millis(200),
            ..AkismetOptions::new(key, "https://site.example/")
        });
        let world = World::new(Settings {
            ask_service: true,
            ..Settings::default()
        });
        Self {
            world,
            server,
            client,
        }
    }

    fn deliver(&self, seconds: i64) -> yalu_discussion::outbox::Delivered {
        self.world
            .discussion
            .deliver_due(&self.client, after(seconds))
            .unwrap()
    }

    fn entry(&self, id: CommentId) -> QueueEntry {
        self.world.discussion.entry(id).unwrap().unwrap()
    }
}

fn spam() -> Draft {
    Draft {
        email: Some("akismet-guaranteed-spam@example.com".to_owned()),
        ..draft("Sp", "buy")
    }
}

fn said(verdict: Verdict) -> impl Fn(&Check) -> bool {
    move |check| matches!(check, Check::Said { verdict: one, .. } if *one == verdict)
}

#[test]
fn answers_decide_and_known_authors_wait_for_them() {
    let asked = Asked::new();
    let rules = Rules {
        showing: Showing::KnownAuthors,
        ..Rules::default()
    };
    asked
        .world
        .discussion
        .set_rules("china-dprk", rules, "mod", now())
        .unwrap();
    let first = asked.world.submit(&draft("Ann", "first"));
    let bad = asked.world.submit(&spam()).id;
    assert!(matches!(
        asked.entry(bad).check,
        Check::Waiting { attempts: 0, .. }
    ));
    let done = asked.deliver(0);
    assert_eq!(
        (done.n_spam, done.n_ham, done.n_shown, done.n_failed),
        (1, 1, 0, 0)
    );
    assert_eq!(asked.entry(bad).state, CommentState::Spam);
    assert!(said(Verdict::Spam)(&asked.entry(bad).check));
    assert_eq!(asked.entry(first.id).state, CommentState::Held);
    asked.world.act(Action::Approve, &[first.id]);

    let mut next = draft("Ann", "second");
    next.token = first.token;
    let second = asked.world.submit(&next);
    assert_eq!(
        second.state,
        CommentState::Held,
        "nothing is shown before the answer"
    );
    assert_eq!(asked.world.thread().n_shown, 1);
    assert_eq!(asked.deliver(1).n_shown, 1);
    assert_eq!(asked.entry(second.id).state, CommentState::Shown);
    assert_eq!(asked.server.received().len(), 3);
    assert_eq!(
        asked.deliver(2),
        yalu_discussion::outbox::Delivered::default()
    );
}

#[test]
fn every_fault_is_a_delay_and_never_a_loss() {
    for behaviour in [
        Behaviour::Silent,
        Behaviour::Drip,
        Behaviour::Reset,
        Behaviour::TruncatedHeaders,
        Behaviour::Status(500, None),
        Behaviour::Status(503, Some(30)),
        Behaviour::Status(429, None),
        Behaviour::Redirect("http://127.0.0.1:1/".to_owned()),
        Behaviour::html(),
        Behaviour::Body(Vec::new()),
        Behaviour::Body(vec![0xff, 0xfe]),
        Behaviour::Huge(1_000_000),
    ] {
        let asked = Asked::new();
        asked.server.behave(behaviour.clone());
        let id = asked.world.submit(&spam()).id;
        let mut at = 0;
        for attempt in 1..=4_u32 {
            assert_eq!(asked.deliver(at).n_failed, 1, "{behaviour:?}");
            let entry = asked.entry(id);
            assert_eq!(entry.state, CommentState::Held, "{behaviour:?}");
            let Check::Waiting {
                attempts,
                next,
                last_error,
            } = entry.check
            else {
                panic!("{behaviour:?}: {:?}", entry.check);
            };
            assert!(
                last_error.unwrap().starts_with("the service "),
                "{behaviour:?}"
            );
            let wait = 60 << (attempt - 1);
            assert_eq!(
                (attempts, next),
                (attempt, after(at + wait)),
                "{behaviour:?}"
            );
            assert_eq!(
                asked.deliver(at + wait - 1).n_failed,
                0,
                "not before its time"
            );
            at += wait;
        }
        let health = asked.world.discussion.health().unwrap();
        assert_eq!((health.n_waiting, health.oldest_waiting), (1, Some(now())));
        assert!(health.failed.is_some() && health.stopped.is_none());
        asked.server.behave(Behaviour::Protocol);
        assert_eq!(asked.deliver(at).n_spam, 1, "{behaviour:?}");
        assert_eq!(asked.entry(id).state, CommentState::Spam);
        let last = asked.server.received().pop().unwrap();
        assert_eq!(last.value("recheck_reason"), Some("retry"));
    }
}

#[test]
fn retry_after_is_heard() {
    let asked = Asked::new();
    asked.server.behave(Behaviour::Status(503, Some(1_000)));
    asked.world.submit(&spam());
    assert_eq!(asked.deliver(0).n_failed, 1);
    asked.server.behave(Behaviour::Protocol);
    assert_eq!(asked.deliver(999).n_spam, 0);
    assert_eq!(asked.deliver(1_000).n_spam, 1);
}

#[test]
fn after_seven_days_it_is_given_up_and_stays_held() {
    let asked = Asked::new();
    asked.server.behave(Behaviour::Status(500, None));
    let id = asked.world.submit(&spam()).id;
    let mut at = 0;
    let mut n_tries = 0;
    while at < 7 * DAY {
        n_tries += asked.deliver(at).n_failed;
        at += 600;
    }
    // Some ten while the waits double, then each six hours.
    assert!((30..45).contains(&n_tries), "{n_tries}");
    assert_eq!(asked.deliver(7 * DAY).n_given_up, 1);
    let entry = asked.entry(id);
    assert_eq!(
        (entry.state, entry.check),
        (CommentState::Held, Check::GaveUp)
    );
    let health = asked.world.discussion.health().unwrap();
    assert_eq!((health.n_waiting, health.n_given_up), (0, 1));
    asked.world.act(Action::Approve, &[id]);
}

#[test]
fn a_refused_key_stops_everything_until_it_is_mended() {
    let asked = Asked::with_key("wrong");
    let ids = [
        asked.world.submit(&spam()).id,
        asked.world.submit(&draft("Ann", "x")).id,
    ];
    let done = asked.deliver(0);
    assert!(done.stopped.unwrap().contains("refuses the key"));
    assert!(asked.deliver(5_000).stopped.is_some());
    assert_eq!(asked.server.received().len(), 1, "asked once and no more");
    let stopped = asked.world.discussion.health().unwrap().stopped.unwrap();
    assert_eq!(stopped.at, now());
    assert!(stopped.what.contains("unable to parse"), "{}", stopped.what);

    let mended = Akismet::new(AkismetOptions {
        base: asked.server.base(),
        ..AkismetOptions::new("key", "https://site.example/")
    });
    let discussion = &asked.world.discussion;
    assert!(mended.verify_key().unwrap());
    assert!(discussion.resume_service(after(10)).unwrap());
    let done = discussion.deliver_due(&mended, after(10)).unwrap();
    assert_eq!((done.n_spam, done.n_ham), (1, 1));
    assert_eq!(asked.entry(ids[0]).state, CommentState::Spam);
}

#[test]
fn a_service_that_is_not_certain_is_asked_again() {
    let asked = Asked::new();
    let header = ("X-akismet-recheck-after".to_owned(), "300".to_owned());
    asked.server.behave(Behaviour::With(vec![header]));
    let id = asked.world.submit(&draft("Ann", "x")).id;
    for round in 0..3 {
        assert_eq!(asked.deliver(round * 300).n_rechecks, 1);
        assert!(matches!(asked.entry(id).check, Check::Waiting { .. }));
        assert_eq!(asked.deliver(round * 300 + 299).n_rechecks, 0);
    }
    assert_eq!(asked.deliver(900).n_ham, 1, "the fourth answer is taken");
    let last = asked.server.received().pop().unwrap();
    assert_eq!(last.value("recheck_reason"), Some("recheck-after"));
}

#[test]
fn corrections_are_told_with_the_stored_fields() {
    let asked = Asked::new();
    let bad = asked.world.submit(&spam()).id;
    let good = asked.world.submit(&draft("Ann", "missed spam")).id;
    asked.deliver(0);
    asked.world.act(Action::Approve, &[bad]);
    asked.world.act(Action::MarkSpam, &[good]);
    assert_eq!(asked.world.discussion.health().unwrap().n_to_tell, 2);
    asked.server.behave(Behaviour::Status(500, None));
    assert_eq!(asked.deliver(1).n_failed, 2);
    asked.server.behave(Behaviour::Protocol);
    assert_eq!(asked.deliver(100).n_told, 2);
    let received = asked.server.received();
    let [check, .., ham, miss] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(
        (ham.path.as_str(), miss.path.as_str()),
        ("/1.1/submit-ham", "/1.1/submit-spam")
    );
    assert_eq!(ham.value("user_ip"), Some("192.0.2.77"));
    for name in [
        "comment_content",
        "user_agent",
        "referrer",
        "permalink",
        "comment_date_gmt",
    ] {
        assert_eq!(ham.value(name), check.value(name), "{name}");
    }
    assert!(matches!(
        asked.entry(bad).check,
        Check::Said {
            verdict: Verdict::Ham,
            by: SaidBy::Moderator,
            ..
        }
    ));
    // A change of mind is told again.
    asked.world.act(Action::MarkSpam, &[bad]);
    assert_eq!(asked.deliver(200).n_told, 1);
}

#[test]
fn an_address_is_kept_while_the_service_needs_it() {
    let asked = Asked::new();
    asked.server.behave(Behaviour::Status(500, None));
    asked.world.submit(&spam());
    asked.deliver(0);
    // Forty days later nobody has delivered anything since: the worker was off.
    assert_eq!(
        asked
            .world
            .discussion
            .retain(after(40 * DAY))
            .unwrap()
            .n_origins,
        0
    );
    assert_eq!(asked.deliver(40 * DAY).n_given_up, 1);
    assert_eq!(
        asked
            .world
            .discussion
            .retain(after(40 * DAY))
            .unwrap()
            .n_origins,
        1
    );
}

#[test]
fn a_moderator_may_be_faster_than_the_service() {
    let asked = Asked::new();
    let id = asked.world.submit(&spam()).id;
    asked.world.act(Action::Approve, &[id]);
    assert_eq!(asked.deliver(0).n_spam, 0);
    let entry = asked.entry(id);
    assert_eq!(
        (entry.state, entry.check),
        (CommentState::Shown, Check::NotAsked)
    );
}

#[test]
fn an_erasure_tells_what_was_sent_and_stops_what_was_not() {
    let asked = Asked::new();
    let first = asked.world.submit(&draft("Ann", "first"));
    asked.deliver(5);
    let mut next = draft("Ann", "second");
    next.token.clone_from(&first.token);
    asked.world.submit(&next);
    let whose = Whose::Token(first.token.unwrap());
    let erasure = asked
        .world
        .discussion
        .erase_person(&whose, after(10))
        .unwrap();
    assert_eq!(erasure.n_comments, 2);
    let [sent] = &erasure.sent[..] else {
        panic!("{erasure:?}");
    };
    assert_eq!(
        (sent.comment, sent.service.as_str(), sent.at),
        (first.id, "Akismet", after(5))
    );
    asked.deliver(100);
    assert_eq!(asked.server.received().len(), 1);
}

#[test]
fn two_workers_send_each_comment_once() {
    let asked = Asked::new();
    let n = 30;
    for idx in 0..n {
        asked.world.submit(&draft("Ann", &format!("text {idx}")));
    }
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| while asked.deliver(0).is_more_due {});
        }
    });
    assert_eq!(asked.server.received().len(), n);
    assert_eq!(asked.world.discussion.health().unwrap().n_waiting, 0);
}

#[test]
fn the_lease_of_a_dead_worker_ends() {
    use yalu_discussion::service::{Answer, ServiceError, SpamService, Submission};
    struct Dies;
    impl SpamService for Dies {
        fn name(&self) -> &'static str {
            "dies"
        }
        fn check(&self, _: &Submission) -> Result<Answer, ServiceError> {
            panic!("between sending and noting")
        }
        fn tell(&self, _: &Submission, _: Verdict) -> Result<(), ServiceError> {
            panic!("never told")
        }
    }
    let asked = Asked::new();
    asked.world.submit(&spam());
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        asked.world.discussion.deliver_due(&Dies, now())
    }));
    assert!(died.is_err());
    assert_eq!(asked.deliver(119).n_spam, 0, "still leased");
    assert_eq!(asked.deliver(120).n_spam, 1);
    assert_eq!(asked.server.received().len(), 1);
}
