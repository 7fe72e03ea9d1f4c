//! How long a long and deep thread takes, and how many may read at once. `cargo run --release -p
//! yalu-discussion --example load`.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use yalu_discussion::{Action, CommentId, Discussion, Draft, Origin, Page, Place, Settings, Whose};

const N_COMMENTS: usize = 10_000;
const DEEPEST: usize = 50;
const N_THREADS: usize = 64;
const N_READS_EACH: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("talk.db");
    let settings = Settings {
        deepest: DEEPEST as u32,
        ..Settings::default()
    };
    let discussion = Discussion::open(&path, settings)?;
    let place = Place::part("china-dprk", "indicator", "influence");
    let begin: Timestamp = "2026-03-01T12:00:00Z".parse()?;
    let origin = Origin {
        address: "192.0.2.1".parse()?,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        referrer: String::new(),
        permalink: "https://site.example/china-dprk".to_owned(),
        place_modified: None,
    };
    let mut draft = Draft {
        place: place.clone(),
        reply_to: None,
        name: "Ann".to_owned(),
        email: Some("ann@site.example".to_owned()),
        text: String::new(),
        token: None,
        trap: String::new(),
        form_seconds: Some(40.0),
    };

    // Chains of fifty replies, each approved so that it may be answered.
    let (start, mut in_submit, mut slowest) = (Instant::now(), Duration::ZERO, Duration::ZERO);
    let mut last: Option<CommentId> = None;
    for n in 0..N_COMMENTS {
        draft.reply_to = last.filter(|_| n % (DEEPEST + 1) != 0);
        draft.text = format!(
            "Comment **{n}**: the break of [2006](https://site.example/{n}) looks *late*. {}",
            "Some more words that readers write. ".repeat(n % 12)
        );
        let now = begin + SignedDuration::from_secs(n as i64);
        let before = Instant::now();
        let receipt = discussion.submit(&draft, &origin, now)?;
        slowest = slowest.max(before.elapsed());
        in_submit += before.elapsed();
        draft.token = receipt.token;
        discussion.moderate(Action::Approve, &[receipt.id], "mod", now)?;
        last = Some(receipt.id);
    }
    say(&format!(
        "{N_COMMENTS} comments submitted and approved in {:.1} s; a submission {:.2} ms, the slowest {:.1} ms",
        start.elapsed().as_secs_f64(),
        1e3 * in_submit.as_secs_f64() / N_COMMENTS as f64,
        1e3 * slowest.as_secs_f64()
    ));
    say(&format!(
        "file: {:.1} MB",
        std::fs::metadata(&path)?.len() as f64 / 1e6
    ));

    let page = |offset, limit| Page { offset, limit };
    for (name, page) in [
        ("first page of 50", page(0, 50)),
        ("last page of 50", page(N_COMMENTS - 50, 50)),
        ("all", Page::ALL),
    ] {
        let start = Instant::now();
        let thread = discussion.thread(&place, page)?;
        say(&format!(
            "thread, {name}: {:.1} ms, {} roots, {} entries",
            1e3 * start.elapsed().as_secs_f64(),
            thread.comments.len(),
            thread.n_entries
        ));
    }
    let start = Instant::now();
    discussion.counts("china-dprk")?;
    say(&format!(
        "counts: {:.2} ms",
        1e3 * start.elapsed().as_secs_f64()
    ));
    let start = Instant::now();
    discussion.recent(None, 50)?;
    say(&format!(
        "recent 50: {:.2} ms",
        1e3 * start.elapsed().as_secs_f64()
    ));

    let start = Instant::now();
    let slowest = thread::scope(|scope| {
        let readers: Vec<_> = (0..N_THREADS)
            .map(|reader| {
                let (discussion, place) = (&discussion, &place);
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    for n in 0..N_READS_EACH {
                        let start = Instant::now();
                        let offset = (reader * 101 + n * 37) % N_COMMENTS;
                        discussion
                            .thread(place, page(offset, 50))
                            .map_err(|error| error.to_string())?;
                        discussion
                            .counts("china-dprk")
                            .map_err(|error| error.to_string())?;
                        slowest = slowest.max(start.elapsed());
                    }
                    Ok::<_, String>(slowest)
                })
            })
            .collect();
        readers
            .into_iter()
            .map(|reader| {
                reader
                    .join()
                    .unwrap_or_else(|_| Err("a reader panicked".to_owned()))
            })
            .try_fold(Duration::ZERO, |slowest, one| {
                Ok::<_, String>(slowest.max(one?))
            })
    })?;
    let n_reads = N_THREADS * N_READS_EACH;
    say(&format!(
        "{N_THREADS} threads read {n_reads} pages with counts in {:.2} s: {:.1} ms each, the slowest {:.0} ms",
        start.elapsed().as_secs_f64(),
        1e3 * start.elapsed().as_secs_f64() / n_reads as f64,
        1e3 * slowest.as_secs_f64()
    ));

    let start = Instant::now();
    let whose = Whose::Email("ann@site.example".to_owned());
    let erasure = discussion.erase_person(&whose, begin)?;
    say(&format!(
        "{} comments erased in {:.2} s, gone from the files: {}",
        erasure.n_comments,
        start.elapsed().as_secs_f64(),
        erasure.is_gone_from_files
    ));
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        say(&format!(
            "memory at most: {}",
            peak.trim_start_matches("VmHWM:").trim()
        ));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]
fn say(line: &str) {
    println!("{line}");
}
