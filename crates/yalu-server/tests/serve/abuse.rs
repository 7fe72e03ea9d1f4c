//! What somebody with bad intent sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::{get, get_with, post, send};
use crate::discussion::{comment, log_in};
use crate::site::{PASSWORD, site};

#[test]
fn a_corpus_of_payloads_reaches_no_page_as_markup() {
    let corpus = include_str!("../../../yalu-discussion/tests/corpus/xss.txt");
    let payloads: Vec<&str> = corpus.lines().filter(|line| !line.is_empty()).collect();
    assert!(payloads.len() > 150);
    let site = site();
    let store =
        yalu_discussion::Discussion::open(site.file(), yalu_discussion::Settings::default())
            .unwrap();
    // Straight into the store: the limits of the form are another test's.
    let now = jiff::Timestamp::now();
    let mut ids = Vec::new();
    for (idx, payload) in payloads.iter().enumerate() {
        let text = payload.replace("\\n", "\n");
        let draft = yalu_discussion::Draft {
            place: yalu_discussion::Place::dossier("made-up"),
            reply_to: None,
            name: format!(
                "{idx} {}",
                text.chars()
                    .filter(|char| !char.is_control())
                    .take(60)
                    .collect::<String>()
            ),
            email: None,
            text,
            token: None,
            trap: String::new(),
            form_seconds: Some(30.0),
        };
        let origin = yalu_discussion::Origin {
            address: "192.0.2.1".parse().unwrap(),
            user_agent: String::new(),
            referrer: String::new(),
            permalink: String::new(),
            place_modified: None,
        };
        if let Ok(receipt) = store.submit(&draft, &origin, now) {
            ids.push(receipt.id);
        }
    }
    assert!(ids.len() > 140, "{}", ids.len());
    store
        .moderate(yalu_discussion::Action::Approve, &ids, "test", now)
        .unwrap();
    let cookie = log_in(&site, PASSWORD).unwrap();
    let mut pages: Vec<String> = Vec::new();
    for from in (0..ids.len()).step_by(50) {
        pages.push(get(site.address, &format!("/d/made-up/discussion?from={from}")).text());
        let path = format!("/moderation/?state=shown&from={from}");
        pages.push(get_with(site.address, &path, &[("Cookie", &cookie)]).text());
    }
    pages.push(get(site.address, "/d/made-up/comments.atom").text());
    for payload in payloads.iter().take(60) {
        let query: String = form_urlencoded::byte_serialize(payload.as_bytes()).collect();
        for path in [
            "/d/made-up/?level=",
            "/d/made-up/discussion?about=",
            "/d/made-up/?",
        ] {
            pages.push(get(site.address, &format!("{path}{query}")).text());
        }
    }
    for page in &pages {
        let lower = page.to_lowercase();
        for (at, _) in lower.match_indices('<') {
            let tag: String = lower[at + 1..]
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let bad = [
                "iframe", "object", "embed", "math", "base", "img", "video", "audio", "frameset",
                "applet",
            ];
            assert!(
                !bad.contains(&tag.as_str()),
                "{}",
                &page[at..(at + 80).min(page.len())]
            );
            if tag == "script" {
                let rest = &lower[at..];
                assert!(
                    rest.starts_with("<script src=\"/assets/")
                        || rest.starts_with("<script type=\"application/"),
                    "{}",
                    &rest[..60.min(rest.len())]
                );
            }
            let end = lower[at..].find('>').map_or(lower.len(), |end| at + end);
            let inside = &lower[at..end];
            let attribute = inside.split('"').step_by(2).collect::<String>();
            assert!(
                !attribute.contains(" on") && !attribute.contains(" style="),
                "{inside}"
            );
            assert!(
                !inside.contains("href=\"javascript:") && !inside.contains("href=\"data:"),
                "{inside}"
            );
        }
    }
}

#[test]
fn forms_of_other_sites_are_refused() {
    let site = site();
    let page = get(site.address, "/d/made-up/discussion");
    let (form, author) = (page.field("form"), page.field("author"));
    let fields = [
        ("form", form.as_str()),
        ("author", &author),
        ("name", "Eve"),
        ("text", "Hello."),
    ];
    for headers in [
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ] {
        let answer = post(site.address, "/d/made-up/comments", &headers, &fields);
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    // Without a form's token, or with one of another dossier's or page's form.
    for token in ["", "x", &get(site.address, "/moderation/").field("form")] {
        let fields = [("form", token), ("name", "Eve"), ("text", "Hello.")];
        assert_eq!(
            post(site.address, "/d/made-up/comments", &[], &fields).status,
            422,
            "{token}"
        );
    }
    let own = format!("http://{}", site.address);
    let taken = post(
        site.address,
        "/d/made-up/comments",
        &[("Origin", &own)],
        &fields,
    );
    assert_eq!(taken.status, 201, "{}", taken.text());
    // A moderator's decision needs the session's own token, not the cookie alone.
    let cookie = log_in(&site, PASSWORD).unwrap();
    for token in ["", &form] {
        let answer = post(
            site.address,
            "/moderation/act",
            &[("Cookie", &cookie)],
            &[("form", token), ("id", "1"), ("do", "approve")],
        );
        assert_eq!(answer.status, 403);
    }
    let form = get_with(site.address, "/moderation/", &[("Cookie", &cookie)]).field("form");
    let other = log_in(&site, PASSWORD).unwrap();
    let swapped = post(
        site.address,
        "/moderation/act",
        &[("Cookie", &other)],
        &[("form", &form), ("id", "1"), ("do", "approve")],
    );
    assert_eq!(swapped.status, 403, "a token of another session");
    assert_eq!(
        post(
            site.address,
            "/moderation/act",
            &[],
            &[("form", &form), ("id", "1"), ("do", "approve")]
        )
        .status,
        403
    );
}

#[test]
fn a_password_cant_be_guessed_in_a_loop() {
    let site = site();
    let mut refused = 0;
    let mut slowed = 0;
    for idx in 0..12 {
        match log_in(&site, &format!("wrong password {idx}")) {
            Ok(_) => panic!("a wrong password logs in"),
            Err(answer) if answer.status == 401 => refused += 1,
            Err(answer) => {
                assert_eq!(answer.status, 429);
                assert!(
                    answer
                        .header("retry-after")
                        .unwrap()
                        .parse::<u64>()
                        .unwrap()
                        >= 1
                );
                slowed += 1;
            }
        }
    }
    assert!(
        refused >= 4 && slowed >= 5,
        "{refused} refused, {slowed} slowed down"
    );
    // The right one doesn't help while it is slowed down.
    assert_eq!(log_in(&site, PASSWORD).unwrap_err().status, 429);
}

#[test]
fn a_flood_of_comments_is_slowed_down() {
    let site = site();
    let statuses: Vec<u16> = (0..12)
        .map(|idx| {
            comment(
                &site,
                "",
                "Ann",
                "",
                &format!("Comment number {idx}, and another one."),
            )
            .status
        })
        .collect();
    assert!(
        statuses.iter().filter(|status| **status == 201).count() <= 6,
        "{statuses:?}"
    );
    assert!(statuses.contains(&429), "{statuses:?}");
    let api = send(
        site.address,
        "POST",
        "/api/v1/dossiers/made-up/comments",
        &[("Content-Type", "application/json")],
        br#"{"name": "Ann", "text": "More."}"#,
    );
    assert_eq!(api.status, 429, "the API has the same limits");
    // A header of another's address doesn't help: no proxy is trusted.
    let page = get(site.address, "/d/made-up/discussion");
    let (form, author) = (page.field("form"), page.field("author"));
    let fields = [
        ("form", form.as_str()),
        ("author", &author),
        ("name", "Ann"),
        ("text", "Again."),
    ];
    let answer = post(
        site.address,
        "/d/made-up/comments",
        &[("X-Forwarded-For", "198.51.100.7")],
        &fields,
    );
    assert_eq!(answer.status, 429);
    // Reading goes on.
    assert_eq!(get(site.address, "/d/made-up/discussion").status, 200);
}

#[test]
fn bodies_and_heads_are_bounded() {
    let site = site();
    let large = vec![b'a'; 200_000];
    let answer = send(
        site.address,
        "POST",
        "/d/made-up/comments",
        &[("Content-Type", "application/x-www-form-urlencoded")],
        &large,
    );
    assert_eq!(answer.status, 413);
    let answer = send(
        site.address,
        "POST",
        "/api/v1/dossiers/made-up/comments",
        &[("Content-Type", "application/json")],
        &large,
    );
    assert_eq!(answer.status, 413);
    let answer = send(
        site.address,
        "POST",
        "/d/made-up/comments",
        &[("Content-Type", "text/plain")],
        b"name=Ann",
    );
    assert_eq!(answer.status, 415);
    let long = format!("/d/made-up/?level={}", "1".repeat(9_000));
    assert_eq!(get(site.address, &long).status, 400);
    let huge = "x".repeat(100_000);
    let bytes = crate::client::raw(
        site.address,
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {huge}\r\n\r\n").as_bytes(),
    );
    assert!(
        String::from_utf8_lossy(&bytes).starts_with("HTTP/1.1 431"),
        "{}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(100)])
    );
}

#[test]
fn slow_senders_are_let_go_and_hold_nobody_up() {
    let site = site();
    get(site.address, "/d/made-up/");
    // Heads that never end, and bodies that never come.
    let mut slow: Vec<TcpStream> = Vec::new();
    for idx in 0..60 {
        let mut stream = TcpStream::connect(site.address).unwrap();
        let head = if idx % 2 == 0 {
            "GET / HTTP/1.1\r\nHost: x\r\n"
        } else {
            "POST /d/made-up/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nname="
        };
        stream.write_all(head.as_bytes()).unwrap();
        slow.push(stream);
    }
    let begin = Instant::now();
    assert_eq!(get(site.address, "/d/made-up/").status, 200);
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    // Each is let go within half a minute.
    for stream in &mut slow {
        stream
            .set_read_timeout(Some(Duration::from_secs(40)))
            .unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        assert!(read.is_ok(), "{read:?}");
    }
    assert!(
        begin.elapsed() < Duration::from_secs(45),
        "{:?}",
        begin.elapsed()
    );
}
