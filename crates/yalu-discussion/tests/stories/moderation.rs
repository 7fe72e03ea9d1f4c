//! Held, shown, refused, spam; rules, blocks, the log.

use yalu_discussion::{
    Action, Block, Check, Closing, CommentId, CommentState, Order, Page, QueueFilter, Rules,
    Settings, Showing, SubmitError, Target,
};

use super::{DAY, World, after, draft, now, origin, place, reply};

#[test]
fn a_comment_is_held_then_approved_then_shown() {
    let world = World::new(Settings::default());
    let receipt = world.submit(&draft("Ann", "First *of* all"));
    assert_eq!(receipt.state, CommentState::Held);
    assert!(world.thread().comments.is_empty());
    assert_eq!(world.discussion.counts("china-dprk").unwrap(), []);
    assert_eq!(world.discussion.recent(None, 10).unwrap(), []);

    let held = QueueFilter {
        state: Some(CommentState::Held),
        ..QueueFilter::default()
    };
    let queue = world.discussion.queue(&held, Page::first(10)).unwrap();
    assert_eq!(queue.n_total, 1);
    let entry = &queue.entries[0];
    assert_eq!(entry.email.as_deref(), Some("ann@site.example"));
    assert_eq!(entry.address.as_deref(), Some("192.0.2.77"));
    assert_eq!((&entry.check, entry.score), (&Check::NotAsked, 0.0));

    world.act(Action::Approve, &[receipt.id]);
    let thread = world.thread();
    assert_eq!(thread.n_shown, 1);
    assert_eq!(thread.comments[0].html, "<p>First <em>of</em> all</p>\n");
    assert_eq!(
        (thread.comments[0].name.as_str(), thread.comments[0].at),
        ("Ann", now())
    );
    let counts = world.discussion.counts("china-dprk").unwrap();
    assert_eq!(counts[0].target, Target::part("indicator", "influence"));
    assert_eq!(counts[0].n_shown, 1);
    assert_eq!(
        world
            .discussion
            .recent(Some("china-dprk"), 10)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(world.discussion.recent(Some("other"), 10).unwrap(), []);
    assert_eq!(
        world
            .discussion
            .queue(&held, Page::first(10))
            .unwrap()
            .n_total,
        0
    );
    // Nothing that everybody reads knows an e-mail or an address.
    let everything = serde_json::to_string(&world.thread()).unwrap()
        + &serde_json::to_string(&world.discussion.recent(None, 10).unwrap()).unwrap();
    assert!(!everything.contains("site.example") && !everything.contains("192.0.2"));
}

#[test]
fn decisions_are_made_in_bulk_and_logged_without_persons() {
    let world = World::new(Settings::default());
    let ids: Vec<CommentId> = (0..5)
        .map(|n| world.submit(&draft("Ann", &format!("text {n}"))).id)
        .collect();
    world.act(Action::Approve, &ids[..3]);
    let missing = CommentId(999);
    let done = world
        .discussion
        .moderate(Action::Approve, &[ids[0], ids[3], missing], "mod", after(1))
        .unwrap();
    assert_eq!(done.changed, [ids[3]]);
    assert_eq!(
        (done.unchanged, done.missing),
        (vec![ids[0]], vec![missing])
    );
    world.act(Action::Refuse, &ids[..1]);
    assert_eq!(world.thread().n_shown, 3);

    let log = world.discussion.audit(Page::ALL).unwrap();
    assert_eq!(log.len(), 5);
    assert_eq!(
        (log[0].what.as_str(), log[0].comment),
        ("refuse", Some(ids[0]))
    );
    let text = serde_json::to_string(&log).unwrap();
    assert!(
        !text.contains("Ann") && !text.contains("site.example"),
        "{text}"
    );
}

#[test]
fn a_queue_is_filtered_ordered_and_paged() {
    let world = World::new(Settings::default());
    for n in 0..7 {
        world.submit(&draft("Ann", &format!("100% of number_{n}")));
    }
    let mut hasty = draft("Bob", "buy");
    hasty.form_seconds = Some(0.4);
    let bob = world.submit(&hasty).id;
    let queue = |contains: Option<&str>, order, page| {
        let filter = QueueFilter {
            contains: contains.map(str::to_owned),
            order,
            ..QueueFilter::default()
        };
        world.discussion.queue(&filter, page).unwrap()
    };
    let page = Page {
        offset: 5,
        limit: 5,
    };
    let second = queue(None, Order::OldestFirst, page);
    assert_eq!((second.n_total, second.entries.len()), (8, 3));
    assert_eq!(
        queue(Some("NUMBER_3"), Order::OldestFirst, Page::ALL).n_total,
        1
    );
    assert_eq!(queue(Some("%"), Order::OldestFirst, Page::ALL).n_total, 7);
    assert_eq!(
        queue(Some("numberX3"), Order::OldestFirst, Page::ALL).n_total,
        0
    );
    let spammiest = queue(None, Order::SpammiestFirst, Page::first(1));
    assert_eq!(spammiest.entries[0].id, bob);
    assert_eq!(
        spammiest.entries[0].reasons[0].words,
        "the form was sent after 0.4 s"
    );
}

#[test]
fn the_trap_makes_spam_that_a_moderator_can_free() {
    let world = World::new(Settings::default());
    let mut trapped = draft("Ann", "hello");
    trapped.trap = "x".to_owned();
    let receipt = world.submit(&trapped);
    assert_eq!(receipt.state, CommentState::Spam);
    world.act(Action::MarkNotSpam, &[receipt.id]);
    let state = world.discussion.entry(receipt.id).unwrap().unwrap().state;
    assert_eq!(state, CommentState::Held);
}

#[test]
fn words_are_learnt_from_decisions() {
    let world = World::new(Settings::default());
    for n in 0..12 {
        let spam = world
            .submit(&draft("Sp", &format!("cheap casino pills number {n}")))
            .id;
        world.act(Action::MarkSpam, &[spam]);
        let ham = world
            .submit(&draft(
                "Ann",
                &format!("the sanctions of 20{n:02} and trade"),
            ))
            .id;
        world.act(Action::Approve, &[ham]);
    }
    let spam = world.submit(&draft("New", "casino pills, cheap")).id;
    let entry = world.discussion.entry(spam).unwrap().unwrap();
    assert!(entry.score > 0.7, "{entry:?}");
    assert!(
        entry.reasons[0].words.starts_with("its words are those"),
        "{entry:?}"
    );
    let ham = world.submit(&draft("Other", "sanctions and trade fell")).id;
    assert_eq!(world.discussion.entry(ham).unwrap().unwrap().reasons, []);
    assert!(!world.is_in_files("name:sp"), "words are hashed");
}

#[test]
fn rules_close_a_discussion_and_show_known_authors() {
    let world = World::new(Settings::default());
    let known = Rules {
        showing: Showing::KnownAuthors,
        ..Rules::default()
    };
    world
        .discussion
        .set_rules("china-dprk", known, "mod", now())
        .unwrap();
    assert_eq!(world.discussion.rules("china-dprk").unwrap(), known);
    let first = world.submit(&draft("Ann", "first"));
    assert_eq!(first.state, CommentState::Held);
    let with_token = |name: &str, text: &str| {
        let mut next = draft(name, text);
        next.token.clone_from(&first.token);
        next
    };
    assert_eq!(
        world.submit(&with_token("Ann", "second")).state,
        CommentState::Held
    );
    world.act(Action::Approve, &[first.id]);
    assert_eq!(
        world.submit(&with_token("Ann", "third")).state,
        CommentState::Shown
    );
    // Another e-mail, another token, or what looks like spam: held.
    assert_eq!(
        world.submit(&with_token("Bob", "fourth")).state,
        CommentState::Held
    );
    assert_eq!(
        world.submit(&draft("Ann", "fifth")).state,
        CommentState::Held
    );
    let mut hasty = with_token("Ann", "sixth");
    hasty.form_seconds = Some(0.1);
    assert_eq!(world.submit(&hasty).state, CommentState::Held);

    let closing = Rules {
        closing: Some(Closing {
            since: now(),
            after_days: 30,
        }),
        ..known
    };
    world
        .discussion
        .set_rules("china-dprk", closing, "mod", now())
        .unwrap();
    let late = world
        .discussion
        .submit(&draft("Ann", "late"), &origin(), after(30 * DAY));
    assert!(matches!(late, Err(SubmitError::Closed)), "{late:?}");
    assert_eq!(late.unwrap_err().to_string(), "This discussion is closed");
}

#[test]
fn blocks_keep_out_until_they_end() {
    let world = World::new(Settings::default());
    let blocked = |name: &str, at| {
        world
            .discussion
            .submit(&draft(name, &format!("{name} {at}")), &origin(), after(at))
            .is_err()
    };
    let email = Block::Email("ANN@site.example".to_owned());
    world
        .discussion
        .block(&email, Some(after(100)), "mod", now())
        .unwrap();
    assert!(blocked("Ann", 99) && !blocked("Ann", 100) && !blocked("Bob", 0));
    world
        .discussion
        .block(&Block::Name("bob".to_owned()), None, "mod", now())
        .unwrap();
    assert!(blocked("ＢＯＢ", 1_000_000));
    let address = Block::Address("192.0.2.77".parse().unwrap());
    world
        .discussion
        .block(&address, Some(after(5)), "mod", now())
        .unwrap();
    assert!(blocked("Cyd", 0));
    assert_eq!(world.discussion.blocks(now()).unwrap().len(), 3);
    assert_eq!(world.discussion.blocks(after(5)).unwrap().len(), 2);
    assert!(world.discussion.unblock(&address, "mod", now()).unwrap());
    assert!(!world.discussion.unblock(&address, "mod", now()).unwrap());
    assert!(!blocked("Cyd", 1));
    let error = world
        .discussion
        .submit(&draft("Ann", "x"), &origin(), now())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Comments from you aren't taken here until 2026-03-01 12:01 UTC"
    );
}

#[test]
fn what_is_shown_no_more_leaves_a_place_for_its_replies() {
    let world = World::new(Settings::default());
    let first = world.shown(&draft("Ann", "first"));
    let second = world.shown(&reply(first, "Bob", "second"));
    world.act(Action::MarkSpam, &[first]);
    let thread = world.thread();
    assert_eq!((thread.n_shown, thread.n_entries), (1, 2));
    let place_left = &thread.comments[0];
    assert_eq!(
        place_left.deleted.unwrap().words(),
        "removed by a moderator"
    );
    assert_eq!(
        (place_left.html.as_str(), place_left.name.as_str()),
        ("", "")
    );
    assert_eq!(place_left.replies[0].id, second);
    let error = world
        .discussion
        .submit(&reply(first, "Cyd", "third"), &origin(), now())
        .unwrap_err();
    assert!(matches!(error, SubmitError::NoParent), "{error}");
    world.act(Action::Delete, &[second]);
    assert_eq!(world.thread().n_entries, 0);
    assert_eq!(
        world
            .discussion
            .thread(&place(), Page::ALL)
            .unwrap()
            .comments,
        []
    );
}
