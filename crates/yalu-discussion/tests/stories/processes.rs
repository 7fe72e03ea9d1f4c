//! Other processes, and the end of them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use yalu_discussion::{CommentId, Discussion, Page, QueueFilter, Settings};

/// What a child prints once a comment is acknowledged, and what the comment says.
fn child(path: &std::path::Path, n_each: usize, tag: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::as_a_child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("YALU_CHILD_DB", path)
        .env("YALU_CHILD_N", n_each.to_string())
        .env("YALU_CHILD_TAG", tag)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Submits comments from four threads, if it is told to: then this process is a child of a test.
#[test]
fn as_a_child() {
    let Ok(path) = std::env::var("YALU_CHILD_DB") else {
        return;
    };
    let n_each: usize = std::env::var("YALU_CHILD_N").unwrap().parse().unwrap();
    let tag = std::env::var("YALU_CHILD_TAG").unwrap();
    let discussion = Discussion::open(path, Settings::default()).unwrap();
    thread::scope(|scope| {
        for writer in 0..4 {
            let (discussion, tag) = (&discussion, &tag);
            scope.spawn(move || {
                for n in 0..n_each {
                    let text = format!("text of {tag} {writer} {n}");
                    let receipt = discussion
                        .submit(&super::draft("Ann", &text), &super::origin(), super::now())
                        .unwrap();
                    // One write, flushed by its line's end.
                    let line = format!("ok {} {text}\n", receipt.id);
                    let mut out = std::io::stdout().lock();
                    out.write_all(line.as_bytes()).unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

/// The comments that a child acknowledged; a line that it didn't end isn't one.
fn acknowledged(child: &mut Child) -> Vec<(CommentId, String)> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut found = Vec::new();
    let mut line = String::new();
    while out.read_line(&mut line).unwrap() > 0 {
        if let Some(said) = line.split_once("ok ").map(|(_, said)| said)
            && let Some((id, text)) = said
                .strip_suffix('\n')
                .and_then(|said| said.split_once(' '))
            && let Ok(id) = id.parse()
        {
            found.push((id, text.to_owned()));
        }
        line.clear();
    }
    found
}

fn assert_all_there(discussion: &Discussion, acknowledged: &[(CommentId, String)]) {
    for (id, text) in acknowledged {
        let entry = discussion.entry(*id).unwrap();
        assert_eq!(entry.as_ref().map(|one| &one.text), Some(text), "{id}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was tried is worth reading")]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let (mut n_acknowledged, mut n_early, mut n_late) = (0, 0, 0);
    // A fixed sequence of instants from 20 to 200 ms.
    let mut draw = 0x2545_f491_u64;
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.db");
        let mut child = child(&path, 1_000_000, "kill");
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_millis(20 + (draw >> 33) % 181));
        child.kill().unwrap();
        let found = acknowledged(&mut child);
        child.wait().unwrap();
        n_acknowledged += found.len();
        n_early += usize::from(found.is_empty());
        if !path.exists() {
            assert!(found.is_empty(), "round {round}");
            continue;
        }
        // Opening checks all pages.
        let discussion = Discussion::open(&path, Settings::default()).unwrap();
        assert_all_there(&discussion, &found);
        let all = discussion
            .queue(&QueueFilter::default(), Page::first(1))
            .unwrap();
        // At most one comment of each thread was stored and not yet acknowledged.
        assert!(
            (found.len()..=found.len() + 4).contains(&all.n_total),
            "round {round}"
        );
        n_late += all.n_total - found.len();
        drop(discussion);
        let connection = rusqlite::Connection::open(&path).unwrap();
        let said: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(said, "ok", "round {round}");
    }
    println!(
        "100 kills: {n_acknowledged} acknowledged, all there; {n_late} stored but not acknowledged; \
         {n_early} killed before the first"
    );
    assert!(n_acknowledged > 100, "{n_acknowledged}");
}

#[test]
fn two_processes_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.db");
    // Both begin with no file: one makes it, the other takes it.
    let mut children = ["one", "two"].map(|tag| child(&path, 50, tag));
    let discussion = Discussion::open(&path, Settings::default()).unwrap();
    let found: Vec<_> = children.iter_mut().flat_map(acknowledged).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(found.len(), 2 * 4 * 50);
    assert_all_there(&discussion, &found);
    let all = discussion
        .queue(&QueueFilter::default(), Page::first(1))
        .unwrap();
    assert_eq!(all.n_total, found.len());
}
