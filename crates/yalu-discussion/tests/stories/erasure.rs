//! What is asked to be gone, and what time takes.

use yalu_discussion::{
    Action, Block, CommentState, DeletedBy, Discussion, Draft, Settings, StoreError, Whose,
};

use super::{DAY, World, after, draft, now, reply};

fn secret_words(n: usize) -> String {
    format!("unmistakable-{n}-{}", "words ".repeat(n * 37 % 400))
}

#[test]
fn an_erased_person_is_in_no_file() {
    let world = World::new(Settings {
        ask_service: true,
        ..Settings::default()
    });
    let mut first = draft("Quetzalina", &secret_words(0));
    first.email = Some("quetz@person.example".to_owned());
    first.trap = String::new();
    let receipt = world.submit(&first);
    let token = receipt.token.clone().unwrap();
    let mut mine = vec![receipt.id];
    let mut others = Vec::new();
    // Enough to split pages, with others' comments between.
    for n in 1..300 {
        let next = Draft {
            text: secret_words(n),
            token: Some(token.clone()),
            ..first.clone()
        };
        mine.push(world.submit(&next).id);
        others.push(
            world
                .submit(&draft(
                    "Bob",
                    &format!("other {n} {}", "x".repeat(n * 53 % 900)),
                ))
                .id,
        );
    }
    world.act(Action::Approve, &mine);
    world.act(Action::Approve, &others);
    let answer = world.shown(&reply(mine[5], "Bob", "an answer that stays"));
    assert!(world.is_in_files("unmistakable-17-") && world.is_in_files("quetz@person"));

    let erasure = world
        .discussion
        .erase_person(&Whose::Token(token.clone()), now())
        .unwrap();
    assert_eq!((erasure.n_comments, erasure.n_places_left), (300, 1));
    assert!(erasure.is_gone_from_files && erasure.sent.is_empty());
    for words in ["unmistakable-", "quetz@person", "uetzalina"] {
        assert!(!world.is_in_files(words), "{words}");
    }
    let thread = world.thread();
    let place_left = thread
        .comments
        .iter()
        .find(|one| one.id == mine[5])
        .unwrap();
    assert_eq!(place_left.deleted, Some(DeletedBy::Author));
    assert_eq!(place_left.replies[0].id, answer);
    assert_eq!(thread.n_shown, 300);
    let nothing = world
        .discussion
        .export_person(&Whose::Token(token), now())
        .unwrap();
    assert_eq!(nothing.comments, []);
}

#[test]
fn one_comment_is_erased_by_its_author_alone() {
    let world = World::new(Settings::default());
    let receipt = world.submit(&draft("Ann", "mine"));
    let other = world.submit(&draft("Bob", "his"));
    let token = receipt.token.unwrap();
    assert_eq!(
        world.discussion.erase_own(&token, other.id, now()).unwrap(),
        None
    );
    let erasure = world
        .discussion
        .erase_own(&token, receipt.id, now())
        .unwrap()
        .unwrap();
    assert_eq!((erasure.n_comments, erasure.n_places_left), (1, 0));
    assert_eq!(world.discussion.entry(receipt.id).unwrap(), None);
    assert!(world.discussion.entry(other.id).unwrap().is_some());
}

#[test]
fn an_email_finds_all_of_a_persons_comments() {
    let world = World::new(Settings::default());
    world.submit(&draft("Ann", "one"));
    world.submit(&draft("ann", "two"));
    world.submit(&draft("Bob", "three"));
    let whose = Whose::Email("ANN@site.example".to_owned());
    let block = Block::Email("ann@site.example".to_owned());
    world.discussion.block(&block, None, "mod", now()).unwrap();
    let export = world.discussion.export_person(&whose, now()).unwrap();
    assert_eq!((export.comments.len(), export.blocks.len()), (2, 1));
    let json: serde_json::Value = serde_json::from_str(&export.to_json()).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["comments"][0]["email"], "ann@site.example");
    assert_eq!(json["comments"][0]["address"], "192.0.2.77");
    assert_eq!(json["comments"][0]["user_agent"], "Agent/of the tests");
    assert_eq!(json["comments"][0]["state"], "held");
    assert_eq!(
        world
            .discussion
            .erase_person(&whose, now())
            .unwrap()
            .n_comments,
        2
    );
    assert_eq!(
        world
            .discussion
            .export_person(&whose, now())
            .unwrap()
            .comments,
        []
    );
}

#[test]
fn time_takes_origins_refused_and_spam() {
    let world = World::new(Settings::default());
    let kept = world.shown(&draft("Ann", "kept"));
    let refused = world.submit(&draft("Bob", "refused words")).id;
    world.act(Action::Refuse, &[refused]);
    let mut trapped = draft("Cyd", "spam words");
    trapped.trap = "x".to_owned();
    world.submit(&trapped);
    let held = world.submit(&draft("Dan", "held")).id;

    let early = world.discussion.retain(after(30 * DAY - 1)).unwrap();
    assert_eq!((early.n_origins, early.n_refused, early.n_spam), (0, 0, 0));
    assert!(world.is_in_files("192.0.2.77") && world.is_in_files("refused words"));
    let done = world.discussion.retain(after(30 * DAY)).unwrap();
    assert_eq!(
        (done.n_origins, done.n_refused, done.n_spam, done.n_persons),
        (2, 1, 1, 2)
    );
    assert!(done.is_gone_from_files);
    for gone in [
        "192.0.2.77",
        "Agent/of",
        "referrer.example",
        "refused words",
        "spam words",
    ] {
        assert!(!world.is_in_files(gone), "{gone}");
    }
    for id in [kept, held] {
        let entry = world.discussion.entry(id).unwrap().unwrap();
        assert_eq!((entry.address, entry.user_agent), (None, None));
        assert!(entry.email.is_some());
    }
    assert_eq!(
        world.discussion.entry(held).unwrap().unwrap().state,
        CommentState::Held
    );
    let again = world.discussion.retain(after(31 * DAY)).unwrap();
    assert_eq!((again.n_origins, again.n_refused), (0, 0));
}

#[test]
fn a_backup_is_a_discussion_of_the_moment() {
    let world = World::new(Settings::default());
    let before = world.shown(&draft("Ann", "before"));
    let copy = world.folder.path().join("copy.db");
    world.discussion.backup_to(&copy).unwrap();
    world.shown(&draft("Bob", "later"));
    let opened = Discussion::open(&copy, Settings::default()).unwrap();
    assert_eq!(opened.recent(None, 10).unwrap()[0].id, before);
    assert_eq!(opened.recent(None, 10).unwrap().len(), 1);
    // Form tokens of the one are the other's: a copy can take its place.
    let token = world
        .discussion
        .form_tokens()
        .issue("comment", "s", now())
        .unwrap();
    opened
        .form_tokens()
        .check(&token, "comment", "s", now())
        .unwrap();
    let error = world.discussion.backup_to(&copy).unwrap_err();
    assert!(matches!(error, StoreError::InTheWay { .. }), "{error}");
}
