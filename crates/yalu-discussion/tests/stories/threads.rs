//! Trees and their pages.

use yalu_discussion::{Comment, CommentId, Page, Place, Settings, SubmitError};

use super::{World, draft, now, origin, place, reply};

fn flat(comments: &[Comment]) -> Vec<CommentId> {
    comments
        .iter()
        .flat_map(|one| std::iter::once(one.id).chain(flat(&one.replies)))
        .collect()
}

#[test]
fn replies_hang_on_their_comment_the_oldest_first() {
    let world = World::new(Settings::default());
    let a = world.shown(&draft("Ann", "a"));
    let b = world.shown(&draft("Bob", "b"));
    let a1 = world.shown(&reply(a, "Cyd", "a1"));
    let a2 = world.shown(&reply(a, "Dan", "a2"));
    let a11 = world.shown(&reply(a1, "Eve", "a11"));
    world.submit(&reply(a1, "Fay", "held"));
    let thread = world.thread();
    assert_eq!(flat(&thread.comments), [a, a1, a11, a2, b]);
    assert_eq!(thread.comments[0].n_replies, 3);
    assert_eq!(thread.comments[0].replies[0].replies[0].depth, 2);
    assert_eq!(thread.n_shown, 5);
}

#[test]
fn depth_is_bounded_by_hanging_on_an_ancestor() {
    let world = World::new(Settings {
        deepest: 2,
        ..Settings::default()
    });
    let mut last = world.shown(&draft("Ann", "0"));
    let mut ids = vec![last];
    for n in 1..6 {
        last = world.shown(&reply(last, "Ann", &n.to_string()));
        ids.push(last);
    }
    let thread = world.thread();
    assert_eq!(flat(&thread.comments), ids);
    let deepest = &thread.comments[0].replies[0].replies;
    assert_eq!(deepest.len(), 4);
    assert!(
        deepest
            .iter()
            .all(|one| one.depth == 2 && one.parent == Some(ids[1]))
    );
}

#[test]
fn a_parent_must_be_shown_and_stand_at_the_same_place() {
    let world = World::new(Settings::default());
    let held = world.submit(&draft("Ann", "held")).id;
    let shown = world.shown(&draft("Ann", "shown"));
    let fails = |draft| {
        let error = world
            .discussion
            .submit(&draft, &origin(), now())
            .unwrap_err();
        matches!(error, SubmitError::NoParent)
    };
    assert!(fails(reply(held, "Bob", "x")));
    assert!(fails(reply(CommentId(77), "Bob", "x")));
    let mut elsewhere = reply(shown, "Bob", "x");
    elsewhere.place = Place::dossier("china-dprk");
    assert!(fails(elsewhere));
    world.submit(&reply(shown, "Bob", "x"));
}

#[test]
fn pages_hold_every_comment_once_and_in_order() {
    let world = World::new(Settings::default());
    let mut ids = Vec::new();
    for n in 0..40 {
        let draft = match n % 4 {
            0 => draft("Ann", &format!("t{n}")),
            _ => reply(ids[n - n % 4 + (n % 4) / 3], "Bob", &format!("t{n}")),
        };
        ids.push(world.shown(&draft));
    }
    let all = world.thread();
    for limit in [1, 3, 7, 100] {
        let (mut read, mut offset) = (Vec::new(), Some(0));
        while let Some(at) = offset {
            let page = Page { offset: at, limit };
            let thread = world.discussion.thread(&place(), page).unwrap();
            let of_page = flat(&thread.comments);
            assert!(of_page.len() <= limit);
            assert_eq!(thread.n_entries, 40);
            read.extend(of_page);
            offset = thread.next_offset;
        }
        assert_eq!(read, flat(&all.comments), "{limit}");
    }
    let last = *flat(&all.comments).last().unwrap();
    assert_eq!(
        world.discussion.offset_of(&place(), last).unwrap(),
        Some(39)
    );
    let beyond = Page {
        offset: 100,
        limit: 10,
    };
    assert_eq!(
        world.discussion.thread(&place(), beyond).unwrap().comments,
        []
    );
}

#[test]
fn a_comment_sent_twice_is_one() {
    let world = World::new(Settings::default());
    let first = world.submit(&draft("Ann", "same  words"));
    let mut again = draft("ann", "Same words");
    again.token.clone_from(&first.token);
    let second = world.submit(&again);
    assert_eq!((second.id, second.is_repeated), (first.id, true));
    assert_eq!(second.token, first.token);
    // Whoever repeats another's words gets no hold of their comment.
    let third = world.submit(&draft("Ann", "same words"));
    assert_eq!((third.id, third.token), (first.id, None));
    let next_day = super::after(super::DAY + 1);
    let later = world
        .discussion
        .submit(&again, &origin(), next_day)
        .unwrap();
    assert_ne!(later.id, first.id);
    let mut elsewhere = again.clone();
    elsewhere.place = Place::dossier("other");
    assert_ne!(world.submit(&elsewhere).id, first.id);
}
