//! Moderators, sessions, and many readers at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use yalu_discussion::access::{AccessError, PasswordError};
use yalu_discussion::{Discussion, Page, QueueFilter, SecretToken, Settings, Whose};

use super::{World, after, draft, now, place};

const HOUR: i64 = 3_600;

fn world() -> World {
    let world = World::new(Settings::default());
    world
        .discussion
        .add_user("mod", "correct horse", now())
        .unwrap();
    world
}

#[test]
fn a_session_ends_by_idleness_by_age_and_by_log_out() {
    let world = world();
    let discussion = &world.discussion;
    let log_in = || discussion.log_in("mod", "correct horse", now()).unwrap();
    let token = log_in();
    let session = discussion.session(&token, after(HOUR)).unwrap().unwrap();
    assert_eq!(
        (session.user.as_str(), session.ends),
        ("mod", after(3 * HOUR))
    );
    assert!(
        discussion
            .session(&token, after(3 * HOUR - 1))
            .unwrap()
            .is_some()
    );
    assert!(
        discussion
            .session(&token, after(5 * HOUR - 1))
            .unwrap()
            .is_none(),
        "idle for 2 h"
    );

    let token = log_in();
    for hour in 1..12 {
        assert!(
            discussion
                .session(&token, after(hour * HOUR))
                .unwrap()
                .is_some()
        );
    }
    assert!(
        discussion
            .session(&token, after(12 * HOUR))
            .unwrap()
            .is_none(),
        "12 h old"
    );

    let token = log_in();
    assert!(discussion.log_out(&token).unwrap() && !discussion.log_out(&token).unwrap());
    assert!(discussion.session(&token, now()).unwrap().is_none());
    assert!(
        discussion
            .session(&SecretToken::generate().unwrap(), now())
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_changed_password_ends_all_sessions() {
    let world = world();
    let discussion = &world.discussion;
    let tokens = [(); 2].map(|()| discussion.log_in("mod", "correct horse", now()).unwrap());
    discussion
        .set_password("mod", "battery staple", now())
        .unwrap();
    for token in &tokens {
        assert!(discussion.session(token, now()).unwrap().is_none());
    }
    let wrong = |name, password| {
        let error = discussion.log_in(name, password, now()).unwrap_err();
        matches!(error, AccessError::Wrong)
    };
    assert!(wrong("mod", "correct horse") && wrong("nobody", "battery staple"));
    let token = discussion.log_in("mod", "battery staple", now()).unwrap();
    discussion.remove_user("mod").unwrap();
    assert!(discussion.session(&token, now()).unwrap().is_none());
    assert!(discussion.users().unwrap().is_empty());
}

#[test]
fn users_are_checked() {
    let world = world();
    let add = |name, password| {
        world
            .discussion
            .add_user(name, password, now())
            .unwrap_err()
    };
    assert!(matches!(
        add("mod", "correct horse"),
        AccessError::UserExists { .. }
    ));
    assert!(matches!(add("a b", "correct horse"), AccessError::BadName));
    assert!(matches!(
        add("new", "short"),
        AccessError::Password(PasswordError::TooShort { n: 5 })
    ));
    assert!(!world.is_in_files("correct horse"));
}

#[test]
fn a_token_is_stored_as_its_hash() {
    let world = world();
    let session = world
        .discussion
        .log_in("mod", "correct horse", now())
        .unwrap();
    let receipt = world.submit(&draft("Ann", "x"));
    for token in [session, receipt.token.unwrap()] {
        assert!(!world.is_in_files(&token.reveal()));
    }
}

#[test]
fn many_threads_read_and_write_at_once() {
    let world = World::new(Settings::default());
    for n in 0..20 {
        world.shown(&draft("Ann", &format!("{n}")));
    }
    let discussion: &Discussion = &world.discussion;
    thread::scope(|scope| {
        for reader in 0..64 {
            scope.spawn(move || {
                for n in 0..20 {
                    let thread = discussion.thread(&place(), Page::first(10)).unwrap();
                    assert!(thread.n_shown >= 20);
                    assert!(discussion.counts("china-dprk").unwrap()[0].n_shown >= 20);
                    if reader % 16 == 0 {
                        let text = format!("by {reader}, {n}");
                        discussion
                            .submit(&draft("Bob", &text), &super::origin(), now())
                            .unwrap();
                    }
                }
            });
        }
    });
    let all = discussion
        .queue(&QueueFilter::default(), Page::first(1))
        .unwrap();
    assert_eq!(all.n_total, 20 + 4 * 20);
}

#[test]
fn an_erasure_reaches_the_files_while_others_read() {
    let world = World::new(Settings::default());
    let token = world
        .submit(&draft("Ann", "unmistakable words"))
        .token
        .unwrap();
    for n in 0..50 {
        world.shown(&draft("Bob", &format!("{n}")));
    }
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !is_done.load(Ordering::SeqCst) {
                    world.thread();
                }
            });
        }
        let whose = Whose::Token(token);
        let erasure = world.discussion.erase_person(&whose, now());
        is_done.store(true, Ordering::SeqCst);
        assert!(erasure.unwrap().is_gone_from_files);
    });
    assert!(!world.is_in_files("unmistakable"));
}
